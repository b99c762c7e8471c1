"""The scan of one account: listings stream in, subjects are judged as they come, findings leave at once."""

from __future__ import annotations

import asyncio
import datetime
from asyncio import Semaphore, TaskGroup
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import anyio
import msgspec
from msgspec import Struct

from aioprowler.aws.api import Aws
from aioprowler.aws.errors import TRANSIENT
from aioprowler.declarations.account import Account, Region
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.graph import is_global, listed_of, maker, reads, scope, source_of
from aioprowler.declarations.parameters import Parameter, derivation, facet_owner, parameters
from aioprowler.declarations.resources import Resource
from aioprowler.declarations.sources import Aws as AskedAws
from aioprowler.declarations.sources import Batch, Call, Function, Listing, Operation
from aioprowler.engine.fetch import Unreadable, bind, cut, to_facet, to_resource
from aioprowler.engine.judge import NOT_APPLICABLE, Subject, Unavailable, arguments, finding, judge, missing, place
from aioprowler.engine.plan import CheckPlan, Plan, SubjectPlan
from aioprowler.engine.values import CUT_OFF, Growing, Memo, bug, for_each
from aioprowler.findings.finding import Finding

_BATCH = 100
"""Findings that are sent on together where they cost no call."""

_AHEAD = 3
"""Turns of the event loop that it takes a task to come to its first call."""

Values = dict[Any, Any]
Emit = Callable[[list[Finding]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one account's scan. Deadlines in seconds."""

    subjects: int = 64
    """Resources of one type and region whose facets are fetched at the same time."""
    resource_deadline: float = 3600.0
    """Waiting for a turn within AWS's quotas counts, which in a large account takes long."""
    account_deadline: float | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be listed: a parent's children, or with `parent` None a whole type."""

    failure: Failure
    parent: Resource | None = None


_PASSING = frozenset({"throttled", "timed_out", "unreachable", "unauthenticated"})
"""Kinds of failures that may be over when the scan is resumed."""


class Cell(Struct, frozen=True, gc=False):
    """What is scanned as one: the resources of a type, with all below them, in one place of an account."""

    account_id: str
    kind: str
    """The type, by its module and name."""
    place: str
    """The region; empty for what is listed once for the whole account."""


def cell(account_id: str, kind: Any, region: str) -> Cell:
    """The cell of a type in a region."""
    name, has_regions = _spread(kind)
    return Cell(account_id, name, region if has_regions else "")


@cache
def _spread(kind: Any) -> tuple[str, bool]:
    """The type's full name, and whether each region has its own."""
    has_regions = kind is Region or (kind is not Account and not is_global(kind))
    return f"{kind.__module__}.{kind.__qualname__}", has_regions


Item = tuple[Resource | Unreadable, Values]
"""A listed resource and the values of its parents."""


class Listed(Growing[Item, Gap]):
    """The resources of a retained type in one region."""

    _whole: tuple[Resource, ...] | Failure | None = None

    async def whole(self) -> tuple[Resource, ...] | Failure:
        """All of them; a Failure if some could not be had."""
        items = await self.complete()
        if self._whole is None:
            failures = [item.failure for item, _ in items if isinstance(item, Unreadable)]
            failures += [gap.failure for gap in self.gaps if gap.failure.is_gap]
            self._whole = failures[0] if failures else tuple(item for item, _ in items if isinstance(item, Resource))
        return self._whole


class AccountScan:
    """Runs a plan on one account. All its state is here and goes with it."""

    def __init__(
        self,
        plan: Plan,
        account: Account,
        aws: Aws,
        now: datetime.datetime,
        time: str,
        emit: Emit,
        limits: Limits,
        tools: Mapping[type, Any],
        *,
        done: Container[Cell] = (),
        finished: Callable[[Cell], Awaitable[None]] | None = None,
    ) -> None:
        """`tools`: what `@source` functions are given besides AWS, by the type that they ask for. `done`: cells to
        leave out. `finished` is told of each cell whose findings were all emitted, and rest on lasting facts.
        """
        self._plan = plan
        self._account = account
        self._aws = aws
        self._tools = tools
        self._time = time
        self._emit = emit
        self._limits = limits
        self._base: Values = {Account: account, datetime.datetime: now, **plan.settings}
        self._regions = {name: Region(name=name, account=account) for name in account.scanned_regions}
        self._limiters: dict[tuple[Any, str], Semaphore] = {}
        self._done = done
        self._finished = finished
        self.expired: Failure | None = None
        """Set when the account's credentials expired and could not be renewed."""
        self._shaken: set[Any] = set()
        """Types with findings that rest on a failure which may pass."""
        self._kinds = plan.units
        self._looked: set[Cell] = set()
        self._unlisted: set[tuple[str, str]] = set()
        """Check and place of which something could not be listed."""
        self._collections: dict[tuple[Any, str], Listed] = {}
        self._readers: Counter[Any] = Counter()
        """Retained type -> units that may still read it."""
        self._wholes: dict[tuple[Any, str], tuple[Resource, ...] | Failure] = {}
        """Retained type and region, or an empty region for the whole account -> its resources there."""
        self._derived: dict[tuple[Any, str], Any] = {}
        """Derived values of a region or the account."""
        self._unfinished: dict[tuple[SubjectPlan, str], None] = {}
        self._idle: dict[tuple[Any, str], SubjectPlan] = {}
        """Units of retained types of which nothing is listed so far."""
        self._tasks: TaskGroup
        self._memo: Memo

    async def run(self) -> bool:
        """True when everything was looked at or reported; False when the deadline or expired credentials cut it off."""
        self._unfinished = dict.fromkeys(self._units())
        self._readers.update(kind for plan, _ in self._unfinished for kind in self._plan.readers[plan.type])
        with anyio.move_on_after(self._limits.account_deadline) as scope:
            self._aws.calls.on_expiry[self._account.id] = partial(self._expire, scope)
            async with TaskGroup() as self._tasks:
                self._memo = Memo(self._tasks)
                await self._start_all()
        del self._aws.calls.on_expiry[self._account.id]
        for plan, region in self._unfinished:
            await self._report_gap(plan.checks_below(), Gap(self.expired or CUT_OFF), region)
        return not self._unfinished and self.expired is None

    async def _start_all(self) -> None:
        """The account's and the regions' own first: they have the first findings, after one call each."""
        units = list(self._unfinished)
        self._idle = {(plan.type, region): plan for plan, region in units if plan.type in self._plan.retained}
        first = [unit for unit in units if unit[0].type in (Account, Region)]
        for unit in first:
            self._start(*unit)
        for _ in range(_AHEAD):
            await asyncio.sleep(0)
        for unit in units[len(first) :]:
            self._start(*unit)

    def _start(self, plan: SubjectPlan, region: str) -> None:
        """A unit whose type is listed for others as well has a task only once there is something to judge: in most
        places of most accounts there is not.
        """
        if plan.type not in self._plan.retained:
            self._tasks.create_task(self._unit(plan, region))
        elif (plan.type, region) in self._idle:
            self._collection(plan.type, region)

    def _expire(self, scope: anyio.CancelScope, failure: Failure) -> None:
        """No call will be answered any more."""
        self.expired = failure
        scope.cancel()

    @property
    def is_lasting(self) -> bool:
        """Whether no finding rests on a failure that may pass."""
        return not self._shaken

    def saw_all(self, check_id: str, region: str) -> bool:
        """Whether all was listed that a check judges there: what it does not find in the region is not there."""
        kind = self._kinds.get(check_id)
        if kind is None or region not in self._regions:
            return False
        where = cell(self._account.id, kind, region)
        return where in self._looked and (check_id, where.place) not in self._unlisted

    def _units(self) -> list[tuple[SubjectPlan, str]]:
        """Each subject type with checks, in each place where it is listed."""
        home = self._account.default_region
        units = [(self._plan.account, home), *((self._plan.region, region) for region in self._regions)]
        for root in self._plan.roots:
            units += [(root, region) for region in self._places(root.type)]
        return [unit for unit in units if any(unit[0].checks_below()) and self._cell(*unit) not in self._done]

    def _cell(self, plan: SubjectPlan, region: str) -> Cell:
        return cell(self._account.id, plan.type, region)

    def _places(self, kind: Any) -> Sequence[str]:
        """Regions in which resources of a type are listed; one of them stands for the account if it is global."""
        if not is_global(kind):
            return list(self._regions)
        at: Mapping[str, str] = getattr(source_of(kind), "at", {})
        return [at[p] for p in (self._account.partition,) if p in at] if at else [self._account.default_region]

    def _wake(self, kind: Any, region: str) -> None:
        """Something of the type was listed, or could not be."""
        plan = self._idle.pop((kind, region), None)
        if plan is not None:
            self._tasks.create_task(self._unit(plan, region))

    async def _unit(self, plan: SubjectPlan, region: str) -> None:
        if plan.type in (Account, Region):
            await self._send(await self._evaluate(plan, None, self._values(region), region))
        elif plan.stages or plan.children:
            async with TaskGroup() as workers:
                async for page in self._source(plan, region):
                    await self._page(plan, page, region, workers)
        else:
            async for page in self._source(plan, region):
                await self._page(plan, page, region, None)
        await self._complete(plan, region)

    async def _complete(self, plan: SubjectPlan, region: str) -> None:
        """All of a unit was looked at."""
        del self._unfinished[plan, region]
        self._looked.add(self._cell(plan, region))
        self._release(plan)
        if self._finished and self._shaken.isdisjoint(plan.types_below()):
            await self._finished(self._cell(plan, region))

    def _release(self, plan: SubjectPlan) -> None:
        """Free the retained resources that no unfinished unit reads."""
        for kind in self._plan.readers[plan.type]:
            self._readers[kind] -= 1
            if not self._readers[kind]:
                for kept in (self._collections, self._wholes):
                    for key in [key for key in kept if key[0] is kind]:
                        del kept[key]

    # ---------------------------------------------------------------- listing
    def _source(self, plan: SubjectPlan, region: str) -> AsyncIterator[list[Item] | Gap]:
        if plan.type in self._plan.retained:
            return self._collected(plan, region)
        return self._listed(plan, None, {}, region)

    async def _collected(self, plan: SubjectPlan, region: str) -> AsyncIterator[list[Item] | Gap]:
        growing = self._collection(plan.type, region)
        async for items in growing.follow():
            yield items
        for gap in growing.gaps:
            yield gap

    async def _listed(
        self, plan: SubjectPlan, parent: Resource | None, ancestors: Values, region: str
    ) -> AsyncIterator[list[Item] | Gap]:
        """Pages of a type's resources: of the account and region, or of one parent."""
        source = source_of(plan.type)
        if isinstance(source, Function):
            made = await self._run_function(plan.type, source, self._values(region) | ancestors, region)
            if isinstance(made, Failure):
                yield Gap(made, parent)
            elif made is not None and made is not NOT_APPLICABLE:
                yield [(msgspec.structs.replace(r, account=self._account, region=region), ancestors) for r in made]
            return
        assert isinstance(source, Listing)
        shut = await self._gate(source.when, self._values(region) | ancestors, region) if source.when else None
        if isinstance(shut, Failure):
            yield Gap(shut, parent)
        if shut is not None:
            return
        params = bind(source.params, parent or self._account)
        pages = self._aws.pages(
            self._account, region, source.operation, params, absent=source.absent, page_size=source.page_size
        )
        async for reply in pages:
            page = self._items(plan, source, reply, parent, ancestors, region)
            if source.region is None or isinstance(page, Gap):
                yield page
                continue
            for start in range(0, len(page), self._limits.subjects):
                yield await self._located(plan, source, page[start : start + self._limits.subjects])

    def _items(
        self,
        plan: SubjectPlan,
        source: Listing,
        reply: dict[str, Any] | Failure,
        parent: Resource | None,
        ancestors: Values,
        region: str,
    ) -> list[Item] | Gap:
        if isinstance(reply, Failure):
            return Gap(reply, parent)
        items = cut(reply, source.result) or []
        action = source.operation.action
        if not isinstance(items, list):
            return Gap(Failure("broken", action, "ValidationError", f"{source.result} is not a list"), parent)
        made: list[Item] = [(to_resource(plan.type, item, self._account, region, action), ancestors) for item in items]
        return made

    async def _located(self, plan: SubjectPlan, source: Listing, items: list[Item]) -> list[Item]:
        """The items with their own regions, without those outside the scan."""
        located = list(items)

        async def locate(numbered: tuple[int, Item]) -> None:
            number, (resource, ancestors) = numbered
            if not isinstance(resource, Unreadable):
                located[number] = (await self._locate(plan, source, resource), ancestors)

        await for_each(list(enumerate(items)), locate, self._limits.subjects)
        return [item for item in located if isinstance(item[0], Unreadable) or item[0].region in self._regions]

    async def _locate(self, plan: SubjectPlan, source: Listing, resource: Resource) -> Resource | Unreadable:
        values = self._values(resource.region) | {plan.type: resource}
        for node in plan.located_by:
            values[node] = await self._make(node, values, resource.region)
        assert source.region
        region = await self._apply(source.region, parameters(source.region), values, resource.region)
        if isinstance(region, Failure):
            return Unreadable(Subject.of(resource).id, region)
        return msgspec.structs.replace(resource, region=region)

    def _collection(self, kind: Any, region: str) -> Listed:
        """All resources of a retained type in a region, listed by a task that waits for no reader."""

        growing = self._collections.get((kind, region))
        if growing is None:
            growing = self._collections[kind, region] = Listed()
            self._tasks.create_task(self._collect(growing, kind, region))
        return growing

    async def _collect(self, growing: Growing[Item, Gap], kind: Any, region: str) -> None:
        plan = self._plan.subjects[kind]
        parent = listed_of(kind)
        try:
            if parent is None:
                await self._pour(growing, plan, None, {}, region)
            else:
                await self._collect_children(growing, plan, self._collection(parent, region), region)
        finally:
            growing.finish()
        if growing.gaps:
            self._wake(kind, region)
        elif idle := self._idle.pop((kind, region), None):
            await self._complete(idle, region)

    async def _collect_children(
        self, growing: Growing[Item, Gap], plan: SubjectPlan, parents: Growing[Item, Gap], region: str
    ) -> None:
        async def pour(item: Item) -> None:
            parent, above = item
            if isinstance(parent, Unreadable):
                growing.gaps.append(Gap(parent.failure))
            else:
                await self._pour(growing, plan, parent, {**above, type(parent): parent}, region)

        async for page in parents.follow():
            await for_each(page, pour, self._limits.subjects)
        growing.gaps += parents.gaps

    async def _pour(
        self, growing: Growing[Item, Gap], plan: SubjectPlan, parent: Resource | None, above: Values, region: str
    ) -> None:
        """`region`: of the listing; a parent may have another one of its own."""
        async for page in self._listed(plan, parent, above, parent.region if parent else region):
            if isinstance(page, Gap):
                growing.gaps.append(page)
            elif page:
                growing.extend(page)
                self._wake(plan.type, region)

    # --------------------------------------------------------------- subjects
    async def _page(self, plan: SubjectPlan, page: list[Item] | Gap, region: str, workers: TaskGroup | None) -> None:
        if isinstance(page, Gap):
            self._shake(plan, page.failure)
            await self._report_gap(plan.checks_below(), page, region)
            return
        subjects: list[tuple[Resource, Values]] = []
        for resource, ancestors in page:
            if isinstance(resource, Unreadable):
                self._shake(plan, resource.failure)
                await self._report_unreadable(plan, resource, region)
            else:
                subjects.append((resource, self._values(resource.region) | ancestors | {plan.type: resource}))
        for node in plan.batches:
            await self._batches(node, [values for _, values in subjects], region)
        limiter = self._limiter(plan, region)
        judged: list[Finding] = []
        for resource, values in subjects:
            if workers is not None and (plan.stages or plan.children):
                await limiter.acquire()
                workers.create_task(self._worker(plan, resource, values, limiter))
                continue
            judged += await self._evaluate(plan, resource, values, resource.region)
            if len(judged) >= _BATCH:
                await self._send(judged)
                judged = []
        await self._send(judged)

    async def _send(self, findings: list[Finding]) -> None:
        if findings:
            await self._emit(findings)

    def _limiter(self, plan: SubjectPlan, region: str) -> Semaphore:
        """A type's own, so that a parent that waits for its children holds no place that they need."""
        key = (plan.type, region)
        if key not in self._limiters:
            self._limiters[key] = Semaphore(self._limits.subjects)
        return self._limiters[key]

    async def _worker(self, plan: SubjectPlan, resource: Resource, values: Values, limiter: Semaphore) -> None:
        try:
            await self._send(await self._evaluate(plan, resource, values, resource.region))
            if plan.children:
                async with TaskGroup() as workers:
                    for child in plan.children:
                        async for page in self._listed(child, resource, values, resource.region):
                            await self._page(child, page, resource.region, workers)
        finally:
            limiter.release()

    async def _evaluate(
        self, plan: SubjectPlan, resource: Resource | None, values: Values, region: str
    ) -> list[Finding]:
        """Fetch what the subject's checks need, and ask them."""
        if plan.stages:
            await self._fetch(plan, values, region)
        await self._supply(plan.shared, values, region)
        findings: list[Finding] = []
        subject = Subject.of(resource) if resource is not None else None
        for each in plan.checks:
            about = subject or place(each.check, self._account, region)
            findings += [finding(each.check, about, verdict, self._time) for verdict in judge(each, values)]
        if any(each.status == "MANUAL" for each in findings):
            for value in values.values():
                self._shake(plan, value)
        return findings

    def _shake(self, plan: SubjectPlan, value: Any) -> None:
        if isinstance(value, Failure) and (value.kind in _PASSING or value.code in TRANSIENT):
            self._shaken.add(plan.type)

    async def _fetch(self, plan: SubjectPlan, values: Values, region: str) -> None:
        with anyio.move_on_after(self._limits.resource_deadline) as scope:
            for stage in plan.stages:
                if len(stage) == 1:
                    await self._put(stage[0], values, region)
                    continue
                async with TaskGroup() as tasks:
                    for node in stage:
                        tasks.create_task(self._put(node, values, region))
        if scope.cancelled_caught:
            self._aws.calls.failed(CUT_OFF, self._account.id, region)
        for stage in plan.stages:
            for node in stage:
                values.setdefault(node, CUT_OFF)

    async def _put(self, node: Any, values: Values, region: str) -> None:
        if node not in values:
            values[node] = await self._make(node, values, region)

    async def _batches(self, node: Any, subjects: list[Values], region: str) -> None:
        source = source_of(node)
        assert isinstance(source, Batch)
        waiting: list[Values] = []
        for values in subjects:
            shut = await self._gate(source.when, values, region) if source.when else None
            if shut is None:
                waiting.append(values)
            else:
                values[node] = shut
        chunks = [waiting[start : start + source.size] for start in range(0, len(waiting), source.size)]
        await for_each(chunks, lambda chunk: self._batch(node, source, chunk, region), self._limits.subjects)

    async def _batch(self, node: Any, source: Batch, subjects: list[Values], region: str) -> None:
        owner = facet_owner(node)
        ids = [getattr(values[owner], source.owner_key) for values in subjects]
        unique = list(dict.fromkeys(ids))
        asked = source.ids(unique) if callable(source.ids) else {source.ids: unique}
        params = bind(source.params, self._account) | asked
        found: dict[Any, Any] = {}
        failure: Failure | None = None
        async for reply in self._aws.pages(self._account, region, source.operation, params, page_size=0):
            if isinstance(reply, Failure):
                failure = reply
            else:
                found |= {item.get(source.reply_key): item for item in cut(reply, source.result) or []}
        for values, id_ in zip(subjects, ids, strict=True):
            item = found.get(id_)
            values[node] = failure if item is None else to_facet(node, item, source.operation.action)

    # ----------------------------------------------------------------- values
    def _values(self, region: str) -> Values:
        return {**self._base, Region: self._regions.get(region) or Region(name=region, account=self._account)}

    async def _supply(self, wanted: Iterable[Parameter], values: Values, region: str) -> None:
        """Add to `values` what is shared with other subjects."""
        for parameter in wanted:
            if parameter.key not in values:
                values[parameter.key] = await self._shared(parameter, region)

    async def _shared(self, parameter: Parameter, region: str) -> Any:
        kind = parameter.type
        if parameter.kind == "all":
            return await self._all(kind)
        if parameter.kind == "here":
            return await self._here(kind, region)
        where = region if scope(kind) == "region" else self._account.default_region
        if derivation(kind):
            return await self._derive(kind, where)
        return await self._memo.get((kind, where), lambda: self._make(kind, self._values(where), where))

    async def _derive(self, kind: Any, where: str) -> Any:
        """A derived value of a region or the account. What it waits for is made by tasks of the account; whichever
        reader goes on first makes the value.
        """
        key = (kind, where)
        if key not in self._derived:
            wanted, values = reads(kind), self._values(where)
            await self._supply(wanted, values, where)
            if key not in self._derived:
                self._derived[key] = _applied(maker(kind), wanted, values)
        return self._derived[key]

    async def _here(self, kind: Any, region: str) -> tuple[Resource, ...] | Failure:
        if not is_global(kind):
            return await self._collection(kind, region).whole()
        found = await self._all(kind)
        if isinstance(found, Failure):
            return found
        key = (kind, region)
        if key not in self._wholes:
            self._wholes[key] = tuple(each for each in found if each.region == region)
        return self._wholes[key]

    async def _all(self, kind: Any) -> tuple[Resource, ...] | Failure:
        key = (kind, "")
        if key not in self._wholes:
            listings = [self._collection(kind, region) for region in self._places(kind)]
            parts = [await listed.whole() for listed in listings]
            self._wholes.setdefault(key, _joined(parts))
        return self._wholes[key]

    async def _make(self, node: Any, values: Values, region: str) -> Any:
        """A facet or derived value; never raises."""
        derived = derivation(node)
        if derived:
            return await self._apply(derived.function, reads(node), values, region)
        source = source_of(node)
        if isinstance(source, Function):
            return await self._run_function(node, source, values, region)
        assert isinstance(source, Call)
        shut = await self._gate(source.when, values, region) if source.when else None
        if shut is not None:
            return shut
        owner = values[facet_owner(node)]
        params = bind(source.params, owner)
        if not source.shared:
            return await self._ask(node, source, params, region)
        key = (node, region, tuple(sorted((name, str(value)) for name, value in params.items())))
        return await self._memo.get(key, partial(self._ask, node, source, params, region))

    async def _ask(self, node: Any, source: Call, params: dict[str, Any], region: str) -> Any:
        reply = await self._aws.call(self._account, region, source.operation, params, source.absent)
        if reply is None or isinstance(reply, Failure):
            return reply
        return to_facet(node, cut(reply, source.result), source.operation.action)

    async def _gate(self, when: Callable[..., Any], values: Values, region: str) -> Any:
        """None where the gate is open, else what stands in the facet's place."""
        answer = await self._apply(when, parameters(when), values, region)
        if isinstance(answer, Failure) or answer is NOT_APPLICABLE:
            return answer
        return None if answer else NOT_APPLICABLE

    async def _apply(
        self, function: Callable[..., Any], wanted: Sequence[Parameter], values: Values, region: str
    ) -> Any:
        await self._supply(wanted, values, region)
        return _applied(function, wanted, values)

    async def _run_function(self, kind: Any, source: Function, values: Values, region: str) -> Any:
        wanted = reads(kind)
        await self._supply(wanted, values, region)
        found = arguments(wanted, values)
        if isinstance(found, Unavailable):
            return found.failure or NOT_APPLICABLE
        tools = {**self._tools, AskedAws: BoundAws(self._aws, self._account, region)}
        given = {p.name: tools[p.type] for p in parameters(source.function) if p.kind == "tool"}
        try:
            made = await source.function(**found, **given)
        except Exception as error:  # noqa: BLE001 - a bug in a declared function: its readers are told
            return bug(source.function.__name__, error)
        if isinstance(made, Failure) and not source.operations:
            self._aws.calls.failed(made, self._account.id, region)
        return made

    # ------------------------------------------------------------------- gaps
    def _miss(self, checks: Iterable[CheckPlan], region: str) -> list[CheckPlan]:
        """The checks, noted as ones that did not see all there is."""
        missed = list(checks)
        for each in missed:
            where = cell(self._account.id, self._kinds[each.check.id], region)
            self._unlisted.add((each.check.id, where.place))
        return missed

    async def _report_gap(self, checks: Iterable[CheckPlan], gap: Gap, region: str) -> None:
        findings = [
            finding(each.check, Subject.of(gap.parent) if gap.parent else place(each.check, self._account, region),
                    verdict, self._time)
            for each in self._miss(checks, region)
            for verdict in missing(gap.failure)
        ]  # fmt: skip
        await self._send(findings)

    async def _report_unreadable(self, plan: SubjectPlan, resource: Unreadable, region: str) -> None:
        arn = f"arn:{self._account.partition}:{_service(plan.type)}:{region}:{self._account.id}:{resource.id}"
        subject = Subject(self._account, region, resource.id, arn, resource.id, {})
        findings = [
            finding(each.check, subject, verdict, self._time)
            for each in self._miss(plan.checks_below(), region)
            for verdict in missing(resource.failure)
        ]
        await self._send(findings)


def _service(kind: Any) -> str:
    source = source_of(kind)
    operations = source.operations if isinstance(source, Function) else [source.operation] if source else []
    return operations[0].service if operations else ""


def _applied(function: Callable[..., Any], wanted: Sequence[Parameter], values: Values) -> Any:
    """What a declared function makes of the values; never raises."""
    found = arguments(wanted, values)
    if isinstance(found, Unavailable):
        return found.failure or NOT_APPLICABLE
    try:
        return function(**found)
    except Exception as error:  # noqa: BLE001 - a bug in a declared function: its readers are told
        return bug(function.__name__, error)


def _joined(parts: Sequence[tuple[Resource, ...] | Failure]) -> tuple[Resource, ...] | Failure:
    failures = [part for part in parts if isinstance(part, Failure)]
    return failures[0] if failures else tuple(r for part in parts if isinstance(part, tuple) for r in part)


class BoundAws:
    """AWS as an `@source` function sees it."""

    def __init__(self, aws: Aws, account: Account, region: str) -> None:
        self._aws = aws
        self._account = account
        self._region = region

    async def call(self, service: str, operation: str, /, **params: Any) -> dict[str, Any] | Failure:
        reply = await self.find(service, operation, (), **params)
        assert reply is not None
        return reply

    async def find(
        self, service: str, operation: str, absent: Iterable[str], /, **params: Any
    ) -> dict[str, Any] | Failure | None:
        named = Operation(service, operation)
        return await self._aws.call(self._account, self._region, named, params, frozenset(absent))

    async def answer(
        self, service: str, operation: str, expected: Iterable[str], /, **params: Any
    ) -> dict[str, Any] | Failure | str:
        named = Operation(service, operation)
        return await self._aws.answer(self._account, self._region, named, params, frozenset(expected))

    async def items(
        self, service: str, operation: str, result: str, /, *, absent: Iterable[str] = (), **params: Any
    ) -> list[Any] | Failure:
        items: list[Any] = []
        named = Operation(service, operation)
        async for reply in self._aws.pages(self._account, self._region, named, params, absent=frozenset(absent)):
            if isinstance(reply, Failure):
                return reply
            items += cut(reply, result) or []
        return items
