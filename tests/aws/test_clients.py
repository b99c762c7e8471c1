"""Plain clients are kept where they send; those that only show what they would send are not."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from copy import copy
from typing import Any

import anyio
import pytest
from aiobotocore.hooks import AioHierarchicalEmitter
from botocore.awsrequest import AWSRequest

from aioprowler.aws.clients import PATTERNS, Clients
from aioprowler.aws.credentials import Keys
from aioprowler.aws.hooks import builtin_hooks
from aioprowler.aws.lean_calls import LeanCalls
from aioprowler.declarations.sources import Operation
from tests.aws.examples import parameters
from tests.operations import FACTS

KEYS = Keys("AKIAFIRST", "first-secret", "first-token")
BUCKETS, POLICY = Operation("s3", "ListBuckets"), Operation("s3", "GetBucketPolicy")
OTHERS = [*{each.service: each for each in sorted(FACTS) if each.service != "s3"}.values()][: PATTERNS + 1]


@pytest.fixture
def no_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


async def prove(lean: LeanCalls, clients: Clients, operation: Operation, region: str = "eu-west-1") -> Any:
    client = await clients.pattern(operation.service, region, operation.name)
    params = parameters(client.meta.service_model.operation_model(operation.name), "plain", optional=False)
    assert await lean.get(operation.service, region, operation.name, params, KEYS)
    return weakref.ref(client)


@pytest.mark.usefixtures("no_collection")
def test_a_client_that_sends_nothing_is_gone_once_others_are_looked_at() -> None:
    """At once, endpoint rules and all, without a search for garbage; and there is another where one is needed."""

    async def run() -> None:
        async with Clients([BUCKETS, POLICY, *OTHERS]) as clients:
            lean = LeanCalls(clients)
            first = await prove(lean, clients, BUCKETS)
            assert first() is not None
            for each in OTHERS:
                last = await prove(lean, clients, each)
            assert first() is None
            assert last() is not None
            assert await lean.get("s3", "us-east-1", "ListBuckets", {}, KEYS), "its place was not asked for before"
            again = await prove(lean, clients, POLICY)
            assert again() is not None
            assert clients.made == {(each.service, "eu-west-1") for each in (BUCKETS, *OTHERS)}

    anyio.run(run)


def test_a_client_that_sends_is_kept() -> None:
    async def run() -> None:
        async with Clients([BUCKETS, *OTHERS]) as clients:
            shown = await clients.pattern("s3", "eu-west-1", "ListBuckets")
            kept = await clients.get("s3", "eu-west-1", "ListBuckets")
            assert kept is shown
            for each in OTHERS:
                await clients.pattern(each.service, "eu-west-1", each.name)
            assert await clients.get("s3", "eu-west-1", "ListBuckets") is kept

    anyio.run(run)


def test_what_is_registered_with_one_client_concerns_no_other() -> None:
    """Though they have in common what botocore registers with all of them."""

    async def told(hooks: AioHierarchicalEmitter) -> list[Any]:
        outcomes = await hooks.emit("request-created.ec2.DescribeVpcs", request=AWSRequest(), operation_name="")
        return [word for _, word in outcomes if word is not None]

    async def run() -> None:
        first, untouched = copy(builtin_hooks()), copy(builtin_hooks())
        first.register("request-created.ec2", _says_first)
        further = copy(first)
        first.register_first("request-created.ec2", _says_before)
        further.register("request-created.ec2.DescribeVpcs", _says_further)
        assert [await told(each) for each in (first, further, untouched)] == [
            ["before", "first"],
            ["further", "first"],
            [],
        ]
        further.unregister("request-created.ec2", _says_first)
        assert [await told(each) for each in (first, further)] == [["before", "first"], ["further"]]

    anyio.run(run)


def _says_first(**_: Any) -> str:
    return "first"


def _says_before(**_: Any) -> str:
    return "before"


def _says_further(**_: Any) -> str:
    return "further"
