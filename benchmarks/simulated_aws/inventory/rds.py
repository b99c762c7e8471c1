"""Databases, their snapshots, parameters and event subscriptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.world import Json, Params, World, number_in, tags
from benchmarks.simulated_aws.rendering import REGION

_ENGINES: Final = (("postgres", "16.4"), ("mysql", "8.0.40"), ("mariadb", "10.5.20"))
_CLUSTER_ENGINES: Final = {"aurora-postgresql": "16.4", "neptune": "1.4.5.0", "docdb": "5.0.0"}


def _instance(world: World, number: int) -> Json:
    engine, version = _ENGINES[number % len(_ENGINES)]
    name = f"database-{number}"
    instance: Json = {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": world.arn("rds", f"db:{name}"),
        "DBInstanceClass": "db.t4g.medium",
        "DBInstanceStatus": "available",
        "Engine": engine,
        "EngineVersion": version,
        "EngineLifecycleSupport": "open-source-rds-extended-support",
        "Endpoint": {"Address": f"{name}.simulated.{REGION}.rds.amazonaws.com", "Port": 3306 if number % 3 else 5432},
        "MasterUsername": "admin" if world.bad("master", number) else "keeper",
        "MultiAZ": not world.bad("multi az", number),
        "StorageEncrypted": not world.bad("storage", number),
        "PubliclyAccessible": world.bad("public database", number),
        "DeletionProtection": not world.bad("deletion", number),
        "CopyTagsToSnapshot": not world.bad("copy tags", number),
        "AutoMinorVersionUpgrade": not world.bad("minor", number),
        "IAMDatabaseAuthenticationEnabled": not world.bad("iam database", number),
        "BackupRetentionPeriod": 0 if world.bad("retention", number) else 14,
        "InstanceCreateTime": world.ago(200),
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "CertificateDetails": {"CAIdentifier": "rds-ca-rsa2048-g1", "ValidTill": world.ago(-365)},
        "DBParameterGroups": [{"DBParameterGroupName": f"group-{number}", "ParameterApplyStatus": "in-sync"}],
        "DBSubnetGroup": {
            "DBSubnetGroupName": "default",
            "VpcId": world.id("vpc", 0),
            "Subnets": [{"SubnetIdentifier": world.id("subnet", each), "SubnetStatus": "Active"} for each in range(3)],
        },
        "VpcSecurityGroups": [{"VpcSecurityGroupId": world.id("sg", number), "Status": "active"}],
        "EnabledCloudwatchLogsExports": [] if world.bad("exports", number) else ["error"],
        "TagList": tags(Name=name),
    }
    if not world.bad("monitoring role", number):
        instance["EnhancedMonitoringResourceArn"] = world.arn("logs", "log-group:RDSOSMetrics")
    return instance


def _cluster(world: World, number: int, engine: str) -> Json:
    name = f"cluster-{number}"
    return {
        "DBClusterIdentifier": name,
        "DBClusterArn": world.arn("rds", f"cluster:{name}"),
        "Engine": engine,
        "EngineVersion": _CLUSTER_ENGINES[engine],
        "Status": "available",
        "DBSubnetGroup": "default",
        "Port": 5432,
        "MasterUsername": "postgres" if world.bad("cluster master", number) else "keeper",
        "MultiAZ": not world.bad("cluster zones", number),
        "StorageEncrypted": not world.bad("cluster storage", number),
        "DeletionProtection": not world.bad("cluster deletion", number),
        "CopyTagsToSnapshot": not world.bad("cluster tags", number),
        "AutoMinorVersionUpgrade": not world.bad("cluster minor", number),
        "IAMDatabaseAuthenticationEnabled": not world.bad("cluster iam", number),
        "BackupRetentionPeriod": 7,
        "BacktrackWindow": 0,
        "DBClusterParameterGroup": f"cluster-group-{number}",
        "DBClusterMembers": [],
        "EnabledCloudwatchLogsExports": [] if world.bad("cluster exports", number) else ["postgresql"],
        "TagList": tags(Name=name),
    }


def _snapshot(world: World, number: int) -> Json:
    name = f"snapshot-{number}"
    return {
        "DBSnapshotIdentifier": name,
        "DBSnapshotArn": world.arn("rds", f"snapshot:{name}"),
        "DBInstanceIdentifier": "database-0",
        "Engine": "postgres",
        "Encrypted": not world.bad("database snapshot", number),
        "SnapshotType": "manual",
        "Status": "available",
        "SnapshotCreateTime": world.ago(20),
        "TagList": tags(Name=name),
    }


def _cluster_snapshot(world: World, number: int, engine: str) -> Json:
    name = f"cluster-snapshot-{number}"
    return {
        "DBClusterSnapshotIdentifier": name,
        "DBClusterSnapshotArn": world.arn("rds", f"cluster-snapshot:{name}"),
        "DBClusterIdentifier": "cluster-0",
        "Engine": engine,
        "StorageEncrypted": not world.bad("cluster snapshot", number),
        "SnapshotType": "manual",
        "Status": "available",
        "SnapshotCreateTime": world.ago(20),
        "TagList": tags(Name=name),
    }


def _subscription(world: World, number: int) -> Json:
    name = f"subscription-{number}"
    return {
        "CustSubscriptionId": name,
        "EventSubscriptionArn": world.arn("rds", f"es:{name}"),
        "SnsTopicArn": world.arn("sns", "events"),
        "Status": "active",
        "SourceType": ("db-instance", "db-cluster", "db-parameter-group", "db-security-group")[number % 4],
        "EventCategoriesList": ["failure"] if world.bad("categories", number) else [],
        "SourceIdsList": [],
        "Enabled": True,
    }


def _listing(
    member: str, kind: str, made: Callable[[World, int], Json], identifier: str, missing: str
) -> Callable[[World, Params], Json]:
    """An operation that tells all resources of a type, or the one that it is asked for. Filters are not read."""

    def answer(world: World, params: Params) -> Json:
        items = [made(world, number) for number in world.each(kind)]
        asked = params.get(identifier)
        if asked:
            items = [item for item in items if asked in (item.get(identifier), item.get("DBInstanceArn"))]
            if not items:
                raise AwsError(missing, f"{asked} not found.", 404)
        return {member: items}

    return answer


def _clustered(
    member: str, kind: str, made: Callable[[World, int, str], Json], identifier: str, missing: str
) -> Callable[[World, Params], Json]:
    """The same of what RDS, Neptune and DocumentDB have, each a kind of its own; of the filters that of the engine is
    read.
    """

    def answer(world: World, params: Params) -> Json:
        kinds = zip((f"rds:{kind}", f"rds:graph_{kind}", f"rds:document_{kind}"), _CLUSTER_ENGINES, strict=True)
        engines = [engine for each, engine in kinds for _ in world.each(each)]
        items = [made(world, number, engine) for number, engine in enumerate(engines)]
        for wanted in (each["Values"] for each in params.get("Filters") or () if each["Name"] == "engine"):
            items = [item for item in items if item["Engine"] in wanted]
        if asked := params.get(identifier):
            items = [item for item in items if item[identifier] == asked]
            if not items:
                raise AwsError(missing, f"{asked} not found.", 404)
        return {member: items}

    return answer


def _parameters(world: World, params: Params) -> Json:
    group = str(params.get("DBParameterGroupName") or params.get("DBClusterParameterGroupName"))
    enforced = "0" if world.bad(group.rpartition("-")[0], max(0, number_in(group))) else "1"
    values = {"rds.force_ssl": enforced, "require_secure_transport": "OFF" if enforced == "0" else "ON"}
    known = [{"ParameterName": name, "ParameterValue": value, "Source": "user"} for name, value in values.items()]
    if not params.get("Filters"):
        known = [{"ParameterName": f"parameter_{number}", "ParameterValue": "0"} for number in range(200)] + known
    return {"Parameters": known}


def _sharing(result: str, key: str, member: str, trait: str) -> Callable[[World, Params], Json]:
    def answer(world: World, params: Params) -> Json:
        name = params.get(key)
        shared = ["all"] if world.bad(trait, max(0, number_in(name))) else []
        return {result: {key: name, member: [{"AttributeName": "restore", "AttributeValues": shared}]}}

    return answer


def _engine_versions(_: World, params: Params) -> Json:
    """The one that is asked for, unless it is MariaDB 10.5, which is offered no more."""
    engine, version = params.get("Engine"), params.get("EngineVersion")
    offered = [each for each in (*_ENGINES[:2], ("aurora-postgresql", "16.4")) if engine in (None, each[0])]
    found = [each for each in offered if version in (None, each[1])]
    return {
        "DBEngineVersions": [
            {"Engine": name, "EngineVersion": number, "DBEngineDescription": name, "DBEngineVersionDescription": number}
            for name, number in found
        ]
    }


def _certificates(world: World, _: Params) -> Json:
    certificates: list[dict[str, Any]] = [
        {
            "CertificateIdentifier": name,
            "CertificateArn": f"arn:aws:rds:{REGION}::cert:{name}",
            "CertificateType": "CA",
            "CustomerOverride": False,
            "ValidFrom": world.ago(900),
            "ValidTill": world.ago(-days),
        }
        for name, days in (("rds-ca-rsa2048-g1", 12_000), ("rds-ca-2019", -90))
    ]
    return {"Certificates": certificates}


OPERATIONS: Final = {
    "DescribeCertificates": _certificates,
    "DescribeDBClusterParameters": _parameters,
    "DescribeDBClusterSnapshotAttributes": _sharing(
        "DBClusterSnapshotAttributesResult",
        "DBClusterSnapshotIdentifier",
        "DBClusterSnapshotAttributes",
        "shared cluster",
    ),
    "DescribeDBClusterSnapshots": _clustered(
        "DBClusterSnapshots",
        "cluster_snapshot",
        _cluster_snapshot,
        "DBClusterSnapshotIdentifier",
        "DBClusterSnapshotNotFoundFault",
    ),
    "DescribeDBClusters": _clustered(
        "DBClusters", "cluster", _cluster, "DBClusterIdentifier", "DBClusterNotFoundFault"
    ),
    "DescribeDBEngineVersions": _engine_versions,
    "DescribeDBInstances": _listing(
        "DBInstances", "rds:instance", _instance, "DBInstanceIdentifier", "DBInstanceNotFound"
    ),
    "DescribeDBParameters": _parameters,
    "DescribeDBSnapshotAttributes": _sharing(
        "DBSnapshotAttributesResult", "DBSnapshotIdentifier", "DBSnapshotAttributes", "shared snapshot"
    ),
    "DescribeDBSnapshots": _listing(
        "DBSnapshots", "rds:snapshot", _snapshot, "DBSnapshotIdentifier", "DBSnapshotNotFound"
    ),
    "DescribeEventSubscriptions": _listing(
        "EventSubscriptionsList",
        "rds:event_subscription",
        _subscription,
        "CustSubscriptionId",
        "SubscriptionNotFound",
    ),
}
