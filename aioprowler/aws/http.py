"""HTTP of the lean path: one write and one read for each call, over connections that are kept."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from functools import cached_property
from typing import Final

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http import HttpProcessingError
from yarl import URL

from aioprowler.aws.lean import Reply
from aioprowler.aws.requests import Request
from aioprowler.aws.web import BULKY_AT_ONCE, ResumingContext, read_within, tls_context

KEPT_FOR: Final = 30.0
"""Seconds for which a connection that nobody uses is kept."""


class Http:
    """Requests over connections that aiohttp opens and reads, without what its session and its pool do for each.

    Cookies, redirects, timers, a task that writes the body and the way into the pool and out of it are most of what a
    session's request costs; here a request is one write, and botocore has made all of its headers. Through a proxy the
    session does it.
    """

    def __init__(
        self, session: aiohttp.ClientSession, connect_timeout: float, read_timeout: float, most: int,
        bundle: str | None = None,
    ) -> None:  # fmt: skip
        """`most`: the connections that it keeps open. `bundle`: the file of the certificates that are trusted; without
        one, botocore's.
        """
        self._session = session
        self._read_timeout = read_timeout
        self._bundle = bundle
        self._loop = asyncio.get_running_loop()
        self._pool = _Pool(session, connect_timeout, most)
        self._waits = _Waits(read_timeout)
        self._turns = asyncio.Semaphore(BULKY_AT_ONCE)

    @cached_property
    def _tls(self) -> ResumingContext:
        return tls_context(self._bundle)

    def close(self) -> None:
        """Lets go of the connections."""
        self._waits.close()
        self._pool.close()

    async def exchange(self, request: Request, proxy: str | None) -> Reply:
        """Raises aiohttp's exceptions, TimeoutError and ReplyTooLargeError."""
        if proxy:
            return await self._through(proxy, request)
        scheme, _, rest = request.url.partition("://")
        host, _, target = rest.partition("/")
        message = _message(request, host, target)
        base = f"{scheme}://{host}"
        end = self._loop.time() + 2 * self._read_timeout
        connection = kept = self._pool.take(base)
        if connection is None:
            async with asyncio.timeout_at(end):
                connection = await self._pool.open(base, self._tls if scheme == "https" else True)
        try:
            reply = await self._converse(connection.protocol, message, end, has_body=request.method != "HEAD")
        except BaseException as error:
            self._pool.drop(connection)
            if isinstance(error, HttpProcessingError):
                raise aiohttp.ClientPayloadError(f"not HTTP: {error.message}") from None
            raise
        if not kept and connection.transport and (tls := connection.transport.get_extra_info("ssl_object")):
            self._tls.remember(tls)
        self._pool.keep(base, connection)
        return reply

    async def _converse(self, protocol: ResponseHandler | None, message: bytes, end: float, *, has_body: bool) -> Reply:
        if protocol is None or protocol.transport is None:
            raise aiohttp.ClientConnectionResetError("the connection is closed")
        protocol.set_response_params(skip_payload=not has_body, read_until_eof=True, auto_decompress=False)
        protocol.transport.write(message)
        self._waits.begin(protocol)
        try:
            head, body = await protocol.read()
            while head.code < 200:  # announces the reply proper
                head, body = await protocol.read()
        finally:
            self._waits.end(protocol)
        whole = body.read_nowait() if body.is_eof() else await self._rest(protocol, body, end)
        return head.code, head.headers, whole

    async def _rest(self, protocol: ResponseHandler, body: aiohttp.StreamReader, end: float) -> bytes:
        """A body that comes in pieces."""
        protocol.read_timeout = self._read_timeout
        protocol.start_timeout()
        async with asyncio.timeout_at(end):
            return await read_within(body, turns=self._turns)

    async def _through(self, proxy: str, request: Request) -> Reply:
        sent = self._session.request(
            request.method, URL(request.url, encoded=True), data=request.body, headers=request.headers,
            proxy=proxy, allow_redirects=False, ssl=self._tls,
        )  # fmt: skip
        async with sent as reply:
            return reply.status, reply.headers, await read_within(reply.content, turns=self._turns)


def _message(request: Request, host: str, target: str) -> bytes:
    headers = {"host": host, **request.headers, "accept": "*/*", "accept-encoding": "identity"}
    head = "\r\n".join([f"{request.method} /{target} HTTP/1.1", *map(": ".join, headers.items())])
    if head.count("\n") + head.count("\r") != 2 * len(headers):
        raise ValueError("a header holds a line break")
    return f"{head}\r\n\r\n".encode() + (request.body or b"")


def _is_clean(connection: Connection) -> bool:
    """Whether nothing of an earlier reply, nor after it, can come for the next one."""
    return connection.protocol is not None and not connection.protocol.should_close


class _Waits:
    """Who waits for the head of a reply. All may wait equally long, so that one timer does for them: the first who
    began is the first to end.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._ends: dict[ResponseHandler, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, protocol: ResponseHandler) -> None:
        self._ends[protocol] = end = self._loop.time() + self._seconds
        if self._timer is None:
            self._timer = self._loop.call_at(end, self._look)

    def end(self, protocol: ResponseHandler) -> None:
        self._ends.pop(protocol, None)

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = None
        for protocol, end in [*self._ends.items()]:
            if end > self._loop.time():
                self._timer = self._loop.call_at(end, self._look)
                return
            self.end(protocol)
            protocol.set_exception(aiohttp.SocketTimeoutError("no answer"))


class _Pool:
    """Open connections, by what they lead to: `https://ec2.eu-west-1.amazonaws.com`, whatever region is asked there."""

    def __init__(self, session: aiohttp.ClientSession, connect_timeout: float, most: int) -> None:
        self._session = session
        self._timeout = aiohttp.ClientTimeout(sock_connect=connect_timeout)
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._open = 0
        self._idle: dict[str, deque[tuple[Connection, float]]] = {}
        """With the time since when they are; the one that was used last comes last."""
        self._timer: asyncio.TimerHandle | None = None

    def take(self, base: str) -> Connection | None:
        """The one that was used last; None where there is none."""
        idle = self._idle.get(base)
        while idle:
            connection, since = idle.pop()
            if not connection.closed and _is_clean(connection) and self._loop.time() - since < KEPT_FOR:
                return connection
            self.drop(connection)
        return None

    async def open(self, base: str, tls: ssl.SSLContext | bool) -> Connection:
        """Another one, in the place of the one that has been idle for longest where there are as many as may be."""
        if self._open >= self._most:
            self._drop_one()
        connector = self._session.connector
        assert connector
        endpoint = aiohttp.ClientRequest("GET", URL(base), loop=self._loop, session=self._session, ssl=tls)
        self._open += 1
        try:
            return await connector.connect(endpoint, [], self._timeout)
        except BaseException as error:
            self._open -= 1
            if isinstance(error, TimeoutError):
                raise aiohttp.ConnectionTimeoutError(f"Connection timeout to host {base}") from error
            raise

    def keep(self, base: str, connection: Connection) -> None:
        """Nobody uses it now."""
        if not _is_clean(connection):
            self.drop(connection)
            return
        self._idle.setdefault(base, deque()).append((connection, self._loop.time()))
        if self._timer is None:
            self._timer = self._loop.call_later(KEPT_FOR, self._drop_old)

    def drop(self, connection: Connection) -> None:
        """It is of no more use."""
        connection.close()
        self._open -= 1

    def close(self) -> None:
        """Lets go of those that nobody uses."""
        if self._timer:
            self._timer.cancel()
        self._drop_since(self._loop.time())

    def _drop_old(self) -> None:
        self._drop_since(self._loop.time() - KEPT_FOR)
        self._timer = self._loop.call_later(KEPT_FOR, self._drop_old) if self._idle else None

    def _drop_since(self, time: float) -> None:
        for base, idle in [*self._idle.items()]:
            while idle and idle[0][1] <= time:
                self.drop(idle.popleft()[0])
            if not idle:
                del self._idle[base]

    def _drop_one(self) -> None:
        oldest = min((idle for idle in self._idle.values() if idle), key=lambda idle: idle[0][1], default=None)
        if oldest:
            self.drop(oldest.popleft()[0])
