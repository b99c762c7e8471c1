"""The values that declared functions ask for: facets, derived values, and all resources of a type."""

from __future__ import annotations

import datetime
from asyncio import TaskGroup
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import Any

import anyio

from aioprowler.aws.api import Boundary
from aioprowler.aws.errors import is_transient
from aioprowler.declarations.account import Account, Region
from aioprowler.declarations.failure import Failure, Partial, UnreadableError
from aioprowler.declarations.graph import gone, listed_of, maker, reads, scope, source_of, takes
from aioprowler.declarations.parameters import Parameter, derivation, facet_owner, parameters
from aioprowler.declarations.readings import Reading
from aioprowler.declarations.resources import Facet, Resource
from aioprowler.declarations.sources import NO_CODES, Aws, Batch, Call, Codes, Function, Operation, codes
from aioprowler.engine.fetch import bind, cut, joined, reading, to_facet
from aioprowler.engine.judge import NOT_APPLICABLE, Unavailable, arguments
from aioprowler.engine.overrides import Configuration
from aioprowler.engine.shelf import Shelf
from aioprowler.engine.values import CUT_OFF, MISTAKES, Memo, Tasks, bug, for_each


class Values(dict[Any, Any]):
    """What was made for one subject, by type or key. What all of its region have in common is looked up, and not held
    by each: there are as many of these as there is under way.
    """

    __slots__ = ("_common",)

    def __init__(self, common: Mapping[Any, Any], *own: Mapping[Any, Any]) -> None:
        """`own`: values of the subject and of what is above it; of two for a key, the later one."""
        super().__init__()
        self._common = common
        for each in own:
            self.update(each)

    def __missing__(self, key: Any) -> Any:
        return self._common[key]

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self._common


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one account's scan. Deadlines in seconds."""

    subjects: int = 64
    """Resources of one type and region whose facets are fetched at the same time."""
    resource_deadline: float = 3600.0
    """Waiting for a turn within AWS's quotas counts, which in a large account takes long."""
    account_deadline: float | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The account under scan, and what its scan works with."""

    account: Account
    aws: Boundary
    tools: Mapping[type, Any]
    """What `@source` functions are given besides AWS, by the type that they ask for."""
    limits: Limits
    base: Mapping[Any, Any]
    """What every function may ask for: the account, the clock reading."""
    configuration: Configuration
    """Likewise, the configuration keys."""
    regions: dict[str, Region] = field(default_factory=dict)
    _common: dict[str, Mapping[Any, Any]] = field(default_factory=dict, init=False)

    def values(self, region: str, *own: Mapping[Any, Any]) -> Values:
        """Those of a subject in a region, at the beginning."""
        if region not in self._common:
            here = self.regions.get(region) or Region(name=region, account=self.account)
            self._common[region] = {**self.base, **self.configuration.of(region), Region: here}
        return Values(self._common[region], *own)

    def about(self, resource: Resource, carried: Mapping[str, str] | Failure | None, *own: Mapping[Any, Any]) -> Values:
        """The same of a resource, which may be configured otherwise than its region by the tags that it carries; None
        where they have no say.
        """
        configured = () if carried is None else (self.configuration.of(resource.region, carried),)
        return self.values(resource.region, *own, *configured)


class Supply:
    """Makes values for the scan of one account, each once for all who read it. Making one never raises: what goes wrong
    is a Failure in its place.
    """

    def __init__(self, scene: Scene, shelf: Shelf, tasks: Tasks) -> None:
        self._scene = scene
        self._account = scene.account
        self._aws = scene.aws
        self._shelf = shelf
        self._memo = Memo(tasks)
        self._derived: dict[tuple[Any, str], Any] = {}
        """Derived values of a region or the account."""
        self._unsettled: set[Any] = set()
        """Their types of which one was made of what may be had the next time."""

    # ----------------------------------------------------------------- shared
    async def add(self, wanted: Iterable[Parameter], values: Values, region: str) -> None:
        """Add to `values` what is not there yet: shared with other subjects, or the subject's own."""
        for parameter in wanted:
            if parameter.key in values:
                continue
            if parameter.kind in ("facet", "derived") and scope(parameter.type) == "subject":
                values[parameter.key] = await self.make(parameter.type, values, region)
            else:
                values[parameter.key] = await self._shared(parameter, region)

    async def _shared(self, parameter: Parameter, region: str) -> Any:
        kind = parameter.type
        if parameter.kind == "all":
            return await self._shelf.all(kind)
        if parameter.kind == "seen":
            return await self._shelf.seen(kind)
        if parameter.kind == "here":
            return await self._shelf.here(kind, region)
        where = region if scope(kind) == "region" else self._account.default_region
        if derivation(kind):
            return await self._derive(kind, where)
        return await self._memo.get((kind, where), lambda: self.make(kind, self._scene.values(where), where))

    async def _derive(self, kind: Any, where: str) -> Any:
        """A derived value of a region or the account. What it waits for is made by tasks of the account; whichever
        reader goes on first makes the value.
        """
        key = (kind, where)
        if key not in self._derived:
            wanted, values = reads(kind), self._scene.values(where)
            await self.add(wanted, values, where)
            if key not in self._derived:
                self._derived[key] = _applied(maker(kind), wanted, values)
                if self.is_unsettled(values):
                    self._unsettled.add(kind)
        return self._derived[key]

    def is_unsettled(self, values: Values) -> bool:
        """Whether one of the values is a transient failure, lacks something because of one, or was made of one that it
        tolerates.
        """
        gaps = (value.gap if isinstance(value, Partial) else value for value in values.values())
        return not self._unsettled.isdisjoint(values) or any(
            isinstance(gap, Failure) and is_transient(gap) for gap in gaps
        )

    async def once(self, key: tuple[Any, ...], make: Callable[[], Awaitable[Any]]) -> Any:
        """What several listings share; a Failure where making it went wrong."""
        return await self._memo.get(key, make)

    def unusable(self, failures: Iterable[Failure], region: str) -> None:
        """Count what was answered and cannot be used; alike of one answer once."""
        for each in set(failures):
            self._aws.calls.failed(each, self._account.id, region)

    # -------------------------------------------------------------- a subject
    async def fetch(self, stages: Sequence[Sequence[Any]], values: Values, region: str) -> None:
        """Add to `values` what is made for one subject, within its deadline."""
        with anyio.move_on_after(self._scene.limits.resource_deadline) as scope:
            for stage in stages:
                if len(stage) == 1:
                    await self._put(stage[0], values, region)
                    continue
                async with TaskGroup() as tasks:
                    for node in stage:
                        tasks.create_task(self._put(node, values, region))
        if scope.cancelled_caught:
            self._aws.calls.failed(CUT_OFF, self._account.id, region)
        for stage in stages:
            for node in stage:
                values.setdefault(node, CUT_OFF)

    async def _put(self, node: Any, values: Values, region: str) -> None:
        if node not in values:
            values[node] = await self.make(node, values, region)

    async def make(self, node: Any, values: Values, region: str) -> Any:
        """A facet or derived value."""
        try:
            derived = derivation(node)
            if derived:
                return await self.apply(derived.function, reads(node), values, region)
            source = source_of(node)
            if isinstance(source, Function):
                return await self.run(node, source, values, region)
            if isinstance(source, Batch):
                await self.batches(node, [values], region)
                return values[node]
            assert isinstance(source, Call)
            return await self._call(node, source, values, region)
        except Exception as error:  # noqa: BLE001 - a mistake in a declaration: who reads the value is told
            return bug(node.__name__, error)

    async def _call(self, node: Any, source: Call, values: Values, region: str) -> Any:
        shut = await self.gate(source.when, values, region) if source.when else None
        if shut is not None:
            return shut
        owner = facet_owner(node)
        params = bind(source.params, values[owner], values.get(listed_of(owner)))
        ask = partial(self._ask, node, source, params, region, _gone(owner))
        if not source.shared:
            return await ask()
        key = (node, region, tuple(sorted((name, str(value)) for name, value in params.items())))
        return await self._memo.get(key, ask)

    async def _ask(self, node: Any, source: Call, params: dict[str, Any], region: str, gone: Codes) -> Any:
        part = await self.told(source, params, region, gone, reading(node))
        if part is None or isinstance(part, Failure):
            return part
        made = to_facet(node, part, source.operation.action)
        self.unusable([made] if isinstance(made, Failure) else (), region)
        return made

    async def told(self, source: Call, params: dict[str, Any], region: str, gone: Codes, read: Reading) -> Any:
        """The part of the reply, or of all its pages, that a call is for; None where it is absent."""
        operation, absent = source.operation, source.absent
        if not source.pages:
            reply = await self._aws.call(self._account, region, operation, params, absent, gone, read)
            return reply if reply is None or isinstance(reply, Failure) else cut(reply, source.result) or {}
        parts = []
        pages = self._aws.pages(self._account, region, operation, params, absent=absent, gone=gone, reading=read)
        async for page in pages:
            if isinstance(page, Failure):
                return page
            parts.append(cut(page, source.result) or {})
        return joined(parts)

    # ---------------------------------------------------------------- batches
    async def batches(self, node: Any, subjects: list[Values], region: str) -> None:
        """Add a facet that is asked for many subjects at once to the values of each."""
        source = source_of(node)
        assert isinstance(source, Batch)
        owner = facet_owner(node)
        if source.when:
            await for_each(subjects, partial(self._shut, node, source.when, region), self._scene.limits.subjects)
        waiting = [values for values in subjects if node not in values]
        owned = [(v[owner], v.get(listed_of(owner))) for v in waiting]
        told = await self.many(source, owner, owned, region, reading(node))
        flaws: list[Failure] = []
        for values, part in zip(waiting, told, strict=True):
            if part is None or isinstance(part, Failure):
                values[node] = part
                continue
            values[node] = to_facet(node, part, source.operation.action)
            flaws += [values[node]] if isinstance(values[node], Failure) else ()
        self.unusable(flaws, region)

    async def _shut(self, node: Any, when: Callable[..., Any], region: str, values: Values) -> None:
        shut = await self.gate(when, values, region)
        if shut is not None:
            values[node] = shut

    async def many(
        self, source: Batch, kind: Any, owned: Sequence[tuple[Any, Any]], region: str, read: Reading
    ) -> list[Any]:
        """Of each owner (given with its parent), what AWS tells: an item of the reply, None, or a Failure."""
        told: list[Any] = [None] * len(owned)
        ids: dict[int, str | int] = {}
        groups: dict[str, list[int]] = {}
        params: dict[str, dict[str, Any]] = {}
        for number, (each, parent) in enumerate(owned):
            try:
                ids[number] = _id(source, each)
                bound = bind(source.params, parent if parent is not None else self._account)
            except Exception as error:  # noqa: BLE001 - of one that cannot be asked about the others know nothing
                told[number] = bug(f"{kind.__name__} in {source.operation}", error)
                continue
            params.setdefault(str(bound), bound)
            groups.setdefault(str(bound), []).append(number)

        async def ask(chunk: tuple[str, list[int]]) -> None:
            key, numbers = chunk
            try:
                asked = [ids[number] for number in numbers]
                found = await self._batch(source, params[key], asked, region, _gone(kind), read)
            except Exception as error:  # noqa: BLE001 - a mistake in a declaration, or a reply that nobody foresaw
                failure = bug(f"{kind.__name__} in {source.operation}", error)
                found = [failure] * len(numbers)
            for number, part in zip(numbers, found, strict=True):
                told[number] = part

        size = source.size
        chunks = [(k, group[at : at + size]) for k, group in groups.items() for at in range(0, len(group), size)]
        await for_each(chunks, ask, self._scene.limits.subjects)
        return told

    async def _batch(
        self, source: Batch, params: dict[str, Any], ids: list[Any], region: str, gone: Codes, read: Reading
    ) -> list[Any]:
        """As `many`, of one call. Where one of them is gone AWS may refuse them all: halves tell which."""
        unique = list(dict.fromkeys(ids))
        asked = params | (source.ids(unique) if callable(source.ids) else {source.ids: unique})
        found: dict[Any, Any] = {}
        failure: Failure | None = None
        pages = self._aws.pages(self._account, region, source.operation, asked, gone=gone, page_size=0, reading=read)
        async for reply in pages:
            if isinstance(reply, Failure):
                failure = reply
            else:
                told, strange = _by_id(source, reply, ids)
                self._unanswered(told.values(), strange, region)
                found |= told
                failure = failure or strange
        if failure is not None and failure.kind == "gone" and len(unique) > 1:
            half = len(ids) // 2
            halves = [await self._batch(source, params, part, region, gone, read) for part in (ids[:half], ids[half:])]
            return [*halves[0], *halves[1]]
        return [found.get(id_, failure) for id_ in ids]

    def _unanswered(self, told: Iterable[Any], strange: Failure | None, region: str) -> None:
        """Count what a batch could not tell of some: once, whoever they are."""
        first = next((each for each in told if isinstance(each, Failure)), strange)
        self.unusable([first] if first else (), region)

    # -------------------------------------------------------------- functions
    async def gate(self, when: Callable[..., Any], values: Values, region: str) -> Any:
        """None where the gate is open, else what stands in the facet's place."""
        answer = await self.apply(when, parameters(when), values, region)
        if isinstance(answer, Failure) or answer is NOT_APPLICABLE:
            return answer
        return None if answer else NOT_APPLICABLE

    async def apply(
        self, function: Callable[..., Any], wanted: Sequence[Parameter], values: Values, region: str
    ) -> Any:
        """What a declared function makes of the values."""
        await self.add(wanted, values, region)
        return _applied(function, wanted, values)

    async def run(self, kind: Any, source: Function, values: Values, region: str) -> Any:
        """What an `@source` function gives."""
        shut = await self.gate(source.when, values, region) if source.when else None
        if shut is not None:
            return shut
        wanted = takes(source)
        await self.add(wanted, values, region)
        found = arguments(wanted, values)
        if isinstance(found, Unavailable):
            return found.instead
        owner = facet_owner(kind) if issubclass(kind, Facet) else None
        tools = {**self._scene.tools, Aws: BoundAws(self._aws, self._account, region, _gone(owner))}
        asked = [parameter for parameter in parameters(source.function) if parameter.kind == "tool"]
        for each in asked:
            if each.type not in tools:
                name = each.type.__name__
                return Failure("missing", name, f"the scan was given no {name}; add one to its tools=")
        given = {each.name: tools[each.type] for each in asked}
        try:
            made = await source.function(**found, **given)
        except _GoneError as error:
            return error.failure
        except MISTAKES as error:  # its readers are told
            return bug(source.function.__name__, error)
        gap = made.gap if isinstance(made, Partial) else made
        if isinstance(gap, Failure) and gap.is_of_tool:
            self._aws.calls.failed(gap, self._account.id, region)
        return made


def _gone(owner: Any) -> Codes:
    return gone(owner) if isinstance(owner, type) and issubclass(owner, Resource) else NO_CODES


def _id(source: Batch, owner: Any) -> str | int:
    """By what a batch asks about an owner. Raises TypeError where there is nothing to ask by."""
    id_: object = attrgetter(source.owner_key)(owner)
    if not isinstance(id_, str | int) or id_ == "":
        raise TypeError(f"its {source.owner_key} is {id_!r:.80}, by which nothing can be asked")
    return id_


def _by_id(source: Batch, reply: Mapping[str, Any], ids: Sequence[Any]) -> tuple[dict[Any, Any], Failure | None]:
    """Id -> the item about it, or the Failure of those that AWS says it could not answer. A Failure besides where
    something is about none of them: then what is left out may be what it is about.
    """
    action, asked = source.operation.action, set(ids)
    strange: list[str] = []
    found: dict[Any, Any] = {}
    for id_ in (cut(reply, source.unanswered) or []) if source.unanswered else []:
        if id_ in asked:
            found[id_] = Failure("broken", action, "left out", f"AWS could not answer about {id_}")
        else:
            strange.append(f"{id_!r:.80}")
    for item in cut(reply, source.result) or []:
        id_ = item.get(source.reply_key) if isinstance(item, Mapping) else None
        if isinstance(id_, str | int) and id_ in asked:
            found[id_] = item
        else:
            strange.append(f"something without {source.reply_key}" if id_ is None else f"{id_!r:.80}")
    if not strange:
        return found, None
    return found, Failure("broken", action, "ValidationError", f"it tells {strange[0]}, which nobody asked about")


def _applied(function: Callable[..., Any], wanted: Sequence[Parameter], values: Values) -> Any:
    """What a declared function makes of the values; never raises."""
    found = arguments(wanted, values)
    if isinstance(found, Unavailable):
        return found.instead
    try:
        return function(**found)
    except MISTAKES as error:  # its readers are told
        return bug(function.__name__, error)


class _GoneError(Exception):
    """What an `@source` function reads is no more: it is left at the call that says so."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class _Reply(dict[str, Any]):
    """A reply that says of a member which an `@source` function takes for granted that AWS left it out."""

    def __init__(self, operation: Operation, reply: Mapping[str, Any]) -> None:
        super().__init__(reply)
        self._operation = operation

    def __missing__(self, member: str) -> Any:
        raise UnreadableError(f"AWS did not tell {member} in {self._operation.action}")


class BoundAws:
    """AWS as an `@source` function sees it."""

    def __init__(self, aws: Boundary, account: Account, region: str, gone: Codes = NO_CODES) -> None:
        self._aws = aws
        self._account = account
        self._region = region
        self._gone = gone

    def at(self, region: str) -> BoundAws:
        """See `Aws.at`."""
        return BoundAws(self._aws, self._account, region, self._gone)

    async def call(self, service: str, operation: str, /, **params: Any) -> dict[str, Any] | Failure:
        """See `Aws.call`."""
        reply = await self.find(service, operation, (), **params)
        assert reply is not None
        return reply

    async def find(
        self, service: str, operation: str, absent: Iterable[str] | Codes, /, **params: Any
    ) -> dict[str, Any] | Failure | None:
        """See `Aws.find`."""
        reply = await self.answer(service, operation, absent, **params)
        return None if isinstance(reply, str) else reply

    async def answer(
        self, service: str, operation: str, expected: Iterable[str] | Codes, /, **params: Any
    ) -> dict[str, Any] | Failure | str:
        """See `Aws.answer`."""
        named = Operation(service, operation)
        reply = await self._aws.answer(self._account, self._region, named, params, codes(expected), self._gone)
        _leave_if_gone(reply)
        return _Reply(named, reply) if isinstance(reply, dict) else reply

    async def items(
        self, service: str, operation: str, result: str, /, *, absent: Iterable[str] | Codes = (), **params: Any
    ) -> list[Any] | Failure:
        """See `Aws.items`."""
        items: list[Any] = []
        async for page in self.pages(service, operation, result, absent=absent, **params):
            if isinstance(page, Failure):
                return page
            items += page
        return items

    async def pages(
        self, service: str, operation: str, result: str, /, *, absent: Iterable[str] | Codes = (), **params: Any
    ) -> AsyncIterator[list[Any] | Failure]:
        """See `Aws.pages`."""
        replies = self._aws.pages(
            self._account, self._region, Operation(service, operation), params, absent=codes(absent), gone=self._gone
        )
        async for reply in replies:
            _leave_if_gone(reply)
            yield reply if isinstance(reply, Failure) else cut(reply, result) or []

    def left_out(self, service: str, operation: str, key: str, /, *, since: datetime.datetime) -> Failure:
        """See `Aws.left_out`."""
        named = Operation(service, operation)
        self._aws.calls.left_out(named, self._account.id, 0, more=True, since=since)
        return Failure("limited", named.action, key, f"in {self._region} back to {since:%Y-%m-%d %H:%M:%S}")

    def not_asked(self, service: str, operation: str, resources: int, /) -> None:
        """See `Aws.not_asked`."""
        self._aws.calls.left_out(Operation(service, operation), self._account.id, resources, more=False)


def _leave_if_gone(reply: object) -> None:
    if isinstance(reply, Failure) and reply.kind == "gone":
        raise _GoneError(reply)
