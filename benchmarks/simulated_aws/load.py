"""Replies a second of the simulated AWS, asked by a client that does nothing but send prepared requests.

usage: python -m benchmarks.simulated_aws.load [seconds] [connections]
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from benchmarks.simulated_aws.config import Config
from benchmarks.simulated_aws.process import SimulatedAws
from benchmarks.stub_server import run

CONFIG = Config(accounts=1000, preset="realistic", enforce_quotas=False)
MIXES: dict[str, list[tuple[str, str, str, str]]] = {
    "ec2:GetEbsEncryptionByDefault": [("ec2", "POST", "/", "Action=GetEbsEncryptionByDefault&Version=2016-11-15")],
    "ec2:DescribeVpcs": [("ec2", "POST", "/", "Action=DescribeVpcs&Version=2016-11-15&MaxResults=1000")],
    "ec2:DescribeInstances": [("ec2", "POST", "/", "Action=DescribeInstances&Version=2016-11-15&MaxResults=1000")],
    "s3:GetBucketEncryption": [("s3", "GET", "/bucket-{account}-{number}?encryption", "")],
    "iam:GetAccountAuthorizationDetails": [
        (
            "iam",
            "POST",
            "/",
            "Action=GetAccountAuthorizationDetails&Version=2010-05-08&MaxItems=1000&Filter.member.1=Role",
        )
    ],
}
MIXES["all of them but the last"] = [request for mix in list(MIXES.values())[:-1] for request in mix]


class _Client(asyncio.Protocol):
    """Sends the next request as soon as it has the reply to the last one."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self._requests = requests
        self._missing = 0
        self._head = b""
        self.replies = 0
        self.received = 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            lengths = self._head[:end].partition(b"content-length: ")[2]
            self._missing = int(lengths.partition(b"\r")[0]) - (len(self._head) - end - 4)
            self._head = b""
        if not self._missing:
            self.replies += 1
            self._transport.write(next(self._requests))


def _requests(mix: list[tuple[str, str, str, str]]) -> Iterator[bytes]:
    """One after the other, of a hundred accounts and all regions."""
    made = []
    for number in range(300):
        account, region = CONFIG.account_id(number % 100), CONFIG.regions[number % 3]
        for service, method, target, body in mix:
            path = target.format(account=account, number=number % 3)
            made.append(_request(account, region, service, method, path, body))
    return itertools.cycle(made)


def _request(account: str, region: str, service: str, method: str, target: str, body: str) -> bytes:
    scope = f"AKIA{account}LOAD/20260102/{region}/{service}/aws4_request"
    return (
        f"{method} {target} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: load\r\naccept: */*\r\n"
        "content-type: application/x-www-form-urlencoded; charset=utf-8\r\nx-amz-date: 20260102T030405Z\r\n"
        f"x-amz-content-sha256: {'0' * 64}\r\namz-sdk-invocation-id: 00000000-0000-4000-8000-000000000000\r\n"
        f"authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}\r\n"
        f"content-length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def _load(aws: SimulatedAws, seconds: float, connections: int) -> None:
    url = urlsplit(aws.url)
    host, port = url.hostname or "", url.port or 0
    loop = asyncio.get_running_loop()
    print(f"{'operation':40}{'replies/s':>10}{'per CPU second':>16}{'bytes':>9}")
    for name, mix in MIXES.items():
        aws.reset()
        requests = _requests(mix)
        made = [
            await loop.create_connection(lambda requests=requests: _Client(requests), host, port)  # type: ignore[misc]
            for _ in range(connections)
        ]
        start = time.perf_counter()
        await asyncio.sleep(seconds)
        taken = time.perf_counter() - start
        for transport, _ in made:
            transport.abort()
        replies = sum(client.replies for _, client in made)
        told = await asyncio.to_thread(aws.statistics)
        assert not told["unknown"]
        assert not told["refused"]
        size = sum(client.received for _, client in made) / replies
        print(f"{name:40}{replies / taken:10,.0f}{told['calls'] / told['cpu_seconds']:16,.0f}{size:9,.0f}")
    print(f"peak memory of the server: {told['peak_memory_mb']} MB")


def main(seconds: float = 3.0, connections: float = 50) -> None:
    with SimulatedAws(CONFIG) as aws:
        run(_load(aws, seconds, int(connections)))


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:]))
