"""What a cluster shows to whoever looks: its pages, its dashboard, and the memory of its processes."""

from __future__ import annotations

import importlib.util
import json
import re
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.parse import quote

import anyio
from tornado.websocket import websocket_connect

HAS_BOKEH: Final = importlib.util.find_spec("bokeh") is not None
_FOR_ALL: Final = ("metrics", "health")
_OF_SCHEDULER: Final = (
    *("info/main/workers.html", "info/main/logs.html", "info/main/exceptions.html", "individual-plots.json"),
    *("json/counts.json", "json/identity.json", "json/index.html"),
)
_WITHIN: Final = 0.5
"""Seconds for which a page of the dashboard is looked at once it is there: it is brought up to date meanwhile."""
_GOODBYE: Final = 10.0
"""Seconds in which a page is closed."""
_AT_ONCE: Final = 6


def memory(pid: int) -> Iterator[bytes]:
    """All that a process holds."""
    with Path(f"/proc/{pid}/mem").open("rb") as held:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            if found := re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line):
                start, end = (int(each, 16) for each in found.groups())
                held.seek(start)
                try:
                    yield held.read(end - start)
                except OSError:
                    continue


def host_of(log: str) -> str:
    """Where a process that logs this serves its pages."""
    (host,) = re.findall(r"dashboard at:\s+(?:http://)?([\d.]+:\d+)", log)
    return str(host)


def pages_of_scheduler(host: str, tasks: Iterable[str], workers: Iterable[str]) -> bytes:
    """All that it serves as pages. `tasks`: their keys. `workers`: their addresses."""
    of_tasks = [f"info/{kind}/{quote(each, safe='')}.html" for each in tasks for kind in ("task", "call-stack")]
    kinds = ("logs", "worker", "call-stacks")
    of_workers = [f"info/{kind}/{quote(each, safe='')}.html" for each in workers for kind in kinds]
    return _read(host, [*_FOR_ALL, *_OF_SCHEDULER, *of_tasks, *of_workers])


def pages_of_worker(host: str) -> bytes:
    """All that it serves as pages."""
    return _read(host, _FOR_ALL)


def _read(host: str, names: Iterable[str]) -> bytes:
    found = []
    for name in names:
        try:
            with urllib.request.urlopen(f"http://{host}/{name}", timeout=60) as reply:
                found.append(reply.read())
        except HTTPError as error:  # of a task that is over meanwhile
            with error:
                found.append(error.read())
    return b"".join(found)


async def dashboard(host: str, names: Iterable[str]) -> dict[str, bytes]:
    """Name of a page, such as `/status` -> what a browser is told of it."""
    shown: dict[str, bytes] = {}
    width = anyio.Semaphore(_AT_ONCE)

    async def look(name: str) -> None:
        async with width:
            shown[name] = await _document(f"ws://{host}{name}/ws")

    async with anyio.create_task_group() as tasks:
        for name in names:
            tasks.start_soon(look, name)
    return shown


async def _document(url: str) -> bytes:
    """By Bokeh's protocol, whose messages come in three parts and what belongs to them: a greeting, then the document,
    then changes.
    """
    from bokeh.util.token import generate_jwt_token, generate_session_id

    connection = await websocket_connect(url, subprotocols=["bokeh", generate_jwt_token(generate_session_id())])
    heard: list[str | bytes | None] = [await connection.read_message() for _ in range(3)]
    for part in ({"msgid": "1", "msgtype": "PULL-DOC-REQ"}, {}, {}):
        await connection.write_message(json.dumps(part))
    while not any(isinstance(each, str) and "PULL-DOC-REPLY" in each for each in heard[3:]):
        heard.append(await connection.read_message())
        assert heard[-1] is not None, f"{url} was closed"
    with anyio.move_on_after(_WITHIN):
        while heard[-1] is not None:
            heard.append(await connection.read_message())
    connection.close()
    with anyio.move_on_after(_GOODBYE):
        while heard[-1] is not None:
            heard.append(await connection.read_message())
    return b"".join(each.encode() if isinstance(each, str) else each or b"" for each in heard)
