from __future__ import annotations

from itertools import pairwise
from types import ModuleType

import pytest

from aioprowler import Fail, Failure, Manual, Pass, Verdict
from aioprowler.catalog import checks_of
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
from aioprowler.services.ec2.exposed_services import revocations
from aioprowler.services.ec2.resources.firewall import SecurityGroup, SecurityGroupIndex, security_group_index
from aioprowler.services.ec2.resources.instance import AttachedInterface, Instance
from aioprowler.services.vpc.resources import InterfaceGroup, Route, RouteTable, Routing
from tests.services.made import made
from tests.services.rules import IN_USE, UNUSED, group, rule

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
        (rule("tcp", (1, 65535)), True, True, False),
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
        (rule("-1", None, "8.8.8.8/32"), False, False, False),
        (FROM_GROUP, False, False, False),
        (Rule(ip_protocol="-1"), False, False, False),
    ],
)
def test_what_a_rule_opens(judged: Rule, ssh: bool, something: bool, everything: bool) -> None:
    assert open_ports([judged], "tcp", [22]) == ([22] if ssh else [])
    assert opens_any_port([judged]) is something
    assert opens_all_ports([judged]) is everything


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
        ("::/1", True),
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
    ],
)
def test_whom_a_network_acl_admits(entries: list[AclEntry], admitted: bool) -> None:
    assert admits_anyone(entries, "6", SSH) is admitted


@pytest.mark.parametrize(
    ("entries", "admitted"),
    [
        ([entry(100, "allow", protocol="-1")], True),
        ([entry(100, "allow", protocol="-1", cidr="::/0")], True),
        ([entry(100, "allow", protocol="6")], True),
        ([entry(100, "allow", protocol="17")], True),
        ([entry(100, "allow", protocol="1")], False),
        ([entry(100, "allow", PortRange(from_=1))], False),
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


@pytest.mark.parametrize(("name", "ports"), OF_GROUPS.items(), ids=OF_GROUPS)
def test_a_service_is_judged_by_its_ports_in_groups(name: str, ports: list[int]) -> None:
    check = getattr(security_group_ports, GROUP_CHECK.format(name))
    assert isinstance(check(group(*all_but(ports)), IN_USE), Pass)
    for port in ports:
        verdict = check(group(rule("tcp", (port, port))), IN_USE)
        assert isinstance(verdict, Fail)
        assert tcp_ports([port]) in verdict.detail
    assert check.documentation.remediation.cli == revocations("<security-group>", ports)
    assert tcp_ports(ports) in check.documentation.title


@pytest.mark.parametrize(("name", "ports"), OF_INSTANCES.items(), ids=OF_INSTANCES)
def test_a_service_is_judged_by_its_ports_on_instances(name: str, ports: list[int]) -> None:
    check = getattr(instance_ports, INSTANCE_CHECK.format(name))
    assert isinstance(check(instance(), groups(group(*all_but(ports))), PUBLIC), Pass)
    for port in ports:
        verdict = check(instance(), groups(group(rule("tcp", (port, port)))), PUBLIC)
        assert isinstance(verdict, Fail)
        assert tcp_ports([port]) in verdict.detail
    assert check.documentation.remediation.cli == revocations("<your-security-group>", ports)
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
        (rule("tcp", (3306, 3306), "0.0.0.0/1", "128.0.0.0/1"), Pass),
        (FROM_GROUP, Pass),
    ],
)
def test_rules_that_open_a_service(judged: Rule, verdict: type) -> None:
    of_group = security_group_ports.ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306
    assert isinstance(of_group(group(judged), IN_USE), verdict)
    assert isinstance(MYSQL(instance(), groups(group(judged)), PUBLIC), verdict)


def test_groups_without_interfaces_are_judged_on_request() -> None:
    for check in checks_of(security_group_ports):
        assert check(group(rule("-1")), UNUSED) is None
        assert isinstance(check(group(rule("-1")), UNUSED, scan_unused_services=True), Fail)
        assert isinstance(check(group(), UNUSED, scan_unused_services=True), Pass)


# ------------------------------------------------------------------- instances
MYSQL, ORACLE = (
    instance_ports.ec2_instance_port_mysql_exposed_to_internet,
    instance_ports.ec2_instance_port_oracle_exposed_to_internet,
)
TO_INTERNET = RouteTable(
    route_table_id="rtb-1", routes=(Route(destination_cidr_block="0.0.0.0/0", gateway_id="igw-1"),)
)
PUBLIC = Routing({"subnet-1": TO_INTERNET, "subnet-2": RouteTable(route_table_id="rtb-2")}, {"vpc-2": TO_INTERNET}, {})
OPEN = group(rule("tcp", (3306, 3306)))
DENIED = Failure("denied", "ec2:DescribeRouteTables", "UnauthorizedOperation")


def instance(*ids: str, subnet: str = "subnet-1", vpc: str = "vpc-1", address: str | None = "3.3.3.3") -> Instance:
    return made(
        Instance,
        instance_id="i-1",
        subnet_id=subnet,
        vpc_id=vpc,
        public_ip_address=address,
        security_groups=tuple(InterfaceGroup(group_id=id_) for id_ in ids or ("sg-1",)),
        network_interfaces=(),
    )


def groups(*known: SecurityGroup) -> SecurityGroupIndex:
    return security_group_index(known)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("judged", "severity"),
    [
        (instance(), None),
        (instance(subnet="subnet-2"), "high"),
        (instance(subnet="subnet-3"), "high"),
        (instance(subnet="subnet-3", vpc="vpc-2"), None),
        (instance(subnet="subnet-2", vpc="vpc-2"), "high"),
        (instance(address=None), "medium"),
        (instance(address=None, subnet="subnet-2"), "medium"),
    ],
)
def test_how_bad_an_open_port_is(judged: Instance, severity: str | None) -> None:
    verdict: Verdict = MYSQL(judged, groups(OPEN), PUBLIC)
    assert isinstance(verdict, Fail)
    assert verdict.severity == severity
    assert MYSQL.severity == "critical"


def test_the_groups_of_an_instance_count_together() -> None:
    other = group(rule("tcp", (1521, 1521)), rule("tcp", (2484, 2484), "::/0"), id_="sg-2")
    assert isinstance(MYSQL(instance("sg-2", "sg-1"), groups(other, OPEN), PUBLIC), Fail)
    assert isinstance(MYSQL(instance("sg-2"), groups(other, OPEN), PUBLIC), Pass)
    assert "TCP ports 1521, 2484" in ORACLE(instance("sg-1", "sg-2"), groups(other, OPEN), PUBLIC).detail


def test_groups_of_further_interfaces_count() -> None:
    second = AttachedInterface(groups=(InterfaceGroup(group_id="sg-1"),))
    judged = made(Instance, instance_id="i-1", security_groups=(), network_interfaces=(second,))
    assert isinstance(MYSQL(judged, groups(OPEN), PUBLIC), Fail)


def test_an_instance_without_groups_exposes_nothing() -> None:
    alone = made(Instance, instance_id="i-1", security_groups=(), network_interfaces=())
    assert isinstance(MYSQL(alone, groups(OPEN), PUBLIC), Pass)


def test_routes_that_cannot_be_seen_matter_only_to_open_ports_of_public_addresses() -> None:
    verdict = MYSQL(instance(), groups(OPEN), DENIED)
    assert isinstance(verdict, Manual)
    assert "ec2:DescribeRouteTables" in verdict.detail
    assert isinstance(MYSQL(instance(address=None), groups(OPEN), DENIED), Fail)
    assert isinstance(MYSQL(instance(), groups(group()), DENIED), Pass)
