from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.services.kinesis.checks import kinesis_stream_data_retention_period, kinesis_stream_encrypted_at_rest
from aioprowler.services.kinesis.resources import Stream, StreamSettings
from tests.worlds.world import World, findings_of

HOME = "us-east-1"
ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/orders"
STREAM = Stream(name="orders", arn=ARN, stream_status="ACTIVE")


@pytest.mark.parametrize(("hours", "verdict"), [(24, Fail), (167, Fail), (168, Pass), (8760, Pass)])
def test_retention(hours: int, verdict: type) -> None:
    settings = StreamSettings(retention_period_hours=hours)
    assert isinstance(kinesis_stream_data_retention_period(STREAM, settings), verdict)
    assert isinstance(
        kinesis_stream_data_retention_period(STREAM, settings, min_kinesis_stream_retention_hours=24), Pass
    )


@pytest.mark.parametrize(("kind", "verdict"), [("KMS", Pass), ("NONE", Fail), ("QUANTUM", Manual)])
def test_encryption(kind: str, verdict: type) -> None:
    settings = StreamSettings(retention_period_hours=24, encryption_type=kind, key_id="alias/aws/kinesis")
    assert isinstance(kinesis_stream_encrypted_at_rest(STREAM, settings), verdict)


def test_streams_that_come_and_go_are_not_judged() -> None:
    summaries = [
        {"StreamName": f"orders-{status.lower()}", "StreamARN": f"{ARN}-{status.lower()}", "StreamStatus": status}
        for status in ("ACTIVE", "CREATING", "DELETING", "UPDATING")
    ]
    world = World(
        {
            ("kinesis:ListStreams", HOME): {"StreamNames": [], "HasMoreStreams": False, "StreamSummaries": summaries},
            ("kinesis:DescribeStreamSummary", HOME): {"StreamDescriptionSummary": {"RetentionPeriodHours": 24}},
        }
    )
    found = findings_of(world, "kinesis_stream_encrypted_at_rest")
    assert {each.resource_id: each.status for each in found} == {"orders-active": "FAIL", "orders-updating": "FAIL"}
