"""A scan that was killed goes on where it was, and ends as if nothing had happened."""

from __future__ import annotations

import csv
import signal
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import msgspec
import pytest

from aioprowler import ScanOptions
from aioprowler.cli.options import Output
from aioprowler.cli.scan import journal_of
from aioprowler.cli.session import Session
from aioprowler.engine.cells import Cell
from aioprowler.findings.coverage import Coverage
from aioprowler.findings.finding import from_json
from aioprowler.outputs.files import Outputs
from aioprowler.scanning import Event, Scan
from aioprowler.scanning.journal import AccountDone, kinds_of
from aioprowler.scanning.resuming import read
from tests.cli.conftest import Here, Program
from tests.cli.stub import CHECK, Stub
from tests.outputs.samples import finding

ROLES = [f"arn:aws:iam::{account}:role/audit" for account in range(222222222220, 222222222232)]
MORE = ("s3_bucket_lifecycle_enabled", "iam_password_policy_minimum_length_14")
SCAN = ("scan", "--check", CHECK, "--stdout", "none", "--role", *ROLES)


def statuses(folder: Path) -> dict[str, str]:
    """uid -> status in the record, in which no uid is twice."""
    (record,) = (folder / "output").glob("*.jsonl")
    found = [from_json(line) for line in record.read_bytes().splitlines()]
    by_uid: dict[str, str] = {each.uid: each.status for each in found}
    assert len(by_uid) == len(found)
    return by_uid


def journals(folder: Path) -> list[Path]:
    return list((folder / "output").glob("*.journal"))


def kill_at(program: Program, stub: Stub, answers: int, *options: str) -> None:
    """Once it has had so many more answers about buckets."""
    last = stub.turns + answers
    with program.start(*options) as process:
        while stub.turns < last:
            assert process.poll() is None, "it ended by itself"
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()


def undisturbed(program: Program, stub: Stub, tmp_path: Path) -> dict[str, str]:
    elsewhere = tmp_path / "undisturbed"
    elsewhere.mkdir()
    alone = Program(elsewhere, program.environment)
    assert alone(*SCAN).returncode == 3
    assert journals(elsewhere) == [], "a scan that came to its end has nothing to resume"
    return statuses(elsewhere)


def test_a_killed_scan_is_resumed_to_the_same_end(program: Program, stub: Stub, tmp_path: Path) -> None:
    expected = undisturbed(program, stub, tmp_path)
    stub.delay = 0.03
    for attempt, answers in enumerate((3, 10, 18, 26)):  # of 36
        for old in (program.folder / "output").glob("*"):
            old.unlink()
        kill_at(program, stub, answers, *SCAN)
        assert journals(program.folder)
        if attempt % 2:
            kill_at(program, stub, 5, *SCAN, "--resume", "output")
        done = program(*SCAN, "--resume", "output")
        assert done.returncode == 3, done.stderr
        assert statuses(program.folder) == expected
        assert journals(program.folder) == []
        (table,) = (program.folder / "output").glob("*.csv")
        rows = list(csv.DictReader(table.read_text().splitlines(), delimiter=";"))
        assert len(rows) == len(expected)


def test_what_is_complete_is_not_asked_again(program: Program, stub: Stub) -> None:
    stub.denied = {ROLES[-1]}
    assert program(*SCAN).returncode == 4
    assert len(journals(program.folder)) == 1
    stub.denied = set()
    stub.assumed.clear()
    asked: list[str] = []
    answer = stub.answer

    def counting(action: str, fields: dict[str, str], account: str) -> tuple[int, str]:
        asked.append(f"{action} {account}")
        return answer(action, fields, account)

    stub.answer = counting  # type: ignore[method-assign]
    try:
        done = program("scan", "--role", *ROLES, "--resume", "output")
    finally:
        stub.answer = answer  # type: ignore[method-assign]
    assert done.returncode == 3, done.stderr
    assert {each for each in asked if each.startswith("S3ListBuckets")} == {"S3ListBuckets 222222222231"}
    assert len(statuses(program.folder)) == 3 * len(ROLES)
    (path,) = (program.folder / "output").glob("*.coverage.json")
    told = msgspec.json.decode(path.read_bytes(), type=Coverage)
    assert (told.resumed, told.ended, told.not_entered) == (True, True, ())
    accounts = told.accounts
    assert (accounts.found, accounts.scanned, accounts.scanned_before) == (len(ROLES), len(ROLES), len(ROLES) - 1)
    assert told.findings == {"PASS": 0, "FAIL": 3 * len(ROLES), "MANUAL": 0}
    assert told.calls["s3:GetBucketVersioning"].calls == 3


def test_what_is_complete_is_on_the_disk_at_once(tmp_path: Path) -> None:
    """So that being killed loses only what is under way."""
    seen: list[tuple[int, set[str]]] = []

    class Scripted(Scan):
        async def events(self) -> AsyncIterator[list[Event]]:
            for account in "12":
                yield [[finding(account_id=account, uid=account)], Cell(account, kinds_of(self.plan)[0], "")]
                yield [AccountDone(account)]
                _, done = read(tmp_path / "x.journal")
                seen.append((len((tmp_path / "x.jsonl").read_bytes().splitlines()), done.accounts))

    scan = Scripted(ScanOptions(checks=[CHECK]))
    outputs = Outputs(tmp_path, "x", ["csv", "jsonl", "html"])
    session = Session(scan, outputs, Output(quiet=True, stdout="none"), journal_of(scan, outputs, {}))
    anyio.run(session.run)
    assert seen == [(1, {"1"}), (2, {"1", "2"})]


def test_a_slow_disk_does_not_hold_the_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is complete goes on to be written, findings before their cell, while the disk takes what came before."""
    reached_the_disk: list[str] = []
    went_on, both = threading.Event(), threading.Event()

    def fsync(descriptor: int) -> None:
        if threading.current_thread() is not threading.main_thread():
            assert went_on.wait(20), "the scan waits for the disk"
            reached_the_disk.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
            if len(reached_the_disk) == 4:
                both.set()

    class Scripted(Scan):
        async def events(self) -> AsyncIterator[list[Event]]:
            yield [[finding(account_id="1", uid="1")], AccountDone("1")]
            await anyio.sleep(0.7)
            yield [[finding(account_id="2", uid="2")], AccountDone("2")]
            assert read(tmp_path / "x.journal")[1].accounts == {"1", "2"}
            went_on.set()
            assert await anyio.to_thread.run_sync(both.wait, 20)

    monkeypatch.setattr("os.fsync", fsync)
    scan = Scripted(ScanOptions(checks=[CHECK]))
    outputs = Outputs(tmp_path, "x", ["jsonl"])
    session = Session(scan, outputs, Output(quiet=True, stdout="none"), journal_of(scan, outputs, {}))
    anyio.run(session.run)
    assert reached_the_disk[:4] == ["x.jsonl", "x.journal"] * 2


def test_an_interrupted_scan_says_how_to_go_on(program: Program, stub: Stub) -> None:
    stub.delay = 0.3
    with program.start(*SCAN) as process:
        while process.poll() is None and not journals(program.folder):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=20)
    assert process.returncode == 130
    (journal,) = journals(program.folder)
    assert f"aioprowler scan --resume {journal.relative_to(program.folder)}" in stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--resume", "output"), "no journal of yours"),
        (("--resume", "nowhere.journal"), "nothing to resume"),
        (("--resume", "empty.journal"), "is empty"),
        (("--resume", "torn.journal"), "not a journal, or damaged"),
        (("--resume", "old.journal"), "is of aioprowler 0.0.0"),
        (("--resume", "own.journal", "--service", "s3"), "--service is not what the scan of own.journal had"),
        (("--resume", "wrong.journal"), "wrong.journal is damaged (--region)"),
    ],
)
def test_what_cannot_be_resumed(here: Here, options: tuple[str, ...], told: str) -> None:
    import aioprowler

    (here.folder / "output").mkdir(exist_ok=True)
    for name in ("torn", "old", "own", "wrong"):
        (here.folder / f"{name}.jsonl").touch()
    header = '{"version":"%s","now":"2026-06-01T00:00:00Z","formats":["jsonl"],"options":{},"kinds":[]}\n'
    (here.folder / "empty.journal").write_text("")
    (here.folder / "torn.journal").write_text('{"version"\n')
    (here.folder / "old.journal").write_text(header % "0.0.0")
    (here.folder / "own.journal").write_text(header % aioprowler.__version__)
    (here.folder / "wrong.journal").write_text(
        (header % aioprowler.__version__).replace('"options":{}', '"options":{"regions":{"eu-west-1":1}}')
    )
    done = here("scan", *options)
    assert done.returncode in (1, 2)
    (line,) = done.stderr.splitlines()
    assert told in line


def stored_options(journal: Path) -> dict[str, Any]:
    import orjson

    header: dict[str, Any] = orjson.loads(journal.read_bytes().splitlines()[0])
    return header["options"]  # type: ignore[no-any-return]


def test_the_journal_holds_no_secret(program: Program, stub: Stub) -> None:
    stub.denied = {ROLES[0]}
    program("scan", "--check", CHECK, "--role", ROLES[0], ROLES[1], "--external-id", "4f1c")
    (journal,) = journals(program.folder)
    options = stored_options(journal)
    assert options["external_id"] == "4f1c"
    assert not {"mfa_token", "mfa_serial", "webhook"} & options.keys()
    assert program.environment["AWS_SECRET_ACCESS_KEY"] not in journal.read_text()
