"""docs/demo.md: which checks find nothing that passes, or nothing that fails, in the embedded AWS."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import Final

_ROW: Final = re.compile(r"^\| `(?P<check>\w+)` \| (?P<lacks>[A-Z, ]+) \| (?P<because>.+) \|\n", re.MULTILINE)
_TABLE: Final = re.compile(r"(?<=\|---\|\n)(\| .*\n)*")
_WANTED: Final = ("PASS", "FAIL")


def demo(page: str, found: Mapping[str, Container[str]]) -> str:
    """The page with a row for each check that lacks one of them. `found`: check id -> statuses of its findings. Why is
    written by hand and stays.
    """
    because = {row["check"]: row["because"] for row in _ROW.finditer(page)}
    lacks = {check: [each for each in _WANTED if each not in statuses] for check, statuses in sorted(found.items())}
    rows = "".join(
        f"| `{check}` | {', '.join(names)} | {because.get(check, 'TODO')} |\n"
        for check, names in lacks.items()
        if names
    )
    return _TABLE.sub(lambda _: rows, page, count=1)
