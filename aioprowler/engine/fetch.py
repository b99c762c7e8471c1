"""From a declared source to typed values: parameters bound, replies cut and converted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from operator import attrgetter
from typing import Any

import jmespath
import msgspec
from msgspec import Struct

from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.resources import Resource
from aioprowler.declarations.sources import Constant


class Unreadable(Struct, frozen=True):
    """An item of a listing that does not fit its declared type."""

    id: str
    failure: Failure


def bind(params: Mapping[str, Any], owner: Any) -> dict[str, Any]:
    """The parameters of a call about `owner`; those whose attribute is None are left out."""
    if not params:
        return {}
    bound = {key: _bound(value, owner) for key, value in params.items()}
    return {key: value for key, value in bound.items() if value is not None}


def _bound(value: Any, owner: Any) -> Any:
    if isinstance(value, Constant):
        return value.value
    return _attribute(value)(owner) if isinstance(value, str) else value


_attribute = cache(attrgetter)


@cache
def _compiled(path: str) -> Any:
    return jmespath.compile(path)


def cut(reply: Mapping[str, Any], path: str) -> Any:
    """The part of a reply at a JMESPath; a bare name takes the short way."""
    if not path:
        return reply
    return reply.get(path) if path.isidentifier() else _compiled(path).search(reply)


def to_facet(kind: Any, part: Any, action: str) -> Any:
    """The facet, or the Failure that names the field which does not fit."""
    try:
        return msgspec.convert({} if part is None else part, kind)
    except msgspec.ValidationError as error:
        return Failure("broken", action, "ValidationError", f"{kind.__name__}: {error}")


def to_resource(kind: type[Resource], item: Any, account: Account, region: str, action: str) -> Any:
    """The resource, or an Unreadable with the best name that the item offers."""
    try:
        return msgspec.convert({**item, "@account": account, "@region": region}, kind)
    except (msgspec.ValidationError, TypeError) as error:
        failure = Failure("broken", action, "ValidationError", f"{kind.__name__}: {error}")
        return Unreadable(_best_name(kind, item), failure)


def _best_name(kind: type[Resource], item: Any) -> str:
    spelled = dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
    names = [item.get(spelled.get(field)) for field in (kind.identity.id, "arn")] if isinstance(item, Mapping) else []
    return next((name for name in names if isinstance(name, str)), f"unreadable {kind.__name__}")
