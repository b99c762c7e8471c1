"""Who else may read the files that a command makes."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from aioprowler.cli.options import mode_of
from aioprowler.errors import UsageError
from tests.cli.conftest import Here
from tests.cli.stub import CHECK, Stub


def modes(folder: str) -> set[str]:
    return {oct(stat.S_IMODE(each.stat().st_mode)) for each in Path(folder).iterdir()}


@pytest.mark.parametrize("mode", ["640", "0644"])
def test_the_option_holds_for_a_scan_and_for_reports(mode: str, here: Here, stub: Stub) -> None:
    assert here("scan", "--check", CHECK, "--output-mode", mode, "-o", "made", "-F", "scan").returncode == 3
    assert here("report", "made/scan.jsonl", "-M", "markdown", "-o", "later", "--output-mode", mode).returncode == 0
    assert modes("made") == modes("later") == {oct(int(mode, 8))}


def test_without_the_option_they_are_the_users_alone(here: Here, stub: Stub) -> None:
    assert here("scan", "--check", CHECK, "-o", "mine", "-F", "scan").returncode == 3
    assert here("report", "mine/scan.jsonl", "-M", "markdown").returncode == 0
    assert modes("mine") == {"0o600"}


@pytest.mark.parametrize("mode", ["660", "666", "755", "400", "1644", "csv", "", "\u0666\u0664\u0660", "-640"])
def test_others_are_never_let_write_and_the_user_always(mode: str) -> None:
    with pytest.raises(UsageError, match=r"--output-mode .*: give 600, 640 or 644: .*--output-formats"):
        mode_of(mode)
