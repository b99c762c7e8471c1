"""SQS's checks on literals."""

from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Manual, Pass
from aioprowler.judging.policies import Policy
from aioprowler.services.sqs.checks import (
    sqs_queues_not_publicly_accessible,
    sqs_queues_server_side_encryption_enabled,
)
from aioprowler.services.sqs.resources import Queue, QueueAttributes

QUEUE = Queue(
    url="https://sqs.eu-west-1.amazonaws.com/123456789012/work.fifo",
    region="eu-west-1",
    account=Account(id="123456789012"),
)


def test_a_queue_is_named_by_the_end_of_its_url() -> None:
    assert QUEUE.label == "SQS queue work.fifo"
    assert QUEUE.arn == "arn:aws:sqs:eu-west-1:123456789012:work.fifo"


@pytest.mark.parametrize(
    ("attributes", "verdict"),
    [
        (QueueAttributes(kms_master_key_id="alias/aws/sqs", sqs_managed_sse_enabled="false"), Pass),
        (QueueAttributes(sqs_managed_sse_enabled="true"), Pass),
        (QueueAttributes(sqs_managed_sse_enabled="false"), Fail),
        (QueueAttributes(), Fail),
        (QueueAttributes(sqs_managed_sse_enabled="perhaps"), Manual),
    ],
)
def test_encryption(attributes: QueueAttributes, verdict: type) -> None:
    assert isinstance(sqs_queues_server_side_encryption_enabled(QUEUE, attributes), verdict)


def allow(principal: Any, **conditions: Any) -> Policy:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": QUEUE.arn}
    return Policy.parse({"Statement": {**statement, **({"Condition": conditions} if conditions else {})}})


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (allow("*"), Fail),
        (allow({"AWS": ["*"]}), Fail),
        (allow("*", ArnEquals={"aws:SourceArn": "arn:aws:s3:::bucket"}), Pass),
        (allow("*", ArnLike={"aws:SourceArn": "arn:aws:sns:eu-west-1:999999999999:topic"}), Pass),
        (allow("*", StringEquals={"aws:SourceAccount": "123456789012"}), Pass),
        (allow("*", StringEquals={"aws:RequestTag/team": "a"}), Fail),
        (allow({"AWS": "999999999999"}), Pass),
        (None, Pass),
    ],
)
def test_public_queues(policy: Policy | None, verdict: type) -> None:
    assert isinstance(sqs_queues_not_publicly_accessible(QUEUE, QueueAttributes(policy=policy)), verdict)
