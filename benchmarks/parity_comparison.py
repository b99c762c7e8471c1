"""Two scanners' verdicts, paired by what they are about; and the differences that are meant."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import zip_longest
from operator import attrgetter
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

NONE = "none"
"""The status of a verdict that is not there."""

Kind = Literal["agreeing", "differing", "only ours", "only theirs"]


class Verdict(Struct, frozen=True):
    """What one scanner said of one resource."""

    check: str
    arn: str
    id: str
    region: str
    status: str
    detail: str = ""


class Pair(Struct, frozen=True):
    """What both scanners said of one resource."""

    state: str
    check: str
    arn: str
    id: str
    label: str
    """The name that its maker gave the resource, else empty."""
    region: str
    ours: str
    theirs: str
    their_arn: str = ""
    """Where it is not the same as ours."""

    @property
    def name(self) -> str:
        """What a reader knows the resource by."""
        return self.label or (self.arn if self.arn.endswith(self.id) else f"{self.arn} {self.id}")

    @property
    def kind(self) -> Kind:
        if self.ours == self.theirs:
            return "agreeing"
        if self.theirs == NONE:
            return "only ours"
        return "only theirs" if self.ours == NONE else "differing"


Globs = str | tuple[str, ...]


class Exemption(Struct, frozen=True, forbid_unknown_fields=True):
    """A difference that is meant. What is left out fits everything; of several globs one has to fit."""

    check: Globs
    ours: Globs
    theirs: Globs
    because: str
    state: Globs = "*"
    resource: Globs = "*"
    """Of the ARN, the id or the label."""
    region: Globs = "*"

    def explains(self, pair: Pair) -> bool:
        return (
            fits(pair.check, self.check)
            and fits(pair.ours, self.ours)
            and fits(pair.theirs, self.theirs)
            and fits(pair.state, self.state)
            and fits(pair.region, self.region)
            and any(fits(name, self.resource) for name in (pair.arn, pair.id, pair.label))
        )


class Report(Struct, frozen=True):
    """All pairs, and what is to be done about some."""

    pairs: Sequence[Pair]
    unexplained: Sequence[Pair]
    explained: Mapping[Exemption, Sequence[Pair]]
    stale: Sequence[Exemption]
    """Exemptions that explain nothing."""
    missing: Collection[str]
    """Ids of the checks that we do not have."""

    @property
    def failed(self) -> bool:
        return bool(self.unexplained or self.stale or self.missing)


def fits(text: str, globs: Globs) -> bool:
    return any(fnmatchcase(text, glob) for glob in ((globs,) if isinstance(globs, str) else globs))


def load(path: Path) -> tuple[Exemption, ...]:
    """Raises msgspec.ValidationError for what is not an exemption."""
    return msgspec.convert(tomllib.loads(path.read_text())["exception"], tuple[Exemption, ...])


def pair_up(
    state: str, ours: Iterable[Verdict], theirs: Iterable[Verdict], labels: Mapping[str, str] | None = None
) -> Iterator[Pair]:
    """Every verdict once: with one of the same ARN and id, else ARN, else id, else alone; like goes with like first."""
    names = labels or {}
    mine, others = list(ours), list(theirs)
    for fields in (("arn", "id", "status"), ("arn", "id"), ("arn", "status"), ("arn",), ("id", "status"), ("id",)):
        matched, mine, others = _match(mine, others, attrgetter("check", "region", *fields))
        yield from (_pair(state, one, other, names) for one, other in matched)
    yield from (_pair(state, verdict, None, names) for verdict in mine)
    yield from (_pair(state, None, verdict, names) for verdict in others)


def _match(
    ours: list[Verdict], theirs: list[Verdict], same: Callable[[Verdict], tuple[str, ...]]
) -> tuple[list[tuple[Verdict, Verdict]], list[Verdict], list[Verdict]]:
    """Pairs of the same, then what is left of ours and of theirs."""
    groups: dict[tuple[str, ...], tuple[list[Verdict], list[Verdict]]] = defaultdict(lambda: ([], []))
    for side, verdicts in enumerate((ours, theirs)):
        for verdict in verdicts:
            groups[same(verdict)][side].append(verdict)
    rows = [row for group in groups.values() for row in zip_longest(*group)]
    return (
        [(one, other) for one, other in rows if one and other],
        [one for one, other in rows if one and not other],
        [other for one, other in rows if other and not one],
    )


def _pair(state: str, ours: Verdict | None, theirs: Verdict | None, labels: Mapping[str, str]) -> Pair:
    known = ours or theirs
    assert known
    return Pair(
        state,
        known.check,
        known.arn,
        known.id,
        labels.get(known.id) or labels.get(known.arn.rpartition("/")[2], ""),
        known.region,
        ours.status if ours else NONE,
        theirs.status if theirs else NONE,
        theirs.arn if theirs and theirs.arn != known.arn else "",
    )


def report(
    pairs: Sequence[Pair],
    exemptions: Sequence[Exemption],
    ours: Collection[str],
    every: Collection[str],
    *,
    complete: bool = True,
) -> Report:
    """Sort the pairs, given the ids of our checks and of all; a difference counts for the first exemption that fits.

    Only what covers all states can show an exemption to be stale.
    """
    missing = sorted(set(every) - set(ours))
    explained: dict[Exemption, list[Pair]] = {each: [] for each in exemptions}
    unexplained: list[Pair] = []
    for pair in pairs:
        if pair.kind == "agreeing" or pair.check in missing:
            continue
        fitting = (explained[each] for each in exemptions if each.explains(pair))
        next(fitting, unexplained).append(pair)
    stale = [each for each in exemptions if complete and not explained[each]]
    return Report(pairs, unexplained, {each: found for each, found in explained.items() if found}, stale, missing)


def one_sided(pairs: Iterable[Pair], checks: Iterable[str]) -> dict[str, list[str]]:
    """PASS and FAIL, each with the checks of which both said it about no resource."""
    seen = {(pair.check, pair.ours) for pair in pairs if pair.kind == "agreeing"}
    return {status: [check for check in sorted(checks) if (check, status) not in seen] for status in ("PASS", "FAIL")}
