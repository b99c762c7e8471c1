"""A program run as a user runs it, and what it took."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct


class Run(Struct, frozen=True):
    """What one run of a program took, its children included."""

    seconds: float
    cpu_seconds: float
    memory_mb: float
    """Peak of the resident set."""
    first_line: float | None
    """Seconds until the first line on standard output."""
    lines: int
    code: int
    complaints: str
    """The end of standard error."""


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Run:
    """Run the program to its end, reading its standard output as it comes."""
    started = time.perf_counter()
    first: float | None = None
    lines = 0
    with (folder / "stderr").open("w+") as complaints:
        process = subprocess.Popen(
            command, env=dict(environment), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=complaints,
        )  # fmt: skip
        assert process.stdout is not None
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
    return Run(seconds, cpu, used.ru_maxrss / 1024, first, lines, process.returncode, told)
