"""The scan itself: whole when it is made, then run once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from functools import partial
from typing import Any, Final

import anyio
from anyio import to_thread

from aioprowler.aws.api import AwsApi
from aioprowler.catalog import Catalog
from aioprowler.declarations.account import Account
from aioprowler.declarations.sources import OtherAccounts
from aioprowler.engine.plan import Plan
from aioprowler.errors import UsageError, cause_of
from aioprowler.findings.coverage import Coverage, Settings, united
from aioprowler.findings.finding import Finding
from aioprowler.scanning.accounts import AccountQueue, SkippedAccounts, Way, entered, given
from aioprowler.scanning.coverage import coverage_of
from aioprowler.scanning.crew import Alone, AtWork, Crew, Post
from aioprowler.scanning.events import Batch, Companion, Event
from aioprowler.scanning.journal import Done
from aioprowler.scanning.mailbox import Mailbox
from aioprowler.scanning.options import ScanOptions
from aioprowler.scanning.pipeline import Pipeline
from aioprowler.scanning.prepared import Prepared, prepare
from aioprowler.scanning.progress import Progress
from aioprowler.scanning.survey import Survey
from aioprowler.scanning.visits import Visits
from aioprowler.tools import make_tools
from aioprowler.tools.scratch import sweep

_WAITING: Final = 64
"""Events at most that wait for the reader."""


class Scan:
    """One scan. Raises UsageError at once for options that cannot be carried out, and DeclarationError for a mistake in
    a check of the user's. What else is declared wrongly is told by whoever first asks for the plan, or by the run.
    """

    def __init__(
        self,
        options: ScanOptions | Prepared,
        *,
        aws: AwsApi | None = None,
        tools: Mapping[type, Any] | None = None,
        done: Done | None = None,
        companion: Companion | None = None,
        progress: Progress | None = None,
        crew: Crew | None = None,
    ) -> None:
        """`done`: what an earlier scan with the same options has completed, and this one leaves out. `progress`: the
        figures to keep, where somebody else looks at them or adds notes. `crew`: who visits the accounts, if that is
        not this process.
        """
        prepared = options if isinstance(options, Prepared) else prepare(options)
        self.prepared = prepared
        self.planned = anyio.Event()
        """Set once the plan is made, while the first account is entered."""
        self.progress = Progress() if progress is None else progress
        self.progress.resumed = done is not None
        self._aws = aws
        self._done = done or Done()
        self._companion = companion
        self.crew = crew
        self._events = Mailbox[Event](_WAITING)
        self._pipeline = Pipeline(prepared, self.progress, companion, self._events.put)
        tools = make_tools(internet=prepared.options.internet) if tools is None else tools
        self._survey = Survey(prepared, self.progress, tools)
        self._visits = Visits(
            prepared,
            self.progress,
            self._pipeline,
            self._events.put,
            tools={OtherAccounts: self._survey, **tools},
            done=self._done,
            companion=companion,
        )
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
        """What it asks of AWS. Before `planned` is set, whoever wants it waits until it is made."""
        return self.prepared.plan

    @property
    def settings(self) -> Settings | None:
        """How it and the runs that it goes on with may be configured anywhere, as far as compliance frameworks have a
        say in it.
        """
        return united([self._done.settings, self.prepared.settings])

    def coverage(self) -> Coverage:
        """What was looked at so far and what was not; at any time, also of a scan that failed or was interrupted."""
        before = self._done.accounts
        notes = [told.explain(operation) for operation, told in self.progress.calls.limited.items()]
        unfound: tuple[str, ...] = ()
        if self.progress.complete:
            notes += self._visits.notes()
            unfound = self._visits.resources.unfound
        settings = united([self._done.settings, self._visits.settings or self.prepared.settings])
        return coverage_of(self.prepared, self.progress, before, before - self._visits.seen, unfound, notes, settings)

    async def batches(self) -> AsyncIterator[Batch]:
        """Findings in small batches, as they are made. Raises EntryError when no account at all could be entered, and
        DeclarationError when the plan cannot be made.
        """
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
            with anyio.CancelScope(shield=True):  # else whoever is cancelled leaves it behind
                await asyncio.wait([work])
            if not work.cancelled():
                work.exception()  # which nobody wants to know any more

    def recall(self, found: Batch) -> None:
        """Count findings that an earlier run of this scan has made."""
        self.progress.count(found)
        for each in found:
            self._visits.resources.allows(each)

    async def _run(self) -> None:
        try:
            with self.progress.running():
                await self._work()
            self._pipeline.note_what_the_baseline_lacks()
            if not self.progress.resumed:  # which does not know what the interrupted one has muted
                self._pipeline.note_unused_entries()
        except BaseExceptionGroup as group:
            raise cause_of(group) from None
        finally:
            self._events.close()

    async def _work(self) -> None:
        skipped = SkippedAccounts(self.prepared.arns, self._done)
        async with AsyncExitStack() as stack, anyio.create_task_group() as tasks:
            way = await self._way(skipped, stack)
            tasks.start_soon(self._plan, way)
            tasks.start_soon(partial(to_thread.run_sync, sweep, abandon_on_cancel=True))

            async with self._at_work(way) as crew, anyio.create_task_group() as others:
                self._survey.open(way, others)

                async def visit(account: Account) -> None:
                    if self._visits.admits(account):
                        await crew.visit(account)

                accounts = AccountQueue(
                    self.prepared, self.progress, skipped, self.planned, visit, self._visits.refuse, crew.width
                )
                await accounts.run(way, self._pipeline.begun)
                others.cancel_scope.cancel()  # nobody waits for them any more
        if not self.progress.accounts and not self._done.accounts:
            self._tell_that_nothing_was_chosen()

    async def _plan(self, way: Way) -> None:
        """In a thread, because loading the modules of all checks takes long."""
        plan = await to_thread.run_sync(getattr, self.prepared, "plan", abandon_on_cancel=True)
        way.announce(each.operation for each in plan.operations)
        self.planned.set()

    async def _way(self, skipped: SkippedAccounts, stack: AsyncExitStack) -> Way:
        if self._aws is not None:
            return given(self._aws, self.options.accounts or (), self.progress)
        more = self._companion.operations if self._companion is not None else ()
        by_others = self.crew is not None and not self.crew.is_sent_credentials
        return await entered(self.prepared, self.progress, skipped, self.planned, more, stack, by_others=by_others)

    @asynccontextmanager
    async def _at_work(self, way: Way) -> AsyncIterator[AtWork]:
        """Who visits the accounts: a crew, which comes to its place while the plan is made, or this process."""
        if self.crew is None:
            yield Alone(self._visits, way, self.options.accounts_in_flight)
            return
        self.progress.workers = 0
        post = Post(self.prepared, self.progress, way, self._visits, self._pipeline, self._events.put, self._survey)
        async with self.crew.at_work(post) as crew:
            yield crew

    def _tell_that_nothing_was_chosen(self) -> None:
        if self.options.organization is not None and not self._visits.resources:
            raise UsageError(
                "No account of the organization is what the options ask for: check --account, --ou, --exclude-ou "
                "and --account-tag."
            )
        self.progress.incomplete["the resources"] = "no account is what the options ask for"


async def scan(
    options: ScanOptions, *, aws: AwsApi | None = None, tools: Mapping[type, Any] | None = None
) -> AsyncIterator[Finding]:
    """Findings as they are made.

    With `aws`, that object is asked instead of AWS, and no client is made; with `tools`, likewise those instead of
    Kingfisher, Shodan and what else is asked that is no AWS API, by what they stand for (`SecretScanner`, `Downloads`).
    Raises UsageError and DeclarationError for options that cannot be carried out, EntryError when no account could be
    entered.
    """
    batches = Scan(options, aws=aws, tools=tools).batches()
    try:
        async for batch in batches:
            for each in batch:
                yield each
    finally:
        await batches.aclose()  # type: ignore[attr-defined]
