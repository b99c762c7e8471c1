"""The command line, one module per command. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """The program `aioprowler`."""
    gc.set_threshold(10_000)  # garbage in cycles is rare here, and looking for it every 700 objects is not
    _block_ignored_interrupts()
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        signal.signal(signal.SIGHUP, _interrupt)

    from aioprowler.cli.app import INTERRUPTED, run
    from aioprowler.cli.streams import open_closed

    open_closed()
    code = run(sys.argv[1:])
    if code == INTERRUPTED:
        os._exit(code)  # sys.exit waits for threads, and they for name servers that do not answer
    sys.exit(code)


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
