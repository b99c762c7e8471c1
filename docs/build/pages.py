"""What the site is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NamedTuple


class Link(NamedTuple):
    """A line of the search."""

    title: str
    about: str
    url: str
    """From the root of the site."""
    text: str = ""
    """What it says, where the search looks as well."""


@dataclass(frozen=True, slots=True)
class Page:
    path: PurePosixPath
    """Within the site."""
    title: str
    template: str
    values: dict[str, Any]
    links: Sequence[Link] = field(default=())
    """What the search finds in it, beside the page itself."""
    text: str = ""
    """What stands before its first section, for the search."""

    @property
    def root(self) -> str:
        """The way from the page to the root of the site."""
        return "../" * (len(self.path.parts) - 1)
