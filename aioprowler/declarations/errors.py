"""How a mistake in a declaration is refused."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aioprowler.errors import AioprowlerError


class DeclarationError(AioprowlerError):
    """A resource, facet, derived value or check is declared wrongly; the message names the file and the mend."""


def refuse(thing: type | Callable[..., Any], message: str) -> DeclarationError:
    """The error for `thing`, with the file and line where it is declared."""
    return DeclarationError(f"{_place(thing)}: {getattr(thing, '__name__', thing)}: {message}")


def _place(thing: type | Callable[..., Any]) -> str:
    try:
        path = Path(inspect.getsourcefile(thing) or "?")
        line = inspect.getsourcelines(thing)[1]
    except (OSError, TypeError):
        return getattr(thing, "__module__", "?")
    return f"{path}:{line}"
