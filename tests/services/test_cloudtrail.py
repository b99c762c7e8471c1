"""CloudTrail's checks on literals."""

from __future__ import annotations

import datetime
import json
from typing import Any

import msgspec
import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region, Seen, UnreadableError, Verdict
from aioprowler.judging.policies import Policy
from aioprowler.services.cloudtrail.activity import (
    ENUMERATION,
    LLM_JACKING,
    PRIVILEGE_ESCALATION,
    Activity,
    Identity,
    RecentEvents,
    Tally,
    activity,
)
from aioprowler.services.cloudtrail.buckets import (
    TrailBucketAcl,
    TrailBucketLogging,
    TrailBucketPolicy,
    TrailBucketShield,
    TrailBucketVersioning,
    acls_count,
    is_own_bucket,
    policy_counts,
)
from aioprowler.services.cloudtrail.checks.account import (
    cloudtrail_bedrock_logging_enabled,
    cloudtrail_multi_region_enabled,
    cloudtrail_multi_region_enabled_logging_management_events,
    cloudtrail_s3_dataevents_read_enabled,
    cloudtrail_s3_dataevents_write_enabled,
)
from aioprowler.services.cloudtrail.checks.threat import (
    cloudtrail_threat_detection_enumeration,
    cloudtrail_threat_detection_llm_jacking,
    cloudtrail_threat_detection_privilege_escalation,
)
from aioprowler.services.cloudtrail.checks.trail import (
    cloudtrail_bucket_requires_mfa_delete,
    cloudtrail_cloudwatch_logging_enabled,
    cloudtrail_insights_exist,
    cloudtrail_kms_encryption_enabled,
    cloudtrail_log_file_validation_enabled,
    cloudtrail_logs_s3_bucket_access_logging_enabled,
    cloudtrail_logs_s3_bucket_is_not_publicly_accessible,
)
from aioprowler.services.cloudtrail.resources import (
    InsightSelector,
    InsightSelectors,
    KnownTrail,
    Logging,
    Recorders,
    Trail,
    Trails,
    TrailSelectors,
    TrailStatus,
    all_trails,
    own_logging,
    recorders,
)
from aioprowler.services.cloudtrail.selectors import Selectors
from aioprowler.services.s3.resources import Bucket, EffectiveBlock, Grant, Grantee, LogTarget, OwnBucketNames

NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
ACCOUNT = Account(id="123456789012", regions=("us-east-1", "eu-west-1"))
REGION = Region(name="eu-west-1", account=ACCOUNT)
OTHER = "999999999999"
DENIED = Failure("denied", "cloudtrail:GetTrailStatus", "AccessDeniedException")


def trail(name: str = "audit", **more: Any) -> Trail:
    home, owner = more.pop("home", "us-east-1"), more.pop("owner", ACCOUNT.id)
    told = {"is_multi_region": False, "bucket": "logs", "validates_log_files": True, "region": home, "account": ACCOUNT}
    return Trail(name=name, arn=f"arn:aws:cloudtrail:{home}:{owner}:trail/{name}", home_region=home, **{**told, **more})


def selectors(*advanced: dict[str, Any], basic: tuple[dict[str, Any], ...] = ()) -> Selectors:
    told = {
        "EventSelectors": basic,
        "AdvancedEventSelectors": [{"FieldSelectors": each} for each in map(fields, advanced)],
    }
    return msgspec.convert(told, Selectors)


def fields(conditions: dict[str, Any]) -> list[dict[str, Any]]:
    """`{"readOnly": ["true"], "resources.ARN!": ["x"]}`: a `!` for NotEquals, a `^` for StartsWith, `!^` for not."""
    operators = {
        "": "Equals",
        "!": "NotEquals",
        "^": "StartsWith",
        "!^": "NotStartsWith",
        "$": "EndsWith",
        "!$": "NotEndsWith",
    }
    found = []
    for field, values in conditions.items():
        name = field.rstrip("!^$")
        found.append({"Field": name, operators[field[len(name) :]]: values})
    return found


ON, OFF = Logging(is_logging=True), Logging(is_logging=False)
OWN, NONE = OwnBucketNames(names=frozenset({"logs"})), OwnBucketNames(names=frozenset())
MANAGEMENT = {"eventCategory": ["Management"]}
OBJECTS = {"eventCategory": ["Data"], "resources.type": ["AWS::S3::Object"]}


# --- A trail ---


def test_a_trail_lives_in_one_account_and_region() -> None:
    assert trail().owner == ACCOUNT.id
    assert not trail().is_foreign
    assert trail(owner=OTHER).is_foreign
    assert trail().is_asked_in("us-east-1")
    assert not trail().is_asked_in("eu-west-1")


def test_a_trail_whose_home_is_outside_the_scan_is_asked_where_it_is_shown() -> None:
    far = trail(home="ap-south-1", is_multi_region=True)
    assert [region for region in ACCOUNT.scanned_regions if far.is_asked_in(region)] == ["eu-west-1"]


def test_own_logging_is_that_of_the_trail() -> None:
    one, two = trail("one"), trail("two")
    statuses = (TrailStatus.of(one, OFF), TrailStatus.of(two, ON))
    assert own_logging(two, statuses) == ON
    with pytest.raises(UnreadableError, match="AccessDenied"):
        own_logging(one, (TrailStatus.of(one, DENIED),))
    with pytest.raises(UnreadableError, match="no region of the scan"):
        own_logging(one, ())


@pytest.mark.parametrize(
    ("word", "verdict"), [("Enabled", Pass), ("Disabled", Fail), (None, Fail), ("Perhaps", Manual)]
)
def test_mfa_delete(word: str | None, verdict: type) -> None:
    found = cloudtrail_bucket_requires_mfa_delete(trail(), ON, OWN, TrailBucketVersioning(mfa_delete=word))
    assert isinstance(found, verdict)


def test_mfa_delete_of_a_trail_that_does_not_log_is_not_judged() -> None:
    assert cloudtrail_bucket_requires_mfa_delete(trail(), OFF, OWN, TrailBucketVersioning()) is None


def test_the_bucket_of_another_account_is_for_a_person_to_look_at() -> None:
    shield = TrailBucketShield(EffectiveBlock(ignore_public_acls=True, restrict_public_buckets=True))
    for found in (
        cloudtrail_bucket_requires_mfa_delete(trail(), ON, NONE, None),
        cloudtrail_logs_s3_bucket_access_logging_enabled(trail(), NONE, None),
        cloudtrail_logs_s3_bucket_is_not_publicly_accessible(trail(), NONE, None, None, shield),
    ):
        assert isinstance(found, Manual)
        assert "S3 bucket logs of Trail audit" in found.detail
    assert not is_own_bucket(trail(), NONE)


@pytest.mark.parametrize(
    ("ago", "verdict"),
    [
        (datetime.timedelta(hours=1), Pass),
        (datetime.timedelta(days=1), Pass),
        (datetime.timedelta(hours=25), Fail),
        (None, Fail),
    ],
)
def test_cloudwatch_logs(ago: datetime.timedelta | None, verdict: type) -> None:
    status = Logging(is_logging=True, latest_delivery=NOW - ago if ago else None)
    assert isinstance(cloudtrail_cloudwatch_logging_enabled(trail(), status, NOW), verdict)


def test_insights() -> None:
    some = InsightSelectors(insight_selectors=(InsightSelector(),))
    assert isinstance(cloudtrail_insights_exist(trail(), ON, some), Pass)
    assert isinstance(cloudtrail_insights_exist(trail(), ON, InsightSelectors()), Fail)
    assert isinstance(cloudtrail_insights_exist(trail(), ON, None), Fail)
    assert cloudtrail_insights_exist(trail(), OFF, None) is None


@pytest.mark.parametrize(("key", "verdict"), [("arn:aws:kms:us-east-1:1:key/k", Pass), (None, Fail), ("", Fail)])
def test_kms(key: str | None, verdict: type) -> None:
    assert isinstance(cloudtrail_kms_encryption_enabled(trail(kms_key_id=key)), verdict)


@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_log_file_validation(on: bool, verdict: type) -> None:
    assert isinstance(cloudtrail_log_file_validation_enabled(trail(validates_log_files=on)), verdict)


@pytest.mark.parametrize(("target", "verdict"), [(LogTarget(target_bucket="b"), Pass), (None, Fail)])
def test_access_logs(target: LogTarget | None, verdict: type) -> None:
    logging = TrailBucketLogging(logging_enabled=target)
    assert isinstance(cloudtrail_logs_s3_bucket_access_logging_enabled(trail(), OWN, logging), verdict)


EVERYBODY = TrailBucketAcl(
    grants=(
        Grant(grantee=Grantee(type="Group", uri="http://acs.amazonaws.com/groups/global/AllUsers"), permission="READ"),
    )
)
OPEN = TrailBucketPolicy(
    document=Policy.parse(
        {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}}
    )
)


@pytest.mark.parametrize(
    ("acl", "policy", "ignores", "restricts", "verdict"),
    [
        (TrailBucketAcl(grants=()), None, False, False, Pass),
        (EVERYBODY, None, False, False, Fail),
        (EVERYBODY, None, True, False, Pass),
        (None, OPEN, False, False, Fail),
        (None, OPEN, False, True, Pass),
        (EVERYBODY, OPEN, True, False, Fail),
    ],
)
def test_public_buckets(acl: Any, policy: Any, ignores: bool, restricts: bool, verdict: type) -> None:
    shield = TrailBucketShield(EffectiveBlock(ignore_public_acls=ignores, restrict_public_buckets=restricts))
    found = cloudtrail_logs_s3_bucket_is_not_publicly_accessible(trail(), OWN, acl, policy, shield)
    assert isinstance(found, verdict)
    assert acls_count(trail(), OWN, shield) is not ignores
    assert policy_counts(trail(), OWN, shield) is not restricts


def test_a_block_that_could_not_be_looked_at_decides_nothing() -> None:
    shield = TrailBucketShield(EffectiveBlock(ignore_public_acls=DENIED, restrict_public_buckets=DENIED))
    with pytest.raises(UnreadableError):
        cloudtrail_logs_s3_bucket_is_not_publicly_accessible(trail(), OWN, EVERYBODY, None, shield)
    closed = TrailBucketAcl(grants=())
    found = cloudtrail_logs_s3_bucket_is_not_publicly_accessible(trail(), OWN, closed, None, shield)
    assert isinstance(found, Pass)


# --- All trails ---


def known(*each: tuple[Trail, bool | Failure], gap: Failure | None = None) -> Trails:
    return Trails(tuple(KnownTrail(trail, logs) for trail, logs in each), gap)


def test_a_trail_that_many_regions_show_is_one_as_it_is_at_home() -> None:
    home, shadow = trail(is_multi_region=True), trail(is_multi_region=True, region="eu-west-1")
    for shown in ((home, shadow), (shadow, home)):
        found = all_trails(Seen(shown), Seen((TrailStatus.of(home, ON),)))
        assert found == known((home, True))
    assert all_trails(Seen((shadow,)), Seen((TrailStatus.of(shadow, ON),))).seen[0].trail is shadow


def test_of_a_trail_that_nobody_could_ask_about_nothing_is_known() -> None:
    found = all_trails(Seen((trail(),)), Seen((), gap=DENIED))
    assert found.seen[0].is_logging == DENIED
    assert all_trails(Seen((), gap=DENIED), Seen(())).gap == DENIED


@pytest.mark.parametrize(
    ("trails", "verdict"),
    [
        (known((trail(is_multi_region=True, home="ap-south-1"), True)), Pass),
        (known((trail(home="eu-west-1"), True)), Pass),
        (known((trail(home="us-east-1"), True)), Fail),
        (known((trail(is_multi_region=True), False)), Fail),
        (known((trail("a", is_multi_region=True), False), (trail("b", is_multi_region=True), True)), Pass),
        (known((trail("a", is_multi_region=True), DENIED), (trail("b", is_multi_region=True), True)), Pass),
        (known((trail(is_multi_region=True, owner=OTHER), True)), Pass),
        (known(), Fail),
        (known((trail(is_multi_region=True), True), gap=DENIED), Pass),
    ],
)
def test_a_region_is_logged_by_its_own_trail_or_by_one_of_all_regions(trails: Trails, verdict: type) -> None:
    assert isinstance(cloudtrail_multi_region_enabled(REGION, trails, ()), verdict)


@pytest.mark.parametrize(
    ("trails", "there"), [(known(), DENIED), (known((trail(is_multi_region=True, owner=OTHER), DENIED)), ())]
)
def test_a_region_of_whose_trails_not_all_is_known_is_not_taken_for_one_without(
    trails: Trails, there: tuple[Trail, ...] | Failure
) -> None:
    with pytest.raises(UnreadableError, match="AccessDenied"):
        cloudtrail_multi_region_enabled(REGION, trails, there)


def test_what_other_regions_refuse_to_tell_does_not_matter_where_a_region_lists_all_that_log_it() -> None:
    trails = known((trail(home="us-east-1"), DENIED), gap=DENIED)
    assert isinstance(cloudtrail_multi_region_enabled(REGION, trails, ()), Fail)
    unknown = recording(unknown=((trail(home="us-east-1"), DENIED),), gap=DENIED)
    assert isinstance(cloudtrail_multi_region_enabled_logging_management_events(REGION, unknown, ()), Fail)


def recording(
    *each: tuple[Trail, Selectors], unknown: tuple[tuple[Trail, Failure], ...] = (), gap: Failure | None = None
) -> Recorders:
    return Recorders(each, unknown, gap)


def test_recorders_are_the_trails_that_log_as_far_as_their_selectors_are_known() -> None:
    one, two, three = trail("one"), trail("two"), trail("three")
    told = selectors(MANAGEMENT)
    found = recorders(
        known((one, True), (two, False), (three, True)),
        Seen((TrailSelectors.of(one, told), TrailSelectors.of(three, DENIED))),
    )
    assert found == recording((one, told), unknown=((three, DENIED),))
    in_doubt = recording(unknown=((one, DENIED),))
    assert recorders(known((one, DENIED)), Seen((TrailSelectors.of(one, told),))) == in_doubt
    assert recorders(known((one, True)), Seen((), gap=DENIED)) == in_doubt
    assert recorders(known((one, True)), Seen(())).doubt is not None
    assert recorders(known((two, False)), Seen(())) == recording()


READS, WRITES = {**MANAGEMENT, "readOnly": ["true"]}, {**MANAGEMENT, "readOnly": ["false"]}


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (selectors(basic=({"ReadWriteType": "All", "IncludeManagementEvents": True},)), Pass),
        (selectors(basic=({"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True},)), Fail),
        (selectors(basic=({"ReadWriteType": "All", "IncludeManagementEvents": False},)), Fail),
        (selectors(basic=({"ReadWriteType": "Some", "IncludeManagementEvents": True},)), Fail),
        (
            selectors(
                basic=(
                    {"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True},
                    {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True},
                )
            ),
            Pass,
        ),
        (selectors(MANAGEMENT), Pass),
        (selectors(READS), Fail),
        (selectors(READS, WRITES), Pass),
        (selectors({**MANAGEMENT, "eventSource!": ["kms.amazonaws.com", "rdsdata.amazonaws.com"]}), Pass),
        (selectors({**MANAGEMENT, "eventSource!": ["iam.amazonaws.com"]}), Fail),
        (selectors({**MANAGEMENT, "eventSource": ["kms.amazonaws.com"]}), Fail),
        (selectors(OBJECTS), Fail),
        (selectors({}), Fail),
        (selectors(), Fail),
    ],
)
def test_management_events_by_what_selectors_say(told: Selectors, verdict: type) -> None:
    trails = recording((trail(is_multi_region=True), told))
    found = cloudtrail_multi_region_enabled_logging_management_events(REGION, trails, ())
    assert isinstance(found, verdict)
    far = recording((trail(home="us-east-1"), told))
    assert isinstance(cloudtrail_multi_region_enabled_logging_management_events(REGION, far, ()), Fail)


@pytest.mark.parametrize(
    ("trails", "there"), [(recording(), DENIED), (recording(unknown=((trail(home="eu-west-1"), DENIED),)), ())]
)
def test_management_events_of_whose_trails_not_all_is_known(
    trails: Recorders, there: tuple[Trail, ...] | Failure
) -> None:
    with pytest.raises(UnreadableError):
        cloudtrail_multi_region_enabled_logging_management_events(REGION, trails, there)


def of_objects(values: list[str], access: str = "All") -> Selectors:
    resources = [{"Type": "AWS::S3::Object", "Values": values}]
    return selectors(basic=({"ReadWriteType": access, "IncludeManagementEvents": True, "DataResources": resources},))


BUCKETS = (Bucket(name="data", region="eu-west-1", account=ACCOUNT),)


def judged(check: Any, trails: Recorders, buckets: tuple[Bucket, ...] = BUCKETS, **config: Any) -> list[Verdict]:
    return list(check(ACCOUNT, trails, buckets, **config))


@pytest.mark.parametrize(
    ("told", "read", "write"),
    [
        (of_objects(["arn:aws:s3"]), Pass, Pass),
        (of_objects(["arn:aws:s3:::"]), Pass, Pass),
        (of_objects(["arn:aws:s3:::*/*"]), Pass, Pass),
        (of_objects(["arn:aws:s3:::data/"]), Fail, Fail),
        (of_objects(["arn:aws:s3"], "ReadOnly"), Pass, Fail),
        (of_objects(["arn:aws:s3"], "WriteOnly"), Fail, Pass),
        (selectors(OBJECTS), Pass, Pass),
        (selectors({**OBJECTS, "readOnly": ["true"]}), Pass, Fail),
        (selectors({**OBJECTS, "readOnly": ["true"]}, {**OBJECTS, "readOnly": ["false"]}), Pass, Pass),
        (selectors({**OBJECTS, "readOnly!": ["true"]}), Fail, Pass),
        (selectors({**OBJECTS, "resources.ARN^": ["arn:aws:s3:::"]}), Pass, Pass),
        (selectors({**OBJECTS, "resources.ARN^": ["arn:aws:s3:::data/"]}), Fail, Fail),
        (selectors({**OBJECTS, "resources.ARN!^": ["arn:aws:s3:::logs/"]}), Pass, Pass),
        (selectors({**OBJECTS, "resources.ARN!^": ["arn:aws:s3:::data/"]}), Fail, Fail),
        (selectors({**OBJECTS, "resources.ARN!$": [".tmp"]}), Fail, Fail),
        (selectors({**OBJECTS, "resources.ARN$": [".csv"]}), Fail, Fail),
        (selectors({**OBJECTS, "eventName": ["GetObject"]}), Fail, Fail),
        (selectors({**OBJECTS, "resources.type": ["AWS::Lambda::Function"]}), Fail, Fail),
        (selectors(MANAGEMENT), Fail, Fail),
    ],
)
def test_data_events_by_what_selectors_say(told: Selectors, read: type, write: type) -> None:
    trails = recording((trail(is_multi_region=True), told))
    (found,) = judged(cloudtrail_s3_dataevents_read_enabled, trails)
    assert isinstance(found, read)
    (found,) = judged(cloudtrail_s3_dataevents_write_enabled, trails)
    assert isinstance(found, write)


def test_data_events_are_recorded_where_the_buckets_are() -> None:
    near, far = trail("near", home="eu-west-1"), trail("far", home="us-east-1")
    every = selectors(OBJECTS)
    (found,) = judged(cloudtrail_s3_dataevents_read_enabled, recording((near, every)))
    assert found.resource is near
    (found,) = judged(cloudtrail_s3_dataevents_read_enabled, recording((far, every)))
    assert found == Fail("No trail logs all reads of objects in S3 in eu-west-1.")
    both = judged(cloudtrail_s3_dataevents_read_enabled, recording((near, every), (far, every)))
    assert [found.resource for found in both] == [near, far]


def test_data_events_of_an_account_without_buckets() -> None:
    check = cloudtrail_s3_dataevents_write_enabled
    assert judged(check, recording(), ()) == []
    (found,) = judged(check, recording(), (), scan_unused_services=True)
    assert isinstance(found, Fail)
    (found,) = judged(check, recording((trail(), selectors(OBJECTS))), ())
    assert isinstance(found, Pass)


def test_data_events_of_whose_trails_not_all_is_known() -> None:
    for trails in (recording(gap=DENIED), recording(unknown=((trail(), DENIED),))):
        with pytest.raises(UnreadableError):
            judged(cloudtrail_s3_dataevents_read_enabled, trails)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (selectors(basic=({"ReadWriteType": "All", "IncludeManagementEvents": True},)), Pass),
        (selectors(basic=({"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True},)), Fail),
        (selectors(MANAGEMENT), Pass),
        (selectors(READS), Fail),
        (selectors({**MANAGEMENT, "eventSource": ["bedrock.amazonaws.com"]}), Pass),
        (selectors({**MANAGEMENT, "eventSource": ["s3.amazonaws.com"]}), Fail),
        (selectors({**MANAGEMENT, "eventSource!": ["kms.amazonaws.com"]}), Pass),
        (selectors({"eventCategory": ["Data"], "resources.type": ["AWS::Bedrock::Model"]}), Pass),
        (selectors({"eventCategory": ["Data"], "resources.type^": ["AWS::Bedrock::"]}), Pass),
        (selectors(OBJECTS), Fail),
        (selectors({}), Fail),
    ],
)
def test_calls_of_bedrock_by_what_selectors_say(told: Selectors, verdict: type) -> None:
    (found,) = cloudtrail_bedrock_logging_enabled(ACCOUNT, recording((trail(), told)))
    assert isinstance(found, verdict)


def test_calls_of_bedrock_without_a_trail() -> None:
    (found,) = cloudtrail_bedrock_logging_enabled(ACCOUNT, recording())
    assert isinstance(found, Fail)
    with pytest.raises(UnreadableError):
        list(cloudtrail_bedrock_logging_enabled(ACCOUNT, recording(gap=DENIED)))


# --- Threats ---

EVE = Identity("arn:aws:iam::123456789012:user/eve", "IAMUser")
ROLE = Identity("arn:aws:sts::123456789012:assumed-role/audit/session", "AssumedRole")


def event(name: str, arn: str | None = EVE.arn, minutes: int = 5) -> dict[str, Any]:
    record = {"eventName": name, "userIdentity": {"type": "IAMUser", **({"arn": arn} if arn else {})}}
    return {
        "EventName": name,
        "EventTime": NOW - datetime.timedelta(minutes=minutes),
        "CloudTrailEvent": json.dumps(record),
    }


def test_a_tally_keeps_when_each_identity_caused_each_watched_event_last() -> None:
    tally = Tally(["ListUsers", "ListRoles"], NOW)
    tally.add(
        [event("ListUsers", minutes=9), event("ListUsers", minutes=3), event("GetUser"), event("ListRoles", None)]
    )
    assert tally.last == {EVE: {"ListUsers": NOW - datetime.timedelta(minutes=3)}}
    assert tally.since == NOW - datetime.timedelta(minutes=9)
    assert tally.fault is None


@pytest.mark.parametrize(
    "broken",
    [{"CloudTrailEvent": "{"}, {"CloudTrailEvent": '{"userIdentity": 7}'}, {"EventTime": None, "EventName": None}],
)
def test_an_event_that_cannot_be_read_is_told(broken: dict[str, Any]) -> None:
    whole = event("ListUsers")
    tally = Tally(["ListUsers"], NOW)
    tally.add([{key: value for key, value in (whole | broken).items() if value is not None}])
    assert tally.fault is not None
    assert tally.last == {}


def recent(
    region: str, last: dict[Identity, dict[str, datetime.datetime]], rest: Failure | None = None
) -> RecentEvents:
    return RecentEvents(region_name=region, last=last, rest=rest)


def test_what_an_identity_does_in_several_regions_is_counted_together() -> None:
    here, there = {"ListUsers": NOW}, {"ListRoles": NOW, "ListUsers": NOW - datetime.timedelta(days=9)}
    found = activity(Seen((recent("a", {EVE: here}), recent("b", {EVE: there, ROLE: here}))))
    assert found.gap is None
    assert found.caused(["ListUsers", "ListRoles"], NOW - datetime.timedelta(days=1)) == {EVE: 2, ROLE: 1}
    assert here == {"ListUsers": NOW}


def test_where_not_all_is_read_it_is_told() -> None:
    limited = Failure("limited", "cloudtrail:LookupEvents", "threat_detection_max_lookups")
    assert activity(Seen((recent("a", {}), recent("b", {}, limited)))).gap == limited
    assert activity(Seen((recent("b", {}, limited),), gap=DENIED)).gap == DENIED


THREATS: list[tuple[Any, tuple[str, ...], float]] = [
    (cloudtrail_threat_detection_enumeration, ENUMERATION, 0.3),
    (cloudtrail_threat_detection_llm_jacking, LLM_JACKING, 0.4),
    (cloudtrail_threat_detection_privilege_escalation, PRIVILEGE_ESCALATION, 0.2),
]


@pytest.mark.parametrize(("check", "names", "threshold"), THREATS)
def test_an_identity_that_causes_many_different_events_stands_out(
    check: Any, names: tuple[str, ...], threshold: float
) -> None:
    most = int(len(names) * threshold)

    def seen(count: int, minutes: int = 5, gap: Failure | None = None) -> list[Verdict]:
        time = NOW - datetime.timedelta(minutes=minutes)
        return list(check(ACCOUNT, Activity({EVE: dict.fromkeys(names[:count], time)}, gap), NOW))

    (found,) = seen(most + 1)
    assert isinstance(found, Fail)
    assert (found.resource_id, found.resource_arn) == ("eve", EVE.arn)
    (found,) = seen(most)
    assert isinstance(found, Pass)
    (found,) = seen(len(names), minutes=1441)
    assert isinstance(found, Pass)
    (found,) = seen(most + 1, gap=DENIED)
    assert isinstance(found, Fail)
    with pytest.raises(UnreadableError):
        seen(most, gap=DENIED)


@pytest.mark.parametrize(("check", "names", "threshold"), THREATS)
def test_thresholds_names_and_minutes_are_the_configurations(
    check: Any, names: tuple[str, ...], threshold: float
) -> None:
    key = check.id.removeprefix("cloudtrail_")
    one = Activity({ROLE: {"Own": NOW - datetime.timedelta(minutes=50)}, EVE: {"Else": NOW}}, None)
    config = {f"{key}_actions": ("Own", "Own", "Other"), f"{key}_threshold": 0.4, f"{key}_minutes": 60}
    (found,) = check(ACCOUNT, one, NOW, **config)
    assert isinstance(found, Fail)
    assert "1 of the 2 events" in found.detail
    (found,) = check(ACCOUNT, one, NOW, **{**config, f"{key}_minutes": 30})
    assert isinstance(found, Pass)
