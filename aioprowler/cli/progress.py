"""What a person sees of a running scan: a live panel on stderr, and lines above it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from aioprowler.cli.tables import counted, duration
from aioprowler.scanning import Progress

if TYPE_CHECKING:
    from rich.console import Console

    from aioprowler.cli.panel import Panel


def console_of(stream: TextIO, *, has_colors: bool) -> Console:
    """A stream, by rich."""
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False, no_color=None if has_colors else True)


def line_of(progress: Progress) -> str:
    """The figures as they are now, where no panel shows them."""
    accounts = f"{progress.accounts_done} of {counted(progress.accounts, 'account')}"
    found = f"{counted(progress.findings.total(), 'finding')}, {progress.findings['FAIL']:,} FAIL"
    calls = counted(sum(progress.calls.made.values()), "call")
    workers = "" if progress.workers is None else f" · {counted(progress.workers, 'worker')}"
    return f"{accounts} · {found} · {calls} · {duration(progress.seconds)}{workers}"


class Display:
    """The live panel. Without one (`live` is false) it only says what it is told."""

    def __init__(self, progress: Progress, *, live: bool, quiet: bool = False, has_colors: bool = True) -> None:
        self.progress = progress
        self.quiet = quiet
        self._has_colors = has_colors
        self._panel = self._make_panel() if live else None

    @cached_property
    def console(self) -> Console:
        """Standard error, by rich."""
        return console_of(sys.stderr, has_colors=self._has_colors)

    def _make_panel(self) -> Panel:
        from aioprowler.cli.panel import Panel

        return Panel(self.progress, self.console)

    @property
    def shares_terminal(self) -> bool:
        """Whether findings on stdout would be written through the panel."""
        with suppress(OSError, ValueError):
            return self._panel is not None and os.ttyname(sys.stdout.fileno()) == os.ttyname(sys.stderr.fileno())
        return False

    def __enter__(self) -> Self:
        if self._panel:
            self._panel.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Takes the figures away; a second call does nothing."""
        if self._panel:
            self._panel.stop()

    def refresh(self) -> None:
        """Draws the figures as they are now; nothing where none are shown."""
        if self._panel:
            self._panel.refresh()

    def lines(self, lines: list[str]) -> None:
        """Finished lines, above the panel."""
        if self._panel:
            self._panel.lines(lines)

    def say(self, line: str) -> None:
        """A line for the user, above the figures where these are shown."""
        if self._panel:
            self.lines([line])
        else:
            with suppress(OSError):  # a terminal that is gone is no error
                sys.stderr.write(line + "\n")
