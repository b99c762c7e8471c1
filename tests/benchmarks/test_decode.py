"""The replies of which decoding is measured are as many things as they are said to be."""

from __future__ import annotations

import pytest

from aioprowler.aws.decoding.parsers import parser_of
from aioprowler.engine.fetch import cut
from benchmarks.decode import body
from benchmarks.decode_probe import SUBJECTS
from tests.operations import model


@pytest.mark.parametrize("name", SUBJECTS)
@pytest.mark.parametrize("number", [0, 5])
def test_a_reply_lists_so_many_things(name: str, number: int) -> None:
    subject = SUBJECTS[name]
    operation = model(subject.source.operation)
    raw = {"status_code": 200, "headers": {}, "body": body(subject, number), "context": {}}
    told = parser_of(operation.service_model.resolved_protocol).parse(raw, operation.output_shape)
    things = cut(told, subject.source.result)
    assert [each[subject.id] for each in things] == [f"thing-{each}" for each in range(number)]
