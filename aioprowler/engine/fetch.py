"""From a declared source to typed values: parameters bound, replies cut and converted."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

import jmespath
import msgspec
from msgspec import Struct

from aioprowler.declarations.account import Account
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.graph import source_of
from aioprowler.declarations.readings import WHOLE, Reading, at, reading_of
from aioprowler.declarations.resources import Resource, arn_template, needed, place_names, spelling
from aioprowler.declarations.sources import PARENT, Batch, Call, Constant, Listing


class Unreadable(Struct, frozen=True):
    """Something listed that cannot be judged."""

    id: str
    failure: Failure
    arn: str = ""
    """Empty where nobody knows it."""


def bind(params: Mapping[str, Any], owner: Any, parent: Any = None) -> dict[str, Any]:
    """The parameters of a call about `owner`; those whose attribute is None are left out."""
    if not params:
        return {}
    bound = {key: _bound(value, owner, parent) for key, value in params.items()}
    return {key: value for key, value in bound.items() if value is not None}


def _bound(value: Any, owner: Any, parent: Any) -> Any:
    if isinstance(value, Constant):
        return value.value
    if not isinstance(value, str):
        return value
    return _attribute(value[len(PARENT) :])(parent) if value.startswith(PARENT) else _attribute(value)(owner)


_attribute = cache(attrgetter)


class Item:
    """An item of a list whose resource is not made yet, with its fields by the names that declarations use."""

    def __init__(self, kind: type[Resource], content: Mapping[str, Any]) -> None:
        self.content = content
        self._spelled = spelling(kind)

    def __getattr__(self, name: str) -> Any:
        return self.content.get(self._spelled[name])


@cache
def reading(kind: Any, *, is_detail: bool = False) -> Reading:
    """What a type reads of the replies of its source, or of its detail: all that is looked up in `cut` and what is made
    of that.
    """
    source = source_of(kind)
    if is_detail:
        assert isinstance(source, Listing)
        source = source.detail
    assert isinstance(source, Listing | Call | Batch)
    if isinstance(source, Batch):
        told = at(source.result, reading_of(kind) | Reading({source.reply_key: WHOLE}))
        return told | at(source.unanswered) if source.unanswered else told
    if isinstance(source, Listing) and source.item:
        return at(source.result)
    told = reading_of(kind)
    is_made_at_once = source.result and not (
        is_detail or (source.detail or source.newest if isinstance(source, Listing) else source.pages)
    )
    return at(source.result, Reading(told.members, kind) if is_made_at_once else told)


@cache
def _compiled(path: str) -> Any:
    return jmespath.compile(path)


def cut(reply: Mapping[str, Any], path: str) -> Any:
    """The part of a reply at a JMESPath; a bare name takes the short way."""
    if not path:
        return reply
    return reply.get(path) if path.isidentifier() else _compiled(path).search(reply)


def joined(pages: Iterable[Any]) -> Any:
    """The pages of one structure as one: lists one after the other, maps together, of anything else the first."""
    whole: Any = None
    for page in pages:
        whole = page if whole is None else _join(whole, page)
    return whole


def _join(first: Any, more: Any) -> Any:
    if first is None:
        return more
    if isinstance(first, list) and isinstance(more, list):
        return first + more
    if isinstance(first, Mapping) and isinstance(more, Mapping):
        return {**first, **{key: _join(first[key], value) if key in first else value for key, value in more.items()}}
    return first


def converted(kind: Any, content: Any) -> Any:
    """Raises msgspec.ValidationError. A field whose class has a `decode` (such as Policy) is what that makes of AWS's
    value; what it refuses with a ValueError does not fit.
    """
    return msgspec.convert(content, kind, dec_hook=_decoded)


def _decoded(kind: Any, value: Any) -> Any:
    if isinstance(value, kind):
        return value
    if issubclass(kind, datetime.date):  # of a test that freezes the clock, in the place of the real one
        return msgspec.convert(value, next(each for each in kind.__mro__ if each.__module__ == "datetime"))
    try:
        return kind.decode(value)
    except msgspec.DecodeError as error:  # which msgspec takes for its own, and lets through
        raise ValueError(str(error)) from error
    except ValueError:
        raise
    except Exception as error:  # a class that a declaration brings: the field does not fit
        raise ValueError(f"{kind.__name__}: {type(error).__name__}: {error}") from error


def to_facet(kind: Any, part: Any, action: str) -> Any:
    """The facet, or the Failure that names the field which does not fit."""
    if type(part) is kind:
        return part
    try:
        return converted(kind, {} if part is None else part)
    except msgspec.ValidationError as error:
        return Failure("broken", action, "ValidationError", f"{kind.__name__}: {error}")


def to_resource(kind: type[Resource], item: Any, account: Account, region: str, action: str) -> Any:
    """The resource, or an Unreadable with the best name that the item offers."""
    if type(item) is kind:
        msgspec.structs.force_setattr(item, "account", account)  # nobody else knows it yet
        msgspec.structs.force_setattr(item, "region", region)
        return item
    try:
        return _resource(kind, {**item, "@account": account, "@region": region})
    except (msgspec.ValidationError, TypeError) as error:
        failure = Failure("broken", action, "ValidationError", f"{kind.__name__}: {error}")
        return unreadable(kind, item, account, region, failure)


def to_resources(kind: type[Resource], items: list[Any], account: Account, region: str, action: str) -> list[Any]:
    """The same of each item, in one go where all of them fit."""
    try:
        made = items if items and type(items[0]) is kind else converted(list[kind], items)  # type: ignore[valid-type]
    except (msgspec.ValidationError, TypeError):
        made = items
    return [to_resource(kind, each, account, region, action) for each in made]


def _resource(kind: type[Resource], content: Mapping[str, Any]) -> Any:
    """Where AWS left out a field without a default, all the others are there."""
    try:
        return converted(kind, content)
    except msgspec.ValidationError:
        fields = msgspec.structs.fields(kind)
        missing = [each.name for each in fields if each.required and each.encode_name not in content]
        if not missing or needed(kind).intersection(missing):
            raise
    told: dict[str, Any] = dict.fromkeys(missing)
    for each in fields:
        if each.encode_name in content:
            told[each.name] = converted(each.type, content[each.encode_name])
    made = kind(**told)
    for name in missing:
        getattr(kind, name).__delete__(made)
    return made


def unreadable(kind: type[Resource], item: Any, account: Account, region: str, failure: Failure) -> Unreadable:
    """An item that cannot be made a resource, as far as it tells who it is."""
    content = item if isinstance(item, Mapping) else {}
    told = {field: content.get(name) for field, name in spelling(kind).items()}
    known = {field: value for field, value in told.items() if isinstance(value, str)}
    place = place_names(account, region) | {"account_id": known.get(kind.identity.owner) or account.id}
    arn = known.get("arn") or _arn(kind, known | place)
    return Unreadable(known.get(kind.identity.id) or arn or f"unreadable {kind.__name__}", failure, arn)


def _arn(kind: type[Resource], known: Mapping[str, str]) -> str:
    try:
        return arn_template(kind).format_map(known)
    except (LookupError, ValueError):
        return ""
