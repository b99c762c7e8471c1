"""Which of what AWS lists is judged: what is alive, the account's own, and at home where it is listed."""

from __future__ import annotations

from functools import cache
from typing import Any

from aioprowler.declarations.graph import source_of
from aioprowler.declarations.resources import Resource
from aioprowler.declarations.sources import Listing


def is_over(resource: Resource) -> bool:
    """Whether it is no more, although AWS goes on listing it."""
    states = _states(type(resource))
    return states is not None and text(resource, states.attribute) in states.over


def is_judged(resource: Resource) -> bool:
    """Whether it is the account's own, lives where it was listed, and is there already: of anything else nothing is
    asked and nothing said.
    """
    owner, home = resource.identity.owner, resource.identity.home
    if owner and (text(resource, owner) or resource.account.id) != resource.account.id:
        return False
    if home and (text(resource, home) or resource.region) != resource.region:
        return False
    states = _states(type(resource))
    return states is None or text(resource, states.attribute) not in states.not_yet


def text(resource: Resource, attribute: str) -> str:
    """An attribute; empty where AWS left it out, or where what AWS said is too much for a property."""
    try:
        found = getattr(resource, attribute)
    except Exception:  # noqa: BLE001 - a property of the declaration
        return ""
    if type(found) is str:
        return found
    return "" if found is None else str(found)


@cache
def _states(kind: type[Resource]) -> Any:
    source = source_of(kind)
    return source.states if isinstance(source, Listing) else None
