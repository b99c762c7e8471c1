"""State machines and job definitions, with and without keys, logs and secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import now, tell
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

PASSWORD: Final = "tr0ub4dor-and-3-horses"
NOTHING: Final = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}, indent=2)
SECRETIVE: Final = json.dumps(
    {
        "StartAt": "Done",
        "States": {"Done": {"Type": "Pass", "Result": {"db_password": PASSWORD}, "End": True}},
    },
    indent=2,
)
OWN_KEY: Final = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsDataKeyReusePeriodSeconds": 300}


def machines(clients: Clients) -> None:
    """Tell of state machines."""
    key = {**OWN_KEY, "kmsKeyId": f"arn:aws:kms:{HOME_REGION}:{clients.account_id}:key/1"}
    group = {"logGroupArn": f"arn:aws:logs:{HOME_REGION}:{clients.account_id}:log-group:orders:*"}
    facts: dict[str, dict[str, Any]] = {
        "plain": {},
        "own-key": {"encryptionConfiguration": key},
        "aws-key": {"encryptionConfiguration": {"type": "AWS_OWNED_KEY"}},
        "logged-off": {"loggingConfiguration": {"level": "OFF", "includeExecutionData": False, "destinations": []}},
        "secretive": {"definition": SECRETIVE},
        "empty": {"definition": "{}"},
        "going": {"status": "DELETING", "definition": SECRETIVE},
        "hidden": {"encryptionConfiguration": key},
    }
    for level in ("ALL", "ERROR", "FATAL"):
        logging = {"level": level, "includeExecutionData": False, "destinations": [{"cloudWatchLogsLogGroup": group}]}
        facts[f"logged-{level.lower()}"] = {"loggingConfiguration": logging}

    def describe(asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked["stateMachineArn"].rpartition(":")[2]
        if name == "hidden" and asked.get("includedData") != "METADATA_ONLY":
            raise AwsError("KmsAccessDeniedException", "The key does not let you.", 400)
        return {"status": "ACTIVE", "definition": NOTHING, **_machine(clients, name), **facts[name]}

    for region in REGIONS:
        tell(clients, "stepfunctions", "ListStateMachines", {"stateMachines": []}, region)
    tell(clients, "stepfunctions", "ListStateMachines", {"stateMachines": [_machine(clients, name) for name in facts]})
    tell(clients, "stepfunctions", "DescribeStateMachine", describe)
    tell(clients, "stepfunctions", "ListTagsForResource", {"tags": []})


def _machine(clients: Clients, name: str) -> dict[str, Any]:
    arn = f"arn:aws:states:{HOME_REGION}:{clients.account_id}:stateMachine:{name}"
    kind = "EXPRESS" if name.startswith("logged") else "STANDARD"
    return {"stateMachineArn": arn, "name": name, "type": kind, "creationDate": now()}


def definitions(clients: Clients) -> None:
    """Tell of job definitions, on ECS and EKS, on one node and on several."""
    variable = {"name": "DB_PASSWORD", "value": PASSWORD}
    secret = {"name": "DB_PASSWORD", "valueFrom": f"arn:aws:ssm:{HOME_REGION}:{clients.account_id}:parameter/db"}
    contents: dict[str, dict[str, Any]] = {
        "plain": {"containerProperties": {"image": "busybox", "command": ["sleep", "5"]}},
        "variable": {"containerProperties": {"image": "busybox", "environment": [variable]}},
        "harmless": {"containerProperties": {"image": "busybox", "environment": [{"name": "STAGE", "value": "test"}]}},
        "command": {
            "containerProperties": {"image": "busybox", "command": ["sh", "-c", f'DB_PASSWORD="{PASSWORD}" run']}
        },
        "reference": {"containerProperties": {"image": "busybox", "secrets": [secret]}},
        "parameter": {
            "containerProperties": {"image": "busybox", "command": ["Ref::password"]},
            "parameters": {"password": PASSWORD},
        },
        "nodes": {
            "type": "multinode",
            "nodeProperties": {
                "numNodes": 2,
                "mainNode": 0,
                "nodeRangeProperties": [
                    {"targetNodes": "0:", "container": {"image": "busybox", "environment": [variable]}}
                ],
            },
        },
        "pod": {
            "eksProperties": {"podProperties": {"containers": [{"name": "a", "image": "busybox", "env": [variable]}]}}
        },
        "task": {
            "ecsProperties": {
                "taskProperties": [{"containers": [{"name": "a", "image": "busybox", "environment": [variable]}]}]
            }
        },
    }
    listed = [_definition(clients, name, number, told) for number, (name, told) in enumerate(contents.items(), 1)]
    for region in REGIONS:
        tell(clients, "batch", "DescribeJobDefinitions", {"jobDefinitions": []}, region)
        tell(clients, "batch", "DescribeComputeEnvironments", {"computeEnvironments": []}, region)
    tell(clients, "batch", "DescribeJobDefinitions", {"jobDefinitions": listed})
    far = _definition(clients, "far", 2, contents["plain"], SECOND_REGION)
    tell(clients, "batch", "DescribeJobDefinitions", {"jobDefinitions": [far]}, SECOND_REGION)


def _definition(
    clients: Clients, name: str, revision: int, told: Mapping[str, Any], region: str = HOME_REGION
) -> dict[str, Any]:
    arn = f"arn:aws:batch:{region}:{clients.account_id}:job-definition/{name}:{revision}"
    named = {"jobDefinitionName": name, "jobDefinitionArn": arn, "revision": revision}
    return {**named, "status": "ACTIVE", "type": "container", **told}


def seed(clients: Clients) -> None:
    """Fill an account with both."""
    machines(clients)
    definitions(clients)


STATES: Final = (State("workflows", "500000001581", seed, services=("batch", "stepfunctions")),)
