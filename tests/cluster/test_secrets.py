"""What must not be seen is not: neither by the scheduler, through which much of it goes, nor in any log."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import anyio
import psutil
import pytest
from anyio import to_thread

from aioprowler.cluster import crew
from aioprowler.cluster.local import LocalCluster
from aioprowler.scanning import Scan, prepare
from aioprowler.scanning.crew import AtWork, Post
from benchmarks.simulated_aws import Rule, SimulatedAws
from tests.cluster.conftest import ROOT, Cluster, at_least, carried_out, eventually, finished, options
from tests.cluster.shown import HAS_BOKEH, dashboard, host_of, memory, pages_of_scheduler, pages_of_worker
from tests.cluster.test_losses import workers

pytestmark = pytest.mark.timeout(300)  # each page of the dashboard takes its time

CANARY = "canary-2b7e151628aed2a6"
CONTROL = "controlquuxplughxyzzy"
"""Letters alone: of names of tasks Dask shows no more."""
_LIFETIME = "DASK_DISTRIBUTED__SCHEDULER__DASHBOARD__BOKEH_APPLICATION__UNUSED_SESSION_LIFETIME_MILLISECONDS"
"""For which the scheduler goes on drawing a page that nobody looks at any more."""
SECRETS = (CANARY, CANARY.replace("-", "_"), "simulated/1000000", "Simulatedey")
"""Of the configuration, a check's source, and the beginnings of secret keys and session tokens of all accounts."""
OWN_CHECK = f'''
"""A check of ours."""

from aioprowler import Account, Pass, Verdict, check

{CANARY.replace("-", "_")} = 1


@check(
    fails="Account is not ours", severity="low", resource_type="Other", resource_group="security",
    resource_arn="arn:aws:s3:::x",
)
def s3_account_of_ours(account: Account, *, acme_words: str = "") -> Verdict:
    """Accounts are ours.

    ## Risk
    None.

    ## Remediation
    None.

    ## References
    https://example.com
    """
    return Pass(str(len(acme_words)))
'''


@pytest.fixture(scope="module")
def cluster(aws: SimulatedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Which logs all that it can, and serves what pages it has."""
    environment = {
        **aws.environment, "PYTHONPATH": str(ROOT), "DASK_LOGGING__DISTRIBUTED": "debug",
        "DASK_LOGGING__TORNADO": "debug", "DASK_LOGGING__ASYNCIO": "debug", _LIFETIME: "1000",
    }  # fmt: skip
    with Cluster(tmp_path_factory.mktemp("cluster"), environment, dashboard=HAS_BOKEH) as cluster:
        cluster.add("one")
        anyio.run(at_least, cluster, 1)
        anyio.run(streaming, cluster)
        yield cluster


async def streaming(cluster: Cluster) -> None:
    """From here on tasks are in the stream of tasks."""
    async with cluster.client() as client:
        await client.get_task_stream()


async def told(cluster: Cluster, *, has_dashboard: bool = HAS_BOKEH) -> dict[str, bytes]:
    """Whatever of the cluster somebody can look at -> what is there. `has_dashboard`: whether that is looked at, too,
    which keeps the scheduler busy for half a minute.
    """
    async with cluster.client() as client:
        await client.dump_cluster_state(str(cluster.folder / "state"), format="yaml")
        tasks = await client.run_on_scheduler(lambda dask_scheduler: [*dask_scheduler.tasks])
        workers = [*(await client.scheduler.identity(n_workers=-1))["workers"]]
        said: dict[str, Any] = {
            "events": await client.get_events(),
            "scheduler logs": await client.get_scheduler_logs(),
            "worker logs": await client.get_worker_logs(),
            "stack": await client.call_stack(),
            "story": await client.story(*tasks),
            "task stream": await client.get_task_stream(),
            "profile": await client.profile(),
            "who has what": [await client.who_has(), await client.has_what(), await client.processing()],
        }
        if has_dashboard:
            report = client.scheduler.performance_report(start=0, last_count=0, code="", mode="inline")
            said["performance report"] = await report
    said["dump"] = (cluster.folder / "state.yaml").read_text()
    found = {name: repr(each).encode() for name, each in said.items()}
    scheduler, worker = (cluster.said(name) for name in ("scheduler", "one"))
    found |= {"log of the scheduler": scheduler.encode(), "log of the worker": worker.encode()}
    served = await to_thread.run_sync(pages_of_scheduler, host_of(scheduler), tasks, workers)
    found["pages"] = served + await to_thread.run_sync(pages_of_worker, host_of(worker))
    if has_dashboard:
        from distributed.dashboard import scheduler as of_scheduler
        from distributed.dashboard import worker as of_worker

        for name, log, apps in (("scheduler", scheduler, of_scheduler), ("worker", worker, of_worker)):
            found[f"dashboard of the {name}"] = b"".join((await dashboard(host_of(log), apps.applications)).values())
    found["memory of the scheduler"] = b"".join(memory(cluster.processes["scheduler"].pid))
    return found


def served(ports: Iterable[int]) -> dict[int, int]:
    """Ports at which HTTP is spoken -> what came of asking there for the dashboard."""
    told = {}
    for port in ports:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)  # of a busy worker
        with closing(connection), suppress(OSError, HTTPException):
            connection.request("GET", "/status")
            told[port] = connection.getresponse().status
    return told


def listening(processes: Iterable[int]) -> set[int]:
    """Ports that these processes listen at."""
    sockets = [each for process in processes for each in psutil.Process(process).net_connections("tcp")]
    return {each.laddr.port for each in sockets if each.status == psutil.CONN_LISTEN}


class Looked(LocalCluster):
    """At, once it is up."""

    @asynccontextmanager
    async def at_work(self, post: Post) -> AsyncIterator[AtWork]:
        """See Crew."""
        before = await to_thread.run_sync(listening, [os.getpid()])  # servers of other tests
        async with super().at_work(post) as crew:
            self.served = await to_thread.run_sync(lambda: served(listening([os.getpid(), *workers()]) - before))
            yield crew


def test_processes_of_this_machine_serve_no_page(aws: SimulatedAws) -> None:
    """Which any user of the machine could read."""
    cluster = Looked(1)
    carried_out(options(services=["s3"]), cluster)
    assert [*cluster.served.values()] == [404, 404]  # the scheduler's and the worker's; others speak no HTTP


def places(found: dict[str, bytes], text: str) -> set[str]:
    return {name for name, each in found.items() if text.encode() in each}


def shown_by_dask(text: str) -> Any:
    """What an unwary program does: a secret is an argument, is raised, and is sent in the clear."""

    def hold(secret: str) -> None:
        while True:
            time.sleep(0.01)

    hold.__code__ = hold.__code__.replace(co_name=text)  # which profiles show

    def log() -> None:
        logging.getLogger("distributed.scheduler").warning(text)

    async def show(cluster: Cluster) -> dict[str, bytes]:
        async with cluster.client() as client:
            held = client.submit(hold, secret=text, key=f"hold-{text}")
            failed = client.submit(exec, f"raise ValueError({text!r})", pure=False)
            ended = client.submit(str, 1, key=f"ended-{text}")
            with pytest.raises(ValueError, match=text):
                await failed
            await ended
            await client.log_event("told", text)
            await client.run(str, text)
            await client.run_on_scheduler(log)

            async def is_profiled() -> bool:
                return text in repr(await client.profile())

            await eventually(is_profiled)
            found = await told(cluster)
            await client.cancel([held])
        return found

    return show


def test_where_dask_shows_what_it_is_given(cluster: Cluster) -> None:
    """Each place would show a secret: else the next test would prove nothing."""
    found = anyio.run(shown_by_dask(CONTROL), cluster)
    assert places(found, CONTROL) == found.keys()


@pytest.mark.parametrize(("is_near", "sends"), [(True, True), (False, True), (True, False)])
def test_no_secret_is_seen(
    cluster: Cluster, aws: SimulatedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture, is_near: bool, sends: bool,
) -> None:  # fmt: skip
    """Though all is logged."""
    if not is_near:
        monkeypatch.setattr(crew, "_DIRECT", 0.0)
    caplog.set_level(logging.DEBUG, "aioprowler")
    aws.break_with([Rule(kind="denied", service="s3", account="100000000001")])
    (tmp_path / "ours.py").write_text(OWN_CHECK)
    given = options(checks_folders=[tmp_path], config={"shodan_api_key": f"{CANARY}-shodan"})
    scan = Scan(prepare(given), crew=cluster.crew(sends=sends))
    seen: list[dict[str, bytes]] = []

    async def look(result: Any) -> None:
        if not seen:
            seen.append(await told(cluster, has_dashboard=HAS_BOKEH and is_near and sends))

    async def main() -> None:
        result = await finished(scan, look)
        assert {each.check_id for each in result.found.values()} > {"s3_account_of_ours"}
        seen.append(await told(cluster, has_dashboard=False))

    try:
        anyio.run(main)
    finally:
        aws.break_with([])
    lines = [each.getMessage() for each in caplog.records]
    assert any(each.startswith("tls://") and "100000000001" in each for each in lines), "workers have logged"
    seen.append({"log of the scan": "\n".join(lines).encode()})
    for found in seen:
        for secret in SECRETS:
            assert places(found, secret) == set(), secret
