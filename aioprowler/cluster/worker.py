"""What runs on a Dask worker: an outbox that the coordinator empties, and tasks that hold a place for a batch."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from hashlib import blake2b
from importlib.resources import files
from typing import Any, Final

from distributed import WorkerPlugin, get_worker

from aioprowler._version import __version__
from aioprowler.catalog.loading import INDEX
from aioprowler.cluster.outpost import Outpost
from aioprowler.cluster.sealing import Reader

_FULL: Final = 2
"""Deliveries that wait for the coordinator; each is all that there was when the one before it was put."""
_PATIENCE: Final = 5.0
"""Seconds for which the coordinator's question is held open where there is nothing to tell."""
FORGOTTEN: Final = 300.0
"""Seconds without a word from the coordinator, and without a task, after which the worker's part ends."""


def version() -> list[str]:
    """Of what has to be the same everywhere: the program, its checks, and Python, by whose pickle options travel."""
    checks = blake2b(files("aioprowler.catalog").joinpath(INDEX).read_bytes(), digest_size=8).hexdigest()
    return [__version__, checks, f"{sys.version_info.major}.{sys.version_info.minor}"]


class Outbox(WorkerPlugin):  # type: ignore[misc]
    """One scan's part of a worker."""

    def __init__(self, scan: str, aws: str | None) -> None:
        """`scan`: what tells its handlers from those of other scans. `aws`: see Outpost."""
        self.name = name_of(scan)
        self._aws = aws

    def setup(self, worker: Any) -> None:
        """On the worker's own loop."""
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(_FULL)
        self._unread: bytes | None = None
        self._number = 0
        self._turn = asyncio.Lock()
        self._reader = Reader()
        self._is_over = False
        self._heard = time.monotonic()
        self.outpost = Outpost(self._waiting.put, self._aws, self._end)
        self.running: dict[str, tuple[int, int]] = {}
        """Key of a task -> batch and run."""
        self._handlers = {f"{self.name}-{each.__name__}": each for each in (self.hello, self.take, self.give)}
        worker.handlers.update(self._handlers)
        self._guard = asyncio.create_task(self._leave_when_forgotten())

    def transition(self, key: str, start: str, finish: str, **_: Any) -> None:
        """Nobody wants a task any more that is being carried out, or it has ended."""
        if start == "executing" and finish != "memory" and (run := self.running.get(key)):
            self.outpost.cancel(*run)

    def teardown(self, worker: Any) -> None:
        """The worker, or the scan, goes."""
        self._guard.cancel()
        self.outpost.close()
        for name in self._handlers:
            worker.handlers.pop(name, None)

    async def hello(self) -> dict[str, Any]:
        """What the worker has, and for whom letters to it are sealed."""
        return {"version": await asyncio.to_thread(version), "address": self._reader.address}

    async def give(self, lock: bytes, letter: bytes) -> str | None:
        """What the coordinator sends. What is wrong with it; empty where nothing is, None where another is meant."""
        if lock != self._reader.address:
            return None
        self._heard = time.monotonic()
        try:
            await self.outpost.receive(self._reader.open(letter))
        except Exception as error:  # noqa: BLE001 - told in the coordinator's words
            return f"{type(error).__name__}: {error}"
        return ""

    async def take(self, lock: bytes, done: int) -> list[Any] | None:
        """A number and what was told, again until it is acknowledged; no more than the number where there is nothing
        yet. None where there will be nothing, or another is asked.
        """
        if lock != self._reader.address:
            return None
        self._heard = time.monotonic()
        async with self._turn:
            if self._unread is not None and done == self._number:
                self._unread = None
            if self._unread is None:
                try:
                    self._unread = await asyncio.wait_for(self._waiting.get(), _PATIENCE)
                except TimeoutError:
                    return None if self._is_over else [self._number, None]
                self._number += 1
            return None if self._is_over else [self._number, self._unread]

    def _end(self) -> None:
        """The outpost has ended: whoever waits for what it tells need not."""
        self._is_over = True
        with contextlib.suppress(asyncio.QueueFull):
            self._waiting.put_nowait(b"")

    async def _leave_when_forgotten(self) -> None:
        """The coordinator was killed: its tasks are cancelled by then, and nothing more is asked."""
        while self.running or time.monotonic() < self._heard + FORGOTTEN:  # noqa: ASYNC110 - nothing happens then
            await asyncio.sleep(FORGOTTEN / 10)
        self.outpost.close()


def name_of(scan: str) -> str:
    """Of a scan's plugin and handlers."""
    return f"aioprowler-{scan}"


def work(scan: str, batch: int) -> None:
    """Hold a place for a batch until it is over. Raises RuntimeError, in words of ours alone."""
    worker = get_worker()
    plugin = worker.plugins.get(name_of(scan))
    if plugin is None:
        raise RuntimeError("this worker knows nothing of the scan")
    key = worker.get_current_task()
    task = worker.state.tasks[key]
    plugin.running[key] = (batch, task.run_id)
    try:
        run = plugin.outpost.run(batch, task.run_id)
        if task.state != "executing":  # before anybody could hear of it
            plugin.outpost.cancel(batch, task.run_id)
        run.ended.result()
    finally:
        plugin.running.pop(key, None)
