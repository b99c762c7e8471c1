"""Reprs that tell no secrets, for structures end up in logs, tracebacks and debuggers.

Dataclasses leave a field out with `field(repr=False)`; msgspec's structures have no such thing.
"""

from __future__ import annotations

from msgspec import Struct, structs


def without(struct: Struct, *secret: str) -> str:
    """What msgspec shows of a structure, with dots in the place of these fields where they have a value."""
    fields = structs.asdict(struct).items()
    told = (f"{name}={'...' if name in secret and value else repr(value)}" for name, value in fields)
    return f"{type(struct).__name__}({', '.join(told)})"
