"""The program: its commands, and how whatever goes wrong is told in one line and an exit code."""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence

from aioprowler._version import __version__
from aioprowler.cli import INTERRUPTED
from aioprowler.cli.commands import COMMANDS
from aioprowler.cli.streams import complain, finish, unwritable
from aioprowler.errors import cause_of

OK, ERROR, USAGE = 0, 1, 2

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What is wrong where something cannot be written."""

_HEAD = """\
Usage: aioprowler COMMAND [OPTIONS]

Finds insecure configuration in every account and region of an AWS organization,
and streams findings while it scans.
"""
_FOOT = """\
Start with `aioprowler demo`, or with `aioprowler scan --help`.
"""


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line; the exit code."""
    try:
        code = _dispatch(arguments)
    except KeyboardInterrupt:
        complain("interrupted.")
        code = INTERRUPTED
    except BrokenPipeError:
        code = OK
    except BaseExceptionGroup as group:
        code = _fail(cause_of(group), arguments)
    except Exception as error:  # noqa: BLE001 - the last boundary: a user is not shown a traceback
        code = _fail(error, arguments)
    return finish(code)


def _dispatch(arguments: Sequence[str]) -> int:
    match [*arguments]:
        case [] | ["--help"] | ["-h"] | ["help"]:
            sys.stdout.write(help_page())
            return OK
        case ["--version"] | ["-V"] | ["-v"]:
            sys.stdout.write(f"aioprowler {__version__}\n")
            return OK
        case ["--version", "-v"] | ["-v", "--version"] | ["-V", "-v"] | ["-v", "-V"]:
            from aioprowler.cli.version import versions

            sys.stdout.write(versions())
            return OK
        case ["__complete", *words]:
            from aioprowler.cli.completion import candidates

            sys.stdout.writelines(f"{word}\t{about}\n" for word, about in candidates(words))
            return OK
    from aioprowler.cli.parser import parse

    return parse(arguments)


def help_page() -> str:
    """The first help page; it needs no library, and so is there at once."""
    width = max(map(len, COMMANDS)) + 2
    rows = [f"  {name:<{width}}{about}" for name, about in COMMANDS.items()]
    options = [
        f"  {'--help, -h':<{width}}Explain a command and its options.",
        f"  {'--version, -V':<{width}}Print the version; with -v, what it runs on too.",
    ]
    return "\n".join([_HEAD, "Commands:", *rows, "", "Options:", *options, "", _FOOT])


def _fail(error: BaseException, arguments: Sequence[str]) -> int:
    if "--debug" in arguments:
        import traceback

        from aioprowler.texts import visible_lines

        sys.stderr.write(visible_lines("".join(traceback.format_exception(error))))
    from aioprowler.errors import AioprowlerError

    if isinstance(error, KeyboardInterrupt):
        complain("interrupted.")
        return INTERRUPTED
    if isinstance(error, AioprowlerError):
        complain(f"error: {error}")
        return USAGE if _is_usage(error) else ERROR
    if isinstance(error, OSError):
        is_stdout = not error.filename and error.errno in _NO_ROOM
        where = f"{error.filename}: " if error.filename else ""
        complain(f"error: {unwritable(error) if is_stdout else f'{where}{error.strerror or error}.'}")
        return ERROR
    complain(
        f"error: unexpected {type(error).__name__}: {error}. This is a mistake in aioprowler or in a check; "
        "--debug shows where."
    )
    return ERROR


def _is_usage(error: BaseException) -> bool:
    from aioprowler.errors import UsageError

    return isinstance(error, UsageError)
