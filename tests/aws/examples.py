"""Parameters for any operation, made from botocore's model of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape

HOSTILE = "a+b/c=d  e~f*g?h&i%2Fé\u4e2d'\"<>()"
"""Text that every layer of encoding treats in its own way, as page tokens and tags may be."""
NAMED: Mapping[str, Mapping[str, Any]] = {
    "AccountId": {"plain": "123456789012", "other": "210987654321", "hostile": "000000000001"},
    "Bucket": {"plain": "reports", "other": "audit-logs-2026", "hostile": "amazonaws"},
    "HostedZoneId": {"plain": "Z1", "other": "/hostedzone/Z2", "hostile": "/hostedzone/Z3"},
    "Key": {"plain": "readme.txt", "other": "2026/01/02//report (1).csv", "hostile": f"../{HOSTILE}"},
    "Name": {"plain": "first", "other": "second", "hostile": "third-name"},
    "RoleArn": dict.fromkeys(("plain", "other", "hostile"), "arn:aws:iam::123456789012:role/audit"),
    "StreamARN": dict.fromkeys(("plain", "other", "hostile")),
    "TokenCode": dict.fromkeys(("plain", "other", "hostile"), "123456"),
}
"""Members whose values are held to a form by more than the model, and None of what is left out because its form is
another in each partition; the others are made up."""
BYTES = b"\x00\xff bytes"
TIME = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def parameters(model: OperationModel, kind: str, *, optional: bool) -> dict[str, Any]:
    """`kind`: `plain`, `other` (different values, in lists two of them) or `hostile`."""
    return _structure(model.input_shape, kind, optional, ()) if model.input_shape else {}


def _structure(shape: StructureShape, kind: str, optional: bool, above: tuple[str, ...]) -> dict[str, Any]:
    names = list(shape.members) if optional else shape.required_members
    if shape.is_tagged_union:
        names = list(shape.members)[:1]
    found = {name: _value(shape.members[name], kind, optional, (*above, shape.name), name) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _value(shape: Shape, kind: str, optional: bool, above: tuple[str, ...], name: str) -> Any:
    if shape.name in above:
        return None
    if name in NAMED:
        return NAMED[name][kind]
    if isinstance(shape, StructureShape):
        return _structure(shape, kind, optional, above)
    if isinstance(shape, ListShape):
        item = _value(shape.member, kind, optional, (*above, shape.name), "")
        return None if item is None else [item] * (1 if kind == "plain" else 2)
    if isinstance(shape, MapShape):
        return {_value(shape.key, kind, optional, above, ""): _value(shape.value, kind, optional, above, "")}
    return _scalar(shape, kind)


def _scalar(shape: Shape, kind: str) -> Any:
    if isinstance(shape, StringShape):
        return _text(shape, kind)
    least = int(shape.metadata.get("min", 1))
    return {
        "boolean": kind != "other",
        "integer": least if kind == "plain" else least + 1,
        "long": least + 2,
        "timestamp": TIME,
        "blob": BYTES,
    }.get(shape.type_name, 1.5)


def _text(shape: StringShape, kind: str) -> str:
    if shape.enum:
        return str(shape.enum[0 if kind == "plain" else -1])
    text = HOSTILE if kind == "hostile" else f"{kind}-value"
    least = int(shape.metadata.get("min", 0))
    return text + "x" * (least - len(text))
