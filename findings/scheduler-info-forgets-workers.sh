#!/usr/bin/env bash
# dask and distributed 2026.8.0, Python 3.11, seen on 2026-11-30.
#
# `scheduler_info()` of an asynchronous client is what it heard last, whatever `n_workers` says. `wait_for_workers`
# hears of all workers, but every two seconds the client hears from the scheduler again, and then asks for no worker:
# a moment later the same call has none, although all are there. `client.scheduler.identity(n_workers=-1)` always has
# all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dask==2026.8.0 distributed==2026.8.0
DASK_LOGGING__DISTRIBUTED=warning "$folder/venv/bin/python" - <<'PYTHON'
import asyncio
from contextlib import AsyncExitStack

from distributed import Client, Scheduler, Worker


async def main() -> list[int]:
    async with AsyncExitStack() as stack:
        scheduler = await stack.enter_async_context(
            Scheduler(host="127.0.0.1", port=0, dashboard_address="127.0.0.1:0")
        )
        for _ in range(7):
            await stack.enter_async_context(Worker(scheduler.address, nthreads=1, memory_limit=0))
        client = await stack.enter_async_context(Client(scheduler.address, asynchronous=True))
        await client.wait_for_workers(7)
        at_first = len(client.scheduler_info(n_workers=-1)["workers"])
        await asyncio.sleep(5)
        later = len(client.scheduler_info(n_workers=-1)["workers"])
        return [at_first, later, len((await client.scheduler.identity(n_workers=-1))["workers"])]


counts = asyncio.run(main())
print("of 7 workers: once waited for {}, 5 s later {}, asked of the scheduler itself {}".format(*counts))
assert counts == [7, 0, 7], f"this has changed: {counts}"
PYTHON
