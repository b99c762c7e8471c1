"""A reply that goes on and on, and a listing that does, end: as a failure that names the operation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import anyio
import pytest
from aiohttp.base_protocol import BaseProtocol

from aioprowler.aws import api, web
from aioprowler.aws.api import Boundary, Calls
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.gateway import Gateway
from aioprowler.aws.web import ReplyTooLargeError, read_within
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Operation
from tests.aws.endless import FRAMES, Endless

ACCOUNT = Account(id="123456789012")
REGION = "us-east-1"
POLICY = Operation("s3", "GetBucketPolicy")
VPCS = Operation("ec2", "DescribeVpcs")
USERS = Operation("iam", "ListUsers")
FUNCTIONS = Operation("lambda", "ListFunctions")


async def failure_of(operation: Operation, params: dict[str, Any], calls: Calls) -> Failure:
    async def fetch() -> Keys:
        return Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY")

    async with Gateway() as gateway:
        gateway.register(ACCOUNT.id, Renewing(fetch))
        told = await Boundary(gateway, calls, deadline=None).call(ACCOUNT, REGION, operation, params)
    assert isinstance(told, Failure)
    return told


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("status", [200, 403, 503])
@pytest.mark.parametrize(
    ("operation", "params"),
    [(VPCS, {}), (POLICY, {"Bucket": "reports"}), (POLICY, {"Bucket": "with.dots"})],
    ids=["lean", "lean, of a bucket", "plain"],
)
def test_an_endless_reply_ends(
    operation: Operation, params: dict[str, Any], status: int, frame: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "LARGEST_REPLY", 500_000)
    calls = Calls()

    async def run() -> None:
        async with Endless(frame, status) as aws:
            monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
            told = await failure_of(operation, params, calls)
            said = "the reply is longer than 500,000 bytes, and no more of it is read"
            assert told == Failure("broken", operation.action, "ReplyTooLargeError", said)
            await aws.ended()
            assert (aws.asked, aws.closed) == (1, 1)

    anyio.run(run)
    assert [(cause.action, cause.code) for cause in calls.failures] == [(operation.action, "ReplyTooLargeError")]


def test_an_endless_reply_of_a_proxy_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "LARGEST_REPLY", 500_000)

    async def run() -> None:
        async with Endless() as proxy:
            monkeypatch.setenv("AWS_ENDPOINT_URL", "http://aws.invalid")
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            assert (await failure_of(VPCS, {}, Calls())).code == "ReplyTooLargeError"
            await proxy.ended()

    anyio.run(run)


class Unconnected(BaseProtocol):
    """What a reader tells to hold its pieces back, which it has all of here."""

    connected = True

    def pause_reading(self) -> None:
        """Nothing comes."""

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Likewise."""


async def fed(*pieces: bytes) -> aiohttp.StreamReader:
    loop = asyncio.get_running_loop()
    reader = aiohttp.StreamReader(Unconnected(loop), 2**16, loop=loop)
    for piece in pieces:
        reader.feed_data(piece)
    return reader


@pytest.mark.parametrize("size", [0, 1, web.BULKY, web.BULKY + 1, 10 * web.BULKY])
def test_a_reply_of_the_largest_size_is_whole(size: int) -> None:
    async def run() -> None:
        reader = await fed(b"x" * size)
        reader.feed_eof()
        assert await read_within(reader, size) == b"x" * size
        reader = await fed(b"x" * size, b"y")
        reader.feed_eof()
        with pytest.raises(ReplyTooLargeError):
            await read_within(reader, size)

    anyio.run(run)


def test_bulky_replies_are_read_a_few_at_a_time_and_small_ones_do_not_wait() -> None:
    async def run() -> None:
        turns = asyncio.Semaphore(1)
        first, second, small = await fed(b"x" * (web.BULKY + 1)), await fed(b"y" * (web.BULKY + 1)), await fed(b"z")
        tasks = [asyncio.create_task(read_within(each, None, turns)) for each in (first, second)]
        await anyio.wait_all_tasks_blocked()
        second.feed_data(b"more")
        second.feed_eof()
        small.feed_eof()
        assert await read_within(small, None, turns) == b"z"
        await anyio.wait_all_tasks_blocked()
        assert not second.at_eof(), "what is more of it stays where it is"
        first.feed_eof()
        assert [len(each) for each in await asyncio.gather(*tasks)] == [web.BULKY + 1, web.BULKY + 5]

    anyio.run(run)


class Listing:
    """An AWS that has always one more page."""

    def __init__(self) -> None:
        self.pages = 0

    async def call(self, *_: Any) -> dict[str, Any]:
        self.pages += 1
        token = f"token {self.pages}"
        return {"NextToken": token, "Marker": token, "NextMarker": token, "IsTruncated": True}


@pytest.mark.parametrize(
    ("operation", "page_size", "pages"),
    [(VPCS, None, 5), (USERS, None, 5), (FUNCTIONS, None, 100), (VPCS, 0, 50), (VPCS, 500, 10)],
)
def test_a_listing_that_does_not_end_ends(
    operation: Operation, page_size: int | None, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After as many pages as so many things take, by the size of the pages."""
    monkeypatch.setattr(api, "MOST_ITEMS", 5_000)
    aws = Listing()
    boundary = Boundary(aws)

    async def run() -> list[dict[str, Any] | Failure]:
        asked: AsyncIterator[dict[str, Any] | Failure] = boundary.pages(
            ACCOUNT, REGION, operation, {}, page_size=page_size
        )
        return [page async for page in asked]

    *whole, last = anyio.run(run)
    assert len(whole) == aws.pages == pages
    assert last == Failure("broken", operation.action, "PaginationError", f"the listing did not end in {pages:,} pages")
    assert "did not end" in last.explain()
