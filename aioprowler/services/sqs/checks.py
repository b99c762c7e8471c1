"""How queues are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.encryption import AWS_OWNED, Key, encrypted_with
from aioprowler.judging.resource_policies import closed_to_public
from aioprowler.judging.verdicts import switched, unknown
from aioprowler.services.sqs.resources import Queue, QueueAttributes


@check(fails="SQS queue is public", severity="critical", categories=["internet-exposed"])
def sqs_queues_not_publicly_accessible(queue: Queue, attributes: QueueAttributes) -> Verdict:
    """SQS queues do not let just anyone in.

    The queue's policy lets anyone in where no condition ties the request to somebody in particular, such as an account,
    an organization, or the ARN of the bucket or topic that sends to it.

    ## Risk
    Strangers read and delete messages, or send some that programs take for their own.

    ## Remediation
    Replace the policy by one that names who may do what: `aws sqs set-queue-attributes --region <region> --queue-url
    <queue> --attributes file://<your-attributes>`.

    ## References
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html
    """
    return closed_to_public(queue.label, attributes.policy)


@check(fails="SQS queue is not encrypted at rest", severity="medium", categories=["encryption"])
def sqs_queues_server_side_encryption_enabled(queue: Queue, attributes: QueueAttributes) -> Verdict:
    """SQS queues are encrypted at rest.

    With a key of AWS KMS, or with one of SQS's own, with which new queues are encrypted.

    ## Risk
    Messages that wait lie on the disks of the service as they were sent.

    ## Remediation
    Turn on the encryption that takes no key: `aws sqs set-queue-attributes --region <region> --queue-url <queue>
    --attributes SqsManagedSseEnabled=true`.

    ## References
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html
    """
    if attributes.kms_master_key_id:
        return encrypted_with(queue.label, Key("unknown", attributes.kms_master_key_id))
    on = switched(attributes.sqs_managed_sse_enabled)
    if on is None:
        return unknown(queue.label, "SqsManagedSseEnabled", attributes.sqs_managed_sse_enabled)
    return encrypted_with(queue.label, AWS_OWNED if on else None)
