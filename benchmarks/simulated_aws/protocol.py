"""HTTP/1.1 as AWS's clients speak it: one request after the other on a connection, answered in their order."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path_and_query(self) -> tuple[str, str]:
        path, _, query = self.target.partition("?")
        return path, query


@dataclass(slots=True)
class Outcome:
    """What happens on the connection."""

    data: bytes = b""
    delay: float = 0.0
    then: Literal["keep", "close", "reset", "silence"] = "keep"
    done: Callable[[], None] | None = None
    """Called once when it is over, sent or not."""


class Answers(Protocol):
    """What stands behind the connections."""

    def answer(self, request: Request) -> Outcome: ...

    def connected(self) -> None: ...

    def disconnected(self) -> None: ...


class Connection(asyncio.Protocol):
    """Reads requests, asks for outcomes, and carries them out one at a time."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._received = b""
        self._waiting: asyncio.TimerHandle | None = None
        self._outcome: Outcome | None = None
        """What is being carried out; nothing is read meanwhile."""
        self._writable = True
        self._promised = False

    def connection_made(self, transport: Any) -> None:
        self._transport: Any = transport
        self._answers.connected()

    def connection_lost(self, exc: Exception | None) -> None:
        self._answers.disconnected()
        if self._waiting:
            self._waiting.cancel()
        if self._outcome:
            self._over(self._outcome)

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True
        self._proceed()

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        self._proceed()

    def _proceed(self) -> None:
        while self._outcome is None and self._writable and not self._transport.is_closing():
            request = self._next()
            if request is None:
                return
            self._outcome = outcome = self._answers.answer(request)
            if outcome.delay > 0:
                self._waiting = asyncio.get_running_loop().call_later(outcome.delay, self._after_delay, outcome)
            else:
                self._carry_out(outcome)

    def _after_delay(self, outcome: Outcome) -> None:
        self._waiting = None
        self._carry_out(outcome)
        self._proceed()

    def _carry_out(self, outcome: Outcome) -> None:
        if outcome.then == "silence":
            return
        if outcome.then == "reset":
            _reset(self._transport)
        else:
            self._transport.write(outcome.data)
            if outcome.then == "close":
                self._transport.close()
        self._over(outcome)

    def _over(self, outcome: Outcome) -> None:
        self._outcome = None
        if outcome.done:
            outcome.done()

    def _next(self) -> Request | None:
        """The next whole request, if it has come."""
        end = self._received.find(_END)
        if end < 0:
            return None
        first, *lines = self._received[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        start = end + len(_END)
        length = start + int(headers.get("content-length") or 0)
        if len(self._received) < length:
            self._promise(headers)
            return None
        body, self._received = self._received[start:length], self._received[length:]
        self._promised = False
        method, target, _ = first.split(" ", 2)
        return Request(method, target, headers, body)

    def _promise(self, headers: Mapping[str, str]) -> None:
        """Clients that send large bodies wait to be told to."""
        if "expect" in headers and not self._promised:
            self._promised = True
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _reset(transport: Any) -> None:
    """Close with RST, as a machine does that is gone."""
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
