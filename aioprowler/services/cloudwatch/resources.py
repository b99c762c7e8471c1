"""Alarms, log groups, and what CloudWatch Logs makes metrics of."""

from __future__ import annotations

import datetime
import heapq
from typing import Annotated

import msgspec

from aioprowler import Aws, Facet, Failure, Here, Region, Resource, derive, field, listing, source
from aioprowler.judging.policies import Policy, Statement
from aioprowler.judging.secrets import FoundSecrets, secrets_in
from aioprowler.judging.verdicts import told


class Metric(msgspec.Struct, frozen=True, rename="pascal"):
    """What an alarm watches, with or without dimensions: each set of their values is a metric of its own
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension).
    """

    namespace: str | None = None
    metric_name: str | None = None
    dimensions: tuple[dict[str, str], ...] = ()


class MetricStat(msgspec.Struct, frozen=True, rename="pascal"):
    """A metric in metric math."""

    metric: Metric = Metric()


class MetricQuery(msgspec.Struct, frozen=True, rename="pascal"):
    """One of the metrics and expressions of metric math."""

    metric_stat: MetricStat | None = None
    """None: it is an expression over others."""
    account_id: str | None = None
    """Whose metric it is; None: the alarm's account's
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html).
    """


class MetricAlarm(Resource, id="name", type="AwsCloudWatchAlarm", group="monitoring", noun="CloudWatch alarm"):
    """An alarm on a metric, or on an expression over several."""

    source = listing("cloudwatch", "DescribeAlarms", "MetricAlarms")
    name: str = field(name="AlarmName")
    arn: str = field(name="AlarmArn")
    actions_enabled: bool
    alarm_actions: tuple[str, ...] = ()
    """ARNs of what is done when it comes to the state ALARM."""
    namespace: str | None = None
    metric_name: str | None = None
    """None where it watches an expression."""
    dimensions: tuple[dict[str, str], ...] = ()
    metrics: tuple[MetricQuery, ...] = ()

    @property
    def watched(self) -> list[Metric]:
        """The account's metrics that it watches or that its expression is about."""
        queries = [each for each in self.metrics if each.account_id in (None, self.account.id)]
        stats = [each.metric_stat.metric for each in queries if each.metric_stat]
        return [Metric(self.namespace, self.metric_name, self.dimensions), *stats]


def most_log_groups(
    *,
    max_cloudwatch_log_groups: Annotated[
        int, "Judge only so many log groups of each region, the newest ones; all where it is 0 or -1."
    ] = 0,
) -> int | None:
    """How many of a region are looked at; None for all."""
    return max_cloudwatch_log_groups if max_cloudwatch_log_groups > 0 else None


class LogGroup(
    Resource,
    id="name",
    arn="arn:{partition}:logs:{region}:{account_id}:log-group:{name}",
    group="monitoring",
    noun="Log group",
    gone=["ResourceNotFoundException"],
    rename="camel",
):
    """Where logs are kept. The end `:*` that AWS puts to one form of its ARN stands for its streams.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
    """

    source = listing("logs", "DescribeLogGroups", "logGroups", limit=most_log_groups, newest="creation_time")
    name: str = field(name="logGroupName")
    creation_time: int = 0
    retention_in_days: int | None = None
    """None: what is in it never expires."""
    kms_key_id: str | None = None
    """None where it is not encrypted with a key of one's own."""
    data_protection_status: str | None = None
    """None where it never had a policy of its own."""
    inherited_properties: tuple[str, ...] = ()
    log_group_class: str = "STANDARD"

    @property
    def retention(self) -> int | None:
        """Days; None: for ever. Whatever a group of the class DELIVERY is set to, it keeps events for one day."""
        return 1 if self.log_group_class == "DELIVERY" else self.retention_in_days


class MetricTransformation(msgspec.Struct, frozen=True, rename="camel"):
    """The metric that a filter counts in."""

    metric_name: str | None = None
    metric_namespace: str | None = None
    dimensions: dict[str, str] = {}

    @property
    def metric(self) -> Metric:
        """Without dimensions. Raises UnreadableError where AWS left out a name."""
        return Metric(
            told(self.metric_namespace, "the namespace of a metric filter's metric"),
            told(self.metric_name, "the name of a metric filter's metric"),
        )


class MetricFilter(
    Resource,
    id="name",
    arn="arn:{partition}:logs:{region}:{account_id}:log-group:{log_group_name}:metric-filter:{name}",
    group="monitoring",
    noun="Metric filter",
    rename="camel",
):
    """Which events of a log group are counted in which metrics. AWS has no ARN for it: this one is made up."""

    source = listing("logs", "DescribeMetricFilters", "metricFilters")
    name: str = field(name="filterName")
    log_group_name: str
    pattern: str = field(name="filterPattern")
    """Empty: it catches every event."""
    transformations: tuple[MetricTransformation, ...] = field(name="metricTransformations")
    apply_on_transformed_logs: bool = False
    field_selection_criteria: str = ""
    emit_system_field_dimensions: tuple[str, ...] = ()

    @property
    def log_group(self) -> LogGroup:
        """That whose events it reads, by its name."""
        return LogGroup(name=self.log_group_name, account=self.account, region=self.region)

    @property
    def is_about_events_alone(self) -> bool:
        """Whether its pattern alone decides, and of events as they came: neither are they made over before, nor chosen
        by account and region (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricFilter.html).
        """
        return not self.apply_on_transformed_logs and not self.field_selection_criteria

    @property
    def metrics(self) -> list[Metric]:
        """Those that it counts every event in: not those that dimensions divide. Raises UnreadableError where AWS left
        out a name.
        """
        if self.emit_system_field_dimensions:
            return []
        return [each.metric for each in self.transformations if not each.dimensions]


class LogResourcePolicy(
    Resource,
    id="name",
    arn="arn:{partition}:logs:{region}:{account_id}:resource-policy:{name}",
    group="monitoring",
    noun="Resource policy",
    rename="camel",
):
    """Who else may do what with log groups of a region. AWS has no ARN for it: this one is made up."""

    source = listing("logs", "DescribeResourcePolicies", "resourcePolicies")
    name: str = field(name="policyName")
    document: Policy = field(name="policyDocument")


class LogPolicies(msgspec.Struct, frozen=True):
    """All statements of the resource policies of a region, each with the name of its policy."""

    statements: tuple[tuple[str, Statement], ...]

    def of(self, group: LogGroup) -> Policy | None:
        """What they say of a log group or of streams in it; None where that is nothing."""
        found = tuple(each for _, each in self.statements if _is_about(each, group.arn))
        return Policy(found) if found else None

    def by_name(self, group: LogGroup) -> dict[str, Policy]:
        """Likewise, what each of them says of it, by its name."""
        found: dict[str, tuple[Statement, ...]] = {}
        for name, each in self.statements:
            if _is_about(each, group.arn):
                found[name] = (*found.get(name, ()), each)
        return {name: Policy(statements) for name, statements in found.items()}


def _is_about(statement: Statement, arn: str) -> bool:
    resources = statement.resources
    return (
        resources.covers(arn)
        or resources.covers(f"{arn}:*")
        or resources.reaches(f"{arn}:")
        or resources.reaches(f"{arn}:log-stream:")
    )


@derive
def log_policies(policies: Here[LogResourcePolicy]) -> LogPolicies:
    """Of those of a region."""
    return LogPolicies(tuple((policy.name, each) for policy in policies for each in policy.document.statements))


EVENTS = 1000
"""Of a log group, looked into for secrets."""
PAGES = 3
"""Asked for while they are empty: AWS goes through the events of a log group bit by bit
(https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html)."""
LARGEST = 256 * 1024
"""Characters of a log group's events that are looked into."""
RECENT = datetime.timedelta(days=1)


class Message(msgspec.Struct, frozen=True, rename="camel"):
    """An event in a log group."""

    message: str
    log_stream_name: str = ""
    timestamp: int = 0


@source()
async def newest_groups(
    groups: Here[LogGroup] | Failure,
    aws: Aws,
    *,
    max_cloudwatch_log_groups_for_secrets: Annotated[
        int, "Look into the events of so many log groups of each region, the newest ones; of all where it is 0 or -1."
    ] = 100,
) -> GroupsToRead:
    """Those whose events are looked into: at five calls a second, thousands of groups would take the whole scan."""
    most = max_cloudwatch_log_groups_for_secrets
    if isinstance(groups, Failure) or most <= 0 or len(groups) <= most:
        return GroupsToRead()
    aws.not_asked("logs", "FilterLogEvents", len(groups) - most)
    newest = heapq.nlargest(most, groups, key=lambda group: (group.creation_time, group.name))
    return GroupsToRead(names=frozenset(group.name for group in newest))


class GroupsToRead(Facet[Region]):
    """The log groups of a region whose events are looked into."""

    source = newest_groups
    names: frozenset[str] | None = None
    """None: all."""

    def has(self, group: LogGroup) -> bool:
        """Whether a log group is one of them."""
        return self.names is None or group.name in self.names


@source("logs:FilterLogEvents")
async def sample(group: LogGroup, read: GroupsToRead, now: datetime.datetime, aws: Aws) -> LogSample | Failure | None:
    """The events of the last day, or where there are none the first ones that are kept; None where it is not read."""
    if not read.has(group):
        return None
    recent = await _first_events(group, int((now - RECENT).timestamp() * 1000), aws)
    return await _first_events(group, 0, aws) if recent == LogSample() else recent


async def _first_events(group: LogGroup, since: int, aws: Aws) -> LogSample | Failure:
    """Those of the first page that has any, from a time on, in milliseconds since 1970."""
    empty = 0
    pages = aws.pages("logs", "FilterLogEvents", "events", logGroupName=group.name, startTime=since, limit=EVENTS)
    async for page in pages:
        if isinstance(page, Failure):
            return page
        if page:
            return LogSample(messages=_shortened(msgspec.convert(page, list[Message])))
        empty += 1
        if empty == PAGES:
            return Failure("timed_out", "logs:FilterLogEvents", f"{PAGES} pages without events")
    return LogSample()


def _shortened(messages: list[Message]) -> tuple[Message, ...]:
    """As many of them as may be looked into."""
    left, kept = LARGEST, []
    for each in messages:
        if left <= 0:
            break
        kept.append(msgspec.structs.replace(each, message=each.message[:left]))
        left -= len(each.message)
    return tuple(kept)


class LogSample(Facet[LogGroup]):
    """Some events of a log group; absent where there are too many log groups to read of all."""

    source = sample
    messages: tuple[Message, ...] = ()


def texts_of(sample: LogSample | None) -> dict[str, str] | None:
    """The events of each stream, one below the other; None where none were read."""
    if sample is None:
        return None
    streams: dict[str, list[str]] = {}
    for each in sample.messages:
        streams.setdefault(each.log_stream_name, []).append(each.message)
    return {f"log stream {name}": "\n".join(messages) for name, messages in streams.items()}


class LogSecrets(FoundSecrets, Facet[LogGroup]):
    """What some events of a log group give away."""

    source = secrets_in(texts_of)
