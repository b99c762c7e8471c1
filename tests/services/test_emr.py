from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Pass, Region
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.emr.checks import (
    emr_cluster_account_public_block_enabled,
    emr_cluster_master_nodes_no_public_ip,
)
from aioprowler.services.emr.resources import Cluster, PortRange, PublicAccessBlock
from tests.services.made import made
from tests.worlds.world import World, denied, error, findings_of, verdicts

HOME = "us-east-1"
REGION = Region(name=HOME, account=Account(id="123456789012"))
PUBLIC = "emr_cluster_publicly_accesible"
ADDRESS = "emr_cluster_master_nodes_no_public_ip"
OUTSIDE = "ec2-192-0-2-1.compute-1.amazonaws.com"
INSIDE = "ip-10-0-0-1.ec2.internal"


@pytest.mark.parametrize(
    ("blocks", "permitted", "verdict"),
    [
        (False, (), Fail),
        (True, (), Pass),
        (True, (PortRange(22, 22),), Pass),
        (True, (PortRange(22),), Pass),
        (True, (PortRange(0, 65535),), Fail),
        (True, (PortRange(0, 1023), PortRange(1024, 65535)), Fail),
        (True, (PortRange(0, 1023), PortRange(1025, 65535)), Pass),
    ],
)
def test_block(blocks: bool, permitted: tuple[PortRange, ...], verdict: type) -> None:
    found = emr_cluster_account_public_block_enabled(REGION, PublicAccessBlock(blocks=blocks, permitted=permitted))
    assert isinstance(found, verdict)
    assert ("ports 22" in found.detail) == (len(permitted) == 1 and permitted[0].first == 22)


def test_a_block_is_about_the_account_in_a_region_and_not_known_unless_aws_tells_it() -> None:
    check = "emr_cluster_account_public_block_enabled"
    untold = World({"emr:GetBlockPublicAccessConfiguration": {"BlockPublicAccessConfiguration": {}}})
    found = [f for f in findings_of(untold, check) if f.region == HOME]
    arn = f"arn:aws:elasticmapreduce:{HOME}:123456789012:cluster"
    assert [(f.status, f.resource_id, f.resource_arn) for f in found] == [("MANUAL", "123456789012", arn)]


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        (OUTSIDE, Fail),
        ("ec2-192-0-2-1.eu-west-1.compute.amazonaws.com", Fail),
        ("ec2-192-0-2-1.cn-north-1.compute.amazonaws.com.cn", Fail),
        (INSIDE, Pass),
        ("ip-10-0-0-1.eu-west-1.compute.internal", Pass),
        ("ip-10-0-0-1.corp.example.com", Pass),
    ],
)
def test_address(address: str, verdict: type) -> None:
    assert isinstance(emr_cluster_master_nodes_no_public_ip(made(Cluster, cluster_id="j-1", address=address)), verdict)


@pytest.mark.parametrize("address", [None, ""])
def test_an_address_that_is_not_told_is_no_verdict(address: str | None) -> None:
    with pytest.raises(UnreadableError):
        emr_cluster_master_nodes_no_public_ip(made(Cluster, cluster_id="j-1", address=address))


def group(id_: str, *cidrs: str, port: int | None = None) -> dict[str, Any]:
    ports = {"IpProtocol": "-1"} if port is None else {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    rule = {**ports, "IpRanges": [{"CidrIp": cidr} for cidr in cidrs]}
    return {"GroupId": id_, "OwnerId": "123456789012", "GroupName": id_, "IpPermissions": [rule]}


GROUPS = [
    group("sg-open", "0.0.0.0/0"),
    group("sg-ssh", "0.0.0.0/0", port=22),
    group("sg-shut", "10.0.0.0/8"),
    group("sg-office", "203.0.113.0/24"),
]


def world(address: str | None = OUTSIDE, state: str = "RUNNING", **instances: Any) -> World:
    arn = f"arn:aws:elasticmapreduce:{HOME}:123456789012:cluster/j-1"
    named = {"Id": "j-1", "Name": "orders", "ClusterArn": arn, "Status": {"State": state}}
    told = {"MasterPublicDnsName": address} if address else {}
    return World(
        {
            ("emr:ListClusters", HOME): {"Clusters": [named]},
            "emr:DescribeCluster": {"Cluster": {**named, "Ec2InstanceAttributes": instances, **told}},
            "ec2:DescribeSecurityGroups": {"SecurityGroups": GROUPS},
        }
    )


MASTER = "EmrManagedMasterSecurityGroup"
OTHERS = "EmrManagedSlaveSecurityGroup"


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({MASTER: "sg-shut", OTHERS: "sg-shut"}, "PASS"),
        ({MASTER: "sg-shut"}, "PASS"),
        ({MASTER: "sg-office", OTHERS: "sg-shut"}, "PASS"),
        ({MASTER: "sg-open", OTHERS: "sg-shut"}, "FAIL"),
        ({MASTER: "sg-ssh", OTHERS: "sg-shut"}, "FAIL"),
        ({MASTER: "sg-shut", OTHERS: "sg-open"}, "FAIL"),
        ({MASTER: "sg-shut", OTHERS: "sg-shut", "AdditionalMasterSecurityGroups": ["sg-open"]}, "FAIL"),
        ({MASTER: "sg-shut", OTHERS: "sg-shut", "AdditionalSlaveSecurityGroups": ["sg-open"]}, "FAIL"),
        ({MASTER: "sg-shut", OTHERS: "sg-gone"}, "MANUAL"),
        ({MASTER: "sg-open", OTHERS: "sg-gone"}, "FAIL"),
        ({OTHERS: "sg-shut"}, "MANUAL"),
        ({MASTER: "sg-open", "address": INSIDE}, "PASS"),
        ({MASTER: "sg-shut", "address": None}, "MANUAL"),
    ],
)
def test_public(facts: dict[str, Any], status: str) -> None:
    assert verdicts(world(**facts), PUBLIC) == {(PUBLIC, HOME, "j-1"): status}


def test_groups_that_may_not_be_listed_matter_to_clusters_with_a_public_address_alone() -> None:
    there = world(**{MASTER: "sg-shut"})
    there.replies["ec2:DescribeSecurityGroups"] = denied("ec2:DescribeSecurityGroups")
    (finding,) = findings_of(there, PUBLIC)
    assert finding.status == "MANUAL"
    assert "ec2:DescribeSecurityGroups" in finding.status_detail
    there = world(INSIDE, **{MASTER: "sg-shut"})
    there.replies["ec2:DescribeSecurityGroups"] = denied("ec2:DescribeSecurityGroups")
    assert verdicts(there, PUBLIC) == {(PUBLIC, HOME, "j-1"): "PASS"}


@pytest.mark.parametrize(
    ("state", "is_judged"),
    [("WAITING", True), ("TERMINATING", True), ("TERMINATED", False), ("TERMINATED_WITH_ERRORS", False)],
)
def test_states(state: str, is_judged: bool) -> None:
    assert bool(findings_of(world(state=state), ADDRESS)) is is_judged


def test_what_is_over_is_not_asked_for_and_what_is_gone_is_told_of_no_more() -> None:
    there = world()
    there.replies["emr:DescribeCluster"] = error("InvalidRequestException", "Cluster id 'j-1' is not valid.")
    assert not findings_of(there, ADDRESS)
    (asked,) = [params for _, region, name, params in there.params if (region, name) == (HOME, "emr:ListClusters")]
    assert "TERMINATED" not in asked["ClusterStates"]
    there.replies["emr:DescribeCluster"] = error("InvalidRequestException", "The request is bad.")
    assert [f.status for f in findings_of(there, ADDRESS)] == ["MANUAL"]
