"""What the arguments of commands may be: for completion, and so that HIGH and S3 are taken for high and s3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

if TYPE_CHECKING:
    from cyclopts import App, Token
    from cyclopts.argument import Argument, ArgumentCollection

_EXACT: Final = frozenset({"profiles"})
"""What tells apart small and capital letters."""


def spell(_app: App, _commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
    """As cyclopts calls it, once a command line is read: what was written in another case is what there is."""
    for argument in arguments:
        if argument.field_info.name not in _EXACT and any(token.value for token in argument.tokens):
            there = {each.casefold(): each for each in values_of(argument)}
            argument.tokens[:] = [_spelled(token, there) for token in argument.tokens]


def _spelled(token: Token, there: Mapping[str, str]) -> Token:
    found = there.get(token.value.casefold(), token.value)
    return token if found == token.value or token.value in there.values() else token.evolve(value=found)


def values_of(argument: Argument) -> Iterable[str]:
    """What there is for an argument; nothing where it may be anything."""
    known = KNOWN.get(argument.field_info.name)
    if known is not None:
        return known()
    return [each for each in choices(argument.hint) if isinstance(each, str)]


def choices(hint: Any) -> Iterator[Any]:
    """Of a Literal, wherever it stands in the type."""
    for each in get_args(hint):
        yield from (each,) if get_origin(hint) is Literal else choices(each)


def _of_catalog(what: str) -> Callable[[], Iterable[str]]:
    def names() -> Iterable[str]:
        from aioprowler.catalog import installed

        found: Iterable[str] = getattr(installed(), what)
        return found

    return names


def _severities() -> Iterable[str]:
    from aioprowler.declarations.checks import SEVERITIES

    return SEVERITIES


def _statuses() -> Iterable[str]:
    from aioprowler.declarations.checks import STATUSES
    from aioprowler.scanning import MUTED

    return (*STATUSES, MUTED)


def _frameworks() -> Iterable[str]:
    from aioprowler.compliance.frameworks import frameworks

    return frameworks()


def _regions() -> Iterable[str]:
    from aioprowler.aws.partitions import known_regions

    return sorted(known_regions())


def _profiles() -> Iterable[str]:
    from botocore.session import Session

    found: Iterable[str] = Session().available_profiles
    return found


def _failing() -> Iterable[str]:
    return (*_severities(), "manual", "none")


def _formats() -> Iterable[str]:
    from aioprowler.outputs.files import PLAIN

    return PLAIN


KNOWN: Final[Mapping[str, Callable[[], Iterable[str]]]] = {
    **dict.fromkeys(("checks", "excluded_checks", "check_id"), _of_catalog("listed")),
    **dict.fromkeys(("services", "excluded_services"), _of_catalog("services")),
    **dict.fromkeys(("regions", "excluded_regions"), _regions),
    **dict.fromkeys(("frameworks", "framework_id"), _frameworks),
    "severities": _severities,
    "categories": _of_catalog("categories"),
    "resource_groups": _of_catalog("resource_groups"),
    "profiles": _profiles,
    "statuses": _statuses,
    "formats": _formats,
    "fail_on": _failing,
}
"""What an argument takes, by its name in the declaration."""
