"""An AWS made of botocore's shapes: every operation that some declaration names, answered in two moods.

In one account everything is on: booleans are true, enums say so, every list has two items. In the other everything is
off: booleans are false, enums say so, and what may be absent is, by its error code where it has one; but what is listed
is there. Members of one name have one value, so that what belongs together is found together, and a batch tells of each
that it is asked for. What a name and a number cannot say is in `shaped_values.py`.
"""

from __future__ import annotations

import datetime
import re
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import anyio.lowlevel
import msgspec
from botocore.model import ListShape, MapShape, Shape, StructureShape

from aioprowler import Account
from aioprowler.catalog import AnyCheck
from aioprowler.declarations.graph import behind, lineage, operations_of, source_of
from aioprowler.declarations.sources import NO_CODES, Batch, Call, Codes, Function, Listing, Operation
from tests.operations import model
from tests.worlds.shaped_values import CONNECTIONS, KEYS, OLD, REGIONS, value
from tests.worlds.world import NOW, error

ON = Account(id="111111111111", name="on", default_region=REGIONS[0], regions=REGIONS)
OFF = Account(id="222222222222", name="off", default_region=REGIONS[0], regions=REGIONS)

_DEEP = 7
"""Structures in structures at most: some contain themselves."""
_ITEMS = 2
_MORE = {"dms:EndpointList": 6, "rds:DBClusterList": 4, "rds:DBClusterSnapshotList": 4}
"""Lists, by their shapes, that have an item of each engine that is judged by itself."""
_BARE = ("Arn", "Content", "Id", "Key", "Name", "Protocol", "Value", "arn", "id", "key", "name")
"""Members that are called by what they are in as well: the `Arn` of a `Policy` is the `PolicyArn` of another."""
_ALWAYS = frozenset({"IpPermissionsEgress", "Protocol"})
"""Members that are always there, though declarations know what to do without them."""
_NEVER = frozenset(
    {"Dimensions", "dimensions", "emitSystemFieldDimensions", "fieldSelectionCriteria", "imageScanFindingsSummary"}
)
"""Members that are not there, so that what metric filters count in is what alarms watch, and that scans of images are
asked about."""
_NONE = frozenset({"Groups"})
"""Lists in what is listed that are always there, and empty where everything is off."""
_NOBODY = frozenset({"ListOfAuthorizer", "__listOfAuthorizer"})
"""Lists, by their shapes, that are empty where everything is off, so that what is asked only then is asked."""
_TOKEN = re.compile(
    ".*token|position|(next|new)?(page)?marker|next.*(id|key)|last_?evaluated.*|is_?truncated|has_?more.*|.*continuation.*",
    re.IGNORECASE,
)
_SAYS = {
    True: ("enabled", "enable", "active", "available", "running", "complete", "completed", "success", "required", "on"),
    False: ("disabled", "disable", "inactive", "stopped", "suspended", "unblocked", "optional", "none", "off"),
}
"""Words of enums, the first that there is."""


@dataclass(frozen=True)
class Declared:
    """What declarations say of an operation's reply."""

    absent: Codes = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    """Members that are there whatever the mood: on the way to what is listed, or declared without a default."""
    optional: frozenset[str] = frozenset()
    """Members that may be missing, by their declaration."""
    batch: Batch | None = None
    detail: Call | None = None


class ShapedWorld:
    """An AwsApi. `refused` operations raise; `asked` has by whom each was called: account id and operation."""

    def __init__(self, checks: Iterable[AnyCheck]) -> None:
        self.refused: dict[str, Exception] = {}
        self.asked: set[tuple[str, str]] = set()
        self._declared = declared(checks)
        self._made: dict[tuple[str, str, str], dict[str, Any]] = {}

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        await anyio.lowlevel.checkpoint()
        name = f"{service}:{operation}"
        self.asked.add((account.id, name))
        if name in self.refused:
            raise self.refused[name]
        known = self._declared.get(name, Declared())
        if account.id == OFF.id and known.absent:
            code, words = min(known.absent.items())
            raise error(code, words if isinstance(words, str) else words[0])
        key = (account.id, region, name)
        if key not in self._made:
            self._made[key] = Maker(account, region, known).reply(Operation(service, operation))
        reply = self._made[key]
        if known.detail:
            return named(known.detail, reply, params)
        return echo(known.batch, reply, params) if known.batch else of_parent(reply, params)


def of_parent(reply: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """The reply in which what is listed says whose it is, as it was asked for, also within its own ARN."""

    def told(item: Any) -> Any:
        if not isinstance(item, dict):
            return item
        texts = {name: each for name, each in item.items() if isinstance(each, str)}
        for old, new in [(texts[name], each) for name, each in params.items() if name in texts]:
            texts = {name: each.replace(old, str(new)) for name, each in texts.items()}
        return {**item, **texts}

    return {name: [told(item) for item in part] if isinstance(part, list) else part for name, part in reply.items()}


def declared(checks: Iterable[AnyCheck]) -> Mapping[str, Declared]:
    """By `service:Operation`, what the types that checks read say."""
    found: dict[str, Declared] = {}
    for kind in {kind: None for check in checks for kind in kinds(check)}:
        for source in sources(kind):
            known = found.get(str(source.operation), Declared())
            found[str(source.operation)] = Declared(
                {**known.absent, **getattr(source, "absent", NO_CODES)},
                known.told | set(re.findall(r"\w+", source.result)) | members(kind, lambda each: each.required),
                known.optional | members(kind, lambda each: each.default is None),
                source if isinstance(source, Batch) else known.batch,
                source if isinstance(source, Call) and source is detail_of(kind) else known.detail,
            )
        for operation in operations_of(kind) if isinstance(source_of(kind), Function) else ():
            known = found.get(str(operation), Declared())
            told = known.told | members(kind, lambda each: each.required)
            found[str(operation)] = replace(known, told=told)
    return found


def sources(kind: Any) -> Iterator[Listing | Call | Batch]:
    """That of a type, and that of its details."""
    source = source_of(kind)
    if isinstance(source, Listing | Call | Batch):
        yield source
    if isinstance(source, Listing) and source.detail:
        yield source.detail


def detail_of(kind: Any) -> Call | Batch | None:
    """What tells the rest of each item that is listed."""
    source = source_of(kind)
    return source.detail if isinstance(source, Listing) else None


def kinds(check: AnyCheck) -> Iterator[Any]:
    """Every type that a check reads, directly or not."""
    for parameter in behind(check.function):
        if isinstance(parameter.type, type):
            yield from lineage(parameter.type)


def members(kind: Any, wanted: Callable[[Any], bool]) -> frozenset[str]:
    """The names of a declared type's members that are as wanted, and of those in them."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return frozenset().union(*(members(each, wanted) for each in typing.get_args(kind)))
    fields = [each for each in msgspec.structs.fields(kind) if not each.encode_name.startswith("@")]
    own = {each.encode_name for each in fields if wanted(each)}
    return frozenset(own).union(*(members(each.type, wanted) for each in fields))


def named(detail: Call, reply: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """The reply about the item that was asked for: where it says a parameter's member again, it says the same (the
    `UserPoolId` is the `Id` of a `UserPool`). Raises ClientError where it does not name one.
    """
    if not detail.params.keys() <= params.keys():
        raise error("ValidationException")
    way = detail.result.split(".") if detail.result else []
    part = _at(reply, way)
    thing = way[-1] if way else ""
    again = {part_of: value for name, value in params.items() for part_of in (name, name.removeprefix(thing))}
    told = {**part, **{name: value for name, value in again.items() if name in part}}
    return _with(reply, way, told) if way else told


def echo(batch: Batch, reply: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """The reply with an item for each owner that was asked for, by its key."""
    if set(params) == set(batch.params):
        return reply
    way = batch.result.split(".")
    items = _at(reply, way)
    asked = [each for key, given in params.items() if key not in batch.params for each in _listed(given)]
    told = [{**items[number % len(items)], batch.reply_key: each} for number, each in enumerate(asked)]
    return _with(reply, way, told)


def _at(reply: Any, way: list[str]) -> Any:
    return _at(reply[way[0]], way[1:]) if way else reply


def _with(reply: dict[str, Any], way: list[str], items: Any) -> dict[str, Any]:
    return {**reply, way[0]: _with(reply[way[0]], way[1:], items) if way[1:] else items}


def _listed(given: Any) -> Iterator[str]:
    """The strings in lists."""
    if isinstance(given, list):
        yield from (each for each in given if isinstance(each, str))
    for each in given.values() if isinstance(given, dict) else given if isinstance(given, list) else ():
        yield from _listed(each)


@cache
def output(operation: Operation) -> Shape | None:
    return model(operation).output_shape


def singular(name: str) -> str:
    """What an item of a list is called: `UserDetailList` has users."""
    name = re.sub("(Detail|Metadata)?(List|Set)?$", "", name, count=1)
    return re.sub("ies$", "y", name) if name.endswith("ies") else name.removesuffix("s")


class Maker:
    """Makes replies as an account has them in a region."""

    def __init__(self, account: Account, region: str, known: Declared) -> None:
        self._account = account
        self._region = region
        self._is_on = account.id == ON.id
        self._known = known
        self._service = ""

    def reply(self, operation: Operation) -> dict[str, Any]:
        self._service = operation.service
        shape = output(operation)
        return self._structure(shape, "", 0, 0) if isinstance(shape, StructureShape) else {}

    def _value(self, shape: Shape, name: str, number: int, depth: int) -> Any:
        if isinstance(shape, StructureShape):
            return self._structure(shape, name, number, depth)
        if isinstance(shape, ListShape):
            return self._list(shape, name, number, depth)
        if isinstance(shape, MapShape):
            keys = shape.key.enum or KEYS.get(name) or [self._text(singular(name), number)]
            return {key: self._value(shape.value, key, number, depth + 1) for key in keys}
        return self._scalar(shape, name, number)

    def _structure(self, shape: StructureShape, name: str, number: int, depth: int) -> dict[str, Any]:
        made = {
            each: self._value(member, f"{name}{each}" if each in _BARE else each, number, depth + 1)
            for each, member in shape.members.items()
            if self._is_there(each, member, number, depth)
        }
        return dict(list(made.items())[:1]) if getattr(shape, "is_tagged_union", False) else made

    def _is_there(self, name: str, shape: Shape, number: int, depth: int) -> bool:
        if name in _NEVER or _TOKEN.fullmatch(name):
            return False
        if name in self._known.told or not depth:
            return depth < 2 * _DEEP
        if name in self._known.optional - _ALWAYS and (number or not self._is_on):
            return False
        if self._is_on:
            return depth < _DEEP
        return not isinstance(shape, StructureShape | ListShape | MapShape)

    def _list(self, shape: ListShape, name: str, number: int, depth: int) -> list[Any]:
        """A list in what is listed already, on the way to what is meant, has one item for each of those."""
        if not self._is_on and (shape.name in _NOBODY or (depth > 1 and name in _NONE)):
            return []
        items = _MORE.get(f"{self._service}:{shape.name}", _ITEMS)
        numbers = [number] if depth > 1 and name in self._known.told else range(items)
        return [self._value(shape.member, singular(name), each, depth + 1) for each in numbers]

    def _scalar(self, shape: Shape, name: str, number: int) -> Any:
        known = self._filled(value(name, self._is_on, number, getattr(shape, "enum", ())), number)
        match shape.type_name:
            case "boolean":
                return known if isinstance(known, bool) else self._is_on
            case "timestamp":
                return NOW - datetime.timedelta(days=10) if self._is_on else OLD
            case "integer" | "long" | "float" | "double":
                return known if isinstance(known, int) else self._number(shape)
            case "blob":
                return known if isinstance(known, bytes) else b""
        if shape.enum and known not in shape.enum:
            return self._choice(shape.enum, number)
        return known if isinstance(known, str) else self._text(name, number)

    def _number(self, shape: Shape) -> int:
        lowest, highest = shape.metadata.get("min", 0), shape.metadata.get("max", 1)
        return int(highest if self._is_on else lowest)

    def _choice(self, words: list[str], number: int) -> str:
        """The words that say the mood first, then the others."""
        says = _SAYS[self._is_on]
        rest = words if self._is_on else words[::-1]
        first = sorted((each for each in rest if each.lower() in says), key=lambda each: says.index(each.lower()))
        ordered = [*first, *(each for each in rest if each not in first)]
        return ordered[number % len(ordered)]

    def _text(self, name: str, number: int) -> str:
        """A name, an id or an ARN."""
        lower = name.lower()
        if lower.endswith("arn"):
            thing = lower.removesuffix("arn") or "thing"
            return f"arn:aws:{self._service}:{self._region}:{self._account.id}:{thing}/{thing}-{number}"
        return f"{lower}-{number}"

    def _filled(self, known: Any, number: int) -> Any:
        """With the place and the number."""
        if not isinstance(known, str):
            return known
        place = {
            "account": self._account.id,
            "region": self._region,
            "connections": CONNECTIONS.get(self._region, "codeconnections"),
        }
        for name, said in {**place, "n": str(number)}.items():
            known = known.replace(f"{{{name}}}", said)
        return known
