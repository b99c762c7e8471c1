from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import RFC_4122, UUID

import pytest
from py_ocsf_models.events.findings.detection_finding import DetectionFinding

from aioprowler._version import __version__
from aioprowler.declarations.checks import Severity
from aioprowler.findings.finding import Finding, Mute
from aioprowler.outputs.ocsf import OcsfWriter, to_ocsf
from tests.outputs.samples import FINDING, HOSTILE, finding, hostile, many

PROWLER_FIELDS = {
    "": "message metadata severity_id severity status status_code status_detail status_id unmapped activity_name "
    "activity_id finding_info resources category_name category_uid class_name class_uid cloud remediation "
    "risk_details time time_dt type_uid type_name",
    "metadata": "event_code product profiles tenant_uid version",
    "metadata.product": "name uid vendor_name version",
    "finding_info": "analytic created_time created_time_dt desc title types uid",
    "cloud": "account org provider region",
    "cloud.account": "name type type_id uid labels",
    "remediation": "desc references",
    "unmapped": "related_url categories depends_on related_to additional_urls notes compliance "
    "scan_id provider_uid provider",
    "resources.0": "cloud_partition region data group labels name type uid",
}
"""The fields of an event that Prowler writes for AWS."""


def written(findings: list[Finding], path: Path) -> Any:
    writer = OcsfWriter(path)
    writer.open()
    for each in findings:
        writer.write([each])
    writer.close()
    return json.loads(path.read_bytes())


def _at(event: Any, path: str) -> Any:
    for key in filter(None, path.split(".")):
        event = event[int(key) if key.isdigit() else key]
    return event


def test_the_fields_are_prowlers() -> None:
    event = to_ocsf(FINDING)
    for path, fields in PROWLER_FIELDS.items():
        assert set(_at(event, path)) == set(fields.split()), path
    assert set(event["cloud"]["org"]) >= {"name", "uid"}


def test_a_finding() -> None:
    event = DetectionFinding.model_validate(to_ocsf(finding(compliance={"cis_3.0": ("2.1.4",)})))
    assert (event.class_uid, event.type_uid.name, event.activity_id.name) == (2004, "Create", "Create")
    assert (event.severity, event.severity_id.name) == ("High", "High")
    assert event.status_id is not None
    assert (event.status, event.status_id.name, event.status_code) == ("New", "New", "FAIL")
    assert event.status_detail == event.message == FINDING.status_detail
    assert event.finding_info.uid == FINDING.uid
    assert event.finding_info.title == FINDING.fails
    assert event.finding_info.desc == FINDING.description
    assert event.finding_info.types
    assert event.time_dt is not None
    assert event.time == event.finding_info.created_time == 1780315200_000 == event.time_dt.timestamp() * 1000
    assert event.risk_details == FINDING.risk
    assert event.remediation is not None
    assert event.remediation.desc == f"{FINDING.remediation.text}\n\n{FINDING.command}"
    assert event.remediation.references == [FINDING.remediation.url]
    assert event.metadata.event_code == FINDING.check_id
    assert event.metadata.product.version == __version__
    assert event.cloud is not None
    assert event.cloud.account is not None
    assert (event.cloud.account.uid, event.cloud.account.name) == ("123456789012", "Production")
    assert event.cloud.account.type_id.name == "AWS_Account"
    assert event.cloud.account.labels == ["cost:42"]
    assert event.cloud.org is not None
    assert (event.cloud.org.ou_name, event.cloud.org.ou_uid) == ("workloads/production", "ou-a1b2-3c4d5e6f")
    assert (event.cloud.org.name, event.cloud.org.uid) == ("o-a1b2c3d4e5", FINDING.account_organization_arn)
    assert event.metadata.tenant_uid == FINDING.account_organization_arn
    assert event.resources is not None
    (resource,) = event.resources
    assert (resource.uid, resource.name, resource.type) == (FINDING.resource_arn, "reports", "AwsS3Bucket")
    assert (resource.region, resource.cloud_partition) == ("eu-west-1", "aws")
    assert resource.labels == ["team:data", "env:prod"]
    assert resource.group is not None
    assert resource.group.name == "s3"
    assert isinstance(event.unmapped, dict)
    assert event.unmapped["compliance"] == {"CIS-3.0": ["2.1.4"]}
    assert event.unmapped["categories"] == ["internet-exposed", "data"]


def test_the_check_is_the_analytic_and_what_it_guards_against_are_attacks() -> None:
    told = finding(compliance={"mitre_attack": ("T1078", "T1190")})
    info = DetectionFinding.model_validate(to_ocsf(told)).finding_info
    assert info.analytic is not None
    assert (info.analytic.uid, info.analytic.name, info.analytic.type) == (told.check_id, told.title, "Rule")
    assert info.attacks is not None
    told_of = [(each.technique, each.tactic.name) for each in info.attacks if each.technique and each.tactic]
    assert {technique.uid for technique, _ in told_of} == {"T1078", "T1190"}
    ((url, tactic),) = [(technique.src_url, tactic) for technique, tactic in told_of if technique.uid == "T1190"]
    assert (url, tactic) == ("https://attack.mitre.org/techniques/T1190/", "Initial Access")


def test_a_scan_of_an_account_has_one_id_which_begins_with_its_time() -> None:
    def scan_id(**fields: Any) -> UUID:
        return UUID(to_ocsf(finding(**fields))["unmapped"]["scan_id"])

    assert scan_id() == scan_id(check_id="another", region="us-east-1")
    assert len({scan_id(), scan_id(account_id="222222222222"), scan_id(timestamp="2026-06-02T12:00:00Z")}) == 3
    assert (scan_id().version, scan_id().variant, scan_id().int >> 80) == (7, RFC_4122, 1780315200_000)
    assert to_ocsf(FINDING)["unmapped"]["provider_uid"] == FINDING.account_id


@pytest.mark.parametrize("severity", ["critical", "high", "medium", "low", "informational"])
def test_severities(severity: Severity) -> None:
    event = DetectionFinding.model_validate(to_ocsf(finding(severity=severity)))
    assert event.severity_id.name == event.severity == severity.capitalize()


def test_a_muted_finding_is_suppressed_with_its_reason() -> None:
    event = DetectionFinding.model_validate(to_ocsf(finding(muted=True, mute=Mute(reason="Public on purpose."))))
    assert event.status_id is not None
    assert event.status == event.status_id.name == "Suppressed"
    assert event.comment == "Public on purpose."


def test_the_file_has_what_the_function_says(tmp_path: Path) -> None:
    muted = finding(muted=True, mute=Mute(reason="accepted"), compliance={"CIS-3.0": ("1.1",)})
    renamed = finding(title="Another title", account_name="Renamed")
    findings = [*many(50), muted, FINDING, renamed, *map(hostile, HOSTILE)]
    events = written(findings, tmp_path / "scan.ocsf.json")
    assert events == [to_ocsf(each) for each in findings]
    for event in events:
        DetectionFinding.model_validate(event)


def test_percent_signs_are_text(tmp_path: Path) -> None:
    signs = finding(status_detail="%b of %s", fails="%%", service="%(x)b", account_name="%d")
    (event,) = written([signs], tmp_path / "scan.json")
    assert (event["message"], event["finding_info"]["title"]) == ("%b of %s", "%%")
    assert (event["resources"][0]["group"]["name"], event["cloud"]["account"]["name"]) == ("%(x)b", "%d")


def test_no_findings_are_an_empty_array(tmp_path: Path) -> None:
    assert written([], tmp_path / "scan.ocsf.json") == []


def test_a_lone_surrogate_is_shown(tmp_path: Path) -> None:
    (event,) = written([finding(status_detail="a\ud800b", account_name="c\udfffd")], tmp_path / "scan.ocsf.json")
    assert event["message"] == "a<U+D800>b"
    assert event["cloud"]["account"]["name"] == "c<U+DFFF>d"
