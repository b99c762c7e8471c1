"""An earlier build is measured beside this one, by the same program, and leaves nothing behind."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import builds as module
from benchmarks.builds import Build, builds, interleaved, ratios


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose package says `now` where its only revision says `then`; the benchmarks are not its own."""
    root = tmp_path / "checkout"
    for package, says in (("aioprowler", "then"), ("benchmarks", "then")):
        (root / package).mkdir(parents=True)
        (root / package / "__init__.py").write_text(f"SAYS = {says!r}\n")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "then"]):
        names = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
        subprocess.run(["git", "-C", str(root), *names, *words], check=True)
    for package in ("aioprowler", "benchmarks"):
        (root / package / "__init__.py").write_text("SAYS = 'now, and longer'\n")
    monkeypatch.setattr(module, "ROOT", root)
    return root


def said(build: Build, folder: Path) -> list[str]:
    command = [sys.executable, "-c", "import aioprowler, benchmarks; print(aioprowler.SAYS); print(benchmarks.SAYS)"]
    environment = os.environ | build.environment
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True).stdout.splitlines()


def test_only_the_package_is_the_earlier_one(repository: Path, tmp_path: Path) -> None:
    with builds("HEAD") as (this, then):
        assert said(this, tmp_path) == ["now, and longer", "now, and longer"]
        assert said(then, tmp_path) == ["then", "now, and longer"]
        assert list((then.path / "aioprowler/__pycache__").iterdir())


def test_nothing_is_left_behind_when_it_is_interrupted(repository: Path) -> None:
    seen: list[Path] = []

    def interrupted() -> None:
        with builds("HEAD") as (_, then):
            seen.append(then.path)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not seen[0].exists()


def test_without_a_revision_there_is_this_build_alone(repository: Path) -> None:
    with builds(None) as found:
        assert [build.path for build in found] == [repository]


def test_another_interpreter_runs_this_build_wherever_it_is_started(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(sys.executable).parent)
    with builds(None, [f"./{Path(sys.executable).name}"]) as (_, other):
        assert (other.name, other.path) == (f"Python {platform.python_version()}", repository)
        assert Path(other.python) == Path(sys.executable)


def test_a_revision_that_is_none_is_told(repository: Path) -> None:
    with pytest.raises(SystemExit, match="nonsense"), builds("nonsense"):
        pass


def test_no_build_is_always_the_first() -> None:
    found = [Build("this", Path("a")), Build("then", Path("b"))]
    assert [build.name for build in interleaved(found, 3)] == ["this", "then", "then", "this", "this", "then"]


def test_a_ratio_of_nothing_is_no_number() -> None:
    half, none = ratios([1.0, 0.0], [2.0, 0.0])
    assert half == 0.5
    assert none != none
