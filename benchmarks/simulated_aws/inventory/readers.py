"""Which members of AWS's replies aioprowler's checks read. The rest is ballast, and may be anything."""

from __future__ import annotations

import inspect
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any, get_args

import msgspec

from aioprowler.catalog import installed
from aioprowler.declarations.graph import behind, lineage, operations_of, source_of
from aioprowler.declarations.sources import Function


@cache
def members_read() -> Mapping[str, frozenset[str]]:
    """`service:Operation` -> the names of members that a check may read of its reply, wherever they stand in it.

    These are the fields of the declared types that come of it. What a function reads cannot be seen: it is taken to
    be whatever its module has between quotation marks or declares.
    """
    read: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for kind in dict.fromkeys(_kinds()):
        names = _fields(kind) | _ways(kind)
        for operation in operations_of(kind):
            read[str(operation)] |= names
    return dict(read)


def _kinds() -> Iterator[Any]:
    for check in installed():
        for parameter in behind(check.function):
            if isinstance(parameter.type, type):
                yield from lineage(parameter.type)


def _fields(kind: Any) -> frozenset[str]:
    """As AWS spells them, with those of the structures in them."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return frozenset().union(*map(_fields, get_args(kind)))
    fields = msgspec.structs.fields(kind)
    return frozenset(each.encode_name for each in fields).union(*(_fields(each.type) for each in fields))


def _ways(kind: Any) -> frozenset[str]:
    """The members that lead to what a type is made of."""
    source = source_of(kind)
    if isinstance(source, Function):
        return _mentioned(sys.modules[source.function.__module__])
    parts = (source, getattr(source, "detail", None))
    return frozenset(word for part in parts for word in re.findall(r"\w+", getattr(part, "result", "")))


def _mentioned(module: ModuleType) -> frozenset[str]:
    """Whatever may be the name of a member in a module."""
    own = (each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__)
    return frozenset(re.findall(r'"(\w+)', inspect.getsource(module))).union(*map(_fields, own))
