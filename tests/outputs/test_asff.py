from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from aioprowler.findings.finding import Finding, Mute
from aioprowler.outputs.asff import AsffWriter, to_asff
from tests.outputs.samples import FINDING, HOSTILE, finding, hostile, many

_OPERATION = botocore.session.get_session().get_service_model("securityhub").operation_model("BatchImportFindings")


def written(findings: list[Finding], path: Path) -> Any:
    writer = AsffWriter(path)
    writer.open()
    for each in findings:
        writer.write([each])
    writer.close()
    return json.loads(path.read_bytes())


def assert_importable(events: list[dict[str, Any]]) -> None:
    """By the shapes of the service, and by the limits that its documentation has beside them."""
    report = ParamValidator().validate({"Findings": events}, _OPERATION.input_shape)
    assert not report.has_errors(), report.generate_report()
    for event in events:
        _assert_told(event)
        assert len(event["Id"]) <= 512
        assert len(event["Title"]) <= 256
        assert len(event["Description"]) <= 1024
        assert len(event["Types"]) <= 50
        assert all(len(each) <= 64 for each in event["Compliance"]["RelatedRequirements"])
        assert len(event["Compliance"]["AssociatedStandards"]) <= 20
        assert all(len(value) <= 2048 for value in event["ProductFields"].values())
        for text in event.get("Remediation", {"Recommendation": {}})["Recommendation"].values():
            assert len(text) <= 512
        (resource,) = event["Resources"]
        assert len(resource["Id"]) <= 512
        assert len(resource.get("Tags", ())) <= 50


def _assert_told(value: Any) -> None:
    """Every string has something in it but spaces: the shape NonEmptyString."""
    if isinstance(value, str):
        assert value.strip()
    elif isinstance(value, dict):
        for key, each in value.items():
            _assert_told(key)
            _assert_told(each)
    elif isinstance(value, list):
        for each in value:
            _assert_told(each)


def test_a_finding() -> None:
    event = to_asff(finding(compliance={"cis_3.0": ("2.1.4", "2.1.5"), "ENS": ("op.exp.1",)}))
    assert_importable([event])
    assert event == {
        "SchemaVersion": "2018-10-08",
        "Id": f"aioprowler-{FINDING.uid}",
        "ProductArn": "arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default",
        "ProductName": "aioprowler",
        "CompanyName": "aioprowler",
        "ProductFields": event["ProductFields"],
        "GeneratorId": "aioprowler-s3_bucket_public_access",
        "AwsAccountId": "123456789012",
        "Region": "eu-west-1",
        "Types": event["Types"],
        "FirstObservedAt": "2026-06-01T12:00:00Z",
        "CreatedAt": "2026-06-01T12:00:00Z",
        "UpdatedAt": "2026-06-01T12:00:00Z",
        "Severity": {"Label": "HIGH", "Original": "high"},
        "Title": "S3 bucket is public",
        "Description": "S3 bucket reports is public by its policy.",
        "Resources": [
            {
                "Type": "AwsS3Bucket",
                "Id": "arn:aws:s3:::reports",
                "Partition": "aws",
                "Region": "eu-west-1",
                "Tags": {"team": "data", "env": "prod"},
            }
        ],
        "Compliance": {
            "Status": "FAILED",
            "RelatedRequirements": ["CIS-3.0 2.1.4 2.1.5", "ENS op.exp.1"],
            "AssociatedStandards": [{"StandardsId": "CIS-3.0"}, {"StandardsId": "ENS"}],
        },
        "RecordState": "ACTIVE",
        "Remediation": {
            "Recommendation": {
                "Text": "Block public access, as with `put-public-access-block`.\n\n"
                "aws s3api put-public-access-block --bucket reports",
                "Url": "https://docs.aws.amazon.com/s3/",
            }
        },
    }
    assert event["Types"][0] == "Effects/Data Exposure"
    assert event["ProductFields"]["ProviderName"] == "aioprowler"
    assert event["ProductFields"]["OrganizationalUnit"] == "workloads/production"


@pytest.mark.parametrize(("status", "told"), [("PASS", "PASSED"), ("FAIL", "FAILED"), ("MANUAL", "NOT_AVAILABLE")])
def test_statuses(status: str, told: str) -> None:
    event = to_asff(finding(status=status))
    assert event["Compliance"]["Status"] == told
    assert "Workflow" not in event


def test_a_muted_finding_is_suppressed_with_its_reason() -> None:
    event = to_asff(finding(muted=True, mute=Mute(reason="Public on purpose.", owner="web", expires="2027-01-01")))
    assert_importable([event])
    assert event["Workflow"] == {"Status": "SUPPRESSED"}
    assert event["Compliance"]["Status"] == "WARNING"
    assert event["Note"] == {
        "Text": "Public on purpose.",
        "UpdatedBy": "web",
        "UpdatedAt": "2026-06-01T12:00:00Z",
    }
    assert "Note" not in to_asff(finding(muted=True))


def test_what_is_too_long_or_blank_does_not_have_the_finding_refused() -> None:
    long = "long " * 1000
    mend = FINDING.remediation.__class__(text=long, url=long)
    events = [
        to_asff(
            finding(
                fails=long,
                status_detail=long,
                resource_id=long,
                resource_arn=long,
                resource_name=long,
                account_organizational_unit=long,
                resource_tags={f"{number}": "x" for number in range(60)} | {"blank": " ", "long": "x" * 300},
                compliance={f"framework {number}": (f"{number}",) * 100 for number in range(50)},
                remediation=mend,
                muted=True,
                mute=Mute(reason=long, owner=long),
            )
        ),
        to_asff(
            finding(
                status_detail="",
                resource_name="",
                account_name=" ",
                resource_tags={"a": ""},
                resource_type="",
                categories=(),
                command="",
                remediation=FINDING.remediation.__class__(),
            )
        ),
    ]
    assert_importable(events)
    assert events[0]["Title"].endswith("…")
    assert "Tags" not in events[1]["Resources"][0]
    assert "Remediation" not in events[1]


def test_the_file_has_what_the_function_says(tmp_path: Path) -> None:
    muted = finding(muted=True, mute=Mute(reason="accepted"), compliance={"CIS-3.0": ("1.1",)})
    findings = [
        *many(50),
        muted,
        finding(title="Another title"),
        finding(status="PASS", command=""),
        *map(hostile, HOSTILE),
    ]
    events = written(findings, tmp_path / "scan.asff.json")
    assert events == [to_asff(each) for each in findings]
    assert_importable(events)


def test_percent_signs_are_text(tmp_path: Path) -> None:
    signs = finding(status_detail="%b of %s", fails="%%", service="%(x)b", account_name="%d")
    (event,) = written([signs], tmp_path / "scan.json")
    assert (event["Description"], event["Title"]) == ("%b of %s", "%%")
    assert (event["ProductFields"]["Service"], event["ProductFields"]["AccountName"]) == ("%(x)b", "%d")


def test_no_findings_are_an_empty_array(tmp_path: Path) -> None:
    assert written([], tmp_path / "scan.asff.json") == []


def test_a_lone_surrogate_is_shown(tmp_path: Path) -> None:
    (event,) = written([finding(status_detail="a\ud800b", fails="c\udfffd")], tmp_path / "scan.asff.json")
    assert event["Description"] == "a<U+D800>b"
    assert event["Title"] == "c<U+DFFF>d"
