"""Accounts whose trails record well, badly or not at all, and whose event history tells of attackers or of nobody."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from aioprowler.services.cloudtrail.activity import ENUMERATION, LLM_JACKING, PRIVILEGE_ESCALATION
from benchmarks.parity_moto import now, tell
from benchmarks.parity_seeds.accounts import Settings
from benchmarks.parity_seeds.build import allow, document
from benchmarks.parity_seeds.states import State

SERVICES: Final = ("cloudtrail",)

EVERYTHING: Final = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
OBJECTS: Final = [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]


def add_bucket(clients: Clients, name: str) -> str:
    """Create a bucket of the account and return its name."""
    bucket = f"{name}-{clients.account_id}"
    clients("s3").create_bucket(Bucket=bucket)
    return bucket


def add_trail(clients: Clients, name: str, bucket: str, region: str = HOME_REGION, **more: Any) -> str:
    """Create a trail and return its ARN."""
    return str(clients("cloudtrail", region).create_trail(Name=name, S3BucketName=bucket, **more)["TrailARN"])


def advanced(*conditions: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """Advanced selectors, each with what its fields equal."""
    return [
        {"FieldSelectors": [{"Field": field, "Equals": values} for field, values in each.items()]}
        for each in conditions
    ]


def details(clients: Clients, told: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
    """Have each region tell the status, selectors and Insights of trails, by their ARN, wherever they are shown."""

    def of(arn: str, what: str) -> Mapping[str, Any]:
        return told[arn].get(what, {})

    for region in REGIONS:
        tell(clients, "cloudtrail", "GetTrailStatus", lambda asked: of(asked["Name"], "status"), region)
        tell(clients, "cloudtrail", "GetEventSelectors", lambda asked: of(asked["TrailName"], "selectors"), region)
        tell(clients, "cloudtrail", "GetInsightSelectors", lambda asked: of(asked["TrailName"], "insights"), region)


def history(clients: Clients, caused: Mapping[str, Iterable[str]]) -> None:
    """Have each region's event history tell which events identities, by their ARNs, caused an hour ago."""
    then = now() - datetime.timedelta(hours=1)
    events = [
        {
            "EventName": name,
            "EventTime": then,
            "CloudTrailEvent": json.dumps({"eventName": name, "userIdentity": {"type": "IAMUser", "arn": arn}}),
        }
        for arn, names in caused.items()
        for name in names
    ]

    def look_up(asked: Mapping[str, Any]) -> dict[str, Any]:
        wanted = {each["AttributeValue"] for each in asked.get("LookupAttributes", ())}
        return {"Events": [event for event in events if not wanted or event["EventName"] in wanted]}

    for region in REGIONS:
        tell(clients, "cloudtrail", "LookupEvents", look_up, region)


def user(clients: Clients, name: str) -> str:
    """The ARN of a user."""
    return f"arn:aws:iam::{clients.account_id}:user/{name}"


def recording(clients: Clients) -> None:
    """Record everything, and less besides; let attackers loose."""
    good, public = add_bucket(clients, "trail-logs"), add_bucket(clients, "trail-public")
    s3 = clients("s3")
    logs = add_bucket(clients, "access-logs")
    s3.put_bucket_acl(Bucket=logs, ACL="log-delivery-write")
    s3.put_bucket_logging(
        Bucket=good, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": "trail/"}}
    )
    s3.put_bucket_acl(Bucket=public, ACL="public-read")
    demanded = {"Status": "Enabled", "MFADelete": "Enabled"}
    tell(clients, "s3", "GetBucketVersioning", lambda asked: demanded if asked["Bucket"] == good else {})
    foreign = add_bucket(clients, "trail-elsewhere")
    key = f"arn:aws:kms:{HOME_REGION}:{clients.account_id}:key/00000000-0000-0000-0000-000000000001"
    audit = add_trail(clients, "audit", good, IsMultiRegionTrail=True, EnableLogFileValidation=True, KmsKeyId=key)
    stale = add_trail(clients, "stale", public, SECOND_REGION)
    silent = add_trail(clients, "silent", good)
    elsewhere = add_trail(clients, "elsewhere", foreign)
    s3.delete_bucket(Bucket=foreign)
    on, off = {"IsLogging": True}, {"IsLogging": False}
    objects = [{**EVERYTHING[0], "DataResources": OBJECTS}]
    details(
        clients,
        {
            audit: {
                "status": {**on, "LatestCloudWatchLogsDeliveryTime": now()},
                "selectors": {"EventSelectors": objects},
                "insights": {"InsightSelectors": [{"InsightType": "ApiCallRateInsight"}]},
            },
            stale: {
                "status": {**on, "LatestCloudWatchLogsDeliveryTime": now() - datetime.timedelta(days=2)},
                "selectors": {"EventSelectors": EVERYTHING},
            },
            silent: {"status": off, "selectors": {"EventSelectors": EVERYTHING}},
            elsewhere: {
                "status": on,
                "selectors": {"AdvancedEventSelectors": advanced({"eventCategory": ["Management"]})},
            },
        },
    )
    history(
        clients,
        {
            user(clients, "enumerator"): ENUMERATION[:40],
            user(clients, "jacker"): LLM_JACKING[:8],
            user(clients, "climber"): PRIVILEGE_ESCALATION[:15],
            user(clients, "developer"): (*ENUMERATION[40:45], *PRIVILEGE_ESCALATION[20:25]),
        },
    )


def half_recorded(clients: Clients) -> None:
    """Have one region recorded, reads and writes of management events apart, and no reads of objects."""
    bucket = add_bucket(clients, "trail-logs")
    clients("s3").put_bucket_policy(
        Bucket=bucket,
        Policy=document(allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal="*")),
    )
    near = add_trail(clients, "near", bucket)
    far = add_trail(clients, "far", bucket, SECOND_REGION)
    management = {"eventCategory": ["Management"]}
    objects = {"eventCategory": ["Data"], "resources.type": ["AWS::S3::Object"], "readOnly": ["false"]}
    split = advanced({**management, "readOnly": ["true"]}, {**management, "readOnly": ["false"]}, objects)
    details(
        clients,
        {
            near: {"status": {"IsLogging": True}, "selectors": {"AdvancedEventSelectors": split}},
            far: {"status": {"IsLogging": False}, "selectors": {"EventSelectors": EVERYTHING}},
        },
    )
    history(clients, {user(clients, "developer"): ENUMERATION[:10]})


def unrecorded(clients: Clients) -> None:
    """Have buckets, and no trail at all."""
    add_bucket(clients, "data")
    history(clients, {})


STATES: Final = (
    State("trails", "500000001201", recording, services=SERVICES),
    State("half_recorded", "500000001202", half_recorded, Settings(block=("BlockPublicAcls",)), services=SERVICES),
    State("unrecorded", "500000001203", unrecorded, services=SERVICES),
)
