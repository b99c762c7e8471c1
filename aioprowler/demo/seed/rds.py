"""Databases, clusters, snapshots and event subscriptions of RDS."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from aioprowler.demo.seed.ec2.build import add_firewall, tcp
from aioprowler.demo.seed.vpc import Network

_PASSWORD: Final = "simulated-only"  # noqa: S105 - of simulated databases
_WITH_CARE: Final[dict[str, Any]] = {
    "StorageEncrypted": True,
    "DeletionProtection": True,
    "BackupRetentionPeriod": 14,
    "CopyTagsToSnapshot": True,
    "EnableIAMDatabaseAuthentication": True,
    "EnableCloudwatchLogsExports": ["postgresql"],
    "AutoMinorVersionUpgrade": True,
}
_WITHOUT_CARE: Final[dict[str, Any]] = {
    "StorageEncrypted": False,
    "DeletionProtection": False,
    "BackupRetentionPeriod": 0,
    "CopyTagsToSnapshot": False,
    "EnableIAMDatabaseAuthentication": False,
    "AutoMinorVersionUpgrade": False,
}


def seed_production(clients: Clients, networks: dict[str, Network]) -> None:
    """Run the ledger's database and the clusters with care, and a reporting database without."""
    ledger_database(clients, networks[HOME_REGION])
    orders_cluster(clients)
    carts_cluster(clients)
    mysql_clusters(clients)
    reporting_database(clients, networks[SECOND_REGION])
    tell_operations(clients)


def seed_sandbox(clients: Clients, playground: Network) -> None:
    """Run a database on the internet and a careless cluster, with their snapshots given away."""
    internet_database(clients, playground)
    throwaway_cluster(clients)
    publish_snapshots(clients)
    tell_about_failures_only(clients)


def ledger_database(clients: Clients, shop: Network) -> None:
    """Run a private database that only speaks TLS, with an encrypted snapshot."""
    rds = clients("rds")
    subnets = [shop.subnets["shop-private-a"], shop.subnets["shop-private-b"]]
    require_tls(rds, "ledger-tls")
    create_database(
        clients,
        HOME_REGION,
        "ledger",
        subnets,
        MasterUsername="ledger_owner",
        Port=6432,
        MultiAZ=True,
        PubliclyAccessible=False,
        DBParameterGroupName="ledger-tls",
        MonitoringInterval=60,
        MonitoringRoleArn=f"arn:aws:iam::{clients.account_id}:role/rds-monitoring",
        CACertificateIdentifier="rds-ca-rsa2048-g1",
        **_WITH_CARE,
    )
    rds.create_db_snapshot(DBInstanceIdentifier="ledger", DBSnapshotIdentifier="ledger-before-migration")


def reporting_database(clients: Clients, europe: Network) -> None:
    """Run a private but careless database in Europe, administered by the default user."""
    create_database(
        clients,
        SECOND_REGION,
        "reporting",
        list(europe.subnets.values()),
        MasterUsername="postgres",
        Port=5432,
        MultiAZ=False,
        PubliclyAccessible=False,
        **_WITHOUT_CARE,
    )


def internet_database(clients: Clients, playground: Network) -> None:
    """Run a database in a public subnet, behind a security group that lets everybody in."""
    group = add_firewall(clients, HOME_REGION, playground, "postgres-from-anywhere", tcp(5432))
    create_database(
        clients,
        HOME_REGION,
        "hackathon",
        list(playground.subnets.values()),
        MasterUsername="postgres",
        Port=5432,
        MultiAZ=False,
        PubliclyAccessible=True,
        VpcSecurityGroupIds=[group],
        **_WITHOUT_CARE,
    )


def orders_cluster(clients: Clients) -> None:
    """Run an Aurora cluster with care, in two availability zones."""
    rds = clients("rds")
    require_tls_of_cluster(rds, "orders-tls")
    create_cluster(
        clients,
        "orders",
        MasterUsername="orders_owner",
        Port=6432,
        DBClusterParameterGroupName="orders-tls",
        **_WITH_CARE,
    )
    add_members(rds, "orders")
    rds.create_db_cluster_snapshot(DBClusterIdentifier="orders", DBClusterSnapshotIdentifier="orders-nightly")


def carts_cluster(clients: Clients) -> None:
    """Run an Aurora cluster with care, but without updates."""
    settings = _WITH_CARE | {"AutoMinorVersionUpgrade": False}
    create_cluster(clients, "carts", MasterUsername="carts_owner", Port=6432, **settings)
    add_members(clients("rds"), "carts")


def mysql_clusters(clients: Clients) -> None:
    """Run two Aurora MySQL clusters, of which one can be turned back by a day."""
    settings = _WITH_CARE | {"EnableCloudwatchLogsExports": ["audit"], "Engine": "aurora-mysql", "Port": 4306}
    create_cluster(clients, "wishlists", MasterUsername="wishlists_owner", BacktrackWindow=86400, **settings)
    create_cluster(clients, "reviews", MasterUsername="reviews_owner", **settings)


def throwaway_cluster(clients: Clients) -> None:
    """Run an Aurora cluster as it comes, administered by the default user on the default port."""
    careless = _WITHOUT_CARE | {"BackupRetentionPeriod": 1}
    create_cluster(clients, "throwaway", MasterUsername="postgres", Port=5432, **careless)


def publish_snapshots(clients: Clients) -> None:
    """Share an unencrypted snapshot of the database and of the cluster with everybody."""
    rds = clients("rds")
    rds.create_db_snapshot(DBInstanceIdentifier="hackathon", DBSnapshotIdentifier="hackathon-for-all")
    rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier="hackathon-for-all", AttributeName="restore", ValuesToAdd=["all"]
    )
    rds.create_db_cluster_snapshot(DBClusterIdentifier="throwaway", DBClusterSnapshotIdentifier="throwaway-for-all")
    rds.modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier="throwaway-for-all", AttributeName="restore", ValuesToAdd=["all"]
    )


def tell_operations(clients: Clients) -> None:
    """Notify a topic of everything critical that happens to databases and clusters."""
    subscribe(clients, "db-instance", ["maintenance", "configuration change", "failure"])
    subscribe(clients, "db-cluster", ["maintenance", "failure"])
    subscribe(clients, "db-parameter-group", ["configuration change"])
    subscribe(clients, "db-security-group", ["configuration change", "failure"])


def tell_about_failures_only(clients: Clients) -> None:
    """Notify a topic of failures, and of nothing else."""
    for source in ("db-instance", "db-cluster", "db-security-group"):
        subscribe(clients, source, ["failure"])


_FORCE_SSL: Final = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "pending-reboot"}


def require_tls_of_cluster(rds: Any, name: str) -> None:
    """Create a cluster parameter group that refuses plain connections."""
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily="aurora-postgresql15", Description="TLS only"
    )
    rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=name, Parameters=[_FORCE_SSL])


def require_tls(rds: Any, name: str) -> None:
    """Create a parameter group that refuses plain connections."""
    rds.create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily="postgres16", Description="TLS only"
    )
    rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=[_FORCE_SSL])


def create_database(clients: Clients, region: str, name: str, subnets: list[str], **arguments: Any) -> None:
    """Run a PostgreSQL database in some subnets."""
    rds = clients("rds", region)
    rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription=name, SubnetIds=subnets)
    rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBSubnetGroupName=name,
        Engine="postgres",
        EngineVersion="16.3",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUserPassword=_PASSWORD,
        **arguments,
    )


def create_cluster(clients: Clients, name: str, **arguments: Any) -> None:
    """Run an Aurora cluster, of PostgreSQL unless the arguments say otherwise."""
    rds = clients("rds")
    settings = {"Engine": "aurora-postgresql", "MasterUserPassword": _PASSWORD} | arguments
    if "DBClusterParameterGroupName" not in settings:  # moto names a default one, and does not have it
        settings |= {"DBClusterParameterGroupName": f"{name}-plain"}
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName=f"{name}-plain",
            DBParameterGroupFamily="aurora-postgresql15",
            Description="Nothing is set",
        )
    rds.create_db_cluster(DBClusterIdentifier=name, **settings)


def add_members(rds: Any, cluster: str) -> None:
    """Add an instance in each of two availability zones to a cluster."""
    for zone in "ab":
        rds.create_db_instance(
            DBInstanceIdentifier=f"{cluster}-{zone}",
            DBClusterIdentifier=cluster,
            Engine="aurora-postgresql",
            DBInstanceClass="db.t4g.medium",
            AvailabilityZone=f"{HOME_REGION}{zone}",
        )


def subscribe(clients: Clients, source: str, categories: list[str]) -> None:
    """Send the events of a kind of source to a topic."""
    topic = clients("sns").create_topic(Name="database-events")["TopicArn"]
    clients("rds").create_event_subscription(
        SubscriptionName=f"{source}-events",
        SnsTopicArn=topic,
        SourceType=source,
        EventCategories=categories,
        Enabled=True,
    )
