"""The user's own severities and texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioprowler import ScanOptions, UsageError
from aioprowler.catalog import installed, load
from aioprowler.scanning import Scan
from tests.worlds.world import World, findings_of

VERSIONING = "s3_bucket_object_versioning"

WHOLE = f"""\
CustomChecksMetadata:
  azure:
    Checks:
      what_azure_has:
        Severity: high
  aws:
    Checks:
      {VERSIONING}:
        Severity: critical
        CheckTitle: Ours
        Description: What it is
        Risk: What may happen
        RelatedUrl: https://example.com/related
        Remediation:
          Code:
            CLI: aws s3 mend
            NativeIaC: "Type: AWS::S3::Bucket"
            Other: Click here
            Terraform: resource {{}}
          Recommendation:
            Text: Mend it
            Url: https://example.com/mend
"""


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "metadata.yaml"
    path.write_text(text)
    return path


def below_checks(text: str) -> str:
    return f"CustomChecksMetadata:\n  aws:\n    Checks:\n      {text}\n"


def test_findings_have_the_users_words(tmp_path: Path) -> None:
    path = file(tmp_path, WHOLE)
    world = World({"s3:ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "us-east-1"}]}})
    (found,) = findings_of(world, VERSIONING, custom_checks_metadata_file=path)
    assert (found.severity, found.title, found.description, found.risk) == (
        "critical", "Ours", "What it is", "What may happen",
    )  # fmt: skip
    assert (found.fails, found.problem) == ("", "Ours")
    remediation = found.remediation
    assert (remediation.text, remediation.cli, remediation.url) == (
        "Mend it", "aws s3 mend", "https://example.com/mend",
    )  # fmt: skip
    assert (remediation.cloudformation, remediation.console, remediation.terraform) == (
        "Type: AWS::S3::Bucket", "Click here", "resource {}",
    )  # fmt: skip
    (own,) = findings_of(world, VERSIONING)
    assert own.severity == "medium"
    assert own.uid == found.uid, "words make no other finding"


def test_what_the_file_does_not_say_stays(tmp_path: Path) -> None:
    path = file(tmp_path, below_checks(f"{VERSIONING}: {{RelatedUrl: 'https://example.com', Risk: ''}}"))
    own, made = (catalog.get(VERSIONING) for catalog in (installed(), load((), path)))
    assert made.documentation.remediation.url == "https://example.com"
    assert (made.severity, made.documentation.title, made.documentation.risk) == (
        own.severity, own.documentation.title, own.documentation.risk,
    )  # fmt: skip
    assert own.documentation.remediation.url.startswith("https://docs.aws")


def test_severities_are_selected_after_the_file(tmp_path: Path) -> None:
    path = file(tmp_path, WHOLE)
    options = ScanOptions(checks=[VERSIONING], severities=["critical"], custom_checks_metadata_file=path)
    assert [check.id for check in Scan(options, aws=World()).plan.checks] == [VERSIONING]
    with pytest.raises(UsageError, match="No check"):
        Scan(ScanOptions(checks=[VERSIONING], severities=["medium"], custom_checks_metadata_file=path), aws=World())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (below_checks("s3_bucket_object_versionin: {Severity: low}"), f"line 4: .*Did you mean {VERSIONING}"),
        (below_checks(f"{VERSIONING}:\n        Severty: low"), "line 5: there is no key 'Severty' here; say Severity"),
        (below_checks(f"{VERSIONING}:\n        Severity: hihg"), "line 5: .*Did you mean high"),
        (below_checks(f"{VERSIONING}:\n        Remediation: {{Code: {{Cli: x}}}}"), "line 5: .*CLI"),
        (below_checks(f"{VERSIONING}:\n        Risk: [a]"), "line 5: Risk: give a text"),
        (below_checks(f"{VERSIONING}: high"), "line 4: write `key: value` here"),
        (below_checks(f"{VERSIONING}: {{Severity: low}}\n      {VERSIONING}: {{Severity: low}}"), "line 5: .*twice"),
        ("CustomChecksMetadata: {azure: {Checks: {}}}", "`CustomChecksMetadata:`, `aws:`, `Checks:`"),
        ("", "`CustomChecksMetadata:`"),
        ("a: [", "line 1: this is not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_nearest_name(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told) as refused:
        load((), file(tmp_path, text))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--custom-checks-metadata-file .*No such file"):
        load((), tmp_path / "nowhere.yaml")


def test_a_command_of_the_users_is_filled_as_the_checks_own_is(tmp_path: Path) -> None:
    ours = WHOLE.replace("CLI: aws s3 mend", "CLI: mend <bucket> in <region> as <team>")
    world = World(
        {"s3:ListBuckets": {"Buckets": [{"Name": "b", "BucketRegion": "us-east-1"}]}, "s3:GetBucketVersioning": {}}
    )
    (found,) = findings_of(world, VERSIONING, custom_checks_metadata_file=file(tmp_path, ours))
    assert (found.status, found.headline, found.command) == ("FAIL", "Ours", "mend b in us-east-1 as <team>")
