from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from junitparser import Failure, JUnitXml, Skipped

from aioprowler.findings.finding import Finding, Mute
from aioprowler.outputs.junit import JunitWriter
from aioprowler.texts import visible
from tests.outputs.samples import FINDING, HOSTILE, finding, hostile, many


def cases(data: bytes) -> list[Any]:
    """What a CI server shows; the counts at the top are those of the cases."""
    (suite,) = JUnitXml.fromstring(data)
    found = list(suite)
    of = [type(case.result[0]) if case.result else None for case in found]
    assert (suite.tests, suite.failures, suite.skipped, suite.errors) == (
        len(found),
        of.count(Failure),
        of.count(Skipped),
        0,
    )
    return found


def written(findings: list[Finding], path: Path) -> list[Any]:
    writer = JunitWriter(path)
    writer.open()
    for each in findings:
        writer.write([each])
    writer.close()
    return cases(path.read_bytes())


def test_a_failure(tmp_path: Path) -> None:
    (case,) = written([FINDING], tmp_path / "scan.junit.xml")
    assert case.classname == "s3.s3_bucket_public_access"
    assert case.name == "123456789012 eu-west-1 arn:aws:s3:::reports"
    (failure,) = case.result
    assert isinstance(failure, Failure)
    assert (failure.message, failure.type) == (FINDING.status_detail, "high")
    for text in ("123456789012 Production eu-west-1", FINDING.fails, FINDING.risk, FINDING.advice):
        assert text in failure.text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"status": "MANUAL"}, f"to be looked at: {FINDING.status_detail}"),
        ({"muted": True, "mute": Mute(reason='"Public" on purpose.')}, 'muted: "Public" on purpose.'),
        ({"muted": True}, f"muted: {FINDING.status_detail}"),
    ],
)
def test_what_is_skipped(fields: dict[str, Any], message: str, tmp_path: Path) -> None:
    (case,) = written([finding(**fields)], tmp_path / "scan.junit.xml")
    (skipped,) = case.result
    assert isinstance(skipped, Skipped)
    assert skipped.message == message


def test_what_passed_has_no_result(tmp_path: Path) -> None:
    for each in (finding(status="PASS"), finding(status="PASS", muted=True)):
        (case,) = written([each], tmp_path / "scan.junit.xml")
        assert case.is_passed


def test_counts_are_those_of_all(tmp_path: Path) -> None:
    findings = list(many(1000))
    found = written(findings, tmp_path / "scan.junit.xml")
    assert len(found) == 1000
    assert sum(case.is_failure for case in found) == sum(each.status == "FAIL" for each in findings)


def test_no_two_cases_are_equal(tmp_path: Path) -> None:
    """Servers tell cases apart by class and name: of two that are equal they show one, or a failure as passed."""
    managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    user = "arn:aws:iam::123456789012:user/deploy"
    findings = [
        finding(resource_arn=managed, resource_id=managed, account_id="111111111111"),
        finding(resource_arn=managed, resource_id=managed, account_id="222222222222"),
        finding(resource_arn=managed, resource_id=managed, account_id="222222222222", region="us-east-1"),
        finding(resource_arn=user, resource_id="AKIAFIRST"),
        finding(resource_arn=user, resource_id="AKIASECOND"),
        finding(resource_arn=user, resource_id="deploy"),
        finding(resource_arn=user, resource_id="ploy"),
        finding(check_id="another", resource_arn=user, resource_id="AKIASECOND"),
        finding(resource_arn="", resource_id="first"),
        finding(resource_arn="", resource_id="second"),
    ]
    found = written(findings, tmp_path / "scan.junit.xml")
    assert len({(case.classname, case.name) for case in found}) == len(findings)


def test_hostile_text(tmp_path: Path) -> None:
    texts = [*HOSTILE, "\x00\x0b\x1f\ufffe\uffff", "a\ud800b", "\t\r\n x", "]]>", "'\""]
    found = written([hostile(text) for text in texts], tmp_path / "scan.junit.xml")
    for text, case in zip(texts, found, strict=True):
        assert case.name == f"123456789012 eu-west-1 arn:aws:s3:::{visible(text)}"
        assert case.result[0].message == f"It is {visible(text)}"
    root = ET.parse(tmp_path / "scan.junit.xml").getroot()  # noqa: S314 - our own file
    assert {each.tag for each in root.iter()} == {"testsuites", "testsuite", "testcase", "failure"}


@pytest.mark.parametrize(
    ("text", "defused"), [("::error::x", "<U+003A>:error::x"), ("##vso[task.complete]", "#<U+0023>vso[task.complete]")]
)
def test_nothing_is_a_command_of_a_ci(text: str, defused: str, tmp_path: Path) -> None:
    """Servers show what a job prints, and act on lines of it: the file's, and the texts that a reporter prints."""
    each = finding(
        status_detail=text, account_id="", account_name=text, resource_arn=text, fails=text, risk=f"Risk.\n {text}"
    )
    path = tmp_path / "scan.junit.xml"
    (case,) = written([each], path)
    (failure,) = case.result
    assert case.name == f"eu-west-1 {text} reports".replace("##", "#<U+0023>")  # no line begins with the name
    assert failure.message == defused
    lines = failure.text.splitlines()
    assert [line for line in lines if "<U+" in line] == [f" {defused} eu-west-1", defused, f" {defused}"]
    assert not re.search(r"^\s*::|##\w*\[", path.read_text(), re.MULTILINE)


def test_attributes_are_those_of_jenkins_schema(tmp_path: Path) -> None:
    """https://github.com/jenkinsci/xunit-plugin, junit-10.xsd."""
    written(list(many(20)), tmp_path / "scan.junit.xml")
    root = ET.parse(tmp_path / "scan.junit.xml").getroot()  # noqa: S314 - our own file
    allowed = {
        "testsuites": {"name", "tests", "failures", "errors", "time", "disabled"},
        "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id"},
        "testcase": {"name", "classname", "time", "assertions", "status", "group"},
        "failure": {"message", "type"},
        "skipped": {"message", "type"},
    }
    for each in root.iter():
        assert set(each.attrib) <= allowed[each.tag]
