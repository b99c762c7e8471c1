"""Clusters of Neptune and DocumentDB and their snapshots, which RDS's API lists among its own."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeAlias

import msgspec

from aioprowler import Facet, Here, Resource, call, derive, field, listing
from aioprowler.judging.verdicts import told
from aioprowler.services.rds.resources import (
    CLUSTER_STATES,
    NEPTUNE,
    SNAPSHOT_STATES,
    ClusterSnapshot,
    DBCluster,
    Sharing,
    SnapshotAttribute,
    SubnetMembership,
    can_be_public,
)

DOCUMENTDB: Final = "docdb"

MinimumRetention: TypeAlias = Annotated[int, "Days for which automated backups are kept at least."]


def clusters_of(engine: str) -> Any:
    """Where its clusters come from, with those whose engine AWS did not tell."""
    found = f"DBClusters[?Engine == '{engine}' || !Engine]"
    return listing("rds", "DescribeDBClusters", found, states=CLUSTER_STATES, shared=True)


def snapshots_of(engine: str) -> Any:
    """Where snapshots of its clusters come from, likewise."""
    found = f"DBClusterSnapshots[?Engine == '{engine}' || !Engine]"
    return listing("rds", "DescribeDBClusterSnapshots", found, states=SNAPSHOT_STATES, shared=True)


# --------------------------------------------------------------------- Neptune
class NeptuneCluster(DBCluster, noun="Neptune cluster"):
    """A graph database."""

    source = clusters_of(NEPTUNE)
    backup_retention_period: int
    subnet_group: str = field(name="DBSubnetGroup")
    """The name of the group of subnets among which Neptune chooses."""


class SubnetGroup(Resource, id="name", group="database", noun="subnet group"):
    """Subnets of a VPC for databases."""

    source = listing("rds", "DescribeDBSubnetGroups", "DBSubnetGroups")
    name: str = field(name="DBSubnetGroupName")
    arn: str = field(name="DBSubnetGroupArn")
    vpc_id: str
    subnets: tuple[SubnetMembership, ...]


class SubnetGroups(msgspec.Struct, frozen=True):
    """The groups of subnets of a region by name."""

    by_name: dict[str, SubnetGroup]

    def of(self, cluster: NeptuneCluster) -> SubnetGroup:
        """The group of a cluster. Raises UnreadableError where AWS did not list it."""
        return told(self.by_name.get(cluster.subnet_group), f"of the subnet group {cluster.subnet_group}")


@derive
def subnet_groups(groups: Here[SubnetGroup]) -> SubnetGroups:
    """For clusters, which know the name of theirs only."""
    return SubnetGroups({group.name: group for group in groups})


class NeptuneSnapshot(ClusterSnapshot, type="AwsRdsDbClusterSnapshot", noun="Neptune snapshot"):
    """A snapshot of a graph database, manual or automated."""

    source = snapshots_of(NEPTUNE)


def neptune_snapshot_can_be_public(snapshot: NeptuneSnapshot) -> bool:
    """As that of any cluster."""
    return can_be_public(snapshot)


class NeptuneSnapshotSharing(Sharing, Facet[NeptuneSnapshot]):
    """With which accounts a snapshot of a graph database is shared."""

    source = call(
        "rds",
        "DescribeDBClusterSnapshotAttributes",
        "DBClusterSnapshotAttributesResult",
        DBClusterSnapshotIdentifier="name",
        when=neptune_snapshot_can_be_public,
    )
    attributes: tuple[SnapshotAttribute, ...] = field(name="DBClusterSnapshotAttributes")


# ------------------------------------------------------------------ DocumentDB
class DocumentDBCluster(DBCluster, noun="DocumentDB cluster"):
    """A document database."""

    source = clusters_of(DOCUMENTDB)
    backup_retention_period: int


class DocumentDBSnapshot(ClusterSnapshot, type="AwsRdsDbClusterSnapshot", noun="DocumentDB snapshot"):
    """A snapshot of a document database, manual or automated."""

    source = snapshots_of(DOCUMENTDB)


def documentdb_snapshot_can_be_public(snapshot: DocumentDBSnapshot) -> bool:
    """As that of any cluster."""
    return can_be_public(snapshot)


class DocumentDBSnapshotSharing(Sharing, Facet[DocumentDBSnapshot]):
    """With which accounts a snapshot of a document database is shared."""

    source = call(
        "rds",
        "DescribeDBClusterSnapshotAttributes",
        "DBClusterSnapshotAttributesResult",
        DBClusterSnapshotIdentifier="name",
        when=documentdb_snapshot_can_be_public,
    )
    attributes: tuple[SnapshotAttribute, ...] = field(name="DBClusterSnapshotAttributes")
