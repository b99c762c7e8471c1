from __future__ import annotations

import datetime
from typing import Any

import pytest

from aioprowler import Fail, Failure, Manual, Pass
from aioprowler.judging.ports import PrefixLists, Rule, in_words, internet_facing_ports, merged, within, without
from aioprowler.services.ec2.checks.confidential_workload import (
    ec2_confidential_workload_host_imdsv2_not_enforced,
    ec2_confidential_workload_host_not_running,
    ec2_confidential_workload_host_public_ip,
    ec2_confidential_workload_host_unrestricted_ingress,
    ec2_confidential_workload_host_vsock_proxy_exposed,
)
from aioprowler.services.ec2.checks.instance import (
    ec2_instance_detailed_monitoring_enabled,
    ec2_instance_internet_facing_with_instance_profile,
    ec2_instance_managed_by_ssm,
    ec2_instance_paravirtual_type,
    ec2_instance_stopped_older_than_specific_days,
    ec2_instance_uses_single_eni,
)
from aioprowler.services.ec2.resources.firewall import SecurityGroupIndex
from aioprowler.services.ec2.resources.instance import (
    AttachedInterface,
    EnclaveOptions,
    Instance,
    InstanceProfile,
    InstanceState,
    MetadataOptions,
    Monitoring,
    addresses_of,
)
from aioprowler.services.ssm.resources import ManagedInstance, managed_instances
from aioprowler.services.vpc.resources import (
    AddressAssociation,
    InterfaceGroup,
    Ipv6Address,
    PrivateAddress,
    Route,
    RoutePrefixLists,
    RouteTable,
    RouteTableAssociation,
    routing,
)
from tests.services.made import made
from tests.services.rules import group, listed, rule

NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
PROFILE = InstanceProfile(arn="arn:aws:iam::123456789012:instance-profile/web")
STATES = ("running", "stopping", "stopped")


def instance(state: str = "running", **fields: Any) -> Instance:
    return made(Instance, instance_id="i-1", state=InstanceState(name=state), **fields)


def days_ago(days: float) -> datetime.datetime:
    return NOW - datetime.timedelta(days=days)


# ------------------------------------------------------------------- instances
@pytest.mark.parametrize(
    ("state", "verdict"), [("enabled", Pass), ("disabled", Fail), ("pending", Fail), ("disabling", Fail)]
)
def test_detailed_monitoring(state: str, verdict: type) -> None:
    judged = instance(monitoring=Monitoring(state=state))
    assert isinstance(ec2_instance_detailed_monitoring_enabled(judged), verdict)


@pytest.mark.parametrize(("kind", "verdict"), [("hvm", Pass), ("paravirtual", Fail)])
def test_virtualization(kind: str, verdict: type) -> None:
    assert isinstance(ec2_instance_paravirtual_type(instance(virtualization_type=kind)), verdict)


@pytest.mark.parametrize(
    ("address", "profile", "verdict"),
    [("3.3.3.3", PROFILE, Fail), ("3.3.3.3", None, Pass), (None, PROFILE, Pass), (None, None, Pass)],
)
def test_internet_facing_with_profile(address: str | None, profile: InstanceProfile | None, verdict: type) -> None:
    fields: dict[str, Any] = {"public_ip_address": address, "iam_instance_profile": profile}
    addresses = addresses_of(instance(**fields), PRIVATE)
    assert isinstance(ec2_instance_internet_facing_with_instance_profile(instance(**fields), addresses), verdict)


def interfaces(*types: str) -> tuple[AttachedInterface, ...]:
    return tuple(AttachedInterface(network_interface_id=f"eni-{n}", interface_type=t) for n, t in enumerate(types))


@pytest.mark.parametrize(
    ("types", "verdict"),
    [
        ((), Pass),
        (("interface",), Pass),
        (("interface", "interface"), Fail),
        (("interface", "efa"), Fail),
        (("trunk", "efa"), Fail),
        (("interface", "efa-only"), Pass),
        (("evs", "interface"), Pass),
    ],
)
def test_single_interface(types: tuple[str, ...], verdict: type) -> None:
    assert isinstance(ec2_instance_uses_single_eni(instance(network_interfaces=interfaces(*types))), verdict)


def test_interfaces_are_named() -> None:
    verdict = ec2_instance_uses_single_eni(instance(network_interfaces=interfaces("interface", "efa-only", "efa")))
    assert verdict == Fail("Instance i-1 has 2 network interfaces: eni-0 (interface), eni-2 (efa).")


MANAGED = managed_instances((ManagedInstance(instance_id="i-1"),))
UNMANAGED = managed_instances((ManagedInstance(instance_id="i-2"),))
DENIED = Failure("denied", "ssm:DescribeInstanceInformation", "AccessDenied")


@pytest.mark.parametrize("state", STATES)
def test_management_by_systems_manager(state: str) -> None:
    passes_anyway = state == "stopped"
    assert isinstance(ec2_instance_managed_by_ssm(instance(state), MANAGED), Pass)
    assert isinstance(ec2_instance_managed_by_ssm(instance(state), UNMANAGED), Pass if passes_anyway else Fail)
    assert isinstance(ec2_instance_managed_by_ssm(instance(state), DENIED), Pass if passes_anyway else Manual)


def stopped(days: float, zone: str = "GMT", **fields: Any) -> Instance:
    return instance("stopped", state_transition_reason=f"User initiated ({days_ago(days):%F %T} {zone})", **fields)


STOPPED = ec2_instance_stopped_older_than_specific_days


@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        (stopped(0), Pass),
        (stopped(30.999), Pass),
        (stopped(31), Fail),
        (stopped(31, zone="UTC"), Fail),
        (stopped(31, launch_time=days_ago(32)), Fail),
        (stopped(1, launch_time=days_ago(500)), Pass),
        (instance("running", state_transition_reason="User initiated (2020-01-01 00:00:00 GMT)"), Pass),
        (instance("stopping", launch_time=days_ago(500)), Pass),
    ],
)
def test_stopped_instances(judged: Instance, verdict: type) -> None:
    assert isinstance(STOPPED(judged, NOW), verdict)


@pytest.mark.parametrize("reason", ["", "Client.InstanceInitiatedShutdown: Instance initiated shutdown"])
@pytest.mark.parametrize(("launched", "verdict"), [(30.5, Pass), (31, Manual)])
def test_stopped_nobody_knows_when(reason: str, launched: float, verdict: type) -> None:
    judged = instance("stopped", state_transition_reason=reason, launch_time=days_ago(launched))
    assert isinstance(STOPPED(judged, NOW), verdict)


def test_days_stopped_are_configurable() -> None:
    assert isinstance(STOPPED(stopped(8), NOW, max_ec2_instance_stopped_days=7), Fail)
    assert isinstance(STOPPED(stopped(40), NOW, max_ec2_instance_stopped_days=40), Pass)


# -------------------------------------------------- hosts of Nitro Enclaves
IMDS = ec2_confidential_workload_host_imdsv2_not_enforced
RUNNING = ec2_confidential_workload_host_not_running
PUBLIC = ec2_confidential_workload_host_public_ip
INGRESS = ec2_confidential_workload_host_unrestricted_ingress
VSOCK = ec2_confidential_workload_host_vsock_proxy_exposed


def host(state: str = "running", **fields: Any) -> Instance:
    alone: dict[str, Any] = {
        "security_groups": (),
        "network_interfaces": (),
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
    }
    return instance(state, enclave_options=EnclaveOptions(enabled=True), **(alone | fields))


def table(*routes: Route, subnet: str | None = "subnet-1") -> RouteTable:
    association = RouteTableAssociation(main=subnet is None, subnet_id=subnet)
    return RouteTable(route_table_id="rtb-1", vpc_id="vpc-1", routes=routes, associations=(association,))


NO_LISTS = RoutePrefixLists()
PRIVATE = routing((table(),), NO_LISTS)
NO_GROUPS = SecurityGroupIndex({})


def test_only_instances_with_enclaves_are_hosts() -> None:
    plain = instance(public_ip_address="3.3.3.3", security_groups=(InterfaceGroup(group_id="sg-gone"),))
    assert IMDS(plain) is None
    assert RUNNING(plain) is None
    assert PUBLIC(plain, PRIVATE) is None
    assert INGRESS(plain, NO_GROUPS) is None
    assert VSOCK(plain, NO_GROUPS) is None


@pytest.mark.parametrize(
    ("state", "verdict"),
    list(zip(STATES, (Pass, Pass, Fail), strict=True)),
)
def test_hosts_run(state: str, verdict: type) -> None:
    assert isinstance(RUNNING(host(state)), verdict)


@pytest.mark.parametrize(
    ("tokens", "endpoint", "verdict"),
    [
        ("required", "enabled", Pass),
        ("required", "disabled", Pass),
        ("optional", "enabled", Fail),
        ("optional", "disabled", Fail),
    ],
)
def test_imdsv2_of_hosts(tokens: str | None, endpoint: str, verdict: type) -> None:
    judged = host(metadata_options=MetadataOptions(http_tokens=tokens, http_endpoint=endpoint))
    assert isinstance(IMDS(judged), verdict)


def addressed(*ipv6: str, ipv4: str = "") -> AttachedInterface:
    return AttachedInterface(
        private_ip_addresses=(PrivateAddress(), PrivateAddress(association=AddressAssociation(public_ip=ipv4))),
        ipv6_addresses=tuple(Ipv6Address(ipv6_address=each) for each in ipv6),
    )


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, Pass),
        ({"network_interfaces": (addressed(),)}, Pass),
        ({"network_interfaces": (addressed("fd00::1"),)}, Pass),
        ({"public_ip_address": "3.3.3.3"}, Fail),
        ({"network_interfaces": (addressed(), addressed(ipv4="3.3.3.3"))}, Fail),
        ({"network_interfaces": (addressed(), addressed("fd00::1", "2a05:d018::1"))}, Fail),
    ],
)
def test_public_addresses_of_hosts(fields: dict[str, Any], verdict: type) -> None:
    assert isinstance(PUBLIC(host(**fields), PRIVATE), verdict)


TO_INTERNET = Route(destination_cidr_block="0.0.0.0/0", gateway_id="igw-1")
TO_INTERNET_BY_IPV6 = Route(destination_ipv6_cidr_block="::/0", gateway_id="igw-1")


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (table(TO_INTERNET), Fail),
        (table(TO_INTERNET_BY_IPV6), Fail),
        (table(TO_INTERNET_BY_IPV6, subnet=None), Fail),
        (table(Route(destination_cidr_block="0.0.0.0/0")), Pass),
        (table(Route(destination_cidr_block="192.0.2.0/24", gateway_id="igw-1")), Pass),
        (table(Route(destination_ipv6_cidr_block="::/0", gateway_id="eigw-1")), Pass),
        (table(Route(destination_ipv6_cidr_block="2001:db8::/32", gateway_id="igw-1")), Pass),
        (table(TO_INTERNET, subnet="subnet-2"), Manual),
    ],
)
def test_subnets_of_hosts(found: RouteTable, verdict: type) -> None:
    assert isinstance(PUBLIC(host(), routing((found,), NO_LISTS)), verdict)


def test_a_hosts_subnet_is_judged_by_its_own_table() -> None:
    both = routing((table(TO_INTERNET, subnet=None), table()), NO_LISTS)
    assert isinstance(PUBLIC(host(), both), Pass)


def test_what_is_seen_decides_where_routes_are_unknown() -> None:
    judged = host(public_ip_address="3.3.3.3", network_interfaces=(addressed("2a05:d018::1", ipv4="3.3.3.3"),))
    assert PUBLIC(judged, routing((), NO_LISTS)) == Fail(
        "Enclave host i-1 has the address 3.3.3.3, has the address 2a05:d018::1."
    )


def index(*rules: Rule) -> SecurityGroupIndex:
    return SecurityGroupIndex({"sg-1": group(*rules)})


IN_GROUP = host(security_groups=(InterfaceGroup(group_id="sg-1"),))


@pytest.mark.parametrize(
    ("rules", "ingress", "vsock"),
    [
        ((), Pass, Pass),
        ((rule("tcp", (22, 22)), rule("tcp", (80, 80)), rule("udp", (443, 443), "::/0")), Pass, Pass),
        ((rule("tcp", (8080, 8080)),), Fail, Fail),
        ((rule("udp", (8080, 8080)),), Fail, Pass),
        ((rule("tcp", (443, 444)),), Fail, Pass),
        ((rule("tcp", (4999, 4999)), rule("tcp", (5001, 7999)), rule("tcp", (8091, 8999))), Fail, Pass),
        ((rule("tcp", (4000, 5000)),), Fail, Fail),
        ((rule("tcp", (8090, 8999)),), Fail, Fail),
        ((rule("tcp", (9000, 9000), "::/0"),), Fail, Fail),
        ((rule("tcp", (9000, 9000), "0.0.0.0/1"),), Fail, Fail),
        ((rule("tcp", (9000, 9000), "2a05:d018::/32"),), Fail, Fail),
        ((rule("tcp", (9000, 9000), "8000::/1"),), Pass, Pass),
        ((rule("tcp", (9000, 9000), "8.8.8.8/32"),), Fail, Fail),
        ((rule("tcp", (9000, 9000), "10.0.0.0/8"), rule("tcp", (9000, 9000), "fd00::/8")), Pass, Pass),
        ((rule("tcp", (9000, 9000), "100.64.0.0/10"),), Pass, Pass),
        ((rule("-1"),), Fail, Fail),
        ((rule("-1", None, "192.168.0.0/16"),), Pass, Pass),
        ((rule("tcp", (0, 65535)),), Fail, Fail),
        ((rule("icmp", (8, 8)), rule("47"), rule("icmpv6", (-1, -1), "::/0")), Pass, Pass),
    ],
)
def test_ports_of_hosts(rules: tuple[Rule, ...], ingress: type, vsock: type) -> None:
    assert isinstance(INGRESS(IN_GROUP, index(*rules)), ingress)
    assert isinstance(VSOCK(IN_GROUP, index(*rules)), vsock)


def test_ports_of_hosts_are_configurable() -> None:
    groups = index(rule("tcp", (8080, 8081)))
    assert isinstance(INGRESS(IN_GROUP, groups, enclave_sg_allow_ports=(8080, 8081)), Pass)
    assert isinstance(INGRESS(IN_GROUP, groups, enclave_sg_allow_ports=(8080,)), Fail)
    assert isinstance(VSOCK(IN_GROUP, groups, enclave_vsock_ports=(8082,)), Pass)
    assert isinstance(VSOCK(IN_GROUP, groups, enclave_vsock_ports=(8081,)), Fail)


def test_groups_of_every_interface_count() -> None:
    second = AttachedInterface(groups=(InterfaceGroup(group_id="sg-1"),))
    judged = host(network_interfaces=(AttachedInterface(), second))
    assert isinstance(VSOCK(judged, index(rule("-1"))), Fail)
    assert isinstance(VSOCK(host(), index(rule("-1"))), Pass)


def test_groups_that_aws_did_not_list() -> None:
    groups = tuple(InterfaceGroup(group_id=id_) for id_ in ("sg-1", "sg-2"))
    judged = host(security_groups=groups)
    for check in (INGRESS, VSOCK):
        found = check(judged, index())
        assert isinstance(found, Manual)
        assert "security group sg-2" in found.detail
        assert "sg-1" not in found.detail
        assert isinstance(check(judged, index(rule("-1"))), Fail)


@pytest.mark.parametrize(
    ("ports", "words"),
    [
        ([], ""),
        ([range(22, 23)], "22"),
        ([range(9000, 9001), range(8001, 8003), range(8000, 8001), range(0)], "8000-8002, 9000"),
        ([range(65536), range(443, 444)], "0-65535"),
        ([range(10, 20), range(12, 14), range(20, 21)], "10-20"),
    ],
)
def test_ports_in_words(ports: list[range], words: str) -> None:
    assert in_words(merged(ports)) == words


@pytest.mark.parametrize(
    ("ports", "some", "left", "shared"),
    [
        ([], (22,), "", ""),
        ([range(22, 23)], (22,), "", "22"),
        ([range(65536)], (443, 22, 80, 22), "0-21, 23-79, 81-442, 444-65535", "22, 80, 443"),
        ([range(8)], (0, 7, 8), "1-6", "0, 7"),
        ([range(4), range(8, 12)], (9, 10, 3), "0-2, 8, 11", "3, 9-10"),
        ([range(4)], (), "0-3", ""),
    ],
)
def test_ports_less_some_and_some_of_them(ports: list[range], some: tuple[int, ...], left: str, shared: str) -> None:
    assert in_words(without(ports, some)) == left
    assert in_words(within(ports, some)) == shared


def test_ports_that_face_the_internet_come_from_all_rules() -> None:
    rules = [rule("tcp", (1, 2)), rule("udp", (2, 3), "::/0"), rule("tcp", (9, 9), "10.0.0.0/8")]
    assert internet_facing_ports(rules, ("tcp", "udp")) == [range(1, 4)]
    assert internet_facing_ports(rules, ("tcp",)) == [range(1, 3)]


def test_prefix_lists_in_the_groups_of_hosts() -> None:
    groups = {"sg-1": group(listed("pl-1", protocol="tcp", ports=(9000, 9000)))}
    office, of_aws = PrefixLists({"pl-1": ("8.8.8.0/24",)}), PrefixLists({"pl-1": ()})
    for check in (INGRESS, VSOCK):
        assert isinstance(check(IN_GROUP, SecurityGroupIndex(groups, office)), Fail)
        assert isinstance(check(IN_GROUP, SecurityGroupIndex(groups, of_aws)), Pass)
        assert isinstance(check(IN_GROUP, SecurityGroupIndex(groups)), Manual)
