"""Which operations take the lean path, in which regions."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from aioprowler.aws.clients import Clients
from aioprowler.aws.credentials import Keys
from aioprowler.aws.lean import LeanCall, lean_call


class LeanCalls:
    """The lean path of each operation and region.

    An operation is proven once, with the first client of its service. In another region the same serializer makes the
    same request of the same parameters, and only its place is another one. The rules that tell it there have to name,
    for the first client's region, the place to which the proven request went: they are those that the client asked.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._known: dict[tuple[str, str, str], LeanCall | None] = {}
        self._proven: dict[tuple[str, str], LeanCall | None] = {}
        self._movable: set[tuple[str, str]] = set()
        """Services and operations whose place the rules tell."""
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def knows(self, service: str, region: str, operation: str) -> bool:
        """Whether it was tried already, whatever came of it."""
        return (service, region, operation) in self._known

    async def get(
        self, service: str, region: str, operation: str, params: Mapping[str, Any], keys: Keys
    ) -> LeanCall | None:
        """None for an operation that only the plain client can call."""
        key = (service, region, operation)
        if key not in self._known:
            async with self._locks[service]:
                if key not in self._known:
                    self._known[key] = await self._made(*key, params, keys)
        return self._known[key]

    async def _made(
        self, service: str, region: str, operation: str, params: Mapping[str, Any], keys: Keys
    ) -> LeanCall | None:
        if (service, operation) not in self._proven:
            await self._prove(service, region, operation, params, keys)
        proven = self._proven[service, operation]
        if proven is None or region == self._clients.home(service):
            return proven
        if (service, operation) in self._movable:
            moved = await proven.moved(self._clients.places(service), region)
            if moved:
                return moved
        return await lean_call(await self._clients.pattern(service, region, operation), operation, params, keys)

    async def _prove(self, service: str, region: str, operation: str, params: Mapping[str, Any], keys: Keys) -> None:
        client = await self._clients.first(service, region, operation)
        found = await lean_call(client, operation, params, keys)
        if found:
            again = await found.moved(self._clients.places(service), self._clients.home(service))
            if again and again.place == found.place:
                self._movable.add((service, operation))
        self._proven[service, operation] = found
