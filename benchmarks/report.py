"""`report` of many findings: memory and time for each format.

`python -m benchmarks.report` makes JSON lines as a large organization's scan leaves them (each finding with the texts
of its check and the requirements of twenty frameworks), and runs `aioprowler report` on them, a process for each
format. A finding's rate is of the whole process: the lines are read, decoded, encoded and written.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from aioprowler import Finding
from aioprowler.declarations.checks import SEVERITIES, Remediation, Status
from aioprowler.findings.finding import uid
from aioprowler.outputs.files import FORMATS, PLAIN, Outputs

CHECKS = 300
ACCOUNTS = 500
FRAMEWORKS = 20
REQUIREMENTS = 40
"""Of all frameworks together, for each check."""
REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2")
STATUSES: tuple[Status, ...] = ("PASS", "PASS", "PASS", "FAIL", "FAIL", "MANUAL")
BATCH = 500
MEGABYTE = 1024 * 1024


def _check(number: int) -> Finding:
    """A finding with the texts of a check, each as long as they are in the middle."""
    service = ("s3", "ec2", "iam", "rds", "kms", "vpc")[number % 6]
    per_framework = REQUIREMENTS // FRAMEWORKS
    return Finding(
        uid="",
        status="PASS",
        status_detail="",
        severity=SEVERITIES[number % len(SEVERITIES)],
        check_id=f"{service}_resource_has_setting_{number}",
        resource_id="",
        resource_arn="",
        resource_name="",
        resource_tags={},
        region="",
        account_id="",
        account_name="",
        account_email="",
        account_organizational_unit="",
        account_tags={},
        partition="aws",
        timestamp="2026-11-25T12:00:00Z",
        title=f"Resources of {service} have setting {number} as they should",
        fails=f"Resource of {service} lacks setting {number}",
        service=service,
        resource_type="AwsS3Bucket",
        resource_group="storage",
        categories=("encryption", "internet-exposed"),
        compliance={
            f"Framework-{each}": tuple(f"{each}.{number % 9}.{part}" for part in range(per_framework))
            for each in range(FRAMEWORKS)
        },
        description="What is judged, and by which facts, in the words of its documentation. " * 5,
        risk="Who can do what to whom when the setting is otherwise, and how it has been done. " * 4,
        remediation=Remediation(
            text="Change the *setting*, as with `aws example put-setting`; then see [the page](https://x). " * 5,
            cli="aws example put-setting --resource <name> --setting on",
            terraform='resource "aws_example" "this" {\n  setting = "on"\n}\n' * 4,
            cloudformation="Resources:\n  Example:\n    Type: AWS::Example::Thing\n" * 4,
            url="https://docs.aws.amazon.com/example/latest/userguide/setting.html",
        ),
    )


def findings(count: int) -> Iterator[list[Finding]]:
    """Batches, the same each time: three findings to a resource."""
    choose = random.Random(1)  # noqa: S311 - sample data
    checks = [_check(number) for number in range(CHECKS)]
    accounts = [_account(number) for number in range(ACCOUNTS)]
    batch: list[Finding] = []
    for number in range(count):
        if number % 3 == 0:
            name, account, region = f"item-{number:07}", choose.choice(accounts), choose.choice(REGIONS)
        check, status = choose.choice(checks), choose.choice(STATUSES)
        arn = f"arn:aws:{check.service}:{region}:{account['account_id']}:{name}"
        batch.append(
            replace(
                check,
                uid=uid(check.check_id, account["account_id"], region, arn),
                status=status,
                command=f"aws example put-setting --resource {name} --setting on" if status == "FAIL" else "",
                status_detail=f"{name} has the setting as {status} says, which was read from its configuration.",
                resource_id=name,
                resource_arn=arn,
                resource_name=name,
                resource_tags={"team": choose.choice(("data", "web")), "env": "prod", "cost-centre": "4711"},
                region=region,
                **account,
            )
        )
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _account(number: int) -> dict[str, Any]:
    return {
        "account_id": f"{number:012}",
        "account_name": f"Account {number}",
        "account_email": f"aws+{number}@example.com",
        "account_organizational_unit": f"workloads/unit-{number % 12}",
        "account_tags": {"owner": f"team-{number % 40}"},
    }


class Run(Struct):
    seconds: float
    cpu: float
    peak: float
    """Megabytes."""
    written: float
    """Megabytes."""


def measure(record: Path, name: str) -> Run:
    """One process."""
    out = record.parent / f"report.{FORMATS[name].extension}"
    arguments = ["report", str(record), "--output-formats", name, "--output-filename", "report", "--quiet"]
    started = time.perf_counter()
    process = os.posix_spawn(sys.executable, [sys.executable, "-m", "aioprowler", *arguments], os.environ)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"{name}: the process ended with {os.waitstatus_to_exitcode(status)}")
    size = out.stat().st_size / MEGABYTE
    out.unlink()
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, size)


def _print(name: str, count: int, run: Run) -> None:
    print(
        f"{name:<12}{count / run.seconds:>12,.0f}{count / run.cpu:>14,.0f}{run.seconds:>9.1f}{run.cpu:>9.1f}"
        f"{run.peak:>9,.0f}{run.written:>12,.0f}",
        flush=True,
    )


def compare(folder: Path, count: int, names: Sequence[str]) -> None:
    with Outputs(folder, "scan", ["jsonl"], tells_coverage=False) as outputs:
        for batch in findings(count):
            outputs.write(batch)
    record = folder / "scan.jsonl"
    print(f"\n{count:,} findings, {record.stat().st_size / MEGABYTE:,.0f} MB")
    print(f"{'format':<12}{'findings/s':>12}{'per CPU s':>14}{'s':>9}{'CPU s':>9}{'peak MB':>9}{'written MB':>12}")
    for name in names:
        _print(name, count, measure(record, name))


def _yardstick() -> float:
    """CPU seconds of ten million turns of an empty loop: how fast the machine is just now."""
    started = time.process_time()
    for _ in range(10_000_000):
        pass
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=1_000_000)
    parser.add_argument("--formats", nargs="+", choices=PLAIN, default=list(PLAIN))
    chosen = parser.parse_args()
    print(f"yardstick: {_yardstick():.2f} CPU s")
    with tempfile.TemporaryDirectory() as name:
        for count in (chosen.findings // 10, chosen.findings):
            compare(Path(name), count, chosen.formats)


if __name__ == "__main__":
    main()
