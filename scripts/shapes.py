"""From botocore's shapes to the fields of declared types."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

import aioprowler
from aioprowler.aws.models import ModelLoader

_WORDS: Final = re.compile(r"[A-Z]+s?(?=[A-Z][a-z]|$)|[A-Z]?[a-z]+\d*|[A-Z]+\d*|\d+")
TAKEN: Final = frozenset(aioprowler.__all__)
"""Names that no class may have which is declared."""
_OWN: Final = frozenset({"account", "identity", "label", "region", "source"})
"""What a declared type calls something of its own."""
_SELECTOR: Final = re.compile(r"\[.*\]$")
_SCALARS: Final = {
    "string": "str",
    "character": "str",
    "integer": "int",
    "long": "int",
    "float": "float",
    "double": "float",
    "boolean": "bool",
    "timestamp": "datetime.datetime",
    "blob": "bytes",
}


@dataclass
class Field:
    """A field of a declared type."""

    name: str
    told: str
    """AWS's spelling."""
    type: str
    is_required: bool = False
    inner: Structure | None = None
    """What a structure within it is declared as."""

    def declared(self, *, is_camel: bool) -> str:
        """A line of the class."""
        spelled = "" if self.told == renamed(self.name, is_camel=is_camel) else f'name="{self.told}"'
        kind = self.type if self.is_required else f"{self.type} | None"
        default = "" if self.is_required else "default=None"
        if not spelled:
            return f"{self.name}: {kind}" + ("" if self.is_required else " = None")
        return f"{self.name}: {kind} = field({', '.join(filter(None, (spelled, default)))})"


@dataclass
class Structure:
    """A class for a structure in a reply."""

    name: str
    fields: list[Field] = field(default_factory=list)

    @property
    def is_camel(self) -> bool:
        """Whether AWS begins its members with small letters."""
        return sum(each.told[:1].islower() for each in self.fields) * 2 > len(self.fields)

    @property
    def rename(self) -> str:
        return "camel" if self.is_camel else "pascal"

    @property
    def lines(self) -> list[str]:
        return [each.declared(is_camel=self.is_camel) for each in self.fields]

    def inner(self) -> Iterator[Structure]:
        """The structures in it, innermost first."""
        for each in self.fields:
            if each.inner:
                yield from each.inner.inner()
                yield each.inner


@cache
def model(service: str, operation: str) -> OperationModel:
    session = botocore.session.get_session()
    session.register_component("data_loader", ModelLoader(None))
    return session.get_service_model(service).operation_model(operation)


def shape_at(shape: Shape | None, path: str) -> Shape | None:
    """What is at a path of a reply; of a list, its members. None where it has no such path."""
    for part in path.removeprefix("@").split(".") if path not in ("", "@") else ():
        members = shape.members if isinstance(shape, StructureShape) else {}
        shape = members.get(_SELECTOR.sub("", part))
        if _SELECTOR.search(part) and isinstance(shape, ListShape):
            shape = shape.member
    return shape.member if isinstance(shape, ListShape) else shape


def is_list(shape: Shape | None, path: str) -> bool:
    """Whether the path of a reply leads to a list."""
    for part in path.removeprefix("@").split("."):
        shape = shape.members.get(part) if isinstance(shape, StructureShape) else None
    return isinstance(shape, ListShape)


def structure(name: str, shape: Shape | None, keys: Sequence[str], taken: frozenset[str] = TAKEN) -> Structure:
    """The keys that the shape has, dots descending into structures, whose classes have none of the names `taken`."""
    made, taken = Structure(name), taken | {name}
    for key in dict.fromkeys(key.split(".")[0] for key in keys):
        rest = [other.split(".", 1)[1] for other in keys if other.startswith(f"{key}.")]
        told, member = _member(shape, key)
        if member is not None:
            made.fields.append(_field(told, member, rest, taken))
    return made


def _member(shape: Shape | None, key: str) -> tuple[str, Shape | None]:
    """The member in AWS's own spelling."""
    if isinstance(shape, MapShape):
        return key, shape.value
    members = shape.members if isinstance(shape, StructureShape) else {}
    told = next((name for name in members if name.lower() == key.removesuffix("[]").lower()), key)
    return told, members.get(told)


def _field(told: str, shape: Shape, keys: Sequence[str], taken: frozenset[str]) -> Field:
    kind, inner = _type(told, shape, keys, taken)
    return Field(snake(told), told, kind, inner=inner)


def _type(told: str, shape: Shape, keys: Sequence[str], taken: frozenset[str]) -> tuple[str, Structure | None]:
    if isinstance(shape, ListShape):
        if is_tags(shape):
            return "tuple[Tag, ...]", None
        kind, inner = _type(singular(told), shape.member, keys, taken)
        return f"tuple[{kind}, ...]", inner
    if isinstance(shape, StructureShape):
        wanted = keys or [name for name, member in shape.members.items() if member.type_name in _SCALARS]
        name = told[:1].upper() + told[1:]
        made = structure(f"{name}Entry" if name in taken else name, shape, wanted, taken)
        return (made.name, made) if made.fields else ("dict[str, Any]", None)
    if isinstance(shape, MapShape):
        return f"dict[str, {_SCALARS.get(shape.value.type_name, 'Any')}]", None
    return _SCALARS[shape.type_name], None


def is_tags(shape: ListShape) -> bool:
    """Whether it is a list of tags as most services spell them."""
    members = shape.member.members if isinstance(shape.member, StructureShape) else {}
    return set(members) == {"Key", "Value"}


def words(name: str) -> list[str]:
    """`KMSMasterKeyIDs` -> KMS, Master, Key, IDs."""
    return _WORDS.findall(name)


def snake(name: str) -> str:
    """As a field spells it."""
    plain = "_".join(words(name)).lower()
    return f"{plain}_" if plain in _OWN or keyword.iskeyword(plain) else plain


def renamed(name: str, *, is_camel: bool) -> str:
    """What msgspec makes of a field's name."""
    first, *others = name.strip("_").split("_")
    return "".join([first if is_camel else first.title(), *(each.title() for each in others)]) + "_" * name.endswith(
        "_"
    )


def singular(name: str) -> str:
    for ending, instead in (
        ("ies", "y"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("ss", "ss"),
        ("us", "us"),
    ):
        if name.endswith(ending):
            return name.removesuffix(ending) + instead
    return name.removesuffix("s")


def nearest(name: str, fields: Iterable[Field]) -> Field | None:
    """The field that a parameter of this name is about: of the same name, or of the name's end."""
    known = {each.told.lower(): each for each in fields}
    ends = [each for told, each in known.items() if name.lower().endswith(told) or told.endswith(name.lower())]
    return known.get(name.lower()) or (ends[0] if ends else None)


def lists_of_texts(shape: Shape | None) -> list[str]:
    """Members that take ids."""
    members = shape.members.items() if isinstance(shape, StructureShape) else ()
    return [n for n, member in members if isinstance(member, ListShape) and member.member.type_name == "string"]
