"""Clusters that live, and what a region lets their security groups open."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Facet, Region, Resource, States, call, field, listing
from aioprowler.judging.ports import ALL_PORTS, merged
from aioprowler.judging.verdicts import told

OVER: Final = ("TERMINATED", "TERMINATED_WITH_ERRORS")
"""States of what AWS goes on listing for two months
(https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-manage-view-clusters.html)."""
LIFE: Final = ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING")


class Instances(msgspec.Struct, frozen=True, rename="pascal"):
    """The security groups of a cluster: those of its master nodes, and those of the others."""

    master: str | None = msgspec.field(name="EmrManagedMasterSecurityGroup", default=None)
    additional_of_master: tuple[str, ...] = msgspec.field(name="AdditionalMasterSecurityGroups", default=())
    others: str = msgspec.field(name="EmrManagedSlaveSecurityGroup", default="")
    """Nothing where a cluster has master nodes alone."""
    additional_of_others: tuple[str, ...] = msgspec.field(name="AdditionalSlaveSecurityGroups", default=())

    @property
    def groups_of_master(self) -> list[str]:
        """By their ids. Raises UnreadableError where AWS did not tell them."""
        return [told(self.master, "EmrManagedMasterSecurityGroup of this cluster"), *self.additional_of_master]

    @property
    def groups_of_others(self) -> list[str]:
        """By their ids."""
        return [*filter(None, [self.others]), *self.additional_of_others]


class Status(msgspec.Struct, frozen=True, rename="pascal"):
    """Where a cluster is in its life."""

    state: str = ""


class Cluster(
    Resource,
    id="cluster_id",
    arn="arn:{partition}:elasticmapreduce:{region}:{account_id}:cluster/{cluster_id}",
    type="Other",
    group="compute",
    noun="EMR cluster",
    gone={"InvalidRequestException": "is not valid"},
):
    """Instances that run programs such as Spark together.

    https://docs.aws.amazon.com/emr/latest/APIReference/API_Cluster.html
    """

    source = listing(
        "emr",
        "ListClusters",
        "Clusters",
        detail=call("emr", "DescribeCluster", "Cluster", ClusterId="cluster_id"),
        states=States("state", over=OVER),
        ClusterStates=LIFE,
    )
    cluster_id: str = field(name="Id")
    status: Status = Status()
    instances: Instances | None = field(name="Ec2InstanceAttributes", default=None)
    address: str | None = field(name="MasterPublicDnsName", default=None)
    """The name of the master node: a public one in a public subnet, and a private one in any other."""

    @property
    def state(self) -> str:
        """Where it is in its life."""
        return self.status.state

    @property
    def has_public_address(self) -> bool:
        """Whether its master node has one, which its name tells: `ec2-192-0-2-1.compute-1.amazonaws.com`. Raises
        UnreadableError where AWS did not tell the name.

        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
        """
        return ".amazonaws." in told(self.address or None, "MasterPublicDnsName of this cluster")


class PortRange(msgspec.Struct, frozen=True, rename="pascal"):
    """Ports that may be open to everybody all the same; without an end it is one."""

    first: int = msgspec.field(name="MinRange")
    last: int | None = msgspec.field(name="MaxRange", default=None)

    @property
    def ports(self) -> range:
        """All of them."""
        return range(self.first, (self.first if self.last is None else self.last) + 1)


class PublicAccessBlock(Facet[Region]):
    """Whether clusters are kept from having security groups that let everybody in."""

    source = call("emr", "GetBlockPublicAccessConfiguration", "BlockPublicAccessConfiguration")
    blocks: bool = field(name="BlockPublicSecurityGroupRules")
    permitted: tuple[PortRange, ...] = field(name="PermittedPublicSecurityGroupRuleRanges", default=())

    @property
    def exceptions(self) -> list[range]:
        """The ports for which it does not hold."""
        return merged(each.ports for each in self.permitted)

    @property
    def keeps_any_port_shut(self) -> bool:
        """Whether it holds for anything at all."""
        return self.blocks and not any(1 in each and ALL_PORTS - 1 in each for each in self.exceptions)
