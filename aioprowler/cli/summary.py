"""The end of a scan, for a person: what was found, what could not be looked at, where it was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from aioprowler.cli.progress import duration, throttles
from aioprowler.cli.tables import counted
from aioprowler.declarations.checks import SEVERITIES
from aioprowler.declarations.failure import Failure
from aioprowler.findings.finding import Finding
from aioprowler.outputs.console import visible
from aioprowler.scanning import Progress

_MOST: Final = 12
"""Lines of one list; the files have the rest."""
_NOTHING: Final = (
    "Nothing was judged: there is nothing of the kind that these checks look at, or no chosen region is enabled."
)
_SEVERITY_STYLES: Final = {"critical": "bold magenta", "high": "red", "medium": "yellow", "low": "cyan"}
_STATUS_STYLES: Final = {"PASS": "green", "MANUAL": "yellow", "FAIL": "bold red"}


class Tally:
    """Findings counted by service, status and severity."""

    def __init__(self, *, selects: bool = False) -> None:
        """`selects`: only findings of some statuses arrive here."""
        self.selects = selects
        self.counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, findings: Iterable[Finding]) -> None:
        for each in findings:
            self.counts[each.service, each.status, each.severity] += 1

    @property
    def services(self) -> list[str]:
        return sorted({service for service, _, _ in self.counts})

    @property
    def total(self) -> int:
        return self.counts.total()

    def hidden_from(self, progress: Progress) -> int:
        """Findings of other statuses."""
        return progress.findings.total() - self.total if self.selects else 0

    def count(self, service: str | None, status: str, severity: str | None = None) -> int:
        return sum(
            number
            for (of, as_, how), number in self.counts.items()
            if service in (None, of) and status == as_ and severity in (None, how)
        )


def print_summary(console: Console, progress: Progress, tally: Tally, seconds: float, files: Sequence[Path]) -> None:
    """Most important first: what is missing, then what was found."""
    for block in _blocks(progress, tally, seconds, files):
        console.print(block, soft_wrap=isinstance(block, Text))


def _blocks(progress: Progress, tally: Tally, seconds: float, files: Sequence[Path]) -> Iterator[RenderableType]:
    if everything_denied(progress):
        yield Text(
            "AWS denied everything: nothing could be judged. `aioprowler permissions` prints the policy that the "
            "scanning identity needs.", "bold red",
        )  # fmt: skip
    if progress.incomplete:
        yield _list("Not scanned, or not to the end:", [f"{who}: {why}" for who, why in progress.incomplete.items()])
    if tally.total:
        yield _table(tally)
    if not progress.findings and not progress.incomplete:
        yield Text(_NOTHING, "bold yellow")
    causes = _causes(progress)
    if causes:
        yield _list("Could not look:", causes)
    if progress.notes:
        yield _list("Notes:", progress.notes)
    yield _figures(progress, tally, seconds)
    if files:
        yield _list("Written:", [str(path) for path in files], "bold")


def everything_denied(progress: Progress) -> bool:
    """Whether there are findings, none of which is a judgement, because of denials."""
    judged = progress.findings["PASS"] + progress.findings["FAIL"]
    gaps = [kind for kind, *_ in progress.calls.failures if kind != "unsupported"]
    return not judged and "denied" in gaps and all(kind == "denied" for kind in gaps)


def _list(title: str, lines: Sequence[str], style: str = "bold yellow") -> Text:
    text = Text(title, style)
    for line in lines[:_MOST]:
        text.append(f"\n  {visible(line)}", "default")
    if len(lines) > _MOST:
        text.append(f"\n  and {len(lines) - _MOST} more", "default")
    return text


def _causes(progress: Progress) -> list[str]:
    """Failures folded by their cause, the most frequent first."""
    lines = []
    for (kind, action, code, by_scp), count in progress.calls.failures.most_common():
        failure = Failure(kind, action, code, by_scp=by_scp)  # type: ignore[arg-type]
        if failure.is_gap:
            lines.append(f"{count:,} x {failure.explain().removeprefix('Could not look: ')}")
    return lines


def _table(tally: Tally) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, show_footer=len(tally.services) > 1, caption_justify="left",
        caption="critical to info: what failed, by severity" if tally.count(None, "FAIL") else None,
    )  # fmt: skip
    table.add_column("service", "total")
    for status, style in _STATUS_STYLES.items():
        table.add_column(status, _cell(tally.count(None, status)), justify="right", style=style)
    for severity in SEVERITIES:
        short = "info" if severity == "informational" else severity
        total = _cell(tally.count(None, "FAIL", severity))
        table.add_column(short, total, justify="right", style=_SEVERITY_STYLES.get(severity, ""))
    for service in tally.services:
        statuses = [_cell(tally.count(service, status)) for status in _STATUS_STYLES]
        failed = [_cell(tally.count(service, "FAIL", severity)) for severity in SEVERITIES]
        table.add_row(visible(service), *statuses, *failed)
    return table


def _cell(number: int) -> str:
    return f"{number:,}" if number else "·"


def _figures(progress: Progress, tally: Tally, seconds: float) -> Text:
    calls = sum(progress.calls.made.values())
    hidden = tally.hidden_from(progress)
    parts = [
        f"{progress.accounts_done} of {counted(progress.accounts, 'account')}",
        counted(tally.total, "finding") + (f" ({hidden:,} more of other statuses)" if hidden else ""),
        counted(calls, "call"),
        f"{throttles(progress):,} throttled" if throttles(progress) else "",
        duration(seconds),
    ]
    return Text(" · ".join(part for part in parts if part), "bold")
