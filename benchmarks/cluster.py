"""What workers add: findings a second, CPU of each process, memory with many accounts, and one large account.

    python -m benchmarks.cluster [--accounts 400] [--rounds 3] [--only rates memory balance]
    python -m benchmarks.cluster --only rates --threads 1 2 --batch 4 16
    python -m benchmarks.cluster --only rates --each-core
    python -m benchmarks.cluster --only memory --many 10000

The AWS is within the process that asks it (`cluster_aws.py`), so that no server shares the cores. *Alone* is a scan by
one process; *apart* are several such scans at once, which tell how much the machine has to give to as many workers.
All write JSON lines. What is counted lies between a fifth and nine tenths of the accounts.

The process that writes takes a tenth of a core. Of two cores two workers leave it none, and one worker a whole one, so
that there each scan is faster alone than beside others; `--each-core` gives a scan as many cores as it has workers.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path
from statistics import mean, median
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from benchmarks.cluster_aws import RECORDED
from benchmarks.cluster_probe import Chosen, Told

SERVICES: Final = ("ec2", "iam", "s3")
_FEW: Final = 100
_BALANCED: Final = 200
"""Accounts, of which the last but a quarter is the large one."""


def main(words: Sequence[str] | None = None) -> int:
    options = _arguments(words)
    large = _BALANCED - _BALANCED // 4 if "balance" in options.only else 0
    usual = Chosen(tuple(options.services), options.accounts, preset=options.preset, times=options.times)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            RECORDED: f"{folder}/replies", "AWS_CONFIG_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        }  # fmt: skip
        _probed("record", os.environ[RECORDED], replace(usual, large=large))
        if "rates" in options.only:
            _rates(usual, options)
        if "memory" in options.only:
            _memory(usual, options.many)
        if "balance" in options.only:
            _balance(replace(usual, accounts=_BALANCED), large)
    return 0


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster")
    parser.add_argument("--accounts", type=int, default=400)
    parser.add_argument("--services", nargs="+", default=SERVICES)
    parser.add_argument("--preset", default="realistic", help="how much an account has: see benchmarks.scan")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--threads", type=int, nargs="+", default=[0], help="batches that a worker has at a time")
    parser.add_argument("--batch", type=int, nargs="+", default=[0], help="accounts of a batch at most")
    parser.add_argument("--each-core", action="store_true", help="as many cores as workers, and no more")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--many", type=int, default=10_000, help="accounts whose scan may take no more memory")
    parser.add_argument("--times", type=int, default=50, help="how much larger the large account is")
    parser.add_argument("--only", nargs="+", default=("rates", "memory", "balance"))
    return parser.parse_args(words)


def _probed(*words: str | Chosen) -> str:
    told = [word if isinstance(word, str) else msgspec.json.encode(word).decode() for word in words]
    command = [sys.executable, "-m", "benchmarks.cluster_probe", *told]
    done = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def _scanned(chosen: Chosen) -> Told:
    return msgspec.json.decode(_probed("scan", chosen), type=Told)


# ------------------------------------------------------------------------------------------------ rates
class Rate(NamedTuple):
    """Of a scan, in the order of the columns."""

    a_second: float
    own: float
    """Microseconds of CPU for each finding, of the process that writes."""
    workers: float
    """Likewise, of all workers together."""
    up: float
    first: float

    @classmethod
    def of(cls, told: Told) -> Rate:
        """What a scan took."""
        found = told.steady_findings / 1e6
        cpu = sum(each.cpu for each in told.workers)
        return cls(told.steady_findings / told.steady_seconds, told.own.cpu / found, cpu / found, told.up, told.first)


def _apart(number: int, chosen: Chosen) -> Rate:
    """Of as many scans side by side that know nothing of each other: their findings together, the mean of the rest."""
    with ThreadPoolExecutor(number) as pool:
        rates = [Rate.of(told) for told in pool.map(_scanned, [chosen] * number)]
    together = Rate(*map(mean, zip(*rates, strict=True)))
    return together._replace(a_second=together.a_second * number)


def _rates(usual: Chosen, options: argparse.Namespace) -> None:
    def on(cores: int) -> Chosen:
        return replace(usual, cores=cores if options.each_core else 0)

    ways = {"alone": partial(_apart, 1, on(1))}
    ways |= {f"{number} apart": partial(_apart, number, on(number)) for number in options.workers if number > 1}
    for workers, threads, batch in product(options.workers, options.threads, options.batch):
        chosen = replace(on(workers), workers=workers, threads=threads, batch=batch)
        ways[f"{workers} x {threads or '-'} x {batch or '-'}"] = partial(_apart, 1, chosen)
    taken: defaultdict[str, list[Rate]] = defaultdict(list)
    for _ in range(options.rounds):
        for name, rate in ways.items():
            taken[name].append(rate())
    print(f"{usual.accounts:,} accounts, medians of {options.rounds}; workers x threads x batch (-: as they are):\n")
    print("| workers | findings/s | of one process | own us | workers us | own by workers | up s | first s |")
    print("|---|---|---|---|---|---|---|---|")
    alone = median(each.a_second for each in taken["alone"])
    for name, rows in taken.items():
        rate, own, workers, up, first = (median(column) for column in zip(*rows, strict=True))
        share = f"{own / workers:.1%}" if workers else ""
        print(f"| {name} | {rate:,.0f} | {rate / alone:.2f} | {own:.1f} | {workers:.1f} | {share} "
              f"| {up:.1f} | {first:.2f} |")  # fmt: skip
    print()


# ----------------------------------------------------------------------------------------------- memory
def _memory(usual: Chosen, many: int) -> None:
    few, more = (_scanned(replace(usual, workers=2, accounts=number)) for number in (_FEW, many))
    print(f"MiB at most, 2 workers:\n\n| | {_FEW} accounts | {many:,} accounts | ratio |\n|---|---|---|---|")
    _print_peak("coordinator and scheduler", few.own.peak, more.own.peak)
    for number, pair in enumerate(zip(few.workers, more.workers, strict=True), 1):
        _print_peak(f"worker {number}", *(each.peak for each in pair))
    print(f"\n{more.findings:,} findings in {more.seconds:,.0f} s\n")


def _print_peak(whose: str, few: float, many: float) -> None:
    print(f"| {whose} | {few:.0f} | {many:.0f} | {many / few:.2f} |")


# ---------------------------------------------------------------------------------------------- balance
def _balance(usual: Chosen, large: int) -> None:
    """Beside an even scan, how much longer the same work takes where much of it is one account's."""
    print(f"{usual.accounts} accounts, 2 workers; one is {usual.times} x as large:\n")
    print("| | findings | seconds | findings/s |\n|---|---|---|---|")
    for name, chosen in (("even", usual), ("one large", replace(usual, large=large))):
        told = _scanned(replace(chosen, workers=2))
        print(f"| {name} | {told.findings:,} | {told.seconds:.1f} | {told.findings / told.seconds:,.0f} |")
    print()


if __name__ == "__main__":
    sys.exit(main())
