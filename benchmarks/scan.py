"""One account with realistic sizes, scanned by aioprowler and by Prowler: time, CPU, memory and calls.

    python -m benchmarks.scan [--latency 0.05] [--prowler .venv-prowler]
    python -m benchmarks.scan --services cloudwatch cloudtrail --preset large --regions 17
    python -m benchmarks.scan --services awslambda ecs ecr --sizes lambda:function=2000 --most 1800
    python -m benchmarks.scan --services all --regions 17
    python -m benchmarks.scan --services all --preset 20k --full --regions 2 --only aioprowler --against REV --rounds 3
    python -m benchmarks.scan --services all --regions 2 --only aioprowler --pythons .venv-python3.14/bin/python
    python -m benchmarks.scan --services all --regions 2 --moto

Both scan the same simulated AWS with the same checks in the same regions, one after the other, with a role. With
`--moto` it is moto's server, of which neither has a say, with an account that has nothing but what AWS gives it. With
`--against` the build of an earlier revision scans as well, in turn with this one, and with `--pythons` this one on
other interpreters. A scan comes first that does not count: the simulated AWS makes each reply when it is first asked
for, which takes longer than to send it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, get_args

from aioprowler.catalog import installed
from benchmarks.builds import add_arguments, builds, interleaved, medians, ratios
from benchmarks.moto_aws import ACCOUNT, MotoAws
from benchmarks.process import run
from benchmarks.simulated_aws import Config, Latency, SimulatedAws
from benchmarks.simulated_aws.config import Preset
from benchmarks.simulated_aws.inventory import ALWAYS_ENABLED

FOUNDATION = ("ec2", "iam", "rds", "s3", "vpc")
REGIONS = ("us-east-1", "us-west-2", "eu-west-1")


AnyAws = SimulatedAws | MotoAws


class Chosen(NamedTuple):
    """What is scanned."""

    services: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def checks(self) -> list[str]:
        return [check.id for check in installed() if check.service in self.services or self.services == ("all",)]


class Figures(NamedTuple):
    """Of a scan."""

    seconds: float
    cpu_seconds: float
    memory_mb: float
    calls: float


def main(words: Sequence[str] | None = None) -> int:
    options = _arguments(words)
    regions = (*REGIONS, *sorted(ALWAYS_ENABLED.difference(REGIONS)))[: options.regions]
    chosen = Chosen(tuple(options.services), regions)
    serving, account = _served(options, regions)
    role = ["--role", f"arn:aws:iam::{account}:role/aioprowler"]
    ours, theirs = [*_ours(chosen), *role], [*_theirs(options.prowler.absolute(), chosen), *role]
    taken: defaultdict[str, list[Figures]] = defaultdict(list)
    with serving as aws, builds(options.against, options.pythons) as found:
        learning = [sys.executable, *ours, "--aws-read-timeout", "600"]
        _measured("(the server learns)", learning, aws, found[0].environment, options.most)
        if options.only != "prowler":
            for build in interleaved(found, options.rounds):
                command = [build.python, *ours]
                taken[build.name].append(_measured(build.name, command, aws, build.environment, options.most))
        if options.only != "aioprowler":
            taken["prowler"].append(_measured("prowler", theirs, aws, {}, options.most))
    _compare({name: medians(rows) for name, rows in taken.items()})
    return 0


def _compare(told: Mapping[str, Sequence[float]]) -> None:
    """This build above another one, and Prowler above this build, by their medians."""
    for name in told:
        if name != "this" and "this" in told:
            above, below = ("prowler", "this") if name == "prowler" else ("this", name)
            figures = (f"{each:10.3f}" for each in ratios(told[above], told[below]))
            print(f"{f'{above} / {below}':20}", *figures, " (seconds, CPU, memory, calls)")


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
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
    parser.add_argument("--full", action="store_true", help="replies as long as AWS's, not only what checks read")
    parser.add_argument("--regions", type=int, default=len(REGIONS), help="how many, of 17")
    parser.add_argument("--most", type=float, help="seconds after which a scan is broken off")
    parser.add_argument("--moto", action="store_true", help="moto's server in place of the simulated AWS")
    parser.add_argument("--pythons", nargs="+", default=(), help="other interpreters that have what aioprowler needs")
    add_arguments(parser)
    return parser.parse_args(words)


def _size(word: str) -> tuple[str, int]:
    kind, _, number = word.partition("=")
    return kind, int(number)


def _served(options: argparse.Namespace, regions: tuple[str, ...]) -> tuple[AnyAws, str]:
    """The AWS that is scanned, and the account."""
    if options.moto:
        return MotoAws(), ACCOUNT
    latency = {"*": Latency(median=options.latency, p99=options.latency * 4)}
    config = Config(
        accounts=2, preset=options.preset, regions=regions, latency=latency, sizes=dict(options.sizes),
        full=options.full,
    )  # fmt: skip
    return SimulatedAws(config), config.account_id(1)


def _measured(
    name: str, command: Sequence[str], aws: AnyAws, environment: dict[str, str], most: float | None
) -> Figures:
    aws.reset()
    with tempfile.TemporaryDirectory() as folder:
        took = run(command, os.environ | aws.environment | environment, Path(folder), most)
    told = aws.statistics()
    ended = "broken off" if took.code == -signal.SIGKILL else f"exit code {took.code}"
    print(f"{name:20} {took.seconds:8.1f} s {took.cpu_seconds:8.1f} s CPU {took.memory_mb:7.1f} MB "
          f"{told['calls']:10,} calls, {told['throttled']:,} throttled, {ended}", flush=True)  # fmt: skip
    if took.code not in (0, 3, 4, -signal.SIGKILL):
        print(took.complaints, file=sys.stderr)
    return Figures(took.seconds, took.cpu_seconds, took.memory_mb, told["calls"])


def _ours(chosen: Chosen) -> list[str]:
    """What follows the interpreter."""
    words = ["-m", "aioprowler", "scan", "--region", *chosen.regions]
    return [*words, "--stdout", "none", "--no-progress", "--checks", *chosen.checks]


def _theirs(environment: Path, chosen: Chosen) -> list[str]:
    runner = str(Path(__file__).with_name("parity_prowler.py"))  # which resolves host names that begin with an account
    words = [str(environment / "bin/python"), runner, "aws", "--region", *chosen.regions]
    words += ["--ignore-exit-code-3", "--no-banner"]
    return [*words, "--log-level", "CRITICAL", "--checks", *chosen.checks]


if __name__ == "__main__":
    sys.exit(main())
