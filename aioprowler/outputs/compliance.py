"""The requirements of compliance frameworks and what was found about each, as CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aioprowler.catalog import installed
from aioprowler.compliance.results import FrameworkResult, RequirementResult, results, results_of
from aioprowler.findings.coverage import counts_by_check
from aioprowler.findings.finding import Finding
from aioprowler.outputs.csv import csv_fields, unroll
from aioprowler.outputs.writer import FileWriter

if TYPE_CHECKING:
    from aioprowler.findings.coverage import Coverage

COLUMNS = (
    "FRAMEWORK",
    "VERSION",
    "REQUIREMENT",
    "NAME",
    "SECTION",
    "SUBSECTION",
    "STATUS",
    "CHECKS",
    "CHECKS_MISSING",
    "RESOURCES_FAILED",
    "RESOURCES_PASSED",
    "RESOURCES_MANUAL",
    "RESOURCES_MUTED",
    "SCORE",
    "RESOURCE_SCORE",
    "CONFIGURATION",
)


class ComplianceWriter(FileWriter):
    """A row for each requirement. No row can be known before the last finding; until then there is the header."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._results: list[FrameworkResult] | None = None

    def write(self, findings: Sequence[Finding]) -> None:
        """Counts; rows are made at the end."""
        self._counts.update((each.check_id, each.outcome) for each in findings)

    def conclude(self, coverage: Coverage) -> None:
        """The coverage knows of findings that are not written, and of what had none."""
        self._results = [*results(coverage, coverage.frameworks, existing=installed().listed)]

    def _head(self) -> bytes:
        return ";".join(COLUMNS).encode() + b"\r\n"

    def _tail(self) -> bytes:
        found = (
            results_of(counts_by_check(self._counts), existing=installed().listed)
            if self._results is None
            else self._results
        )
        return "".join(row for each in found for row in _rows(each)).encode()


def _rows(result: FrameworkResult) -> Iterator[str]:
    framework = csv_fields(result.framework.id, result.framework.version)
    scores = csv_fields(_number(result.score), _number(result.resource_score))
    for each in result.requirements:
        loose = csv_fields(" | ".join(map(str, each.loosened)))
        yield f"{framework};{_requirement(each)};{scores};{loose}\r\n"


def _requirement(result: RequirementResult) -> str:
    about = result.requirement
    return csv_fields(
        *(about.id, about.name, about.section, about.subsection, result.status),
        *(unroll({each.id: each.status for each in result.checks}, ": "), " | ".join(result.missing)),
        *map(str, (result.failed, result.passed, result.manual, result.muted)),
    )


def _number(score: float | None) -> str:
    return "" if score is None else f"{score:.1f}"
