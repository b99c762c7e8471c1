"""From options to a scan that can begin: what can be known, and refused, before AWS is asked."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from msgspec import structs

from aioprowler.aws.own_quotas import validated
from aioprowler.aws.partitions import unlisted_regions
from aioprowler.aws.quotas import QuotaTable
from aioprowler.catalog import UNUSED_SERVICES, AnyCheck, Catalog, Declared, config_of, configuration, load
from aioprowler.compliance.guardrails import guarded, guarded_keys
from aioprowler.engine.overrides import by_tags, read_overrides, refuse_unreachable
from aioprowler.engine.plan import Plan, make_plan
from aioprowler.errors import ConfigurationError, UsageError
from aioprowler.findings.coverage import Settings
from aioprowler.findings.selection import Arns, Tags
from aioprowler.scanning.options import ScanOptions
from aioprowler.scanning.tagging import brings_tags, operations, tells_tags


class Planning:
    """Which checks a scan makes, and the plan of them once somebody asks for it."""

    def __init__(self, options: ScanOptions, catalog: Catalog, now: datetime.datetime) -> None:
        """Raises UsageError, and DeclarationError for a mistake in a check of the user's."""
        self._options = options
        self._now = now
        self._chosen = catalog.chosen(options)
        config = catalog.validated_config(options.config)
        self._settings = {**config, UNUSED_SERVICES: options.scan_unused_services}
        self._frameworks = catalog.frameworks
        self._overrides = read_overrides(options.config, catalog)
        make_plan([each.load() for each in self._chosen if isinstance(each, Declared)], self._settings)
        refuse_unreachable(self._overrides, self._readers(), tells_tags)

    @cached_property
    def plan(self) -> Plan:
        """Made when it is first asked for, which takes the modules of all chosen checks. Raises DeclarationError.

        The package's tests have proven its own, and the user's were planned above.
        """
        checks = [each.load() for each in self._chosen]
        made = make_plan(checks, self._settings, self._overrides, self._frameworks, proven=True)
        if self._overrides:
            guarded_keys()  # read in the plan's thread: accounts are left on the event loop
        narrows = bool(self._options.resource_tags)
        for operation, per in operations(self._tagless(made.checks), narrows=narrows):
            made = made.with_operation(operation, per)
        return made

    def _readers(self) -> Mapping[str, frozenset[Any]]:
        """For whom the keys that are overridden are read: only their checks are loaded."""
        keys = {key for each in self._overrides for key in each.settings}
        reading = [each.load() for each in self._chosen if not keys.isdisjoint(each.configuration)]
        return make_plan(reading, self._settings, proven=True).readers

    @cached_property
    def tagless(self) -> frozenset[str]:
        """Checks that need tags which their resources' listing does not bring."""
        return frozenset(each.id for each in self._tagless(self.plan.checks))

    def _tagless(self, checks: Iterable[AnyCheck]) -> list[AnyCheck]:
        found = [each for each in checks if not brings_tags(each)]
        if self._options.tags or self._options.resource_tags:
            return found
        mutelist, keys = self._options.mutelist, by_tags(self._overrides)
        mutes = mutelist.tag_readers(self._now) if mutelist is not None else lambda _: False
        return [
            each
            for each in found
            if mutes(each.id) is not False or not keys.isdisjoint(key.name for key in config_of(each))
        ]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Options, and all that follows from them alone. Several scans may begin from the same."""

    options: ScanOptions
    catalog: Catalog
    planning: Planning
    now: datetime.datetime
    """The scan's one clock reading."""
    statuses: frozenset[str] | None
    """Those that are streamed; None for all."""
    frameworks: tuple[str, ...]
    arns: Arns | None
    """The resources that the scan is about, if it is not about all."""
    tags: Tags | None
    """Likewise, the tags that they carry."""
    quotas: QuotaTable

    @property
    def plan(self) -> Plan:
        """What is asked of AWS. The first to ask waits until the modules of the checks are loaded."""
        return self.planning.plan

    @property
    def tagless(self) -> frozenset[str]:
        """Checks that need tags which their resources' listing does not bring; known with the plan."""
        return self.planning.tagless

    @property
    def settings(self) -> Settings:
        """How the scan may be configured anywhere, as far as compliance frameworks have a say in it."""
        plan = self.plan
        return guarded([plan.settings, *(each.settings for each in plan.overrides)], self.guarded)

    @property
    def guarded(self) -> frozenset[str]:
        """The configuration keys of the plan in which compliance frameworks have a say."""
        return self.catalog.frameworks.guarded.intersection(self.plan.settings)

    def entered_by(self, **credentials: Any) -> Prepared:
        """The same with other credentials, accounts, members or organization, on which nothing else depends."""
        return replace(self, options=structs.replace(self.options, **credentials))

    def notes(self) -> Iterator[str]:
        """What the user should know before the scan begins."""
        yield from self.catalog.notes(self.options)
        yield from unlisted_regions(self._named_regions())
        yield from configuration.notes(self.options.config, self.catalog.known_keys)
        if self.options.baseline is not None:
            yield from self.options.baseline.notes

    def _named_regions(self) -> Iterator[str]:
        yield from self.options.regions or ()
        yield from self.options.excluded_regions
        for member in self.options.members or ():
            yield from member.account.regions or ()


def prepare(options: ScanOptions) -> Prepared:
    """Raises UsageError for options that cannot be carried out, and DeclarationError for a mistake in a check of the
    user's. The modules of the package's own checks are not loaded yet.
    """
    catalog = load(options.checks_folders, options.custom_checks_metadata_file, options.compliance_files)
    options = _without_what_is_excluded(options, catalog)
    now = options.clock
    return Prepared(
        options=options,
        catalog=catalog,
        planning=Planning(options, catalog, now),
        now=now,
        statuses=options.streamed,
        frameworks=tuple(dict.fromkeys(map(catalog.frameworks.canonical, options.chosen_frameworks))),
        arns=Arns(options.resource_arns) if options.resource_arns else None,
        tags=Tags(options.resource_tags) if options.resource_tags else None,
        quotas=QuotaTable(validated(options.quotas)),
    )


def _without_what_is_excluded(options: ScanOptions, catalog: Catalog) -> ScanOptions:
    """The options with the exclusions of the configuration. Raises ConfigurationError."""
    regions, checks, services = (
        configuration.converted(name, tuple[str, ...], options.config.get(name) or ())
        for name in ("disallowed_regions", "excluded_checks", "excluded_services")
    )
    try:
        excluded = catalog.named(checks, services)
    except UsageError as error:
        raise ConfigurationError(str(error)) from None
    return structs.replace(
        options,
        excluded_regions=options.excluded_regions or regions,
        excluded_checks=(*options.excluded_checks, *excluded),
    )


def plan(options: ScanOptions, catalog: Catalog) -> Plan:
    """What a scan with these options asks of AWS. Raises UsageError or DeclarationError."""
    return Planning(options, catalog, options.clock).plan
