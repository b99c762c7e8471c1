"""Databases, their snapshots, event subscriptions and certificate authorities."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

import msgspec

from aioprowler import Aws, Facet, Failure, Here, Resource, Tag, call, derive, field, listing, source

# DocumentDB shares the API of RDS and has checks of its own; Neptune does too, and is judged here.
INSTANCES = "DBInstances[?Engine != 'docdb']"
CLUSTERS = "DBClusters[?Engine != 'docdb']"
INSTANCE_SNAPSHOTS = "DBSnapshots[?Engine != 'docdb']"
CLUSTER_SNAPSHOTS = "DBClusterSnapshots[?Engine != 'docdb']"


@source()
async def databases(instances: Here[DBInstance], clusters: Here[DBCluster]) -> list[DBInstance | DBCluster]:
    """The instances of a cluster, and the cluster itself, are databases each."""
    return [*instances, *clusters]


class Database(Resource, id="name", type="AwsRdsDbInstance", group="database", noun="RDS database"):
    """What instances and clusters have in common, and the subject of a check that judges both."""

    source: ClassVar[Any] = databases
    name: str
    arn: str
    engine: str
    master_username: str = ""
    multi_az: bool = field(name="MultiAZ", default=False)
    storage_encrypted: bool = False
    deletion_protection: bool = False
    copy_tags_to_snapshot: bool = False
    auto_minor_version_upgrade: bool = False
    iam_authentication: bool = field(name="IAMDatabaseAuthenticationEnabled", default=False)
    enabled_cloudwatch_logs_exports: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = field(name="TagList", default=())

    @property
    def parameter_group(self) -> str | None:
        """Name of the group whose parameters decide about TLS; None where there is none."""
        return None


class Endpoint(msgspec.Struct, frozen=True, rename="pascal"):
    """Where an instance is reached; AWS leaves it out while the instance is being made."""

    port: int | None = None


class GroupMembership(msgspec.Struct, frozen=True, rename="pascal"):
    """A security group of a database; `status` is `active` once its rules hold."""

    vpc_security_group_id: str
    status: str = ""


class SubnetMembership(msgspec.Struct, frozen=True, rename="pascal"):
    """A subnet of a subnet group; `subnet_status` is `Active` where it can be used."""

    subnet_identifier: str
    subnet_status: str = ""


class SubnetGroup(msgspec.Struct, frozen=True, rename="pascal"):
    """The subnets among which AWS chooses one for an instance."""

    vpc_id: str | None = None
    subnets: tuple[SubnetMembership, ...] = ()


class ParameterGroup(msgspec.Struct, frozen=True):
    """The group of engine parameters that an instance has."""

    name: str = msgspec.field(name="DBParameterGroupName")


class DBInstance(Database, noun="RDS instance"):
    """A database server."""

    source = listing("rds", "DescribeDBInstances", INSTANCES)
    name: str = field(name="DBInstanceIdentifier")
    arn: str = field(name="DBInstanceArn")
    engine_version: str = ""
    engine_lifecycle_support: str | None = None
    endpoint: Endpoint | None = None
    publicly_accessible: bool = False
    vpc_security_groups: tuple[GroupMembership, ...] = ()
    subnet_group: SubnetGroup | None = field(name="DBSubnetGroup", default=None)
    parameter_groups: tuple[ParameterGroup, ...] = field(name="DBParameterGroups", default=())
    backup_retention_period: int = 0
    enhanced_monitoring_resource_arn: str | None = None
    certificate_authority: str | None = field(name="CACertificateIdentifier", default=None)
    cluster: str | None = field(name="DBClusterIdentifier", default=None)
    replica_of: str | None = field(name="ReadReplicaSourceDBInstanceIdentifier", default=None)

    @property
    def port(self) -> int | None:
        """None while the instance has no endpoint yet."""
        return self.endpoint.port if self.endpoint else None

    @property
    def vpc_id(self) -> str:
        """Empty outside of VPCs."""
        return (self.subnet_group.vpc_id if self.subnet_group else None) or ""

    @property
    def active_groups(self) -> list[str]:
        """The ids of the security groups that are in force."""
        return [each.vpc_security_group_id for each in self.vpc_security_groups if each.status == "active"]

    @property
    def active_subnets(self) -> list[str]:
        """Ids of the subnets that it may lie in."""
        subnets = self.subnet_group.subnets if self.subnet_group else ()
        return [each.subnet_identifier for each in subnets if each.subnet_status == "Active"]

    @property
    def parameter_group(self) -> str | None:
        """The first: AWS lets an instance have one."""
        return self.parameter_groups[0].name if self.parameter_groups else None


class DBCluster(Database, type="AwsRdsDbCluster", noun="RDS cluster"):
    """An Aurora, Multi-AZ or Neptune cluster."""

    source = listing("rds", "DescribeDBClusters", CLUSTERS)
    name: str = field(name="DBClusterIdentifier")
    arn: str = field(name="DBClusterArn")
    port: int | None = None
    backtrack_window: int = 0
    cluster_parameter_group: str | None = field(name="DBClusterParameterGroup", default=None)

    @property
    def parameter_group(self) -> str | None:
        """Clusters have groups of a kind of their own."""
        return self.cluster_parameter_group


class Clusters(msgspec.Struct, frozen=True):
    """The clusters of a region by name."""

    by_name: dict[str, DBCluster]

    def governing(self, instance: DBInstance) -> Database | None:
        """Whose settings hold for the instance: its cluster's, or its own where it is in none."""
        return self.by_name.get(instance.cluster) if instance.cluster else instance


@derive
def clusters_by_name(clusters: Here[DBCluster]) -> Clusters:
    """For instances, which know their cluster's name only."""
    return Clusters({cluster.name: cluster for cluster in clusters})


# Of each engine family, the one that refuses plain connections.
TLS_PARAMETERS = ["rds.force_ssl", "require_secure_transport"]


class Parameter(msgspec.Struct, frozen=True, rename="pascal"):
    """A parameter of an engine. AWS leaves out the value of one that was not set."""

    parameter_name: str
    parameter_value: str = ""


# An instance of a cluster takes the cluster's parameter; other engines (Oracle, Db2) have no parameter for it.
TLS_ENGINES = ("postgres", "mysql", "mariadb", "sqlserver-se", "sqlserver-ee", "sqlserver-ex", "sqlserver-web")


def decides_on_tls(database: Database) -> bool:
    """Whether a parameter of the database's own says if it accepts plain connections."""
    if isinstance(database, DBInstance):
        return not database.cluster and any(engine in database.engine for engine in TLS_ENGINES)
    return True


def instance_decides_on_tls(database: Database) -> bool:
    """Only for instances outside of clusters, with engines that have such a parameter."""
    return isinstance(database, DBInstance) and bool(database.parameter_group) and decides_on_tls(database)


def cluster_decides_on_tls(database: Database) -> bool:
    """Only for clusters with a parameter group, whatever their engine."""
    return isinstance(database, DBCluster) and bool(database.parameter_group)


class TlsParameters(Facet[Database]):
    """The first page of a parameter group, asked for what enforces TLS."""

    parameters: tuple[Parameter, ...] = ()
    marker: str | None = None
    """There are further pages."""

    @property
    def enforce(self) -> bool:
        """Whether one of them demands TLS; engines spell it `1` or `ON`."""
        return any(
            parameter.parameter_name in TLS_PARAMETERS and parameter.parameter_value.upper() in ("1", "ON")
            for parameter in self.parameters
        )


class InstanceTls(TlsParameters):
    """TLS parameters of an instance's parameter group."""

    source = call(
        "rds",
        "DescribeDBParameters",
        DBParameterGroupName="parameter_group",
        Filters=[{"Name": "parameter-name", "Values": TLS_PARAMETERS}],
        absent=["DBParameterGroupNotFound"],
        when=instance_decides_on_tls,
        shared=True,
        pages=True,
    )


class ClusterTls(TlsParameters):
    """TLS parameters of a cluster's parameter group."""

    source = call(
        "rds",
        "DescribeDBClusterParameters",
        DBClusterParameterGroupName="parameter_group",
        Filters=[{"Name": "parameter-name", "Values": TLS_PARAMETERS}],
        absent=["DBParameterGroupNotFound"],
        when=cluster_decides_on_tls,
        shared=True,
        pages=True,
    )


class EngineRelease(msgspec.Struct, frozen=True, rename="pascal"):
    """A version of an engine that AWS still offers."""

    engine_version: str


class EngineReleases(Facet[DBInstance]):
    """The instance's engine version, where RDS still offers it."""

    source = call(
        "rds",
        "DescribeDBEngineVersions",
        Engine="engine",
        EngineVersion="engine_version",
        shared=True,
        first_page=True,
    )
    releases: tuple[EngineRelease, ...] = field(name="DBEngineVersions", default=())


class CertificateAuthority(Resource, id="name", group="database", noun="RDS certificate authority"):
    """A certificate authority that signs the server certificates of instances."""

    source = listing("rds", "DescribeCertificates", "Certificates")
    name: str = field(name="CertificateIdentifier")
    arn: str = field(name="CertificateArn")
    valid_till: datetime.datetime


class CertificateAuthorities(msgspec.Struct, frozen=True):
    """Until when the certificate authorities of a region are valid, by name."""

    valid_till: dict[str, datetime.datetime]


@derive
def certificate_authorities(authorities: Here[CertificateAuthority]) -> CertificateAuthorities:
    """By name, as instances name theirs."""
    return CertificateAuthorities({authority.name: authority.valid_till for authority in authorities})


class EventSubscription(
    Resource, id="name", type="AwsRdsEventSubscription", group="database", noun="RDS event subscription"
):
    """Which events are sent to an SNS topic."""

    source = listing("rds", "DescribeEventSubscriptions", "EventSubscriptionsList")
    name: str = field(name="CustSubscriptionId")
    arn: str = field(name="EventSubscriptionArn")
    source_type: str = ""
    """Nothing means every kind of source."""
    event_categories_list: tuple[str, ...] = ()
    """Nothing means every category."""
    enabled: bool = False


@source("rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots")
async def snapshots(aws: Aws) -> list[InstanceSnapshot | ClusterSnapshot] | Failure:
    """Those of instances and of clusters as one type, since the same checks judge them."""
    of_instances = await aws.items("rds", "DescribeDBSnapshots", INSTANCE_SNAPSHOTS)
    of_clusters = await aws.items("rds", "DescribeDBClusterSnapshots", CLUSTER_SNAPSHOTS)
    if isinstance(of_instances, Failure):
        return of_instances
    if isinstance(of_clusters, Failure):
        return of_clusters
    return [
        *msgspec.convert(of_instances, list[InstanceSnapshot]),
        *msgspec.convert(of_clusters, list[ClusterSnapshot]),
    ]


class Snapshot(
    Resource,
    id="name",
    type="AwsRdsDbSnapshot",
    group="database",
    noun="RDS snapshot",
    gone=["DBSnapshotNotFound", "DBClusterSnapshotNotFoundFault"],
):
    """A snapshot of an instance or of a cluster, manual or automated."""

    source: ClassVar[Any] = snapshots
    name: str
    arn: str
    encrypted: bool = False
    snapshot_type: str = ""
    tags: tuple[Tag, ...] = field(name="TagList", default=())


class InstanceSnapshot(Snapshot):
    """A snapshot of a single instance."""

    name: str = field(name="DBSnapshotIdentifier")
    arn: str = field(name="DBSnapshotArn")


class ClusterSnapshot(Snapshot):
    """A snapshot of a cluster; AWS calls its encryption otherwise."""

    name: str = field(name="DBClusterSnapshotIdentifier")
    arn: str = field(name="DBClusterSnapshotArn")
    encrypted: bool = field(name="StorageEncrypted", default=False)


def can_be_public(snapshot: Snapshot) -> bool:
    """AWS shares neither automated nor encrypted snapshots with everybody (API_ModifyDBSnapshotAttribute)."""
    return snapshot.snapshot_type != "automated" and not snapshot.encrypted


def instance_snapshot_can_be_public(snapshot: Snapshot) -> bool:
    """The operation that tells it takes snapshots of instances only."""
    return isinstance(snapshot, InstanceSnapshot) and can_be_public(snapshot)


def cluster_snapshot_can_be_public(snapshot: Snapshot) -> bool:
    """The operation that tells it takes snapshots of clusters only."""
    return isinstance(snapshot, ClusterSnapshot) and can_be_public(snapshot)


class SnapshotAttribute(msgspec.Struct, frozen=True, rename="pascal"):
    """Accounts that may restore a snapshot, by id; `all` is everybody."""

    attribute_values: tuple[str, ...] = ()


class SnapshotSharing(Facet[Snapshot]):
    """Who else may restore a snapshot."""

    attributes: tuple[SnapshotAttribute, ...] = ()

    @property
    def with_everybody(self) -> bool:
        """Whether every AWS account may restore it."""
        return any("all" in attribute.attribute_values for attribute in self.attributes)


class InstanceSnapshotSharing(SnapshotSharing):
    """With which accounts a snapshot of an instance is shared."""

    source = call(
        "rds",
        "DescribeDBSnapshotAttributes",
        "DBSnapshotAttributesResult",
        DBSnapshotIdentifier="name",
        when=instance_snapshot_can_be_public,
    )
    attributes: tuple[SnapshotAttribute, ...] = field(name="DBSnapshotAttributes", default=())


class ClusterSnapshotSharing(SnapshotSharing):
    """With which accounts a snapshot of a cluster is shared."""

    source = call(
        "rds",
        "DescribeDBClusterSnapshotAttributes",
        "DBClusterSnapshotAttributesResult",
        DBClusterSnapshotIdentifier="name",
        when=cluster_snapshot_can_be_public,
    )
    attributes: tuple[SnapshotAttribute, ...] = field(name="DBClusterSnapshotAttributes", default=())
