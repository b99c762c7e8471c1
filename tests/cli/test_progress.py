"""What a person sees while a scan runs."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from aioprowler.cli.panel import Panel
from aioprowler.scanning import Progress


def under_way(*cells: tuple[int, int]) -> dict[str, Any]:
    return {str(number): SimpleNamespace(cells=each) for number, each in enumerate(cells)}


def shown(progress: Progress, width: int, seconds: float) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    panel = Panel(progress, console)
    panel.started -= seconds
    with console.capture() as capture:
        console.print(panel._panel())
    return capture.get().splitlines()


@pytest.mark.parametrize("width", [60, 80, 140])
def test_one_account_shows_its_own_progress_and_the_time_left(width: int) -> None:
    progress = Progress(accounts=1, accounts_listed=True, under_way=under_way((300, 1200)))
    progress.findings.update(FAIL=123_456, PASS=1_234_567, MANUAL=12_345)
    first, second, third = shown(progress, width, 60)
    assert "25% · 1 min 00 s · about 3 min 00 s left" in first
    assert second.split(" · ")[:2] == ["  1 account", "300/1,200 cells"]
    assert third.split() == ["FAIL", "123,456", "PASS", "1,234,567", "MANUAL", "12,345"]
    assert max(map(len, (first, second, third))) <= width


def test_many_accounts_count_as_far_as_they_are_scanned() -> None:
    progress = Progress(accounts=4, accounts_listed=True, accounts_done=1, under_way=under_way((1, 2), (1, 4), (0, 0)))
    assert (progress.share, progress.cells) == (1.75 / 4, (2, 6))
    assert "  1/4 accounts · 2/6 cells of 3 · " in shown(progress, 80, 60)[1]


def test_how_long_it_takes_is_not_told_before_all_accounts_are_known() -> None:
    progress = Progress(accounts=4, accounts_done=3, under_way=under_way((1, 2)))
    assert progress.share == 0
    assert "left" not in shown(progress, 80, 60)[0]
