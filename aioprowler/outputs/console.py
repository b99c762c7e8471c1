"""A finding for a person at a terminal, in a line or a few."""

from __future__ import annotations

import textwrap

from rich.cells import cell_len, set_cell_size

from aioprowler.declarations.checks import Severity, Status
from aioprowler.findings.finding import Finding
from aioprowler.texts import visible

_RESET = "\x1b[0m"
_DIM = "\x1b[2m"
_STATUS_STYLE: dict[Status, str] = {"FAIL": "\x1b[1;31m", "MANUAL": "\x1b[1;33m", "PASS": "\x1b[32m"}
_SEVERITY_STYLE: dict[Severity, str] = {
    "critical": "\x1b[1;35m",
    "high": "\x1b[31m",
    "medium": "\x1b[33m",
    "low": "\x1b[36m",
    "informational": _DIM,
}
SHORT_SEVERITY: dict[Severity, str] = {
    "critical": "critical",
    "high": "high",
    "medium": "medium",
    "low": "low",
    "informational": "info",
}
"""Names that fit a column."""

_GAP = "  "
_INDENT = 6 + len(_GAP)
"""The status, and the gap after it."""
_BEFORE = _INDENT + 8 + len(_GAP)
"""Likewise, with the severity."""
_REGION, _ACCOUNT = 14, 12
_LEAST = 52
_MOST = 4
"""Lines of what is wrong."""


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` terminal cells: padded, or cut with an ellipsis."""
    if text.isascii():
        return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"


class ConsoleLine:
    """Formats findings: what is wrong, and where. Nothing is cut where no terminal's width is given.

    On a terminal a finding takes further lines where one does not hold it; regions and accounts stand in columns at the
    right edge, and a name that is too long for its own line is cut there.
    """

    def __init__(self, width: int | None, *, color: bool = True) -> None:
        """`width`: columns of the terminal; None elsewhere, where a line has the check and the detail as well."""
        self._color = color
        self._width = width and max(width, _LEAST)

    def __call__(self, finding: Finding) -> str:
        """The line or lines, without the last line end."""
        status = self._paint(finding.status.ljust(6), _DIM if finding.muted else _STATUS_STYLE[finding.status])
        severity = self._paint(
            SHORT_SEVERITY[finding.severity].ljust(8), _DIM if finding.muted else _SEVERITY_STYLE[finding.severity]
        )
        name, region, account = map(
            visible, (finding.resource_name or finding.resource_id, finding.region, finding.account_id)
        )
        text = visible(_told(finding))
        if self._width is None:
            more = visible(finding.check_id), visible(finding.status_detail)
            return _GAP.join(filter(None, (status, severity, text, name, region, account, *more)))
        place = f"{_GAP}{fit(region, _REGION)}{_GAP}{fit(account, _ACCOUNT)}"
        begin, room = f"{status}{_GAP}{severity}{_GAP}", self._width - _BEFORE
        space = room - cell_len(place) - cell_len(text) - cell_len(name)
        if space >= len(_GAP):
            return f"{begin}{text}{' ' * space}{self._paint(name + place, _DIM)}"
        where = fit(name, self._width - _INDENT - cell_len(place)) + place
        told = f"\n{' ' * _BEFORE}".join(_lines(text, room))
        return f"{begin}{told}\n{' ' * _INDENT}{self._paint(where, _DIM)}"

    def _paint(self, text: str, style: str) -> str:
        return f"{style}{text}{_RESET}" if self._color else text


def _lines(text: str, room: int) -> list[str]:
    """A text in lines of so many cells."""
    columns = room if cell_len(text) == len(text) else room // 2  # a character takes two cells at most
    first, *more = textwrap.wrap(text, columns) or [""]
    if len(more) < _MOST:
        return [first, *more]
    return [first, *more[: _MOST - 2], fit(" ".join(more[_MOST - 2 :]), room)]


def _told(finding: Finding) -> str:
    """What is wrong; of what did not fail, the sentence of its verdict."""
    told = finding.problem if finding.status == "FAIL" else finding.status_detail
    return f"(muted) {told}" if finding.muted else told
