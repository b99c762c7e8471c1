"""What commands print of names that mean harm: nothing is hidden, steers a terminal, or is a command of a CI server."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from aioprowler.cli.app import run
from aioprowler.cli.session import _LogLines
from aioprowler.cli.streams import complain
from aioprowler.cli.tables import print_json, print_table
from aioprowler.findings.finding import to_json
from tests.cli.conftest import Here
from tests.outputs.samples import finding, hostile
from tests.test_texts import COMMAND, hides

NAME = "a\u202eb\n::error::x ##vso[task.complete]\x1b[31m\u3164"
SHOWN = "a<U+202E>b<U+000A>::error::x #<U+0023>vso[task.complete]<U+001B>[31m<U+3164>"
LINES = "a<U+202E>b\n<U+003A>:error::x #<U+0023>vso[task.complete]<U+001B>[31m<U+3164>"


def is_clean(printed: str) -> bool:
    return not COMMAND.search(printed) and not {each for each in printed if hides(each)} - {"\n"}


def test_messages_are_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    complain(f"error: {NAME}")
    said = capsys.readouterr().err
    assert said == f"aioprowler: error: {SHOWN.replace('<U+000A>', ' ')}\n"
    assert is_clean(said)


def test_logs_are_lines_and_so_are_their_tracebacks(capsys: pytest.CaptureFixture[str]) -> None:
    handler = _LogLines()
    handler.tracebacks = True
    try:
        raise ValueError(NAME)
    except ValueError as error:
        trace = (type(error), error, error.__traceback__)
    handler.handle(logging.LogRecord("aioprowler", logging.ERROR, "", 0, "%s is odd", (NAME,), trace))
    said = capsys.readouterr().err
    assert is_clean(said)
    first, *rest = said.splitlines()
    assert first == f"aioprowler: error: {SHOWN.replace('<U+000A>', ' ')} is odd"
    assert rest[-2:] == f"ValueError: {LINES}".splitlines()


def test_the_last_traceback_is_told_in_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(arguments: object) -> int:
        raise ValueError(NAME)

    monkeypatch.setattr("aioprowler.cli.app._dispatch", fail)
    assert run(["services", "--debug"]) == 1
    said = capsys.readouterr().err
    assert is_clean(said)
    assert f"ValueError: {LINES}" in said


def test_tables_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("NAME",), [(NAME,), ("::notice::y",)])
    print_json({"name": NAME})
    table, document = capsys.readouterr().out.split("{", 1)
    assert table.split("\n") == ["NAME", SHOWN, "<U+003A>:notice::y", ""]
    assert is_clean(document)
    assert json.loads("{" + document) == {"name": NAME}
    assert r"a\u202eb" in document


def test_commands_that_read_records(here: Here) -> None:
    """A record may be of anybody."""
    (here.folder / "old.jsonl").write_bytes(to_json(finding(status="PASS")) + b"\n")
    (here.folder / "new.jsonl").write_text(json.dumps(json.loads(to_json(hostile(NAME))), ensure_ascii=False) + "\n")
    told = here("diff", "old.jsonl", "new.jsonl")
    assert SHOWN in told.stdout
    assert is_clean(told.stdout)
    lines = here("diff", "old.jsonl", "new.jsonl", "--json").stdout
    assert is_clean(lines)
    assert NAME in [json.loads(line)["finding"]["resource_id"] for line in lines.splitlines()]
    made = here("report", "new.jsonl", "-M", "csv", "junit", "markdown", "sarif")
    assert made.returncode == 0
    assert is_clean(made.stdout + made.stderr)
    for name in ("new.csv", "new.junit.xml", "new.md", "new.sarif"):
        assert is_clean((here.folder / name).read_text()), name


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-F", "a\n::error::x"), r"'a\n::error::x' is not a file name: give one without"),
        (("-F", ".."), "'..' is not a file name: give one without"),
        (("-o", "a\u202eb"), r"'a\u202eb' is not a folder's name: give one without line breaks"),
        (("-B", "reports/../other"), "give a prefix without `..`, line breaks and the like."),
        (("-B", "reports/a\nb"), "give a prefix without `..`, line breaks and the like."),
    ],
)
def test_names_of_outputs(options: tuple[str, str], said: str, here: Here) -> None:
    done = here("scan", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert is_clean(done.stderr)
    assert [*Path(here.folder).iterdir()] == []
