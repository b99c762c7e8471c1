"""Credentials of one account: what a request is signed with, fetched again before they expire."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable

import anyio
from botocore.exceptions import BotoCoreError
from msgspec import Struct

from aioprowler.aws.errors import ended_by

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
    """Credentials that are fetched before they expire, by one fetch at a time; after one that says that there are no
    more, by none.
    """

    def __init__(self, fetch: Callable[[], Awaitable[Keys]]) -> None:
        self._fetch = fetch
        self._keys: Keys | None = None
        self._lock = anyio.Lock()
        self._end: BotoCoreError | None = None

    async def get(self) -> Keys:
        """Raises what the fetch raises: ClientError, BotoCoreError or EntryError."""
        keys = self._keys
        return keys if keys is not None and _fresh(keys) else await self._renew(keys)

    async def replace(self, rejected: Keys) -> Keys:
        """Other keys than those which AWS called expired."""
        return await self._renew(rejected)

    async def _renew(self, old: Keys | None) -> Keys:
        async with self._lock:
            if self._end is not None:
                raise self._end from None
            if self._keys is old or self._keys is None:
                self._keys = await self._fetched()
            return self._keys

    async def _fetched(self) -> Keys:
        try:
            return await self._fetch()
        except BotoCoreError as error:
            self._end = error if ended_by(error) else None
            raise


def _fresh(keys: Keys) -> bool:
    return keys.expiry is None or keys.expiry - datetime.datetime.now(datetime.UTC) > EARLY
