from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from aioprowler.outputs.console import ConsoleLine, fit
from tests.outputs.samples import FINDING, HOSTILE, finding, hostile, many

STYLE = re.compile(r"\x1b\[[0-9;]*m")


def test_a_wide_line() -> None:
    line = ConsoleLine(180, color=False)(FINDING)
    assert line.split() == [
        *("FAIL", "high", "s3_bucket_public_access", "reports", "eu-west-1", "123456789012"),
        *FINDING.status_detail.split(),
    ]


def test_a_narrow_line_leaves_out_where() -> None:
    line = ConsoleLine(110, color=False)(FINDING)
    assert line.split() == ["FAIL", "high", "s3_bucket_public_access", *FINDING.status_detail.split()]


def test_columns_are_aligned() -> None:
    format_ = ConsoleLine(160, color=False)
    assert {format_(each).index(each.region) for each in many(200)} == {format_(FINDING).index("eu-west-1")}


def test_severity_is_short_and_coloured() -> None:
    assert " info " in ConsoleLine(120, color=False)(finding(severity="informational"))
    assert ConsoleLine(120)(FINDING).startswith("\x1b[1;31mFAIL  \x1b[0m")
    assert STYLE.sub("", ConsoleLine(120)(FINDING)) == ConsoleLine(120, color=False)(FINDING)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 131, 132, 200, 400])
def test_a_line_fits_the_terminal(width: int) -> None:
    format_ = ConsoleLine(width, color=False)
    long = finding(check_id="x" * 90, resource_name="日本語" * 40, status_detail="d" * 500, region="r" * 30)
    for each in (FINDING, long, *map(hostile, HOSTILE)):
        assert cell_len(format_(each)) <= max(width, 40)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("color", [True, False])
def test_nothing_steers_the_terminal(text: str, color: bool) -> None:
    line = ConsoleLine(300, color=color)(hostile(text))
    assert STYLE.sub("", line).isprintable()


@pytest.mark.parametrize("text", ["", "abc", "abcdef", "日本語", "日本語日本語", "é" * 9])
def test_fit_is_exact(text: str) -> None:
    assert cell_len(fit(text, 5)) == 5


def test_a_muted_finding_is_marked_and_alarms_nobody() -> None:
    muted = finding(muted=True)
    assert "  (muted) S3 bucket reports is" in ConsoleLine(160, color=False)(muted)
    assert set(STYLE.findall(ConsoleLine(160)(muted))) == {"\x1b[2m", "\x1b[0m"}
