"""OCSF Detection Findings, with the fields in which Prowler writes them.

https://schema.ocsf.io/1.5.0/classes/detection_finding, with the profiles cloud and datetime.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from msgspec import json
from msgspec.structs import replace

from aioprowler._version import __version__
from aioprowler.compliance.frameworks import framework, prowlers_spelling
from aioprowler.declarations.checks import SEVERITIES, STATUSES, Severity, Status
from aioprowler.findings.finding import Finding
from aioprowler.findings.finding_types import types_of
from aioprowler.outputs.advice import takes_commands, visible_advice
from aioprowler.outputs.json_array import HOLE, JsonArrayWriter, encoded_columns, template
from aioprowler.outputs.remembered import per_check, per_place
from aioprowler.outputs.writer import encoded, encoded_each
from aioprowler.texts import all_visible, visible, visible_lines

OCSF_VERSION: Final = "1.5.0"

_SEVERITY: Final[dict[Severity, tuple[bytes, bytes]]] = {
    severity: (encoded(len(SEVERITIES) - number), encoded(severity.capitalize()))
    for number, severity in enumerate(SEVERITIES)
}
_STATUS: Final[dict[Status, bytes]] = {status: encoded(status) for status in STATUSES}
_NEW: Final = (encoded(1), encoded("New"))
_SUPPRESSED: Final = (encoded(3), encoded("Suppressed"))
_AWS_ACCOUNT: Final = (10, "AWS Account")
_NO_DATA: Final = {"details": "", "metadata": {}}
_MITRE: Final = "mitre_attack"
_TECHNIQUES: Final = "https://attack.mitre.org/techniques/"
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
    """The finding as an event. Times are in milliseconds, as OCSF has them (Prowler's are in seconds)."""
    event: dict[str, Any] = json.decode(*OcsfEvents()([finding]))
    return event


def _shared(finding: Finding) -> dict[str, Any]:
    """The event as all findings of the finding's check have it, around what is their own."""
    url = finding.remediation.url
    return {
        "message": HOLE,
        "severity_id": HOLE,
        "severity": HOLE,
        "status": HOLE,
        "status_code": HOLE,
        "status_detail": HOLE,
        "status_id": HOLE,
        "finding_info": {
            "analytic": {
                "name": visible(finding.title),
                "uid": finding.check_id,
                "type_id": 1,
                "type": "Rule",
                "category": finding.service,
            },
            **_attacks(finding),
            "created_time": HOLE,
            "created_time_dt": HOLE,
            "desc": visible_lines(finding.description),
            "title": HOLE,
            "types": types_of(finding.check_id),
            "uid": HOLE,
        },
        "resources": [
            {
                "cloud_partition": HOLE,
                "region": HOLE,
                "data": _NO_DATA,
                "group": {"name": finding.service},
                "labels": HOLE,
                "name": HOLE,
                "type": finding.resource_type,
                "uid": HOLE,
            }
        ],
        "cloud": HOLE,
        "remediation": HOLE,
        "time": HOLE,
        "time_dt": HOLE,
        "metadata": {
            "event_code": finding.check_id,
            "product": {
                "name": "aioprowler",
                "uid": "aioprowler",
                "vendor_name": "aioprowler",
                "version": __version__,
            },
            "profiles": ["cloud", "datetime"],
            "tenant_uid": HOLE,
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
            "compliance": prowlers_spelling(finding.compliance),
            "scan_id": HOLE,
            "provider_uid": HOLE,
            "provider": "aws",
        },
    }


def _attacks(finding: Finding) -> dict[str, Any]:
    """What MITRE ATT&CK has of what the check guards against, once for each tactic; nothing where it has nothing."""
    named = finding.compliance.get(_MITRE, ())
    attacks = [
        {
            "tactic": {"name": tactic},
            "technique": {"uid": each.id, "name": each.name, "src_url": f"{_TECHNIQUES}{each.id.replace('.', '/')}/"},
        }
        for each in (framework(_MITRE).requirements if named else ())
        if each.id in named
        for tactic in each.tactics
    ]
    return {"attacks": attacks} if attacks else {}


class _Check(NamedTuple):
    """JSON of what all findings of a check share."""

    event: bytes
    """A template of `_shared`."""
    title: bytes
    problem: bytes
    remediation: bytes
    takes_commands: bool


class _Place(NamedTuple):
    """JSON of what all findings of an account and region share."""

    partition: bytes
    region: bytes
    cloud: bytes
    organization: bytes
    account_id: bytes


class OcsfEvents:
    """The JSON of findings' events."""

    def __init__(self) -> None:
        self._check = per_check(_of_check)
        self._place = per_place(_of_place)

    def __call__(self, findings: Sequence[Finding]) -> Iterator[bytes]:
        """An event for each, in their order."""
        details = all_visible([each.status_detail for each in findings])
        names = all_visible([each.resource_name for each in findings])
        checks = [*map(self._check, findings)]
        return map(self._event, findings, checks, *encoded_columns(map(_values, findings, checks, details, names)))

    def _event(
        self,
        finding: Finding,
        check: _Check,
        detail: bytes,
        uid: bytes,
        labels: bytes,
        name: bytes,
        resource: bytes,
        remediation: bytes,
    ) -> bytes:
        place = self._place(finding)
        severity_id, severity = _SEVERITY[finding.severity]
        status_id, status = _SUPPRESSED if finding.muted else _NEW
        time, time_dt = _time(finding.timestamp)
        return check.event % (
            detail,
            severity_id,
            severity,
            status,
            _STATUS[finding.status],
            detail,
            status_id,
            time,
            time_dt,
            check.problem if finding.status == "FAIL" else check.title,
            uid,
            place.partition,
            place.region,
            labels,
            name,
            resource,
            place.cloud,
            remediation if finding.command else check.remediation,
            time,
            time_dt + _comment(finding) if finding.mute else time_dt,
            place.organization,
            _scan_id(finding.account_id, finding.timestamp),
            place.account_id,
        )


def _values(finding: Finding, check: _Check, detail: str, name: str) -> tuple[Any, ...]:
    """What no other finding may have."""
    return (
        detail,
        finding.uid,
        _labels(finding.resource_tags),
        name,
        finding.resource_arn or finding.resource_id,
        finding.command and _remediation(finding, takes=check.takes_commands),
    )


def _of_check(finding: Finding) -> _Check:
    return _Check(
        template(_shared(finding)),
        encoded(visible(finding.title)),
        encoded(visible(finding.problem)),
        encoded(_remediation(replace(finding, command="", further_commands=()), takes=False)),
        takes_commands(finding),
    )


def _remediation(finding: Finding, *, takes: bool) -> dict[str, Any]:
    url = finding.remediation.url
    return {"desc": visible_advice(finding, takes=takes), "references": [url] if url else []}


def _of_place(finding: Finding) -> _Place:
    organization, account = finding.account_organization_arn, finding.account_id
    return _Place(*encoded_each([finding.partition, finding.region, _cloud(finding), organization, account]))


def _cloud(finding: Finding) -> dict[str, Any]:
    type_id, type_ = _AWS_ACCOUNT
    return {
        "account": {
            "name": visible(finding.account_name),
            "type": type_,
            "type_id": type_id,
            "uid": finding.account_id,
            "labels": _labels(finding.account_tags),
        },
        "org": {
            "name": finding.account_organization_id,
            "ou_name": visible(finding.account_organizational_unit),
            "ou_uid": finding.account_organizational_unit_id,
            "uid": finding.account_organization_arn,
        },
        "provider": "aws",
        "region": finding.region,
    }


def _labels(tags: dict[str, str]) -> list[str]:
    return [f"{key}:{value}" for key, value in tags.items()]


def _comment(finding: Finding) -> bytes:
    """To stand after another field."""
    if finding.mute and finding.mute.reason:
        return b',"comment":' + encoded(visible_lines(finding.mute.reason))
    return b""


@lru_cache(maxsize=16)
def _time(timestamp: str) -> tuple[bytes, bytes]:
    return encoded(int(datetime.datetime.fromisoformat(timestamp).timestamp() * 1000)), encoded(timestamp)


@lru_cache(maxsize=4096)
def _scan_id(account_id: str, timestamp: str) -> bytes:
    """A UUID of version 7, one for each scan of an account as Prowler has it, and the same whenever it is made."""
    moment = int(datetime.datetime.fromisoformat(timestamp).timestamp() * 1000)
    text = f"{account_id} {timestamp}".encode(errors="surrogatepass")
    rest = int.from_bytes(blake2b(text, digest_size=10).digest())
    number = (moment << 80 | rest) & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62
    return encoded(str(UUID(int=number)))


class OcsfWriter(JsonArrayWriter):
    """Findings as OCSF detection findings, as one JSON array."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, OcsfEvents())
