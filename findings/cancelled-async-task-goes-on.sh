#!/usr/bin/env bash
# dask and distributed 2026.8.0, Python 3.11, seen on 2026-11-30.
#
# Cancelling the future of an `async def` task does not cancel the coroutine. The future is cancelled, but no
# CancelledError reaches the coroutine on the worker: it runs to its end and keeps the worker's only place so long, so
# that the next task waits for it. A task of asyncio's own is cancelled.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dask==2026.8.0 distributed==2026.8.0
cat >"$folder/cancel.py" <<'PYTHON'
import asyncio
import time

from distributed import Client, Scheduler, Worker

told: list[str] = []


async def long_task(seconds: float) -> None:
    try:
        await asyncio.sleep(seconds)
        told.append("ran to its end")
    except asyncio.CancelledError:
        told.append("was cancelled")
        raise


async def main() -> float:
    async with (
        Scheduler(host="127.0.0.1", port=0, dashboard_address="127.0.0.1:0") as scheduler,
        Worker(scheduler.address, nthreads=1, memory_limit=0),
        Client(scheduler.address, asynchronous=True) as client,
    ):
        future = client.submit(long_task, 4)
        await asyncio.sleep(1)
        begun = time.monotonic()
        await client.cancel([future])
        await client.submit(int)
        assert future.cancelled()
        return time.monotonic() - begun


waited = asyncio.run(main())
print(f"the task {told[0]}; the next one waited {waited:.1f} s for the place")
assert told == ["ran to its end"] and waited > 2, "this has changed"
PYTHON
cd "$folder"  # tasks that run in this process find what they append to
DASK_LOGGING__DISTRIBUTED=warning "$folder/venv/bin/python" -c 'import cancel'
