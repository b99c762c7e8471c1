"""Every output as its readers have it: whatever a name is, nothing of it is hidden, a command, a formula or markup."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from msgspec.structs import replace

from aioprowler.findings.coverage import Coverage
from aioprowler.findings.finding import Mute, from_json
from aioprowler.outputs.console import ConsoleLine
from aioprowler.outputs.files import FORMATS, PLAIN, Outputs
from aioprowler.outputs.markup import message
from aioprowler.texts import visible
from tests.outputs.samples import coverage, finding, gap, hostile, refused
from tests.outputs.test_sarif import validator
from tests.test_texts import COMMAND, NAMES, hides

CHECK = "iam_root_mfa_enabled"
PROWLER = "prowler:cis_3.0"


def written(name: str, formats: list[str]) -> dict[str, bytes]:
    """The files of a scan that found the name everywhere: failed, to be looked at, and muted."""
    each = replace(hostile(name), check_id=CHECK, status_detail=name)
    muted = replace(each, muted=True, mute=Mute(reason=name, owner=name))
    with tempfile.TemporaryDirectory() as folder:
        with Outputs(Path(folder), "scan", formats) as outputs:
            outputs.write([each, replace(each, status="MANUAL"), muted, finding()])
            outputs.conclude(told(name))
        return {path.name: path.read_bytes() for path in Path(folder).rglob("*.*") if path.is_file()}


def told(name: str) -> Coverage:
    return coverage(
        not_entered=(refused("1", name, name),),
        gaps=(gap(action=name, actions=(name,), explanation=name, regions={name: 1}),),
        notes=(name,),
    )


@settings(deadline=None, max_examples=30)
@given(NAMES)
def test_no_file_hides_anything(name: str) -> None:
    files = written(name, [*(each for each in PLAIN if each != "parquet"), PROWLER])
    assert len(files) == len(PLAIN) + 1
    for path, content in files.items():
        text = content.decode()
        assert not {each for each in set(text) if hides(each)} - {"\n", "\r"}, path
        if not path.endswith("html"):  # whose script is a program
            assert not COMMAND.search(text), path


@settings(deadline=None, max_examples=30)
@given(NAMES)
def test_json_has_names_as_aws_has_them_and_sentences_as_they_are_seen(name: str) -> None:
    files = written(name, ["jsonl", "json-ocsf", "json-asff", "sarif"])
    first = from_json(files["scan.jsonl"].splitlines()[0])
    assert (first.resource_name, first.resource_tags, first.status_detail) == (name, {name: name}, name)
    event = json.loads(files["scan.ocsf.json"])[0]
    assert event["resources"][0]["uid"] == f"arn:aws:s3:::{name}"
    assert event["message"] == visible(name)
    imported = json.loads(files["scan.asff.json"])[0]
    assert imported["Id"] == f"aioprowler-{first.uid}"
    assert imported["Resources"][0]["Id"] == f"arn:aws:s3:::{name}"
    assert imported["Description"] == visible(name or "S3 bucket is public")
    log = json.loads(files["scan.sarif"])
    validator().validate(log)
    result = log["runs"][0]["results"][0]
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == f"arn:aws:s3:::{name}"
    assert result["message"]["text"] == message(name or "arn:aws:s3:::")
    assert not set(re.findall(r"<(a|img)\b", MarkdownIt("commonmark").render(result["message"]["text"])))
    assert json.loads(files["scan.coverage.json"])["notes"] == [name]


@settings(deadline=None, max_examples=30)
@given(NAMES)
def test_csv_is_inert_with_either_separator(name: str) -> None:
    files = written(name, ["csv", PROWLER])
    first, *_ = table(files["scan.csv"], ";")
    assert first["RESOURCE_NAME"].replace("'", "") == visible(name).replace("'", "")
    assert first["RESOURCE_UID"].replace("'", "") == visible(f"arn:aws:s3:::{name}").replace("'", "")
    for content in (files["scan.csv"], files["scan_cis_3.0_aws.csv"]):
        for separator in ";,":
            cells = csv.reader(io.StringIO(content.decode(), newline=""), delimiter=separator)
            assert not [cell for row in cells for cell in row if re.match(r'"*[=+\-@]', cell)]


def table(content: bytes, separator: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(content.decode(), newline=""), delimiter=separator)


@settings(deadline=None, max_examples=30)
@given(NAMES)
def test_junit_parquet_and_markdown_show_names(name: str) -> None:
    files = written(name, ["junit", "parquet", "markdown"])
    case = ET.fromstring(files["scan.junit.xml"])[0][0]  # noqa: S314 - our own file
    assert (case.get("name") or "").startswith(visible(f"123456789012 eu-west-1 arn:aws:s3:::{name}"))
    assert case[0].get("message") == visible(name)
    row = pq.read_table(io.BytesIO(files["scan.parquet"])).to_pylist()[0]
    assert (row["resource_name"], row["account_name"], row["mute_reason"]) == (visible(name), visible(name), None)
    assert json.loads(row["resource_tags"]) == {name: name}
    assert not [
        each for value in row.values() if isinstance(value, str) for each in value if hides(each) and each != "\n"
    ]
    page = MarkdownIt("commonmark").enable("table").render(files["scan.md"].decode())
    assert not set(re.findall(r"<(a|img|b|script)\b", page))


@given(NAMES)
def test_a_finding_on_the_terminal_is_two_lines_at_most(name: str) -> None:
    lines = ConsoleLine(200, color=False)(hostile(name)).split("\n")
    assert len(lines) <= 2
    assert not [each for line in lines for each in line if hides(each)]
    assert not any(map(COMMAND.search, lines))


@pytest.mark.parametrize("name", ["jsonl", "json-ocsf", "json-asff", "sarif"])
def test_json_escapes_what_its_encoders_leave(name: str, tmp_path: Path) -> None:
    with Outputs(tmp_path, "scan", [name]) as outputs:
        outputs.write([hostile("a\u202eb\x7f")])
    data = FORMATS[name].path(tmp_path, "scan").read_text()
    assert r"arn:aws:s3:::a\u202eb\u007f" in data
