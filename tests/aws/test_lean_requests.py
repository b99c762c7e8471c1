"""The lean path sends what a plain client sends: every declared operation, several parameters, regions, endpoints."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.model import OperationModel

from aioprowler.accounts.operations import ASSUME_ROLE, ENTRY_OPERATIONS, LIST_REGIONS
from aioprowler.aws.clients import Clients
from aioprowler.aws.credentials import Keys
from aioprowler.aws.lean import LeanCall, lean_call
from aioprowler.aws.lean_calls import LeanCalls
from aioprowler.aws.requests import Request
from aioprowler.aws.signing import current_keys
from aioprowler.catalog import installed
from aioprowler.declarations.sources import Operation
from aioprowler.engine.plan import make_plan
from tests.aws.examples import HOSTILE, parameters
from tests.aws.server import Received, Reply, StubAws

ENTRY = (*ENTRY_OPERATIONS, ASSUME_ROLE, LIST_REGIONS, Operation("sts", "GetSessionToken"))
DECLARED = sorted({*ENTRY, *(planned.operation for planned in make_plan(tuple(installed()), {}).operations)})
FIRST = Keys("AKIAFIRST", "first-secret", "first-token")
SECOND = Keys("AKIASECOND", "second/secret+")
STAMP = "20260102T030405Z"
ON_THE_WIRE: list[tuple[Operation, dict[str, Any]]] = [
    (Operation("ec2", "DescribeVpcs"), {"MaxResults": 1000}),
    (Operation("iam", "GetAccountSummary"), {}),
    (Operation("s3", "GetBucketPolicy"), {"Bucket": "reports"}),
    (Operation("s3", "HeadBucket"), {"Bucket": "reports"}),
    (Operation("dynamodb", "ListTables"), {}),
    (Operation("lambda", "ListFunctions"), {"Marker": HOSTILE}),
    (Operation("account", "ListRegions"), {}),
    (Operation("guardduty", "ListDetectors"), {}),
    (Operation("securityhub", "DescribeHub"), {}),
]
EMPTY = {"ec2": Reply("<a/>"), "iam": Reply("<a><GetAccountSummaryResult/></a>"), "s3": Reply("<a/>")}
PLACES = {
    "us-east-1": {"region": "us-east-1"},
    "cn-north-1": {"region": "cn-north-1"},
    "us-gov-west-1": {"region": "us-gov-west-1"},
    "by address": {"region": "eu-west-1", "endpoint": "http://127.0.0.1:4566"},
    "by name": {"region": "us-east-1", "endpoint": "http://localhost:4566"},
    "with a path": {"region": "us-east-1", "endpoint": "https://gateway.example/reports/aws"},
}
PLAIN_ONLY = {"s3:ListObjectsV2": "botocore adds EncodingType, and takes it out of the reply again"}
"""Operations that the lean path leaves to the plain client, and why."""
UNUSUAL_BUCKETS = [
    *("with.dots", "UpperCase", "under_score", "xy--use1-az4--x-s3", "reports--table-s3"),
    "arn:aws:s3:us-east-1:123456789012:accesspoint/point",
    "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap",
]


HERE = "us-east-1"
KINDS = ("plain", "other", "hostile")
"""Of parameters."""


class Wire:
    """Clients whose requests are taken from botocore's public `before-send` event; nothing is sent."""

    def __init__(self, clients: Clients, region: str) -> None:
        self._clients = clients
        self.region = region
        self._tapped: list[Any] = []
        self._sent: list[AWSPreparedRequest] = []

    async def model(self, operation: Operation) -> OperationModel:
        return (await self.client(operation)).meta.service_model.operation_model(operation.name)

    async def client(self, operation: Operation) -> Any:
        client = await self._clients.get(operation.service, self.region, operation.name)
        if not any(client is each for each in self._tapped):
            self._tapped.append(client)
            client.meta.events.register("before-send", self._take)
        return client

    def _take(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self._sent.append(request)
        raise InterruptedError

    async def plain(self, operation: Operation, params: Mapping[str, Any], keys: Keys) -> Request:
        """What a plain client sends."""
        client = await self.client(operation)
        current_keys.set(keys)
        with pytest.raises(InterruptedError):
            await getattr(client, xform_name(operation.name))(**params)
        sent = self._sent.pop()
        headers = {name.lower(): _text(value) for name, value in sent.headers.items()}
        host = urlsplit(sent.url).netloc
        assert headers.pop("host", host) == host
        return Request(sent.method, sent.url, headers, sent.body.encode() if isinstance(sent.body, str) else sent.body)

    async def lean(self, operation: Operation, params: Mapping[str, Any], keys: Keys = FIRST) -> LeanCall | None:
        return await lean_call(await self.client(operation), operation.name, params, keys)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def like(plain: Request, lean: LeanCall, params: Mapping[str, Any], keys: Keys) -> Request | None:
    """The lean request of the same moment: even the signature may be compared."""
    return lean.request(params, keys, plain.headers["x-amz-date"], plain.headers["amz-sdk-invocation-id"])


@pytest.fixture(params=[pytest.param(name, marks=() if name == HERE else pytest.mark.elsewhere) for name in PLACES])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name: str = request.param
    if endpoint := PLACES[name].get("endpoint"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    return name


async def compare(wire: Wire, operation: Operation, lean: LeanCall, kinds: Sequence[str]) -> list[str]:
    """The kinds of parameters with which the plain client sends something else."""
    model = await wire.model(operation)
    differing = []
    for kind in kinds:
        for optional, keys in ((False, FIRST), (True, SECOND)):
            params = parameters(model, kind, optional=optional)
            plain = await wire.plain(operation, params, keys)
            made, remembered = [like(plain, lean, params, keys) for _ in range(2)]
            if not made == remembered == plain:
                differing.append(f"{operation} {kind} optional={optional}")
    return differing


def served_at_the_root(model: Any) -> bool:
    return str(model.http["requestUri"]) == "/"


def test_every_declared_operations_request_is_the_plain_clients(place: str) -> None:
    """The plan is made of one set of parameters and one account's keys, and used for others. How parameters are written
    does not depend on the place: elsewhere the worst of them do.
    """
    kinds = KINDS if place == HERE else KINDS[-1:]

    async def run() -> tuple[list[str], set[str], set[str]]:
        differing, declined, expected = [], set(), set(PLAIN_ONLY)
        async with Clients(DECLARED) as clients:
            wire = Wire(clients, PLACES[place]["region"])
            for operation in DECLARED:
                model = await wire.model(operation)
                if place == "with a path" and served_at_the_root(model):
                    expected.add(str(operation))  # whether a slash follows the endpoint's path is botocore's secret
                lean = await wire.lean(operation, parameters(model, "plain", optional=False))
                if lean is None:
                    declined.add(str(operation))
                else:
                    differing += await compare(wire, operation, lean, kinds)
        return differing, declined, expected

    differing, declined, expected = anyio.run(run)
    assert differing == []
    assert declined == expected


@pytest.mark.elsewhere
@pytest.mark.parametrize("place", ["us-east-1", "cn-north-1", "by address", "with a path"], indirect=True)
def test_what_was_proven_in_one_region_is_right_in_another(place: str) -> None:
    """The endpoint rules tell where an operation goes there, and no client of that region is needed."""

    async def run() -> tuple[list[str], set[tuple[str, str]]]:
        differing: list[str] = []
        made = 0
        async with Clients(DECLARED) as clients, Clients(DECLARED) as others:
            known, here = LeanCalls(clients), Wire(others, PLACES[place]["region"])
            for region in ("eu-west-3", here.region):
                for operation in DECLARED:
                    params = parameters(await here.model(operation), "plain", optional=False)
                    lean = await known.get(operation.service, region, operation.name, params, FIRST)
                    if region == here.region and lean is not None:
                        made += 1
                        differing += await compare(here, operation, lean, ["other"])
            assert made > 20
            return differing, clients.made

    differing, made = anyio.run(run)
    assert differing == []
    beside = {service for service, region in made if region != "eu-west-3"}
    assert beside <= ({"s3control"} if place == "by address" else set()), "whose account id no address takes"


@pytest.mark.parametrize("place", ["us-east-1", "by address", "by name"], indirect=True)
def test_a_plan_made_for_any_bucket_serves_the_others(place: str) -> None:
    operation = Operation("s3", "GetBucketPolicy")

    async def run() -> list[str]:
        differing = []
        async with Clients(DECLARED) as clients:
            wire = Wire(clients, PLACES[place]["region"])
            for first in ("reports", "amazonaws", "com", *UNUSUAL_BUCKETS):
                lean = await wire.lean(operation, {"Bucket": first})
                assert lean, first
                for bucket in ("reports", "amazonaws", "com", "us-east-1", "a-b-c"):
                    plain = await wire.plain(operation, {"Bucket": bucket}, SECOND)
                    if like(plain, lean, {"Bucket": bucket}, SECOND) != plain:
                        differing.append(f"{bucket} after {first}")
        return differing

    assert anyio.run(run) == []


@pytest.mark.parametrize("place", ["us-east-1", "by name"], indirect=True)
def test_a_host_that_a_signer_writes_out_is_kept_for_no_other_call(place: str) -> None:
    """As awscrt's do: a header with the host of the request that the path was made from would go to its bucket."""

    def write_out(request: Any, **_: Any) -> None:
        request.headers["host"] = urlsplit(request.url).netloc

    async def run() -> Request | None:
        operation = Operation("s3", "GetBucketPolicy")
        async with Clients(DECLARED) as clients:
            wire = Wire(clients, PLACES[place]["region"])
            client = await wire.client(operation)
            client.meta.events.register("before-sign", write_out)
            lean = await lean_call(client, operation.name, {"Bucket": "first"}, FIRST)
            assert lean
            return lean.request({"Bucket": "second"}, FIRST, STAMP, "")

    request = anyio.run(run)
    assert request
    assert "host" not in request.headers
    assert "second" in request.url
    assert "first" not in request.url
    assert "aioprowler" not in request.url


@pytest.mark.parametrize("place", ["us-east-1", "by address"], indirect=True)
def test_buckets_and_access_points_with_endpoints_of_their_own_are_left_to_the_plain_client(place: str) -> None:
    async def run() -> list[str]:
        async with Clients(DECLARED) as clients:
            wire = Wire(clients, PLACES[place]["region"])
            policy = await wire.lean(Operation("s3", "GetBucketPolicy"), {"Bucket": "reports"})
            known = {"AccountId": "123456789012", "Name": "point"}
            point = await wire.lean(Operation("s3control", "GetAccessPoint"), known)
            assert policy
            assert point
            outpost = "arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-01ac5d28a6a232904/accesspoint/point"
            made = {name: policy.request({"Bucket": name}, FIRST, STAMP, "") for name in (*UNUSUAL_BUCKETS, "", None)}
            made["outpost"] = point.request({**known, "Name": outpost}, FIRST, STAMP, "")
            return [str(name) for name, request in made.items() if request is not None]

    assert anyio.run(run) == []


@pytest.mark.parametrize("place", ["us-east-1"], indirect=True)
def test_an_arn_that_tells_the_endpoint_is_left_to_the_plain_client(place: str) -> None:
    """Kinesis is asked about a stream of another account at a host of that account."""
    arn = "arn:aws:kinesis:us-east-1:210987654321:stream/orders"

    async def run() -> list[Any]:
        async with Clients(DECLARED) as clients:
            wire = Wire(clients, PLACES[place]["region"])
            operation = Operation("kinesis", "DescribeStreamSummary")
            by_arn = await wire.lean(operation, {"StreamARN": arn})
            by_name = await wire.lean(operation, {"StreamName": "orders"})
            assert by_name
            asked = [{"StreamARN": arn}, {"StreamName": "orders"}]
            return [by_arn, *(by_name.request(params, FIRST, STAMP, "") is None for params in asked)]

    assert anyio.run(run) == [None, True, False]


def test_what_is_remembered_of_one_account_is_signed_for_another() -> None:
    """With a session's token and without, whatever was asked in between."""

    async def run() -> list[str]:
        differing = []
        async with Clients(DECLARED) as clients:
            wire = Wire(clients, HERE)
            for operation, params in ON_THE_WIRE:
                lean = await wire.lean(operation, params)
                assert lean
                for keys in (SECOND, FIRST, SECOND, FIRST):
                    plain = await wire.plain(operation, params, keys)
                    if like(plain, lean, params, keys) != plain:
                        differing.append(f"{operation} {keys.access_key}")
        return differing

    assert anyio.run(run) == []


def test_values_that_python_calls_equal_are_not_asked_for_alike() -> None:
    """`1` is no answer to `True`, nor is a time to its text."""
    operation = Operation("ec2", "DescribeVpcs")
    noon = datetime.datetime(2026, 1, 2, 12, tzinfo=datetime.UTC)
    asked: list[Any] = [1, True, 1.0, "1", noon, "2026-01-02T12:00:00Z", *range(20), 1, True]

    async def run() -> list[Any]:
        async with Clients(DECLARED) as clients:
            lean = await Wire(clients, HERE).lean(operation, {"MaxResults": 5})
            assert lean
            made = [lean.request({"MaxResults": value}, FIRST, STAMP, "") for value in asked]
            return [parse_qs((request.body or b"").decode())["MaxResults"][0] for request in made if request]

    assert anyio.run(run) == [str(value) for value in asked]


def test_what_aws_receives_is_the_same_on_both_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the wire: also the headers that the HTTP library adds."""

    async def run() -> list[str]:
        async with StubAws(_empty) as aws:
            monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
            async with Clients(DECLARED) as clients:
                differing = []
                for operation, params in ON_THE_WIRE:
                    client = await clients.get(operation.service, "eu-west-1", operation.name)
                    lean = await lean_call(client, operation.name, params, FIRST)
                    assert lean
                    request = lean.request(params, FIRST, STAMP, "")
                    assert request
                    current_keys.set(FIRST)
                    await lean.send(clients.http, request)
                    await getattr(client, xform_name(operation.name))(**params)
                    ours, plain = ((r.method, r.target, _lasting(r.headers), r.body) for r in aws.received[-2:])
                    if ours != plain:
                        differing.append(f"{operation}: {ours} {plain}")
                return differing

    assert anyio.run(run) == []


def _empty(request: Received) -> Reply:
    """Nothing, in the form of the service. S3 answers with the bare policy."""
    return Reply("{}") if "?policy" in request.target else EMPTY.get(request.service, Reply("{}"))


def _lasting(headers: Mapping[str, str]) -> dict[str, str]:
    """Without what differs from call to call."""
    changing = {"authorization", "x-amz-date", "amz-sdk-invocation-id"}
    return {name: value for name, value in headers.items() if name not in changing}
