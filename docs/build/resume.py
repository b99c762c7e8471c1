"""docs/resume.md: what becomes of each option of a scan that is resumed."""

from __future__ import annotations

import re
from typing import Final

from aioprowler.cli.resume import RULES, spelling

_ROWS: Final = re.compile(r"(?<=\|---\|\n)(\| .*\n)*")


def resume(page: str) -> str:
    """The page whose table has the rule of each option, and the reason."""
    rows = "".join(
        f"| {', '.join(f'`{spelling(name)}`' for name in names)} | {reason} | {rule.value} |\n"
        for rule, reason, names in RULES
    )
    return _ROWS.sub(lambda _: rows, page, count=1)
