"""How topics and their subscriptions are judged."""

from __future__ import annotations

from collections.abc import Iterator

from aioprowler import Verdict, check
from aioprowler.judging.encryption import Key, encrypted_with
from aioprowler.judging.resource_policies import closed_to_public
from aioprowler.judging.verdicts import about, pass_if
from aioprowler.services.sns.resources import Topic, TopicAttributes, TopicSubscriptions


@check(fails="SNS topic is sent to an endpoint over plain HTTP", severity="high", categories=["encryption"])
def sns_subscription_not_using_http_endpoints(topic: Topic, subscriptions: TopicSubscriptions) -> Iterator[Verdict]:
    """Subscriptions to SNS topics do not use plain HTTP.

    Each confirmed subscription to a topic of the account is judged, also one that another account made.

    ## Risk
    Messages cross the network in the clear, and whoever is on the way reads and changes them.

    ## Remediation
    Subscribe the HTTPS endpoint, then remove this subscription: `aws sns unsubscribe --region <region>
    --subscription-arn <arn>`.

    ## References
    https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
    https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
    """
    for each in subscriptions.confirmed:
        verdict = pass_if(
            each.protocol != "http",
            f"{each.label} to {topic.label} uses {each.protocol}.",
            f"{each.label} to {topic.label} uses plain HTTP.",
        )
        yield about(verdict, resource=each)


@check(fails="SNS topic is not encrypted with a key of KMS", severity="high", categories=["encryption"])
def sns_topics_kms_encryption_at_rest_enabled(topic: Topic, attributes: TopicAttributes) -> Verdict:
    """SNS topics are encrypted at rest with keys of AWS KMS.

    Each topic is judged. Any key will do, AWS's own `alias/aws/sns` included.

    ## Risk
    Messages that wait for their delivery lie on the disks of the service as they were sent.

    ## Remediation
    Name a key: `aws sns set-topic-attributes --region <region> --topic-arn <arn> --attribute-name KmsMasterKeyId
    --attribute-value alias/aws/sns`. What publishes to the topic, such as CloudWatch's alarms, needs a key of your own
    whose policy lets it in.

    ## References
    https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html
    """
    key = attributes.kms_master_key_id
    return encrypted_with(topic.label, Key("unknown", key) if key else None)


@check(fails="SNS topic is public", severity="high", categories=["internet-exposed"])
def sns_topics_not_publicly_accessible(topic: Topic, attributes: TopicAttributes) -> Verdict:
    """SNS topics do not let just anyone in.

    The topic's policy lets anyone in where no condition ties the request to somebody in particular: an account (as
    AWS's default policy does), an organization, the ARN of a resource, or the endpoint that is subscribed.

    ## Risk
    Strangers read what is published, or publish what subscribers, people and programs, take for the account's own.

    ## Remediation
    Replace the policy by one that names who may do what: `aws sns set-topic-attributes --region <region> --topic-arn
    <arn> --attribute-name Policy --attribute-value file://<your-policy>`.

    ## References
    https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
    https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    """
    return closed_to_public(topic.label, attributes.policy)
