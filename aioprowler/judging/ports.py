"""Which ports the rules of security groups and network ACLs open, and to whom. Pure functions over rules.

What holds for every question asked here: a range opens each port in it, protocol -1 opens all ports, 0.0.0.0/0 and
::/0 are the internet alike. What a prefix list or another security group stands for is not looked into.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import groupby
from typing import Final

import msgspec

from aioprowler.declarations.checks import Fail, Manual, Pass

ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
ALL_PROTOCOLS = "-1"
ALL_PORTS = 65536


class IpRange(msgspec.Struct, frozen=True, rename="pascal"):
    """IPv4 addresses that a rule lets in: `10.0.0.0/8`."""

    cidr_ip: str = ""


class Ipv6Range(msgspec.Struct, frozen=True, rename="pascal"):
    """IPv6 addresses that a rule lets in: `::/0`."""

    cidr_ipv6: str = ""


class GroupPair(msgspec.Struct, frozen=True, rename="pascal"):
    """A security group whose members a rule lets in."""

    group_id: str = ""


class Rule(msgspec.Struct, frozen=True, rename="pascal"):
    """A permission of a security group: AWS's reply puts rules of the same protocol and ports together."""

    ip_protocol: str = ALL_PROTOCOLS
    """`tcp`, `udp`, `icmp`, `icmpv6`, -1 or a protocol number."""
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: tuple[IpRange, ...] = ()
    ipv6_ranges: tuple[Ipv6Range, ...] = ()
    user_id_group_pairs: tuple[GroupPair, ...] = ()

    @property
    def cidrs(self) -> tuple[str, ...]:
        """IPv4 and IPv6."""
        return (*(r.cidr_ip for r in self.ip_ranges), *(r.cidr_ipv6 for r in self.ipv6_ranges))

    @property
    def is_for_anyone(self) -> bool:
        """Whether one of its ranges is 0.0.0.0/0 or ::/0."""
        return not ANYWHERE.isdisjoint(self.cidrs)

    @property
    def ports(self) -> range:
        """Empty for protocols without ports, and for -1, which has no need of any."""
        if self.from_port is None or self.to_port is None:
            return range(0)
        return range(self.from_port, self.to_port + 1)

    @property
    def covers_any_port(self) -> bool:
        """The types of ICMP count, which AWS writes where ports stand."""
        return self.ip_protocol == ALL_PROTOCOLS or self.from_port is not None

    @property
    def covers_all_ports(self) -> bool:
        """Whether it leaves out no port of its protocol."""
        return self.ip_protocol == ALL_PROTOCOLS or len(self.ports) == ALL_PORTS

    def ports_of(self, protocols: Collection[str]) -> range:
        """Those of any of the protocols."""
        if self.ip_protocol == ALL_PROTOCOLS:
            return range(ALL_PORTS)
        return self.ports if self.ip_protocol in protocols else range(0)

    def covers(self, protocol: str, port: int) -> bool:
        """Whether it is for a port; rules for all protocols are for every port."""
        return self.ip_protocol == ALL_PROTOCOLS or (self.ip_protocol == protocol and port in self.ports)


def opens_all_ports(rules: Iterable[Rule]) -> bool:
    """Whether anyone may reach every port, of all protocols or of one."""
    return any(rule.is_for_anyone and rule.covers_all_ports for rule in rules)


def opens_any_port(rules: Iterable[Rule]) -> bool:
    """Whether anyone may reach some port."""
    return any(rule.is_for_anyone and rule.covers_any_port for rule in rules)


def open_ports(rules: Iterable[Rule], protocol: str, ports: Iterable[int]) -> list[int]:
    """Those of the ports that anyone may reach."""
    for_anyone = [rule for rule in rules if rule.is_for_anyone]
    return [port for port in ports if any(rule.covers(protocol, port) for rule in for_anyone)]


def public_networks(rules: Iterable[Rule]) -> list[IPv4Network | IPv6Network]:
    """The parts of the internet that the rules name, each once; all of it (0.0.0.0/0, ::/0) is not a part."""
    named = dict.fromkeys(cidr for rule in rules for cidr in rule.cidrs if cidr not in ANYWHERE)
    # Not strict: AWS cuts off the bits of hosts, other makers of its API do not.
    return [network for cidr in named if (network := ip_network(cidr, strict=False)).is_global]


def internet_facing_ports(rules: Iterable[Rule], protocols: Collection[str]) -> set[int]:
    """The ports that the internet, or any part of it, may reach by one of the protocols."""
    facing = [rule for rule in rules if rule.is_for_anyone or public_networks([rule])]
    return {port for rule in facing for port in rule.ports_of(protocols)}


def in_words(ports: Iterable[int]) -> str:
    """Ports in order, neighbours drawn together: `22, 8000-8090`."""
    runs = [[port for _, port in run] for _, run in groupby(enumerate(sorted(ports)), lambda at: at[1] - at[0])]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def tcp_ports(ports: Iterable[int]) -> str:
    """`TCP port 22`, `TCP ports 20, 21`."""
    numbers = [str(port) for port in ports]
    return f"TCP port{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"


TCP, UDP = "6", "17"
"""What network ACLs call them."""


class PortRange(msgspec.Struct, frozen=True, rename="pascal"):
    """By default every port."""

    from_: int = msgspec.field(name="From", default=0)
    to: int = ALL_PORTS - 1

    def contains(self, other: PortRange) -> bool:
        """Whether the other range lies in it."""
        return self.from_ <= other.from_ and other.to <= self.to


class AclEntry(msgspec.Struct, frozen=True, rename="pascal"):
    """A numbered rule of a network ACL."""

    rule_number: int
    rule_action: str
    egress: bool = False
    protocol: str = ALL_PROTOCOLS
    cidr_block: str | None = None
    ipv6_cidr_block: str | None = None
    port_range: PortRange = PortRange()

    def covers(self, protocol: str, ports: PortRange) -> bool:
        """Whether it is for all of these ports. Protocols are numbers in texts, as ACLs have them: `6` is TCP."""
        if self.protocol == ALL_PROTOCOLS:
            return True
        return self.protocol == protocol and self.port_range.contains(ports)


def admits_anyone(entries: Iterable[AclEntry], protocol: str, ports: PortRange) -> bool:
    """Whether the ACL lets anyone in to the ports, by IPv4 or by IPv6; of each, the lowest entry for anyone decides."""
    decisive = sorted(
        (entry for entry in entries if not entry.egress and entry.covers(protocol, ports)), key=lambda e: e.rule_number
    )
    by_ipv4 = next((entry.rule_action for entry in decisive if entry.cidr_block in ANYWHERE), "deny")
    by_ipv6 = next((entry.rule_action for entry in decisive if entry.ipv6_cidr_block in ANYWHERE), "deny")
    return "allow" in (by_ipv4, by_ipv6)


def admits_anyone_everywhere(entries: Iterable[AclEntry]) -> bool:
    """Whether the ACL lets anyone in to every port, of all protocols or of TCP or UDP."""
    known = tuple(entries)
    return any(admits_anyone(known, protocol, PortRange()) for protocol in (ALL_PROTOCOLS, TCP, UDP))


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
