"""Ctrl-C and its like, at whatever moment: a line at once, a clean end soon, and files that are whole."""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from aioprowler.findings.finding import from_json
from tests.cli.conftest import ROOT, Program
from tests.cli.stub import CHECK, Stub

PRESSES = 50
STOPPING = "aioprowler: Stopping: finishing what is being written (again to stop at once)"

_PRESSED = """
import json, os, pathlib, random, signal, sys, time
import aioprowler.accounts.entry, aioprowler.aws.gateway, aioprowler.cli.parser, aioprowler.cli.session
import aioprowler.outputs.csv, aioprowler.outputs.html, aioprowler.outputs.jsonl, aioprowler.services.s3.checks
from aioprowler import cli

SCAN = ["scan", "--quiet", "--check", sys.argv[2], "--region", "us-east-1"]
NAMES = ["SIGINT", "SIGTERM", "SIGHUP"]
for name in NAMES:
    signal.signal(getattr(signal, name), signal.default_int_handler)


def program(folder):
    os.chdir(folder)
    for descriptor, name in (1, "out"), (2, "err"):
        os.dup2(os.open(name, os.O_CREAT | os.O_WRONLY, 0o600), descriptor)
    sys.argv = ["aioprowler", *SCAN]
    cli.main()


def told(errors, since):
    while not errors.exists() or not errors.stat().st_size:
        if time.monotonic() - since > 20:
            break
        time.sleep(0.002)
    return time.monotonic() - since


for number in range(int(sys.argv[1])):
    folder = pathlib.Path(str(number))
    folder.mkdir()
    child = os.fork()
    if not child:
        try:
            program(folder)
        finally:
            os._exit(99)
    sent, moment, again = random.choice(NAMES), random.uniform(0.02, 0.35), random.choice([0, 0, 1, 2])
    while number % 2 and not (folder / "output").exists():
        time.sleep(0.01)
    time.sleep(moment)
    since = time.monotonic()
    os.kill(child, getattr(signal, sent))
    for _ in range(again):
        time.sleep(0.03)
        os.kill(child, getattr(signal, sent))  # a child that has ended is there until it is waited for
    heard = told(folder / "err", since)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    ended = time.monotonic() - since
    line = {"sent": sent, "moment": moment, "again": again, "told": heard, "ended": ended, "code": code}
    print(json.dumps(line), flush=True)
"""


def whole(folder: Path) -> None:
    """What the program says is true, and each file can be read to its end."""
    lines = (folder / "err").read_text().splitlines()
    assert [line for line in lines[:-1] if line != STOPPING] == []
    assert lines[-1].startswith("aioprowler: interrupted")
    for line in (folder / "out").read_text().splitlines():
        from_json(line)
    files = {"".join(path.suffixes): path for path in (folder / "output").glob("*")}
    assert all(str(path.relative_to(folder)) in lines[-1] for path in files.values())
    if files:
        assert set(files) == {".jsonl", ".csv", ".html", ".coverage.json", ".journal"}
        assert files[".html"].read_text().rstrip().endswith("</html>")
        assert not json.loads(files[".coverage.json"].read_text())["ended"]
        for line in files[".jsonl"].read_text().splitlines():
            from_json(line)


def test_at_fifty_moments(program: Program, stub: Stub) -> None:
    stub.buckets, stub.delay = 8, 0.1
    given = program.arguments()
    done = subprocess.run(
        [sys.executable, "-c", _PRESSED, str(PRESSES), CHECK], cwd=given["cwd"], env=given["env"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=150, check=True,
    )  # fmt: skip
    runs: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert [run for run in runs if run["code"] != 130] == []
    assert len(runs) == PRESSES
    for number in range(PRESSES):
        whole(program.folder / str(number))
    assert statistics.median(run["told"] for run in runs) < 0.2
    assert statistics.median(run["ended"] for run in runs) < 2
    assert max(run["ended"] for run in runs) < 10
    assert sum((program.folder / str(each) / "output").exists() for each in range(PRESSES)) >= PRESSES // 2


_STUCK = """
import sys, time, anyio, anyio.to_thread
from aioprowler import cli
from aioprowler.cli import app, stopping

def wait():
    print("begun", flush=True)
    time.sleep(60)

async def work():
    await anyio.to_thread.run_sync(wait)

def run(_):
    with stopping.handlers_kept():
        anyio.run(stop.run, work)

stop = stopping.Stopping(lambda line: print(line, flush=True), lambda: print("closed", flush=True) or 130)
app.run = run
cli.main()
"""


def stuck(presses: int) -> tuple[float, str]:
    """Seconds until a program ends that waits for a thread, and what it says."""
    with subprocess.Popen(
        [sys.executable, "-c", _STUCK], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        since = time.monotonic()
        said = ""
        for _ in range(presses):
            process.send_signal(signal.SIGTERM)
            said += process.stdout.readline()
        said += process.stdout.read()
        assert process.wait(30) == 130
        return time.monotonic() - since, said


def test_what_waits_for_somebody_is_not_waited_for() -> None:
    seconds, said = stuck(presses=1)
    assert said == f"{STOPPING}\nclosed\n"
    assert 1 < seconds < 10


def test_a_second_press_ends_it_at_once() -> None:
    seconds, said = stuck(presses=2)
    assert said == f"{STOPPING}\nclosed\n"
    assert seconds < 1.4


_COLD = """
import os, signal, sys, threading, time
number, moment = int(sys.argv.pop(1)), float(sys.argv.pop(1))

def press():
    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        time.sleep(0.001)
    time.sleep(moment)
    os.kill(os.getpid(), number)

threading.Thread(target=press, daemon=True).start()
from aioprowler.cli import main
main()
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", [0, 0.03, 0.1, 0.3])
def test_while_modules_are_loaded(program: Program, sent: signal.Signals, moment: float) -> None:
    cold = [sys.executable, "-c", _COLD, str(int(sent)), str(moment), "scan", "--quiet", "--check", CHECK]
    done = program(args=cold)
    assert done.returncode == 130
    (line,) = (line for line in done.stderr.splitlines() if line != STOPPING)
    assert line.startswith("aioprowler: interrupted")


def test_signals_are_heard_before_anything_is_loaded() -> None:
    code = "import sys, aioprowler.cli; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT)}
    )
    loaded = {*done.stdout.split()}
    own = {each for each in loaded if each.startswith("aioprowler")}
    assert own == {"aioprowler", "aioprowler._version", "aioprowler.cli"}
    assert not {"typing", "re", "asyncio", "contextlib"} & loaded


_LOST = """
import signal, time, weakref
from aioprowler import cli
from aioprowler.cli import app

class Thing:
    pass

def run(_):
    cli.interruptible()
    thing = Thing()
    gone = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing  # Python ignores what is raised then
    time.sleep(20)
    return 0

app.run = run
cli.main()
"""


def test_an_interrupt_that_python_ignores_comes_again() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOST], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, timeout=15
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
