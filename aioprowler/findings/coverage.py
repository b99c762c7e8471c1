"""The coverage report: what a scan looked at, what it could not look at, and why, by cause. Data only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct

from aioprowler._version import __version__
from aioprowler.declarations.failure import FailureKind

SCHEMA_VERSION = "1.2"

Setting = bool | int | float | str | tuple[bool | int | float | str, ...]
"""The value of a configuration key."""

Settings = Mapping[str, tuple[Setting, ...]]
"""Configuration key -> the values that it had, each once: several where scans with several configurations are told."""

Limits = Literal["", "actions", "prefixes", "managed", "none"]
SESSIONS: Final[Mapping[Limits, str]] = {
    "": "",
    "actions": "limited to the plan",
    "prefixes": "limited to the plan, some of whose actions are given as prefixes",
    "managed": "limited to AWS's SecurityAudit and ViewOnlyAccess",
    "none": "not limited: they could do all that the roles may",
}
"""What the sessions of assumed roles were, in words, from the narrowest to the widest; empty where none was opened."""

_COUNTED: Final = {"FAIL": "failed", "PASS": "passed", "MANUAL": "manual", "muted": "muted"}


class NotEntered(Struct, frozen=True, kw_only=True):
    """An account, or a whole organizational unit, that nothing is known of."""

    account_id: str
    """Empty where not even that is known."""
    name: str
    source: str
    """With which credentials it was tried."""
    kind: FailureKind
    action: str
    code: str
    reason: str
    """One sentence: what was tried, what AWS said, what to do."""

    @property
    def why(self) -> str:
        """The reason without what was tried."""
        return self.reason.partition(f"{self.source}: ")[2] or self.reason


class Unfinished(Struct, frozen=True, kw_only=True):
    """An account whose scan was cut off."""

    account_id: str
    reason: str


class Gap(Struct, frozen=True, kw_only=True):
    """One cause for which calls failed, wherever they did."""

    kind: FailureKind
    action: str
    """The IAM action; `ec2:*` for many of a service, or one that is not there, `*` for many services."""
    actions: tuple[str, ...]
    """All of them."""
    codes: tuple[str, ...]
    """AWS's error codes, the most frequent first."""
    policy: str = ""
    """What denies it, in AWS's words, where that is not the lack of a permission."""
    by_scp: bool
    """It is a service control policy."""
    accounts: int
    """In how many."""
    account_ids: tuple[str, ...]
    """The first ten of them."""
    regions: dict[str, int]
    """Region -> in how many of its accounts."""
    calls: int
    """How many failed."""
    explanation: str
    """One sentence: what could not be read, why, and what to do about it."""

    @property
    def is_permission(self) -> bool:
        """Whether AWS denied it; a tool, whose name has no colon, is denied something without a permission for it."""
        return self.kind == "denied" and any(":" in action for action in self.actions)


class Accounts(Struct, frozen=True, kw_only=True):
    """How many."""

    found: int
    scanned: int
    """To the end. A resumed scan counts those of the earlier runs as well."""
    scanned_before: int
    """Of these, by the earlier runs."""


class Regions(Struct, frozen=True, kw_only=True):
    """Accounts in which the same regions were scanned."""

    accounts: int
    regions: tuple[str, ...]


class Figures(Struct, kw_only=True):
    """Calls of one operation, or of all."""

    calls: int = 0
    failed: int = 0
    """Without an answer after all retries, denied ones among them."""
    throttled: int = 0
    """Replies that refused a call as one too many. Most were retried with success."""
    retried: int = 0


class Judged(Struct, kw_only=True):
    """Findings of one check, before any selection by status."""

    failed: int = 0
    passed: int = 0
    manual: int = 0
    muted: int = 0
    """Of any status; they are in none of the others."""

    @property
    def total(self) -> int:
        """Of any outcome."""
        return self.failed + self.passed + self.manual + self.muted


def united(settings: Iterable[Settings | None]) -> Settings | None:
    """What was set in any of several scans; None where that is not known of all."""
    values: dict[str, dict[Setting, None]] = {}
    for each in settings:
        if each is None:
            return None
        for key, found in each.items():
            values.setdefault(key, {}).update(dict.fromkeys(found))
    return {key: tuple(found) for key, found in values.items()}


def counts_by_check(counts: Mapping[tuple[str, str], int]) -> dict[str, Judged]:
    """By check, in alphabetical order. `counts`: (check id, outcome) -> findings."""
    found: dict[str, Judged] = {}
    for (check_id, status), count in sorted(counts.items()):
        setattr(found.setdefault(check_id, Judged()), _COUNTED[status], count)
    return found


class Coverage(Struct, frozen=True, kw_only=True):
    """What a scan looked at and what not. Its JSON form has exactly these keys; what is missing comes first."""

    not_entered: tuple[NotEntered, ...]
    unfinished: tuple[Unfinished, ...]
    unseen: dict[str, int]
    """Region -> accounts in which every call there failed."""
    unknown: dict[str, int] = {}
    """Configured region -> accounts of which AWS did not tell whether they have enabled it: nobody looked there."""
    without_region: tuple[str, ...] = ()
    """Accounts of which no region is left to scan, by what was chosen and excluded."""
    unjudged: tuple[str, ...] = ()
    """Checks that judged nothing at all, because AWS did not tell what they read."""
    unfound: tuple[str, ...] = ()
    """ARNs of one resource each that the scan was to be about, and of which nothing was judged."""
    gaps: tuple[Gap, ...]
    """The widest first."""
    unsupported: tuple[Gap, ...]
    """Services that are not there: the region or partition does not have them, or the account has not subscribed to
    them. One for each service and cause.
    """
    not_enabled: dict[str, int]
    """Chosen region -> accounts that have not enabled it."""
    notes: tuple[str, ...]
    accounts: Accounts
    regions: tuple[Regions, ...]
    """Accounts scanned in this run. The most frequent first."""
    services: tuple[str, ...]
    """Those with checks in this scan."""
    checks: int
    check_ids: tuple[str, ...]
    frameworks: tuple[str, ...]
    """Chosen compliance frameworks, by whose requirements the checks were chosen."""
    findings: dict[str, int]
    """By status, before any selection by status; without muted ones."""
    muted: dict[str, int]
    """Likewise, those that are muted."""
    by_check: dict[str, Judged]
    """Check -> its findings; without checks that have none."""
    statuses: tuple[str, ...]
    """Only findings of these statuses are in the files; empty: all are."""
    known: dict[str, int] = {}
    """Likewise, those that the baseline knows and that are therefore not in the report; of this run."""
    resource_arns: tuple[str, ...] = ()
    """The scan was about these resources alone, if there are any."""
    resource_tags: tuple[str, ...] = ()
    """Likewise, about resources with these tags."""
    session_policy: Limits = ""
    """What the sessions of roles were limited to in this run, the widest of them; empty where no role was assumed."""
    total: Figures
    calls: dict[str, Figures]
    """`service:Operation` -> its calls in this run, the most frequent first."""
    started: str
    finished: str
    """RFC 3339, UTC; of a scan that has not ended, when this was made."""
    seconds: float
    workers: int | None = None
    """Of a cluster, at the end; None: the scan's own process did all."""
    timestamp: str
    """The scan's clock reading, which its findings have."""
    own_frameworks: tuple[dict[str, Any], ...] = ()
    """Compliance frameworks beside the package's, as `aioprowler.compliance.frameworks.Framework` has them."""
    settings: Settings | None = None
    """Of the configuration keys that compliance frameworks have a say in, those that its checks read; None where it is
    not known, of a scan by an earlier version.
    """
    ended: bool
    """Whether the scan came to its end; false: it was interrupted, or still runs."""
    resumed: bool
    """Whether it goes on with an earlier scan. Findings are those of all runs; calls, failures and time of this one."""
    version: str = __version__
    """Of the program."""
    schema_version: str = SCHEMA_VERSION

    @property
    def scanned_regions(self) -> set[str]:
        """In any account, in this run."""
        return {region for each in self.regions for region in each.regions}

    @property
    def total_findings(self) -> int:
        """Of any status, muted ones as well."""
        return sum(self.findings.values()) + sum(self.muted.values())

    @property
    def recorded(self) -> int:
        """Those that its record has at least."""
        return sum(self.findings.get(each, 0) for each in self.statuses) if self.statuses else self.total_findings


def sessions_told(coverage: Coverage) -> str:
    """A sentence about the sessions of the roles that were assumed; empty where none was."""
    told = SESSIONS[coverage.session_policy]
    return f"Sessions of roles were {told}." if told else ""


_NAMED: Final = 3
"""Names that a sentence has room for."""


def incomplete(coverage: Coverage) -> list[str]:
    """Of what was chosen and not looked at, half a sentence each; none where there is no such thing. Of accounts the
    first reason is told.
    """
    seen = coverage.scanned_regions
    nowhere = [region for region in coverage.not_enabled if region not in seen]
    told = [
        ("could not be entered", _first([(each.account_id or each.source, each.why) for each in coverage.not_entered])),
        ("not scanned to the end", _first([(each.account_id, each.reason) for each in coverage.unfinished])),
        ("no call was answered there in some account", coverage.unseen),
        ("AWS did not tell whether it is enabled", coverage.unknown),
        ("enabled in no account", nowhere),
        (
            "no region is left to scan",
            ["every account"] if coverage.regions and not seen and not nowhere else coverage.without_region,
        ),
        ("judged nothing, because AWS did not tell what they read", coverage.unjudged),
        ("nothing was judged of", coverage.unfound),
    ]
    return [f"{why}: {some([*names])}" for why, names in told if names]


def _first(reasons: Sequence[tuple[str, str]]) -> list[str]:
    """The names, the first with its reason."""
    return [f"{name} ({why.rstrip('.')})" if not index else name for index, (name, why) in enumerate(reasons)]


def unfit(coverage: Coverage, chosen: Iterable[str] = ()) -> str:
    """What a record of the scan lacks of what it could not pass, in a clause; empty where it has all. `chosen`: the
    resources that are asked about.
    """
    if coverage.known:
        return "is without the findings that its baseline knew (--baseline)"
    if coverage.statuses and not {"FAIL", "MANUAL"} <= {*coverage.statuses}:
        return f"has only findings of some statuses (--status {' '.join(coverage.statuses)})"
    if not coverage.ended:
        return "is of a scan that was interrupted"
    if (own := {*coverage.resource_arns, *coverage.resource_tags}) and own != {*chosen}:
        return "is about other resources (--resource-arn, --resource-tag)"
    return ""


def some(names: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def left_out(coverage: Coverage, told: Mapping[str, int]) -> list[str]:
    """Sentences about what a report of the scan does not tell. `told`: its findings by status, without muted ones."""
    sentences: list[str] = []
    if any(coverage.known.values()):
        sentences.append(f"Only what is new: {_counted(coverage.known)} that the baseline knows are left out.")
    if rest := _counted({status: count - told.get(status, 0) for status, count in coverage.findings.items()}):
        sentences.append(f"Only some of the findings: {rest} are left out.")
    if chosen := (*coverage.resource_arns, *coverage.resource_tags):
        sentences.append(f"Only chosen resources were judged: {', '.join(chosen)}.")
    return sentences


def _counted(findings: Mapping[str, int]) -> str:
    return ", ".join(
        f"{findings[status]:,} {status}" for status in ("FAIL", "MANUAL", "PASS") if findings.get(status, 0) > 0
    )
