"""Options and variables that are Prowler's, as its users' command lines have them."""

from __future__ import annotations

import csv
import datetime
import json
import re
from typing import Any

import pytest

from aioprowler.aws.patience import USUAL, Patience
from aioprowler.cli.commands import COMMANDS
from aioprowler.cli.counterparts import COUNTERPARTS
from aioprowler.cli.options import Access, Judging, Output, Running
from aioprowler.cli.progress import Display
from aioprowler.errors import UsageError
from aioprowler.scanning import Progress
from tests.cli.conftest import Here
from tests.cli.stub import CHECK

BOTO3 = "PROWLER_AWS_BOTO3_"


def test_regions_to_leave_out_are_of_the_option_else_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Access().unwanted_regions == []
    monkeypatch.setenv("PROWLER_AWS_DISALLOWED_REGIONS", " me-south-1, ap-east-1,,")
    assert Access().unwanted_regions == ["me-south-1", "ap-east-1"]
    assert list(Access().chosen.excluded) == ["me-south-1", "ap-east-1"]
    assert Access(excluded_regions=["eu-west-1"]).unwanted_regions == ["eu-west-1"]


def test_patience_is_of_the_options_else_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Running().patience() == USUAL
    for name, value in {"CONNECT_TIMEOUT": "20", "READ_TIMEOUT": " 90 ", "RETRIES_MAX_ATTEMPTS": "0"}.items():
        monkeypatch.setenv(BOTO3 + name, value)
    monkeypatch.setenv(f"{BOTO3}USER_AGENT_EXTRA", "audit/7")
    wanted = Patience(connect_timeout=20, read_timeout=90, retries=0, user_agent="audit/7")
    assert Running().patience() == wanted
    given: dict[str, Any] = {"connect_timeout": 7, "read_timeout": 8, "retries": 9}
    assert Running(**given).patience() == Patience(user_agent="audit/7", **given)


@pytest.mark.parametrize(
    ("given", "variables", "told"),
    [
        ({"connect_timeout": 0}, {}, "--aws-connect-timeout '0': give a whole number from 1 on."),
        ({"retries": -1}, {}, "--aws-retries-max-attempts '-1': give a whole number from 0 on."),
        ({}, {"READ_TIMEOUT": "1.5"}, "PROWLER_AWS_BOTO3_READ_TIMEOUT '1.5': give a whole number from 1 on."),
        ({}, {"USER_AGENT_EXTRA": "a\r\nX-Other: b"}, "PROWLER_AWS_BOTO3_USER_AGENT_EXTRA: give at most 200"),
    ],
)
def test_patience_that_nobody_has_is_refused(
    given: dict[str, Any], variables: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(BOTO3 + name, value)
    with pytest.raises(UsageError) as refused:
        Running(**given).patience()
    assert str(refused.value).startswith(told)


# ---------------------------------------------------------------------- what is shown, and logged
SCAN = ("scan", "--check", CHECK, "--no-files")


def test_only_logs_is_nothing_but_the_log(here: Here) -> None:
    done = here(*SCAN, "--only-logs", "-b")
    assert (done.returncode, done.stdout) == (3, "")
    lines = done.stderr.splitlines()
    assert lines
    assert all(line.startswith("aioprowler: info: ") for line in lines)


def test_the_log_is_as_much_as_its_level_says(here: Here) -> None:
    quiet, told = (here(*SCAN, "-q", "--log-level", level).stderr for level in ("CRITICAL", "INFO"))
    assert quiet == ""
    assert "aioprowler: info: 1 check planned" in told
    assert here(*SCAN, "--log-level", "LOUD").returncode == 2


def test_the_log_file_has_json_lines_and_takes_the_place_of_another(here: Here) -> None:
    path = here.folder / "scan.log"
    path.write_text("of yesterday\n")
    done = here(*SCAN, "-q", "--log-file", str(path), "--log-level", "INFO", "--stdout", "none")
    assert done.returncode == 3
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [f"aioprowler: info: {line['message']}" for line in lines] == done.stderr.splitlines()
    assert {line["level"] for line in lines} == {"INFO"}
    assert all(datetime.datetime.fromisoformat(line["timestamp"]).tzinfo for line in lines)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_log_file_that_cannot_be_made_ends_the_scan_before_it_begins(here: Here) -> None:
    done = here(*SCAN, "--log-file", "nowhere/scan.log")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "aioprowler: error: nowhere/scan.log: No such file or directory.\n"


@pytest.mark.parametrize("options", [{"no_color": True}, {}])
def test_no_color_is_that_of_the_environment_too(options: dict[str, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Output(**options).has_colors is not bool(options)  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Output().has_colors
    shown = Display(Progress(), live=False, has_colors=False).console
    assert shown.no_color


def test_times_of_the_csv_are_seconds_if_that_is_wanted(here: Here) -> None:
    options = ("scan", "--check", CHECK, "-M", "csv", "jsonl", "-F", "x", "--stdout", "none", "-q")
    assert here(*options, "--unix-timestamp").returncode == 3
    (row, *_) = csv.DictReader((here.folder / "output/x.csv").read_text().splitlines(), delimiter=";")
    record = json.loads((here.folder / "output/x.jsonl").read_text().splitlines()[0])
    assert int(row["TIMESTAMP"]) == datetime.datetime.fromisoformat(record["timestamp"]).timestamp()


def test_the_key_of_shodan_is_of_the_option_else_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHODAN_API_KEY", "of the environment")
    assert Judging().config()["shodan_api_key"] == "of the environment"
    given = Judging(shodan="s3cret")
    assert given.config()["shodan_api_key"] == "s3cret"
    assert "s3cret" not in repr(given)


# ---------------------------------------------------------------------- what is called otherwise here
@pytest.mark.parametrize("word", COUNTERPARTS)
def test_a_word_that_is_none_here_answers_with_its_counterpart(word: str, here: Here) -> None:
    done = here(*(("scan", word) if word.startswith("-") else (word, "-M", "csv")))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"aioprowler: error: {word}: {COUNTERPARTS[word]}\n"


def test_counterparts_are_commands_and_options_that_there_are() -> None:
    for told in COUNTERPARTS.values():
        for command in re.findall(r"`aioprowler ([a-z-]+)", told):
            assert command in COMMANDS, told


def test_the_version_by_prowlers_letter(here: Here) -> None:
    assert here("-v").stdout == here("--version").stdout != ""
