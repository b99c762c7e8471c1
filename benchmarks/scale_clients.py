"""What clients, and the lean path of every service in every region, cost before the first reply.

usage: python -m benchmarks.scale_clients [services] [regions]
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from msgspec import Struct

from aioprowler.aws.clients import Clients
from aioprowler.aws.credentials import Keys
from aioprowler.aws.lean_calls import LeanCalls
from aioprowler.aws.partitions import known_regions
from tests.aws.examples import parameters
from tests.operations import FACTS

KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "session-token")
FIRST = "us-east-1"


class Cost(Struct, frozen=True):
    seconds: float
    """Of CPU."""
    mebibytes: float
    """By which the resident memory grew."""
    clients: int


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def measure(services: int = 92, regions: int = 17) -> Cost:
    """One operation of each service, made ready to be called in each region; nothing is sent."""
    listed = sorted(FACTS)
    chosen = {each.service: each for each in reversed(listed)}
    operations = [chosen[name] for name in sorted(chosen)[:services]]
    others = sorted(name for name in known_regions() if name.count("-") == 2 and name != FIRST)
    before, start = _resident(), time.process_time()
    async with Clients(listed) as clients:
        lean = LeanCalls(clients)
        for each in operations:
            client = await clients.first(each.service, FIRST, each.name)
            params = parameters(client.meta.service_model.operation_model(each.name), "plain", optional=False)
            for region in (FIRST, *others[: regions - 1]):
                await lean.get(each.service, region, each.name, params, KEYS)
        return Cost(time.process_time() - start, _resident() - before, len(clients.made))


def main(services: int = 92, regions: int = 17) -> None:
    os.environ |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull}
    cost = asyncio.run(measure(services, regions))
    print(
        f"{services} services in {regions} regions: {cost.seconds:.2f} s CPU, {cost.mebibytes:.0f} MiB, "
        f"{cost.clients} clients"
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
