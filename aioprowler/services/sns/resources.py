"""Topics, and who is subscribed to them."""

from __future__ import annotations

import msgspec

from aioprowler import Facet, Here, Resource, call, derive, field, listing
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
    confirmed: str = field(name="SubscriptionsConfirmed", default="0")
    pending: str = field(name="SubscriptionsPending", default="0")


class Subscription(Resource, id="id", type="AwsSnsTopic", group="messaging", noun="Subscription"):
    """Where the messages of a topic go. AWS lists those that the account made, on whosever topic."""

    source = listing("sns", "ListSubscriptions", "Subscriptions")
    arn: str = field(name="SubscriptionArn")
    topic_arn: str
    protocol: str
    """`https`, `email`, `sqs`, ..."""
    owner_id: str = field(name="Owner")

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


class ConfirmedTopics(msgspec.Struct, frozen=True):
    """The topics of a region that send to somebody who agreed to get it, as far as the account subscribed them."""

    arns: frozenset[str]

    def has(self, arn: str) -> bool:
        """Whether a topic is one of them. Who subscribed from another account is not told."""
        return arn in self.arns


@derive
def confirmed_topics(subscriptions: Here[Subscription]) -> ConfirmedTopics:
    """By the topics' ARNs."""
    return ConfirmedTopics(frozenset(each.topic_arn for each in subscriptions if each.is_confirmed))
