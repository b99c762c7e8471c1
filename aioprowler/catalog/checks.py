"""Checks by id, and how they are selected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final

from aioprowler.catalog import configuration
from aioprowler.catalog.custom_metadata import customized, read_metadata
from aioprowler.catalog.listed import AnyCheck, Declared, Indexed, Listed, config_of
from aioprowler.catalog.selection import Selection
from aioprowler.compliance.frameworks import Framework, Frameworks
from aioprowler.declarations.checks import SEVERITIES
from aioprowler.declarations.errors import refuse
from aioprowler.declarations.parameters import Parameter
from aioprowler.errors import UsageError, require
from aioprowler.facts.prowler_checks import CHECK_ALIASES, FORMER_CHECKS, SERVICE_ALIASES
from aioprowler.facts.prowler_keys import PROWLER_KEYS
from aioprowler.findings.selection import ArnPattern, Arns

_CHECKS_LIST: Final = "aioprowler checks list"
_PROWLERS: Final = FORMER_CHECKS.keys() | CHECK_ALIASES.keys()

UNUSED_SERVICES = "scan_unused_services"
"""A configuration key of checks that the scan's own option sets."""
OVERRIDES: Final = "overrides"
"""The configuration key of what is set otherwise for some; no check's."""


class Catalog:
    """Checks by id, in alphabetical order. Those of the index are loaded when they are asked for."""

    def __init__(
        self, checks: Iterable[AnyCheck | Listed], notes: Iterable[str] = (), own: Iterable[Framework] = ()
    ) -> None:
        """`notes`: what the user should know of where the checks come from. `own`: compliance frameworks beside the
        package's. Raises DeclarationError and UsageError.
        """
        self._notes = tuple(notes)
        self._own = tuple(own)
        found = [each if isinstance(each, Indexed | Declared) else Declared(each) for each in checks]
        self.listed: dict[str, Listed] = {}
        """What is known of each without loading it."""
        for each in sorted(found, key=lambda check: check.id):
            if each.id in self.listed:
                told = "another check has this id; choose a different name for the function."
                raise refuse(each.load().function, told)
            self.listed[each.id] = each
        self.checks: Mapping[str, AnyCheck] = _Loading(self.listed)
        self.frameworks = Frameworks(self._own)
        """The compliance frameworks that there are, with what checks of one's own are evidence for."""
        for each in self.listed.values():
            if isinstance(each, Declared):
                self._declare(each.check)

    def _declare(self, check: AnyCheck) -> None:
        try:
            self.frameworks.declare(check.id, check.facts.compliance)
        except UsageError as error:
            raise refuse(check.function, f"its compliance: {error}") from None

    def __iter__(self) -> Iterator[AnyCheck]:
        return iter(self.checks.values())

    def __len__(self) -> int:
        return len(self.listed)

    @property
    def services(self) -> dict[str, int]:
        """Service -> number of its checks."""
        return _count(check.service for check in self.listed.values())

    @property
    def categories(self) -> dict[str, int]:
        """Category -> number of its checks."""
        return _count(category for check in self.listed.values() for category in check.categories)

    @property
    def resource_groups(self) -> dict[str, int]:
        """Group of resources -> number of the checks about it."""
        return _count(check.resource_group for check in self.listed.values() if check.resource_group)

    def get(self, check_id: str) -> AnyCheck:
        """Raises UsageError with the nearest ids."""
        for today in self.named([check_id]):
            return self.checks[today]
        raise UsageError(absent(check_id))

    def named(self, checks: Iterable[str], services: Iterable[str] = ()) -> list[str]:
        """Ids of the checks of these names, which may be Prowler's former ones, and of those of the services. What
        Prowler has had, and is not here, is left out. Raises UsageError for a name that nobody has.
        """
        checks, services = list(checks), [SERVICE_ALIASES.get(name, name) for name in services]
        require("check", [id_ for id_ in checks if id_ not in _PROWLERS], self.listed, _CHECKS_LIST)
        require("service", services, self.services)
        of_services = (each.id for each in self.listed.values() if each.service in services)
        return [*chain.from_iterable(map(self._todays, checks)), *of_services]

    def _todays(self, check_id: str) -> Iterable[str]:
        names = (check_id,) if check_id in self.listed else CHECK_ALIASES.get(check_id, ())
        return (name for name in names if name in self.listed)

    def notes(self, asked: Selection) -> Iterator[str]:
        """What the user should know of frameworks that name absent checks, and of checks asked for by a former id."""
        frameworks = dict.fromkeys(map(self.frameworks.canonical, asked.chosen_frameworks))
        yield from filter(None, map(self._lacking, frameworks))
        yield from self._notes
        yield from (absent(id_) for id_ in asked.checks or () if id_ not in self.listed)

    def _lacking(self, framework: str) -> str:
        """A note, if the framework names checks that there are not."""
        named = self.frameworks.get(framework).checks
        absent = sum(check not in self.checks for check in named)
        told = f"{framework}: {absent} of its {len(named)} checks are not implemented"
        return f"{told}, and requirements that name them cannot PASS." if absent else ""

    def select(self, selection: Selection) -> tuple[AnyCheck, ...]:
        """The checks of `chosen`, loaded. Raises UsageError, and DeclarationError for one that cannot be loaded."""
        return tuple(each.load() for each in self.chosen(selection))

    def chosen(self, asked: Selection) -> tuple[Listed, ...]:
        """Checks that are named or belong to a named service, and satisfy each other condition given.

        With ARNs, those that can judge such a resource; with tags, those that judge resources at all, and not only the
        account or its regions. Raises UsageError for a name that nothing has, or when nothing is left.
        """
        is_of_all = not (asked.checks or asked.services)
        named = {*self.named(asked.checks or (), asked.services or ())}
        excluded = {*self.named(asked.excluded_checks, asked.excluded_services)}
        require("severity", asked.severities or (), SEVERITIES)
        require("category", asked.categories or (), self.categories)
        frameworks = asked.chosen_frameworks
        evidence = self.frameworks.required(frameworks, self.listed) if frameworks else None
        require("resource group", asked.resource_groups or (), self.resource_groups)
        arns = Arns(asked.resource_arns)
        found = tuple(
            check
            for check in self.listed.values()
            if (is_of_all or check.id in named)
            and check.id not in excluded
            and (not asked.severities or check.severity in asked.severities)
            and (not asked.categories or not set(asked.categories).isdisjoint(check.categories))
            and (evidence is None or check.id in evidence)
            and (not asked.resource_groups or check.resource_group in asked.resource_groups)
            and (not asked.resource_arns or _judges(check, arns))
            and (not asked.resource_tags or check.judges_resources)
        )
        if not found:
            raise UsageError("No check satisfies all of these conditions; leave one out.")
        return found

    def customized(self, path: Path) -> Catalog:
        """The same checks with the severities and texts of a custom metadata file. Raises UsageError."""
        words, former = read_metadata(path, self.named)
        checks = (customized(each.load(), words[id_]) if id_ in words else each for id_, each in self.listed.items())
        return Catalog(checks, map(absent, former), self._own)

    @property
    def config_schema(self) -> dict[str, Parameter]:
        """Configuration keys of all checks. Raises DeclarationError where two checks disagree about one."""
        return self._schema({key for each in self.listed.values() for key in each.configuration})

    def validated_config(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The keys of `config` that some check reads, in their declared types. Raises ConfigurationError for a misspelt
        key or a value of another type, and DeclarationError where two checks disagree about one of them, or about one
        that a check reads which is not of the index.
        """
        configuration.unknown(config, self.known_keys)
        config = configuration.todays(config)
        others = {k for each in self.listed.values() if isinstance(each, Declared) for k in each.configuration}
        schema = self._schema(self.read_keys & config.keys() | others)
        return {
            name: configuration.converted(name, schema[name].type, value)
            for name, value in config.items()
            if name in schema
        }

    @property
    def known_keys(self) -> list[str]:
        """The configuration keys that there are, here or in Prowler, in alphabetical order."""
        return sorted(PROWLER_KEYS | {OVERRIDES} | self.read_keys)

    @property
    def read_keys(self) -> set[str]:
        """Those that some check reads."""
        return {key for each in self.listed.values() for key in each.configuration} - {UNUSED_SERVICES}

    def _schema(self, names: Collection[str]) -> dict[str, Parameter]:
        """Those of the keys that checks read. Only these checks are loaded."""
        schema: dict[str, Parameter] = {}
        for each in self.listed.values():
            if not set(each.configuration).isdisjoint(names):
                check = each.load()
                for key in config_of(check):
                    known = schema.setdefault(key.name, key)
                    if (known.type, known.default) != (key.type, key.default):
                        raise refuse(
                            check.function,
                            f"the configuration key {key.name} has another type or default in another check; "
                            "declare it once and share it.",
                        )
        return schema


class _Loading(Mapping[str, AnyCheck]):
    """Check id -> the check, loaded when it is first asked for."""

    def __init__(self, listed: Mapping[str, Listed]) -> None:
        self._listed = listed

    def __getitem__(self, check_id: str) -> AnyCheck:
        return self._listed[check_id].load()

    def __contains__(self, check_id: object) -> bool:
        return check_id in self._listed

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


def absent(id_: str) -> str:
    """Of an id that no check has today: what has become of it."""
    if todays := CHECK_ALIASES.get(id_):
        return f"The check {id_} is called {' and '.join(todays)} today."
    near = FORMER_CHECKS.get(id_)
    likely = f" Most like it {'is' if len(near) == 1 else 'are'} {' and '.join(near)}." if near else ""
    return f"There is no check {id_} any more: it is one of former releases of Prowler.{likely}"


def _judges(check: Listed, arns: Arns) -> bool:
    return any(ArnPattern.parse(own).meets(asked) for own in check.arns for asked in arns.shapes)


def _count(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in sorted(names):
        counts[name] = counts.get(name, 0) + 1
    return counts
