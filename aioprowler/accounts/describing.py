"""What an organization tells of an account that is scanned by itself: its name, address, unit and tags."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Final

import anyio
from msgspec import structs

from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.accounts.entry import Entry, base_of
from aioprowler.accounts.organization import Organization, accounts_of, tags_of
from aioprowler.accounts.sessions import Ceiling
from aioprowler.aws.api import Boundary
from aioprowler.aws.homes import Chosen
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure

if TYPE_CHECKING:
    from aioprowler.aws.gateway import Gateway


_TOLD: Final = (
    "name",
    "email",
    "organizational_unit",
    "organizational_unit_id",
    "organization_id",
    "organization_arn",
)


class Describing:
    """Asks the organization, by a role of its management account or of a delegated administrator. What it does not tell
    is a note, and ends no scan.
    """

    def __init__(
        self, gateway: Gateway, source: CredentialSource, ceiling: Ceiling, chosen: Chosen, note: Callable[[str], None]
    ) -> None:
        """`source`: of the role."""
        self._aws = Boundary(gateway, deadline=None)  # of its own: what is asked here is no part of the scan
        self._enter = partial(base_of, gateway, source, ceiling, Organization(), self._aws, chosen)
        self._note = note
        self._lock = anyio.Lock()
        self._base: Account | None = None

    async def entries(self, found: AsyncIterator[Entry]) -> AsyncIterator[Entry]:
        """The same, whose accounts are described once they are entered."""
        async for entry in found:
            yield partial(self._entered, entry)

    async def _entered(self, entry: Entry, aws: Boundary) -> Account | None:
        account = await entry(aws)
        if account is None:
            return None
        try:
            return await self._described(account)
        except EntryError as error:
            self._note(f"Account {account.id} is reported without its name, unit and tags: {error}")
            return account

    async def _described(self, account: Account) -> Account:
        base = await self._asker()
        found = accounts_of(self._aws, base, Organization(accounts=[account.id]), [])
        async with aclosing(found) as listed:  # type: ignore[type-var]
            async for each in listed:
                if isinstance(each, EntryError):
                    raise each
                tags = await tags_of(self._aws, base, account)
                told = {name: getattr(each, name) for name in _TOLD}
                return structs.replace(account, **told, tags={} if isinstance(tags, Failure) else tags)
        return account

    async def _asker(self) -> Account:
        async with self._lock:
            if self._base is None:
                _, _, self._base = await self._enter()
            return self._base
