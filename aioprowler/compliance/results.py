"""What findings say about the requirements of compliance frameworks.

A requirement is FAIL if anything failed that is not muted. It is PASS only if all its checks are there and ran in a
scan that looked at all it was asked to, with a configuration that the requirement allows, something passed, and nothing
was left for a person to judge. All else is MANUAL.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, Literal

import msgspec
from msgspec import Struct

from aioprowler.compliance.frameworks import Framework, Frameworks, Requirement, framework, frameworks
from aioprowler.compliance.guardrails import Loosened, loosened
from aioprowler.declarations.checks import Status
from aioprowler.errors import UsageError
from aioprowler.findings.coverage import Coverage, Judged, Settings

CheckStatus = Literal["PASS", "FAIL", "MANUAL", "nothing found", "not run", "not implemented"]

_GOOD: Final[frozenset[CheckStatus]] = frozenset({"PASS", "nothing found"})
_SILENT: Final = frozenset({"not run", "not implemented"})
_NOTHING: Final = Judged()
_NAMED: Final = 3
"""Requirements that a sentence names."""


class CheckResult(Struct, frozen=True, gc=False):
    """One check in the whole scan. The numbers are of findings: a resource counts once for each check."""

    id: str
    status: CheckStatus
    failed: int = 0
    passed: int = 0
    manual: int = 0
    muted: int = 0


class RequirementResult(Struct, frozen=True):
    """One requirement. The numbers are the sums of its checks'."""

    requirement: Requirement
    status: Status
    checks: tuple[CheckResult, ...]
    failed: int
    passed: int
    manual: int
    muted: int
    loosened: tuple[Loosened, ...] = ()
    """Configuration keys that were set otherwise than it allows: it is not PASS."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Its checks that are not implemented."""
        return tuple(each.id for each in self.checks if each.status == "not implemented")


class FrameworkResult(Struct, frozen=True):
    """What a scan's findings say about a framework. Scores are percentages."""

    framework: Framework
    requirements: tuple[RequirementResult, ...]
    score: float | None
    """Of the requirements that are PASS or FAIL, the percentage that is PASS. None where there are none, and where none
    could be PASS because the scan did not look at all it was asked to.
    """
    resource_score: float | None
    """Of the findings that are PASS or FAIL, the percentage that is PASS; each check counts once, muted findings do
    not. None where there are none.
    """

    def count(self, status: Status) -> int:
        """How many requirements have this status."""
        return sum(each.status == status for each in self.requirements)

    @property
    def is_told(self) -> bool:
        """Whether any check of the scan is evidence for it."""
        return any(check.status not in _SILENT for each in self.requirements for check in each.checks)


class Evidence:
    """What a scan tells about checks.

    `counts`: check -> its findings; `ran`: the checks of the scan; `whole`: whether it looked at all it was asked to;
    `existing`: checks that are implemented; `settings`: how it was configured, None where that is not known.
    """

    def __init__(
        self,
        counts: Mapping[str, Judged],
        *,
        ran: Collection[str],
        whole: bool,
        existing: Collection[str],
        settings: Settings | None = None,
    ) -> None:
        self.whole = whole
        self._settings = settings
        self._counts = counts
        self._ran = ran
        self._existing = existing
        self.check: Callable[[str], CheckResult] = cache(self._check)

    def loosened(self, requirement: Requirement) -> tuple[Loosened, ...]:
        """What was set otherwise than the requirement allows, each once, however many checks read it."""
        return tuple(dict.fromkeys(loosened(requirement.guardrails, self._settings, self._ran)))

    def _check(self, id_: str) -> CheckResult:
        found = self._counts.get(id_, _NOTHING)
        return CheckResult(id_, self._status(id_, found), found.failed, found.passed, found.manual, found.muted)

    def _status(self, id_: str, found: Judged) -> CheckStatus:
        if found.failed:
            return "FAIL"
        if id_ not in self._ran:
            return "not run" if id_ in self._existing else "not implemented"
        if found.manual or not self.whole:
            return "MANUAL"
        return "PASS" if found.total else "nothing found"


def evaluate(framework: Framework, evidence: Evidence) -> FrameworkResult:
    """All requirements of a framework."""
    requirements = tuple(_judge(each, evidence) for each in framework.requirements)
    passed = sum(each.status == "PASS" for each in requirements)
    failed = sum(each.status == "FAIL" for each in requirements)
    checks = [evidence.check(id_) for id_ in framework.checks]
    return FrameworkResult(
        framework,
        requirements,
        _percentage(passed, failed) if evidence.whole else None,
        _percentage(sum(each.passed for each in checks), sum(each.failed for each in checks)),
    )


def _judge(requirement: Requirement, evidence: Evidence) -> RequirementResult:
    checks, loose = tuple(map(evidence.check, requirement.checks)), evidence.loosened(requirement)
    return RequirementResult(
        requirement,
        _status({each.status for each in checks}, strict=not loose),
        checks,
        sum(each.failed for each in checks),
        sum(each.passed for each in checks),
        sum(each.manual for each in checks),
        sum(each.muted for each in checks),
        loose,
    )


def _status(checks: set[CheckStatus], *, strict: bool) -> Status:
    if "FAIL" in checks:
        return "FAIL"
    return "PASS" if strict and "PASS" in checks and checks <= _GOOD else "MANUAL"


def loosened_told(found: Iterable[FrameworkResult]) -> list[str]:
    """For which requirements what was set otherwise than they allow: a line for each value of a key."""
    places: dict[str, list[str]] = {}
    for each in found:
        for one in each.requirements:
            for loose in one.loosened:
                places.setdefault(str(loose), []).append(f"{each.framework.id} {one.requirement.id}")
    return [f"{_listed(where)}: {sentence}" for sentence, where in places.items()]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _percentage(passed: int, failed: int) -> float | None:
    """With one decimal, rounded down: 100 is all of them."""
    return 1000 * passed // (passed + failed) / 10 if passed + failed else None


def results(coverage: Coverage, chosen: Iterable[str] = (), *, existing: Collection[str]) -> Iterator[FrameworkResult]:
    """What a scan says about the chosen frameworks; about all, if none is chosen. `existing`: the ids of all checks.

    One at a time, for all of them are megabytes.
    """
    evidence = Evidence(
        coverage.by_check,
        ran=frozenset(coverage.check_ids),
        whole=is_whole(coverage),
        existing=existing,
        settings=coverage.settings,
    )
    known = frameworks_of(coverage)
    yield from (evaluate(known.get(id_), evidence) for id_ in chosen or known)


def frameworks_of(coverage: Coverage) -> Frameworks:
    """Those that there were when it was made. Raises UsageError for a report of another version."""
    try:
        return Frameworks(msgspec.convert(coverage.own_frameworks, tuple[Framework, ...]))
    except msgspec.ValidationError as error:
        raise UsageError(f"own_frameworks of the coverage report: {error}.") from None


def results_of(counts: Mapping[str, Judged], *, existing: Collection[str]) -> list[FrameworkResult]:
    """What findings alone say. Nothing is PASS: they do not tell what else there was to find, or to look at."""
    evidence = Evidence(counts, ran=counts.keys(), whole=False, existing=existing)
    return [evaluate(framework(id_), evidence) for id_ in frameworks()]


def is_whole(coverage: Coverage) -> bool:
    """Whether a scan looked at all it was asked to, except where a finding says that it could not."""
    accounts = coverage.accounts
    looked = coverage.resumed or any(each.regions for each in coverage.regions)
    forgot = coverage.resumed and (coverage.statuses or coverage.known)  # the earlier runs' record lacks the others
    missed = coverage.not_entered or coverage.unfinished or accounts.scanned < accounts.found
    uncounted = sum(each.total for each in coverage.by_check.values()) < coverage.total_findings
    return bool(coverage.ended and accounts.scanned and looked and not (forgot or missed or uncounted))
