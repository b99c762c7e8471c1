"""Clusters, and the add-on that gives pods their network."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from aioprowler import Facet, Resource, States, call, constant, listing

ANYWHERE: Final = ("0.0.0.0/0",)


class LogSetup(msgspec.Struct, frozen=True, rename="camel"):
    """Types of logs of the control plane that are all on, or all off."""

    types: tuple[str, ...] = ()
    enabled: bool = False


class Logging(msgspec.Struct, frozen=True, rename="camel"):
    """Which logs the control plane sends to CloudWatch Logs."""

    cluster_logging: tuple[LogSetup, ...] = ()

    @property
    def types(self) -> list[str]:
        """Those that are on."""
        return [kind for setup in self.cluster_logging if setup.enabled for kind in setup.types]


class Provider(msgspec.Struct, frozen=True, rename="camel"):
    """What holds the key."""

    key_arn: str


class EncryptionConfig(msgspec.Struct, frozen=True, rename="camel"):
    """What is encrypted with a key of one's own. `secrets` is all that there is."""

    resources: tuple[str, ...]
    provider: Provider


class VpcConfig(msgspec.Struct, frozen=True, rename="camel"):
    """How the API of Kubernetes is reached. What is left out has its default
    (https://docs.aws.amazon.com/eks/latest/APIReference/API_VpcConfigRequest.html).
    """

    endpoint_public_access: bool = True
    endpoint_private_access: bool = False
    public_access_cidrs: tuple[str, ...] = ()
    """Empty stands for the default, everywhere."""
    cluster_security_group_id: str = ""

    @property
    def public_ranges(self) -> tuple[str, ...]:
        """From where the public endpoint answers; none where there is no such endpoint."""
        return (self.public_access_cidrs or ANYWHERE) if self.endpoint_public_access else ()


class Cluster(
    Resource,
    id="name",
    type="AwsEksCluster",
    group="container",
    noun="EKS cluster",
    gone={"ResourceNotFoundException": "no cluster found"},
    rename="camel",
):
    """A cluster that EKS runs, not one that is only connected to it.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html
    """

    source = listing(
        "eks",
        "ListClusters",
        "clusters",
        item="name",
        detail=call("eks", "DescribeCluster", "cluster", name="name"),
        states=States("status", over=["DELETING", "FAILED"], not_yet=["CREATING", "PENDING"]),
    )
    name: str
    arn: str
    status: str = ""
    version: str
    resources_vpc_config: VpcConfig
    logging: Logging = Logging()
    """Nothing is logged unless it is turned on (User guide, Control plane logging)."""
    encryption_config: tuple[EncryptionConfig, ...] = ()
    deletion_protection: bool = False
    """Off unless it is turned on (https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html)."""


class VpcCni(Facet[Cluster], rename="camel"):
    """What the VPC CNI is told to do, where it is an add-on that EKS manages."""

    source = call(
        "eks",
        "DescribeAddon",
        "addon",
        absent=["ResourceNotFoundException"],
        clusterName="name",
        addonName=constant("vpc-cni"),
    )
    configuration_values: str = ""
    """JSON or YAML; empty: nothing was set."""

    @property
    def enforces_network_policies(self) -> bool | None:
        """What it is told; None: nothing that can be read as on or off, which in AWS's schema is a text: `"true"`."""
        try:
            values = msgspec.json.decode(self.configuration_values or "{}", type=dict[str, Any])
        except msgspec.MsgspecError:
            return None
        return {"true": True, "false": False}.get(str(values.get("enableNetworkPolicy")).strip().lower())
