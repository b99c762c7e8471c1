"""The requirements of frameworks in the outputs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from aioprowler.catalog import Catalog
from aioprowler.compliance.frameworks import framework, frameworks
from aioprowler.findings.coverage import Accounts, Coverage, Judged
from aioprowler.findings.finding import Finding
from aioprowler.outputs.compliance import ComplianceWriter
from aioprowler.outputs.files import Outputs
from aioprowler.outputs.html.writer import HtmlWriter, LineKind
from aioprowler.outputs.writer import Concluding, OutputError
from tests.outputs.samples import coverage, finding
from tests.outputs.test_html import lines

HEADER = (
    "FRAMEWORK;VERSION;REQUIREMENT;NAME;SECTION;SUBSECTION;STATUS;CHECKS;CHECKS_MISSING;RESOURCES_FAILED;"
    "RESOURCES_PASSED;RESOURCES_MANUAL;RESOURCES_MUTED;SCORE;RESOURCE_SCORE;"
    "CONFIGURATION"
)
ROOT_MFA, ROOT_KEY = "iam_root_mfa_enabled", "iam_no_root_access_key"


def told(**fields: Any) -> Coverage:
    """Of a whole scan with two checks for CIS: one passed, one failed."""
    whole = coverage(
        not_entered=(),
        accounts=Accounts(found=3, scanned=3, scanned_before=0),
        check_ids=(ROOT_KEY, ROOT_MFA),
        frameworks=("cis_3.0",),
        findings={"PASS": 4, "FAIL": 1, "MANUAL": 0},
        by_check={ROOT_KEY: Judged(failed=1, passed=2), ROOT_MFA: Judged(passed=2, muted=1)},
    )
    return replace(whole, **fields)


def loosely_told() -> Coverage:
    """Of a whole scan for CIS in which idle users passed, because it was configured so."""
    checks = ("iam_user_accesskey_unused", "iam_user_console_access_unused")
    return told(
        check_ids=checks,
        by_check={each: Judged(passed=1) for each in checks},
        findings={"PASS": 2, "FAIL": 0, "MANUAL": 0},
        settings={"max_console_access_days": (90,), "max_unused_access_keys_days": (45, 180)},
    )


LOOSE = (
    "max_console_access_days is 90; allowed: 45 or less",
    "max_unused_access_keys_days is 180; allowed: 45 or less",
)


def rows(path: Path) -> list[dict[str, str]]:
    text = path.read_bytes().decode()
    assert text.startswith(f"{HEADER}\r\n")
    found = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    assert all(None not in row and None not in row.values() for row in found)
    return found


def concluded(path: Path, found: Coverage | None, findings: list[Finding] | None = None) -> list[dict[str, str]]:
    writer = ComplianceWriter(path)
    assert isinstance(writer, Concluding)
    writer.open()
    assert rows(path) == []
    writer.write(findings or [])
    writer.flush()
    assert rows(path) == []
    if found is not None:
        writer.conclude(found)
    writer.close()
    writer.close()
    return rows(path)


def test_a_row_for_each_requirement(tmp_path: Path) -> None:
    found = {row["REQUIREMENT"]: row for row in concluded(tmp_path / "x.compliance.csv", told())}
    assert list(found) == [each.id for each in framework("cis_3.0").requirements]
    requirement = framework("cis_3.0").requirement("1.5")
    assert found["1.5"] == {
        "FRAMEWORK": "cis_3.0",
        "VERSION": "3.0",
        "REQUIREMENT": "1.5",
        "NAME": requirement.name,
        "SECTION": "1 Identity and Access Management",
        "SUBSECTION": "",
        "STATUS": "PASS",
        "CHECKS": f"{ROOT_MFA}: PASS",
        "CHECKS_MISSING": "",
        "RESOURCES_FAILED": "0",
        "RESOURCES_PASSED": "2",
        "RESOURCES_MANUAL": "0",
        "RESOURCES_MUTED": "1",
        "SCORE": "50.0",
        "RESOURCE_SCORE": "80.0",
        "CONFIGURATION": "",
    }
    assert (found["1.4"]["STATUS"], found["1.4"]["CHECKS"]) == ("FAIL", f"{ROOT_KEY}: FAIL")
    assert (found["2.4.1"]["STATUS"], found["2.4.1"]["CHECKS_MISSING"]) == ("MANUAL", "")


def test_checks_that_this_version_lacks_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioprowler.outputs.compliance.installed", lambda: Catalog([]))
    found = {row["REQUIREMENT"]: row for row in concluded(tmp_path / "x.compliance.csv", told())}
    lacking = found["2.4.1"]
    assert lacking["STATUS"] == "MANUAL"
    assert lacking["CHECKS_MISSING"] == "efs_encryption_at_rest_enabled"
    assert lacking["CHECKS"] == f"{lacking['CHECKS_MISSING']}: not implemented"


def test_a_key_that_lets_too_much_pass_is_named(tmp_path: Path) -> None:
    found = {row["REQUIREMENT"]: row for row in concluded(tmp_path / "x.compliance.csv", loosely_told())}
    assert found["1.12"]["STATUS"] == "MANUAL"
    assert found["1.12"]["CHECKS"] == "iam_user_accesskey_unused: PASS | iam_user_console_access_unused: PASS"
    assert found["1.12"]["CONFIGURATION"] == " | ".join(LOOSE)
    assert found["1.5"]["CONFIGURATION"] == ""


def test_the_coverage_knows_of_findings_that_are_not_written(tmp_path: Path) -> None:
    written = [finding(check_id=ROOT_MFA, status="PASS")]
    found = {row["REQUIREMENT"]: row for row in concluded(tmp_path / "x.compliance.csv", told(), written)}
    assert (found["1.4"]["STATUS"], found["1.5"]["RESOURCES_PASSED"]) == ("FAIL", "2")


def test_without_a_choice_all_frameworks_are_told(tmp_path: Path) -> None:
    found = concluded(tmp_path / "x.compliance.csv", told(frameworks=()))
    assert tuple(dict.fromkeys(row["FRAMEWORK"] for row in found)) == frameworks()


def test_without_a_coverage_the_findings_are_told_and_nothing_passes(tmp_path: Path) -> None:
    written = [
        finding(check_id=ROOT_MFA, status="PASS"),
        finding(check_id=ROOT_KEY, status="FAIL"),
        finding(check_id=ROOT_KEY, status="FAIL", muted=True),
    ]
    every = concluded(tmp_path / "x.compliance.csv", None, written)
    found = {row["REQUIREMENT"]: row for row in every if row["FRAMEWORK"] == "cis_3.0"}
    assert (found["1.5"]["STATUS"], found["1.5"]["RESOURCES_PASSED"]) == ("MANUAL", "1")
    assert (found["1.4"]["STATUS"], found["1.4"]["RESOURCES_MUTED"]) == ("FAIL", "1")
    assert {row["STATUS"] for row in every} == {"FAIL", "MANUAL"}
    assert {row["SCORE"] for row in every} == {""}


def test_a_full_disk_is_told(tmp_path: Path, fill_the_disk: Callable[[], None]) -> None:
    fill_the_disk()
    with pytest.raises(OutputError, match="disk is full"), Outputs(tmp_path, "scan", ["compliance"]) as outputs:
        outputs.conclude(told())


def test_it_is_a_format(tmp_path: Path) -> None:
    with Outputs(tmp_path, "scan", ["compliance"]) as outputs:
        outputs.write([finding(check_id=ROOT_KEY)])
        outputs.conclude(told())
    assert len(rows(tmp_path / "scan.compliance.csv")) == 62


def given(path: Path) -> tuple[list[Any], dict[str, list[Any]]]:
    """The frameworks of a page, and the requirements of the one, with the ids of checks, which it gives by number."""
    found = [content for kind, content, *_ in lines(path.read_bytes()) if kind == LineKind.COMPLIANCE]
    ((_, judged),) = [line for line in lines(path.read_bytes()) if line[0] == LineKind.JUDGED]
    ids = [id_ for id_, _ in judged]
    rows = [row for each in found for row in each.pop("requirements")]
    return found, {row[0]: [*row[:4], [ids[number] for number in row[4]], *row[5:]] for row in rows}


def test_the_page_is_given_the_requirements(tmp_path: Path) -> None:
    path = tmp_path / "scan.html"
    writer = HtmlWriter(path)
    writer.open()
    writer.conclude(told())
    writer.close()
    (cis,), requirements = given(path)
    assert cis == {"id": "cis_3.0", "title": framework("cis_3.0").title, "version": "3.0", "score": 50}
    requirement = framework("cis_3.0").requirement("1.5")
    assert requirements["1.5"] == ["1.5", requirement.name, requirement.section, "PASS", [ROOT_MFA], 0, 2, 0, 1]
    assert requirements["1.4"][3:] == ["FAIL", [ROOT_KEY], 1, 2, 0, 0]


def test_the_page_is_given_what_lets_too_much_pass(tmp_path: Path) -> None:
    path = tmp_path / "scan.html"
    writer = HtmlWriter(path)
    writer.open()
    writer.conclude(loosely_told())
    writer.close()
    _, requirements = given(path)
    checks = ["iam_user_accesskey_unused", "iam_user_console_access_unused"]
    assert requirements["1.12"][3:] == ["MANUAL", checks, 0, 2, 0, 0, [*LOOSE]]
    assert len(requirements["1.5"]) == 9


def test_the_page_is_given_no_framework_that_the_scan_says_nothing_of(tmp_path: Path) -> None:
    path = tmp_path / "scan.html"
    writer = HtmlWriter(path)
    writer.open()
    writer.conclude(told(frameworks=()))
    writer.close()
    found = [line[1] for line in lines(path.read_bytes()) if line[0] == LineKind.COMPLIANCE]
    assert [each["id"] for each in found] == [
        id_ for id_ in frameworks() if {ROOT_KEY, ROOT_MFA} & set(framework(id_).checks)
    ]
