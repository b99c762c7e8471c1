from __future__ import annotations

import json
from typing import Any

import pytest

from aioprowler import Fail, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.opensearch import checks
from aioprowler.services.opensearch.resources import (
    AccessControl,
    ClusterConfig,
    Domain,
    Endpoint,
    Software,
    Switch,
)
from tests.services.made import made
from tests.worlds.world import World, denied, findings_of, verdicts

HOME = "us-east-1"
ON = Switch(True)
PREFIX = "opensearch_service_domains"
ENCRYPTED = f"{PREFIX}_encryption_at_rest_enabled"
PUBLIC = f"{PREFIX}_not_publicly_accessible"


def judged(check_id: str, **facts: Any) -> Any:
    return getattr(checks, f"{PREFIX}_{check_id}")(made(Domain, name="orders", **facts))


@pytest.mark.parametrize(
    ("check_id", "facts", "verdict"),
    [
        ("access_control_enabled", {}, Fail),
        ("access_control_enabled", {"access_control": AccessControl(enabled=True)}, Pass),
        ("audit_logging_enabled", {}, Fail),
        ("audit_logging_enabled", {"logs": {"AUDIT_LOGS": Switch()}}, Fail),
        ("audit_logging_enabled", {"logs": {"INDEX_SLOW_LOGS": ON, "SEARCH_SLOW_LOGS": ON}}, Fail),
        ("audit_logging_enabled", {"logs": {"AUDIT_LOGS": ON}}, Pass),
        ("cloudwatch_logging_enabled", {}, Fail),
        ("cloudwatch_logging_enabled", {"logs": {"INDEX_SLOW_LOGS": ON}}, Fail),
        ("cloudwatch_logging_enabled", {"logs": {"INDEX_SLOW_LOGS": ON, "SEARCH_SLOW_LOGS": Switch()}}, Fail),
        ("cloudwatch_logging_enabled", {"logs": {"INDEX_SLOW_LOGS": ON, "SEARCH_SLOW_LOGS": ON}}, Pass),
        ("encryption_at_rest_enabled", {}, Fail),
        ("encryption_at_rest_enabled", {"encryption_at_rest": ON}, Pass),
        ("fault_tolerant_data_nodes", {"cluster": ClusterConfig(3)}, Fail),
        ("fault_tolerant_data_nodes", {"cluster": ClusterConfig(2, zone_awareness_enabled=True)}, Fail),
        ("fault_tolerant_data_nodes", {"cluster": ClusterConfig(3, zone_awareness_enabled=True)}, Pass),
        ("fault_tolerant_master_nodes", {"cluster": ClusterConfig(5)}, Fail),
        ("fault_tolerant_master_nodes", {"cluster": ClusterConfig(dedicated_master_count=3)}, Fail),
        (
            "fault_tolerant_master_nodes",
            {"cluster": ClusterConfig(dedicated_master_enabled=True, dedicated_master_count=2)},
            Fail,
        ),
        (
            "fault_tolerant_master_nodes",
            {"cluster": ClusterConfig(dedicated_master_enabled=True, dedicated_master_count=3)},
            Pass,
        ),
        ("https_communications_enforced", {}, Fail),
        ("https_communications_enforced", {"endpoint": Endpoint(enforces_https=True)}, Pass),
        ("internal_user_database_enabled", {}, Pass),
        (
            "internal_user_database_enabled",
            {"access_control": AccessControl(enabled=True, internal_user_database_enabled=True)},
            Fail,
        ),
        ("node_to_node_encryption_enabled", {}, Fail),
        ("node_to_node_encryption_enabled", {"node_to_node_encryption": ON}, Pass),
        ("use_cognito_authentication_for_kibana", {}, Fail),
        ("use_cognito_authentication_for_kibana", {"cognito": ON}, Pass),
        ("use_cognito_authentication_for_kibana", {"access_control": AccessControl(enabled=True)}, Fail),
        ("use_cognito_authentication_for_kibana", {"access_control": AccessControl(enabled=True, saml=ON)}, Pass),
    ],
)
def test_domain(check_id: str, facts: dict[str, Any], verdict: type) -> None:
    assert isinstance(judged(check_id, **facts), verdict)


@pytest.mark.parametrize(
    ("software", "verdict"),
    [
        (Software("R20250630", "", update_available=False), Pass),
        (Software("R20250630", "R20250630", update_available=False), Pass),
        (Software("R20250630", "R20251001", update_available=True), Fail),
        (Software("R20250630", "R20251001", update_available=False), Fail),
        (Software("R20250630", "R20251001"), Fail),
        (Software(update_available=True), Fail),
    ],
)
def test_software(software: Software, verdict: type) -> None:
    assert isinstance(judged("updated_to_the_latest_service_software_version", software=software), verdict)


@pytest.mark.parametrize(
    ("check_id", "facts"),
    [
        ("updated_to_the_latest_service_software_version", {}),
        ("updated_to_the_latest_service_software_version", {"software": Software("R20250630")}),
        ("fault_tolerant_data_nodes", {"cluster": ClusterConfig(zone_awareness_enabled=True)}),
        ("fault_tolerant_master_nodes", {"cluster": ClusterConfig(dedicated_master_enabled=True)}),
    ],
)
def test_what_aws_does_not_tell_is_no_verdict(check_id: str, facts: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError):
        judged(check_id, **facts)


def policy(**condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "es:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **condition}]})


def restricted(*addresses: str) -> str:
    return policy(Condition={"IpAddress": {"aws:SourceIp": list(addresses)}})


def described(**facts: Any) -> dict[str, Any]:
    return {"DomainName": "orders", "ClusterConfig": {"InstanceCount": 1}, **facts}


def world(*domains: dict[str, Any]) -> World:
    names = [{"DomainName": each["DomainName"], "EngineType": "Elasticsearch"} for each in domains]
    return World(
        {
            ("opensearch:ListDomainNames", HOME): {"DomainNames": names},
            "opensearch:DescribeDomains": lambda account, region, asked: {
                "DomainStatusList": [each for each in domains if each["DomainName"] in asked["DomainNames"]]
            },
        }
    )


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, "PASS"),
        ({"AccessPolicies": ""}, "PASS"),
        ({"AccessPolicies": policy()}, "FAIL"),
        ({"AccessPolicies": policy(), "VPCOptions": {"VPCId": "vpc-1"}}, "PASS"),
        ({"AccessPolicies": "{no json", "VPCOptions": {"VPCId": "vpc-1"}}, "PASS"),
        ({"AccessPolicies": "{no json"}, "MANUAL"),
        ({"AccessPolicies": restricted("0.0.0.0/0")}, "FAIL"),
        ({"AccessPolicies": restricted("*")}, "FAIL"),
        ({"AccessPolicies": restricted("203.0.113.7/32")}, "PASS"),
        ({"AccessPolicies": restricted("203.0.113.7/32", "8.0.0.0/7")}, "FAIL"),
    ],
)
def test_public(facts: dict[str, Any], status: str) -> None:
    found = verdicts(world(described(**facts)), PUBLIC, config={"trusted_ips": ["203.0.113.0/24"]})
    assert found == {(PUBLIC, HOME, "orders"): status}


@pytest.mark.parametrize(
    ("facts", "is_judged"),
    [
        ({"DomainProcessingStatus": "Active", "Deleted": False}, True),
        ({"DomainProcessingStatus": "Isolated"}, True),
        ({"DomainProcessingStatus": "Modifying"}, True),
        ({"DomainProcessingStatus": "Creating", "Created": False}, False),
        ({"DomainProcessingStatus": "Deleting"}, False),
        ({"DomainProcessingStatus": "Active", "Deleted": True}, False),
    ],
)
def test_states(facts: dict[str, Any], is_judged: bool) -> None:
    assert bool(verdicts(world(described(**facts)), ENCRYPTED)) is is_judged


def test_five_domains_are_told_of_by_one_call() -> None:
    many = world(*[described(DomainName=f"d{n}", EncryptionAtRestOptions={"Enabled": n > 5}) for n in range(11)])
    found = verdicts(many, ENCRYPTED, PUBLIC)
    assert many.calls["opensearch:DescribeDomains"] == 3
    assert {name: found[ENCRYPTED, HOME, name] for name in ("d5", "d6")} == {"d5": "FAIL", "d6": "PASS"}


def test_what_was_deleted_meanwhile_and_what_may_not_be_described() -> None:
    there = world(described())
    there.replies["opensearch:DescribeDomains"] = {"DomainStatusList": []}
    assert not findings_of(there, ENCRYPTED)
    there.replies["opensearch:DescribeDomains"] = denied()
    (finding,) = findings_of(there, ENCRYPTED)
    assert finding.status == "MANUAL"
    assert "es:DescribeDomains" in finding.status_detail
    assert finding.resource_arn == "arn:aws:es:us-east-1:123456789012:domain/orders"
