"""One account with realistic sizes, scanned by aioprowler and by Prowler: time, CPU, memory and calls.

    python -m benchmarks.scan [--latency 0.05] [--prowler .venv-prowler]
    python -m benchmarks.scan --services cloudwatch cloudtrail --preset large --regions 17
    python -m benchmarks.scan --services awslambda ecs ecr --sizes lambda:function=2000 --most 1800
    python -m benchmarks.scan --services all --regions 17
    python -m benchmarks.scan --services all --regions 2 --moto

Both scan the same simulated AWS with the same checks in the same regions, one after the other, with a role. With
`--moto` it is moto's server, of which neither has a say, with an account that has nothing but what AWS gives it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, get_args

from aioprowler.catalog import installed
from benchmarks.moto_aws import ACCOUNT, MotoAws
from benchmarks.process import Run, run
from benchmarks.simulated_aws import Config, Latency, SimulatedAws
from benchmarks.simulated_aws.config import Preset
from benchmarks.simulated_aws.inventory import ALWAYS_ENABLED

FOUNDATION = ("ec2", "iam", "rds", "s3", "vpc")
REGIONS = ("us-east-1", "us-west-2", "eu-west-1")


class Chosen(NamedTuple):
    """What is scanned."""

    services: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def checks(self) -> list[str]:
        return [check.id for check in installed() if check.service in self.services or self.services == ("all",)]


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scan")
    parser.add_argument("--latency", type=float, default=0.05, help="median seconds of a reply")
    parser.add_argument(
        "--prowler", type=Path, default=".venv-prowler", help="environment that Prowler is installed in"
    )
    parser.add_argument("--only", choices=["aioprowler", "prowler"])
    parser.add_argument("--services", nargs="+", default=FOUNDATION, help="of whose checks; `all`: of all services")
    parser.add_argument("--preset", choices=get_args(Preset), default="realistic", help="how much the account has")
    parser.add_argument(
        "--sizes", type=_size, nargs="+", default=(), metavar="KIND=NUMBER", help="how many things otherwise"
    )
    parser.add_argument("--regions", type=int, default=len(REGIONS), help="how many, of 17")
    parser.add_argument("--most", type=float, help="seconds after which a scan is broken off")
    parser.add_argument("--moto", action="store_true", help="moto's server in place of the simulated AWS")
    options = parser.parse_args(words)
    regions = (*REGIONS, *sorted(ALWAYS_ENABLED.difference(REGIONS)))[: options.regions]
    chosen = Chosen(tuple(options.services), regions)
    latency = {"*": Latency(median=options.latency, p99=options.latency * 4)}
    config = Config(accounts=2, preset=options.preset, regions=regions, latency=latency, sizes=dict(options.sizes))
    served, account = (MotoAws, ACCOUNT) if options.moto else (partial(SimulatedAws, config), config.account_id(1))
    taken = {
        name: _measured(name, [*command, "--role", f"arn:aws:iam::{account}:role/aioprowler"], served, options.most)
        for name, command in (("aioprowler", _ours(chosen)), ("prowler", _theirs(options.prowler.absolute(), chosen)))
        if options.only in (None, name)
    }
    if len(taken) == 2:
        (ours, our_calls), (theirs, their_calls) = taken["aioprowler"], taken["prowler"]
        print(_row("ratio", theirs.seconds / ours.seconds, theirs.cpu_seconds / ours.cpu_seconds,
                   theirs.memory_mb / ours.memory_mb, their_calls / our_calls))  # fmt: skip
    return 0


def _size(word: str) -> tuple[str, int]:
    kind, _, number = word.partition("=")
    return kind, int(number)


def _measured(
    name: str, command: list[str], served: Callable[[], SimulatedAws | MotoAws], most: float | None
) -> tuple[Run, int]:
    with served() as aws, tempfile.TemporaryDirectory() as folder:
        took = run(command, os.environ | aws.environment, Path(folder), most)
        told = aws.statistics()
    print(_row(name, took.seconds, took.cpu_seconds, took.memory_mb, told["calls"]), flush=True)
    ended = "broken off" if took.code == -signal.SIGKILL else f"exit code {took.code}"
    print(f"{'':12} {told['throttled']:,} calls throttled, {ended}")
    if took.code not in (0, 3, 4, -signal.SIGKILL):
        print(took.complaints, file=sys.stderr)
    return took, told["calls"]


def _row(name: str, seconds: float, cpu_seconds: float, memory_mb: float, calls: float) -> str:
    return f"{name:12} {seconds:8.1f} s {cpu_seconds:8.1f} s CPU {memory_mb:7.1f} MB {calls:10,.1f} calls"


def _ours(chosen: Chosen) -> list[str]:
    words = [sys.executable, "-m", "aioprowler", "scan", "--region", *chosen.regions]
    return [*words, "--stdout", "none", "--no-progress", "--checks", *chosen.checks]


def _theirs(environment: Path, chosen: Chosen) -> list[str]:
    runner = str(Path(__file__).with_name("parity_prowler.py"))  # which resolves host names that begin with an account
    words = [str(environment / "bin/python"), runner, "aws", "--region", *chosen.regions]
    words += ["--ignore-exit-code-3", "--no-banner"]
    return [*words, "--log-level", "CRITICAL", "--checks", *chosen.checks]


if __name__ == "__main__":
    sys.exit(main())
