"""Decoders read the replies of the embedded AWS as botocore's parsers do."""

from __future__ import annotations

from collections.abc import Iterator

from aioprowler.declarations.sources import Operation
from tests.aws.replies import Written
from tests.aws.test_decoders import decoded, is_decoded, parsed, pruned, readings_of
from tests.operations import model
from tests.worlds.recorded import Recording


def wrong(operation: Operation, written: Written) -> Iterator[str]:
    found = model(operation)
    protocol = found.service_model.resolved_protocol
    whole = parsed(found, protocol, written)
    for read in readings_of(operation):
        told = decoded(found, protocol, read, written)
        if pruned(found.output_shape, told, read) != pruned(found.output_shape, whole, read):
            yield f"{operation} of {read}: {written.body[:200]!r}"


def test_what_is_read_of_recorded_replies_is_what_botocore_makes_of_them(recording: Recording) -> None:
    replies = [
        (operation, Written(headers, body))
        for operation, bodies in recording.raw.items()
        if is_decoded(model(operation))
        for body, headers in bodies.items()
    ]
    assert len(replies) > 500
    assert not [each for operation, written in replies for each in wrong(operation, written)]
