"""Whose resources: the accounts of an AWS organization, or those that a file lists."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Mapping
from typing import Final

import msgspec
from msgspec import Struct, field

from aioprowler.accounts.credentials import EntryError
from aioprowler.accounts.operations import (
    LIST_ACCOUNT_TAGS,
    LIST_ACCOUNTS_OF_UNIT,
    LIST_ROOTS,
    LIST_UNITS_OF_UNIT,
)
from aioprowler.accounts.replies import Tags, read
from aioprowler.aws.api import Boundary
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.sources import Operation
from aioprowler.reprs import without

MOST_UNITS: Final = 10_000
"""AWS allows for 2,000 (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html). Units
that are always below another one would not come to an end.
"""
ROLE_NAME: Final = "aioprowler"
"""The role that is assumed in each account unless the user names another."""


class Organization(Struct, frozen=True, kw_only=True):
    """Which accounts of the organization are scanned. Those that are not ACTIVE never are."""

    units: Collection[str] = ()
    """Ids (`ou-...`, `r-...`) or paths (`workloads/production`) of organizational units, with all below them."""
    excluded_units: Collection[str] = ()
    accounts: Collection[str] = ()
    """Account ids."""
    excluded_accounts: Collection[str] = ()
    tags: Mapping[str, str] = {}
    """Tags that an account must have; an empty value stands for any."""
    role: str = ROLE_NAME
    """Name (with its path) of the role that is assumed in each account."""
    external_id: str | None = None

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "external_id")


class Member(Struct, frozen=True, kw_only=True):
    """An account to scan and how to get in."""

    account: Account
    """`regions` None: AWS is asked which are enabled."""
    role: str = ROLE_NAME
    """Name (with its path) or ARN of the role."""
    external_id: str | None = None

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "external_id")

    @property
    def role_arn(self) -> str:
        """Of the role by which the account is entered; a role's mere name is one of the account's own."""
        if self.role.startswith("arn:"):
            return self.role
        return f"arn:{self.account.partition}:iam::{self.account.id}:role/{self.role}"


class _Unit(Struct, frozen=True, rename="pascal"):
    """An organizational unit, or the root."""

    id: str
    name: str = ""
    path: str = ""
    """Names below the root."""
    inside: bool = False
    """Whether it, or a unit above it, is asked for."""

    def below(self, above: _Unit, wanted: Organization) -> _Unit:
        """The unit where it belongs. The root has no place in a path."""
        path = f"{above.path}/{self.name}".lstrip("/") if above.id else ""
        placed = msgspec.structs.replace(self, path=path)
        return msgspec.structs.replace(placed, inside=above.inside or placed.is_one_of(wanted.units))

    def is_one_of(self, named: Collection[str]) -> bool:
        return self.id in named or (bool(self.path) and self.path in named)

    def __str__(self) -> str:
        return f"the organizational unit {self.path or self.id}" if self.id else "the organization"


class ListedAccount(Struct, frozen=True, rename="pascal"):
    """An account as AWS Organizations has it."""

    id: str
    arn: str = ""
    name: str = ""
    email: str = ""
    status: str = ""
    state: str = ""
    """Takes the place of `Status` (https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html)."""

    @property
    def is_active(self) -> bool:
        """Others cannot be entered."""
        return (self.state or self.status) == "ACTIVE"

    @property
    def organization(self) -> tuple[str, str]:
        """Id and ARN of the organization, as the account's ARN names it: `...:<owner>:account/<organization>/<id>`."""
        before, _, named = self.arn.partition(":account/")
        id_ = named.partition("/")[0]
        return id_, f"{before}:organization/{id_}" if id_ else ""


class _Page(Struct, frozen=True):
    """A page of any of the listings."""

    roots: tuple[_Unit, ...] = field(name="Roots", default=())
    units: tuple[_Unit, ...] = field(name="OrganizationalUnits", default=())
    accounts: tuple[ListedAccount, ...] = field(name="Accounts", default=())


async def accounts_of(
    aws: Boundary, base: Account, wanted: Organization, notes: list[str]
) -> AsyncGenerator[Account | EntryError]:
    """The accounts as they are listed, unit by unit; an EntryError for each unit that could not be listed, and in the
    end for each account and unit that was asked for and is not there.

    The units themselves tell their accounts, so that the way to an account is known with it: one call for each unit
    and page of 20, and none for each account. `base` is the management account or a delegated administrator.
    `notes`: in the end, of what was to be left out and is not there.
    """
    unmet = _Unmet(wanted)
    waiting = deque([_Unit(id="", inside=not wanted.units)])
    met: set[str] = set()
    while waiting:
        unit = waiting.popleft()
        if unit.id and unit.inside:
            async for account in _accounts(aws, base, wanted, unit, unmet):
                yield account
        async for child in _units(aws, base, wanted, unit, unmet):
            if not isinstance(child, _Unit):
                yield child
                continue
            if child.id in met or len(met) == MOST_UNITS:
                what = "the same unit twice" if child.id in met else f"more than {MOST_UNITS:,} units"
                yield _refused(Failure("broken", LIST_UNITS_OF_UNIT.action, what), unit)
                break
            met.add(child.id)
            waiting.append(child)
    for error in unmet.errors():
        yield error
    notes += unmet.notes()


class _Unmet:
    """Accounts and units that are named, and that the listing has not met so far: most likely they are misspelt."""

    def __init__(self, wanted: Organization) -> None:
        self._wanted = wanted
        self._asked = {*wanted.units, *wanted.accounts} - {*wanted.excluded_units, *wanted.excluded_accounts}
        lists_all = not (wanted.units or wanted.excluded_units)
        self._spared = {*wanted.excluded_units, *(wanted.excluded_accounts if lists_all else ())}

    def meet(self, *names: str, is_scanned: bool) -> None:
        self._spared.difference_update(names)
        if is_scanned:
            self._asked.difference_update(names)

    def errors(self) -> Iterator[EntryError]:
        """What was asked for is not looked at."""
        for name in sorted(self._asked):
            yield _absent(name, self._wanted)

    def notes(self) -> Iterator[str]:
        """More is scanned than was meant."""
        for name in sorted(self._spared):
            is_account = name in self._wanted.excluded_accounts
            yield (
                f"--exclude-account {name}: the organization has no such account."
                if is_account
                else f"--exclude-ou {name}: the organization has no unit of that id or path."
            )


async def _accounts(
    aws: Boundary, base: Account, wanted: Organization, unit: _Unit, unmet: _Unmet
) -> AsyncIterator[Account | EntryError]:
    async for page in _pages(aws, base, LIST_ACCOUNTS_OF_UNIT, unit):
        if isinstance(page, EntryError):
            yield page
            continue
        for each in page.accounts:
            is_scanned = each.is_active and _is_chosen(each.id, wanted)
            unmet.meet(each.id, is_scanned=is_scanned)
            if is_scanned:
                yield _account(base, each, unit)


async def _units(
    aws: Boundary, base: Account, wanted: Organization, above: _Unit, unmet: _Unmet
) -> AsyncIterator[_Unit | EntryError]:
    """The units below one; the roots, below none."""
    async for page in _pages(aws, base, LIST_UNITS_OF_UNIT if above.id else LIST_ROOTS, above):
        if isinstance(page, EntryError):
            yield page
            continue
        for each in (*page.roots, *page.units):
            unit = each.below(above, wanted)
            is_scanned = not unit.is_one_of(wanted.excluded_units)
            unmet.meet(unit.id, unit.path, is_scanned=is_scanned)
            if is_scanned:
                yield unit


async def _pages(aws: Boundary, base: Account, operation: Operation, unit: _Unit) -> AsyncIterator[_Page | EntryError]:
    params = {"ParentId": unit.id} if unit.id else {}
    async for reply in aws.pages(base, base.default_region, operation, params):
        if isinstance(reply, Failure):
            yield _refused(reply, unit)
            continue
        page = read(reply, _Page, operation)
        yield _refused(page, unit) if isinstance(page, Failure) else page


def _is_chosen(account_id: str, wanted: Organization) -> bool:
    return account_id not in wanted.excluded_accounts and (not wanted.accounts or account_id in wanted.accounts)


def _account(base: Account, listed: ListedAccount, unit: _Unit) -> Account:
    organization_id, organization_arn = listed.organization
    return Account(
        id=listed.id,
        partition=base.partition,
        default_region=base.default_region,
        name=listed.name,
        email=listed.email,
        organizational_unit=unit.path,
        organizational_unit_id=unit.id if unit.path else "",
        organization_id=organization_id,
        organization_arn=organization_arn,
    )


def _refused(failure: Failure, unit: _Unit) -> EntryError:
    hint = ""
    if failure.code == "AWSOrganizationsNotInUseException":
        hint = " This account is in no organization."
    elif failure.kind in ("denied", "refused"):
        hint = " Use the management account or a delegated administrator."
    return EntryError(
        str(unit), f"{failure.explain()}{hint}", kind=failure.kind, action=failure.action, code=failure.code
    )


def _absent(name: str, wanted: Organization) -> EntryError:
    """The account or unit was asked for."""
    if name not in wanted.accounts:
        return _missing(f"organizational unit {name}", "the organization has none of that id or path", "")
    place = "below the units that are asked for" if wanted.units or wanted.excluded_units else "of the organization"
    return _missing(f"account {name}", f"it is no active account {place}", name)


def _missing(what: str, why: str, account_id: str) -> EntryError:
    return EntryError(what, f"{why}; check what you asked for.", account_id=account_id, kind="missing", action=what,
                      code=why)  # fmt: skip


async def tags_of(aws: Boundary, base: Account, account_id: str) -> dict[str, str] | Failure:
    """The tags of an account of the organization."""
    tags: dict[str, str] = {}
    async for reply in aws.pages(base, base.default_region, LIST_ACCOUNT_TAGS, {"ResourceId": account_id}):
        if isinstance(reply, Failure):
            return reply
        page = read(reply, Tags, LIST_ACCOUNT_TAGS)
        if isinstance(page, Failure):
            return page
        tags |= {tag.key: tag.value for tag in page.tags}
    return tags


def has_tags(tags: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether all wanted tags are there; an empty value stands for any."""
    return all(key in tags and (not value or tags[key] == value) for key, value in wanted.items())
