"""The clients of a scan, shared by all accounts: one per service, and more where a call needs its region's."""

from __future__ import annotations

import re
import resource
from collections import defaultdict
from collections.abc import Iterable
from contextlib import AsyncExitStack
from functools import cached_property, partial
from typing import Any, Final, Self

import aioboto3
import aiohttp
import anyio
from botocore import xform_name
from msgspec import Struct

from aioprowler._version import __version__
from aioprowler.aws.http import KEPT_FOR, Http
from aioprowler.aws.models import RULES, ModelLoader
from aioprowler.aws.patience import USUAL, Patience
from aioprowler.aws.places import Places, Rules
from aioprowler.aws.plain import PlainConfig, plain_credentials
from aioprowler.aws.profiles import session_of
from aioprowler.aws.signing import CurrentCredentialsResolver
from aioprowler.aws.web import LoopbackResolver
from aioprowler.declarations.sources import Operation

USER_AGENT = f"aioprowler/{__version__} (security scan)"
"""How it always begins, so that defenders can tell the scan's calls in CloudTrail."""

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 30.0
PATTERNS: Final = 12
"""Clients that send nothing and are kept all the same, for what a service is asked comes together. With eight of them a
scan of twelve regions makes 178, with these 142, for 96 services, and each is a tenth to a whole megabyte.
"""
_BELOW_IP = re.compile(r"(?<=//)[^/@]+\.(?=(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?:/|$))")


def connections() -> int:
    """How many connections the process may open: half of its file descriptors, at most 1,000."""
    return min(1000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


class _Made(Struct):
    """A client, and what it has told."""

    client: Any
    is_kept: bool = False
    """Whether it may have connections."""
    rules: Rules | None = None


class Clients:
    """Plain clients, made when they are needed, and one HTTP session for the lean path.

    Most of them show a request of each of a few operations, from which the lean path learns, and are needed no more.
    Only those that send are kept, and of the others the last few.
    """

    def __init__(
        self, operations: Iterable[Operation] = (), profile: str | None = None, patience: Patience = USUAL
    ) -> None:
        """`operations`: what will be called. Another operation costs a new client when it is called first. `profile`:
        whose settings they have; without one, those of the environment's.
        """
        self._core = session_of(profile)
        self._core.register_component("credential_provider", CurrentCredentialsResolver())
        self._patience = patience
        self._operations = tuple(operations)
        self._core.lazy_register_component("data_loader", lambda: self._models)
        self._stack = AsyncExitStack()
        self._clients: dict[tuple[str, str], _Made] = {}
        """By service and region, the one that was used last at the end."""
        self.made: set[tuple[str, str]] = set()
        """Services and regions that have had a client."""
        self._homes: dict[str, str] = {}
        self._places: dict[str, Places] = {}
        self._locks: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)
        """By service: whoever has a client of one waits for no other's."""
        self._making = anyio.Lock()
        """One at a time, for each takes long: others have the event loop in between, such as who wants to end it."""

    def announce(self, operations: Iterable[Operation]) -> None:
        """These will be called as well."""
        self._models.want(operations)

    @cached_property
    def _models(self) -> ModelLoader:
        return ModelLoader(self._operations, self._core.get_config_variable("data_path"))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    @property
    def connect_timeout(self) -> float:
        """Seconds for which a connection is waited for."""
        return timeouts(self._patience)[0]

    @cached_property
    def http(self) -> Http:
        """What the lean path sends with. Made within the loop that it sends in."""
        connector = aiohttp.TCPConnector(
            limit=0, resolver=LoopbackResolver(), ttl_dns_cache=300, keepalive_timeout=KEPT_FOR
        )
        connect, read = timeouts(self._patience)
        timeout = aiohttp.ClientTimeout(total=2 * read, sock_connect=connect, sock_read=read)
        session = aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "identity"}, skip_auto_headers={"Content-Type"},
        )  # fmt: skip
        http = Http(session, connect, read, connections(), self._core.get_config_variable("ca_bundle"))
        self._stack.push_async_callback(session.close)
        self._stack.callback(http.close)
        return http

    async def get(self, service: str, region: str, operation: str) -> Any:
        """A client that calls the operation, and is kept; making one costs milliseconds of CPU."""
        made = await self._ready(service, region, operation)
        if not made.is_kept:
            made.is_kept = True
            await self._stack.enter_async_context(made.client)
        return made.client

    async def pattern(self, service: str, region: str, operation: str) -> Any:
        """A client that only shows what it would send, for as long as somebody looks at it."""
        return (await self._ready(service, region, operation)).client

    def home(self, service: str) -> str:
        """The region of the service's first client; empty where there is none yet."""
        return self._homes.get(service, "")

    async def first(self, service: str, region: str, operation: str) -> Any:
        """The pattern of the service's first client, in whatever region that was; in this one for want of any."""
        return await self.pattern(service, self.home(service) or region, operation)

    def places(self, service: str) -> Places:
        """Where the service is called in each region, once it has had a client."""
        if service not in self._places:
            self._places[service] = Places(partial(self._rules, service))
        return self._places[service]

    async def _rules(self, service: str, operation: str) -> Rules:
        made = await self._ready(service, self.home(service), operation)
        if made.rules is None:
            made.rules = await Rules.of(made.client, self._core, client_config(1, self._patience))
        return made.rules

    async def _ready(self, service: str, region: str, operation: str) -> _Made:
        key = service, region
        made = self._clients.get(key)
        if made is None or not hasattr(made.client, xform_name(operation)):
            async with self._locks[service]:
                made = await self._get(service, region, operation)
        self._clients[key] = self._clients.pop(key, made)
        return made

    async def _get(self, service: str, region: str, operation: str) -> _Made:
        made = self._clients.get((service, region))
        if made is None or not hasattr(made.client, xform_name(operation)):
            self._models.want([Operation(service, operation)])
            made = self._clients[service, region] = _Made(await self._make(service, region))
            self.made.add((service, region))
            self._homes.setdefault(service, region)
            self._let_go()
        return made

    def _let_go(self) -> None:
        """Of what has not been used for longest, and its rules, where there are too many."""
        passing = [key for key, made in self._clients.items() if not made.is_kept]
        for key in passing[:-PATTERNS]:
            del self._clients[key]
            if key[0] not in {service for service, _ in self._clients}:
                self._models.forget(key[0], RULES)

    async def _make(self, service: str, region: str) -> Any:
        made = self._core.create_client(service, region_name=region, config=client_config(1, self._patience))
        async with self._making, made as client:  # which has nothing to close before it sends
            pass
        client.meta.events.register("before-sign.s3-control", _without_name_below_ip)
        return client


def timeouts(patience: Patience) -> tuple[float, float]:
    """Seconds for which a connection, and an answer, is waited for."""
    return patience.connect_timeout or CONNECT_TIMEOUT, patience.read_timeout or READ_TIMEOUT


def client_config(attempts: int = 3, patience: Patience = USUAL) -> PlainConfig:
    """What holds for clients of every profile."""
    connect, read = timeouts(patience)
    return PlainConfig(
        user_agent=f"{USER_AGENT} {patience.user_agent}".rstrip(),
        connect_timeout=connect,
        read_timeout=read,
        max_pool_connections=50,
        retries={"total_max_attempts": attempts, "mode": "standard"},
        connector_args={"resolver": LoopbackResolver()},
    )


def session_in(region: str, profile: str | None = None, **keys: str | None) -> aioboto3.Session:
    """A session of its own, in a region. What botocore asks of AWS for its credentials goes there as well, as patiently
    as all else. `keys`: as aioboto3's, in place of the profile's.
    """
    core = session_of(profile)
    core.set_default_client_config(client_config())
    core.lazy_register_component("credential_provider", lambda: plain_credentials(core))
    return aioboto3.Session(botocore_session=core, region_name=region, **keys)


def _without_name_below_ip(request: Any, **_: Any) -> None:
    """S3 Control's rules put the account id before any host, and below an IP address there are no names."""
    request.url = _BELOW_IP.sub("", request.url)
