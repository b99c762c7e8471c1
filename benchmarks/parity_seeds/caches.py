"""Caches and databases in memory, encrypted, backed up and spread over zones, and not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.build import add_subnet, add_vpc, open_to_internet
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

Structure = dict[str, Any]

# --- ElastiCache ---

_GROUPS: Final[Mapping[str, Structure]] = {
    "good": {
        "AutomaticFailover": "enabled",
        "MultiAZ": "enabled",
        "SnapshotRetentionLimit": 7,
        "TransitEncryptionEnabled": True,
        "TransitEncryptionMode": "required",
        "AtRestEncryptionEnabled": True,
        "AuthTokenEnabled": True,
        "version": "5.0.6",
    },
    "bad": {"AutoMinorVersionUpgrade": False, "version": "5.0.6"},
    "nearly": {
        "AutomaticFailover": "enabling",
        "SnapshotRetentionLimit": 6,
        "TransitEncryptionEnabled": True,
        "AtRestEncryptionEnabled": True,
        "version": "6.0",
    },
    "moving": {
        "AutomaticFailover": "disabling",
        "SnapshotRetentionLimit": 35,
        "TransitEncryptionEnabled": True,
        "TransitEncryptionMode": "preferred",
        "UserGroupIds": ["web"],
        "version": "7.1",
    },
    "valkey": {"Engine": "valkey", "AtRestEncryptionEnabled": True, "KmsKeyId": "arn", "version": "8.0"},
    "coming": {"Status": "creating", "version": "7.1"},
    "going": {"Status": "deleting", "version": "7.1"},
    "failed": {"Status": "create-failed", "version": "7.1"},
}


def replication_groups(clients: Clients) -> None:
    """Tell of replication groups, with a node each, and of clusters of Memcached in each kind of subnets."""
    places = _subnet_groups(clients)
    told = [_group(clients, name, dict(facts)) for name, facts in _GROUPS.items()]
    nodes = [
        _node(clients, f"{name}-001", "redis", str(facts["version"]), "private") for name, facts in _GROUPS.items()
    ]
    nodes += [_node(clients, f"memcached-{place}", "memcached", "1.6.22", place) for place in places]
    nodes += [
        _node(clients, "memcached-nowhere", "memcached", "1.6.22", None),
        _node(clients, "memcached-going", "memcached", "1.6.22", "public") | {"CacheClusterStatus": "deleting"},
    ]

    def subnets(asked: Mapping[str, Any]) -> Structure:
        name = asked.get("CacheSubnetGroupName")
        if name and name not in places:
            raise AwsError("CacheSubnetGroupNotFoundFault", f"Cache Subnet Group {name} does not exist.", 400)
        return {"CacheSubnetGroups": [group for each, group in places.items() if name in (None, each)]}

    for region in REGIONS:
        tell(clients, "elasticache", "DescribeReplicationGroups", {"ReplicationGroups": []}, region)
        tell(clients, "elasticache", "DescribeCacheClusters", {"CacheClusters": []}, region)
        tell(clients, "elasticache", "DescribeCacheSubnetGroups", {"CacheSubnetGroups": []}, region)
    tell(clients, "elasticache", "DescribeReplicationGroups", {"ReplicationGroups": told})
    tell(clients, "elasticache", "DescribeCacheClusters", {"CacheClusters": nodes})
    tell(clients, "elasticache", "DescribeCacheSubnetGroups", subnets)
    tell(clients, "elasticache", "ListTagsForResource", {"TagList": []})


def _arn(clients: Clients, service: str, resource: str) -> str:
    return f"arn:aws:{service}:{HOME_REGION}:{clients.account_id}:{resource}"


def _subnet_groups(clients: Clients) -> dict[str, Structure]:
    vpc_id = add_vpc(clients, "caches", "10.0.0.0/16")
    subnets = {
        name: add_subnet(clients, vpc_id, f"caches-{name}", f"10.0.{number}.0/24")
        for number, name in enumerate(("private", "public"))
    }
    open_to_internet(clients, vpc_id, subnets["public"])
    groups = {"private": ["private"], "public": ["public"], "mixed": ["private", "public"]}
    return {
        name: {
            "CacheSubnetGroupName": name,
            "CacheSubnetGroupDescription": name,
            "VpcId": vpc_id,
            "ARN": _arn(clients, "elasticache", f"subnetgroup:{name}"),
            "Subnets": [{"SubnetIdentifier": subnets[member]} for member in members],
        }
        for name, members in groups.items()
    }


def _group(clients: Clients, name: str, facts: Structure) -> Structure:
    del facts["version"]
    usual = {
        "Status": "available",
        "Engine": "redis",
        "AutomaticFailover": "disabled",
        "MultiAZ": "disabled",
        "AutoMinorVersionUpgrade": True,
        "SnapshotRetentionLimit": 0,
        "MemberClusters": [f"{name}-001"],
    }
    arn = _arn(clients, "elasticache", f"replicationgroup:{name}")
    return {"ReplicationGroupId": name, "ARN": arn, **usual, **facts}


def _node(clients: Clients, name: str, engine: str, version: str, place: str | None) -> Structure:
    return {
        "CacheClusterId": name,
        "ARN": _arn(clients, "elasticache", f"cluster:{name}"),
        "CacheClusterStatus": "available",
        "Engine": engine,
        "EngineVersion": version,
        **({"CacheSubnetGroupName": place} if place else {}),
    }


# --- MemoryDB ---


def clusters_in_memory(clients: Clients) -> None:
    """Tell of clusters of MemoryDB."""
    facts: dict[str, Structure] = {
        "good": {},
        "bad": {"TLSEnabled": False, "AutoMinorVersionUpgrade": False},
        "grouped": {"SecurityGroups": [{"SecurityGroupId": "sg-1", "Status": "active"}], "TLSEnabled": False},
        "coming": {"Status": "creating"},
        "going": {"Status": "deleting"},
        "failed": {"Status": "create-failed"},
    }
    told = [_cluster(clients, name, more) for name, more in facts.items()]
    for region in REGIONS:
        tell(clients, "memorydb", "DescribeClusters", {"Clusters": []}, region)
    tell(clients, "memorydb", "DescribeClusters", {"Clusters": told})


def _cluster(clients: Clients, name: str, facts: Structure) -> Structure:
    usual = {
        "Status": "available",
        "NumberOfShards": 1,
        "Engine": "valkey",
        "EngineVersion": "7.3",
        "EnginePatchVersion": "7.3.0",
        "TLSEnabled": True,
        "AutoMinorVersionUpgrade": True,
        "SnapshotRetentionLimit": 0,
    }
    return {"Name": name, "ARN": _arn(clients, "memorydb", f"cluster/{name}"), **usual, **facts}


def seed(clients: Clients) -> None:
    """Fill an account with both."""
    replication_groups(clients)
    clusters_in_memory(clients)


STATES: Final = (State("caches", "500000003202", seed, services=("elasticache", "memorydb")),)
