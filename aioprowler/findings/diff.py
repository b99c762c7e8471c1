"""What has changed from one scan to another, told from the JSON lines of both.

Neither is held in memory: of the older one 22 bytes a finding stay, of each change the place of its line.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, NamedTuple, get_args

from msgspec import Struct, field
from msgspec.structs import replace

from aioprowler.declarations.checks import SEVERITIES, STATUSES
from aioprowler.findings.choice import EVERYTHING, Choice, Chooser
from aioprowler.findings.digests import Digests
from aioprowler.findings.finding import Finding, uid
from aioprowler.findings.lines import Reader, lines_at
from aioprowler.findings.record import State, lasting_region, other_uids, state_of, told_apart
from aioprowler.findings.selection import Arns

if TYPE_CHECKING:
    from aioprowler.findings.coverage import Coverage

Change = Literal["new", "changed", "resolved", "not looked at", "unchanged"]
"""`resolved`: the new scan looked where the finding was, and it is gone. `not looked at`: it did not look there."""
CHANGES: Final[tuple[Change, ...]] = get_args(Change)

_SEEN: Final = 64
"""Added to the state of a finding that both scans have."""
_STATES: Final = 128
"""What is kept of a finding is where its line begins, times this, plus its state."""


class ChangeKind(NamedTuple):
    """Changes that are alike."""

    change: Change
    before: State | None
    """None: it was not there."""
    after: State | None

    @property
    def state(self) -> State:
        """The latest that is known."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def has_failure(self) -> bool:
        """It fails, or did before."""
        return any(state is not None and state.is_failure for state in (self.before, self.after))

    @property
    def is_new_failure(self) -> bool:
        """It fails, and did not before."""
        return bool(self.after and self.after.is_failure and not (self.before and self.before.is_failure))

    @property
    def rank(self) -> tuple[bool, int, bool, int, int]:
        """The worst first: what fails anew, then by the change, then what failed before it."""
        failed = bool(self.before and self.before.is_failure)
        state = self.state
        change, severity, status = CHANGES.index(self.change), SEVERITIES.index(state.severity), state.status
        return not self.is_new_failure, change, not failed, severity, -STATUSES.index(status)


class Difference(Struct):
    """Kind -> where the lines of its findings begin: in the old record where the new one has none, else in the new."""

    places: dict[ChangeKind, array[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, kind: ChangeKind, offset: int) -> None:
        """A finding, by where its line begins."""
        found = self.places.get(kind)
        if found is None:
            found = self.places[kind] = array("Q")
        found.append(offset)

    @property
    def kinds(self) -> list[ChangeKind]:
        """The worst first."""
        return sorted(self.places, key=lambda kind: kind.rank)

    @property
    def new_failures(self) -> int:
        """Findings that fail and did not before."""
        return sum(len(places) for kind, places in self.places.items() if kind.is_new_failure)

    def count(self, change: Change, status: str) -> int:
        """Findings by their change and latest status; `muted` is a status of its own."""
        return sum(
            len(places)
            for kind, places in self.places.items()
            if kind.change == change and status == ("muted" if kind.state.muted else kind.state.status)
        )

    def narrowed(self, statuses: Collection[str] | None, severities: Collection[str] | None) -> Difference:
        """With those changes alone that have such a status, and such a severity, before or after."""

        def wanted(kind: ChangeKind) -> bool:
            states = [state for state in (kind.before, kind.after) if state]
            return any(
                (not statuses or state.status in statuses) and (not severities or state.severity in severities)
                for state in states
            )

        return Difference({kind: places for kind, places in self.places.items() if wanted(kind)}, self.notes)


def compare(
    old: BinaryIO,
    new: BinaryIO,
    coverage: Coverage | None,
    choice: Choice = EVERYTHING,
    names: tuple[str, str] = ("OLD", "NEW"),
) -> Difference:
    """`coverage`: the new scan's. `choice`: by the latest that is known of a finding; of statuses and severities those
    before count as well. Raises UsageError for a line that is no finding, told with the file's name.
    """
    chooses = Chooser(replace(choice, statuses=(), severities=()))
    found = Difference()
    known = Digests(width=8)
    regions: set[str] = set()
    for offset, digest, finding in told_apart(old, names[0], found.notes):
        known.set(digest, offset * _STATES + state_of(finding).pack())
        regions.add(finding.region)
    sight = _Sight(coverage)
    for offset, own, finding in told_apart(new, names[1], found.notes):
        digest, number = _earlier(own, finding, known, regions)
        sight.add(finding, is_new=number is None)
        if number is not None:
            known.set(digest, number | _SEEN)
        if chooses(finding):
            found.add(_kind(state_of(finding), None if number is None else State.unpack(number % _SEEN)), offset)
    gone = sorted(number // _STATES for number in known.numbers() if not number & _SEEN)
    for offset, finding in zip(gone, map(Reader(), lines_at(old, gone)), strict=True):
        if chooses(finding):
            change: Change = "resolved" if sight.covers(finding) else "not looked at"
            found.add(ChangeKind(change, state_of(finding), None), offset)
    found.notes += [*sight.notes, *chooses.notes]
    return found.narrowed(choice.statuses, choice.severities)


def _kind(state: State, before: State | None) -> ChangeKind:
    """Of a finding that the new record has."""
    if before is None:
        return ChangeKind("new", None, state)
    return ChangeKind("unchanged" if state == before else "changed", before, state)


def _earlier(digest: bytes, finding: Finding, known: Digests, regions: Collection[str]) -> tuple[bytes, int | None]:
    """What the earlier record calls the finding, and the number that is kept for it; None where it has none."""
    number = known.get(digest)
    if number is None:
        for other in map(bytes.fromhex, other_uids(finding, regions)):
            if (found := known.get(other)) is not None:
                return other, found
    return digest, number


class _Sight:
    """Where the new scan looked, as far as its findings and its coverage report tell."""

    def __init__(self, coverage: Coverage | None) -> None:
        self._coverage = coverage
        self._checks: set[str] = set(coverage.check_ids) if coverage else set()
        self._accounts: set[str] = set()
        self._regions = _in_all_accounts(coverage) if coverage else frozenset()
        self._places: set[tuple[str, str]] = set()
        """Accounts and regions that have findings."""
        self._gaps: set[bytes] = set()
        self._manual = 0
        self._excluded = _not_scanned(coverage) if coverage else frozenset()
        self._arns = Arns(coverage.resource_arns) if coverage and coverage.resource_arns else None

    def add(self, finding: Finding, *, is_new: bool) -> None:
        self._checks.add(finding.check_id)
        self._accounts.add(finding.account_id)
        self._places.add((finding.account_id, finding.region))
        if finding.status == "MANUAL":
            self._manual += 1
            if is_new or finding.resource_id == finding.account_id:
                self._gaps.add(_place(finding, lasting_region(finding)))

    def covers(self, finding: Finding) -> bool:
        """Whether the finding would be there if what it is about still were."""
        return (
            finding.check_id in self._checks
            and finding.account_id in self._accounts
            and finding.account_id not in self._excluded
            and self._was_at(finding)
            and (self._arns is None or bool(self._arns.like(finding.resource_arn)))
            and not (self._coverage and (self._coverage.resource_tags or not self._coverage.ended))
        )

    def _was_at(self, finding: Finding) -> bool:
        """Whether the scan was where the finding is: of what an account has one of, wherever it began."""
        region = lasting_region(finding)
        was_there = not region or region in self._regions or (finding.account_id, region) in self._places
        return was_there and self._gaps.isdisjoint((_place(finding, region), _place(finding, "")))

    @property
    def notes(self) -> Iterator[str]:
        coverage = self._coverage
        if coverage is None:
            yield "The new scan's coverage report is not beside it: what was looked at is told from its findings alone."
        elif coverage.findings.get("MANUAL", 0) > self._manual:
            yield (
                "The new record is without its MANUAL findings (--status): some of what is resolved may be what "
                "could not be looked at."
            )
        if coverage and not coverage.ended:
            yield "The new scan was interrupted: nothing that is gone counts as resolved."
        if coverage and coverage.resource_tags:
            yield "The new scan was about tagged resources (--resource-tag): nothing that is gone counts as resolved."


def _not_scanned(coverage: Coverage) -> frozenset[str]:
    """Accounts of which nothing, or not all, was looked at."""
    refused = {each.account_id for each in coverage.not_entered}
    return frozenset(refused | {each.account_id for each in coverage.unfinished})


def _in_all_accounts(coverage: Coverage) -> frozenset[str]:
    """Regions that were scanned in every account."""
    scanned = [frozenset(each.regions) for each in coverage.regions]
    return scanned[0].intersection(*scanned[1:]) if scanned else frozenset()


def _place(finding: Finding, region: str) -> bytes:
    return bytes.fromhex(uid(finding.check_id, finding.account_id, region, ""))
