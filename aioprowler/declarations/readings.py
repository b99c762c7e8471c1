"""Which members of AWS's replies are read, by what the declarations say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import jmespath
import msgspec
from msgspec import Struct

from aioprowler.declarations.account import Account

_LISTS = (tuple, list, set, frozenset)


class Reading:
    """What is read of a structure: the members, by AWS's names, with what is read of each. Lists and maps are looked
    through: it is what is read of each item. WHOLE stands for all that there is.

    Equal readings need not be one, but each is made once, and decoders are known by it.
    """

    __slots__ = ("kind", "members")

    def __init__(self, members: Mapping[str, Reading] | None, kind: Any = None) -> None:
        """`members`: None for WHOLE. `kind`: the type which alone is made of it, if whoever reads it can have that in
        the structure's place.
        """
        self.members = members
        self.kind = kind

    def of(self, name: str) -> Reading | None:
        """What is read of a member; None where it is not."""
        return WHOLE if self.members is None else self.members.get(name)

    def __or__(self, other: Reading) -> Reading:
        """What either of the two reads."""
        if self.members is None or other.members is None:
            return WHOLE
        both = {name: self.members[name] | reading for name, reading in other.members.items() if name in self.members}
        return Reading({**self.members, **other.members, **both})

    def __repr__(self) -> str:
        return "WHOLE" if self.members is None else f"Reading({dict(self.members)})"


WHOLE = Reading(None)
NOTHING = Reading({})


@cache
def reading_of(kind: Any) -> Reading:
    """What a type reads of the structure that it is made of: its fields, and those of the types in them."""
    return _fields(kind, ())


def _fields(kind: Any, above: tuple[Any, ...]) -> Reading:
    if kind in above:  # a type that contains itself
        return WHOLE
    members = {
        field.encode_name: _value(field.type, (*above, kind))
        for field in msgspec.structs.fields(kind)
        if not field.encode_name.startswith("@")
    }
    return Reading(members)


def _value(kind: Any, above: tuple[Any, ...]) -> Reading:
    """What a value of a field's type reads."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _value(arguments[0], above)
    if origin in (Union, UnionType):
        return _either(_value(each, above) for each in arguments if each is not NoneType)
    if origin in _LISTS:
        return _either(_value(each, above) for each in arguments if each is not Ellipsis)
    if origin is dict:
        return _value(arguments[1], above)
    is_plain = isinstance(kind, type) and issubclass(kind, Struct) and kind is not Account
    return _fields(kind, above) if is_plain and kind.__struct_config__.tag is None else WHOLE


def _either(readings: Iterable[Reading]) -> Reading:
    found = NOTHING
    for each in readings:
        found |= each
    return found


@cache
def at(path: str, reading: Reading = WHOLE) -> Reading:
    """What is read of a reply of which the part at a JMESPath is."""
    return _under(jmespath.compile(path).parsed, reading) if path else reading


def _under(node: Any, reading: Reading) -> Reading:
    """Likewise, for a piece of a parsed path."""
    kind, children = node["type"], node["children"]
    match kind:
        case "identity" | "current" | "index" | "slice":
            return reading
        case "field":
            return Reading({node["value"]: reading})
        case "subexpression" | "index_expression" | "projection" | "value_projection":
            return _under(children[0], _under(children[1], reading))
        case "flatten":
            return _under(children[0], reading)
        case "filter_projection":
            return _under(children[0], _under(children[1], reading) | _under(children[2], WHOLE))
        case "literal":
            return NOTHING
        case "comparator" | "or_expression" | "and_expression" | "not_expression":
            return _either(_under(each, WHOLE) for each in children)
        case "multi_select_list":
            return _either(_under(each, reading) for each in children)
    return WHOLE
