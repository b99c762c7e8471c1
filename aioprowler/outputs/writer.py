"""What a writer is, and how bytes reach a file."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

from msgspec import Struct, json, structs

from aioprowler import disk
from aioprowler.disk import PRIVATE
from aioprowler.errors import AioprowlerError
from aioprowler.findings.finding import Finding
from aioprowler.texts import all_visible_json

if TYPE_CHECKING:
    from aioprowler.findings.coverage import Coverage

_encode = json.Encoder().encode
BUFFER_SIZE = 128 * 1024
AT_ONCE: Final = 32
"""Findings that are encoded together. Many take hardly longer than one; but buffers of more than a hundred kilobytes
are new memory each time, which costs more than what is written into them.
"""


class OutputError(AioprowlerError):
    """A report cannot be written; the message names the file and what to do."""


class Writer(Protocol):
    """Turns findings into one output. Synchronous; a failure to write is an OutputError."""

    def open(self, mode: int = PRIVATE) -> None:
        """Make the output; it is valid, and empty of findings, from here on. `mode`: of its file."""

    def write(self, findings: Sequence[Finding]) -> None:
        """Add findings. They may stay in the writer's buffer until `flush`."""

    def flush(self) -> None:
        """Bring everything written so far to where a reader sees it."""

    def close(self) -> None:
        """Flush and finish. A second call does nothing."""


@runtime_checkable
class Concluding(Protocol):
    """A writer that also tells what was looked at."""

    def conclude(self, coverage: Coverage) -> None:
        """Once, after the last findings."""


class FileWriter:
    """A Writer of one file: batches are gathered in a bounded buffer and reach the file whole.

    A format that must end in something to be valid says in `_closing` what. Each flush writes that too, and the next
    one writes over it, so that the file is valid whenever the scan stops. When the file takes no more, it is cut back
    to the last whole batch, so that what remains can be read.
    """

    def __init__(self, path: Path, *, buffer_size: int = BUFFER_SIZE) -> None:
        self.path = path
        self._buffer_size = buffer_size
        self._file: FileIO | None = None
        self._waiting: list[Finding] = []
        self._pending: list[bytes] = []
        self._size = 0
        self._good = 0
        """Bytes that stay, whatever comes."""
        self._closed = b""
        """What closes the file after them."""
        self._failure: OutputError | None = None

    def open(self, mode: int = PRIVATE) -> None:
        """Makes the file anew. Raises OutputError where it cannot be made, or not even its beginning finds room: a file
        that nobody can open is not left.
        """
        try:
            self._file = FileIO(disk.create(self.path, mode), "w")
        except OSError as error:
            raise refusal(self.path, error) from error
        try:
            self._put([self._head()])
        except OutputError:
            self._file.close()
            self._file = None
            self.path.unlink(missing_ok=True)
            raise

    def write(self, findings: Sequence[Finding]) -> None:
        """Raises OutputError, at each call from the first on at which the file took nothing more."""
        if self._failure:
            raise self._failure
        self._waiting += findings
        whole = len(self._waiting) // AT_ONCE * AT_ONCE
        for start in range(0, whole, AT_ONCE):
            self._gather(self._waiting[start : start + AT_ONCE])
            if self._size >= max(self._buffer_size, len(self._closed)):
                self._put_pending()
        del self._waiting[:whole]

    def flush(self) -> None:
        """Raises OutputError where the file takes nothing more."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._gather(waiting)
        self._put_pending()

    def _gather(self, findings: Sequence[Finding]) -> None:
        batch = self._encode(findings)
        self._pending.append(batch)
        self._size += len(batch)

    def _put_pending(self) -> None:
        if self._pending:
            units = self._units(self._pending)
            self._pending, self._size = [], 0
            self._put(units)

    @property
    def size(self) -> int:
        """Bytes of the file, without those that are not flushed yet."""
        return self._good + len(self._closed)

    def close(self) -> None:
        """Writes the end. Raises OutputError where the file takes nothing more; it is closed all the same."""
        file = self._file
        if file is None:
            return
        try:
            if not self._failure:
                self.flush()
                self._put([self._tail()])
        finally:
            self._file = None
            file.close()

    def _head(self) -> bytes:
        """What comes before all findings."""
        return b""

    def _encode(self, findings: Sequence[Finding]) -> bytes:
        raise NotImplementedError

    def _units(self, batches: list[bytes]) -> list[bytes]:
        """The pieces after each of which the file is valid, with what closes it."""
        return batches

    def _tail(self) -> bytes:
        """What comes after all findings, at the end of the scan."""
        return b""

    def _closing(self) -> bytes:
        """What makes the file valid after the findings so far. It never becomes shorter."""
        return b""

    def _put(self, units: list[bytes]) -> None:
        if self._failure:
            raise self._failure
        file = self._file
        assert file is not None, "write() before open()"
        closing = self._closing()
        content = rest = memoryview(b"".join([*units, closing]))
        try:
            if self._closed:
                file.seek(self._good)
            while rest:
                rest = rest[file.write(rest) or 0 :]
        except OSError as error:
            self._failure = refusal(self.path, error)
            self._cut(file, units, closing, len(content) - len(rest))
            raise self._failure from error
        self._good += len(content) - len(closing)
        self._closed = closing

    def _overwrite(self, offset: int, content: bytes) -> None:
        """Replace bytes that are there by as many."""
        file = self._file
        assert file is not None
        try:
            file.seek(offset)
            file.write(content)
            file.seek(0, os.SEEK_END)
        except OSError as error:
            self._failure = refusal(self.path, error)
            raise self._failure from error

    def _cut(self, file: FileIO, units: list[bytes], closing: bytes, written: int) -> None:
        """Keep as many units as leave room for what closes them: no more room is to be had than was written."""
        kept = 0
        for unit in units:
            if kept + len(unit) + len(closing) > written:
                break
            kept += len(unit)
        if not kept:
            closing = self._closed
        self._good += kept
        rest = memoryview(closing)
        with suppress(OSError):
            file.truncate(self._good + len(closing))
            file.seek(self._good)
            while rest:
                rest = rest[file.write(rest) or 0 :]


def write_whole(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """The file is there with all of the content, or as it was before. Raises OutputError."""
    try:
        disk.write_whole(path, content, mode)
    except OSError as error:
        raise refusal(path, error) from error


def refusal(path: Path, error: OSError) -> OutputError:
    """What users are told of a file that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(
            f"{path}: the disk is full. What it holds is complete as far as it goes; free some space or choose "
            "another output directory, and try again."
        )
    reason = error.strerror or str(error)
    return OutputError(f"{path}: cannot be written ({reason}). Choose another output directory or mend this one.")


def make_folder(folder: Path, mode: int = PRIVATE, *, within: bool = False) -> None:
    """If it is not there, for files of that mode. Raises OutputError. `within`: it belongs to an output folder, where a
    link in its place is not the user's choice.
    """
    if within and folder.is_symlink():
        raise OutputError(f"{folder} is a link, which is not followed: remove it, or choose another output directory.")
    try:
        disk.make_folder(folder, mode)
    except (FileExistsError, NotADirectoryError) as error:
        raise OutputError(f"{folder} is not a directory: choose another output directory.") from error
    except OSError as error:
        raise refusal(folder, error) from error


def encoded(value: Any) -> bytes:
    """Its JSON, with every lone surrogate replaced and nothing hidden."""
    return encoded_each([value])[0]


def encoded_each(values: Sequence[Any]) -> Sequence[bytes]:
    """Likewise of each; many together take hardly longer than one."""
    try:
        documents = [*map(_encode, values)]
    except UnicodeEncodeError:
        documents = [*map(_encode, scrub(values))]
    return all_visible_json(documents)


def scrub(value: Any) -> Any:
    """The same value with every lone surrogate replaced: Python's own JSON reader lets them in, UTF-8 does not."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Struct):
        return scrub(structs.asdict(value))
    if isinstance(value, dict):
        return {scrub(key): scrub(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [scrub(each) for each in value]
    return value
