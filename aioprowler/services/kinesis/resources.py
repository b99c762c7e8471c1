"""Data streams, and what is set on them."""

from __future__ import annotations

from aioprowler import Facet, Resource, States, call, field, listing


class Stream(
    Resource,
    id="name",
    type="AwsKinesisStream",
    group="messaging",
    noun="Kinesis stream",
    gone=["ResourceNotFoundException"],
):
    """A stream of records. Encryption and retention can be set once it is active."""

    source = listing(
        "kinesis",
        "ListStreams",
        "StreamSummaries",
        states=States("stream_status", over=["DELETING"], not_yet=["CREATING"]),
    )
    name: str = field(name="StreamName")
    arn: str = field(name="StreamARN")
    stream_status: str


class StreamSettings(Facet[Stream]):
    """How long records are kept, and how they are encrypted."""

    source = call("kinesis", "DescribeStreamSummary", "StreamDescriptionSummary", StreamName="name")
    retention_period_hours: int
    encryption_type: str = "NONE"
    """A stream is not encrypted until that is turned on
    (https://docs.aws.amazon.com/streams/latest/dev/getting-started-with-sse.html)."""
    key_id: str = ""
