"""Workers die, hang, come late and are of another version: what is found is the same, once."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from aioprowler import UsageError
from aioprowler.cluster import crew
from aioprowler.cluster.local import LocalCluster
from aioprowler.scanning import Scan, prepare
from benchmarks.simulated_aws import Config, Latency, SimulatedAws
from tests.cluster.conftest import ROOT, Cluster, Result, at_least, carried_out, eventually, finished, options

KILLS = 20


@pytest.fixture(scope="module")
def alone(aws: SimulatedAws) -> Result:
    """What one process finds."""
    return carried_out(options())


def workers() -> list[int]:
    """Processes of the local cluster that carry out tasks."""
    found = []
    for path in Path("/proc/self/task").glob("*/children"):
        for child in path.read_text().split():
            with suppress(OSError):  # gone meanwhile
                if b"aioprowler.cluster.process" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(int(child))
    return found


def require_same(result: Result, alone: Result) -> None:
    require_same_verdicts(result, alone)
    assert sorted(result.done) == sorted(alone.done), "complete accounts are complete once"
    assert not result.scan.progress.incomplete


def require_same_verdicts(result: Result, alone: Result) -> None:
    assert told_otherwise(result, alone) == []
    assert told_otherwise(alone, result) == []


def told_otherwise(result: Result, than: Result) -> list[tuple[str, ...]]:
    """What it found that the other one did not."""
    return [
        (each.status, each.account_id, each.region, each.check_id, each.status_detail)
        for uid, each in result.found.items()
        if uid not in than.found or than.found[uid].status != each.status
    ]


LARGER = Config(
    accounts=8, regions=("us-east-1", "eu-west-1"), enforce_quotas=False,
    latency={"*": Latency(median=0.1, p99=0.3)}, sizes={"s3:bucket": 6, "ec2:instance": 6, "iam:user": 6},
)  # fmt: skip


@pytest.mark.timeout(300)
def test_workers_killed_at_random_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each after something was found since the one before, so that a run has told some of it when it is lost."""
    monkeypatch.setattr(crew, "TRIES", 2 * KILLS)
    dice = random.Random(1)  # noqa: S311 - not for secrets
    killed: list[int] = []

    async def kill(scan: Scan) -> None:
        seen = 0
        while len(killed) < KILLS:
            await anyio.sleep(0.02)
            if scan.progress.findings.total() == seen:
                continue
            await anyio.sleep(dice.uniform(0.0, 0.4))
            seen = scan.progress.findings.total()
            if alive := workers():
                victim = dice.choice(alive)
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

    with SimulatedAws(LARGER) as aws:
        for name, value in aws.environment.items():
            monkeypatch.setenv(name, value)
        alone = carried_out(options())
        asked, scans = aws.reset()["calls"], 0
        while len(killed) < KILLS:  # one scan may be over before that
            scan, scans = Scan(prepare(options()), crew=LocalCluster(2)), scans + 1
            require_same(disturbed(scan, partial(kill, scan)), alone)
        assert aws.statistics()["calls"] > scans * asked, "what was lost was begun anew"


@pytest.fixture
def fresh(aws: SimulatedAws, tmp_path: Path) -> Iterator[Cluster]:
    """A cluster without workers."""
    with Cluster(tmp_path, {**aws.environment, "PYTHONPATH": str(ROOT)}) as cluster:
        yield cluster


def patched(folder: Path, code: str) -> dict[str, str]:
    """The environment of a worker in which something is otherwise."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": f"{folder}:{ROOT}"}


def begun(scan: Scan) -> Callable[[], Awaitable[bool]]:
    async def something_was_found() -> bool:
        return scan.progress.findings.total() > 0

    return something_was_found


def has_workers(scan: Scan, number: int) -> Callable[[], Awaitable[bool]]:
    async def so_many() -> bool:
        return scan.progress.workers == number

    return so_many


def disturbed(scan: Scan, disturb: Callable[[], Coroutine[Any, Any, None]]) -> Result:
    """The scan, while something happens beside it."""

    async def main() -> Result:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(disturb)
            result = await finished(scan)
            tasks.cancel_scope.cancel()
        return result

    return anyio.run(main, backend_options={"use_uvloop": True})


async def at_work(cluster: Cluster) -> list[str]:
    """Names of the workers that have something to do."""
    async with cluster.client() as client:
        known = (await client.scheduler.identity(n_workers=-1))["workers"]
        return [known[address]["name"] for address, tasks in (await client.processing()).items() if tasks]


def test_of_three_workers_one_is_killed_and_one_hangs_and_wakes(
    alone: Result, fresh: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "SILENCE", 6.0)
    for name in ("one", "two", "three"):
        fresh.add(name)
    anyio.run(at_least, fresh, 3)
    scan = Scan(prepare(options()), crew=fresh.crew())
    awoke: list[bool] = []

    async def disturb() -> None:
        await eventually(begun(scan))
        busy: list[str] = []

        async def are_busy() -> bool:
            busy[:] = await at_work(fresh)
            return len(busy) > 1

        await eventually(are_busy)
        killed, stopped = (fresh.processes[name] for name in busy[:2])
        killed.kill()
        stopped.send_signal(signal.SIGSTOP)
        await eventually(has_workers(scan, 1))
        stopped.send_signal(signal.SIGCONT)
        awoke.append(True)

    result = disturbed(scan, disturb)
    assert awoke, "they were lost before the scan was over"
    require_same_verdicts(result, alone)
    # What the worker could not have when it woke may be had the next time, so that an account may not be complete.
    assert len(result.done) == len({*result.done})


def has_refused(scan: Scan, number: int) -> Callable[[], Awaitable[bool]]:
    async def so_many() -> bool:
        return len(unused(scan)) == number

    return so_many


def unused(scan: Scan) -> list[str]:
    return [note for note in scan.progress.notes if "was not used" in note]


def test_workers_that_come_late_and_such_as_cannot_be_used(alone: Result, fresh: Cluster, tmp_path: Path) -> None:
    other = "import aioprowler._version\naioprowler._version.__version__ = '0.0.1'\n"
    fresh.add("one")
    fresh.add("other", **patched(tmp_path / "other-version", other))
    fresh.add("none", **patched(tmp_path / "no-version", "import sys\nsys.modules['aioprowler'] = None\n"))
    anyio.run(at_least, fresh, 3)
    scan = Scan(prepare(options()), crew=fresh.crew())
    late: list[bool] = []

    async def wait_for_it(result: Result) -> None:
        """As a slow reader does, until the late worker is accepted, and it is told who is not."""
        if not late:
            late.append(True)
            fresh.add("two")
            await eventually(has_workers(scan, 2))
            await eventually(has_refused(scan, 2))

    async def main() -> Result:
        return await finished(scan, wait_for_it)

    result = anyio.run(main, backend_options={"use_uvloop": True})
    require_same(result, alone)
    wrong, missing = sorted(unused(scan), key=len, reverse=True)
    assert "it has aioprowler 0.0.1" in wrong
    assert "it does not have aioprowler" in missing


def test_a_cluster_without_any_worker_of_use_is_refused(fresh: Cluster, tmp_path: Path) -> None:
    fresh.add("none", **patched(tmp_path / "no-version", "import sys\nsys.modules['aioprowler'] = None\n"))
    anyio.run(at_least, fresh, 1)
    with pytest.raises(UsageError, match=r"No worker of the cluster can be used: .*: it does not have aioprowler"):
        carried_out(options(), fresh.crew())


def test_what_no_worker_is_left_for_is_told(alone: Result, fresh: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "HOPE", 1.0)
    victim = fresh.add("one")
    anyio.run(at_least, fresh, 1)
    scan = Scan(prepare(options()), crew=fresh.crew())

    async def kill() -> None:
        await eventually(begun(scan))
        victim.kill()

    result = disturbed(scan, kill)
    cut_off = {each.account_id: each.reason for each in result.coverage.unfinished}
    assert cut_off
    assert set(cut_off.values()) == {"no worker is left"}
    assert scan.progress.incomplete.keys() >= cut_off.keys(), "by which the exit code is 4"
    judged = {(each.account_id, each.check_id) for each in result.found.values()}
    assert {(each.account_id, each.check_id) for each in alone.found.values()} <= judged, "nothing is silent"
    assert not cut_off.keys() & set(result.done), "resuming the scan looks at them again"
    assert any("no worker is left" in each.status_detail for each in result.found.values() if each.status == "MANUAL")


MISTAKE = """
from aioprowler.scanning import visits

visit = visits.Visits.visit

async def mistaken(self, account, way):
    if account.id == "100000000002":
        raise KeyError("nothing of this name")
    await visit(self, account, way)

visits.Visits.visit = mistaken
"""


def test_a_mistake_of_the_worker_costs_one_account(alone: Result, fresh: Cluster, tmp_path: Path) -> None:
    fresh.add("one", **patched(tmp_path / "mistaken", MISTAKE))
    anyio.run(at_least, fresh, 1)
    result = carried_out(options(), fresh.crew())
    (cut_off,) = result.coverage.unfinished
    assert cut_off.account_id == "100000000002"
    assert "KeyError" in cut_off.reason
    expected = {uid: each.status for uid, each in alone.found.items() if each.account_id != cut_off.account_id}
    others = {uid: each.status for uid, each in result.found.items() if each.account_id != cut_off.account_id}
    assert others == expected
    assert {each.status for each in result.found.values() if each.account_id == cut_off.account_id} == {"MANUAL"}
