"""A scan of some resources ends with the findings that a scan of everything has about them, and asks AWS for less."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest

from aioprowler import Account, Finding, ScanOptions
from aioprowler.catalog import arns_of, installed
from aioprowler.findings.coverage import Coverage
from aioprowler.findings.selection import ArnPattern
from aioprowler.scanning import Scan
from tests.worlds.recorded import Recording
from tests.worlds.world import ACCOUNT, NOW, TOOLS, World, denied

ENCRYPTED, VERSIONED = "s3_bucket_default_encryption", "s3_bucket_object_versioning"
IMDS, TERMINATION = "ec2_instance_imdsv2_enabled", "ec2_instance_account_imdsv2_enabled"
GET_RESOURCES = "resourcegroupstaggingapi:GetResources"
ARN = "arn:aws:iam::123456789012"


def scanned(aws: Any, **options: Any) -> tuple[list[Finding], Coverage]:
    scan = Scan(ScanOptions(now=NOW, **options), aws=aws, tools=TOOLS)

    async def run() -> list[Finding]:
        return [each async for batch in scan.batches() for each in batch]

    return anyio.run(run), scan.coverage()


def uids(findings: list[Finding]) -> set[str]:
    return {each.uid for each in findings}


# ------------------------------------------------------------- everything there is
def test_the_arns_in_findings_are_as_the_checks_tell_beforehand(recording: Recording) -> None:
    findings, _ = scanned(recording, accounts=recording.accounts)
    checks = installed().checks
    for each in findings:
        if each.status != "MANUAL" or each.resource_id != each.account_id:
            arn = ArnPattern.parse(each.resource_arn)
            assert any(arn.meets(shape) for shape in arns_of(checks[each.check_id])), (each.check_id, each.resource_arn)


def is_placed(finding: Finding) -> bool:
    """Whether its ARN names its region. The embedded AWS makes all access points' ARNs in one."""
    return finding.resource_arn.split(":")[3] in ("", finding.region)


def test_a_scan_of_one_arn_has_all_findings_about_it(recording: Recording) -> None:
    findings, _ = scanned(recording, accounts=recording.accounts)
    judged = [each for each in findings if each.status != "MANUAL" and is_placed(each)]
    of_each_type = {each.resource_type: each.resource_arn for each in judged}
    assert len(of_each_type) > 10
    for arn in of_each_type.values():
        expected = {each.uid for each in judged if each.resource_arn == arn}
        narrowed, coverage = scanned(recording, accounts=recording.accounts, resource_arns=[arn])
        assert expected <= uids(narrowed)
        assert all(each.resource_arn == arn or each.status == "MANUAL" for each in narrowed)
        assert coverage.notes == ()


class Tagging:
    """The recording, with the tagging service of AWS in front of it."""

    def __init__(self, recording: Recording, arns: set[str]) -> None:
        self._recording = recording
        self._arns = arns

    async def call(
        self, account: Account, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> dict[str, Any]:
        if f"{service}:{operation}" != GET_RESOURCES or "ResourceTypeFilters" in params:  # as checks ask for tags
            return await self._recording.call(account, region, service, operation, params)
        assert params == {"TagFilters": [{"Key": "chosen", "Values": ["yes"]}], "ResourcesPerPage": 100}
        here = [arn for arn in self._arns if (arn.split(":")[3] or "us-east-1") == region]
        return {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": []} for arn in here]}


def test_a_scan_of_tagged_resources_has_all_findings_about_them(recording: Recording) -> None:
    findings, _ = scanned(recording, accounts=recording.accounts)
    checks = installed().checks
    judged = [each for each in findings if checks[each.check_id].subject.kind == "resource"]
    untagged = re.compile(":user/|:root$")  # an account is told of where its listing failed
    arns = sorted({each.resource_arn for each in judged if not untagged.search(each.resource_arn)})[::3]
    assert len(arns) > 10
    narrowed, _ = scanned(Tagging(recording, set(arns)), accounts=recording.accounts, resource_tags=["chosen=yes"])
    assert {each.uid for each in judged if each.resource_arn in arns} <= uids(narrowed)
    assert all(each.resource_arn in arns or each.status == "MANUAL" for each in narrowed)


# --------------------------------------------------------------------------- by ARN
def instance(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
    made = [{"InstanceId": f"i-{n}", "State": {"Name": "running"}, "Tags": tags_of(n)} for n in range(3)]
    return {"Reservations": [{"Instances": made}]}


def tags_of(number: int) -> list[dict[str, str]]:
    return [{"Key": "env", "Value": "prod"}] if number == 0 else []


def buckets(*names: str) -> dict[str, Any]:
    return {"Buckets": [{"Name": name, "BucketRegion": "eu-west-1"} for name in names]}


def world(**replies: Any) -> World:
    return World({"s3:ListBuckets": buckets("a", "b"), "ec2:DescribeInstances": instance})


def resources_of(findings: list[Finding]) -> set[str]:
    return {each.resource_arn for each in findings}


def asked(aws: World) -> set[tuple[str, str]]:
    """Operation and region of all calls."""
    return {(name, region) for _, region, name, _ in aws.params}


def test_only_the_regions_and_services_of_an_arn_are_asked() -> None:
    aws = world()
    arn = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"
    findings, coverage = scanned(aws, accounts=[ACCOUNT], checks=[IMDS, VERSIONED], resource_arns=[arn])
    assert resources_of(findings) == {arn}
    assert asked(aws) == {("ec2:DescribeInstances", "eu-west-1")}
    assert coverage.resource_arns == (arn,)
    assert coverage.check_ids == (IMDS,)


def test_wildcards_stand_for_any_resource() -> None:
    arns = ["arn:aws:ec2:*:*:instance/i-*", "arn:aws:s3:::a"]
    findings, _ = scanned(world(), accounts=[ACCOUNT], checks=[IMDS, VERSIONED], resource_arns=arns)
    assert len(resources_of(findings)) == 7


def test_an_arn_of_which_nothing_was_judged_is_noted() -> None:
    gone, other = "arn:aws:ec2:eu-west-1:123456789012:instance/i-9", "arn:aws:sqs:eu-west-1:123456789012:jobs"
    _, coverage = scanned(
        world(), accounts=[ACCOUNT], checks=[IMDS], resource_arns=[gone, other, "arn:aws:ec2:*:*:instance/i-1"]
    )
    assert [note.partition(": ")[0] for note in coverage.notes] == [
        f"Nothing was judged of {gone}",
        f"Nothing was judged of {other}",
    ]
    assert coverage.unfound == (gone, other)


def test_a_pattern_may_be_about_nothing() -> None:
    _, coverage = scanned(
        world(), accounts=[ACCOUNT], checks=[IMDS], resource_arns=["arn:aws:ec2:*:*:instance/i-9*", "arn:aws:ec2:*:*:*"]
    )
    assert len(coverage.notes) == 1
    assert coverage.unfound == ()


def test_accounts_that_no_arn_names_are_not_scanned() -> None:
    aws = world()
    accounts = [ACCOUNT, Account(id="222222222222", regions=("us-east-1",))]
    findings, coverage = scanned(
        aws, accounts=accounts, checks=[IMDS], resource_arns=["arn:aws:ec2:*:222222222222:instance/*"]
    )
    assert {each.account_id for each in findings} == {"222222222222"}
    assert {account for account, *_ in aws.params} == {"222222222222"}
    assert coverage.accounts.found == 1


def test_what_could_not_be_looked_at_for_an_arn_stays() -> None:
    aws = World({"ec2:DescribeInstances": denied("ec2:DescribeInstances")})
    arn = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"
    findings, coverage = scanned(aws, accounts=[ACCOUNT], checks=[IMDS], resource_arns=[arn])
    assert [(each.status, each.region) for each in findings] == [("MANUAL", "eu-west-1")]
    assert arn in coverage.notes[0]


def test_findings_about_the_account_are_left_out() -> None:
    account_wide = "iam_password_policy_minimum_length_14"
    replies: dict[str, Any] = {"iam:GetAccountPasswordPolicy": denied()}
    arn = "arn:aws:iam::123456789012:user/alice"
    findings, _ = scanned(World(replies), accounts=[ACCOUNT], services=["iam"], resource_arns=[arn])
    assert account_wide not in {each.check_id for each in findings}


# -------------------------------------------------------------------------- by tags
def tagging(*arns: str) -> Callable[..., dict[str, Any]]:
    def answer(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        token = params.get("PaginationToken", "")
        here = [arn for arn in arns if (arn.split(":")[3] or "eu-west-1") == region]
        page, rest = here[int(token or 0) :][:1], here[int(token or 0) + 1 :]
        return {
            "ResourceTagMappingList": [{"ResourceARN": arn} for arn in page],
            "PaginationToken": str(int(token or 0) + 1) if rest else "",
        }

    return answer


def tagged_world(*arns: str) -> World:
    aws = world()
    aws.replies[GET_RESOURCES] = tagging(*arns)
    return aws


def test_tags_that_no_listing_brings_are_asked_of_aws() -> None:
    aws = tagged_world("arn:aws:s3:::b", "arn:aws:s3:::other")
    findings, coverage = scanned(aws, accounts=[ACCOUNT], checks=[VERSIONED, IMDS], resource_tags=["env=prod"])
    assert resources_of(findings) == {"arn:aws:s3:::b"}
    assert (coverage.notes, coverage.resource_tags) == ((), ("env=prod",))
    assert aws.calls["ec2:DescribeInstances"] == 0, "nothing of EC2 has the tag"
    assert aws.calls[GET_RESOURCES] == 3, "a page, one more, and the other region"


def test_tags_of_the_listing_count_too() -> None:
    aws = tagged_world("arn:aws:ec2:us-east-1:123456789012:volume/vol-1")
    findings, _ = scanned(aws, accounts=[ACCOUNT], checks=[IMDS], resource_tags=["env=prod"])
    assert resources_of(findings) == {"arn:aws:ec2:us-east-1:123456789012:instance/i-0"}


def test_where_tags_cannot_be_read_findings_are_kept_and_that_is_said() -> None:
    aws = tagged_world()
    aws.replies[GET_RESOURCES, "eu-west-1"] = denied("tag:GetResources")
    findings, coverage = scanned(aws, accounts=[ACCOUNT], checks=[VERSIONED, IMDS], resource_tags=["env=prod"])
    instances = {"arn:aws:ec2:eu-west-1:123456789012:instance/i-0"}
    assert resources_of(findings) == {"arn:aws:s3:::a", "arn:aws:s3:::b"} | instances
    assert "Tags could not be read in eu-west-1" in coverage.notes[0]
    assert [gap.action for gap in coverage.gaps] == ["tag:GetResources"]


def test_users_have_their_tags_wherever_they_come_from() -> None:
    def user(name: str, *tags: dict[str, str]) -> dict[str, Any]:
        return {"UserName": name, "Arn": f"arn:aws:iam::123456789012:user/{name}", "Tags": list(tags)}

    chosen = {"Key": "env", "Value": "prod"}
    lines = ("user,arn,password_enabled,mfa_active", *(f"{n},{ARN}:user/{n},true,false" for n in ("alice", "bob")))
    aws = World(
        {
            "iam:GetAccountAuthorizationDetails": {"UserDetailList": [user("alice", chosen), user("bob")]},
            "iam:GenerateCredentialReport": {"State": "COMPLETE"},
            "iam:GetCredentialReport": {"Content": "\n".join(lines).encode()},
        }
    )
    checks = ["iam_policy_attached_only_to_group_or_roles", "iam_user_mfa_enabled_console_access"]
    findings, coverage = scanned(aws, accounts=[ACCOUNT], checks=checks, resource_tags=["env"])
    assert {(each.check_id, each.resource_name) for each in findings} == {(checks[0], "alice"), (checks[1], "alice")}
    assert all(each.resource_tags == {"env": "prod"} for each in findings)
    assert coverage.notes == ()


def statements(findings: list[Finding]) -> Iterator[str]:
    yield from (each.check_id for each in findings if each.resource_id == each.account_id)


def test_checks_of_the_account_and_the_region_are_no_part_of_a_scan_by_tags() -> None:
    aws = tagged_world("arn:aws:s3:::a")
    findings, coverage = scanned(aws, accounts=[ACCOUNT], services=["s3"], resource_tags=["env=prod"])
    assert not list(statements(findings))
    assert all(installed().get(id_).subject.kind == "resource" for id_ in coverage.check_ids)


@pytest.mark.parametrize("options", [{"resource_arns": ["x"]}, {"resource_tags": ["=x"]}])
def test_what_is_no_arn_or_tag_is_refused_at_once(options: dict[str, Any]) -> None:
    from aioprowler import UsageError

    with pytest.raises(UsageError):
        Scan(ScanOptions(**options), aws=World())
