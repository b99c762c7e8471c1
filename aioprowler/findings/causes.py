"""Failures by cause: what is one problem, how bad it is, and where it is met. docs/html.md states the rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from aioprowler.declarations.checks import SEVERITIES, Severity
from aioprowler.findings.finding import Finding

FAMILIES: Final = (
    "ec2_instance_port_",
    "ec2_networkacl_allow_ingress_",
    "ec2_securitygroup_allow_ingress_from_internet_to_",
    "s3_bucket_public_",
)
"""Beginnings of the ids of checks that see the same opening of one resource, each from another side."""


class Cause(Struct, frozen=True, kw_only=True):
    """One problem, wherever it is."""

    check_id: str
    problem: str
    severity: Severity
    """The worst of its findings."""
    resources: int
    example: Finding
    """The first of the worst."""
    further: frozenset[str] = frozenset()
    """Other checks that fail for the same reason."""

    @property
    def rank(self) -> tuple[int, int, str]:
        """The worst first: by severity, then by the resources."""
        return SEVERITIES.index(self.severity), -self.resources, self.check_id

    @property
    def told(self) -> str:
        """The problem, and by how many other checks it is told as well."""
        many = len(self.further)
        return self.problem + (f" (and {many:,} more check{'' if many == 1 else 's'})" if many else "")


class Causes:
    """Failures as they come, counted by cause. What one resource fails comes one after the other."""

    def __init__(self) -> None:
        self._found: dict[str, Cause] = {}
        self._last: list[Finding] = []
        """Failures of one resource, of which more may come."""

    def add(self, findings: Iterable[Finding]) -> None:
        """Others than failures are left out, and so are muted ones."""
        for each in findings:
            if each.outcome != "FAIL":
                continue
            if self._last and _place(self._last[0]) != _place(each):
                _count(self._found, self._last)
                self._last = []
            self._last.append(each)

    def ranked(self) -> list[Cause]:
        """The worst first."""
        found = dict(self._found)
        _count(found, self._last)
        return sorted(found.values(), key=lambda cause: cause.rank)


def by_cause(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """Failures of one resource, those of each cause together, the worst first."""
    groups: dict[str, list[Finding]] = {}
    for each in sorted(findings, key=lambda each: (SEVERITIES.index(each.severity), each.check_id)):
        groups.setdefault(family(each.check_id), []).append(each)
    yield from groups.values()


@lru_cache(maxsize=4096)
def family(check_id: str) -> str:
    """What the checks have in common that see one cause; of most checks the id."""
    return next((each for each in FAMILIES if check_id.startswith(each)), check_id)


def cause_of(finding: Finding) -> tuple[str, ...] | None:
    """What all failures of one cause have in common; None of a check that has no family."""
    beginning = family(finding.check_id)
    return (*_place(finding), beginning) if beginning != finding.check_id else None


def owner(finding: Finding) -> str:
    """Of the resource by its tags, else of its account by that one's tags, address, unit, name or id."""
    return (
        _named(finding.resource_tags)
        or _named(finding.account_tags)
        or finding.account_email
        or finding.account_organizational_unit
        or finding.account_name
        or finding.account_id
    )


_OWNING: Final = (("owner",), ("team",), ("squad",), ("contact", "responsible", "steward"))


def _named(tags: dict[str, str]) -> str:
    """What a tag says about who owns a thing; empty where none does."""
    return next((value for key in _telling(tuple(tags)) if (value := tags[key].strip())), "") if tags else ""


@lru_cache(maxsize=4096)
def _telling(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the tags that tell of an owner, the plainest first. Most resources have the same few."""
    own = [key for key in keys if not key.startswith("aws:")]
    return tuple(dict.fromkeys(key for words in _OWNING for key in own if any(word in key.lower() for word in words)))


def _place(finding: Finding) -> tuple[str, str, str, str]:
    return finding.account_id, finding.region, finding.resource_arn, finding.resource_id


def _count(found: dict[str, Cause], failures: Sequence[Finding]) -> None:
    for worst, *others in by_cause(failures):
        further = frozenset(each.check_id for each in others) - {worst.check_id}
        known = found.get(worst.check_id)
        made = Cause(
            check_id=worst.check_id, problem=worst.problem, severity=worst.severity, resources=1, example=worst,
            further=further,
        )  # fmt: skip
        if known is not None:
            leads = min(known, made, key=lambda cause: SEVERITIES.index(cause.severity))
            made = replace(leads, resources=known.resources + 1, further=known.further | further)
        found[worst.check_id] = made
