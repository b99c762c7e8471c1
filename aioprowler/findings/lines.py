"""Findings read from JSON lines, fast: what a check says of all its subjects is most of a line, and read once.

A line has first what is the finding's own and then, from its title on, what it shares with its check's others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, Final

import msgspec
from msgspec.structs import replace

from aioprowler.declarations.checks import Remediation
from aioprowler.errors import UsageError
from aioprowler.findings.finding import SCHEMA_VERSION, Finding, from_json
from aioprowler.user_files import NOT_UTF8, TOO_DEEP

LONGEST: Final = 16 * 1024 * 1024
"""Bytes of a line."""

BLANK: Final[dict[str, Any]] = {
    "title": "",
    "fails": "",
    "service": "",
    "resource_type": "",
    "resource_group": "",
    "categories": (),
    "compliance": {},
    "description": "",
    "risk": "",
    "remediation": Remediation(),
    "schema_version": SCHEMA_VERSION,
}
"""The shared fields, in the finding's order, without their content."""

BLANK_END: Final = b"," + msgspec.json.encode(BLANK)[1:]
"""How the line of a finding with these ends."""

GZIP: Final = b"\x1f\x8b"
"""How a compressed file begins."""

_START: Final = b',"title":'
_ROOM: Final = 4096
"""Checks that a reader remembers."""


Placed = tuple[int, Finding]
"""Where a finding's line begins, and the finding."""


class DamagedLineError(UsageError):
    """A line of a record is no finding."""

    def __init__(self, where: str, number: int, reason: str) -> None:
        """`where`: the file and the line."""
        super().__init__(
            f"{where}: this is no finding ({reason}); give the JSON lines file of a scan as it was written."
        )
        self.where = where
        self.number = number
        """Of the line, from 1 on."""
        self.reason = reason


def findings_in(file: BinaryIO, name: str, read: Callable[[bytes], Finding], notes: list[str]) -> Iterator[Placed]:
    """Every finding of a record. Blank lines are passed over; a last line that is cut off is a note. Raises
    DamagedLineError, and UsageError for a line that is longer than any finding.
    """
    offset = 0
    for number, line in enumerate(lines_of(file, name), start=1):
        try:
            yield offset, read(line)
        except msgspec.MsgspecError as error:
            where = f"{name}, line {number}"
            if is_cut_off(line):
                notes.append(f"{where} is cut off, as by a scan that was killed: it is left out.")
            elif not line.isspace():
                raise DamagedLineError(where, number, _reason(line, error)) from None
        offset += len(line)


def _reason(line: bytes, error: msgspec.MsgspecError) -> str:
    return "it is compressed: take what `zcat` makes of it" if line.startswith(GZIP) else f"{error!s:.200}"


def is_cut_off(line: bytes) -> bool:
    """Whether a line that is no finding is the beginning of one, or the zeros that a power cut leaves: not what another
    program wrote without a line end.
    """
    if line.endswith(b"\n") or not line.startswith((b"{", b"\0")):
        return False
    try:
        msgspec.json.decode(line)
    except msgspec.DecodeError:
        return True
    except (RecursionError, UnicodeDecodeError):
        return False
    return False


def lines_at(file: BinaryIO, places: Iterable[int]) -> Iterator[bytes]:
    """The lines that begin there."""
    for offset in places:
        file.seek(offset)
        yield file.readline()


def lines_of(file: BinaryIO, name: str) -> Iterator[bytes]:
    """The lines of a file, with their ends. Raises UsageError for one that is longer than any finding."""
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise UsageError(f"{name}, line {number}: this is no finding: it has more than {LONGEST:,} bytes.")
        yield line


class Reader:
    """Reads lines, whoever wrote them, and those of this program fast. Findings of a check share their texts."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[bytes, dict[str, Any]]] = {}
        """Check id -> how its lines end, and what that says."""

    def __call__(self, line: bytes) -> Finding:
        """A line end may stand after it. Raises msgspec.ValidationError or msgspec.DecodeError."""
        try:
            return self._read(line)
        except RecursionError:
            raise msgspec.DecodeError(TOO_DEEP) from None
        except UnicodeDecodeError:
            raise msgspec.DecodeError(NOT_UTF8) from None

    def _read(self, line: bytes) -> Finding:
        start = line.find(_START)
        try:
            own = from_json(line[:start] + BLANK_END)
        except msgspec.MsgspecError:  # another order of the keys, or a tag of that name
            return _current(from_json(line))
        end, shared = self._known.get(own.check_id, (b"", BLANK))
        if len(line) - start != len(end) or not line.endswith(end):
            shared = self._learn(own.check_id, line, start)
        return replace(own, **shared)

    def _learn(self, check_id: str, line: bytes, start: int) -> dict[str, Any]:
        finding = _current(from_json(line))
        shared = {name: getattr(finding, name) for name in BLANK}
        if len(self._known) >= _ROOM:
            self._known.clear()
        self._known[check_id] = line[start:], shared
        return shared


def _current(finding: Finding) -> Finding:
    """The same in the present schema."""
    version = finding.schema_version
    if version == SCHEMA_VERSION:
        return finding
    major = SCHEMA_VERSION.partition(".")[0]
    if version.partition(".")[0] != major:
        raise msgspec.ValidationError(f"its schema is {version:.80}, and this version of aioprowler reads {major}.x")
    return replace(finding, schema_version=SCHEMA_VERSION)
