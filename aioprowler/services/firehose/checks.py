"""How delivery streams are judged."""

from __future__ import annotations

from typing import Final

from aioprowler import Fail, Manual, Pass, Verdict, check
from aioprowler.judging.encryption import Key, encrypted_with
from aioprowler.judging.verdicts import naming, unknown
from aioprowler.services.firehose.resources import FROM_MSK, DeliveryStream, SourceStream, rests_in_kinesis

OFF: Final = frozenset({"DISABLED", "DISABLING", "ENABLING"})
"""What is on the way counts as off: while encryption is being enabled, records are not encrypted
(https://docs.aws.amazon.com/firehose/latest/APIReference/API_StartDeliveryStreamEncryption.html)."""

FAILED: Final = frozenset({"DISABLING_FAILED", "ENABLING_FAILED"})
"""That the last change failed, before which it may have been on with another key: then it still is (the same page)."""


@check(fails="Firehose stream is not encrypted at rest", severity="medium", categories=["encryption"])
def firehose_stream_encrypted_at_rest(stream: DeliveryStream, source: SourceStream | None) -> Verdict:
    """Records that wait in Firehose streams are encrypted at rest.

    A stream that reads from a Kinesis stream or from MSK stores nothing itself: what counts is whether the Kinesis
    stream is encrypted, which MSK always is. Any other stream has to be encrypted itself, with a key of whichever kind.
    Where the last change of its encryption failed, AWS does not tell whether it was on before. A stream that is being
    deleted, or could not be created, is not judged.

    ## Risk
    Records lie on the disks of the service as they were sent, until they are delivered.

    ## Remediation
    Turn it on: `aws firehose start-delivery-stream-encryption --region <region> --delivery-stream-name
    <delivery-stream>`. Where the stream reads from a Kinesis stream, encrypt that: `aws kinesis start-stream-encryption
    --region <region> --stream-arn <your-stream-arn> --encryption-type KMS --key-id alias/aws/kinesis`.

    ## References
    https://docs.aws.amazon.com/firehose/latest/dev/encryption.html
    https://docs.aws.amazon.com/msk/latest/developerguide/msk-encryption.html
    """
    if stream.encryption.status == "ENABLED":
        return encrypted_with(stream.label, Key("unknown", stream.encryption.key_arn))
    if stream.encryption.status not in OFF | FAILED:
        return unknown(stream.label, "the state of encryption", stream.encryption.status)
    if stream.kind == FROM_MSK:
        return Pass(f"{stream.label} reads from a cluster of MSK, which always encrypts at rest.")
    if rests_in_kinesis(stream):
        return _by_source(stream, source)
    if stream.encryption.status in FAILED:
        return Manual(f"The last change of the encryption of {stream.label} failed: look whether it was on before.")
    return encrypted_with(stream.label, None)


def _by_source(stream: DeliveryStream, source: SourceStream | None) -> Verdict:
    if source is None:
        return Fail(f"{stream.label} is not encrypted, and reads from {stream.source_stream_arn}, which is not there.")
    told = f"{stream.label} reads from Kinesis stream {source.name}, which"
    if source.encryption_type not in ("KMS", "NONE"):
        return unknown(told, "the type of encryption", source.encryption_type)
    verdict = encrypted_with(told, Key("unknown", source.key_id) if source.encryption_type == "KMS" else None)
    return naming(verdict, {"stream_arn": stream.source_stream_arn})
