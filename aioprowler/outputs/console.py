"""A finding as one line for a person at a terminal."""

from __future__ import annotations

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
_SEVERITY_NAME: dict[Severity, str] = {
    "critical": "critical",
    "high": "high",
    "medium": "medium",
    "low": "low",
    "informational": "info",
}

_GAP = "  "
_SHORT = 6 + 8 + 2 * len(_GAP)
"""Status and severity, with the gaps after them."""

_PLACE = 14 + 12 + 2 * len(_GAP)
"""Region and account."""

_WIDE = 132


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` terminal cells: padded, or cut with an ellipsis."""
    if text.isascii():
        return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"


class ConsoleLine:
    """Formats findings for a terminal of `width` columns; a line is never wider.

    Columns are aligned from line to line, although no line knows the next: their widths follow from the terminal's.
    A narrow terminal has no room for resource, region and account; the detail names the resource.
    """

    def __init__(self, width: int, *, color: bool = True) -> None:
        self._color = color
        width = max(width, 40)
        self._wide = width >= _WIDE
        rest = width - _SHORT - len(_GAP)
        if self._wide:
            rest -= _PLACE + len(_GAP)
            self._check, self._resource = min(44, rest * 3 // 8), min(32, rest // 4)
            self._detail = rest - self._check - self._resource
        else:
            self._check = min(44, rest // 2)
            self._detail = rest - self._check

    def __call__(self, finding: Finding) -> str:
        """The line, without its line end."""
        parts = [
            self._paint(finding.status.ljust(6), _DIM if finding.muted else _STATUS_STYLE[finding.status]),
            self._paint(
                _SEVERITY_NAME[finding.severity].ljust(8),
                _DIM if finding.muted else _SEVERITY_STYLE[finding.severity],
            ),
            fit(visible(finding.check_id), self._check),
        ]
        if self._wide:
            parts.append(fit(visible(finding.resource_name or finding.resource_id), self._resource))
            parts += [fit(visible(finding.region), 14), fit(visible(finding.account_id), 12)]
        detail = f"(muted) {finding.status_detail}" if finding.muted else finding.status_detail
        parts.append(self._paint(fit(visible(detail), self._detail).rstrip(), _DIM))
        return _GAP.join(parts)

    def _paint(self, text: str, style: str) -> str:
        return f"{style}{text}{_RESET}" if self._color else text
