"""A cluster of a user's, begun by hand, and a simulated AWS that its workers and the coordinator speak to."""

from __future__ import annotations

import datetime
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import anyio
import msgspec
import pytest
from distributed import Client
from distributed.security import Security

from aioprowler import Finding, Organization, ScanOptions
from aioprowler.cluster.local import UsersCluster
from aioprowler.findings.coverage import Coverage
from aioprowler.scanning import Scan, prepare
from aioprowler.scanning.crew import Crew
from aioprowler.scanning.journal import AccountDone
from benchmarks.simulated_aws import Config, Latency, SimulatedAws

ROOT = Path(__file__).parents[2]
AWS = Config(
    accounts=4, regions=("us-east-1", "eu-west-1"), enforce_quotas=False,
    latency={"*": Latency(median=0.02, p99=0.05)}, sizes={"s3:bucket": 4, "ec2:instance": 4, "iam:user": 4},
)  # fmt: skip
WITHIN = 60.0
"""Seconds for what takes a few."""


@dataclass
class Cluster:
    """A scheduler and workers, each by Dask's own command and with certificates from files."""

    folder: Path
    environment: dict[str, str]
    dashboard: bool = False
    """Whether the pages are served that take Bokeh."""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    address: str = ""

    def __enter__(self) -> Self:
        made = Security.temporary()
        for name in ("ca_file", "client_cert", "client_key"):
            (self.folder / name).write_text(getattr(made, f"tls_{name}"))
        place, bare = self.folder / "scheduler.json", self.folder / "bare"
        bare.mkdir()
        (bare / "aioprowler.py").write_text("raise ImportError('a scheduler needs Dask alone')")
        self._start(
            "scheduler", "--host", "tls://127.0.0.1", "--port", "0", "--scheduler-file", str(place),
            PYTHONPATH=str(bare),
        )  # fmt: skip
        until = time.monotonic() + WITHIN
        while not (place.exists() and place.read_text().strip().endswith("}")):
            assert time.monotonic() < until, self.said("scheduler")
            time.sleep(0.05)
        self.address = msgspec.json.decode(place.read_bytes())["address"]
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()

    def add(self, name: str, **environment: str) -> subprocess.Popen[bytes]:
        """A worker, which is up some seconds later."""
        options = ("--nthreads", "2", "--no-nanny", "--memory-limit", "0", "--name", name)
        local = ("--local-directory", str(self.folder / name))
        return self._start("worker", self.address, *options, *local, name=name, **environment)

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    @property
    def security(self) -> Security:
        ca, cert, key = (str(self.folder / name) for name in ("ca_file", "client_cert", "client_key"))
        return Security(
            tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True,
        )  # fmt: skip

    def crew(self, *, sends: bool = True) -> UsersCluster:
        return UsersCluster(self.address, self.security, sends=sends)

    def client(self) -> Client:
        return Client(self.address, asynchronous=True, security=self.security)

    def _start(self, kind: str, *options: str, name: str = "", **environment: str) -> subprocess.Popen[bytes]:
        name = name or kind
        tls = ("--tls-ca-file", "ca_file", "--tls-cert", "client_cert", "--tls-key", "client_key")
        pages = ("--dashboard" if self.dashboard else "--no-dashboard", "--dashboard-address", "127.0.0.1:0")
        command = [sys.executable, "-m", "dask", kind, *options, *tls, *pages]
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=self.folder, env={**self.environment, **environment}, stdout=log, stderr=log
            )
        return self.processes[name]


@dataclass
class Result:
    """What came of a scan."""

    scan: Scan
    found: dict[str, Finding]
    done: list[str]
    """Accounts that are complete, to a journal."""

    @property
    def coverage(self) -> Coverage:
        return self.scan.coverage()

    @property
    def told(self) -> dict[str, Any]:
        """All but when, how fast, by how many, and in which order."""
        beside = dict.fromkeys(("started", "finished", "seconds", "workers"))
        told = msgspec.structs.asdict(msgspec.structs.replace(self.coverage, **beside))
        settings = {key: set(values) for key, values in (told["settings"] or {}).items()}
        return {**told, "notes": sorted(told["notes"]), "settings": settings}


async def follow(scan: Scan) -> AsyncIterator[tuple[Result, list[Any]]]:
    """What there is so far, whenever there is more. No uid comes twice."""
    result = Result(scan, {}, [])
    async for events in scan.events():
        for event in events:
            for each in event if isinstance(event, list) else ():
                assert each.uid not in result.found, f"{each.uid} is there twice"
                result.found[each.uid] = each
            if isinstance(event, AccountDone):
                result.done.append(event.account_id)
        yield result, events


async def finished(scan: Scan, meanwhile: Callable[[Result], Awaitable[None]] | None = None) -> Result:
    """All of it, while something happens whenever there is more."""
    last = Result(scan, {}, [])
    async for result, _ in follow(scan):
        last = result
        if meanwhile is not None:
            await meanwhile(result)
    return last


def carried_out(options: ScanOptions, crew: Crew | None = None) -> Result:
    """The whole scan."""
    prepared = prepare(options)

    async def main() -> Result:
        scan = Scan(prepared, crew=crew)
        return await finished(scan)

    return anyio.run(main, backend_options={"use_uvloop": True})


def options(**more: Any) -> ScanOptions:
    """Of the organization."""
    return ScanOptions(**{"services": ["s3", "iam", "ec2"], "organization": Organization(), "now": NOW, **more})


NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def aws() -> Iterator[SimulatedAws]:
    with SimulatedAws(AWS) as aws, pytest.MonkeyPatch.context() as patch:
        for name, value in aws.environment.items():
            patch.setenv(name, value)
        yield aws


@pytest.fixture(scope="module")
def cluster(aws: SimulatedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """With two workers."""
    with Cluster(tmp_path_factory.mktemp("cluster"), {**aws.environment, "PYTHONPATH": str(ROOT)}) as cluster:
        for name in ("one", "two"):
            cluster.add(name)
        anyio.run(at_least, cluster, 2)
        yield cluster


async def at_least(cluster: Cluster, workers: int) -> None:
    async with cluster.client() as client:
        await client.wait_for_workers(workers, timeout=WITHIN)


async def eventually(what: Callable[[], Awaitable[bool]]) -> None:
    """Until it is so."""
    with anyio.fail_after(WITHIN):
        while not await what():  # noqa: ASYNC110 - it is another process
            await anyio.sleep(0.1)
