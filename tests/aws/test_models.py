"""The cut service models against botocore's own."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from aioprowler.accounts.operations import ENTRY_OPERATIONS, ORGANIZATION_OPERATIONS
from aioprowler.aws.clients import Clients
from aioprowler.aws.models import ModelLoader
from aioprowler.catalog import installed
from aioprowler.declarations.sources import Operation
from aioprowler.engine.plan import make_plan

OPERATIONS = [
    *(each.operation for each in make_plan(tuple(installed()), {}).operations),
    *ENTRY_OPERATIONS,
    *ORGANIZATION_OPERATIONS,
]
SERVICES = sorted({each.service for each in OPERATIONS})


def undocumented(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: undocumented(v) for k, v in value.items() if not (k == "documentation" and isinstance(v, str))}
    return [undocumented(each) for each in value] if isinstance(value, list) else value


def referred(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["shape"]} if isinstance(value.get("shape"), str) else set()
        return own.union(*map(referred, value.values()))
    return set().union(*map(referred, value)) if isinstance(value, list) else set()


def used(model: dict[str, Any]) -> dict[str, Any]:
    """The shapes behind a model's operations."""
    found: dict[str, Any] = {}
    waiting = referred(model["operations"])
    while waiting:
        name = waiting.pop()
        found[name] = model["shapes"][name]
        waiting |= referred(found[name]) - set(found)
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_left_of_a_model_is_botocores_to_the_letter(service: str) -> None:
    whole = undocumented(Loader().load_service_model(service, "service-2"))
    left = ModelLoader(OPERATIONS).load_service_model(service, "service-2")
    assert set(left["operations"]) == {each.name for each in OPERATIONS if each.service == service}
    operations = {name: whole["operations"][name] for name in left["operations"]}
    assert left["operations"] == operations
    assert undocumented(used(left)) == used(whole | {"operations": operations})
    assert all(ServiceModel(left).error_shapes), "botocore reads every shape when it looks for that of an error"
    rest = set(whole) - {"operations", "shapes", "documentation"}
    assert {name: undocumented(left[name]) for name in rest} == {name: whole[name] for name in rest}


def test_an_operation_that_nobody_announced_is_had_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    async def run() -> None:
        async with Clients([Operation("ec2", "DescribeVpcs")]) as clients:
            client = await clients.get("ec2", "eu-west-1", "DescribeVpcs")
            assert await clients.get("ec2", "eu-west-1", "DescribeVpcs") is client
            assert not hasattr(client, "describe_hosts")
            other = await clients.get("ec2", "eu-west-1", "DescribeHosts")
            assert hasattr(other, "describe_vpcs")
            assert hasattr(other, "describe_hosts")
            assert await clients.get("ec2", "eu-west-1", "DescribeVpcs") is other
            elsewhere = await clients.get("ec2", "us-east-1", "DescribeVpcs")
            assert hasattr(elsewhere, "describe_hosts")

    anyio.run(run)


def test_endpoints_are_botocores() -> None:
    whole = Loader().load_data("endpoints")["partitions"]
    lazy = ModelLoader().load_data("endpoints")["partitions"]
    assert [{**each, "services": dict(each["services"])} for each in lazy] == whole
