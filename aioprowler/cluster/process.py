"""A worker on this machine: a process that lives as long as the one that has started it, and not longer.

It is told on its standard input what it needs. The end of that input is the end of who has started it, whatever ended
that.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import dask
import msgspec
from distributed import Worker
from distributed.security import Security

from aioprowler.cluster.logs import log_as_details

_PAUSE: Final = 1.0
"""Seconds between the end of a process and the beginning of the one in its place."""


class Beginning(msgspec.Struct):
    """What a worker needs."""

    scheduler: str
    """Its address."""
    credentials: dict[str, Any]
    """As Security takes them."""
    settings: dict[str, Any]
    """Of Dask."""
    threads: int
    folder: str
    """For its files, with which it is removed."""


@asynccontextmanager
async def process(beginning: Beginning) -> AsyncIterator[None]:
    """A worker until the block is left; another one where it dies. It has nothing to end properly: it is killed."""
    keeper = asyncio.create_task(_keep(beginning))
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.wait([keeper])


async def _keep(beginning: Beginning) -> None:
    told = msgspec.json.encode(beginning)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TMPDIR": beginning.folder}
    while True:
        # A session of its own: Ctrl-C and the end of the terminal are for the scan to answer. What a check of the
        # user's prints is no finding, so that it goes to standard error.
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", __name__), stdin=PIPE, stdout=2, env=environment, start_new_session=True
        )
        assert child.stdin is not None
        try:
            child.stdin.write(told + b"\n")
            await child.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # with what it has started
            child.stdin.close()
            await child.wait()
        await asyncio.sleep(_PAUSE)


def main() -> None:
    """The process."""
    beginning = msgspec.json.decode(sys.stdin.buffer.readline(), type=Beginning)
    threading.Thread(target=_leave_with_starter, daemon=True).start()
    dask.config.set({**beginning.settings, "temporary-directory": beginning.folder})
    asyncio.run(_work(beginning))


def _leave_with_starter() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


async def _work(beginning: Beginning) -> None:
    log_as_details()
    worker = Worker(
        beginning.scheduler, nthreads=beginning.threads, memory_limit=0, dashboard=False, host="127.0.0.1",
        protocol="tls", local_directory=beginning.folder, security=Security(**beginning.credentials),
    )  # fmt: skip
    async with worker:
        await worker.finished()


if __name__ == "__main__":
    main()
