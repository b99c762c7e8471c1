"""The copy of the package that has all agreed checks, by which starts are measured."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

from benchmarks.scale_wide import FACTS, widen

PROGRAM = """
from aioprowler.catalog import Selection, load
from aioprowler.engine.plan import make_plan
print(*[check.id for check in make_plan(load().select(Selection()), {}).checks])
"""


def test_the_wide_copy_has_every_agreed_check_and_can_be_planned(tmp_path: Path) -> None:
    agreed = {row["id"] for row in csv.DictReader((FACTS / "checks.csv").read_text(encoding="utf-8").splitlines())}
    assert widen(tmp_path) == len(agreed)
    command = [sys.executable, "-P", "-c", PROGRAM]
    done = subprocess.run(command, env={"PYTHONPATH": str(tmp_path)}, check=True, capture_output=True, text=True)
    assert set(done.stdout.split()) == agreed
