"""From the bodies of replies to resources: a program of its own, so that it can be run with any build of aioprowler.

usage: python benchmarks/decode_probe.py cpu|memory FOLDER own|plain ...

The folder has a file for each name in SUBJECTS and size: `full`, `few`, `empty`. A line of JSON tells with `cpu`, by
file and way, the least milliseconds of CPU that it takes; with `memory`, for one way alone, by how many MiB the first
full reply lifts the process's peak.

Both ways go through the listing of the resource's type. *own* has the reply as the build reads it, without the network;
*plain* has it from botocore's parser, as a plain client of aiobotocore's does.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from botocore.parsers import create_parser

from aioprowler import Account
from aioprowler.aws.api import Boundary
from aioprowler.aws.clients import Clients
from aioprowler.aws.credentials import Keys
from aioprowler.aws.lean import LeanCall
from aioprowler.aws.lean_calls import LeanCalls
from aioprowler.declarations.account import Region
from aioprowler.declarations.graph import source_of
from aioprowler.declarations.sources import Listing, Operation
from aioprowler.engine.listings import Listings
from aioprowler.engine.overrides import Configuration
from aioprowler.engine.plan import SubjectPlan
from aioprowler.engine.shelf import Shelf
from aioprowler.engine.supply import Limits, Scene, Supply
from aioprowler.engine.values import Tasks
from aioprowler.services.awslambda.resources import Function
from aioprowler.services.cloudfront.resources import Distribution
from aioprowler.services.cloudwatch.resources import MetricAlarm
from aioprowler.services.ec2.resources.instance import Instance
from aioprowler.services.glue.resources import Job
from aioprowler.services.rds.resources import DBInstance
from aioprowler.services.secretsmanager.resources import Secret

TRIES: Final = 7
SHORTEST: Final = 0.02
"""Seconds of a try, which has as many reads as that takes."""
UNDECIDED: Final = 100
"""Empty replies before which a build may not know yet that it will have many to read."""
KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "session-token")
REGION = "us-east-1"
ACCOUNT = Account(id="123456789012", default_region=REGION, regions=(REGION,))


class Subject(NamedTuple):
    """A type whose listing is read."""

    kind: Any
    id: str
    """The member that tells one from another."""
    items: int
    """Of a full page, AWS's largest or what lies nearby."""

    @property
    def source(self) -> Listing:
        """What lists them."""
        found = source_of(self.kind)
        assert isinstance(found, Listing)
        return found


SUBJECTS: Final[Mapping[str, Subject]] = {
    "DescribeInstances": Subject(Instance, "InstanceId", 1000),
    "DescribeDBInstances": Subject(DBInstance, "DBInstanceIdentifier", 100),
    "DescribeAlarms": Subject(MetricAlarm, "AlarmName", 100),
    "ListDistributions": Subject(Distribution, "Id", 100),
    "GetJobs": Subject(Job, "Name", 50),
    "ListSecrets": Subject(Secret, "ARN", 100),
    "ListFunctions": Subject(Function, "FunctionName", 50),
}


class _Plain:
    """An AwsApi that reads its one reply as a plain client does."""

    def __init__(self, model: Any, body: bytes) -> None:
        self._shape = model.output_shape
        self._parse = create_parser(model.service_model.resolved_protocol).parse
        self._raw = {"status_code": 200, "headers": {}, "body": body, "context": {}}

    async def call(self, *_: Any) -> Any:
        return self._parse(self._raw, self._shape)


class _Own:
    """An AwsApi, and one that is told what is read where the build knows such, that reads its one reply as the build
    does.
    """

    def __init__(self, lean: LeanCall, body: bytes) -> None:
        self._lean = lean
        self._request: Any = lean.request({}, KEYS, "20260102T030405Z", "one")
        self._body = body

    async def call(self, account: Account, region: str, service: str, operation: str, params: Any, *read: Any) -> Any:
        return await self._lean.send(self, self._request, *read)

    read = call

    async def exchange(self, *_: Any) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, self._body


@asynccontextmanager
async def _apis() -> AsyncIterator[Callable[[str, Operation, bytes], Awaitable[Any]]]:
    """What makes an AwsApi of a way, an operation and its one reply."""
    operations = [each.source.operation for each in SUBJECTS.values()]
    async with Clients(operations) as clients:
        calls = LeanCalls(clients)

        async def api(way: str, operation: Operation, body: bytes) -> Any:
            client = await clients.first(operation.service, REGION, operation.name)
            if way == "plain":
                return _Plain(client.meta.service_model.operation_model(operation.name), body)
            lean = await calls.get(operation.service, REGION, operation.name, {}, KEYS)
            assert lean
            return _Own(lean, body)

        yield api


Read = Callable[[], Awaitable[list[Any]]]
"""Makes the resources of one reply."""


def _reader(subject: Subject, api: Any, tasks: Tasks) -> Read:
    regions = {REGION: Region(name=REGION, account=ACCOUNT)}
    scene = Scene(ACCOUNT, Boundary(api, deadline=None), {}, Limits(), {}, Configuration({}, (), ACCOUNT), regions)
    listings = Listings(scene, Supply(scene, Shelf(ACCOUNT, (REGION,), lambda *_: None), tasks))
    plan = SubjectPlan(subject.kind)

    async def read() -> list[Any]:
        found: list[Any] = []
        async for page in listings.pages(plan, None, {}, REGION):
            found += [item for item, _ in page] if isinstance(page, list) else [page]
        return found

    return read


async def _checked(read: Read, subject: Subject, items: int) -> None:
    """Raises SystemExit where it does not make what the reply tells."""
    found = await read()
    if len(found) != items or any(type(each) is not subject.kind for each in found):
        raise SystemExit(f"{len(found)} of {items}: {found[:1]!r:.500}")


async def _least(reads: Mapping[str, Read]) -> dict[str, float]:
    """Milliseconds of CPU of each, which take turns: what a machine does to one of them it does to the others."""
    took = {way: await _took(read, 1) for way, read in reads.items()}
    together = {way: int(SHORTEST / seconds) + 1 for way, seconds in took.items()}
    for _ in range(TRIES):
        for way, read in reads.items():
            took[way] = min(took[way], await _took(read, together[way]))
    return {way: seconds * 1000 for way, seconds in took.items()}


async def _took(read: Read, times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        await read()
    return (time.process_time() - began) / times


async def _cpu(folder: Path, ways: Sequence[str]) -> dict[str, dict[str, float]]:
    told = {}
    async with _apis() as api, Tasks() as tasks:
        for name, subject in SUBJECTS.items():
            for size, items in (("full", subject.items), ("empty", 0)):
                body = (folder / f"{name} {size}").read_bytes()
                reads = {way: _reader(subject, await api(way, subject.source.operation, body), tasks) for way in ways}
                for read in reads.values():
                    for _ in range(1 if items else UNDECIDED):
                        await _checked(read, subject, items)
                told[f"{name} {size}"] = await _least(reads)
    return told


async def _memory(folder: Path, way: str) -> float:
    name, subject = next(iter(SUBJECTS.items()))
    async with _apis() as api, Tasks() as tasks:
        few, full = [
            _reader(subject, await api(way, subject.source.operation, (folder / f"{name} {size}").read_bytes()), tasks)
            for size in ("few", "full")
        ]
        await few()  # what is imported and made once is not the page's
        before = _status("VmRSS")
        await _checked(full, subject, subject.items)
        return _status("VmHWM") - before


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


if __name__ == "__main__":
    os.environ |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull}
    gc.freeze()  # as a scan does
    gc.set_threshold(50_000)
    what, folder, *ways = sys.argv[1:]
    print(json.dumps(asyncio.run(_cpu(Path(folder), ways) if what == "cpu" else _memory(Path(folder), *ways))))
