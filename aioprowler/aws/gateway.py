"""The AwsApi that talks to AWS: credentials, throttle, retries."""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self

import aiohttp
import anyio
from anyio import to_thread
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from aioprowler.aws.clients import Clients, LoopbackResolver, connections
from aioprowler.aws.credentials import Keys, Renewing
from aioprowler.aws.errors import EXPIRED, TRANSIENT, NotInRegionError, UnreadableReplyError, kind_of, status_of
from aioprowler.aws.lean import LeanCall, Request, new_invocation, now_stamp, plain_call
from aioprowler.aws.lean_calls import LeanCalls
from aioprowler.aws.partitions import host_beside, lists
from aioprowler.aws.quotas import QuotaTable
from aioprowler.aws.signing import current_keys
from aioprowler.aws.throttle import Clock, Lane, Sleep, Throttle
from aioprowler.declarations.account import Account
from aioprowler.declarations.sources import Operation

logger = logging.getLogger("aioprowler")

ATTEMPTS = 6
"""Tries of a call that AWS throttles or fails, or whose connection breaks; of one that is not answered, a third."""
BACKOFF = 0.5
BACKOFF_LIMIT = 20.0
"""Seconds: a retry waits a random time up to BACKOFF * 2 ** tries, at most this (full jitter)."""
REGION_CALLS = 128
"""Calls in flight to one region, over all accounts."""
UNREACHABLE_FOR = 2.0
UNREACHABLE_LIMIT = 60.0
"""Seconds for which an endpoint that could not be reached is not tried again: at first so many, each further time twice
as many, at most the limit. Retries so outlast a short break of the network, and a silent endpoint costs few calls.
"""

_REDIRECTED = frozenset({"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "301", "307"})
"""S3 errors that the plain client knows how to follow."""


class _Silence(NamedTuple):
    """An endpoint that could not be reached."""

    until: float
    """When it is tried again."""
    seconds: float
    """For how long it is not."""
    is_absent: bool
    """Whether there is no such endpoint."""


class Gateway:
    """Makes calls as fast as AWS's quotas and the scan's share of them allow: an AwsApi, and a context manager."""

    def __init__(
        self,
        budget: float = 0.5,
        table: QuotaTable | None = None,
        sleep: Sleep = anyio.sleep,
        clock: Clock = time.monotonic,
        operations: Iterable[Operation] = (),
    ) -> None:
        """`operations`: what will be called, as far as it is known; `announce` adds to it."""
        self._clients = Clients(operations)
        self._throttle = Throttle(budget, table, clock, sleep)
        self._sleep = sleep
        self._clock = clock
        self._providers: dict[str, Renewing] = {}
        self._lean = LeanCalls(self._clients)
        self._regions: dict[str, asyncio.Semaphore] = {}
        self._in_flight = asyncio.Semaphore(connections())  # asyncio's: anyio's checkpoints cost 10 us a call
        self._unreachable: dict[tuple[str, str], _Silence] = {}
        """By service and region."""
        self.throttles: Counter[str] = Counter()
        """`service:Operation` -> replies that refused a call as one too many."""
        self.retries: Counter[str] = Counter()
        self.sessions: Counter[str] = Counter()
        """Calls for the credentials of a role or an MFA session, which are not the scan's."""

    @property
    def throttled(self) -> int:
        """Replies so far that refused a call as one too many."""
        return self.throttles.total()

    @property
    def retried(self) -> int:
        """Calls so far that were made anew."""
        return self.retries.total()

    async def __aenter__(self) -> Self:
        await self._clients.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._clients.__aexit__(*error)

    def announce(self, operations: Iterable[Operation]) -> None:
        """These will be called as well. Clients that are made from here on have them."""
        self._clients.announce(operations)

    # --------------------------------------------------------------- accounts
    def register(self, account_id: str, provider: Renewing) -> None:
        """Calls for this account are signed with these credentials."""
        self._providers[account_id] = provider

    def identified(self, seed_id: str, account_id: str) -> None:
        """The account that calls were made for before its id was known."""
        self._throttle.identified(seed_id, account_id)

    def forget(self, account_id: str) -> None:
        """The account is finished: nothing of it is kept."""
        self._providers.pop(account_id, None)
        self._throttle.forget(account_id)

    # ------------------------------------------------------------------ calls
    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        """The parsed reply, after as many tries as it takes and is allowed. Raises ClientError and BotoCoreError."""
        provider = self._providers[account.id]
        lane = self._throttle.lane(account.id, region, service, operation)
        renewed = False
        tries = 0
        while True:
            keys = await provider.get()
            try:
                if not self._lean.knows(service, region, operation):
                    await self._plan(keys, region, service, operation, params)
                await self._throttle.wait(lane)
                try:
                    reply = await self._send(keys, region, service, operation, params, lane)
                finally:
                    self._throttle.answered(lane)
            except (ClientError, BotoCoreError) as error:
                tries += 1
                if _code(error) in EXPIRED and not renewed:
                    renewed = True
                    await provider.replace(keys)
                elif tries >= self._tries_for(error, lane, service, operation):
                    raise
                else:
                    self.retries[f"{service}:{operation}"] += 1
                    await self._sleep(random.uniform(0, min(BACKOFF_LIMIT, BACKOFF * 2**tries)))  # noqa: S311
            else:
                self._throttle.succeeded(lane)
                return reply

    def _tries_for(self, error: ClientError | BotoCoreError, lane: Lane, service: str, operation: str) -> int:
        """How often such a failure may be met before it is final."""
        if isinstance(error, ClientError):
            code, status = _code(error), status_of(error)
            if kind_of(code, status, str(error)) == "throttled":
                self.throttles[f"{service}:{operation}"] += 1
                self._throttle.throttled(lane)
                return ATTEMPTS
            return ATTEMPTS if code in TRANSIENT or status >= 502 or status == 500 else 1
        if isinstance(error, ReadTimeoutError):
            return ATTEMPTS // 3
        return ATTEMPTS if isinstance(error, HTTPClientError | UnreadableReplyError) else 1

    async def _plan(self, keys: Keys, region: str, service: str, operation: str, params: Mapping[str, Any]) -> None:
        """What takes long is done before a token is taken: calls that it holds up would come to AWS all at once."""
        current_keys.set(keys)
        if await self._lean.get(service, region, operation, params, keys) is None:
            await self._clients.get(service, region, operation)

    async def _send(
        self, keys: Keys, region: str, service: str, operation: str, params: dict[str, Any], lane: Lane
    ) -> dict[str, Any]:
        """One try, in its turn. Retries wait outside."""
        self._refuse_unreachable(service, region)
        slots = self._regions.get(region) or self._regions.setdefault(region, asyncio.Semaphore(REGION_CALLS))
        async with slots, self._in_flight:
            self._refuse_unreachable(service, region)
            try:
                if lane.concurrent is None:
                    reply = await self._once(keys, region, service, operation, params)
                else:
                    async with lane.concurrent:
                        reply = await self._once(keys, region, service, operation, params)
            except (EndpointConnectionError, ConnectTimeoutError) as error:
                is_absent = await self._is_absent(error, service, region, operation)
                self._not_reached(service, region, is_absent=is_absent)
                if is_absent:
                    raise NotInRegionError(service=service, region=region) from None
                raise
        if self._unreachable:
            self._unreachable.pop((service, region), None)
        return reply

    def _refuse_unreachable(self, service: str, region: str) -> None:
        silence = self._unreachable.get((service, region))
        if silence is None or self._clock() >= silence.until:
            return
        if silence.is_absent:
            raise NotInRegionError(service=service, region=region)
        raise EndpointConnectionError(endpoint_url=f"{service} in {region}")

    def _not_reached(self, service: str, region: str, *, is_absent: bool) -> None:
        """Calls that were under way together count once."""
        known = self._unreachable.get((service, region)) or _Silence(0.0, UNREACHABLE_FOR / 2, is_absent)
        if self._clock() >= known.until:
            seconds = min(2 * known.seconds, UNREACHABLE_LIMIT)
            self._unreachable[service, region] = _Silence(self._clock() + seconds, seconds, is_absent)

    async def _is_absent(self, error: BotoCoreError, service: str, region: str, operation: str) -> bool:
        """Whether the region does not have the service: its name does not resolve, though EC2's does there, so that
        it is not the resolver or the network, and botocore does not list it.
        """
        cause = error.kwargs.get("error")
        if not isinstance(cause, aiohttp.ClientConnectorDNSError) or cause.errno != socket.EAI_NONAME:
            return False
        beside = host_beside(cause.host, region)
        client = await self._clients.first(service, region, operation)
        prefix = client.meta.service_model.endpoint_prefix
        return bool(beside) and not await to_thread.run_sync(lists, prefix, region) and await _resolves(beside)

    async def _once(
        self, keys: Keys, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        lean = await self._lean.get(service, region, operation, params, keys)
        try:
            request = lean.request(params, keys, now_stamp(), new_invocation()) if lean else None
            if lean and request:
                return await self._lean_call(lean, request)
            return await self._plain_call(keys, region, service, operation, params)
        except ClientError as error:
            if _code(error) not in _REDIRECTED or request is None:
                raise
            return await self._plain_call(keys, region, service, operation, params)
        except (ResponseParserError, LookupError):
            raise UnreadableReplyError(endpoint=f"{service} in {region}") from None

    async def _plain_call(
        self, keys: Keys, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        current_keys.set(keys)
        return await plain_call(await self._clients.get(service, region, operation), operation, params)

    async def _lean_call(self, lean: LeanCall, request: Request) -> dict[str, Any]:
        try:
            return await lean.send(self._clients.http, request)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _as_botocore(error, request.url) from error


async def _resolves(host: str) -> bool:
    try:
        return bool(await LoopbackResolver().resolve(host))
    except OSError:
        return False


def _code(error: ClientError | BotoCoreError) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


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
