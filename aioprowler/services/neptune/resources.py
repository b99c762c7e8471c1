"""Graph databases: clusters and their snapshots, which RDS's API lists among its own."""

from __future__ import annotations

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


class Cluster(DBCluster, noun="Neptune cluster"):
    """A cluster of Neptune."""

    source = listing(
        "rds", "DescribeDBClusters", f"DBClusters[?Engine == '{NEPTUNE}']", states=CLUSTER_STATES, shared=True
    )
    backup_retention_period: int
    subnet_group: str = field(name="DBSubnetGroup")
    """The name of the group of subnets among which Neptune chooses."""


class SubnetGroup(Resource, id="name", group="database", noun="subnet group"):
    """Subnets of a VPC for databases, those of RDS among them."""

    source = listing("rds", "DescribeDBSubnetGroups", "DBSubnetGroups")
    name: str = field(name="DBSubnetGroupName")
    arn: str = field(name="DBSubnetGroupArn")
    vpc_id: str
    subnets: tuple[SubnetMembership, ...]


class SubnetGroups(msgspec.Struct, frozen=True):
    """The groups of subnets of a region by name."""

    by_name: dict[str, SubnetGroup]

    def of(self, cluster: Cluster) -> SubnetGroup:
        """The group of a cluster. Raises UnreadableError where AWS did not list it."""
        return told(self.by_name.get(cluster.subnet_group), f"of the subnet group {cluster.subnet_group}")


@derive
def subnet_groups(groups: Here[SubnetGroup]) -> SubnetGroups:
    """For clusters, which know the name of theirs only."""
    return SubnetGroups({group.name: group for group in groups})


class Snapshot(ClusterSnapshot, type="AwsRdsDbClusterSnapshot", noun="Neptune snapshot"):
    """A snapshot of a cluster, manual or automated."""

    source = listing(
        "rds",
        "DescribeDBClusterSnapshots",
        f"DBClusterSnapshots[?Engine == '{NEPTUNE}']",
        states=SNAPSHOT_STATES,
        shared=True,
    )


def may_be_public(snapshot: Snapshot) -> bool:
    """As with any database of RDS's API."""
    return can_be_public(snapshot)


class SnapshotSharing(Sharing, Facet[Snapshot]):
    """With which accounts a snapshot is shared."""

    source = call(
        "rds",
        "DescribeDBClusterSnapshotAttributes",
        "DBClusterSnapshotAttributesResult",
        DBClusterSnapshotIdentifier="name",
        when=may_be_public,
    )
    attributes: tuple[SnapshotAttribute, ...] = field(name="DBClusterSnapshotAttributes")
