"""docs/reference.md: every command with its options, from what the help pages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aioprowler.cli.help import Described, all_described
from aioprowler.cli.parser import program

_SECTIONS: Final = re.compile(r"(?m)^## [\s\S]*")


def commands(page: str) -> str:
    """The page with a section for each command, below what is written by hand."""
    sections = "\n".join("\n".join(_section(each)) for each in all_described(program()))
    return f"{_SECTIONS.sub('', page).rstrip()}\n\n{sections}"


def _section(told: Described) -> Iterator[str]:
    yield f"## {told.name.removeprefix('aioprowler ')}\n\n```\n{told.usage}\n```\n"
    yield from _about(told.about)
    for title, rows in told.blocks.items():
        yield f"| {title} | |\n|---|---|"
        yield from (f"| `{_cell(label)}` | {_cell(about)} |" for label, about in rows)
        yield ""


def _about(text: str) -> Iterator[str]:
    """Indented lines are a block of their own."""
    is_kept = False
    for line in text.splitlines():
        if line.startswith("  ") != is_kept:
            yield "```" if is_kept else "\n```text"
            is_kept = not is_kept
        yield line.removeprefix("  ") if is_kept else line
    yield "```\n" if is_kept else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
