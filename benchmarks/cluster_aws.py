"""An AWS within the process that asks it, for many accounts: replies of the simulated AWS, recorded once.

A call is the gateway's in all but its sockets: throttle, credentials, signature, the reply read from its bytes.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections import OrderedDict
from functools import lru_cache, partial
from hashlib import blake2s
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

import msgspec

from aioprowler import Account
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.gateway import Gateway
from aioprowler.aws.lean import Reply, Sender
from aioprowler.aws.quotas import QuotaTable
from aioprowler.aws.requests import Request
from aioprowler.declarations.readings import Reading

RECORDED: Final = "AIOPROWLER_BENCHMARK_REPLIES"
"""The variable of the environment that names the file of replies."""
LARGE: Final = "9"
"""First digit of the ids of large accounts."""
_REGISTERED: Final = 256
"""Accounts at most of which the gateway knows the credentials: more than are ever under way."""
_ACCOUNT, _SALT = b"701728401947", b"5a17c0de"
_OWNER: Final = re.compile(r"Credential=AKIA(\d{12})")
_SCOPE: Final = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/")
_NOBODYS: Final = re.compile(r"aioprowler-[0-9a-f]{32}")
"""A bucket that nobody has, by whose absence it is known what the absence of others looks like."""

Key = tuple[str, str, bytes]
"""Method, URL and body of a request, with placeholders for what is the account's own."""
Answers = dict[Key, Reply]


class Replies:
    """What was asked, and what was answered."""

    def __init__(self, small: Answers, large: Answers) -> None:
        self.small = small
        self.large = large

    @classmethod
    def read(cls, file: Path) -> Self:
        """As they were written."""
        told = msgspec.msgpack.decode(file.read_bytes(), type=list[list[tuple[Key, Reply]]])
        return cls(*map(dict, told))

    def write(self, file: Path) -> None:
        """For those who ask."""
        file.write_bytes(msgspec.msgpack.encode([[*self.small.items()], [*self.large.items()]]))

    def of(self, account: str) -> Answers:
        """Those for the account."""
        return self.large if account.startswith(LARGE) else self.small


class InMemory:
    """A ReadingApi of any number of accounts."""

    def __init__(self, sender: Sender | None = None) -> None:
        """`sender`: who answers, instead of the file of replies."""
        self._http = sender or _Recorded(Replies.read(Path(os.environ[RECORDED])))
        self._gateway = Gateway(budget=1.0, table=QuotaTable({"*:*": {"rate": 1e9, "capacity": 1e9}}))
        self._registered = OrderedDict[str, None]()

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        """See AwsApi."""
        return await self.read(account, region, service, operation, params, None)

    async def read(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any],
        reading: Reading | None,
    ) -> dict[str, Any]:  # fmt: skip
        """See ReadingApi."""
        if account.id not in self._registered:
            self._register(account.id)
        return await self._gateway.read(account, region, service, operation, params, reading)

    def _register(self, account_id: str) -> None:
        self._registered[account_id] = None
        self._gateway.register(account_id, Renewing(partial(_keys, account_id)))
        vars(self._gateway.lines[0].clients)["http"] = self._http
        if len(self._registered) > _REGISTERED:
            self._gateway.forget(self._registered.popitem(last=False)[0])


class _Recorded:
    """A Sender that answers by what was recorded."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    async def exchange(self, request: Request, _proxy: str | None) -> Reply:
        await asyncio.sleep(0)  # others have their turn, as where a network is waited for
        account = _owner(request)
        status, headers, body = self._replies.of(account)[_key(request, account)]
        return status, headers, body.replace(_ACCOUNT, account.encode()).replace(_SALT, _salt(account))


class Recording:
    """A Sender to the simulated AWS, and what it has sent and received."""

    def __init__(self, simulation: Any) -> None:
        self._simulation = simulation
        self.replies: Answers = {}

    async def exchange(self, request: Request, _proxy: str | None) -> Reply:
        """See Sender."""
        from benchmarks.simulated_aws import protocol, rendering

        account, region = _owner(request), _SCOPE.split(request.headers["authorization"])[1]
        own, theirs = _salt(account), rendering.place(account, region).salt
        where = urlsplit(request.url)
        target = (where.path + (f"?{where.query}" if where.query else "")).replace(own.decode(), theirs.decode())
        asked = protocol.Request(
            request.method,
            target,
            {**request.headers, "host": where.netloc},
            (request.body or b"").replace(own, theirs),
        )
        outcome = self._simulation.answer(asked)
        outcome.done()
        reply: bytes = outcome.data.replace(theirs, own)
        head, _, body = reply.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        status, headers = (
            int(first.split()[1]),
            {name.lower(): told for name, told in (e.split(": ", 1) for e in lines)},
        )
        self.replies[_key(request, account)] = status, headers, _general(body, account)
        return status, headers, body


def _key(request: Request, account: str) -> Key:
    url = _NOBODYS.sub("nobodys", _general(request.url.encode(), account).decode())
    return request.method, url, _general(request.body or b"", account)


def _general(text: bytes, account: str) -> bytes:
    return text.replace(account.encode(), _ACCOUNT).replace(_salt(account), _SALT)


@lru_cache(1024)
def _salt(account: str) -> bytes:
    """What ids of the account's resources have in them."""
    return blake2s(account.encode(), digest_size=4).hexdigest().encode()


def _owner(request: Request) -> str:
    found = _OWNER.search(request.headers["authorization"])
    assert found
    return found[1]


async def _keys(account_id: str) -> Keys:
    return Keys(f"AKIA{account_id}", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
