"""Decoders read of every reply what botocore's parser makes of the same members."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from aioprowler.aws.decoding import decoders
from aioprowler.aws.decoding.decoders import Decoder, Decoders
from aioprowler.aws.decoding.parsers import parser_of
from aioprowler.aws.web import BULKY
from aioprowler.declarations.account import EXAMPLE_ACCOUNT
from aioprowler.declarations.failure import UnreadableError
from aioprowler.declarations.graph import source_of
from aioprowler.declarations.readings import NOTHING, WHOLE, Reading, at
from aioprowler.declarations.resources import Resource
from aioprowler.declarations.sources import Batch, Call, Listing, Operation
from aioprowler.engine.fetch import cut, reading, to_facet, to_resource
from tests.aws.replies import KINDS, Written, value, write
from tests.aws.test_lean_requests import DECLARED
from tests.each import of_each
from tests.operations import model
from tests.test_registry import CALLED, folder_of, name_of


def decoded(operation: OperationModel, protocol: str, read: Reading, written: Written) -> Any:
    decoder = Decoder(operation, protocol, parser_of(protocol), read)
    return decoder.decode(200, written.headers, written.body)


def parsed(operation: OperationModel, protocol: str, written: Written) -> Any:
    raw = {"status_code": 200, "headers": written.headers, "body": written.body, "context": {}}
    told = parser_of(protocol).parse(raw, operation.output_shape)
    del told["ResponseMetadata"]
    return told


def pruned(shape: Shape, told: Any, read: Reading) -> Any:
    """What is read of a value, in one order, with its types beside what is equal without being the same."""
    if told is None:
        return None
    if isinstance(shape, StructureShape) and not shape.is_document_type:
        parts = {name: read.of(name) for name in sorted(told)}
        return {n: pruned(shape.members[n], told[n], part) for n, part in parts.items() if part and n in shape.members}
    if isinstance(shape, ListShape):
        return [pruned(shape.member, each, read) for each in told]
    if isinstance(shape, MapShape):
        return {key: pruned(shape.value, each, read) for key, each in told.items()}
    return type(told), told


def protocols(operation: OperationModel) -> Iterable[str]:
    """That of its service, and where that is JSON the one that newer models prefer."""
    protocol: str = operation.service_model.resolved_protocol
    return (protocol, "smithy-rpc-v2-cbor") if protocol == "json" else (protocol,)


def readings_of(operation: Operation) -> list[Reading]:
    return [WHOLE, NOTHING, *map(members_alone, READINGS[operation])]


def members_alone(read: Reading) -> Reading:
    """Without the types that are made of it at once."""
    return Reading(read.members and {name: members_alone(part) for name, part in read.members.items()})


def asked(kind: Any) -> list[tuple[Listing | Call | Batch, bool]]:
    """What tells of a type: its source, and the source's detail."""
    source = source_of(kind)
    assert isinstance(source, Listing | Call | Batch)
    detail = source.detail if isinstance(source, Listing) else None
    return [(source, False), *([(detail, True)] if detail else [])]


READINGS: defaultdict[Operation, list[Reading]] = defaultdict(list)
for _kind in CALLED:
    for _source, _is_detail in asked(_kind):
        READINGS[_source.operation].append(reading(_kind, is_detail=_is_detail))


def is_decoded(operation: OperationModel) -> bool:
    return bool(operation.output_shape) and not (operation.has_streaming_output or operation.has_event_stream_output)


@of_each(DECLARED, by=lambda operation: operation.service)
def test_what_is_read_of_a_reply_is_what_botocore_makes_of_it(operation: Operation) -> None:
    found = model(operation)
    for protocol in protocols(found) if is_decoded(found) else ():
        for kind in KINDS if protocol == found.service_model.resolved_protocol else KINDS[:1]:
            written = write(found, protocol, value(found.output_shape, kind), kind)
            whole = parsed(found, protocol, written)
            for read in readings_of(operation):
                told = decoded(found, protocol, read, written)
                assert pruned(found.output_shape, told, read) == pruned(found.output_shape, whole, read), (kind, read)


@of_each(CALLED, by=folder_of, name=name_of)
def test_a_type_is_made_of_what_it_reads_as_of_the_whole_reply(kind: Any) -> None:
    for source, is_detail in asked(kind):
        found = model(source.operation)
        protocol, read = found.service_model.resolved_protocol, reading(kind, is_detail=is_detail)
        for sort in ("more", "half"):
            written = write(found, protocol, value(found.output_shape, sort), sort)
            told = decoded(found, protocol, read, written)
            assert made(kind, source, told) == made(kind, source, parsed(found, protocol, written)), sort


def made(kind: Any, source: Listing | Call | Batch, reply: Any) -> list[Any]:
    """What is made of a reply: fields, those that AWS left out as well, or what is said where it does not fit."""
    part = cut(reply, source.result)
    parts = part or [] if isinstance(source, Batch) else part if isinstance(part, list) else [part or {}]
    if not issubclass(kind, Resource):
        return [fields(to_facet(kind, each, "x")) for each in ([part] if isinstance(source, Call) else parts)]
    named = [{source.item: each} if isinstance(source, Listing) and source.item else each for each in parts]
    return [fields(to_resource(kind, each, EXAMPLE_ACCOUNT, "us-east-1", "x")) for each in named]


def fields(thing: Any) -> dict[str, Any]:
    return {name: value_of(thing, name) for name in thing.__struct_fields__}


def value_of(thing: Any, name: str) -> Any:
    try:
        return getattr(thing, name)
    except UnreadableError:
        return "left out"


# ------------------------------------------------------------------ odd replies
def instances(number: int) -> Written:
    operation = model(Operation("ec2", "DescribeInstances"))
    told = value(operation.output_shape, "full")
    reservation = told["Reservations"][0]
    told["Reservations"] = [
        {**reservation, "Instances": [{**reservation["Instances"][0], "InstanceId": f"i-{each}-{n}"} for n in range(2)]}
        for each in range(number)
    ]
    return write(operation, "ec2", told, "full")


@pytest.fixture(scope="module")
def bulky() -> tuple[Written, Any]:
    """A reply, and what botocore makes of it."""
    written = instances(80)
    return written, parsed(model(Operation("ec2", "DescribeInstances")), "ec2", written)


@pytest.mark.parametrize("path", ["Reservations[].Instances[].InstanceId", "Reservations", ""])
def test_a_bulky_reply_is_read_in_blocks(path: str, bulky: tuple[Written, Any]) -> None:
    operation, (written, whole) = model(Operation("ec2", "DescribeInstances")), bulky
    assert len(written.body) > 4 * BULKY
    told = decoded(operation, "ec2", at(path), written)
    assert told == pruned_alone(operation, whole, at(path))
    assert cut(told, "Reservations[].Instances[].InstanceId")[::159] == ["i-0-0", "i-79-1"]


def pruned_alone(operation: OperationModel, told: Any, read: Reading) -> Any:
    return without_types(pruned(operation.output_shape, told, read))


def without_types(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: without_types(each) for name, each in told.items()}
    return [without_types(each) for each in told] if isinstance(told, list) else told[1]


HALF_A_PAIR = (
    b"<a><GetAccountSummaryResult><SummaryMap><entry><key>a</key></entry></SummaryMap></GetAccountSummaryResult></a>"
)
MARKUP = "aioprowler.aws.decoding.markup"
EXAMPLES = {
    "ec2": Operation("ec2", "DescribeVpcs"),
    "query": Operation("iam", "GetAccountSummary"),
    "rest-xml": Operation("s3", "ListBuckets"),
    "json": Operation("dynamodb", "DescribeTable"),
    "rest-json": Operation("lambda", "ListFunctions"),
}


@pytest.mark.parametrize("protocol", EXAMPLES)
def test_what_is_cut_off_is_left_to_botocore(protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "WORTH_IT", 0)
    found = model(EXAMPLES[protocol])
    written = write(found, protocol, value(found.output_shape, "full"), "full")
    known = Decoders(found, protocol, parser_of(protocol))
    whole = known.decode(WHOLE, 200, written.headers, written.body)
    assert whole
    told = [known.decode(WHOLE, 200, written.headers, written.body[:end]) for end in range(0, len(written.body), 7)]
    assert not any(told)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (EXAMPLES["rest-json"], b'{"Functions":{}}'),
        (EXAMPLES["rest-json"], b'{"Functions":[{"FunctionName":5}]}'),
        (EXAMPLES["rest-json"], b'{"Functions":[{"MemorySize":"128"}]}'),
        (EXAMPLES["rest-json"], b'"no structure"'),
        (EXAMPLES["rest-json"], b'{"Functions":[null]}'),
        (EXAMPLES["rest-json"], b'{"Functions":[{"Environment":{"Variables":{"a":null}}}]}'),
        (EXAMPLES["rest-json"], b'{"NextMarker":"m","Func\xfftions":[{"FunctionName":"f"}]}'),
        (EXAMPLES["json"], b'{"Table":{"CreationDateTime":"never"}}'),
        (EXAMPLES["json"], b"{}"),
        (EXAMPLES["ec2"], b"<a><vpcSet/><vpcSet/></a>"),
        (EXAMPLES["query"], b"<a><b/></a>"),
        (EXAMPLES["query"], HALF_A_PAIR),
        (EXAMPLES["rest-xml"], b"<a/>"),
    ],
)  # fmt: skip
def test_what_is_not_of_its_shape_is_left_to_botocore(
    operation: Operation, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoders, "WORTH_IT", 0)
    found = model(operation)
    protocol = found.service_model.resolved_protocol
    assert Decoders(found, protocol, parser_of(protocol)).decode(WHOLE, 200, {}, body) is None


def test_a_decoder_is_made_once_it_is_worth_it() -> None:
    found = model(EXAMPLES["rest-json"])
    known = Decoders(found, "rest-json", parser_of("rest-json"))
    body = b'{"Functions":[{"FunctionName":"' + b"f" * decoders.WORTH_IT + b'"}]}'
    read = at("Functions[].FunctionName")
    assert known.decode(read, 200, {}, b'{"Functions":[{"FunctionName":"f"}]}') is None
    assert cut(known.decode(read, 200, {}, body) or {}, "Functions[].FunctionName") == ["f" * decoders.WORTH_IT]
    assert known.decode(read, 200, {}, b'{"Functions":[{"Runtime":"r"}]}') == {"Functions": [{}]}


def test_libxml2_is_loaded_once_it_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, MARKUP, raising=False)
    found = model(EXAMPLES["ec2"])
    known = Decoders(found, "ec2", parser_of("ec2"))
    text = "v" * decoders.WORTH_IT
    body = f"<a><vpcSet><item><vpcId>{text}</vpcId></item></vpcSet></a>".encode()
    read = at("Vpcs[].VpcId")
    for _ in range(14):
        assert known.decode(read, 200, {}, body) is None
        assert MARKUP not in sys.modules
    assert cut(known.decode(read, 200, {}, body) or {}, "Vpcs[].VpcId") == [text]
    others = Decoders(found, "ec2", parser_of("ec2"))
    assert cut(others.decode(read, 200, {}, body) or {}, "Vpcs[].VpcId") == [text], "the others need not wait for it"
