"""What is left behind is removed, and nothing else."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import anyio
import pytest

from aioprowler import Account, ScanOptions
from aioprowler.scanning import Scan
from aioprowler.tools.scratch import scratch, sweep
from tests.worlds.world import TOOLS, World

IN_USE = """
from aioprowler.tools.scratch import scratch
with scratch() as folder:
    print(folder, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(folder: Path, name: str = "aioprowler-scratch-1-abcdefgh") -> Path:
    made = folder / name
    made.mkdir()
    (made / "texts").write_text("of a process that is no more")
    return made


def test_a_folder_is_there_for_its_user_alone_and_then_gone(temporary: Path) -> None:
    with scratch() as folder:
        assert folder.parent == temporary
        assert f"-{os.getpid()}-" in folder.name
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "text").write_text("")
    assert list(temporary.iterdir()) == []


def test_the_next_scan_removes_what_was_left_and_not_what_is_in_use(temporary: Path) -> None:
    async def run() -> None:
        only = ScanOptions(checks=["iam_root_mfa_enabled"], accounts=[Account(id="123456789012")])
        async for _ in Scan(only, aws=World({}), tools=TOOLS).batches():
            pass

    gone, environment = left(temporary), {**os.environ, "TMPDIR": str(temporary)}
    other = subprocess.Popen(
        [sys.executable, "-c", IN_USE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    with other, scratch() as mine:
        assert other.stdout
        theirs = Path(other.stdout.readline().strip())
        anyio.run(run)
        assert {*temporary.iterdir()} == {mine, theirs}
        assert not gone.exists()
        other.communicate("\n")


@pytest.mark.parametrize(
    "name",
    ["aioprowler-reports", "aioprowler-scratch-reports", "aioprowler-scratch-1-", "x-aioprowler-scratch-1-abcdefgh"],
)
def test_what_merely_looks_alike_stays(name: str, temporary: Path) -> None:
    folder = left(temporary, name)
    sweep()
    assert (folder / "texts").exists()


def test_what_a_link_of_that_name_leads_to_stays(temporary: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = left(tmp_path_factory.mktemp("elsewhere"), "reports")
    link = temporary / "aioprowler-scratch-1-abcdefgh"
    link.symlink_to(elsewhere)
    sweep()
    assert (elsewhere / "texts").exists()
    assert link.is_symlink()


def test_what_is_another_users_stays(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = left(temporary)
    monkeypatch.setattr("os.geteuid", lambda: folder.stat().st_uid + 1)
    sweep()
    assert folder.exists()


def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, swept = fcntl.flock, list[Path]()

    def late(descriptor: int, how: int) -> None:
        if not swept:
            swept.extend(temporary.iterdir())
            shutil.rmtree(swept[0])
        lock(descriptor, how)

    monkeypatch.setattr("fcntl.flock", late)
    with scratch() as folder:
        assert folder.is_dir()
        assert folder not in swept


def test_without_a_temporary_folder_there_is_nothing_to_sweep(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "gone"))
    sweep()
