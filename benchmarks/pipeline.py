"""Findings a second: from the engine's verdicts through to each writer.

`python -m benchmarks.pipeline` prints two tables. The first is of the writers alone, from findings that are there
already. The second is of the whole way, from an AWS in memory that answers at once.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import anyio

from aioprowler import Account, Finding, ScanOptions
from aioprowler.outputs.files import Outputs
from aioprowler.scanning import Scan

REGION = "us-east-1"
CHECKS = (
    "ec2_securitygroup_allow_ingress_from_internet_to_all_ports",
    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389",
    "ec2_ebs_volume_encryption",
)
"""Checks of what a listing alone tells: what is measured is the pipeline, not calls."""
PAGE = 1000
FORMATS = ("jsonl", "csv", "html")


class InMemory:
    """An AwsApi with as many security groups and volumes as it takes."""

    def __init__(self, findings: int) -> None:
        self._pages = max(1, findings // (len(CHECKS) * PAGE))

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        page = int(params.get("NextToken", "0"))
        more = {"NextToken": str(page + 1)} if page + 1 < self._pages else {}
        numbers = range(page * PAGE, (page + 1) * PAGE)
        if operation == "DescribeSecurityGroups":
            return {"SecurityGroups": [_group(number) for number in numbers], **more}
        if operation == "DescribeVolumes":
            return {"Volumes": [{"VolumeId": f"vol-{n:017x}", "Encrypted": n % 2 == 0} for n in numbers], **more}
        return {}


def _group(number: int) -> dict[str, Any]:
    ranges = [{"CidrIp": "0.0.0.0/0" if number % 5 == 0 else "10.0.0.0/8"}]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": ranges}
    return {
        "GroupId": f"sg-{number:017x}",
        "GroupName": f"group-{number}",
        "VpcId": "vpc-1",
        "IpPermissions": [rule],
        "Tags": [{"Key": "team", "Value": f"team-{number % 40}"}],
    }


async def _scan(findings: int, write: Callable[[Sequence[Finding]], None]) -> int:
    options = ScanOptions(
        checks=CHECKS, accounts=[Account(id="123456789012", regions=(REGION,))], scan_unused_services=True
    )
    count = 0
    async for batch in Scan(options, aws=InMemory(findings)).batches():
        write(batch)
        count += len(batch)
    return count


def _whole_way(findings: int, folder: Path, formats: Sequence[str]) -> float:
    """Findings a second from the engine into the files."""
    started = time.perf_counter()
    with Outputs(folder, "scan", formats) as outputs:
        count = anyio.run(_scan, findings, outputs.write)
    return count / (time.perf_counter() - started)


def _writers_alone(batches: list[Sequence[Finding]], folder: Path, formats: Sequence[str]) -> float:
    started = time.perf_counter()
    with Outputs(folder, "scan", formats) as outputs:
        for batch in batches:
            outputs.write(batch)
    return sum(map(len, batches)) / (time.perf_counter() - started)


def _columns() -> Iterator[tuple[str, ...]]:
    yield from ((name,) for name in FORMATS)
    yield FORMATS


def _print(title: str, rounds: int, measure: Callable[[Sequence[str]], float]) -> None:
    print(f"\n{title}\n{'':<16}{'findings/s':>14}")
    for formats in _columns():
        rates = [measure(formats) for _ in range(rounds)]
        print(f"{' + '.join(formats):<16}{statistics.median(rates):>14,.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    batches: list[Sequence[Finding]] = []
    anyio.run(_scan, chosen.findings, batches.append)
    print(f"{sum(map(len, batches)):,} findings in {len(batches):,} batches, median of {chosen.rounds} rounds")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _print("writers alone", chosen.rounds, lambda formats: _writers_alone(batches, folder, formats))
        _print("engine and writers", chosen.rounds, lambda formats: _whole_way(chosen.findings, folder, formats))


if __name__ == "__main__":
    main()
