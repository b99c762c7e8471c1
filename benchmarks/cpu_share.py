"""What a scan costs above its calls: CPU time in the gateway, in the event loop, and in all else.

    python -m benchmarks.cpu_share [--accounts 300]

The real program scans an organization on the simulated AWS, with a clock around each step of each task and of each
call of the gateway. What is in no step is the event loop, which sends and receives for the gateway. What
the clocks take is taken off.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Coroutine, Generator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from aioprowler.aws.gateway import Gateway
from aioprowler.cli import app
from aioprowler.cli.session import Session
from benchmarks.organization import REGIONS
from benchmarks.process import run
from benchmarks.simulated_aws import Config, Latency, SimulatedAws

TOLD = "cpu_share.json"


class Steps(Struct):
    """Of some coroutines."""

    count: int = 0
    seconds: float = 0.0


class Spent(Struct):
    """CPU seconds of a scan."""

    tasks: Steps = field(default_factory=Steps)
    gateway: Steps = field(default_factory=Steps)
    """Within tasks."""
    clock: float = 0.0
    """What clocking takes of a step, half of it before and after the step is timed."""
    start: float = 0.0
    """Before the event loop."""
    total: float = 0.0

    @property
    def loop(self) -> float:
        return self.total - self.start - self.tasks.seconds - self.tasks.count * self.clock / 2

    @property
    def others(self) -> float:
        """In tasks, but not in the gateway."""
        clocks = (self.gateway.count + self.tasks.count / 2) * self.clock
        return self.tasks.seconds - self.gateway.seconds - clocks


class _Clocked(Coroutine[Any, Any, Any]):
    """A coroutine whose steps are added up."""

    def __init__(self, clocked: Coroutine[Any, Any, Any], steps: Steps) -> None:
        self._clocked = clocked
        self._steps = steps

    def send(self, value: Any) -> Any:
        began = time.thread_time()
        try:
            return self._clocked.send(value)
        finally:
            self._add(began)

    def throw(self, *error: Any) -> Any:
        began = time.thread_time()
        try:
            return self._clocked.throw(*error)
        finally:
            self._add(began)

    def close(self) -> None:
        self._clocked.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self

    def __iter__(self) -> _Clocked:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def _add(self, began: float) -> None:
        self._steps.count += 1
        self._steps.seconds += time.thread_time() - began


def _clock() -> float:
    """Seconds of one clocked step that does nothing, without the step."""

    class Idle:
        def __await__(self) -> Generator[None, None, None]:
            while True:
                yield

    async def idle() -> None:
        await Idle()

    def steps(work: Coroutine[Any, Any, Any]) -> float:
        began = time.thread_time()
        for _ in range(200_000):
            work.send(None)
        took = time.thread_time() - began
        work.close()
        return took / 200_000

    return steps(_Clocked(idle(), Steps())) - steps(idle())


def _scan(words: Sequence[str]) -> int:
    """The program, with the clocks; what they say goes into a file."""
    spent = Spent()
    call, run_session = Gateway.call, Session.run

    async def clocked_call(*given: Any, **named: Any) -> Any:
        return await _Clocked(call(*given, **named), spent.gateway)

    async def clocked_run(session: Session) -> None:
        spent.start = time.thread_time()
        asyncio.get_running_loop().set_task_factory(
            lambda loop, work, **named: asyncio.Task(_Clocked(work, spent.tasks), loop=loop, **named)
        )
        await asyncio.create_task(run_session(session))
        spent.total = time.thread_time()

    Gateway.call, Session.run = clocked_call, clocked_run  # type: ignore[assignment,method-assign]
    code = app.run(["scan", *words])
    spent.clock = _clock()
    Path(TOLD).write_bytes(msgspec.json.encode(spent))
    return code


def measured(accounts: int, latency: float) -> tuple[Spent, int]:
    """And how many calls there were."""
    config = Config(accounts=accounts, regions=REGIONS, latency={"*": Latency(median=latency, p99=latency * 5)})
    words = ["--organization", "--region", *REGIONS, "--stdout", "jsonl", "--no-progress", "--output-formats", "jsonl"]
    command = [sys.executable, "-m", "benchmarks.cpu_share", "--scan", *words]
    with SimulatedAws(config) as aws, tempfile.TemporaryDirectory() as folder:
        environment = os.environ | aws.environment | {"PYTHONPATH": str(Path(__file__).parents[1])}
        took = run(command, environment, Path(folder))
        if took.code not in (0, 3):
            raise SystemExit(f"The scan ended with {took.code}:\n{took.complaints}")
        return msgspec.json.decode((Path(folder) / TOLD).read_bytes(), type=Spent), aws.statistics()["calls"]


def main() -> int:
    if sys.argv[1:2] == ["--scan"]:
        return _scan(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cpu_share")
    parser.add_argument("--accounts", type=int, default=300)
    parser.add_argument("--latency", type=float, default=0.02, help="median seconds of a reply")
    chosen = parser.parse_args()
    found, calls = measured(chosen.accounts, chosen.latency)
    print(f"{calls:,} calls of {chosen.accounts:,} accounts\n{'':28}{'CPU s':>8}{'us a call':>11}")
    for name, seconds in (
        ("start", found.start),
        ("gateway", found.gateway.seconds),
        ("event loop", found.loop),
        ("engine, checks, outputs", found.others),
    ):
        print(f"{name:28}{seconds:8.1f}{seconds / calls * 1e6:11.0f}")
    ours = found.gateway.seconds + found.loop
    print(f"a call in a scan takes {(ours + found.others) / ours:.2f} times what it takes in the gateway")
    return 0


if __name__ == "__main__":
    sys.exit(main())
