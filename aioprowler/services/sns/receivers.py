"""Whether somebody gets what alarms send to topics, where the account itself subscribed nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import msgspec

from aioprowler import Aws, Failure, Here, Region, Resource, field, source
from aioprowler.services.cloudtrail.resources import read_as
from aioprowler.services.cloudwatch.resources import MetricAlarm, MetricFilter
from aioprowler.services.sns.resources import OwnSubscriptions


@source("sns:ListSubscriptionsByTopic")
async def topic_receivers(
    region: Region, filters: Here[MetricFilter], alarms: Here[MetricAlarm], own: OwnSubscriptions, aws: Aws
) -> list[TopicReceivers]:
    """Of each topic that an alarm on a filter's metric sends to. What another account subscribed, such as a queue of
    its own, is listed with the topic alone.
    """
    beginning = f"arn:{region.account.partition}:sns:{region.name}:{region.account.id}:"
    asked = sorted(topics_of(filters, alarms) - own.by_topic.keys())
    return [TopicReceivers.of(each, await has_receivers(each, aws)) for each in asked if each.startswith(beginning)]


def topics_of(filters: Iterable[MetricFilter], alarms: Iterable[MetricAlarm]) -> set[str]:
    """What alarms on the metrics of filters do."""
    counted = {(each.metric_namespace, each.metric_name) for one in filters for each in one.transformations}
    return {
        action
        for alarm in alarms
        if alarm.actions_enabled and any((metric.namespace, metric.metric_name) in counted for metric in alarm.watched)
        for action in alarm.alarm_actions
    }


class Receiver(msgspec.Struct, frozen=True):
    """A subscription; until it is confirmed, AWS tells a word in the ARN's place."""

    arn: str = field(name="SubscriptionArn")


async def has_receivers(topic: str, aws: Aws) -> bool | Failure:
    """Whether a subscription to it is confirmed, whosever it is. A topic that is no more has none."""
    pages = aws.pages("sns", "ListSubscriptionsByTopic", "Subscriptions", absent=["NotFound"], TopicArn=topic)
    async for page in pages:
        if isinstance(page, Failure):
            return page
        for each in page:
            told = read_as(Receiver, each, "sns:ListSubscriptionsByTopic")
            if isinstance(told, Failure):
                return told
            if told.arn.startswith("arn:"):
                return True
    return False


class TopicReceivers(Resource, id="arn", type="AwsSnsTopic", group="messaging", noun="Receivers of topic"):
    """Whether a topic has a confirmed subscription, by whichever account; or why AWS does not tell."""

    source: ClassVar[Any] = topic_receivers
    arn: str
    are_there: bool = False
    failure: Failure | None = None

    @classmethod
    def of(cls, topic: str, told: bool | Failure) -> TopicReceivers:
        """Those of a topic."""
        return cls(arn=topic, failure=told) if isinstance(told, Failure) else cls(arn=topic, are_there=told)
