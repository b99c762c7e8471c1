"""JSON and CBOR: msgspec skips what is not read, and makes of the rest what botocore's parsers make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple, TypedDict, Union, get_args, get_origin

import msgspec
from botocore.model import ListShape, MapShape, Shape, StructureShape
from msgspec import Struct

from aioprowler.aws.decoding.parsers import timestamp
from aioprowler.declarations.readings import Reading

Finish = Callable[[Any], Any]


CBOR: Final = "smithy-rpc-v2-cbor"
_NATIVE: Final[Mapping[str, type]] = {
    "string": str, "boolean": bool, "integer": int, "long": int, "float": float, "double": float,
}  # fmt: skip


class _AsItIs(type):
    """Of classes whose `read` makes a value that is no instance of theirs, which msgspec is to take all the same."""

    def __instancecheck__(cls, _: object) -> bool:
        return True


class Part(NamedTuple):
    """How values of a shape are read."""

    kind: Any
    """What msgspec is to make of them."""
    finish: Finish | None = None
    """Makes of that the value by botocore's names, without members that are null; None where that changes nothing."""
    is_renamed: bool = False
    """Whether names on the wire are others than botocore's."""


class Structured:
    """What makes msgspec types of botocore's shapes."""

    def __init__(self, parser: Any, protocol: str, *, at_once: bool) -> None:
        """`parser`: botocore's, of the protocol. `at_once`: a type which is to be made of a structure takes its place
        where it fits, unless null comes where the type has another value for what is not there: that it refuses.
        """
        self._parser = parser
        self._at_once = at_once
        self._special = {} if protocol == CBOR else {"timestamp": timestamp}
        """Likewise, what botocore's parser would come to after a while."""
        number = int if protocol == "rest-json" else int | float  # where botocore passes on whatever number it is
        fraction = float if protocol == "rest-json" else int | float
        self._scalars: dict[str, Any] = {
            **dict.fromkeys(("string", "character"), str),
            **dict.fromkeys(("integer", "long"), number),
            **dict.fromkeys(("float", "double"), fraction),
            "boolean": bool,
        }

    def part(self, shape: Shape, reading: Reading, above: tuple[str, ...] = ()) -> Part:
        """How a value is read. What is more than text, a number or a collection of such, botocore's parser reads:
        timestamps, blobs, unions, documents, and shapes that contain themselves.
        """
        if isinstance(shape, StructureShape):
            if self._at_once and reading.kind is not None and _fits(reading.kind, shape):
                return Part(reading.kind)
            if not (shape.is_tagged_union or shape.is_document_type or shape.name in above):
                return self._structure(shape, reading, (*above, shape.name))
        elif isinstance(shape, ListShape) and shape.name not in above:
            return self._list(self.part(shape.member, reading, (*above, shape.name)))
        elif isinstance(shape, MapShape) and shape.name not in above:
            return self._map(self.part(shape.value, reading, (*above, shape.name)))
        elif shape.type_name in self._scalars and not shape.serialization.get("jsonvalue"):
            return Part(self._scalars[shape.type_name])
        read = staticmethod(self._special.get(shape.type_name) or partial(self._parser._parse_shape, shape))
        return Part(_AsItIs(shape.name, (), {"read": read}))

    def _structure(self, shape: StructureShape, reading: Reading, above: tuple[str, ...]) -> Part:
        names: dict[str, tuple[str, Finish | None]] = {}
        kinds: dict[str, Any] = {}
        is_renamed = False
        for name, member in shape.members.items():
            read = reading.of(name)
            if read is None:
                continue
            wire = member.serialization.get("name", name)
            part = self.part(member, read, above)
            kinds[wire], names[wire] = part.kind | None, (name, part.finish)
            is_renamed |= wire != name or part.is_renamed
        kind = TypedDict(shape.name, kinds, total=False)  # type: ignore[misc]
        return Part(kind, partial(_finish_structure, names), is_renamed)

    @staticmethod
    def _list(item: Part) -> Part:
        """Null as an item, of this or of a map, is refused: each of botocore's parsers makes something else of it."""
        finish = item.finish and partial(_finish_list, item.finish)
        return Part(list[item.kind], finish, item.is_renamed)  # type: ignore[name-defined]

    @staticmethod
    def _map(value: Part) -> Part:
        finish = value.finish and partial(_finish_map, value.finish)
        return Part(dict[str, value.kind], finish, value.is_renamed)  # type: ignore[name-defined]


def _fits(kind: Any, shape: Shape, above: tuple[Any, ...] = ()) -> bool:
    """Whether msgspec makes the same of a value on the wire as of botocore's: its type has the names of the wire, and
    is made of text, numbers and collections of such alone.
    """
    arguments = [each for each in get_args(kind) if each not in (NoneType, Ellipsis)]
    if get_origin(kind) in (Union, UnionType):
        return all(_fits(each, shape, above) for each in arguments)
    if isinstance(shape, StructureShape):
        is_plain = isinstance(kind, type) and issubclass(kind, Struct) and kind.__struct_config__.tag is None
        if not is_plain or kind in above or shape.is_tagged_union or shape.is_document_type:
            return False
        members = {name: each for name, each in shape.members.items() if each.serialization.get("name", name) == name}
        fields = [each for each in msgspec.structs.fields(kind) if not each.encode_name.startswith("@")]
        return all(
            each.encode_name in members and _fits(each.type, members[each.encode_name], (*above, kind))
            for each in fields
        )
    if isinstance(shape, ListShape):
        return bool(arguments) and all(_fits(each, shape.member, above) for each in arguments)
    if isinstance(shape, MapShape):
        return get_origin(kind) is dict and arguments[0] is str and _fits(arguments[1], shape.value, above)
    return kind is _NATIVE.get(shape.type_name)


def _finish_structure(names: dict[str, tuple[str, Finish | None]], value: dict[str, Any]) -> dict[str, Any]:
    finished = {}
    for wire, told in value.items():
        if told is not None:
            name, finish = names[wire]
            finished[name] = finish(told) if finish else told
    return finished


def _finish_list(finish: Finish, value: list[Any]) -> list[Any]:
    return [finish(each) for each in value]


def _finish_map(finish: Finish, value: dict[str, Any]) -> dict[str, Any]:
    return {key: finish(each) for key, each in value.items()}


def read_as_is(kind: Any, value: Any) -> Any:
    """msgspec's hook for the kinds that botocore's parser reads."""
    return kind.read(value)


def json_reader(part: Part) -> Callable[[bytes], Any]:
    """What reads a body. Raises msgspec.MsgspecError, what botocore's parser raises, and UnicodeDecodeError: msgspec
    alone would skip a name that is damaged, as one that is not read.
    """
    decode = msgspec.json.Decoder(part.kind, dec_hook=read_as_is).decode
    finish = part.finish

    def read(body: bytes) -> Any:
        if not body.isascii():
            body.decode()
        value = decode(body)
        return finish(value) if finish and (part.is_renamed or b"null" in body) else value

    return read


def cbor_reader(part: Part) -> Callable[[bytes], Any]:
    """Likewise. Raises CBORDecodeError besides."""
    from cbor2 import loads

    finish = part.finish or (lambda value: value)
    return lambda body: finish(msgspec.convert(loads(body), part.kind, dec_hook=read_as_is))
