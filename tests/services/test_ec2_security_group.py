from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Failure, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
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
from aioprowler.services.ec2.resources.firewall import (
    ConfiguredGroups,
    NamedGroups,
    NamedPrefixLists,
    RulePrefixLists,
    SecurityGroup,
    named_groups,
)
from aioprowler.services.vpc.resources import GroupUse, InterfaceKind, PrefixList
from tests.services.rules import IN_USE, NO_LISTS, NO_NAMED_LISTS, UNUSED, group, listed, rule

ALL_PORTS = ec2_securitygroup_allow_ingress_from_internet_to_all_ports
ANY_PORT = ec2_securitygroup_allow_ingress_from_internet_to_any_port
FROM_IP = ec2_securitygroup_allow_ingress_from_internet_to_any_port_from_ip
HIGH_RISK = ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports
WIDE_OPEN = ec2_securitygroup_allow_wide_open_public_ipv4
MANY_RULES = ec2_securitygroup_with_many_ingress_egress_rules


@pytest.mark.parametrize("check", [ALL_PORTS, ANY_PORT, FROM_IP, HIGH_RISK, WIDE_OPEN], ids=lambda check: check.id)
def test_groups_without_interfaces_are_judged_on_request(check: Any) -> None:
    assert check(group(), UNUSED, NO_LISTS) is None
    assert isinstance(check(group(), UNUSED, NO_LISTS, scan_unused_services=True), Pass)
    assert isinstance(check(group(), IN_USE, NO_LISTS), Pass)


# ------------------------------------------------------------------- all ports
@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        (rule("-1"), Fail),
        (rule("-1", None, "::/0"), Fail),
        (rule("tcp", (0, 65535)), Fail),
        (rule("udp", (0, 65535)), Fail),
        (rule("tcp", (1, 65535)), Fail),
        (rule("tcp", (2, 65535)), Pass),
        (rule("tcp", (22, 22)), Pass),
        (rule("-1", None, "10.0.0.0/8"), Pass),
    ],
)
def test_all_ports(judged: Rule, verdict: type) -> None:
    assert isinstance(ALL_PORTS(group(judged), IN_USE, NO_LISTS), verdict)


@pytest.mark.parametrize(("use", "severity"), [(IN_USE, None), (UNUSED, "high")])
def test_all_ports_of_a_group_without_interfaces_are_less_severe(use: GroupUse, severity: str | None) -> None:
    verdict = ALL_PORTS(group(rule("-1")), use, NO_LISTS, scan_unused_services=True)
    assert isinstance(verdict, Fail)
    assert verdict.severity == severity


# -------------------------------------------------------------------- any port
HTTPS = rule("tcp", (443, 443))
SERVER = InterfaceKind("interface", "123456789012")
BALANCER = InterfaceKind("interface", "amazon-elb")
ENDPOINT = InterfaceKind("vpc_endpoint")


def used_by(*kinds: InterfaceKind) -> GroupUse:
    return GroupUse(kinds={"sg-1": set(kinds), "sg-2": {SERVER}})


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
    assert isinstance(ANY_PORT(group(HTTPS), used_by(*kinds), NO_LISTS), verdict)
    assert isinstance(ANY_PORT(group(), used_by(*kinds), NO_LISTS), Pass)


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
    assert isinstance(ANY_PORT(group(judged), used_by(SERVER), NO_LISTS), verdict)


def test_kinds_of_interfaces_are_named_and_configurable() -> None:
    found = ANY_PORT(group(HTTPS), used_by(SERVER, InterfaceKind("lambda"), BALANCER), NO_LISTS)
    assert isinstance(found, Fail)
    assert found.detail.endswith("interface of 123456789012, lambda.")
    assert isinstance(
        ANY_PORT(group(HTTPS), used_by(SERVER), NO_LISTS, ec2_allowed_interface_types=("interface",)), Pass
    )
    assert isinstance(
        ANY_PORT(group(HTTPS), used_by(SERVER), NO_LISTS, ec2_allowed_instance_owners=("123456789012",)), Pass
    )
    assert isinstance(ANY_PORT(group(HTTPS), used_by(ENDPOINT), NO_LISTS, ec2_allowed_interface_types=()), Fail)
    assert isinstance(ANY_PORT(group(HTTPS), used_by(BALANCER), NO_LISTS, ec2_allowed_instance_owners=()), Fail)


def test_open_ports_without_any_interface_harm_nobody() -> None:
    assert isinstance(ANY_PORT(group(HTTPS), UNUSED, NO_LISTS, scan_unused_services=True), Pass)


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
    assert isinstance(FROM_IP(group(judged), IN_USE, NO_LISTS), verdict)


def test_only_incoming_rules_open_ports_to_addresses() -> None:
    assert isinstance(FROM_IP(group(egress=(rule("tcp", (22, 22), "8.8.8.8/32"),)), IN_USE, NO_LISTS), Pass)


def test_ports_open_to_public_addresses_of_groups_that_open_everything() -> None:
    assert isinstance(FROM_IP(group(rule("-1"), rule("tcp", (22, 22), "8.8.8.8/32")), IN_USE, NO_LISTS), Fail)


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
    assert isinstance(WIDE_OPEN(group(judged), IN_USE, NO_LISTS), verdict)
    assert isinstance(WIDE_OPEN(group(egress=(judged,)), IN_USE, NO_LISTS), verdict)


# ------------------------------------------------------------------- high risk
@pytest.mark.parametrize("port", [25, 110, 135, 143, 445, 3000, 4333, 5000, 5500, 8080, 8088])
def test_high_risk_ports(port: int) -> None:
    assert isinstance(HIGH_RISK(group(rule("tcp", (port, port))), IN_USE, NO_LISTS), Fail)
    assert isinstance(HIGH_RISK(group(rule("tcp", (port - 1, port + 1), "::/0")), IN_USE, NO_LISTS), Fail)
    assert isinstance(HIGH_RISK(group(rule("udp", (port, port))), IN_USE, NO_LISTS), Pass)
    assert isinstance(HIGH_RISK(group(rule("tcp", (port, port), "10.0.0.0/8")), IN_USE, NO_LISTS), Pass)


def test_high_risk_ports_are_named_and_configurable() -> None:
    found = HIGH_RISK(group(rule("tcp", (100, 140))), IN_USE, NO_LISTS)
    assert isinstance(found, Fail)
    assert "TCP ports 110, 135" in found.detail
    assert isinstance(HIGH_RISK(group(HTTPS), IN_USE, NO_LISTS), Pass)
    assert isinstance(HIGH_RISK(group(HTTPS), IN_USE, NO_LISTS, ec2_high_risk_ports=(443,)), Fail)
    assert isinstance(HIGH_RISK(group(rule("-1")), IN_USE, NO_LISTS), Fail)


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
    assert isinstance(MANY_RULES(group(*rules(50), egress=rules(50)), NO_NAMED_LISTS), Pass)
    assert isinstance(MANY_RULES(group(*rules(51)), NO_NAMED_LISTS), Fail)
    assert isinstance(MANY_RULES(group(egress=rules(51)), NO_NAMED_LISTS), Fail)
    assert isinstance(MANY_RULES(group(*rules(2)), NO_NAMED_LISTS, max_security_group_rules=1), Fail)
    assert isinstance(MANY_RULES(group(*rules(2)), NO_NAMED_LISTS, max_security_group_rules=2), Pass)


def ranges(number: int, form: str = "10.0.{}.0/24") -> list[str]:
    return [form.format(each) for each in range(number)]


NAMES_51_GROUPS = Rule(ip_protocol="-1", user_id_group_pairs=tuple(GroupPair(group_id=f"sg-{n}") for n in range(51)))


@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        (rule("tcp", (443, 443), *ranges(50)), Pass),
        (rule("tcp", (443, 443), *ranges(51)), Fail),
        (rule("tcp", (443, 443), *ranges(51, "fd00:{}::/32")), Fail),
        (rule("tcp", (443, 443), *ranges(50), *ranges(50, "fd00:{}::/32")), Pass),
        (NAMES_51_GROUPS, Fail),
    ],
)
def test_each_source_of_a_rule_is_one_for_its_family(judged: Rule, verdict: type) -> None:
    assert isinstance(MANY_RULES(group(judged), NO_NAMED_LISTS), verdict)
    assert isinstance(MANY_RULES(group(egress=(judged,)), NO_NAMED_LISTS), verdict)


def prefix_list(name: str, *, owner: str = "123456789012", most: int | None = None, family: str = "IPv4") -> PrefixList:
    return PrefixList(
        prefix_list_id="pl-1", owner_id=owner, prefix_list_name=name, max_entries=most, address_family=family
    )


CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"


@pytest.mark.parametrize(
    ("lists", "others", "verdict"),
    [
        (prefix_list("offices", most=40), 10, Pass),
        (prefix_list("offices", most=40), 11, Fail),
        (prefix_list("offices", most=40, family="IPv6"), 11, Pass),
        (prefix_list("offices", most=51, family="IPv6"), 0, Fail),
        (prefix_list(CLOUDFRONT, owner="AWS"), 0, Fail),
        (prefix_list("com.amazonaws.global.ipv6.cloudfront.origin-facing", owner="AWS", family="IPv6"), 0, Fail),
        (prefix_list("com.amazonaws.eu-west-1.s3", owner="AWS"), 49, Pass),
        (prefix_list("com.amazonaws.eu-west-1.s3", owner="AWS"), 50, Fail),
        (prefix_list("com.amazonaws.eu-west-1.of-tomorrow", owner="AWS"), 50, Manual),
        (prefix_list("com.amazonaws.eu-west-1.of-tomorrow", owner="AWS"), 51, Fail),
    ],
)
def test_a_prefix_list_is_as_many_rules_as_it_may_have_entries(lists: PrefixList, others: int, verdict: type) -> None:
    judged = group(listed("pl-1"), *rules(others))
    assert isinstance(MANY_RULES(judged, NamedPrefixLists(lists=(lists,))), verdict)


def test_prefix_lists_that_nobody_could_count() -> None:
    denied = Failure("denied", "ec2:DescribeManagedPrefixLists", "UnauthorizedOperation")
    judged = MANY_RULES(group(listed("pl-1")), denied)
    assert isinstance(judged, Manual)
    assert "ec2:DescribeManagedPrefixLists" in judged.detail
    assert isinstance(MANY_RULES(group(*rules(50)), denied), Pass)
    assert isinstance(MANY_RULES(group(listed("pl-1"), *rules(51)), denied), Fail)


# ---------------------------------------------------------------- prefix lists
NOT_READ = Failure("denied", "ec2:GetManagedPrefixListEntries", "UnauthorizedOperation")
OF_RULES = RulePrefixLists(
    entries={
        "pl-all": ("0.0.0.0/1", "128.0.0.0/1"),
        "pl-half": ("0.0.0.0/1",),
        "pl-office": ("8.8.8.8/32",),
        "pl-wide": ("8.8.0.0/16",),
        "pl-private": ("10.0.0.0/8",),
        "pl-of-aws": (),
    }
)


@pytest.mark.parametrize(
    ("check", "lists", "verdict"),
    [
        (ALL_PORTS, ["pl-all"], Fail),
        (ALL_PORTS, ["pl-half"], Pass),
        (ALL_PORTS, ["pl-of-aws", "pl-private"], Pass),
        (ALL_PORTS, ["pl-private", "pl-of-another-region"], Manual),
        (ALL_PORTS, ["pl-all", "pl-of-another-region"], Fail),
        (HIGH_RISK, ["pl-all"], Fail),
        (HIGH_RISK, ["pl-office"], Pass),
        (HIGH_RISK, ["pl-unknown"], Manual),
        (FROM_IP, ["pl-office"], Fail),
        (FROM_IP, ["pl-of-aws", "pl-private"], Pass),
        (FROM_IP, ["pl-unknown"], Manual),
        (WIDE_OPEN, ["pl-wide"], Fail),
        (WIDE_OPEN, ["pl-office"], Pass),
        (WIDE_OPEN, ["pl-unknown"], Manual),
    ],
)
def test_a_prefix_list_stands_for_its_entries(check: Any, lists: list[str], verdict: type) -> None:
    assert isinstance(check(group(listed(*lists)), IN_USE, OF_RULES), verdict)


@pytest.mark.parametrize("check", [ALL_PORTS, ANY_PORT, FROM_IP, HIGH_RISK, WIDE_OPEN], ids=lambda check: check.id)
def test_prefix_lists_that_nobody_could_read_matter_only_where_they_decide(check: Any) -> None:
    use = used_by(SERVER)
    judged = check(group(listed("pl-1")), use, NOT_READ)
    assert isinstance(judged, Manual)
    assert "prefix list pl-1" in judged.detail
    assert "ec2:GetManagedPrefixListEntries" in judged.detail
    assert isinstance(check(group(rule("-1", None, "10.0.0.0/8")), use, NOT_READ), Pass)
    open_to_all = rule("-1", None, "0.0.0.0/0", "8.0.0.0/8")
    assert isinstance(check(group(open_to_all, listed("pl-1")), use, NOT_READ), Fail)


def test_a_prefix_list_and_a_range_make_a_whole_together() -> None:
    other_half = rule("tcp", (22, 22), "128.0.0.0/1")
    assert isinstance(ANY_PORT(group(listed("pl-half"), other_half), used_by(SERVER), OF_RULES), Fail)
    assert isinstance(ANY_PORT(group(listed("pl-half")), used_by(SERVER), OF_RULES), Pass)


def test_an_unread_list_of_a_harmless_port_harms_nothing() -> None:
    judged = group(listed("pl-1", protocol="tcp", ports=(443, 443)))
    assert isinstance(HIGH_RISK(judged, IN_USE, NOT_READ), Pass)
    assert isinstance(ALL_PORTS(judged, IN_USE, NOT_READ), Pass)


# ------------------------------------------------------------- default, unused
def test_default_groups() -> None:
    check = ec2_securitygroup_default_restrict_traffic
    to_anyone = (rule("-1"),)
    assert isinstance(check(group(name="default", egress=()), IN_USE), Pass)
    assert isinstance(check(group(*to_anyone, name="default"), IN_USE), Fail)
    assert isinstance(check(group(name="default", egress=to_anyone), IN_USE), Fail)
    assert check(group(name="default", egress=()), UNUSED) is None
    assert isinstance(check(group(name="default", egress=()), UNUSED, scan_unused_services=True), Pass)
    with pytest.raises(UnreadableError, match="IpPermissionsEgress"):
        check(group(name="default"), IN_USE)
    with pytest.raises(UnreadableError, match="GroupName"):
        check(group(name="", egress=()), IN_USE)
    assert check(group(*to_anyone), IN_USE) is None


def naming(id_: str, *named: str, outgoing: bool = False) -> SecurityGroup:
    pairs = tuple(GroupPair(group_id=each) for each in named)
    rules = (Rule(ip_protocol="-1", user_id_group_pairs=pairs),)
    return group(id_=id_, egress=rules) if outgoing else group(*rules, id_=id_)


NOTHING = ConfiguredGroups()
DENIED = Failure("denied", "batch:DescribeComputeEnvironments", "AccessDenied")
JUDGED = group()
NAMES_ITSELF = naming("sg-1", "sg-1")
BY_THE_SECOND, BACK_TO_THE_FIRST = naming("sg-2", "sg-1"), naming("sg-1", "sg-2")
OUTGOING = naming("sg-2", "sg-1", outgoing=True)
SECOND_USED = GroupUse(kinds={"sg-2": set()})
SECOND_SET = ConfiguredGroups(frozenset({"sg-2"}))


@pytest.mark.parametrize(
    ("use", "groups", "configured", "verdict"),
    [
        (IN_USE, (JUDGED,), NOTHING, Pass),
        (UNUSED, (JUDGED,), ConfiguredGroups(frozenset({"sg-1"})), Pass),
        (UNUSED, (JUDGED,), NOTHING, Fail),
        (UNUSED, (JUDGED,), DENIED, Manual),
        (IN_USE, (JUDGED,), DENIED, Pass),
        (UNUSED, (NAMES_ITSELF,), NOTHING, Fail),
        (SECOND_USED, (JUDGED, BY_THE_SECOND), NOTHING, Pass),
        (SECOND_USED, (JUDGED, OUTGOING), NOTHING, Pass),
        (UNUSED, (JUDGED, BY_THE_SECOND), NOTHING, Pass),
        (UNUSED, (JUDGED, BY_THE_SECOND), DENIED, Pass),
        (UNUSED, (BACK_TO_THE_FIRST, BY_THE_SECOND), NOTHING, Fail),
        (UNUSED, (BACK_TO_THE_FIRST, OUTGOING), NOTHING, Fail),
        (UNUSED, (BACK_TO_THE_FIRST, BY_THE_SECOND), DENIED, Manual),
        (SECOND_USED, (BACK_TO_THE_FIRST, BY_THE_SECOND), NOTHING, Pass),
        (UNUSED, (BACK_TO_THE_FIRST, BY_THE_SECOND), SECOND_SET, Pass),
        (UNUSED, (naming("sg-1", "sg-2"), naming("sg-2", "sg-3"), naming("sg-3", "sg-1")), NOTHING, Fail),
        (UNUSED, (BACK_TO_THE_FIRST, BY_THE_SECOND, naming("sg-3", "sg-2")), NOTHING, Pass),
    ],
)
def test_unused_groups(
    use: GroupUse, groups: tuple[SecurityGroup, ...], configured: ConfiguredGroups | Failure, verdict: type
) -> None:
    named = named_groups(groups, use, configured)
    assert isinstance(ec2_securitygroup_not_used(groups[0], use, named, configured), verdict)


def test_default_groups_cannot_be_unused() -> None:
    default = group(name="default")
    assert ec2_securitygroup_not_used(default, UNUSED, NamedGroups(), NOTHING) is None
