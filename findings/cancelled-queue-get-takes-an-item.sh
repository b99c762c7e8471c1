#!/usr/bin/env bash
# dask and distributed 2026.8.0, Python 3.11, seen on 2026-11-30.
#
# A `distributed.Queue` loses an item to each `get` that was cancelled while the queue was empty: the scheduler is not
# told, goes on waiting for the item, takes it out of the queue and has nobody to give it to. A cancelled `get` of
# asyncio's own queue takes nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dask==2026.8.0 distributed==2026.8.0
DASK_LOGGING__DISTRIBUTED=critical "$folder/venv/bin/python" - <<'PYTHON'
import asyncio
from contextlib import suppress

from distributed import Client, Queue, Scheduler


async def cancelled(waiting: asyncio.Task) -> None:
    await asyncio.sleep(0.5)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting


async def main() -> tuple[list[int], list[int]]:
    async with (
        Scheduler(host="127.0.0.1", port=0, dashboard_address="127.0.0.1:0") as scheduler,
        Client(scheduler.address, asynchronous=True) as client,
    ):
        theirs = await Queue("items", client=client)
        plain: asyncio.Queue[int] = asyncio.Queue()
        await cancelled(asyncio.create_task(theirs.get()))
        await cancelled(asyncio.create_task(plain.get()))
        for item in (1, 2, 3):
            await theirs.put(item)
            plain.put_nowait(item)
        await asyncio.sleep(0.5)
        return await theirs.get(batch=True), [plain.get_nowait() for _ in range(plain.qsize())]


theirs, plain = asyncio.run(main())
print(f"of the items 1, 2, 3 after a cancelled get: distributed {theirs}, asyncio {plain}")
assert (theirs, plain) == ([2, 3], [1, 2, 3]), "this has changed"
PYTHON
