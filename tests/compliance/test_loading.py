"""Frameworks by their names, and checks by what they are evidence for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import aioprowler.compliance
from aioprowler import UsageError
from aioprowler.catalog import Selection, installed
from aioprowler.compliance.frameworks import EVIDENCE, Frameworks, evidence, framework, frameworks, mapped
from tests.worlds.world import World, findings_of

VERSIONING = "s3_bucket_object_versioning"
FOLDER = Path(aioprowler.compliance.__file__).parent / "frameworks"


def test_every_file_is_a_framework_with_all_that_it_says() -> None:
    assert len(frameworks()) == len(list(FOLDER.glob("*.json"))) == 51
    for id_ in frameworks():
        found, written = framework(id_), json.loads((FOLDER / f"{id_}.json").read_text("utf-8"))
        assert (found.id, found.title, found.version) == (id_, written["title"], written["version"])
        requirements = {each.id: each for each in found.requirements}
        assert len(requirements) == len(written["requirements"])
        for each in written["requirements"]:
            for name, value in each.items():
                told = getattr(requirements[each["id"]], name)
                assert (list(told) if isinstance(told, tuple) else told) == value


def test_requirements_are_in_the_order_in_which_people_count() -> None:
    ids = [each.id for each in framework("cis_3.0").requirements]
    assert ids[:3] == ["1.1", "1.2", "1.3"]
    assert ids.index("1.9") < ids.index("1.10") < ids.index("2.1.1")


@pytest.mark.parametrize("name", ["cis_3.0", "CIS_3.0", "cis_3.0_aws", "CIS_3.0_AWS"])
def test_prowlers_ids_are_known(name: str) -> None:
    assert framework(name).id == "cis_3.0"


def test_a_framework_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"There is no framework 'cis_3\.3'\. Did you mean .*cis_3\.0"):
        framework("cis_3.3_aws")
    with pytest.raises(UsageError, match=r"There is no cis_3\.0 requirement '1\.44'\. Did you mean 1\.4"):
        framework("cis_3.0").requirement("1.44")


def test_evidence_is_what_the_frameworks_say_and_one_object() -> None:
    found = evidence("iam_root_mfa_enabled")
    assert found == {
        id_: tuple(
            each["id"]
            for each in json.loads((FOLDER / f"{id_}.json").read_text("utf-8"))["requirements"]
            if "iam_root_mfa_enabled" in each["checks"]
        )
        for id_ in frameworks()
        if "iam_root_mfa_enabled" in framework(id_).checks
    }
    assert found["cis_3.0"] == ("1.5",)
    assert evidence("iam_root_mfa_enabled") is found
    assert evidence("ours_and_nobody_elses") == {}


def test_the_evidence_is_that_of_all_frameworks() -> None:
    told = FOLDER.with_name(EVIDENCE).read_text("utf-8")
    assert told == mapped(), "the evidence is stale: run `make generate`"


def test_a_finding_says_what_its_check_is_evidence_for() -> None:
    found = findings_of(
        World({"s3:ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "us-east-1"}]}}), VERSIONING
    )
    assert [each.compliance for each in found] == [evidence(VERSIONING)]
    assert found[0].compliance["soc2"]


def test_required_checks_are_those_that_exist() -> None:
    assert Frameworks().required(["cis_3.0"], {"iam_root_mfa_enabled", "s3_bucket_lifecycle_enabled"}) == {
        "iam_root_mfa_enabled"
    }
    with pytest.raises(UsageError, match=r"No check is evidence for cis_3\.0 yet"):
        Frameworks().required(["CIS_3.0_aws"], {"s3_bucket_lifecycle_enabled"})


def test_a_framework_is_a_further_condition() -> None:
    catalog = installed()
    chosen = catalog.select(Selection(frameworks=["cis_3.0"]))
    assert {each.id for each in chosen} == set(framework("cis_3.0").checks) & set(catalog.checks)
    assert {each.id for each in catalog.select(Selection(frameworks=["cis_3.0"], services=["s3"]))} == {
        each.id for each in chosen if each.service == "s3"
    }
    both = catalog.select(Selection(frameworks=["cis_3.0", "aws_audit_manager_control_tower_guardrails"]))
    more = catalog.select(Selection(frameworks=["aws_audit_manager_control_tower_guardrails"]))
    assert {each.id for each in both} == {each.id for each in (*chosen, *more)}
    with pytest.raises(UsageError, match="leave one out"):
        catalog.select(Selection(frameworks=["cis_3.0"], checks=["s3_bucket_object_versioning"]))
