"""VPC: subnets, routes, endpoints with their policies, endpoint services, peerings, flow logs and VPN tunnels."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import backend, now
from benchmarks.parity_seeds.build import (
    ANYWHERE,
    ANYWHERE_6,
    OTHER_ACCOUNT,
    add_subnet,
    add_vpc,
    allow,
    deny,
    document,
    open_to_internet,
    route,
    tags,
)

_OWN: Final = "<account>"


def seed(clients: Clients) -> None:
    """Fill one account, to be scanned with what nothing uses."""
    layouts(clients)
    flow_logs(clients)
    endpoints(clients)
    endpoint_services(clients)
    peerings(clients)
    tunnels(clients)


def endpoints(clients: Clients) -> None:
    """Create a VPC with endpoints."""
    vpc_id = add_vpc(clients, "endpoints", "10.50.0.0/16")
    zones = {
        zone: add_subnet(clients, vpc_id, f"endpoints-{zone}", f"10.50.{number}.0/24", zone)
        for number, zone in enumerate("abc")
    }
    endpoint_policies(clients, vpc_id)
    endpoint_zones(clients, vpc_id, zones)


def layouts(clients: Clients) -> None:
    """Create VPCs with public and private subnets, one kind only, in one zone and in two, and routes of each kind."""
    ec2 = clients("ec2")
    plans = {
        "one-public": "a", "two-public": "ab", "one-private": "-a", "two-private": "-a-b", "both": "a-b",
        "both-in-one-zone": "a-a", "two-of-both": "ab-a-b", "none": "",
    }  # fmt: skip
    for number, (name, plan) in enumerate(plans.items()):
        vpc_id = add_vpc(clients, name, f"10.{number}.0.0/16")
        public: list[str] = []
        private = False
        for place, letter in enumerate(plan):
            if letter == "-":
                private = True
                continue
            kind = "private" if private else "public"
            subnet = add_subnet(clients, vpc_id, f"{name}-{kind}-{place}", f"10.{number}.{place}.0/24", letter)
            if not private:
                public.append(subnet)
            private = False
        if public:
            open_to_internet(clients, vpc_id, *public)
            ec2.modify_subnet_attribute(SubnetId=public[0], MapPublicIpOnLaunch={"Value": True})
    main_table(clients)
    other_routes(clients)


def main_table(clients: Clients) -> None:
    """Make a VPC public by its main route table, which subnets use that name no other; and a private one beside it."""
    ec2 = clients("ec2", SECOND_REGION)
    beside = add_vpc(clients, "private-by-main-table", "10.21.0.0/16", SECOND_REGION)
    add_subnet(clients, beside, "private-by-main-table-a", "10.21.0.0/24", "a", SECOND_REGION)
    vpc_id = add_vpc(clients, "public-by-main-table", "10.20.0.0/16", SECOND_REGION)
    add_subnet(clients, vpc_id, "public-by-main-table-a", "10.20.0.0/24", "a", SECOND_REGION)
    inner = add_subnet(clients, vpc_id, "public-by-main-table-inner", "10.20.1.0/24", "b", SECOND_REGION)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    main = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "association.main", "Values": ["true"]}]
    (table,) = ec2.describe_route_tables(Filters=main)["RouteTables"]
    ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=ANYWHERE, GatewayId=gateway)
    own = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=own, SubnetId=inner)


def other_routes(clients: Clients) -> None:
    """Route subnets to a NAT gateway, over IPv6 only, and to a part of the internet."""
    ec2 = clients("ec2")
    vpc_id = add_vpc(clients, "other-routes", "10.30.0.0/16")
    names = ("public", "nat", "six", "part", "egress-only")
    subnets = {
        name: add_subnet(clients, vpc_id, f"routes-{name}", f"10.30.{number}.0/24", "abc"[number % 3])
        for number, name in enumerate(names)
    }
    gateway = open_to_internet(clients, vpc_id, subnets["public"])
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnets["public"], AllocationId=address)["NatGateway"]["NatGatewayId"]
    made = ec2.create_egress_only_internet_gateway(VpcId=vpc_id)["EgressOnlyInternetGateway"]
    egress = made["EgressOnlyInternetGatewayId"]
    route(clients, vpc_id, [subnets["nat"]], {"DestinationCidrBlock": ANYWHERE, "NatGatewayId": nat})
    route(clients, vpc_id, [subnets["six"]], {"DestinationIpv6CidrBlock": ANYWHERE_6, "GatewayId": gateway})
    route(clients, vpc_id, [subnets["part"]], {"DestinationCidrBlock": "8.8.8.0/24", "GatewayId": gateway})
    only = {
        "DestinationIpv6CidrBlock": ANYWHERE_6,
        "EgressOnlyInternetGatewayId": egress,
    }
    route(clients, vpc_id, [subnets["egress-only"]], only)


def flow_logs(clients: Clients) -> None:
    """Log all, the accepted and the rejected traffic of VPCs, of a subnet only, and nothing."""
    ec2 = clients("ec2")
    choices = {
        "all": ("VPC", "ALL"), "accepted": ("VPC", "ACCEPT"), "rejected": ("VPC", "REJECT"),
        "in-part": ("Subnet", "ALL"),
    }  # fmt: skip
    for number, (name, (kind, traffic)) in enumerate(choices.items()):
        vpc_id = add_vpc(clients, f"logged-{name}", f"10.{40 + number}.0.0/16")
        subnet = add_subnet(clients, vpc_id, f"logged-{name}-a", f"10.{40 + number}.0.0/24")
        bucket = f"flows-{name}-{clients.account_id}"
        clients("s3").create_bucket(Bucket=bucket)
        ec2.create_flow_logs(
            ResourceType=kind,
            ResourceIds=[subnet if kind == "Subnet" else vpc_id],
            TrafficType=traffic,
            LogDestinationType="s3",
            LogDestination=f"arn:aws:s3:::{bucket}",
        )


def _endpoint_statements() -> dict[str, list[dict[str, Any]]]:
    other = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
    own = f"arn:aws:iam::{_OWN}:root"
    principals: dict[str, Any] = {
        "star": "*", "aws-star": {"AWS": "*"}, "own-root": {"AWS": own}, "own-id": {"AWS": _OWN},
        "own-role": {"AWS": f"arn:aws:iam::{_OWN}:role/app"}, "other-root": {"AWS": other},
        "other-id": {"AWS": OTHER_ACCOUNT}, "own-and-other": {"AWS": [own, other]}, "own-list": {"AWS": [own]},
        "service": {"Service": "ec2.amazonaws.com"},
    }  # fmt: skip
    conditions: dict[str, dict[str, Any]] = {
        "own-account": {"StringEquals": {"aws:PrincipalAccount": _OWN}},
        "other-account": {"StringEquals": {"aws:PrincipalAccount": OTHER_ACCOUNT}},
        "organization": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        "own-arn": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{_OWN}:role/*"}},
        "own-resources": {"StringEquals": {"aws:ResourceAccount": _OWN}},
        "vpc": {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}},
        "not-own-account": {"StringNotEquals": {"aws:PrincipalAccount": _OWN}},
        "private-addresses": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}},
    }
    statements = {f"for-{name}": [allow("*", Principal=principal)] for name, principal in principals.items()}
    statements |= {f"if-{name}": [allow("*", Principal="*", Condition=each)] for name, each in conditions.items()}
    statements |= {
        f"other-if-{name}": [allow("*", Principal={"AWS": other}, Condition=each)] for name, each in conditions.items()
    }
    return statements | {
        "deny-only": [deny("*", Principal="*")],
        "own-then-star": [allow("*", Principal={"AWS": own}), allow("*", Principal="*")],
        "star-denied": [allow("*", Principal="*"), deny("*", Principal="*")],
        "one-action": [allow("s3:GetObject", "arn:aws:s3:::bucket/*", Principal="*")],
    }


def endpoint_policies(clients: Clients, vpc_id: str) -> None:
    """Create an endpoint for S3 under each policy."""
    for name, statements in _endpoint_statements().items():
        clients("ec2").create_vpc_endpoint(
            VpcId=vpc_id,
            ServiceName=f"com.amazonaws.{HOME_REGION}.s3",
            VpcEndpointType="Gateway",
            PolicyDocument=document(*statements).replace(_OWN, clients.account_id),
            TagSpecifications=tags("vpc-endpoint", f"endpoint-{name}"),
        )
    clients("ec2").create_vpc_endpoint(
        VpcId=vpc_id,
        ServiceName=f"com.amazonaws.{HOME_REGION}.dynamodb",
        VpcEndpointType="Gateway",
        TagSpecifications=tags("vpc-endpoint", "endpoint-without-policy"),
    )


def endpoint_zones(clients: Clients, vpc_id: str, zones: dict[str, str]) -> None:
    """Create interface endpoints in one zone, in two and in three; one of them for EC2."""
    own = document(allow("*", Principal={"AWS": clients.account_id}))
    for service, letters in (("ec2", "ab"), ("ssm", "a"), ("kms", "abc"), ("sqs", "b")):
        clients("ec2").create_vpc_endpoint(
            VpcId=vpc_id,
            ServiceName=f"com.amazonaws.{HOME_REGION}.{service}",
            VpcEndpointType="Interface",
            SubnetIds=[zones[letter] for letter in letters],
            PolicyDocument=own,
            TagSpecifications=tags("vpc-endpoint", f"interface-{service}-{letters}"),
        )


def endpoint_services(clients: Clients) -> None:
    """Offer services to nobody, to the own account, to another, to both and to everybody."""
    ec2, own = clients("ec2"), f"arn:aws:iam::{clients.account_id}:root"
    other = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
    elb = clients("elbv2")
    subnet = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][0]["SubnetId"]
    choices = {"nobody": [], "own": [own], "other": [other], "both": [own, other], "everybody": ["*"]}
    for name, principals in choices.items():
        balancer = elb.create_load_balancer(Name=f"for-{name}", Type="network", Scheme="internal", Subnets=[subnet])
        arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
        made = ec2.create_vpc_endpoint_service_configuration(
            NetworkLoadBalancerArns=[arn], TagSpecifications=tags("vpc-endpoint-service", f"service-for-{name}")
        )["ServiceConfiguration"]["ServiceId"]
        if principals:
            ec2.modify_vpc_endpoint_service_permissions(ServiceId=made, AddAllowedPrincipals=principals)


def peerings(clients: Clients) -> None:
    """Peer VPCs, with routes to the whole other side, to a part of it, to more than it, and without."""
    ec2 = clients("ec2")
    cidrs = {"whole": ["10.101.0.0/16"], "part": ["10.102.1.0/24"], "more": ["10.0.0.0/8"], "nothing": []}
    cidrs |= {"everything": [ANYWHERE], "part-and-whole": ["10.105.1.0/24", "10.105.0.0/16"]}
    for number, (name, destinations) in enumerate(cidrs.items()):
        here = add_vpc(clients, f"peer-{name}-here", f"10.{60 + number}.0.0/16")
        there = add_vpc(clients, f"peer-{name}-there", f"10.{101 + number}.0.0/16")
        subnet = add_subnet(clients, here, f"peer-{name}-a", f"10.{60 + number}.0.0/24")
        peering = ec2.create_vpc_peering_connection(
            VpcId=here, PeerVpcId=there, TagSpecifications=tags("vpc-peering-connection", f"peering-{name}")
        )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
        route(
            clients,
            here,
            [subnet],
            *({"DestinationCidrBlock": each, "VpcPeeringConnectionId": peering} for each in destinations),
        )
    here = add_vpc(clients, "peer-pending-here", "10.80.0.0/16")
    there = add_vpc(clients, "peer-pending-there", "10.81.0.0/16", SECOND_REGION)
    ec2.create_vpc_peering_connection(
        VpcId=here,
        PeerVpcId=there,
        PeerRegion=SECOND_REGION,
        TagSpecifications=tags("vpc-peering-connection", "peering-pending"),
    )


def tunnels(clients: Clients) -> None:
    """Have VPN connections with both tunnels up, one of them, and none."""
    ec2 = clients("ec2")
    gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    for number, states in enumerate((("UP", "UP"), ("UP", "DOWN"), ("DOWN", "UP"), ("DOWN", "DOWN"))):
        customer = ec2.create_customer_gateway(Type="ipsec.1", PublicIp=f"203.0.113.{number}", BgpAsn=65000)
        made = ec2.create_vpn_connection(
            Type="ipsec.1",
            CustomerGatewayId=customer["CustomerGateway"]["CustomerGatewayId"],
            VpnGatewayId=gateway,
            TagSpecifications=tags("vpn-connection", f"vpn-{'-'.join(states).lower()}"),
        )["VpnConnection"]["VpnConnectionId"]
        backend(clients, "ec2").vpn_connections[made].vgw_telemetry = [
            {"Status": state, "OutsideIpAddress": f"198.51.100.{number}", "LastStatusChange": now()} for state in states
        ]
