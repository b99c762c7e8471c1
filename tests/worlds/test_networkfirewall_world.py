"""Firewalls share policies, also with other accounts, and lend endpoints to further VPCs."""

from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account
from tests.worlds.world import World, denied, error, findings_of, verdicts

GROUPS = "networkfirewall_policy_rule_group_associated"
LOGGING = "networkfirewall_logging_enabled"
PROTECTION = "networkfirewall_deletion_protection"
IN_VPC = "networkfirewall_in_all_vpc"
ACCOUNTS = (Account(id="123456789012"),)
THEIRS = "999999999999"


def arn(name: str, account: str = "123456789012") -> str:
    return f"arn:aws:network-firewall:us-east-1:{account}:{name}"


def firewall(name: str, **facts: Any) -> dict[str, Any]:
    settings = {
        "FirewallName": name,
        "FirewallArn": arn(f"firewall/{name}"),
        "FirewallPolicyArn": arn("firewall-policy/one"),
        "VpcId": "vpc-1",
        "SubnetMappings": [],
        "DeleteProtection": True,
        **facts,
    }
    return {"Firewall": settings, "FirewallStatus": {"Status": "READY"}}


def world(*firewalls: dict[str, Any], **replies: Any) -> World:
    by_arn = {each["Firewall"]["FirewallArn"]: each for each in firewalls}

    def describe(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        return by_arn[params["FirewallArn"]]

    listed = [{"FirewallName": each["Firewall"]["FirewallName"], "FirewallArn": name} for name, each in by_arn.items()]
    return World(
        {
            "network-firewall:ListFirewalls": {"Firewalls": listed},
            "network-firewall:DescribeFirewall": describe,
            **{f"network-firewall:{name}": reply for name, reply in replies.items()},
        }
    )


def by_name(found: dict[tuple[str, str, str], str]) -> dict[str, str]:
    return {id_: status for (_, _, id_), status in found.items()}


def policy(_account: Account, _region: str, params: dict[str, Any]) -> Any:
    if THEIRS in params["FirewallPolicyArn"]:
        return error("ResourceNotFoundException")
    drop = ["aws:drop"]
    return {"FirewallPolicy": {"StatelessDefaultActions": drop, "StatelessFragmentDefaultActions": drop}}


def test_firewalls_that_share_a_policy_share_a_call_and_one_of_others_may_be_withdrawn() -> None:
    foreign = firewall("foreign", FirewallPolicyArn=arn("firewall-policy/two", THEIRS))
    aws = world(firewall("a"), firewall("b"), foreign, DescribeFirewallPolicy=policy)
    assert by_name(verdicts(aws, GROUPS, accounts=ACCOUNTS)) == {"a": "FAIL", "b": "FAIL", "foreign": "MANUAL"}
    assert aws.calls["network-firewall:DescribeFirewallPolicy"] == 2


def test_a_firewall_that_is_being_deleted_and_one_of_another_account_are_not_judged() -> None:
    ending = {**firewall("ending", DeleteProtection=False), "FirewallStatus": {"Status": "DELETING"}}
    foreign = firewall("foreign", FirewallArn=arn("firewall/foreign", THEIRS), DeleteProtection=False)
    changing = {**firewall("changing", DeleteProtection=False), "FirewallStatus": {"Status": "PROVISIONING"}}
    found = verdicts(world(firewall("fine"), ending, foreign, changing), PROTECTION, accounts=ACCOUNTS)
    assert by_name(found) == {"fine": "PASS", "changing": "FAIL"}


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ({"FirewallArn": "arn"}, {"a": "FAIL"}),
        ({"LoggingConfiguration": {}}, {"a": "FAIL"}),
        ({"LoggingConfiguration": {"LogDestinationConfigs": []}}, {"a": "FAIL"}),
        ({"LoggingConfiguration": {"LogDestinationConfigs": [{"LogType": "TLS"}]}}, {"a": "PASS"}),
        (error("ResourceNotFoundException"), {}),
        (denied(), {"a": "MANUAL"}),
    ],
)
def test_logging(reply: Any, status: dict[str, str]) -> None:
    aws = world(firewall("a"), DescribeLoggingConfiguration=reply)
    assert by_name(verdicts(aws, LOGGING, accounts=ACCOUNTS)) == status


def in_vpcs(*vpcs: str, **replies: Any) -> World:
    """VPCs with something in each of them, and a firewall in the first."""
    aws = world(firewall("a"), **replies)
    owned = {"OwnerId": "123456789012", "State": "available", "IsDefault": False}
    aws.replies["ec2:DescribeVpcs"] = {"Vpcs": [{"VpcId": vpc, **owned} for vpc in vpcs]}
    interfaces = [{"VpcId": vpc, "NetworkInterfaceId": f"eni-{vpc}", "SubnetId": "subnet-1"} for vpc in vpcs]
    aws.replies["ec2:DescribeNetworkInterfaces"] = {"NetworkInterfaces": interfaces}
    return aws


def associated(_account: Account, _region: str, params: dict[str, Any]) -> Any:
    name = params["VpcEndpointAssociationArn"]
    if name == "gone":
        return error("ResourceNotFoundException")
    status = {"Status": "DELETING" if name == "vpc-3" else "READY"}
    return {"VpcEndpointAssociation": {"VpcId": name}, "VpcEndpointAssociationStatus": status}


def test_a_further_endpoint_is_a_firewall_as_well() -> None:
    listed = [{"VpcEndpointAssociationArn": name} for name in ("vpc-2", "vpc-3", "gone")]
    aws = in_vpcs(
        "vpc-1",
        "vpc-2",
        "vpc-3",
        ListVpcEndpointAssociations={"VpcEndpointAssociations": listed},
        DescribeVpcEndpointAssociation=associated,
    )
    found = by_name(verdicts(aws, IN_VPC, accounts=ACCOUNTS))
    assert found == {"vpc-1": "PASS", "vpc-2": "PASS", "vpc-3": "FAIL"}


def test_further_endpoints_are_looked_for_only_where_a_vpc_needs_one() -> None:
    aws = in_vpcs("vpc-1")
    assert by_name(verdicts(aws, IN_VPC, accounts=ACCOUNTS)) == {"vpc-1": "PASS"}
    assert "network-firewall:ListVpcEndpointAssociations" not in aws.calls


def test_where_further_endpoints_cannot_be_looked_for_the_others_are_judged() -> None:
    aws = in_vpcs("vpc-1", "vpc-2", ListVpcEndpointAssociations=denied())
    found = findings_of(aws, IN_VPC, accounts=ACCOUNTS)
    assert {each.resource_id: each.status for each in found} == {"vpc-1": "PASS", "vpc-2": "MANUAL"}
    assert "network-firewall:ListVpcEndpointAssociations" in found[1].status_detail
