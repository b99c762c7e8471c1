"""Findings on their way to a reader that is slow, or gone."""

from __future__ import annotations

import io
import json
import os
import pty
import shlex
import sys
import termios
import threading
import time
from pathlib import Path

import anyio
import pytest

from aioprowler import Finding
from aioprowler.cli.streams import Stdout, is_colored, outwait_pager
from aioprowler.errors import cause_of
from aioprowler.outputs.writer import OutputError
from tests.cli.conftest import Program
from tests.cli.stub import CHECK, Stub
from tests.worlds.world import World, findings_of

LINE = b"x" * 999 + b"\n"


@pytest.fixture
def finding() -> Finding:
    (found, *_) = findings_of(World({"s3:ListBuckets": {"Buckets": [{"Name": "b"}]}}), CHECK)
    return found


def test_a_reader_that_pauses_holds_the_writer_but_not_the_loop(finding: Finding) -> None:
    reader, writer = os.pipe()
    out = Stdout(lambda _: LINE, writer)
    received = bytearray()
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await anyio.sleep(0.01)

    async def read() -> None:
        await anyio.sleep(0.3)
        while len(received) < 500 * len(LINE):
            await anyio.wait_readable(reader)
            received.extend(os.read(reader, 65536))

    async def write() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(beat)
            tasks.start_soon(read)
            await out.write([finding] * 500)
            await out.flush()
            assert beats > 10
            tasks.cancel_scope.cancel()
        received.extend(os.read(reader, 65536) if len(received) < 500 * len(LINE) else b"")

    anyio.run(write)
    assert received == LINE * 500
    os.close(reader)
    os.close(writer)


def test_a_reader_that_is_gone_is_no_error(finding: Finding) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    out = Stdout(lambda _: LINE, writer)

    async def write() -> None:
        await out.write([finding] * 100)
        await out.flush()

    anyio.run(write)
    assert out.closed
    out.close()
    os.close(writer)


def test_a_full_disk_is_an_error(finding: Finding) -> None:
    writer = os.open("/dev/full", os.O_WRONLY)
    out = Stdout(lambda _: LINE, writer)

    async def write() -> None:
        await out.write([finding])
        await out.flush()

    with pytest.raises(OutputError, match="No space left"):
        anyio.run(write)
    os.close(writer)


def test_what_is_left_is_written_at_the_end_unless_nobody_reads(finding: Finding, tmp_path: Path) -> None:
    path = tmp_path / "out"
    writer = os.open(path, os.O_WRONLY | os.O_CREAT)
    out = Stdout(lambda _: LINE, writer)
    anyio.run(out.write, [finding] * 10)
    out.close()
    assert path.read_bytes() == LINE * 10
    os.close(writer)

    reader, writer = os.pipe()
    out = Stdout(lambda _: LINE, writer)
    anyio.run(out.write, [finding] * 60)
    os.set_blocking(writer, False)
    while not is_full(writer):
        pass
    started = time.monotonic()
    out.close()
    assert time.monotonic() - started < 2
    os.close(reader)
    os.close(writer)


def is_full(descriptor: int) -> bool:
    try:
        os.write(descriptor, bytes(4096))
    except BlockingIOError:
        return True
    return False


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_closed_stream_leads_nowhere(program: Program, stub: Stub, closed: str) -> None:
    command = f"{shlex.quote(sys.executable)} -m aioprowler scan --check {CHECK} -M jsonl {closed}"
    done = program(args=["sh", "-c", command])
    assert done.returncode == 3
    (record,) = (program.folder / "output").glob("*.jsonl")
    assert len(record.read_text().splitlines()) == stub.buckets
    assert (done.stdout == "") == (">&-" in closed.replace("2>&-", ""))


@pytest.mark.parametrize("form", ["jsonl", "lines", "summary"])
def test_a_locale_of_ascii_loses_nothing(program: Program, stub: Stub, form: str) -> None:
    stub.tags = {"b0": {"Owner": "Jürgen \u201cJ\u201d"}}
    program.environment |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = program("scan", "--check", CHECK, "--tags", "--stdout", form, "-F", "names", "-M", "jsonl", encoding="utf-8")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    record = (program.folder / "output" / "names.jsonl").read_text(encoding="utf-8")
    assert len(record.splitlines()) == stub.buckets
    assert "Jürgen \u201cJ\u201d" in record
    assert form != "jsonl" or done.stdout == record
    assert form != "lines" or done.stdout.count("FAIL") == stub.buckets
    assert "3" in done.stdout


@pytest.mark.parametrize("command", [("checks", "show", CHECK), ("compliance", "show", "cis_3.0")])
def test_a_locale_of_ascii_shows_what_it_can(program: Program, command: tuple[str, ...]) -> None:
    program.environment |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = program(*command)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\xb7" in done.stdout
    as_json = program(*command, "--json")
    assert (as_json.returncode, as_json.stderr) == (0, "")
    json.loads(as_json.stdout)


def test_the_cause_in_groups() -> None:
    cause = ValueError("x")
    assert cause_of(ExceptionGroup("", [ExceptionGroup("", [cause])])) is cause


def test_a_pager_that_is_still_open_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = pty.openpty()
    with open(follower, "w", encoding="utf-8") as terminal:  # noqa: PTH123 - a descriptor
        monkeypatch.setattr(sys, "stderr", terminal)
        usual = termios.tcgetattr(follower)
        paging = [*usual[:3], usual[3] & ~termios.ICANON, *usual[4:]]
        termios.tcsetattr(follower, termios.TCSANOW, paging)
        leaving = threading.Timer(0.3, termios.tcsetattr, (follower, termios.TCSANOW, usual))
        leaving.start()
        started = time.monotonic()
        outwait_pager()
        assert time.monotonic() - started >= 0.2
        leaving.join()
        outwait_pager()
    os.close(leader)


@pytest.mark.parametrize(
    ("environment", "is_terminal", "colored"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "", "NO_COLOR": ""}, True, True),
    ],
)
def test_colors_are_for_those_who_want_them(
    environment: dict[str, str], is_terminal: bool, colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TERM", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: is_terminal)
    assert is_colored(stream) is colored
    assert not is_colored(stream, refused=True)
