"""Databases, their snapshots, event subscriptions and certificate authorities."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar

import msgspec

from aioprowler import Facet, Here, Resource, States, Tag, call, derive, field, listing, source
from aioprowler.judging.verdicts import told
from aioprowler.services.vpc.resources import GroupMembership

# DocumentDB and Neptune share the API of RDS, and have checks of their own; Neptune is judged here as well.
INSTANCES = "DBInstances[?Engine != 'docdb']"
CLUSTERS = "DBClusters[?Engine != 'docdb']"
INSTANCE_SNAPSHOTS = "DBSnapshots[?Engine != 'docdb']"
CLUSTER_SNAPSHOTS = "DBClusterSnapshots[?Engine != 'docdb']"

NEPTUNE = "neptune"
CLUSTERED = ("aurora", "aurora-mysql", "aurora-postgresql", NEPTUNE)
"""Engines whose instances are members of clusters only."""

IN_SYNC = "in-sync"
"""The status of a parameter group whose parameters are in force
(https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBParameterGroupStatus.html)."""


def is_custom(engine: str) -> bool:
    """Whether it is RDS Custom's, whose certificates, parameters, logs and minor versions the customer looks after."""
    return engine.startswith("custom-")


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
    master_username: str
    multi_az: bool = field(name="MultiAZ")
    storage_encrypted: bool
    storage_encryption_type: str | None = None
    kms_key_id: str | None = None
    deletion_protection: bool
    copy_tags_to_snapshot: bool
    auto_minor_version_upgrade: bool
    iam_authentication: bool = field(name="IAMDatabaseAuthenticationEnabled")
    enabled_cloudwatch_logs_exports: tuple[str, ...] = ()
    """Nothing where no log is exported (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html).
    """
    vpc_networking: bool = field(name="VPCNetworkingEnabled", default=True)
    """False in Aurora PostgreSQL's clusters outside of VPCs alone
    (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html)."""
    tags: tuple[Tag, ...] | None = field(name="TagList", default=None)

    @property
    def has_gateway(self) -> bool:
        """Whether an internet access gateway leads to it, as nothing else does where there is no VPC."""
        return not self.vpc_networking

    @property
    def encryption(self) -> str | bool:
        """The type of encryption, or where AWS does not tell it the flag that was there before."""
        return self.storage_encryption_type or self.storage_encrypted

    @property
    def parameter_group(self) -> str | None:
        """Name of the group whose parameters decide about TLS; None where there is none."""
        return None

    @property
    def parameters_status(self) -> str:
        """That of the group; of several instances, the first that is not in sync."""
        return IN_SYNC


class Endpoint(msgspec.Struct, frozen=True, rename="pascal"):
    """Where an instance is reached; AWS leaves it out while the instance is being made."""

    port: int | None = None


class SubnetMembership(msgspec.Struct, frozen=True, rename="pascal"):
    """A subnet of a subnet group; `subnet_status` is `Active` where it can be used."""

    subnet_identifier: str
    subnet_status: str | None = None

    @property
    def is_active(self) -> bool:
        """Raises UnreadableError where AWS left out the status."""
        return told(self.subnet_status, f"the status of subnet {self.subnet_identifier}") == "Active"


class SubnetGroup(msgspec.Struct, frozen=True, rename="pascal"):
    """The subnets among which AWS chooses one for an instance."""

    vpc_id: str | None = None
    subnets: tuple[SubnetMembership, ...] | None = None


class ParameterGroup(msgspec.Struct, frozen=True):
    """The group of engine parameters that an instance has."""

    name: str = msgspec.field(name="DBParameterGroupName")
    status: str | None = msgspec.field(name="ParameterApplyStatus", default=None)


class DBInstance(Database, noun="RDS instance"):
    """A database server.

    Its states: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
    """

    source = listing(
        "rds",
        "DescribeDBInstances",
        INSTANCES,
        states=States("status", over=["deleted", "deleting", "failed"], not_yet=["creating"]),
    )
    name: str = field(name="DBInstanceIdentifier")
    arn: str = field(name="DBInstanceArn")
    status: str = field(name="DBInstanceStatus")
    engine_version: str
    engine_lifecycle_support: str | None = None
    """None where the engine has no Extended Support
    (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/extended-support-viewing.html)."""
    endpoint: Endpoint | None = None
    publicly_accessible: bool | None = None
    vpc_security_groups: tuple[GroupMembership, ...]
    subnet_group: SubnetGroup | None = field(name="DBSubnetGroup", default=None)
    parameter_groups: tuple[ParameterGroup, ...] = field(name="DBParameterGroups")
    backup_retention_period: int
    enhanced_monitoring_resource_arn: str | None = None
    """None where there is no enhanced monitoring, which writes to this log stream."""
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
        return told(self.subnet_group.vpc_id, "VpcId of its subnet group") if self.subnet_group else ""

    @property
    def active_groups(self) -> list[str] | None:
        """The ids of the security groups that are in force; None where AWS tells of none at all."""
        if not self.vpc_security_groups:
            return None
        return [each.vpc_security_group_id for each in self.vpc_security_groups if each.is_active]

    @property
    def active_subnets(self) -> list[str] | None:
        """Ids of the subnets that it may lie in; None where AWS tells of none at all."""
        if self.subnet_group is None:
            return None
        subnets = told(self.subnet_group.subnets, "Subnets of its subnet group")
        return [each.subnet_identifier for each in subnets if each.is_active]

    @property
    def parameter_group(self) -> str | None:
        """The first: AWS lets an instance have one."""
        return self.parameter_groups[0].name if self.parameter_groups else None

    @property
    def parameters_status(self) -> str:
        """Raises UnreadableError where AWS left it out."""
        return _in_sync(group.status for group in self.parameter_groups)

    @property
    def is_kept_by_cluster(self) -> bool:
        """Whether snapshots and backups are those of its cluster."""
        return bool(self.cluster) or self.engine in CLUSTERED


def _in_sync(statuses: Iterable[str | None]) -> str:
    known = [told(status, "the status of its parameter group") for status in statuses]
    return next((status for status in known if status != IN_SYNC), IN_SYNC)


class Member(msgspec.Struct, frozen=True):
    """An instance of a cluster, as far as it has the cluster's parameters."""

    status: str | None = msgspec.field(name="DBClusterParameterGroupStatus", default=None)


CLUSTER_STATES = States(
    "status",
    over=["cloning-failed", "deleted", "deleting", "failed", "migration-failed"],
    not_yet=["creating", "migrating", "preparing-data-migration"],
)
"""https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html"""


class DBCluster(Database, type="AwsRdsDbCluster", noun="RDS cluster"):
    """An Aurora, Multi-AZ or Neptune cluster."""

    source = listing("rds", "DescribeDBClusters", CLUSTERS, states=CLUSTER_STATES, shared=True)
    name: str = field(name="DBClusterIdentifier")
    arn: str = field(name="DBClusterArn")
    status: str
    port: int
    backtrack_window: int = 0
    """In seconds; 0, which is also the default, where there is no backtrack
    (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html)."""
    internet_access_gateway: bool = field(name="InternetAccessGatewayEnabled", default=False)
    """Aurora PostgreSQL has them alone, and by default none (the same page)."""
    cluster_parameter_group: str = field(name="DBClusterParameterGroup")
    members: tuple[Member, ...] = field(name="DBClusterMembers")

    @property
    def label(self) -> str:
        """Raises UnreadableError where AWS left out the engine: it may be a cluster of another service."""
        told(self.engine or None, "Engine of this cluster")
        return super().label

    @property
    def has_gateway(self) -> bool:
        """Likewise, or beside its VPC."""
        return self.internet_access_gateway or super().has_gateway

    @property
    def parameter_group(self) -> str | None:
        """Clusters have groups of a kind of their own."""
        return self.cluster_parameter_group

    @property
    def parameters_status(self) -> str:
        """Raises UnreadableError where AWS left it out."""
        return _in_sync(member.status for member in self.members)


class Clusters(msgspec.Struct, frozen=True):
    """The clusters of a region by name."""

    by_name: dict[str, DBCluster]

    def governing(self, instance: DBInstance) -> Database:
        """Whose settings hold for the instance: its cluster's, or its own where it is in none. Raises UnreadableError
        where AWS did not list its cluster.
        """
        if not instance.cluster:
            return instance
        return told(self.by_name.get(instance.cluster), f"of the cluster {instance.cluster} of this instance")


@derive
def clusters_by_name(clusters: Here[DBCluster]) -> Clusters:
    """For instances, which know their cluster's name only."""
    return Clusters({cluster.name: cluster for cluster in clusters})


# Of each engine family, the one that refuses plain connections.
TLS_PARAMETERS = ["rds.force_ssl", "require_secure_transport"]


class Parameter(msgspec.Struct, frozen=True, rename="pascal"):
    """A parameter of an engine. AWS leaves out the value of one that was not set, and has no default that is on."""

    parameter_name: str
    parameter_value: str = ""


# An instance of a cluster takes the cluster's parameter; other engines (Oracle, Db2) have no parameter for it.
TLS_ENGINES = ("postgres", "mysql", "mariadb", "sqlserver-se", "sqlserver-ee", "sqlserver-ex", "sqlserver-web")


def decides_on_tls(database: Database) -> bool:
    """Whether a parameter of the database's own says if it accepts plain connections."""
    if database.engine == NEPTUNE or is_custom(database.engine):
        return False
    if isinstance(database, DBInstance):
        return not database.cluster and any(engine in database.engine for engine in TLS_ENGINES)
    return True


def instance_decides_on_tls(database: Database) -> bool:
    """Only for instances outside of clusters, with engines that have such a parameter."""
    return isinstance(database, DBInstance) and decides_on_tls(database) and bool(database.parameter_group)


def cluster_decides_on_tls(database: Database) -> bool:
    """Only for clusters with engines that have such a parameter."""
    return isinstance(database, DBCluster) and decides_on_tls(database)


class TlsParameters(Facet[Database]):
    """The first page of a parameter group, asked for what enforces TLS."""

    parameters: tuple[Parameter, ...]
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
        when=cluster_decides_on_tls,
        shared=True,
        pages=True,
    )


class EngineRelease(msgspec.Struct, frozen=True, rename="pascal"):
    """A version of an engine, `available` or `deprecated`."""

    engine_version: str
    status: str | None = None


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
    releases: tuple[EngineRelease, ...] = field(name="DBEngineVersions")

    def offer(self, version: str) -> bool:
        """Whether RDS still offers the version."""
        return any(each.engine_version == version and each.status != "deprecated" for each in self.releases)


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
    """Which events are sent to an SNS topic; what it does not name, it does not leave out
    (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateEventSubscription.html).
    """

    source = listing(
        "rds", "DescribeEventSubscriptions", "EventSubscriptionsList", states=States("status", over=["deleting"])
    )
    name: str = field(name="CustSubscriptionId")
    arn: str = field(name="EventSubscriptionArn")
    status: str
    source_type: str = ""
    """Nothing means every kind of source."""
    source_ids: tuple[str, ...] = field(name="SourceIdsList", default=())
    """Nothing means every source of the kind."""
    event_categories_list: tuple[str, ...] = ()
    """Nothing means every category."""
    enabled: bool

    def covers(self, category: str) -> bool:
        """Whether it is about events of the category."""
        return not self.event_categories_list or category in self.event_categories_list


@source()
async def snapshots(
    of_instances: Here[InstanceSnapshot], of_clusters: Here[ClusterSnapshot]
) -> list[InstanceSnapshot | ClusterSnapshot]:
    """Those of instances and of clusters as one type, since the same checks judge them."""
    return [*of_instances, *of_clusters]


SNAPSHOT_STATES = States("status", over=["deleted", "deleting", "error", "failed"], not_yet=["copying", "creating"])


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
    status: str
    encrypted: bool
    storage_encryption_type: str | None = None
    kms_key_id: str | None = None
    snapshot_type: str
    tags: tuple[Tag, ...] = field(name="TagList", default=())

    @property
    def encryption(self) -> str | bool:
        """The type of encryption, or where AWS does not tell it the flag that was there before."""
        return self.storage_encryption_type or self.encrypted


class InstanceSnapshot(Snapshot):
    """A snapshot of a single instance."""

    source = listing("rds", "DescribeDBSnapshots", INSTANCE_SNAPSHOTS, states=SNAPSHOT_STATES)
    name: str = field(name="DBSnapshotIdentifier")
    arn: str = field(name="DBSnapshotArn")


class ClusterSnapshot(Snapshot):
    """A snapshot of a cluster; AWS calls its encryption otherwise."""

    source = listing("rds", "DescribeDBClusterSnapshots", CLUSTER_SNAPSHOTS, states=SNAPSHOT_STATES, shared=True)
    name: str = field(name="DBClusterSnapshotIdentifier")
    arn: str = field(name="DBClusterSnapshotArn")
    engine: str
    encrypted: bool = field(name="StorageEncrypted")

    @property
    def label(self) -> str:
        """Raises UnreadableError where AWS left out the engine: it may be a snapshot of another service."""
        told(self.engine or None, "Engine of this snapshot")
        return super().label


def can_be_public(snapshot: Snapshot) -> bool:
    """AWS shares with everybody neither automated snapshots nor those that a key of AWS KMS encrypts
    (API_ModifyDBSnapshotAttribute).
    """
    return snapshot.snapshot_type != "automated" and not snapshot.encrypted


def instance_snapshot_can_be_public(snapshot: Snapshot) -> bool:
    """The operation that tells it takes snapshots of instances only."""
    return isinstance(snapshot, InstanceSnapshot) and can_be_public(snapshot)


def cluster_snapshot_can_be_public(snapshot: Snapshot) -> bool:
    """The operation that tells it takes snapshots of clusters only."""
    return isinstance(snapshot, ClusterSnapshot) and can_be_public(snapshot)


class SnapshotAttribute(msgspec.Struct, frozen=True, rename="pascal"):
    """Accounts that may restore a snapshot, by id; `all` is everybody."""

    attribute_values: tuple[str, ...]


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """Who else may restore a snapshot."""

    attributes: tuple[SnapshotAttribute, ...]

    @property
    def with_everybody(self) -> bool:
        """Whether every AWS account may restore it."""
        return any("all" in attribute.attribute_values for attribute in self.attributes)


class InstanceSnapshotSharing(Sharing, Facet[Snapshot]):
    """With which accounts a snapshot of an instance is shared."""

    source = call(
        "rds",
        "DescribeDBSnapshotAttributes",
        "DBSnapshotAttributesResult",
        DBSnapshotIdentifier="name",
        when=instance_snapshot_can_be_public,
    )
    attributes: tuple[SnapshotAttribute, ...] = field(name="DBSnapshotAttributes")


class ClusterSnapshotSharing(Sharing, Facet[Snapshot]):
    """With which accounts a snapshot of a cluster is shared."""

    source = call(
        "rds",
        "DescribeDBClusterSnapshotAttributes",
        "DBClusterSnapshotAttributesResult",
        DBClusterSnapshotIdentifier="name",
        when=cluster_snapshot_can_be_public,
    )
    attributes: tuple[SnapshotAttribute, ...] = field(name="DBClusterSnapshotAttributes")
