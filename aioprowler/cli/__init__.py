"""The command line, one module per command. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import gc
import os
import signal
import sys

TYPE_CHECKING = False  # as that of typing, which takes 10 ms to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import NoReturn

    Handler = Callable[[int, FrameType | None], None]

INTERRUPTED = 130
"""The exit code of what Ctrl-C and its like have ended."""
_SOON = 0.001
"""Seconds."""


def main() -> NoReturn:
    """The program `aioprowler`."""
    _block_ignored_interrupts()
    _hear(_end)
    gc.set_threshold(1_000_000)  # what is made at the start stays to the end

    from aioprowler.cli.app import run
    from aioprowler.cli.streams import lose_nothing, open_closed

    open_closed()
    lose_nothing()
    try:
        code = run(sys.argv[1:])
        _hear(lambda *_: os._exit(code))  # all is said and written
    except KeyboardInterrupt:  # while another one was served
        code = INTERRUPTED
    if code == INTERRUPTED:
        os._exit(code)  # sys.exit waits for threads, and they for name servers that do not answer
    sys.exit(code)


def _hear(handler: Handler) -> None:
    """What the process ignores, as one that nohup has started, it goes on ignoring."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, handler)


def interruptible() -> None:
    """Before something is opened that has to be closed: from here on an interrupt of the program is an exception, also
    where Python ignores exceptions once. Until then it ends the program at once, because no module is made for
    exceptions in the midst of its import: some crash.
    """
    if signal.getsignal(signal.SIGINT) is _end:
        _raise()


def _end(_number: int, _frame: FrameType | None) -> None:
    try:
        os.write(2, b"aioprowler: interrupted.\n")
    finally:
        os._exit(INTERRUPTED)


def _raise() -> None:
    _hear(_interrupt)
    signal.signal(signal.SIGALRM, _interrupt)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ignore = sys.unraisablehook

    def hook(ignored: sys.UnraisableHookArgs) -> None:
        if issubclass(ignored.exc_type, KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, _SOON)
        else:
            ignore(ignored)

    sys.unraisablehook = hook


def _interrupt(_number: int, frame: FrameType | None) -> None:
    """Who ends jobs with SIGTERM (containers, systemd) or by closing their terminal is served like Ctrl-C: with what
    there was, and how to go on.
    """
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(signal.SIGINT, frame)


def _block_ignored_interrupts() -> None:
    """A job in the background of a shell ignores SIGINT. Blocked it comes to nothing as well, while asyncio, which
    leaves alone what is ignored, makes a handler for it, that ends all that is under way before the program.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, signal.default_int_handler)
