"""The clusters that a scan can have: workers of its own on this machine, or the user's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import anyio
import dask
from distributed import Client, Scheduler
from distributed.security import Security

from aioprowler.cluster.crew import Coordinator
from aioprowler.cluster.logs import log_as_details, versions_in_a_line
from aioprowler.cluster.process import Beginning, process
from aioprowler.errors import UsageError
from aioprowler.scanning.crew import AtWork, Post
from aioprowler.tools.scratch import scratch

THREADS: Final = 3
"""Batches that a worker of this machine has at a time: the accounts of two are visited, which end at about the same
time where they are alike, and those of the third begin while others are sent for.
"""
_SETTINGS: Final[dict[str, Any]] = {
    "distributed.worker.profile.enabled": False,  # a sampling profiler, by which a worker takes 2 % longer
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.low-level-log-length": 100,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.scheduler.worker-ttl": "60s",
}
_UP: Final = 60.0
"""Seconds for which workers are waited for."""


class LocalCluster:
    """Processes of this machine, which the scan starts and ends. They speak TLS with certificates of their own: whoever
    else is on the machine must not give them work.
    """

    is_sent_credentials: Final = True
    place: Final = "on this machine"

    def __init__(self, workers: int, aws: str | None = None) -> None:
        """`aws`: see Outpost."""
        self._workers = workers
        self._aws = aws

    @asynccontextmanager
    async def at_work(self, post: Post) -> AsyncIterator[AtWork]:
        """See `Crew.at_work`."""
        log_as_details()
        security = Security.temporary()
        async with _closing() as stack:
            folder = str(stack.enter_context(scratch()))
            stack.enter_context(dask.config.set({**_SETTINGS, "temporary-directory": folder}))
            scheduler = await stack.enter_async_context(
                Scheduler(
                    host="127.0.0.1", port=0, protocol="tls", security=security, dashboard=False,
                    dashboard_address="127.0.0.1:0",
                )
            )  # fmt: skip
            client = await stack.enter_async_context(Client(scheduler.address, asynchronous=True, security=security))
            beginning = Beginning(scheduler.address, _credentials(security), _SETTINGS, THREADS, folder)
            for _ in range(self._workers):
                await stack.enter_async_context(process(beginning))
            try:
                await client.wait_for_workers(self._workers, timeout=_UP)
            except TimeoutError:
                raise UsageError(f"--workers {self._workers}: they do not come up (--debug shows why).") from None
            async with _working(client, post, self._aws, has_profiles=True) as crew:
                yield crew


def _credentials(security: Security) -> dict[str, Any]:
    """Of a worker."""
    names = ("require_encryption", "tls_ca_file", "tls_worker_cert", "tls_worker_key")
    return {name: getattr(security, name) for name in names}


class UsersCluster:
    """The workers of a scheduler that is there already."""

    def __init__(self, address: str, security: Security | None, aws: str | None = None, *, sends: bool = False) -> None:
        """`address`: `tls://host:port`. `security`: the files of its certificates. `aws`: see Outpost. `sends`: whether
        workers are sent each account's credentials, and need none of their own.
        """
        self.is_sent_credentials = sends
        self.place: Final = f"of {address}"
        self._address = address
        self._security = security
        self._aws = aws

    @asynccontextmanager
    async def at_work(self, post: Post) -> AsyncIterator[AtWork]:
        """See `Crew.at_work`."""
        log_as_details()
        try:
            client = Client(self._address, asynchronous=True, security=self._security, timeout=10)
            with versions_in_a_line():
                await client
        except (OSError, TypeError, ValueError, RuntimeError) as error:
            raise UsageError(f"--scheduler {self._address}: it cannot be reached ({error}).") from None
        async with client:
            try:
                await client.wait_for_workers(1, timeout=_UP)
            except TimeoutError:
                raise UsageError(f"--scheduler {self._address}: it has no workers.") from None
            self._require_members(post)
            async with _working(client, post, self._aws, has_profiles=False) as crew:
                yield crew

    def _require_members(self, post: Post) -> None:
        """Raises UsageError where workers would not know which account to enter."""
        if not self.is_sent_credentials and post.way.members is None and self._aws is None:
            raise UsageError(
                "--scheduler: the workers have credentials of their own, with which they enter the accounts of an "
                "--organization or --accounts-file; to scan the account of yours, add --send-credentials."
            )


@asynccontextmanager
async def _working(client: Client, post: Post, aws: str | None, *, has_profiles: bool) -> AsyncIterator[Coordinator]:
    crew = Coordinator(client, post, aws, has_profiles=has_profiles)
    try:
        async with anyio.create_task_group() as tasks:
            await crew.open(tasks)
            yield crew
            tasks.cancel_scope.cancel()
    finally:
        await crew.close()


@asynccontextmanager
async def _closing() -> AsyncIterator[AsyncExitStack]:
    """What is entered is left properly also where the scan is cancelled."""
    stack = AsyncExitStack()
    try:
        yield stack
    finally:
        with anyio.CancelScope(shield=True):
            await stack.aclose()
