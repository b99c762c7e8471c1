"""A record of findings (JSON lines): where it is, and read for comparison, of each line only what tells them apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from msgspec import MsgspecError, Struct, ValidationError

from aioprowler.declarations.checks import SEVERITIES, STATUSES, Severity, Status
from aioprowler.errors import UsageError
from aioprowler.findings.coverage import Coverage
from aioprowler.findings.digests import Digests
from aioprowler.findings.finding import Finding, uid, without_region
from aioprowler.findings.lines import Reader, findings_in
from aioprowler.user_files import decode, open_file, read_bytes

_UID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


class State(Struct, frozen=True):
    """What may change of a finding from scan to scan."""

    status: Status
    severity: Severity
    muted: bool

    @property
    def is_failure(self) -> bool:
        """One that counts: muted ones do not."""
        return self.status == "FAIL" and not self.muted

    def pack(self) -> int:
        """A number below 64."""
        return (STATUSES.index(self.status) * 8 + SEVERITIES.index(self.severity)) * 2 + self.muted

    @classmethod
    def unpack(cls, number: int) -> State:
        """What `pack` made a number of."""
        return cls(STATUSES[number // 16], SEVERITIES[number // 2 % 8], bool(number % 2))


def state_of(finding: Finding) -> State:
    """Status, severity and whether it is muted."""
    return State(finding.status, finding.severity, finding.muted)


def lasting_region(named: Finding) -> str:
    """The region of a finding; empty where it is about what the account has one of."""
    return "" if named.uid == _lasting_uid(named, "") else named.region


def other_uids(named: Finding, regions: Iterable[str]) -> Iterator[str]:
    """What the same is called in records of another schema: until 1.2 a uid held the account's default region, which
    is one of `regions` there.
    """
    arn = named.resource_arn
    for region in ("", named.region) if without_region(arn) != arn else ("",):
        lasting = _lasting_uid(named, region)
        if lasting != named.uid:
            yield lasting
            continue
        for each in regions:
            yield uid(named.check_id, named.account_id, region or each, without_region(arn, each), named.resource_id)


def _lasting_uid(named: Finding, region: str) -> str:
    return uid(named.check_id, named.account_id, region, without_region(named.resource_arn), named.resource_id)


Line = tuple[int, bytes, Finding]
"""Where the line begins, the finding's uid, and the finding."""


def told_apart(file: BinaryIO, name: str, notes: list[str]) -> Iterator[Line]:
    """Every finding of a record. Raises and notes as `findings_in` does."""
    known = Reader()

    def read(line: bytes) -> Finding:
        finding = known(line)
        if not _UID.fullmatch(finding.uid):
            raise ValidationError("its uid is not 32 hexadecimal digits")
        return finding

    for offset, finding in findings_in(file, name, read, notes):
        yield offset, bytes.fromhex(finding.uid), finding


class Baseline:
    """What is known from an earlier scan: its failures, and what it could not look at. 20 MB for a million of them."""

    def __init__(self, path: Path) -> None:
        """`path`: the JSON lines of that scan. Raises UsageError for a file that cannot be read, or is damaged."""
        self._known = Digests()
        self._regions: set[str] = set()
        self.coverage = coverage_of("--baseline", path)
        """What that scan looked at, where the report is beside the file."""
        self._checks = {*self.coverage.check_ids} if self.coverage else set()
        self._refused = {each.account_id for each in self.coverage.not_entered} if self.coverage else set()
        self.accounts: set[str] = set()
        """Those that it has findings of."""
        self.notes: list[str] = []
        """What the user should know of the file: its last line is cut off, if it is."""
        with open_file("--baseline", path) as file:
            for _, digest, each in told_apart(file, str(path), self.notes):
                self.accounts.add(each.account_id)
                if each.status != "PASS" and not each.muted:
                    self._known.set(digest, STATUSES.index(each.status))
                    self._regions.add(each.region)

    def __len__(self) -> int:
        return len(self._known)

    @property
    def is_cut_off(self) -> bool:
        """Whether its last line is the beginning of one."""
        return bool(self.notes)

    def lacks(self, finding: Finding) -> tuple[str, str] | None:
        """What that scan did not look at, so that the finding is new to it: a check, an account or a region. None where
        it looked, or its report is not there.
        """
        told = self.coverage
        if told is None:
            return None
        if finding.check_id not in self._checks:
            return "check", finding.check_id
        if finding.account_id not in self.accounts or finding.account_id in self._refused:
            return "account", finding.account_id
        region = "" if told.resumed else lasting_region(finding)  # of a resumed scan those of its last run are told
        return ("region", region) if region and region not in told.scanned_regions else None

    def knows(self, finding: Finding) -> bool:
        """Whether the same resource failed the same check then, or could not be looked at then as now."""
        if finding.status == "PASS" or finding.muted:
            return False
        number = self._known.get(bytes.fromhex(finding.uid))
        if number is None:
            others = (self._known.get(bytes.fromhex(each)) for each in other_uids(finding, self._regions))
            number = next((each for each in others if each is not None), None)
        return number == STATUSES.index(finding.status)


def coverage_of(what: str, record: Path) -> Coverage | None:
    """The coverage report beside a record; None where there is none. Raises UsageError for one that cannot be read.
    `what`: who asks.
    """
    if not record.is_file():
        return None
    path = record.with_suffix(".coverage.json")
    if not path.is_file():
        return None
    try:
        return decode(read_bytes(what, path), Coverage)
    except MsgspecError as error:
        raise UsageError(
            f"{path} is not a coverage report ({error!s:.200}); move it away to go on without it."
        ) from None


def refuse_empty(name: str, coverage: Coverage | None) -> None:
    """Of a record without a line, as a pipe leaves it whose other end failed: raises UsageError unless the coverage
    report beside it says that the scan found nothing.
    """
    if coverage is None or coverage.recorded:
        told = f"its coverage report tells of {coverage.recorded:,}" if coverage else "no coverage report says why"
        raise UsageError(f"{name} has no finding, and {told}: give the JSON lines file of a scan as it was written.")


def put_aside(record: Path) -> Path:
    """Where the record of an earlier run is while it is written anew."""
    return record.with_suffix(f"{record.suffix}.former")
