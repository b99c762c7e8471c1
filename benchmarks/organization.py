"""Whole organizations on the simulated AWS: time, CPU, memory, and what the scan did to the quotas.

    python -m benchmarks.organization [--accounts 1 10 100 1000] [--api-budget 0.5] [--latency 0.02] [--preset small]

The simulated AWS is a process of its own that enforces AWS's published quotas, so that on two cores the scanner has one
to itself.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.process import Run, run
from benchmarks.simulated_aws import Config, Latency, SimulatedAws

REGIONS = ("us-east-1", "us-west-2", "eu-west-1")


def main(words: Sequence[str] | None = None) -> int:
    options = _arguments(words)
    print(f"{'accounts':>8} {'seconds':>8} {'first s':>8} {'CPU s':>7} {'calls':>9} {'calls/s':>8} {'ms/call':>8} "
          f"{'MB':>6} {'findings':>9} {'throttled':>9} {'bucket used':>11}")  # fmt: skip
    for accounts in options.accounts:
        print(measured(accounts, options), flush=True)
    return 0


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.organization")
    parser.add_argument("--accounts", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--api-budget", type=float, default=0.5)
    parser.add_argument("--latency", type=float, default=0.02, help="median seconds of a reply")
    parser.add_argument("--preset", choices=["small", "realistic"], default="small")
    parser.add_argument("--services", nargs="*", default=[])
    return parser.parse_args(words)


def measured(accounts: int, options: argparse.Namespace) -> str:
    latency = {"*": Latency(median=options.latency, p99=options.latency * 5)} if options.latency else {}
    config = Config(accounts=accounts, regions=REGIONS, preset=options.preset, latency=latency)
    with SimulatedAws(config) as aws, tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "aioprowler",
            "scan",
            "--organization",
            "--region",
            *REGIONS,
            "--stdout",
            "jsonl",
        ]
        command += ["--no-progress", "--output-formats", "jsonl", "--api-budget", str(options.api_budget)]
        command += ["--service", *options.services] if options.services else []
        took = run(command, os.environ | aws.environment, Path(folder))
        told = aws.statistics()
    if took.code not in (0, 3):
        raise SystemExit(f"The scan of {accounts} accounts ended with {took.code}:\n{took.complaints}")
    return _row(accounts, took, told)


def _row(accounts: int, took: Run, told: dict[str, Any]) -> str:
    calls = told["calls"]
    lowest = min((bucket["lowest"] for bucket in told["buckets"].values()), default=1.0)
    return (
        f"{accounts:8,} {took.seconds:8.1f} {took.first_line or 0:8.2f} {took.cpu_seconds:7.1f} {calls:9,} "
        f"{calls / took.seconds:8,.0f} {took.cpu_seconds / calls * 1000:8.3f} {took.memory_mb:6.0f} {took.lines:9,} "
        f"{told['throttled']:9,} {1 - lowest:11.0%}"
    )


if __name__ == "__main__":
    sys.exit(main())
