"""From trails over metric filters and alarms to topics, on literals."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from aioprowler import Account, Check, Fail, Failure, Manual, Pass, Region, Seen, Verdict
from aioprowler.judging.filter_patterns import parse
from aioprowler.services.cloudtrail.resources import KnownTrail, Recorders, Trail, Trails
from aioprowler.services.cloudtrail.selectors import AdvancedSelector, BasicSelector, FieldSelector, Selectors
from aioprowler.services.cloudwatch.checks import monitoring as checks
from aioprowler.services.cloudwatch.events import CONTROLS, KMS, UNAUTHORIZED, VPCS, Control, catches
from aioprowler.services.cloudwatch.monitoring import Monitoring, monitoring
from aioprowler.services.cloudwatch.resources import (
    Metric,
    MetricAlarm,
    MetricFilter,
    MetricQuery,
    MetricStat,
    MetricTransformation,
)
from aioprowler.services.sns.receivers import TopicReceivers, has_receivers, topic_receivers
from aioprowler.services.sns.resources import OwnSubscriptions, Subscription

ACCOUNT = Account(id="111122223333", regions=("eu-west-1", "us-east-1"))
OTHER = "999999999999"
TOPIC = "arn:aws:sns:us-east-1:111122223333:alerts"
DENIED = Failure("denied", "x:Y", "AccessDenied")


def trail(name: str = "main", owner: str = ACCOUNT.id, group: str | None = "trail", **fields: Any) -> Trail:
    region = fields.get("home_region", "us-east-1")
    holder = fields.pop("holder", owner)
    return Trail(
        **{
            "name": name,
            "arn": f"arn:aws:cloudtrail:{region}:{owner}:trail/{name}",
            "home_region": "us-east-1",
            "is_multi_region": True,
            "bucket": "b",
            "log_group_arn": group and f"arn:aws:logs:{region}:{holder}:log-group:{group}:*",
            "validates_log_files": True,
            "account": ACCOUNT,
            **fields,
        }
    )


def metric_filter(pattern: str = KMS.pattern, **fields: Any) -> MetricFilter:
    transformations = (MetricTransformation("Losses", "Trail"),)
    given = {"name": "f", "log_group_name": "trail", "pattern": pattern, "transformations": transformations}
    return MetricFilter(**{**given, "account": ACCOUNT, **fields})


def alarm(**fields: Any) -> MetricAlarm:
    given: dict[str, Any] = {
        "name": "a",
        "arn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a",
        "actions_enabled": True,
        "alarm_actions": (TOPIC,),
        "namespace": "Trail",
        "metric_name": "Losses",
    }
    return MetricAlarm(**{**given, "account": ACCOUNT, **fields})


def subscription(topic: str = TOPIC, arn: str | None = None) -> Subscription:
    return Subscription(arn=arn or f"{topic}:1", topic_arn=topic, protocol="email")


ALL_WELL: dict[str, Any] = {
    "trails": [(trail(), True)],
    "filters": [metric_filter()],
    "alarms": [alarm()],
    "subscriptions": [subscription()],
    "records": Selectors(event_selectors=(BasicSelector(),)),
    "receivers": [],
}


def watched(gaps: dict[str, Failure] | None = None, **given: Any) -> Monitoring:
    found = ALL_WELL | given
    gap = (gaps or {}).get
    logging = [each for each, logs in found["trails"] if logs is True]
    told_of = tuple((each, found["records"]) for each in logging)
    untold = isinstance(found["records"], Failure)
    told: Monitoring = monitoring(
        ACCOUNT,
        Trails(tuple(KnownTrail(each, logs) for each, logs in found["trails"]), gap("trails")),
        Recorders(() if untold else told_of, told_of if untold else ()),
        Seen(items=tuple(found["filters"]), gap=gap("filters")),
        Seen(items=tuple(found["alarms"]), gap=gap("alarms")),
        Seen(items=tuple(found["subscriptions"]), gap=gap("subscriptions")),
        Seen(items=tuple(found["receivers"]), gap=gap("receivers")),
    )
    return told


def verdict(control: Control = KMS, **given: Any) -> Verdict:
    return watched(**given).of(ACCOUNT, control)


CHECKS: list[Any] = [each for each in vars(checks).values() if isinstance(each, Check)]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_each_control_passes_with_its_own_pattern_and_fails_with_none(control: Control) -> None:
    found = verdict(control, filters=[metric_filter(control.pattern)])
    assert isinstance(found, Pass), found.detail
    assert found.resource.arn == "arn:aws:logs:us-east-1:111122223333:log-group:trail"
    assert isinstance(verdict(control, filters=[]), Fail)
    assert isinstance(verdict(control, filters=[metric_filter("{ $.eventName = Nothing }")]), Fail)
    assert isinstance(verdict(control, filters=[metric_filter("")]), Pass), "which catches everything"
    assert len(control.pattern) <= 1024, "what AWS takes"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_each_check_asks_for_what_its_command_catches(check: Any) -> None:
    command = check.documentation.remediation.cli
    pattern = command.split("--filter-pattern '")[1].split("'")[0]
    assert isinstance(check(ACCOUNT, watched(filters=[metric_filter(pattern)])), Pass)
    assert isinstance(check(ACCOUNT, watched(filters=[])), Fail)


def test_there_is_a_check_for_each_control() -> None:
    assert len(CHECKS) == len(CONTROLS) == len({control.name for control in CONTROLS})
    for control in CONTROLS:
        caught = [
            each
            for each in CHECKS
            if isinstance(each(ACCOUNT, watched(filters=[metric_filter(control.pattern)])), Pass)
        ]
        assert len(caught) == 1, control.name


@pytest.mark.parametrize(
    ("pattern", "verdict_type", "words"),
    [
        ("{ ($.eventName = ScheduleKeyDeletion) || ($.eventName = DisableKey) }", Pass, ""),
        ('{$.eventName="DisableKey"||$.eventName="ScheduleKeyDeletion"}', Pass, ""),
        (
            "{\n ($.eventSource = kms.*)\n && (($.eventName=DisableKey)||($.eventName=ScheduleKeyDeletion)) }",
            Pass,
            "",
        ),
        ("{ $.eventSource = kms.amazonaws.com }", Pass, ""),
        ('{ $.eventSource = "kms*" && $.errorCode NOT EXISTS }', Pass, ""),
        ("?DisableKey ?ScheduleKeyDeletion", Pass, ""),
        ("{ $.eventName = %^DisableKey$|^ScheduleKeyDeletion$% }", Pass, ""),
        ("{ $.userIdentity.accountId = 111122223333 && $.eventSource = kms.* }", Pass, ""),
        ("{ $.eventName = DisableKey }", Fail, "misses ScheduleKeyDeletion."),
        ("{ $.eventName = DisableKey || $.eventName = ScheduleKeyDeletionX }", Fail, "misses ScheduleKeyDeletion."),
        ("{ ($.eventName = DisableKey) && ($.eventName = ScheduleKeyDeletion) }", Fail, "No metric filter"),
        ("{ $.eventName = disablekey || $.eventName = schedulekeydeletion }", Fail, "No metric filter"),
        ("{ $.eventSource = ec2.amazonaws.com && $.eventName = DisableKey }", Fail, "No metric filter"),
        ('{ $.eventSource = kms.amazonaws.com && $.userIdentity.type = "IAMUser" }', Fail, "DisableKey by a role"),
        ('{ $.eventSource = kms.amazonaws.com && $.errorCode = "*" }', Fail, "No metric filter"),
        (
            '{ $.eventSource = kms.amazonaws.com && $.errorCode != "Throttled" }',
            Manual,
            "Nobody can tell by its pattern",
        ),
        ("{ $.eventSource = kms.amazonaws.com", Manual, "lacks '}'"),
        ("{ $.eventName = CreateVpc", Manual, "lacks"),
    ],
)
def test_what_a_filter_catches_is_judged_by_its_meaning(pattern: str, verdict_type: type, words: str) -> None:
    found = verdict(filters=[metric_filter(pattern)])
    assert isinstance(found, verdict_type), found.detail
    assert words in found.detail


def test_short_names_are_no_beginnings_of_longer_ones() -> None:
    longer = VPCS.pattern.replace("= CreateVpc)", "= CreateVpcEndpoint)")
    found = verdict(VPCS, filters=[metric_filter(longer)])
    assert isinstance(found, Fail)
    assert "misses CreateVpc." in found.detail


def test_refused_calls_have_three_codes() -> None:
    found = verdict(
        UNAUTHORIZED,
        filters=[metric_filter('{ $.errorCode = "*UnauthorizedOperation" || $.errorCode = "AccessDenied" }')],
    )
    assert isinstance(found, Fail)
    assert "misses AccessDeniedException." in found.detail


def test_filters_share_events_and_say_which_are_missed() -> None:
    one, other = (
        metric_filter("{ $.eventName = DisableKey }"),
        metric_filter("{ $.eventName = ScheduleKeyDeletion }", name="g"),
    )
    assert isinstance(verdict(filters=[one, other]), Pass)
    silent = metric_filter("{ $.eventName = ScheduleKeyDeletion }", name="g", transformations=())
    found = verdict(filters=[one, silent])
    assert isinstance(found, Fail)
    assert "Metric filter g on Log group trail catches ScheduleKeyDeletion of" in found.detail
    assert "No alarm watches its metric." in found.detail
    assert found.resource is None


@pytest.mark.parametrize(
    ("given", "verdict_type", "words"),
    [
        ({"trails": []}, Fail, "No metric filter on a log group that a trail"),
        ({"trails": [(trail(), False)]}, Fail, "main does not log"),
        ({"trails": [(trail(), DENIED)]}, Manual, "Whether Trail main logs is not known"),
        ({"trails": [(trail(), False), (trail("second"), True)]}, Pass, ""),
        ({"trails": [(trail(), DENIED), (trail("second"), True)]}, Pass, ""),
        ({"trails": [(trail(group=None), True)]}, Fail, "No metric filter"),
        ({"trails": [(trail(is_multi_region=False), True)]}, Pass, ""),
        ({"trails": [(trail(group="another"), True)]}, Fail, "No metric filter"),
        ({"trails": [(trail(home_region="eu-west-1"), True)]}, Fail, "No metric filter"),
        ({"trails": [(trail(owner=OTHER), True)]}, Manual, f"log group of account {OTHER}"),
        ({"trails": [(trail(owner=OTHER), DENIED)]}, Manual, f"log group of account {OTHER}"),
        ({"trails": [(trail(owner=OTHER), False)]}, Fail, "No metric filter"),
        ({"trails": [(trail(owner=OTHER), True), (trail(), True)]}, Pass, ""),
        ({"trails": [(trail(owner=OTHER, holder=ACCOUNT.id), True)]}, Pass, ""),
        ({"trails": [(trail(owner=OTHER, holder=ACCOUNT.id), DENIED)]}, Manual, "logs is not known"),
        ({"trails": [(trail(home_region="ap-south-1"), True)]}, Manual, "region ap-south-1, which is not scanned"),
        ({"filters": [metric_filter(log_group_name="another")]}, Fail, "No metric filter"),
        ({"filters": [metric_filter(region="eu-west-1")]}, Fail, "No metric filter"),
        ({"filters": [metric_filter(transformations=())]}, Fail, "No alarm watches its metric"),
        ({"filters": [metric_filter(apply_on_transformed_logs=True)]}, Manual, "made over"),
        ({"filters": [metric_filter(field_selection_criteria="@aws.region = x")]}, Manual, "chosen before"),
        ({"filters": [metric_filter(emit_system_field_dimensions=("@aws.account",))]}, Fail, "No alarm watches"),
    ],
)
def test_a_filter_counts_where_a_trail_logs_to_its_log_group(
    given: dict[str, Any], verdict_type: type, words: str
) -> None:
    found = verdict(**given)
    assert isinstance(found, verdict_type), found.detail
    assert words in found.detail


def basic(**fields: Any) -> Selectors:
    return Selectors(event_selectors=(BasicSelector(**fields),))


def advanced(*selectors: dict[str, Any]) -> Selectors:
    return Selectors(
        advanced_event_selectors=tuple(
            AdvancedSelector(
                (
                    FieldSelector("eventCategory", equals=("Management",)),
                    *(FieldSelector(field, **how) for field, how in each.items()),
                )
            )
            for each in selectors
        )
    )


WITHOUT_KMS = {"eventSource": {"not_equals": ("kms.amazonaws.com",)}}
READS, WRITES = {"readOnly": {"equals": ("true",)}}, {"readOnly": {"equals": ("false",)}}


@pytest.mark.parametrize(
    ("control", "records", "verdict_type", "words"),
    [
        (KMS, Selectors(), Pass, ""),
        (KMS, basic(read_write_type="WriteOnly"), Pass, ""),
        (KMS, basic(read_write_type="ReadOnly"), Fail, "Trail main does not record DisableKey, ScheduleKeyDeletion."),
        (KMS, basic(include_management_events=False), Fail, "does not record"),
        (KMS, basic(exclude_management_event_sources=("kms.amazonaws.com",)), Fail, "does not record"),
        (VPCS, basic(exclude_management_event_sources=("kms.amazonaws.com",)), Pass, ""),
        (UNAUTHORIZED, basic(read_write_type="WriteOnly"), Fail, "does not record"),
        (KMS, advanced({}), Pass, ""),
        (KMS, advanced(READS), Fail, "does not record"),
        (KMS, advanced(WRITES), Pass, ""),
        (UNAUTHORIZED, advanced(READS, WRITES), Pass, ""),
        (KMS, advanced(WITHOUT_KMS), Fail, "does not record"),
        (VPCS, advanced(WITHOUT_KMS), Pass, ""),
        (KMS, advanced({"eventName": {"equals": ("DisableKey",)}}), Fail, "does not record ScheduleKeyDeletion."),
        (KMS, DENIED, Manual, "What Trail main records is not known."),
    ],
)
def test_a_trail_sends_what_it_records(control: Control, records: Any, verdict_type: type, words: str) -> None:
    found = verdict(control, filters=[metric_filter(control.pattern)], records=records)
    assert isinstance(found, verdict_type), found.detail
    assert words in found.detail
    if verdict_type is Fail:
        assert found.resource.name == "trail"


def test_a_filter_that_misses_some_of_what_a_trail_records_is_told_of_both() -> None:
    some = metric_filter("{ $.eventName = DisableKey }")
    found = verdict(filters=[some], records=basic(read_write_type="ReadOnly"))
    assert isinstance(found, Fail)
    assert "misses DisableKey, ScheduleKeyDeletion. Trail main does not record DisableKey." in found.detail
    assert found.resource is None


def test_trails_of_another_accounts_log_group_matter_where_they_record_management_events() -> None:
    elsewhere: dict[str, Any] = {"trails": [(trail(owner=OTHER), True)]}
    assert isinstance(verdict(**elsewhere), Manual)
    assert isinstance(verdict(**elsewhere, records=DENIED), Manual)
    assert isinstance(verdict(**elsewhere, records=basic(include_management_events=False)), Fail)


LAMBDA = "arn:aws:lambda:us-east-1:111122223333:function:f"
STOP = "arn:aws:automate:us-east-1:ec2:stop"
INCIDENT = "arn:aws:ssm-incidents::111122223333:response-plan/p"
THEIRS = f"arn:aws:sns:us-east-1:{OTHER}:central"
MATH = (MetricQuery(MetricStat(Metric("Trail", "Losses"))), MetricQuery())


@pytest.mark.parametrize(
    ("fields", "verdict_type", "words"),
    [
        ({}, Pass, ""),
        ({"alarm_actions": (STOP, TOPIC)}, Pass, ""),
        ({"alarm_actions": (LAMBDA,)}, Pass, ""),
        ({"alarm_actions": (INCIDENT,)}, Pass, ""),
        ({"alarm_actions": ("arn:aws:ssm:us-east-1:111122223333:opsitem:1",)}, Pass, ""),
        ({"metric_name": None, "namespace": None, "metrics": MATH}, Pass, ""),
        ({"metric_name": None, "metrics": (MetricQuery(MATH[0].metric_stat, ACCOUNT.id),)}, Pass, ""),
        ({"metric_name": None, "metrics": (MetricQuery(MATH[0].metric_stat, OTHER),)}, Fail, "No alarm watches"),
        ({"metric_name": "Others"}, Fail, "No alarm watches its metric"),
        ({"namespace": "Others"}, Fail, "No alarm watches its metric"),
        ({"region": "eu-west-1"}, Fail, "No alarm watches its metric"),
        ({"dimensions": ({"Name": "x", "Value": "y"},)}, Fail, "No alarm watches its metric"),
        ({"actions_enabled": False}, Fail, "The actions of CloudWatch alarm a are off"),
        ({"alarm_actions": ()}, Fail, "no action for the state ALARM"),
        ({"alarm_actions": (STOP,)}, Fail, "No action of CloudWatch alarm a tells anybody"),
        ({"alarm_actions": (f"{TOPIC}-2",)}, Fail, "which has no confirmed subscription"),
        ({"alarm_actions": (THEIRS,)}, Manual, "a topic of another account"),
        ({"alarm_actions": (THEIRS, STOP)}, Manual, "a topic of another account"),
        ({"alarm_actions": ("arn:aws:new:us-east-1:1:x",)}, Manual, "not known here"),
        ({"alarm_actions": ("nonsense",)}, Manual, "not known here"),
    ],
)
def test_an_alarm_counts_where_somebody_gets_it(fields: dict[str, Any], verdict_type: type, words: str) -> None:
    found = verdict(alarms=[alarm(**fields)])
    assert isinstance(found, verdict_type), found.detail
    assert words in found.detail


@pytest.mark.parametrize(
    ("arn", "verdict_type"), [("PendingConfirmation", Fail), ("Deleted", Fail), (f"{TOPIC}:1", Pass)]
)
def test_a_subscription_counts_once_it_is_confirmed(arn: str, verdict_type: type) -> None:
    assert isinstance(verdict(subscriptions=[subscription(arn=arn)]), verdict_type)


@pytest.mark.parametrize(
    ("told", "verdict_type", "words"),
    [(True, Pass, ""), (False, Fail, "which has no confirmed subscription"), (DENIED, Manual, "Who is subscribed to")],
)
def test_a_subscription_of_another_account_counts(told: bool | Failure, verdict_type: type, words: str) -> None:
    found = verdict(subscriptions=[], receivers=[TopicReceivers.of(TOPIC, told)])
    assert isinstance(found, verdict_type), found.detail
    assert words in found.detail


class Topics:
    """SNS, which lists the subscriptions of topics in pages."""

    def __init__(self, *pages: Any) -> None:
        self.replies = pages
        self.asked: list[str] = []

    async def pages(
        self, service: str, operation: str, result: str, /, *, absent: Any, **params: str
    ) -> AsyncIterator[Any]:
        assert (service, operation, result) == ("sns", "ListSubscriptionsByTopic", "Subscriptions")
        assert "NotFound" in absent
        self.asked.append(params["TopicArn"])
        for page in self.replies:
            yield page


PENDING, CONFIRMED = {"SubscriptionArn": "PendingConfirmation"}, {"SubscriptionArn": f"{TOPIC}:1", "Owner": OTHER}


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ([[CONFIRMED]], True),
        ([[PENDING], [PENDING, CONFIRMED], DENIED], True),
        ([[PENDING], [PENDING]], False),
        ([[]], False),
        ([], False),
        ([[PENDING], DENIED], DENIED),
    ],
)
def test_a_topic_is_asked_for_its_receivers(pages: Any, told: Any) -> None:
    aws: Any = Topics(*pages)
    assert anyio.run(has_receivers, TOPIC, aws) == told


def test_a_receiver_of_which_aws_tells_nothing_is_none_that_is_missing() -> None:
    aws: Any = Topics([{"Protocol": "email"}])
    told: Any = anyio.run(has_receivers, TOPIC, aws)
    assert "SubscriptionArn" in told.explain()


def test_topics_are_asked_where_they_would_decide() -> None:
    region = Region(name="us-east-1", account=ACCOUNT)
    alarms = (
        alarm(alarm_actions=(TOPIC, f"{TOPIC}-own", THEIRS, LAMBDA)),
        alarm(alarm_actions=(f"{TOPIC}-off",), actions_enabled=False),
        alarm(alarm_actions=(f"{TOPIC}-cpu",), metric_name="CPUUtilization"),
        alarm(alarm_actions=(f"{TOPIC}-math",), metric_name=None, metrics=MATH),
    )

    own = OwnSubscriptions({f"{TOPIC}-own": []})
    sns: Any = Topics([])
    anyio.run(topic_receivers.function, region, (metric_filter(),), alarms, own, sns)
    assert sns.asked == [TOPIC, f"{TOPIC}-math"]


def test_what_fails_for_want_of_an_alarm_is_the_log_group() -> None:
    found = verdict(alarms=[])
    assert isinstance(found, Fail)
    assert found.resource.id == "trail" if hasattr(found.resource, "id") else found.resource.name == "trail"
    assert "nobody is told. No alarm watches its metric." in found.detail


def test_one_alarm_of_several_and_one_metric_of_several_suffice() -> None:
    quiet = alarm(name="q", actions_enabled=False)
    assert isinstance(verdict(alarms=[quiet, alarm()]), Pass)
    two = (MetricTransformation("Others", "Trail"), MetricTransformation("Losses", "Trail"))
    assert isinstance(verdict(filters=[metric_filter(transformations=two)]), Pass)
    divided = (MetricTransformation("Losses", "Trail", {"User": "$.userIdentity.arn"}),)
    assert isinstance(verdict(filters=[metric_filter(transformations=divided)]), Fail)


@pytest.mark.parametrize("where", ["trails", "filters", "alarms", "subscriptions"])
def test_a_gap_hides_nothing_that_is_there_and_leaves_nothing_certain_that_is_not(where: str) -> None:
    gaps = {where: DENIED}
    assert isinstance(verdict(gaps=gaps), Pass)
    found = watched(gaps, **{where: []}).of(ACCOUNT, KMS)
    assert isinstance(found, Manual)
    assert "x:Y" in found.detail


def test_a_gap_beyond_a_missing_filter_does_not_matter() -> None:
    for where in ("alarms", "subscriptions"):
        assert isinstance(watched({where: DENIED}, **{"filters": [], where: []}).of(ACCOUNT, KMS), Fail)


def test_many_filters_and_alarms_take_no_time() -> None:
    catches.cache_clear()
    filters = [
        metric_filter(
            f"{control.pattern[:-1]} && $.errorCode NOT EXISTS }}", name=f"{control.name}{n}", log_group_name=f"g{n}"
        )
        for control in CONTROLS
        for n in range(20)
    ]
    trails = [(trail(f"t{n}", group=f"g{n}"), True) for n in range(20)]
    alarms = [alarm(name=f"a{n}", metric_name=f"m{n}") for n in range(17_000)]
    start = time.perf_counter()
    found = watched(trails=trails, filters=filters, alarms=alarms)
    for control in CONTROLS:
        assert isinstance(found.of(ACCOUNT, control), Fail)
    assert time.perf_counter() - start < 2


def test_every_pattern_of_a_control_is_one() -> None:
    assert all(str(parse(control.pattern)) for control in CONTROLS)
