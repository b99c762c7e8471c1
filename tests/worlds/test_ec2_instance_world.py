from __future__ import annotations

import datetime
from typing import Any

from aioprowler import Account
from aioprowler.aws.errors import NotInRegionError
from tests.worlds.world import NOW, World, denied, findings_of, verdicts

MANAGED, STOPPED = "ec2_instance_managed_by_ssm", "ec2_instance_stopped_older_than_specific_days"
ENI, MONITORED = "ec2_instance_uses_single_eni", "ec2_instance_detailed_monitoring_enabled"
PARAVIRTUAL, FACING = "ec2_instance_paravirtual_type", "ec2_instance_internet_facing_with_instance_profile"
HOST = "ec2_confidential_workload_host"
IMDS, RUNNING, PUBLIC = f"{HOST}_imdsv2_not_enforced", f"{HOST}_not_running", f"{HOST}_public_ip"
INGRESS, VSOCK = f"{HOST}_unrestricted_ingress", f"{HOST}_vsock_proxy_exposed"
HOME, ABROAD = "us-east-1", "eu-west-1"


def instance(id_: str, state: str = "running", **fields: Any) -> dict[str, Any]:
    return {"InstanceId": id_, "State": {"Code": 0, "Name": state}, "LaunchTime": NOW, **fields}


def listed(*instances: dict[str, Any]) -> dict[str, Any]:
    return {"Reservations": [{"Instances": list(instances)}]}


def test_what_an_instance_says_of_itself() -> None:
    interfaces = [{"NetworkInterfaceId": f"eni-{n}", "InterfaceType": "interface"} for n in (1, 2)]
    good = instance("i-good", Monitoring={"State": "enabled"}, VirtualizationType="hvm", StateTransitionReason="")
    bad = instance(
        "i-bad",
        "stopped",
        Monitoring={"State": "disabled"},
        VirtualizationType="paravirtual",
        StateTransitionReason="User initiated (2026-04-01 12:00:00 GMT)",
        PublicIpAddress="3.3.3.3",
        IamInstanceProfile={"Arn": "arn:aws:iam::123456789012:instance-profile/web"},
        NetworkInterfaces=interfaces,
    )
    world = World({("ec2:DescribeInstances", HOME): listed(good, bad)})
    checks = (STOPPED, ENI, MONITORED, PARAVIRTUAL, FACING)
    assert verdicts(world, *checks) == {
        (check, HOME, id_): status for check in checks for id_, status in (("i-good", "PASS"), ("i-bad", "FAIL"))
    }
    assert set(world.calls) == {"ec2:DescribeInstances", "ec2:DescribeRouteTables"}


def test_days_stopped_are_counted_to_the_scan() -> None:
    reason = f"User initiated ({NOW:%F %T} GMT)"
    world = World({("ec2:DescribeInstances", HOME): listed(instance("i-1", "stopped", StateTransitionReason=reason))})
    assert verdicts(world, STOPPED, now=NOW + datetime.timedelta(days=30)) == {(STOPPED, HOME, "i-1"): "PASS"}
    assert verdicts(world, STOPPED, now=NOW + datetime.timedelta(days=31)) == {(STOPPED, HOME, "i-1"): "FAIL"}


def registered(_account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
    """In the home region `i-1` on the first page and `i-2` on the second; nothing abroad."""
    if region != HOME:
        return {"InstanceInformationList": []}
    if "NextToken" in params:
        return {"InstanceInformationList": [{"InstanceId": "i-2"}]}
    return {"InstanceInformationList": [{"InstanceId": "i-1"}], "NextToken": "more"}


def fleet() -> World:
    return World(
        {
            ("ec2:DescribeInstances", HOME): listed(*(instance(f"i-{n}") for n in (1, 2, 3))),
            ("ec2:DescribeInstances", ABROAD): listed(instance("i-1"), instance("i-off", "stopped")),
            "ssm:DescribeInstanceInformation": registered,
        }
    )


def test_managed_instances_are_listed_once_per_region() -> None:
    world = fleet()
    assert verdicts(world, MANAGED) == {
        (MANAGED, HOME, "i-1"): "PASS",
        (MANAGED, HOME, "i-2"): "PASS",
        (MANAGED, HOME, "i-3"): "FAIL",
        (MANAGED, ABROAD, "i-1"): "FAIL",
        (MANAGED, ABROAD, "i-off"): "PASS",
    }
    assert world.calls["ssm:DescribeInstanceInformation"] == 3, "two pages at home, one abroad"
    sizes = {params["MaxResults"] for _, _, name, params in world.params if name.startswith("ssm:")}
    assert sizes == {50}, "AWS refuses larger pages"


def test_denied_systems_manager_leaves_open_only_what_it_would_settle() -> None:
    world = fleet()
    world.replies["ssm:DescribeInstanceInformation"] = denied()
    found = {(f.region, f.resource_id): f for f in findings_of(world, MANAGED)}
    assert {key for key, f in found.items() if f.status == "PASS"} == {(ABROAD, "i-off")}
    assert {f.status for f in found.values()} == {"PASS", "MANUAL"}
    assert "ssm:DescribeInstanceInformation" in found[HOME, "i-1"].status_detail


def test_a_region_without_systems_manager_manages_nothing() -> None:
    world = fleet()
    world.replies["ssm:DescribeInstanceInformation"] = NotInRegionError(service="ssm", region=HOME)
    assert verdicts(world, MANAGED)[MANAGED, HOME, "i-1"] == "FAIL"


def host(id_: str, state: str = "running", **fields: Any) -> dict[str, Any]:
    return instance(id_, state, EnclaveOptions={"Enabled": True}, VpcId="vpc-1", **fields)


def hosts() -> World:
    """`i-good` in a private subnet, `i-bad` in a public one, `i-plain` without enclaves; all in the same VPC."""
    good = host(
        "i-good",
        SubnetId="subnet-private",
        MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "enabled"},
        SecurityGroups=[{"GroupId": "sg-web"}],
        NetworkInterfaces=[{"Groups": [{"GroupId": "sg-web"}], "Ipv6Addresses": [{"Ipv6Address": "fd00::1"}]}],
    )
    bad = host(
        "i-bad",
        "stopped",
        SubnetId="subnet-public",
        MetadataOptions={"HttpTokens": "optional", "HttpEndpoint": "enabled"},
        SecurityGroups=[{"GroupId": "sg-web"}],
        NetworkInterfaces=[{"Groups": [{"GroupId": "sg-web"}]}, {"Groups": [{"GroupId": "sg-proxy"}]}],
    )
    plain = instance("i-plain", EnclaveOptions={"Enabled": False}, SecurityGroups=[{"GroupId": "sg-proxy"}])
    anyone = [{"CidrIp": "0.0.0.0/0"}]
    groups = [
        {
            "GroupId": "sg-web",
            "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": anyone}],
        },
        {
            "GroupId": "sg-proxy",
            "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 8000, "ToPort": 8000, "IpRanges": anyone}],
        },
    ]
    tables = [
        {"RouteTableId": "rtb-main", "VpcId": "vpc-1", "Routes": [], "Associations": [{"Main": True}]},
        {
            "RouteTableId": "rtb-public",
            "VpcId": "vpc-1",
            "Routes": [{"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1"}],
            "Associations": [{"Main": False, "SubnetId": "subnet-public"}],
        },
    ]
    return World(
        {
            ("ec2:DescribeInstances", HOME): listed(good, bad, plain),
            ("ec2:DescribeSecurityGroups", HOME): {"SecurityGroups": groups},
            ("ec2:DescribeRouteTables", HOME): {"RouteTables": tables},
        }
    )


def test_hosts_of_enclaves_are_joined_with_their_groups_and_routes() -> None:
    checks = (IMDS, RUNNING, PUBLIC, INGRESS, VSOCK)
    world = hosts()
    found = {(f.check_id, f.resource_id): f for f in findings_of(world, *checks)}
    assert {key: f.status for key, f in found.items()} == {
        (check, id_): status for check in checks for id_, status in (("i-good", "PASS"), ("i-bad", "FAIL"))
    }
    assert found[PUBLIC, "i-bad"].resource_arn == "arn:aws:ec2:us-east-1:123456789012:instance/i-bad"
    assert "8000" in found[VSOCK, "i-bad"].status_detail
    assert world.calls["ec2:DescribeSecurityGroups"] == 1, "once for all hosts of the region"
    assert world.calls["ec2:DescribeRouteTables"] == 1


def test_ports_of_hosts_come_from_the_configuration() -> None:
    found = verdicts(hosts(), INGRESS, VSOCK, config={"enclave_sg_allow_ports": [8000], "enclave_vsock_ports": [443]})
    assert found[INGRESS, HOME, "i-good"] == "FAIL"
    assert found[VSOCK, HOME, "i-good"] == "FAIL"


def test_denied_groups_and_routes_are_manual() -> None:
    world = hosts()
    world.replies["ec2:DescribeSecurityGroups", HOME] = denied()
    world.replies["ec2:DescribeRouteTables", HOME] = denied()
    found = verdicts(world, IMDS, PUBLIC, INGRESS, VSOCK)
    assert {found[check, HOME, id_] for check in (PUBLIC, INGRESS, VSOCK) for id_ in ("i-good", "i-bad")} == {"MANUAL"}
    assert found[IMDS, HOME, "i-good"] == "PASS"


def test_a_group_that_is_not_listed_is_manual() -> None:
    world = hosts()
    world.replies["ec2:DescribeSecurityGroups", HOME] = {"SecurityGroups": []}
    found = {f.resource_id: f for f in findings_of(world, VSOCK)}
    assert {id_: f.status for id_, f in found.items()} == {"i-good": "MANUAL", "i-bad": "MANUAL"}
    for id_ in ("sg-web", "sg-proxy"):
        assert f"security group {id_}" in found["i-bad"].status_detail
