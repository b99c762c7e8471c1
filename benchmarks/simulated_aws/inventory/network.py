"""Networks: VPCs with three subnets each, and all that is in them."""

from __future__ import annotations

import json
from typing import Final

from benchmarks.simulated_aws.inventory.ec2 import listing, network_interface, vpc_of
from benchmarks.simulated_aws.inventory.world import Json, Params, World, tags
from benchmarks.simulated_aws.rendering import ACCOUNT, REGION

_ANYONE: Final = "0.0.0.0/0"
_ACTIVE: Final = {"State": "active", "Origin": "CreateRoute"}
_PORTS: Final = (22, 3389, 443, 3306, 5432, 27017)


def _vpcs(world: World) -> list[Json]:
    return [
        {
            "VpcId": world.id("vpc", number),
            "CidrBlock": f"10.{number}.0.0/16",
            "IsDefault": number == 0,
            "State": "available",
            "OwnerId": ACCOUNT,
            "InstanceTenancy": "default",
            "DhcpOptionsId": world.id("dopt", 0),
            "Tags": tags(Name=f"vpc-{number}"),
        }
        for number in range(max(1, world.size("ec2:vpc")))
    ]


def _subnets(world: World) -> list[Json]:
    return [
        {
            "SubnetId": world.id("subnet", number),
            "SubnetArn": world.arn("ec2", f"subnet/{world.id('subnet', number)}"),
            "VpcId": vpc["VpcId"],
            "AvailabilityZone": world.zone(number),
            "AvailableIpAddressCount": 4000,
            "CidrBlock": f"10.{number // 3}.{number % 3 * 16}.0/20",
            "DefaultForAz": vpc["IsDefault"],
            "MapPublicIpOnLaunch": world.bad("subnet", number),
            "State": "available",
            "OwnerId": ACCOUNT,
            "Tags": tags(Name=f"subnet-{number}"),
        }
        for place, vpc in enumerate(_vpcs(world))
        for number in range(3 * place, 3 * place + 3)
    ]


def _route_tables(world: World) -> list[Json]:
    """Of each VPC the main table, which leads nowhere, and one that leads the first subnet to the internet."""
    tables: list[Json] = []
    for number, vpc in enumerate(_vpcs(world)):
        inside: Json = {"DestinationCidrBlock": vpc["CidrBlock"], "GatewayId": "local", **_ACTIVE}
        outside: Json = {"DestinationCidrBlock": _ANYONE, "GatewayId": world.id("igw", number), **_ACTIVE}
        main, public = world.id("rtb", 2 * number), world.id("rtb", 2 * number + 1)
        common = {"VpcId": vpc["VpcId"], "OwnerId": ACCOUNT}
        peerings = [
            {"DestinationCidrBlock": "10.99.0.0/16", "VpcPeeringConnectionId": world.id("pcx", each), **_ACTIVE}
            for each in world.each("ec2:vpc_peering")
            if number == 0
        ]
        association = {"Main": True, "RouteTableId": main, "RouteTableAssociationId": world.id("rtbassoc", 2 * number)}
        tables.append(common | {"RouteTableId": main, "Routes": [inside, *peerings], "Associations": [association]})
        association = {
            "Main": False,
            "RouteTableId": public,
            "SubnetId": world.id("subnet", 3 * number),
            "RouteTableAssociationId": world.id("rtbassoc", 2 * number + 1),
        }
        tables.append(common | {"RouteTableId": public, "Routes": [inside, outside], "Associations": [association]})
    return tables


def _security_groups(world: World) -> list[Json]:
    """Each VPC's default group, and further ones of which one in three lets anyone in."""
    vpcs = _vpcs(world)
    everywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": _ANYONE}], "Ipv6Ranges": [], "UserIdGroupPairs": []}
    own = [
        {
            "GroupId": world.id("sg", 1_000_000 + number),
            "GroupName": "default",
            "Description": "default VPC security group",
            "OwnerId": ACCOUNT,
            "VpcId": vpc["VpcId"],
            "IpPermissions": [everywhere] if world.bad("default group", number) else [],
            "IpPermissionsEgress": [everywhere],
        }
        for number, vpc in enumerate(vpcs)
    ]
    further = [
        {
            "GroupId": world.id("sg", number),
            "GroupName": f"group-{number}",
            "Description": f"group {number}",
            "OwnerId": ACCOUNT,
            "VpcId": vpc_of(world, number),
            "IpPermissions": [_rule(number, _ANYONE if world.bad("group", number) else "10.0.0.0/8")],
            "IpPermissionsEgress": [everywhere],
            "Tags": tags(Name=f"group-{number}"),
        }
        for number in world.each("ec2:security_group")
    ]
    return own + further


def _rule(number: int, network: str) -> Json:
    port = _PORTS[number % len(_PORTS)]
    rule: Json = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": network}]}
    return rule | {"Ipv6Ranges": [], "UserIdGroupPairs": [], "PrefixListIds": []}


def _network_acls(world: World) -> list[Json]:
    acls: list[Json] = []
    for number, vpc in enumerate(_vpcs(world)):
        network = _ANYONE if world.bad("acl", number) else "10.0.0.0/8"
        allow = {"Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}
        entries = [
            {**allow, "Egress": False, "CidrBlock": network},
            {**allow, "Egress": True, "CidrBlock": _ANYONE},
            {"Protocol": "-1", "RuleAction": "deny", "RuleNumber": 32767, "Egress": False, "CidrBlock": _ANYONE},
        ]
        acls.append(
            {
                "NetworkAclId": world.id("acl", number),
                "VpcId": vpc["VpcId"],
                "IsDefault": True,
                "OwnerId": ACCOUNT,
                "Entries": entries,
                "Associations": [],
                "Tags": tags(Name=f"acl-{number}"),
            }
        )
    return acls


def _interfaces(world: World) -> list[Json]:
    """The instances', then those of load balancers."""
    interfaces: list[Json] = []
    for number in world.each("ec2:interface"):
        owned = number < world.size("ec2:instance")
        attachment: Json = {"AttachmentId": world.id("eni-attach", number), "Status": "attached"}
        if owned:
            attachment |= {"InstanceId": world.id("i", number), "InstanceOwnerId": ACCOUNT}
        else:
            attachment |= {"InstanceOwnerId": "amazon-elb"}
        interface = network_interface(world, number) | {"AvailabilityZone": world.zone(number), "Description": ""}
        interfaces.append(interface | {"Attachment": attachment, "TagSet": tags(Name=f"interface-{number}")})
    return interfaces


def _addresses(world: World) -> list[Json]:
    return [
        {
            "PublicIp": f"198.51.100.{number % 254 + 1}",
            "AllocationId": world.id("eipalloc", number),
            "Domain": "vpc",
            "Tags": tags(Name=f"address-{number}"),
        }
        | ({} if world.bad("address", number) else {"AssociationId": world.id("eipassoc", number)})
        for number in world.each("ec2:address")
    ]


def _flow_logs(world: World) -> list[Json]:
    return [
        {
            "FlowLogId": world.id("fl", number),
            "FlowLogStatus": "ACTIVE",
            "ResourceId": vpc["VpcId"],
            "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs",
            "CreationTime": world.ago(100),
        }
        for number, vpc in enumerate(_vpcs(world))
        if not world.bad("flow log", number)
    ]


def _endpoints(world: World) -> list[Json]:
    return [
        {
            "VpcEndpointId": world.id("vpce", number),
            "VpcEndpointType": "Interface" if number % 2 else "Gateway",
            "VpcId": vpc_of(world, number),
            "ServiceName": f"com.amazonaws.{REGION}.{('s3', 'ec2', 'dynamodb', 'sts')[number % 4]}",
            "State": "available",
            "PolicyDocument": json.dumps(_endpoint_policy(open_to_all=world.bad("endpoint", number))),
            "SubnetIds": [world.id("subnet", 0)] if world.bad("endpoint zones", number) else _three(world),
            "RouteTableIds": [],
            "OwnerId": ACCOUNT,
            "Tags": tags(Name=f"endpoint-{number}"),
        }
        for number in world.each("ec2:vpc_endpoint")
    ]


def _three(world: World) -> list[str]:
    return [world.id("subnet", number) for number in range(3)]


def _endpoint_policy(*, open_to_all: bool) -> Json:
    principal: object = "*" if open_to_all else {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _service_configurations(world: World) -> list[Json]:
    return [
        {
            "ServiceId": world.id("vpce-svc", number),
            "ServiceName": f"com.amazonaws.vpce.{REGION}.{world.id('vpce-svc', number)}",
            "ServiceState": "Available",
            "AcceptanceRequired": True,
            "AvailabilityZones": [world.zone(0)],
            "Tags": tags(Name=f"service-{number}"),
        }
        for number in world.each("ec2:vpc_endpoint_service")
    ]


def _endpoint_services(world: World, _: Params) -> Json:
    details = [
        {"ServiceId": each["ServiceId"], "ServiceName": each["ServiceName"], "Owner": ACCOUNT, "Tags": each["Tags"]}
        for each in _service_configurations(world)
    ]
    return {"ServiceNames": [each["ServiceName"] for each in details], "ServiceDetails": details}


def _service_permissions(world: World, params: Params) -> Json:
    number = int(str(params.get("ServiceId", "0"))[-8:] or "0", 16)
    who = "*" if world.bad("endpoint service", number) else f"arn:aws:iam::{ACCOUNT}:root"
    return {"AllowedPrincipals": [{"PrincipalType": "Account", "Principal": who}]}


def _peerings(world: World) -> list[Json]:
    side = {"OwnerId": ACCOUNT, "Region": REGION}
    return [
        {
            "VpcPeeringConnectionId": world.id("pcx", number),
            "RequesterVpcInfo": side | {"VpcId": world.id("vpc", 0), "CidrBlock": "10.0.0.0/16"},
            "AccepterVpcInfo": side | {"VpcId": world.id("vpc", 1), "CidrBlock": "10.99.0.0/16"},
            "Status": {"Code": "active"},
            "Tags": tags(Name=f"peering-{number}"),
        }
        for number in world.each("ec2:vpc_peering")
    ]


def _vpn_connections(world: World) -> list[Json]:
    return [
        {
            "VpnConnectionId": world.id("vpn", number),
            "State": "available",
            "Type": "ipsec.1",
            "CustomerGatewayId": world.id("cgw", number),
            "VgwTelemetry": [
                {"OutsideIpAddress": "192.0.2.1", "Status": "UP", "AcceptedRouteCount": 1},
                {"OutsideIpAddress": "192.0.2.2", "Status": "DOWN" if world.bad("vpn", number) else "UP"},
            ],
            "Tags": tags(Name=f"vpn-{number}"),
        }
        for number in world.each("ec2:vpn")
    ]


def _transit_gateways(world: World) -> list[Json]:
    return [
        {
            "TransitGatewayId": world.id("tgw", number),
            "TransitGatewayArn": world.arn("ec2", f"transit-gateway/{world.id('tgw', number)}"),
            "OwnerId": ACCOUNT,
            "State": "available",
            "Options": {"AutoAcceptSharedAttachments": "enable" if world.bad("tgw", number) else "disable"},
            "Tags": tags(Name=f"gateway-{number}"),
        }
        for number in world.each("ec2:transit_gateway")
    ]


def _client_vpns(world: World) -> list[Json]:
    return [
        {
            "ClientVpnEndpointId": world.id("cvpn-endpoint", number),
            "Status": {"Code": "available"},
            "CreationTime": "2025-01-02T03:04:05",
            "ConnectionLogOptions": {"Enabled": not world.bad("client vpn", number)},
            "Tags": tags(Name=f"client-vpn-{number}"),
        }
        for number in world.each("ec2:client_vpn")
    ]


OPERATIONS: Final = {
    "DescribeAddresses": listing("Addresses", _addresses, "AllocationIds", "AllocationId"),
    "DescribeClientVpnEndpoints": listing(
        "ClientVpnEndpoints", _client_vpns, "ClientVpnEndpointIds", "ClientVpnEndpointId"
    ),
    "DescribeFlowLogs": listing("FlowLogs", _flow_logs, "FlowLogIds", "FlowLogId"),
    "DescribeNetworkAcls": listing("NetworkAcls", _network_acls, "NetworkAclIds", "NetworkAclId"),
    "DescribeNetworkInterfaces": listing(
        "NetworkInterfaces",
        _interfaces,
        "NetworkInterfaceIds",
        "NetworkInterfaceId",
        "InvalidNetworkInterfaceID.NotFound",
    ),
    "DescribeRouteTables": listing("RouteTables", _route_tables, "RouteTableIds", "RouteTableId"),
    "DescribeSecurityGroups": listing(
        "SecurityGroups", _security_groups, "GroupIds", "GroupId", "InvalidGroup.NotFound"
    ),
    "DescribeSubnets": listing("Subnets", _subnets, "SubnetIds", "SubnetId", "InvalidSubnetID.NotFound"),
    "DescribeTransitGateways": listing("TransitGateways", _transit_gateways, "TransitGatewayIds", "TransitGatewayId"),
    "DescribeVpcEndpointServiceConfigurations": listing(
        "ServiceConfigurations", _service_configurations, "ServiceIds", "ServiceId"
    ),
    "DescribeVpcEndpointServicePermissions": _service_permissions,
    "DescribeVpcEndpointServices": _endpoint_services,
    "DescribeVpcEndpoints": listing("VpcEndpoints", _endpoints, "VpcEndpointIds", "VpcEndpointId"),
    "DescribeVpcPeeringConnections": listing(
        "VpcPeeringConnections", _peerings, "VpcPeeringConnectionIds", "VpcPeeringConnectionId"
    ),
    "DescribeVpcs": listing("Vpcs", _vpcs, "VpcIds", "VpcId", "InvalidVpcID.NotFound"),
    "DescribeVpnConnections": listing("VpnConnections", _vpn_connections, "VpnConnectionIds", "VpnConnectionId"),
}
