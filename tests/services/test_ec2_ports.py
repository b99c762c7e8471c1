from __future__ import annotations

from itertools import pairwise
from types import ModuleType
from typing import Any

import pytest

from aioprowler import Fail, Failure, Manual, Pass, Verdict
from aioprowler.catalog import checks_of
from aioprowler.declarations.failure import UnreadableError
from aioprowler.judging.ports import (
    AclEntry,
    GroupPair,
    PortRange,
    Rule,
    admits_anyone,
    admits_anyone_everywhere,
    open_ports,
    opens_all_ports,
    opens_any_port,
    public_networks,
    tcp_ports,
)
from aioprowler.services.ec2.checks import instance_ports, security_group_ports
from aioprowler.services.ec2.checks.instance import (
    ec2_instance_internet_facing_with_instance_profile,
    ec2_instance_public_ip,
)
from aioprowler.services.ec2.resources.firewall import (
    RulePrefixLists,
    SecurityGroup,
    SecurityGroupIndex,
    security_group_index,
)
from aioprowler.services.ec2.resources.instance import AttachedInterface, Instance, InstanceProfile, addresses_of
from aioprowler.services.vpc.resources import (
    AddressAssociation,
    Exit,
    InterfaceGroup,
    Ipv6Address,
    PrivateAddress,
    Route,
    RoutePrefixLists,
    RouteTable,
    RouteTableAssociation,
    Routing,
    routing,
)
from tests.services.made import made
from tests.services.rules import IN_USE, NO_LISTS, UNUSED, group, listed, rule

# ---------------------------------------------------- rules of security groups
FROM_GROUP = Rule(ip_protocol="-1", user_id_group_pairs=(GroupPair(group_id="sg-2"),))


@pytest.mark.parametrize(
    ("judged", "ssh", "something", "everything"),
    [
        (rule("tcp", (22, 22)), True, True, False),
        (rule("tcp", (20, 25)), True, True, False),
        (rule("tcp", (22, 22), "::/0"), True, True, False),
        (rule("tcp", (22, 22), "10.0.0.0/8", "::/0"), True, True, False),
        (rule("tcp", (0, 65535)), True, True, True),
        (rule("tcp", (1, 65535)), True, True, True),
        (rule("tcp", (2, 65535)), True, True, False),
        (rule("tcp", (0, 65534)), True, True, False),
        (rule("6", (22, 22)), True, True, False),
        (rule("-1"), True, True, True),
        (rule("-1", None, "::/0"), True, True, True),
        (rule("-1", (-1, -1)), True, True, True),
        (rule("udp", (22, 22)), False, True, False),
        (rule("udp", (0, 65535)), False, True, True),
        (rule("icmp", (-1, -1)), False, True, False),
        (rule("47"), False, False, False),
        (rule("tcp", (23, 80)), False, True, False),
        (rule("tcp", (0, 21)), False, True, False),
        (rule("tcp", (22, 22), "10.0.0.0/8"), False, False, False),
        (rule("tcp", (22, 22), "0.0.0.0/1"), False, False, False),
        (rule("tcp", (22, 22), "128.0.0.0/1"), False, False, False),
        (rule("tcp", (22, 22), "0.0.0.0/1", "128.0.0.0/1"), True, True, False),
        (rule("tcp", (22, 22), "0.0.0.0/1", "128.0.0.0/2"), True, True, False),
        (rule("tcp", (22, 22), "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"), True, True, False),
        (rule("tcp", (22, 22), "::/1"), True, True, False),
        (rule("tcp", (22, 22), "::/1", "8000::/1"), True, True, False),
        (rule("tcp", (22, 22), "8000::/1"), False, False, False),
        (rule("tcp", (22, 22), "2000::/3"), True, True, False),
        (rule("tcp", (22, 22), "2000::/4"), False, False, False),
        (rule("tcp", (22, 22), "2000::/4", "0.0.0.0/1"), False, False, False),
        (rule("tcp", (22, 22), "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"), False, False, False),
        (rule("tcp", (22, 22), "3.0.0.0/8"), False, False, False),
        (rule("icmp", (0, -1), "0.0.0.0/1", "128.0.0.0/1"), False, True, False),
        (rule("-1", None, "8.8.8.8/32"), False, False, False),
        (FROM_GROUP, False, False, False),
        (Rule(ip_protocol="-1"), False, False, False),
    ],
)
def test_what_a_rule_opens(judged: Rule, ssh: bool, something: bool, everything: bool) -> None:
    assert open_ports([judged], "tcp", [22]) == ([22] if ssh else [])
    assert opens_any_port([judged]) is something
    assert opens_all_ports([judged]) is everything


def halves(protocol: str, lower: tuple[int, int], upper: tuple[int, int]) -> list[Rule]:
    """Two rules, each for a half of the internet."""
    return [rule(protocol, lower, "0.0.0.0/1"), rule(protocol, upper, "128.0.0.0/1")]


ALL_OF_ONE_HALF = rule("-1", None, "0.0.0.0/1")


@pytest.mark.parametrize(
    ("rules", "ssh", "something", "everything"),
    [
        (halves("tcp", (22, 22), (22, 22)), True, True, False),
        (halves("tcp", (20, 25), (22, 30)), True, True, False),
        (halves("tcp", (20, 25), (23, 30)), False, True, False),
        (halves("tcp", (20, 22), (23, 30)), False, False, False),
        (halves("tcp", (0, 65535), (1, 65535)), True, True, True),
        ([rule("tcp", (22, 22), "0.0.0.0/1"), rule("udp", (22, 22), "128.0.0.0/1")], False, False, False),
        ([ALL_OF_ONE_HALF, rule("tcp", (22, 22), "128.0.0.0/1")], True, True, False),
        ([ALL_OF_ONE_HALF, rule("-1", None, "128.0.0.0/1")], True, True, True),
        ([rule("tcp", (0, 32767)), rule("tcp", (32768, 65535))], True, True, True),
        ([rule("tcp", (0, 32767)), rule("tcp", (32769, 65535))], True, True, False),
        ([rule("tcp", (0, 32767)), rule("udp", (32768, 65535))], True, True, False),
        ([rule("tcp", (1, 32767), "::/0"), rule("tcp", (32768, 65535))], True, True, True),
        ([rule("icmp", (8, -1), "0.0.0.0/1"), rule("icmp", (-1, -1), "128.0.0.0/1")], False, True, False),
        ([rule("icmp", (8, -1), "0.0.0.0/1"), rule("icmp", (0, -1), "128.0.0.0/1")], False, False, False),
    ],
)
def test_what_rules_open_together(rules: list[Rule], ssh: bool, something: bool, everything: bool) -> None:
    assert open_ports(rules, "tcp", [22]) == ([22] if ssh else [])
    assert opens_any_port(rules) is something
    assert opens_all_ports(rules) is everything


def test_what_is_no_range_is_told() -> None:
    with pytest.raises(UnreadableError, match="'everywhere' is no range"):
        open_ports([rule("tcp", (22, 22), "everywhere")], "tcp", [22])
    with pytest.raises(UnreadableError, match="ports of a rule for tcp"):
        opens_any_port([rule("tcp")])


def test_ports_opened_by_different_rules() -> None:
    rules = [rule("tcp", (20, 20)), rule("tcp", (21, 30), "::/0"), rule("tcp", (80, 80), "10.0.0.0/8")]
    assert open_ports(rules, "tcp", [20, 21, 80]) == [20, 21]


@pytest.mark.parametrize(
    ("cidr", "public"),
    [
        ("8.8.8.8/32", True),
        ("8.8.8.1/20", True),
        ("0.0.0.0/1", True),
        ("8.0.0.0/5", True),
        ("2600::/32", True),
        ("8.0.0.0/7", True),
        ("2000::/4", True),
        ("::/1", False),
        ("2000::/3", False),
        ("0.0.0.0/0", False),
        ("::/0", False),
        ("10.0.0.0/8", False),
        ("172.16.0.0/12", False),
        ("192.168.1.0/24", False),
        ("100.64.0.0/10", False),
        ("169.254.0.0/16", False),
        ("192.0.2.0/24", False),
        ("fd00::/8", False),
    ],
)
def test_which_networks_are_public(cidr: str, public: bool) -> None:
    assert bool(public_networks([rule("tcp", (22, 22), "0.0.0.0/0", cidr)])) is public


def test_public_networks_are_named_once() -> None:
    rules = [rule("tcp", (22, 22), "8.8.8.8/32"), rule("tcp", (80, 80), "10.0.0.0/8", "8.8.8.8/32", "2600::/32")]
    assert [str(network) for network in public_networks(rules)] == ["8.8.8.8/32", "2600::/32"]


# ----------------------------------------------------- entries of network ACLs
EVERY_PORT = PortRange()
AROUND_SSH, SSH, WEB = PortRange(from_=20, to=30), PortRange(from_=22, to=22), PortRange(from_=80, to=80)


def entry(
    number: int,
    action: str,
    ports: PortRange = EVERY_PORT,
    *,
    protocol: str = "6",
    cidr: str = "0.0.0.0/0",
    egress: bool = False,
) -> AclEntry:
    ipv4, ipv6 = (None, cidr) if ":" in cidr else (cidr, None)
    return AclEntry(number, action, egress, protocol, ipv4, ipv6, ports)


HALVES = ((40, "0.0.0.0/1"), (41, "128.0.0.0/1"))
DENIED_HALVES = [entry(40, "deny", SSH, cidr="0.0.0.0/1"), entry(41, "deny", AROUND_SSH, cidr="128.0.0.0/1")]


@pytest.mark.parametrize(
    ("entries", "admitted"),
    [
        ([entry(100, "allow", protocol="-1"), entry(32767, "deny", protocol="-1")], True),
        ([entry(32767, "deny", protocol="-1")], False),
        ([], False),
        ([entry(100, "allow", AROUND_SSH)], True),
        ([entry(100, "allow", SSH)], True),
        ([entry(100, "allow", PortRange(from_=23, to=30))], False),
        ([entry(100, "allow", PortRange(from_=0, to=21))], False),
        ([entry(100, "allow", WEB)], False),
        ([entry(100, "allow", AROUND_SSH, protocol="17")], False),
        ([entry(100, "allow", AROUND_SSH, cidr="10.0.0.0/8")], False),
        ([entry(100, "allow", AROUND_SSH, egress=True)], False),
        ([entry(200, "allow", protocol="-1"), entry(100, "deny", AROUND_SSH)], False),
        ([entry(200, "deny", AROUND_SSH), entry(100, "allow", protocol="-1")], True),
        ([entry(50, "deny", AROUND_SSH, cidr="10.0.0.0/8"), entry(100, "allow", protocol="-1")], True),
        ([entry(100, "deny", AROUND_SSH), entry(101, "allow", AROUND_SSH, cidr="::/0")], True),
        ([entry(100, "deny", AROUND_SSH, cidr="::/0"), entry(101, "allow", AROUND_SSH, cidr="::/0")], False),
        ([entry(100, "deny", AROUND_SSH, cidr="::/0"), entry(101, "allow", AROUND_SSH)], True),
        ([entry(100, "allow", SSH, cidr="0.0.0.0/1")], False),
        ([entry(100, "allow", SSH, cidr="0.0.0.0/1"), entry(101, "allow", cidr="128.0.0.0/1")], True),
        ([entry(100, "allow", SSH, cidr="0.0.0.0/1"), entry(101, "allow", cidr="128.0.0.0/2")], True),
        ([*DENIED_HALVES, entry(100, "allow", protocol="-1")], False),
        ([DENIED_HALVES[0], entry(100, "allow", protocol="-1")], False),
        ([entry(50, "deny", cidr="0.0.0.0/2"), entry(100, "allow", protocol="-1")], True),
        ([entry(50, "deny", WEB, cidr="0.0.0.0/1"), entry(100, "allow", protocol="-1")], True),
        ([*DENIED_HALVES, entry(30, "allow", SSH)], True),
        ([entry(100, "allow", SSH, cidr="2000::/3")], True),
    ],
)
def test_whom_a_network_acl_admits(entries: list[AclEntry], admitted: bool) -> None:
    assert admits_anyone(entries, "6", 22) is admitted


@pytest.mark.parametrize(
    ("entries", "admitted"),
    [
        ([entry(100, "allow", protocol="-1")], True),
        ([entry(100, "allow", protocol="-1", cidr="::/0")], True),
        ([entry(100, "allow", protocol="6")], True),
        ([entry(100, "allow", protocol="17")], True),
        ([entry(100, "allow", protocol="1")], False),
        ([entry(100, "allow", PortRange(from_=1))], True),
        ([entry(100, "allow", PortRange(from_=2))], False),
        ([entry(100, "allow", PortRange(to=32767)), entry(101, "allow", PortRange(from_=32768))], True),
        ([entry(100, "allow", PortRange(to=32767)), entry(101, "allow", PortRange(from_=32769))], False),
        ([entry(100, "allow", cidr="0.0.0.0/1"), entry(101, "allow", cidr="128.0.0.0/1")], True),
        ([*(entry(n, "deny", protocol="-1", cidr=c) for n, c in HALVES), entry(100, "allow", protocol="-1")], False),
        ([entry(90, "deny"), entry(91, "deny", protocol="17"), entry(100, "allow", protocol="-1")], False),
        ([entry(90, "deny", PortRange(to=0)), entry(100, "allow")], True),
        ([entry(100, "allow", PortRange(to=65534))], False),
        ([entry(100, "allow", SSH)], False),
        ([entry(100, "allow", protocol="-1", cidr="10.0.0.0/8")], False),
        ([entry(100, "allow", protocol="-1", egress=True)], False),
        ([entry(90, "deny", protocol="-1"), entry(100, "allow", protocol="-1")], False),
        ([entry(90, "deny", SSH), entry(100, "allow", protocol="-1")], True),
        ([entry(90, "deny", protocol="-1"), entry(100, "allow", protocol="-1", cidr="::/0")], True),
        ([entry(90, "deny", protocol="6"), entry(100, "allow", protocol="6")], False),
        ([], False),
    ],
)
def test_whether_a_network_acl_admits_everybody_everywhere(entries: list[AclEntry], admitted: bool) -> None:
    assert admits_anyone_everywhere(iter(entries)) is admitted


# ------------------------------------------------- one check for each service
OF_GROUPS = {
    "22": [22],
    "3389": [3389],
    "cassandra_7199_9160_8888": [7199, 9160, 8888],
    "elasticsearch_kibana_9200_9300_5601": [9200, 9300, 5601],
    "ftp_20_21": [20, 21],
    "kafka_9092": [9092],
    "memcached_11211": [11211],
    "mongodb_27017_27018": [27017, 27018],
    "mysql_3306": [3306],
    "oracle_1521_2483": [1521, 2483],
    "postgres_5432": [5432],
    "redis_6379": [6379],
    "sql_server_1433_1434": [1433, 1434],
    "telnet_23": [23],
}
OF_INSTANCES = {
    "cassandra": [7000, 7001, 7199, 9042, 9160],
    "cifs": [139, 445],
    "elasticsearch_kibana": [9200, 9300, 5601],
    "ftp": [20, 21],
    "kafka": [9092],
    "kerberos": [88, 464, 749, 750],
    "ldap": [389, 636],
    "memcached": [11211],
    "mongodb": [27017, 27018],
    "mysql": [3306],
    "oracle": [1521, 2483, 2484],
    "postgresql": [5432],
    "rdp": [3389],
    "redis": [6379],
    "sqlserver": [1433, 1434],
    "ssh": [22],
    "telnet": [23],
}
GROUP_CHECK, INSTANCE_CHECK = (
    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_{}",
    "ec2_instance_port_{}_exposed_to_internet",
)


@pytest.mark.parametrize(
    ("module", "id_of", "ports"),
    [(security_group_ports, GROUP_CHECK, OF_GROUPS), (instance_ports, INSTANCE_CHECK, OF_INSTANCES)],
)
def test_each_check_is_found_under_its_id(module: ModuleType, id_of: str, ports: dict[str, list[int]]) -> None:
    assert {check.id for check in checks_of(module)} == {id_of.format(name) for name in ports}
    for check in checks_of(module):
        assert getattr(module, check.id) is check


def all_but(ports: list[int]) -> list[Rule]:
    """Rules for everyone that open every port except these."""
    edges = [-1, *sorted(ports), 65536]
    gaps = [(before + 1, after - 1) for before, after in pairwise(edges)]
    return [rule("tcp", gap) for gap in gaps if gap[0] <= gap[1]]


def tcp(port: int) -> str:
    return f"IpProtocol=tcp,FromPort={port},ToPort={port},IpRanges=[{{CidrIp=0.0.0.0/0}}]"


@pytest.mark.parametrize(("name", "ports"), OF_GROUPS.items(), ids=OF_GROUPS)
def test_a_service_is_judged_by_its_ports_in_groups(name: str, ports: list[int]) -> None:
    check = getattr(security_group_ports, GROUP_CHECK.format(name))
    assert isinstance(check(group(*all_but(ports)), IN_USE, NO_LISTS), Pass)
    for port in ports:
        verdict = check(group(rule("tcp", (port, port))), IN_USE, NO_LISTS)
        assert isinstance(verdict, Fail)
        assert tcp_ports([port]) in verdict.detail
        assert [named["rule"] for named in verdict.names] == [tcp(port)]
    assert tcp_ports(ports) in check.documentation.title


@pytest.mark.parametrize(("name", "ports"), OF_INSTANCES.items(), ids=OF_INSTANCES)
def test_a_service_is_judged_by_its_ports_on_instances(name: str, ports: list[int]) -> None:
    check = getattr(instance_ports, INSTANCE_CHECK.format(name))
    assert isinstance(judged_by(check, instance(), groups(group(*all_but(ports)))), Pass)
    for port in ports:
        verdict = judged_by(check, instance(), groups(group(rule("tcp", (port, port)))))
        assert isinstance(verdict, Fail)
        assert tcp_ports([port]) in verdict.detail
        assert [(named["security_group"], named["rule"]) for named in verdict.names] == [("sg-1", tcp(port))]
    assert tcp_ports(ports) in check.documentation.title


@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        (rule("tcp", (3000, 4000)), Fail),
        (rule("tcp", (3306, 3306), "::/0"), Fail),
        (rule("tcp", (0, 65535)), Fail),
        (rule("-1"), Fail),
        (rule("udp", (0, 65535)), Pass),
        (rule("udp", (3306, 3306)), Pass),
        (rule("tcp", (3306, 3306), "192.0.2.0/24"), Pass),
        (rule("tcp", (3306, 3306), "0.0.0.0/1", "128.0.0.0/1"), Fail),
        (rule("tcp", (3306, 3306), "0.0.0.0/1"), Pass),
        (listed("pl-all"), Fail),
        (listed("pl-part"), Pass),
        (listed("pl-unknown"), Manual),
        (FROM_GROUP, Pass),
    ],
)
def test_rules_that_open_a_service(judged: Rule, verdict: type) -> None:
    of_group = security_group_ports.ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306
    assert isinstance(of_group(group(judged), IN_USE, LISTS), verdict)
    assert isinstance(judged_by(MYSQL, instance(), groups(group(judged))), verdict)


def test_groups_without_interfaces_are_judged_on_request() -> None:
    for check in checks_of(security_group_ports):
        assert check(group(rule("-1")), UNUSED, NO_LISTS) is None
        assert isinstance(check(group(rule("-1")), UNUSED, NO_LISTS, scan_unused_services=True), Fail)
        assert isinstance(check(group(), UNUSED, NO_LISTS, scan_unused_services=True), Pass)


# ------------------------------------------------------------------- instances
MYSQL, ORACLE = (
    instance_ports.ec2_instance_port_mysql_exposed_to_internet,
    instance_ports.ec2_instance_port_oracle_exposed_to_internet,
)
LISTS = RulePrefixLists(entries={"pl-all": ("0.0.0.0/1", "128.0.0.0/1"), "pl-part": ("8.8.8.0/24",)})
BY_IPV4 = Route(destination_cidr_block="0.0.0.0/0", gateway_id="igw-1")
BY_IPV6 = Route(destination_ipv6_cidr_block="::/0", gateway_id="igw-1")
OUTWARD = Route(destination_ipv6_cidr_block="::/0", gateway_id="eigw-1")


def table(*routes: Route, subnet: str | None = None, vpc: str = "vpc-1") -> RouteTable:
    association = RouteTableAssociation(main=subnet is None, subnet_id=subnet)
    return RouteTable(route_table_id="rtb", vpc_id=vpc, routes=routes, associations=(association,))


PUBLIC = routing(
    (
        table(BY_IPV4, subnet="subnet-1"),
        table(subnet="subnet-2"),
        table(BY_IPV4, vpc="vpc-2"),
        table(BY_IPV6, subnet="subnet-6"),
        table(OUTWARD, subnet="subnet-out"),
    ),
    RoutePrefixLists(),
)
OPEN = group(rule("tcp", (3306, 3306)))
DENIED = Failure("denied", "ec2:DescribeRouteTables", "UnauthorizedOperation")


def instance(
    *ids: str, subnet: str = "subnet-1", vpc: str = "vpc-1", address: str | None = "3.3.3.3", **fields: Any
) -> Instance:
    return made(
        Instance,
        instance_id="i-1",
        subnet_id=subnet,
        vpc_id=vpc,
        public_ip_address=address,
        security_groups=tuple(InterfaceGroup(group_id=id_) for id_ in ids or ("sg-1",)),
        **{"network_interfaces": (), **fields},
    )


def interface(*ipv6: str, ipv4: str = "", own: str = "", subnet: str = "") -> AttachedInterface:
    """With an address of a further private one, and one of its own."""
    private = PrivateAddress(association=AddressAssociation(public_ip=ipv4))
    return AttachedInterface(
        subnet_id=subnet,
        association=AddressAssociation(public_ip=own),
        private_ip_addresses=(private,),
        ipv6_addresses=tuple(Ipv6Address(ipv6_address=each) for each in ipv6),
    )


def judged_by(check: Any, judged: Instance, known: SecurityGroupIndex, routes: Routing | Failure = PUBLIC) -> Verdict:
    verdict: Verdict = check(judged, known, addresses_of(judged, routes))
    return verdict


def groups(*known: SecurityGroup) -> SecurityGroupIndex:
    return security_group_index(known, LISTS)  # type: ignore[no-any-return]


GLOBAL, LOCAL = "2a05:d018::1", "fd00::1"
IN_A_PUBLIC_SUBNET = (interface(own="3.3.3.4", subnet="subnet-1"),)


@pytest.mark.parametrize(
    ("judged", "severity"),
    [
        (instance(), None),
        (instance(subnet="subnet-2"), "high"),
        (instance(subnet="subnet-6"), "high"),
        (instance(subnet="subnet-3", vpc="vpc-2"), None),
        (instance(subnet="subnet-2", vpc="vpc-2"), "high"),
        (instance(address=None), "medium"),
        (instance(address=None, subnet="subnet-2"), "medium"),
        (instance(address=None, network_interfaces=(interface(), interface(ipv4="3.3.3.4"))), None),
        (instance(address=None, network_interfaces=(interface(), interface(own="3.3.3.4"))), None),
        (instance(address=None, network_interfaces=(interface(own="3.3.3.4", subnet="subnet-2"),)), "high"),
        (
            instance(
                address=None, subnet="subnet-2", network_interfaces=(interface(own="3.3.3.4", subnet="subnet-1"),)
            ),
            None,
        ),
        (instance(address=None, subnet="subnet-6", network_interfaces=(interface(GLOBAL),)), None),
        (instance(address=None, subnet="subnet-6", ipv6_address=GLOBAL), None),
        (instance(address=None, subnet="subnet-6", network_interfaces=(interface(LOCAL),)), "medium"),
        (instance(address=None, subnet="subnet-out", network_interfaces=(interface(GLOBAL),)), "medium"),
        (instance(address=None, subnet="subnet-1", network_interfaces=(interface(GLOBAL),)), "medium"),
        (instance(subnet="subnet-6", network_interfaces=(interface(GLOBAL),)), None),
    ],
)
def test_how_bad_an_open_port_is(judged: Instance, severity: str | None) -> None:
    verdict = judged_by(MYSQL, judged, groups(OPEN))
    assert isinstance(verdict, Fail)
    assert verdict.severity == severity
    assert MYSQL.severity == "critical"


@pytest.mark.parametrize(
    ("facts", "public"),
    [
        ({"address": None}, ()),
        ({}, ("3.3.3.3",)),
        ({"subnet": "subnet-2"}, ("3.3.3.3",)),
        ({"network_interfaces": (interface(own="3.3.3.3", ipv4="3.3.3.4"),)}, ("3.3.3.3", "3.3.3.4")),
        ({"address": None, "subnet": "subnet-6", "network_interfaces": (interface(GLOBAL),)}, (GLOBAL,)),
        ({"address": None, "subnet": "subnet-out", "network_interfaces": (interface(GLOBAL),)}, ()),
        ({"address": None, "subnet": "subnet-6", "network_interfaces": (interface(LOCAL),)}, ()),
        ({"address": None, "network_interfaces": (interface(GLOBAL, subnet="subnet-6"),)}, (GLOBAL,)),
    ],
)
def test_which_addresses_are_public(facts: dict[str, Any], public: tuple[str, ...]) -> None:
    role = InstanceProfile(arn="arn:aws:iam::123456789012:instance-profile/web")
    judged = instance(**facts, iam_instance_profile=role)
    found = addresses_of(judged, PUBLIC)
    assert str(found) == ", ".join(public)
    for check in (ec2_instance_public_ip, ec2_instance_internet_facing_with_instance_profile):
        verdict = check(judged, found)
        assert isinstance(verdict, Fail if public else Pass)
        assert all(address in verdict.detail for address in public)


def test_an_ipv6_address_is_not_judged_where_its_routes_are_not_known() -> None:
    judged = instance(address=None, network_interfaces=(interface(GLOBAL),))
    for routes in (DENIED, routing((), RoutePrefixLists())):
        found = addresses_of(judged, routes)
        assert isinstance(ec2_instance_public_ip(judged, found), Manual)
        assert isinstance(judged_by(MYSQL, judged, groups(OPEN), routes), Manual)
        facing = ec2_instance_internet_facing_with_instance_profile(judged, found)
        assert isinstance(facing, Pass), "without a role it does not matter"
        assert isinstance(ec2_instance_public_ip(instance(), addresses_of(instance(), routes)), Fail)
        without = instance(address=None)
        assert isinstance(ec2_instance_public_ip(without, addresses_of(without, routes)), Pass)


def test_the_groups_of_an_instance_count_together() -> None:
    other = group(rule("tcp", (1521, 1521)), rule("tcp", (2484, 2484), "::/0"), id_="sg-2")
    assert isinstance(judged_by(MYSQL, instance("sg-2", "sg-1"), groups(other, OPEN)), Fail)
    assert isinstance(judged_by(MYSQL, instance("sg-2"), groups(other, OPEN)), Pass)
    assert "TCP ports 1521, 2484" in judged_by(ORACLE, instance("sg-1", "sg-2"), groups(other, OPEN)).detail


def test_halves_in_two_groups_are_a_whole() -> None:
    lower, upper = (
        group(rule("tcp", (3306, 3306), cidr), id_=id_)
        for id_, cidr in (("sg-1", "0.0.0.0/1"), ("sg-2", "128.0.0.0/1"))
    )
    assert isinstance(judged_by(MYSQL, instance("sg-1", "sg-2"), groups(lower, upper)), Fail)
    assert isinstance(judged_by(MYSQL, instance("sg-1"), groups(lower, upper)), Pass)


def test_groups_of_further_interfaces_count() -> None:
    second = AttachedInterface(groups=(InterfaceGroup(group_id="sg-1"),))
    judged = made(Instance, instance_id="i-1", security_groups=(), network_interfaces=(second,))
    assert isinstance(judged_by(MYSQL, judged, groups(OPEN)), Fail)


def test_an_instance_without_groups_exposes_nothing() -> None:
    assert isinstance(
        judged_by(MYSQL, made(Instance, instance_id="i-1", security_groups=(), network_interfaces=()), groups(OPEN)),
        Pass,
    )


def test_a_group_that_aws_did_not_list_may_open_anything() -> None:
    verdict = judged_by(MYSQL, instance("sg-1", "sg-other"), groups(group()))
    assert isinstance(verdict, Manual)
    assert "security group sg-other" in verdict.detail
    assert isinstance(judged_by(MYSQL, instance("sg-1", "sg-other"), groups(OPEN)), Fail)


def test_routes_that_cannot_be_seen_matter_only_to_open_ports_of_public_addresses() -> None:
    verdict = judged_by(MYSQL, instance(), groups(OPEN), DENIED)
    assert isinstance(verdict, Manual)
    assert "ec2:DescribeRouteTables" in verdict.detail
    assert isinstance(judged_by(MYSQL, instance(subnet="subnet-3"), groups(OPEN)), Manual)
    assert isinstance(judged_by(MYSQL, instance(address=None), groups(OPEN), DENIED), Fail)
    assert isinstance(judged_by(MYSQL, instance(), groups(group()), DENIED), Pass)


# ---------------------------------------------------------------------- routes
NOT_READ = Failure("denied", "ec2:GetManagedPrefixListEntries", "UnauthorizedOperation")
ROUTE_LISTS = RoutePrefixLists(entries={"pl-all": ("0.0.0.0/1", "128.0.0.0/1"), "pl-part": ("8.8.8.0/24",)})


def to(cidr: str, gateway: str = "igw-1", **fields: Any) -> Route:
    family = "destination_ipv6_cidr_block" if ":" in cidr else "destination_cidr_block"
    return Route(gateway_id=gateway, **{family: cidr}, **fields)


def by_list(id_: str, gateway: str = "igw-1") -> Route:
    return Route(destination_prefix_list_id=id_, gateway_id=gateway)


@pytest.mark.parametrize(
    ("routes", "ipv4", "ipv6"),
    [
        ([to("0.0.0.0/0")], True, False),
        ([to("0.0.0.0/1"), to("128.0.0.0/1")], True, False),
        ([to("0.0.0.0/1"), to("128.0.0.0/2")], True, False),
        ([to("0.0.0.0/1")], False, False),
        ([to("0.0.0.0/1"), to("128.0.0.0/1", "nat-1")], False, False),
        ([to("0.0.0.0/0"), to("0.0.0.0/1", "vgw-1"), to("128.0.0.0/1", "vgw-1")], False, False),
        ([to("0.0.0.0/0"), to("10.0.0.0/8", "local")], True, False),
        ([to("0.0.0.0/0", state="blackhole")], False, False),
        ([to("::/0")], False, True),
        ([to("::/1")], False, True),
        ([to("2000::/3")], False, True),
        ([to("::/0", "eigw-1")], False, False),
        ([to("::/0", state="blackhole")], False, False),
        ([to("2001:db8::/32")], False, False),
        ([to("0.0.0.0/0"), to("::/0")], True, True),
        ([by_list("pl-all")], True, False),
        ([by_list("pl-part")], False, False),
        ([by_list("pl-all", "vpce-1")], False, False),
    ],
)
def test_which_routes_lead_to_the_internet(routes: list[Route], ipv4: bool, ipv6: bool) -> None:
    assert routing((table(*routes),), ROUTE_LISTS).exit("subnet-1", "vpc-1") == Exit(ipv4, ipv6)


def test_prefix_lists_of_routes_that_nobody_could_read() -> None:
    leads = routing((table(by_list("pl-1")),), NOT_READ).exit("subnet-1", "vpc-1")
    assert not leads.is_open
    assert "prefix list pl-1" in leads.unknown
    assert "ec2:GetManagedPrefixListEntries" in leads.unknown
    assert routing((table(by_list("pl-1"), BY_IPV4),), NOT_READ).exit("subnet-1", "vpc-1").ipv4
    assert routing((table(by_list("pl-1", "vpce-1")),), NOT_READ).exit("subnet-1", "vpc-1") == Exit()


def test_a_subnet_without_any_table_is_not_known() -> None:
    assert routing((), ROUTE_LISTS).exit("subnet-1", "vpc-1") == Exit(unknown="the routes of subnet-1 are not known")


# ------------------------------------------------------------ which rules to revoke
SSH_OF_GROUPS = security_group_ports.ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22
BOTH_HALVES = "IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=0.0.0.0/1},{CidrIp=128.0.0.0/1}]"


@pytest.mark.parametrize(
    ("rules", "revoked"),
    [
        ([rule("tcp", (22, 22), "10.0.0.0/8", "0.0.0.0/0", "8.8.8.8/32")], [tcp(22)]),
        ([rule("-1", None, "::/0")], ["IpProtocol=-1,Ipv6Ranges=[{CidrIpv6=::/0}]"]),
        ([rule("tcp", (80, 80)), rule("tcp", (22, 22))], [tcp(22)]),
        ([rule("tcp", (22, 22), "0.0.0.0/1", "10.0.0.0/8", "128.0.0.0/1")], [BOTH_HALVES]),
        ([listed("pl-part", "pl-all")], ["IpProtocol=-1,PrefixListIds=[{PrefixListId=pl-all}]"]),
        ([listed("pl-part"), rule("tcp", (22, 22))], [tcp(22)]),
    ],
)  # fmt: skip
def test_the_rules_to_revoke_are_those_that_open_the_port(rules: list[Rule], revoked: list[str]) -> None:
    verdict = SSH_OF_GROUPS(group(*rules), IN_USE, LISTS)
    assert isinstance(verdict, Fail)
    assert [named["rule"] for named in verdict.names] == revoked


def test_the_rules_of_an_instance_are_named_with_their_groups() -> None:
    known = groups(
        group(rule("tcp", (80, 80)), id_="sg-1"),
        group(rule("tcp", (22, 22)), id_="sg-2"),
        group(rule("tcp", (0, 65535)), id_="sg-3"),
    )
    verdict = judged_by(
        instance_ports.ec2_instance_port_ssh_exposed_to_internet, instance("sg-1", "sg-2", "sg-3"), known
    )
    assert [named["security_group"] for named in verdict.names] == ["sg-2", "sg-3"]


def test_halves_of_the_internet_in_two_groups_are_both_named() -> None:
    known = groups(
        group(rule("tcp", (22, 22), "0.0.0.0/1"), id_="sg-1"),
        group(rule("tcp", (22, 22), "128.0.0.0/1"), rule("tcp", (80, 80), "128.0.0.0/1"), id_="sg-2"),
    )
    verdict = judged_by(instance_ports.ec2_instance_port_ssh_exposed_to_internet, instance("sg-1", "sg-2"), known)
    assert [(named["security_group"], named["rule"][:32]) for named in verdict.names] == [
        ("sg-1", "IpProtocol=tcp,FromPort=22,ToPor"), ("sg-2", "IpProtocol=tcp,FromPort=22,ToPor"),
    ]  # fmt: skip
