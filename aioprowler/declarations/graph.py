"""How declared things hang together: what a type is listed of, what a value reads, whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Literal

from aioprowler.declarations.account import Account, Region
from aioprowler.declarations.parameters import LISTED, Parameter, derivation, facet_owner, parameters
from aioprowler.declarations.resources import Facet
from aioprowler.declarations.sources import Codes, Function, Listing, Operation, Source
from aioprowler.facts import services

Scope = Literal["account", "region", "subject"]


@cache
def is_global(kind: Any) -> bool:
    """Listed once for the whole account."""
    source = source_of(lineage(kind)[-1])
    if isinstance(source, Function):
        return bool(source.operations) and all(services.is_global(each.service) for each in source.operations)
    if not isinstance(source, Listing):
        return False
    return source.region is not None or bool(source.at) or services.is_global(source.operation.service)


@cache
def is_homeless(kind: Any) -> bool:
    """Listed once for the whole account, in no region of its own: it is told of in the account's default region, and
    so is what could not be listed of a type whose resources have regions.
    """
    return is_global(kind) and not getattr(source_of(lineage(kind)[-1]), "at", None)


@cache
def has_regions(kind: Any) -> bool:
    """Whether each of the resources has a region of its own, wherever it is listed."""
    return not is_homeless(kind) or getattr(source_of(lineage(kind)[-1]), "region", None) is not None


def brings_tags(kind: Any) -> bool:
    """Whether the listing of such resources brings all of their tags."""
    return "tags" in kind.__struct_fields__


def source_of(kind: Any) -> Source | None:
    """Where a type's data comes from; None for one that is made of others, and for an abstract one."""
    return getattr(kind, "source", None)


def operations_of(kind: Any) -> tuple[Operation, ...]:
    """What is asked of AWS for a type itself."""
    source = source_of(kind)
    return source.operations if source is not None else ()


@cache
def gone(kind: Any) -> Codes:
    """Error codes by which AWS says that such a thing, or the one that it belongs to, is no more."""
    found: dict[str, str] = {}
    for each in reversed(lineage(kind)):
        found |= each.identity.gone
    return found


def listed_of(kind: Any) -> Any:
    """The type that it is a child of."""
    return getattr(source_of(kind), "of", None)


@cache
def lineage(kind: Any) -> tuple[Any, ...]:
    """The type and its parents, nearest first."""
    parent = listed_of(kind)
    return (kind, *lineage(parent)) if parent else (kind,)


@cache
def reads(kind: Any) -> tuple[Parameter, ...]:
    """What making a facet or derived value takes, besides the facet's owner."""
    derived = derivation(kind)
    if derived:
        return parameters(derived.function)
    source = source_of(kind)
    own = takes(source) if isinstance(source, Function) else ()
    gate = getattr(source, "when", None)
    return (*own, *parameters(gate)) if gate else own


def takes(source: Function) -> tuple[Parameter, ...]:
    """What an `@source` function takes, besides tools."""
    return tuple(parameter for parameter in parameters(source.function) if parameter.kind != "tool")


def maker(kind: Any) -> Callable[..., Any]:
    """The function that a mistake in `reads(kind)` is reported at."""
    derived = derivation(kind)
    source = source_of(kind)
    if derived:
        return derived.function
    return source.function if isinstance(source, Function) else getattr(source, "when", None) or kind


def owners(kind: Any) -> list[Parameter]:
    """Resources that a facet, or the parameters of a derived value, are about."""
    if issubclass(kind, Facet):
        owner = facet_owner(kind)
        return [] if owner in (Account, Region) else [Parameter("", "resource", owner)]
    found: list[Parameter] = []
    for parameter in reads(kind):
        if parameter.kind == "resource":
            found.append(parameter)
        elif parameter.kind in ("facet", "derived"):
            found += owners(parameter.type)
    return found


@cache
def scope(kind: Any) -> Scope:
    """Whether a facet or derived value is the subject's, its region's or its account's."""
    if owners(kind):
        return "subject"
    if issubclass(kind, Facet):
        return "region" if facet_owner(kind) is Region else "account"
    here = any(
        p.kind in ("here", "region") or (p.kind in ("facet", "derived") and scope(p.type) == "region")
        for p in reads(kind)
    )
    return "region" if here else "account"


def behind(function: Callable[..., Any]) -> Iterator[Parameter]:
    """Every parameter that calling the function takes, its own and those of what it is given."""
    todo = list(parameters(function))
    seen: set[Any] = set()
    while todo:
        parameter = todo.pop()
        yield parameter
        kinds = lineage(parameter.type) if parameter.kind in {"resource", *LISTED} else (parameter.type,)
        for kind in kinds:
            if parameter.kind not in ("account", "region", "now", "tool", "config") and kind not in seen:
                seen.add(kind)
                todo += [*reads(kind), *listing_reads(kind)]


def listing_reads(kind: Any) -> tuple[Parameter, ...]:
    """What telling a listed resource's region takes, and how many are looked at."""
    source = source_of(kind)
    functions = (source.region, source.limit) if isinstance(source, Listing) else ()
    return tuple(parameter for function in functions if function for parameter in parameters(function))
