"""Which ports the rules of security groups and network ACLs open, and to whom. Pure functions over rules.

What holds for every question asked here: a range opens each port in it, protocol -1 opens all ports, and ranges count
together, of one rule or of several; which of them are the internet, `addresses` tells. A prefix list stands for its
entries. What another security group stands for is not looked into.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import chain, compress, groupby, pairwise
from typing import Final

import msgspec

from aioprowler.declarations.checks import Fail, Manual, Pass
from aioprowler.declarations.commands import Named
from aioprowler.declarations.failure import UnreadableError
from aioprowler.judging.addresses import Addresses, admitted, is_public, is_whole_internet

ALL_PROTOCOLS = "-1"
ALL_PORTS = 65536
_NAMES: Final = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
"""Protocols by their numbers, as security groups call them."""


class IpRange(msgspec.Struct, frozen=True, rename="pascal"):
    """IPv4 addresses that a rule lets in: `10.0.0.0/8`."""

    cidr_ip: str = ""


class Ipv6Range(msgspec.Struct, frozen=True, rename="pascal"):
    """IPv6 addresses that a rule lets in: `::/0`."""

    cidr_ipv6: str = ""


class GroupPair(msgspec.Struct, frozen=True, rename="pascal"):
    """A security group whose members a rule lets in."""

    group_id: str = ""


class NamedPrefixList(msgspec.Struct, frozen=True, rename="pascal"):
    """A prefix list whose entries a rule lets in."""

    prefix_list_id: str


class Rule(msgspec.Struct, frozen=True, cache_hash=True, rename="pascal"):
    """A permission of a security group: AWS's reply puts rules of the same protocol and ports together."""

    ip_protocol: str
    """`tcp`, `udp`, `icmp`, `icmpv6`, -1 or a protocol number."""
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: tuple[IpRange, ...] = ()
    ipv6_ranges: tuple[Ipv6Range, ...] = ()
    user_id_group_pairs: tuple[GroupPair, ...] = ()
    prefix_list_ids: tuple[NamedPrefixList, ...] = ()

    @property
    def cidrs(self) -> tuple[str, ...]:
        """IPv4 and IPv6."""
        return (*(r.cidr_ip for r in self.ip_ranges), *(r.cidr_ipv6 for r in self.ipv6_ranges))

    @property
    def list_ids(self) -> list[str]:
        """The ids of its prefix lists."""
        return [each.prefix_list_id for each in self.prefix_list_ids]

    @property
    def protocol(self) -> str:
        """By its name where it has one."""
        return _NAMES.get(self.ip_protocol, self.ip_protocol)

    @property
    def ports(self) -> range:
        """All for -1, none for protocols without ports; of ICMP its types, which AWS writes where ports stand."""
        if self.ip_protocol == ALL_PROTOCOLS:
            return range(ALL_PORTS)
        first, last = self.from_port, self.to_port
        if self.protocol.startswith("icmp"):
            return range(0) if first is None else range(256) if first < 0 else range(first, first + 1)
        if first is None or last is None:
            if self.protocol in ("tcp", "udp"):
                raise UnreadableError(f"AWS does not tell the ports of a rule for {self.protocol}")
            return range(0)
        return range(first, last + 1)

    def ports_of(self, protocols: Collection[str]) -> range:
        """Those of any of the protocols."""
        return self.ports if self.protocol in (ALL_PROTOCOLS, *protocols) else range(0)

    @property
    def for_nobody(self) -> Rule:
        """What it opens, without those to whom."""
        return msgspec.structs.replace(self, ip_ranges=(), ipv6_ranges=(), user_id_group_pairs=(), prefix_list_ids=())

    @property
    def apart(self) -> Iterator[Rule]:
        """The same rule for each of its ranges and prefix lists alone."""
        for name in ("ip_ranges", "ipv6_ranges", "prefix_list_ids"):
            for each in getattr(self, name):
                yield msgspec.structs.replace(self.for_nobody, **{name: (each,)})

    @property
    def shorthand(self) -> str:
        """As AWS's command line takes it for `--ip-permissions`.

        https://docs.aws.amazon.com/cli/latest/reference/ec2/revoke-security-group-ingress.html
        """
        ports = {"FromPort": self.from_port, "ToPort": self.to_port}
        whom = {
            "IpRanges": [f"{{CidrIp={each.cidr_ip}}}" for each in self.ip_ranges],
            "Ipv6Ranges": [f"{{CidrIpv6={each.cidr_ipv6}}}" for each in self.ipv6_ranges],
            "UserIdGroupPairs": [f"{{GroupId={each.group_id}}}" for each in self.user_id_group_pairs],
            "PrefixListIds": [f"{{PrefixListId={each}}}" for each in self.list_ids],
        }
        numbers = [f",{name}={port}" for name, port in ports.items() if port is not None]
        lists = [f",{name}=[{','.join(each)}]" for name, each in whom.items() if each]
        return f"IpProtocol={self.ip_protocol}{''.join(numbers)}{''.join(lists)}"

    def also_for(self, cidrs: Iterable[str]) -> Rule:
        """The same rule with further ranges."""
        ipv6, ipv4 = _apart(cidrs)
        return msgspec.structs.replace(
            self,
            ip_ranges=(*self.ip_ranges, *(IpRange(cidr_ip=cidr) for cidr in ipv4)),
            ipv6_ranges=(*self.ipv6_ranges, *(Ipv6Range(cidr_ipv6=cidr) for cidr in ipv6)),
        )


def _apart(cidrs: Iterable[str]) -> tuple[list[str], list[str]]:
    """IPv6 ranges, and the others."""
    apart: tuple[list[str], list[str]] = ([], [])
    for cidr in cidrs:
        apart[":" not in cidr].append(cidr)
    return apart


# ------------------------------------------------- what rules open to everybody
Openings = Mapping[str, Sequence[range]]
"""By protocol (-1 for every one), the ports that anybody on the internet may reach: ascending, none of them empty."""


@lru_cache(maxsize=1024)
def _openings(rules: tuple[Rule, ...]) -> Openings:
    """Remembered, for all checks of one group or instance ask about the same rules."""
    found: dict[str, list[range]] = defaultdict(list)
    parts: list[Rule] = []
    for rule in rules:
        if is_whole_internet(rule.cidrs):
            found[rule.protocol].append(rule.ports)
        elif rule.cidrs:
            parts.append(rule)
    if _is_open_by(parts):
        for protocol in {rule.protocol for rule in parts}:
            found[protocol] += _open_together([rule for rule in parts if rule.protocol in (protocol, ALL_PROTOCOLS)])
    return {protocol: merged(ranges) for protocol, ranges in found.items()}


def _open_together(rules: list[Rule]) -> Iterator[range]:
    """The ports that several rules, each for a part of the internet, open to all of it."""
    parts = [(ports, rule) for rule in rules if (ports := rule.ports)]
    edges = sorted({edge for ports, _ in parts for edge in (ports.start, ports.stop)})
    for first, end in pairwise(edges):
        if _is_open_by(rule for ports, rule in parts if first in ports):
            yield range(first, end)


def _is_open_by(rules: Iterable[Rule]) -> bool:
    return Addresses.of(cidr for rule in rules for cidr in rule.cidrs).is_whole_internet


def opens_all_ports(rules: Iterable[Rule]) -> bool:
    """Whether anyone may reach every port, of all protocols or of one. Port 0 is reserved, and nothing listens on it.

    https://www.iana.org/assignments/service-names-port-numbers/
    """
    openings = _openings(tuple(rules))
    return any(ports.start <= 1 and ports.stop >= ALL_PORTS for ranges in openings.values() for ports in ranges)


def opens_any_port(rules: Iterable[Rule]) -> bool:
    """Whether anyone may reach some port. The types of ICMP count."""
    return any(_openings(tuple(rules)).values())


def open_ports(rules: Iterable[Rule], protocol: str, ports: Iterable[int]) -> list[int]:
    """Those of the ports that anyone may reach."""
    openings = _openings(tuple(rules))
    ranges = [*openings.get(protocol, ()), *openings.get(ALL_PROTOCOLS, ())]
    return [port for port in ports if any(port in each for each in ranges)]


# ------------------------------------------------------------------------ ranges
def merged(ranges: Iterable[range]) -> list[range]:
    """The same ports, in order, as few ranges as hold them: whole ranges are at hand, and ports are many."""
    found: list[range] = []
    for each in sorted(filter(None, ranges), key=lambda ports: ports.start):
        if found and each.start <= found[-1].stop:
            found[-1] = range(found[-1].start, max(found[-1].stop, each.stop))
        else:
            found.append(each)
    return found


def without(ranges: Iterable[range], ports: Collection[int]) -> list[range]:
    """What is left of merged ranges."""
    left = []
    for each in ranges:
        edges = [each.start - 1, *sorted(port for port in {*ports} if port in each), each.stop]
        left += [range(before + 1, after) for before, after in pairwise(edges)]
    return merged(left)


def within(ranges: Collection[range], ports: Iterable[int]) -> list[range]:
    """Those of the ports that are in any of the ranges."""
    return merged(range(port, port + 1) for port in ports if any(port in each for each in ranges))


# ------------------------------------------------------- parts of the internet
def public_networks(rules: Iterable[Rule]) -> list[IPv4Network | IPv6Network]:
    """The parts of the internet that the rules name, each once; what is all of it by itself is not a part."""
    named = dict.fromkeys(cidr for rule in rules for cidr in rule.cidrs)
    return [ip_network(cidr, strict=False) for cidr in named if is_public(cidr) and not is_whole_internet((cidr,))]


def internet_facing_ports(rules: Iterable[Rule], protocols: Collection[str]) -> list[range]:
    """The ports that the internet, or any part of it, may reach by one of the protocols."""
    return merged(rule.ports_of(protocols) for rule in rules if any(map(is_public, rule.cidrs)))


# ---------------------------------------------------------------- how many rules
Weight = tuple[int, int]
"""As how many rules for IPv4, and for IPv6, a prefix list counts."""


def number_of_rules(rules: Iterable[Rule], weights: Mapping[str, Weight]) -> int:
    """How many rules AWS counts: each range is one, each group is one for IPv4 and one for IPv6, and a prefix list is
    as many as it may have entries. Both families are counted apart, and the larger number is given. Prefix lists
    without a weight do not count.

    https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    ipv4 = ipv6 = 0
    for rule in rules:
        listed = [weights[id_] for id_ in rule.list_ids if id_ in weights]
        ipv4 += len(rule.ip_ranges) + len(rule.user_id_group_pairs) + sum(weight for weight, _ in listed)
        ipv6 += len(rule.ipv6_ranges) + len(rule.user_id_group_pairs) + sum(weight for _, weight in listed)
    return max(ipv4, ipv6)


# ----------------------------------------------------- what of rules is not known
Judge = Callable[[tuple[Rule, ...]], Pass | Fail]
"""Judges rules in which no prefix list is left to be looked up."""
AT_WORST: Final = ("0.0.0.0/1", "128.0.0.0/1")
"""What stands for addresses that are not known: the whole internet, and public parts of it as well."""


class Origin(msgspec.Struct, frozen=True):
    """A security group that has rules, and what their prefix lists stand for."""

    group_id: str
    direction: str
    """`ingress` or `egress`."""
    rules: tuple[Rule, ...]
    lists: PrefixLists


def called(group_id: str, direction: str, rule: Rule) -> dict[str, str]:
    """A rule of a security group, as commands call it."""
    return {"security_group": group_id, "direction": direction, "rule": rule.shorthand}


_FEW: Final = 64
"""Rules of which each is left out in turn: more than a group may have by default."""


def _together(rules: Iterable[Rule]) -> Rule:
    """One rule for whom several let in that are else the same."""
    first, *others = rules
    for each in others:
        first = msgspec.structs.replace(
            first,
            ip_ranges=(*first.ip_ranges, *each.ip_ranges),
            ipv6_ranges=(*first.ipv6_ranges, *each.ipv6_ranges),
            prefix_list_ids=(*first.prefix_list_ids, *each.prefix_list_ids),
        )
    return first


class KnownRules(msgspec.Struct, frozen=True):
    """Rules with the entries of their prefix lists, as far as these are known."""

    rules: tuple[Rule, ...]
    at_worst: tuple[Rule, ...]
    """The same, if what is not known lets in everybody."""
    unknown: Mapping[str, str] = {}
    """What is not known, `prefix list pl-1`, and in a sentence why."""
    origins: tuple[Origin, ...] = ()
    """Whose rules they are."""

    def culprits(self, judge: Judge) -> tuple[Named, ...]:
        """The rules by which the verdict fails, as commands call them, each for those alone whom it should not let in:
        what fails by itself, or else that without which the others would pass.
        """
        apart = [(origin, each) for origin in self.origins for rule in origin.rules for each in rule.apart]
        known = [origin.lists.resolve((each,)).rules for origin, each in apart]
        bad = [isinstance(judge(rules), Fail) for rules in known]
        if not any(bad) and len(known) <= _FEW:
            rest = ((*chain(*known[:at]), *chain(*known[at + 1 :])) for at in range(len(known)))
            bad = [isinstance(judge(rules), Pass) for rules in rest]
        found = groupby(compress(apart, bad), lambda of: (of[0].group_id, of[0].direction, of[1].for_nobody))
        return tuple(called(id_, direction, _together(rule for _, rule in of)) for (id_, direction, _), of in found)

    @property
    def told(self) -> str:
        """What is not known, and why."""
        return f"{', '.join(self.unknown)} ({' '.join(dict.fromkeys(self.unknown.values()))})"

    @classmethod
    def none(cls, unknown: Mapping[str, str]) -> KnownRules:
        """Of what no rule is known."""
        return cls((), (Rule(ip_protocol=ALL_PROTOCOLS).also_for(AT_WORST),), unknown)

    def __add__(self, other: KnownRules) -> KnownRules:
        unknown = {**self.unknown, **other.unknown}
        return KnownRules(
            (*self.rules, *other.rules),
            (*self.at_worst, *other.at_worst),
            unknown,
            (*self.origins, *other.origins),
        )


NO_RULES: Final = KnownRules((), ())


class PrefixLists(msgspec.Struct, frozen=True):
    """What prefix lists stand for, by their ids."""

    entries: Mapping[str, tuple[str, ...]] = {}
    """Their ranges."""
    otherwise: str = "AWS did not list it."
    """In a sentence, why others are not known."""

    def of_group(self, group_id: str, rules: tuple[Rule, ...], direction: str = "ingress") -> KnownRules:
        """Those of a security group, likewise."""
        known = self.resolve(rules)
        return msgspec.structs.replace(known, origins=(Origin(group_id, direction, rules, self),))

    def resolve(self, rules: tuple[Rule, ...]) -> KnownRules:
        """The rules, each for the entries of its prefix lists as well."""
        if not any(rule.prefix_list_ids for rule in rules):
            return KnownRules(rules, rules)
        ids = [rule.list_ids for rule in rules]
        known = [rule.also_for(self.ranges(lists)) for rule, lists in zip(rules, ids, strict=True)]
        unknown = {id_: self.otherwise for lists in ids for id_ in lists if id_ not in self.entries}
        worst = [
            rule if unknown.keys().isdisjoint(lists) else rule.also_for(AT_WORST)
            for rule, lists in zip(known, ids, strict=True)
        ]
        return KnownRules(tuple(known), tuple(worst), {f"prefix list {id_}": why for id_, why in unknown.items()})

    def ranges(self, ids: Iterable[str]) -> list[str]:
        """Those of all the lists that are known."""
        return [cidr for id_ in ids for cidr in self.entries.get(id_, ())]

    def missing(self, ids: Iterable[str]) -> str:
        """Those that are not known, and why; empty where all are. An empty id is none."""
        unknown = sorted({id_ for id_ in ids if id_} - self.entries.keys())
        return f"prefix list {', '.join(unknown)} ({self.otherwise})" if unknown else ""


def by_rules(label: str, known: KnownRules, judge: Judge) -> Pass | Fail | Manual:
    """The verdict by the rules, which names those by which it fails: `<your-security-group>`, `<your-direction>` and
    `<your-rule>`. MANUAL where it passes only without those that are not known.
    """
    verdict = judge(known.rules)
    if isinstance(verdict, Fail):
        return msgspec.structs.replace(verdict, names=known.culprits(judge))
    if not known.unknown or isinstance(judge(known.at_worst), Pass):
        return verdict
    return Manual(f"Whom {label} lets in is not all known: {known.told}.")


# ------------------------------------------------------------------------ words
def in_words(ranges: Iterable[range]) -> str:
    """Merged ranges of ports: `22, 8000-8090`."""
    return ", ".join(f"{each[0]}-{each[-1]}" if len(each) > 1 else str(each[0]) for each in ranges)


def tcp_ports(ports: Iterable[int]) -> str:
    """`TCP port 22`, `TCP ports 20, 21`."""
    numbers = [str(port) for port in ports]
    return f"TCP port{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"


# ----------------------------------------------------- entries of network ACLs
TCP, UDP = "6", "17"
"""What network ACLs call them."""


class PortRange(msgspec.Struct, frozen=True, rename="pascal"):
    """By default every port."""

    from_: int = msgspec.field(name="From", default=0)
    to: int = ALL_PORTS - 1


class AclEntry(msgspec.Struct, frozen=True, rename="pascal"):
    """A numbered rule of a network ACL."""

    rule_number: int
    rule_action: str
    egress: bool
    protocol: str = ALL_PROTOCOLS
    cidr_block: str | None = None
    ipv6_cidr_block: str | None = None
    port_range: PortRange = PortRange()

    @property
    def cidrs(self) -> list[str]:
        """An entry is for one range, IPv4 or IPv6."""
        found = [cidr for cidr in (self.cidr_block, self.ipv6_cidr_block) if cidr]
        if not found:
            raise UnreadableError(f"AWS did not tell the range of rule {self.rule_number}")
        return found

    @property
    def ports(self) -> range:
        """All for -1."""
        return (
            range(ALL_PORTS) if self.protocol == ALL_PROTOCOLS else range(self.port_range.from_, self.port_range.to + 1)
        )


def _inbound(entries: Iterable[AclEntry], protocol: str) -> list[AclEntry]:
    """Those about incoming traffic of the protocol, in the order in which AWS looks at them."""
    about = (entry for entry in entries if not entry.egress and entry.protocol in (ALL_PROTOCOLS, protocol))
    return sorted(about, key=lambda entry: entry.rule_number)


def _admits(ordered: Iterable[AclEntry], port: int) -> bool:
    """Of each address, the first entry about it and the port decides."""
    about = ((entry.rule_action == "allow", entry.cidrs) for entry in ordered if port in entry.ports)
    return admitted(about).is_whole_internet


def admits_anyone(entries: Iterable[AclEntry], protocol: str, port: int) -> bool:
    """Whether the ACL lets the internet in to the port, by IPv4 or by IPv6."""
    return _admits(_inbound(entries, protocol), port)


def admits_anyone_everywhere(entries: Iterable[AclEntry]) -> bool:
    """Whether the ACL lets the internet in to every port of TCP or of UDP. Port 0 is reserved."""
    known = tuple(entries)
    return any(_admits_to_all(_inbound(known, protocol)) for protocol in (TCP, UDP))


def _admits_to_all(ordered: list[AclEntry]) -> bool:
    edges = {edge for entry in ordered for edge in (entry.ports.start, entry.ports.stop)}
    return all(_admits(ordered, port) for port in {1, *edges} if 0 < port < ALL_PORTS)


# ---------------------------------------------------------------- default ports
DEFAULT_PORTS: Final = {
    1433: ("sqlserver",),
    1521: ("oracle",),
    3306: ("mysql", "mariadb"),
    5432: ("postgres",),
    8182: ("neptune",),
    50000: ("db2",),
}
"""Port -> words in the names of the database engines that listen on it unless told otherwise."""


def avoids_default_port(label: str, engine: str, port: int | None) -> Pass | Fail | Manual:
    """PASS where a database listens elsewhere than everybody would look for its engine; None: nobody knows where."""
    if port is None:
        return Manual(f"{label} has no endpoint that AWS tells, so that its port is not known.")
    if any(word in engine.lower() for word in DEFAULT_PORTS.get(port, ())):
        return Fail(f"{label} listens on {port}, the default port of {engine}.")
    return Pass(f"{label} does not listen on a default port of {engine}.")
