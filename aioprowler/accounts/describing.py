"""What an organization tells of accounts that are scanned by themselves: names, addresses, units and tags."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import anyio
from msgspec import Struct

from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.accounts.operations import DESCRIBE_ACCOUNT, DESCRIBE_UNIT, LIST_ACCOUNT_TAGS, LIST_PARENTS
from aioprowler.accounts.organization import ListedAccount, Organization, accounts_of, tags_of
from aioprowler.accounts.replies import read
from aioprowler.aws.api import Boundary
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Operation

if TYPE_CHECKING:
    from aioprowler.aws.gateway import Gateway

logger = logging.getLogger("aioprowler")

T = TypeVar("T")

Told = dict[str, Any]
"""Fields of an Account."""
Tell = Callable[[str], Awaitable[Told]]
"""What there is to tell of the account of an id; nothing where nobody tells. Raises nothing."""
Enter = Callable[[], Awaitable[Account]]
"""The credentials that ask. Raises EntryError."""

_FEW: Final = 4
"""Accounts that are asked about one by one. AWS lets hardly more than one such call a second through; a listing of all
accounts takes hundreds of calls in a large organization.
"""
_PATIENCE: Final = 5.0
"""Seconds at most that an account waits for what nobody has asked for, and that the first findings wait."""
_PATIENCE_OF_MANY: Final = 60.0
"""Seconds at most that many accounts wait for the listing."""
_DEEPEST: Final = 20
"""Units in each other; AWS allows for five."""
_OF_ONE: Final = frozenset(
    {"AccountNotFoundException", "ChildNotFoundException"}
    | {"OrganizationalUnitNotFoundException", "TargetNotFoundException"}
)
"""What says nothing about other accounts."""
_LISTED: Final = (
    "name",
    "email",
    "organizational_unit",
    "organizational_unit_id",
    "organization_id",
    "organization_arn",
)


class _Described(Struct, frozen=True, rename="pascal"):
    account: ListedAccount


class _Parent(Struct, frozen=True, rename="pascal"):
    id: str
    type: str


class _Parents(Struct, frozen=True, rename="pascal"):
    parents: tuple[_Parent, ...]


class _Unit(Struct, frozen=True, rename="pascal"):
    name: str


class _DescribedUnit(Struct, frozen=True, rename="pascal"):
    organizational_unit: _Unit


async def untold(account_id: str) -> Told:  # noqa: ARG001 - nobody is asked
    """Nothing."""
    return {}


class Describing:
    """Who tells of accounts: a role that is given for it, else the credentials with which entering them begins, which
    may be those of a management account or of a delegated administrator. What is not told ends no scan, and is no gap
    of it.
    """

    def __init__(self, gateway: Gateway, sources: Iterable[CredentialSource], enter: Enter | None = None) -> None:
        """`sources`: one for each account. `enter`: with the role."""
        bases = [*map(_base, sources)]
        self._gateway = gateway
        self._accounts = Counter(bases)
        self._telling: dict[Any, _Telling] = {}
        self._role = _Telling(gateway, enter, len(bases), is_asked_for=True) if enter is not None else None

    def by(self, source: CredentialSource, asker: Account) -> Tell:
        """Who tells of an account that is entered with the source. `asker`: the credentials with which that begins."""
        if self._role is not None:
            return self._role.tell
        base = _base(source)
        if base not in self._telling:
            self._telling[base] = _Telling(self._gateway, _known(asker), self._accounts[base], is_asked_for=False)
        return self._telling[base].tell

    async def aclose(self) -> None:
        """No account is entered any more."""
        for each in filter(None, (self._role, *self._telling.values())):
            await each.aclose()


def _base(source: CredentialSource) -> tuple[str | None, str | None]:
    """The same for sources that begin with the same credentials."""
    return source.profile, source.access_key_id


def _known(asker: Account) -> Enter:
    async def enter() -> Account:
        return asker

    return enter


class _Telling:
    """One set of credentials, asked about the accounts. What is refused once is not asked again."""

    def __init__(self, gateway: Gateway, enter: Enter, accounts: int, *, is_asked_for: bool) -> None:
        """`accounts`: how many there are to tell of. `is_asked_for`: they wait for as long as it takes."""
        self._asking = _Asking(Boundary(gateway, deadline=None))  # of its own: this is no part of the scan
        self._enter = enter
        self._is_many = accounts > _FEW
        self._is_asked_for = is_asked_for
        self._patience = math.inf if is_asked_for else _PATIENCE
        self._listing = _Listing(self._asking.aws, math.inf if is_asked_for else _PATIENCE_OF_MANY)
        self._lock = anyio.Lock()
        self._base: Account | None = None

    async def tell(self, account_id: str) -> Told:
        async with self._lock:  # what is refused to the first is not asked for those who wait
            if DESCRIBE_ACCOUNT in self._asking.refused or (asker := await self._asker()) is None:
                return {}
            told = await self._found(asker, account_id)
        with anyio.move_on_after(self._patience):
            return {**told, "tags": await self._asking.tags(asker, account_id)} if told else {}
        return told

    async def aclose(self) -> None:
        await self._listing.aclose()

    async def _asker(self) -> Account | None:
        try:
            self._base = self._base or await self._enter()
        except EntryError as error:
            logger.debug("Nobody tells of accounts: %s", error)
            self._asking.refused.add(DESCRIBE_ACCOUNT)
        return self._base

    async def _found(self, asker: Account, account_id: str) -> Told:
        """The first one is asked about by itself: by that is known whether anybody answers, and it need not wait."""
        if self._is_many and self._asking.is_answered:
            await self._listing.meet(asker, account_id)
            if account_id in self._listing.met or self._listing.is_whole or not self._is_asked_for:
                return self._listing.met.get(account_id, {})
        told: Told = {}
        with anyio.move_on_after(self._patience):
            await self._asking.describe(asker, account_id, told)
        if not self._asking.is_answered:
            self._asking.refused.add(DESCRIBE_ACCOUNT)
        return told


class _Asking:
    """The calls about one account and the units above it."""

    def __init__(self, aws: Boundary) -> None:
        self.aws = aws
        self.is_answered = False
        """Whether anything was told of an account, if only that it is none of the organization."""
        self.refused: set[Operation] = set()
        self._above: dict[str, _Parent] = {}
        self._names: dict[str, str] = {}

    async def describe(self, asker: Account, account_id: str, told: Told) -> None:
        """Add to `told` what can be had."""
        found = await self._one(asker, DESCRIBE_ACCOUNT, {"AccountId": account_id}, _Described)
        self.is_answered = self.is_answered or DESCRIBE_ACCOUNT not in self.refused
        if found is None:
            return
        organization_id, organization_arn = found.account.organization
        told |= {"name": found.account.name, "email": found.account.email}
        told |= {"organization_id": organization_id, "organization_arn": organization_arn}
        names: list[str] = []
        child = account_id
        while len(names) < _DEEPEST and (parent := await self._parent(asker, child)) is not None:
            if parent.type == "ROOT":
                told["organizational_unit"] = "/".join(reversed(names))
                return
            told.setdefault("organizational_unit_id", parent.id)
            name = await self._name(asker, parent.id)
            if name is None:
                return
            names.append(name)
            child = parent.id

    async def tags(self, asker: Account, account_id: str) -> dict[str, str]:
        """Empty where they are not told."""
        if LIST_ACCOUNT_TAGS in self.refused:
            return {}
        return self._kept(await tags_of(self.aws, asker, account_id), LIST_ACCOUNT_TAGS) or {}

    async def _parent(self, asker: Account, child: str) -> _Parent | None:
        if child not in self._above:
            found = await self._one(asker, LIST_PARENTS, {"ChildId": child}, _Parents)
            if found is None or not found.parents:
                return None
            self._above[child] = found.parents[0]
        return self._above[child]

    async def _name(self, asker: Account, unit: str) -> str | None:
        if unit not in self._names:
            found = await self._one(asker, DESCRIBE_UNIT, {"OrganizationalUnitId": unit}, _DescribedUnit)
            if found is None:
                return None
            self._names[unit] = found.organizational_unit.name
        return self._names[unit]

    async def _one(self, asker: Account, operation: Operation, params: dict[str, str], kind: type[T]) -> T | None:
        if operation in self.refused:
            return None
        reply = await self.aws.call(asker, asker.default_region, operation, params)
        found = reply if isinstance(reply, Failure) else read(reply or {}, kind, operation)
        return self._kept(found, operation)

    def _kept(self, found: T | Failure, operation: Operation) -> T | None:
        """What was found. The operation is asked no more where there is nothing for any account."""
        if not isinstance(found, Failure):
            return found
        if found.code not in _OF_ONE:
            self.refused.add(operation)
        return None


class _Listing:
    """All accounts of the organization, read as far as it takes to meet those that are scanned."""

    def __init__(self, aws: Boundary, patience: float) -> None:
        """`patience`: seconds, from the beginning on."""
        self.met: dict[str, Told] = {}
        self.is_whole = False
        """Whether it has come to its end, and nothing is missing in it."""
        self._aws = aws
        self._patience = patience
        self._until = -math.inf
        self._failed = False
        self._accounts: AsyncGenerator[Account | EntryError] | None = None

    async def meet(self, asker: Account, account_id: str) -> None:
        """Go on until the account is met, or nothing more can be."""
        if self._accounts is None:
            self._until = anyio.current_time() + self._patience
            self._accounts = accounts_of(self._aws, asker, Organization(), [])
        if account_id in self.met:
            return
        with anyio.CancelScope(deadline=self._until) as waiting:
            async for each in self._accounts:
                if isinstance(each, EntryError):
                    self._failed = True
                    continue
                self.met[each.id] = {name: getattr(each, name) for name in _LISTED}
                if each.id == account_id:
                    return
            self.is_whole = not self._failed
        self._failed = self._failed or waiting.cancelled_caught

    async def aclose(self) -> None:
        """Nobody is to be met any more."""
        if self._accounts is not None:
            await self._accounts.aclose()
