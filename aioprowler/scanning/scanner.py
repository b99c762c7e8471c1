"""The scan itself: whole when it is made, then run once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Container, Mapping
from contextlib import AsyncExitStack, aclosing
from typing import Any, Final

from msgspec.structs import replace

from aioprowler.accounts.credentials import EntryError
from aioprowler.aws.api import AwsApi
from aioprowler.catalog import Catalog
from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.engine.account import AccountScan, Emit
from aioprowler.engine.cells import Cell
from aioprowler.engine.judge import finding, missing, place, timestamp
from aioprowler.engine.plan import Plan
from aioprowler.engine.room import Room
from aioprowler.engine.supply import Limits
from aioprowler.errors import UsageError
from aioprowler.findings.coverage import Coverage
from aioprowler.findings.finding import Finding
from aioprowler.scanning.accounts import Accounts, LeftOut, Way, entered, given
from aioprowler.scanning.coverage import coverage_of
from aioprowler.scanning.events import Batch, Companion, Event
from aioprowler.scanning.journal import AccountDone, Blind, Done
from aioprowler.scanning.mailbox import Mailbox
from aioprowler.scanning.narrowing import Resources
from aioprowler.scanning.options import ScanOptions
from aioprowler.scanning.pipeline import Pipeline
from aioprowler.scanning.prepared import Prepared, prepare
from aioprowler.scanning.progress import Progress
from aioprowler.scanning.tagging import AccountTags, Tagging
from aioprowler.tools import make_tools

_WAITING: Final = 64
"""Events at most that wait for the reader."""


class Scan:
    """One scan. Raises UsageError or DeclarationError at once for options that cannot be carried out."""

    def __init__(
        self,
        options: ScanOptions | Prepared,
        *,
        aws: AwsApi | None = None,
        tools: Mapping[type, Any] | None = None,
        done: Done | None = None,
        companion: Companion | None = None,
        progress: Progress | None = None,
    ) -> None:
        """`done`: what an earlier scan with the same options has completed, and this one leaves out. `progress`: the
        figures to keep, where somebody else looks at them or adds notes.
        """
        prepared = options if isinstance(options, Prepared) else prepare(options)
        self.prepared = prepared
        self.progress = Progress() if progress is None else progress
        self.progress.resumed = done is not None
        self._aws = aws
        self._tools = make_tools() if tools is None else tools
        self._done = done or Done()
        self._companion = companion
        self._events = Mailbox[Event](_WAITING)
        self._pipeline = Pipeline(prepared, self.progress, companion, self._events.put)
        self._resources = Resources(prepared.arns, prepared.tags)
        self._tagging = Tagging(prepared.plan, prepared.tagless, prepared.tags)
        self._room = Room()
        self._seen: set[str] = set()
        self.progress.notes += prepared.notes()
        for each in self._done.unseen():
            self.progress.unanswered(each.account_id, each.region)

    @property
    def options(self) -> ScanOptions:
        """What it was made with."""
        return self.prepared.options

    @property
    def catalog(self) -> Catalog:
        """The checks that there are."""
        return self.prepared.catalog

    @property
    def plan(self) -> Plan:
        """What it asks of AWS."""
        return self.prepared.plan

    def coverage(self) -> Coverage:
        """What was looked at so far and what was not; at any time, also of a scan that failed or was interrupted."""
        before = self._done.accounts
        notes = [told.explain(operation) for operation, told in self.progress.calls.limited.items()]
        if self.progress.complete:
            notes += [*self._resources.notes(), *self._tagging.notes()]
        return coverage_of(self.prepared, self.progress, before, before - self._seen, notes)

    async def batches(self) -> AsyncIterator[Batch]:
        """Findings in small batches, as they are made. Raises EntryError when no account at all could be entered."""
        async with aclosing(self.events()) as happening:  # type: ignore[type-var]
            async for events in happening:
                for event in events:
                    if isinstance(event, list):
                        yield event

    async def events(self) -> AsyncIterator[list[Event]]:
        """The batches, and which cells and accounts they complete: at each time all that there are by then. Raises
        EntryError as `batches` does.
        """
        # A task of its own, because an async generator must not hold a task group open across a yield: a consumer
        # that stops early closes it from wherever it is.
        work = asyncio.create_task(self._run())
        try:
            async for events in self._events.taken():
                yield events
            await work
        finally:
            work.cancel()
            await asyncio.wait([work])

    def recall(self, found: Batch) -> None:
        """Count findings that an earlier run of this scan has made."""
        self.progress.count(found)
        for each in found:
            self._resources.allows(each)

    async def _run(self) -> None:
        try:
            with self.progress.running():
                await self._work()
            if not self.progress.resumed:  # which does not know what the interrupted one has muted
                self._pipeline.note_unused_entries()
        finally:
            self._events.close()

    async def _work(self) -> None:
        left_out = LeftOut(self.prepared.arns, self._done)
        async with AsyncExitStack() as stack:
            way = await self._way(left_out, stack)

            async def visit(account: Account) -> None:
                await self._visit(account, way)

            accounts = Accounts(self.prepared, self.progress, left_out, visit, self._refuse)
            await accounts.run(way, self._pipeline.begun)
        if not self.progress.accounts and not self._done.accounts:
            self._tell_that_nothing_was_chosen()

    async def _way(self, left_out: LeftOut, stack: AsyncExitStack) -> Way:
        if self._aws is not None:
            return given(self._aws, self.options.accounts or (), self.progress)
        more = self._companion.operations if self._companion is not None else ()
        return await entered(self.prepared, self.progress, left_out, more, stack)

    def _tell_that_nothing_was_chosen(self) -> None:
        if self.options.organization is not None and not self._resources:
            raise UsageError(
                "No account of the organization is what the options ask for: check --account, --ou, --exclude-ou "
                "and --account-tag."
            )
        self.progress.incomplete["the resources"] = "no account is what the options ask for"

    # ------------------------------------------------------------ one account
    async def _visit(self, account: Account, way: Way) -> None:
        if account.id in self._seen:
            self.progress.notes.append(f"Account {account.id} was given twice and scanned once.")
            self.progress.repeated += 1
            return
        self._seen.add(account.id)
        if account.id in self._done.accounts:
            return
        account = self._with_chosen_regions(account)
        self.progress.regions[account.scanned_regions] += 1
        tags = self._tagging.of(account, way.aws)
        done, emit = await self._stages(account, tags)

        async def finished(cell: Cell) -> None:
            if not tags.has_transient:  # else its findings may have tags that could not be read
                await self._events.put(cell)

        scan = AccountScan(
            self.plan,
            account,
            way.aws,
            self.prepared.now,
            timestamp(self.prepared.now),
            emit,
            Limits(account_deadline=self.options.account_timeout),
            self._tools,
            done=done,
            finished=finished,
            room=self._room,
        )
        complete = await scan.run()
        if self._companion is not None:
            saw_all = scan.saw_all if not self._resources else _saw_some
            await self._companion.leave(account, way.api, saw_all)
        await self._leave(account, scan, complete=complete, has_transient=tags.has_transient or scan.has_transient)

    async def _leave(self, account: Account, scan: AccountScan, *, complete: bool, has_transient: bool) -> None:
        if complete:
            self.progress.finished += 1
        else:
            reason = "its credentials expired" if scan.expired else "cut off by the account timeout"
            self.progress.cut_off(account.id, reason)
        self.progress.transient += has_transient
        for region in self.progress.calls.blind(account.id):
            await self._events.put(Blind(account.id, region))
            self.progress.unanswered(account.id, region)
        if complete and not has_transient:
            await self._events.put(AccountDone(account.id))
        if self.progress.gateway is not None:
            self.progress.gateway.forget(account.id)

    async def _stages(self, account: Account, tags: AccountTags) -> tuple[Container[Cell], Emit]:
        """The cells to leave out, and where findings go: they get their tags, and pass the choice of resources."""
        if not self._resources and not self._tagging:
            return self._done, self._pipeline.send
        narrowing = await self._resources.of(self.plan, account, tags, self._done) if self._resources else None

        async def emit(found: Batch) -> None:
            told = await tags(found)
            kept = told.findings if narrowing is None else narrowing(told.findings, told.unsure)
            await self._pipeline.send(kept, unsure=told.unsure)

        return self._done if narrowing is None else narrowing, emit

    def _with_chosen_regions(self, account: Account) -> Account:
        """The account with the chosen ones of its regions."""
        chosen, excluded = self.options.regions, self.options.excluded_regions
        enabled = account.scanned_regions
        for region in chosen or ():
            if region not in enabled:
                self.progress.not_enabled[region] += 1
        kept = tuple(r for r in enabled if (not chosen or r in chosen) and r not in excluded)
        return replace(account, regions=kept)

    async def _refuse(self, error: EntryError) -> None:
        """An account that cannot be entered: MANUAL for every check."""
        self.progress.refused(error)
        account = Account(id=error.account_id, name=error.account_name)
        failure = Failure(error.kind, error.action, error.code, str(error))
        time = timestamp(self.prepared.now)
        found = [
            finding(check, place(check, account, account.default_region), verdict, time)
            for check in self.plan.checks
            for verdict in missing(failure)
        ]
        await self._pipeline.send(found, entered=False)


def _saw_some(_check_id: str, _region: str) -> bool:
    """A scan of chosen resources does not know what it left out."""
    return False


async def scan(
    options: ScanOptions, *, aws: AwsApi | None = None, tools: Mapping[type, Any] | None = None
) -> AsyncIterator[Finding]:
    """Findings as they are made.

    With `aws`, that object is asked instead of AWS, and no client is made; with `tools`, likewise those instead of
    Kingfisher and Shodan, by what they stand for (`SecretScanner`, `HostDirectory`). Raises UsageError and
    DeclarationError for options that cannot be carried out, EntryError when no account could be entered.
    """
    batches = Scan(options, aws=aws, tools=tools).batches()
    try:
        async for batch in batches:
            for each in batch:
                yield each
    finally:
        await batches.aclose()  # type: ignore[attr-defined]
