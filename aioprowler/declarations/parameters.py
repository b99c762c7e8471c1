"""What a declared function asks for: its parameters, read once from its annotations."""

from __future__ import annotations

import datetime
import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from aioprowler.declarations.account import Account, Region
from aioprowler.declarations.errors import refuse
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.resources import ALL, HERE, Facet, Resource, Seen
from aioprowler.declarations.sources import Tool
from aioprowler.expressions import Expression

Kind = Literal["account", "region", "now", "tool", "all", "seen", "here", "resource", "facet", "derived", "config"]

LISTED: Final[frozenset[Kind]] = frozenset({"all", "seen", "here"})
"""What is given of the resources of a type."""

NOW: Final = "the scan's clock reading"
"""Under what it is kept among values."""

_PLACES: dict[Any, Kind] = {Account: "account", Region: "region"}
_CONFIG_TYPES = {int: "int", float: "float", bool: "bool", str: "str", Expression: "regular expression"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: which value it takes and what it tolerates in its place."""

    name: str
    kind: Kind
    type: Any
    none_ok: bool = False
    failure_ok: bool = False
    default: Any = None
    doc: str = ""
    key: Any = field(init=False)
    """Under what its value is kept: its type (with the kind for what is listed), or a configuration key's name. A test
    that freezes the clock puts another type in the place of `datetime`, and so the clock reading has a name.
    """

    def __post_init__(self) -> None:
        listed = dict.fromkeys(LISTED, (self.kind, self.type))
        object.__setattr__(self, "key", {**listed, "config": self.name, "now": NOW}.get(self.kind, self.type))

    @property
    def type_name(self) -> str:
        """What a configuration key holds, in words: `list of int`."""
        return _type_name(self.type)


def _type_name(kind: Any) -> str:
    """Raises KeyError for what no configuration key holds."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is dict and parts[0] is str and get_origin(parts[1]) in (list, tuple):
        return f"{_type_name(parts[1])}, by name"
    if origin in (list, tuple) and parts[1:] in ((), (...,)):
        return f"list of {_CONFIG_TYPES[parts[0]]}"
    return _CONFIG_TYPES[kind]


@cache
def parameters(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """The parameters of `function` in order. Raises DeclarationError for one that nothing can supply."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        raise refuse(function, "it is no function of which the parameters are known.") from None
    try:
        hints = get_type_hints(function, include_extras=True)
    except NameError as error:
        raise refuse(function, f"{error}; import the type where the function is declared.") from None
    return tuple(_parameter(function, parameter, hints) for parameter in signature.parameters.values())


def _parameter(function: Callable[..., Any], parameter: inspect.Parameter, hints: dict[str, Any]) -> Parameter:
    name = parameter.name
    if parameter.kind not in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY):
        raise refuse(function, f"the parameter {name} is given by its name: leave out the / or the *.")
    if name not in hints:
        raise refuse(function, f"annotate the parameter {name}: the type says what it is given.")
    if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
        return _config(function, parameter, hints[name])
    hint, none_ok, failure_ok = _bare(hints[name])
    kind, type_ = _classify(hint)
    if kind is None:
        raise refuse(
            function,
            f"the parameter {name}: {_show(hint)} is nothing that a scan can supply; take a Resource, a Facet, "
            "All[...], Seen[...], Here[...], a type made by @derive, Account, Region or datetime, or make it a "
            "keyword-only configuration key.",
        )
    return Parameter(name, kind, type_, none_ok, failure_ok)


def _bare(hint: Any) -> tuple[Any, bool, bool]:
    """`T | None | Failure` -> T, and which of the two were there."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint, False, False
    parts = get_args(hint)
    rest = [part for part in parts if part not in (types.NoneType, Failure)]
    bare = rest[0] if len(rest) == 1 else hint
    return bare, types.NoneType in parts, Failure in parts


def _classify(hint: Any) -> tuple[Kind | None, Any]:
    if hint in _PLACES:
        return _PLACES[hint], hint
    if get_origin(hint) is Annotated:
        inner, marker = get_args(hint)[:2]
        return ("all" if marker is ALL else "here" if marker is HERE else None), get_args(inner)[0]
    if get_origin(hint) is Seen:
        return "seen", get_args(hint)[0]
    if not isinstance(hint, type):
        return None, hint
    if Tool in hint.__mro__:
        return "tool", hint
    if issubclass(hint, datetime.datetime):
        return "now", hint
    if issubclass(hint, Resource):
        return "resource", hint
    if issubclass(hint, Facet):
        return "facet", hint
    return ("derived" if derivation(hint) else None), hint


def _config(function: Callable[..., Any], parameter: inspect.Parameter, hint: Any) -> Parameter:
    if parameter.default is inspect.Parameter.empty:
        raise refuse(function, f"give the configuration key {parameter.name} a default.")
    doc = ""
    if get_origin(hint) is Annotated:
        hint, doc = get_args(hint)[:2]
    try:
        _type_name(hint)
    except (KeyError, TypeError):
        possible = "int, float, bool, str, Expression, a list of these, or such lists by their names"
        raise refuse(
            function, f"the configuration key {parameter.name} must be {possible}, not {_show(hint)}."
        ) from None
    try:
        msgspec.convert(parameter.default, hint, dec_hook=_itself)
    except msgspec.ValidationError as error:
        raise refuse(function, f"the default of the configuration key {parameter.name}: {error}.") from None
    return Parameter(parameter.name, "config", hint, default=parameter.default, doc=str(doc))


def _itself(_kind: type, value: Any) -> Any:
    return value


def _show(hint: Any) -> str:
    return getattr(hint, "__name__", None) or str(hint)


@cache
def facet_owner(facet: type) -> Any:
    """`class F(Facet[Bucket])` -> Bucket."""
    for base in getattr(facet, "__orig_bases__", ()):
        if get_origin(base) is Facet and isinstance(owner := get_args(base)[0], type):
            return owner
    raise refuse(facet, f"say whose facet it is: class {facet.__name__}(Facet[Bucket]).")


@dataclass(frozen=True, slots=True)
class Derivation:
    """A pure function whose result many checks read, computed once per account, region or resource."""

    function: Callable[..., Any]
    result: type


def derive(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function's result type becomes something that a check can ask for.

    Its scope follows its parameters: a resource or facet makes it a value of that resource, `Here` one of the
    region, anything else one of the account.
    """
    if inspect.iscoroutinefunction(function):
        raise refuse(function, "leave out async: what is derived takes no call; say @source for what does.")
    try:
        result = get_type_hints(function)["return"]
    except (KeyError, NameError):
        raise refuse(function, "annotate what it returns with a class declared above it.") from None
    if not isinstance(result, type) or result.__module__ == "builtins":
        raise refuse(function, "return a class of your own: checks ask for the value by its type.")
    if (known := derivation(result)) is not None:
        raise refuse(function, f"{result.__name__} is derived by {known.function.__name__} already.")
    type.__setattr__(result, "__derivation__", Derivation(function, result))
    return function


def derivation(kind: type) -> Derivation | None:
    """What makes a derived type; None for any other type, and for one that inherits from a derived one."""
    found: Derivation | None = kind.__dict__.get("__derivation__")
    return found
