"""Clusters of Redshift, each setting good and bad, in each kind of subnets and behind each kind of rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_moto import ago, tell
from benchmarks.parity_seeds.build import (
    ANYWHERE,
    ANYWHERE_6,
    add_group,
    add_subnet,
    add_vpc,
    open_to_internet,
    permission,
)
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

Structure = dict[str, Any]

_GROUPS: Final[Mapping[str, str]] = {"demanded": "true", "in-capitals": "TRUE", "plain": "false"}
"""Parameter groups, and what they say about TLS."""
_LOGGED: Final[Mapping[str, Structure]] = {
    "to-bucket": {"LoggingEnabled": True, "BucketName": "logs", "LogDestinationType": "s3"},
    "to-cloudwatch": {"LoggingEnabled": True, "LogDestinationType": "cloudwatch", "LogExports": ["connectionlog"]},
}
_SNAPSHOTS: Final[Mapping[str, tuple[str, str]]] = {
    "saved": ("automated", "available"),
    "being-saved": ("automated", "creating"),
    "saved-by-hand": ("manual", "available"),
    "not-saved": ("automated", "failed"),
    "saved-elsewhere": ("automated", "available"),
}


def seed(clients: Clients) -> None:
    """Fill one account."""
    clusters = {
        "good": _settings(good=True),
        "bad": _settings(good=False),
        "zones-modifying": {"MultiAZ": "Modifying"},
        "devices": {"DBName": "devices", "MasterUsername": "awsuser2"},
        "unsaved": {"AutomatedSnapshotRetentionPeriod": 0},
        **{name: {} for name in (*_LOGGED, *_SNAPSHOTS)},
        **{f"tls-{name}": {"ClusterParameterGroups": _group(name)} for name in _GROUPS},
        "tls-pending": {"ClusterParameterGroups": _group("demanded", "pending-reboot")},
        "coming": {"ClusterStatus": "creating", **_settings(good=False)},
        "going": {"ClusterStatus": "deleting", **_settings(good=False)},
        "resting": {"ClusterStatus": "paused", **_settings(good=False)},
        **exposures(clients),
    }
    told = {name: _cluster(name, facts) for name, facts in clusters.items()}
    for region in REGIONS:
        tell(clients, "redshift", "DescribeClusters", {"Clusters": []}, region)
    tell(clients, "redshift", "DescribeClusters", {"Clusters": list(told.values())})
    tell(clients, "redshift", "DescribeLoggingStatus", _logging)
    tell(clients, "redshift", "DescribeClusterSnapshots", _snapshots)
    tell(clients, "redshift", "DescribeClusterParameters", _parameters)


def _settings(*, good: bool) -> Structure:
    return {
        "Encrypted": good,
        "AllowVersionUpgrade": good,
        "EnhancedVpcRouting": good,
        "MultiAZ": "Enabled" if good else "Disabled",
        "MasterUsername": "keeper" if good else "awsuser",
        "DBName": "sales" if good else "dev",
    }


def _group(name: str, status: str = "in-sync") -> list[Structure]:
    return [{"ParameterGroupName": name, "ParameterApplyStatus": status}]


def _cluster(name: str, facts: Structure) -> Structure:
    return {
        "ClusterIdentifier": name,
        "NodeType": "ra3.large",
        "ClusterStatus": "available",
        "ClusterCreateTime": ago(90),
        "AutomatedSnapshotRetentionPeriod": 1,
        "Endpoint": {"Address": f"{name}.example.com", "Port": 5439},
        "PubliclyAccessible": False,
        "VpcSecurityGroups": [],
        "ClusterParameterGroups": _group("plain"),
        "Tags": [],
        **_settings(good=True),
        **facts,
    }


def _logging(asked: Mapping[str, Any]) -> Structure:
    return _LOGGED.get(asked["ClusterIdentifier"], {"LoggingEnabled": False})


def _snapshots(asked: Mapping[str, Any]) -> Structure:
    wanted = asked.get("ClusterIdentifier")
    kinds = [asked["SnapshotType"]] if asked.get("SnapshotType") else ["automated", "manual"]
    listed = [
        {
            "SnapshotIdentifier": f"of-{name}",
            "ClusterIdentifier": name,
            "SnapshotType": kind,
            "Status": status,
            **({"SourceRegion": "us-west-2"} if name == "saved-elsewhere" else {}),
        }
        for name, (kind, status) in _SNAPSHOTS.items()
        if kind in kinds and wanted in (None, name)
    ]
    return {"Snapshots": listed}


def _parameters(asked: Mapping[str, Any]) -> Structure:
    name = asked["ParameterGroupName"]
    if name not in _GROUPS:
        raise AwsError("ClusterParameterGroupNotFound", "There is no such group.", 404)
    values = {"datestyle": "ISO, MDY", "require_ssl": _GROUPS[name], "use_fips_ssl": "false"}
    return {"Parameters": [{"ParameterName": key, "ParameterValue": value} for key, value in values.items()]}


def exposures(clients: Clients) -> dict[str, Structure]:
    """Make networks, and clusters that are public or not, in each kind of subnets, behind each kind of rules."""
    vpc_id = add_vpc(clients, "warehouses", "10.0.0.0/16")
    names = ("public-a", "public-b", "private-a", "private-b")
    subnets = {
        name: add_subnet(clients, vpc_id, f"warehouses-{name}", f"10.0.{number}.0/24", name[-1])
        for number, name in enumerate(names)
    }
    open_to_internet(clients, vpc_id, subnets["public-a"], subnets["public-b"])
    places = {"public": names[:2], "private": names[2:], "mixed": names[1:3]}
    _tell_groups(clients, vpc_id, {place: [subnets[name] for name in members] for place, members in places.items()})
    rules = {
        "open": permission("tcp", (5439, 5439), ANYWHERE),
        "open-6": permission("tcp", (5439, 5439), ANYWHERE_6),
        "range": permission("tcp", (5000, 6000), ANYWHERE),
        "all": permission("-1", None, ANYWHERE),
        "near": permission("tcp", (5440, 5450), ANYWHERE),
        "office": permission("tcp", (5439, 5439), "203.0.113.7/32"),
    }
    groups = {name: add_group(clients, vpc_id, f"warehouse-{name}", rule) for name, rule in rules.items()}

    def exposed(place: str, *through: str, **facts: Any) -> Structure:
        members = [{"VpcSecurityGroupId": groups[name], "Status": "active"} for name in through]
        where = {"VpcId": vpc_id, "ClusterSubnetGroupName": place, "VpcSecurityGroups": members}
        return {"PubliclyAccessible": True, **where, **facts}

    removing = [{"VpcSecurityGroupId": groups["open"], "Status": "removing"}]
    return {
        **{f"exposed-{name}-public": exposed("public", name) for name in groups},
        **{f"exposed-open-{place}": exposed(place, "open") for place in ("private", "mixed")},
        "exposed-by-second": exposed("public", "office", "open"),
        "exposed-not-any-more": exposed("public", VpcSecurityGroups=removing),
        "exposed-without-groups": exposed("public"),
        "exposed-without-endpoint": exposed("public", "open", Endpoint={}),
        "hidden": exposed("public", "open", PubliclyAccessible=False),
    }


def _tell_groups(clients: Clients, vpc_id: str, places: Mapping[str, list[str]]) -> None:
    known = [
        {
            "ClusterSubnetGroupName": place,
            "VpcId": vpc_id,
            "SubnetGroupStatus": "Complete",
            "Subnets": [{"SubnetIdentifier": each, "SubnetStatus": "Active"} for each in members],
        }
        for place, members in places.items()
    ]

    def reply(asked: Mapping[str, Any]) -> Structure:
        wanted = asked.get("ClusterSubnetGroupName")
        return {"ClusterSubnetGroups": [each for each in known if wanted in (None, each["ClusterSubnetGroupName"])]}

    tell(clients, "redshift", "DescribeClusterSubnetGroups", reply)


STATES: Final = (State("warehouses", "500000003102", seed, services=("redshift",)),)
