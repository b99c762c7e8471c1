"""What a writer is, and how bytes reach a file."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from msgspec import json, to_builtins

from aioprowler.errors import AioprowlerError
from aioprowler.findings.finding import Finding

if TYPE_CHECKING:
    from aioprowler.coverage import Coverage

BUFFER_SIZE = 128 * 1024


class OutputError(AioprowlerError):
    """A report cannot be written; the message names the file and what to do."""


class Writer(Protocol):
    """Turns findings into one output. Synchronous; a failure to write is an OutputError."""

    def open(self) -> None:
        """Make the output; it is valid, and empty of findings, from here on."""

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

    When the file takes no more, it is cut back to the last whole batch, so that what remains can be read.
    """

    def __init__(self, path: Path, *, buffer_size: int = BUFFER_SIZE) -> None:
        self.path = path
        self._buffer_size = buffer_size
        self._file: FileIO | None = None
        self._pending: list[bytes] = []
        self._size = 0
        self._good = 0
        self._failure: OutputError | None = None

    def open(self) -> None:
        try:
            self._file = FileIO(self.path, "w")
        except OSError as error:
            raise refusal(self.path, error) from error
        self._put([self._head()])

    def write(self, findings: Sequence[Finding]) -> None:
        if self._failure:
            raise self._failure
        batch = self._encode(findings)
        self._pending.append(batch)
        self._size += len(batch)
        if self._size >= self._buffer_size:
            self.flush()

    def flush(self) -> None:
        if self._pending:
            units = self._units(self._pending)
            self._pending, self._size = [], 0
            self._put(units)

    def close(self) -> None:
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
        """The pieces after each of which the file is valid."""
        return batches

    def _tail(self) -> bytes:
        """What comes after all findings."""
        return b""

    def _put(self, units: list[bytes]) -> None:
        if self._failure:
            raise self._failure
        assert self._file is not None, "write() before open()"
        rest = memoryview(b"".join(units))
        written = 0
        try:
            while rest:
                count = self._file.write(rest) or 0
                written += count
                rest = rest[count:]
        except OSError as error:
            self._failure = refusal(self.path, error)
            self._cut(units, written)
            raise self._failure from error
        self._good += written

    def _cut(self, units: list[bytes], written: int) -> None:
        assert self._file is not None
        for unit in units:
            if len(unit) > written:
                break
            written -= len(unit)
            self._good += len(unit)
        with suppress(OSError):  # a pipe or a device cannot be cut
            self._file.truncate(self._good)


def refusal(path: Path, error: OSError) -> OutputError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(
            f"{path}: the disk is full. What it holds is complete as far as it goes; free some space or choose "
            "another output directory, and scan again."
        )
    reason = error.strerror or str(error)
    return OutputError(f"{path}: cannot be written ({reason}). Choose another output directory or mend this one.")


def make_folder(folder: Path) -> None:
    """If it is not there. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise OutputError(f"{folder} is not a directory: choose another output directory.") from error
    except OSError as error:
        raise refusal(folder, error) from error


def encoded(value: Any) -> bytes:
    """Its JSON, with every lone surrogate replaced."""
    try:
        return json.encode(value)
    except UnicodeEncodeError:
        return json.encode(scrub(to_builtins(value)))


def scrub(value: Any) -> Any:
    """The same value with every lone surrogate replaced: Python's own JSON reader lets them in, UTF-8 does not."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {scrub(key): scrub(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [scrub(each) for each in value]
    return value
