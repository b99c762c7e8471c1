"""Frameworks of one's own: both of Prowler's JSON forms, their CSV, and checks that say for what they are evidence."""

from __future__ import annotations

import csv
import json
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from aioprowler import DeclarationError, ScanOptions, UsageError
from aioprowler.catalog import Catalog, load
from aioprowler.compliance import own
from aioprowler.compliance.frameworks import framework
from aioprowler.compliance.own import read_framework
from aioprowler.compliance.results import frameworks_of, results
from aioprowler.engine.plan import make_plan
from aioprowler.outputs.files import Outputs
from aioprowler.outputs.reporting import merged
from aioprowler.scanning import Scan, prepare
from aioprowler.services.s3.checks.bucket import s3_bucket_object_versioning
from tests.outputs.samples import coverage, finding

VERSIONING, KEYS = "s3_bucket_object_versioning", "iam_user_accesskey_unused"
DAYS = "max_unused_access_keys_days"
ALONE: dict[str, Any] = {
    "Framework": "ACME", "Name": "ACME baseline", "Version": "1", "Provider": "AWS", "Description": "What ACME asks.",
    "Requirements": [
        {"Id": "A.10", "Description": "Somebody looks", "Attributes": [{"Section": "People"}], "Checks": []},
        {"Id": "A.2", "Description": "Keys are used", "Checks": [KEYS],
         "Attributes": [{"Section": "IAM", "Owner": "iam", "Level": 2}, {"Section": "Keys", "Owner": "=x", "Level": 3}],
         "ConfigRequirements": [{"Check": KEYS, "ConfigKey": DAYS, "Operator": "lte", "Value": 30}]},
    ],
}  # fmt: skip
"""Of AWS alone."""
SEVERAL: dict[str, Any] = {
    "framework": "UNI", "name": "Universal", "version": "2.0", "description": "Of all clouds.",
    "attributes_metadata": [{"key": "Domain"}, {"key": "Refs", "type": "list_str"},
                            {"key": "Note", "output_formats": {"csv": False}}],
    "outputs": {"table_config": {"group_by": "Domain"}},
    "requirements": [
        {"id": "U-1", "name": "One", "description": "Versions.", "checks": {"aws": [VERSIONING], "gcp": ["g"]},
         "attributes": {"Domain": "Data", "Refs": ["a", "b"], "Note": "not told"}},
        {"id": "U-2", "description": "Other clouds'.", "checks": {"gcp": ["g"]}, "attributes": {"Domain": "People"}},
    ],
}  # fmt: skip
"""Of several providers."""


def written(folder: Path, content: Any, name: str = "mine.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(content))
    return path


def test_both_forms_are_read_alike(tmp_path: Path) -> None:
    alone = read_framework(written(tmp_path, ALONE, "Acme_1_aws.json"))
    assert (alone.id, alone.framework, alone.version, alone.title) == ("acme_1", "ACME", "1", "ACME baseline")
    assert [(each.id, each.name, each.section, each.checks) for each in alone.requirements] == [
        ("A.2", "Keys are used", "IAM", (KEYS,)),
        ("A.10", "Somebody looks", "People", ()),
    ]
    assert [str(each.allowed) for each in alone.requirements[0].guardrails] == ["30 or less"]
    several = read_framework(written(tmp_path, SEVERAL, "uni.json"))
    assert [(each.id, each.name, each.section, each.checks) for each in several.requirements] == [
        ("U-1", "One", "Data", (VERSIONING,)),
        ("U-2", "Other clouds'.", "People", ()),
    ]


def test_a_requirement_that_is_there_twice_asks_for_all_that_both_do(tmp_path: Path) -> None:
    again = {"Id": "A.2", "Description": "Versions are kept", "Checks": [VERSIONING], "Attributes": [{"Owner": "s3"}]}
    content = ALONE | {"Requirements": [*ALONE["Requirements"], again]}
    twice, other = read_framework(written(tmp_path, content)).requirements
    assert (twice.id, twice.name, twice.checks) == ("A.2", "Keys are used / Versions are kept", (KEYS, VERSIONING))
    assert [each["Owner"] for each in twice.attributes] == ["iam", "=x", "s3"]
    assert (len(twice.guardrails), twice.section, other.id) == (1, "IAM", "A.10")


def test_checks_may_have_former_names(tmp_path: Path) -> None:
    named = ["inspector2_findings_exist", "iam_disable_90_days_credentials"]
    (found,) = read_framework(written(tmp_path, {"requirements": [{"id": "1", "checks": named}]})).requirements
    assert found.checks == (
        "iam_disable_90_days_credentials",
        "inspector2_active_findings_exist",
        "inspector2_is_enabled",
    )


def rows(tmp_path: Path, content: Any) -> list[dict[str, str]]:
    """Of the file about it, with a finding of each of two checks."""
    frameworks = load(frameworks=[written(tmp_path, content)]).frameworks
    with Outputs(tmp_path, "scan", ["prowler:mine"], known=frameworks) as outputs:
        outputs.write([finding(check_id=VERSIONING), finding(check_id=KEYS)])
        (path,) = outputs.paths.values()
    assert path == tmp_path / "compliance" / "scan_mine_aws.csv"
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_its_file_has_its_attributes_as_columns_and_a_row_for_each_time_that_it_tells_them(tmp_path: Path) -> None:
    found = rows(tmp_path, ALONE)
    attributes = [name for name in found[0] if name.startswith("REQUIREMENTS_")]
    assert attributes == ["REQUIREMENTS_ID", "REQUIREMENTS_DESCRIPTION", "REQUIREMENTS_ATTRIBUTES_SECTION",
                          "REQUIREMENTS_ATTRIBUTES_OWNER", "REQUIREMENTS_ATTRIBUTES_LEVEL"]  # fmt: skip
    assert [[row[name] for name in (*attributes, "CHECKID")] for row in found] == [
        ["A.2", "Keys are used", "IAM", "iam", "2", KEYS],
        ["A.2", "Keys are used", "Keys", "'=x", "3", KEYS],
        ["A.10", "Somebody looks", "People", "", "", "manual"],
    ]
    assert {(row["DESCRIPTION"], row["FRAMEWORK"], row["NAME"]) for row in found} == {
        ("What ACME asks.", "ACME", "ACME baseline")
    }


def test_of_several_providers_the_columns_are_those_that_the_file_declares(tmp_path: Path) -> None:
    one, two = rows(tmp_path, SEVERAL)
    assert [name for name in one if "ATTRIBUTES" in name] == [
        "REQUIREMENTS_ATTRIBUTES_DOMAIN", "REQUIREMENTS_ATTRIBUTES_REFS",
    ]  # fmt: skip
    assert (one["REQUIREMENTS_ATTRIBUTES_REFS"], one["STATUS"], two["STATUS"]) == ("a | b", "FAIL", "MANUAL")


def test_a_scan_chooses_its_checks_and_tells_its_requirements_to_later_reports(tmp_path: Path) -> None:
    files = [written(tmp_path, ALONE), written(tmp_path, SEVERAL, "uni.json")]
    prepared = prepare(ScanOptions(compliance_files=files, frameworks=["uni"]))
    assert {check.id for check in prepared.plan.checks} == {KEYS, VERSIONING}
    assert prepared.frameworks == ("uni", "mine")
    assert prepared.plan.frameworks.evidence(VERSIONING)["uni"] == ("U-1",)
    told = Scan(prepared).coverage()
    assert told.settings == {DAYS: (45,)}
    again = merged([told, told])
    assert [each.title for each in map(frameworks_of(again).get, ("mine", "uni"))] == ["ACME baseline", "Universal"]
    (mine,) = results(again, ["mine"], existing={KEYS})
    assert str(mine.requirements[0].loosened[0]) == f"{DAYS} is 45; allowed: 30 or less"
    with pytest.raises(UsageError, match=r"^own_frameworks of the coverage report: "):
        frameworks_of(coverage(own_frameworks=({"id": 1},)))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ([], "mine.json: this is no framework as Prowler writes it: an object is missing."),
        ({"Framework": "X"}, "mine.json: list what it asks for as `Requirements`, or `requirements`."),
        (ALONE | {"Provider": "Azure"}, "mine.json is for Azure: give a framework for AWS."),
        ({"requirements": [{"name": "x"}]}, "mine.json: give each requirement an `Id`, or `id`."),
        ({"requirements": [{"id": "1", "checks": [1]}]}, "mine.json, requirement 1: checks are a list of ids, or "),
        ({"requirements": [{"id": "1", "attributes": ["x"]}]}, "mine.json, requirement 1: attributes are names with "),
        ({"requirements": [{"id": "1", "config_requirements": [{"Check": "c"}]}]},
         "mine.json, requirement 1, ConfigRequirements: Expected `str`, got `null`"),
        ({"requirements": [{"id": "1"}], "provider": 7}, "mine.json is for 7"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_with_its_place(content: Any, told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        read_framework(written(tmp_path, content))
    assert str(refused.value).startswith(told)


def test_what_a_file_says_besides_may_be_anything(tmp_path: Path) -> None:
    digits = "9" * 5_000  # more than Python makes a number of
    content = {"requirements": [{"id": f"1.{digits}"}, {"id": "1.8"}], "outputs": [], "attributes_metadata": ["x"]}
    assert [each.id for each in read_framework(written(tmp_path, content)).requirements] == ["1.8", f"1.{digits}"]


@pytest.mark.parametrize("name", ["cis_3.0.json", "CIS_3.0_aws.json"])
def test_an_id_that_there_is_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is a framework cis_3\.0 already: give the file another name"):
        load(frameworks=[written(tmp_path, ALONE, name)])


def test_an_id_that_is_no_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the file's name is the framework's id"):
        read_framework(written(tmp_path, ALONE, "a\nb.json"))


def test_packages_offer_frameworks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "acme_frameworks"
    package.mkdir()
    (package / "__init__.py").touch()
    written(package, ALONE, "acme_aws.json")
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("acme", "acme_frameworks", own.ENTRY_POINT_GROUP)
    monkeypatch.setattr(own, "entry_points", lambda group: [point] if group == own.ENTRY_POINT_GROUP else [])
    own.offered.cache_clear()
    try:
        assert [each.id for each in own.own_frameworks()] == ["acme"]
    finally:
        own.offered.cache_clear()


# ------------------------------------------------------------------- checks of one's own
CHECK = '''
from aioprowler import Pass, Verdict, check
from aioprowler.services.s3.resources import Bucket

@check(fails="It is wrong", severity="low", compliance={compliance})
def acme_bucket(bucket: Bucket) -> Verdict:
    """Title.

    ## Risk
    Some.

    ## Remediation
    Some.
    """
    return Pass("")
'''


def loaded(tmp_path: Path, compliance: Any) -> Catalog:
    folder = tmp_path / "checks"
    folder.mkdir()
    (folder / "acme.py").write_text(CHECK.replace("{compliance}", repr(compliance)))
    return load([folder], frameworks=[written(tmp_path, ALONE)])


def test_a_check_says_for_what_it_is_evidence(tmp_path: Path) -> None:
    catalog = loaded(tmp_path, {"mine": "A.10", "cis_3.0_aws": ["1.12"]})
    frameworks = catalog.frameworks
    assert "acme_bucket" in frameworks.get("cis_3.0").requirement("1.12").checks
    assert "acme_bucket" not in framework("cis_3.0").requirement("1.12").checks
    assert frameworks.evidence("acme_bucket") == {"cis_3.0": ("1.12",), "mine": ("A.10",)}
    assert frameworks.evidence(KEYS) == {**framework_evidence(), "mine": ("A.2",)}
    assert "acme_bucket" in frameworks.required(["mine"], catalog.listed)


def framework_evidence() -> dict[str, tuple[str, ...]]:
    plan = make_plan([s3_bucket_object_versioning], {})
    return plan.frameworks.evidence(KEYS)


@pytest.mark.parametrize(
    ("compliance", "told"),
    [({"mime": ["A.1"]}, "Did you mean mine"), ({"mine": ["A.1"]}, "There is no mine requirement 'A.1'")],
)
def test_a_requirement_that_there_is_not_is_told_with_the_check(compliance: Any, told: str, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=rf"acme_bucket: its compliance: .*{told}"):
        loaded(tmp_path, compliance)
