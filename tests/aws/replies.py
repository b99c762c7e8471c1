"""Replies of any operation, made from botocore's model of it and written as its protocol has them.

https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple
from xml.sax.saxutils import escape, quoteattr

import cbor2
from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape

Kind = Literal["full", "more", "half", "empty", "newer"]
KINDS: tuple[Kind, ...] = ("full", "more", "half", "empty", "newer")
"""All members; lists and maps of several; every other member; none; members and enum values that nobody knows yet."""
_NAMESPACE = "http://example.com/doc/2026-01-01/"
_TIME = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
_TEXTS = ("plain", "")
_POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"a <b> & \u00e9\u4e2d","Effect":"Allow","Action":"*","Resource":"*"}]}'
)
_NEWER = "NewerThanAll"


class Written(NamedTuple):
    headers: dict[str, str]
    body: bytes


def value(shape: Shape, kind: Kind, above: tuple[str, ...] = ()) -> Any:
    """What a reply may tell; None where it would contain itself."""
    if above.count(shape.name) > 1:
        return None
    within = (*above, shape.name)
    if isinstance(shape, StructureShape):
        return _structure(shape, kind, within)
    if isinstance(shape, ListShape):
        items = [value(shape.member, kind, within)] * (3 if kind == "more" else 1)
        return [each for each in items if each is not None]
    if isinstance(shape, MapShape):
        told = value(shape.value, kind, within)
        keys = [*(f"key {number}" for number in range(3 if kind == "more" else 1))]
        return {} if told is None else dict.fromkeys(shape.key.enum or keys, told)
    if isinstance(shape, StringShape):
        known = shape.enum or (_TEXTS if kind == "full" else [_POLICY])
        return _NEWER if kind == "newer" else known[len(shape.name) % len(known)]
    return {
        "boolean": len(shape.name) % 2 == 0,
        "timestamp": _TIME + datetime.timedelta(milliseconds=500 if kind == "more" else 0),
        "blob": b"\x00\xff bytes",
        "float": 0.25,
        "double": -1.5,
    }.get(shape.type_name, 5_000_000_000 + len(shape.name))


def _structure(shape: StructureShape, kind: Kind, within: tuple[str, ...]) -> Any:
    if shape.is_document_type:
        return {"any": ["thing", 1, None]}
    names = list(shape.members)
    if shape.is_tagged_union:
        names = names[:1]
    elif kind == "half":
        names = names[::2]
    elif kind == "empty":
        names = []
    told = {name: value(shape.members[name], kind, within) for name in names}
    return {name: each for name, each in told.items() if each is not None}


def write(model: OperationModel, protocol: str, told: Mapping[str, Any], kind: Kind) -> Written:
    """A reply that tells this."""
    output = model.output_shape
    assert isinstance(output, StructureShape)
    headers = {n: h for name, each in told.items() for n, h in _headers(output.members[name], name, each)}
    payload = output.serialization.get("payload")
    body_shape: Shape = output.members[payload] if payload else output
    unlocated = {name: each for name, each in told.items() if not _is_located(output.members[name])}
    body: Any = told.get(payload, {}) if payload else unlocated
    if body_shape.type_name in ("string", "blob"):
        body = body or "text"
        return Written(headers, body if isinstance(body, bytes) else body.encode())
    if protocol == "smithy-rpc-v2-cbor":
        return Written(headers, cbor2.dumps(_cbor(body_shape, body, kind)))
    if "json" in protocol:
        return Written(headers, json.dumps(_json(body_shape, body, kind)).encode())
    return Written(headers, _document(model, protocol, body_shape, body, kind).encode())


def _is_located(shape: Shape) -> bool:
    return shape.serialization.get("location") in ("header", "headers", "statusCode")


def _headers(shape: Shape, name: str, told: Any) -> Iterator[tuple[str, str]]:
    match shape.serialization.get("location"):
        case "headers":
            for key, each in told.items():
                yield shape.serialization.get("name", "") + key.replace(" ", "-"), each
        case "header":
            text = told.strftime("%a, %d %b %Y %H:%M:%S GMT") if isinstance(told, datetime.datetime) else _text(told)
            yield shape.serialization.get("name", name), text.encode("ascii", "ignore").decode()


def _text(told: Any) -> str:
    match told:
        case bool():
            return "true" if told else "false"
        case datetime.datetime():
            return f"{told:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
        case bytes():
            return base64.b64encode(told).decode()
        case list():
            return ", ".join(map(_text, told))
    return str(told)


# ---------------------------------------------------------------- structured
def _json(shape: Shape, told: Any, kind: Kind) -> Any:
    if isinstance(told, datetime.datetime):
        return _text(told) if shape.serialization.get("timestampFormat") == "iso8601" else told.timestamp()
    return _text(told) if isinstance(told, bytes) else _nested(shape, told, kind, _json)


def _cbor(shape: Shape, told: Any, kind: Kind) -> Any:
    if isinstance(told, datetime.datetime):
        return cbor2.CBORTag(1, told.timestamp())
    return _nested(shape, told, kind, _cbor)


def _nested(shape: Shape, told: Any, kind: Kind, write_one: Any) -> Any:
    if isinstance(shape, StructureShape) and not shape.is_document_type:
        members = shape.members
        made = {members[n].serialization.get("name", n): write_one(members[n], each, kind) for n, each in told.items()}
        if kind == "newer" and not shape.is_tagged_union:
            made |= {_NEWER: {"list": [{"a": "b"}], "null": None}, "__type": "x"}
        if kind == "half":  # AWS may say null of what is not there
            made = {_wire(members[n], n): made.get(_wire(members[n], n)) for n in members} if made else made
        return made
    if isinstance(shape, ListShape):
        return [write_one(shape.member, each, kind) for each in told]
    if isinstance(shape, MapShape):
        return {key: write_one(shape.value, each, kind) for key, each in told.items()}
    return told


def _wire(member: Shape, name: str) -> str:
    found: str = member.serialization.get("name", name)
    return found


# ---------------------------------------------------------------------- XML
def _document(model: OperationModel, protocol: str, shape: Shape, told: Any, kind: Kind) -> str:
    content = _content(shape, told, kind)
    namespace = f' xmlns="{_NAMESPACE}"' if kind != "more" else ""
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- as AWS has it -->'
    if wrapper := shape.serialization.get("resultWrapper"):
        content = f"<{wrapper}>{content}</{wrapper}><ResponseMetadata><RequestId>9f</RequestId></ResponseMetadata>"
    elif protocol == "ec2":
        content = f"<requestId>9f</requestId>{content}"
    root = shape.serialization.get("name") or f"{model.name}Response"
    return f"{declaration}<{root}{namespace}>{content}</{root}>"


def _content(shape: Shape, told: Any, kind: Kind) -> str:
    """What stands within an element."""
    if isinstance(shape, StructureShape):
        content = "".join(
            _member(shape.members[name], name, each, kind)
            for name, each in told.items()
            if not shape.members[name].serialization.get("xmlAttribute")
        )
        newer = kind == "newer" and not shape.is_tagged_union
        return f"{content}<{_NEWER}><item><a>b</a></item></{_NEWER}>" if newer else content
    if isinstance(shape, ListShape):
        name = shape.member.serialization.get("name") or "member"
        return "\n".join(_element(name, shape.member, each, kind) for each in told)
    if isinstance(shape, MapShape):
        return "".join(f"<entry>{_pair(shape, key, each, kind)}</entry>" for key, each in told.items())
    return escape(_text(told))


def _pair(shape: MapShape, key: str, told: Any, kind: Kind) -> str:
    names = shape.key.serialization.get("name") or "key", shape.value.serialization.get("name") or "value"
    return _element(names[0], shape.key, key, kind) + _element(names[1], shape.value, told, kind)


def _member(shape: Shape, name: str, told: Any, kind: Kind) -> str:
    tag = shape.serialization.get("name", name)
    if shape.serialization.get("flattened") and isinstance(shape, ListShape):
        tag = shape.member.serialization.get("name") or tag
        return "".join(_element(tag, shape.member, each, kind) for each in told)
    if shape.serialization.get("flattened") and isinstance(shape, MapShape):
        return "".join(f"<{tag}>{_pair(shape, key, each, kind)}</{tag}>" for key, each in told.items())
    return _element(tag, shape, told, kind)


def _element(tag: str, shape: Shape, told: Any, kind: Kind) -> str:
    return f"<{tag}{_attributes(shape, told)}>{_content(shape, told, kind)}</{tag}>"


def _attributes(shape: Shape, told: Any) -> str:
    if not isinstance(shape, StructureShape):
        return ""
    named = {
        shape.members[name].serialization["name"]: each
        for name, each in told.items()
        if shape.members[name].serialization.get("xmlAttribute")
    }
    spaces = {name.partition(":")[0] for name in named if ":" in name}
    declared = "".join(f' xmlns:{each}="http://www.w3.org/2001/XMLSchema-instance"' for each in sorted(spaces))
    return declared + "".join(f" {name}={quoteattr(each)}" for name, each in named.items())
