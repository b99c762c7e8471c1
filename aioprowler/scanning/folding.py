"""What was counted of the calls, as the coverage report tells it: failures folded by cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Final

from aioprowler.aws.api import Calls, Cause, Extent
from aioprowler.aws.errors import NOT_IN_PARTITION, NotInRegionError
from aioprowler.declarations.failure import SCP, Failure, FailureKind
from aioprowler.facts.services import row
from aioprowler.findings.coverage import Figures, Gap

_LEAST_SERVICES: Final = 3
_SHARE_OF_SERVICES: Final = 1 / 3
"""What hits so many services, and so much of the plan, in a region of an account hits the region, not them."""
_LEAST_ACTIONS: Final = 4
"""What hits so many actions of a service in an account hits the service."""
_SAMPLE: Final = 10
"""Accounts that a gap names."""
_CODES: Final = 3
"""Error codes that a sentence names."""
_DIALECTS: Final = frozenset({"denied", "unauthenticated", "refused", "throttled", "timed_out", "unreachable"})
"""Kinds for which each service has error codes of its own, so that these tell no causes apart."""
_NOT_THERE: Final = {
    NotInRegionError.__name__: "the region does not have it",
    NOT_IN_PARTITION: "the partition does not have it",
}
_UNSUBSCRIBED: Final = "the account has not subscribed to it"
"""Why a service is not there, by its failures' code: any other one is of the service's row."""


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
Counted = tuple[Cause, Extent]


def fold(calls: Calls, services: int) -> list[Gap]:
    """Failures with the same cause as one gap, the widest first. `services`: of how many the scan asks something.

    What hits a large share of the services in a region of an account is told of the region; of the rest, what hits many
    actions of a service in an account is told of the service; what remains, of the action. A service that is not there
    is told by itself, and all that is not implemented is told as one.
    """
    least = max(_LEAST_SERVICES, round(services * _SHARE_OF_SERVICES))
    names = {number: account_id for account_id, number in calls.numbers.items()}
    wide: defaultdict[tuple[Hashable, str], list[Counted]] = defaultdict(list)
    rest: list[Counted] = []
    gaps: list[Counted] = []
    for cause, extent in calls.failures.items():
        if cause.kind == "unsupported":
            wide[_root(cause), cause.action].append((cause, extent))
        elif cause.kind == "unimplemented":
            wide[_root(cause), "*"].append((cause, extent))
        else:
            gaps.append((cause, extent))
    for (root, _), met in _grouped(gaps, lambda cause: (_root(cause), cause.region)):
        shared, other = _shared(met, _service, least)
        wide[root, "*"] += shared
        rest += other
    for (root, service), met in _grouped(rest, lambda cause: (_root(cause), _service(cause))):
        shared, other = _shared(met, lambda cause: cause.action, _LEAST_ACTIONS)
        wide[root, f"{service}:*"] += shared
        for cause, extent in other:
            wide[root, cause.action].append((cause, extent))
    told = [_gap(action, met, names) for (_, action), met in wide.items() if met]
    return sorted(told, key=lambda gap: (-sum(gap.regions.values()), -gap.calls, gap.action))


def _root(cause: Cause) -> Hashable:
    return cause.kind, cause.policy, "" if cause.kind in _DIALECTS else cause.code


def _service(cause: Cause) -> str:
    return cause.action.partition(":")[0]


def _grouped(met: Iterable[Counted], key: Callable[[Cause], Any]) -> Iterator[tuple[Any, list[Counted]]]:
    groups: defaultdict[Any, list[Counted]] = defaultdict(list)
    for cause, extent in met:
        groups[key(cause)].append((cause, extent))
    yield from groups.items()


def _shared(met: list[Counted], trait: Callable[[Cause], str], least: int) -> tuple[list[Counted], list[Counted]]:
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
    shared: list[Counted] = []
    other: list[Counted] = []
    for cause, extent in met:
        at_large = 2 * (extent.accounts & hit[least]).bit_count() >= extent.accounts.bit_count()
        (shared if at_large else other).append((cause, extent))
    return (shared, other) if len({trait(cause) for cause, _ in shared}) >= least else ([], met)


def _gap(action: str, met: list[Counted], names: Mapping[int, str]) -> Gap:
    codes: Counter[str] = Counter()
    regions: defaultdict[str, int] = defaultdict(int)
    accounts = 0
    for cause, extent in met:
        codes[cause.code] += extent.calls
        regions[cause.region] |= extent.accounts
        accounts |= extent.accounts
    actions = tuple(sorted({cause.action for cause, _ in met}))
    kind, policy = met[0][0].kind, met[0][0].policy
    spread = {region: mask.bit_count() for region, mask in regions.items()}
    return Gap(
        kind=kind,
        action=action,
        actions=actions,
        codes=tuple(code for code, _ in codes.most_common()),
        policy=policy,
        by_scp=SCP in policy,
        accounts=accounts.bit_count(),
        account_ids=tuple(_sample(accounts, names)),
        regions=dict(sorted(spread.items(), key=lambda item: (-item[1], item[0]))),
        calls=codes.total(),
        explanation=_explanation(kind, actions, [code for code, _ in codes.most_common()], policy),
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


def _explanation(kind: FailureKind, actions: tuple[str, ...], codes: list[str], policy: str) -> str:
    told = ", ".join(codes[:_CODES]) + (f" and {len(codes) - _CODES} more" if len(codes) > _CODES else "")
    services = {action.partition(":")[0] for action in actions}
    if kind == "unsupported":
        (service,) = services
        return f"{row(service).title or service} is not there: {_NOT_THERE.get(told, _UNSUBSCRIBED)} ({told})."
    if len(actions) == 1:
        return Failure(kind, actions[0], told, policy=policy).explain()
    whose = services.pop() if len(services) == 1 else f"{len(services)} services"
    return Failure.explain_many(kind, f"{len(actions)} actions of {whose}", told, policy=policy)
