"""What grows with services, regions and checks: what is held before the first reply, clients, starts, empty accounts.

    python -m benchmarks.scale [--against REV] [--types 35] [--accounts 32] [--regions 17] [--rounds 3]
                               [--only tasks clients starts empty]

With `--against` the figures of an earlier revision's build stand beside this one's, and ratios are of one run.
`--types 35 200` also measures the larger plan.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from aioprowler.accounts.operations import ENTRY_OPERATIONS
from aioprowler.catalog import installed
from aioprowler.engine.empty import calls_of_nothing
from aioprowler.engine.plan import make_plan
from benchmarks.builds import ROOT, Build, add_arguments, builds, interleaved, medians, ratios
from benchmarks.process import run
from benchmarks.simulated_aws import Config, Latency, SimulatedAws
from benchmarks.simulated_aws.config import PRESETS

REGIONS: Final = ("us-east-1", "us-west-2", "eu-west-1")

_TYPE = '''
class Thing{number}(Resource, id="name", type="Other", group="other", arn="arn:{{partition}}:x:::{{name}}"):
    source = listing("ec2", "DescribeThings{number}", "Things")
    name: str = ""


@check(fails="x", severity="low", categories=["scale"], service="ec2")
def scale_thing_{number}(thing: Thing{number}) -> Verdict:
    """A thing.

    ## Risk
    None.

    ## Remediation
    None.
    """
    return Pass("")
'''


def main(words: Sequence[str] | None = None) -> int:
    options = _arguments(words)
    with builds(options.against) as found:
        measured = {
            "tasks": lambda: _tasks(found, options),
            "clients": lambda: _clients(options),
            "starts": lambda: _starts(found, options.rounds),
            "empty": _empty,
        }
        for name, measure in measured.items():
            if name in options.only:
                measure()
    return 0


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--types", type=int, nargs="+", default=[35], help="listed types of the plan")
    parser.add_argument("--accounts", type=int, default=32)
    parser.add_argument("--regions", type=int, default=17)
    parser.add_argument("--services", type=int, default=92, help="of which clients are made")
    add_arguments(parser, rounds=3)
    parser.add_argument("--only", nargs="+", default=("tasks", "clients", "starts", "empty"))
    return parser.parse_args(words)


# ------------------------------------------------------------------------------ before the first reply
class Held(NamedTuple):
    """What a scan that waits for its first reply has."""

    tasks: float
    calls: float
    mebibytes: float
    cpu_seconds: float


def _tasks(found: Sequence[Build], options: argparse.Namespace) -> None:
    print(f"Before the first reply, {options.accounts} accounts in {options.regions} regions, an AWS that is silent:\n")
    print(f"{'types':>6} {'build':10} {'tasks':>9} {'calls':>8} {'peak MiB':>9} {'CPU s':>7}")
    for types in options.types:
        taken: defaultdict[str, list[Held]] = defaultdict(list)
        for build in interleaved(found, options.rounds):
            taken[build.name].append(_probed(build, types, options))
        told = {name: medians(rows) for name, rows in taken.items()}
        for name, (tasks, calls, mebibytes, cpu) in told.items():
            print(f"{types:6} {name:10.10} {tasks:9,.0f} {calls:8,.0f} {mebibytes:9.0f} {cpu:7.2f}", flush=True)
        for name in told.keys() - {"this"}:
            tasks, calls, mebibytes, cpu = ratios(told["this"], told[name])
            print(f"{types:6} {'ratio':10} {tasks:9.2f} {calls:8.2f} {mebibytes:9.2f} {cpu:7.2f}")
    print()


def _probed(build: Build, types: int, options: argparse.Namespace) -> Held:
    with tempfile.TemporaryDirectory() as folder:
        text = "".join(_TYPE.format(number=number) for number in range(types))
        (Path(folder) / "things.py").write_text(
            "from aioprowler import Pass, Resource, Verdict, check, listing\n" + text
        )
        probe = Path(__file__).with_name("scale_probe.py")
        command = [sys.executable, "-P", str(probe), str(options.accounts), str(options.regions), folder]
        environment = os.environ | build.environment
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return Held(**json.loads(done.stdout))


def _clients(options: argparse.Namespace) -> None:
    """In a process of their own: memory that is had once is not given back."""
    command = [sys.executable, "-m", "benchmarks.scale_clients", str(options.services), str(options.regions)]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
    print()


# ------------------------------------------------------------------------------------------- starts
_QUICK: Final = {
    "--help": ["--help"],
    "checks list": ["checks", "list"],
    "services": ["services"],
    "compliance list": ["compliance", "list"],
    "plan --service s3": ["plan", "--service", "s3"],
}


_SCANS: Final[dict[str, list[str]]] = {
    "scan --check one": ["--check", "iam_root_mfa_enabled"],
    "scan --service iam": ["--service", "iam"],
    "scan": [],
}

Took = tuple[float, float]
"""Seconds, and CPU seconds."""


def _starts(found: Sequence[Build], rounds: int) -> None:
    taken: defaultdict[tuple[str, str], list[Took]] = defaultdict(list)
    latency = {"*": Latency(median=0.02, p99=0.1)}
    with (
        tempfile.TemporaryDirectory() as folder,
        SimulatedAws(Config(accounts=1, regions=REGIONS, latency=latency)) as aws,
    ):
        for build in interleaved(found, rounds):
            for what, took in _started(aws.environment | build.environment, Path(folder)):
                taken[what, build.name].append(took)
    names = [build.name for build in found]
    print(f"Seconds and CPU seconds, medians of {rounds}; of scans, until the first finding is on standard output:\n")
    print(f"{'':20}", *(f"{name:>14.14}" for name in (*names, *("ratio" for _ in names[1:]))))
    for what in dict.fromkeys(what for what, _ in taken):
        told = [medians(taken[what, name]) for name in names]
        told += [ratios(told[0], each) for each in told[1:]]
        print(f"{what:20}", *(f"{seconds:7.2f} {cpu:6.2f}" for seconds, cpu in told))
    print()


def _started(environment: Mapping[str, str], folder: Path) -> Iterator[tuple[str, Took]]:
    program = [sys.executable, "-m", "aioprowler"]
    for what, words in _QUICK.items():
        took = run([*program, *words], environment, folder)
        yield what, (took.seconds, took.cpu_seconds)
    scan = [*program, "scan", "--region", *REGIONS, "--stdout", "jsonl", "--no-progress", "--no-files"]
    for what, words in _SCANS.items():
        yield what, _until_first_line([*scan, *words], environment, folder)


def _until_first_line(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Took:
    """What comes after it does not count, and is not waited for."""
    began = time.perf_counter()
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=dict(environment), cwd=folder, stdout=pipe, stderr=pipe) as it:
        assert it.stdout
        assert it.stderr
        if not it.stdout.readline():
            raise SystemExit(it.stderr.read().decode())
        seconds = time.perf_counter() - began
        used = Path(f"/proc/{it.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        it.kill()
    return seconds, sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


# ------------------------------------------------------------------------------- accounts with nothing
def _empty() -> None:
    found = calls_of_nothing(make_plan(tuple(installed()), {}))
    once = sum(each.per == "account" for each in found) + len(ENTRY_OPERATIONS)
    again = len(found) + len(ENTRY_OPERATIONS) - once
    counted = [_calls(REGIONS[:number]) for number in (1, 2)]
    each = counted[1] - counted[0]
    print(f"Calls of an account with nothing in it but what AWS itself makes there, {len(installed())} checks:\n")
    print(f"{'':10} {'once':>6} {'a region':>9} {'17 regions':>11}")
    print(f"{'plan':10} {once:6,} {again:9,} {once + 17 * again:11,}")
    print(f"{'counted':10} {counted[0] - each:6,} {each:9,} {counted[0] + 16 * each:11,}\n")


def _calls(regions: Sequence[str]) -> int:
    nothing = dict.fromkeys({kind for sizes in PRESETS.values() for kind in sizes}, 0)
    with (
        SimulatedAws(Config(accounts=1, regions=REGIONS, sizes=nothing)) as aws,
        tempfile.TemporaryDirectory() as folder,
    ):
        command = [sys.executable, "-m", "aioprowler", "scan", "--region", *regions, "--stdout", "none", "--no-files"]
        took = run([*command, "--no-progress"], aws.environment | {"PYTHONPATH": str(ROOT)}, Path(folder))
        if took.code not in (0, 3):
            raise SystemExit(f"The scan ended with {took.code}:\n{took.complaints}")
        told: int = aws.statistics()["calls"]
    return told


if __name__ == "__main__":
    sys.exit(main())
