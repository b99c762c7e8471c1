from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Failure, Manual, Pass
from aioprowler.judging.ports import GroupPair, Rule
from aioprowler.services.ec2.checks.security_group import (
    ec2_securitygroup_allow_ingress_from_internet_to_all_ports,
    ec2_securitygroup_allow_ingress_from_internet_to_any_port,
    ec2_securitygroup_allow_ingress_from_internet_to_any_port_from_ip,
    ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports,
    ec2_securitygroup_allow_wide_open_public_ipv4,
    ec2_securitygroup_default_restrict_traffic,
    ec2_securitygroup_from_launch_wizard,
    ec2_securitygroup_not_used,
    ec2_securitygroup_with_many_ingress_egress_rules,
)
from aioprowler.services.ec2.resources.firewall import ConfiguredGroups, SecurityGroup, security_groups
from aioprowler.services.vpc.resources import InterfaceKind, NetworkUse
from tests.services.rules import IN_USE, UNUSED, group, rule

ALL_PORTS = ec2_securitygroup_allow_ingress_from_internet_to_all_ports
ANY_PORT = ec2_securitygroup_allow_ingress_from_internet_to_any_port
FROM_IP = ec2_securitygroup_allow_ingress_from_internet_to_any_port_from_ip
HIGH_RISK = ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports
WIDE_OPEN = ec2_securitygroup_allow_wide_open_public_ipv4
MANY_RULES = ec2_securitygroup_with_many_ingress_egress_rules


@pytest.mark.parametrize("check", [ALL_PORTS, ANY_PORT, FROM_IP, HIGH_RISK, WIDE_OPEN], ids=lambda check: check.id)
def test_groups_without_interfaces_are_judged_on_request(check: Any) -> None:
    assert check(group(), UNUSED) is None
    assert isinstance(check(group(), UNUSED, scan_unused_services=True), Pass)
    assert isinstance(check(group(), IN_USE), Pass)


# ------------------------------------------------------------------- all ports
@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        (rule("-1"), Fail),
        (rule("-1", None, "::/0"), Fail),
        (rule("tcp", (0, 65535)), Fail),
        (rule("udp", (0, 65535)), Fail),
        (rule("tcp", (1, 65535)), Pass),
        (rule("tcp", (22, 22)), Pass),
        (rule("-1", None, "10.0.0.0/8"), Pass),
    ],
)
def test_all_ports(judged: Rule, verdict: type) -> None:
    assert isinstance(ALL_PORTS(group(judged), IN_USE), verdict)


@pytest.mark.parametrize(("use", "severity"), [(IN_USE, None), (UNUSED, "high")])
def test_all_ports_of_a_group_without_interfaces_are_less_severe(use: NetworkUse, severity: str | None) -> None:
    verdict = ALL_PORTS(group(rule("-1")), use, scan_unused_services=True)
    assert isinstance(verdict, Fail)
    assert verdict.severity == severity


# -------------------------------------------------------------------- any port
HTTPS = rule("tcp", (443, 443))
SERVER = InterfaceKind("interface", "123456789012")
BALANCER = InterfaceKind("interface", "amazon-elb")
ENDPOINT = InterfaceKind("vpc_endpoint")


def used_by(*kinds: InterfaceKind) -> NetworkUse:
    return NetworkUse(security_groups=frozenset({"sg-1"}), kinds={"sg-1": set(kinds), "sg-2": {SERVER}})


@pytest.mark.parametrize(
    ("kinds", "verdict"),
    [
        ([SERVER], Fail),
        ([InterfaceKind("interface")], Fail),
        ([BALANCER, SERVER], Fail),
        ([BALANCER], Pass),
        ([ENDPOINT], Pass),
        ([InterfaceKind("api_gateway_managed"), BALANCER], Pass),
        ([InterfaceKind("lambda", "amazon-aws")], Fail),
    ],
)
def test_ports_open_for_some_kinds_of_interfaces(kinds: list[InterfaceKind], verdict: type) -> None:
    assert isinstance(ANY_PORT(group(HTTPS), used_by(*kinds)), verdict)
    assert isinstance(ANY_PORT(group(), used_by(*kinds)), Pass)


@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        (HTTPS, Fail),
        (rule("udp", (53, 53), "::/0"), Fail),
        (rule("icmp", (8, -1)), Fail),
        (rule("-1"), Fail),
        (rule("50"), Pass),
        (rule("tcp", (443, 443), "8.8.8.8/32"), Pass),
    ],
)
def test_any_port(judged: Rule, verdict: type) -> None:
    assert isinstance(ANY_PORT(group(judged), used_by(SERVER)), verdict)


def test_kinds_of_interfaces_are_named_and_configurable() -> None:
    found = ANY_PORT(group(HTTPS), used_by(SERVER, InterfaceKind("lambda"), BALANCER))
    assert isinstance(found, Fail)
    assert found.detail.endswith("interface of 123456789012, lambda.")
    assert isinstance(ANY_PORT(group(HTTPS), used_by(SERVER), ec2_allowed_interface_types=("interface",)), Pass)
    assert isinstance(ANY_PORT(group(HTTPS), used_by(SERVER), ec2_allowed_instance_owners=("123456789012",)), Pass)
    assert isinstance(ANY_PORT(group(HTTPS), used_by(ENDPOINT), ec2_allowed_interface_types=()), Fail)
    assert isinstance(ANY_PORT(group(HTTPS), used_by(BALANCER), ec2_allowed_instance_owners=()), Fail)


def test_open_ports_without_any_interface_harm_nobody() -> None:
    assert isinstance(ANY_PORT(group(HTTPS), UNUSED, scan_unused_services=True), Pass)


# ------------------------------------------------------------ public addresses
@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        (rule("tcp", (22, 22), "8.8.8.8/32"), Fail),
        (rule("udp", (0, 65535), "2600::/32"), Fail),
        (rule("-1", None, "8.8.8.8/32"), Fail),
        (rule("tcp", (22, 22), "10.0.0.0/8", "8.8.8.8/32"), Fail),
        (rule("tcp", (22, 22), "0.0.0.0/0", "8.8.8.8/32"), Fail),
        (rule("tcp", (22, 22), "0.0.0.0/0", "10.0.0.0/8"), Pass),
        (rule("tcp", (22, 22), "0.0.0.0/0", "::/0"), Pass),
        (rule("tcp", (22, 22), "10.0.0.0/8"), Pass),
        (rule("tcp", (22, 22), "100.64.0.0/10"), Pass),
        (rule("-1"), Pass),
        (rule("47", None, "8.8.8.8/32"), Pass),
    ],
)
def test_ports_open_to_public_addresses(judged: Rule, verdict: type) -> None:
    assert isinstance(FROM_IP(group(judged), IN_USE), verdict)


def test_only_incoming_rules_open_ports_to_addresses() -> None:
    assert isinstance(FROM_IP(group(egress=(rule("tcp", (22, 22), "8.8.8.8/32"),)), IN_USE), Pass)


def test_ports_open_to_public_addresses_of_groups_that_open_everything() -> None:
    assert isinstance(FROM_IP(group(rule("-1"), rule("tcp", (22, 22), "8.8.8.8/32")), IN_USE), Fail)


@pytest.mark.parametrize(
    ("cidr", "verdict"),
    [
        ("8.8.8.0/23", Fail),
        ("8.8.8.0/24", Pass),
        ("0.0.0.0/1", Fail),
        ("0.0.0.0/0", Pass),
        ("10.0.0.0/8", Pass),
        ("100.64.0.0/10", Pass),
        ("2600::/12", Pass),
    ],
)
def test_large_public_ranges(cidr: str, verdict: type) -> None:
    judged = rule("tcp", (443, 443), "10.0.0.0/8", cidr)
    assert isinstance(WIDE_OPEN(group(judged), IN_USE), verdict)
    assert isinstance(WIDE_OPEN(group(egress=(judged,)), IN_USE), verdict)


# ------------------------------------------------------------------- high risk
@pytest.mark.parametrize("port", [25, 110, 135, 143, 445, 3000, 4333, 5000, 5500, 8080, 8088])
def test_high_risk_ports(port: int) -> None:
    assert isinstance(HIGH_RISK(group(rule("tcp", (port, port))), IN_USE), Fail)
    assert isinstance(HIGH_RISK(group(rule("tcp", (port - 1, port + 1), "::/0")), IN_USE), Fail)
    assert isinstance(HIGH_RISK(group(rule("udp", (port, port))), IN_USE), Pass)
    assert isinstance(HIGH_RISK(group(rule("tcp", (port, port), "10.0.0.0/8")), IN_USE), Pass)


def test_high_risk_ports_are_named_and_configurable() -> None:
    found = HIGH_RISK(group(rule("tcp", (100, 140))), IN_USE)
    assert isinstance(found, Fail)
    assert "TCP ports 110, 135" in found.detail
    assert isinstance(HIGH_RISK(group(HTTPS), IN_USE), Pass)
    assert isinstance(HIGH_RISK(group(HTTPS), IN_USE, ec2_high_risk_ports=(443,)), Fail)
    assert isinstance(HIGH_RISK(group(rule("-1")), IN_USE), Fail)


# ------------------------------------------------------------- names and sizes
@pytest.mark.parametrize(
    ("name", "verdict"),
    [("launch-wizard-3", Fail), ("launch-wizard", Fail), ("my launch-wizard-1", Fail), ("wizard", Pass)],
)
def test_groups_of_the_launch_wizard(name: str, verdict: type) -> None:
    assert isinstance(ec2_securitygroup_from_launch_wizard(group(name=name)), verdict)


def rules(number: int) -> tuple[Rule, ...]:
    return tuple(rule("tcp", (port, port)) for port in range(number))


def test_many_rules() -> None:
    assert isinstance(MANY_RULES(group(*rules(50), egress=rules(50))), Pass)
    assert isinstance(MANY_RULES(group(*rules(51))), Fail)
    assert isinstance(MANY_RULES(group(egress=rules(51))), Fail)
    assert isinstance(MANY_RULES(group(*rules(2)), max_security_group_rules=1), Fail)
    assert isinstance(MANY_RULES(group(*rules(2)), max_security_group_rules=2), Pass)


def test_the_sources_of_a_rule_are_not_counted() -> None:
    sources = [f"10.0.{number}.0/24" for number in range(51)]
    assert isinstance(MANY_RULES(group(rule("tcp", (443, 443), *sources))), Pass)


# ------------------------------------------------------------- default, unused
def test_default_groups() -> None:
    check = ec2_securitygroup_default_restrict_traffic
    to_anyone = (rule("-1"),)
    assert isinstance(check(group(name="default"), IN_USE), Pass)
    assert isinstance(check(group(*to_anyone, name="default"), IN_USE), Fail)
    assert isinstance(check(group(name="default", egress=to_anyone), IN_USE), Fail)
    assert check(group(name="default"), UNUSED) is None
    assert isinstance(check(group(name="default"), UNUSED, scan_unused_services=True), Pass)
    assert check(group(*to_anyone), IN_USE) is None


REFERRING = group(Rule(user_id_group_pairs=(GroupPair(group_id="sg-1"),)), id_="sg-2")
NOTHING = ConfiguredGroups()
DENIED = Failure("denied", "batch:DescribeComputeEnvironments", "AccessDenied")


@pytest.mark.parametrize(
    ("use", "groups", "configured", "verdict"),
    [
        (IN_USE, (), NOTHING, Pass),
        (UNUSED, (REFERRING,), NOTHING, Pass),
        (UNUSED, (), ConfiguredGroups(frozenset({"sg-1"})), Pass),
        (UNUSED, (), NOTHING, Fail),
        (UNUSED, (), DENIED, Manual),
        (IN_USE, (), DENIED, Pass),
        (UNUSED, (REFERRING,), DENIED, Pass),
    ],
)
def test_unused_groups(
    use: NetworkUse, groups: tuple[SecurityGroup, ...], configured: ConfiguredGroups | Failure, verdict: type
) -> None:
    found = ec2_securitygroup_not_used(group(), use, security_groups((group(), *groups)), configured)
    assert isinstance(found, verdict)


def test_default_groups_cannot_be_unused() -> None:
    default = group(name="default")
    assert ec2_securitygroup_not_used(default, UNUSED, security_groups((default,)), NOTHING) is None
