"""Decoders read also what no check of the package asks for, and one of a user's own may."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError

from aioprowler.declarations.readings import WHOLE
from tests.aws.replies import Kind, value, write
from tests.aws.test_decoders import decoded, is_decoded, parsed, protocols, pruned
from tests.aws.test_lean_requests import DECLARED
from tests.operations import model

READS = re.compile(
    "(BatchDescribe|BatchGet|Check|Count|Describe|Discover|Estimate|Filter|Find|Get|Head|Is|List|Lookup|Poll|Preview"
    "|Query|Read|Retrieve|Scan|Search|Select|Simulate|Test|Validate|Verify|View)[A-Z]"
)
KINDS: tuple[Kind, ...] = ("full", "newer")
LEFT_TO_BOTOCORE = {"s3:GetBucketNotification": "a member is there twice"}
"""botocore reads one element as two members, for it was renamed."""


def reads(service: str) -> Iterator[OperationModel]:
    known = next(each for each in DECLARED if each.service == service)
    found = model(known).service_model
    names = filter(READS.match, found.operation_names)
    return filter(is_decoded, map(found.operation_model, names))


def outcome(operation: OperationModel, protocol: str, kind: Kind) -> str:
    """What is wrong with a decoded reply; empty where nothing is."""
    shape = operation.output_shape
    written = write(operation, protocol, value(shape, kind), kind)
    try:
        told = decoded(operation, protocol, WHOLE, written)
    except ResponseParserError as error:
        return str(error)
    is_same = pruned(shape, told, WHOLE) == pruned(shape, parsed(operation, protocol, written), WHOLE)
    return "" if is_same else "another reply"


@pytest.mark.parametrize("service", sorted({operation.service for operation in DECLARED}))
def test_whatever_a_service_tells_is_what_botocore_makes_of_it(service: str) -> None:
    wrong = {
        (operation.name, protocol, kind): told
        for operation in reads(service)
        for protocol in protocols(operation)
        for kind in KINDS
        if (told := outcome(operation, protocol, kind)) != LEFT_TO_BOTOCORE.get(f"{service}:{operation.name}", "")
    }
    assert not wrong
