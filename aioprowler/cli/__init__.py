"""The command line, one module per command. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import gc
import signal
import sys
from typing import NoReturn


def main() -> NoReturn:
    """The program `aioprowler`."""
    gc.set_threshold(10_000)  # garbage in cycles is rare here, and looking for it every 700 objects is not
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        signal.signal(signal.SIGHUP, _interrupt)

    from aioprowler.cli.app import run

    sys.exit(run(sys.argv[1:]))


def _interrupt(_number: int, _frame: object) -> None:
    """Who ends jobs with SIGTERM (containers, systemd) or by closing their terminal is served like Ctrl-C: with what
    there was, and how to go on.

    A job in the background of a shell ignores SIGINT.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)
