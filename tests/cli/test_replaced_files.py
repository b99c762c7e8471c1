"""What has the names of a scan's files stays until they are whole, and no scan empties a baseline."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from aioprowler.findings.finding import to_json
from tests.cli.conftest import Here, Program
from tests.cli.stub import CHECK, Stub
from tests.outputs.samples import FINDING

SCAN = ("scan", "--check", CHECK, "--stdout", "none", "--quiet")
NIGHTLY = (*SCAN, "-M", "jsonl", "csv", "-F", "nightly")
RECORD = "output/nightly.jsonl"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "output").iterdir())


def interrupted(program: Program, stub: Stub) -> None:
    stub.buckets, stub.delay = 8, 0.3
    options = (*NIGHTLY[:4], "jsonl", *NIGHTLY[5:])
    with program.start(*options) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 130
    stub.delay = 0.0


def test_files_are_replaced_by_whole_ones(here: Here, stub: Stub) -> None:
    assert here(*NIGHTLY).returncode == 3
    stub.buckets = 5
    done = here(*NIGHTLY[:-5], "-M", "jsonl", "csv", "-F", "nightly")
    assert done.returncode == 3
    assert names(here.folder) == ["nightly.coverage.json", "nightly.csv", "nightly.jsonl"]
    assert len((here.folder / RECORD).read_text().splitlines()) == 5


def test_a_scan_that_is_interrupted_leaves_what_was_there_and_can_go_on(program: Program, stub: Stub) -> None:
    assert program(*NIGHTLY).returncode == 3
    before = {name: (program.folder / "output" / name).read_bytes() for name in names(program.folder)}
    interrupted(program, stub)
    after = {name: (program.folder / "output" / name).read_bytes() for name in before}
    assert after == before
    assert "nightly.unfinished.journal" in names(program.folder)
    assert program(*NIGHTLY, "--resume", "output").returncode == 3
    assert names(program.folder) == ["nightly.coverage.json", "nightly.csv", "nightly.jsonl"]
    assert len((program.folder / RECORD).read_text().splitlines()) == 8


def test_a_journal_goes_with_its_record(here: Here, stub: Stub) -> None:
    """That of an earlier scan by the name is none of the new record, and that of the new one takes its place."""
    assert here(*NIGHTLY).returncode == 3
    stale = here.folder / "output" / "nightly.journal"
    stale.write_text("of an earlier scan")
    assert here(*NIGHTLY).returncode == 3
    assert not stale.exists()
    roles = ("--role", "arn:aws:iam::222222222222:role/audit", "arn:aws:iam::333333333333:role/audit")
    stub.denied = {roles[2]}
    assert here(*NIGHTLY, *roles).returncode == 4
    assert names(here.folder) == ["nightly.coverage.json", "nightly.csv", "nightly.journal", "nightly.jsonl"]
    stub.denied = set()
    assert here(*NIGHTLY, *roles, "--resume", "output").returncode == 3
    assert len((here.folder / RECORD).read_text().splitlines()) == 6


@pytest.mark.parametrize("options", [("-F", "nightly"), ("-F", "nightly", "-o", "elsewhere/../output")])
def test_a_scan_does_not_replace_its_baseline(here: Here, options: tuple[str, ...]) -> None:
    here(*NIGHTLY)
    before = (here.folder / RECORD).read_bytes()
    (here.folder / "elsewhere").mkdir()
    done = here(*SCAN, "--baseline", RECORD, *options)
    assert done.returncode == 2
    assert "would be replaced by the record of this scan" in done.stderr
    assert (here.folder / RECORD).read_bytes() == before


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--status", "PASS"), "has only findings of some statuses (--status PASS)"),
        (("--resource-arn", "arn:aws:s3:::b0"), "is about other resources (--resource-arn, --resource-tag)"),
    ],
)
def test_a_record_that_lacks_failures_is_no_baseline(here: Here, options: tuple[str, ...], why: str) -> None:
    here(*NIGHTLY, *options)
    done = here(*SCAN, "--no-files", "--baseline", RECORD)
    assert done.returncode == 2
    assert f"--baseline {RECORD} {why}: give that of a whole scan, or --any-baseline" in done.stderr
    assert here(*SCAN, "--no-files", "--baseline", RECORD, "--any-baseline").returncode == 3
    if "--resource-arn" in options:
        assert here(*SCAN, "--no-files", "--baseline", RECORD, *options).returncode == 0


def test_nor_is_one_that_is_itself_of_a_scan_with_a_baseline(here: Here, stub: Stub) -> None:
    here(*NIGHTLY)
    stub.buckets = 4
    assert here(*SCAN, "-M", "jsonl", "-F", "new", "--baseline", RECORD).returncode == 3
    done = here(*SCAN, "--no-files", "--baseline", "output/new.jsonl")
    assert done.returncode == 2
    assert "is without the findings that its baseline knew (--baseline)" in done.stderr
    assert here("diff", "output/new.jsonl", RECORD).returncode == 2


def test_nor_is_one_of_a_scan_that_was_interrupted(program: Program, stub: Stub) -> None:
    interrupted(program, stub)
    assert not json.loads((program.folder / "output/nightly.coverage.json").read_text())["ended"]
    done = program(*SCAN, "--no-files", "--baseline", RECORD)
    assert done.returncode == 2
    assert "is of a scan that was interrupted" in done.stderr


def test_a_name_of_what_is_not_finished_is_refused(here: Here) -> None:
    done = here(*SCAN, "-F", "nightly.unfinished")
    assert done.returncode == 2
    assert "files whose scan has not ended are called so" in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "options"),
    [
        ("kept.jsonl", f"{to_json(FINDING).decode()}\n", ("--baseline", "kept.jsonl")),
        ("kept.yaml", 'Mutelist: {Accounts: {"*": {Checks: {}}}}', ("--mutelist-file", "./kept.yaml")),
        ("kept.yaml", "{}", ("--config-file", "kept.yaml")),
        ("kept.txt", CHECK, ("--checks-file", "kept.txt")),
        ("kept.csv", "", ("-o", ".", "-F", "kept", "-M", "csv")),
        ("kept.coverage.json", "{}", ("-o", ".", "-F", "kept", "-M", "csv")),
    ],
)
def test_the_log_takes_the_place_of_nothing_that_the_scan_reads_or_writes(
    here: Here, name: str, text: str, options: tuple[str, ...]
) -> None:
    kept = here.folder / name
    kept.write_text(text)
    done = here("scan", "--check", CHECK, *options, "--log-file", name)
    assert (done.returncode, kept.read_text()) == (2, text)
    assert f"--log-file {name} is a file that the scan itself reads or writes" in done.stderr


def test_the_log_may_lie_beside_the_files(here: Here) -> None:
    (here.folder / "output").mkdir()
    done = here("scan", "--check", CHECK, "-q", "--stdout", "none", "-F", "x", "--log-file", "output/x.log")
    assert done.returncode == 3
    assert (here.folder / "output" / "x.log").exists()
