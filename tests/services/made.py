"""Resources of which a test tells no more than it is about."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from aioprowler import Resource

R = TypeVar("R", bound=Resource)


def made(kind: type[R], **fields: Any) -> R:
    """A resource with these fields. Any other that AWS always sends is missing, and raises where a check reads it."""
    missing = [each.name for each in msgspec.structs.fields(kind) if each.required and each.name not in fields]
    told: dict[str, Any] = {**fields, **dict.fromkeys(missing)}
    resource = kind(**told)
    for name in missing:
        getattr(kind, name).__delete__(resource)
    return resource
