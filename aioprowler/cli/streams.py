"""Standard output and standard error: one line per message, and readers that go away."""

from __future__ import annotations

import errno
import io
import os
import select
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aioprowler.cli.options import Output, StdoutForm
    from aioprowler.findings.finding import Finding

_PIECE = 4096
"""Bytes that a pipe takes without blocking once it is writable at all (PIPE_BUF)."""
_ENOUGH = 64 * 1024
_LONGEST = 2000
"""Characters of a message: some repeat what somebody else wrote."""
_LAST_WAIT = 0.2
"""Seconds that a reader has for each piece of what is left when the scan ends early."""
_PAGER = 0.1
"""Seconds between two looks whether a pager is still there."""


def is_colored(stream: TextIO, *, refused: bool = False) -> bool:
    """Whether its reader wants colors: a terminal that has some, unless NO_COLOR (no-color.org) or an option says
    otherwise, and whatever it is where FORCE_COLOR (force-color.org) says so.
    """
    if refused or os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and not is_dumb())


def is_dumb() -> bool:
    """Whether terminals show neither colors nor what is drawn anew."""
    return os.environ.get("TERM") == "dumb"


def is_piped() -> bool:
    """Whether another program reads standard output: one that may draw on the same terminal."""
    with suppress(OSError, ValueError):
        mode = os.fstat(sys.stdout.fileno()).st_mode
        return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
    return False


def outwait_pager() -> None:
    """Until no pager has the terminal of standard error, as one has that is still open at the end of its input. It
    reads keys one by one, and leaves Ctrl-C to the terminal.
    """
    import termios
    import time

    with suppress(OSError, ValueError, termios.error):
        while True:
            modes = termios.tcgetattr(sys.stderr.fileno())[3]
            if modes & termios.ICANON or not modes & termios.ISIG:
                return
            time.sleep(_PAGER)


def open_closed() -> None:
    """A standard stream that the shell has closed (`>&-`) leads nowhere: else its number would be that of a file or
    connection of the scan, which what is printed would go into.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - to the end


def lose_nothing() -> None:
    """What the encoding of standard output does not have, as ASCII of the locale C, is told by its number, as standard
    error has it. Findings are bytes, and UTF-8 everywhere.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def complain(message: str) -> None:
    """One line on stderr, whatever is in the message."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"aioprowler: {in_a_line(message)}\n")
        sys.stderr.flush()


def in_a_line(message: str) -> str:
    """The message on one line; of a long one its beginning, and its end, which says what to do."""
    from aioprowler.texts import sentence

    if len(message) > _LONGEST:
        message = f"{message[: _LONGEST // 2]} … {message[-_LONGEST // 2 :]}"
    return sentence(message)


def finish(code: int) -> int:
    """Flush what the command printed; the exit code, which is an error's if standard output cannot be written."""
    try:
        sys.stderr.flush()
    except OSError:  # the terminal is closed
        discard(sys.stderr.fileno())
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout.fileno())
    except OSError as error:
        discard(sys.stdout.fileno())
        complain(f"error: {unwritable(error)}")
        return code or 1
    return code


def unwritable(error: OSError) -> str:
    """Of standard output: files are told with their names by whoever writes them."""
    return f"standard output cannot be written ({error.strerror})."


def discard(descriptor: int) -> None:
    """From here on nobody reads it: the interpreter's own flush at exit must not fail either."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def form_of(output: Output, *, has_files: bool) -> StdoutForm:
    """What goes to standard output. Where files have the findings, the log of a CI job has the summary instead, and so
    has a terminal that is to be quiet.
    """
    if output.stdout is not None:
        return output.stdout
    is_terminal = sys.stdout.isatty()
    if has_files and (output.quiet if is_terminal else _is_log()):
        return "summary"
    return "lines" if is_terminal else "jsonl"


def _is_log() -> bool:
    """Whether a CI system reads standard output: it sets CI, and whoever wants a file by itself names one."""
    if os.environ.get("CI", "").lower() in ("", "0", "false"):
        return False
    out = os.fstat(sys.stdout.fileno())
    return not stat.S_ISREG(out.st_mode) or os.path.samestat(out, os.fstat(sys.stderr.fileno()))


class Stdout:
    """Findings on their way to a descriptor.

    A reader that pauses (a pager) holds the scan back without blocking the event loop, in which the scan's calls would
    time out. A reader that goes away is no error: `closed` says so.
    """

    def __init__(self, encode: Callable[[Finding], bytes], descriptor: int) -> None:
        import anyio

        self.closed = False
        self._encode = encode
        self._descriptor = descriptor
        self._is_terminal = os.isatty(descriptor)
        self._pending = bytearray()
        self._lock = anyio.Lock()

    async def write(self, findings: Sequence[Finding]) -> None:
        """Raises OutputError when the descriptor takes nothing more."""
        for finding in findings:
            self._pending += self._encode(finding)
        if len(self._pending) >= _ENOUGH:
            await self.flush()

    async def flush(self) -> None:
        """Waits until the reader has taken everything, or has gone away. Raises OutputError as `write` does."""
        import anyio

        async with self._lock:
            while self._pending and not self.closed:
                if not self._ready(0):
                    await anyio.wait_writable(self._descriptor)
                self._put()

    def close(self) -> None:
        """Write what is left, to the end of a line, if the reader still reads."""
        while self._pending and not self.closed and self._ready(_LAST_WAIT):
            self._put()

    def _ready(self, timeout: float) -> bool:
        return bool(select.select([], [self._descriptor], [], timeout)[1])

    def _put(self) -> None:
        from aioprowler.outputs.writer import OutputError

        try:
            count = os.write(self._descriptor, self._pending[:_PIECE])
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._end()
        except OSError as error:
            self._end()
            if error.errno == errno.EIO and self._is_terminal:  # it is closed, which a signal says
                return
            raise OutputError(unwritable(error)) from error
        else:
            del self._pending[:count]

    def _end(self) -> None:
        self.closed = True
        self._pending.clear()
        discard(self._descriptor)
