"""The live panel of a running scan, by rich, which only a terminal pays for."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from aioprowler.cli.tables import counted, duration
from aioprowler.scanning import Progress

_WINDOW: Final = 3.0
"""Seconds over which the rate of calls is taken."""
_TEXTS: Final = 54
"""Columns that the texts beside the bar take at most."""
_TELLING: Final = 0.03
"""The share from which on it tells how long the rest will take."""
_SPINNER: Final = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_STYLES: Final = {"FAIL": "bold red", "PASS": "green", "MANUAL": "bold yellow"}
_GONE: Final = suppress(OSError)
"""A terminal that is gone is no error; where it should end the scan, a signal says so."""


class Panel:
    """Figures at the foot of the terminal, and lines above them."""

    def __init__(self, progress: Progress, console: Console) -> None:
        self.progress = progress
        self.started = time.monotonic()
        self._console = console
        self._calls: deque[tuple[float, int]] = deque()
        self._live = Live(
            get_renderable=self._panel, console=console, auto_refresh=False, transient=True,
            redirect_stdout=False, redirect_stderr=False,
        )  # fmt: skip

    @property
    def seconds(self) -> float:
        """Since the scan began."""
        return time.monotonic() - self.started

    def start(self) -> None:
        """Draws from here on, beneath what is written."""
        self._live.start()

    def stop(self) -> None:
        """Takes the figures away."""
        with _GONE:
            self._live.stop()

    def refresh(self) -> None:
        """Draws the figures as they are now."""
        with _GONE:
            self._live.refresh()

    def lines(self, lines: Iterable[str]) -> None:
        """Finished lines, above the panel."""
        with _GONE:
            self._console.print(_Finished(lines), crop=False, soft_wrap=True, end="")

    def _panel(self) -> RenderableType:
        return Group(self._bar(), self._pace(), self._found())

    def _bar(self) -> RenderableType:
        share = self.progress.share
        spinner = _SPINNER[int(self.seconds * 10) % len(_SPINNER)]
        row = Table.grid(padding=(0, 1), expand=False)
        row.add_row(
            Text(f"{spinner} {self._doing()}", style="bold"),
            ProgressBar(1, share, width=min(24, self._console.width - _TEXTS), pulse=not share),
            Text(f"{share:.0%} · {self._left(share)}" if share else duration(self.seconds), no_wrap=True),
        )
        return row

    def _doing(self) -> str:
        workers = self.progress.workers
        if workers is None:
            return "Scanning"
        return counted(workers, "worker") if workers else "Waiting for workers"

    def _left(self, share: float) -> str:
        """How long it has taken, and how long it will take if it goes on like this."""
        so_far = self.seconds
        told = so_far > _WINDOW and share > _TELLING
        return duration(so_far) + (f" · about {duration(so_far / share - so_far)} left" if told else "")

    def _pace(self) -> RenderableType:
        """Accounts, cells of those under way, and calls."""
        progress = self.progress
        total = sum(progress.calls.made.values())
        done, cells = progress.cells
        parts = [
            f"{progress.accounts_done:,}/{progress.accounts or '?'} accounts"
            if progress.accounts != 1
            else "1 account",
            f"{done:,}/{cells:,} cells" + (f" of {many:,}" if (many := len(progress.under_way)) > 1 else ""),
            # Workers tell of calls when they have left an account, which makes no rate.
            f"{self._rate(total):,.0f} calls/s" if progress.workers is None else counted(total, "call"),
        ]
        text = Text(f"  {' · '.join(parts)}", no_wrap=True, overflow="ellipsis")
        if throttled := throttles(progress):
            text.append(f" · {throttled:,} throttled", "yellow")
        return text

    def _found(self) -> RenderableType:
        progress = self.progress
        text = Text("  ", no_wrap=True, overflow="ellipsis")
        for status, style in _STYLES.items():
            text.append(f"{status} {progress.findings[status]:,}", style)
            text.append("   ")
        if progress.incomplete:
            text.append(f"{len(progress.incomplete):,} incomplete", "bold yellow")
        return text

    def _rate(self, total: int) -> float:
        now = time.monotonic()
        self._calls.append((now, total))
        while len(self._calls) > 2 and now - self._calls[0][0] > _WINDOW:
            self._calls.popleft()
        then, before = self._calls[0]
        return (total - before) / (now - then) if now - then > 0.2 else 0.0


class _Finished:
    """Lines with their own colours, which rich must neither measure nor wrap."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._text = "".join(f"{line}\n" for line in lines)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        yield Segment(self._text)


def throttles(progress: Progress) -> int:
    """Calls that AWS throttled, as far as who makes them counts that."""
    return int(getattr(progress.gateway, "throttled", 0))
