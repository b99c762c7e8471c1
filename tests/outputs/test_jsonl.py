from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aioprowler.declarations.checks import SEVERITIES, STATUSES
from aioprowler.findings.finding import Finding, from_json, to_json
from aioprowler.outputs.jsonl import JsonLinesWriter
from tests.outputs.samples import FINDING, HOSTILE, finding, hostile, many

TEXT = st.text(max_size=20)


def written(findings: list[Finding], path: Path) -> bytes:
    writer = JsonLinesWriter(path)
    writer.open()
    writer.write(findings)
    writer.close()
    return path.read_bytes()


@given(
    st.builds(
        finding,
        status=st.sampled_from(STATUSES),
        severity=st.sampled_from(SEVERITIES),
        status_detail=TEXT,
        resource_id=TEXT,
        resource_tags=st.dictionaries(TEXT, TEXT, max_size=3),
        account_name=TEXT,
        categories=st.lists(TEXT, max_size=3).map(tuple),
        muted=st.booleans(),
        compliance=st.dictionaries(TEXT, st.just(("1.4", "1.5")), max_size=2),
    )
)
def test_json_reads_back(each: Finding) -> None:
    line = to_json(each)
    assert from_json(line) == each
    assert b"\n" not in line


def test_what_a_check_is_evidence_for_follows_the_finding_and_not_only_its_check() -> None:
    findings = [finding(compliance={"cis_3.0": (id_,)}) for id_ in ("1.4", "1.5", "1.4")]
    assert [from_json(to_json(each)) for each in findings] == findings
    assert [list(json.loads(to_json(each))) for each in findings] == [[*Finding.__struct_fields__]] * 3


def test_lines(tmp_path: Path) -> None:
    findings = [FINDING, *map(hostile, HOSTILE), *many(20)]
    data = written(findings, tmp_path / "scan.jsonl")
    assert data.endswith(b"\n")
    assert [from_json(line) for line in data.removesuffix(b"\n").split(b"\n")] == findings


def test_no_findings_no_lines(tmp_path: Path) -> None:
    assert written([], tmp_path / "scan.jsonl") == b""


def test_every_prefix_reads_back_but_for_its_last_line(tmp_path: Path) -> None:
    findings = list(many(3))
    data = written(findings, tmp_path / "scan.jsonl")
    for end in range(len(data)):
        whole = data[:end].split(b"\n")[:-1]
        assert [from_json(line) for line in whole] == findings[: len(whole)]


@pytest.mark.parametrize("text", ["a\ud800b", "\udfff"])
def test_a_lone_surrogate_is_replaced(text: str, tmp_path: Path) -> None:
    data = written([FINDING, hostile(text)], tmp_path / "scan.jsonl")
    first, second = map(from_json, data.splitlines())
    assert first == FINDING
    assert second.resource_id == text.replace("\ud800", "�").replace("\udfff", "�")
