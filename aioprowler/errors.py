"""Errors that are raised on purpose: one line that says what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final


class AioprowlerError(Exception):
    """Base of every error that this package raises on purpose."""


class UsageError(AioprowlerError):
    """The user asked for something that does not exist; the message has the nearest names."""


class ConfigurationError(UsageError):
    """A configuration key that there is not, or a value that it cannot have."""


def cause_of(error: BaseException) -> BaseException:
    """What went wrong, out of the groups that task groups wrap it in."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


_FEW: Final = 24
_TOLD: Final = 100
"""Characters of a name that are repeated, and that others are compared with."""


def require(what: str, names: Iterable[str], known: Iterable[str], listed_by: str = "") -> None:
    """Raises UsageError for the first name that is not known, with the nearest ones that are, or all if they are few.

    `listed_by`: the command that prints those that there are.
    """
    known = list(known)
    for name in names:
        if name not in known:
            shown = name[:_TOLD]
            raise UsageError(f"There is no {what} {shown!r}.{advice(shown, known, listed_by)}")


def advice(name: str, known: list[str], listed_by: str = "") -> str:
    """What to say instead of a name that is not known, with a space before it; empty where nothing is near."""
    if all(part.strip() in known for part in name.split(",")):
        return f" Separate them by spaces: {' '.join(part.strip() for part in name.split(','))}."
    cased = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), cased, n=3, cutoff=0.5) or [
        each for each in cased if name.casefold() in each
    ]
    if near:
        return f" Did you mean {', '.join(cased[each] for each in near[:3])}?"
    if len(known) <= _FEW:
        return f" There are {', '.join(known)}."
    return f" `{listed_by}` prints those there are." if listed_by else ""
