from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.judging.policies import Policy
from aioprowler.services.vpc.checks.connection import (
    vpc_peering_routing_tables_with_least_privilege,
    vpc_vpn_connection_tunnels_up,
)
from aioprowler.services.vpc.checks.endpoint import (
    vpc_endpoint_connections_trust_boundaries,
    vpc_endpoint_multi_az_enabled,
    vpc_endpoint_services_allowed_principals_trust_boundaries,
)
from aioprowler.services.vpc.checks.subnet import vpc_subnet_no_public_ip_by_default
from aioprowler.services.vpc.checks.vpc import (
    vpc_different_regions,
    vpc_endpoint_for_ec2_enabled,
    vpc_flow_logs_enabled,
    vpc_subnet_different_az,
    vpc_subnet_separate_private_public,
)
from aioprowler.services.vpc.resources import (
    AllowedPrincipals,
    EndpointServices,
    FlowLog,
    GroupUse,
    InterfaceGroup,
    InterfaceKind,
    Logged,
    NetworkInterface,
    NetworkUse,
    OfferedServices,
    PeeredIpv6Range,
    PeeredVpc,
    Route,
    RoutePrefixLists,
    RouteTable,
    RouteTableAssociation,
    Subnet,
    Tunnel,
    Vpc,
    VpcEndpoint,
    VpcEndpointService,
    VpcPeeringConnection,
    VpnConnection,
    endpoint_services,
    group_use,
    logged,
    network_use,
    routing,
    subnets_by_vpc,
)
from tests.services.made import made

ACCOUNT = Account(id="123456789012", regions=("us-east-1", "eu-west-1"))
VPC = made(Vpc, vpc_id="vpc-1")
IN_USE = NetworkUse(vpcs=frozenset({"vpc-1"}), subnets=frozenset({"subnet-a"}))
UNUSED = NetworkUse()
TO_INTERNET = Route(destination_cidr_block="0.0.0.0/0", gateway_id="igw-1")
TO_INTERNET_BY_IPV6 = Route(destination_ipv6_cidr_block="::/0", gateway_id="igw-1")


def subnet(id_: str, zone: str = "a", vpc_id: str = "vpc-1", public_ip: bool = False) -> Subnet:
    arn = f"arn:aws:ec2:us-east-1:123456789012:subnet/{id_}"
    return Subnet(subnet_id=id_, arn=arn, vpc_id=vpc_id, availability_zone=zone, map_public_ip_on_launch=public_ip)


NO_LISTS = RoutePrefixLists()
NOT_READ = Failure("denied", "ec2:GetManagedPrefixListEntries", "UnauthorizedOperation")


def table(*routes: Route, subnet_id: str | None = None, vpc_id: str = "vpc-1") -> RouteTable:
    association = RouteTableAssociation(main=subnet_id is None, subnet_id=subnet_id)
    return RouteTable(route_table_id="rtb-1", vpc_id=vpc_id, routes=routes, associations=(association,))


@pytest.mark.parametrize(
    ("regions", "verdict"),
    [(["us-east-1", "eu-west-1"], Pass), (["us-east-1", "us-east-1"], Fail), (["us-east-1"], Fail)],
)
def test_vpcs_in_two_regions(regions: list[str], verdict: type) -> None:
    vpcs = tuple(Vpc(vpc_id=f"vpc-{i}", is_default=False, region=region) for i, region in enumerate(regions))
    assert isinstance(vpc_different_regions(ACCOUNT, vpcs), verdict)


def test_where_one_region_is_scanned_nothing_is_said_of_others() -> None:
    vpcs = (Vpc(vpc_id="vpc-1", is_default=False),)
    for regions in (None, ("us-east-1",)):
        assert vpc_different_regions(Account(id="123456789012", regions=regions), vpcs) is None


def test_what_other_accounts_share_is_no_vpc_of_ones_own() -> None:
    own, shared = (
        Vpc(vpc_id=f"vpc-{owner}", is_default=False, owner_id=owner, region=region)
        for owner, region in (("123456789012", "us-east-1"), ("999999999999", "eu-west-1"))
    )
    assert isinstance(vpc_different_regions(ACCOUNT, (own, shared)), Fail)
    assert vpc_different_regions(ACCOUNT, (shared,)) is None


def test_default_vpcs_do_not_count_but_are_vpcs() -> None:
    defaults = tuple(Vpc(vpc_id=f"vpc-{region}", is_default=True, region=region) for region in ("a", "b"))
    assert vpc_different_regions(ACCOUNT, defaults) == Fail(
        "Account 123456789012 has no VPC of its own in any scanned region."
    )
    assert vpc_different_regions(ACCOUNT, ()) is None


@pytest.mark.parametrize(("recorded", "verdict"), [({"vpc-1"}, Pass), ({"subnet-a", "vpc-2"}, Fail)])
def test_flow_logs(recorded: set[str], verdict: type) -> None:
    found = Logged(frozenset(recorded))
    assert isinstance(vpc_flow_logs_enabled(VPC, found, IN_USE), verdict)
    assert vpc_flow_logs_enabled(VPC, found, UNUSED) is None
    assert isinstance(vpc_flow_logs_enabled(VPC, found, UNUSED, scan_unused_services=True), verdict)


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [(["SUCCESS"], Pass), (["FAILED"], Fail), (["FAILED", "SUCCESS"], Pass), ([], Fail)],
)
def test_flow_logs_whose_delivery_fails_record_nothing(statuses: list[str], verdict: type) -> None:
    found = logged(tuple(FlowLog(flow_log_id=f"fl-{s}", resource_id="vpc-1", status=s) for s in statuses))
    assert isinstance(vpc_flow_logs_enabled(VPC, found, IN_USE), verdict)


@pytest.mark.parametrize(
    ("service", "verdict"),
    [
        ("com.amazonaws.us-east-1.ec2", Pass),
        ("cn.com.amazonaws.cn-north-1.ec2", Pass),
        ("com.amazonaws.us-east-1.ec2-fips", Pass),
        ("com.amazonaws.us-east-1.ec2messages", Fail),
        ("com.amazonaws.us-east-1.s3", Fail),
    ],
)
def test_endpoint_for_ec2(service: str, verdict: type) -> None:
    endpoints = endpoint_services(
        (
            made(
                VpcEndpoint,
                vpc_endpoint_id="vpce-1",
                vpc_id="vpc-1",
                service_name=service,
                vpc_endpoint_type="Interface",
            ),
        )
    )
    assert isinstance(vpc_endpoint_for_ec2_enabled(VPC, endpoints, IN_USE), verdict)


def test_endpoints_that_lead_to_no_service_are_none_and_those_of_which_it_is_not_told_may_be_any() -> None:
    resource = made(VpcEndpoint, vpc_endpoint_id="vpce-1", vpc_id="vpc-1", vpc_endpoint_type="Resource")
    assert endpoint_services((resource,)).by_vpc == {}
    for told in ({"vpc_id": "vpc-1"}, {"service_name": "com.amazonaws.us-east-1.ec2"}):
        with pytest.raises(UnreadableError):
            endpoint_services((made(VpcEndpoint, vpc_endpoint_id="vpce-1", vpc_endpoint_type="Interface", **told),))


def test_endpoint_for_ec2_of_another_or_unused_vpc() -> None:
    elsewhere = EndpointServices({"vpc-2": {"ec2"}})
    assert isinstance(vpc_endpoint_for_ec2_enabled(VPC, elsewhere, IN_USE), Fail)
    assert vpc_endpoint_for_ec2_enabled(VPC, elsewhere, UNUSED) is None


@pytest.mark.parametrize(("zones", "verdict"), [("ab", Pass), ("aab", Pass), ("aa", Fail), ("a", Fail), ("", Fail)])
def test_zones(zones: str, verdict: type) -> None:
    subnets = subnets_by_vpc(tuple(subnet(f"subnet-{i}", zone) for i, zone in enumerate(zones)))
    assert isinstance(vpc_subnet_different_az(VPC, subnets, IN_USE), verdict)
    assert vpc_subnet_different_az(VPC, subnets, UNUSED) is None


@pytest.mark.parametrize(
    ("tables", "verdict"),
    [
        ([table(TO_INTERNET, subnet_id="subnet-a"), table()], Pass),
        ([table(TO_INTERNET), table(subnet_id="subnet-a")], Pass),
        ([table(TO_INTERNET_BY_IPV6), table(subnet_id="subnet-a")], Pass),
        ([table(TO_INTERNET)], Fail),
        ([table()], Fail),
        ([table(Route(destination_cidr_block="0.0.0.0/0", gateway_id="eigw-1"), subnet_id="subnet-a"), table()], Fail),
        ([table(Route(destination_cidr_block="10.0.0.0/8", gateway_id="igw-1"), subnet_id="subnet-a"), table()], Fail),
        ([table(TO_INTERNET, subnet_id="subnet-a")], Manual),
        ([], Manual),
        ([table(TO_INTERNET, vpc_id="vpc-2")], Manual),
    ],
)
def test_public_and_private_subnets(tables: list[RouteTable], verdict: type) -> None:
    subnets = subnets_by_vpc((subnet("subnet-a"), subnet("subnet-b")))
    routes = routing(tuple(tables), NO_LISTS)
    assert isinstance(vpc_subnet_separate_private_public(VPC, subnets, routes, IN_USE), verdict)
    assert vpc_subnet_separate_private_public(VPC, subnets, routes, UNUSED) is None


def test_a_vpc_without_subnets_has_none_of_either_kind() -> None:
    verdict = vpc_subnet_separate_private_public(VPC, subnets_by_vpc(()), routing((), NO_LISTS), IN_USE)
    assert isinstance(verdict, Fail)
    assert "no subnets" in verdict.detail


@pytest.mark.parametrize(("public_ip", "verdict"), [(True, Fail), (False, Pass)])
def test_public_addresses_by_default(public_ip: bool, verdict: type) -> None:
    used, unused = subnet("subnet-a", public_ip=public_ip), subnet("subnet-b", public_ip=public_ip)
    assert isinstance(vpc_subnet_no_public_ip_by_default(used, IN_USE), verdict)
    assert vpc_subnet_no_public_ip_by_default(unused, IN_USE) is None
    assert isinstance(vpc_subnet_no_public_ip_by_default(unused, IN_USE, scan_unused_services=True), verdict)


def endpoint(*statements: dict[str, Any], service: str = "com.amazonaws.us-east-1.s3") -> VpcEndpoint:
    document = Policy.parse({"Statement": [{"Action": "*", "Resource": "*", **each} for each in statements]})
    return made(VpcEndpoint, vpc_endpoint_id="vpce-1", vpc_id="vpc-1", service_name=service, policy_document=document)


def allow(principal: Any, **condition: dict[str, Any]) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal} | ({"Condition": condition} if condition else {})


HEEDS = OfferedServices({"com.amazonaws.us-east-1.s3": True, "com.amazonaws.us-east-1.email-smtp": False})
OWN = {"AWS": "arn:aws:iam::123456789012:root"}
OTHER = {"AWS": "arn:aws:iam::210987654321:root"}


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        (allow("*"), Fail),
        (allow({"AWS": "*"}), Fail),
        (allow({"AWS": ["123456789012", "arn:aws:iam::999999999999:role/r"]}), Fail),
        (allow(OTHER), Fail),
        (allow("*", StringEquals={"aws:PrincipalOrgID": "o-1234567890"}), Fail),
        (allow("*", Bool={"aws:SecureTransport": "true"}), Fail),
        (allow(OWN), Pass),
        (allow({"AWS": "123456789012"}), Pass),
        (allow({"Service": "ec2.amazonaws.com"}), Pass),
        (allow("*", StringEquals={"aws:PrincipalAccount": "123456789012"}), Pass),
        (allow("*", StringEquals={"aws:SourceVpc": "vpc-1"}), Pass),
        (allow("*", StringEquals={"aws:ResourceAccount": "123456789012"}), Pass),
        (allow("*", StringEquals={"aws:ResourceAccount": "210987654321"}), Fail),
        (allow({"AWS": "AROAJ2EXAMPLE3EXAMPLE4"}), Manual),
        (allow({"AWS": ["AROAJ2EXAMPLE3EXAMPLE4", "210987654321"]}), Fail),
    ],
)
def test_policies_of_endpoints(statement: dict[str, Any], verdict: type) -> None:
    assert isinstance(vpc_endpoint_connections_trust_boundaries(endpoint(statement), HEEDS, ACCOUNT), verdict)


def test_trusted_accounts_may_use_an_endpoint_and_denials_admit_nobody() -> None:
    check = vpc_endpoint_connections_trust_boundaries
    assert isinstance(check(endpoint(allow(OTHER)), HEEDS, ACCOUNT, trusted_account_ids=("210987654321",)), Pass)
    assert isinstance(check(endpoint(allow(OWN), {"Effect": "Deny", "Principal": "*"}), HEEDS, ACCOUNT), Pass)


def test_denials_of_all_but_the_own_account_close_an_endpoint() -> None:
    def denying(**condition: Any) -> VpcEndpoint:
        return endpoint(allow("*"), {**allow("*", **condition), "Effect": "Deny"})

    check = vpc_endpoint_connections_trust_boundaries
    own = denying(StringNotEquals={"aws:PrincipalAccount": "123456789012"})
    assert isinstance(check(own, HEEDS, ACCOUNT), Pass)
    assert isinstance(check(denying(StringNotEquals={"aws:PrincipalOrgID": "o-1"}), HEEDS, ACCOUNT), Fail)
    assert isinstance(check(denying(Bool={"aws:SecureTransport": "false"}), HEEDS, ACCOUNT), Fail)


def test_endpoints_whose_policy_cannot_be_changed_are_not_judged() -> None:
    third_party = endpoint(allow("*"), service="com.amazonaws.vpce.us-east-1.vpce-svc-1")
    mail = endpoint(allow("*"), service="com.amazonaws.us-east-1.email-smtp")
    bare, without_policy = (
        made(VpcEndpoint, vpc_endpoint_id="vpce-2", service_name=name) for name in ("", "com.amazonaws.us-east-1.s3")
    )
    for each in (third_party, mail, bare):
        assert vpc_endpoint_connections_trust_boundaries(each, HEEDS, ACCOUNT) is None
    with pytest.raises(UnreadableError, match="PolicyDocument"):
        vpc_endpoint_connections_trust_boundaries(without_policy, HEEDS, ACCOUNT)
    elsewhere = endpoint(allow("*"), service="com.amazonaws.eu-west-1.s3")
    assert isinstance(vpc_endpoint_connections_trust_boundaries(elsewhere, HEEDS, ACCOUNT), Fail)


def test_whether_a_service_heeds_policies_matters_only_to_those_that_admit_strangers() -> None:
    denied = Failure("denied", "ec2:DescribeVpcEndpointServices", "UnauthorizedOperation")
    verdict = vpc_endpoint_connections_trust_boundaries(endpoint(allow("*")), denied, ACCOUNT)
    assert isinstance(verdict, Manual)
    assert "ec2:DescribeVpcEndpointServices" in verdict.detail
    assert isinstance(vpc_endpoint_connections_trust_boundaries(endpoint(allow(OWN)), denied, ACCOUNT), Pass)


@pytest.mark.parametrize(
    ("kind", "subnets", "verdict"),
    [("Interface", ("a", "b"), Pass), ("Interface", ("a",), Fail), ("Interface", (), Fail)],
)
def test_endpoints_in_zones(kind: str, subnets: tuple[str, ...], verdict: type) -> None:
    judged = made(VpcEndpoint, vpc_endpoint_id="vpce-1", vpc_endpoint_type=kind, subnet_ids=subnets)
    assert isinstance(vpc_endpoint_multi_az_enabled(judged), verdict)


@pytest.mark.parametrize("kind", ["Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork", "Tunnel"])
def test_only_interface_endpoints_are_spread_over_zones(kind: str) -> None:
    assert vpc_endpoint_multi_az_enabled(made(VpcEndpoint, vpc_endpoint_id="vpce-1", vpc_endpoint_type=kind)) is None


@pytest.mark.parametrize(
    ("principals", "verdict"),
    [
        ((), Pass),
        (("arn:aws:iam::123456789012:root", "123456789012"), Pass),
        (("arn:aws:iam::555555555555:role/partner",), Pass),
        (("*",), Fail),
        (("arn:aws:iam::210987654321:root", "123456789012"), Fail),
        (("123456789012", "210987654321"), Fail),
        (("AIDAJ2EXAMPLE3EXAMPLE4", "123456789012"), Manual),
        (("AIDAJ2EXAMPLE3EXAMPLE4", "210987654321"), Fail),
    ],
)
def test_principals_of_endpoint_services(principals: tuple[str, ...], verdict: type) -> None:
    found = vpc_endpoint_services_allowed_principals_trust_boundaries(
        VpcEndpointService(service_id="vpce-svc-1"),
        AllowedPrincipals(principals=principals),
        ACCOUNT,
        trusted_account_ids=("555555555555",),
    )
    assert isinstance(found, verdict)


@pytest.mark.parametrize(
    ("cidrs", "verdict"),
    [
        ([], Pass),
        (["10.1.2.0/24"], Pass),
        (["10.1.2.0/24", "0.0.0.0/0"], Fail),
        (["0.0.0.0/1", "128.0.0.0/1"], Fail),
        (["10.1.0.0/16"], Fail),
        (["10.2.0.0/16"], Fail),
        (["10.2.0.0/17", "10.2.128.0/17"], Fail),
        (["10.2.0.0/17", "10.2.128.0/18"], Pass),
        (["10.0.0.0/8"], Fail),
        (["fd00:2::/64"], Pass),
        (["fd00:2::/56"], Fail),
    ],
)
def test_routes_over_peerings(cidrs: list[str], verdict: type) -> None:
    peering = VpcPeeringConnection(
        vpc_peering_connection_id="pcx-1",
        requester=PeeredVpc(cidr_block="10.1.0.0/16"),
        accepter=PeeredVpc(
            cidr_block="10.2.0.0/16", ipv6_cidr_block_set=(PeeredIpv6Range(ipv6_cidr_block="fd00:2::/56"),)
        ),
    )
    over = [peered(cidr) for cidr in cidrs]
    routes = routing((table(*over),), NO_LISTS)
    assert isinstance(vpc_peering_routing_tables_with_least_privilege(peering, routes), verdict)


def peered(cidr: str) -> Route:
    family = "destination_ipv6_cidr_block" if ":" in cidr else "destination_cidr_block"
    return Route(vpc_peering_connection_id="pcx-1", **{family: cidr})


def test_prefix_lists_in_routes_over_peerings() -> None:
    peering = VpcPeeringConnection(
        vpc_peering_connection_id="pcx-1",
        requester=PeeredVpc(cidr_block="10.1.0.0/16"),
        accepter=PeeredVpc(cidr_block="10.2.0.0/16"),
    )
    routes = (table(Route(vpc_peering_connection_id="pcx-1", destination_prefix_list_id="pl-1")),)
    whole, part = (RoutePrefixLists(entries={"pl-1": (cidr,)}) for cidr in ("10.2.0.0/16", "10.2.3.0/24"))
    judge = vpc_peering_routing_tables_with_least_privilege
    assert isinstance(judge(peering, routing(routes, whole)), Fail)
    assert isinstance(judge(peering, routing(routes, part)), Pass)
    denied = judge(peering, routing(routes, NOT_READ))
    assert isinstance(denied, Manual)
    assert "prefix list pl-1" in denied.detail
    assert "ec2:GetManagedPrefixListEntries" in denied.detail
    assert isinstance(judge(peering, routing((table(peered("10.2.3.0/24")),), NOT_READ)), Pass)


def test_routes_of_another_peering_do_not_count() -> None:
    wide = Route(destination_cidr_block="0.0.0.0/0", vpc_peering_connection_id="pcx-2")
    narrow = Route(destination_cidr_block="10.2.3.0/24", vpc_peering_connection_id="pcx-1")
    peering = VpcPeeringConnection(
        vpc_peering_connection_id="pcx-1",
        requester=PeeredVpc(cidr_block="10.1.0.0/16"),
        accepter=PeeredVpc(cidr_block="10.2.0.0/16"),
    )
    routes = routing((table(wide, narrow),), NO_LISTS)
    assert isinstance(vpc_peering_routing_tables_with_least_privilege(peering, routes), Pass)


@pytest.mark.parametrize(("cidr", "verdict"), [("10.2.3.0/24", Manual), ("0.0.0.0/0", Fail), (None, Pass)])
def test_what_is_a_whole_network_is_not_known_of_a_vpc_without_a_range(cidr: str | None, verdict: type) -> None:
    peering = VpcPeeringConnection(
        vpc_peering_connection_id="pcx-1", requester=PeeredVpc(cidr_block="10.1.0.0/16"), accepter=PeeredVpc()
    )
    routes = routing((table(peered(cidr)) if cidr else table(),), NO_LISTS)
    assert isinstance(vpc_peering_routing_tables_with_least_privilege(peering, routes), verdict)


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [(["UP", "UP"], Pass), (["UP", "DOWN"], Fail), (["DOWN", "DOWN"], Fail), (["UP"], Fail), ([], type(None))],
)
def test_tunnels(statuses: list[str], verdict: type) -> None:
    tunnels = tuple(Tunnel(status=status) for status in statuses)
    assert isinstance(vpc_vpn_connection_tunnels_up(VpnConnection(vpn_connection_id="vpn-1", tunnels=tunnels)), verdict)


def test_use_is_told_by_interfaces() -> None:
    interfaces = (
        NetworkInterface(
            network_interface_id="eni-1",
            vpc_id="vpc-1",
            subnet_id="subnet-a",
            groups=(InterfaceGroup(group_id="sg-1"),),
        ),
    )
    assert network_use(interfaces) == NetworkUse(frozenset({"vpc-1"}), frozenset({"subnet-a"}))
    assert group_use(interfaces) == GroupUse({"sg-1": {InterfaceKind("")}})
