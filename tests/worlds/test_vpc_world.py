from __future__ import annotations

import json
from typing import Any

import pytest

from aioprowler import Account
from aioprowler.catalog import installed
from aioprowler.declarations.parameters import parameters
from aioprowler.services.ec2.resources.firewall import NetworkAcl, SecurityGroup
from aioprowler.services.ec2.resources.network import TransitGateway
from aioprowler.services.vpc.resources import RouteTable, Subnet, Vpc, VpcEndpoint
from tests.worlds.world import World, denied, findings_of, verdicts

REGIONS, FLOW_LOGS = "vpc_different_regions", "vpc_flow_logs_enabled"
PRINCIPALS = "vpc_endpoint_services_allowed_principals_trust_boundaries"
TRUST, MULTI_AZ, ENDPOINT = (
    "vpc_endpoint_connections_trust_boundaries",
    "vpc_endpoint_multi_az_enabled",
    "vpc_endpoint_for_ec2_enabled",
)
NO_PUBLIC_IP, KINDS, ZONES = (
    "vpc_subnet_no_public_ip_by_default",
    "vpc_subnet_separate_private_public",
    "vpc_subnet_different_az",
)
PEERING, TUNNELS = "vpc_peering_routing_tables_with_least_privilege", "vpc_vpn_connection_tunnels_up"


def subnet(id_: str, zone: str, public_ip: bool = False) -> dict[str, Any]:
    return {
        "SubnetId": id_,
        "SubnetArn": f"arn:aws:ec2:us-east-1:123456789012:subnet/{id_}",
        "VpcId": "vpc-1",
        "AvailabilityZone": zone,
        "MapPublicIpOnLaunch": public_ip,
        "Tags": [{"Key": "Name", "Value": "shop"}],
    }


TABLES = [
    {
        "RouteTableId": "rtb-main",
        "VpcId": "vpc-1",
        "Associations": [{"Main": True, "RouteTableAssociationId": "rtbassoc-1"}],
        "Routes": [
            {"DestinationCidrBlock": "10.1.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable"},
            {"DestinationCidrBlock": "10.2.0.0/16", "VpcPeeringConnectionId": "pcx-1", "Origin": "CreateRoute"},
        ],
    },
    {
        "RouteTableId": "rtb-public",
        "VpcId": "vpc-1",
        "Associations": [{"Main": False, "SubnetId": "subnet-a"}],
        "Routes": [
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
            {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1"},
            {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"},
        ],
    },
]


def network() -> World:
    """One VPC in use with two subnets in us-east-1, one without anything in eu-west-1."""
    return World(
        {
            ("ec2:DescribeVpcs", "us-east-1"): {"Vpcs": [{"VpcId": "vpc-1", "IsDefault": False}]},
            ("ec2:DescribeVpcs", "eu-west-1"): {"Vpcs": [{"VpcId": "vpc-2", "IsDefault": False}]},
            ("ec2:DescribeNetworkInterfaces", "us-east-1"): {
                "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-a"}]
            },
            ("ec2:DescribeSubnets", "us-east-1"): {
                "Subnets": [subnet("subnet-a", "us-east-1a", public_ip=True), subnet("subnet-b", "us-east-1b")]
            },
            ("ec2:DescribeRouteTables", "us-east-1"): {"RouteTables": TABLES},
        }
    )


def test_vpcs_in_use_are_judged_with_their_subnets_and_routes() -> None:
    assert verdicts(network(), REGIONS, FLOW_LOGS, NO_PUBLIC_IP, KINDS, ZONES, ENDPOINT) == {
        (REGIONS, "us-east-1", "123456789012"): "PASS",
        (FLOW_LOGS, "us-east-1", "vpc-1"): "FAIL",
        (NO_PUBLIC_IP, "us-east-1", "subnet-a"): "FAIL",
        (KINDS, "us-east-1", "vpc-1"): "PASS",
        (ZONES, "us-east-1", "vpc-1"): "PASS",
        (ENDPOINT, "us-east-1", "vpc-1"): "FAIL",
    }


def test_the_account_is_named_as_a_collection_of_vpcs() -> None:
    (finding,) = findings_of(network(), REGIONS)
    assert finding.resource_arn == "arn:aws:ec2:us-east-1:123456789012:vpc"
    assert (finding.resource_type, finding.resource_group) == ("AwsEc2Vpc", "network")


def test_unused_services_are_scanned_on_request() -> None:
    found = verdicts(network(), FLOW_LOGS, NO_PUBLIC_IP, scan_unused_services=True)
    assert found == {
        (FLOW_LOGS, "us-east-1", "vpc-1"): "FAIL",
        (FLOW_LOGS, "eu-west-1", "vpc-2"): "FAIL",
        (NO_PUBLIC_IP, "us-east-1", "subnet-a"): "FAIL",
        (NO_PUBLIC_IP, "us-east-1", "subnet-b"): "PASS",
    }


def test_each_listing_is_asked_once_per_region() -> None:
    world = network()
    findings_of(world, FLOW_LOGS, NO_PUBLIC_IP, KINDS, ZONES, ENDPOINT)
    assert set(world.calls.values()) == {2}
    sizes = {params["MaxResults"] for _, _, name, params in world.params if name == "ec2:DescribeRouteTables"}
    assert sizes == {100}, "AWS refuses larger pages of route tables"


def test_a_denied_join_is_manual_where_there_is_something_to_join() -> None:
    world = network()
    world.replies["ec2:DescribeFlowLogs"] = denied()
    found = findings_of(world, FLOW_LOGS)
    assert {(f.region, f.resource_id, f.status) for f in found} == {
        ("us-east-1", "vpc-1", "MANUAL"),
        ("eu-west-1", "vpc-2", "MANUAL"),
    }
    assert all("ec2:DescribeFlowLogs" in f.status_detail for f in found)


def test_flow_logs_on_a_second_page_count() -> None:
    def pages(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        if "NextToken" not in params:
            return {"FlowLogs": [{"FlowLogId": "fl-1", "ResourceId": "eni-1"}], "NextToken": "more"}
        return {"FlowLogs": [{"FlowLogId": "fl-2", "ResourceId": "vpc-1"}]}

    world = network()
    world.replies["ec2:DescribeFlowLogs"] = pages
    assert verdicts(world, FLOW_LOGS) == {(FLOW_LOGS, "us-east-1", "vpc-1"): "PASS"}


def test_endpoints() -> None:
    policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
    endpoint = {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "Interface",
        "VpcId": "vpc-1",
        "ServiceName": "com.amazonaws.us-east-1.ec2",
        "PolicyDocument": json.dumps(policy),
        "SubnetIds": ["subnet-a", "subnet-b"],
    }
    world = network()
    world.replies["ec2:DescribeVpcEndpoints", "us-east-1"] = {"VpcEndpoints": [endpoint]}
    assert verdicts(world, TRUST, MULTI_AZ, ENDPOINT) == {
        (TRUST, "us-east-1", "vpce-1"): "FAIL",
        (MULTI_AZ, "us-east-1", "vpce-1"): "PASS",
        (ENDPOINT, "us-east-1", "vpc-1"): "PASS",
    }


def test_principals_of_every_page_and_service() -> None:
    def permissions(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        if params["ServiceId"] == "vpce-svc-own":
            return {"AllowedPrincipals": [{"Principal": "arn:aws:iam::123456789012:root"}]}
        if "NextToken" not in params:
            return {"AllowedPrincipals": [{"Principal": "123456789012"}], "NextToken": "more"}
        return {"AllowedPrincipals": [{"Principal": "*"}]}

    services = [{"ServiceId": "vpce-svc-own"}, {"ServiceId": "vpce-svc-open"}]
    world = World(
        {
            ("ec2:DescribeVpcEndpointServiceConfigurations", "us-east-1"): {"ServiceConfigurations": services},
            "ec2:DescribeVpcEndpointServicePermissions": permissions,
        }
    )
    assert verdicts(world, PRINCIPALS) == {
        (PRINCIPALS, "us-east-1", "vpce-svc-own"): "PASS",
        (PRINCIPALS, "us-east-1", "vpce-svc-open"): "FAIL",
    }
    world.replies["ec2:DescribeVpcEndpointServicePermissions"] = denied()
    assert set(verdicts(world, PRINCIPALS).values()) == {"MANUAL"}


def test_connections_to_other_networks() -> None:
    peerings = [
        {
            "VpcPeeringConnectionId": id_,
            "RequesterVpcInfo": {"CidrBlock": "10.1.0.0/16", "VpcId": "vpc-1"},
            "AccepterVpcInfo": {"CidrBlock": "10.2.0.0/16", "VpcId": "vpc-9"},
        }
        for id_ in ("pcx-1", "pcx-2")
    ]
    telemetry = [{"Status": "UP", "OutsideIpAddress": "3.3.3.3"}, {"Status": "DOWN", "OutsideIpAddress": "3.3.3.4"}]
    world = network()
    world.replies["ec2:DescribeVpcPeeringConnections", "us-east-1"] = {"VpcPeeringConnections": peerings}
    world.replies["ec2:DescribeVpnConnections", "us-east-1"] = {
        "VpnConnections": [{"VpnConnectionId": "vpn-1", "VgwTelemetry": telemetry}]
    }
    assert verdicts(world, PEERING, TUNNELS) == {
        (PEERING, "us-east-1", "pcx-1"): "FAIL",
        (PEERING, "us-east-1", "pcx-2"): "PASS",
        (TUNNELS, "us-east-1", "vpn-1"): "FAIL",
    }


# ---------------------------------------------------------------- what is another's, or no more
OTHER = "999999999999"
ARN = "arn:aws:ec2:us-east-1"


def shared() -> World:
    """A network of another account's with a subnet that is shared, in which the account has an instance."""
    told = {"OwnerId": OTHER, "VpcId": "vpc-shared"}
    return World(
        {
            ("ec2:DescribeVpcs", "us-east-1"): {"Vpcs": [told]},
            ("ec2:DescribeSubnets", "us-east-1"): {
                "Subnets": [{**told, "SubnetId": "subnet-s", "SubnetArn": f"{ARN}:{OTHER}:subnet/subnet-s"}]
            },
            ("ec2:DescribeNetworkAcls", "us-east-1"): {"NetworkAcls": [{**told, "NetworkAclId": "acl-s"}]},
            ("ec2:DescribeRouteTables", "us-east-1"): {"RouteTables": [{**told, "RouteTableId": "rtb-s"}]},
            ("ec2:DescribeSecurityGroups", "us-east-1"): {"SecurityGroups": [{**told, "GroupId": "sg-s"}]},
            ("ec2:DescribeTransitGateways", "us-east-1"): {
                "TransitGateways": [
                    {"OwnerId": OTHER, "TransitGatewayId": "tgw-s", "TransitGatewayArn": f"{ARN}:{OTHER}:tgw/tgw-s"}
                ]
            },
            ("ec2:DescribeVpcEndpoints", "us-east-1"): {"VpcEndpoints": [{**told, "VpcEndpointId": "vpce-s"}]},
            ("ec2:DescribeNetworkInterfaces", "us-east-1"): {
                "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "VpcId": "vpc-shared", "SubnetId": "subnet-s"}]
            },
        }
    )


def test_what_other_accounts_share_is_not_judged() -> None:
    about = {Vpc, Subnet, NetworkAcl, RouteTable, SecurityGroup, TransitGateway, VpcEndpoint}
    checks = [each.id for each in installed() if parameters(each.function)[0].type in about]
    assert len(checks) > 30
    assert findings_of(shared(), *checks, scan_unused_services=True) == []
    assert findings_of(shared(), REGIONS) == [], "it is no VPC of the account's own"


GONE: dict[str, tuple[str, str, dict[str, Any], str, tuple[str, ...]]] = {
    "VPN connection": (
        "ec2:DescribeVpnConnections", "VpnConnections",
        {"VpnConnectionId": "x", "VgwTelemetry": [{"Status": "DOWN"}, {"Status": "DOWN"}]}, TUNNELS,
        ("pending", "deleting", "deleted"),
    ),
    "transit gateway": (
        "ec2:DescribeTransitGateways", "TransitGateways",
        {"TransitGatewayId": "x", "TransitGatewayArn": "arn:x", "Options": {"AutoAcceptSharedAttachments": "enable"}},
        "ec2_transitgateway_auto_accept_vpc_attachments", ("pending", "deleting", "deleted"),
    ),
    "peering": (
        "ec2:DescribeVpcPeeringConnections", "VpcPeeringConnections",
        {"VpcPeeringConnectionId": "pcx-1", "RequesterVpcInfo": {"CidrBlock": "10.1.0.0/16"},
         "AccepterVpcInfo": {"CidrBlock": "10.2.0.0/16"}}, PEERING,
        ("initiating-request", "pending-acceptance", "provisioning", "deleting", "deleted", "rejected", "failed",
         "expired"),
    ),
    "Client VPN endpoint": (
        "ec2:DescribeClientVpnEndpoints", "ClientVpnEndpoints",
        {"ClientVpnEndpointId": "x", "ConnectionLogOptions": {"Enabled": False}},
        "ec2_client_vpn_endpoint_connection_logging_enabled", ("pending", "pending-associate", "deleting", "deleted"),
    ),
    "VPC endpoint": (
        "ec2:DescribeVpcEndpoints", "VpcEndpoints",
        {"VpcEndpointId": "x", "VpcEndpointType": "Interface", "SubnetIds": ["subnet-a"]}, MULTI_AZ,
        ("pendingAcceptance", "PendingAcceptance", "pending", "deleting", "deleted", "Deleted", "rejected", "failed",
         "expired"),
    ),
    "endpoint service": (
        "ec2:DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations", {"ServiceId": "x"}, PRINCIPALS,
        ("Pending", "Deleting", "Deleted", "Failed"),
    ),
    "VPC": (
        "ec2:DescribeVpcs", "Vpcs", {"VpcId": "x", "IsDefault": False}, FLOW_LOGS, ("pending", "deleting"),
    ),
    "subnet": (
        "ec2:DescribeSubnets", "Subnets",
        {"SubnetId": "x", "SubnetArn": "arn:x", "VpcId": "vpc-1", "MapPublicIpOnLaunch": True}, NO_PUBLIC_IP,
        ("pending", "failed", "failed-insufficient-capacity"),
    ),
    "volume": (
        "ec2:DescribeVolumes", "Volumes", {"VolumeId": "x", "Encrypted": False}, "ec2_ebs_volume_encryption",
        ("creating", "deleting", "deleted", "error"),
    ),
    "snapshot": (
        "ec2:DescribeSnapshots", "Snapshots", {"SnapshotId": "x", "VolumeId": "vol-1", "Encrypted": False},
        "ec2_ebs_snapshots_encrypted", ("error",),
    ),
    "image": (
        "ec2:DescribeImages", "Images", {"ImageId": "x", "Name": "x", "Public": True}, "ec2_ami_public",
        ("pending", "transient", "invalid", "deregistered", "failed", "error"),
    ),
    "instance": (
        "ec2:DescribeInstances", "Reservations", {"InstanceId": "x", "Monitoring": {"State": "disabled"}},
        "ec2_instance_detailed_monitoring_enabled", ("pending", "shutting-down", "terminated"),
    ),
}  # fmt: skip
"""What AWS goes on listing: operation, list, an item that fails a check, and its states in which that says nothing."""
ALIVE = {"peering": "active", "endpoint service": "Available", "instance": "stopped", "snapshot": "pending"}


def in_state(what: str, state: str) -> World:
    operation, list_, item, _, _ = GONE[what]
    field = {"endpoint service": "ServiceState", "peering": "Status", "Client VPN endpoint": "Status"}.get(
        what, "State"
    )
    nested = {"peering": {"Code": state}, "Client VPN endpoint": {"Code": state}, "instance": {"Name": state}}
    told: dict[str, Any] = item | {field: nested.get(what, state)}
    world = network()
    world.replies[operation, "us-east-1"] = {list_: [{"Instances": [told]} if what == "instance" else told]}
    world.replies["ec2:DescribeVpcEndpointServicePermissions"] = {"AllowedPrincipals": [{"Principal": "*"}]}
    return world


@pytest.mark.parametrize(("what", "state"), [(what, state) for what, facts in GONE.items() for state in facts[4]])
def test_nothing_is_said_of_what_is_no_more_or_not_yet(what: str, state: str) -> None:
    found = findings_of(in_state(what, state), GONE[what][3], scan_unused_services=True)
    assert "us-east-1" not in {each.region for each in found}


@pytest.mark.parametrize("what", GONE)
def test_what_lives_is_judged(what: str) -> None:
    for state in (ALIVE.get(what, "available"), "a new word"):
        found = findings_of(in_state(what, state), GONE[what][3], scan_unused_services=True)
        assert {each.status for each in found if each.region == "us-east-1"} == {"FAIL"}


def test_an_endpoint_that_is_no_more_leads_to_nothing() -> None:
    ec2 = {"VpcEndpointId": "x", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.us-east-1.ec2"}
    ec2 |= {"VpcEndpointType": "Interface"}
    world = network()
    for state, status in (("available", "PASS"), ("deleted", "FAIL"), ("failed", "FAIL")):
        world.replies["ec2:DescribeVpcEndpoints", "us-east-1"] = {"VpcEndpoints": [{**ec2, "State": state}]}
        assert verdicts(world, ENDPOINT) == {(ENDPOINT, "us-east-1", "vpc-1"): status}


def test_a_snapshot_in_error_backs_up_nothing() -> None:
    check = "ec2_ebs_volume_snapshots_exists"
    for state, status in (("completed", "PASS"), ("error", "FAIL")):
        world = World({("ec2:DescribeVolumes", "us-east-1"): {"Volumes": [{"VolumeId": "vol-1"}]}})
        snapshot = {"SnapshotId": "snap-1", "VolumeId": "vol-1", "State": state}
        world.replies["ec2:DescribeSnapshots", "us-east-1"] = {"Snapshots": [snapshot]}
        assert verdicts(world, check) == {(check, "us-east-1", "vol-1"): status}


def test_a_flow_log_whose_delivery_fails_records_nothing() -> None:
    world = network()
    log = {"FlowLogId": "fl-1", "ResourceId": "vpc-1", "DeliverLogsStatus": "FAILED"}
    world.replies["ec2:DescribeFlowLogs", "us-east-1"] = {"FlowLogs": [log]}
    assert verdicts(world, FLOW_LOGS) == {(FLOW_LOGS, "us-east-1", "vpc-1"): "FAIL"}


def test_which_services_heed_policies_is_asked_once_where_there_are_endpoints() -> None:
    services = {"com.amazonaws.us-east-1.s3": True, "com.amazonaws.us-east-1.email-smtp": False}
    policy = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})
    endpoints = [
        {"VpcEndpointId": f"vpce-{n}", "ServiceName": service, "PolicyDocument": policy}
        for n, service in enumerate([*services, *services, "com.amazonaws.us-east-1.elsewhere"])
    ]

    told = [{"ServiceName": name, "VpcEndpointPolicySupported": heeds} for name, heeds in services.items()]
    world = World({("ec2:DescribeVpcEndpoints", "us-east-1"): {"VpcEndpoints": endpoints}})
    world.replies["ec2:DescribeVpcEndpointServices"] = {"ServiceDetails": told}
    assert verdicts(world, TRUST) == {(TRUST, "us-east-1", f"vpce-{n}"): "FAIL" for n in (0, 2, 4)}
    assert world.calls["ec2:DescribeVpcEndpointServices"] == 1
    world.replies["ec2:DescribeVpcEndpointServices"] = denied()
    assert set(verdicts(world, TRUST).values()) == {"MANUAL"}


def test_what_is_new_in_replies_disturbs_nothing() -> None:
    world = network()
    vpc = {
        "VpcId": "vpc-1",
        "IsDefault": False,
        "EncryptionControl": {"VpcId": "vpc-1", "Mode": "enforce", "State": "available"},
        "NetworkFirewallAssociations": [{"FirewallArn": "arn:aws:network-firewall:us-east-1:123456789012:firewall/f"}],
    }
    regional_nat = {"NetworkInterfaceId": "eni-nat", "VpcId": "vpc-1", "InterfaceType": "nat_gateway", "Groups": []}
    tunnel = {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Tunnel", "VpcId": "vpc-1", "State": "available"}
    network_of_services = {**tunnel, "VpcEndpointId": "vpce-2", "VpcEndpointType": "ServiceNetwork"}
    world.replies["ec2:DescribeVpcs", "us-east-1"] = {"Vpcs": [vpc]}
    world.replies["ec2:DescribeNetworkInterfaces", "us-east-1"] = {"NetworkInterfaces": [regional_nat]}
    world.replies["ec2:DescribeVpcEndpoints", "us-east-1"] = {"VpcEndpoints": [tunnel, network_of_services]}
    assert verdicts(world, FLOW_LOGS, MULTI_AZ, TRUST, ENDPOINT) == {
        (FLOW_LOGS, "us-east-1", "vpc-1"): "FAIL",
        (ENDPOINT, "us-east-1", "vpc-1"): "FAIL",
    }
