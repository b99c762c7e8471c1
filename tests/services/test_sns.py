"""SNS's checks on literals."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass
from aioprowler.judging.policies import Policy
from aioprowler.services.sns.checks import (
    sns_subscription_not_using_http_endpoints,
    sns_topics_kms_encryption_at_rest_enabled,
    sns_topics_not_publicly_accessible,
)
from aioprowler.services.sns.resources import (
    OwnSubscriptions,
    Subscription,
    Topic,
    TopicAttributes,
    TopicSubscriptions,
    own_subscriptions,
    subscriptions_of,
)

ARN = "arn:aws:sns:us-east-1:123456789012:alerts"
TOPIC = Topic(arn=ARN, account=Account(id="123456789012"))


def subscription(name: str, protocol: str = "https") -> Subscription:
    arn = name if name in {"PendingConfirmation", "Deleted"} else f"{ARN}:{name}"
    return Subscription(arn=arn, topic_arn=ARN, protocol=protocol)


def test_a_topic_is_called_by_the_end_of_its_arn() -> None:
    assert TOPIC.label == "SNS topic alerts"


@pytest.mark.parametrize(("protocol", "verdict"), [("http", Fail), ("https", Pass), ("sqs", Pass), ("email", Pass)])
def test_plain_http(protocol: str, verdict: type) -> None:
    one = subscription("one", protocol)
    (found,) = sns_subscription_not_using_http_endpoints(TOPIC, TopicSubscriptions(confirmed=(one,)))
    assert isinstance(found, verdict)
    assert found.resource is one


def test_a_topic_without_subscribers_is_not_judged() -> None:
    assert list(sns_subscription_not_using_http_endpoints(TOPIC, TopicSubscriptions(confirmed=()))) == []


def test_what_nobody_has_confirmed_is_no_subscription() -> None:
    one = subscription("one")
    found = own_subscriptions((one, subscription("PendingConfirmation"), subscription("Deleted")))
    assert found == OwnSubscriptions({ARN: [one]})


class Asked:
    """Stands for AWS, and counts its calls."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply
        self.calls = 0

    async def items(self, *_: str, **__: Any) -> Any:
        self.calls += 1
        return self.reply


@pytest.mark.parametrize(("counted", "calls"), [("0", 0), ("1", 0), ("2", 1), (None, 1)])
def test_a_topic_is_asked_only_where_it_counts_more_than_the_accounts_own(counted: str | None, calls: int) -> None:
    mine, theirs = subscription("mine"), subscription("theirs", "http")
    listed = [
        {"SubscriptionArn": each.arn, "TopicArn": ARN, "Protocol": each.protocol}
        for each in (mine, theirs, subscription("PendingConfirmation"))
    ]
    aws = Asked(listed)
    attributes = TopicAttributes(subscriptions_confirmed=counted)
    found: Any = anyio.run(subscriptions_of.function, TOPIC, attributes, OwnSubscriptions({ARN: [mine]}), aws)
    assert aws.calls == calls
    assert [each.arn for each in found.confirmed] == [each.arn for each in ((mine, theirs) if calls else (mine,))]


def test_a_topic_that_may_not_be_asked_is_a_gap() -> None:
    denied = Failure("denied", "sns:ListSubscriptionsByTopic", "AuthorizationError")
    found: Any = anyio.run(subscriptions_of.function, TOPIC, TopicAttributes(), OwnSubscriptions({}), Asked(denied))
    assert found == denied


@pytest.mark.parametrize(("key", "verdict"), [("alias/aws/sns", Pass), ("", Fail)])
def test_encryption(key: str, verdict: type) -> None:
    assert isinstance(sns_topics_kms_encryption_at_rest_enabled(TOPIC, TopicAttributes(kms_master_key_id=key)), verdict)


def allow(principal: Any, **conditions: Any) -> Policy:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sns:Publish", "Resource": ARN}
    return Policy.parse({"Statement": {**statement, **({"Condition": conditions} if conditions else {})}})


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (allow("*"), Fail),
        (allow({"AWS": "*"}), Fail),
        (allow({"AWS": "*"}, StringEquals={"AWS:SourceOwner": "123456789012"}), Pass),
        (allow("*", ArnLike={"aws:SourceArn": "arn:aws:s3:::bucket"}), Pass),
        (allow("*", StringLike={"SNS:Endpoint": "*@example.com"}), Pass),
        (allow("*", StringEquals={"aws:PrincipalOrgID": "o-1234567890"}), Pass),
        (allow("*", Bool={"aws:SecureTransport": "true"}), Fail),
        (allow({"AWS": "999999999999"}), Pass),
        (None, Pass),
    ],
)
def test_public_topics(policy: Policy | None, verdict: type) -> None:
    assert isinstance(sns_topics_not_publicly_accessible(TOPIC, TopicAttributes(policy=policy)), verdict)
    assert verdict is not Manual
