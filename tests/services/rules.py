"""Rules and security groups to judge."""

from __future__ import annotations

from typing import Any

from aioprowler.judging.ports import IpRange, Ipv6Range, NamedPrefixList, Rule
from aioprowler.services.ec2.resources.firewall import NamedPrefixLists, RulePrefixLists, SecurityGroup
from aioprowler.services.vpc.resources import GroupUse

IN_USE = GroupUse(kinds={"sg-1": set()})
UNUSED = GroupUse()
NO_LISTS = RulePrefixLists()
NO_NAMED_LISTS = NamedPrefixLists()


def rule(protocol: str = "tcp", ports: tuple[int, int] | None = None, *cidrs: str) -> Rule:
    """A rule for these ranges, by default for every IPv4 address."""
    first, last = ports or (None, None)
    ranges = cidrs or ("0.0.0.0/0",)
    return Rule(
        ip_protocol=protocol,
        from_port=first,
        to_port=last,
        ip_ranges=tuple(IpRange(cidr_ip=cidr) for cidr in ranges if ":" not in cidr),
        ipv6_ranges=tuple(Ipv6Range(cidr_ipv6=cidr) for cidr in ranges if ":" in cidr),
    )


def listed(*ids: str, protocol: str = "-1", ports: tuple[int, int] | None = None) -> Rule:
    """A rule for these prefix lists alone."""
    first, last = ports or (None, None)
    named = tuple(NamedPrefixList(prefix_list_id=id_) for id_ in ids)
    return Rule(ip_protocol=protocol, from_port=first, to_port=last, prefix_list_ids=named)


def group(*ingress: Rule, name: str = "web", id_: str = "sg-1", **fields: Any) -> SecurityGroup:
    return SecurityGroup(group_id=id_, name=name, vpc_id="vpc-1", ingress=ingress, **fields)
