from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account
from tests.worlds.world import World, denied, error, findings_of, verdicts

SSH, MYSQL = "ec2_instance_port_ssh_exposed_to_internet", "ec2_instance_port_mysql_exposed_to_internet"
GROUP_SSH = "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22"
ANY_PORT = "ec2_securitygroup_allow_ingress_from_internet_to_any_port"
HIGH_RISK = "ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports"
MANY_RULES, WIDE_OPEN = (
    "ec2_securitygroup_with_many_ingress_egress_rules",
    "ec2_securitygroup_allow_wide_open_public_ipv4",
)
ACL_RDP, ACL_ANY, ACL_UNUSED = (
    "ec2_networkacl_allow_ingress_tcp_port_3389",
    "ec2_networkacl_allow_ingress_any_port",
    "ec2_networkacl_unused",
)
HOME, ABROAD = "us-east-1", "eu-west-1"


def group(id_: str, *ingress: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"GroupId": id_, "GroupName": id_, "VpcId": "vpc-1", "IpPermissions": list(ingress), **fields}


def tcp(port: int, cidr: str = "0.0.0.0/0") -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": cidr}]}


def instance(
    id_: str, subnet: str, *groups: str, vpc: str = "vpc-1", address: str | None = "3.3.3.3"
) -> dict[str, Any]:
    return {
        "InstanceId": id_,
        "VpcId": vpc,
        "SubnetId": subnet,
        "SecurityGroups": [{"GroupId": group, "GroupName": group} for group in groups],
        **({"PublicIpAddress": address} if address else {}),
    }


def table(id_: str, vpc: str, gateway: str, association: dict[str, Any]) -> dict[str, Any]:
    routes = [
        {"DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "local"},
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway},
    ]
    return {"RouteTableId": id_, "VpcId": vpc, "Routes": routes, "Associations": [association]}


def network() -> World:
    """Instances behind an open and a closed group, in subnets of two VPCs: of vpc-1 the main table leads nowhere, of
    vpc-2 it leads to the internet; subnet-public has a table of its own."""
    instances = [
        instance("i-public", "subnet-public", "sg-closed", "sg-open"),
        instance("i-main", "subnet-main", "sg-open", vpc="vpc-2"),
        instance("i-private", "subnet-private", "sg-open"),
        instance("i-unaddressed", "subnet-public", "sg-open", address=None),
        instance("i-closed", "subnet-public", "sg-closed"),
        instance("i-terminated", ""),
    ]
    return World(
        {
            ("ec2:DescribeInstances", HOME): {"Reservations": [{"Instances": [each]} for each in instances]},
            ("ec2:DescribeSecurityGroups", HOME): {"SecurityGroups": [group("sg-open", tcp(22)), group("sg-closed")]},
            ("ec2:DescribeSecurityGroups", ABROAD): {"SecurityGroups": [group("sg-closed", tcp(22))]},
            ("ec2:DescribeRouteTables", HOME): {
                "RouteTables": [
                    table("rtb-1", "vpc-1", "nat-1", {"Main": True}),
                    table("rtb-2", "vpc-1", "igw-1", {"Main": False, "SubnetId": "subnet-public"}),
                    table("rtb-3", "vpc-2", "igw-2", {"Main": True}),
                ]
            },
        }
    )


def test_severity_follows_address_and_subnet() -> None:
    found = {f.resource_id: (f.status, f.severity) for f in findings_of(network(), SSH)}
    assert found == {
        "i-public": ("FAIL", "critical"),
        "i-main": ("FAIL", "critical"),
        "i-private": ("FAIL", "high"),
        "i-unaddressed": ("FAIL", "medium"),
        "i-closed": ("PASS", "critical"),
        "i-terminated": ("PASS", "critical"),
    }
    assert set(verdicts(network(), MYSQL).values()) == {"PASS"}


def test_all_ports_of_all_instances_take_one_listing_of_each_kind() -> None:
    world = network()
    assert len(verdicts(world, SSH, MYSQL)) == 12
    assert world.calls == {
        "ec2:DescribeInstances": 2,
        "ec2:DescribeSecurityGroups": 1,
        "ec2:DescribeRouteTables": 1,
    }, "what instances are judged by is listed where there are instances"


def test_denied_routes_leave_open_how_bad_a_port_at_a_public_address_is() -> None:
    world = network()
    world.replies["ec2:DescribeRouteTables", HOME] = denied()
    found = {f.resource_id: f for f in findings_of(world, SSH) if f.resource_id.startswith("i-")}
    assert {id_: f.status for id_, f in found.items()} == {
        "i-public": "MANUAL",
        "i-main": "MANUAL",
        "i-private": "MANUAL",
        "i-unaddressed": "FAIL",
        "i-closed": "PASS",
        "i-terminated": "PASS",
    }
    assert "ec2:DescribeRouteTables" in found["i-public"].status_detail


def test_denied_groups_are_manual_for_each_instance() -> None:
    world = network()
    world.replies["ec2:DescribeSecurityGroups", HOME] = denied()
    assert {f.status for f in findings_of(world, SSH)} == {"MANUAL"}


def attached(id_: str, type_: str, owner: str | None, *groups: str) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": id_,
        "VpcId": "vpc-1",
        "InterfaceType": type_,
        "Groups": [{"GroupId": each} for each in groups],
        **({"Attachment": {"InstanceOwnerId": owner}} if owner else {}),
    }


def front_doors() -> World:
    """Open groups of a load balancer, of an endpoint, of a server, and of a balancer and a server together."""
    ids = ("sg-balancer", "sg-endpoint", "sg-server", "sg-both", "sg-unused")
    interfaces = [
        attached("eni-1", "interface", "amazon-elb", "sg-balancer", "sg-both"),
        attached("eni-2", "vpc_endpoint", None, "sg-endpoint"),
        attached("eni-3", "interface", "123456789012", "sg-server", "sg-both"),
    ]
    return World(
        {
            ("ec2:DescribeSecurityGroups", HOME): {"SecurityGroups": [group(id_, tcp(443)) for id_ in ids]},
            ("ec2:DescribeNetworkInterfaces", HOME): {"NetworkInterfaces": interfaces},
        }
    )


def test_what_may_be_open_is_known_by_its_interfaces() -> None:
    assert verdicts(front_doors(), ANY_PORT) == {
        (ANY_PORT, HOME, "sg-balancer"): "PASS",
        (ANY_PORT, HOME, "sg-endpoint"): "PASS",
        (ANY_PORT, HOME, "sg-server"): "FAIL",
        (ANY_PORT, HOME, "sg-both"): "FAIL",
    }
    on_request = verdicts(front_doors(), ANY_PORT, scan_unused_services=True)
    assert on_request[ANY_PORT, HOME, "sg-unused"] == "PASS"


def test_configuration_of_what_may_be_open() -> None:
    config = {"ec2_allowed_interface_types": ["interface"], "ec2_allowed_instance_owners": []}
    found = verdicts(front_doors(), ANY_PORT, config=config)
    assert {id_ for (_, _, id_), status in found.items() if status == "FAIL"} == {"sg-endpoint"}
    assert set(verdicts(front_doors(), HIGH_RISK).values()) == {"PASS"}
    assert set(verdicts(front_doors(), HIGH_RISK, config={"ec2_high_risk_ports": [443]}).values()) == {"FAIL"}
    assert set(verdicts(front_doors(), MANY_RULES, config={"max_security_group_rules": 0}).values()) == {"FAIL"}


def test_denied_interfaces_are_manual_for_what_rests_on_them() -> None:
    world = front_doors()
    world.replies["ec2:DescribeNetworkInterfaces", HOME] = denied()
    assert {f.status for f in findings_of(world, ANY_PORT, GROUP_SSH)} == {"MANUAL"}
    assert set(verdicts(world, MANY_RULES).values()) == {"PASS"}


def test_rules_for_outgoing_traffic_are_read() -> None:
    egress = {"IpPermissionsEgress": [*(tcp(port, "10.0.0.0/8") for port in range(50)), tcp(443, "8.0.0.0/8")]}
    world = World(
        {
            ("ec2:DescribeSecurityGroups", HOME): {"SecurityGroups": [group("sg-1", **egress)]},
            ("ec2:DescribeNetworkInterfaces", HOME): {
                "NetworkInterfaces": [attached("eni-1", "interface", None, "sg-1")]
            },
        }
    )
    assert set(verdicts(world, MANY_RULES, WIDE_OPEN).values()) == {"FAIL"}


def acl_entry(number: int, action: str, protocol: str, **fields: Any) -> dict[str, Any]:
    return {"RuleNumber": number, "RuleAction": action, "Protocol": protocol, "Egress": False, **fields}


def test_network_acls_by_entries_and_associations() -> None:
    everybody, rdp = {"CidrBlock": "0.0.0.0/0"}, {"PortRange": {"From": 3389, "To": 3389}}
    acls = [
        {
            "NetworkAclId": "acl-default",
            "IsDefault": True,
            "Entries": [acl_entry(100, "allow", "-1", **everybody), acl_entry(32767, "deny", "-1", **everybody)],
        },
        {
            "NetworkAclId": "acl-used",
            "IsDefault": False,
            "Entries": [
                acl_entry(100, "allow", "-1", Ipv6CidrBlock="::/0"),
                acl_entry(90, "deny", "6", Ipv6CidrBlock="::/0", **rdp),
            ],
            "Associations": [{"NetworkAclAssociationId": "aclassoc-1", "SubnetId": "subnet-1"}],
        },
        {
            "NetworkAclId": "acl-unused",
            "IsDefault": False,
            "Entries": [acl_entry(100, "allow", "6", **everybody, **rdp)],
            "Associations": [],
        },
    ]
    world = World(
        {
            "ec2:DescribeNetworkAcls": {"NetworkAcls": acls},
            ("ec2:DescribeSecurityGroups", HOME): {"SecurityGroups": [group("sg-1")]},
        }
    )
    assert verdicts(world, ACL_RDP, ACL_ANY) == {
        (ACL_RDP, HOME, "acl-default"): "FAIL",
        (ACL_RDP, HOME, "acl-used"): "PASS",
        (ACL_RDP, HOME, "acl-unused"): "FAIL",
        (ACL_ANY, HOME, "acl-default"): "FAIL",
        (ACL_ANY, HOME, "acl-used"): "FAIL",
        (ACL_ANY, HOME, "acl-unused"): "PASS",
    }
    unused = {(ACL_UNUSED, region, "acl-used"): "PASS" for region in (HOME, ABROAD)}
    unused |= {(ACL_UNUSED, region, "acl-unused"): "FAIL" for region in (HOME, ABROAD)}
    assert verdicts(world, ACL_UNUSED) == unused


def by_lists(*ids: str) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": [{"PrefixListId": id_} for id_ in ids]}


ENTRIES = {
    "pl-all": ["0.0.0.0/1", "128.0.0.0/1"],
    "pl-lower": ["0.0.0.0/1"],
    "pl-upper": ["128.0.0.0/1"],
    "pl-office": ["198.51.100.0/24"],
}


def entries_of(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
    """Of one list at a time, in pages of one entry."""
    if (id_ := params["PrefixListId"]) not in ENTRIES:
        raise error("InvalidPrefixListID.NotFound", f"The prefix list ID '{id_}' does not exist")
    ranges, at = ENTRIES[id_], int(params.get("NextToken", 0))
    more = {"NextToken": str(at + 1)} if at + 1 < len(ranges) else {}
    return {"Entries": [{"Cidr": ranges[at]}], **more}


def prefix_lists() -> World:
    groups = [
        group("sg-all", by_lists("pl-all")),
        group("sg-halves", by_lists("pl-lower"), by_lists("pl-upper")),
        group("sg-mixed", by_lists("pl-lower"), tcp(22, "128.0.0.0/1")),
        group("sg-office", by_lists("pl-office", "pl-of-aws")),
        group("sg-gone", by_lists("pl-gone")),
        group("sg-plain", tcp(443)),
    ]
    owned = [{"PrefixListId": id_, "OwnerId": "123456789012", "MaxEntries": 2} for id_ in ENTRIES]
    of_aws = {"PrefixListId": "pl-of-aws", "OwnerId": "AWS", "PrefixListName": "com.amazonaws.us-east-1.s3"}
    return World(
        {
            ("ec2:DescribeSecurityGroups", HOME): {"SecurityGroups": groups},
            ("ec2:DescribeManagedPrefixLists", HOME): {"PrefixLists": [*owned, of_aws]},
            "ec2:GetManagedPrefixListEntries": entries_of,
        }
    )


def statuses(world: World, *checks: str) -> dict[str, str]:
    return {f.resource_id: f.status for f in findings_of(world, *checks, scan_unused_services=True)}


def test_prefix_lists_stand_for_their_entries() -> None:
    assert statuses(prefix_lists(), GROUP_SSH) == {
        "sg-all": "FAIL",
        "sg-halves": "FAIL",
        "sg-mixed": "FAIL",
        "sg-office": "PASS",
        "sg-gone": "MANUAL",
        "sg-plain": "PASS",
    }


def test_a_prefix_list_is_read_once_for_all_checks_of_all_groups() -> None:
    world = prefix_lists()
    findings_of(world, GROUP_SSH, HIGH_RISK, WIDE_OPEN, MANY_RULES, scan_unused_services=True)
    asked = {name: number for name, number in world.calls.items() if "PrefixList" in name}
    assert asked == {"ec2:DescribeManagedPrefixLists": 1, "ec2:GetManagedPrefixListEntries": 6}, (
        "one list has two pages, and one is gone"
    )


def test_prefix_lists_are_asked_for_as_many_at_a_time_as_a_filter_takes() -> None:
    world = prefix_lists()
    world.replies["ec2:DescribeSecurityGroups", HOME] = {
        "SecurityGroups": [group("sg-many", *(by_lists(f"pl-{number}") for number in range(450)))]
    }
    findings_of(world, GROUP_SSH, scan_unused_services=True)
    asked = [params["Filters"][0]["Values"] for _, _, name, params in world.params if "DescribeManagedPrefix" in name]
    assert [len(ids) for ids in asked] == [200, 200, 50]
    assert len({id_ for ids in asked for id_ in ids}) == 450


def test_prefix_lists_that_are_not_listed_are_read_all_the_same() -> None:
    world = prefix_lists()
    world.replies["ec2:DescribeManagedPrefixLists", HOME] = {"PrefixLists": []}
    found = statuses(world, GROUP_SSH)
    assert (found["sg-all"], found["sg-halves"], found["sg-gone"]) == ("FAIL", "FAIL", "MANUAL")


def test_nothing_is_asked_where_no_rule_names_a_prefix_list() -> None:
    world = front_doors()
    findings_of(world, GROUP_SSH, SSH, MANY_RULES)
    assert not [name for name in world.calls if "PrefixList" in name]


@pytest.mark.parametrize("operation", ["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"])
def test_denied_prefix_lists_are_manual_for_the_groups_that_rest_on_them(operation: str) -> None:
    world = prefix_lists()
    world.replies[operation] = world.replies[operation, HOME] = denied()
    found = {f.resource_id: f for f in findings_of(world, GROUP_SSH, scan_unused_services=True)}
    manual = {id_ for id_, finding in found.items() if finding.status == "MANUAL"}
    assert manual == {"sg-all", "sg-halves", "sg-mixed", "sg-office", "sg-gone"}
    assert found["sg-plain"].status == "PASS"
    assert operation in found["sg-all"].status_detail


def test_addresses_of_every_interface_and_family() -> None:
    def interface(subnet: str, **fields: Any) -> dict[str, Any]:
        return {"NetworkInterfaceId": "eni-1", "SubnetId": subnet, "VpcId": "vpc-1", **fields}

    global_one = {"Ipv6Addresses": [{"Ipv6Address": "2a05:d018::1"}]}
    second = {"PrivateIpAddresses": [{"Association": {"PublicIp": "3.3.3.4"}}]}
    interfaces = {
        "i-ipv6": [interface("subnet-6", **global_one)],
        "i-ipv6-out": [interface("subnet-out", **global_one)],
        "i-second": [interface("subnet-main"), interface("subnet-public", **second)],
        "i-private": [interface("subnet-main")],
    }
    instances = [
        {**instance(id_, each[0]["SubnetId"], "sg-open", address=None), "NetworkInterfaces": each, "State": RUNNING}
        for id_, each in interfaces.items()
    ]

    def by_ipv6(id_: str, gateway: dict[str, str]) -> dict[str, Any]:
        routes = [{"DestinationIpv6CidrBlock": "::/0", "State": "active", **gateway}]
        return {"RouteTableId": id_, "VpcId": "vpc-1", "Routes": routes}

    tables = [
        table("rtb-1", "vpc-1", "nat-1", {"Main": True}),
        table("rtb-2", "vpc-1", "igw-1", {"Main": False, "SubnetId": "subnet-public"}),
        {**by_ipv6("rtb-6", {"GatewayId": "igw-1"}), "Associations": [{"Main": False, "SubnetId": "subnet-6"}]},
        {
            **by_ipv6("rtb-7", {"EgressOnlyInternetGatewayId": "eigw-1"}),
            "Associations": [{"Main": False, "SubnetId": "subnet-out"}],
        },
    ]
    world = network()
    world.replies["ec2:DescribeInstances", HOME] = {"Reservations": [{"Instances": instances}]}
    world.replies["ec2:DescribeRouteTables", HOME] = {"RouteTables": tables}
    severities = {f.resource_id: f.severity for f in findings_of(world, SSH)}
    assert severities == {"i-ipv6": "critical", "i-ipv6-out": "medium", "i-second": "critical", "i-private": "medium"}
    public = {f.resource_id: f.status for f in findings_of(world, "ec2_instance_public_ip")}
    assert public == {"i-ipv6": "FAIL", "i-ipv6-out": "PASS", "i-second": "FAIL", "i-private": "PASS"}


RUNNING = {"Name": "running"}
