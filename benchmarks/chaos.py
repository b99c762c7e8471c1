"""A whole organization, scanned by the real program while AWS misbehaves, and killed at random moments.

    python -m benchmarks.chaos [--accounts 60] [--kills 20] [--seed 1] [--only passing lasting kills expiry]

Each scan is compared with an undisturbed one, finding by finding. What passes by itself changes nothing; what lasts
makes MANUAL what rests on it and changes nothing else; a scan that is killed, or whose credentials expire, is resumed
to the same findings. Half of the kills are of one scan, which is resumed and killed again until it has survived them
all; each of the other half is of a scan of its own. Exit code 1 for any deviation.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from aioprowler.cli.session import FAILED, INCOMPLETE
from aioprowler.findings.coverage import Coverage
from benchmarks.chaos_faults import Fault, Found, TwiceError, deviations, lasting, passing, recorded
from benchmarks.chaos_kills import Victim, reports, survivors, whole_plan
from benchmarks.simulated_aws import Config, Latency, Rule, SimulatedAws

REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
SIZES = {"ec2:instance": 1, "rds:instance": 1, "s3:bucket": 1, "ssm:managed_instance": 120}
"""Small accounts, each with a listing of several pages."""
PROGRAM = (sys.executable, "-m", "aioprowler", "scan")
PARTS = ("passing", "lasting", "kills", "expiry")
TOLD = 5
"""Deviations of a scan that are printed."""


@dataclass(frozen=True)
class Scanned:
    """One scan to its end."""

    found: Found
    coverage: Coverage
    told: dict[str, Any]
    """The simulated AWS's statistics."""
    seconds: float
    code: int


class Chaos:
    """Scans of one organization, and the table of what became of them."""

    def __init__(self, aws: SimulatedAws, accounts: int, seed: int) -> None:
        self.aws = aws
        self.accounts = accounts
        self.random = random.Random(seed)  # noqa: S311 - not for secrets
        self.good = True
        self.undisturbed: Found = {}
        self.seconds = 0.0
        """Of the undisturbed scan."""

    # ------------------------------------------------------------------ scans
    @contextmanager
    def victim(self, *formats: str) -> Iterator[Victim]:
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            options: tuple[str, ...] = ("--organization", "--region", *REGIONS, "--stdout", "none", "--no-progress")
            options += ("--output-formats", *formats) if formats else ()
            yield Victim(Path(folder), PROGRAM, os.environ | self.aws.environment, options)

    def scan(self, rules: Sequence[Rule] = ()) -> Scanned:
        """Raises SystemExit for a scan that did not come to its end, and TwiceError."""
        with self.victim("jsonl") as victim:
            return self.carried_out(victim, rules)

    def carried_out(self, victim: Victim, rules: Sequence[Rule] = ()) -> Scanned:
        """From where it is to the end, while AWS has these faults."""
        self.aws.reset()
        self.aws.break_with(rules)
        begun = time.monotonic()
        code, said = victim.finish()
        seconds = time.monotonic() - begun
        self.aws.break_with([])
        if code not in (0, FAILED, INCOMPLETE) or victim.record is None:
            raise SystemExit(f"The scan ended with {code}:\n{said}")
        (path,) = victim.output.glob("*.coverage.json")
        coverage = msgspec.json.decode(path.read_bytes(), type=Coverage)
        return Scanned(recorded(victim.record), coverage, self.aws.statistics(), seconds, code)

    # ------------------------------------------------------------------ parts
    def first(self) -> None:
        """Without faults: nothing throttled, and half of every quota stays with the others."""
        self.scan()  # so that the server has loaded what its replies take
        scanned = self.scan()
        self.undisturbed, self.seconds = scanned.found, scanned.seconds
        wrong = [f"exit code {scanned.code}"] if scanned.code != FAILED else []
        wrong += _throttled(scanned)
        entered = {each.account for each in self.undisturbed.values()}
        if len(entered) != self.accounts:
            wrong.append(f"findings of {len(entered)} accounts only")
        self.row("undisturbed", scanned, wrong)

    def passing(self) -> None:
        """Sessions expire in a third of the members."""
        some = [self.aws.config.account_id(number) for number in range(1, self.accounts, 3)]
        for fault in passing(some):
            self.faulty(fault)

    def lasting(self) -> None:
        """In half of the accounts; what takes minutes to time out, in the first member."""
        for fault in lasting("*[0-4]", REGIONS[2], self.aws.config.account_id(1)):
            self.faulty(fault)

    def faulty(self, fault: Fault) -> None:
        try:
            scanned = self.scan(fault.rules)
        except TwiceError as error:
            self.refused(fault.name, str(error))
            return
        wrong = deviations(self.undisturbed, scanned.found, fault)
        if not fault.reasons and scanned.code != FAILED:
            wrong.append(f"exit code {scanned.code}")
        if not any(rule.kind == "throttle" for rule in fault.rules):
            wrong += _throttled(scanned)
        if not scanned.told["faults"]:
            wrong.append("the fault hit no call")
        self.row(fault.name, scanned, wrong)

    def expiry(self) -> None:
        """The credentials that enter the second half of the accounts have expired; then there are new ones."""
        half = range(self.accounts // 2, self.accounts)
        rules = [
            Rule(kind="expired", service="sts", operation="AssumeRole", account=self.aws.config.account_id(number))
            for number in half
        ]
        with self.victim() as victim:
            scanned = self.carried_out(victim, rules)
            wrong = [f"exit code {scanned.code}"] if scanned.code != INCOMPLETE else []
            wrong += [] if victim.journal else ["there is nothing to resume"]
            entered = {uid: each for uid, each in scanned.found.items() if "sts:AssumeRole" not in each.detail}
            wrong += deviations(
                {uid: self.undisturbed[uid] for uid in entered.keys() & self.undisturbed.keys()}, entered
            )
            self.row("base credentials expired", scanned, wrong)
            scanned = self.carried_out(victim)
            self.row("  resumed with new ones", scanned, reports(victim, self.undisturbed))

    def kills(self, count: int) -> None:
        plan = whole_plan()
        chained = count // 2
        with self.victim() as victim:
            wrong: list[str] = []
            begun = time.monotonic()
            survived = 0
            while survived < chained:
                # As long as it takes to load the program, and a share of the rest.
                if victim.kill_after(self.random.uniform(0.5, 2.5 + 1.5 * self.seconds / chained)):
                    survived += 1
                    wrong += survivors(victim, self.undisturbed, plan)
                else:
                    wrong += reports(victim, self.undisturbed)
            self.killed(f"{chained} kills of one scan", victim, begun, wrong)
        begun, wrong, before = time.monotonic(), [], 0
        for number in range(count - chained):
            with self.victim() as victim:
                while not victim.kill_after(self.random.uniform(0.5, self.seconds)):
                    pass
                wrong += survivors(victim, self.undisturbed, plan)
                before += victim.journal is not None
                scanned = self.carried_out(victim)
                wrong += reports(victim, self.undisturbed)
                if number == count - chained - 1:
                    self.row(f"{count - chained} kills of scans", scanned, wrong, time.monotonic() - begun)
        if not before:
            self.refused("kills", "each scan was killed before there was anything to resume")

    def killed(self, name: str, victim: Victim, begun: float, wrong: list[str]) -> None:
        scanned = self.carried_out(victim)
        self.row(name, scanned, wrong + reports(victim, self.undisturbed), time.monotonic() - begun)

    # ------------------------------------------------------------------ table
    def row(self, name: str, scanned: Scanned, wrong: list[str], seconds: float | None = None) -> None:
        total, told = scanned.coverage.total, scanned.told
        manual = sum(each.status == "MANUAL" for each in scanned.found.values())
        print(
            f"{name:32} {self.accounts:8,} {len(scanned.found):8,} {manual:7,} {len(wrong):9,} {told['calls']:7,} "
            f"{sum(told['faults'].values()):7,} {total.retried:7,} {total.throttled:9,} "
            f"{scanned.seconds if seconds is None else seconds:7.1f}  {'FAILED' if wrong else 'good'}",
            flush=True,
        )
        for each in wrong[:TOLD]:
            print(f"    {each}", flush=True)
        self.good = self.good and not wrong

    def refused(self, name: str, why: str) -> None:
        print(f"{name:32} FAILED\n    {why}", flush=True)
        self.good = False


def _throttled(scanned: Scanned) -> list[str]:
    """Quotas of which the scan took more than its half, or than the one call that it needs."""
    return [
        f"{name}: {bucket['refused']} refused, emptied to {bucket['lowest']:.0%}"
        for name, bucket in scanned.told["buckets"].items()
        if bucket["refused"] or round(bucket["lowest"], 2) < min(0.5, 1 - 1 / bucket["capacity"])
    ]


def main(words: Sequence[str] | None = None) -> int:
    options = _arguments(words)
    print(f"{'fault':32} {'accounts':>8} {'findings':>8} {'MANUAL':>7} {'differing':>9} {'calls':>7} {'hit':>7} "
          f"{'retried':>7} {'throttled':>9} {'seconds':>7}  verdict")  # fmt: skip
    config = Config(
        accounts=options.accounts, regions=REGIONS, preset="small", sizes=SIZES, seed=options.seed,
        latency={"*": Latency(median=0.005, p99=0.025)},
    )  # fmt: skip
    with SimulatedAws(config) as aws:
        chaos = Chaos(aws, options.accounts, options.seed)
        chaos.first()
        for part in options.only:
            chaos.kills(options.kills) if part == "kills" else getattr(chaos, part)()
    return 0 if chaos.good else 1


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos")
    parser.add_argument("--accounts", type=int, default=60)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of what is random: which calls are hit, when it is killed")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
