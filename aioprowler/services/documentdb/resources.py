"""Document databases: clusters and their snapshots, which RDS's API lists among its own."""

from __future__ import annotations

from typing import Final

from aioprowler import Facet, call, field, listing
from aioprowler.services.rds.resources import (
    CLUSTER_STATES,
    SNAPSHOT_STATES,
    ClusterSnapshot,
    DBCluster,
    Sharing,
    SnapshotAttribute,
    can_be_public,
)

ENGINE: Final = "docdb"


class Cluster(DBCluster, noun="DocumentDB cluster"):
    """A cluster of DocumentDB."""

    source = listing(
        "rds", "DescribeDBClusters", f"DBClusters[?Engine == '{ENGINE}']", states=CLUSTER_STATES, shared=True
    )
    backup_retention_period: int


class Snapshot(ClusterSnapshot, type="AwsRdsDbClusterSnapshot", noun="DocumentDB snapshot"):
    """A snapshot of a cluster, manual or automated."""

    source = listing(
        "rds",
        "DescribeDBClusterSnapshots",
        f"DBClusterSnapshots[?Engine == '{ENGINE}']",
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
