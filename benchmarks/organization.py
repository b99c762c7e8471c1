"""Whole organizations on the simulated AWS: time, CPU, memory, and what the scan did to the quotas.

    python -m benchmarks.organization [--accounts 1 10 100 1000] [--api-budget 0.5] [--latency 0.02] [--preset small]
    python -m benchmarks.organization --accounts 1000 --against REV [--rounds 3] [--full]

The simulated AWS is a process of its own that enforces AWS's published quotas, so that on two cores the scanner has one
to itself. With `--against` the build of an earlier revision scans as well, in turn with this one, and ratios follow.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.builds import Build, add_arguments, builds, interleaved, medians, ratios
from benchmarks.process import Run, run
from benchmarks.simulated_aws import Config, Latency, SimulatedAws

REGIONS = ("us-east-1", "us-west-2", "eu-west-1")


class Figures(NamedTuple):
    """Of a scan, in the order of the columns."""

    seconds: float
    first_seconds: float
    """Until the first finding is on standard output, the start of the program included."""
    cpu_seconds: float
    calls: float
    calls_a_second: float
    milliseconds_a_call: float
    """Of CPU."""
    memory_mb: float
    """The peak."""
    findings: float
    throttled: float
    emptied: float
    """How far the fullest use of any quota emptied its bucket, of 1."""


_COLUMNS = (8, 8, 7, 9, 8, 8, 6, 9, 9, 11)


def main(words: Sequence[str] | None = None) -> int:
    options = _arguments(words)
    titles = (
        "seconds",
        "first s",
        "CPU s",
        "calls",
        "calls/s",
        "ms/call",
        "MB",
        "findings",
        "throttled",
        "bucket used",
    )
    print(_line("accounts", "build", titles))
    with builds(options.against) as found:
        for accounts in options.accounts:
            taken: defaultdict[str, list[Figures]] = defaultdict(list)
            for build in interleaved(found, options.rounds):
                figures = measured(accounts, build, options)
                taken[build.name].append(figures)
                print(_row(accounts, build.name, figures), flush=True)
            _compare(accounts, {name: medians(rows) for name, rows in taken.items()})
    return 0


def _compare(accounts: int, told: Mapping[str, Sequence[float]]) -> None:
    """What this build took above an earlier one, by their medians."""
    for name in told:
        if name != "this":
            print(_line(f"{accounts:,}", "ratio", (f"{each:.3f}" for each in ratios(told["this"], told[name]))))


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.organization")
    parser.add_argument("--accounts", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--api-budget", type=float, default=0.5)
    parser.add_argument("--latency", type=float, default=0.02, help="median seconds of a reply")
    parser.add_argument("--preset", choices=["small", "realistic"], default="small")
    parser.add_argument("--services", nargs="*", default=[])
    parser.add_argument("--full", action="store_true", help="replies as long as AWS's, not only what checks read")
    add_arguments(parser)
    return parser.parse_args(words)


def measured(accounts: int, build: Build, options: argparse.Namespace) -> Figures:
    """Raises SystemExit for a scan that did not do what it should."""
    latency = {"*": Latency(median=options.latency, p99=options.latency * 5)} if options.latency else {}
    config = Config(accounts=accounts, regions=REGIONS, preset=options.preset, latency=latency, full=options.full)
    with SimulatedAws(config) as aws, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "aioprowler", "scan", "--organization", "--region", *REGIONS]
        command += ["--stdout", "jsonl", "--no-progress", "--output-formats", "jsonl"]
        command += ["--api-budget", str(options.api_budget)]
        command += ["--service", *options.services] if options.services else []
        took = run(command, os.environ | aws.environment | build.environment, Path(folder))
        told = aws.statistics()
    if took.code not in (0, 3):
        raise SystemExit(f"The scan of {accounts} accounts ended with {took.code}:\n{took.complaints}")
    return _figures(took, told)


def _figures(took: Run, told: Mapping[str, Any]) -> Figures:
    calls = told["calls"]
    lowest = min((bucket["lowest"] for bucket in told["buckets"].values()), default=1.0)
    return Figures(
        took.seconds, took.first_line or 0.0, took.cpu_seconds, calls, calls / took.seconds,
        took.cpu_seconds / calls * 1000, took.memory_mb, took.lines, told["throttled"], 1 - lowest,
    )  # fmt: skip


def _row(accounts: int, build: str, figures: Figures) -> str:
    formats = (".1f", ".2f", ".1f", ",.0f", ",.0f", ".3f", ".0f", ",.0f", ",.0f", ".0%")
    return _line(f"{accounts:,}", build, map(format, figures, formats))


def _line(accounts: str, build: str, cells: Iterable[str]) -> str:
    return " ".join([f"{accounts:>8}", f"{build:10.10}", *map(str.rjust, cells, _COLUMNS)])


if __name__ == "__main__":
    sys.exit(main())
