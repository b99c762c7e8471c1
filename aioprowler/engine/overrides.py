"""Overrides: configuration keys that are set otherwise for some accounts, units, regions or resources.

The most specific one that holds wins, key by key: tags of the resource before the account's id, that before its
organizational unit (a unit before those above it), that before the account's tags, and those before the region. Where
two are alike in one, the next decides, and at last the one that is written later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec import Struct

from aioprowler.catalog import OVERRIDES, Catalog, configuration
from aioprowler.declarations.account import Account, Region
from aioprowler.declarations.checks import Verdict
from aioprowler.declarations.failure import Failure
from aioprowler.declarations.graph import has_regions
from aioprowler.errors import ConfigurationError, UsageError, require
from aioprowler.findings.selection import Tags, is_within
from aioprowler.reprs import without

OVERRIDDEN: Final = "what is overridden"
"""Under what a place keeps, among values, the keys that an override sets there, with whom it is for."""

_PLACES: Final = (Account, Region)
"""What has no tags of a resource."""
_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
_WHOM: Final = "accounts, organizational_units, account_tags, regions or resource_tags"


class _Given(Struct, frozen=True):
    """As the configuration has it."""

    config: dict[str, Any]
    accounts: tuple[str | int, ...] = ()
    organizational_units: tuple[str, ...] = ()
    account_tags: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    resource_tags: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return without(self, "config")


class Override(Struct, frozen=True):
    """Settings, and what has to be so for them to hold; what is empty is asked of nobody."""

    settings: Mapping[str, Any]
    given: _Given
    account_tags: Tags
    resource_tags: Tags

    def __repr__(self) -> str:
        return without(self, "settings")

    def rank(self, account: Account) -> tuple[int, ...] | None:
        """How specific it is in an account; None where it is not about it."""
        given, unit = self.given, self._unit(account)
        if (
            (given.accounts and account.id not in given.accounts)
            or (given.organizational_units and not unit)
            or not self.account_tags.carried_by(account.tags)
        ):
            return None
        depth = len(unit.split("/")) if unit else 0
        tagged = len(self.resource_tags.values), len(self.account_tags.values)
        return tagged[0], bool(given.accounts), depth, tagged[1], bool(given.regions)

    def holds(self, region: str, of_resource: Mapping[str, str]) -> bool:
        """Whether it does, in an account that it is about, for what has these tags."""
        return (not self.given.regions or region in self.given.regions) and self.resource_tags.carried_by(of_resource)

    def whom(self, account: Account, region: str) -> str:
        """For whom it is, where it holds."""
        given, unit = self.given, self._unit(account)
        return ", ".join(
            [
                *([f"account {account.id}"] if given.accounts else []),
                *([f"unit {unit}"] if unit else []),
                *([f"accounts with {' '.join(given.account_tags)}"] if given.account_tags else []),
                *([region] if given.regions else []),
                *([f"resources with {' '.join(given.resource_tags)}"] if given.resource_tags else []),
            ]
        )

    def _unit(self, account: Account) -> str:
        """The lowest of its units that the account is in or below; empty: in none."""
        inside = [unit for unit in self.given.organizational_units if is_within(account.organizational_unit, unit)]
        return max(inside, key=len, default="")


def read_overrides(config: Mapping[str, Any], catalog: Catalog) -> tuple[Override, ...]:
    """Those of a configuration. Raises ConfigurationError, and DeclarationError as `Catalog.validated_config` does."""
    listed = config.get(OVERRIDES) or []
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise ConfigurationError(f"{OVERRIDES}: write a list, each with `config:` and some of {_WHOM}.")
    return tuple(_named(number, each, catalog) for number, each in enumerate(listed, start=1))


def by_organization(overrides: Iterable[Override]) -> bool:
    """Whether one of them asks for what only an organization tells of accounts."""
    return any(each.given.organizational_units or each.given.account_tags for each in overrides)


def by_tags(overrides: Iterable[Override]) -> frozenset[str]:
    """The keys that are set for resources by their tags."""
    return frozenset(key for each in overrides if each.given.resource_tags for key in each.settings)


def refuse_unreachable(
    overrides: Sequence[Override], readers: Mapping[str, Collection[Any]], have_tags: Callable[[Any], bool]
) -> None:
    """Raises ConfigurationError for a key that cannot be another one where an override wants it to be.

    `readers`: key -> whose checks, or values, read it: types of resources, `Region`, or `Account`. `have_tags`: whether
    the tags of a type's resources can be known.
    """
    for number, each in enumerate(overrides, start=1):
        for key in each.settings:
            kinds = readers.get(key, ())
            if each.given.resource_tags and not all(kind not in _PLACES and have_tags(kind) for kind in kinds):
                told = "it is also read where no tags of a resource are known"
                raise ConfigurationError(f"{_place(number)}: {key} cannot be set by resource_tags: {told}.")
            if each.given.regions and not all(map(_is_regional, kinds)):
                told = "it is also read for the whole account"
                raise ConfigurationError(f"{_place(number)}: {key} cannot be set by regions: {told}.")


class Configuration:
    """The configuration keys of an account, as they are in each place."""

    def __init__(self, settings: Mapping[str, Any], overrides: Iterable[Override], account: Account) -> None:
        ranked = [(rank, each) for each in overrides if (rank := each.rank(account)) is not None]
        self._overrides = [each for _, each in sorted(ranked, key=itemgetter(0))]
        self._settings = settings
        self._account = account
        self._made: dict[tuple[Any, ...], dict[Any, Any]] = {}
        self.by_tags = by_tags(self._overrides)
        """Keys that may be other ones for a resource than for its region."""

    def of(self, region: str, carried: Mapping[str, str] | Failure = MappingProxyType({})) -> Mapping[Any, Any]:
        """The keys, and what of them is overridden, of what carries these tags. Where they could not be read, the
        reason stands in the place of what they decide.
        """
        if isinstance(carried, Failure):
            return {**self.of(region), **dict.fromkeys(self.by_tags & self._settings.keys(), carried)}
        holding = tuple(n for n, each in enumerate(self._overrides) if each.holds(region, carried))
        if (region, holding) not in self._made:
            self._made[region, holding] = self._merged(region, [self._overrides[n] for n in holding])
        return self._made[region, holding]

    @property
    def used(self) -> list[Mapping[Any, Any]]:
        """What it was so far, anywhere."""
        return list(self._made.values())

    def _merged(self, region: str, holding: Iterable[Override]) -> dict[Any, Any]:
        settings, whose = dict(self._settings), dict[str, str]()
        for each in holding:
            known = {key: value for key, value in each.settings.items() if key in settings}
            settings |= known
            whose |= dict.fromkeys(known, each.whom(self._account, region))
        return {**settings, OVERRIDDEN: whose}


def resting_on(verdict: Verdict, keys: Collection[str], whose: Mapping[str, str]) -> Verdict:
    """The verdict of a check that reads the keys, which says what of them is overridden."""
    told: dict[str, list[str]] = {}
    for key in sorted(keys & whose.keys()):
        told.setdefault(whose[key], []).append(key)
    said = [f"Judged by {', '.join(names)} as overridden for {whom}." for whom, names in told.items()]
    return msgspec.structs.replace(verdict, detail=" ".join([verdict.detail, *said])) if said else verdict


def _named(number: int, given: Any, catalog: Catalog) -> Override:
    """Raises ConfigurationError with its place."""
    try:
        return _read(given, catalog)
    except (UsageError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"{_place(number)}: {str(error).removesuffix('.')}.") from None


def _read(given: Any, catalog: Catalog) -> Override:
    """Raises UsageError and ValidationError."""
    if isinstance(given, Mapping):
        require("key", map(str, given), _Given.__struct_fields__)
    found = msgspec.convert(given, _Given)
    if not any((found.accounts, found.organizational_units, found.account_tags, found.regions, found.resource_tags)):
        raise UsageError(f"say for whom it is: {_WHOM}.")
    for id_ in found.accounts:
        if not (isinstance(id_, str) and _ACCOUNT.fullmatch(id_)):
            raise UsageError(f"{id_!r:.80} is no account: write twelve digits in quotes.")
    config = configuration.todays(found.config)
    require("configuration key", config, sorted(catalog.read_keys))
    units = tuple(unit.strip("/") for unit in found.organizational_units)
    return Override(
        catalog.validated_config(config),
        msgspec.structs.replace(found, organizational_units=units),
        Tags(found.account_tags, "account_tags"),
        Tags(found.resource_tags, "resource_tags"),
    )


def _place(number: int) -> str:
    return f"{OVERRIDES}, number {number}"


def _is_regional(kind: Any) -> bool:
    return kind is Region or (kind is not Account and has_regions(kind))
