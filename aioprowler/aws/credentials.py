"""Credentials of one account: what a request is signed with, fetched again before they expire."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable

import anyio
from msgspec import Struct

EARLY = datetime.timedelta(minutes=5)
"""How long before its expiry a session is renewed."""


class Keys(Struct, frozen=True):
    """Credentials for one request."""

    access_key: str
    secret_key: str
    token: str | None = None
    expiry: datetime.datetime | None = None

    def __repr__(self) -> str:
        """Without secrets."""
        return f"<keys {self.access_key[:4]}...>"


class Renewing:
    """Credentials that are fetched before they expire, by one fetch at a time."""

    def __init__(self, fetch: Callable[[], Awaitable[Keys]]) -> None:
        self._fetch = fetch
        self._keys: Keys | None = None
        self._lock = anyio.Lock()

    async def get(self) -> Keys:
        """Raises what the fetch raises: ClientError, BotoCoreError or EntryError."""
        keys = self._keys
        return keys if keys is not None and _fresh(keys) else await self._renew(keys)

    async def replace(self, rejected: Keys) -> Keys:
        """Other keys than those which AWS called expired."""
        return await self._renew(rejected)

    async def _renew(self, old: Keys | None) -> Keys:
        async with self._lock:
            if self._keys is old or self._keys is None:
                self._keys = await self._fetch()
            return self._keys


def _fresh(keys: Keys) -> bool:
    return keys.expiry is None or keys.expiry - datetime.datetime.now(datetime.UTC) > EARLY
