"""What must not be seen is not: neither by the scheduler, through which much of it goes, nor in any log."""

from __future__ import annotations

import logging
import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from aioprowler.cluster import crew
from aioprowler.scanning import Scan, prepare
from benchmarks.simulated_aws import Rule, SimulatedAws
from tests.cluster.conftest import ROOT, Cluster, at_least, finished, options

CANARY = "canary-2b7e151628aed2a6"
CONTROL = "control-abf7158809cf4f3c"
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
        "DASK_LOGGING__TORNADO": "debug", "DASK_LOGGING__ASYNCIO": "debug",
    }  # fmt: skip
    with Cluster(tmp_path_factory.mktemp("cluster"), environment) as cluster:
        cluster.add("one")
        anyio.run(at_least, cluster, 1)
        yield cluster


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


def pages(cluster: Cluster) -> Iterator[bytes]:
    """What the scheduler serves to anybody."""
    (port,) = re.findall(r"dashboard at:\s+http\S*:(\d+)", cluster.said("scheduler"))
    workers = re.findall(r"tls://127\.0\.0\.1:\d+", cluster.said("one"))
    names = [
        "info/main/workers.html", "info/main/logs.html", "info/main/exceptions.html", "json/counts.json",
        "json/identity.json", "json/index.html", "metrics", "health",
        *(f"info/logs/{each.replace('/', '%2F')}.html" for each in workers[:1]),
    ]  # fmt: skip
    for name in names:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}", timeout=10) as reply:
                yield reply.read()
        except OSError:
            continue


async def told(cluster: Cluster) -> dict[str, bytes]:
    """Whatever of the cluster somebody can look at -> what is there."""
    async with cluster.client() as client:
        await client.dump_cluster_state(str(cluster.folder / "state"), format="yaml")
        said: dict[str, Any] = {
            "events": await client.get_events(),
            "scheduler logs": await client.get_scheduler_logs(),
            "worker logs": await client.get_worker_logs(),
            "stack": await client.call_stack(),
        }
    said["dump"] = (cluster.folder / "state.yaml").read_text()
    found = {name: repr(each).encode() for name, each in said.items()}
    found["log of the scheduler"] = cluster.said("scheduler").encode()
    found["log of the worker"] = cluster.said("one").encode()
    found["pages"] = b"".join(pages(cluster))
    found["memory of the scheduler"] = b"".join(memory(cluster.processes["scheduler"].pid))
    return found


def places(found: dict[str, bytes], text: str) -> set[str]:
    return {name for name, each in found.items() if text.encode() in each}


def shown_by_dask(text: str) -> Any:
    """What an unwary program does: a secret is an argument, is raised, and is sent in the clear."""

    def hold(secret: str) -> None:
        time.sleep(60)

    def log() -> None:
        logging.getLogger("distributed.scheduler").warning(text)

    async def show(cluster: Cluster) -> dict[str, bytes]:
        async with cluster.client() as client:
            held = client.submit(hold, secret=text, key=f"hold-{text}")
            failed = client.submit(exec, f"raise ValueError({text!r})", pure=False)
            with pytest.raises(ValueError, match=text):
                await failed
            await client.log_event("told", text)
            await client.run(str, text)
            await client.run_on_scheduler(log)
            found = await told(cluster)
            await client.cancel([held])
        return found

    return show


def test_where_dask_shows_what_it_is_given(cluster: Cluster) -> None:
    """Each place would show a secret: else the next test would prove nothing."""
    found = anyio.run(shown_by_dask(CONTROL), cluster)
    assert places(found, CONTROL) == found.keys()


@pytest.mark.parametrize("is_near", [True, False])
def test_no_secret_is_seen(
    cluster: Cluster, aws: SimulatedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture, is_near: bool,
) -> None:  # fmt: skip
    """Though all is logged."""
    if not is_near:
        monkeypatch.setattr(crew, "_DIRECT", 0.0)
    caplog.set_level(logging.DEBUG, "aioprowler")
    aws.break_with([Rule(kind="denied", service="s3", account="100000000001")])
    (tmp_path / "ours.py").write_text(OWN_CHECK)
    given = options(checks_folders=[tmp_path], config={"shodan_api_key": f"{CANARY}-shodan"})
    scan = Scan(prepare(given), crew=cluster.crew())
    seen: list[dict[str, bytes]] = []

    async def look(result: Any) -> None:
        if not seen:
            seen.append(await told(cluster))

    async def main() -> None:
        result = await finished(scan, look)
        assert {each.check_id for each in result.found.values()} > {"s3_account_of_ours"}
        seen.append(await told(cluster))

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
