"""A whole fake AWS in memory: a table of replies, with every call recorded."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import IO, Any

import anyio
import anyio.lowlevel
from botocore.exceptions import ClientError

from aioprowler import (
    Account,
    Downloads,
    Failure,
    Finding,
    HostDirectory,
    IpRanges,
    PublicRepositories,
    ScanOptions,
    Secret,
    SecretScanner,
    scan,
)
from aioprowler.declarations.sources import LARGEST_DOWNLOAD

NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)

Reply = dict[str, Any] | Exception | Callable[[Account, str, dict[str, Any]], Any]


def error(code: str, message: str = "", status: int = 400) -> ClientError:
    """What botocore raises for an AWS error."""
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}, ""
    )


def denied(action: str = "it") -> ClientError:
    return error("AccessDenied", f"User is not authorized to perform: {action}", 403)


class World:
    """An AwsApi. `replies` is keyed by `service:Operation`, or by that and a region:
    `("ec2:DescribeVpcs", "eu-west-1")`.

    A reply is a dict, an exception to raise, or a function of account, region and parameters. What has no entry is
    answered with nothing: `{}`.
    """

    def __init__(self, replies: Mapping[Any, Reply] | None = None) -> None:
        self.replies: dict[Any, Reply] = dict(replies or {})
        self.calls: Counter[str] = Counter()
        self.params: list[tuple[str, str, str, dict[str, Any]]] = []

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        name = f"{service}:{operation}"
        self.calls[name] += 1
        self.params.append((account.id, region, name, params))
        await anyio.lowlevel.checkpoint()
        reply = self.replies.get((name, region), self.replies.get(name, {}))
        if callable(reply):
            reply = reply(account, region, params)
        if isinstance(reply, Exception):
            raise reply
        return reply


ACCOUNT = Account(id="123456789012", default_region="us-east-1", regions=("us-east-1", "eu-west-1"))


class FakeScanner:
    """A SecretScanner that knows one secret; with validation, it is live."""

    async def find(self, text: str, *, validate: bool = False) -> tuple[Secret, ...]:
        await anyio.lowlevel.checkpoint()
        lines = enumerate(text.split("\n"), start=1)
        return tuple(Secret("Password", number, validate) for number, line in lines if "tr0ub4dor" in line)


class FakeDirectory:
    """A HostDirectory that knows one address."""

    async def host(self, address: str, key: str) -> dict[str, Any] | Failure | None:
        await anyio.lowlevel.checkpoint()
        if key != "the-key":
            return Failure("unauthenticated", "Shodan", "401")
        return {"ports": [22], "isp": "Example", "country_name": None, "os": "x"} if address == "192.0.2.1" else None


class FakeDownloads:
    """Downloads of files by their links; of any other, the access is denied."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = files or {}

    @asynccontextmanager
    async def get(
        self, link: Callable[[], Awaitable[str | Failure]], *, largest: int = LARGEST_DOWNLOAD
    ) -> AsyncIterator[IO[bytes] | Failure]:
        url = await link()
        if isinstance(url, Failure):
            yield url
        elif (content := self.files.get(url)) is None:
            yield Failure("denied", "the file behind a link", "HTTP status 403")
        else:
            assert len(content) <= largest
            yield io.BytesIO(content)


class FakeRanges:
    """IpRanges that know two addresses."""

    async def find(self, address: str) -> tuple[str, ...] | Failure:
        await anyio.lowlevel.checkpoint()
        return ("AMAZON", "EC2") if address in ("192.0.2.1", "3.5.0.1") else ()


LINK = "https://packages.example/"
"""Beginning of links to archives of one text, by what it is."""


def zipped(text: str) -> bytes:
    """An archive with the text in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("text", text)
    return made.getvalue()


class FakeRepositories:
    """PublicRepositories that know one."""

    async def find(self, name: str, host: str = "") -> str | None:  # noqa: ARG002 - it is the one of both
        await anyio.lowlevel.checkpoint()
        return f"https://github.com/{name}" if name == "example/public" else None


TOOLS: dict[type, Any] = {
    SecretScanner: FakeScanner(),
    HostDirectory: FakeDirectory(),
    Downloads: FakeDownloads(
        {
            f"{LINK}harmless": zipped("a"),
            f"{LINK}secretive": zipped("tr0ub4dor"),
            f"{LINK}harmless-image": b"{}",
            f"{LINK}secretive-image": b'{"config": {"Env": ["TOKEN=tr0ub4dor"]}}',
        }
    ),
    IpRanges: FakeRanges(),
    PublicRepositories: FakeRepositories(),
}


async def scan_world(
    world: World,
    *checks: str,
    accounts: tuple[Account, ...] = (ACCOUNT,),
    tools: Mapping[type, Any] = TOOLS,
    **options: Any,
) -> list[Finding]:
    chosen = ScanOptions(checks=checks or None, accounts=accounts, now=options.pop("now", NOW), **options)
    return [finding async for finding in scan(chosen, aws=world, tools=tools)]


def findings_of(world: World, *checks: str, **options: Any) -> list[Finding]:
    """All findings of a scan of the world, sorted."""

    async def run() -> list[Finding]:
        return await scan_world(world, *checks, **options)

    return sorted(anyio.run(run), key=lambda f: (f.check_id, f.account_id, f.region, f.resource_id))


def verdicts(world: World, *checks: str, **options: Any) -> dict[tuple[str, str, str], str]:
    """(check, region, resource id) -> status."""
    return {(f.check_id, f.region, f.resource_id): f.status for f in findings_of(world, *checks, **options)}
