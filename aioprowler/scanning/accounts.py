"""The accounts of a scan: how they come, who takes them up, and how many at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from msgspec import structs

from aioprowler.accounts.credentials import EntryError
from aioprowler.accounts.describing import Describing
from aioprowler.accounts.entry import Base, Entry, base_of, entries, identify, member_entries
from aioprowler.accounts.operations import DESCRIBING_OPERATIONS, ENTRY_OPERATIONS
from aioprowler.accounts.organization import Member
from aioprowler.accounts.permissions import Statement, session_actions
from aioprowler.accounts.sessions import Ceiling
from aioprowler.aws.api import AwsApi, Boundary
from aioprowler.aws.errors import ENDED
from aioprowler.aws.homes import Chosen
from aioprowler.declarations.account import Account
from aioprowler.declarations.sources import Operation
from aioprowler.findings.selection import Arns
from aioprowler.scanning.journal import Done
from aioprowler.scanning.options import ScanOptions
from aioprowler.scanning.prepared import Prepared
from aioprowler.scanning.progress import Progress

if TYPE_CHECKING:
    from aioprowler.aws.gateway import Gateway

_HEAD_START: Final = 1.0
"""Seconds at most that the first account has to itself, lest its first findings wait until all others are entered."""


@dataclass(frozen=True, slots=True)
class SkippedAccounts:
    """Accounts that need not be entered, by their ids."""

    arns: Arns | None
    done: Done

    def __contains__(self, account_id: object) -> bool:
        return account_id in self.done.accounts or self.is_elsewhere(str(account_id))

    def is_elsewhere(self, account_id: str) -> bool:
        """Whether none of the resources can be there that the scan is about."""
        return self.arns is not None and not self.arns.may_be_in(account_id)


@dataclass(frozen=True, slots=True)
class Way:
    """How AWS is asked, and how its accounts are entered."""

    api: AwsApi
    aws: Boundary
    entries: AsyncIterator[Entry]
    announce: Callable[[Iterable[Operation]], None] = lambda _: None
    """Told of operations that will be called, once they are known."""
    everyone: Callable[[], AsyncIterator[Entry]] | None = None
    """All accounts once more, those included that need not be scanned; None where there is one."""
    members: dict[str, Member] | None = None
    """Where others enter the accounts, how they are to, by id."""


def given(api: AwsApi, accounts: Sequence[Account], progress: Progress) -> Way:
    """To an AWS that is given instead of the real one."""
    everyone = partial(_known_entries, accounts) if len(accounts) > 1 else None
    return Way(api, Boundary(api, progress.calls), _known_entries(accounts), everyone=everyone)


async def entered(
    prepared: Prepared,
    progress: Progress,
    skipped: SkippedAccounts,
    planned: anyio.Event,
    more: Sequence[Operation],
    stack: AsyncExitStack,
    *,
    by_others: bool = False,
) -> Way:
    """To AWS, through a gateway that `stack` closes. `planned` is set once the plan is made, for which roles wait;
    `more`: operations that will be called, whatever is planned. `by_others`: members are only listed, for others to
    enter.
    """
    from aioprowler.aws.gateway import Gateway  # a scan of a given AWS makes no client and pays for none

    options = prepared.options
    operations = [*ENTRY_OPERATIONS, *DESCRIBING_OPERATIONS, *more]
    gateway = await stack.enter_async_context(
        Gateway(options.api_budget, prepared.quotas, operations=operations, patience=options.patience)
    )
    progress.gateway, progress.ceiling = gateway, _ceiling(prepared, planned, more, progress.notes)
    aws = Boundary(gateway, progress.calls, deadline=None)
    members = options.organization or options.members
    chosen = Chosen(options.regions or (), options.excluded_regions)
    describing = describing_for(gateway, options, progress.ceiling, chosen)
    stack.push_async_callback(describing.aclose)
    if members is None:
        each = partial(entries, gateway, options.credentials, options.accounts, progress.ceiling, chosen)
        is_one = len(options.credentials if options.accounts is None else options.accounts) == 1
        return Way(gateway, aws, each(by=describing.by), gateway.announce, None if is_one else each)
    enter = partial(
        member_entries, aws, gateway, options.credentials[0], members, progress.ceiling, chosen=chosen, held=Base()
    )
    told: dict[str, Member] | None = {} if by_others else None
    listed = enter(progress.notes, skipped, by=describing.by, tell_of=told)
    return Way(gateway, aws, listed, gateway.announce, partial(enter, []), told)


def describing_for(gateway: Gateway, options: ScanOptions, ceiling: Ceiling, chosen: Chosen) -> Describing:
    """By the role that is given for it, else by the scan's own credentials."""
    first = options.credentials[0]
    if options.organizations_role is not None:
        role = {"role_arn": options.organizations_role, "mfa_serial": None, "mfa_token": None}
        aws = Boundary(gateway, deadline=None)  # no part of the scan
        source = structs.replace(first, **role)

        async def enter() -> Account:
            return (await base_of(gateway, source, ceiling, None, aws, chosen))[2]

        return Describing(gateway, options.credentials, enter)
    return Describing(gateway, options.credentials if options.members is None else [first] * len(options.members))


def _ceiling(prepared: Prepared, planned: anyio.Event, more: Sequence[Operation], notes: list[str]) -> Ceiling:
    async def reads() -> tuple[str, ...]:
        await planned.wait()
        return session_actions(prepared.plan)

    besides = (Statement.of(more),) if more else ()
    return Ceiling(reads if prepared.options.session_policy else None, besides, notes.append)


class AccountQueue:
    """A queue of accounts and its workers. Accounts are entered while the plan is made, and wait for it then. The first
    one has the machine to itself until its first findings, or its end.
    """

    def __init__(
        self,
        prepared: Prepared,
        progress: Progress,
        skipped: SkippedAccounts,
        planned: anyio.Event,
        visit: Callable[[Account], Awaitable[None]],
        refuse: Callable[[EntryError], Awaitable[None]],
        width: int,
    ) -> None:
        """`visit` is called with each account that was entered, `refuse` for each that could not be; neither before
        `planned` is set. `width`: accounts at most that are under way at a time.
        """
        self._width = width
        self._has_one_base = prepared.options.has_one_base
        self._progress = progress
        self._skipped = skipped
        self._planned = planned
        self._visit = visit
        self._refuse = refuse
        self._refused: list[EntryError] = []
        self._ended = False
        """The base credentials have expired: no further account can be entered."""

    async def run(self, way: Way, begun: anyio.Event) -> None:
        """All of them. `begun`: set with the first findings. Raises EntryError when none at all could be entered."""
        queue, waiting = anyio.create_memory_object_stream[Entry](self._width)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._feed, way.entries, queue)
            with waiting:
                tasks.start_soon(self._worker, waiting.clone(), way.aws, begun)
                await self._planned.wait()
                with anyio.move_on_after(_HEAD_START):
                    await begun.wait()
                for _ in range(self._width - 1):
                    tasks.start_soon(self._worker, waiting.clone(), way.aws, begun)
        if self._refused and len(self._refused) == self._progress.accounts:
            raise self._refused[0]

    async def _feed(self, entries: AsyncIterator[Entry], queue: MemoryObjectSendStream[Entry]) -> None:
        """Hand accounts to the workers while more are listed."""
        with queue:
            try:
                async for entry in entries:
                    if self._ended:
                        break
                    self._progress.accounts += 1
                    await queue.send(entry)
            except EntryError as error:
                self._progress.accounts += 1
                self._progress.accounts_done += 1
                await self._report(error)
        self._progress.accounts_listed = True

    async def _worker(self, waiting: MemoryObjectReceiveStream[Entry], aws: Boundary, begun: anyio.Event) -> None:
        with waiting:
            async for entry in waiting:
                if self._ended:
                    continue
                try:
                    account = await entry(aws)
                except EntryError as error:
                    if error.code in ENDED and self._has_one_base and not self._end():
                        continue
                    await self._report(error)
                else:
                    if account is None or self._skipped.is_elsewhere(account.id):
                        self._progress.accounts -= 1
                        continue
                    await self._planned.wait()
                    try:
                        await self._visit(account)
                    except EntryError as error:  # of those who enter it
                        await self._report(error)
                self._progress.accounts_done += 1
                begun.set()
        begun.set()

    async def _report(self, error: EntryError) -> None:
        self._refused.append(error)
        await self._planned.wait()
        await self._refuse(error)

    def _end(self) -> bool:
        """The credentials that enter all accounts have expired: whether that is news."""
        if self._ended:
            return False
        self._ended = True
        self._progress.notes.append("The credentials have expired: accounts not entered yet were not tried.")
        return True


async def _known_entries(accounts: Sequence[Account]) -> AsyncIterator[Entry]:
    for account in accounts:
        yield partial(_known, account)
    if not accounts:
        yield partial(identify, seed=Account(id=""))


async def _known(account: Account, aws: Boundary) -> Account:  # noqa: ARG001 - nothing is asked about a known account
    return account
