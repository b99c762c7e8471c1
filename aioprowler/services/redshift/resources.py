"""Provisioned clusters of Redshift: their settings, parameters, logs, snapshots and subnets."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Facet, Here, Region, Resource, States, call, constant, derive, field, listing
from aioprowler.judging.verdicts import told
from aioprowler.services.vpc.resources import GroupMembership

IN_SYNC: Final = "in-sync"
REQUIRE_SSL: Final = "require_ssl"


class Endpoint(msgspec.Struct, frozen=True, rename="pascal"):
    """Where a cluster is reached."""

    address: str = ""
    port: int | None = None


class ParameterStatus(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether a parameter is in force yet."""

    parameter_name: str
    parameter_apply_status: str | None = None


class ParameterGroup(msgspec.Struct, frozen=True, rename="pascal"):
    """The group of parameters that a cluster has, and whether they are in force yet."""

    parameter_group_name: str
    parameter_apply_status: str | None = None
    cluster_parameter_status_list: tuple[ParameterStatus, ...] = ()
    """Nothing where AWS tells of the group as a whole."""

    def status_of(self, parameter: str) -> str:
        """That of the parameter, or of the whole group. Raises UnreadableError where AWS left it out."""
        own = [each for each in self.cluster_parameter_status_list if each.parameter_name == parameter]
        status = own[0].parameter_apply_status if own else self.parameter_apply_status
        return told(status, f"ParameterApplyStatus of the parameter group {self.parameter_group_name}")


class Cluster(
    Resource,
    id="name",
    type="AwsRedshiftCluster",
    group="analytics",
    noun="Redshift cluster",
    arn="arn:{partition}:redshift:{region}:{account_id}:cluster:{name}",
    gone=["ClusterNotFound"],
):
    """A provisioned cluster.

    Its states: https://docs.aws.amazon.com/redshift/latest/mgmt/rs-mgmt-cluster-status.html
    """

    source = listing(
        "redshift",
        "DescribeClusters",
        "Clusters",
        states=States("status", over=["deleting", "final-snapshot"], not_yet=["creating"]),
    )
    name: str = field(name="ClusterIdentifier")
    status: str = field(name="ClusterStatus", default="")
    endpoint: Endpoint = Endpoint()
    """Without an address where there is nothing to connect to, as of a cluster that does not come up."""
    publicly_accessible: bool | None = None
    vpc_id: str = ""
    vpc_security_groups: tuple[GroupMembership, ...] | None = None
    subnet_group: str | None = field(name="ClusterSubnetGroupName", default=None)
    parameter_groups: tuple[ParameterGroup, ...] = field(name="ClusterParameterGroups")
    encrypted: bool
    kms_key_id: str | None = None
    allow_version_upgrade: bool
    enhanced_vpc_routing: bool
    multi_az: str = field(name="MultiAZ", default="Disabled")
    """Off by default
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-redshift-cluster.html)."""
    automated_snapshot_retention_period: int
    """In days; 0 where there are no automated snapshots."""
    master_username: str
    database: str = field(name="DBName")

    @property
    def active_groups(self) -> list[str] | None:
        """The ids of the security groups that are in force; None where AWS does not tell them."""
        if self.vpc_security_groups is None:
            return None
        return [each.vpc_security_group_id for each in self.vpc_security_groups if each.is_active]

    @property
    def group(self) -> ParameterGroup:
        """The one that it has. Raises UnreadableError where AWS does not tell it."""
        return told(next(iter(self.parameter_groups), None), "the parameter group of this cluster")

    @property
    def parameter_group(self) -> str:
        """Its name."""
        return self.group.parameter_group_name


class Logging(Facet[Cluster]):
    """Whether connections and what users do are logged, to a bucket or to CloudWatch Logs."""

    source = call("redshift", "DescribeLoggingStatus", ClusterIdentifier="name", absent=["UnsupportedOperation"])
    logging_enabled: bool


class Parameter(msgspec.Struct, frozen=True, rename="pascal"):
    """A parameter of clusters, and its value."""

    parameter_name: str
    parameter_value: str = ""


class Parameters(Facet[Cluster]):
    """The parameters of a cluster; several clusters may have the same group."""

    source = call(
        "redshift", "DescribeClusterParameters", ParameterGroupName="parameter_group", shared=True, pages=True
    )
    parameters: tuple[Parameter, ...]

    @property
    def demand_tls(self) -> bool:
        """Raises UnreadableError where AWS does not tell."""
        values = (each.parameter_value for each in self.parameters if each.parameter_name == REQUIRE_SSL)
        return told(next(values, None), f"the parameter {REQUIRE_SSL} of this cluster").lower() == "true"


class Snapshot(msgspec.Struct, frozen=True, rename="pascal"):
    """A snapshot of a cluster."""

    cluster_identifier: str
    status: str | None = None
    source_region: str = ""
    """The region that it was copied from, where its cluster is; nothing where it was not copied."""

    @property
    def can_be_restored(self) -> bool:
        """Or will be, once it is made. Raises UnreadableError where AWS left out the status."""
        return told(self.status, "the status of a snapshot") != "failed"


class AutomatedSnapshots(Facet[Region]):
    """What Redshift made snapshots of by itself."""

    source = call("redshift", "DescribeClusterSnapshots", SnapshotType=constant("automated"), pages=True)
    snapshots: tuple[Snapshot, ...] = ()

    def clusters(self, region: str) -> frozenset[str]:
        """The names of those in the region of which there is one. A copy is of a cluster elsewhere of that name."""
        made_here = (each for each in self.snapshots if each.source_region in ("", region))
        return frozenset(each.cluster_identifier for each in made_here if each.can_be_restored)


class Subnet(msgspec.Struct, frozen=True, rename="pascal"):
    """One of the subnets in which clusters may be."""

    subnet_identifier: str


class SubnetGroup(Resource, id="name", group="analytics", noun="subnet group",
                  arn="arn:{partition}:redshift:{region}:{account_id}:subnetgroup:{name}"):  # fmt: skip
    """Subnets of a VPC for clusters of Redshift."""

    source = listing("redshift", "DescribeClusterSubnetGroups", "ClusterSubnetGroups")
    name: str = field(name="ClusterSubnetGroupName")
    subnets: tuple[Subnet, ...]


class SubnetGroups(msgspec.Struct, frozen=True):
    """The subnets of each group of a region."""

    by_name: dict[str, list[str]]

    def of(self, cluster: Cluster) -> list[str] | None:
        """Ids of the subnets of a cluster; None where AWS does not tell them."""
        return self.by_name.get(cluster.subnet_group or "")


@derive
def subnet_groups(groups: Here[SubnetGroup]) -> SubnetGroups:
    """For clusters, which know the name of theirs only."""
    return SubnetGroups({group.name: [each.subnet_identifier for each in group.subnets] for group in groups})
