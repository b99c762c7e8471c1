"""What AWS lists, page by page, as resources: with what a further operation tells of each, and where each one is."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from aioprowler.aws.api import pagination
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.graph import gone, listed_of, source_of
from aioprowler.declarations.parameters import parameters
from aioprowler.declarations.readings import WHOLE, Reading
from aioprowler.declarations.resources import Resource, id_tells_arn, spelling
from aioprowler.declarations.sources import NO_CODES, Batch, Call, Function, Listing
from aioprowler.engine.fetch import Item as RawItem
from aioprowler.engine.fetch import Unreadable, bind, cut, reading, to_resource, to_resources, unreadable
from aioprowler.engine.judge import NOT_APPLICABLE
from aioprowler.engine.life import is_over, text
from aioprowler.engine.plan import SubjectPlan
from aioprowler.engine.shelf import Gap, Item, Limited
from aioprowler.engine.supply import Scene, Supply, Values
from aioprowler.engine.values import bug, for_each

_Reply = tuple[Mapping[str, Any], list[Any] | Failure]
"""A page, and its items."""


class Listings:
    """The listings of one account. What goes wrong in one is a gap of it."""

    def __init__(self, scene: Scene, supply: Supply) -> None:
        self._scene = scene
        self._account = scene.account
        self._aws = scene.aws
        self._supply = supply

    async def pages(
        self, plan: SubjectPlan, parent: Resource | None, above: Mapping[Any, Any], region: str
    ) -> AsyncIterator[list[Item] | Gap | Limited]:
        """Pages of a type's resources: of the account and region, or of one parent. `above`: the parents' values."""
        try:
            values = self._scene.values(region, above)
            source = source_of(plan.type)
            if isinstance(source, Function):
                yield await self._made(plan, source, parent, above, region)
                return
            assert isinstance(source, Listing)
            shut = await self._supply.gate(source.when, values, region) if source.when else None
            if isinstance(shut, Failure):
                yield Gap(shut, parent)
            if shut is None:
                seen: set[int] = set()
                params = bind(source.params, parent or self._account, values.get(listed_of(source.of)))
                replies = self._replies(source, plan.type, params, region)
                if source.limit:
                    replies = self._limited(source, plan.type, replies, values, region)
                async for _, found in replies:
                    if isinstance(found, Failure):
                        yield Limited(found) if found.kind == "limited" else Gap(found, parent)
                        continue
                    for chunk in self._chunks(source, found):
                        resources = await self._resources(plan, source, chunk, parent, region)
                        yield [(each, above) for each in _new(resources, seen)]
        except Exception as error:  # noqa: BLE001 - a mistake in a declaration: what could not be listed is told
            yield Gap(bug(f"The listing of {plan.type.__name__}", error), parent)

    async def _made(
        self, plan: SubjectPlan, source: Function, parent: Resource | None, above: Mapping[Any, Any], region: str
    ) -> list[Item] | Gap:
        """What an `@source` function lists."""
        made = await self._supply.run(plan.type, source, self._scene.values(region, above), region)
        if isinstance(made, Failure):
            return Gap(made, parent)
        found = () if made is None or made is NOT_APPLICABLE else made
        resources = [self._placed(plan.type, source, each, region) for each in found]
        return [(each, above) for each in _new(resources, set())]

    def _placed(self, kind: Any, source: Function, made: Any, region: str) -> Resource | Unreadable:
        if isinstance(made, Resource):
            is_placed = made.account is self._account and made.region == region
            return made if is_placed else msgspec.structs.replace(made, account=self._account, region=region)
        action = source.operations[0].action if source.operations else source.function.__name__
        found: Resource | Unreadable = to_resource(kind, made, self._account, region, action)
        return found

    # ------------------------------------------------------------------ items
    async def _limited(
        self, source: Listing, kind: Any, replies: AsyncIterator[_Reply], values: Values, region: str
    ) -> AsyncIterator[_Reply]:
        """Each page, and those of its items that are looked at."""
        assert source.limit
        limit = await self._supply.apply(source.limit, parameters(source.limit), values, region)
        if isinstance(limit, Failure):
            yield {}, limit
        elif limit is None:
            async for reply in replies:
                yield reply
        else:
            chosen = self._newest if source.newest else self._first
            async for items in chosen(source, kind, max(0, limit), replies):
                yield {}, items

    async def _replies(self, source: Listing, kind: Any, params: dict[str, Any], region: str) -> AsyncIterator[_Reply]:
        """Each page, and its items."""
        pages = (
            self._shared(source, params, region)
            if source.shared
            else self._pages(source, params, region, reading(kind))
        )
        async for reply in pages:
            if isinstance(reply, Failure):
                yield {}, reply
                continue
            items = cut(reply, source.result) or []
            if not isinstance(items, list):
                told = f"{source.result} is not a list"
                failure = Failure("broken", source.operation.action, "ValidationError", told)
                self._supply.unusable([failure], region)
                yield reply, failure
            else:
                yield reply, [{spelling(kind)[source.item]: item} for item in items] if source.item else items

    def _pages(self, source: Listing, params: dict[str, Any], region: str, read: Reading = WHOLE) -> AsyncIterator[Any]:
        owner_gone = gone(source.of) if source.of else NO_CODES
        return self._aws.pages(
            self._account, region, source.operation, params,
            absent=source.absent, gone=owner_gone, page_size=source.page_size, reading=read,
        )  # fmt: skip

    async def _shared(self, source: Listing, params: dict[str, Any], region: str) -> AsyncIterator[Any]:
        """The pages, asked once for all types that share them."""

        async def read() -> list[Any]:
            return [page async for page in self._pages(source, params, region)]

        pages = await self._supply.once((*source.question, region), read)
        for page in [pages] if isinstance(pages, Failure) else pages:
            yield page

    async def _first(
        self, source: Listing, _kind: Any, limit: int, replies: AsyncIterator[_Reply]
    ) -> AsyncIterator[list[Any] | Failure]:
        paging = pagination(source.operation)
        async for reply, items in replies:
            if isinstance(items, Failure):
                yield items
                continue
            yield items[:limit]
            more = bool(paging and paging.next_tokens(dict(reply)))
            left_out = len(items) - limit
            limit -= len(items)
            if limit <= 0 and (left_out > 0 or more):
                yield self._left_out(source, max(0, left_out), more=more)
                return

    async def _newest(
        self, source: Listing, kind: Any, limit: int, replies: AsyncIterator[_Reply]
    ) -> AsyncIterator[list[Any] | Failure]:
        kept: list[Any] = []
        seen, key = 0, spelling(kind)[source.newest]
        async for _, items in replies:
            if isinstance(items, Failure):
                yield items
                continue
            seen += len(items)
            kept = heapq.nlargest(limit, [*kept, *items], key=partial(_time, key=key))
        if seen > len(kept):
            yield self._left_out(source, seen - len(kept), more=False)
        yield kept

    def _left_out(self, source: Listing, resources: int, *, more: bool) -> Failure:
        self._aws.calls.left_out(source.operation, self._account.id, resources, more=more)
        keys = [parameter.name for parameter in parameters(source.limit)] if source.limit else []
        return Failure("limited", source.operation.action, ", ".join(keys))

    # -------------------------------------------------------------- resources
    def _chunks(self, source: Listing, items: list[Any]) -> Iterator[list[Any]]:
        """What is yielded as one: a page, or where each item takes calls as many as are asked for together."""
        size = self._scene.limits.subjects if source.region or source.detail else len(items)
        if isinstance(source.detail, Batch):
            size = max(size, source.detail.size)
        return (items[start : start + size] for start in range(0, len(items), max(1, size)))

    async def _resources(
        self, plan: SubjectPlan, source: Listing, items: list[Any], parent: Resource | None, region: str
    ) -> list[Resource | Unreadable]:
        action = source.operation.action
        if source.detail:
            found = await self._detailed(plan, source.detail, items, parent, region)
        else:
            found = to_resources(plan.type, items, self._account, region, action)
            self._supply.unusable((each.failure for each in found if isinstance(each, Unreadable)), region)
        return found if source.region is None else await self._located(plan, source, found, region)

    async def _detailed(
        self, plan: SubjectPlan, detail: Call | Batch, items: list[Any], parent: Resource | None, region: str
    ) -> list[Resource | Unreadable]:
        """The items with what the detail tells of each, without those that are gone."""
        kind, action = plan.type, detail.operation.action
        told = await self._told(kind, detail, items, parent, region)
        found: list[Resource | Unreadable] = []
        flaws: list[Failure] = []
        for item, part in zip(items, told, strict=True):
            if isinstance(part, Failure):
                if part.kind != "gone":
                    found.append(unreadable(kind, item, self._account, region, part))
            elif isinstance(part, Mapping):
                made = to_resource(kind, {**item, **part}, self._account, region, action)
                found.append(made)
                flaws += [made.failure] if isinstance(made, Unreadable) else ()
            elif part is not None:
                failure = Failure("broken", action, "ValidationError", f"{detail.result} is no structure")
                found.append(unreadable(kind, item, self._account, region, failure))
                flaws.append(failure)
        self._supply.unusable(flaws, region)
        return found

    async def _told(
        self, kind: Any, detail: Call | Batch, items: list[Any], parent: Resource | None, region: str
    ) -> list[Any]:
        raw, read = [RawItem(kind, item) for item in items], reading(kind, is_detail=True)
        if isinstance(detail, Batch):
            return await self._supply.many(detail, kind, [(each, parent) for each in raw], region, read)
        told: list[Any] = [None] * len(items)

        async def ask(number: int) -> None:
            try:
                params = bind(detail.params, raw[number], parent)
                part = await self._supply.told(detail, params, region, gone(kind), read)
            except Exception as error:  # noqa: BLE001 - a mistake in a declaration, or an item that nobody foresaw
                part = bug(f"{kind.__name__} in {detail.operation}", error)
            told[number] = {} if part is None else part

        await for_each(range(len(items)), ask, self._scene.limits.subjects)
        return told

    async def _located(
        self, plan: SubjectPlan, source: Listing, found: list[Resource | Unreadable], region: str
    ) -> list[Resource | Unreadable]:
        """Each with its own region, without those outside the scan."""
        known = {
            number: self._scene.values(each.region, {plan.type: each})
            for number, each in enumerate(found)
            if not isinstance(each, Unreadable)
        }
        for node in plan.located_by:
            if isinstance(source_of(node), Batch):
                await self._supply.batches(node, list(known.values()), region)
        located = list(found)

        async def locate(number: int) -> None:
            located[number] = await self._locate(plan, source, known[number])

        await for_each(known, locate, self._scene.limits.subjects)
        return [each for each in located if isinstance(each, Unreadable) or each.region in self._scene.regions]

    async def _locate(self, plan: SubjectPlan, source: Listing, values: Values) -> Resource | Unreadable:
        resource: Resource = values[plan.type]
        function = source.region
        assert function
        region = await self._supply.apply(function, parameters(function), values, resource.region)
        if isinstance(region, Failure):
            return lost(resource, region)
        if not isinstance(region, str) or not region:
            told = f"{region!r:.80} is no region"
            return lost(resource, Failure("broken", function.__name__, "ValidationError", told))
        msgspec.structs.force_setattr(resource, "region", region)  # nobody else knows it yet
        return resource


def _new(resources: Sequence[Resource | Unreadable], seen: set[int]) -> Iterator[Resource | Unreadable]:
    """Those that are alive and were not there before, for AWS may list one twice. Of all that have no name one stands
    for them.
    """
    for each in resources:
        if isinstance(each, Unreadable):
            names: tuple[str, ...] = each.id, each.arn
        elif is_over(each):
            continue
        else:
            names = _known_by(each)
            if not any(names):
                told = "AWS tells neither its id nor its ARN"
                each = lost(each, Failure("broken", type(each).__name__, "ValidationError", told))
        key = hash(names)
        if key not in seen:
            seen.add(key)
            yield each


def _known_by(resource: Resource) -> tuple[str, ...]:
    """What tells it from others of its type: its ARN as well where the id does not say that."""
    kind = type(resource)
    id_ = text(resource, kind.identity.id)
    return (id_,) if id_ and id_tells_arn(kind) else (id_, text(resource, "arn"))


def _named(resource: Resource) -> tuple[str, str]:
    return text(resource, resource.identity.id), text(resource, "arn")


def lost(resource: Resource, failure: Failure) -> Unreadable:
    """A resource about which nothing can be said, as far as it can be named."""
    id_, arn = _named(resource)
    return Unreadable(id_ or arn or f"unreadable {type(resource).__name__}", failure, arn)


def _time(item: Any, key: str) -> Any:
    """By what items are put in order: times, numbers and words by themselves, for AWS may mix them. What tells nothing
    is the oldest.
    """
    value = item.get(key) if isinstance(item, Mapping) else None
    match value:
        case datetime.datetime():
            return 2, value.replace(tzinfo=value.tzinfo or datetime.UTC).timestamp()
        case int() | float():
            return 2, value
        case str():
            return 1, value
    return 0, 0
