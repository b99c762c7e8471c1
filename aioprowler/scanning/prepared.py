"""From options to a scan that can begin: what can be known, and refused, before AWS is asked."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from msgspec import structs

from aioprowler.aws.own_quotas import validated
from aioprowler.aws.partitions import unlisted_regions
from aioprowler.aws.quotas import QuotaTable
from aioprowler.catalog import UNUSED_SERVICES, AnyCheck, Catalog, load
from aioprowler.compliance.frameworks import canonical, framework
from aioprowler.engine.plan import Plan, make_plan
from aioprowler.findings.selection import Arns, Tags
from aioprowler.scanning.options import ScanOptions
from aioprowler.scanning.tagging import brings_tags, operations


@dataclass(frozen=True, slots=True)
class Prepared:
    """Options, and all that follows from them alone. Several scans may begin from the same."""

    options: ScanOptions
    catalog: Catalog
    plan: Plan
    now: datetime.datetime
    """The scan's one clock reading."""
    statuses: frozenset[str] | None
    """Those that are streamed; None for all."""
    frameworks: tuple[str, ...]
    arns: Arns | None
    """The resources that the scan is about, if it is not about all."""
    tags: Tags | None
    """Likewise, the tags that they carry."""
    tagless: frozenset[str]
    """Checks that need tags which their resources' listing does not bring."""
    quotas: QuotaTable

    def entered_by(self, **credentials: Any) -> Prepared:
        """The same with other credentials, accounts, members or organization, on which nothing else depends."""
        return replace(self, options=structs.replace(self.options, **credentials))

    def notes(self) -> Iterator[str]:
        """What the user should know before the scan begins."""
        yield from filter(None, (self._absent(each) for each in self.frameworks))
        yield from unlisted_regions(self._named_regions())
        if self.options.baseline is not None:
            yield from self.options.baseline.notes

    def _named_regions(self) -> Iterator[str]:
        yield from self.options.regions or ()
        yield from self.options.excluded_regions
        for member in self.options.members or ():
            yield from member.account.regions or ()

    def _absent(self, id_: str) -> str:
        """A note, if the framework names checks that there are not."""
        named = framework(id_).checks
        absent = sum(check not in self.catalog.checks for check in named)
        told = f"{id_}: {absent} of its {len(named)} checks are not implemented"
        return f"{told}, and requirements that name them cannot PASS." if absent else ""


def prepare(options: ScanOptions) -> Prepared:
    """Raises UsageError or DeclarationError for options that cannot be carried out."""
    catalog = load(options.checks_folders, options.custom_checks_metadata_file)
    made, now = plan(options, catalog), options.clock
    return Prepared(
        options=options,
        catalog=catalog,
        plan=made,
        now=now,
        statuses=options.streamed,
        frameworks=tuple(dict.fromkeys(map(canonical, options.frameworks or ()))),
        arns=Arns(options.resource_arns) if options.resource_arns else None,
        tags=Tags(options.resource_tags) if options.resource_tags else None,
        tagless=frozenset(each.id for each in _tagless(options, made.checks, now)),
        quotas=QuotaTable(validated(options.quotas)),
    )


def plan(options: ScanOptions, catalog: Catalog) -> Plan:
    """What a scan with these options asks of AWS. Raises UsageError or DeclarationError."""
    config = catalog.validated_config(options.config)
    made = make_plan(catalog.select(options), {**config, UNUSED_SERVICES: options.scan_unused_services})
    for operation, per in operations(
        _tagless(options, made.checks, options.clock), narrows=bool(options.resource_tags)
    ):
        made = made.with_operation(operation, per)
    return made


def _tagless(options: ScanOptions, checks: Iterable[AnyCheck], now: datetime.datetime) -> list[AnyCheck]:
    """Those of the checks that need tags which their resources' listing does not bring."""
    found = [each for each in checks if not brings_tags(each)]
    if options.tags or options.resource_tags:
        return found
    if options.mutelist is None:
        return []
    reads_tags = options.mutelist.tag_readers(now)
    return [each for each in found if reads_tags(each.id)]
