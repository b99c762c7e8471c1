"""What of a scan is complete: a file beside the JSON lines, by which a scan that was killed can be resumed.

The first line says what is scanned and how. Each further one is a cell all of whose findings are in the JSON lines
file: that file's size then, account id, number of the cell's type in the first line, region; without the last two it is
an account that is complete; with null for the type, a region of the account in which no call was answered. A line with
null for the account is the end of the scan: whoever goes on after it wants to see what was not seen, so that accounts
with such a region are not complete any more; after an interruption they are.

Lines are written after the findings that they speak of, so being killed loses the cells that are under way and no
others. A power cut can lose findings of which a line speaks: the file is shorter than the line says, and the line does
not count.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from aioprowler._version import __version__
from aioprowler.disk import create, part_of
from aioprowler.engine.cells import Cell, cell
from aioprowler.engine.plan import Plan
from aioprowler.findings.coverage import Settings
from aioprowler.reprs import without
from aioprowler.texts import visible_json

SUFFIX = ".journal"

_encoder = msgspec.json.Encoder()


class Header(Struct, frozen=True, kw_only=True):
    """What is scanned and how."""

    journal: int = 4
    """Version of the format."""
    version: str = __version__
    """Of the program."""
    now: str
    """The scan's clock reading, RFC 3339."""
    formats: tuple[str, ...]
    options: dict[str, Any]
    """The options of the command line by name, without secrets."""
    kinds: tuple[str, ...]
    settings: Settings | None = {}
    """How this and earlier runs were configured: the file may be another one when the scan is resumed."""

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "options")


class AccountDone(Struct, frozen=True):
    """All cells of an account are complete."""

    account_id: str


class Blind(Struct, frozen=True):
    """No call was answered in a region of an account."""

    account_id: str
    region: str


class Ended(Struct, frozen=True):
    """The scan came to its end."""

    account_id: None = None


Completed = Cell | AccountDone | Blind | Ended


class Done(Struct):
    """The cells and accounts that are complete."""

    accounts: set[str] = field(default_factory=set)
    cells: dict[str, set[Cell]] = field(default_factory=dict)
    """Account id -> its complete cells; of accounts that are not complete."""
    blind: dict[str, set[str]] = field(default_factory=dict)
    """Account id -> regions in which no call was answered; in accounts that are not complete, nothing of them is."""
    settings: Settings | None = field(default_factory=dict)
    """How the runs were configured that completed them; None where that is not known."""

    def __contains__(self, each: object) -> bool:
        if not isinstance(each, Cell):
            return False
        account_id = each.account_id
        return account_id in self.accounts or (
            each in self.cells.get(account_id, ()) and each.place not in self.blind.get(account_id, ())
        )

    def add(self, each: Completed) -> None:
        """What a record of the journal says."""
        if isinstance(each, AccountDone):
            self.accounts.add(each.account_id)
            self.cells.pop(each.account_id, None)
        elif isinstance(each, Blind):
            self.blind.setdefault(each.account_id, set()).add(each.region)
        elif isinstance(each, Ended):
            self._forget_blind()
        elif each.account_id not in self.accounts:
            self.cells.setdefault(each.account_id, set()).add(each)

    def unseen(self) -> Iterator[Blind]:
        """Of the accounts that are complete."""
        for account_id in self.accounts & self.blind.keys():
            yield from (Blind(account_id, region) for region in self.blind[account_id])

    def _forget_blind(self) -> None:
        for account_id in self.blind:
            self.accounts.discard(account_id)
            self.cells.pop(account_id, None)
        self.blind.clear()


class Journal:
    """Writes the journal of one scan. OSErrors are the caller's."""

    def __init__(self, path: Path, header: Callable[[], Header], done: Done | None = None) -> None:
        """`header` is asked for when the file is made. `done`: what earlier runs of the scan have completed."""
        self.path = path
        self._numbers: dict[str, int] = {}
        self._header = header
        self._done = done or Done()
        self._file: Any = None
        self.has_news = False
        """Whether something was added since the last `sync`."""

    def open(self, size: int = 0) -> None:
        """Make the file, with what earlier runs completed, in one step. `size`: of the record that has their findings;
        0 while that is being written anew.
        """
        self.close()
        header = self._header()
        self._numbers = {kind: number for number, kind in enumerate(header.kinds)}
        part = part_of(self.path)
        self._file = FileIO(create(part), "w")
        self._file.write(visible_json(msgspec.json.encode(header)) + b"\n" + self._lines(size, self._before()))
        self.sync()
        part.replace(self.path)

    def _before(self) -> Iterator[Completed]:
        yield from map(AccountDone, self._done.accounts)
        yield from self._done.unseen()
        for cells in self._done.cells.values():
            yield from (each for each in cells if each in self._done and each.kind in self._numbers)

    def add(self, size: int, entries: Iterable[Completed]) -> None:
        """What is complete: all its findings are in the record, of so many bytes."""
        self._file.write(self._lines(size, entries))
        self.has_news = True

    def _lines(self, size: int, entries: Iterable[Completed]) -> bytes:
        return visible_json(_encoder.encode_lines([[size, *self._told(each)] for each in entries]))

    def _told(self, each: Completed) -> tuple[Any, ...]:
        if isinstance(each, Cell):
            return each.account_id, self._numbers[each.kind], each.place
        return (each.account_id, None, each.region) if isinstance(each, Blind) else (each.account_id,)

    def sync(self, persist: Callable[[], None] = lambda: None) -> None:
        """Bring it to the disk itself, after `persist` has brought the record there.

        May run in a thread beside `add`: what is added meanwhile is news again.
        """
        self.has_news = False
        persist()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Without `sync`; a second call does nothing."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def move(self, path: Path) -> None:
        """The record that it is of has another name now."""
        self.close()
        self.path.replace(path)
        self.path = path

    def remove(self) -> None:
        """The scan is complete: there is nothing to resume."""
        self.close()
        self.path.unlink(missing_ok=True)


def kinds_of(plan: Plan) -> tuple[str, ...]:
    """The types of a plan's cells."""
    return tuple(sorted({cell("", kind, "").kind for kind in plan.units.values()}))
