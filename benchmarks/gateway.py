"""How many AWS calls a second of CPU pays for: the gateway, a plain aiobotocore client, and HTTP alone.

usage: python -m benchmarks.gateway [calls in a round] [rounds]
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore import xform_name
from yarl import URL

from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.gateway import Gateway
from aioprowler.aws.lean import plain_request
from aioprowler.aws.quotas import QuotaTable
from aioprowler.declarations.account import Account
from benchmarks.stub_server import run, serving

KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "session-token" * 20)
ACCOUNT = Account(id="123456789012")
REGION = "us-east-1"
WIDTH = 50
"""Calls in flight."""
CALLS: list[tuple[str, str, str, dict[str, Any], float]] = [
    ("ec2", "ec2", "DescribeVpcs", {"MaxResults": 1000}, 4),
    ("query", "iam", "ListAccessKeys", {"UserName": "alice"}, 4),
    ("rest-xml", "s3", "GetBucketEncryption", {"Bucket": "reports"}, 4),
    ("json", "dynamodb", "ListTables", {"Limit": 100}, 6),
    ("rest-json", "lambda", "ListFunctions", {"MaxItems": 50}, 6),
]
"""Protocol, service, operation, parameters, and by how many times the gateway is to beat the plain client."""

Call = Callable[[], Awaitable[object]]


async def _rate(call: Call, calls: int) -> float:
    """Calls for each second of this process's CPU time."""

    async def worker() -> None:
        for _ in range(calls // WIDTH):
            await call()

    start = time.process_time()
    await asyncio.gather(*(worker() for _ in range(WIDTH)))
    return calls / (time.process_time() - start)


async def _keys() -> Keys:
    return KEYS


def _http(session: aiohttp.ClientSession, request: Any) -> Call:
    async def call() -> bytes:
        url = URL(request.url, encoded=True)
        async with session.request(request.method, url, data=request.body, headers=request.headers) as reply:
            return await reply.read()

    return call


async def _contenders(stack: AsyncExitStack, service: str, operation: str, params: dict[str, Any]) -> dict[str, Call]:
    gateway: Gateway = await stack.enter_async_context(
        Gateway(table=QuotaTable({f"{service}:*": {"rate": 1e9, "capacity": 1e9}}))
    )
    gateway.register(ACCOUNT.id, Renewing(_keys))
    client = await stack.enter_async_context(
        get_session().create_client(
            service, region_name=REGION, config=AioConfig(max_pool_connections=WIDTH),
            aws_access_key_id=KEYS.access_key, aws_secret_access_key=KEYS.secret_key, aws_session_token=KEYS.token,
        )
    )  # fmt: skip
    method = getattr(client, xform_name(operation))
    connector = aiohttp.TCPConnector(limit=WIDTH)
    session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector, auto_decompress=False))
    return {
        "gateway": lambda: gateway.call(ACCOUNT, REGION, service, operation, params),
        "aiobotocore": lambda: method(**params),
        "aiohttp": _http(session, await plain_request(client, operation, params)),
    }


async def _measure(calls: int, rounds: int) -> None:
    print(f"{'protocol':10}{'operation':32}{'gateway':>10}{'aiobotocore':>13}{'aiohttp':>10}{'ratio':>8}  goal")
    for protocol, service, operation, params, goal in CALLS:
        async with AsyncExitStack() as stack:
            contenders = await _contenders(stack, service, operation, params)
            for call in contenders.values():
                await _rate(call, WIDTH * 4)
            rates: dict[str, list[float]] = {name: [] for name in contenders}
            for _ in range(rounds):
                for name, call in contenders.items():
                    rates[name].append(await _rate(call, calls))
        ours, plain, http = (statistics.median(each) for each in rates.values())
        name = f"{service}:{operation}"
        print(f"{protocol:10}{name:32}{ours:10,.0f}{plain:13,.0f}{http:10,.0f}{ours / plain:7.1f}x  {goal:.0f}x")


def main(calls: int = 1500, rounds: int = 7) -> None:
    with serving() as url:
        os.environ |= {"AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull}
        run(_measure(calls, rounds))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
