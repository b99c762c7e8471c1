"""The command line, one module per command. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """The program `aioprowler`."""
    gc.set_threshold(10_000)  # garbage in cycles is rare here, and looking for it every 700 objects is not

    from aioprowler.cli.app import run

    sys.exit(run(sys.argv[1:]))
