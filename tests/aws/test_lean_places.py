"""Without a client in a region, the lean path sends what a plain client of that region would send, of any service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import anyio
import orjson
import pytest
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader

from aioprowler.aws.clients import Clients
from aioprowler.aws.lean_calls import LeanCalls
from aioprowler.aws.places import has_places_of_its_own
from aioprowler.declarations.sources import Operation
from tests.aws.examples import parameters
from tests.aws.test_lean_requests import FIRST, PLAIN_ONLY, SECOND, Wire, like
from tests.operations import FACTS

OPERATIONS = sorted(FACTS)
HOME = "eu-west-3"
PARTITIONS = (
    *("us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-iso-east-1"),
    "me-south-9",  # which botocore does not list
)
ENVIRONMENTS: Mapping[str, tuple[Mapping[str, str], tuple[str, ...]]] = {
    "nothing": ({}, PARTITIONS),
    "fips": ({"AWS_USE_FIPS_ENDPOINT": "true"}, ("us-gov-west-1", "cn-north-1")),
    "dualstack": ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, ("us-east-1", "cn-north-1")),
    "url": ({"AWS_ENDPOINT_URL": "https://gateway.example"}, ("us-east-1",)),
    "urls": (
        {
            "AWS_ENDPOINT_URL": "http://localhost:4566",
            "AWS_ENDPOINT_URL_S3": "https://storage.example",
            "AWS_ENDPOINT_URL_IAM": "https://vpce-1.iam.us-east-1.vpce.amazonaws.com",
            "AWS_ENDPOINT_URL_STS": "https://sts.example",
        },
        ("us-west-2",),
    ),
    "as of old": ({"AWS_STS_REGIONAL_ENDPOINTS": "legacy"}, ("us-east-1", "ap-southeast-2")),
    "profile": ({"AWS_CONFIG_FILE": "config"}, ("us-east-1",)),
    "endpoints": ({"AWS_DATA_PATH": "data"}, ("us-east-1", "cn-north-1")),
    "defaults": ({"AWS_DEFAULTS_MODE": "standard"}, ("us-east-1",)),
}
"""What the user's environment says, and the regions that are compared with it."""
PROFILE = """
[default]
services = own
use_dualstack_endpoint = true
s3 =
    addressing_style = path
    us_east_1_regional_endpoint = legacy

[services own]
iam =
    endpoint_url = https://identities.example
"""
FEW = {"as of old", "profile", "endpoints", "defaults"}
"""Environments that mean something to S3, STS and IAM only."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=() if each in {"nothing", *FEW} else pytest.mark.elsewhere) for each in ENVIRONMENTS],
)
def test_a_moved_request_is_that_of_a_client_of_the_region(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment, regions = ENVIRONMENTS[name]
    monkeypatch.chdir(tmp_path)
    Path("config").write_text(PROFILE)
    Path("data").mkdir()
    Path("data/endpoints.json").write_bytes(orjson.dumps(Loader().load_data("endpoints")).replace(b"amazonaws", b"own"))
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    services = ("s3", "s3control", "sts", "iam")
    operations = [each for each in OPERATIONS if name not in FEW or each.service in services]

    async def run() -> tuple[list[str], set[str], set[str]]:
        differing: list[str] = []
        left: set[str] = set()
        async with Clients(operations) as clients, Clients(operations) as others:
            known, home = LeanCalls(clients), Wire(others, HOME)
            chosen = await _chosen(home, operations)
            for region in (HOME, *regions):
                wire = home if region == HOME else Wire(others, region)
                for operation in chosen:
                    outcome = await _compare(known, home, wire, operation)
                    differing += [outcome] if outcome else []
                    left |= {str(operation)} if outcome is None else set()
            return differing, {service for service, region in clients.made if region != HOME}, left

    differing, with_clients, left = anyio.run(run)
    assert differing == []
    assert with_clients == set()
    assert left == set(PLAIN_ONLY)


async def _chosen(wire: Wire, operations: Sequence[Operation]) -> list[Operation]:
    """One of each service's operations that go where the others go, and all that go to places of their own."""
    found: dict[object, Operation] = {}
    for each in operations:
        found.setdefault(each if has_places_of_its_own(await wire.model(each)) else each.service, each)
    return list(found.values())


async def _compare(known: LeanCalls, home: Wire, wire: Wire, operation: Operation) -> str | None:
    """What is not the same, or nothing; None where only a plain client can make the call."""
    params = parameters(await home.model(operation), "plain", optional=False)
    try:
        lean = await known.get(operation.service, wire.region, operation.name, params, FIRST)
        if lean is None:
            return None
    except BotoCoreError as error:
        with pytest.raises(type(error)):
            await wire.plain(operation, params, SECOND)
        return ""
    plain = await wire.plain(operation, params, SECOND)
    ours = like(plain, lean, params, SECOND)
    return "" if ours == plain else f"{operation} in {wire.region}: {ours} {plain}"
