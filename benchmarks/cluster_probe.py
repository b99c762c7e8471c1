"""One scan of many accounts of an AWS in memory, by this process alone or by workers: a program of its own.

usage: python -m benchmarks.cluster_probe record FILE CHOSEN | scan CHOSEN      (JSON of Chosen)

A line of JSON tells what it took.
"""

from __future__ import annotations

import asyncio
import datetime
import gc
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import anyio
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from aioprowler import Account, ScanOptions
from aioprowler.outputs.files import Outputs
from aioprowler.scanning import Scan
from aioprowler.scanning.crew import AtWork, Crew, Post
from benchmarks.cluster_aws import LARGE, Answers, InMemory, Recording, Replies

REGIONS: Final = ("us-east-1", "eu-west-1")
_NOW: Final = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
_MIB: Final = 1024
_SAMPLE: Final = 0.5
"""Seconds between two looks at the processes."""
_STEADY: Final = 0.2, 0.9
"""Shares of the accounts between which a scan is in its stride: workers have made their clients, all have work."""


class Chosen(Struct, frozen=True):
    """What is scanned, and by whom."""

    services: tuple[str, ...]
    accounts: int
    workers: int = 0
    """0: this process alone."""
    large: int = 0
    """Which of the accounts is as large as several, counted from 1; 0: none."""
    times: int = 50
    """How much it has of each thing."""
    preset: str = "realistic"
    regions: int = 1
    threads: int = 0
    """0: as they are; so is `batch`."""
    batch: int = 0
    cores: int = 0
    """For the scan and its workers together; 0: all."""

    def options(self, accounts: Sequence[Account]) -> ScanOptions:
        """Of the scan."""
        return ScanOptions(services=self.services, accounts=accounts, now=_NOW, internet=False)

    def account(self, number: int) -> Account:
        """One of them."""
        return Account(
            id=f"{LARGE if number == self.large else '1'}{number:011}",
            regions=REGIONS[: self.regions],
            name=f"member {number}",
            email=f"{number}@example.com",
            organizational_unit="workloads/production",
            organizational_unit_id="ou-abcd-12345678",
            organization_id="o-0123456789",
            organization_arn="arn:aws:organizations::100000000000:organization/o-0123456789",
            tags={"team": f"team {number % 40}", "stage": "production"},
        )


class Took(Struct):
    """Seconds of CPU, of a process and in its stride; peak of memory, in MiB."""

    cpu: float
    peak: float


class Told(Struct):
    """What a scan took."""

    seconds: float
    """From when the accounts can be visited to the last finding."""
    up: float
    """Until the workers are up."""
    first: float
    """From then to the first finding."""
    findings: int
    steady_findings: int
    """In its stride."""
    steady_seconds: float
    calls: int
    failures: int
    own: Took
    """Of the process that writes: coordinator and scheduler, where there are workers."""
    workers: list[Took]


# ---------------------------------------------------------------------------------------------- replies
def record(file: Path, chosen: Chosen) -> None:
    """What the simulated AWS answers a scan of a usual account and of a large one."""
    usual = replace(chosen, large=0)
    large = _answers(chosen, chosen.account(chosen.large), chosen.times) if chosen.large else {}
    Replies(_answers(usual, usual.account(1), 1), large).write(file)


def _answers(chosen: Chosen, account: Account, times: int) -> Answers:
    from benchmarks.simulated_aws.config import PRESETS, Config
    from benchmarks.simulated_aws.server import Simulation

    config = Config(
        accounts=2, management_account=f"{int(account.id) - 1:012}", regions=REGIONS[: chosen.regions], variants=1,
        sizes={kind: size * times for kind, size in PRESETS[chosen.preset].items()}, enforce_quotas=False,
    )  # fmt: skip
    recording = Recording(Simulation(config))

    async def scan() -> None:
        async for _ in Scan(chosen.options([account]), aws=InMemory(recording), tools={}).batches():
            pass

    anyio.run(scan)
    return recording.replies


# ------------------------------------------------------------------------------------------------- scans
class Watch:
    """Looks at this process and those that it started."""

    def __init__(self) -> None:
        self._first: dict[int, float] = {}
        self._last: dict[int, Took] = {}
        self._frozen = False

    async def run(self) -> None:
        """Again and again."""
        while True:
            self.look()
            await asyncio.sleep(_SAMPLE)

    def look(self) -> None:
        """Now."""
        for pid in (os.getpid(), *_workers()):
            try:
                cpu, peak = _cpu(pid), _peak(pid)
            except OSError:
                continue
            known = self._last.setdefault(pid, Took(cpu, peak))
            known.peak = max(known.peak, peak)  # one that has ended tells none
            known.cpu = known.cpu if self._frozen else cpu

    def begin(self) -> None:
        """CPU counts from here."""
        self.look()
        self._first = {pid: took.cpu for pid, took in self._last.items()}

    def end(self) -> None:
        """CPU counts up to here."""
        self.look()
        self._frozen = True

    def told(self, pid: int) -> Took:
        """Of a process."""
        took = self._last[pid]
        return Took(took.cpu - self._first.get(pid, took.cpu), took.peak)

    @property
    def workers(self) -> list[int]:
        """Those that were seen, of which some may have ended."""
        return [pid for pid in self._last if pid != os.getpid()]


def _workers() -> Iterator[int]:
    """Processes that this one started, and that carry out tasks."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    for task in tasks.iterdir():
        for word in (task / "children").read_text().split():
            if b"aioprowler.cluster.process" in Path(f"/proc/{word}/cmdline").read_bytes():
                yield int(word)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / _MIB for line in lines if line.startswith("VmHWM")), 0.0)


class Members(Sequence[Account]):
    """The accounts, each made when it is its turn: a list of all would count as the scan's memory."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen

    def __len__(self) -> int:
        return self._chosen.accounts

    def __getitem__(self, index: Any) -> Any:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._chosen.account(index + 1)


class Clocked:
    """A crew, and when it was at work."""

    is_sent_credentials = True
    place = "on this machine"

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self.up = 0.0

    @asynccontextmanager
    async def at_work(self, post: Post) -> AsyncIterator[AtWork]:
        """See Crew."""
        async with self._crew.at_work(post) as crew:
            self.up = time.perf_counter()
            yield crew


def _crew(chosen: Chosen) -> Clocked | None:
    if not chosen.workers:
        return None
    from aioprowler.cluster import crew, local

    local.THREADS = chosen.threads or local.THREADS  # type: ignore[misc]
    crew.BATCH = chosen.batch or crew.BATCH  # type: ignore[misc]
    return Clocked(local.LocalCluster(chosen.workers, aws=f"{InMemory.__module__}:{InMemory.__name__}"))


async def scan(chosen: Chosen, folder: Path) -> Told:
    """The scan, with its findings written as JSON lines."""
    began = time.perf_counter()
    crew, watch, findings = _crew(chosen), Watch(), 0
    scan = Scan(chosen.options(Members(chosen)), crew=crew, aws=InMemory())
    times: dict[str, tuple[float, int]] = {}
    looking = asyncio.create_task(watch.run())
    with Outputs(folder, "scan", ["jsonl"]) as outputs:
        async for events in scan.events():
            for event in events:
                if isinstance(event, list):
                    outputs.write(event)
                    findings += len(event)
            if "first" not in times:
                gc.freeze()
                gc.set_threshold(50_000)
                times["first"] = time.perf_counter(), findings
            share = scan.progress.accounts_done / chosen.accounts
            for name, least, look in zip(("begin", "end"), _STEADY, (watch.begin, watch.end), strict=True):
                if share >= least and name not in times:
                    look()
                    times[name] = time.perf_counter(), findings
            times["last"] = time.perf_counter(), findings
    looking.cancel()
    calls = scan.progress.calls
    if strange := [each for each in calls.failures if each.kind != "missing"]:
        raise SystemExit(f"The recording does not have what is asked: {strange}")
    (begin, before), (end, after) = times["begin"], times["end"]
    up = crew.up if crew else began
    return Told(
        seconds=times["last"][0] - up,
        up=up - began,
        first=times["first"][0] - up,
        findings=findings,
        steady_findings=after - before,
        steady_seconds=end - begin,
        calls=calls.made.total(),
        failures=sum(each.calls for each in calls.failures.values()),
        own=watch.told(os.getpid()),
        workers=[watch.told(pid) for pid in watch.workers],
    )


def main() -> None:
    what, *words = sys.argv[1:]
    chosen = msgspec.json.decode(words[-1], type=Chosen)
    if what == "record":
        record(Path(words[0]), chosen)
        return
    if chosen.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: chosen.cores])
    with tempfile.TemporaryDirectory() as folder:
        told = anyio.run(scan, chosen, Path(folder), backend_options={"use_uvloop": True})
    print(msgspec.json.encode(told).decode())


if __name__ == "__main__":
    main()
