from __future__ import annotations

from typing import Any

import msgspec
import pytest

from aioprowler.services.batch.resources import JobDefinition, texts_of
from tests.worlds.world import World, denied, findings_of, verdicts

CHECK = "batch_job_definition_no_secrets"
HOME = "us-east-1"
ARN = "arn:aws:batch:us-east-1:123456789012:job-definition/import:3"
SECRET = {"name": "KEY", "value": "tr0ub4dor"}


def told(**facts: Any) -> dict[str, Any]:
    return {"jobDefinitionName": "import", "jobDefinitionArn": ARN, "revision": 3, "status": "ACTIVE", **facts}


def container(**facts: Any) -> dict[str, Any]:
    return {"image": "i", **facts}


@pytest.mark.parametrize(
    ("facts", "texts"),
    [
        ({}, {}),
        ({"containerProperties": container(environment=[SECRET])}, {"variable KEY": '"KEY": "tr0ub4dor"'}),
        ({"containerProperties": container(command=["run", "-p", "x"])}, {"command": "run -p x"}),
        ({"containerProperties": container(secrets=[{"name": "KEY", "valueFrom": "arn"}])}, {}),
        ({"parameters": {"token": "x"}}, {"parameter token": '"token": "x"'}),
        (
            {"ecsProperties": {"taskProperties": [{"containers": [{"name": "a", "command": ["x"]}, {"name": "b"}]}]}},
            {"command of container a": "x"},
        ),
        (
            {
                "eksProperties": {
                    "podProperties": {
                        "containers": [{"name": "a", "args": ["x", "y"], "env": [SECRET]}],
                        "initContainers": [{"name": "b", "command": ["z"]}],
                    }
                }
            },
            {
                "variable KEY of container a": '"KEY": "tr0ub4dor"',
                "arguments of container a": "x y",
                "command of container b": "z",
            },
        ),
        (
            {
                "nodeProperties": {
                    "numNodes": 2,
                    "nodeRangeProperties": [
                        {"targetNodes": "0", "container": container(command=["main"])},
                        {"targetNodes": "1:", "container": container(command=["other"])},
                    ],
                }
            },
            {"command": "main", "command of container 2": "other"},
        ),
        (
            {
                "nodeProperties": {
                    "nodeRangeProperties": [
                        {"ecsProperties": {"taskProperties": [{"containers": [{"name": "a", **each}]}]}}
                        for each in ({"environment": [SECRET], "command": ["x"]}, {"environment": [], "command": ["y"]})
                    ]
                }
            },
            {"variable KEY of container a": '"KEY": "tr0ub4dor"', "command of container a": "x\ny"},
        ),
        (
            {"containerProperties": container(environment=[SECRET, {"name": "KEY", "value": "x"}])},
            {"variable KEY": '"KEY": "tr0ub4dor"\n"KEY": "x"'},
        ),
    ],
)
def test_all_that_people_write_is_looked_into(facts: dict[str, Any], texts: dict[str, str]) -> None:
    assert texts_of(msgspec.convert(told(**facts), JobDefinition)) == texts


def world(*definitions: dict[str, Any]) -> World:
    return World({("batch:DescribeJobDefinitions", HOME): {"jobDefinitions": list(definitions)}})


def test_a_secret_is_told_by_its_variable() -> None:
    (finding,) = findings_of(world(told(containerProperties=container(environment=[SECRET]))), CHECK)
    assert (finding.status, finding.resource_id, finding.resource_arn) == ("FAIL", "import:3", ARN)
    assert "variable KEY: Password" in finding.status_detail
    assert "tr0ub4dor" not in finding.status_detail


def test_only_revisions_that_can_be_used_are_asked_for() -> None:
    asked = world(told())
    assert verdicts(asked, CHECK) == {(CHECK, HOME, "import:3"): "PASS"}
    assert {params["status"] for *_, params in asked.params} == {"ACTIVE"}


def test_a_denial_is_manual() -> None:
    asked = World({"batch:DescribeJobDefinitions": denied()})
    assert set(verdicts(asked, CHECK).values()) == {"MANUAL"}
