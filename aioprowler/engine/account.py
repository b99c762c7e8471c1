"""The scan of one account: listings stream in, subjects are judged as they come, findings leave at once."""

from __future__ import annotations

import asyncio
import datetime
from asyncio import Semaphore, TaskGroup
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Iterable, Mapping
from functools import partial
from typing import Any

import anyio

from aioprowler.aws.api import Boundary
from aioprowler.aws.errors import is_transient
from aioprowler.declarations.account import Account, Region
from aioprowler.declarations.checks import Verdict
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.graph import brings_tags, listed_of, operations_of
from aioprowler.declarations.parameters import NOW
from aioprowler.declarations.resources import Resource, tags
from aioprowler.engine.cells import Cell, Ledger
from aioprowler.engine.fetch import Unreadable
from aioprowler.engine.judge import NOT_APPLICABLE, Subject, distinct, finding, judge, missing, place
from aioprowler.engine.life import is_judged
from aioprowler.engine.listings import Listings, lost
from aioprowler.engine.overrides import OVERRIDDEN, Configuration, resting_on
from aioprowler.engine.plan import CheckPlan, Plan, SubjectPlan
from aioprowler.engine.room import Queue, Room
from aioprowler.engine.shelf import Gap, Item, Key, Limited, Listed, Shelf
from aioprowler.engine.supply import Limits, Scene, Supply, Values
from aioprowler.engine.values import CUT_OFF, Tasks, Turn, bug, for_each
from aioprowler.findings.finding import Finding

_BATCH = 100
"""Findings that are sent on together where they cost no call."""

_TOGETHER = 8
"""Checks of an account or a region that wait for what they read at the same time."""
_AHEAD = 3
"""Turns of the event loop that it takes a task to come to its first call."""
_HEAD_START = 1.0
"""Seconds at most that the scan's first findings have the machine to themselves: a hundred clients take as long."""

Emit = Callable[[list[Finding]], Awaitable[None]]
TagsOf = Callable[[Resource], Awaitable[Mapping[str, str] | Failure]]
"""The tags of a resource, or why they could not be read."""
Unit = tuple[SubjectPlan, str]
"""A subject type with checks, and a region in which it is listed."""


class AccountScan:
    """Runs a plan on one account. All its state is here and goes with it."""

    def __init__(
        self,
        plan: Plan,
        account: Account,
        aws: Boundary,
        now: datetime.datetime,
        time: str,
        emit: Emit,
        limits: Limits,
        tools: Mapping[type, Any],
        *,
        done: Container[Cell] = (),
        finished: Callable[[Cell], Awaitable[None]] | None = None,
        room: Room | None = None,
        tags_of: TagsOf | None = None,
    ) -> None:
        """`tools`: what `@source` functions are given besides AWS, by the type that they ask for. `done`: cells to
        leave out. `finished` is told of each cell whose findings were all emitted, and rest on no transient failure.
        `room` is what the accounts of a scan share. `tags_of` tells the tags of resources whose listing brings none.
        """
        self._plan = plan
        self._account = account
        self._aws = aws
        self._time = time
        self._emit = emit
        self._room = room or Room()
        self._regions = {name: Region(name=name, account=account) for name in account.scanned_regions}
        self.configuration = Configuration(plan.settings, plan.overrides, account)
        self._by_tags = {kind for key in self.configuration.by_tags for kind in plan.readers.get(key, ())}
        """Types whose resources are configured by their tags."""
        self._tags_of = tags_of
        base: dict[Any, Any] = {Account: account, NOW: now}
        self._scene = Scene(account, aws, tools, limits, base, self.configuration, self._regions)
        self._limiters: dict[Key, Semaphore] = {}
        self._done = done
        self._finished = finished
        self.expired: Failure | None = None
        """Set when the account's credentials expired and could not be renewed."""
        self._ledger = Ledger(account.id, plan.units)
        self._shelf = Shelf(account, tuple(self._regions), self._begin)
        self._unfinished: dict[Unit, frozenset[str]] = {}
        """Units, and the ids of their checks that have told of the account or region itself."""
        self._units = 0
        self._idle: dict[Key, SubjectPlan] = {}
        """Units of retained types of which nothing is listed so far."""
        self._turn = Turn()
        self._tasks: Tasks
        self._queue: Queue
        self._supply: Supply
        self._listings: Listings

    async def run(self) -> bool:
        """True when everything was looked at or reported; False when the deadline or expired credentials cut it off."""
        self._unfinished = dict.fromkeys(self._all_units(), frozenset())
        self._units = len(self._unfinished)
        self._shelf.read_by(kind for plan, _ in self._unfinished for kind in plan.retained)
        with anyio.move_on_after(self._scene.limits.account_deadline) as scope:
            self._aws.calls.on_expiry[self._account.id] = partial(self._expire, scope)
            async with Tasks() as self._tasks:
                self._supply = Supply(self._scene, self._shelf, self._tasks)
                self._listings = Listings(self._scene, self._supply)
                await self._start_all()
        del self._aws.calls.on_expiry[self._account.id]
        for plan, region in self._unfinished:
            await self._tell(plan, Gap(self.expired or CUT_OFF), region)
        # These know each other and the scan: left alone, an account's megabyte would wait for the garbage collector.
        del self._shelf, self._supply, self._listings, self._queue, self._tasks
        return not self._unfinished and self.expired is None

    async def _start_all(self) -> None:
        """The account's and the regions' own first: they have the first findings, after one call each, and nothing else
        is begun before the scan's very first ones. A unit whose type is listed for others as well begins once there is
        something to judge, which in most places of most accounts there is not.
        """
        units = list(self._unfinished)
        self._idle = {(plan.type, region): plan for plan, region in units if plan.type in self._plan.retained}
        self._queue = Queue(self._tasks, self._room)
        first = [unit for unit in units if unit[0].type in (Account, Region)]
        for unit in first:
            self._queue.put(self._unit, unit)
        for _ in range(_AHEAD):
            await asyncio.sleep(0)
        if first:
            with anyio.move_on_after(_HEAD_START):
                await self._room.begun.wait()
        for unit in units[len(first) :]:
            self._queue.put(self._list if unit[0].type in self._plan.retained else self._unit, unit)

    async def _list(self, unit: Unit) -> None:
        """List what a unit is about, unless somebody else has asked for it or none of its checks applies."""
        key = (unit[0].type, unit[1])
        if await self._is_shut(*unit):
            if self._idle.pop(key, None):
                await self._complete(*unit)
        elif key in self._idle and (listed := self._shelf.claim(key)):
            await self._collect(key, listed)

    def _begin(self, key: Key, listed: Listed) -> None:
        """Somebody waits for it, and so has its place in the queue."""
        self._tasks.begin(self._collect(key, listed))

    def _expire(self, scope: anyio.CancelScope, failure: Failure) -> None:
        """No call will be answered any more."""
        self.expired = failure
        scope.cancel()

    @property
    def cells(self) -> tuple[int, int]:
        """Kinds of things in their regions: how many were looked at, and how many there are."""
        return self._units - len(self._unfinished), self._units

    @property
    def has_transient(self) -> bool:
        """Whether some finding rests on a transient failure."""
        return self._ledger.has_transient

    def saw_all(self, check_id: str, region: str) -> bool:
        """Whether all was listed that a check judges there: what it does not find in the region is not there."""
        return region in self._regions and self._ledger.saw_all(check_id, region)

    def _all_units(self) -> list[Unit]:
        """Each subject type with checks, in each place where it is listed."""
        home = self._account.default_region
        units = [(self._plan.account, home), *((self._plan.region, region) for region in self._regions)]
        for root in self._plan.roots:
            units += [(root, region) for region in self._shelf.places(root.type)]
        return [
            (plan, region)
            for plan, region in units
            if any(plan.checks_below()) and self._ledger.cell(plan.type, region) not in self._done
        ]

    # ------------------------------------------------------------------ units
    async def _unit(self, unit: Unit) -> None:
        plan, region = unit
        try:
            if plan.type in (Account, Region):
                await self._judge_place(plan, region)
            elif not await self._is_shut(plan, region):
                await self._judge_all(plan, region)
        except Exception as error:  # noqa: BLE001 - one unit ends, its checks say so, and the scan goes on
            gap = Gap(bug(f"The scan of {plan.type.__name__}", error))
            await self._tell(plan, gap, region)
        await self._complete(plan, region)

    async def _is_shut(self, plan: SubjectPlan, region: str) -> bool:
        """Whether none of the checks applies, whatever there is: what they ask of the account or region says so."""
        values = self._scene.values(region)
        for gates in plan.gates:
            await self._supply.add(gates, values, region)
            if all(values[each.key] is not NOT_APPLICABLE for each in gates):
                return False
        return bool(plan.gates)

    async def _judge_place(self, plan: SubjectPlan, region: str) -> None:
        """The account or a region: each check as soon as what it reads is there, those that wait for listings last."""
        values = self._scene.values(region)
        await self._supply.fetch(plan.stages, values, region)
        await for_each(plan.checks, partial(self._judge_by, plan, values, region), _TOGETHER)

    async def _judge_by(self, plan: SubjectPlan, values: Values, region: str, each: CheckPlan) -> None:
        await self._supply.add(plan.needs(each), values, region)
        about = each.check.facts.about
        if about is not None and self._shelf.lacks(about, None if plan.type is Account else region):
            return
        findings = await self._judged([each], None, values, region)
        self._note(plan, findings, values)
        for start in range(0, len(findings), _BATCH):
            await self._send(findings[start : start + _BATCH])
        self._unfinished[plan, region] |= {each.check.id}

    async def _judge_all(self, plan: SubjectPlan, region: str) -> None:
        pages = self._pages(plan, region)
        if not plan.stages and not plan.children:
            async for page in pages:
                await self._page(plan, page, region, None)
            return
        async with TaskGroup() as workers:
            async for page in pages:
                await self._page(plan, page, region, workers)

    def _pages(self, plan: SubjectPlan, region: str) -> AsyncIterator[list[Item] | Gap | Limited]:
        if plan.type not in self._plan.retained:
            return self._listings.pages(plan, None, {}, region)
        return self._retained(self._shelf.listed(plan.type, region))

    async def _retained(self, listed: Listed) -> AsyncIterator[list[Item] | Gap | Limited]:
        async for items in listed.follow():
            yield items
        for gap in listed.gaps:
            yield gap

    async def _complete(self, plan: SubjectPlan, region: str) -> None:
        """All of a unit was looked at."""
        del self._unfinished[plan, region]
        self._room.begun.set()
        self._shelf.release(plan.retained)
        complete = self._ledger.looked(plan.type, plan.types_below(), region)
        if self._finished and complete:
            await self._finished(complete)

    # ---------------------------------------------------------------- listing
    async def _collect(self, key: Key, listed: Listed) -> None:
        """List a retained type, for all who read it."""
        kind, region = key
        plan, parent = self._plan.subjects[kind], listed_of(kind)
        try:
            if parent is None:
                await self._pour(listed, plan, None, {}, region)
            else:
                await self._collect_children(listed, plan, self._shelf.listed(parent, region), region)
        except Exception as error:  # noqa: BLE001 - one listing ends, its readers are told, and the scan goes on
            listed.gaps.append(Gap(bug(f"The listing of {kind.__name__}", error)))
        finally:
            listed.finish()
        if listed.gaps:
            self._wake(kind, region)
        elif idle := self._idle.pop(key, None):
            await self._complete(idle, region)

    async def _collect_children(self, listed: Listed, plan: SubjectPlan, parents: Listed, region: str) -> None:
        async def pour(item: Item) -> None:
            parent, above = item
            if isinstance(parent, Unreadable):
                listed.gaps.append(Gap(parent.failure, parent))
            elif is_judged(parent):
                await self._pour(listed, plan, parent, {**above, type(parent): parent}, region)

        async for page in parents.follow():
            await for_each(page, pour, self._scene.limits.subjects)
        listed.gaps += parents.gaps

    async def _pour(
        self, listed: Listed, plan: SubjectPlan, parent: Resource | None, above: Mapping[Any, Any], region: str
    ) -> None:
        """`region`: of the listing; a parent may have another one of its own."""
        async for page in self._listings.pages(plan, parent, above, parent.region if parent else region):
            if isinstance(page, Gap | Limited):
                listed.gaps.append(page)
            elif page:
                listed.extend(page)
                self._wake(plan.type, region)

    def _wake(self, kind: Any, region: str) -> None:
        """Something of the type was listed, or could not be."""
        plan = self._idle.pop((kind, region), None)
        if plan is not None:
            self._queue.put(self._unit, (plan, region))

    # --------------------------------------------------------------- subjects
    async def _page(
        self, plan: SubjectPlan, page: list[Item] | Gap | Limited, region: str, workers: TaskGroup | None
    ) -> None:
        if isinstance(page, Limited):
            self._missed(plan.checks_below(), region)
            return
        if isinstance(page, Gap):
            self._met(plan, page.failure)
            await self._tell(plan, page, region)
            return
        subjects: list[tuple[Resource, Values]] = []
        for resource, above in page:
            await self._turn.pass_on()
            if isinstance(resource, Unreadable):
                self._met(plan, resource.failure)
                await self._send(self._of_unreadable(plan.type, plan.checks_below(), resource, region))
            elif is_judged(resource):
                carried = await self._carried(resource) if plan.type in self._by_tags else None
                subjects.append((resource, self._scene.about(resource, carried, above, {plan.type: resource})))
        for node in plan.batches:
            await self._supply.batches(node, [values for _, values in subjects], region)
        limiter = self._limiter(plan, region)
        judged: list[Finding] = []
        for resource, values in subjects:
            if workers is not None and (plan.stages or plan.children):
                await limiter.acquire()
                workers.create_task(self._worker(plan, resource, values, limiter))
                continue
            judged += await self._evaluate(plan, resource, values)
            if len(judged) >= _BATCH:
                await self._send(judged)
                judged = []
        await self._send(judged)

    async def _carried(self, resource: Resource) -> Mapping[str, str] | Failure:
        if brings_tags(type(resource)) or self._tags_of is None:
            return tags(resource)
        return await self._tags_of(resource)

    async def _send(self, findings: list[Finding]) -> None:
        if findings:
            await self._turn.pass_on()  # and not after it: whoever sends notes at once what was told
            await self._emit(findings)
            self._room.begun.set()

    def _limiter(self, plan: SubjectPlan, region: str) -> Semaphore:
        """A type's own, so that a parent that waits for its children holds no place that they need."""
        key = (plan.type, region)
        if key not in self._limiters:
            self._limiters[key] = Semaphore(self._scene.limits.subjects)
        return self._limiters[key]

    async def _worker(self, plan: SubjectPlan, resource: Resource, values: Values, limiter: Semaphore) -> None:
        try:
            await self._send(await self._evaluate(plan, resource, values))
            if plan.children and not _is_gone(plan, values):
                async with TaskGroup() as workers:
                    for child in plan.children:
                        async for page in self._listings.pages(child, resource, values, resource.region):
                            await self._page(child, page, resource.region, workers)
        finally:
            limiter.release()

    async def _evaluate(self, plan: SubjectPlan, resource: Resource, values: Values) -> list[Finding]:
        """Fetch what a resource's checks need, and ask them. Of one that is gone meanwhile nothing is said."""
        try:
            region = resource.region
            if plan.stages:
                await self._supply.fetch(plan.stages, values, region)
            await self._supply.add(plan.shared, values, region)
            if _is_gone(plan, values):
                return []
            findings = await self._judged(plan.checks, Subject.of(resource), values, region)
        except Exception as error:  # noqa: BLE001 - one resource cannot be judged, its checks say so, and the scan goes on
            unreadable = lost(resource, bug(f"The scan of {plan.type.__name__}", error))
            return self._of_unreadable(plan.type, plan.checks, unreadable, resource.region)
        self._note(plan, findings, values)
        return findings

    def _note(self, plan: SubjectPlan, findings: list[Finding], values: Values) -> None:
        if any(each.status == "MANUAL" for each in findings) and self._supply.is_unsettled(values):
            self._ledger.unsettled(plan.type)

    def _met(self, plan: SubjectPlan, failure: Failure) -> None:
        if is_transient(failure):
            self._ledger.unsettled(plan.type)

    async def _judged(
        self, checks: Iterable[CheckPlan], subject: Subject | None, values: Values, region: str
    ) -> list[Finding]:
        """What the checks say of a subject; of the account or region where there is none."""
        findings: list[Finding] = []
        for each in checks:
            try:
                verdicts, gap = await judge(each, values, self._turn)
                if gap is not None and is_transient(gap):
                    self._ledger.unsettled(each.check.subject.type)
                if each.overridden and gap is None:
                    verdicts = [resting_on(verdict, each.overridden, values[OVERRIDDEN]) for verdict in verdicts]
                if verdicts:
                    findings += await self._told(each, subject or place(each.check, self._account, region), verdicts)
            except Exception as error:  # noqa: BLE001 - a verdict that cannot be told: MANUAL, and the others are told
                mistake = Gap(bug(each.check.id, error))
                findings += self._of_gap([each], mistake, subject, region)
        return findings

    async def _told(self, each: CheckPlan, about: Subject, verdicts: Iterable[Verdict]) -> Iterable[Finding]:
        """The findings that the verdicts of a check about a subject are."""
        found = []
        for verdict in verdicts:
            found.append(self._finding(each, about, verdict))
            await self._turn.pass_on()
        return found if len(found) < 2 else distinct(found)

    def _finding(self, each: CheckPlan, about: Subject, verdict: Verdict) -> Finding:
        return finding(each.check, about, verdict, self._time, self._plan.frameworks)

    # ------------------------------------------------------------------- gaps
    async def _tell(self, plan: SubjectPlan, gap: Gap, region: str) -> None:
        """What the checks of a type and those below say of what could not be listed; of a whole place each once."""
        checks = self._missed(plan.checks_below(), region)
        if isinstance(gap.parent, Unreadable):
            await self._send(self._of_unreadable(listed_of(plan.type), checks, gap.parent, region))
        elif gap.parent is not None:
            await self._send(self._of_gap(checks, gap, self._subject(gap.parent), region))
        else:
            told = self._unfinished[plan, region]
            checks = [each for each in checks if each.check.id not in told]
            await self._send(self._of_gap(checks, gap, None, region))
            self._unfinished[plan, region] |= {each.check.id for each in checks}

    def _of_gap(self, checks: Iterable[CheckPlan], gap: Gap, subject: Subject | None, region: str) -> list[Finding]:
        return [
            finding(
                each.check,
                subject or place(each.check, self._account, region),
                verdict,
                self._time,
                self._plan.frameworks,
            )
            for each in checks
            for verdict in missing(gap.failure)
        ]

    def _of_unreadable(
        self, kind: Any, checks: Iterable[CheckPlan], resource: Unreadable, region: str
    ) -> list[Finding]:
        """What the checks say of a resource that cannot be judged."""
        subject = self._named(kind, resource, region)
        return [
            self._finding(each, subject, verdict)
            for each in self._missed(checks, region)
            for verdict in missing(resource.failure)
        ]

    def _subject(self, resource: Resource) -> Subject:
        try:
            return Subject.of(resource)
        except Exception as error:  # noqa: BLE001 - it is named as well as it can be
            return self._named(type(resource), lost(resource, bug("its name", error)), resource.region)

    def _named(self, kind: Any, resource: Unreadable, region: str) -> Subject:
        service = next((operation.service for operation in operations_of(kind)), "")
        arn = resource.arn or f"arn:{self._account.partition}:{service}:{region}:{self._account.id}:{resource.id}"
        return Subject.unreadable(kind, self._account, region, resource.id, arn)

    def _missed(self, checks: Iterable[CheckPlan], region: str) -> list[CheckPlan]:
        """The checks, noted as ones that did not see all there is."""
        missed = list(checks)
        for each in missed:
            self._ledger.missed(each.check.id, region)
        return missed


def _is_gone(plan: SubjectPlan, values: Values) -> bool:
    """Whether AWS said of the subject that it is no more."""
    return any(isinstance(values.get(node), Failure) and values[node].kind == "gone" for node in plan.nodes)
