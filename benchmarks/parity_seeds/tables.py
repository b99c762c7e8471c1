"""Tables of DynamoDB with each setting on and off, and clusters of DAX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, allow, document
from benchmarks.parity_seeds.compute import back_up
from benchmarks.parity_seeds.states import State

Structure = dict[str, Any]

_ON_DEMAND: Final = {"BillingMode": "PAY_PER_REQUEST"}
_PROVISIONED: Final = {
    "BillingMode": "PROVISIONED",
    "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
}
_TABLES: Final[Mapping[str, Structure]] = {
    "plain": _PROVISIONED,
    "on-demand": _ON_DEMAND,
    "scaled": _PROVISIONED,
    "scaled-half": _PROVISIONED,
    "scaled-by-index": _PROVISIONED,
    "scaled-suspended": _PROVISIONED,
    "scaled-pinned": _PROVISIONED,
    "scaled-in-suspended": _PROVISIONED,
    "protected": {**_ON_DEMAND, "DeletionProtectionEnabled": True},
    "managed-key": {**_ON_DEMAND, "SSESpecification": {"Enabled": True, "SSEType": "KMS"}},
    "in-plan": _ON_DEMAND,
    "in-plan-by-wildcard": _ON_DEMAND,
    "recoverable": _ON_DEMAND,
}


def tables(clients: Clients) -> None:
    """Create tables that are billed, encrypted, protected and backed up in each way."""
    dynamodb = clients("dynamodb")
    for name, facts in _TABLES.items():
        add_table(clients, name, **facts)
    key = clients("kms").create_key()["KeyMetadata"]["Arn"]
    encrypted = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    add_table(clients, "own-key", **_ON_DEMAND, SSESpecification=encrypted)
    add_table(clients, "far", SECOND_REGION, **_ON_DEMAND)
    dynamodb.update_continuous_backups(
        TableName="recoverable", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    rule = {"RuleName": "daily", "TargetBackupVaultName": "Default", "ScheduleExpression": "cron(0 5 ? * * *)"}
    plan = clients("backup").create_backup_plan(BackupPlan={"BackupPlanName": "tables", "Rules": [rule]})
    back_up(clients, plan["BackupPlanId"], [_arn(clients, "in-plan"), _arn(clients, "in-plan-by-*")])


def add_table(clients: Clients, name: str, region: str = HOME_REGION, **facts: Any) -> None:
    """Create a table with one key."""
    clients("dynamodb", region).create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        **facts,
    )


def _arn(clients: Clients, name: str) -> str:
    return f"arn:aws:dynamodb:{HOME_REGION}:{clients.account_id}:table/{name}"


def scaling(clients: Clients) -> None:
    """Have Application Auto Scaling look after both dimensions, after one, after an index, and not for the moment."""
    suspended = {"SuspendedState": {"DynamicScalingOutSuspended": True, "DynamicScalingInSuspended": True}}
    no_less = {"SuspendedState": {"DynamicScalingOutSuspended": False, "DynamicScalingInSuspended": True}}
    targets: list[tuple[str, str, str, Structure]] = [
        ("table/scaled", "table", "Read", {}),
        ("table/scaled", "table", "Write", {}),
        ("table/scaled-half", "table", "Write", {}),
        ("table/scaled-by-index/index/by-day", "index", "Read", {}),
        ("table/scaled-by-index/index/by-day", "index", "Write", {}),
        ("table/scaled-suspended", "table", "Read", suspended),
        ("table/scaled-suspended", "table", "Write", suspended),
        ("table/scaled-pinned", "table", "Read", {"MaxCapacity": 1}),
        ("table/scaled-pinned", "table", "Write", {"MaxCapacity": 1}),
        ("table/scaled-in-suspended", "table", "Read", no_less),
        ("table/scaled-in-suspended", "table", "Write", no_less),
    ]
    told = [
        {
            "ServiceNamespace": "dynamodb",
            "ResourceId": resource,
            "ScalableDimension": f"dynamodb:{kind}:{word}CapacityUnits",
            "MinCapacity": 1,
            "MaxCapacity": 10,
            "RoleARN": "arn:aws:iam::1:role/scaling",
            "CreationTime": 0,
            "ScalableTargetARN": f"arn:aws:application-autoscaling:{HOME_REGION}:1:scalable-target/{number}",
            **more,
        }
        for number, (resource, kind, word, more) in enumerate(targets)
    ]
    for region in REGIONS:
        tell(clients, "application-autoscaling", "DescribeScalableTargets", {"ScalableTargets": []}, region)

    def of_service(asked: Mapping[str, Any]) -> Structure:
        return {"ScalableTargets": told if asked["ServiceNamespace"] == "dynamodb" else []}

    tell(clients, "application-autoscaling", "DescribeScalableTargets", of_service)


def policies(clients: Clients) -> None:
    """Let principals of each kind into a table of its own."""
    organization = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    principals: dict[str, Structure] = {
        "own": {"Principal": {"AWS": f"arn:aws:iam::{clients.account_id}:root"}},
        "other": {"Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}},
        "anybody": {"Principal": "*"},
        "denied": {"Principal": "*", "Effect": "Deny"},
        "organization": {"Principal": "*", "Condition": organization},
    }
    for name, told in principals.items():
        add_table(clients, f"lets-in-{name}", **_ON_DEMAND)
        arn = _arn(clients, f"lets-in-{name}")
        statement = allow("dynamodb:GetItem", arn, **{key: each for key, each in told.items() if key != "Effect"})
        clients("dynamodb").put_resource_policy(
            ResourceArn=arn, Policy=document({**statement, "Effect": told.get("Effect", "Allow")})
        )


_CLUSTERS: Final[Mapping[str, Structure]] = {
    "good": {"SSEDescription": {"Status": "ENABLED"}, "ClusterEndpointEncryptionType": "TLS", "zones": "abc"},
    "bad": {"SSEDescription": {"Status": "DISABLED"}, "ClusterEndpointEncryptionType": "NONE", "zones": "a"},
    "silent": {"zones": "ab"},
    "one-zone": {"SSEDescription": {"Status": "ENABLING"}, "zones": "aa"},
    "empty": {"SSEDescription": {"Status": "DISABLING"}, "zones": ""},
    "coming": {"Status": "creating", "zones": ""},
    "going": {"Status": "deleting", "zones": "a"},
}


def accelerators(clients: Clients) -> None:
    """Tell of clusters of DAX."""
    told = [_cluster(clients, name, dict(facts)) for name, facts in _CLUSTERS.items()]
    for region in REGIONS:
        tell(clients, "dax", "DescribeClusters", {"Clusters": []}, region)
    tell(clients, "dax", "DescribeClusters", {"Clusters": told})
    tell(clients, "dax", "ListTags", {"Tags": []})


def _cluster(clients: Clients, name: str, facts: Structure) -> Structure:
    zones = facts.pop("zones")
    nodes = [
        {"NodeId": f"{name}-{number}", "AvailabilityZone": f"{HOME_REGION}{zone}", "NodeStatus": "available"}
        for number, zone in enumerate(zones)
    ]
    arn = f"arn:aws:dax:{HOME_REGION}:{clients.account_id}:cache/{name}"
    return {"ClusterName": name, "ClusterArn": arn, "Status": "available", "Nodes": nodes, **facts}


def seed(clients: Clients) -> None:
    """Fill an account with all of it."""
    tables(clients)
    scaling(clients)
    policies(clients)
    accelerators(clients)


STATES: Final = (State("tables", "500000003201", seed, services=("dynamodb",)),)
