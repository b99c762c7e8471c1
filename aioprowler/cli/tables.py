"""Tables in plain text: whole when piped, cut to the terminal's width when somebody looks."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any, Final

from aioprowler.cli.streams import is_colored
from aioprowler.outputs.console import fit
from aioprowler.texts import visible, visible_json

_GAP: Final = "  "
_LEAST: Final = 20
"""The last column is never cut narrower."""
_BOLD: Final = "\x1b[1m{}\x1b[0m"


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell."""
    cells = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    is_terminal = sys.stdout.isatty()
    if is_terminal:
        before = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
        widths[-1] = min(widths[-1], max(_LEAST, shutil.get_terminal_size().columns - before))
    head, *lines = ["".join(_line(row, widths)).rstrip() for row in [header, *cells]]
    print(_BOLD.format(head) if is_colored(sys.stdout) else head, *lines, sep="\n")


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(fit(cell, width) for cell, width in zip(row, widths, strict=True))


def broken(text: str, indent: int, width: int | None) -> list[str]:
    """A text that begins `indent` columns in, in lines that a terminal of this width holds; whole without a width.
    Words are not broken: they may be names, or paths, that somebody copies.
    """
    shown = visible(text)
    if width is None or width <= 2 * indent:
        return [shown]
    return textwrap.wrap(shown, width - indent, break_long_words=False, break_on_hyphens=False) or [shown]


def print_json(value: Any) -> None:
    """To standard output, indented, for people and programs alike."""
    is_ascii = not sys.stdout.encoding.lower().startswith("utf")
    print(visible_json(json.dumps(value, indent=2, ensure_ascii=is_ascii).encode(errors="replace")).decode())


def counted(count: int, what: str) -> str:
    """`1 call`, `2,000 calls`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """Of seconds, at the precision that a person wants: `4.2 s`, `3 min 07 s`, `2 h 05 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
