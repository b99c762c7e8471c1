"""The page that leads to the reports of a split one."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import quote

import jinja2
from markupsafe import Markup
from msgspec import Struct

from aioprowler.findings.choice import Part
from aioprowler.texts import visible

_URGENT: Final = ("critical", "high")
_TITLES: Final = (*_URGENT, "FAIL", "MANUAL", "PASS", "muted")

Counts = Counter[str]
"""How many findings are of each outcome, and of FAIL how many of each severity."""


class _Row(Struct, frozen=True):
    name: str
    address: str
    counts: tuple[int, ...]


def render_index(by: Part, parts: Mapping[str, tuple[Path, Counts]]) -> str:
    """`parts`: the name of each, its report, which lies beside the index, and what is in it."""
    rows = [
        _Row(visible(name) or "(none)", quote(path.name), tuple(counts[title] for title in _TITLES))
        for name, (path, counts) in parts.items()
    ]
    return _template().render(
        nonce=secrets.token_urlsafe(18),
        style=Markup(files(__package__).joinpath("report.css").read_text("utf-8")),  # noqa: S704 - our own file
        by=by,
        titles=_TITLES,
        parts=sorted(rows, key=lambda row: row.counts, reverse=True),
    )


def _template() -> jinja2.Template:
    """In which whatever is put is text."""
    loader = jinja2.PackageLoader("aioprowler.outputs", "html")
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template("index.html.j2")
