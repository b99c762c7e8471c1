"""This build beside that of an earlier revision, in one run: ratios hold on any machine.

    parser = argparse.ArgumentParser()
    add_arguments(parser)                     # --against REV, --rounds N
    with builds(options.against) as found:
        for build in interleaved(found, options.rounds):
            subprocess.run([build.python, ...], env=os.environ | build.environment)

Only the package `aioprowler` is the earlier revision's. What measures it, the simulated AWS, the interpreter and its
libraries are today's. Where other interpreters are named, this build runs on them as well, with their libraries.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from benchmarks.process import compile_package

ROOT: Final = Path(__file__).parents[1]


class Build(Struct, frozen=True):
    """A build of aioprowler."""

    name: str
    path: Path
    """The folder that its package is in."""
    python: str = sys.executable
    """The interpreter that runs it."""

    @property
    def environment(self) -> dict[str, str]:
        """What makes a program run with it, wherever it is started but in a folder with such a package."""
        return {"PYTHONPATH": os.pathsep.join(dict.fromkeys(map(str, (self.path, ROOT))))}


def add_arguments(parser: argparse.ArgumentParser, rounds: int = 1) -> None:
    """`--against` and `--rounds`."""
    parser.add_argument("--against", metavar="REV", help="also measure the build of this revision, and print the ratio")
    parser.add_argument("--rounds", type=int, default=rounds, help="how often each is measured; medians are shown")


@contextmanager
def builds(against: str | None, pythons: Sequence[str] = ()) -> Iterator[tuple[Build, ...]]:
    """This build, that of a revision where there is one, and this one on other interpreters, as long as the block runs;
    their bytecode is compiled.

    Raises SystemExit for a revision that is none.
    """
    this, others = Build("this", ROOT), [_on(python) for python in pythons]
    with tempfile.TemporaryDirectory(prefix="aioprowler-build-") as folder:
        found = (this, _extracted(against, Path(folder))) if against else (this,)
        for build in found:
            compile_package(build.path / "aioprowler")
        yield (*found, *others)


def _on(python: str) -> Build:
    """This build on another interpreter, named by its version, which compiles bytecode of its own."""
    subprocess.run([python, "-m", "compileall", "-q", str(ROOT / "aioprowler")], check=True)
    asked = [python, "-c", "import platform, sys; print(platform.python_version(), sys.executable)"]
    version, path = subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True).stdout.split(maxsplit=1)
    return Build(f"Python {version}", ROOT, path.strip())


def _extracted(revision: str, folder: Path) -> Build:
    """An archive instead of a worktree, because the repository then knows nothing of it, however the run ends."""
    command = ["git", "-C", str(ROOT), "archive", "--format=tar", revision, "aioprowler"]
    archive = subprocess.run(command, capture_output=True, check=False)
    if archive.returncode:
        raise SystemExit(archive.stderr.decode().strip())
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return Build(revision, folder)


def interleaved(found: Sequence[Build], rounds: int) -> Iterator[Build]:
    """Each build in each round, the order turned round from one to the next: what a machine that grows slower, or a
    server that still learns, does to one of them it does to the other.
    """
    for number in range(rounds):
        yield from found if number % 2 == 0 else reversed(found)


def medians(rows: Sequence[Sequence[float]]) -> list[float]:
    """Of each column."""
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def ratios(these: Sequence[float], others: Sequence[float]) -> list[float]:
    """This build's figures by another's; not a number where that has nothing."""
    return [this / other if other else float("nan") for this, other in zip(these, others, strict=True)]
