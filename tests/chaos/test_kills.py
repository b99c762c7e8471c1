"""The real program, killed at random moments."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.chaos_faults import recorded
from benchmarks.chaos_kills import Victim, reports, survivors, whole_plan
from benchmarks.simulated_aws import Config, Latency, SimulatedAws
from benchmarks.simulated_aws.faults import Rule
from tests.cli.conftest import ROOT

RUNS = 12
"""Some of them come to their end before they are killed."""
CONFIG = Config(
    accounts=12, regions=("us-east-1", "eu-west-1"), enforce_quotas=False,
    latency={"*": Latency(median=0.03, p99=0.1)},
)  # fmt: skip
SCAN = ("--organization", "--region", *CONFIG.regions, "--service", "vpc", "s3", "rds", "--api-budget", "1.0")
QUIET = ("--stdout", "none", "--no-progress")


@pytest.mark.timeout(600)
def test_a_scan_that_is_killed_again_and_again_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    dice = random.Random(1)  # noqa: S311 - not for secrets
    with SimulatedAws(CONFIG) as aws:
        environment = {**os.environ, **aws.environment, "PYTHONPATH": str(ROOT)}

        def victim(name: str) -> Victim:
            (tmp_path / name).mkdir()
            program = (sys.executable, "-m", "aioprowler", "scan")
            return Victim(tmp_path / name, program, environment, (*SCAN, *QUIET))

        alone, killed = victim("alone"), victim("killed")
        begun = time.monotonic()
        code, said = alone.finish()
        seconds = time.monotonic() - begun
        assert code == 3, said
        assert alone.record is not None
        undisturbed = recorded(alone.record)
        assert reports(alone, undisturbed) == []

        plan, resumable, kills = whole_plan(), 0, 0
        for _ in range(RUNS):
            if not killed.kill_after(dice.uniform(0.3, 0.8) * seconds):
                assert reports(killed, undisturbed) == []  # it had come to its end, and begins anew
                continue
            kills += 1
            resumable += killed.journal is not None
            assert survivors(killed, undisturbed, plan) == []
        assert kills > RUNS // 3
        assert resumable, "each was killed before there was anything to resume"
        code, said = killed.finish()
        assert code == 3, said
        assert reports(killed, undisturbed) == []


def test_a_region_that_was_shut_is_looked_at_again_once_it_is_open(tmp_path: Path) -> None:
    with SimulatedAws(CONFIG) as aws:
        environment = {**os.environ, **aws.environment, "PYTHONPATH": str(ROOT)}

        def scan(*options: str) -> tuple[int, Path]:
            command = (sys.executable, "-m", "aioprowler", "scan", *options, *QUIET)
            code = subprocess.run(
                command, env=environment, cwd=tmp_path, stderr=subprocess.DEVNULL, check=False
            ).returncode
            (record,) = (tmp_path / options[-1]).glob("*.jsonl")
            return code, record

        code, whole = scan(*SCAN, "-M", "jsonl", "-o", "whole")
        assert code == 3
        aws.break_with([Rule(kind="scp", region="eu-west-1")])
        assert scan(*SCAN, "-M", "jsonl", "-o", "shut")[0] == 4
        assert scan("--organization", "--resume", "shut")[0] == 4, "it is still shut"
        aws.break_with([])
        code, resumed = scan("--organization", "--resume", "shut")
        assert code == 3
        assert recorded(resumed) == recorded(whole)
        assert not list(resumed.parent.glob("*.journal"))
