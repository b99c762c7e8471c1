"""The options that commands share, and what they mean to a scan."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Group, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aioprowler.aws.quotas import OwnQuota
    from aioprowler.catalog import AnyCheck, Catalog

SELECTION: Final = Group("Which checks")
ACCESS: Final = Group("Which accounts and regions")
ORGANIZATION: Final = Group("Many accounts")
JUDGING: Final = Group("How to judge")
OUTPUT: Final = Group("What comes out")
RUNNING: Final = Group("How the scan runs")

FORMATS_HELP: Final = "jsonl, csv, html, json-ocsf, json-asff, sarif, junit, markdown, parquet"


def many(group: Group | None, metavar: str, about: str, *names: str) -> Parameter:
    """An option that takes one or more values, and may be repeated."""
    return Parameter(name=names, help=about, group=group, metavar=f"{metavar} ...", consume_multiple=1, negative=())


def one(group: Group | None, metavar: str, about: str, *names: str) -> Parameter:
    return Parameter(name=names, help=about, group=group, metavar=metavar)


def flag(group: Group | None, about: str, *names: str) -> Parameter:
    return Parameter(name=names, help=about, group=group, negative=())


Names = list[str] | None


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which checks; without any option, all."""

    checks: Annotated[Names, many(SELECTION, "ID", "These checks.", "--check", "--checks", "-c")] = None
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
    excluded_checks: Annotated[Names, many(
        SELECTION, "ID", "All but these checks.", "--excluded-check", "--excluded-checks", "-e",
    )] = None  # fmt: skip
    excluded_services: Annotated[Names, many(
        SELECTION, "NAME", "All but these services.", "--excluded-service", "--excluded-services",
    )] = None  # fmt: skip
    checks_folders: Annotated[list[Path] | None, many(
        SELECTION, "FOLDER", "Folders with Python files of your own checks.", "--checks-folder", "-x",
    )] = None  # fmt: skip

    def catalog(self) -> Catalog:
        """All checks there are. Raises UsageError and DeclarationError."""
        from aioprowler.catalog import load

        return load(self.checks_folders or ())

    def select(self, catalog: Catalog) -> tuple[AnyCheck, ...]:
        """Raises UsageError for a name that nothing has."""
        return catalog.select(
            checks=self.checks,
            services=self.services,
            severities=self.severities,
            categories=self.categories,
            excluded_checks=self.excluded_checks or (),
            excluded_services=self.excluded_services or (),
        )

    def for_scan(self) -> dict[str, Any]:
        """The same as arguments of ScanOptions."""
        return {
            "checks": self.checks,
            "services": self.services,
            "severities": self.severities,
            "categories": self.categories,
            "excluded_checks": self.excluded_checks or (),
            "excluded_services": self.excluded_services or (),
            "checks_folders": self.checks_folders or (),
        }


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Judging:
    """What checks are told."""

    config_file: Annotated[Path | None, one(
        JUDGING, "FILE",
        "YAML file with thresholds and lists that checks take, by Prowler's key names, flat or below the key `aws`. "
        "`aioprowler checks show ID` tells a check's keys.", "--config-file",
    )] = None  # fmt: skip
    scan_unused_services: Annotated[bool, flag(
        JUDGING, "Judge also what nothing uses, such as a VPC without network interfaces.", "--scan-unused-services",
    )] = False  # fmt: skip
    scan_secrets_validate: Annotated[bool, flag(
        JUDGING, "Try the secrets that are found on the services that they are for, over the network, and say which "
        "ones are live.", "--scan-secrets-validate",
    )] = False  # fmt: skip

    def config(self) -> dict[str, Any]:
        """The configuration file's keys, and those that an option or the environment sets. Raises UsageError."""
        from aioprowler.cli.config import read_config

        keys = read_config(self.config_file)
        if key := os.environ.get("SHODAN_API_KEY"):
            keys["shodan_api_key"] = key
        if self.scan_secrets_validate:
            keys["secrets_validate"] = True
        return keys


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
    )] = None  # fmt: skip
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
    mfa_token: Annotated[str | None, one(ACCESS, "CODE", "The device's current code.", "--mfa-token")] = None
    organization: Annotated[bool, flag(
        ORGANIZATION, "Scan all active accounts of the AWS organization. The credentials (or the --role) are those of "
        "its management account or of a delegated administrator.", "--organization",
    )] = False  # fmt: skip
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
        ORGANIZATION, "FILE", "Scan the accounts that a YAML or CSV file lists (id, name, role, external_id, regions).",
        "--accounts-file",
    )] = None  # fmt: skip
    regions: Annotated[Names, many(
        ACCESS, "REGION", "Only these regions; without this option, all that an account has enabled.",
        "--region", "--filter-region", "-f",
    )] = None  # fmt: skip
    excluded_regions: Annotated[Names, many(ACCESS, "REGION", "All but these regions.", "--excluded-region")] = None


StdoutForm = Literal["jsonl", "lines", "none"]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Output:
    """Where findings go."""

    statuses: Annotated[Names, many(
        OUTPUT, "STATUS", "Only findings of these statuses: PASS, FAIL, MANUAL.", "--status",
    )] = None  # fmt: skip
    stdout: Annotated[StdoutForm | None, one(
        OUTPUT, "FORM",
        "Findings on standard output: jsonl, lines or none. By default lines on a terminal, jsonl anywhere else.",
        "--stdout",
    )] = None  # fmt: skip
    formats: Annotated[Names, many(
        OUTPUT, "FORMAT", f"Files to write: {FORMATS_HELP} (default: the first three).",
        "--output-formats", "--output-modes", "-M",
    )] = None  # fmt: skip
    directory: Annotated[Path | None, one(
        OUTPUT, "FOLDER", "Where the files go; made if it is not there (default: output).", "--output-directory", "-o",
    )] = None  # fmt: skip
    filename: Annotated[str | None, one(
        OUTPUT, "NAME", "Their name without extension (default: aioprowler- and the time). Files of that name are "
        "replaced.", "--output-filename", "-F",
    )] = None  # fmt: skip
    no_files: Annotated[bool, flag(OUTPUT, "Write no files.", "--no-files")] = False
    quiet: Annotated[bool, flag(
        OUTPUT, "Neither progress nor summary: stderr is for errors.", "--quiet", "-q",
    )] = False  # fmt: skip
    no_progress: Annotated[bool, flag(OUTPUT, "No live progress.", "--no-progress")] = False
    verbose: Annotated[bool, flag(OUTPUT, "Log what happens.", "--verbose")] = False
    debug: Annotated[bool, flag(OUTPUT, "Log every failed call, with tracebacks.", "--debug")] = False


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Running:
    """How fast and how long."""

    api_budget: Annotated[float, one(
        RUNNING, "SHARE", "Share of each AWS API quota that the scan may use, up to 1 (default: 0.5).", "--api-budget",
    )] = 0.5  # fmt: skip
    quotas_file: Annotated[Path | None, one(
        RUNNING, "FILE", "YAML file with API quotas of yours, such as AWS raised for you: "
        "`ec2:DescribeInstances: {rate: 40, capacity: 200}`.", "--quotas-file",
    )] = None  # fmt: skip
    account_timeout: Annotated[float | None, one(
        RUNNING, "SECONDS", "After so long an account is cut off and reported as incomplete.", "--account-timeout",
    )] = None  # fmt: skip
    ignore_exit_code_3: Annotated[bool, flag(
        RUNNING, "Exit with 0 instead of 3 when something failed.", "--ignore-exit-code-3", "-z",
    )] = False  # fmt: skip
    resume: Annotated[Path | None, one(
        RUNNING, "PATH", "Go on with a scan that was interrupted: its output folder, or its journal in it. The options "
        "are those of that scan; credentials are given anew.", "--resume",
    )] = None  # fmt: skip

    def validate(self) -> None:
        """Raises UsageError."""
        from aioprowler.errors import UsageError

        if not 0 < self.api_budget <= 1:
            raise UsageError(f"--api-budget {self.api_budget:g}: give a share of more than 0 and at most 1.")
        if self.account_timeout is not None and self.account_timeout <= 0:
            raise UsageError(f"--account-timeout {self.account_timeout:g}: give a number of seconds above 0.")

    def quotas(self) -> dict[str, OwnQuota]:
        """The file's quotas. Raises UsageError."""
        from aioprowler.aws.own_quotas import read_quotas

        return read_quotas(self.quotas_file) if self.quotas_file is not None else {}


SELECT_ALL: Final = Selection()
BY_DEFAULT: Final = Judging()
OWN_ACCOUNT: Final = Access()
ALL_OUTPUT: Final = Output()
AT_HALF_SPEED: Final = Running()

AsJson = Annotated[bool, flag(None, "Print JSON.", "--json")]


def require_regions(names: Iterable[str]) -> None:
    """Raises UsageError for a region that AWS does not have, as far as the installed botocore knows."""
    names = list(names)
    if not names:
        return
    import botocore.session

    from aioprowler.errors import require

    session = botocore.session.get_session()
    known = {
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition)
    }
    require("region", names, sorted(known))
