"""AWS Security Finding Format, which Security Hub imports.

https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html has the fields and their limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from msgspec import json
from msgspec.structs import replace

from aioprowler._version import __version__
from aioprowler.compliance.frameworks import prowlers_spelling
from aioprowler.declarations.checks import SEVERITIES, Severity, Status
from aioprowler.findings.finding import Finding
from aioprowler.findings.finding_types import types_of
from aioprowler.outputs.advice import takes_commands, visible_advice
from aioprowler.outputs.json_array import HOLE, JsonArrayWriter, encoded_columns, further, template
from aioprowler.outputs.remembered import per_check, per_place
from aioprowler.outputs.writer import encoded, encoded_each
from aioprowler.texts import all_visible, visible, visible_lines

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

_SEVERITY: Final[dict[Severity, tuple[bytes, bytes]]] = {
    severity: (encoded(severity.upper()), encoded(severity)) for severity in SEVERITIES
}
_COMPLIANCE: Final[dict[Status, bytes]] = {
    "PASS": encoded("PASSED"),
    "FAIL": encoded("FAILED"),
    "MANUAL": encoded("NOT_AVAILABLE"),
}
_MUTED: Final = encoded("WARNING")


def to_asff(finding: Finding) -> dict[str, Any]:
    """The finding as an element of BatchImportFindings' `Findings`, within the limits of the format.

    Its `Id` is the same in every scan. Its `ProductArn` is the account's own default product in the finding's region,
    for which nobody has to subscribe. A muted finding is SUPPRESSED, and its compliance WARNING, as Prowler has it.
    A finding without account (one that could not be entered) has an empty `AwsAccountId`, which Security Hub refuses.
    """
    event: dict[str, Any] = json.decode(*AsffEvents()([finding]))
    return event


def _shared(finding: Finding) -> dict[str, Any]:
    """The event as all findings of the finding's check have it, around what is their own."""
    standards = list(prowlers_spelling(finding.compliance).items())[:_STANDARDS]
    return {
        "Id": HOLE,
        "ProductArn": HOLE,
        "ProductFields": HOLE,
        "AwsAccountId": HOLE,
        "Region": HOLE,
        "FirstObservedAt": HOLE,
        "CreatedAt": HOLE,
        "UpdatedAt": HOLE,
        "Severity": {"Label": HOLE, "Original": HOLE},
        "Title": HOLE,
        "Description": HOLE,
        "Resources": HOLE,
        "Compliance": {
            "Status": HOLE,
            "RelatedRequirements": [_cut(f"{framework} {' '.join(ids)}", _REQUIREMENT) for framework, ids in standards],
            "AssociatedStandards": [{"StandardsId": framework} for framework, _ in standards],
        },
        "SchemaVersion": "2018-10-08",
        "ProductName": "aioprowler",
        "CompanyName": "aioprowler",
        "GeneratorId": _cut(f"aioprowler-{finding.check_id}", _ID),
        "Types": types_of(finding.check_id)[:_TYPES],
        "RecordState": "ACTIVE",
    }


class _Check(NamedTuple):
    """JSON of what all findings of a check share."""

    event: bytes
    """A template of `_shared`."""
    title: bytes
    problem: bytes
    product_fields: bytes
    """Without its end."""
    resource: bytes
    """Likewise, and the array that it begins."""
    remediation: bytes
    """To stand after another field."""
    takes_commands: bool


class _Place(NamedTuple):
    """JSON of what all findings of an account and region share."""

    product_arn: bytes
    product_fields: bytes
    """To stand after others."""
    account_id: bytes
    region: bytes


class AsffEvents:
    """The JSON of findings' elements of BatchImportFindings' `Findings`, within the limits of the format."""

    def __init__(self) -> None:
        self._check = per_check(_of_check)
        self._place = per_place(_of_place)

    def __call__(self, findings: Sequence[Finding]) -> Iterator[bytes]:
        """An event for each, in their order."""
        details = all_visible([each.status_detail or each.headline for each in findings])
        names = all_visible([each.resource_name for each in findings])
        checks = [*map(self._check, findings)]
        return map(self._event, findings, checks, *encoded_columns(map(_values, findings, checks, details, names)))

    def _event(
        self,
        finding: Finding,
        check: _Check,
        id_: bytes,
        name: bytes,
        description: bytes,
        resource: bytes,
        remediation: bytes,
    ) -> bytes:
        place = self._place(finding)
        label, severity = _SEVERITY[finding.severity]
        time = _encoded(finding.timestamp)
        resources = check.resource + further(resource) + b"}]"
        if finding.muted:
            resources += _suppression(finding)
        return check.event % (
            id_,
            place.product_arn,
            check.product_fields + place.product_fields + further(name) + b"}",
            place.account_id,
            place.region,
            time,
            time,
            time,
            label,
            severity,
            check.problem if finding.status == "FAIL" else check.title,
            description,
            resources + (further(remediation) if finding.command else check.remediation),
            _MUTED if finding.muted else _COMPLIANCE[finding.status],
        )


def _values(finding: Finding, check: _Check, detail: str, name: str) -> tuple[Any, ...]:
    """What no other finding may have."""
    return (
        f"aioprowler-{finding.uid}",
        {"ResourceName": _cut(name, _FIELD)} if name.strip() else {},
        _cut(detail, _DESCRIPTION),
        _resource(finding),
        finding.command and _remediation(finding, takes=check.takes_commands),
    )


def _of_check(finding: Finding) -> _Check:
    return _Check(
        template(_shared(finding)),
        encoded(_cut(visible(finding.title), _TITLE)),
        encoded(_cut(visible(finding.problem), _TITLE)),
        encoded(_check_fields(finding))[:-1],
        b"[" + encoded({"Type": finding.resource_type or "Other"})[:-1],
        further(encoded(_remediation(replace(finding, command="", further_commands=()), takes=False))),
        takes_commands(finding),
    )


def _of_place(finding: Finding) -> _Place:
    id_, region, partition = finding.account_id, finding.region, finding.partition
    product = f"arn:{partition}:securityhub:{region}:{id_}:product/{id_}/default"
    arn, fields, account_id, region_name = encoded_each([product, _account_fields(finding), id_, region])
    return _Place(arn, further(fields), account_id, region_name)


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


def _account_fields(finding: Finding) -> dict[str, str]:
    return _told(
        {
            "AccountName": _cut(visible(finding.account_name), _FIELD),
            "OrganizationalUnit": _cut(visible(finding.account_organizational_unit), _FIELD),
            "OrganizationalUnitId": _cut(visible(finding.account_organizational_unit_id), _FIELD),
            "OrganizationId": _cut(visible(finding.account_organization_id), _FIELD),
        }
    )


def _remediation(finding: Finding, *, takes: bool) -> dict[str, Any]:
    url = finding.remediation.url
    parts = {
        "Text": _cut(visible_advice(finding, takes=takes), _RECOMMENDATION),
        "Url": url if len(url) <= _RECOMMENDATION else "",
    }
    parts = _told(parts)
    return {"Remediation": {"Recommendation": parts}} if parts else {}


def _resource(finding: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {
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


def _suppression(finding: Finding) -> bytes:
    """Of a muted one, to stand after another field."""
    found: dict[str, Any] = {"Workflow": {"Status": "SUPPRESSED"}}
    if finding.mute and finding.mute.reason.strip():
        found["Note"] = {
            "Text": _cut(visible_lines(finding.mute.reason), _NOTE),
            "UpdatedBy": _cut(visible(finding.mute.owner.strip()) or "aioprowler", _NOTE),
            "UpdatedAt": finding.timestamp,
        }
    return further(encoded(found))


def _told(fields: dict[str, str]) -> dict[str, str]:
    """Without those that say nothing, which the format does not let be empty."""
    return {name: value for name, value in fields.items() if value and not value.isspace()}


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


_encoded = lru_cache(maxsize=16)(encoded)


class AsffWriter(JsonArrayWriter):
    """Findings in Security Hub's format, as one JSON array."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, AsffEvents())
