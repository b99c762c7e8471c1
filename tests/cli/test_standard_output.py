"""What standard output and standard error have where nobody looks: in pipes, files and the logs of CI jobs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from aioprowler.cli import session
from tests.cli.conftest import Here, Program
from tests.cli.stub import CHECK, Stub
from tests.cli.test_scan import on_a_terminal

SCAN = ("scan", "--check", CHECK, "-M", "jsonl", "-F", "x")
SUMMED_UP = re.compile(r"^1 of 1 account · 3 findings · .*\n", re.MULTILINE)


def is_json_lines(text: str) -> bool:
    return len([json.loads(line) for line in text.splitlines()]) == 3


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_the_log_of_a_ci_job_has_the_summary_once_and_no_finding(program: Program, quiet: tuple[str, ...]) -> None:
    program.environment["CI"] = "true"
    done = program(*SCAN, *quiet)
    assert done.returncode == 3
    assert SUMMED_UP.search(done.stdout)
    assert "resource_arn" not in done.stdout
    assert not SUMMED_UP.search(done.stderr)
    assert not quiet or done.stderr == ""
    assert is_json_lines((program.folder / "output/x.jsonl").read_text())


@pytest.mark.parametrize(
    ("ci", "options"),
    [("", ()), ("false", ()), ("true", ("--stdout", "jsonl")), ("", ("-q",))],
    ids=["no CI", "not CI", "wanted", "quiet"],
)
def test_pipes_have_json_lines(program: Program, ci: str, options: tuple[str, ...]) -> None:
    program.environment["CI"] = ci
    assert is_json_lines(program(*SCAN, *options).stdout)


def test_without_files_findings_are_nowhere_else(program: Program) -> None:
    program.environment["CI"] = "true"
    assert is_json_lines(program("scan", "--check", CHECK, "--no-files", "-q").stdout)


def test_a_file_that_is_named_in_a_ci_job_has_json_lines_and_its_log_has_not(program: Program) -> None:
    program.environment["CI"] = "true"
    path = program.folder / "findings"
    with path.open("w") as file:
        program(*SCAN, stdout=file)
    assert is_json_lines(path.read_text())
    with path.open("w") as log:
        program(*SCAN, stdout=log, stderr=log)
    assert SUMMED_UP.search(path.read_text())
    assert "resource_arn" not in path.read_text()


def test_a_quiet_terminal_has_the_summary_alone(program: Program) -> None:
    code, shown = on_a_terminal(program, *SCAN, "-q")
    assert code == 3
    assert "1 of 1 account · 3 findings" in shown
    assert not re.search(f"FAIL.*{CHECK}", shown)


def test_a_log_is_told_of_progress_now_and_then(here: Here, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_REPORT", 0.2)
    stub.delay = 0.3
    lines = re.findall(r"^aioprowler: (.*)$", here(*SCAN, "--stdout", "none").stderr, re.MULTILINE)
    assert len(lines) >= 2
    assert re.fullmatch(r"0 of 1 account · \d findings?, \d FAIL · \d+ calls? · \d\.\d s", lines[0])
    assert "aioprowler: " not in here(*SCAN, "--no-progress", "--stdout", "none").stderr


def test_the_summary_may_be_asked_for(here: Here) -> None:
    done = here(*SCAN, "--stdout", "summary", "-q")
    assert SUMMED_UP.search(done.stdout)
    assert done.stderr == ""
    assert Path("output/x.jsonl").exists()
