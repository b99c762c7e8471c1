"""Shodan's interface, as https://developer.shodan.io/api describes it, played by a server on loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import anyio
import orjson
import pytest

from aioprowler import Failure
from aioprowler.tools.shodan import Shodan

UNKNOWN = b'{"error": "No information available for that IP."}'


@contextmanager
def directory(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """A server that answers everything alike; its address, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def ask(status: int, body: bytes) -> Any:
    async def main(address: str) -> Any:
        return await Shodan(address, interval=0.0).host("192.0.2.1", "the-key")

    with directory(status, body) as (address, _):
        return anyio.run(main, address)


def test_what_is_known_of_an_address() -> None:
    with directory(200, orjson.dumps({"ports": [22, 443], "isp": "Example"})) as (address, asked):
        host = anyio.run(Shodan(address).host, "192.0.2.1", "the-key")
    assert host == {"ports": [22, 443], "isp": "Example"}
    assert asked == ["/shodan/host/192.0.2.1?key=the-key&minify=true"]


def test_an_unknown_address_is_none() -> None:
    assert ask(404, UNKNOWN) is None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"<html>Unauthorized</html>", "unauthenticated"),
        (404, b"<html>no such page</html>", "broken"),
        (429, b"{}", "throttled"),
        (500, b"{}", "broken"),
        (200, b"{", "broken"),
        (200, b"[]", "broken"),
    ],
)
def test_what_is_no_answer_is_a_failure_without_the_key(status: int, body: bytes, kind: str) -> None:
    failure = ask(status, body)
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert "the-key" not in failure.explain()


def test_a_directory_that_cannot_be_reached_is_a_failure_without_the_key() -> None:
    failure = anyio.run(Shodan("http://127.0.0.1:9").host, "192.0.2.1", "the-key")
    assert isinstance(failure, Failure)
    assert failure.kind == "unreachable"
    assert "the-key" not in failure.explain()


def test_questions_keep_their_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("aioprowler.tools.shodan.anyio.sleep", sleep)

    async def main(host: Callable[..., Any]) -> None:
        await host("192.0.2.1", "the-key")
        await host("192.0.2.2", "the-key")

    started = time.monotonic()
    with directory(404, UNKNOWN) as (address, _):
        anyio.run(main, Shodan(address, interval=1000.0).host)
    first, second = waits
    assert first <= 0
    assert 1000.0 - (time.monotonic() - started) <= second <= 1000.0
