"""Clusters of Neptune and DocumentDB, which the API of RDS has among its own, and their snapshots."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_moto import backend
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, add_subnet, add_vpc, open_to_internet
from benchmarks.parity_seeds.states import State

_PASSWORD: Final = "simulated-only"
_READERS: Final = {"own": [], "shared": [OTHER_ACCOUNT], "public": ["all"]}


def seed(clients: Clients) -> None:
    """Fill one account."""
    subnet_groups(clients)
    for engine in ("neptune", "docdb", "aurora-postgresql"):
        switches(clients, engine)
        back_ups(clients, engine)
        zones(clients, engine)
        snapshots(clients, engine)
    logs(clients)
    for group in ("public", "mixed", "private"):
        add_cluster(clients, "neptune", f"neptune-{group}", DBSubnetGroupName=group)


def add_cluster(clients: Clients, engine: str, name: str, **arguments: Any) -> Any:
    """Run a cluster, and return moto's object. moto has no DocumentDB: it is another engine that is called so."""
    made = "aurora-postgresql" if engine == "docdb" else engine
    given: dict[str, Any] = {"Engine": made, "DBSubnetGroupName": "private", **arguments}
    if engine != "neptune":
        given |= {"MasterUsername": "owner", "MasterUserPassword": _PASSWORD}
    clients("rds").create_db_cluster(DBClusterIdentifier=name, **given)
    cluster = backend(clients, "rds").clusters[name]
    cluster.engine = engine
    return cluster


def subnet_groups(clients: Clients) -> None:
    """Create groups of public subnets, of private ones, and of both."""
    vpc_id = add_vpc(clients, "graphs", "10.0.0.0/16")
    names = ("public-a", "public-b", "private-a", "private-b")
    subnets = {
        name: add_subnet(clients, vpc_id, f"graphs-{name}", f"10.0.{number}.0/24", name[-1])
        for number, name in enumerate(names)
    }
    open_to_internet(clients, vpc_id, subnets["public-a"], subnets["public-b"])
    groups = {"public": names[:2], "private": names[2:], "mixed": names[1:3]}
    for name, members in groups.items():
        clients("rds").create_db_subnet_group(
            DBSubnetGroupName=name,
            DBSubnetGroupDescription=name,
            SubnetIds=[subnets[member] for member in members],
        )


def switches(clients: Clients, engine: str) -> None:
    """Turn each setting on and off."""
    for word, value in (("on", True), ("off", False)):
        add_cluster(
            clients,
            engine,
            f"{engine}-{word}",
            StorageEncrypted=value,
            DeletionProtection=value,
            CopyTagsToSnapshot=value,
        ).iam_auth = value


def back_ups(clients: Clients, engine: str) -> None:
    """Keep backups for one day and for many."""
    for days in (1, 6, 7, 35):
        add_cluster(clients, engine, f"{engine}-backups-for-{days}-days", BackupRetentionPeriod=days)
    add_cluster(clients, engine, f"{engine}-without-backups").backup_retention_period = 0


def zones(clients: Clients, engine: str) -> None:
    """Run clusters in one zone and in several, which moto goes by replicas for."""
    add_cluster(clients, engine, f"{engine}-in-one-zone")
    add_cluster(clients, engine, f"{engine}-in-zones").read_replica_identifiers = ["replica"]


def logs(clients: Clients) -> None:
    """Send each choice of logs."""
    choices: dict[str, list[list[str]]] = {
        "neptune": [["audit"], ["slowquery"], ["audit", "slowquery"]],
        "docdb": [["audit"], ["profiler"], ["audit", "profiler"]],
    }
    for engine, kinds in choices.items():
        for sent in kinds:
            add_cluster(clients, engine, f"{engine}-sends-{'-'.join(sent)}", EnableCloudwatchLogsExports=sent)


def snapshots(clients: Clients, engine: str) -> None:
    """Take snapshots, encrypted and not, for one's own, another account's and, as AWS allows it, everybody's use."""
    rds = clients("rds")
    for word in ("on", "off"):
        for name, values in _READERS.items():
            if word == "on" and "all" in values:
                continue
            snapshot = f"{engine}-{word}-{name}"
            rds.create_db_cluster_snapshot(DBClusterIdentifier=f"{engine}-{word}", DBClusterSnapshotIdentifier=snapshot)
            if values:
                rds.modify_db_cluster_snapshot_attribute(
                    DBClusterSnapshotIdentifier=snapshot, AttributeName="restore", ValuesToAdd=values
                )


STATES: Final = (State("graphs", "500000003101", seed, services=("documentdb", "neptune")),)
