"""OCSF Detection Findings, with the fields in which Prowler writes them.

https://schema.ocsf.io/1.5.0/classes/detection_finding, with the profiles cloud and datetime.
"""

from __future__ import annotations

import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from aioprowler._version import __version__
from aioprowler.declarations.checks import Severity
from aioprowler.findings.finding import Finding
from aioprowler.findings.finding_types import types_of
from aioprowler.outputs.json_array import JsonArrayWriter, raw
from aioprowler.outputs.remembered import per_account, per_check

OCSF_VERSION: Final = "1.5.0"

_SEVERITY: Final[dict[Severity, tuple[int, str]]] = {
    "informational": (1, "Informational"),
    "low": (2, "Low"),
    "medium": (3, "Medium"),
    "high": (4, "High"),
    "critical": (5, "Critical"),
}
_NEW: Final = (1, "New")
_SUPPRESSED: Final = (3, "Suppressed")
_AWS_ACCOUNT: Final = (10, "AWS Account")
_EVENT: Final = {
    "activity_id": 1,
    "activity_name": "Create",
    "category_uid": 2,
    "category_name": "Findings",
    "class_uid": 2004,
    "class_name": "Detection Finding",
    "type_uid": 200401,
    "type_name": "Detection Finding: Create",
}


class _CheckPart(Struct, frozen=True):
    """What all findings of a check share."""

    description: Any
    title: Any
    types: Any
    remediation: Any
    risk: Any
    group: Any
    resource_type: Any
    metadata: Any
    unmapped: Any


class _AccountPart(Struct, frozen=True):
    account: Any
    organization: Any


def to_ocsf(finding: Finding) -> dict[str, Any]:
    """The finding as an event. Times are in seconds, as Prowler has them."""
    return _ocsf(finding, _check_part(finding), _account_part(finding))


def _ocsf(finding: Finding, check: _CheckPart, account: _AccountPart) -> dict[str, Any]:
    severity_id, severity = _SEVERITY[finding.severity]
    status_id, status = _SUPPRESSED if finding.muted else _NEW
    time = _seconds(finding.timestamp)
    found = {
        "message": finding.status_detail,
        "metadata": check.metadata,
        "severity_id": severity_id,
        "severity": severity,
        "status": status,
        "status_code": finding.status,
        "status_detail": finding.status_detail,
        "status_id": status_id,
        "unmapped": check.unmapped,
        **_EVENT,
        "finding_info": {
            "created_time": time,
            "created_time_dt": finding.timestamp,
            "desc": check.description,
            "title": check.title,
            "types": check.types,
            "uid": finding.uid,
        },
        "resources": [
            {
                "cloud_partition": finding.partition,
                "region": finding.region,
                "data": {"details": "", "metadata": {}},
                "group": check.group,
                "labels": _labels(finding.resource_tags),
                "name": finding.resource_name,
                "type": check.resource_type,
                "uid": finding.resource_arn or finding.resource_id,
            }
        ],
        "cloud": {
            "account": account.account,
            "org": account.organization,
            "provider": "aws",
            "region": finding.region,
        },
        "remediation": check.remediation,
        "risk_details": check.risk,
        "time": time,
        "time_dt": finding.timestamp,
    }
    if finding.mute and finding.mute.reason:
        found["comment"] = finding.mute.reason
    return found


def _check_part(finding: Finding) -> _CheckPart:
    url = finding.remediation.url
    return _CheckPart(
        description=finding.description,
        title=finding.title,
        types=types_of(finding.check_id),
        remediation={"desc": finding.remediation.text, "references": [url] if url else []},
        risk=finding.risk,
        group={"name": finding.service},
        resource_type=finding.resource_type,
        metadata={
            "event_code": finding.check_id,
            "product": {
                "name": "aioprowler",
                "uid": "aioprowler",
                "vendor_name": "aioprowler",
                "version": __version__,
            },
            "profiles": ["cloud", "datetime"],
            "tenant_uid": "",
            "version": OCSF_VERSION,
        },
        unmapped={
            "related_url": "",
            "categories": list(finding.categories),
            "depends_on": [],
            "related_to": [],
            "additional_urls": [url] if url else [],
            "notes": "",
            "compliance": {framework: list(ids) for framework, ids in finding.compliance.items()},
        },
    )


def _account_part(finding: Finding) -> _AccountPart:
    type_id, type_ = _AWS_ACCOUNT
    return _AccountPart(
        account={
            "name": finding.account_name,
            "type": type_,
            "type_id": type_id,
            "uid": finding.account_id,
            "labels": _labels(finding.account_tags),
        },
        organization={"name": "", "ou_name": finding.account_organizational_unit, "uid": ""},
    )


def _labels(tags: dict[str, str]) -> list[str]:
    return [f"{key}:{value}" for key, value in tags.items()]


@lru_cache(maxsize=16)
def _seconds(timestamp: str) -> int:
    return int(datetime.datetime.fromisoformat(timestamp).timestamp())


class OcsfWriter(JsonArrayWriter):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._check = per_check(_encoded_check)
        self._account = per_account(_encoded_account)

    def _event(self, finding: Finding) -> dict[str, Any]:
        return _ocsf(finding, self._check(finding), self._account(finding))


def _encoded_check(finding: Finding) -> _CheckPart:
    part = _check_part(finding)
    return _CheckPart(**{name: raw(getattr(part, name)) for name in part.__struct_fields__})


def _encoded_account(finding: Finding) -> _AccountPart:
    part = _account_part(finding)
    return _AccountPart(account=raw(part.account), organization=raw(part.organization))
