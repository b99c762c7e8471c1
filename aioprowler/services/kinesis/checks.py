"""How data streams are judged."""

from __future__ import annotations

from typing import Annotated

from aioprowler import Verdict, check
from aioprowler.judging.encryption import Key, encrypted_with
from aioprowler.judging.verdicts import pass_if, unknown
from aioprowler.services.kinesis.resources import Stream, StreamSettings


@check(fails="Kinesis stream does not keep records long enough", severity="medium", categories=["resilience"])
def kinesis_stream_data_retention_period(
    stream: Stream,
    settings: StreamSettings,
    *,
    min_kinesis_stream_retention_hours: Annotated[int, "Hours for which a stream has to keep its records."] = 168,
) -> Verdict:
    """Kinesis streams keep their records for a week.

    A stream that is being created or deleted is not judged.

    ## Risk
    Where a consumer is down for longer than the records are kept, what it has not read is lost.

    ## Remediation
    `aws kinesis increase-stream-retention-period --region <region> --stream-arn <arn> --retention-period-hours 168`

    ## References
    https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html
    """
    hours, least = settings.retention_period_hours, min_kinesis_stream_retention_hours
    told = f"{stream.label} keeps its records for {hours} hours"
    return pass_if(hours >= least, f"{told}.", f"{told}, fewer than {least}.")


@check(fails="Kinesis stream is not encrypted at rest", severity="high", categories=["encryption"])
def kinesis_stream_encrypted_at_rest(stream: Stream, settings: StreamSettings) -> Verdict:
    """Kinesis streams are encrypted at rest.

    Any key of AWS KMS will do, AWS's own `alias/aws/kinesis` included. A stream that is being created or deleted is not
    judged: encryption can be turned on once it is active.

    ## Risk
    Records lie on the disks of the service as they were sent, for as long as the stream keeps them.

    ## Remediation
    Name a key: `aws kinesis start-stream-encryption --region <region> --stream-arn <arn> --encryption-type KMS --key-id
    alias/aws/kinesis`. What was written before stays as it is until it expires.

    ## References
    https://docs.aws.amazon.com/streams/latest/dev/what-is-sse.html
    """
    kind = settings.encryption_type
    if kind not in ("KMS", "NONE"):
        return unknown(stream.label, "the type of encryption", kind)
    return encrypted_with(stream.label, Key("unknown", settings.key_id) if kind == "KMS" else None)
