"""Networks: VPCs, subnets, endpoints, peerings and VPN connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from aioprowler.demo.seed.documents import document

ANYWHERE: Final = "0.0.0.0/0"


@dataclass(frozen=True, slots=True)
class Network:
    """A VPC and its subnets by name."""

    vpc_id: str
    subnets: dict[str, str]


def seed_management(clients: Clients) -> Network:
    """Give the management account one small, private network in Europe."""
    return private_network(clients, SECOND_REGION, "audit", 40, zones="ab")


def seed_production(clients: Clients) -> dict[str, Network]:
    """Give production a model network, an old one and one abroad; return them by region."""
    shop = shop_network(clients)
    legacy = private_network(clients, HOME_REGION, "legacy", 21, zones="a")
    europe = private_network(clients, SECOND_REGION, "shop-eu", 30, zones="a")
    record_flows(clients, shop)
    endpoints_of_shop(clients, shop)
    careful_peering(clients, shop, legacy)
    careless_peering(clients, shop, legacy)
    branch_office_vpn(clients)
    shared_services(clients, shop)
    return {HOME_REGION: shop, SECOND_REGION: europe}


def seed_sandbox(clients: Clients) -> Network:
    """Give the sandbox a network in one region, whose only subnet hands out public addresses."""
    return public_network(clients, HOME_REGION, "playground", 50)


def shop_network(clients: Clients) -> Network:
    """Create public and private subnets in two availability zones."""
    network = public_network(clients, HOME_REGION, "shop", 20)
    private = {
        f"shop-private-{zone}": add_subnet(clients, HOME_REGION, network.vpc_id, f"shop-private-{zone}", cidr)
        for zone, cidr in (("a", "10.20.1.0/24"), ("b", "10.20.2.0/24"))
    }
    return Network(network.vpc_id, network.subnets | private)


def public_network(clients: Clients, region: str, name: str, number: int) -> Network:
    """Create a VPC whose only subnet is routed to the internet and assigns public addresses."""
    ec2 = clients("ec2", region)
    vpc_id = add_vpc(clients, region, name, number)
    subnet = add_subnet(clients, region, vpc_id, f"{name}-public-a", f"10.{number}.0.0/24")
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    table = add_route_table(ec2, vpc_id, subnet)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, GatewayId=gateway)
    return Network(vpc_id, {f"{name}-public-a": subnet})


def private_network(clients: Clients, region: str, name: str, number: int, zones: str) -> Network:
    """Create a VPC with one private subnet in each of the availability zones."""
    vpc_id = add_vpc(clients, region, name, number)
    names = {f"{name}-private-{zone}": f"10.{number}.{index}.0/24" for index, zone in enumerate(zones)}
    return Network(vpc_id, {name: add_subnet(clients, region, vpc_id, name, cidr) for name, cidr in names.items()})


def add_vpc(clients: Clients, region: str, name: str, number: int) -> str:
    """Create a VPC and return its id."""
    tags = named("vpc", name)
    vpc = clients("ec2", region).create_vpc(CidrBlock=f"10.{number}.0.0/16", TagSpecifications=tags)["Vpc"]
    return str(vpc["VpcId"])


def add_subnet(clients: Clients, region: str, vpc_id: str, name: str, cidr: str) -> str:
    """Create a subnet in the zone that the last letter of its name says; return its id."""
    reply = clients("ec2", region).create_subnet(
        VpcId=vpc_id, CidrBlock=cidr, AvailabilityZone=region + name[-1], TagSpecifications=named("subnet", name)
    )
    return str(reply["Subnet"]["SubnetId"])


def add_route_table(ec2: Any, vpc_id: str, subnet: str) -> str:
    """Create a route table for a subnet and return its id."""
    table = str(ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"])
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return table


def record_flows(clients: Clients, network: Network) -> None:
    """Deliver the flow logs of a VPC to the account's log bucket."""
    clients("ec2").create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[network.vpc_id],
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::production-access-logs",
    )


def endpoints_of_shop(clients: Clients, shop: Network) -> None:
    """Create endpoints: EC2 in two zones for this account only, SSM in one, S3 for everybody."""
    ec2 = clients("ec2")
    private = [shop.subnets["shop-private-a"], shop.subnets["shop-private-b"]]
    own_account = {"AWS": f"arn:aws:iam::{clients.account_id}:root"}
    for service, subnets in (("ec2", private), ("ssm", private[:1])):
        ec2.create_vpc_endpoint(
            VpcId=shop.vpc_id,
            ServiceName=f"com.amazonaws.{HOME_REGION}.{service}",
            VpcEndpointType="Interface",
            SubnetIds=subnets,
            PolicyDocument=endpoint_policy(own_account),
        )
    ec2.create_vpc_endpoint(
        VpcId=shop.vpc_id,
        ServiceName=f"com.amazonaws.{HOME_REGION}.s3",
        VpcEndpointType="Gateway",
        PolicyDocument=endpoint_policy("*"),
    )


def endpoint_policy(principal: str | dict[str, str]) -> str:
    """Write an endpoint policy that lets a principal do everything."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}
    return document(statement)


def careful_peering(clients: Clients, shop: Network, legacy: Network) -> None:
    """Peer two VPCs and route only one subnet of the other across."""
    peering = peer(clients, shop, legacy)
    add_peering_route(clients, shop, "shop-private-a", peering, "10.21.0.0/24")


def careless_peering(clients: Clients, shop: Network, legacy: Network) -> None:
    """Peer two VPCs and let one reach all addresses of the other."""
    peering = peer(clients, shop, legacy)
    add_peering_route(clients, legacy, "legacy-private-a", peering, "10.20.0.0/16")


def peer(clients: Clients, requester: Network, accepter: Network) -> str:
    """Peer two VPCs; return the id of the connection."""
    ec2 = clients("ec2")
    reply = ec2.create_vpc_peering_connection(VpcId=requester.vpc_id, PeerVpcId=accepter.vpc_id)
    peering = str(reply["VpcPeeringConnection"]["VpcPeeringConnectionId"])
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    return peering


def add_peering_route(clients: Clients, network: Network, subnet: str, peering: str, destination: str) -> None:
    """Route a range of addresses from a subnet through a peering connection."""
    ec2 = clients("ec2")
    table = add_route_table(ec2, network.vpc_id, network.subnets[subnet])
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=destination, VpcPeeringConnectionId=peering)


def branch_office_vpn(clients: Clients) -> None:
    """Connect a branch office."""
    ec2 = clients("ec2")
    customer = ec2.create_customer_gateway(Type="ipsec.1", PublicIp="198.51.100.7", BgpAsn=65000)
    private = ec2.create_vpn_gateway(Type="ipsec.1")
    ec2.create_vpn_connection(
        Type="ipsec.1",
        CustomerGatewayId=customer["CustomerGateway"]["CustomerGatewayId"],
        VpnGatewayId=private["VpnGateway"]["VpnGatewayId"],
    )


def shared_services(clients: Clients, shop: Network) -> None:
    """Offer one endpoint service to this account and another one to the world."""
    elb, ec2 = clients("elbv2"), clients("ec2")
    principals = {"ledger": f"arn:aws:iam::{clients.account_id}:root", "catalogue": "*"}
    for name, principal in principals.items():
        subnets = [shop.subnets["shop-private-a"]]
        balancer = elb.create_load_balancer(Name=name, Type="network", Scheme="internal", Subnets=subnets)
        arns = [item["LoadBalancerArn"] for item in balancer["LoadBalancers"]]
        service = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=arns)
        ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=service["ServiceConfiguration"]["ServiceId"], AddAllowedPrincipals=[principal]
        )


def named(resource_type: str, name: str) -> list[dict[str, Any]]:
    """Write the tag specification that names a resource."""
    return [{"ResourceType": resource_type, "Tags": [{"Key": "Name", "Value": name}]}]
