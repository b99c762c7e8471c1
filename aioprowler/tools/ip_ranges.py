"""AWS's public IP addresses, as AWS publishes them, and whose they are.

https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html
"""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from os import environ
from typing import IO, Final

import anyio
import anyio.to_thread
import msgspec
from msgspec import Struct

from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Downloads
from aioprowler.user_files import decode

NAME: Final = "AWS's list of its IP ranges"
ADDRESS: Final = "https://ip-ranges.amazonaws.com/ip-ranges.json"
MIRROR_VARIABLE: Final = "AIOPROWLER_IP_RANGES_URL"
LARGEST: Final = 32 * 1024 * 1024
"""Bytes; in 2025 the list has two million."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class _Prefix(Struct, frozen=True):
    ip_prefix: str
    service: str


class _Prefix6(Struct, frozen=True):
    ipv6_prefix: str
    service: str


class _Published(Struct, frozen=True):
    prefixes: tuple[_Prefix, ...]
    ipv6_prefixes: tuple[_Prefix6, ...]


class Ranges:
    """Networks and their services, for look-ups. Networks may lie in each other, and be of several services."""

    def __init__(self, networks: Iterable[tuple[Network, str]]) -> None:
        """The services change only at beginnings and ends of networks; between two of these they are the same."""
        changes: dict[int, defaultdict[int, Counter[str]]] = {4: defaultdict(Counter), 6: defaultdict(Counter)}
        for network, service in networks:
            first = int(network.network_address)
            changes[network.version][first][service] += 1
            changes[network.version][first + network.num_addresses][service] -= 1
        self._sections = {version: _sections(each) for version, each in changes.items()}

    def find(self, address: str) -> tuple[str, ...]:
        """In alphabetical order. Raises ValueError for what is no address."""
        parsed = ipaddress.ip_address(address)
        starts, services = self._sections[parsed.version]
        return services[bisect_right(starts, int(parsed))]


def _sections(changes: dict[int, Counter[str]]) -> tuple[list[int], list[tuple[str, ...]]]:
    """Where sections start, and the services of each; before the first start there are none."""
    starts = sorted(changes)
    services: list[tuple[str, ...]] = [()]
    now: Counter[str] = Counter()
    for start in starts:
        now.update(changes[start])
        services.append(tuple(sorted(+now)))
    return starts, services


class PublishedRanges:
    """IpRanges that are fetched when first asked for, once: a list that could not be had stays a Failure."""

    def __init__(self, downloads: Downloads, url: str | None = None) -> None:
        """`url`: by default that of the environment's mirror, or AWS's."""
        self._downloads = downloads
        self._url = url or environ.get(MIRROR_VARIABLE) or ADDRESS
        self._turn = anyio.Lock()
        self._ranges: Ranges | Failure | None = None

    async def find(self, address: str) -> tuple[str, ...] | Failure:
        """The services of an address; see `IpRanges`."""
        if self._ranges is None:
            async with self._turn:
                if self._ranges is None:
                    self._ranges = await self._fetch()
        return self._ranges if isinstance(self._ranges, Failure) else self._ranges.find(address)

    async def _fetch(self) -> Ranges | Failure:
        async with self._downloads.get(self._link, largest=LARGEST) as file:
            if isinstance(file, Failure):
                return msgspec.structs.replace(file, action=NAME)
            return await anyio.to_thread.run_sync(_read, file)

    async def _link(self) -> str:
        return self._url


def _read(file: IO[bytes]) -> Ranges | Failure:
    try:
        published = decode(file.read(), _Published)
        networks: list[tuple[Network, str]] = [
            *((ipaddress.IPv4Network(each.ip_prefix), each.service) for each in published.prefixes),
            *((ipaddress.IPv6Network(each.ipv6_prefix), each.service) for each in published.ipv6_prefixes),
        ]
    except (msgspec.MsgspecError, ValueError) as error:
        return Failure("broken", NAME, type(error).__name__, str(error))
    if not networks:
        return Failure("broken", NAME, "no ranges in it")
    return Ranges(networks)
