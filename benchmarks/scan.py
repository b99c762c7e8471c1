"""One account with realistic sizes, scanned by aioprowler and by Prowler: time, CPU, memory and calls.

    python -m benchmarks.scan [--latency 0.05] [--prowler .venv-prowler]

Both scan the same simulated AWS with the same checks in the same regions, one after the other, with a role.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from aioprowler.catalog import installed
from benchmarks.process import Run, run
from benchmarks.simulated_aws import Config, Latency, SimulatedAws

REGIONS = ("us-east-1", "us-west-2", "eu-west-1")


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scan")
    parser.add_argument("--latency", type=float, default=0.05, help="median seconds of a reply")
    parser.add_argument(
        "--prowler", type=Path, default=".venv-prowler", help="environment that Prowler is installed in"
    )
    parser.add_argument("--only", choices=["aioprowler", "prowler"])
    options = parser.parse_args(words)
    latency = {"*": Latency(median=options.latency, p99=options.latency * 4)}
    taken = {
        name: _measured(name, command, latency)
        for name, command in (("aioprowler", _ours()), ("prowler", _theirs(options.prowler.absolute())))
        if options.only in (None, name)
    }
    if len(taken) == 2:
        (ours, our_calls), (theirs, their_calls) = taken["aioprowler"], taken["prowler"]
        print(_row("ratio", theirs.seconds / ours.seconds, theirs.cpu_seconds / ours.cpu_seconds,
                   theirs.memory_mb / ours.memory_mb, their_calls / our_calls))  # fmt: skip
    return 0


def _measured(name: str, command: list[str], latency: dict[str, Latency]) -> tuple[Run, int]:
    config = Config(accounts=2, preset="realistic", regions=REGIONS, latency=latency)
    with SimulatedAws(config) as aws, tempfile.TemporaryDirectory() as folder:
        role = f"arn:aws:iam::{config.account_id(1)}:role/aioprowler"
        took = run([*command, "--role", role], os.environ | aws.environment, Path(folder))
        told = aws.statistics()
    print(_row(name, took.seconds, took.cpu_seconds, took.memory_mb, told["calls"]), flush=True)
    print(f"{'':12} {told['throttled']:,} calls throttled, exit code {took.code}")
    if took.code not in (0, 3):
        print(took.complaints, file=sys.stderr)
    return took, told["calls"]


def _row(name: str, seconds: float, cpu_seconds: float, memory_mb: float, calls: float) -> str:
    return f"{name:12} {seconds:8.1f} s {cpu_seconds:8.1f} s CPU {memory_mb:7.1f} MB {calls:10,.1f} calls"


def _checks() -> list[str]:
    return [check.id for check in installed() if check.service in ("ec2", "iam", "rds", "s3", "vpc")]


def _ours() -> list[str]:
    words = [sys.executable, "-m", "aioprowler", "scan", "--region", *REGIONS, "--stdout", "none", "--no-progress"]
    return [*words, "--checks", *_checks()]


def _theirs(environment: Path) -> list[str]:
    runner = str(Path(__file__).with_name("parity_prowler.py"))  # which resolves host names that begin with an account
    words = [str(environment / "bin/python"), runner, "aws", "--region", *REGIONS]
    words += ["--ignore-exit-code-3", "--no-banner"]
    return [*words, "--log-level", "CRITICAL", "--checks", *_checks()]


if __name__ == "__main__":
    sys.exit(main())
