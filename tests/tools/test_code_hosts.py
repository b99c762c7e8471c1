"""GitHub and GitLab, played by servers on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import anyio
import pytest

from aioprowler import Failure
from aioprowler.tools import make_tools
from aioprowler.tools.code_hosts import CodeHosts
from aioprowler.tools.nobody import Nobody


@contextmanager
def host(status: int, location: str = "") -> Iterator[tuple[str, list[str]]]:
    """A server that answers everything alike; its address, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

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


def find(name: str, *hosts: str) -> Any:
    return anyio.run(CodeHosts({each: each for each in hosts}).find, name)


@pytest.mark.parametrize(
    ("status", "location"), [(200, ""), (301, "/example/renamed"), (302, "http://127.0.0.1/example/Web")]
)
def test_a_repository_that_is_shown_is_public(status: int, location: str) -> None:
    with host(status, location) as (address, asked):
        assert find("example/web.git", address) == f"{address}/example/web"
    assert asked == ["/example/web"]


@pytest.mark.parametrize(
    ("status", "location"), [(404, ""), (302, "/users/sign_in"), (302, "https://github.com/login")]
)
def test_a_repository_that_is_not_shown_is_not_public(status: int, location: str) -> None:
    with host(status, location) as (address, _):
        assert find("example/web", address) is None


@pytest.mark.parametrize(
    ("status", "location", "kind"),
    [
        (403, "", "denied"),
        (429, "", "throttled"),
        (503, "", "throttled"),
        (500, "", "broken"),
        (302, "https://elsewhere.example.com/web", "broken"),
    ],
)
def test_any_other_answer_says_nothing(status: int, location: str, kind: str) -> None:
    with host(status, location) as (address, _):
        found = find("example/web", address)
    assert isinstance(found, Failure)
    assert (found.kind, found.action) == (kind, "GitHub or GitLab")


def test_a_host_that_is_not_there_says_nothing() -> None:
    with host(200) as (address, _):
        pass
    found = find("example/web", address)
    assert isinstance(found, Failure)
    assert found.kind == "unreachable"


def test_one_host_is_enough_to_be_public_and_all_to_be_private() -> None:
    with host(500) as (silent, _), host(200) as (shows, _), host(404) as (hides, _):
        assert find("example/web", silent, shows) == f"{shows}/example/web"
        assert isinstance(find("example/web", silent, hides), Failure)
        assert isinstance(find("example/web", hides, silent), Failure)


def test_a_host_that_is_named_is_asked_alone() -> None:
    with host(200) as (shows, asked), host(404) as (hides, _):
        hosts = CodeHosts({"GitHub": shows, "GitLab": hides})
        assert anyio.run(hosts.find, "example/web", "GitLab") is None
        assert asked == []
        assert anyio.run(hosts.find, "example/web", "GitHub") == f"{shows}/example/web"


def test_a_repository_is_asked_for_once() -> None:
    with host(404) as (address, asked):
        hosts = CodeHosts({"GitHub": address})

        async def twice() -> None:
            async with anyio.create_task_group() as tasks:
                for _ in range(9):
                    tasks.start_soon(hosts.find, "example/web")
            await hosts.find("example/web")

        anyio.run(twice)
    assert len(asked) <= 4


@pytest.mark.parametrize(
    "name", ["web", "../web", "example/..", "example/web?x", "https://example.com/web", "", "a b/c"]
)
def test_what_is_no_name_is_not_asked_for(name: str) -> None:
    with host(200) as (address, asked):
        assert isinstance(find(name, address), Failure)
    assert asked == []


def test_without_the_internet_nobody_is_asked() -> None:
    nobody = [each for each in make_tools(internet=False).values() if isinstance(each, Nobody)]
    assert len(nobody) == 3
    found = [*(anyio.run(each.find, "example/web") for each in nobody), anyio.run(nobody[0].host, "192.0.2.1", "key")]
    assert {(each.kind, each.code) for each in found} == {("limited", "--no-internet")}
