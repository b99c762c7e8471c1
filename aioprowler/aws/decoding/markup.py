"""XML: libxml2 makes a tree of a reply, of which only what is read is looked at.

A bulky reply is fed to it in blocks, and each item of its list is read and forgotten once the next one has begun.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import getitem
from typing import Any, NamedTuple, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.parsers import ResponseParserError
from lxml import etree

from aioprowler.aws.web import BULKY
from aioprowler.declarations.readings import Reading

Read = Callable[[Any], Any]
"""From an element to its value; of what is flattened, from its elements. Raises ResponseParserError for what only
botocore's parser can tell, and ValueError.
"""
_SETTINGS: Any = {
    "encoding": "utf-8", "resolve_entities": False, "no_network": True, "collect_ids": False,
    "remove_comments": True, "remove_pis": True,
}  # fmt: skip
"""As botocore's parsers have it: in UTF-8 whatever the declaration says, and without comments."""

_BLOCK = 128 * 1024
"""Bytes of a bulky body that are made a piece of the tree."""
_DEEP = 3
"""Levels in which the list of a reply is looked for."""


class _Tags(dict[str, Any]):
    """Tags, which have a namespace before their names, and what is known of the names; None where that is nothing."""

    def __init__(self, names: dict[str, Any]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, tag: Any) -> Any:
        if not isinstance(tag, str):
            raise ResponseParserError("an entity in the place of an element")
        self[tag] = known = self._names.get(tag.rpartition("}")[2])
        return known


class _Member(NamedTuple):
    """What an element of a structure tells."""

    name: str
    read: Read
    is_flattened: bool


class Markup:
    """What makes readers of botocore's shapes."""

    def __init__(self, parser: Any) -> None:
        """`parser`: botocore's, of the protocol."""
        self._parser = parser

    def reader(self, shape: Shape, reading: Reading, above: tuple[str, ...] = ()) -> Read:
        """What reads a value. Numbers, times and blobs are read by botocore's parser, as are unions, attributes, and
        shapes that contain themselves.
        """
        if shape.name not in above:
            above = (*above, shape.name)
            if isinstance(shape, StructureShape) and not shape.is_tagged_union and not _has_attributes(shape):
                return self._structure(shape, reading, above)
            if isinstance(shape, ListShape):
                return _list_reader(self.reader(shape.member, reading, above))
            if isinstance(shape, MapShape):
                return self._map(shape, reading, above)
        if shape.type_name == "string":
            return _text
        if shape.type_name == "boolean":
            return _is_true
        return lambda element: self._parser._parse_shape(shape, element)

    def _structure(self, shape: StructureShape, reading: Reading, above: tuple[str, ...]) -> Read:
        members = {
            self._parser._member_key_name(member, name): _Member(
                name, self.reader(member, read, above), bool(member.serialization.get("flattened"))
            )
            for name, member in shape.members.items()
            if not _is_header(member) and (read := reading.of(name)) is not None
        }
        return _structure_reader(members, is_whole=len(members) == len(shape.members))

    def _map(self, shape: MapShape, reading: Reading, above: tuple[str, ...]) -> Read:
        names = [shape.key.serialization.get("name") or "key", shape.value.serialization.get("name") or "value"]
        parts = [self.reader(each, reading, above) for each in (shape.key, shape.value)]
        entry = _structure_reader(
            {name: _Member(name, read, is_flattened=False) for name, read in zip(names, parts, strict=True)},
            is_whole=True,
        )

        def pair(element: Any) -> list[Any]:
            told = entry(element)
            if len(element) != len(names):
                raise ResponseParserError("an entry of a map is more than a key and a value")
            return [told[name] for name in names]

        return lambda entries: dict(map(pair, entries))


def _has_attributes(shape: StructureShape) -> bool:
    return any(member.serialization.get("xmlAttribute") for member in shape.members.values())


def _is_header(member: Shape) -> bool:
    return member.serialization.get("location") in ("header", "headers", "statusCode")


def _text(element: Any) -> str:
    return element.text or ""


def _is_true(element: Any) -> bool:
    return bool(element.text == "true")


def _list_reader(item: Read) -> Read:
    return lambda elements: [item(each) for each in elements]


def _structure_reader(members: dict[str, _Member], *, is_whole: bool) -> Read:
    """`is_whole`: there are no others, but for what is newer."""
    single = {tag: each for tag, each in members.items() if not each.is_flattened}
    tags = _Tags({tag: (each.name, None if each.read is _text else each.read) for tag, each in single.items()})
    wanted = () if is_whole else tuple(f"{{*}}{tag}" for tag in single)
    flattened = [(f"{{*}}{tag}", each) for tag, each in members.items() if each.is_flattened]

    def read(element: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        number = 0
        for child in element.iterchildren(*wanted):
            known = tags[child.tag]
            if known is not None:
                name, read_it = known
                found[name] = (child.text or "") if read_it is None else read_it(child)
                number += 1
        if len(found) != number:
            raise ResponseParserError("a member is there twice")
        for tag, each in flattened:
            if children := [*element.iterchildren(tag)]:
                found[each.name] = each.read(children)
        return found

    return read


class _List(NamedTuple):
    """The list of a reply, whose items are read while it comes."""

    members: tuple[str, ...]
    """The way to it, by botocore's names."""
    tags: tuple[str, ...]
    """And by the elements' names."""
    item: Read


class XmlBody:
    """Reads bodies whose root, or the element of that name in it, is a structure."""

    def __init__(self, shape: Shape, parser: Any, reading: Reading, wrapper: str) -> None:
        """`parser`: botocore's, of the protocol. `wrapper`: empty where it is the root."""
        markup = Markup(parser)
        self._wrapper = wrapper
        self._read = markup.reader(shape, reading)
        self._list = _first_list(markup, parser, shape, reading, (wrapper,) if wrapper else ())
        self._parser = etree.XMLParser(**_SETTINGS)

    def read(self, body: bytes) -> Any:
        """Raises etree.XMLSyntaxError, and what a Read does."""
        if self._list and len(body) > BULKY:
            return self._read_in_blocks(body, self._list)
        return self._read(self._start(etree.fromstring(body, self._parser)))

    def _read_in_blocks(self, body: bytes, known: _List) -> Any:
        """Likewise, without ever having the whole tree."""
        feed = etree.XMLPullParser(events=("start",), tag=f"{{*}}{known.tags[-1]}", **_SETTINGS)
        items: list[Any] = []
        found: Any = None
        for start in range(0, len(body), _BLOCK):
            feed.feed(body[start : start + _BLOCK])
            if found is None:
                found = next((each for _, each in feed.read_events() if _way(each) == known.tags), None)
            if found is not None:
                items += map(known.item, found[:-1])
                del found[:-1]
        value = self._read(self._start(feed.close()))
        if items:
            *way, last = known.members
            holder = cast("dict[str, Any]", reduce(getitem, way, value))
            holder[last] = items + holder[last]
        return value

    def _start(self, root: Any) -> Any:
        if not self._wrapper:
            return root
        (start,) = root.iterchildren(f"{{*}}{self._wrapper}")
        return start


def _way(element: Any) -> tuple[str, ...]:
    """The names of an element and those that it is in, without the root's."""
    way = [element, *element.iterancestors()][:-1]
    return tuple(each.tag.rpartition("}")[2] for each in reversed(way))


def _first_list(
    markup: Markup, parser: Any, shape: Shape, reading: Reading, tags: tuple[str, ...], members: tuple[str, ...] = ()
) -> _List | None:
    """The first list of structures that is read, of the structure itself or of those in it."""
    if not isinstance(shape, StructureShape) or len(tags) > _DEEP:
        return None
    for name, member in shape.members.items():
        read = None if _is_header(member) else reading.of(name)
        if read is None:
            continue
        below = (*tags, parser._member_key_name(member, name)), (*members, name)
        if isinstance(member, ListShape):
            if isinstance(member.member, StructureShape) and not member.serialization.get("flattened"):
                return _List(below[1], below[0], markup.reader(member.member, read))
        elif found := _first_list(markup, parser, member, read, *below):
            return found
    return None
