from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aioprowler._version import __version__
from aioprowler.findings.finding import Finding
from aioprowler.outputs.csv import CsvWriter, csv_cells, csv_field
from aioprowler.texts import visible
from tests.outputs.samples import FINDING, HOSTILE, finding, hostile, many
from tests.test_texts import NAMES

PROWLER_HEADER = (
    "AUTH_METHOD;TIMESTAMP;ACCOUNT_UID;ACCOUNT_NAME;ACCOUNT_EMAIL;ACCOUNT_ORGANIZATION_UID;ACCOUNT_ORGANIZATION_NAME;"
    "ACCOUNT_TAGS;FINDING_UID;PROVIDER;CHECK_ID;CHECK_TITLE;CHECK_TYPE;STATUS;STATUS_EXTENDED;MUTED;SERVICE_NAME;"
    "SUBSERVICE_NAME;SEVERITY;RESOURCE_TYPE;RESOURCE_UID;RESOURCE_NAME;RESOURCE_DETAILS;RESOURCE_TAGS;PARTITION;REGION;"
    "DESCRIPTION;RISK;RELATED_URL;REMEDIATION_RECOMMENDATION_TEXT;REMEDIATION_RECOMMENDATION_URL;"
    "REMEDIATION_CODE_NATIVEIAC;REMEDIATION_CODE_TERRAFORM;REMEDIATION_CODE_CLI;REMEDIATION_CODE_OTHER;COMPLIANCE;"
    "CATEGORIES;DEPENDS_ON;RELATED_TO;NOTES;PROWLER_VERSION;ADDITIONAL_URLS;ACCOUNT_OU_UID;ACCOUNT_OU_NAME"
)


def rows(data: bytes) -> list[dict[str, str]]:
    """The rows as a CSV reader has them; every row has exactly the header's columns."""
    found = list(csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter=";", strict=True))
    assert all(None not in row and None not in row.values() for row in found)
    return found


def written(findings: list[Finding], path: Path) -> bytes:
    writer = CsvWriter(path)
    writer.open()
    writer.write(findings)
    writer.close()
    return path.read_bytes()


def test_the_header_is_prowlers_and_one_column_of_ours(tmp_path: Path) -> None:
    assert written([], tmp_path / "scan.csv") == PROWLER_HEADER.encode() + b";HEADLINE\r\n"


def test_a_row(tmp_path: Path) -> None:
    (row,) = rows(written([FINDING], tmp_path / "scan.csv"))
    assert row.pop("CHECK_TYPE").split(" | ")[0] == "Effects/Data Exposure"
    assert {name: value for name, value in row.items() if value} == {
        "AUTH_METHOD": "role: arn:aws:iam::123456789012:role/audit",
        "TIMESTAMP": "2026-06-01 12:00:00.000000",
        "ACCOUNT_UID": "123456789012",
        "ACCOUNT_NAME": "Production",
        "ACCOUNT_EMAIL": "aws@example.com",
        "ACCOUNT_TAGS": "cost:42",
        "FINDING_UID": FINDING.uid,
        "PROVIDER": "aws",
        "CHECK_ID": "s3_bucket_public_access",
        "CHECK_TITLE": "S3 buckets are not public",
        "HEADLINE": "S3 bucket is public",
        "STATUS": "FAIL",
        "STATUS_EXTENDED": "S3 bucket reports is public by its policy.",
        "MUTED": "False",
        "SERVICE_NAME": "s3",
        "SEVERITY": "high",
        "RESOURCE_TYPE": "AwsS3Bucket",
        "RESOURCE_UID": "arn:aws:s3:::reports",
        "RESOURCE_NAME": "reports",
        "RESOURCE_TAGS": "team=data | env=prod",
        "PARTITION": "aws",
        "REGION": "eu-west-1",
        "DESCRIPTION": "Neither policy nor ACL lets everybody in.\n\nBlock Public Access counts.",
        "RISK": "Anyone reads; or writes.",
        "REMEDIATION_RECOMMENDATION_TEXT": "Block public access, as with `put-public-access-block`.",
        "REMEDIATION_RECOMMENDATION_URL": "https://docs.aws.amazon.com/s3/",
        "REMEDIATION_CODE_TERRAFORM": 'resource "aws_s3_bucket_public_access_block" "b" {}',
        "REMEDIATION_CODE_CLI": "aws s3api put-public-access-block --bucket reports",
        "CATEGORIES": "internet-exposed | data",
        "PROWLER_VERSION": __version__,
        "ADDITIONAL_URLS": "https://docs.aws.amazon.com/s3/",
        "ACCOUNT_ORGANIZATION_NAME": "o-a1b2c3d4e5",
        "ACCOUNT_ORGANIZATION_UID": "arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5",
        "ACCOUNT_OU_UID": "ou-a1b2-3c4d5e6f",
        "ACCOUNT_OU_NAME": "workloads/production",
    }


def test_what_is_called_otherwise_than_its_id_is_told_by_its_name(tmp_path: Path) -> None:
    group = finding(resource_id="sg-1", resource_name="web; =servers")
    named, plain = rows(written([group, FINDING], tmp_path / "scan.csv"))
    assert (named["RESOURCE_NAME"], named["RESOURCE_DETAILS"]) == ("sg-1", "web; =servers")
    assert plain["RESOURCE_DETAILS"] == ""


def test_compliance_has_prowlers_spelling(tmp_path: Path) -> None:
    each = finding(compliance={"cis_3.0": ("2.1.4", "2.1.5"), "ens_rd2022": ("op.exp.1",), "own": ("1",)})
    (row,) = rows(written([each], tmp_path / "scan.csv"))
    assert row["COMPLIANCE"] == "CIS-3.0: 2.1.4, 2.1.5 | ENS-RD2022: op.exp.1 | own: 1"


def test_text_survives(tmp_path: Path) -> None:
    found = rows(written([*map(hostile, HOSTILE), *many(50)], tmp_path / "scan.csv"))
    assert [row["RESOURCE_NAME"] for row in found[: len(HOSTILE)]] == list(map(visible, HOSTILE))
    assert len(found) == len(HOSTILE) + 50


@pytest.mark.parametrize("text", ['a;b"c', '"', ";;;", " ", "a'b", "a, b", "a,b;c"])
def test_quoting(text: str, tmp_path: Path) -> None:
    (row,) = rows(written([finding(status_detail=text, account_name=text)], tmp_path / "scan.csv"))
    assert row["STATUS_EXTENDED"] == row["ACCOUNT_NAME"] == text


def test_names_stay_on_their_line_and_texts_of_checks_keep_theirs(tmp_path: Path) -> None:
    (row,) = rows(written([finding(account_name="a\r\nb", risk="a\r\n\tb\x1b")], tmp_path / "scan.csv"))
    assert row["ACCOUNT_NAME"] == "a<U+000D><U+000A>b"
    assert row["RISK"] == "a\n    b<U+001B>"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "  =cmd|' /C calc'!A0", "=a;b", "＝1+1", '"=1'],  # noqa: RUF001
)
def test_a_formula_is_made_inert(text: str, tmp_path: Path) -> None:
    each = finding(
        status_detail=text, resource_id=text, resource_arn=text, resource_tags={text: "x"}, account_name=text
    )
    (row,) = rows(written([each], tmp_path / "scan.csv"))
    for column in ("STATUS_EXTENDED", "RESOURCE_NAME", "RESOURCE_UID", "ACCOUNT_NAME"):
        assert row[column] == f"'{text}"
    assert row["RESOURCE_TAGS"].startswith("'")


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("a,=1+1", "a,'=1+1"),
        ("a, +1,-1", "a,' +1,'-1"),
        ('a,""@x', 'a,\'""@x'),
        ("a,\t=1", "a,<U+0009>=1"),
        ("a\n=1", "a<U+000A>=1"),
        ("a, b = 1 - 2, c", "a, b = 1 - 2, c"),
    ],
)
def test_nor_does_one_begin_after_a_comma(text: str, inert: str, tmp_path: Path) -> None:
    """The separator where Excel is English; quotation marks amid a cell quote nothing then."""
    data = written([finding(status_detail=text, resource_tags={"x": text}, risk="a\n=1")], tmp_path / "scan.csv")
    (row,) = rows(data)
    assert row["STATUS_EXTENDED"] == inert
    assert row["RISK"] == "a\n'=1"
    cells = [cell for each in csv.reader(io.StringIO(data.decode(), newline="")) for cell in each]
    assert not [cell for cell in cells if cell.lstrip(' "').startswith(("=", "+", "-", "@", "\t"))]


def test_nor_does_one_begin_after_a_tab(tmp_path: Path) -> None:
    text = "a\t=1\n\t=2\tb"
    found = finding(status_detail=text, risk=text, description=text, command=text, resource_tags={"x": text})
    data = written([found], tmp_path / "scan.csv")
    (row,) = rows(data)
    assert row["RISK"] == row["REMEDIATION_CODE_CLI"] == "a<U+0009>=1\n    =2<U+0009>b"
    assert row["STATUS_EXTENDED"] == "a<U+0009>=1<U+000A><U+0009>=2<U+0009>b"
    assert b"\t" not in data


@pytest.mark.parametrize("text", ["", "a=b", "arn:aws:s3:::x", "1-2", "mail@example.com", "'quoted"])
def test_other_text_is_left_alone(text: str) -> None:
    assert csv_field(text) == text


def test_constants_follow_the_finding_and_not_only_its_check(tmp_path: Path) -> None:
    other = finding(title="Another title", account_name="Renamed")
    titles = [
        (r["CHECK_TITLE"], r["ACCOUNT_NAME"]) for r in rows(written([FINDING, other, FINDING], tmp_path / "scan.csv"))
    ]
    assert titles == [
        (FINDING.title, FINDING.account_name),
        ("Another title", "Renamed"),
        (FINDING.title, FINDING.account_name),
    ]


@given(st.lists(NAMES, max_size=5))
def test_many_cells_together_are_what_each_is(texts: list[str]) -> None:
    assert csv_cells(texts) == [*map(csv_field, texts)]


def test_percent_signs_are_text(tmp_path: Path) -> None:
    signs = finding(status_detail="%b of %s", title="100 %", fails="%%", description="%(x)b", account_name="%d")
    (row,) = rows(written([signs], tmp_path / "scan.csv"))
    assert (row["STATUS_EXTENDED"], row["CHECK_TITLE"], row["HEADLINE"]) == ("%b of %s", "100 %", "%%")
    assert (row["DESCRIPTION"], row["ACCOUNT_NAME"]) == ("%(x)b", "%d")


def test_memory_is_bounded(tmp_path: Path) -> None:
    writer = CsvWriter(tmp_path / "scan.csv")
    writer.open()
    writer.write([finding(account_id=str(number), check_id=f"x_{number}") for number in range(9000)])
    writer.close()
    assert len(writer._place) < 5000
    assert len(writer._check) < 5000


def test_a_lone_surrogate_is_shown(tmp_path: Path) -> None:
    (row,) = rows(written([finding(status_detail="a\ud800b")], tmp_path / "scan.csv"))
    assert row["STATUS_EXTENDED"] == "a<U+D800>b"


def test_every_prefix_holds_its_whole_rows(tmp_path: Path) -> None:
    data = written(list(many(2)), tmp_path / "scan.csv")
    for end in range(len(PROWLER_HEADER), len(data)):
        found = list(csv.DictReader(io.StringIO(data[:end].decode(errors="replace"), newline=""), delimiter=";"))
        assert len(found) <= 2
