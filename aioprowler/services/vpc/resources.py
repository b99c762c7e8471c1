"""Networks: VPCs, subnets, routes, interfaces, endpoints, peerings and VPN connections."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Final, Protocol

import msgspec

from aioprowler import (
    Aws,
    Facet,
    Failure,
    Here,
    Region,
    Resource,
    States,
    Tag,
    derive,
    field,
    listing,
    optional,
    source,
)
from aioprowler.judging.addresses import Addresses, admitted, is_public
from aioprowler.judging.policies import Policy
from aioprowler.judging.ports import PrefixLists, Weight
from aioprowler.judging.verdicts import told


class Vpc(
    Resource,
    id="vpc_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:vpc/{vpc_id}",
    type="AwsEc2Vpc",
    group="network",
    noun="VPC",
    owner="owner_id",
):
    """A virtual network. AWS lists those of which other accounts share a subnet as well.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
    """

    source = listing("ec2", "DescribeVpcs", "Vpcs", states=States("state", over=["deleting"], not_yet=["pending"]))
    vpc_id: str
    owner_id: str = ""
    state: str = ""
    is_default: bool
    tags: tuple[Tag, ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether it is the account's, and not shared with it."""
        return self.owner_id in ("", self.account.id)


class Subnet(Resource, id="subnet_id", type="AwsEc2Subnet", group="network", noun="Subnet", owner="owner_id"):
    """A range of a VPC's addresses in one availability zone. AWS lists those that other accounts share as well."""

    source = listing(
        "ec2",
        "DescribeSubnets",
        "Subnets",
        states=States("state", over=["failed", "failed-insufficient-capacity"], not_yet=["pending"]),
    )
    subnet_id: str
    arn: str = field(name="SubnetArn")
    owner_id: str = ""
    state: str = ""
    vpc_id: str
    availability_zone: str
    map_public_ip_on_launch: bool
    tags: tuple[Tag, ...] = ()


class SubnetsByVpc(msgspec.Struct, frozen=True):
    """The subnets of a region by their VPC."""

    by_vpc: dict[str, list[Subnet]]

    def of(self, vpc: Vpc) -> list[Subnet]:
        """Empty for a VPC that has none."""
        return self.by_vpc.get(vpc.vpc_id, [])


@derive
def subnets_by_vpc(subnets: Here[Subnet]) -> SubnetsByVpc:
    """All of the region, by the id of their VPC."""
    by_vpc: dict[str, list[Subnet]] = defaultdict(list)
    for subnet in subnets:
        by_vpc[subnet.vpc_id].append(subnet)
    return SubnetsByVpc(dict(by_vpc))


# ------------------------------------------------------------------ interfaces
class InterfaceGroup(msgspec.Struct, frozen=True, rename="pascal"):
    """A security group that a network interface is in."""

    group_id: str


class InterfaceAttachment(msgspec.Struct, frozen=True, rename="pascal"):
    """What a network interface is attached to, as far as it tells whose that is."""

    instance_owner_id: str = ""
    """An account, or a service such as `amazon-elb`."""


class InterfaceKind(msgspec.Struct, frozen=True):
    """What an interface is for, and whose the instance behind it is."""

    type: str
    owner: str = ""

    def __str__(self) -> str:
        return f"{self.type} of {self.owner}" if self.owner else self.type


class AddressAssociation(msgspec.Struct, frozen=True, rename="pascal"):
    """The public address that stands for a private one."""

    public_ip: str = ""


class PrivateAddress(msgspec.Struct, frozen=True, rename="pascal"):
    """A private address of a network interface; a public one may stand for it."""

    association: AddressAssociation = AddressAssociation()


class Ipv6Address(msgspec.Struct, frozen=True, rename="pascal"):
    """An IPv6 address of a network interface; it may be a private one."""

    ipv6_address: str


def public_addresses(associations: Iterable[AddressAssociation], ipv6: Iterable[Ipv6Address]) -> list[str]:
    """By which the internet can address an interface: public IPv4 addresses and global IPv6 ones, each once."""
    ipv4 = dict.fromkeys(each.public_ip for each in associations if each.public_ip)
    return [*ipv4, *(each.ipv6_address for each in ipv6 if is_public(each.ipv6_address))]


class NetworkInterface(
    Resource,
    id="network_interface_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:network-interface/{network_interface_id}",
    type="AwsEc2NetworkInterface",
    group="network",
    noun="Network interface",
    owner="owner_id",
):
    """What connects an instance, or whatever AWS runs for the account, to a subnet; those of regional NAT gateways are
    in none. Whoever owns a VPC sees those of the accounts with which it is shared.
    """

    source = listing("ec2", "DescribeNetworkInterfaces", "NetworkInterfaces", IncludeManagedResources=optional(True))
    network_interface_id: str
    owner_id: str = ""
    vpc_id: str = ""
    subnet_id: str = ""
    interface_type: str = ""
    groups: tuple[InterfaceGroup, ...]
    attachment: InterfaceAttachment = InterfaceAttachment()
    association: AddressAssociation = AddressAssociation()
    """Of its first private address."""
    private_ip_addresses: tuple[PrivateAddress, ...] = ()
    ipv6_addresses: tuple[Ipv6Address, ...] = ()
    tags: tuple[Tag, ...] = field(name="TagSet", default=())

    @property
    def public_addresses(self) -> list[str]:
        """IPv4 and IPv6, as texts."""
        associations = (self.association, *(each.association for each in self.private_ip_addresses))
        return public_addresses(associations, self.ipv6_addresses)

    @property
    def kind(self) -> InterfaceKind:
        """By its type and by who made it."""
        return InterfaceKind(self.interface_type, self.attachment.instance_owner_id)


class NetworkUse(msgspec.Struct, frozen=True):
    """The VPCs and subnets of a region that some network interface is in."""

    vpcs: frozenset[str] = frozenset()
    subnets: frozenset[str] = frozenset()


@derive
def network_use(interfaces: Here[NetworkInterface]) -> NetworkUse:
    """What has a network interface is in use."""
    return NetworkUse(
        vpcs=frozenset(interface.vpc_id for interface in interfaces),
        subnets=frozenset(interface.subnet_id for interface in interfaces),
    )


def is_judged(vpc: Vpc, use: NetworkUse, scan_unused_services: bool) -> bool:
    """Whether a network interface is in the VPC, or unused ones are judged as well."""
    return scan_unused_services or vpc.vpc_id in use.vpcs


class GroupMembership(msgspec.Struct, frozen=True, rename="pascal"):
    """A security group of what AWS runs in a VPC, such as a database; `status` is `active` once its rules hold."""

    vpc_security_group_id: str
    status: str | None = None

    @property
    def is_active(self) -> bool:
        """Raises UnreadableError where AWS left out the status."""
        return told(self.status, f"the status of security group {self.vpc_security_group_id}") == "active"


class GroupUse(msgspec.Struct, frozen=True):
    """The security groups of a region that some network interface is in."""

    kinds: dict[str, set[InterfaceKind]] = {}
    """By group: of which kinds its interfaces are."""


@derive
def group_use(interfaces: Here[NetworkInterface]) -> GroupUse:
    """What a network interface is in, is in use."""
    kinds: dict[str, set[InterfaceKind]] = defaultdict(set)
    for interface in interfaces:
        for group in interface.groups:
            kinds[group.group_id].add(interface.kind)
    return GroupUse(dict(kinds))


# ---------------------------------------------------------------- prefix lists
AWS_WEIGHTS: Final = {
    "cloudfront.origin-facing": 55,
    "dynamodb": 1,
    "ec2-instance-connect": 2,
    "groundstation": 5,
    "route53-healthchecks": 25,
    "s3": 1,
    "s3express": 6,
    "vpc-lattice": 10,
}
"""As how many rules a prefix list of AWS counts, by what its name ends in.

https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
"""


class PrefixList(msgspec.Struct, frozen=True, rename="pascal"):
    """A list of address ranges, all IPv4 or all IPv6, that rules and routes name by its id."""

    prefix_list_id: str
    owner_id: str
    """`AWS` for those with the addresses of AWS's services."""
    prefix_list_name: str = ""
    """Of AWS's: `com.amazonaws.eu-west-1.s3`, `com.amazonaws.global.ipv6.cloudfront.origin-facing`."""
    address_family: str = ""
    max_entries: int | None = None

    @property
    def is_of_aws(self) -> bool:
        """Whether AWS keeps it."""
        return self.owner_id == "AWS"

    @property
    def weight(self) -> Weight | None:
        """As how many rules it counts; None for one of AWS's that is newer than this table."""
        name = self.prefix_list_name.split(".", 3)[-1].removeprefix("ipv6.")
        number = AWS_WEIGHTS.get(name) if self.is_of_aws else self.max_entries
        if number is None:
            return None
        return (0, number) if self.address_family == "IPv6" else (number, 0)


class PrefixListEntry(msgspec.Struct, frozen=True, rename="pascal"):
    """A range of a prefix list."""

    cidr: str


class PrefixListEntries(msgspec.Struct, frozen=True, kw_only=True):
    """What prefix lists stand for."""

    entries: dict[str, tuple[str, ...]] = {}
    """Their ranges, by id."""


def known(found: PrefixListEntries | Failure) -> PrefixLists:
    """For judging: what is not known has its reason."""
    return PrefixLists(otherwise=found.explain()) if isinstance(found, Failure) else PrefixLists(found.entries)


NO_SUCH_LIST: Final = ("InvalidPrefixListID.NotFound", "InvalidPrefixListId.NotFound")
"""AWS spells it in both ways."""


async def entries(ids: Iterable[str], aws: Aws) -> dict[str, tuple[str, ...]] | Failure:
    """The ranges of each prefix list but those that AWS does not know; the first other failure if there is one."""
    asked = sorted(set(ids))
    operation = "GetManagedPrefixListEntries"
    answers = await asyncio.gather(*(aws.items("ec2", operation, "Entries", PrefixListId=id_) for id_ in asked))
    read: dict[str, tuple[str, ...]] = {}
    for id_, ranges in zip(asked, answers, strict=True):
        if not isinstance(ranges, Failure):
            read[id_] = tuple(each.cidr for each in msgspec.convert(ranges, list[PrefixListEntry]))
        elif ranges.code not in NO_SUCH_LIST:
            return ranges
    return read


# ---------------------------------------------------------------------- routes
class Route(msgspec.Struct, frozen=True, rename="pascal"):
    """Where packets for a range of addresses go. Fields are empty where the route is of another kind."""

    destination_cidr_block: str = ""
    destination_ipv6_cidr_block: str = ""
    destination_prefix_list_id: str = ""
    gateway_id: str = ""
    nat_gateway_id: str = ""
    vpc_peering_connection_id: str = ""
    state: str = "active"
    """`blackhole` where what it leads to is no more."""

    @property
    def leads_to_internet(self) -> bool:
        """By an internet gateway: an egress-only one (`eigw-`) lets nobody in."""
        return self.gateway_id.startswith("igw-") and self.state != "blackhole"

    @property
    def leads_to_nat(self) -> bool:
        """By a NAT gateway, which lets out, and nobody in."""
        return bool(self.nat_gateway_id) and self.state != "blackhole"

    @property
    def cidrs(self) -> list[str]:
        """Its destination, where that is no prefix list."""
        return [cidr for cidr in (self.destination_cidr_block, self.destination_ipv6_cidr_block) if cidr]


class RouteTableAssociation(msgspec.Struct, frozen=True, rename="pascal"):
    """The subnet that a route table is for; the main one is for all that have none."""

    main: bool = False
    subnet_id: str | None = None


class RouteTable(
    Resource,
    id="route_table_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:route-table/{route_table_id}",
    type="AwsEc2RouteTable",
    group="network",
    noun="Route table",
    owner="owner_id",
):
    """The routes of subnets."""

    source = listing("ec2", "DescribeRouteTables", "RouteTables")
    route_table_id: str
    owner_id: str = ""
    vpc_id: str = ""
    routes: tuple[Route, ...]
    associations: tuple[RouteTableAssociation, ...] = ()


@source("ec2:GetManagedPrefixListEntries")
async def entries_of_routes(tables: Here[RouteTable], aws: Aws) -> RoutePrefixLists | Failure:
    """Of those alone by which a way to the internet or to a peer is told: most are those of gateway endpoints."""
    ways = (route for t in tables for route in t.routes if route.leads_to_internet or route.vpc_peering_connection_id)
    found = await entries(filter(None, (route.destination_prefix_list_id for route in ways)), aws)
    return found if isinstance(found, Failure) else RoutePrefixLists(entries=found)


class RoutePrefixLists(PrefixListEntries, Facet[Region]):
    """Of those that routes of the region to the internet and to peers name."""

    source = entries_of_routes


class Exit(msgspec.Struct, frozen=True):
    """Whether the routes of a subnet lead to the internet, and so whether the internet gets in."""

    ipv4: bool = False
    ipv6: bool = False
    unknown: str = ""
    """Why there may be further ways: `the routes of subnet-1 are not known`."""

    @property
    def is_open(self) -> bool:
        """By IPv4 or by IPv6."""
        return self.ipv4 or self.ipv6


def exit_by(routes: Iterable[Route], lists: PrefixLists) -> Exit:
    """For each address the narrowest route decides, and a way to most of the internet is a way to the internet.

    https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html#route-tables-priority
    """
    every = tuple(routes)
    leading = [route for route in every if route.leads_to_internet]
    if not leading:
        return Exit()
    destinations = [(route.leads_to_internet, cidr) for route in every for cidr in _destinations(route, lists)]
    narrowest_first = groupby(sorted(destinations, key=_narrowness), _narrowness)
    ways = admitted((leads, [cidr for _, cidr in each]) for (_, leads), each in narrowest_first)
    missing = lists.missing(route.destination_prefix_list_id for route in leading)
    unknown = f"what is routed to the internet is not all known: {missing}" if missing else ""
    return Exit(ways.is_ipv4_internet, ways.is_ipv6_internet, unknown)


def _narrowness(destination: tuple[bool, str]) -> tuple[int, bool]:
    leads, cidr = destination
    return -int(cidr.partition("/")[2] or 128), leads


def _destinations(route: Route, lists: PrefixLists) -> list[str]:
    return [*route.cidrs, *lists.ranges([route.destination_prefix_list_id])]


class InSubnet(Protocol):
    """A subnet, or what is in one."""

    @property
    def subnet_id(self) -> str:
        """Empty where it lies in none."""
        ...

    @property
    def vpc_id(self) -> str:
        """Empty where it lies in none."""
        ...


class Routing(msgspec.Struct, frozen=True):
    """Where the route tables of a region lead, by what they hold for, and what goes over each peering connection."""

    by_subnet: dict[str, Exit]
    main: dict[str, Exit]
    """By VPC: of its subnets without a table of their own."""
    peered: dict[str, list[tuple[str, Route]]]
    """By peering connection: each route over it, with the id of its table."""
    lists: PrefixLists = PrefixLists()

    def exit(self, subnet_id: str, vpc_id: str) -> Exit:
        """By the subnet's own table, else by the main one of its VPC."""
        unknown = Exit(unknown=f"the routes of {subnet_id or 'its subnet'} are not known")
        return self.by_subnet.get(subnet_id) or self.main.get(vpc_id) or unknown

    def of(self, place: InSubnet) -> Exit:
        """That of the subnet that it lies in."""
        return self.exit(place.subnet_id, place.vpc_id)

    def over(self, peering: VpcPeeringConnection) -> Addresses:
        """Which addresses are routed over the connection, as far as prefix lists are known."""
        return Addresses.of(cidr for _, route in self._over(peering) for cidr in _destinations(route, self.lists))

    def named_over(self, peering: VpcPeeringConnection) -> list[dict[str, str]]:
        """These routes for IPv4, as commands call them."""
        return [
            {"route_table": table, "vpc_cidr": route.destination_cidr_block}
            for table, route in self._over(peering)
            if route.destination_cidr_block
        ]

    def unknown_over(self, peering: VpcPeeringConnection) -> str:
        """The prefix lists of these routes that are not known, and why; empty where all are."""
        return self.lists.missing(route.destination_prefix_list_id for _, route in self._over(peering))

    def _over(self, peering: VpcPeeringConnection) -> list[tuple[str, Route]]:
        return self.peered.get(peering.vpc_peering_connection_id, [])


@derive
def routing(tables: Here[RouteTable], found: RoutePrefixLists | Failure) -> Routing:
    """Of all route tables of the region."""
    lists = known(found)
    by_subnet: dict[str, Exit] = {}
    main: dict[str, Exit] = {}
    peered: dict[str, list[tuple[str, Route]]] = defaultdict(list)
    for table in tables:
        leads = exit_by(table.routes, lists)
        for association in table.associations:
            if association.subnet_id:
                by_subnet[association.subnet_id] = leads
            elif association.main:
                main[table.vpc_id] = leads
        for route in table.routes:
            if route.vpc_peering_connection_id:
                peered[route.vpc_peering_connection_id].append((table.route_table_id, route))
    return Routing(by_subnet, main, dict(peered), lists)


# ------------------------------------------------------------------- flow logs
class FlowLog(
    Resource,
    id="flow_log_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:vpc-flow-log/{flow_log_id}",
    noun="Flow log",
):
    """A record of what flows through a VPC, a subnet or a network interface.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html
    """

    source = listing("ec2", "DescribeFlowLogs", "FlowLogs")
    flow_log_id: str
    resource_id: str
    status: str = field(name="DeliverLogsStatus", default="")
    """`SUCCESS`, or `FAILED` where nothing arrives, as when a role or a bucket's policy does not let it in."""


class Logged(msgspec.Struct, frozen=True):
    """The ids of VPCs, subnets and interfaces of a region whose traffic some flow log records."""

    ids: frozenset[str]
    in_vain: frozenset[str] = frozenset()
    """Those of which no record arrives."""


@derive
def logged(flow_logs: Here[FlowLog]) -> Logged:
    """The ids of what has a flow log."""
    of = {
        fails: {each.resource_id for each in flow_logs if (each.status == "FAILED") is fails} for fails in (True, False)
    }
    return Logged(frozenset(of[False]), frozenset(of[True] - of[False]))


# ------------------------------------------------------------------- endpoints
TO_SERVICES: Final = ("Interface", "Gateway", "GatewayLoadBalancer")
"""Types of endpoints that lead to a service."""


class VpcEndpoint(
    Resource,
    id="vpc_endpoint_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:vpc-endpoint/{vpc_endpoint_id}",
    type="AwsEc2VpcEndpointService",
    group="network",
    noun="VPC endpoint",
    owner="owner_id",
):
    """A private way from a VPC to a service, a resource or a service network."""

    source = listing(
        "ec2",
        "DescribeVpcEndpoints",
        "VpcEndpoints",
        states=States(
            "life",
            over=["deleting", "deleted", "rejected", "failed", "expired"],
            not_yet=["pendingacceptance", "pending"],
        ),
    )
    vpc_endpoint_id: str
    owner_id: str = ""
    state: str = ""
    vpc_endpoint_type: str
    """`Interface`, `Gateway`, `GatewayLoadBalancer`, `Resource`, `ServiceNetwork` or `Tunnel`."""
    vpc_id: str = ""
    service_name: str = ""
    """Empty where it leads to no service."""
    policy_document: Policy | None = None
    """None where the service knows no policies of endpoints."""
    subnet_ids: tuple[str, ...]
    tags: tuple[Tag, ...] = ()

    @property
    def life(self) -> str:
        """The state in small letters: the model begins them with capitals, and AWS does not."""
        return self.state.lower()

    @property
    def service(self) -> str:
        """`ec2` of `com.amazonaws.eu-west-1.ec2`, and of the FIPS variant."""
        return self.service_name.rpartition(".")[2].removesuffix("-fips")


class OfferedService(Resource, id="name", arn="arn:{partition}:ec2:{region}:{account_id}:vpc-endpoint-service/{name}"):
    """A service that endpoints of the region may lead to: one listing, for asked by names AWS refuses to answer at all
    when it does not offer one of them.
    """

    source = listing("ec2", "DescribeVpcEndpointServices", "ServiceDetails")
    name: str = field(name="ServiceName")
    policies: bool = field(name="VpcEndpointPolicySupported")
    """Whether it heeds those of its endpoints."""


class OfferedServices(msgspec.Struct, frozen=True):
    """The services that endpoints of a region may lead to."""

    heed_policies: dict[str, bool]
    """By name: whether they heed those of their endpoints."""

    def has(self, service: str) -> bool:
        """Whether one of AWS's services is among them, as `bedrock-runtime`."""
        return any(name.endswith(f".{service}") for name in self.heed_policies)


@derive
def offered_services(services: Here[OfferedService]) -> OfferedServices:
    """Those of the region by their names."""
    return OfferedServices({service.name: service.policies for service in services})


class EndpointServices(msgspec.Struct, frozen=True):
    """Which services of AWS the VPCs of a region have endpoints for."""

    by_vpc: dict[str, set[str]]


@derive
def endpoint_services(endpoints: Here[VpcEndpoint]) -> EndpointServices:
    """The services that are reached by an endpoint, by VPC."""
    by_vpc: dict[str, set[str]] = defaultdict(set)
    for endpoint in endpoints:
        if endpoint.vpc_endpoint_type in TO_SERVICES:
            vpc = told(endpoint.vpc_id or None, f"VpcId of {endpoint.label}")
            by_vpc[vpc].add(told(endpoint.service or None, f"ServiceName of {endpoint.label}"))
    return EndpointServices(dict(by_vpc))


class VpcEndpointService(
    Resource,
    id="service_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:vpc-endpoint-service/{service_id}",
    type="AwsEc2VpcEndpointService",
    group="network",
    noun="VPC endpoint service",
):
    """A service that the account offers to others' VPCs."""

    source = listing(
        "ec2",
        "DescribeVpcEndpointServiceConfigurations",
        "ServiceConfigurations",
        states=States("service_state", over=["Deleting", "Deleted", "Failed"], not_yet=["Pending"]),
    )
    service_id: str
    service_state: str = ""
    tags: tuple[Tag, ...] = ()


@source("ec2:DescribeVpcEndpointServicePermissions")
async def allowed_principals(service: VpcEndpointService, aws: Aws) -> AllowedPrincipals | Failure:
    """Every page of them: a service may let in very many."""
    found = await aws.items(
        "ec2", "DescribeVpcEndpointServicePermissions", "AllowedPrincipals", ServiceId=service.service_id
    )
    if isinstance(found, Failure):
        return found
    return AllowedPrincipals(principals=tuple(each["Principal"] for each in found))


class AllowedPrincipals(Facet[VpcEndpointService]):
    """Who may connect to the service, on all pages."""

    source = allowed_principals
    principals: tuple[str, ...] = ()


# ------------------------------------------------------- peerings and VPNs
class PeeredIpv6Range(msgspec.Struct, frozen=True, rename="pascal"):
    """An IPv6 range of a VPC."""

    ipv6_cidr_block: str = ""


class PeeredVpc(msgspec.Struct, frozen=True, rename="pascal"):
    """One side of a peering connection, with its main range of addresses and its IPv6 ones."""

    cidr_block: str | None = None
    ipv6_cidr_block_set: tuple[PeeredIpv6Range, ...] = ()

    @property
    def cidrs(self) -> list[str | None]:
        """The main one is None where AWS does not tell it."""
        return [self.cidr_block, *(each.ipv6_cidr_block for each in self.ipv6_cidr_block_set)]


class PeeringStatus(msgspec.Struct, frozen=True, rename="pascal"):
    """https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle"""

    code: str = ""


class VpcPeeringConnection(
    Resource,
    id="vpc_peering_connection_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:vpc-peering-connection/{vpc_peering_connection_id}",
    type="AwsEc2VpcPeeringConnection",
    group="network",
    noun="VPC peering connection",
):
    """A connection that routes between two VPCs, which may be of two accounts. Each of the two owns the routes on its
    side, so that it is judged in both.
    """

    source = listing(
        "ec2",
        "DescribeVpcPeeringConnections",
        "VpcPeeringConnections",
        states=States(
            "state",
            over=["deleting", "deleted", "rejected", "failed", "expired"],
            not_yet=["initiating-request", "pending-acceptance", "provisioning"],
        ),
    )
    vpc_peering_connection_id: str
    status: PeeringStatus = PeeringStatus()
    requester: PeeredVpc = field(name="RequesterVpcInfo")
    accepter: PeeredVpc = field(name="AccepterVpcInfo")
    tags: tuple[Tag, ...] = ()

    @property
    def state(self) -> str:
        """Empty where AWS does not tell."""
        return self.status.code


class Tunnel(msgspec.Struct, frozen=True, rename="pascal"):
    """One of the two tunnels of a VPN connection; `status` is `UP` or `DOWN`."""

    status: str


class VpnConnection(
    Resource,
    id="vpn_connection_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:vpn-connection/{vpn_connection_id}",
    type="AwsEc2ClientVpnEndpoint",
    group="network",
    noun="VPN connection",
):
    """A site-to-site VPN: two tunnels, of which one may be down for maintenance."""

    source = listing(
        "ec2",
        "DescribeVpnConnections",
        "VpnConnections",
        states=States("state", over=["deleting", "deleted"], not_yet=["pending"]),
    )
    vpn_connection_id: str
    state: str = ""
    tunnels: tuple[Tunnel, ...] = field(name="VgwTelemetry")
    tags: tuple[Tag, ...] = ()
