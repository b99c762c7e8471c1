"""AWS Security Finding Format, which Security Hub imports.

https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html has the fields and their limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from aioprowler._version import __version__
from aioprowler.declarations.checks import Status
from aioprowler.findings.finding import Finding
from aioprowler.findings.finding_types import types_of
from aioprowler.outputs.json_array import JsonArrayWriter, raw
from aioprowler.outputs.remembered import per_check

_ID: Final = 512
_TITLE: Final = 256
_DESCRIPTION: Final = 1024
_RECOMMENDATION: Final = 512
_TYPES: Final = 50
_STANDARDS: Final = 20
_REQUIREMENT: Final = 64
_PRODUCT_FIELD: Final = 2048
_TAGS: Final = 50
_TAG_KEY: Final = 128
_TAG_VALUE: Final = 256
_NOTE: Final = 512

_COMPLIANCE: Final[dict[Status, str]] = {"PASS": "PASSED", "FAIL": "FAILED", "MANUAL": "NOT_AVAILABLE"}


class _CheckPart(Struct, frozen=True):
    """What all findings of a check share."""

    generator: Any
    title: Any
    types: Any
    remediation: Any
    standards: Any
    requirements: Any
    categories: str


def to_asff(finding: Finding) -> dict[str, Any]:
    """The finding as an element of BatchImportFindings' `Findings`, within the limits of the format.

    Its `Id` is the same in every scan. Its `ProductArn` is the account's own default product in the finding's region,
    for which nobody has to subscribe. A muted finding is SUPPRESSED, and its compliance WARNING, as Prowler has it.
    A finding without account (one that could not be entered) has an empty `AwsAccountId`, which Security Hub refuses.
    """
    return _asff(finding, _check_part(finding))


def _asff(finding: Finding, check: _CheckPart) -> dict[str, Any]:
    account, region, partition = finding.account_id, finding.region, finding.partition
    found = {
        "SchemaVersion": "2018-10-08",
        "Id": f"aioprowler-{finding.uid}",
        "ProductArn": f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default",
        "ProductName": "aioprowler",
        "CompanyName": "aioprowler",
        "ProductFields": _product_fields(finding, check),
        "GeneratorId": check.generator,
        "AwsAccountId": account,
        "Region": region,
        "Types": check.types,
        "FirstObservedAt": finding.timestamp,
        "CreatedAt": finding.timestamp,
        "UpdatedAt": finding.timestamp,
        "Severity": {"Label": finding.severity.upper(), "Original": finding.severity},
        "Title": check.title,
        "Description": _cut(finding.status_detail or finding.title, _DESCRIPTION),
        "Resources": [_resource(finding)],
        "Compliance": {
            "Status": "WARNING" if finding.muted else _COMPLIANCE[finding.status],
            "RelatedRequirements": check.requirements,
            "AssociatedStandards": check.standards,
        },
        "RecordState": "ACTIVE",
    }
    if check.remediation is not None:
        found["Remediation"] = check.remediation
    if finding.muted:
        found |= _suppression(finding)
    return found


def _check_part(finding: Finding) -> _CheckPart:
    standards = list(finding.compliance.items())[:_STANDARDS]
    return _CheckPart(
        generator=_cut(f"aioprowler-{finding.check_id}", _ID),
        title=_cut(finding.title, _TITLE),
        types=types_of(finding.check_id)[:_TYPES],
        remediation=_remediation(finding),
        standards=[{"StandardsId": framework} for framework, _ in standards],
        requirements=[_cut(f"{framework} {' '.join(ids)}", _REQUIREMENT) for framework, ids in standards],
        categories=", ".join(finding.categories),
    )


def _remediation(finding: Finding) -> dict[str, Any] | None:
    mend = finding.remediation
    parts = {"Text": _cut(mend.text, _RECOMMENDATION), "Url": mend.url if len(mend.url) <= _RECOMMENDATION else ""}
    parts = _told(parts)
    return {"Recommendation": parts} if parts else None


def _product_fields(finding: Finding, check: _CheckPart) -> dict[str, str]:
    return _told(
        {
            "ProviderName": "aioprowler",
            "ProviderVersion": __version__,
            "CheckId": _cut(finding.check_id, _PRODUCT_FIELD),
            "Service": finding.service,
            "Categories": check.categories,
            "ResourceName": _cut(finding.resource_name, _PRODUCT_FIELD),
            "AccountName": finding.account_name,
            "OrganizationalUnit": _cut(finding.account_organizational_unit, _PRODUCT_FIELD),
        }
    )


def _resource(finding: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Type": finding.resource_type or "Other",
        "Id": _cut(finding.resource_arn or finding.resource_id, _ID),
        "Partition": finding.partition,
        "Region": finding.region,
    }
    if finding.resource_tags and (tags := _tags(finding.resource_tags)):
        found["Tags"] = tags
    return found


def _tags(tags: Mapping[str, str]) -> dict[str, str]:
    """As many as there may be; keys and values that are too long or blank would have the whole finding refused."""
    kept = {
        key: value
        for key, value in tags.items()
        if len(key) <= _TAG_KEY and len(value) <= _TAG_VALUE and key.strip() and value.strip()
    }
    return kept if len(kept) <= _TAGS else dict(list(kept.items())[:_TAGS])


def _suppression(finding: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {"Workflow": {"Status": "SUPPRESSED"}}
    if finding.mute and finding.mute.reason.strip():
        found["Note"] = {
            "Text": _cut(finding.mute.reason, _NOTE),
            "UpdatedBy": _cut(finding.mute.owner.strip() or "aioprowler", _NOTE),
            "UpdatedAt": finding.timestamp,
        }
    return found


def _told(fields: dict[str, str]) -> dict[str, str]:
    """Without those that say nothing, which the format does not let be empty."""
    return {name: value for name, value in fields.items() if value and not value.isspace()}


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


class AsffWriter(JsonArrayWriter):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._check = per_check(_encoded_part)

    def _event(self, finding: Finding) -> dict[str, Any]:
        return _asff(finding, self._check(finding))


def _encoded_part(finding: Finding) -> _CheckPart:
    part = _check_part(finding)
    return _CheckPart(
        generator=raw(part.generator),
        title=raw(part.title),
        types=raw(part.types),
        remediation=part.remediation and raw(part.remediation),
        standards=raw(part.standards),
        requirements=raw(part.requirements),
        categories=part.categories,
    )
