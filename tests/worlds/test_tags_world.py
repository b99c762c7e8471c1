"""The tags of resources whose own listing brings none: asked of AWS's tagging service, and only where they matter."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from aioprowler import Account, Finding, ScanOptions
from aioprowler.catalog import installed
from aioprowler.findings.coverage import Coverage
from aioprowler.findings.mutelist import Exceptions, MuteEntry, Mutelist
from aioprowler.scanning import Scan, plan
from aioprowler.scanning.journal import AccountDone
from aioprowler.scanning.tag_reader import GET_RESOURCES, GET_USERS
from tests.worlds.world import ACCOUNT, NOW, TOOLS, World, denied, error

VERSIONED, TERMINATION, MFA = (
    "s3_bucket_object_versioning",
    "ec2_instance_imdsv2_enabled",
    "iam_user_mfa_enabled_console_access",
)
POLICY, ROOT = "iam_customer_unattached_policy_no_administrative_privileges", "iam_avoid_root_usage"
RESOURCES, USERS = str(GET_RESOURCES), str(GET_USERS)
PROD, DEV = {"env": "prod"}, {"env": "dev", "team": "data"}


def tagged(**tags: dict[str, str]) -> dict[str, Any]:
    return mapped({f"arn:aws:s3:::{name}": each for name, each in tags.items()})


def mapped(tags: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {
        "ResourceTagMappingList": [
            {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in each.items()]}
            for arn, each in tags.items()
        ]
    }


BUCKETS = {"a": "us-east-1", "b": "eu-west-1", "c": "eu-west-1"}
INSTANCE = {"InstanceId": "i-0", "State": {"Name": "running"}, "Tags": [{"Key": "env", "Value": "own"}]}


def world() -> World:
    """Buckets in two regions, of which `c` has no tags, and an instance."""
    buckets = [{"Name": name, "BucketRegion": region} for name, region in BUCKETS.items()]
    return World(
        {
            "s3:ListBuckets": {"Buckets": buckets},
            "ec2:DescribeInstances": {"Reservations": [{"Instances": [INSTANCE]}]},
            (RESOURCES, "us-east-1"): tagged(a=PROD),
            (RESOURCES, "eu-west-1"): tagged(b=DEV),
        }
    )


def scanned(
    aws: World, *checks: str, entries: tuple[MuteEntry, ...] = (), **options: Any
) -> tuple[list[Finding], Coverage]:
    mutelist = Mutelist(entries=entries) if entries else None
    chosen = ScanOptions(checks=checks, accounts=[ACCOUNT], now=NOW, mutelist=mutelist, **options)
    scan = Scan(chosen, aws=aws, tools=TOOLS)

    async def run() -> list[Finding]:
        return [each async for batch in scan.batches() for each in batch]

    return anyio.run(run), scan.coverage()


def tags_of(findings: list[Finding]) -> dict[str, dict[str, str]]:
    return {each.resource_name: each.resource_tags for each in findings}


def muted(findings: list[Finding]) -> set[str]:
    return {each.resource_name for each in findings if each.muted}


def by_tag(*tags: str, check: str = VERSIONED, **more: Any) -> MuteEntry:
    return MuteEntry(account="*", check=check, tags=tags, **more)


# ------------------------------------------------------------------------ the option
def test_findings_have_the_tags_of_their_resources() -> None:
    aws = world()
    findings, coverage = scanned(aws, VERSIONED, TERMINATION, tags=True)
    assert tags_of(findings) == {"a": PROD, "b": DEV, "c": {}, "i-0": {"env": "own"}}
    assert aws.calls[RESOURCES] == 2, "once a region"
    assert coverage.notes == ()


def test_tags_change_no_uid() -> None:
    with_tags, _ = scanned(world(), VERSIONED, tags=True)
    without, _ = scanned(world(), VERSIONED)
    assert sorted(each.uid for each in with_tags) == sorted(each.uid for each in without)
    assert all(each.resource_tags == {} for each in without)


def test_only_the_services_that_need_it_are_asked_about() -> None:
    aws = world()
    scanned(aws, VERSIONED, TERMINATION, tags=True)
    asked = [params for _, _, name, params in aws.params if name == RESOURCES]
    assert asked == [{"ResourceTypeFilters": ["s3"], "ResourcesPerPage": 100}] * 2


def test_a_service_that_the_tagging_service_does_not_know_is_not_named() -> None:
    def choosy(account: Account, region: str, params: dict[str, Any]) -> Any:
        if "ResourceTypeFilters" in params:
            return error("InvalidParameterException", "unknown type")
        return mapped({"arn:aws:s3:::b": DEV, "arn:aws:sqs:eu-west-1:1:q": PROD})

    findings, coverage = scanned(_with(choosy), VERSIONED, tags=True)
    assert tags_of(findings)["b"] == DEV
    assert (coverage.gaps, coverage.notes) == ((), ())


def _with(reply: Any) -> World:
    aws = world()
    aws.replies[RESOURCES, "us-east-1"] = aws.replies[RESOURCES, "eu-west-1"] = reply
    return aws


def test_without_the_option_nothing_is_asked() -> None:
    aws = world()
    scanned(aws, VERSIONED, TERMINATION)
    assert not aws.calls[RESOURCES]


def test_checks_whose_listings_bring_tags_ask_nothing() -> None:
    aws = world()
    findings, _ = scanned(aws, TERMINATION, tags=True)
    assert findings
    assert not aws.calls[RESOURCES]


@pytest.mark.parametrize("reply", [{"ResourceTagMappingList": [{"Tags": []}]}, {"ResourceTagMappingList": ["x"]}])
def test_a_reply_that_cannot_be_read_is_a_gap(reply: dict[str, Any]) -> None:
    findings, coverage = scanned(_with(reply), VERSIONED, tags=True)
    assert len(findings) == 3
    assert [gap.action for gap in coverage.gaps] == ["tag:GetResources"]
    assert "Tags could not be read in eu-west-1, us-east-1" in coverage.notes[0]


def test_pages_that_end_before_the_last_one_are_a_gap() -> None:
    def pages(account: Account, region: str, params: dict[str, Any]) -> Any:
        if "PaginationToken" in params:
            return error("InvalidParameterException", "the token is not good")
        return {**tagged(b=DEV), "PaginationToken": "more"}

    _, coverage = scanned(_with(pages), VERSIONED, tags=True)
    assert [(gap.action, gap.codes) for gap in coverage.gaps] == [("tag:GetResources", ("PaginationError",))]


# ------------------------------------------------------------------------------- IAM
def iam() -> World:
    arn = "arn:aws:iam::123456789012"
    report = "user,arn,password_enabled,mfa_active\n" + "\n".join(
        [f"<root_account>,{arn}:root,not_supported,false", f"alice,{arn}:user/team/alice,true,false"]
    )
    alice = {"UserName": "alice", "Arn": f"{arn}:user/team/alice", "Tags": [{"Key": "env", "Value": "prod"}]}
    document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    versions = [{"Document": document, "IsDefaultVersion": True}]
    policy = {"Arn": f"{arn}:policy/all", "PolicyVersionList": versions}

    def details(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"UserDetailList": [alice]} if params["Filter"] == ["User"] else {"Policies": [policy]}

    return World(
        {
            "iam:GenerateCredentialReport": {"State": "COMPLETE"},
            "iam:GetCredentialReport": {"Content": report.encode()},
            USERS: details,
            (RESOURCES, "us-east-1"): mapped({f"{arn}:policy/all": DEV}),
        }
    )


def test_users_have_theirs_from_iam_and_policies_from_the_tagging_service() -> None:
    aws = iam()
    findings, coverage = scanned(aws, MFA, POLICY, ROOT, tags=True)
    assert tags_of(findings) == {"alice": PROD, "all": DEV, "<root_account>": {}}
    asked = {
        (name, region)
        for _, region, name, params in aws.params
        if name == RESOURCES or params.get("Filter") == ["User"]
    }
    assert asked == {(RESOURCES, "us-east-1"), (USERS, "us-east-1")}
    assert coverage.notes == ()


def test_users_alone_need_no_tagging_service() -> None:
    aws = iam()
    scanned(aws, MFA, tags=True)
    assert not aws.calls[RESOURCES]
    asked = plan(ScanOptions(checks=[MFA], tags=True), installed()).operations
    assert USERS in {str(each.operation) for each in asked}
    assert RESOURCES not in {str(each.operation) for each in asked}


# ---------------------------------------------------------------------- the mutelist
def test_an_entry_by_tag_mutes_what_has_the_tag() -> None:
    aws = world()
    findings, coverage = scanned(aws, VERSIONED, entries=(by_tag("env=prod"),))
    assert muted(findings) == {"a"}
    assert coverage.notes == ()


def test_a_list_without_tags_asks_for_none() -> None:
    aws = world()
    entries = (MuteEntry(account="*", check=VERSIONED), by_tag("env=prod", check="ec2_*"))
    findings, _ = scanned(aws, VERSIONED, TERMINATION, entries=entries)
    assert muted(findings) == {"a", "b", "c"}
    assert not aws.calls[RESOURCES], "EC2 brings its tags itself"


def test_an_exception_by_tag_holds() -> None:
    entry = MuteEntry(account="*", check=VERSIONED, exceptions=Exceptions(tags=("env=prod",)))
    findings, _ = scanned(world(), VERSIONED, entries=(entry,))
    assert muted(findings) == {"b", "c"}


def test_what_could_not_be_read_is_not_muted_and_that_is_said() -> None:
    aws = world()
    aws.replies[RESOURCES, "eu-west-1"] = denied("tag:GetResources")
    entries = (by_tag("env=prod"), by_tag("env=dev"), MuteEntry(account="*", check=VERSIONED, resources=("^c$",)))
    findings, coverage = scanned(aws, VERSIONED, entries=entries)
    assert muted(findings) == {"a", "c"}, "an entry without tags needs none"
    assert [(gap.action, dict(gap.regions)) for gap in coverage.gaps] == [("tag:GetResources", {"eu-west-1": 1})]
    notes = " ".join(coverage.notes)
    assert "Tags could not be read in eu-west-1 (at most 1 accounts each)" in notes
    assert "1 findings may be what entries of the mutelist accept by tag" in notes


def test_an_exception_that_could_not_be_decided_mutes_nothing() -> None:
    aws = world()
    aws.replies[RESOURCES, "eu-west-1"] = denied("tag:GetResources")
    entry = MuteEntry(account="*", check=VERSIONED, exceptions=Exceptions(tags=("env=prod",)))
    findings, coverage = scanned(aws, VERSIONED, entries=(entry,))
    assert muted(findings) == set()
    assert any(note.startswith("2 findings may be") for note in coverage.notes)


def test_what_may_be_read_later_leaves_the_account_open() -> None:
    aws = world()
    aws.replies[RESOURCES, "eu-west-1"] = error("ThrottlingException", "slower")
    scan = Scan(ScanOptions(checks=[VERSIONED], accounts=[ACCOUNT], now=NOW, tags=True), aws=aws, tools=TOOLS)

    async def run() -> list[Any]:
        return [event async for events in scan.events() for event in events if not isinstance(event, list)]

    assert anyio.run(run) == []
    aws.replies[RESOURCES, "eu-west-1"] = denied("tag:GetResources")
    scan = Scan(ScanOptions(checks=[VERSIONED], accounts=[ACCOUNT], now=NOW, tags=True), aws=aws, tools=TOOLS)
    assert AccountDone(ACCOUNT.id) in anyio.run(run), "a refusal lasts"


# -------------------------------------------------------------------------- the plan
@pytest.mark.parametrize(
    ("options", "is_asked"),
    [
        ({}, False),
        ({"tags": True}, True),
        ({"resource_tags": ["env"]}, True),
        ({"mutelist": Mutelist(entries=(by_tag("env=prod"),))}, True),
        ({"mutelist": Mutelist(entries=(by_tag("env=prod", check="ec2_*"),))}, False),
        ({"mutelist": Mutelist(entries=(by_tag("x", expires=NOW.date().replace(year=2020)),))}, False),
    ],
)
def test_the_plan_says_whether_tags_are_asked_for(options: dict[str, Any], is_asked: bool) -> None:
    asked = plan(ScanOptions(checks=[VERSIONED], now=NOW, **options), installed()).operations
    assert [(str(each.operation), each.per) for each in asked if each.operation == GET_RESOURCES] == [
        (RESOURCES, "region")
    ] * is_asked
