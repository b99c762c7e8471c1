"""What an interrupted scan has left, read to go on with it.

A journal decides what is scanned, and its record is taken for what was found. So both are believed only where nobody
but their user can have written them.
"""

from __future__ import annotations

import datetime
import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote
from typing import Any, BinaryIO, Final, NoReturn

import msgspec

from aioprowler._version import __version__
from aioprowler.disk import open_there
from aioprowler.engine.cells import Cell, cell
from aioprowler.engine.plan import Plan
from aioprowler.errors import AioprowlerError, UsageError
from aioprowler.findings.finding import Finding
from aioprowler.findings.lines import Reader, lines_of
from aioprowler.findings.record import put_aside
from aioprowler.scanning.journal import SUFFIX, AccountDone, Blind, Completed, Done, Ended, Header
from aioprowler.user_files import decode

_BATCH: Final = 500
_ROOT: Final = 0
_YEARS: Final = range(2000, 3000)
"""In which scans may have begun."""


class JournalError(AioprowlerError):
    """A scan cannot be resumed; the message says why, and what to do."""


def find(path: Path) -> Path:
    """The journal itself, or the user's latest one in a folder. Raises JournalError."""
    if path.is_dir():
        journals = sorted((each.lstat().st_mtime, each) for each in path.glob(f"*{SUFFIX}") if _is_own(each.lstat()))
        if not journals:
            raise JournalError(f"{path} has no journal of yours of an interrupted scan: there is nothing to resume.")
        return journals[-1][1]
    if path.suffix != SUFFIX:
        path = path.with_suffix(SUFFIX)
    if not path.is_file():
        raise JournalError(f"{path} is not there: there is nothing to resume.")
    return path


def read(path: Path) -> tuple[Header, Done]:
    """What was to be scanned, and what of it is complete and in the record. A last line that is cut off is left out.

    Raises JournalError.
    """
    with _open_own(path) as file:
        lines = (line for line in lines_of(file, str(path)) if line.endswith(b"\n"))
        try:
            first = next(lines, b"")
            if not first:
                raise JournalError(f"{path} is empty: start the scan anew.")
            size = _size_of_record(path)
            header = _header(first)
            done = Done(settings=header.settings)
            for line in lines:
                needed, account_id, *rest = decode(line, list[Any])
                if needed <= size:
                    done.add(_entry(header, account_id, *rest))
        except (UsageError, msgspec.MsgspecError, IndexError, TypeError, ValueError):
            raise JournalError(f"{path} is not a journal, or damaged: start the scan anew.") from None
    if header.version != __version__:
        raise JournalError(
            f"{path} is of aioprowler {header.version:.80}, and this is {__version__}: resume with that version, or "
            "start the scan anew."
        )
    return header, done


def kept(path: Path, plan: Plan, done: Done) -> Iterator[list[Finding]]:
    """The findings in a JSON lines file that are of complete cells, in batches. A last line that is cut off is not."""
    units = plan.units
    batch: list[Finding] = []
    for found in _findings(path):
        kind = units.get(found.check_id)
        if kind is not None and cell(found.account_id, kind, found.region) in done:
            batch.append(found)
            if len(batch) >= _BATCH:
                yield batch
                batch = []
    yield batch


def _findings(path: Path) -> Iterable[Finding]:
    read = Reader()
    with _open_own(path) as file:
        for number, line in enumerate(lines_of(file, str(path)), start=1):
            try:
                if line.endswith(b"\n"):
                    yield read(line)
            except msgspec.MsgspecError as error:
                raise JournalError(
                    f"{path}, line {number}: this is no finding ({error!s:.200}). Take the line out, or start the "
                    "scan anew."
                ) from None


def _header(line: bytes) -> Header:
    """Raises ValueError also where there is no record to go on from, or no age can be counted by the clock."""
    header = decode(line, Header)
    if datetime.datetime.fromisoformat(header.now).year not in _YEARS or "jsonl" not in header.formats:
        raise ValueError
    return header


def _entry(header: Header, account_id: str | None, kind: int | None = None, place: str | None = None) -> Completed:
    if account_id is None:
        return Ended()
    if place is None:
        return AccountDone(account_id)
    if kind is None:
        return Blind(account_id, place)
    if kind < 0:
        raise ValueError
    return Cell(account_id, header.kinds[kind], place)


def _size_of_record(path: Path) -> int:
    record = path.with_suffix(".jsonl")
    for each in (put_aside(record), record):
        if os.path.lexists(each):
            with _open_own(each) as file:
                return os.fstat(file.fileno()).st_size
    raise JournalError(f"{record}, which has the findings of the interrupted scan, is not there: start the scan anew.")


# ------------------------------------------------------------------ whom to believe
def _open_own(path: Path) -> BinaryIO:
    """A file that nobody but this user can have written, nor put in its place. Raises JournalError."""
    try:
        file = open_there(path)
    except OSError as error:
        reason = "it is a link, which is not followed" if error.errno == errno.ELOOP else error.strerror
        raise JournalError(f"{path} cannot be read ({reason}): name the file itself, or start the scan anew.") from None
    try:
        _require_own(path, os.fstat(file.fileno()))
    except BaseException:
        file.close()
        raise
    return file


def _require_own(path: Path, status: os.stat_result) -> None:
    if not _is_own(status):
        raise JournalError(
            f"{path} is not a file of yours (its user has the number {status.st_uid}), and may say what its writer "
            "likes: start the scan anew."
        )
    folder = path.parent.stat()
    if _others_write(status.st_mode):
        _refuse(path, status.st_mode)
    if _others_write(folder.st_mode) and not folder.st_mode & stat.S_ISVTX:  # else they replace only what is theirs
        _refuse(path.parent, folder.st_mode)
    if folder.st_uid not in (os.geteuid(), _ROOT):
        raise JournalError(
            f"{path.parent} is not a folder of yours (its user has the number {folder.st_uid}), who may replace what "
            "is in it: start the scan anew; or, if you know that nothing was replaced, copy its files into a folder "
            "of yours."
        )


def _is_own(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()


def _others_write(mode: int) -> bool:
    return bool(mode & (stat.S_IWGRP | stat.S_IWOTH))


def _refuse(path: Path, mode: int) -> NoReturn:
    raise JournalError(
        f"{path} can be written by others (mode {stat.S_IMODE(mode):o}), and what it holds may be as they like. "
        f"Start the scan anew; or, if you know that they changed nothing: chmod go-w {quote(str(path))}"
    )
