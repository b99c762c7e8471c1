from __future__ import annotations

import re
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from aioprowler.findings.coverage import Coverage
from aioprowler.findings.finding import Finding
from aioprowler.outputs.markdown import MarkdownWriter
from tests.outputs.samples import FINDING, HOSTILE, coverage, finding, gap, hostile, many, refused
from tests.outputs.test_compliance import LOOSE, loosely_told

ROW = re.compile(r"<tr>\n?(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)


def written(findings: list[Finding], path: Path, told: Coverage | None = None) -> str:
    writer = MarkdownWriter(path)
    writer.open()
    writer.write(findings)
    if told is not None:
        writer.conclude(told)
    writer.close()
    return path.read_text()


def rendered(text: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(text))


def tables(page: str) -> list[list[str]]:
    return [[unescape(re.sub("<[^>]*>", "", cell)) for cell in CELL.findall(row)] for row in ROW.findall(page)]


ACL = "s3_bucket_public_list_acl"
low = partial(finding, severity="low", check_id="iam_low", service="iam", fails="Low | one")


def test_a_summary(tmp_path: Path) -> None:
    findings = [
        *[low(resource_arn=f"arn:{number}") for number in range(3)],
        *[finding(account_id="2", account_name="Two", check_id=id_) for id_ in (FINDING.check_id, ACL)],
        FINDING,
        finding(status="PASS"),
        finding(status="MANUAL"),
        finding(muted=True),
    ]
    page = rendered(written(findings, tmp_path / "scan.md", coverage()))
    assert "<h1>aioprowler: 6 failed of 9 findings</h1>" in page
    found = tables(page)
    assert found[:5] == [
        ["", "critical", "high", "medium", "low", "informational", "total"],
        ["FAIL", "0", "3", "0", "3", "0", "6"],
        ["MANUAL", "0", "1", "0", "0", "0", "1"],
        ["PASS", "0", "1", "0", "0", "0", "1"],
        ["muted", "0", "1", "0", "0", "0", "1"],
    ]
    assert found[5:8] == [
        ["severity", "resources", "check", "problem"],
        ["high", "2", "s3_bucket_public_access", "S3 bucket is public (and 1 more check)"],
        ["low", "3", "iam_low", "Low | one"],
    ]
    assert found[8:11] == [["service", "failed"], ["iam", "3"], ["s3", "3"]]
    assert found[11:] == [["account", "name", "failed"], ["123456789012", "Production", "4"], ["2", "Two", "2"]]


def test_chosen_frameworks(tmp_path: Path) -> None:
    text = written([finding(check_id="iam_user_accesskey_unused", status="PASS")], tmp_path / "x.md", loosely_told())
    page = rendered(text)
    assert ["cis_3.0", "0", "62", "0", ""] in tables(page)
    assert [f"`cis_3.0 1.12: {sentence}`" in text for sentence in LOOSE] == [True, True]
    assert "Compliance" not in written([FINDING], tmp_path / "x.md", coverage())


def test_what_could_not_be_looked_at(tmp_path: Path) -> None:
    told = coverage(not_entered=(refused("999999999999", "Legacy", "Its door is shut."),), ended=False)
    text = written([FINDING], tmp_path / "scan.md", told)
    assert "998 of 999 accounts were scanned to the end." in text
    assert "The scan was interrupted." in text
    assert "`999999999999 Legacy: Its door is shut.`" in text
    assert "Grant s3:GetBucketPolicy to the scanning identity. [1 accounts, 7 calls]" in text
    assert "is not known" in written([FINDING], tmp_path / "scan.md")
    assert "Sessions" not in text


def test_how_sessions_of_roles_were_limited(tmp_path: Path) -> None:
    text = written([FINDING], tmp_path / "scan.md", coverage(session_policy="managed"))
    assert "Sessions of roles were limited to AWS's SecurityAudit and ViewOnlyAccess." in text


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"known": {"FAIL": 288, "PASS": 0}}, "Only what is new: 288 FAIL that the baseline knows are left out."),
        (
            {"findings": {"PASS": 9, "FAIL": 1, "MANUAL": 2}},
            "Only some of the findings: 2 MANUAL, 9 PASS are left out.",
        ),
        ({"resource_tags": ("team=web",)}, "Only chosen resources were judged: team=web."),
    ],
)
def test_a_summary_of_a_part_says_so(told: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    every = {"findings": {"PASS": 0, "FAIL": 1, "MANUAL": 0}}
    assert sentence in rendered(written([FINDING], tmp_path / "scan.md", coverage(**every | told)))
    assert "Only" not in written([FINDING], tmp_path / "scan.md", coverage(**every))


def test_its_size_is_constant(tmp_path: Path) -> None:
    findings = [
        finding(check_id=f"s{number % 300}_x{number}", service=f"s{number % 300}", account_id=f"{number:012}")
        for number in range(3000)
    ]
    told = coverage(gaps=tuple(gap(explanation=f"Gap {number}") for number in range(500)))
    text = written(findings, tmp_path / "scan.md", told)
    assert len(text) < 10_000
    for more in ("2,980", "290", "2,990", "491"):
        assert f"and {more} more" in text


@pytest.mark.parametrize("text", [*HOSTILE, "[x](javascript:1)", "a|b`c``d", "@everyone", "# x\n\n* y", "*a* _b_ ~c~"])
def test_hostile_text_is_shown_and_does_nothing(text: str, tmp_path: Path) -> None:
    each = hostile(text)
    told = coverage(not_entered=(refused("999999999999", text, text),))
    page = rendered(written([each, finding(fails=text)], tmp_path / "scan.md", told))
    tags = set(re.findall(r"<(\w+)", page))
    assert tags <= {"h1", "h2", "table", "thead", "tbody", "tr", "th", "td", "code", "p", "ul", "li", "strong"}
    assert not re.search(r"(^|\W)@everyone", re.sub("<code>.*?</code>", "", page))
    (row,) = [row for row in tables(page) if row[0] == "123456789012" and "Production" not in row]
    assert re.sub(r"\W", "", " ".join(text.split())) == re.sub(r"\W|U[0-9A-F]{4}(?=\W)", "", row[1]) or "<U+" in row[1]


def test_a_reader_always_sees_a_whole_file(tmp_path: Path) -> None:
    writer = MarkdownWriter(tmp_path / "scan.md")
    writer.open()
    assert "0 failed of 0" in writer.path.read_text()
    writer.write(list(many(100)))
    writer.flush()
    assert "of 100 findings" in writer.path.read_text()
    inode = writer.path.stat().st_ino
    writer.flush()
    assert writer.path.stat().st_ino == inode
    writer.close()
    assert sorted(tmp_path.iterdir()) == [writer.path]
