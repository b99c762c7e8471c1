"""Ranges of IP addresses as sets, and which sets are the internet. Pure functions over ranges as AWS writes them.

A range says less than the ranges beside it: 0.0.0.0/1 and 128.0.0.0/1 together are everybody, in one rule or in two.
So nothing is compared with `0.0.0.0/0`; what counts is which public addresses the ranges hold together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_network
from operator import itemgetter
from typing import Final

import msgspec

from aioprowler.declarations.failure import UnreadableError

Span = tuple[int, int]
"""First and last address, as numbers. IPv4 addresses come after those of IPv6, so that both families are one line."""

_IPV4: Final = 1 << 128
_REMEMBERED: Final = 1 << 16


class Addresses(msgspec.Struct, frozen=True):
    """A set of IPv4 and IPv6 addresses."""

    spans: tuple[Span, ...] = ()
    """Ascending, and apart from each other."""

    @classmethod
    def of(cls, cidrs: Iterable[str]) -> Addresses:
        """What the ranges hold together. Raises UnreadableError for what is no range."""
        return cls(_merged(map(_span, cidrs)))

    def __or__(self, other: Addresses) -> Addresses:
        return Addresses(_merged((*self.spans, *other.spans)))

    def __sub__(self, other: Addresses) -> Addresses:
        left: list[Span] = []
        for first, last in self.spans:
            rest = first
            begin = bisect_left(other.spans, first, key=itemgetter(1))
            for start, end in other.spans[begin : bisect_right(other.spans, last, key=itemgetter(0))]:
                if start > rest:
                    left.append((rest, start - 1))
                rest = end + 1
            if rest <= last:
                left.append((rest, last))
        return Addresses(tuple(left))

    def __and__(self, other: Addresses) -> Addresses:
        return self - (self - other)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def covers(self, cidr: str) -> bool:
        """Whether the whole range is in it. Raises UnreadableError for what is no range."""
        return not Addresses.of([cidr]) - self

    @property
    def size(self) -> int:
        """How many addresses it has."""
        return sum(last - first + 1 for first, last in self.spans)

    @property
    def is_whole_internet(self) -> bool:
        """Whether so much of the internet is in it that the rest makes no difference, by IPv4 or by IPv6.

        That is a decision of ours. By IPv4 it takes more than 2**31 public addresses, which is half of the address
        space and 54 % of what is public in it: neither 0.0.0.0/1 nor 128.0.0.0/1 alone, but any three quarters. By IPv6
        it takes more than half of 2000::/3, from which all global addresses are given out. Private ranges count for
        nothing.
        """
        return self.is_ipv4_internet or self.is_ipv6_internet

    @property
    def is_ipv4_internet(self) -> bool:
        """Likewise, by IPv4."""
        return self.size > 1 << 31 and (self & PUBLIC_IPV4).size > 1 << 31

    @property
    def is_ipv6_internet(self) -> bool:
        """Likewise, by IPv6."""
        return self.size > 1 << 124 and (self & PUBLIC_IPV6).size > 1 << 124


@lru_cache(maxsize=_REMEMBERED)
def _span(cidr: str) -> Span:
    try:
        network = ip_network(cidr, strict=False)  # AWS cuts off the bits of hosts, other makers of its API do not
    except ValueError:
        raise UnreadableError(f"{cidr!r} is no range of IP addresses") from None
    first = int(network.network_address) + (_IPV4 if network.version == 4 else 0)
    return first, first + network.num_addresses - 1


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


PUBLIC_IPV4: Final = Addresses.of(["0.0.0.0/0"]) - Addresses.of(
    [
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        "240.0.0.0/4",
    ]
)
"""No private, shared, local, documentation or reserved ones.

https://www.iana.org/assignments/iana-ipv4-special-registry/
"""
PUBLIC_IPV6: Final = Addresses.of(["2000::/3"]) - Addresses.of(["2001:db8::/32", "3fff::/20"])
"""The global unicast addresses but those of documentation.

https://www.iana.org/assignments/iana-ipv6-special-registry/
"""
PUBLIC: Final = PUBLIC_IPV4 | PUBLIC_IPV6


@lru_cache(maxsize=_REMEMBERED)
def is_whole_internet(cidrs: tuple[str, ...]) -> bool:
    """Whether the ranges together are the internet, by IPv4 or by IPv6. Raises UnreadableError for what is no range."""
    return Addresses.of(cidrs).is_whole_internet


@lru_cache(maxsize=_REMEMBERED)
def is_public(cidr: str) -> bool:
    """Whether a range or address holds a public address, however few. Raises UnreadableError for what is neither."""
    return bool(Addresses.of([cidr]) & PUBLIC)


def admitted(decisions: Iterable[tuple[bool, Iterable[str]]]) -> Addresses:
    """The addresses that are let in where the first decision about an address holds, each with its ranges."""
    found = Addresses()
    for lets_in, cidrs in reversed(list(decisions)):
        ranges = Addresses.of(cidrs)
        found = found | ranges if lets_in else found - ranges
    return found
