"""OCSF Detection Findings, with the fields in which Prowler writes them.

https://schema.ocsf.io/1.5.0/classes/detection_finding, with the profiles cloud and datetime.
"""

from __future__ import annotations

import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from aioprowler._version import __version__
from aioprowler.declarations.checks import Severity
from aioprowler.findings.finding import Finding
from aioprowler.findings.finding_types import types_of
from aioprowler.outputs.json_array import JsonArrayWriter, raw, rest
from aioprowler.outputs.remembered import per_account, per_check
from aioprowler.outputs.writer import encoded
from aioprowler.texts import visible, visible_lines

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
_NO_DATA: Final = {"details": "", "metadata": {}}
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


def to_ocsf(finding: Finding) -> dict[str, Any]:
    """The finding as an event. Times are in seconds, as Prowler has them."""
    return _own(finding, _nested(finding), _account(finding)) | _shared(finding)


class _Nested(Struct, frozen=True):
    """What all findings of a check share inside of what is their own."""

    description: Any
    types: Any
    group: Any
    resource_type: Any
    remediation: Any


def _own(finding: Finding, check: _Nested, account: dict[str, Any]) -> dict[str, Any]:
    """`account`: fields of `cloud`."""
    severity_id, severity = _SEVERITY[finding.severity]
    status_id, status = _SUPPRESSED if finding.muted else _NEW
    time, region, detail = _seconds(finding.timestamp), finding.region, visible(finding.status_detail)
    found = {
        "message": detail,
        "severity_id": severity_id,
        "severity": severity,
        "status": status,
        "status_code": finding.status,
        "status_detail": detail,
        "status_id": status_id,
        "finding_info": {
            "created_time": time,
            "created_time_dt": finding.timestamp,
            "desc": check.description,
            "title": visible(finding.headline),
            "types": check.types,
            "uid": finding.uid,
        },
        "resources": [
            {
                "cloud_partition": finding.partition,
                "region": region,
                "data": _NO_DATA,
                "group": check.group,
                "labels": _labels(finding.resource_tags),
                "name": visible(finding.resource_name),
                "type": check.resource_type,
                "uid": finding.resource_arn or finding.resource_id,
            }
        ],
        "cloud": {**account, "provider": "aws", "region": region},
        "remediation": _remediation(finding) if finding.command else check.remediation,
        "time": time,
        "time_dt": finding.timestamp,
    }
    if finding.mute and finding.mute.reason:
        found["comment"] = visible_lines(finding.mute.reason)
    return found


def _nested(finding: Finding) -> _Nested:
    return _Nested(
        description=visible_lines(finding.description),
        types=types_of(finding.check_id),
        group={"name": finding.service},
        resource_type=finding.resource_type,
        remediation=_remediation(replace(finding, command="")),
    )


def _remediation(finding: Finding) -> dict[str, Any]:
    url = finding.remediation.url
    return {"desc": visible_lines(finding.advice), "references": [url] if url else []}


def _shared(finding: Finding) -> dict[str, Any]:
    """The fields that all findings of a check have in common."""
    url = finding.remediation.url
    return {
        "metadata": {
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
        **_EVENT,
        "risk_details": visible_lines(finding.risk),
        "unmapped": {
            "related_url": "",
            "categories": list(finding.categories),
            "depends_on": [],
            "related_to": [],
            "additional_urls": [url] if url else [],
            "notes": "",
            "compliance": {framework: list(ids) for framework, ids in finding.compliance.items()},
            "provider": "aws",
        },
    }


def _account(finding: Finding) -> dict[str, Any]:
    type_id, type_ = _AWS_ACCOUNT
    return {
        "account": {
            "name": visible(finding.account_name),
            "type": type_,
            "type_id": type_id,
            "uid": finding.account_id,
            "labels": _labels(finding.account_tags),
        },
        "org": {"name": "", "ou_name": visible(finding.account_organizational_unit), "uid": ""},
    }


def _labels(tags: dict[str, str]) -> list[str]:
    return [f"{key}:{value}" for key, value in tags.items()]


@lru_cache(maxsize=16)
def _seconds(timestamp: str) -> int:
    return int(datetime.datetime.fromisoformat(timestamp).timestamp())


class OcsfWriter(JsonArrayWriter):
    """Findings as OCSF detection findings, as one JSON array."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._check = per_check(_encoded_check)
        self._account = per_account(_encoded_account)

    def _event(self, finding: Finding) -> bytes:
        nested, shared = self._check(finding)
        return encoded(_own(finding, nested, self._account(finding)))[:-1] + shared


def _encoded_check(finding: Finding) -> tuple[_Nested, bytes]:
    nested = _nested(finding)
    return _Nested(**{name: raw(getattr(nested, name)) for name in nested.__struct_fields__}), rest(_shared(finding))


def _encoded_account(finding: Finding) -> dict[str, Any]:
    return {name: raw(value) for name, value in _account(finding).items()}
