"""One try of a call: the way to AWS that accounts share whose clients have the same settings."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any, NamedTuple

import aiohttp
from anyio import to_thread
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError, XMLParseError

from aioprowler.aws.clients import Clients
from aioprowler.aws.credentials import Keys
from aioprowler.aws.errors import NotInRegionError, UnreadableReplyError, code_of
from aioprowler.aws.lean import LeanCall, new_invocation, now_stamp, plain_call
from aioprowler.aws.lean_calls import LeanCalls
from aioprowler.aws.partitions import host_beside, lists
from aioprowler.aws.requests import Request
from aioprowler.aws.signing import current_keys
from aioprowler.aws.throttle import Clock
from aioprowler.aws.web import LoopbackResolver
from aioprowler.declarations.readings import Reading

UNREACHABLE_FOR = 2.0
UNREACHABLE_LIMIT = 60.0
"""Seconds for which an endpoint that could not be reached is not tried again: at first so many, each further time twice
as many, at most the limit.
"""
EXPECTED_FOR = 8.0
"""The same of an endpoint that is expected back, because its service was reached before, here or in another region.
Retries so outlast a short break of the network, or a machine that slept, and whoever is silent for longer costs few
calls.
"""
LATE = 1.0
"""Seconds beyond its time after which a connection is given up by a process that did not run meanwhile, as one that was
stopped or a machine that slept: timers come first when it goes on, and nobody was waited for.
"""
UNREACHED = (EndpointConnectionError, ConnectTimeoutError)
"""What is raised where there is no connection."""

_REDIRECTED = frozenset({"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "301", "307"})
"""S3's errors about a bucket in another region, for which the plain client signs anew."""


class _Silence(NamedTuple):
    """An endpoint that could not be reached."""

    until: float
    """When it is tried again."""
    seconds: float
    """For how long it is not."""
    is_absent: bool
    """Whether there is no such endpoint."""
    is_expected: bool
    """Whether it is expected back."""


class Line:
    """Clients of one configuration, what is known of their requests, and which of their endpoints are silent."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self.clients = clients
        self._lean = LeanCalls(clients)
        self._clock = clock
        self._unreachable: dict[tuple[str, str], _Silence] = {}
        """By service and region."""
        self._reached: set[str] = set()
        """Services that were, in any region."""

    async def plan(self, keys: Keys, region: str, service: str, operation: str, params: Mapping[str, Any]) -> None:
        """What takes long is done before a token is taken: calls that it holds up would come to AWS all at once."""
        if self._lean.knows(service, region, operation):
            return
        current_keys.set(keys)
        if await self._lean.get(service, region, operation, params, keys) is None:
            await self.clients.get(service, region, operation)

    async def send(
        self, keys: Keys, region: str, service: str, operation: str, params: dict[str, Any], reading: Reading | None
    ) -> dict[str, Any]:
        """What is read of the reply, all of it with None. Raises ClientError and BotoCoreError, NotInRegionError where
        the region does not have the service.
        """
        began = self._clock()
        try:
            reply = await self._once(keys, region, service, operation, params, reading)
        except UNREACHED as error:
            if isinstance(error, ConnectTimeoutError) and self._clock() > began + self.clients.connect_timeout + LATE:
                raise
            is_absent = await self._is_absent(error, service, region, operation)
            self._not_reached(service, region, is_absent=is_absent)
            if is_absent:
                raise NotInRegionError(service=service, region=region) from None
            raise
        if self._unreachable:
            self._unreachable.pop((service, region), None)
        self._reached.add(service)
        return reply

    def try_again(self) -> None:
        """Whatever endpoint could not be reached may be by now."""
        self._unreachable.clear()

    def is_expected_back(self, service: str, region: str) -> bool:
        """Whether an endpoint that could not be reached is worth another try."""
        silence = self._unreachable.get((service, region))
        return silence is None or silence.is_expected

    def refuse_unreachable(self, service: str, region: str) -> None:
        """Raises what the last call did, where the endpoint was silent a moment ago."""
        silence = self._unreachable.get((service, region))
        if silence is None or self._clock() >= silence.until:
            return
        if silence.is_absent:
            raise NotInRegionError(service=service, region=region)
        raise EndpointConnectionError(endpoint_url=f"{service} in {region}")

    def _not_reached(self, service: str, region: str, *, is_absent: bool) -> None:
        """Calls that were under way together count once."""
        known = self._unreachable.get((service, region))
        if known is None or self._clock() >= known.until:
            seconds = min(2 * known.seconds, UNREACHABLE_LIMIT) if known else UNREACHABLE_FOR
            is_expected = service in self._reached and seconds <= EXPECTED_FOR
            self._unreachable[service, region] = _Silence(self._clock() + seconds, seconds, is_absent, is_expected)

    async def _is_absent(self, error: BotoCoreError, service: str, region: str, operation: str) -> bool:
        """Whether the region does not have the service: its name does not resolve, though EC2's does there, so that
        it is not the resolver or the network, and botocore does not list it.
        """
        cause = error.kwargs.get("error")
        if not isinstance(cause, aiohttp.ClientConnectorDNSError) or cause.errno != socket.EAI_NONAME:
            return False
        beside = host_beside(cause.host, region)
        client = await self.clients.first(service, region, operation)
        prefix = client.meta.service_model.endpoint_prefix
        return bool(beside) and not await to_thread.run_sync(lists, prefix, region) and await _resolves(beside)

    async def _once(
        self, keys: Keys, region: str, service: str, operation: str, params: dict[str, Any], reading: Reading | None
    ) -> dict[str, Any]:
        lean = await self._lean.get(service, region, operation, params, keys)
        try:
            request = lean.request(params, keys, now_stamp(), new_invocation()) if lean else None
            if lean and request:
                return await self._lean_call(lean, request, reading)
            return await self._plain_call(keys, region, service, operation, params)
        except ClientError as error:
            if code_of(error) not in _REDIRECTED or "Bucket" not in params or request is None:
                raise
            return await self._plain_call(keys, region, service, operation, params)
        except (ResponseParserError, XMLParseError, LookupError):
            raise UnreadableReplyError(endpoint=f"{service} in {region}") from None

    async def _plain_call(
        self, keys: Keys, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        current_keys.set(keys)
        client = await self.clients.get(service, region, operation)
        try:
            return await plain_call(client, operation, params)
        except TimeoutError as error:
            raise _as_botocore(error, client.meta.endpoint_url) from error

    async def _lean_call(self, lean: LeanCall, request: Request, reading: Reading | None) -> dict[str, Any]:
        try:
            return await lean.send(self.clients.http, request, reading)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _as_botocore(error, request.url) from error


async def _resolves(host: str) -> bool:
    try:
        return bool(await LoopbackResolver().resolve(host))
    except OSError:
        return False


def _as_botocore(error: aiohttp.ClientError | TimeoutError, url: str) -> BotoCoreError:
    """The exception that a plain client raises for the same mishap."""
    if isinstance(error, aiohttp.ClientSSLError):
        return SSLError(endpoint_url=url, error=error)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return ConnectTimeoutError(endpoint_url=url, error=error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return EndpointConnectionError(endpoint_url=url, error=error)
    if isinstance(error, TimeoutError):
        return ReadTimeoutError(endpoint_url=url, error=error)
    return ConnectionClosedError(endpoint_url=url, error=error)
