"""Replication groups of Valkey and Redis OSS, their nodes, and clusters of Memcached."""

from __future__ import annotations

import msgspec

from aioprowler import Here, Resource, States, derive, field, listing
from aioprowler.judging.verdicts import told


class CacheCluster(Resource, id="name", type="Other", group="database", noun="ElastiCache cluster"):
    """A cluster of Memcached, or one node of Valkey or Redis OSS, be it of a replication group or alone.

    Its states: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheCluster.html
    """

    source = listing(
        "elasticache",
        "DescribeCacheClusters",
        "CacheClusters",
        states=States("status", over=["deleted", "deleting", "restore-failed"], not_yet=["creating"]),
    )
    name: str = field(name="CacheClusterId")
    arn: str = field(name="ARN")
    status: str = field(name="CacheClusterStatus", default="")
    engine_version: str
    subnet_group: str | None = field(name="CacheSubnetGroupName", default=None)
    """None of a cluster outside of VPCs alone
    (https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html)."""


class GroupSubnet(msgspec.Struct, frozen=True, rename="pascal"):
    """A subnet of a subnet group."""

    subnet_identifier: str


class CacheSubnetGroup(Resource, id="name", type="Other", group="database", noun="Subnet group of ElastiCache"):
    """The subnets among which ElastiCache chooses one for a node."""

    source = listing("elasticache", "DescribeCacheSubnetGroups", "CacheSubnetGroups")
    name: str = field(name="CacheSubnetGroupName")
    arn: str = field(name="ARN")
    vpc_id: str = ""
    subnets: tuple[GroupSubnet, ...]

    @property
    def subnet_ids(self) -> list[str]:
        """Those of its subnets."""
        return [each.subnet_identifier for each in self.subnets]


class SubnetGroups(msgspec.Struct, frozen=True):
    """The subnet groups of a region by name."""

    by_name: dict[str, CacheSubnetGroup]

    def of(self, cluster: CacheCluster) -> CacheSubnetGroup | None:
        """None of a cluster outside of VPCs. Raises UnreadableError where AWS did not list the group of another."""
        name = cluster.subnet_group
        return told(self.by_name.get(name), f"which subnets {name} has") if name else None


@derive
def subnet_groups(groups: Here[CacheSubnetGroup]) -> SubnetGroups:
    """All of the region."""
    return SubnetGroups({each.name: each for each in groups})


class ReplicationGroup(Resource, id="name", type="Other", group="database", noun="ElastiCache replication group"):
    """Nodes of Valkey or Redis OSS that hold the same data, or shards of it.

    Its states and defaults: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ReplicationGroup.html
    """

    source = listing(
        "elasticache",
        "DescribeReplicationGroups",
        "ReplicationGroups",
        states=States("status", over=["create-failed", "deleting"], not_yet=["creating"]),
    )
    name: str = field(name="ReplicationGroupId")
    arn: str = field(name="ARN")
    status: str = ""
    members: tuple[str, ...] = field(name="MemberClusters")
    automatic_failover: str
    multi_az: str = field(name="MultiAZ")
    snapshot_retention_limit: int = 0
    """In days; 0, which is also the default, where there are no automatic backups."""
    auto_minor_version_upgrade: bool
    auth_token_enabled: bool = False
    user_groups: tuple[str, ...] = field(name="UserGroupIds", default=())
    at_rest_encryption_enabled: bool = False
    storage_encryption_type: str | None = None
    kms_key_id: str | None = None
    transit_encryption_enabled: bool = False
    transit_encryption_mode: str = "required"
    """Before there was `preferred`, TLS was demanded wherever it was on
    (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html)."""

    @property
    def encryption(self) -> str | bool:
        """The type of encryption, or where AWS does not tell it the flag that was there before."""
        return self.storage_encryption_type or self.at_rest_encryption_enabled


class EngineVersions(msgspec.Struct, frozen=True):
    """Which version of its engine each node of a region runs, by the node's name."""

    by_name: dict[str, str]

    def of(self, group: ReplicationGroup) -> str:
        """That of its first node: but for an upgrade, all run the same one. Raises UnreadableError where it is not
        told.
        """
        version = next((self.by_name[name] for name in group.members if name in self.by_name), None)
        return told(version, f"the version of any node of {group.label}")


@derive
def engine_versions(clusters: Here[CacheCluster]) -> EngineVersions:
    """Of all that are listed."""
    return EngineVersions({each.name: each.engine_version for each in clusters})
