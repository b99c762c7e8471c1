"""What a scan holds before AWS's first reply: a program of its own, so that it can be run with any build of aioprowler.

usage: python benchmarks/scale_probe.py ACCOUNTS REGIONS FOLDER

AWS never answers. The folder has the checks to scan with. When nothing new is begun any more, a line of JSON tells the
tasks alive, the calls that wait, the process's peak of memory (MiB) and its CPU (seconds) since the scan began.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from aioprowler import Account, ScanOptions, scan

_REGIONS = [
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "ap-south-1"),
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"),
]
_QUIET = 2.0
"""Seconds without a new task or call; the second account waits one for the first one's findings."""


class _Silent:
    """An AWS that does not answer."""

    def __init__(self) -> None:
        self.calls = 0

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        self.calls += 1
        await asyncio.Event().wait()
        raise AssertionError


async def _measure(accounts: int, regions: int, folder: Path) -> dict[str, float]:
    aws, names = _Silent(), tuple(_REGIONS[:regions])
    members = [Account(id=f"{number:012}", default_region=names[0], regions=names) for number in range(1, accounts + 1)]
    options = ScanOptions(accounts=members, checks_folders=[folder], categories=["scale"])
    began = time.process_time()

    async def run() -> None:
        async for _ in scan(options, aws=aws, tools={}):
            pass

    running = asyncio.create_task(run())
    held, since, cpu = (0, 0), time.monotonic(), 0.0
    while time.monotonic() - since < _QUIET and not running.done():
        await asyncio.sleep(0.05)
        now = (len(asyncio.all_tasks()), aws.calls)
        if now != held:
            held, since, cpu = now, time.monotonic(), time.process_time() - began
    if running.done():
        await running
        raise SystemExit("the scan ended although AWS did not answer")
    return {"tasks": held[0], "calls": held[1], "mebibytes": _peak(), "cpu_seconds": cpu}


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))), flush=True)
    os._exit(0)  # what waits is not worth being cancelled
