"""How much of AWS's quotas the gateway uses, counted at the simulated AWS, and how it bears others that use them too.

    python -m benchmarks.throttle [--seconds 60] [--budgets 0.5 1.0] [--latency 0.03]

Each target is a quota whose bucket is full at first, and more calls than it lets through. *Permitted* is what a share
of it (`--api-budget`) comes to in the time: capacity and rate, times the budget. Where AWS publishes no quota, the
simulated AWS keeps one that the scan does not know, and *permitted* is what the cautious climb asks for until it is
there, and then that.

Exit code 1 where a goal is missed: 95 % of what is permitted and less than 1 % throttled; at the default budget nothing
throttled of a published quota, and no bucket less than half full.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.gateway import Gateway
from aioprowler.aws.quotas import QuotaTable
from aioprowler.cli.app import OK
from aioprowler.cli.session import FAILED
from aioprowler.declarations.account import Account
from aioprowler.facts.quotas import Quota
from aioprowler.findings.finding import from_json
from benchmarks.process import run
from benchmarks.simulated_aws import Config, Latency, SimulatedAws
from benchmarks.stub_server import run as run_loop

REGION = "us-east-1"
WIDTH = 64
"""Calls that wait for each quota at a time: as many as a scan has resources of a type in flight."""
LEAST_SHARE, MOST_THROTTLED = 0.95, 0.01
UNKNOWN = {"rate": 20.0, "capacity": 40.0}
"""What the simulated AWS lets through of the operation whose quota AWS does not publish."""
CHECK = "ec2_launch_template_imdsv2_required"
TEMPLATES = 600
"""Launch templates. Each is asked about by one call of an EC2 quota of 100 and 20 a second."""


class Target(Struct, frozen=True):
    """Operations that one quota counts."""

    name: str
    service: str
    operations: tuple[str, ...]

    @property
    def quota(self) -> Quota:
        """As the throttle knows it."""
        return QuotaTable().of(self.service, self.operations[0])


TARGETS = (
    Target("EC2, published", "ec2", ("DescribeVpcs",)),
    Target("Lambda, shared", "lambda", ("ListFunctions", "ListLayers")),
    Target("Route 53, shared and global", "route53", ("ListHostedZones", "ListHealthChecks")),
    Target("IAM, global", "iam", ("ListUsers",)),
    Target("RDS, not published", "rds", ("DescribeDBInstances",)),
)


class Row(Struct, frozen=True):
    """What a target let through."""

    target: Target
    budget: float
    seconds: float
    calls: int
    throttled: int
    lowest: float
    """Of the server's bucket, as a share."""
    failed: int
    """Calls that were given up."""

    @property
    def permitted(self) -> float:
        quota, budget = self.target.quota, self.budget
        if not quota.ceiling:
            return budget * (quota.capacity + quota.rate * self.seconds)
        # The climb gains a twentieth of the first rate each second, until it is at what AWS lets through.
        gain = budget * quota.rate / 20
        climb = min(self.seconds, (UNKNOWN["rate"] - budget * quota.rate) / gain)
        climbed = budget * quota.capacity + budget * quota.rate * climb + gain * climb**2 / 2
        rest = self.seconds - climb
        return climbed + (UNKNOWN["capacity"] + UNKNOWN["rate"] * rest if rest > 0 else 0.0)

    @property
    def share(self) -> float:
        return (self.calls - self.throttled) / self.permitted

    @property
    def share_throttled(self) -> float:
        return self.throttled / max(self.calls, 1)

    def failures(self) -> Iterator[str]:
        if self.share < LEAST_SHARE:
            yield f"uses less than {LEAST_SHARE:.0%}"
        if self.share_throttled >= MOST_THROTTLED:
            yield f"{MOST_THROTTLED:.0%} or more throttled"
        if self.failed:
            yield f"{self.failed} calls given up"
        if self.budget <= 0.5 and not self.target.quota.ceiling and (self.throttled or round(self.lowest, 2) < 0.5):
            yield "takes from the others' half"


def main(words: Sequence[str] | None = None) -> int:
    options = _arguments(words)
    good = True
    print(f"{'quota':28} {'budget':>6} {'seconds':>7} {'permitted':>9} {'made':>6} {'share':>6} {'throttled':>9} "
          f"{'bucket':>6}")  # fmt: skip
    for budget in options.budgets:
        for row in measured(budget, options.seconds, options.latency):
            missed = ", ".join(row.failures())
            good = good and not missed
            print(_told(row), missed, flush=True)
    print(f"\n{'beside another program':28} {'budget':>6} {'seconds':>7} {'calls':>9} {'throttled':>9} {'MANUAL':>6} "
          f"{'its calls':>9} {'throttled':>9}")  # fmt: skip
    for budget in options.budgets:
        shared = beside_another(budget, options.latency)
        missed = "" if shared.code in (OK, FAILED) and not shared.manual else "the scan is not complete"
        good = good and not missed
        print(_told_shared(budget, shared), missed, flush=True)
    return 0 if good else 1


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.throttle")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each budget")
    parser.add_argument("--budgets", type=float, nargs="+", default=[0.5, 1.0])
    parser.add_argument("--latency", type=float, default=0.03, help="median seconds of a reply; one in 100 takes 4 x")
    return parser.parse_args(words)


def _config(latency: float, **more: Any) -> Config:
    return Config(regions=(REGION,), latency={"*": Latency(median=latency, p99=latency * 4)}, **more)


# ------------------------------------------------------------------- the shares
def measured(budget: float, seconds: float, latency: float) -> list[Row]:
    """All targets at the same time."""
    (unknown,) = [target for target in TARGETS if target.quota.ceiling]
    config = _config(latency, accounts=2, quotas={f"{unknown.service}:{unknown.operations[0]}": UNKNOWN})
    with SimulatedAws(config) as aws:
        os.environ |= aws.environment
        rows: list[Row] = run_loop(_press(aws, budget, seconds))
        return rows


async def _press(aws: SimulatedAws, budget: float, seconds: float) -> list[Row]:
    """Ask of every target as much as it lets through."""
    first, second = (Account(id=aws.config.account_id(number)) for number in range(2))
    failed: Counter[str] = Counter()

    async def call(account: Account, target: Target, operation: str) -> None:
        try:
            await gateway.call(account, REGION, target.service, operation, {})
        except (ClientError, BotoCoreError):
            failed[target.name] += 1

    async def worker(target: Target, operation: str) -> None:
        while True:
            await call(first, target, operation)

    async with Gateway(budget=budget) as gateway, anyio.create_task_group() as tasks:
        for account in (first, second):
            gateway.register(account.id, Renewing(partial(_keys, account)))
        for target in TARGETS:
            for operation in target.operations:
                await call(second, target, operation)  # loads what it takes, here and there
        aws.reset()
        begun = time.monotonic()
        for target in TARGETS:
            for number in range(WIDTH):
                tasks.start_soon(worker, target, target.operations[number % len(target.operations)])
        await anyio.sleep(seconds)
        took, told = time.monotonic() - begun, aws.statistics()
        tasks.cancel_scope.cancel()
    return [_row(target, budget, took, told, failed[target.name]) for target in TARGETS]


async def _keys(account: Account) -> Keys:
    return Keys(f"AKIA{account.id}BASE", "simulated")


def _row(target: Target, budget: float, seconds: float, told: dict[str, Any], failed: int) -> Row:
    asked = [told["operations"][f"{target.service}:{operation}"] for operation in target.operations]
    name = target.quota.operations if target.quota.shared else target.operations[0]
    return Row(
        target, budget, seconds,
        calls=sum(each["calls"] for each in asked),
        throttled=sum(each["throttled"] for each in asked),
        lowest=told["buckets"][f"{target.service}:{name}"]["lowest"],
        failed=failed,
    )  # fmt: skip


def _told(row: Row) -> str:
    return (
        f"{row.target.name:28} {row.budget:6} {row.seconds:7.1f} {row.permitted:9,.0f} {row.calls - row.throttled:6,} "
        f"{row.share:6.1%} {row.share_throttled:9.2%} {row.lowest:6.0%}"
    )


# -------------------------------------------------------------- beside another
class Shared(Struct, frozen=True):
    """A scan while another program uses half of the quota that it needs."""

    seconds: float
    calls: int
    throttled: int
    manual: int
    code: int
    other_calls: int
    other_throttled: int


def beside_another(budget: float, latency: float) -> Shared:
    """The real program, which asks about each launch template, and a client that takes ten of the twenty a second."""
    config = _config(latency, sizes={"ec2:launch_template": TEMPLATES})
    command = [
        sys.executable,
        "-m",
        "aioprowler",
        "scan",
        "--region",
        REGION,
        "--check",
        "ec2_launch_template_imdsv2_required",
    ]
    command += ["--api-budget", str(budget), "--stdout", "none", "--no-progress", "--output-formats", "jsonl"]
    with SimulatedAws(config) as aws, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _other(aws) as other:
            took = run(command, os.environ | aws.environment, folder)
        told = aws.statistics()["operations"]["ec2:DescribeLaunchTemplateVersions"]
        (record,) = (folder / "output").glob("*.jsonl")
        found = [from_json(line) for line in record.read_bytes().splitlines()]
    assert len(found) == TEMPLATES, took.complaints
    return Shared(
        took.seconds,
        calls=told["calls"] - other.total(),
        throttled=told["throttled"] - other["throttled"],
        manual=sum(each.status == "MANUAL" for each in found),
        code=took.code,
        other_calls=other.total(),
        other_throttled=other["throttled"],
    )


@contextmanager
def _other(aws: SimulatedAws) -> Iterator[Counter[str]]:
    """Another program of the account, which neither slows down nor tries twice. Counts what becomes of its calls."""
    client = boto3.client(
        "ec2", region_name=REGION, endpoint_url=aws.url, config=ClientConfig(retries={"total_max_attempts": 1}),
        aws_access_key_id=aws.environment["AWS_ACCESS_KEY_ID"], aws_secret_access_key="simulated",
    )  # fmt: skip
    template = client.describe_launch_templates()["LaunchTemplates"][0]["LaunchTemplateId"]
    counted: Counter[str] = Counter()
    over = threading.Event()

    def use() -> None:
        begun = time.monotonic()
        while not over.wait(max(0.0, begun + counted.total() / 10 - time.monotonic())):
            try:
                client.describe_launch_template_versions(LaunchTemplateId=template)
                counted["served"] += 1
            except ClientError:
                counted["throttled"] += 1

    thread = threading.Thread(target=use)
    thread.start()
    try:
        yield counted
    finally:
        over.set()
        thread.join()


def _told_shared(budget: float, shared: Shared) -> str:
    return (
        f"{'EC2, half used by another':28} {budget:6} {shared.seconds:7.1f} {shared.calls:9,} "
        f"{shared.throttled / shared.calls:9.2%} {shared.manual:6,} {shared.other_calls:9,} "
        f"{shared.other_throttled / shared.other_calls:9.2%}"
    )


if __name__ == "__main__":
    sys.exit(main())
