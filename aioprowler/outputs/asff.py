"""AWS Security Finding Format, which Security Hub imports.

https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html has the fields and their limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from aioprowler._version import __version__
from aioprowler.declarations.checks import Status
from aioprowler.findings.finding import Finding
from aioprowler.findings.finding_types import types_of
from aioprowler.outputs.json_array import JsonArrayWriter, rest
from aioprowler.outputs.remembered import per_account, per_check
from aioprowler.outputs.writer import encoded
from aioprowler.texts import visible, visible_lines

_ID: Final = 512
_TITLE: Final = 256
_DESCRIPTION: Final = 1024
_RECOMMENDATION: Final = 512
_TYPES: Final = 50
_STANDARDS: Final = 20
_REQUIREMENT: Final = 64
_FIELD: Final = 2048
_TAGS: Final = 50
_TAG_KEY: Final = 128
_TAG_VALUE: Final = 256
_NOTE: Final = 512

_COMPLIANCE: Final[dict[Status, str]] = {"PASS": "PASSED", "FAIL": "FAILED", "MANUAL": "NOT_AVAILABLE"}


def to_asff(finding: Finding) -> dict[str, Any]:
    """The finding as an element of BatchImportFindings' `Findings`, within the limits of the format.

    Its `Id` is the same in every scan. Its `ProductArn` is the account's own default product in the finding's region,
    for which nobody has to subscribe. A muted finding is SUPPRESSED, and its compliance WARNING, as Prowler has it.
    A finding without account (one that could not be entered) has an empty `AwsAccountId`, which Security Hub refuses.
    """
    fields = _check_fields(finding) | _account_fields(finding)
    return _own(finding, fields) | _remediation(finding) | _shared(finding)[_status(finding)]


def _own(finding: Finding, fields: dict[str, str]) -> dict[str, Any]:
    """`fields`: the product fields of its check and account."""
    id_, region, partition, time = finding.account_id, finding.region, finding.partition, finding.timestamp
    found = {
        "Id": f"aioprowler-{finding.uid}",
        "ProductArn": f"arn:{partition}:securityhub:{region}:{id_}:product/{id_}/default",
        "ProductFields": {**fields, **_told({"ResourceName": _cut(visible(finding.resource_name), _FIELD)})},
        "AwsAccountId": id_,
        "Region": region,
        "FirstObservedAt": time,
        "CreatedAt": time,
        "UpdatedAt": time,
        "Severity": {"Label": finding.severity.upper(), "Original": finding.severity},
        "Title": _cut(visible(finding.headline), _TITLE),
        "Description": _cut(visible(finding.status_detail or finding.headline), _DESCRIPTION),
        "Resources": [_resource(finding)],
    }
    if finding.muted:
        found |= _suppression(finding)
    return found


def _shared(finding: Finding) -> dict[str, dict[str, Any]]:
    """The fields that all findings of a check and status have in common, by status."""
    standards = list(finding.compliance.items())[:_STANDARDS]
    of_check = {
        "RelatedRequirements": [_cut(f"{framework} {' '.join(ids)}", _REQUIREMENT) for framework, ids in standards],
        "AssociatedStandards": [{"StandardsId": framework} for framework, _ in standards],
    }
    common = {
        "SchemaVersion": "2018-10-08",
        "ProductName": "aioprowler",
        "CompanyName": "aioprowler",
        "GeneratorId": _cut(f"aioprowler-{finding.check_id}", _ID),
        "Types": types_of(finding.check_id)[:_TYPES],
        "RecordState": "ACTIVE",
    }
    statuses = (*_COMPLIANCE.values(), "WARNING")
    return {status: {"Compliance": {"Status": status, **of_check}, **common} for status in statuses}


def _status(finding: Finding) -> str:
    return "WARNING" if finding.muted else _COMPLIANCE[finding.status]


def _check_fields(finding: Finding) -> dict[str, str]:
    return _told(
        {
            "ProviderName": "aioprowler",
            "ProviderVersion": __version__,
            "CheckId": _cut(finding.check_id, _FIELD),
            "Service": finding.service,
            "Categories": _cut(", ".join(finding.categories), _FIELD),
        }
    )


def _remediation(finding: Finding) -> dict[str, Any]:
    mend = finding.remediation
    parts = {
        "Text": _cut(visible_lines(finding.advice), _RECOMMENDATION),
        "Url": mend.url if len(mend.url) <= _RECOMMENDATION else "",
    }
    parts = _told(parts)
    return {"Remediation": {"Recommendation": parts}} if parts else {}


def _account_fields(finding: Finding) -> dict[str, str]:
    return _told(
        {
            "AccountName": _cut(visible(finding.account_name), _FIELD),
            "OrganizationalUnit": _cut(visible(finding.account_organizational_unit), _FIELD),
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
            "Text": _cut(visible_lines(finding.mute.reason), _NOTE),
            "UpdatedBy": _cut(visible(finding.mute.owner.strip()) or "aioprowler", _NOTE),
            "UpdatedAt": finding.timestamp,
        }
    return found


def _told(fields: dict[str, str]) -> dict[str, str]:
    """Without those that say nothing, which the format does not let be empty."""
    return {name: value for name, value in fields.items() if value and not value.isspace()}


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


class AsffWriter(JsonArrayWriter):
    """Findings in Security Hub's format, as one JSON array."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._check = per_check(_encoded_check)
        self._account = per_account(_account_fields)

    def _event(self, finding: Finding) -> bytes:
        fields, remediation, shared = self._check(finding)
        if finding.command:
            remediation = _mend(finding)
        own = _own(finding, {**fields, **self._account(finding)})
        return encoded(own)[:-1] + remediation + shared[_status(finding)]


def _encoded_check(finding: Finding) -> tuple[dict[str, str], bytes, dict[str, bytes]]:
    shared = {status: rest(fields) for status, fields in _shared(finding).items()}
    return _check_fields(finding), _mend(replace(finding, command="")), shared


def _mend(finding: Finding) -> bytes:
    """How to mend it, to stand between other fields."""
    fields = _remediation(finding)
    return rest(fields)[:-1] if fields else b""
