"""The files that the compliance pages of Prowler's dashboard read."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from msgspec.structs import replace

from aioprowler.compliance.frameworks import framework, frameworks
from aioprowler.findings.coverage import Coverage
from aioprowler.findings.finding import Finding
from aioprowler.outputs.files import FORMATS, Outputs
from aioprowler.outputs.writer import OutputError
from aioprowler.texts import visible
from tests.outputs.samples import HOSTILE, finding, hostile
from tests.outputs.test_compliance import LOOSE, loosely_told

ROOT_MFA = "iam_root_mfa_enabled"
READ = {
    "CHECKID", "STATUS", "STATUSEXTENDED", "MUTED", "REGION", "ACCOUNTID", "RESOURCEID", "ASSESSMENTDATE",
    "REQUIREMENTS_ID", "REQUIREMENTS_NAME", "REQUIREMENTS_DESCRIPTION", "REQUIREMENTS_ATTRIBUTES_SECTION",
    "REQUIREMENTS_ATTRIBUTES_SUBSECTION", "REQUIREMENTS_ATTRIBUTES_NAME", "REQUIREMENTS_ATTRIBUTES_CATEGORY",
    "REQUIREMENTS_ATTRIBUTES_OBJETIVE_ID", "REQUIREMENTS_ATTRIBUTES_OBJETIVE_NAME", "REQUIREMENTS_ATTRIBUTES_MARCO",
    "REQUIREMENTS_ATTRIBUTES_CATEGORIA", "REQUIREMENTS_ATTRIBUTES_IDGRUPOCONTROL", "REQUIREMENTS_ATTRIBUTES_TIPO",
    "REQUIREMENTS_ATTRIBUTES_DOMAIN", "REQUIREMENTS_ATTRIBUTES_SUBDOMAIN", "REQUIREMENTS_ATTRIBUTES_LEVELOFRISK",
    "REQUIREMENTS_ATTRIBUTES_WEIGHT",
}  # fmt: skip
"""What the pages of any framework take from a file: dashboard/compliance and dashboard/pages of Prowler 5.46."""


def written(folder: Path, id_: str, findings: list[Finding], told: Coverage | None = None) -> list[dict[str, str]]:
    with Outputs(folder, "today", [f"prowler:{id_}"]) as outputs:
        outputs.write(findings)
        if told is not None:
            outputs.conclude(told)
    text = (folder / "compliance" / f"today_{id_}_aws.csv").read_bytes().decode()
    found = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    assert all(None not in row and None not in row.values() for row in found)
    assert set(text.partition("\r\n")[0].split(";")) >= READ
    return found


def test_a_row_for_each_requirement_and_then_those_that_no_check_can_tell(tmp_path: Path) -> None:
    mine = finding(check_id=ROOT_MFA, status="FAIL", muted=True)
    found = written(tmp_path, "cis_3.0", [mine, finding(check_id="nobody_asks_for_this")])
    row, manual = found
    assert {name: value for name, value in row.items() if value} == {
        "PROVIDER": "aws",
        "DESCRIPTION": framework("cis_3.0").title,
        "ACCOUNTID": "123456789012",
        "REGION": "eu-west-1",
        "ASSESSMENTDATE": "2026-06-01 12:00:00",
        **{name: value for name, value in row.items() if name.startswith("REQUIREMENTS_") and value},
        "STATUS": "FAIL",
        "STATUSEXTENDED": mine.status_detail,
        "RESOURCEID": mine.resource_arn,
        "RESOURCENAME": mine.resource_name,
        "CHECKID": ROOT_MFA,
        "MUTED": "True",
        "FRAMEWORK": "CIS",
        "NAME": framework("cis_3.0").title,
    }
    assert (row["REQUIREMENTS_ID"], row["REQUIREMENTS_ATTRIBUTES_PROFILE"]) == ("1.5", "Level 1")
    assert row["REQUIREMENTS_ATTRIBUTES_SECTION"] == "1 Identity and Access Management"
    assert row["REQUIREMENTS_DESCRIPTION"] == framework("cis_3.0").requirement("1.5").name
    assert (manual["STATUS"], manual["CHECKID"], manual["ACCOUNTID"]) == ("MANUAL", "manual", "")
    assert framework("cis_3.0").requirement(manual["REQUIREMENTS_ID"]).checks == ()


def test_what_a_configuration_let_pass_is_a_row_for_a_person(tmp_path: Path) -> None:
    mine = finding(check_id="iam_user_accesskey_unused", status="PASS")
    found = [row for row in written(tmp_path, "cis_3.0", [mine], loosely_told()) if row["REQUIREMENTS_ID"] == "1.12"]
    assert [row["STATUS"] for row in found] == ["PASS", "MANUAL", "MANUAL"]
    assert [row["STATUSEXTENDED"] for row in found[1:]] == [*LOOSE]


@pytest.mark.parametrize("id_", frameworks())
def test_every_framework(id_: str, tmp_path: Path) -> None:
    requirements = framework(id_).requirements
    check = next((each for each in framework(id_).checks), ROOT_MFA)
    found = written(tmp_path, id_, [finding(check_id=check)])
    assert [row["REQUIREMENTS_ID"] for row in found] == [
        *(each.id for each in requirements if check in each.checks),
        *(each.id for each in requirements if not each.checks),
    ]
    leveled = any(each.profile for each in requirements)
    assert all(("REQUIREMENTS_ATTRIBUTES_PROFILE" in row) == leveled for row in found)


def test_hostile_text_stays_in_its_cell(tmp_path: Path) -> None:
    texts = (*HOSTILE, "=1+1", 'a;b"c', "two\nlines")
    found = written(tmp_path, "cis_3.0", [replace(hostile(text), check_id=ROOT_MFA) for text in texts])
    names = [row["RESOURCENAME"] for row in found[:-1]]
    assert names == [*map(visible, HOSTILE), "'=1+1", 'a;b"c', "two<U+000A>lines"]


def test_without_findings_there_is_the_header(tmp_path: Path) -> None:
    assert written(tmp_path, "cis_3.0", []) == []


def test_a_framework_that_there_is_not_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"Did you mean prowler:cis_3\.0"):
        Outputs(tmp_path, "today", ["prowler:cis_3.1"])
    with pytest.raises(OutputError, match=r"Say one of jsonl, csv, .*, compliance\.$"):
        Outputs(tmp_path, "today", ["qqqq"])
    assert len([name for name in FORMATS if name.startswith("prowler:")]) == 51
