"""RDS: instances and clusters of each engine with each setting on and off, their snapshots and event subscriptions."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from itertools import product
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import backend, now, tell
from benchmarks.parity_seeds.build import (
    ANYWHERE,
    ANYWHERE_6,
    OTHER_ACCOUNT,
    add_group,
    add_subnet,
    add_vpc,
    open_to_internet,
    permission,
)
from benchmarks.parity_seeds.compute import back_up

_PASSWORD: Final = "simulated-only"
_VERSIONS: Final = {"postgres": ["15.4", "16.3"], "mysql": ["8.0.35"], "aurora-postgresql": ["15.4"]}
"""What RDS still offers; other versions and engines are deprecated."""
_SWITCHES: Final[dict[str, tuple[Any, Any]]] = {
    "StorageEncrypted": (True, False),
    "DeletionProtection": (True, False),
    "CopyTagsToSnapshot": (True, False),
    "EnableIAMDatabaseAuthentication": (True, False),
    "AutoMinorVersionUpgrade": (True, False),
    "EnableCloudwatchLogsExports": (["postgresql"], []),
}


def seed(clients: Clients) -> None:
    """Fill one account."""
    networks = add_networks(clients)
    offered_versions(clients)
    switches(clients)
    engines(clients)
    exposures(clients, networks)
    transport(clients)
    monitoring(clients)
    authorities(clients)
    clusters(clients)
    snapshots(clients)
    back_ups(clients)
    subscriptions(clients)


def add_instance(clients: Clients, name: str, region: str = HOME_REGION, **arguments: Any) -> Any:
    """Run a PostgreSQL server unless something else is said, and return moto's object."""
    given = {"Engine": "postgres", "EngineVersion": "16.3", "MasterUsername": "owner", **arguments}
    if "DBClusterIdentifier" in given:
        del given["MasterUsername"]
    else:
        given |= {"MasterUserPassword": _PASSWORD, "AllocatedStorage": 20}
    clients("rds", region).create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t4g.micro", **given)
    return backend(clients, "rds", region).databases[name]


def add_cluster(clients: Clients, name: str, **arguments: Any) -> Any:
    """Run an Aurora PostgreSQL cluster unless something else is said, and return moto's object."""
    given = {"Engine": "aurora-postgresql", "MasterUsername": "owner", **arguments}
    clients("rds").create_db_cluster(DBClusterIdentifier=name, MasterUserPassword=_PASSWORD, **given)
    return backend(clients, "rds").clusters[name]


def add_networks(clients: Clients) -> dict[str, str]:
    """Create subnet groups: public, private and mixed; return the ids of their VPC by name."""
    vpc_id = add_vpc(clients, "databases", "10.0.0.0/16")
    subnets = {
        name: add_subnet(clients, vpc_id, f"databases-{name}", f"10.0.{number}.0/24", name[-1])
        for number, name in enumerate(("public-a", "public-b", "private-a", "private-b"))
    }
    open_to_internet(clients, vpc_id, subnets["public-a"], subnets["public-b"])
    groups = {"public": "public-a public-b", "private": "private-a private-b", "mixed": "private-a public-b"}
    for name, members in groups.items():
        clients("rds").create_db_subnet_group(
            DBSubnetGroupName=name,
            DBSubnetGroupDescription=name,
            SubnetIds=[subnets[member] for member in members.split()],
        )
    return dict.fromkeys(groups, vpc_id)


def offered_versions(clients: Clients) -> None:
    """Have RDS offer some versions of some engines."""

    def reply(asked: Mapping[str, Any]) -> dict[str, Any]:
        engine, version = asked.get("Engine"), asked.get("EngineVersion")
        offered = [
            {"Engine": name, "EngineVersion": each, "DBEngineDescription": name, "DBEngineVersionDescription": each}
            for name, versions in _VERSIONS.items()
            for each in versions
            if engine in (None, name) and version in (None, each)
        ]
        return {"DBEngineVersions": offered}

    for region in (HOME_REGION, SECOND_REGION):
        tell(clients, "rds", "DescribeDBEngineVersions", reply, region)
    for version in ("15.4", "16.3", "9.6.24"):
        add_instance(clients, f"version-{version.replace('.', '-')}", EngineVersion=version)


def switches(clients: Clients) -> None:
    """Turn each setting on and off, in instances and in clusters; back up for no, one and many days."""
    for setting, values in _SWITCHES.items():
        for word, value in zip(("on", "off"), values, strict=True):
            add_instance(clients, f"{setting}-{word}", **{setting: value})
            add_cluster(clients, f"{setting}-{word}-cluster", **{setting: value})
    for days in (0, 1, 6, 7, 35):
        add_instance(clients, f"backups-for-{days}-days", BackupRetentionPeriod=days)
    for value in (True, False):
        add_instance(clients, f"zones-{value}", MultiAZ=value)
    source = add_instance(clients, "replicated", BackupRetentionPeriod=7, MultiAZ=True)
    clients("rds").create_db_instance_read_replica(
        DBInstanceIdentifier="replica", SourceDBInstanceIdentifier=source.db_instance_identifier
    )
    supports = ("open-source-rds-extended-support", "open-source-rds-extended-support-disabled", None)
    for number, support in enumerate(supports):
        add_instance(clients, f"support-{number}").engine_lifecycle_support = support


def engines(clients: Clients) -> None:
    """Run each engine on its default port and on another, with default and other names of the owner."""
    ports = {
        "postgres": 5432, "mysql": 3306, "mariadb": 3306, "oracle-ee": 1521, "oracle-se2": 1521, "sqlserver-ee": 1433,
        "sqlserver-web": 1433,
    }  # fmt: skip
    for engine, port in ports.items():
        version = {"postgres": "16.3", "mysql": "8.0.35"}.get(engine, "1.0")
        for word, number in (("default", port), ("other", port + 1)):
            add_instance(clients, f"{engine}-port-{word}", Engine=engine, EngineVersion=version, Port=number)
    add_instance(clients, "postgres-on-mysql-port", Port=3306)
    for owner in ("admin", "postgres", "Admin", "root", "administrator", "owner", "awsuser"):
        add_instance(clients, f"owned-by-{owner}-{len(owner) + owner.count('A')}", MasterUsername=owner)
        add_cluster(clients, f"owned-by-{owner}-{len(owner) + owner.count('A')}-cluster", MasterUsername=owner)


def exposures(clients: Clients, networks: dict[str, str]) -> None:
    """Make instances public or not, in each kind of subnets, behind rules that open their port, nearly, or not."""
    vpc_id = networks["public"]
    rules = {
        "open": permission("tcp", (5432, 5432), ANYWHERE),
        "open-6": permission("tcp", (5432, 5432), ANYWHERE_6),
        "range": permission("tcp", (5000, 6000), ANYWHERE),
        "all": permission("-1", None, ANYWHERE),
        "udp": permission("udp", (5432, 5432), ANYWHERE),
        "near": permission("tcp", (5433, 5440), ANYWHERE),
        "office": permission("tcp", (5432, 5432), "203.0.113.7/32"),
        "private": permission("tcp", (5432, 5432), "10.0.0.0/8"),
    }
    groups = {name: add_group(clients, vpc_id, f"database-{name}", rule) for name, rule in rules.items()}
    for name, group in groups.items():
        for place in networks if name in ("open", "all") else ("public",):
            add_instance(
                clients,
                f"exposed-{name}-{place}",
                PubliclyAccessible=True,
                DBSubnetGroupName=place,
                VpcSecurityGroupIds=[group],
                Port=5432,
            )
    add_instance(
        clients,
        "hidden-open-public",
        PubliclyAccessible=False,
        DBSubnetGroupName="public",
        VpcSecurityGroupIds=[groups["open"]],
    )
    two = [groups["private"], groups["open"]]
    add_instance(
        clients, "exposed-by-second-group", PubliclyAccessible=True, DBSubnetGroupName="public", VpcSecurityGroupIds=two
    )
    add_instance(clients, "exposed-without-groups", PubliclyAccessible=True, DBSubnetGroupName="public")


def transport(clients: Clients) -> None:
    """Demand TLS by the parameters of each family, in words and in numbers, and not."""
    rds = clients("rds")
    values = {
        ("postgres16", "postgres", "rds.force_ssl"): ("1", "0", None),
        ("mysql8.0", "mysql", "require_secure_transport"): ("1", "0", "ON", "OFF", None),
        ("mariadb10.11", "mariadb", "require_secure_transport"): ("1", "0"),
        ("sqlserver-ee-15.0", "sqlserver-ee", "rds.force_ssl"): ("1", "0"),
    }
    for (family, engine, parameter), choices in values.items():
        for value in choices:
            name = f"tls-{engine}-{value}"
            rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily=family, Description=name)
            if value is not None:
                given = {"ParameterName": parameter, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
                rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=[given])
            version = {"postgres": "16.3", "mysql": "8.0.35"}.get(engine, "1.0")
            add_instance(clients, name, Engine=engine, EngineVersion=version, DBParameterGroupName=name)
    of_clusters = {
        ("aurora-postgresql15", "aurora-postgresql", "rds.force_ssl"): ("1", "0"),
        ("aurora-mysql8.0", "aurora-mysql", "require_secure_transport"): ("1", "0", "ON", "OFF"),
    }
    for (family, engine, parameter), choices in of_clusters.items():
        for value in choices:
            name = f"tls-{engine}-{value}"
            rds.create_db_cluster_parameter_group(
                DBClusterParameterGroupName=name, DBParameterGroupFamily=family, Description=name
            )
            given = {"ParameterName": parameter, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
            rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=name, Parameters=[given])
            add_cluster(clients, name, Engine=engine, DBClusterParameterGroupName=name)


def monitoring(clients: Clients) -> None:
    """Monitor one instance at the level of its operating system."""
    monitored = add_instance(clients, "monitored")
    monitored.enhanced_monitoring_resource_arn = (
        f"arn:aws:logs:{HOME_REGION}:{clients.account_id}:log-group:RDSOSMetrics:log-stream:monitored"
    )


def authorities(clients: Clients) -> None:
    """Have certificate authorities that ran out, and that are valid for days, months and years."""
    days = {
        "expired": -1,
        "days-20": 20,
        "days-45": 45,
        "days-85": 85,
        "days-100": 100,
        "days-200": 200,
        "days-4000": 4000,
    }
    known = [
        {
            "CertificateIdentifier": name,
            "CertificateArn": f"arn:aws:rds:{HOME_REGION}::cert:{name}",
            "CertificateType": "CA",
            "ValidFrom": now() - datetime.timedelta(days=100),
            "ValidTill": now() + datetime.timedelta(days=left),
            "CustomerOverride": False,
        }
        for name, left in {**days, "rds-ca-default": 3000}.items()
    ]

    def reply(asked: Mapping[str, Any]) -> dict[str, Any]:
        wanted = asked.get("CertificateIdentifier")
        return {"Certificates": [each for each in known if wanted in (None, each["CertificateIdentifier"])]}

    tell(clients, "rds", "DescribeCertificates", reply)
    for database in backend(clients, "rds").databases.values():
        database.ca_certificate_identifier = "rds-ca-default"
    for name in days:
        add_instance(clients, f"authority-{name}").ca_certificate_identifier = name


def clusters(clients: Clients) -> None:
    """Run clusters of each engine, with and without members in several zones, and with and without backtracking."""
    for engine in ("aurora-postgresql", "aurora-mysql"):
        for zones in ("a", "ab"):
            name = f"{engine}-zones-{zones}"
            add_cluster(clients, name, Engine=engine)
            for zone in zones:
                member = {"DBClusterIdentifier": name, "Engine": engine, "AvailabilityZone": f"{HOME_REGION}{zone}"}
                add_instance(clients, f"{name}-{zone}", EngineVersion="15.4", **member)
    for window in (0, 1, 3600):
        add_cluster(clients, f"backtrack-{window}", Engine="aurora-mysql", BacktrackWindow=window)
    for engine, port in (("postgres", 5432), ("mysql", 3306), ("postgres", 6432)):
        for upgrade in (True, False):
            add_cluster(
                clients,
                f"multi-zone-{engine}-{port}-upgrade-{upgrade}",
                Engine=engine,
                Port=port,
                DBClusterInstanceClass="db.m6gd.large",
                AllocatedStorage=100,
                Iops=1000,
                StorageType="io1",
            ).auto_minor_version_upgrade = upgrade
    for engine, port in (("aurora-postgresql", 5432), ("aurora-mysql", 3306), ("aurora-mysql", 5432)):
        add_cluster(clients, f"{engine}-port-{port}", Engine=engine, Port=port)


def snapshots(clients: Clients) -> None:
    """Take snapshots, encrypted and not, for one's own, another account's and, as AWS allows it, everybody's use."""
    rds = clients("rds")
    readers: dict[str, list[str]] = {"own": [], "shared": [OTHER_ACCOUNT], "public": ["all"]}
    readers["public-too"] = [OTHER_ACCOUNT, "all"]
    for word, (name, values) in product(("on", "off"), readers.items()):
        if word == "off" or "all" not in values:
            snapshot = f"of-instance-{word}-{name}"
            rds.create_db_snapshot(DBInstanceIdentifier=f"StorageEncrypted-{word}", DBSnapshotIdentifier=snapshot)
            if values:
                rds.modify_db_snapshot_attribute(
                    DBSnapshotIdentifier=snapshot, AttributeName="restore", ValuesToAdd=values
                )
            snapshot = f"of-cluster-{word}-{name}"
            rds.create_db_cluster_snapshot(
                DBClusterIdentifier=f"StorageEncrypted-{word}-cluster", DBClusterSnapshotIdentifier=snapshot
            )
            if values:
                rds.modify_db_cluster_snapshot_attribute(
                    DBClusterSnapshotIdentifier=snapshot, AttributeName="restore", ValuesToAdd=values
                )


def back_ups(clients: Clients) -> None:
    """Have a backup plan that takes an instance, a cluster and some by wildcard."""
    rule = {"RuleName": "daily", "TargetBackupVaultName": "vault"}
    plan = {"BackupPlanName": "databases", "Rules": [rule]}
    plan_id = clients("backup").create_backup_plan(BackupPlan=plan)["BackupPlanId"]
    own = f"arn:aws:rds:{HOME_REGION}:{clients.account_id}"
    chosen = [f"{own}:db:monitored", f"{own}:cluster:backtrack-0", f"{own}:db:zones-*", f"{own}:cluster:backtrack-3*"]
    back_up(clients, plan_id, chosen)


def subscriptions(clients: Clients) -> None:
    """Subscribe to the events of each kind of source in one region, and to some in the other."""
    subscribe(clients, HOME_REGION, "instances", "db-instance", ["maintenance", "configuration change", "failure"])
    subscribe(clients, HOME_REGION, "clusters", "db-cluster", ["maintenance", "failure"])
    subscribe(clients, HOME_REGION, "parameters", "db-parameter-group", ["configuration change"])
    subscribe(clients, HOME_REGION, "groups", "db-security-group", ["configuration change", "failure"])
    subscribe(clients, SECOND_REGION, "instances-failures", "db-instance", ["failure"])
    subscribe(clients, SECOND_REGION, "clusters-off", "db-cluster", ["maintenance", "failure"], enabled=False)
    subscribe(clients, SECOND_REGION, "parameters-all", "db-parameter-group", [])
    subscribe(clients, SECOND_REGION, "groups-failures", "db-security-group", ["failure"])
    add_instance(clients, "in-europe", SECOND_REGION)


def subscribe(
    clients: Clients, region: str, name: str, source: str, categories: list[str], *, enabled: bool = True
) -> None:
    """Send events of a kind of source to a topic."""
    topic = clients("sns", region).create_topic(Name="events")["TopicArn"]
    clients("rds", region).create_event_subscription(
        SubscriptionName=name,
        SnsTopicArn=topic,
        SourceType=source,
        EventCategories=categories,
        Enabled=enabled,
    )
