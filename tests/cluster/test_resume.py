"""The program with workers is killed, and goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.chaos_faults import recorded
from benchmarks.chaos_kills import Victim, reports, survivors, whole_plan
from benchmarks.simulated_aws import SimulatedAws
from tests.cluster.conftest import AWS, ROOT, WITHIN

SCAN = (
    "--organization",
    "--region",
    *AWS.regions,
    "--service",
    "s3",
    "iam",
    "ec2",
    "--stdout",
    "none",
    "--no-progress",
)


def processes(parent: int) -> set[int]:
    """Those that were started by a process, and by those."""
    children = [
        int(each)
        for path in Path(f"/proc/{parent}/task").glob("*/children")
        for each in path.read_text().split()
    ]  # fmt: skip
    return {*children, *(each for child in children for each in processes(child))}


def kill_in_the_middle(victim: Victim) -> set[int]:
    """Once some of it is complete, and nothing but the program itself. The processes that it had."""
    until = time.monotonic() + WITHIN
    with victim.start() as process:
        before = len(victim.journal.read_bytes().splitlines()) if victim.journal else 0
        while victim.journal is None or len(victim.journal.read_bytes().splitlines()) < before + 15:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.02)
        had = processes(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
    return had


@pytest.mark.timeout(240)
def test_a_coordinator_that_was_killed_is_resumed_to_the_same_end(aws: SimulatedAws, tmp_path: Path) -> None:
    environment = {**os.environ, **aws.environment, "PYTHONPATH": str(ROOT)}

    def victim(name: str, *options: str) -> Victim:
        (tmp_path / name).mkdir()
        return Victim(tmp_path / name, (sys.executable, "-m", "aioprowler", "scan"), environment, (*SCAN, *options))

    alone, killed = victim("alone"), victim("killed", "--workers", "2")
    code, said = alone.finish()
    assert code == 3, said
    assert alone.record is not None
    undisturbed = recorded(alone.record)
    had = kill_in_the_middle(killed)
    assert had
    assert killed.journal is not None
    assert survivors(killed, undisturbed, whole_plan()) == []
    until = time.monotonic() + WITHIN
    while any(Path(f"/proc/{each}").exists() for each in had):
        assert time.monotonic() < until, subprocess.run(["ps", "ax"], capture_output=True, check=False).stdout
        time.sleep(0.1)
    code, said = killed.finish()
    assert code == 3, said
    assert reports(killed, undisturbed) == []
