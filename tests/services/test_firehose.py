from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.services.firehose.checks import firehose_stream_encrypted_at_rest
from aioprowler.services.firehose.resources import (
    DeliveryStream,
    Encryption,
    KinesisSource,
    Source,
    SourceStream,
    rests_in_kinesis,
)

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/orders"


def delivering(kind: str = "DirectPut", status: str = "DISABLED", source: str = "") -> DeliveryStream:
    origin = Source(KinesisSource(source))
    return DeliveryStream(name="lake", status="ACTIVE", kind=kind, encryption=Encryption(status), origin=origin)


READS = delivering("KinesisStreamAsSource", source=STREAM)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("ENABLED", Pass),
        ("DISABLED", Fail),
        ("ENABLING", Fail),
        ("ENABLING_FAILED", Manual),
        ("DISABLING", Fail),
        ("DISABLING_FAILED", Manual),
        ("HALF", Manual),
    ],
)
def test_its_own_encryption(status: str, verdict: type) -> None:
    assert isinstance(firehose_stream_encrypted_at_rest(delivering(status=status), None), verdict)


def test_msk_always_encrypts() -> None:
    assert isinstance(firehose_stream_encrypted_at_rest(delivering("MSKAsSource"), None), Pass)


def test_a_database_does_not_say() -> None:
    assert isinstance(firehose_stream_encrypted_at_rest(delivering("DatabaseAsSource"), None), Fail)


@pytest.mark.parametrize(("kind", "verdict"), [("KMS", Pass), ("NONE", Fail), ("OTHER", Manual)])
def test_the_encryption_of_the_stream_that_is_read(kind: str, verdict: type) -> None:
    found = firehose_stream_encrypted_at_rest(READS, SourceStream(name="orders", encryption_type=kind))
    assert isinstance(found, verdict)
    assert found.detail.startswith("Firehose stream lake reads from Kinesis stream orders, which ")


def test_a_stream_that_is_no_more_encrypts_nothing() -> None:
    assert isinstance(firehose_stream_encrypted_at_rest(READS, None), Fail)


def test_only_what_rests_elsewhere_is_asked_for() -> None:
    assert rests_in_kinesis(READS)
    assert not rests_in_kinesis(delivering("KinesisStreamAsSource"))
    assert not rests_in_kinesis(delivering())
