"""`python -m scripts.frameworks` takes facts from an installed Prowler, and keeps what is ours."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from aioprowler.compliance.frameworks import evidence, framework
from scripts.frameworks import OWN_EVIDENCE, Facts, own_evidence, take

FSBP = "aws_foundational_security_best_practices"
NO_OWN: dict[tuple[str, str], Facts] = {}


def guardrail(check: str, **fields: Any) -> dict[str, Any]:
    return {"Check": check, "ConfigKey": "days", "Operator": "lte", "Value": 45, **fields}


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A framework of AWS alone, and one of several providers, in the layouts that Prowler has for them."""
    alone = [
        {"Id": "1.1", "Description": "Their words.", "Checks": ["b", "a"], "ConfigRequirements": [guardrail("a")] * 2},
        {"Id": "1.2", "Description": "Their words.", "Checks": []},
    ]
    several = [
        {
            "id": "X-1",
            "description": "Their words.",
            "checks": {"aws": ["a"], "gcp": ["g"]},
            "config_requirements": [
                guardrail("a", Provider="aws"),
                guardrail("a", Provider="aws", ConfigKey="algorithms", Operator="superset", Value=["x", "y"]),
                guardrail("g", Provider="gcp"),
            ],
        },
        {"id": "X-2", "description": "Their words.", "checks": {"gcp": ["g"]}},
    ]
    folder = tmp_path / "lib" / "python3.11" / "site-packages" / "prowler" / "compliance"
    (folder / "aws").mkdir(parents=True)
    (folder / "aws" / "one_aws.json").write_text(json.dumps({"Framework": "ONE", "Requirements": alone}))
    (folder / "many.json").write_text(json.dumps({"framework": "MANY", "requirements": several}))
    return folder


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    folder = tmp_path / "ours"
    (folder / "frameworks").mkdir(parents=True)
    for id_, requirements in {"one": ["1.1", "1.2"], "many": ["X-1", "X-2"]}.items():
        told = [{"id": each, "name": "Our words", "checks": ["stale"], "profile": "Level 1"} for each in requirements]
        (folder / "frameworks" / f"{id_}.json").write_text(json.dumps({"id": id_, "requirements": told}))
    return folder


def requirements(ours: Path, framework: str) -> list[dict[str, Any]]:
    return list(json.loads((ours / "frameworks" / f"{framework}.json").read_bytes())["requirements"])


def test_checks_are_theirs_and_ours_and_words_are_ours(theirs: Path, ours: Path) -> None:
    own = {("one", "1.2"): Facts(frozenset({"z"})), ("many", "X-1"): Facts(frozenset({"a", "c"}))}
    for _ in range(2):  # what is our own is not lost when it is taken again
        assert take(theirs, ours, own) == []
        assert requirements(ours, "one") == [
            {"id": "1.1", "name": "Our words", "checks": ["a", "b"], "profile": "Level 1"},
            {"id": "1.2", "name": "Our words", "checks": ["z"], "profile": "Level 1"},
        ]
        assert [each["checks"] for each in requirements(ours, "many")] == [["a", "c"], []]


def test_a_guardrail_is_told_once_with_all_requirements_that_have_it(theirs: Path, ours: Path) -> None:
    take(theirs, ours, NO_OWN)
    assert json.loads((ours / "guardrails.json").read_bytes())["guardrails"] == [
        {
            "check": "a",
            "key": "algorithms",
            "comparison": "superset",
            "value": ["x", "y"],
            "requirements": {"many": ["X-1"]},
        },
        {
            "check": "a",
            "key": "days",
            "comparison": "lte",
            "value": 45,
            "requirements": {"many": ["X-1"], "one": ["1.1"]},
        },
    ]


def test_a_new_requirement_is_told(theirs: Path, ours: Path) -> None:
    path = ours / "frameworks" / "one.json"
    path.write_text(json.dumps({"id": "one", "requirements": [{"id": "1.2", "name": "Our words", "checks": []}]}))
    assert take(theirs, ours, NO_OWN) == [("one", "1.1")]


def test_guardrails_of_our_own_are_added(theirs: Path, ours: Path) -> None:
    take(theirs, ours, {("one", "1.2"): Facts(frozenset({"z"}), (("z", "owners", "subset", ["me"]),))})
    (found,) = [
        each for each in json.loads((ours / "guardrails.json").read_bytes())["guardrails"] if each["check"] == "z"
    ]
    assert found["requirements"] == {"one": ["1.2"]}


# ---------------------------------------------------------------------- what is our own
def test_what_is_our_own_is_in_the_frameworks() -> None:
    for (id_, requirement), facts in own_evidence(OWN_EVIDENCE).items():
        found = framework(id_).requirement(requirement)
        assert facts.checks <= set(found.checks)
        told = {(each.check, each.key, each.comparison, each.value) for each in found.guardrails}
        assert {(*each[:3], as_told(each[3])) for each in facts.guardrails} <= told
        assert {each[0] for each in facts.guardrails} <= set(found.checks)


def as_told(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def test_each_of_our_own_has_awss_page_and_a_reason() -> None:
    rows = tomllib.loads(OWN_EVIDENCE.read_text("utf-8"))["evidence"]
    for row in rows:
        anchor = row["requirement"].lower().replace(".", "-")
        page = rf"https://docs\.aws\.amazon\.com/securityhub/latest/userguide/[a-z0-9]+-controls\.html#{anchor}"
        assert re.fullmatch(page, row["source"])
        assert row["because"].endswith(".")
    ids = [(row["framework"], row["requirement"]) for row in rows]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("control", "check"),
    [
        ("S3.2", "s3_bucket_public_access"),
        ("S3.2", "s3_bucket_public_list_acl"),
        ("S3.7", "s3_bucket_cross_region_replication"),
        ("S3.10", "s3_bucket_lifecycle_enabled"),
        ("S3.11", "s3_bucket_event_notifications_enabled"),
        ("IAM.2", "iam_policy_attached_only_to_group_or_roles"),
        ("IAM.26", "iam_no_expired_server_certificates_stored"),
        ("RDS.23", "rds_cluster_non_default_port"),
        ("RDS.26", "rds_instance_protected_by_backup_plan"),
        ("RDS.34", "rds_cluster_integration_cloudwatch_logs"),
        ("RDS.36", "rds_instance_integration_cloudwatch_logs"),
        ("EC2.4", "ec2_instance_stopped_older_than_specific_days"),
        ("EC2.19", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306"),
        ("EC2.18", "ec2_securitygroup_allow_ingress_from_internet_to_any_port"),
        ("DynamoDB.7", "dynamodb_accelerator_cluster_in_transit_encryption_enabled"),
        ("FSx.1", "fsx_file_system_copy_tags_to_volumes_enabled"),
        ("WAF.12", "wafv2_webacl_rule_logging_enabled"),
    ],
)
def test_controls_name_the_checks_whose_criterion_is_theirs(control: str, check: str) -> None:
    assert check in framework(FSBP).requirement(control).checks
    assert control in evidence(check)[FSBP]


def test_the_checks_of_ports_of_high_risk_look_at_all_that_the_control_lists() -> None:
    """https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19"""
    control = framework(FSBP).requirement("EC2.19")
    (guardrail,) = control.guardrails
    assert isinstance(guardrail.value, tuple)
    named = {int(word) for check in control.checks for word in check.split("_") if word.isdigit()}
    assert named | set(guardrail.value) == {
        *(20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601),
        *(8080, 8088, 8888, 9200, 9300, 7199, 9160),
    }


def test_no_agreed_check_has_the_criterion_of_the_others() -> None:
    """Each was looked at; a check that comes close asks for something else, or for less."""
    assert {each.id for each in framework(FSBP).requirements if not each.checks} == {
        "AppSync.1", "AutoScaling.4", "CloudFormation.1", "CloudTrail.3", "CodeBuild.5", "ES.8", "ElastiCache.7",
        "EventBridge.3", "IAM.21", "KMS.1", "KMS.2", "NetworkFirewall.6", "OpenSearch.8",
        "PrivateCertificateAuthority.1", "SNS.2", "SecretsManager.2",
    }  # fmt: skip
