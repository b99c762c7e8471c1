"""The command line, one module per command. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """The program `aioprowler`."""
    from aioprowler.cli.app import run

    sys.exit(run(sys.argv[1:]))
