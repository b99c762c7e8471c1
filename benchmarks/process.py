"""A program run as a user runs it, and what it took."""

from __future__ import annotations

import compileall
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from msgspec import Struct

import aioprowler


class Run(Struct, frozen=True):
    """What one run of a program took, its children included."""

    seconds: float
    cpu_seconds: float
    memory_mb: float
    """Peak of the resident set, of the program itself."""
    first_line: float | None
    """Seconds until the first line on standard output."""
    lines: int
    code: int
    complaints: str
    """The end of standard error."""


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path, most: float | None = None) -> Run:
    """Run the program to its end, or until it is broken off after so many seconds, reading its output as it comes."""
    compile_package(Path(aioprowler.__file__).parent)
    started = time.perf_counter()
    first: float | None = None
    lines = 0
    with (folder / "stderr").open("w+") as complaints:
        process = subprocess.Popen(
            command, env=dict(environment), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=complaints,
        )  # fmt: skip
        assert process.stdout is not None
        with _watched(process.pid) as peak, _broken_off(process, most):
            for _ in process.stdout:
                if first is None:
                    first = time.perf_counter() - started
                lines += 1
            _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        complaints.seek(0)
        told = complaints.read()[-2000:]
    cpu = used.ru_utime + used.ru_stime
    return Run(seconds, cpu, peak[0], first, lines, process.returncode, told)


@cache
def compile_package(path: Path) -> None:
    """As an installer does, lest the first run after a change takes seconds for that."""
    compileall.compile_dir(path, quiet=1)


@contextmanager
def _broken_off(process: subprocess.Popen[bytes], most: float | None) -> Iterator[None]:
    """After so many seconds, and where nobody waits for it any more."""
    timer = threading.Timer(threading.TIMEOUT_MAX if most is None else most, process.kill)
    timer.start()
    try:
        yield
    except BaseException:
        process.kill()
        raise
    finally:
        timer.cancel()


@contextmanager
def _watched(pid: int) -> Iterator[list[float]]:
    """Megabytes of the process's peak so far, read again and again.

    `ru_maxrss` will not do: Linux carries the peak of whoever started the program over into it.
    """
    peak = [0.0]
    ended = threading.Event()

    def watch() -> None:
        status = Path(f"/proc/{pid}/status")
        while not ended.wait(0.02):
            with suppress(OSError):
                peak[0] = max(peak[0], _high_water(status.read_text()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _high_water(status: str) -> float:
    """0 for a process that has ended."""
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)
