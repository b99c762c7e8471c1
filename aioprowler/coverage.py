"""The coverage report: what a scan looked at, what it could not look at, and why, folded by cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from aioprowler._version import __version__
from aioprowler.aws.api import Calls, Cause, Extent
from aioprowler.declarations.failure import Failure, FailureKind

SCHEMA_VERSION = "1.1"

_LEAST_SERVICES: Final = 3
_SHARE_OF_SERVICES: Final = 1 / 3
"""What hits so many services, and so much of the plan, in a region of an account hits the region, not them."""
_LEAST_ACTIONS: Final = 4
"""What hits so many actions of a service in an account hits the service."""
_SAMPLE: Final = 10
"""Accounts that a gap names."""
_COUNTED: Final = {"FAIL": "failed", "PASS": "passed", "MANUAL": "manual", "muted": "muted"}
_CODES: Final = 3
"""Error codes that a sentence names."""
_DIALECTS: Final = frozenset({"denied", "unauthenticated", "throttled", "timed_out", "unreachable", "unsupported"})
"""Kinds for which each service has error codes of its own, so that these tell no causes apart."""


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


class Unfinished(Struct, frozen=True, kw_only=True):
    """An account whose scan was cut off."""

    account_id: str
    reason: str


class Gap(Struct, frozen=True, kw_only=True):
    """One cause for which calls failed, wherever they did."""

    kind: FailureKind
    action: str
    """The IAM action; `ec2:*` for many of a service, `*` for many services."""
    actions: tuple[str, ...]
    """All of them."""
    codes: tuple[str, ...]
    """AWS's error codes, the most frequent first."""
    by_scp: bool
    """A service control policy denies it."""
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
        return self.failed + self.passed + self.manual + self.muted


def judged(counts: Mapping[tuple[str, str], int]) -> dict[str, Judged]:
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
    gaps: tuple[Gap, ...]
    """The widest first."""
    unsupported: tuple[Gap, ...]
    """What does not exist there; nothing is hidden by that."""
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
    total: Figures
    calls: dict[str, Figures]
    """`service:Operation` -> its calls in this run, the most frequent first."""
    started: str
    finished: str
    """RFC 3339, UTC; of a scan that has not ended, when this was made."""
    seconds: float
    timestamp: str
    """The scan's clock reading, which its findings have."""
    ended: bool
    """Whether the scan came to its end; false: it was interrupted, or still runs."""
    resumed: bool
    """Whether it goes on with an earlier scan. Findings are those of all runs; calls, failures and time of this one."""
    version: str = __version__
    """Of the program."""
    schema_version: str = SCHEMA_VERSION

    @property
    def total_findings(self) -> int:
        """Of any status, muted ones as well."""
        return sum(self.findings.values()) + sum(self.muted.values())


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


# ------------------------------------------------------------------------- calls
def figures_of(calls: Calls, gateway: Any) -> tuple[Figures, dict[str, Figures]]:
    """In all, and by operation. `gateway`: what counts throttled and retried calls, or None."""
    found: defaultdict[str, Figures] = defaultdict(Figures)
    for operation, count in [*calls.made.items(), *getattr(gateway, "sessions", {}).items()]:
        found[operation].calls += count
    for operation, count in calls.unanswered.items():
        found[operation].failed += count
    for operation, count in getattr(gateway, "throttles", {}).items():
        found[operation].throttled += count
    for operation, count in getattr(gateway, "retries", {}).items():
        found[operation].retried += count
    names = Figures.__struct_fields__
    total = Figures(**{name: sum(getattr(each, name) for each in found.values()) for name in names})
    return total, dict(sorted(found.items(), key=lambda item: (-item[1].calls, item[0])))


# -------------------------------------------------------------------------- gaps
Met = tuple[Cause, Extent]


def fold(calls: Calls, services: int) -> list[Gap]:
    """Failures with the same cause as one gap, the widest first. `services`: of how many the scan asks something.

    What hits a large share of the services in a region of an account is told of the region; of the rest, what hits many
    actions of a service in an account is told of the service; what remains, of the action.
    """
    least = max(_LEAST_SERVICES, round(services * _SHARE_OF_SERVICES))
    names = {number: account_id for account_id, number in calls.numbers.items()}
    wide: defaultdict[tuple[Hashable, str], list[Met]] = defaultdict(list)
    rest: list[Met] = []
    for (root, _), met in _grouped(calls.failures.items(), lambda cause: (_root(cause), cause.region)):
        shared, other = _shared(met, _service, least)
        wide[root, "*"] += shared
        rest += other
    for (root, service), met in _grouped(rest, lambda cause: (_root(cause), _service(cause))):
        shared, other = _shared(met, lambda cause: cause.action, _LEAST_ACTIONS)
        wide[root, f"{service}:*"] += shared
        for cause, extent in other:
            wide[root, cause.action].append((cause, extent))
    gaps = [_gap(action, met, names) for (_, action), met in wide.items() if met]
    return sorted(gaps, key=lambda gap: (-sum(gap.regions.values()), -gap.calls, gap.action))


def _root(cause: Cause) -> Hashable:
    return cause.kind, cause.by_scp, "" if cause.kind in _DIALECTS else cause.code


def _service(cause: Cause) -> str:
    return cause.action.partition(":")[0]


def _grouped(met: Iterable[Met], key: Callable[[Cause], Any]) -> Iterator[tuple[Any, list[Met]]]:
    groups: defaultdict[Any, list[Met]] = defaultdict(list)
    for cause, extent in met:
        groups[key(cause)].append((cause, extent))
    yield from groups.items()


def _shared(met: list[Met], trait: Callable[[Cause], str], least: int) -> tuple[list[Met], list[Met]]:
    """The failures of accounts that have at least so many different ones, and the others.

    A failure which most of its accounts have by itself is no part of what few of them have at large.
    """
    masks: defaultdict[str, int] = defaultdict(int)
    for cause, extent in met:
        masks[trait(cause)] |= extent.accounts
    hit = [-1] + [0] * least  # hit[n]: the accounts with n traits or more
    for mask in masks.values():
        for n in range(least, 0, -1):
            hit[n] |= hit[n - 1] & mask
    shared: list[Met] = []
    other: list[Met] = []
    for cause, extent in met:
        at_large = 2 * (extent.accounts & hit[least]).bit_count() >= extent.accounts.bit_count()
        (shared if at_large else other).append((cause, extent))
    return (shared, other) if len({trait(cause) for cause, _ in shared}) >= least else ([], met)


def _gap(action: str, met: list[Met], names: Mapping[int, str]) -> Gap:
    codes: Counter[str] = Counter()
    regions: defaultdict[str, int] = defaultdict(int)
    accounts = 0
    for cause, extent in met:
        codes[cause.code] += extent.calls
        regions[cause.region] |= extent.accounts
        accounts |= extent.accounts
    actions = tuple(sorted({cause.action for cause, _ in met}))
    kind, by_scp = met[0][0].kind, met[0][0].by_scp
    spread = {region: mask.bit_count() for region, mask in regions.items()}
    return Gap(
        kind=kind,
        action=action,
        actions=actions,
        codes=tuple(code for code, _ in codes.most_common()),
        by_scp=by_scp,
        accounts=accounts.bit_count(),
        account_ids=tuple(_sample(accounts, names)),
        regions=dict(sorted(spread.items(), key=lambda item: (-item[1], item[0]))),
        calls=codes.total(),
        explanation=_explanation(kind, actions, [code for code, _ in codes.most_common()], by_scp=by_scp),
    )


def _sample(accounts: int, names: Mapping[int, str]) -> Iterator[str]:
    """Account ids by the bits that are set. What was asked before an account's id was known has none."""
    left = _SAMPLE
    while accounts and left:
        number = (accounts & -accounts).bit_length() - 1
        accounts &= accounts - 1
        name = names.get(number, "")
        if name.isdigit():
            left -= 1
            yield name


def _explanation(kind: FailureKind, actions: tuple[str, ...], codes: list[str], *, by_scp: bool) -> str:
    told = ", ".join(codes[:_CODES]) + (f" and {len(codes) - _CODES} more" if len(codes) > _CODES else "")
    if len(actions) == 1:
        return Failure(kind, actions[0], told, by_scp=by_scp).explain()
    services = {action.partition(":")[0] for action in actions}
    whose = services.pop() if len(services) == 1 else f"{len(services)} services"
    return Failure.explain_many(kind, f"{len(actions)} actions of {whose}", told, by_scp=by_scp)
