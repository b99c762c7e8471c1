"""Streams that deliver records to where they are stored."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Facet, Resource, States, call, field, listing

FROM_KINESIS: Final = "KinesisStreamAsSource"
FROM_MSK: Final = "MSKAsSource"


class Encryption(msgspec.Struct, frozen=True, rename="pascal"):
    """Of records that wait in the stream itself."""

    status: str
    key_arn: str = msgspec.field(name="KeyARN", default="")


class KinesisSource(msgspec.Struct, frozen=True, rename="pascal"):
    """The data stream that records are read from."""

    stream_arn: str = msgspec.field(name="KinesisStreamARN", default="")


class Source(msgspec.Struct, frozen=True, rename="pascal"):
    """Where records come from."""

    kinesis: KinesisSource = msgspec.field(name="KinesisStreamSourceDescription", default=KinesisSource())


class DeliveryStream(
    Resource,
    id="name",
    arn="arn:{partition}:firehose:{region}:{account_id}:deliverystream/{name}",
    type="AwsKinesisStream",
    group="messaging",
    noun="Firehose stream",
    gone=["ResourceNotFoundException"],
):
    """Takes records, and delivers them."""

    source = listing(
        "firehose",
        "ListDeliveryStreams",
        "DeliveryStreamNames",
        item="name",
        detail=call("firehose", "DescribeDeliveryStream", "DeliveryStreamDescription", DeliveryStreamName="name"),
        states=States("status", over=["CREATING_FAILED", "DELETING"]),
    )
    name: str = field(name="DeliveryStreamName")
    status: str = field(name="DeliveryStreamStatus")
    kind: str = field(name="DeliveryStreamType")
    encryption: Encryption = field(name="DeliveryStreamEncryptionConfiguration", default=Encryption("DISABLED"))
    """It is off until it is turned on, which is for streams of the type `DirectPut` alone
    (https://docs.aws.amazon.com/firehose/latest/APIReference/API_StartDeliveryStreamEncryption.html)."""
    origin: Source = field(name="Source", default=Source())

    @property
    def source_stream_arn(self) -> str:
        """The data stream that it reads from; nothing where it reads from none."""
        return self.origin.kinesis.stream_arn


def rests_in_kinesis(stream: DeliveryStream) -> bool:
    """Whether its records rest in a data stream, and nothing of them in itself."""
    return stream.kind == FROM_KINESIS and bool(stream.source_stream_arn)


class SourceStream(Facet[DeliveryStream]):
    """How the data stream is encrypted that a stream reads from; several may read from the same one."""

    source = call(
        "kinesis",
        "DescribeStreamSummary",
        "StreamDescriptionSummary",
        StreamARN="source_stream_arn",
        absent=["ResourceNotFoundException"],
        when=rests_in_kinesis,
        shared=True,
    )
    name: str = field(name="StreamName")
    encryption_type: str = "NONE"
    """A data stream is not encrypted until that is turned on
    (https://docs.aws.amazon.com/streams/latest/dev/getting-started-with-sse.html)."""
    key_id: str = ""
