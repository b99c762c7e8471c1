"""The options that commands share, and what they mean to a scan."""

# No `from __future__ import annotations`: cyclopts would compile some hundred of them anew at each start.

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Group, Parameter

from aioprowler.findings.choice import Part

if TYPE_CHECKING:
    from aioprowler.aws.homes import Chosen
    from aioprowler.aws.patience import Patience
    from aioprowler.aws.quotas import OwnQuota
    from aioprowler.catalog import Catalog, Selection
    from aioprowler.findings.choice import Choice
    from aioprowler.findings.mutelist import Mutelist
    from aioprowler.findings.record import Baseline

SELECTION: Final = Group("Which checks")
RESOURCES: Final = Group("Which resources")
ACCESS: Final = Group("Which accounts and regions")
ORGANIZATION: Final = Group("Many accounts")
JUDGING: Final = Group("How to judge")
FINDINGS: Final = Group("Which findings")
OUTPUT: Final = Group("What comes out")
SENDING: Final = Group("Where else findings go")
RUNNING: Final = Group("How the scan runs")
WORKERS: Final = Group("On more cores and machines")

FORMATS_HELP: Final = (
    "jsonl, csv, html, json-ocsf, json-asff, sarif, junit, markdown, parquet, compliance, or prowler:cis_3.0 and the "
    "like for what Prowler's dashboard reads"
)


def many(group: Group | None, metavar: str, about: str, *names: str) -> Parameter:
    """An option that takes one or more values, and may be repeated."""
    return Parameter(name=names, help=about, group=group, metavar=f"{metavar} ...", consume_multiple=1, negative=())


def one(group: Group | None, metavar: str, about: str, *names: str) -> Parameter:
    """An option with a single value, which `metavar` stands for in the help."""
    return Parameter(name=names, help=about, group=group, metavar=metavar)


def flag(group: Group | None, about: str, *names: str) -> Parameter:
    """An option without a value, and without a `--no-...` beside it."""
    return Parameter(name=names, help=about, group=group, negative=())


Names = list[str] | None


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Selecting:
    """Which checks; without any option, all."""

    checks: Annotated[Names, many(SELECTION, "ID", "These checks.", "--check", "--checks", "-c")] = None
    checks_file: Annotated[Path | None, one(
        SELECTION, "FILE", "The checks that a file lists: one id a line, or JSON as Prowler takes it.",
        "--checks-file", "-C",
    )] = None  # fmt: skip
    services: Annotated[Names, many(
        SELECTION, "NAME", "All checks of these AWS services, such as s3.", "--service", "--services", "-s",
    )] = None  # fmt: skip
    severities: Annotated[Names, many(
        SELECTION, "NAME", "Of those, only checks of these severities: critical, high, medium, low, informational.",
        "--severity", "--severities",
    )] = None  # fmt: skip
    categories: Annotated[Names, many(
        SELECTION, "NAME", "Of those, only checks of these categories.", "--category", "--categories",
    )] = None  # fmt: skip
    frameworks: Annotated[Names, many(
        SELECTION, "ID", "Of those, only checks that are evidence for these compliance frameworks, such as cis_3.0. "
        "`aioprowler compliance list` tells them.", "--compliance",
    )] = None  # fmt: skip
    compliance_files: Annotated[list[Path] | None, many(
        SELECTION, "FILE", "Likewise, for frameworks of your own: JSON files in either of Prowler's two forms.",
        "--compliance-file", "--compliance-files",
    )] = None  # fmt: skip
    resource_groups: Annotated[Names, many(
        SELECTION, "NAME", "Of those, only checks of resources of these groups, such as storage or network.",
        "--resource-group", "--resource-groups",
    )] = None  # fmt: skip
    excluded_checks: Annotated[Names, many(
        SELECTION, "ID", "All but these checks.", "--excluded-check", "--excluded-checks", "-e",
    )] = None  # fmt: skip
    excluded_checks_file: Annotated[Path | None, one(
        SELECTION, "FILE", "All but the checks that a file lists, in the same forms.", "--excluded-checks-file",
    )] = None  # fmt: skip
    excluded_services: Annotated[Names, many(
        SELECTION, "NAME", "All but these services.", "--excluded-service", "--excluded-services",
    )] = None  # fmt: skip
    checks_folders: Annotated[list[Path] | None, many(
        SELECTION, "FOLDER", "Folders with Python files of your own checks.", "--checks-folder", "-x",
    )] = None  # fmt: skip
    custom_checks_metadata_file: Annotated[Path | None, one(
        SELECTION, "FILE", "YAML file with severities and texts of yours in the place of the checks' own, as Prowler "
        "takes it.", "--custom-checks-metadata-file",
    )] = None  # fmt: skip
    resource_arns: Annotated[Names, many(
        RESOURCES, "ARN", "Only these resources; `*` stands for anything within a part of the ARN.",
        "--resource-arn", "--resource-arns",
    )] = None  # fmt: skip
    resource_tags: Annotated[Names, many(
        RESOURCES, "KEY=VALUE", "Only resources that have all of these tags; KEY alone stands for any value.",
        "--resource-tag", "--resource-tags",
    )] = None  # fmt: skip
    tags: Annotated[bool, flag(
        RESOURCES, "Read the tags of all resources, also where their own listing does not bring them (S3 buckets, "
        "policies, ...). A mutelist that asks for tags has this done where it needs it.", "--tags",
    )] = False  # fmt: skip

    def catalog(self) -> "Catalog":
        """All checks there are. Raises UsageError and DeclarationError."""
        from aioprowler.catalog import load

        return load(self.checks_folders or (), self.custom_checks_metadata_file, self.compliance_files or ())

    @property
    def named_checks(self) -> list[str] | None:
        """Those of the command line and of the file. Raises UsageError."""
        return [*(self.checks or ()), *self._listed_in("--checks-file", self.checks_file)] or None

    @property
    def unwanted_checks(self) -> list[str]:
        """Likewise, those that are left out. Raises UsageError."""
        listed = self._listed_in("--excluded-checks-file", self.excluded_checks_file)
        return [*(self.excluded_checks or ()), *listed]

    def _listed_in(self, option: str, path: Path | None) -> list[str]:
        if path is None:
            return []
        from aioprowler.catalog import load
        from aioprowler.cli.checks_file import read_check_ids

        return read_check_ids(option, path, load(self.checks_folders or ()).named)

    @property
    def selection(self) -> "Selection":
        """The same for the catalog. Raises UsageError."""
        from aioprowler.catalog import Selection

        given = {name: value for name in Selection.__struct_fields__ if (value := getattr(self, name))}
        return Selection(**given | {"checks": self.named_checks, "excluded_checks": self.unwanted_checks})

    def for_scan(self) -> dict[str, Any]:
        """The same as arguments of ScanOptions. Raises UsageError."""
        from msgspec import structs

        return structs.asdict(self.selection) | {
            "checks_folders": self.checks_folders or (),
            "custom_checks_metadata_file": self.custom_checks_metadata_file,
            "tags": self.tags,
        }


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Choosing:
    """Which findings of a record; without any option, all. In a comparison those that have, or had, the status and
    severity.
    """

    statuses: Annotated[Names, many(
        FINDINGS, "STATUS", "Only findings of these statuses: PASS, FAIL, MANUAL.", "--status",
    )] = None  # fmt: skip
    severities: Annotated[Names, many(
        FINDINGS, "NAME", "Of those, only these severities: critical, high, medium, low, informational.", "--severity",
        "--severities",
    )] = None  # fmt: skip
    services: Annotated[Names, many(
        FINDINGS, "NAME", "Of those, only these AWS services, such as s3.", "--service", "--services", "-s",
    )] = None  # fmt: skip
    accounts: Annotated[Names, many(FINDINGS, "ID", "Of those, only in these accounts.", "--account")] = None
    units: Annotated[Names, many(
        FINDINGS, "OU", "Of those, only in accounts of these organizational units and of those below them, by path, "
        "such as workloads/production.", "--ou",
    )] = None  # fmt: skip
    owners: Annotated[Names, many(
        FINDINGS, "NAME", "Of those, only what these own, as reports call them: by tags of the resource, else by the "
        "account.", "--owner",
    )] = None  # fmt: skip

    def choice(self) -> "Choice":
        """The same for a record. Raises UsageError."""
        from aioprowler.findings.choice import Choice

        given = {name: value for name in Choice.__struct_fields__ if (value := getattr(self, name))}
        return Choice(**given)


ALL_FINDINGS: Final = Choosing()


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Judging:
    """What checks are told, and which of their findings are accepted."""

    config_file: Annotated[Path | None, one(
        JUDGING, "FILE",
        "YAML file with thresholds and lists that checks take, by Prowler's key names, flat or below the key `aws`. "
        "`aioprowler checks show ID` tells a check's keys.", "--config-file",
    )] = None  # fmt: skip
    scan_unused_services: Annotated[bool, flag(
        JUDGING, "Judge also what nothing uses, such as a VPC without network interfaces.", "--scan-unused-services",
    )] = False  # fmt: skip
    no_internet: Annotated[bool, flag(
        JUDGING, "Ask AWS alone: neither Shodan, nor GitHub and GitLab, nor for the list of AWS's IP ranges. What they "
        "would have told is MANUAL.", "--no-internet",
    )] = False  # fmt: skip
    mutelist_file: Annotated[str | None, one(
        JUDGING, "PATH", "Mute what this list accepts: a YAML file as Prowler's, s3://bucket/key, or the ARN of a "
        "DynamoDB table. Muted findings are marked, and are no failures.", "--mutelist-file", "-w",
    )] = None  # fmt: skip
    shodan: Annotated[str | None, one(
        JUDGING, "KEY", "Key of a Shodan account, which is asked what it has seen of public addresses. Other users of "
        "the machine can read it here, and not in SHODAN_API_KEY.", "--shodan", "-N",
    )] = field(default=None, repr=False)  # fmt: skip
    scan_secrets_validate: Annotated[bool, flag(
        JUDGING, "Try the secrets that are found on the services that they are for, over the network, and say which "
        "ones are live.", "--scan-secrets-validate",
    )] = False  # fmt: skip

    @property
    def files(self) -> dict[str, str]:
        """What is read from where the user says; empty where nothing is."""
        return {"configuration": str(self.config_file or ""), "mutelist": self.mutelist_file or ""}

    def config(self) -> dict[str, Any]:
        """The configuration file's keys, and those that an option or the environment sets. Raises UsageError."""
        from aioprowler.cli.config import read_config
        from aioprowler.errors import UsageError

        keys = read_config(self.config_file)
        if key := self.shodan or os.environ.get("SHODAN_API_KEY"):
            keys["shodan_api_key"] = key
        if self.scan_secrets_validate:
            keys["secrets_validate"] = True
        if self.no_internet and keys.get("secrets_validate"):
            raise UsageError(
                "--no-internet: secrets are tried on services of others: leave out --scan-secrets-validate and the "
                "configuration key secrets_validate."
            )
        return keys

    def mutelist(self, access: "Access") -> "Mutelist | None":
        """Read with the credentials that the scan starts from. Raises UsageError and MutelistUnreadableError."""
        if self.mutelist_file is None:
            return None
        from aioprowler.accounts.mutelist_source import load

        return load(self.mutelist_file, access.profiles[0] if access.profiles else None, access.chosen)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Access:
    """Which accounts, with which credentials, and which of their regions."""

    profiles: Annotated[Names, many(
        ACCESS, "NAME", "Profiles of the AWS configuration files: one account each.", "--profile", "-p",
    )] = None  # fmt: skip
    roles: Annotated[Names, many(
        ACCESS, "ARN", "IAM roles to assume: one account each.", "--role", "-R",
    )] = None  # fmt: skip
    external_id: Annotated[str | None, one(
        ACCESS, "ID", "External ID that the roles ask for.", "--external-id", "-I",
    )] = field(default=None, repr=False)  # fmt: skip
    session_duration: Annotated[int, one(
        ACCESS, "SECONDS", "How long a role is assumed for, from 900 to 43200 (default: 3600).",
        "--session-duration", "-T",
    )] = 3600  # fmt: skip
    role_session_name: Annotated[str, one(
        ACCESS, "NAME", "What CloudTrail calls the session (default: aioprowler).", "--role-session-name",
    )] = "aioprowler"  # fmt: skip
    mfa: Annotated[bool, flag(
        ACCESS, "Ask for an MFA device and its code before the scan.", "--mfa",
    )] = False  # fmt: skip
    mfa_serial: Annotated[str | None, one(
        ACCESS, "ARN", "The MFA device, for scripts; with --mfa-token.", "--mfa-serial",
    )] = None  # fmt: skip
    mfa_token: Annotated[str | None, one(
        ACCESS, "CODE", "The device's current code.", "--mfa-token",
    )] = field(default=None, repr=False)  # fmt: skip
    no_session_policy: Annotated[bool, flag(
        ACCESS, "Let the sessions of the roles that are assumed do all that the roles may, rather than only what the "
        "scan needs.", "--no-session-policy",
    )] = False  # fmt: skip
    organization: Annotated[bool, flag(
        ORGANIZATION, "Scan all active accounts of the AWS organization. The credentials (or the --role) are those of "
        "its management account or of a delegated administrator.", "--organization",
    )] = False  # fmt: skip
    organizations_role: Annotated[str | None, one(
        ORGANIZATION, "ARN", "A role that tells the names, units and tags of accounts that are scanned by "
        "themselves; without it the scan's own credentials are asked.", "--organizations-role", "-O",
    )] = None  # fmt: skip
    role_name: Annotated[str | None, one(
        ORGANIZATION, "NAME", "The role to assume in each account (default: aioprowler).", "--role-name",
    )] = None  # fmt: skip
    units: Annotated[Names, many(
        ORGANIZATION, "OU", "Only accounts of these organizational units and of those below them, by id or by path, "
        "such as workloads/production.", "--ou",
    )] = None  # fmt: skip
    excluded_units: Annotated[Names, many(
        ORGANIZATION, "OU", "Without these organizational units and those below them.", "--exclude-ou",
    )] = None  # fmt: skip
    accounts: Annotated[Names, many(ORGANIZATION, "ID", "Of those, only these accounts.", "--account")] = None
    excluded_accounts: Annotated[Names, many(
        ORGANIZATION, "ID", "Without these accounts.", "--exclude-account",
    )] = None  # fmt: skip
    account_tags: Annotated[Names, many(
        ORGANIZATION, "KEY=VALUE", "Only accounts that have these tags; KEY alone stands for any value.",
        "--account-tag",
    )] = None  # fmt: skip
    accounts_file: Annotated[Path | None, one(
        ORGANIZATION, "FILE", "Scan the accounts that a file lists: YAML or CSV (id, name, email, role, external_id, "
        "regions), c7n-org's, or the JSON of `aws organizations list-accounts`.",
        "--accounts-file",
    )] = None  # fmt: skip
    regions: Annotated[Names, many(
        ACCESS, "REGION", "Only these regions; without this option, all that an account has enabled.",
        "--region", "--filter-region", "-f",
    )] = None  # fmt: skip
    excluded_regions: Annotated[Names, many(
        ACCESS, "REGION", "All but these regions; in the place of PROWLER_AWS_DISALLOWED_REGIONS and of the "
        "configuration's disallowed_regions.", "--excluded-region", "--excluded-regions",
    )] = None  # fmt: skip

    @property
    def chosen(self) -> "Chosen":
        """The regions of the scan, for what is asked of AWS besides it."""
        from aioprowler.aws.homes import Chosen

        return Chosen(self.regions or (), self.unwanted_regions)

    @property
    def without_mfa(self) -> "Access":
        """The same for whoever does not enter an account: a code can be used once."""
        return replace(self, mfa=False, mfa_serial=None, mfa_token=None)

    @property
    def unwanted_regions(self) -> list[str]:
        """Those of the option, else of Prowler's variable in the environment: names with commas between."""
        named = os.environ.get("PROWLER_AWS_DISALLOWED_REGIONS", "").split(",")
        return self.excluded_regions or [name.strip() for name in named if name.strip()]


StdoutForm = Literal["jsonl", "lines", "summary", "none"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]

MODE_HELP: Final = (
    "Who else may read the files: 640 the group, 644 everybody, 600 nobody (default). Folders that are made are opened "
    "to the same."
)


def mode_of(text: str | None) -> int:
    """Of files, from the option. Nobody else is ever let write: the scan could not be resumed. Raises UsageError."""
    from aioprowler.disk import PRIVATE

    if text is None:
        return PRIVATE
    mode = int(text, 8) if re.fullmatch("0?[0-7]{3}", text) else 0
    if mode & ~0o044 != PRIVATE:
        from aioprowler.errors import UsageError

        raise UsageError(
            f"--output-mode {text!r:.80}: give 600, 640 or 644: you read and write, others read at most. What files "
            "there are is said by --output-formats."
        )
    return mode


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Output:
    """Where findings go."""

    statuses: Annotated[Names, many(
        OUTPUT, "STATUS", "Only findings of these statuses: PASS, FAIL, MANUAL; MUTED stands for muted ones of any "
        "status. Lines on a terminal (--stdout lines) are of FAIL alone without it.", "--status",
    )] = None  # fmt: skip
    baseline: Annotated[Path | None, one(
        OUTPUT, "FILE", "Report, and exit with 3 for, only what fails anew: findings that failed in the JSON lines of "
        "that earlier scan are counted and left out.", "--baseline",
    )] = None  # fmt: skip
    any_baseline: Annotated[bool, flag(
        OUTPUT, "Take a baseline that lacks findings as well: of a scan with --baseline or --status, about some "
        "resources, or interrupted. What it lacks is new.", "--any-baseline",
    )] = False  # fmt: skip
    stdout: Annotated[StdoutForm | None, one(
        OUTPUT, "FORM",
        "Findings on standard output: jsonl or lines; or the summary, or none. By default lines on a terminal, jsonl "
        "anywhere else; in the log of a CI job (the variable CI), where files have the findings, the summary.",
        "--stdout",
    )] = None  # fmt: skip
    formats: Annotated[Names, many(
        OUTPUT, "FORMAT", f"Files to write: {FORMATS_HELP} (default: the first three; with --compliance, compliance as "
        "well).",
        "--output-formats", "--output-modes", "-M",
    )] = None  # fmt: skip
    directory: Annotated[Path | None, one(
        OUTPUT, "FOLDER", "Where the files go; made if it is not there (default: output).", "--output-directory", "-o",
    )] = None  # fmt: skip
    filename: Annotated[str | None, one(
        OUTPUT, "NAME", "Their name without extension (default: aioprowler- and the time). Files of that name are "
        "replaced once the new ones are whole.", "--output-filename", "-F",
    )] = None  # fmt: skip
    split: Annotated[Part | None, one(
        OUTPUT, "WHOM", "Besides, when the scan has come to its end, an HTML page for each account, owner or unit, and "
        "an index of them.", "--split",
    )] = None  # fmt: skip
    mode: Annotated[str | None, one(OUTPUT, "MODE", MODE_HELP, "--output-mode")] = None
    no_files: Annotated[bool, flag(OUTPUT, "Write no files.", "--no-files")] = False
    quiet: Annotated[bool, flag(
        OUTPUT, "Neither progress nor summary: stderr is for errors. A terminal has the summary in the place of "
        "findings that files have.", "--quiet", "-q",
    )] = False  # fmt: skip
    no_progress: Annotated[bool, flag(OUTPUT, "No live progress.", "--no-progress")] = False
    no_color: Annotated[bool, flag(OUTPUT, "No colors, as with NO_COLOR in the environment.", "--no-color")] = False
    no_banner: Annotated[bool, flag(OUTPUT, "Changes nothing: there is no banner.", "--no-banner", "-b")] = False
    verbose: Annotated[bool, flag(OUTPUT, "Log what happens.", "--verbose")] = False
    debug: Annotated[bool, flag(OUTPUT, "Log every failed call, with tracebacks.", "--debug")] = False
    log_level: Annotated[LogLevel | None, one(
        OUTPUT, "LEVEL", "What is logged: DEBUG, INFO, WARNING (default), ERROR or CRITICAL.", "--log-level",
    )] = None  # fmt: skip
    log_file: Annotated[Path | None, one(
        OUTPUT, "FILE", "Write the log to this file as well, as JSON lines; a file of that name is replaced.",
        "--log-file",
    )] = None  # fmt: skip
    only_logs: Annotated[bool, flag(
        OUTPUT, "Nothing but the log: no progress, no summary, and no findings on standard output.", "--only-logs",
    )] = False  # fmt: skip
    unix_timestamps: Annotated[bool, flag(
        OUTPUT, "Times in the CSV file are seconds since 1970.", "--unix-timestamp",
    )] = False  # fmt: skip

    @property
    def settled(self) -> "Output":
        """With all that `--only-logs` means."""
        if not self.only_logs:
            return self
        return replace(self, quiet=True, verbose=True, stdout=self.stdout or "none")

    @property
    def level(self) -> str:
        """What is logged at least."""
        return "DEBUG" if self.debug else self.log_level or ("INFO" if self.verbose else "WARNING")

    @property
    def has_colors(self) -> bool:
        """Where a terminal shows them."""
        return not (self.no_color or os.environ.get("NO_COLOR"))

    def known(self, selection: "Selecting") -> "Baseline | None":
        """The baseline of a scan of that selection. Raises UsageError."""
        from aioprowler.errors import UsageError
        from aioprowler.findings.record import Baseline

        if self.baseline is None:
            if self.any_baseline:
                raise UsageError("--any-baseline goes with --baseline: add the JSON lines of an earlier scan.")
            return None
        known = Baseline(self.baseline)
        if not self.any_baseline:
            chosen = [*(selection.resource_arns or ()), *(selection.resource_tags or ())]
            _require_whole(self.baseline, known, chosen)
        return known


def _require_whole(path: Path, known: "Baseline", resources: list[str]) -> None:
    from aioprowler.errors import UsageError
    from aioprowler.findings.coverage import unfit
    from aioprowler.findings.record import refuse_empty

    if not known.accounts:
        refuse_empty(f"--baseline {path}", known.coverage)
    lacking = unfit(known.coverage, resources) if known.coverage else ""
    if lacking := lacking or ("is cut off in its last line" if known.is_cut_off else ""):
        raise UsageError(
            f"--baseline {path} {lacking}: give that of a whole scan, or --any-baseline to have what it lacks told as "
            "new."
        )


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Sending:
    """Who else is told. Secrets come from the environment."""

    bucket: Annotated[str | None, one(
        SENDING, "BUCKET", "Upload the files to this S3 bucket when the scan has ended, with the credentials that scan "
        "(of several, the first); BUCKET/PREFIX puts them below a prefix.", "--output-bucket", "-B",
    )] = None  # fmt: skip
    bucket_no_assume: Annotated[str | None, one(
        SENDING, "BUCKET", "The same with the base credentials, not those of the --role.",
        "--output-bucket-no-assume", "-D",
    )] = None  # fmt: skip
    bucket_owner: Annotated[str | None, one(
        SENDING, "ID", "Upload only if this account owns the bucket.", "--output-bucket-owner",
    )] = None  # fmt: skip
    security_hub: Annotated[bool, flag(
        SENDING, "Import each account's findings into its Security Hub, and archive those that no longer hold.",
        "--security-hub", "-S",
    )] = False  # fmt: skip
    skip_sh_update: Annotated[bool, flag(
        SENDING, "Archive nothing in Security Hub.", "--skip-sh-update",
    )] = False  # fmt: skip
    send_sh_only_fails: Annotated[bool, flag(
        SENDING, "Import only failed findings into Security Hub.", "--send-sh-only-fails",
    )] = False  # fmt: skip
    slack: Annotated[bool, flag(
        SENDING, "Post a summary to Slack: with SLACK_API_TOKEN to SLACK_CHANNEL_NAME, or to SLACK_WEBHOOK_URL.",
        "--slack",
    )] = False  # fmt: skip
    webhook: Annotated[str | None, one(
        SENDING, "URL", "POST findings as JSON while the scan runs, and its coverage at the end; signed if "
        "AIOPROWLER_WEBHOOK_SECRET is set. A URL that is a secret is better in AIOPROWLER_WEBHOOK_URL.", "--webhook",
        "--webhook-url",
    )] = field(default=None, repr=False)  # fmt: skip
    insecure_webhook: Annotated[bool, flag(
        SENDING, "Send to a webhook of another machine over plain HTTP, where anybody on the way reads along.",
        "--insecure-webhook",
    )] = False  # fmt: skip


OptionsFile = Annotated[Path | None, one(
    RUNNING, "FILE", "TOML file with options, below `[scan]`, that neither the command line nor variables such as "
    "AIOPROWLER_REGION give (default: aioprowler.toml in the current folder, if it is there).", "--options-file",
)]  # fmt: skip
Budget = Annotated[float, one(
    RUNNING, "SHARE", "Share of each AWS API quota that the scan may use, up to 1 (default: 0.5).", "--api-budget",
)]  # fmt: skip
Quotas = Annotated[Path | None, one(
    RUNNING, "FILE", "YAML file with API quotas of yours, such as AWS raised for you: "
    "`ec2:DescribeInstances: {rate: 40, capacity: 200}`.", "--quotas-file",
)]  # fmt: skip


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Running:
    """How fast and how long."""

    api_budget: Budget = 0.5
    quotas_file: Quotas = None
    retries: Annotated[int | None, one(
        RUNNING, "NUMBER", "How often a call is tried again that AWS throttles, fails or does not answer (default: 5; "
        "without an answer 1).", "--aws-retries-max-attempts",
    )] = None  # fmt: skip
    connect_timeout: Annotated[int | None, one(
        RUNNING, "SECONDS", "How long a connection to AWS is waited for (default: 5).", "--aws-connect-timeout",
    )] = None  # fmt: skip
    read_timeout: Annotated[int | None, one(
        RUNNING, "SECONDS", "How long AWS may be silent (default: 30).", "--aws-read-timeout",
    )] = None  # fmt: skip
    account_timeout: Annotated[float | None, one(
        RUNNING, "SECONDS", "After so long an account is cut off and reported as incomplete.", "--account-timeout",
    )] = None  # fmt: skip
    fail_on: Annotated[Names, many(
        RUNNING, "NAME", "Exit with 3 only where something of these severities failed, or, for manual, something is "
        "left to a person to look at; none: never. Without this option, where anything failed.", "--fail-on",
    )] = None  # fmt: skip
    ignore_exit_code_3: Annotated[bool, flag(
        RUNNING, "Exit with 0 instead of 3 when something failed: the same as --fail-on none.",
        "--ignore-exit-code-3", "-z",
    )] = False  # fmt: skip
    resume: Annotated[Path | None, one(
        RUNNING, "PATH", "Go on with a scan that was interrupted: its output folder, or its journal in it. Give its "
        "options again; those that only say what is looked at may be left out.", "--resume",
    )] = None  # fmt: skip

    workers: Annotated[str | None, one(
        WORKERS, "NUMBER", "Processes of this machine that scan side by side, each its own accounts; auto: as many as "
        "cores (default: 1, the scan's own).", "--workers",
    )] = None  # fmt: skip
    scheduler: Annotated[str | None, one(
        WORKERS, "ADDRESS", "Have the workers of a Dask cluster scan, by the address of its scheduler, such as "
        "tls://host:8786. They use credentials of their own to enter the accounts.", "--scheduler",
    )] = None  # fmt: skip
    scheduler_ca: Annotated[Path | None, one(
        WORKERS, "FILE", "Certificates that the scheduler's is checked with, as PEM (default: those of Dask's "
        "configuration, as for the next two).", "--scheduler-ca",
    )] = None  # fmt: skip
    scheduler_cert: Annotated[Path | None, one(
        WORKERS, "FILE", "The scan's own certificate.", "--scheduler-cert",
    )] = None  # fmt: skip
    scheduler_key: Annotated[Path | None, one(
        WORKERS, "FILE", "Its private key.", "--scheduler-key",
    )] = None  # fmt: skip
    send_credentials: Annotated[bool, flag(
        WORKERS, "Send the workers temporary credentials of each account, sealed, over TLS only; they need none then.",
        "--send-credentials",
    )] = False  # fmt: skip

    options_file: OptionsFile = None
    show_options: Annotated[bool, flag(
        RUNNING, "Scan nothing; print each option, its value, and where that is from.", "--show-options",
    )] = False  # fmt: skip

    def validate(self) -> None:
        """Raises UsageError."""
        from aioprowler.errors import UsageError

        if not _LEAST_BUDGET <= self.api_budget <= 1:
            raise UsageError(
                f"--api-budget {self.api_budget:g}: give a share of at least {_LEAST_BUDGET} and at most 1."
            )
        if self.account_timeout is not None and self.account_timeout <= 0:
            raise UsageError(f"--account-timeout {self.account_timeout:g}: give a number of seconds above 0.")
        _ = self.failing

    @property
    def failing(self) -> frozenset[str]:
        """Severities of failures, and `manual`, for which the exit code is 3. Raises UsageError."""
        from aioprowler.declarations.checks import SEVERITIES
        from aioprowler.errors import UsageError, require

        require("severity", self.fail_on or (), (*SEVERITIES, "manual", "none"))
        chosen = frozenset(self.fail_on or SEVERITIES)
        if self.fail_on and self.ignore_exit_code_3:
            raise UsageError("--fail-on and --ignore-exit-code-3: give one of them.")
        if "none" in chosen and len(chosen) > 1:
            raise UsageError("--fail-on none goes with no other name.")
        return frozenset() if self.ignore_exit_code_3 else chosen - {"none"}

    def patience(self) -> "Patience":
        """As the options say, or else Prowler's variables in the environment. Raises UsageError."""
        from aioprowler.aws.patience import Patience

        return Patience(
            connect_timeout=_whole("--aws-connect-timeout", self.connect_timeout, "CONNECT_TIMEOUT", 1),
            read_timeout=_whole("--aws-read-timeout", self.read_timeout, "READ_TIMEOUT", 1),
            retries=_whole("--aws-retries-max-attempts", self.retries, "RETRIES_MAX_ATTEMPTS", 0),
            user_agent=_user_agent(os.environ.get(f"{_BOTO3}USER_AGENT_EXTRA", "")),
        )

    def quotas(self) -> "dict[str, OwnQuota]":
        """The file's quotas. Raises UsageError."""
        from aioprowler.aws.own_quotas import read_quotas

        return read_quotas(self.quotas_file) if self.quotas_file is not None else {}


_BOTO3: Final = "PROWLER_AWS_BOTO3_"


def _whole(option: str, given: int | None, variable: str, least: int) -> int | None:
    """The option's number, else that of the variable, if it is set. Raises UsageError for one below the least."""
    name, text = (option, str(given)) if given is not None else (_BOTO3 + variable, os.environ.get(_BOTO3 + variable))
    if text is None or not text.strip():
        return None
    number = int(text) if re.fullmatch(r"\s*\d{1,6}\s*", text, re.ASCII) else -1
    if number < least:
        from aioprowler.errors import UsageError

        raise UsageError(f"{name} {text!r:.80}: give a whole number from {least} on.")
    return number


def _user_agent(text: str) -> str:
    """Raises UsageError for what no header takes."""
    if text and not re.fullmatch(r"[ -~]{1,200}", text):
        from aioprowler.errors import UsageError

        raise UsageError(f"{_BOTO3}USER_AGENT_EXTRA: give at most 200 letters, digits and signs of ASCII.")
    return text


_LEAST_BUDGET: Final = 0.01
"""Below it, a quota of a few calls a second would let one through every few minutes."""

SELECT_ALL: Final = Selecting()
BY_DEFAULT: Final = Judging()
OWN_ACCOUNT: Final = Access()
ALL_OUTPUT: Final = Output()
NOWHERE_ELSE: Final = Sending()
AT_HALF_SPEED: Final = Running()

AsJson = Annotated[bool, flag(None, "Print JSON.", "--json")]
