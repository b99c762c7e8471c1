"""AWS on a loopback port, as a test wants it: every reply, and every mishap."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal, Self
from urllib.parse import parse_qs

Mishap = Literal["reset", "half", "silence"]
_SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/")


@dataclass(frozen=True)
class Received:
    """A request as it came over the wire. Header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def _scope(self, part: int) -> str:
        found = _SCOPE.search(self.headers.get("authorization", ""))
        return found[part] if found else ""

    @property
    def access_key(self) -> str:
        return self._scope(1)

    @property
    def service(self) -> str:
        return self._scope(3)

    @property
    def fields(self) -> dict[str, str]:
        """Of the query protocols."""
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass(frozen=True)
class Reply:
    body: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


Handler = Callable[[Received], Reply | Mishap | bytes]
"""Bytes are sent as they are, and the connection is closed after them."""


def query_error(code: str, message: str = "", status: int = 400) -> Reply:
    """An error of the query protocol, which EC2's parser reads too where it is wrapped so."""
    return Reply(
        f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>", status
    )


def ec2_error(code: str, message: str = "", status: int = 400) -> Reply:
    body = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
    return Reply(body, status)


def s3_error(code: str, message: str = "", status: int = 400, more: str = "") -> Reply:
    return Reply(f"<Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>", status)


class StubAws:
    """Answers with `handler` and remembers what was asked, and how much of it at once."""

    def __init__(self, handler: Handler, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.handler = handler
        self._port = port
        self._tls = tls
        self.received: list[Received] = []
        self.peak = 0
        self.opened = 0
        self.open = 0
        """Connections, in all and at this moment."""
        self._in_flight = 0
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", self._port, ssl=self._tls)
        scheme = "https" if self._tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        self.opened += 1
        self.open += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while await self._exchange(reader, writer):
                pass
        self.open -= 1
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await _read(reader, writer)
        self.received.append(request)
        self._in_flight += 1
        self.peak = max(self.peak, self._in_flight)
        try:
            reply = self.handler(request)
            if isinstance(reply, Reply):
                await asyncio.sleep(reply.delay)
                writer.write(_bytes(reply, request.method))
                await writer.drain()
                return True
            if isinstance(reply, bytes):
                writer.write(reply)
                await writer.drain()
            else:
                await _misbehave(reply, writer)
            return False
        finally:
            self._in_flight -= 1


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Received:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    method, target, _ = first.split(" ")
    if "expect" in headers:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return Received(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def _bytes(reply: Reply, method: str) -> bytes:
    content = reply.body.encode()
    headers = {"content-length": str(len(content)), "x-amzn-requestid": "1a2b", **reply.headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n{lines}\r\n".encode()
    return head if method == "HEAD" else head + content


async def _misbehave(mishap: Mishap, writer: asyncio.StreamWriter) -> None:
    if mishap == "silence":
        await asyncio.sleep(3600)
    if mishap == "half":
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n<Describe")
        await writer.drain()
    else:
        writer.transport.abort()
