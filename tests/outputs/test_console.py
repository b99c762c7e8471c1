from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from aioprowler.outputs.console import ConsoleLine, fit
from tests.outputs.samples import FINDING, HOSTILE, finding, hostile, many

STYLE = re.compile(r"\x1b\[[0-9;]*m")


def test_what_fits_is_one_line_with_the_problem_and_its_place() -> None:
    line = ConsoleLine(100, color=False)(FINDING)
    assert line.split() == [
        *("FAIL", "high", *FINDING.fails.split(), "reports", "eu-west-1", "123456789012"),
    ]  # fmt: skip
    assert cell_len(line) == 100


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal_has_two_lines_with_resource_region_and_account(width: int) -> None:
    long = finding(fails="S3 bucket that holds the logs of others is public", resource_name="reports-of-the-year")
    *told, place = ConsoleLine(width, color=False)(long).split("\n")
    assert told[0].startswith("FAIL    high      S3 bucket that holds the logs of ")
    assert " ".join(" ".join(told).split()) == f"FAIL high {long.fails}"
    assert {line[:18] for line in told[1:]} <= {" " * 18}
    assert place.split() == ["reports-of-the-year", "eu-west-1", "123456789012"]


def test_nothing_is_cut_where_there_is_no_terminal() -> None:
    long = finding(check_id="x" * 90, resource_name="n" * 300, status_detail="d" * 500)
    line = ConsoleLine(None, color=False)(long)
    assert line.split() == [
        *("FAIL", "high", *FINDING.fails.split(), "n" * 300, "eu-west-1", "123456789012", "x" * 90, "d" * 500),
    ]  # fmt: skip


def test_what_did_not_fail_says_what_was_seen() -> None:
    denied = finding(status="MANUAL", status_detail="Could not look: s3:ListBuckets was denied.")
    assert "Could not look: s3:ListBuckets was denied." in ConsoleLine(140, color=False)(denied)
    assert "is public" not in ConsoleLine(140, color=False)(finding(status="PASS", status_detail="It is private."))


def test_regions_and_accounts_are_in_columns() -> None:
    lines = [ConsoleLine(120, color=False)(each).split("\n")[-1] for each in many(200)]
    assert {line[-28:].index(each.region) for line, each in zip(lines, many(200), strict=True)} == {0}


def test_severity_is_short_and_coloured() -> None:
    assert " info " in ConsoleLine(120, color=False)(finding(severity="informational"))
    assert ConsoleLine(120)(FINDING).startswith("\x1b[1;31mFAIL  \x1b[0m")
    assert STYLE.sub("", ConsoleLine(120)(FINDING)) == ConsoleLine(120, color=False)(FINDING)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 131, 132, 200, 400])
def test_lines_fit_the_terminal(width: int) -> None:
    format_ = ConsoleLine(width, color=False)
    long = finding(fails="x" * 150, resource_name="日本語" * 40, status_detail="d" * 500, region="r" * 30)
    for each in (FINDING, long, *map(hostile, HOSTILE)):
        lines = format_(each).split("\n")
        assert len(lines) <= 5
        assert max(map(cell_len, lines)) <= max(width, 52)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("color", [True, False])
def test_nothing_steers_the_terminal(text: str, color: bool) -> None:
    line = ConsoleLine(300, color=color)(hostile(text))
    assert all(part.isprintable() for part in STYLE.sub("", line).split("\n"))


@pytest.mark.parametrize("text", ["", "abc", "abcdef", "日本語", "日本語日本語", "é" * 9])
def test_fit_is_exact(text: str) -> None:
    assert cell_len(fit(text, 5)) == 5


def test_a_muted_finding_is_marked_and_alarms_nobody() -> None:
    muted = finding(muted=True)
    assert "  (muted) S3 bucket is public" in ConsoleLine(160, color=False)(muted)
    assert set(STYLE.findall(ConsoleLine(160)(muted))) == {"\x1b[2m", "\x1b[0m"}
