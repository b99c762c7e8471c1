"""Security groups and network ACLs: ports, ranges, protocols, sources and the order of rules."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_seeds.build import ANYWHERE, ANYWHERE_6, add_group, add_subnet, add_vpc, permission, tags

_TCP_RANGES: Final = (
    (0, 0), (0, 65535), (1, 65535), (0, 65534), (0, 1024), (1024, 65535), (20, 20), (20, 21), (20, 25), (21, 21),
    (22, 22), (22, 23), (23, 23), (24, 24), (25, 25), (80, 80), (110, 110), (135, 135), (143, 143), (443, 443),
    (445, 445), (1433, 1433), (1434, 1434), (1432, 1435), (1521, 1521), (2483, 2483), (2482, 2484), (3000, 3000),
    (3300, 3400), (3306, 3306), (3388, 3388), (3389, 3389), (3388, 3390), (4333, 4333), (5000, 5000), (5432, 5432),
    (5500, 5500), (5601, 5601), (6379, 6379), (6378, 6380), (7199, 7199), (8000, 9000), (8080, 8080), (8088, 8088),
    (8888, 8888), (9092, 9092), (9160, 9160), (9200, 9200), (9300, 9300), (11211, 11211), (27017, 27017),
    (27018, 27018), (27000, 28000), (65535, 65535),
)  # fmt: skip
_SOURCES: Final = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
    "203.0.113.7/32", "198.51.100.0/24", "8.8.8.8/32", "8.8.8.0/24", "8.8.0.0/22", "8.8.0.0/23", "8.0.0.0/8",
    "0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/8", "224.0.0.0/4", ANYWHERE_6, "::/1", "2000::/3", "2600::/16",
    "2606:4700::/32", "2606:4700::1111/128", "fc00::/7", "fe80::/10", "2001:db8::/32",
)  # fmt: skip


def seed(clients: Clients) -> None:
    """Fill one account, to be scanned with what nothing uses."""
    vpc_id = add_vpc(clients, "firewalls", "10.0.0.0/16")
    add_subnet(clients, vpc_id, "firewalls-a", "10.0.0.0/24")
    port_ranges(clients, vpc_id)
    sources(clients, vpc_id)
    protocols(clients, vpc_id)
    references(clients, vpc_id)
    many_rules(clients, vpc_id)
    names(clients, vpc_id)
    default_groups(clients)
    network_acls(clients)


def port_ranges(clients: Clients, vpc_id: str) -> None:
    """Open each range to the internet, some of them over IPv6 only."""
    for start, end in _TCP_RANGES:
        add_group(clients, vpc_id, f"tcp-{start}-{end}", permission("tcp", (start, end), ANYWHERE))
    for start, end in _TCP_RANGES[8:20]:
        add_group(clients, vpc_id, f"tcp6-{start}-{end}", permission("tcp", (start, end), ANYWHERE_6))


def sources(clients: Clients, vpc_id: str) -> None:
    """Open SSH, and everything, to each range of addresses."""
    for source in _SOURCES:
        name = source.replace("/", "-").replace(":", "_")
        add_group(clients, vpc_id, f"ssh-from-{name}", permission("tcp", (22, 22), source))
        add_group(clients, vpc_id, f"all-from-{name}", permission("-1", None, source))
    add_group(clients, vpc_id, "ssh-from-both", permission("tcp", (22, 22), ANYWHERE, ANYWHERE_6))
    add_group(clients, vpc_id, "ssh-from-office-and-anywhere", permission("tcp", (22, 22), "203.0.113.7/32", ANYWHERE))
    add_group(clients, vpc_id, "ssh-from-private-and-anywhere", permission("tcp", (22, 22), "10.0.0.0/8", ANYWHERE))
    add_group(clients, vpc_id, "ssh-from-dns-and-anywhere", permission("tcp", (22, 22), "8.8.8.8/32", ANYWHERE))
    add_group(clients, vpc_id, "ssh-from-two-private", permission("tcp", (22, 22), "10.1.0.0/16", "10.2.0.0/16"))
    add_group(clients, vpc_id, "nothing")
    parts(clients, vpc_id)


def parts(clients: Clients, vpc_id: str) -> None:
    """Open ports to the internet by halves and quarters of it, and all ports by halves of them."""
    lower, upper, quarter = "0.0.0.0/1", "128.0.0.0/1", "128.0.0.0/2"
    add_group(clients, vpc_id, "ssh-from-halves", permission("tcp", (22, 22), lower, upper))
    add_group(clients, vpc_id, "ssh-from-three-quarters", permission("tcp", (22, 22), lower, quarter))
    two_rules = (permission("tcp", (22, 22), lower), permission("tcp", (20, 25), upper))
    add_group(clients, vpc_id, "ssh-from-halves-of-two-rules", *two_rules)
    two_halves = (permission("tcp", (0, 32767), ANYWHERE), permission("tcp", (32768, 65535), ANYWHERE))
    add_group(clients, vpc_id, "all-ports-in-two-rules", *two_halves)


def protocols(clients: Clients, vpc_id: str) -> None:
    """Open ports of other protocols than TCP, and several rules at once."""
    for start, end in ((22, 22), (53, 53), (0, 65535), (11211, 11211), (161, 162)):
        add_group(clients, vpc_id, f"udp-{start}-{end}", permission("udp", (start, end), ANYWHERE))
    add_group(clients, vpc_id, "everything-4", permission("-1", None, ANYWHERE))
    add_group(clients, vpc_id, "everything-6", permission("-1", None, ANYWHERE_6))
    add_group(clients, vpc_id, "everything-4-and-6", permission("-1", None, ANYWHERE, ANYWHERE_6))
    add_group(clients, vpc_id, "ping", permission("icmp", (8, -1), ANYWHERE))
    add_group(clients, vpc_id, "every-icmp", permission("icmp", (-1, -1), ANYWHERE))
    add_group(clients, vpc_id, "every-icmp-6", permission("icmpv6", (-1, -1), ANYWHERE_6))
    ssh_and_https = (permission("tcp", (443, 443), ANYWHERE), permission("tcp", (22, 22), ANYWHERE))
    add_group(clients, vpc_id, "https-then-ssh", *ssh_and_https)
    add_group(clients, vpc_id, "private-ssh-public-https", permission("tcp", (22, 22), "10.0.0.0/8"), ssh_and_https[0])
    add_group(clients, vpc_id, "udp-all-tcp-22", permission("udp", (0, 65535), ANYWHERE), ssh_and_https[1])


def references(clients: Clients, vpc_id: str) -> None:
    """Open ports to groups and prefix lists, of which some hold the internet."""
    ec2 = clients("ec2")
    referenced = add_group(clients, vpc_id, "referenced")
    pairs = {"UserIdGroupPairs": [{"GroupId": referenced}]}
    add_group(clients, vpc_id, "ssh-from-group", permission("tcp", (22, 22), **pairs))
    add_group(clients, vpc_id, "all-from-group", permission("-1", None, **pairs))
    itself = add_group(clients, vpc_id, "all-from-itself")
    own = {"UserIdGroupPairs": [{"GroupId": itself}]}
    ec2.authorize_security_group_ingress(GroupId=itself, IpPermissions=[permission("-1", None, **own)])
    outgoing = add_group(clients, vpc_id, "referenced-by-outgoing-rules")
    to_it = {"UserIdGroupPairs": [{"GroupId": outgoing}]}
    sender = add_group(clients, vpc_id, "all-to-group")
    ec2.authorize_security_group_egress(GroupId=sender, IpPermissions=[permission("tcp", (22, 22), **to_it)])
    ec2.create_network_interface(SubnetId=add_subnet(clients, vpc_id, "referring", "10.0.1.0/24"), Groups=[sender])
    first, second = (add_group(clients, vpc_id, f"referenced-by-each-other-{number}") for number in (1, 2))
    for group, other in ((first, second), (second, first)):
        each = {"UserIdGroupPairs": [{"GroupId": other}]}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission("-1", None, **each)])
    add_group(clients, vpc_id, "ssh-from-group-and-anywhere", permission("tcp", (22, 22), ANYWHERE, **pairs))
    for name, cidr in (("office", "203.0.113.0/24"), ("internet", ANYWHERE)):
        entries = [{"Cidr": cidr, "Description": name}]
        made = ec2.create_managed_prefix_list(PrefixListName=name, MaxEntries=1, AddressFamily="IPv4", Entries=entries)[
            "PrefixList"
        ]["PrefixListId"]
        lists = {"PrefixListIds": [{"PrefixListId": made}]}
        add_group(clients, vpc_id, f"ssh-from-list-{name}", permission("tcp", (22, 22), **lists))


def many_rules(clients: Clients, vpc_id: str) -> None:
    """Fill groups to the limit of 50 rules and beyond, in one rule with many sources and in many rules."""
    for rules in (49, 50, 51):
        each = [permission("tcp", (9000 + number, 9000 + number), "10.0.0.0/8") for number in range(rules)]
        add_group(clients, vpc_id, f"{rules}-rules", *each)
        many = permission("tcp", (9999, 9999), *(f"10.0.{number}.0/24" for number in range(rules)))
        add_group(clients, vpc_id, f"{rules}-sources", many)
    outgoing = add_group(clients, vpc_id, "51-outgoing-rules")
    each = [permission("tcp", (9000 + number, 9000 + number), "10.0.0.0/8") for number in range(51)]
    clients("ec2").authorize_security_group_egress(GroupId=outgoing, IpPermissions=each)


def names(clients: Clients, vpc_id: str) -> None:
    """Create groups with and nearly with the names that the console's wizard gives."""
    for name in ("launch-wizard", "launch-wizard-1", "launch-wizard-12", "my-launch-wizard-1", "Launch-Wizard-2"):
        add_group(clients, vpc_id, name)


def default_groups(clients: Clients) -> None:
    """Create VPCs whose default groups keep all rules, some, or none."""
    ec2 = clients("ec2")
    kept = {"untouched": (True, True), "no-ingress": (False, True), "no-egress": (True, False), "empty": (False, False)}
    for number, (name, (ingress, egress)) in enumerate(
        {**kept, "open": (False, False), "open-6": (False, False)}.items()
    ):
        vpc_id = add_vpc(clients, f"default-{name}", f"10.{10 + number}.0.0/16")
        of_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
        (group,) = ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
        if not ingress:
            ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
        if not egress:
            ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
        if name.startswith("open"):
            rule = permission("tcp", (443, 443), ANYWHERE if name == "open" else ANYWHERE_6)
            ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[rule])


def _acl_rule(action: str, protocol: str, ports: tuple[int, int] | None, source: str = ANYWHERE) -> dict[str, Any]:
    rule: dict[str, Any] = {"RuleAction": action, "Protocol": protocol}
    rule["Ipv6CidrBlock" if ":" in source else "CidrBlock"] = source
    return rule if ports is None else rule | {"PortRange": {"From": ports[0], "To": ports[1]}}


_ACLS: Final[dict[str, list[dict[str, Any]]]] = {
    "acl-empty": [],
    "acl-allow-all": [_acl_rule("allow", "-1", None)],
    "acl-allow-all-6": [_acl_rule("allow", "-1", None, ANYWHERE_6)],
    "acl-deny-all": [_acl_rule("deny", "-1", None)],
    "acl-deny-all-then-allow": [_acl_rule("deny", "-1", None), _acl_rule("allow", "-1", None)],
    "acl-allow-then-deny-all": [_acl_rule("allow", "-1", None), _acl_rule("deny", "-1", None)],
    "acl-deny-ssh-then-allow": [_acl_rule("deny", "6", (22, 22)), _acl_rule("allow", "-1", None)],
    "acl-allow-then-deny-ssh": [_acl_rule("allow", "-1", None), _acl_rule("deny", "6", (22, 22))],
    "acl-deny-ssh-from-some": [_acl_rule("deny", "6", (22, 22), "203.0.113.0/24"), _acl_rule("allow", "-1", None)],
    "acl-deny-rdp-range": [_acl_rule("deny", "6", (3000, 4000)), _acl_rule("allow", "-1", None)],
    "acl-deny-ssh-4-allow-6": [_acl_rule("deny", "6", (22, 22)), _acl_rule("allow", "6", (22, 22), ANYWHERE_6)],
    "acl-ssh": [_acl_rule("allow", "6", (22, 22))],
    "acl-ssh-6": [_acl_rule("allow", "6", (22, 22), ANYWHERE_6)],
    "acl-rdp": [_acl_rule("allow", "6", (3389, 3389))],
    "acl-20-25": [_acl_rule("allow", "6", (20, 25))],
    "acl-23-25": [_acl_rule("allow", "6", (23, 25))],
    "acl-every-port": [_acl_rule("allow", "6", (0, 65535))],
    "acl-ephemeral": [_acl_rule("allow", "6", (1024, 65535))],
    "acl-udp": [_acl_rule("allow", "17", (0, 65535))],
    "acl-udp-22": [_acl_rule("allow", "17", (22, 22))],
    "acl-office": [_acl_rule("allow", "-1", None, "203.0.113.0/24")],
    "acl-halves": [_acl_rule("allow", "-1", None, "0.0.0.0/1"), _acl_rule("allow", "-1", None, "128.0.0.0/1")],
    "acl-deny-halves-then-allow": [
        _acl_rule("deny", "-1", None, "0.0.0.0/1"),
        _acl_rule("deny", "-1", None, "128.0.0.0/1"),
        _acl_rule("allow", "-1", None),
    ],
    "acl-deny-half-then-allow": [_acl_rule("deny", "-1", None, "0.0.0.0/1"), _acl_rule("allow", "-1", None)],
    "acl-half-the-internet": [_acl_rule("allow", "-1", None, "0.0.0.0/1")],
    "acl-https": [_acl_rule("allow", "6", (443, 443))],
}


def network_acls(clients: Clients) -> None:
    """Create network ACLs with rules in these orders, of which every other one is associated with a subnet."""
    ec2 = clients("ec2")
    vpc_id = add_vpc(clients, "acls", "10.100.0.0/16")
    for number, (name, rules) in enumerate(_ACLS.items()):
        made = ec2.create_network_acl(VpcId=vpc_id, TagSpecifications=tags("network-acl", name))
        acl = made["NetworkAcl"]["NetworkAclId"]
        for place, rule in zip(count(100, 10), rules, strict=False):
            ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=place, Egress=False, **rule)
        if number % 2:
            subnet = add_subnet(clients, vpc_id, f"{name}-subnet", f"10.100.{number}.0/24")
            of_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
            (current,) = ec2.describe_network_acls(Filters=of_subnet)["NetworkAcls"]
            (link,) = (each for each in current["Associations"] if each["SubnetId"] == subnet)
            ec2.replace_network_acl_association(AssociationId=link["NetworkAclAssociationId"], NetworkAclId=acl)
