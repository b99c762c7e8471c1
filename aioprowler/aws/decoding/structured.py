"""JSON and CBOR: msgspec skips what is not read, and makes of the rest what botocore's parsers make of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypedDict

import msgspec
from botocore.model import ListShape, MapShape, Shape, StructureShape

from aioprowler.declarations.readings import Reading

Finish = Callable[[Any], Any]


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

    def __init__(self, parser: Any, protocol: str) -> None:
        """`parser`: botocore's, of the protocol."""
        self._parser = parser
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
            if not (shape.is_tagged_union or shape.is_document_type or shape.name in above):
                return self._structure(shape, reading, (*above, shape.name))
        elif isinstance(shape, ListShape) and shape.name not in above:
            return self._list(self.part(shape.member, reading, (*above, shape.name)))
        elif isinstance(shape, MapShape) and shape.name not in above:
            return self._map(self.part(shape.value, reading, (*above, shape.name)))
        elif shape.type_name in self._scalars and not shape.serialization.get("jsonvalue"):
            return Part(self._scalars[shape.type_name])
        read = staticmethod(partial(self._parser._parse_shape, shape))
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
        finish = item.finish and partial(_finish_list, item.finish)
        return Part(list[item.kind | None], finish, item.is_renamed)  # type: ignore[name-defined]

    @staticmethod
    def _map(value: Part) -> Part:
        finish = value.finish and partial(_finish_map, value.finish)
        return Part(dict[str, value.kind | None], finish, value.is_renamed)  # type: ignore[name-defined]


def _finish_structure(names: dict[str, tuple[str, Finish | None]], value: dict[str, Any]) -> dict[str, Any]:
    finished = {}
    for wire, told in value.items():
        if told is not None:
            name, finish = names[wire]
            finished[name] = finish(told) if finish else told
    return finished


def _finish_list(finish: Finish, value: list[Any]) -> list[Any]:
    return [each if each is None else finish(each) for each in value]


def _finish_map(finish: Finish, value: dict[str, Any]) -> dict[str, Any]:
    return {key: each if each is None else finish(each) for key, each in value.items()}


def read_as_is(kind: Any, value: Any) -> Any:
    """msgspec's hook for the kinds that botocore's parser reads."""
    return kind.read(value)


def json_reader(part: Part) -> Callable[[bytes], Any]:
    """What reads a body. Raises msgspec.MsgspecError and what botocore's parser raises."""
    decode = msgspec.json.Decoder(part.kind, dec_hook=read_as_is).decode
    finish = part.finish
    if finish is None:
        return decode

    def read(body: bytes) -> Any:
        value = decode(body)
        return finish(value) if part.is_renamed or b"null" in body else value

    return read


def cbor_reader(part: Part) -> Callable[[bytes], Any]:
    """Likewise. Raises CBORDecodeError besides."""
    from cbor2 import loads

    finish = part.finish or (lambda value: value)
    return lambda body: finish(msgspec.convert(loads(body), part.kind, dec_hook=read_as_is))
