from __future__ import annotations

import json
from typing import Any

from aioprowler import Account
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
