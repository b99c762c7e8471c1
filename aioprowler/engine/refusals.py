"""What can be known of a declaration before AWS is asked: that its names, paths and templates lead somewhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args, get_type_hints

import jmespath
import msgspec
from jmespath.exceptions import JMESPathError

from aioprowler.aws.errors import DENIED
from aioprowler.declarations.account import EXAMPLE_ACCOUNT, Account
from aioprowler.declarations.checks import Check
from aioprowler.declarations.errors import refuse
from aioprowler.declarations.graph import listed_of
from aioprowler.declarations.parameters import facet_owner, parameters
from aioprowler.declarations.resources import Facet, Resource, check_places, is_attribute
from aioprowler.declarations.sources import PARENT, Batch, Call, Codes, Function, Listing

_PLACES = check_places(EXAMPLE_ACCOUNT, EXAMPLE_ACCOUNT.default_region)


def check_check(check: Check[Any, Any]) -> None:
    """Raise DeclarationError for a check whose findings could not be named or described."""
    _refuse_async(check.function)
    about = check.facts.about
    if about is not None and not (isinstance(about, type) and issubclass(about, Resource)):
        raise refuse(check.function, f"about={about!r} is no Resource type.")
    for name in ("resource_id", "resource_arn"):
        template = getattr(check.facts, name)
        try:
            template.format(**_PLACES)
        except KeyError as error:
            known = ", ".join(f"{{{each}}}" for each in _PLACES)
            raise refuse(check.function, f"its {name} names {{{error.args[0]}}}; a template knows {known}.") from None
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            raise refuse(check.function, f"its {name} {template!r} is no template ({error}).") from None
    _ = check.documentation


def _refuse_async(function: Callable[..., Any]) -> None:
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise refuse(function, "leave out async: only what an @source function reads takes a call.")


def check_source(kind: Any) -> None:
    """Raise DeclarationError where the source of a type names what is not there, or is none."""
    _check_fields(kind)
    if issubclass(kind, Resource):
        _check_codes(kind, "gone", kind.identity.gone)
    source = getattr(kind, "source", None)
    for function in (getattr(source, name, None) for name in ("when", "region", "limit")):
        if function is not None:
            _check_function(kind, function)
    match source:
        case Listing() if not issubclass(kind, Facet):
            _check_listing(kind, source)
        case Call():
            owner = facet_owner(kind)
            _check_params(kind, source.params, owner, listed_of(owner))
            _check_call(kind, source)
        case Batch():
            _check_batch(kind, source, facet_owner(kind))
        case Function():
            if not inspect.iscoroutinefunction(source.function):
                raise refuse(source.function, "an @source function is async: async def.")
        case _:
            raise refuse(kind, "say what tells it: source = call(...), batch(...), or an @source function.")


def _check_fields(kind: Any) -> None:
    try:
        msgspec.convert({}, kind)
    except msgspec.ValidationError:
        return
    except Exception as error:  # msgspec's own, or what a field's annotation raises
        raise refuse(kind, f"its fields cannot be read from a reply ({type(error).__name__}: {error}).") from error


def _check_function(kind: Any, function: Any) -> None:
    if not callable(function):
        raise refuse(
            kind, f"{function!r} stands where a function is declared: when=, region= and limit= are functions."
        )
    _refuse_async(function)


def _check_listing(kind: Any, source: Listing) -> None:
    _check_params(kind, source.params, source.of or Account, listed_of(source.of))
    _check_path(kind, source.result)
    _check_codes(kind, "absent", source.absent)
    for what, field in (("item", source.item), ("newest", source.newest)):
        if field and field not in kind.__struct_fields__:
            raise refuse(kind, f"{what}={field!r} is no field of it; say {_fields(kind)}.")
    if source.states and not is_attribute(kind, source.states.attribute):
        raise refuse(kind, f"states={source.states.attribute!r} is no field of it; say {_fields(kind)}.")
    if source.newest and not source.limit:
        raise refuse(kind, f"newest={source.newest!r} chooses nothing without limit=...")
    if source.shared and source.of:
        raise refuse(kind, "shared=True is for what is listed by itself, not of a parent.")
    if source.limit:
        _check_limit(kind, source.limit)
    _check_detail(kind, source)


def _check_detail(kind: Any, source: Listing) -> None:
    match source.detail:
        case Call() as detail:
            _check_params(kind, detail.params, kind, source.of, told=kind.__struct_fields__)
            _check_call(kind, detail)
        case Batch() as detail:
            _check_batch(kind, detail, kind, told=kind.__struct_fields__)
        case None:
            return
        case _:
            raise refuse(kind, "its detail is neither call(...) nor batch(...).")
    if source.detail.when:
        raise refuse(kind, "a detail is asked of every item: leave out when=, or make it a Facet.")


def _check_limit(kind: Any, limit: Callable[..., int | None]) -> None:
    if any(parameter.kind != "config" for parameter in parameters(limit)):
        raise refuse(kind, "its limit= takes configuration keys and nothing else: make its parameters keyword-only.")


def _check_call(kind: Any, source: Call) -> None:
    _check_path(kind, source.result)
    _check_codes(kind, "absent", source.absent)
    if source.pages and source.first_page:
        raise refuse(kind, "say pages=True or first_page=True, not both.")


def _check_batch(kind: Any, source: Batch, owner: Any, told: Iterable[str] = ()) -> None:
    if not issubclass(owner, Resource):
        raise refuse(kind, f"a batch asks about many resources, and {owner.__name__} is none: say call(...).")
    if source.size < 1:
        raise refuse(kind, f"a batch of size={source.size} asks about nothing.")
    _check_params(kind, source.params, listed_of(owner) or Account, None)
    _check_path(kind, source.result)
    if source.unanswered:
        _check_path(kind, source.unanswered)
    _check_attribute(kind, "owner_key", source.owner_key, owner, told)


def _check_codes(kind: Any, what: str, known: Codes) -> None:
    for code, words in known.items():
        if code in DENIED and not words:
            raise refuse(
                kind,
                f"{what} names {code!r}, with which AWS refuses whoever lacks the permission; say which words of the "
                f'message tell that there is nothing: {what}={{"{code}": "is not enabled"}}.',
            )


def _check_path(kind: Any, path: str) -> None:
    try:
        if path:
            jmespath.compile(path)
    except JMESPathError as error:
        raise refuse(kind, f"the path {path!r} is no JMESPath ({str(error).splitlines()[0]}).") from None


def _check_params(kind: Any, params: Mapping[str, Any], owner: Any, parent: Any, told: Iterable[str] = ()) -> None:
    for name, value in params.items():
        if not isinstance(value, str):
            continue
        if not value.startswith(PARENT):
            _check_attribute(kind, name, value, owner, told)
        elif parent is None:
            raise refuse(kind, f"{name}={value!r}: {owner.__name__} has no parent.")
        else:
            _check_attribute(kind, name, value[len(PARENT) :], parent)


def _check_attribute(kind: Any, name: str, path: str, owner: Any, told: Iterable[str] = ()) -> None:
    """`told`: the fields that may be named, where only fields may."""
    at = owner
    for attribute in path.split("."):
        if (told and attribute not in told) or not _has(at, attribute):
            raise refuse(
                kind,
                f"{name}={path!r} names no {'field' if told else 'attribute'} of {owner.__name__}; say one of its "
                f'fields ({_fields(owner)}), or constant("{path}") for this very text.',
            )
        if (at := _type_of(at, attribute)) is None:
            return


def _has(kind: Any, attribute: str) -> bool:
    return attribute in getattr(kind, "__struct_fields__", ()) or hasattr(kind, attribute)


def _type_of(kind: Any, attribute: str) -> Any:
    """The class of a field's values; None where nobody knows."""
    try:
        hint = get_type_hints(kind).get(attribute)
    except NameError:
        return None
    candidates = [
        each for each in (hint, *get_args(hint)) if isinstance(each, type) and hasattr(each, "__struct_fields__")
    ]
    return candidates[0] if len(candidates) == 1 else None


def _fields(kind: Any) -> str:
    added = ("account", "region") if issubclass(kind, Resource) else ()
    return ", ".join(name for name in getattr(kind, "__struct_fields__", ()) if name not in added)
