"""The clients of a scan, shared by all accounts: one per service, and more where a call needs its region's."""

from __future__ import annotations

import re
import resource
from collections import defaultdict
from collections.abc import Iterable
from contextlib import AsyncExitStack
from functools import cached_property
from typing import Any, Self

import aioboto3
import aiohttp
import anyio
from botocore import xform_name

from aioprowler._version import __version__
from aioprowler.aws.http import KEPT_FOR, Http
from aioprowler.aws.models import ModelLoader
from aioprowler.aws.patience import USUAL, Patience
from aioprowler.aws.places import Places
from aioprowler.aws.plain import PlainConfig, plain_credentials
from aioprowler.aws.profiles import session_of
from aioprowler.aws.signing import CurrentCredentialsResolver
from aioprowler.aws.web import LoopbackResolver
from aioprowler.declarations.sources import Operation

USER_AGENT = f"aioprowler/{__version__} (security scan)"
"""How it always begins, so that defenders can tell the scan's calls in CloudTrail."""

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 30.0
_BELOW_IP = re.compile(r"(?<=//)[^/@]+\.(?=(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?:/|$))")


def connections() -> int:
    """How many connections the process may open: half of its file descriptors, at most 1,000."""
    return min(1000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


class Clients:
    """Plain clients, made when first needed, and one HTTP session for the lean path."""

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
        self._session = aioboto3.Session(botocore_session=self._core)
        self._stack = AsyncExitStack()
        self._clients: dict[tuple[str, str], Any] = {}
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
        """A client that has the operation; making one costs milliseconds of CPU."""
        client = self._clients.get((service, region))
        if client is None or not hasattr(client, xform_name(operation)):
            async with self._locks[service]:
                client = await self._get(service, region, operation)
        return client

    @property
    def made(self) -> frozenset[tuple[str, str]]:
        """Services and regions that have a client."""
        return frozenset(self._clients)

    def home(self, service: str) -> str:
        """The region of the service's first client; empty where there is none yet."""
        return self._homes.get(service, "")

    async def first(self, service: str, region: str, operation: str) -> Any:
        """The first client of the service, in whatever region that is; in this one where there is none yet."""
        return await self.get(service, self.home(service) or region, operation)

    async def places(self, service: str) -> Places:
        """Where the service is called in each region, once it has a client."""
        if service not in self._places:
            client = self._clients[service, self.home(service)]
            self._places[service] = await Places.of(client, self._core, client_config(1, self._patience))
        return self._places[service]

    async def _get(self, service: str, region: str, operation: str) -> Any:
        client = self._clients.get((service, region))
        if not self._models.knows(service, operation):
            self._models.want([Operation(service, operation)])
            client = None
        if client is None or not hasattr(client, xform_name(operation)):
            client = self._clients[service, region] = await self._make(service, region)
            self._homes.setdefault(service, region)
        return client

    async def _make(self, service: str, region: str) -> Any:
        made = self._session.client(service, region_name=region, config=client_config(1, self._patience))
        async with self._making:
            client = await self._stack.enter_async_context(made)
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
