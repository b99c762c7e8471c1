#!/usr/bin/env bash
# dask and distributed 2026.8.0, Python 3.11, seen on 2026-11-30.
#
# `LocalCluster(dashboard_address=None)` and `Scheduler(dashboard=False)` leave out Bokeh's dashboard, not the HTTP
# server: that still listens, on port 8787 or another where that is taken, and shows tasks and the texts of their
# exceptions to whoever asks, without TLS also where all else has it. Each worker has one as well. Only a
# configuration without routes (`distributed.scheduler.http.routes`, `distributed.worker.http.routes`) leaves nothing
# to see.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dask==2026.8.0 distributed==2026.8.0
cat >"$folder/served.py" <<'PYTHON'
import asyncio
import urllib.error
import urllib.request

import dask
from distributed import LocalCluster


def status(url: str) -> int:
    try:
        return urllib.request.urlopen(url).status
    except urllib.error.HTTPError as error:
        return error.code


async def asked(routes: dict[str, list[str]]) -> tuple[int, int]:
    """The statuses of a page of the scheduler and of a worker of a cluster whose dashboard is off."""
    with dask.config.set(routes):
        async with LocalCluster(
            n_workers=1, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=None, asynchronous=True
        ) as cluster:
            (worker,) = cluster.workers.values()
            pages = (cluster.scheduler, "/info/main/workers.html"), (worker, "/metrics")
            urls = [f"http://127.0.0.1:{server.http_server.port}{page}" for server, page in pages]
            return tuple([await asyncio.to_thread(status, url) for url in urls])


as_it_is = asyncio.run(asked({}))
without = asyncio.run(asked({f"distributed.{who}.http.routes": [] for who in ("scheduler", "worker")}))
print(f"pages of a scheduler and a worker: {as_it_is}, without routes: {without}")
assert (as_it_is[0], without) == (200, (404, 404)), "this has changed"
PYTHON
DASK_LOGGING__DISTRIBUTED=error "$folder/venv/bin/python" -W ignore "$folder/served.py"
