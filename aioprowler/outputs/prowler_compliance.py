"""A framework's findings as CSV that Prowler's dashboard reads: a row for each finding and requirement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from aioprowler.catalog import installed
from aioprowler.compliance.frameworks import Framework, Requirement
from aioprowler.compliance.results import results
from aioprowler.findings.finding import Finding
from aioprowler.outputs.csv import csv_cells, csv_field, csv_fields
from aioprowler.outputs.writer import FileWriter

if TYPE_CHECKING:
    from aioprowler.findings.coverage import Coverage

_BEFORE = ("PROVIDER", "DESCRIPTION", "ACCOUNTID", "REGION", "ASSESSMENTDATE")
_REQUIREMENT = (
    "REQUIREMENTS_ID",
    "REQUIREMENTS_NAME",
    "REQUIREMENTS_DESCRIPTION",
    "REQUIREMENTS_TACTICS",
    "REQUIREMENTS_ATTRIBUTES_NAME",
    "REQUIREMENTS_ATTRIBUTES_SECTION",
    "REQUIREMENTS_ATTRIBUTES_SUBSECTION",
    "REQUIREMENTS_ATTRIBUTES_ASSESSMENTSTATUS",
    "REQUIREMENTS_ATTRIBUTES_LEVELOFRISK",
    "REQUIREMENTS_ATTRIBUTES_WEIGHT",
    "REQUIREMENTS_ATTRIBUTES_CATEGORY",
    "REQUIREMENTS_ATTRIBUTES_OBJETIVE_ID",
    "REQUIREMENTS_ATTRIBUTES_OBJETIVE_NAME",
    "REQUIREMENTS_ATTRIBUTES_MARCO",
    "REQUIREMENTS_ATTRIBUTES_CATEGORIA",
    "REQUIREMENTS_ATTRIBUTES_IDGRUPOCONTROL",
    "REQUIREMENTS_ATTRIBUTES_TIPO",
    "REQUIREMENTS_ATTRIBUTES_DOMAIN",
    "REQUIREMENTS_ATTRIBUTES_SUBDOMAIN",
)
_OWN_REQUIREMENT = ("REQUIREMENTS_ID", "REQUIREMENTS_DESCRIPTION")
_PROFILE = "REQUIREMENTS_ATTRIBUTES_PROFILE"
_AFTER = ("STATUS", "STATUSEXTENDED", "RESOURCEID", "RESOURCENAME", "CHECKID", "MUTED", "FRAMEWORK", "NAME")


def columns(framework: Framework) -> tuple[str, ...]:
    """Those of any framework that the dashboard has a page for: what one calls a section, another calls its marco.

    A column of profiles would have it look for levels, so that it is left out where there are none. A framework of
    one's own has a column for each of its attributes.
    """
    if framework.columns is not None:
        own = (f"REQUIREMENTS_ATTRIBUTES_{name}".upper() for name in framework.columns)
        return (*_BEFORE, *_OWN_REQUIREMENT, *own, *_AFTER)
    return (*_BEFORE, *_REQUIREMENT, *((_PROFILE,) if _has_profiles(framework) else ()), *_AFTER)


def _has_profiles(framework: Framework) -> bool:
    return any(each.profile for each in framework.requirements)


class ProwlerComplianceWriter(FileWriter):
    """Of one framework. A finding has as many rows as its check is evidence for requirements, and may have none."""

    def __init__(self, path: Path, framework: Framework) -> None:
        super().__init__(path)
        self._framework = framework
        self._identity = csv_fields("aws", framework.description or framework.title)
        self._names = csv_fields(self._framework.framework, self._framework.title)
        self._time = ""
        self._manual: list[tuple[str, str]] = []
        """Requirements that a person must judge, whatever the findings are, and why."""
        self._by_check: dict[str, list[str]] = {}
        self._told: dict[str, list[str]] = {}
        for each in framework.requirements:
            self._told[each.id] = list(_requirement(framework, each))
            for check in each.checks:
                self._by_check.setdefault(check, []).extend(self._told[each.id])
            if not each.checks:
                self._manual.append((each.id, "No check can tell"))

    def conclude(self, coverage: Coverage) -> None:
        """The coverage knows how the scan was configured."""
        (result,) = results(coverage, [self._framework.id], existing=installed().listed)
        self._manual += [(each.requirement.id, str(why)) for each in result.requirements for why in each.loosened]

    def _head(self) -> bytes:
        return ";".join(columns(self._framework)).encode() + b"\r\n"

    def _encode(self, findings: Sequence[Finding]) -> bytes:
        self._time = _time(findings[-1].timestamp)
        asked = [each for each in findings if each.check_id in self._by_check]
        columns = (
            csv_cells([each.account_id for each in asked]),
            csv_cells([each.region for each in asked]),
            csv_cells([each.status_detail for each in asked]),
            csv_cells([each.resource_arn for each in asked]),
            csv_cells([each.resource_name for each in asked]),
        )
        return "".join(map(self._rows, asked, *columns)).encode()

    def _tail(self) -> bytes:
        """What a person must judge. A file without findings has no date for it."""
        if not self._time:
            return b""
        before, after = f"{self._identity};;;{self._time}", f"manual_check;Manual check;manual;False;{self._names}"
        return "".join(
            f"{before};{told};MANUAL;{csv_field(why)};{after}\r\n"
            for id_, why in self._manual
            for told in self._told[id_]
        ).encode()

    def _rows(self, finding: Finding, account: str, region: str, detail: str, arn: str, name: str) -> str:
        before = f"{self._identity};{account};{region};{_time(finding.timestamp)};"
        told = f"{finding.status};{detail};{arn};{name};{csv_field(finding.check_id)};{finding.muted}"
        after = f";{told};{self._names}\r\n"
        return "".join([f"{before}{each}{after}" for each in self._by_check[finding.check_id]])


@lru_cache(maxsize=16)
def _time(timestamp: str) -> str:
    return csv_field(timestamp.replace("T", " ").removesuffix("Z"))


def _requirement(framework: Framework, about: Requirement) -> Iterator[str]:
    """Its cells: those of one's own have as many rows as the file has attributes."""
    if framework.columns is None:
        yield _of_prowler(about) + (f";{csv_field(about.profile)}" if _has_profiles(framework) else "")
        return
    for each in about.attributes or ({},):
        yield csv_fields(about.id, about.description, *(each.get(name, "") for name in framework.columns))


def _of_prowler(about: Requirement) -> str:
    section, subsection = about.section, about.subsection
    return csv_fields(
        *(about.id, about.name, about.name, " | ".join(about.tactics), about.name, section, subsection),
        *(about.assessment, str(about.level_of_risk or ""), str(about.weight or "")),
        *(section, about.id, about.name),
        *(section, subsection, subsection, ""),
        *(subsection, subsection),
    )
