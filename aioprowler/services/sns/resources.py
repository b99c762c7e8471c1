"""Topics, and who is subscribed to them."""

from __future__ import annotations

import msgspec

from aioprowler import Aws, Facet, Failure, Here, Resource, call, derive, field, listing, source
from aioprowler.judging.policies import Policy


class Topic(Resource, id="name", type="AwsSnsTopic", group="messaging", noun="SNS topic", gone=["NotFound"]):
    """A channel to which messages are published, for all who are subscribed."""

    source = listing("sns", "ListTopics", "Topics")
    arn: str = field(name="TopicArn")

    @property
    def name(self) -> str:
        """The end of its ARN."""
        return self.arn.rpartition(":")[2]


class TopicAttributes(Facet[Topic]):
    """What is set on a topic. AWS sends numbers as texts."""

    source = call("sns", "GetTopicAttributes", "Attributes", TopicArn="arn")
    policy: Policy | None = None
    kms_master_key_id: str = ""
    """Empty where messages are not encrypted with a key of KMS
    (https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html).
    """
    subscriptions_confirmed: str | None = None
    """How many receivers agreed; None where AWS does not tell."""


class Subscription(Resource, id="id", type="AwsSnsTopic", group="messaging", noun="Subscription"):
    """Where the messages of a topic go. AWS lists those that the account made, on whosever topic."""

    source = listing("sns", "ListSubscriptions", "Subscriptions")
    arn: str = field(name="SubscriptionArn")
    topic_arn: str
    protocol: str
    """`https`, `email`, `sqs`, ..."""

    @property
    def id(self) -> str:
        """The end of its ARN."""
        return self.arn.rpartition(":")[2]

    @property
    def is_confirmed(self) -> bool:
        """Whether its receiver agreed: until then, and once it is deleted, AWS tells a word in the ARN's place
        (https://docs.aws.amazon.com/sns/latest/api/API_Subscription.html).
        """
        return self.arn.startswith("arn:")


class OwnSubscriptions(msgspec.Struct, frozen=True):
    """The confirmed subscriptions that the account made in a region, by the topic's ARN."""

    by_topic: dict[str, list[Subscription]]


@derive
def own_subscriptions(subscriptions: Here[Subscription]) -> OwnSubscriptions:
    """Without those that nobody has confirmed yet."""
    by_topic: dict[str, list[Subscription]] = {}
    for each in subscriptions:
        if each.is_confirmed:
            by_topic.setdefault(each.topic_arn, []).append(each)
    return OwnSubscriptions(by_topic)


@source("sns:ListSubscriptionsByTopic")
async def subscriptions_of(
    topic: Topic, attributes: TopicAttributes, own: OwnSubscriptions, aws: Aws
) -> TopicSubscriptions | Failure:
    """The topic is asked only where it counts more than the account made itself: others can be subscribed to it."""
    found = own.by_topic.get(topic.arn, [])
    if attributes.subscriptions_confirmed is not None and int(attributes.subscriptions_confirmed) <= len(found):
        return TopicSubscriptions(confirmed=tuple(found))
    listed = await aws.items("sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=topic.arn)
    if isinstance(listed, Failure):
        return listed
    place = {"@account": topic.account, "@region": topic.region}
    subscriptions = [msgspec.convert({**item, **place}, Subscription) for item in listed]
    return TopicSubscriptions(
        confirmed=tuple(each for each in subscriptions if each.is_confirmed and each.topic_arn == topic.arn)
    )


class TopicSubscriptions(Facet[Topic]):
    """Where the messages of a topic go, by subscriptions of whichever account."""

    source = subscriptions_of
    confirmed: tuple[Subscription, ...]
