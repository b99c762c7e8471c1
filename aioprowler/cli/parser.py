"""Commands and options by cyclopts; a command is imported when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CoercionError, CycloptsError
from cyclopts.exceptions import UnknownCommandError, UnknownOptionError, UnusedCliTokensError

from aioprowler.cli import help as pages
from aioprowler.cli.commands import COMMANDS
from aioprowler.cli.counterparts import COUNTERPARTS
from aioprowler.cli.settings import Settings
from aioprowler.cli.values import spell

_GROUPS: Final = frozenset({"checks", "compliance", "mutelist"})
"""Commands with commands of their own: their modules have an App, the others a function."""

_LONGEST: Final = 500
"""Characters of what is wrong: it repeats the command line."""
_SECRETS: Final = ("--external-id", "-I", "--mfa-token", "--shodan", "-N", "--webhook")
"""Options whose values are not told."""


def make_app(name: str = "aioprowler") -> App:
    """An App with our own help pages, which cyclopts' flags would hide."""
    return App(
        name=name,
        help_flags=(),
        version_flags=(),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )


def program() -> App:
    """The whole program."""
    app = make_app()
    for name in COMMANDS:
        module = name.replace("-", "_")
        app.command(f"aioprowler.cli.{module}:{'app' if name in _GROUPS else module}", name=name)
    return app


def parse(arguments: Sequence[str]) -> int:
    """Carry out the command; the exit code. Raises UsageError."""
    app, settings = program(), Settings()
    app.config = (settings, spell)
    try:
        if pages.is_asked(app, arguments):
            sys.stdout.write(pages.page(app, arguments))
            return 0
        command, bound, _ = app.parse_args(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        from aioprowler.errors import UsageError  # the catalog is not needed for help pages

        raise UsageError(_sentence(error, arguments)) from None
    if settings.are_asked:
        bound.apply_defaults()
        settings.show(bound.args)
        return 0
    code: int | None = command(*bound.args, **bound.kwargs)
    return code or 0


def _sentence(error: CycloptsError, arguments: Sequence[str]) -> str:
    """Without what may be a secret: the value of a switch that takes none, or the rest of one that has blanks in it."""
    from aioprowler.texts import shortened

    if told := COUNTERPARTS.get(word := _unknown(error, arguments)):
        return f"{word}: {told}"
    chain = " ".join(["aioprowler", *(error.command_chain or ()), "--help"])
    if isinstance(error, UnusedCliTokensError):
        secret = next((each for each in _SECRETS if any(one.startswith(each) for one in arguments)), None)
        unused = f"what follows {secret}" if secret else repr(shortened(" ".join(error.unused_tokens or ()), _LONGEST))
        return f"There is no place for {unused}. See `{chain}`."
    if isinstance(error, CoercionError) and error.target_type is bool and error.token is not None:
        return f"{error.token.keyword} takes no value. See `{chain}`."
    return f"{shortened(str(error), _LONGEST)} See `{chain}`."


def _unknown(error: CycloptsError, arguments: Sequence[str]) -> str:
    """The option or command that there is not; empty where something else is wrong."""
    if isinstance(error, UnknownOptionError):
        return error.token.keyword or ""
    return arguments[0] if isinstance(error, UnknownCommandError) else ""
