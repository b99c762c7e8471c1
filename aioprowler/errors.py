"""Errors that are raised on purpose: one line that says what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class AioprowlerError(Exception):
    """Base of every error that this package raises on purpose."""


class UsageError(AioprowlerError):
    """The user asked for something that does not exist; the message has the nearest names."""


def require(what: str, names: Iterable[str], known: Iterable[str]) -> None:
    """Raises UsageError for the first name that is not known, with the nearest ones that are."""
    known = list(known)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or [k for k in known if name in k][:3]
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            raise UsageError(f"There is no {what} {name!r}.{hint}")
