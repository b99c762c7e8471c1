"""Queues, and what is set on them."""

from __future__ import annotations

from aioprowler import Facet, Resource, call, listing
from aioprowler.judging.policies import Policy


class Queue(
    Resource,
    id="url",
    arn="arn:{partition}:sqs:{region}:{account_id}:{name}",
    type="AwsSqsQueue",
    group="messaging",
    noun="SQS queue",
    gone=["AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"],
):
    """A queue of messages that wait for who takes them."""

    source = listing("sqs", "ListQueues", "QueueUrls", item="url")
    url: str

    @property
    def name(self) -> str:
        """The end of its URL."""
        return self.url.rpartition("/")[2]

    @property
    def label(self) -> str:
        """By its name alone."""
        return f"SQS queue {self.name}"


class QueueAttributes(Facet[Queue]):
    """What is set on a queue. AWS sends what is true or false as a text.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
    """

    source = call(
        "sqs",
        "GetQueueAttributes",
        "Attributes",
        QueueUrl="url",
        AttributeNames=("Policy", "KmsMasterKeyId", "SqsManagedSseEnabled"),
    )
    policy: Policy | None = None
    kms_master_key_id: str = ""
    """Empty where messages are not encrypted with a key of KMS."""
    sqs_managed_sse_enabled: str = "false"
    """Whether they are encrypted with a key of SQS's own."""
