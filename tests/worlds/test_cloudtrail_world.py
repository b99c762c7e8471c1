"""Trails that several regions and accounts show, and an event history that is longer than a scan reads."""

from __future__ import annotations

import datetime
import json
from typing import Any

import anyio
import pytest
from msgspec.structs import replace

from aioprowler import Account, Finding, ScanOptions
from aioprowler.scanning import Scan
from tests.worlds.world import ACCOUNT, NOW, TOOLS, World, denied, error

HOME, FAR = "us-east-1", "eu-west-1"
STATUS = ["cloudtrail_multi_region_enabled", "cloudtrail_insights_exist", "cloudtrail_kms_encryption_enabled"]
RECORDS = ["cloudtrail_multi_region_enabled_logging_management_events", "cloudtrail_bedrock_logging_enabled"]
THREATS = [f"cloudtrail_threat_detection_{each}" for each in ("enumeration", "llm_jacking", "privilege_escalation")]


def trail(name: str = "audit", home: str = HOME, owner: str = ACCOUNT.id, **more: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "TrailARN": f"arn:aws:cloudtrail:{home}:{owner}:trail/{name}",
        "HomeRegion": home,
        "IsMultiRegionTrail": True,
        "LogFileValidationEnabled": True,
        "S3BucketName": "logs",
        **more,
    }


def world(*trails: dict[str, Any], **replies: Any) -> World:
    selectors = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
    return World(
        {
            "cloudtrail:DescribeTrails": {"trailList": list(trails)},
            "cloudtrail:GetTrailStatus": {"IsLogging": True},
            "cloudtrail:GetEventSelectors": {"EventSelectors": selectors},
            "cloudtrail:GetInsightSelectors": error("InsightNotEnabledException"),
            "s3:ListBuckets": {"Buckets": [{"Name": "logs", "BucketRegion": FAR}]},
            **{name.replace("_", ":", 1): reply for name, reply in replies.items()},
        }
    )


def scanned(there: World, checks: list[str], account: Account = ACCOUNT, **config: Any) -> tuple[list[Finding], Scan]:
    scan = Scan(ScanOptions(checks=checks, accounts=(account,), now=NOW, config=config), aws=there, tools=TOOLS)

    async def run() -> list[Finding]:
        return [
            finding
            async for events in scan.events()
            for event in events
            if isinstance(event, list)
            for finding in event
        ]

    return anyio.run(run), scan


def statuses(found: list[Finding], check: str) -> list[tuple[str, str, str]]:
    return sorted((each.region, each.status, each.resource_arn) for each in found if each.check_id == check)


ARN = trail()["TrailARN"]


def test_a_trail_that_two_regions_show_is_asked_and_judged_once() -> None:
    there = world(trail(), trail("second", FAR))
    found, _ = scanned(there, [*STATUS, *RECORDS])
    assert there.calls["cloudtrail:DescribeTrails"] == 2
    asked = [(region, name, *params.values()) for _, region, name, params in there.params if "Describe" not in name]
    details = ("GetEventSelectors", "GetInsightSelectors", "GetTrailStatus")
    assert sorted(asked) == sorted(
        (each["HomeRegion"], f"cloudtrail:{name}", each["TrailARN"])
        for each in (trail(), trail("second", FAR))
        for name in details
    )
    assert len(statuses(found, "cloudtrail_kms_encryption_enabled")) == 2
    assert statuses(found, "cloudtrail_multi_region_enabled") == [(FAR, "PASS", ARN), (HOME, "PASS", ARN)]


def test_a_trail_whose_home_is_not_scanned_covers_the_regions_that_are() -> None:
    there = world(trail())
    found, _ = scanned(there, [*STATUS, *RECORDS], replace(ACCOUNT, regions=(FAR,), default_region=FAR))
    assert statuses(found, "cloudtrail_multi_region_enabled") == [(FAR, "PASS", ARN)]
    assert statuses(found, "cloudtrail_kms_encryption_enabled") == []
    assert {each.status for each in found} == {"PASS"}


def test_the_organizations_trail_counts_in_a_member_and_is_not_judged_there() -> None:
    there = world(trail(owner="999999999999", IsOrganizationTrail=True))
    found, _ = scanned(there, [*STATUS, *RECORDS])
    assert {each.check_id for each in found} == {"cloudtrail_multi_region_enabled", *RECORDS}
    assert {each.status for each in found} == {"PASS"}


@pytest.mark.parametrize("reply", [denied(), error("TrailNotFoundException"), error("CloudTrailARNInvalidException")])
def test_where_a_member_may_not_look_at_the_organizations_trail_nothing_is_taken_for_off(reply: Exception) -> None:
    there = world(trail(owner="999999999999"), cloudtrail_GetTrailStatus=reply)
    found, _ = scanned(there, [*STATUS, *RECORDS])
    assert {each.status for each in found} == {"MANUAL"}
    there = world(trail(owner="999999999999"), cloudtrail_GetEventSelectors=reply)
    found, _ = scanned(there, [*STATUS, *RECORDS])
    assert {each.status for each in found if each.check_id in RECORDS} == {"MANUAL"}


def test_a_region_that_refuses_hides_no_trail_that_another_shows() -> None:
    there = world(trail())
    there.replies["cloudtrail:DescribeTrails", FAR] = denied()
    found, _ = scanned(there, ["cloudtrail_multi_region_enabled"])
    assert statuses(found, "cloudtrail_multi_region_enabled") == [(FAR, "PASS", ARN), (HOME, "PASS", ARN)]
    there.replies["cloudtrail:GetTrailStatus"] = {"IsLogging": False}
    found, _ = scanned(there, ["cloudtrail_multi_region_enabled"])
    assert {each.region: each.status for each in found} == {HOME: "FAIL", FAR: "MANUAL"}


def test_a_trail_of_which_aws_tells_what_nobody_understands_hides_no_other() -> None:
    def status(account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"IsLogging": "perhaps" if params["Name"] == ARN else True}

    there = world(trail(), trail("second"), cloudtrail_GetTrailStatus=status)
    found, _ = scanned(there, ["cloudtrail_multi_region_enabled", "cloudtrail_insights_exist"])
    assert {each.status for each in found if each.check_id == "cloudtrail_multi_region_enabled"} == {"PASS"}
    insights = {each.resource_id: each.status for each in found if each.check_id == "cloudtrail_insights_exist"}
    assert insights == {"audit": "MANUAL", "second": "FAIL"}


def test_a_trail_that_is_gone_by_then_is_not_judged() -> None:
    gone = error("TrailNotFoundException")
    there = world(trail(IsMultiRegionTrail=False), cloudtrail_GetTrailStatus=gone, cloudtrail_GetInsightSelectors=gone)
    found, _ = scanned(there, ["cloudtrail_multi_region_enabled", "cloudtrail_insights_exist"])
    assert {(each.check_id, each.status) for each in found} == {("cloudtrail_multi_region_enabled", "FAIL")}


# --- The event history ---


def history(region: str, pages: int, names: list[str], arn: str = "arn:aws:iam::123456789012:user/eve") -> Any:
    """Replies with pages of two events each, an hour apart, as the named ones come in turn."""

    def reply(account: Account, at: str, params: dict[str, Any]) -> dict[str, Any]:
        if at != region:
            return {"Events": []}
        page = int(params.get("NextToken", 0))
        record = json.dumps({"userIdentity": {"type": "IAMUser", "arn": arn}})
        events = [
            {
                "EventName": names[number % len(names)],
                "EventTime": NOW - datetime.timedelta(hours=number),
                "CloudTrailEvent": record,
            }
            for number in (2 * page, 2 * page + 1)
        ]
        return {"Events": events, **({"NextToken": str(page + 1)} if page + 1 < pages else {})}

    return reply


def test_three_checks_read_the_history_of_each_region_once_back_to_the_longest_span() -> None:
    there = world(cloudtrail_LookupEvents=history(HOME, 3, ["ListUsers"]))
    found, scan = scanned(there, THREATS, threat_detection_llm_jacking_minutes=3000)
    assert {(each.check_id, each.status) for each in found} == {(check, "PASS") for check in THREATS}
    assert there.calls == {"cloudtrail:LookupEvents": 4}
    assert {params["StartTime"] for *_, params in there.params} == {NOW - datetime.timedelta(minutes=3000)}
    assert scan.coverage().notes == ()


def test_a_budget_ends_the_reading_and_the_coverage_says_how_far_back_it_went() -> None:
    there = world(cloudtrail_LookupEvents=history(HOME, 1000, ["ListUsers"]))
    found, scan = scanned(there, THREATS, threat_detection_max_lookups=3)
    assert there.calls == {"cloudtrail:LookupEvents": 4}
    assert {each.status for each in found} == {"MANUAL"}
    (detail,) = {each.status_detail for each in found}
    assert "threat_detection_max_lookups" in detail
    assert "in us-east-1 back to 2026-06-01 07:00:00" in detail
    (note,) = [each for each in scan.coverage().notes if "LookupEvents" in each]
    assert "is read back to 2026-06-01 07:00:00 UTC only in 1 places of 1 accounts" in note


def test_who_stands_out_in_what_was_read_is_told_whatever_was_not() -> None:
    names = ["One", "Two", "Three"]
    there = world(cloudtrail_LookupEvents=history(HOME, 1000, names))
    found, _ = scanned(
        there, THREATS[:1], threat_detection_max_lookups=3, threat_detection_enumeration_actions=[*names, "Four"]
    )
    (one,) = found
    assert (one.status, one.resource_id) == ("FAIL", "eve")
    assert one.resource_arn == "arn:aws:iam::123456789012:user/eve"


def test_a_region_whose_history_may_not_be_read_is_a_gap() -> None:
    there = world(cloudtrail_LookupEvents=history(HOME, 1, ["ListUsers"]))
    there.replies["cloudtrail:LookupEvents", FAR] = denied()
    found, _ = scanned(there, THREATS)
    assert {each.status for each in found} == {"MANUAL"}
    assert all("cloudtrail:LookupEvents" in each.status_detail for each in found)
