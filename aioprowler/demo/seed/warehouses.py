"""Warehouses on Redshift, and graphs on Neptune."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, Clients
from aioprowler.demo.seed.ec2.build import add_firewall, tcp
from aioprowler.demo.seed.vpc import Network

_PASSWORD: Final = "Simulated-only-1"  # noqa: S105 - of simulated databases


def seed_production(clients: Clients, shop: Network) -> None:
    """Run a warehouse and a graph with care."""
    private = [shop.subnets["shop-private-a"], shop.subnets["shop-private-b"]]
    create_warehouse(
        clients,
        "sales",
        private,
        DBName="sales",
        MasterUsername="sales_owner",
        Encrypted=True,
        EnhancedVpcRouting=True,
        AllowVersionUpgrade=True,
        PubliclyAccessible=False,
    )
    clients("redshift").enable_logging(
        ClusterIdentifier="sales", LogDestinationType="cloudwatch", LogExports=["connectionlog", "userlog"]
    )
    create_graph(
        clients,
        "recommendations",
        private,
        StorageEncrypted=True,
        DeletionProtection=True,
        CopyTagsToSnapshot=True,
        BackupRetentionPeriod=14,
        EnableCloudwatchLogsExports=["audit"],
    )


def seed_sandbox(clients: Clients, playground: Network) -> None:
    """Run a warehouse and a graph as they come, the one on the internet and the other given away."""
    public = list(playground.subnets.values())
    create_warehouse(
        clients,
        "trial",
        public,
        MasterUsername="awsuser",
        Encrypted=False,
        AllowVersionUpgrade=False,
        PubliclyAccessible=True,
        VpcSecurityGroupIds=[add_firewall(clients, HOME_REGION, playground, "redshift-from-anywhere", tcp(5439))],
    )
    create_graph(clients, "friends", public, StorageEncrypted=False, BackupRetentionPeriod=1)
    rds = clients("rds")
    rds.create_db_cluster_snapshot(DBClusterIdentifier="friends", DBClusterSnapshotIdentifier="friends-for-all")
    rds.modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier="friends-for-all", AttributeName="restore", ValuesToAdd=["all"]
    )


def create_warehouse(clients: Clients, name: str, subnets: list[str], **arguments: Any) -> None:
    """Run a cluster of Redshift in some subnets."""
    redshift = clients("redshift")
    redshift.create_cluster_subnet_group(ClusterSubnetGroupName=name, Description=name, SubnetIds=subnets)
    redshift.create_cluster(
        ClusterIdentifier=name,
        ClusterSubnetGroupName=name,
        NodeType="ra3.large",
        ClusterType="multi-node",
        NumberOfNodes=2,
        MasterUserPassword=_PASSWORD,
        **arguments,
    )


def create_graph(clients: Clients, name: str, subnets: list[str], **arguments: Any) -> None:
    """Run a cluster of Neptune in some subnets."""
    rds = clients("rds")
    rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription=name, SubnetIds=subnets)
    rds.create_db_cluster(DBClusterIdentifier=name, Engine="neptune", DBSubnetGroupName=name, **arguments)
