"""The cut service models against botocore's own."""

from __future__ import annotations

import copy
import datetime
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import orjson
import pytest
from botocore.loaders import ExtrasProcessor, Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser

from aioprowler.accounts.operations import ENTRY_OPERATIONS, ORGANIZATION_OPERATIONS
from aioprowler.aws import models
from aioprowler.aws.clients import Clients
from aioprowler.aws.credentials import Keys
from aioprowler.aws.lean_calls import LeanCalls
from aioprowler.aws.models import EXTRAS, ModelLoader, fill, newest
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


def with_extras(service: str) -> dict[str, Any]:
    """botocore's model, to which botocore itself has added what is newer."""
    model: dict[str, Any] = Loader().load_service_model(service, "service-2")
    version = Loader().determine_latest_version(service, "service-2")
    extras = EXTRAS / service / version / "service-2.sdk-extras.json"
    ExtrasProcessor().process(model, [orjson.loads(extras.read_bytes())] if extras.exists() else [])
    return model


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_left_of_a_model_is_botocores_to_the_letter(service: str) -> None:
    whole = undocumented(with_extras(service))
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


def test_what_is_announced_later_costs_a_service_one_more_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    async def run() -> None:
        async with Clients([Operation("ec2", "DescribeRegions"), Operation("sts", "GetCallerIdentity")]) as clients:
            first = await clients.get("ec2", "eu-west-1", "DescribeRegions")
            identity = await clients.get("sts", "eu-west-1", "GetCallerIdentity")
            clients.announce([Operation("ec2", "DescribeVpcs"), Operation("ec2", "DescribeHosts")])
            assert await clients.get("ec2", "eu-west-1", "DescribeRegions") is first
            other = await clients.get("ec2", "eu-west-1", "DescribeVpcs")
            assert await clients.get("ec2", "eu-west-1", "DescribeHosts") is other
            assert await clients.get("ec2", "eu-west-1", "DescribeRegions") is other
            assert await clients.get("sts", "eu-west-1", "GetCallerIdentity") is identity

    anyio.run(run)


def test_endpoints_are_botocores() -> None:
    whole = Loader().load_data("endpoints")["partitions"]
    lazy = ModelLoader().load_data("endpoints")["partitions"]
    newer = orjson.loads((EXTRAS / "endpoints.sdk-extras.json").read_bytes())["merge"]
    expected = [fill(each, newer.get(each["partition"], {})) for each in copy.deepcopy(whole)]
    assert [{**each, "services": dict(each["services"])} for each in lazy] == expected


def test_a_region_that_only_the_newest_botocore_has_is_a_place_of_its_services(data: Path) -> None:
    merge = {"aws-eusc": {"services": {"kms": {"endpoints": {"eusc-de-east-1": {}}}, "ec2": {"isRegionalized": True}}}}
    write(data / "endpoints", merge)
    write(data / "partitions", {"aws": {"regions": {"mx-west-1": {"description": "Nowhere"}}}})
    found = {each["partition"]: each["services"] for each in ModelLoader().load_data("endpoints")["partitions"]}
    assert found["aws-eusc"]["kms"]["endpoints"] == {"eusc-de-east-1": {}}
    assert "ec2" in found["aws-eusc"]
    assert found["aws"]["kms"] == ModelLoader().load_data("endpoints")["partitions"][0]["services"]["kms"]
    assert "mx-west-1" in ModelLoader().load_data("partitions")["partitions"][0]["regions"]


def write(name: Path, merge: dict[str, Any]) -> None:
    name.parent.mkdir(parents=True, exist_ok=True)
    name.with_name(f"{name.name}.sdk-extras.json").write_bytes(orjson.dumps({"version": 1.0, "merge": merge}))


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In the place of the package's extras."""
    monkeypatch.setattr(models, "EXTRAS", tmp_path)
    return tmp_path


NEWER = {
    "shapes": {
        "DBInstance": {"members": {"InventedKind": {"shape": "InventedKind"}}},
        "InventedKind": {"type": "string", "enum": ["none", "sse-kms"]},
    }
}
"""As little as it takes: a member and its shape."""
INSTANCES = """<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance>
<InventedKind>sse-kms</InventedKind><Newer>yes</Newer>
</DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>"""


def test_a_member_that_only_the_newest_botocore_has_is_parsed(data: Path) -> None:
    write(data / "rds/2014-10-31/service-2", NEWER)
    instances = Operation("rds", "DescribeDBInstances")

    def parsed(loader: Loader) -> dict[str, Any]:
        shape = ServiceModel(loader.load_service_model("rds", "service-2")).operation_model(instances.name).output_shape
        reply = {"status_code": 200, "headers": {}, "body": INSTANCES.encode()}
        found: dict[str, Any] = create_parser("query").parse(reply, shape)["DBInstances"][0]
        return found

    assert parsed(ModelLoader([instances])) == parsed(ModelLoader(None)) == {"InventedKind": "sse-kms"}
    assert parsed(Loader()) == {}


def test_the_users_own_models_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From AWS_DATA_PATH, as botocore reads it; and nothing is added to them."""
    monkeypatch.setenv("AWS_DATA_PATH", f"{tmp_path / 'none'}{os.pathsep}{tmp_path}")
    whole = Loader().load_service_model("rds", "service-2")
    whole["shapes"]["DBInstance"]["members"]["OwnMember"] = {"shape": "String"}
    own = tmp_path / "rds/2014-10-31/service-2.json"
    own.parent.mkdir(parents=True)
    own.write_bytes(orjson.dumps(whole))
    folder = tmp_path / "thingstore/2026-01-01"
    shutil.copytree(own.parent, folder)

    async def run() -> None:
        async with Clients([Operation("rds", "DescribeDBInstances")]) as clients:
            client = await clients.get("rds", "eu-west-1", "DescribeDBInstances")
            assert "OwnMember" in client.meta.service_model.shape_for("DBInstance").members
            known = LeanCalls(clients)
            for region in ("eu-west-1", "us-east-1"):  # without endpoint rules each region's client has to tell
                lean = await known.get("thingstore", region, "DescribeDBInstances", {}, Keys("AKIA", "secret", ""))
                assert lean
                assert lean.place.host == f"rds.{region}.amazonaws.com"
                assert ("thingstore", region) in clients.made

    anyio.run(run)


def test_the_data_is_no_older_than_the_pinned_botocore(record_property: Callable[[str, object], None]) -> None:
    found = newest()
    age = datetime.datetime.now(datetime.UTC).date() - datetime.date.fromisoformat(found.date)
    record_property("days since `make models`", age.days)
    print(f"AWS's service models are those of botocore {found.botocore}, {age.days} days ago.")
    assert numbers(found.botocore) >= numbers(pinned_botocore()), "run `make models`"


def numbers(version: str) -> list[int]:
    return [int(each) for each in version.split(".")]


def pinned_botocore() -> str:
    lines = (Path(__file__).parents[2] / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return next(line.removeprefix("botocore==").rstrip(" \\") for line in lines if line.startswith("botocore=="))
