"""Replication instances, endpoints and tasks of DMS, good and bad."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.build import ANYWHERE, add_group, add_subnet, add_vpc, open_to_internet, permission
from benchmarks.parity_seeds.states import State

Structure = dict[str, Any]

_ENDPOINTS: Final[Mapping[str, Structure]] = {
    **{f"ssl-{mode}": {"SslMode": mode} for mode in ("none", "require", "verify-ca", "verify-full")},
    **{
        f"of-{engine}": {"EngineName": engine}
        for engine in ("dynamodb", "kinesis", "redshift", "redshift-serverless", "s3", "timestream")
    },
    **{
        f"mongodb-{kind}": {"EngineName": "mongodb", "SslMode": "require", "MongoDbSettings": {"AuthType": kind}}
        for kind in ("no", "password")
    },
    **{f"neptune-{on}": {"EngineName": "neptune", "NeptuneSettings": {"IamAuthEnabled": on}} for on in (True, False)},
    "neptune-silent": {"EngineName": "neptune", "NeptuneSettings": {"S3BucketName": "graphs"}},
    **{
        f"redis-{protocol}": {"EngineName": "redis", "RedisSettings": {"SslSecurityProtocol": protocol}}
        for protocol in ("plaintext", "ssl-encryption")
    },
    "redis-silent": {"EngineName": "redis", "RedisSettings": {"ServerName": "cache.example.com"}},
    **{
        f"kafka-{protocol}": {"EngineName": "kafka", "KafkaSettings": {"SecurityProtocol": protocol}}
        for protocol in ("plaintext", "ssl-authentication", "ssl-encryption", "sasl-ssl")
    },
    "search-https": {"EngineName": "opensearch", "ElasticsearchSettings": {"EndpointUri": "https://example.com"}},
    "search-http": {"EngineName": "opensearch", "ElasticsearchSettings": {"EndpointUri": "http://example.com"}},
    "going": {"Status": "deleting"},
}

_QUIET: Final = "LOGGER_SEVERITY_ERROR"
_LOGS: Final[Mapping[str, Structure | None]] = {
    "default": {},
    "detailed": dict.fromkeys(("SOURCE_CAPTURE", "TARGET_LOAD"), "LOGGER_SEVERITY_DETAILED_DEBUG"),
    "debug": dict.fromkeys(("SOURCE_UNLOAD", "TARGET_APPLY"), "LOGGER_SEVERITY_DEBUG"),
    "quiet-capture": {"SOURCE_CAPTURE": _QUIET},
    "quiet-unload": {"SOURCE_UNLOAD": "LOGGER_SEVERITY_INFO"},
    "quiet-apply": {"TARGET_APPLY": "LOGGER_SEVERITY_WARNING"},
    "quiet-load": {"TARGET_LOAD": _QUIET},
    "without-capture": {"SOURCE_CAPTURE": None},
    "without-load": {"TARGET_LOAD": None},
    "off": None,
}
_COMPONENTS: Final = ("SOURCE_CAPTURE", "SOURCE_UNLOAD", "TARGET_APPLY", "TARGET_LOAD", "TASK_MANAGER")


def seed(clients: Clients) -> None:
    """Fill one account."""
    told = {
        ("DescribeReplicationInstances", "ReplicationInstances"): instances(clients),
        ("DescribeEndpoints", "Endpoints"): [_endpoint(clients, name, facts) for name, facts in _ENDPOINTS.items()],
        ("DescribeReplicationTasks", "ReplicationTasks"): [_task(clients, name, logs) for name, logs in _LOGS.items()],
    }
    for (operation, member), listed in told.items():
        for region in REGIONS:
            tell(clients, "dms", operation, {member: []}, region)
        tell(clients, "dms", operation, {member: listed})
    tell(clients, "dms", "ListTagsForResource", {"TagList": []})


def _arn(clients: Clients, kind: str, name: str) -> str:
    return f"arn:aws:dms:{HOME_REGION}:{clients.account_id}:{kind}:{name.upper()}"


def _endpoint(clients: Clients, name: str, facts: Structure) -> Structure:
    return {
        "EndpointIdentifier": name,
        "EndpointArn": _arn(clients, "endpoint", name),
        "EndpointType": "target",
        "EngineName": "postgres",
        "Status": "active",
        "SslMode": "none",
        **facts,
    }


def _task(clients: Clients, name: str, logs: Structure | None) -> Structure:
    severities = {**dict.fromkeys(_COMPONENTS, "LOGGER_SEVERITY_DEFAULT"), **(logs or {})}
    listed = [{"Id": id_, "Severity": severity} for id_, severity in severities.items() if severity]
    settings = {"TargetMetadata": {}, "Logging": {"EnableLogging": logs is not None, "LogComponents": listed}}
    return {
        "ReplicationTaskIdentifier": name,
        "ReplicationTaskArn": _arn(clients, "task", name),
        "SourceEndpointArn": _arn(clients, "endpoint", "ssl-none"),
        "TargetEndpointArn": _arn(clients, "endpoint", "ssl-require"),
        "Status": "running",
        "ReplicationTaskSettings": json.dumps(settings),
    }


def instances(clients: Clients) -> list[Structure]:
    """Make networks, and instances that are public or not, in each kind of subnets, behind each kind of rules."""
    vpc_id = add_vpc(clients, "migrations", "10.0.0.0/16")
    subnets = {
        name: add_subnet(clients, vpc_id, f"migrations-{name}", f"10.0.{number}.0/24", "ab"[number])
        for number, name in enumerate(("public", "private"))
    }
    open_to_internet(clients, vpc_id, subnets["public"])
    rules = {
        "all": permission("-1", None, ANYWHERE),
        "https": permission("tcp", (443, 443), ANYWHERE),
        "office": permission("-1", None, "203.0.113.7/32"),
    }
    groups = {name: add_group(clients, vpc_id, f"migration-{name}", rule) for name, rule in rules.items()}

    def instance(name: str, place: str = "private", *through: str, **facts: Any) -> Structure:
        return {
            "ReplicationInstanceIdentifier": name,
            "ReplicationInstanceArn": _arn(clients, "rep", name),
            "ReplicationInstanceStatus": "available",
            "KmsKeyId": f"arn:aws:kms:{HOME_REGION}:{clients.account_id}:key/1",
            "PubliclyAccessible": bool(through),
            "MultiAZ": True,
            "AutoMinorVersionUpgrade": True,
            "VpcSecurityGroups": [{"VpcSecurityGroupId": groups[each], "Status": "active"} for each in through],
            "ReplicationSubnetGroup": {
                "VpcId": vpc_id,
                "Subnets": [{"SubnetIdentifier": subnets[place], "SubnetStatus": "Active"}],
            },
            **facts,
        }

    return [
        instance("good"),
        instance("bad", MultiAZ=False, AutoMinorVersionUpgrade=False),
        instance("going", "public", "all", ReplicationInstanceStatus="deleting"),
        *(instance(f"{name}-public", "public", name) for name in groups),
        instance("all-private", "private", "all"),
        instance("two-public", "public", "office", "all"),
        instance("hidden", "public", "all", PubliclyAccessible=False),
        instance("without-groups", "public", PubliclyAccessible=True),
    ]


STATES: Final = (State("migrations", "500000003103", seed, services=("dms",)),)
