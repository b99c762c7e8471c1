from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.elasticache.checks import (
    elasticache_cluster_uses_public_subnet,
    elasticache_redis_cluster_auto_minor_version_upgrades,
    elasticache_redis_cluster_automatic_failover_enabled,
    elasticache_redis_cluster_backup_enabled,
    elasticache_redis_cluster_in_transit_encryption_enabled,
    elasticache_redis_cluster_multi_az_enabled,
    elasticache_redis_cluster_rest_encryption_enabled,
    elasticache_redis_replication_group_auth_enabled,
)
from aioprowler.services.elasticache.resources import (
    CacheCluster,
    CacheSubnetGroup,
    EngineVersions,
    GroupSubnet,
    ReplicationGroup,
    engine_versions,
    subnet_groups,
)
from aioprowler.services.vpc.resources import Exit, Routing
from tests.services.made import made

ACCOUNT = Account(id="123456789012")


def group(**told: Any) -> ReplicationGroup:
    return made(ReplicationGroup, name="sessions", account=ACCOUNT, **told)


# ------------------------------------------------------------------- in subnets
ROUTING = Routing(
    {"subnet-out": Exit(ipv4=True), "subnet-in": Exit()}, {"vpc-out": Exit(ipv4=True), "vpc-in": Exit()}, {}
)


def cluster(subnet_group: str | None) -> CacheCluster:
    return made(CacheCluster, name="sessions-001", account=ACCOUNT, subnet_group=subnet_group)


GROUPS = subnet_groups(
    tuple(
        made(CacheSubnetGroup, name=name, vpc_id=vpc, subnets=tuple(map(GroupSubnet, subnets)))
        for name, vpc, *subnets in (
            ("out", "vpc-in", "subnet-in", "subnet-out"),
            ("in", "vpc-out", "subnet-in"),
            ("by-main", "vpc-out", "subnet-by-main"),
            ("shared", "vpc-elsewhere", "subnet-elsewhere"),
        )
    )
)


@pytest.mark.parametrize(
    ("name", "verdict"), [("out", Fail), ("in", Pass), ("by-main", Fail), ("shared", Manual), (None, Pass)]
)
def test_subnets(name: str | None, verdict: type) -> None:
    assert isinstance(elasticache_cluster_uses_public_subnet(cluster(name), GROUPS, ROUTING), verdict)


def test_a_subnet_group_that_is_not_listed() -> None:
    with pytest.raises(UnreadableError, match="which subnets gone has"):
        elasticache_cluster_uses_public_subnet(cluster("gone"), GROUPS, ROUTING)


# ----------------------------------------------------------- replication groups
@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_upgrades(on: bool, verdict: type) -> None:
    told = group(auto_minor_version_upgrade=on)
    assert isinstance(elasticache_redis_cluster_auto_minor_version_upgrades(told), verdict)


@pytest.mark.parametrize(
    ("word", "verdict"),
    [("enabled", Pass), ("disabled", Fail), ("enabling", Fail), ("disabling", Fail), ("perhaps", Manual)],
)
def test_failover(word: str, verdict: type) -> None:
    told = group(automatic_failover=word)
    assert isinstance(elasticache_redis_cluster_automatic_failover_enabled(told), verdict)


@pytest.mark.parametrize(("word", "verdict"), [("enabled", Pass), ("disabled", Fail), ("perhaps", Manual)])
def test_zones(word: str, verdict: type) -> None:
    assert isinstance(elasticache_redis_cluster_multi_az_enabled(group(multi_az=word)), verdict)


@pytest.mark.parametrize(
    ("days", "verdict", "severity"),
    [(0, Fail, None), (1, Fail, "low"), (6, Fail, "low"), (7, Pass, None), (35, Pass, None)],
)
def test_backups(days: int, verdict: type, severity: str | None) -> None:
    found = elasticache_redis_cluster_backup_enabled(group(snapshot_retention_limit=days))
    assert isinstance(found, verdict)
    assert found.severity == severity
    assert isinstance(
        elasticache_redis_cluster_backup_enabled(
            group(snapshot_retention_limit=days), minimum_snapshot_retention_period=1
        ),
        Pass if days else Fail,
    )


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({}, Fail),
        ({"transit_encryption_enabled": True}, Pass),
        ({"transit_encryption_enabled": True, "transit_encryption_mode": "required"}, Pass),
        ({"transit_encryption_enabled": True, "transit_encryption_mode": "preferred"}, Fail),
        ({"transit_encryption_enabled": True, "transit_encryption_mode": "perhaps"}, Manual),
    ],
)
def test_in_transit(told: dict[str, Any], verdict: type) -> None:
    assert isinstance(elasticache_redis_cluster_in_transit_encryption_enabled(group(**told)), verdict)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({}, Fail),
        ({"at_rest_encryption_enabled": True}, Pass),
        ({"at_rest_encryption_enabled": False, "storage_encryption_type": "sse-elasticache"}, Pass),
        ({"at_rest_encryption_enabled": True, "storage_encryption_type": "sse-kms", "kms_key_id": "arn"}, Pass),
        ({"storage_encryption_type": "none"}, Fail),
        ({"storage_encryption_type": "sse-quantum"}, Manual),
    ],
)
def test_at_rest(told: dict[str, Any], verdict: type) -> None:
    assert isinstance(elasticache_redis_cluster_rest_encryption_enabled(group(**told)), verdict)


VERSIONS = EngineVersions({"old-001": "5.0.6", "edge-001": "6.0.5", "new-001": "7.1", "strange-001": "next"})


@pytest.mark.parametrize(
    ("member", "told", "verdict", "says"),
    [
        ("old-001", {"auth_token_enabled": True}, Pass, "of version 5.0.6 has AUTH"),
        ("old-001", {}, Fail, "of version 5.0.6 does not have AUTH"),
        ("edge-001", {"auth_token_enabled": True}, Manual, "has AUTH and no user groups"),
        ("new-001", {"user_groups": ("web", "jobs")}, Manual, "has no AUTH and the user groups web, jobs"),
        ("new-001", {}, Fail, "has neither AUTH nor user groups"),
    ],
)
def test_passwords(member: str, told: dict[str, Any], verdict: type, says: str) -> None:
    asked = group(members=("gone-001", member), **told)
    found = elasticache_redis_replication_group_auth_enabled(asked, VERSIONS)
    assert isinstance(found, verdict)
    assert says in found.detail


@pytest.mark.parametrize(("members", "says"), [((), "version of any node"), (("strange-001",), "but next")])
def test_a_version_that_nobody_knows(members: tuple[str, ...], says: str) -> None:
    with pytest.raises(UnreadableError, match=says):
        elasticache_redis_replication_group_auth_enabled(group(members=members), VERSIONS)


def test_versions_are_those_of_the_nodes() -> None:
    nodes = (made(CacheCluster, name="a", engine_version="7.1"), made(CacheCluster, name="b", engine_version="5.0.6"))
    assert engine_versions(nodes).by_name == {"a": "7.1", "b": "5.0.6"}
