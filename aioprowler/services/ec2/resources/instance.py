"""Instances and what they were launched from."""

from __future__ import annotations

import datetime
import re
from itertools import chain
from typing import Any

import msgspec

from aioprowler import Facet, Resource, States, Tag, batch, listing, optional
from aioprowler.services.vpc.resources import InterfaceGroup, Ipv6Address, PrivateAddress, public_addresses


class InstanceState(msgspec.Struct, frozen=True, rename="pascal"):
    """`pending`, `running`, `shutting-down`, `terminated`, `stopping` or `stopped`."""

    name: str


class MetadataOptions(msgspec.Struct, frozen=True, rename="pascal"):
    """How an instance reads its metadata, among which are the credentials of its role. Of an instance AWS tells both,
    of a launch only what it sets.
    """

    http_tokens: str | None = None
    """`required` demands the session tokens of version 2 (IMDSv2), else `optional`."""
    http_endpoint: str | None = None
    """`enabled` or `disabled`."""


class InstanceProfile(msgspec.Struct, frozen=True, rename="pascal"):
    """What hands a role to an instance."""

    arn: str = ""


class Monitoring(msgspec.Struct, frozen=True, rename="pascal"):
    """How often an instance sends metrics."""

    state: str
    """`enabled` means detailed: metrics every minute instead of every five."""


class EnclaveOptions(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether an instance may run Nitro Enclaves, for which its launch has to ask.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnclaveOptionsRequest.html
    """

    enabled: bool = False


class AttachedInterface(msgspec.Struct, frozen=True, rename="pascal"):
    """A network interface as its instance shows it."""

    network_interface_id: str = ""
    interface_type: str = "interface"
    """`interface`, `efa`, `efa-only`, `trunk` or `evs`."""
    groups: tuple[InterfaceGroup, ...] = ()
    private_ip_addresses: tuple[PrivateAddress, ...] = ()
    ipv6_addresses: tuple[Ipv6Address, ...] = ()


_TIME = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)")


class Instance(
    Resource,
    id="instance_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:instance/{instance_id}",
    type="AwsEc2Instance",
    group="compute",
    noun="Instance",
    gone=["InvalidInstanceID.NotFound"],
):
    """A virtual machine. AWS lists terminated ones for a while.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
    """

    source = listing(
        "ec2",
        "DescribeInstances",
        "Reservations[].Instances[]",
        states=States("state_name", over=["shutting-down", "terminated"], not_yet=["pending"]),
        IncludeManagedResources=optional(True),
    )
    instance_id: str
    image_id: str
    state: InstanceState
    launch_time: datetime.datetime
    public_ip_address: str | None = None
    public_dns_name: str = ""
    metadata_options: MetadataOptions
    iam_instance_profile: InstanceProfile | None = None
    vpc_id: str = ""
    subnet_id: str = ""
    security_groups: tuple[InterfaceGroup, ...]
    """Of the first interface only: `group_ids` has those of all."""
    network_interfaces: tuple[AttachedInterface, ...] = ()
    virtualization_type: str
    monitoring: Monitoring
    enclave_options: EnclaveOptions = EnclaveOptions()
    state_transition_reason: str = ""
    tags: tuple[Tag, ...] = ()

    @property
    def state_name(self) -> str:
        """`running`, `stopped`, ..."""
        return self.state.name

    @property
    def is_running(self) -> bool:
        """Neither starting nor stopped."""
        return self.state.name == "running"

    @property
    def stopped_at(self) -> datetime.datetime | None:
        """Unknown of one that shut itself down or was stopped by AWS: only stopping by the API leaves the time."""
        found = _TIME.search(self.state_transition_reason)
        return datetime.datetime.fromisoformat(f"{found[1]}+00:00") if found else None

    @property
    def group_ids(self) -> tuple[str, ...]:
        """The security groups of all its network interfaces."""
        of_interfaces = (group for interface in self.network_interfaces for group in interface.groups)
        return tuple(dict.fromkeys(group.group_id for group in (*self.security_groups, *of_interfaces)))

    @property
    def public_addresses(self) -> tuple[str, ...]:
        """By which the internet can address it, on any interface."""
        first = [self.public_ip_address] if self.public_ip_address else []
        of_interfaces = (public_addresses(x.private_ip_addresses, x.ipv6_addresses) for x in self.network_interfaces)
        return tuple(dict.fromkeys(chain(first, *of_interfaces)))


def has_image(instance: Instance) -> bool:
    """Where AWS tells no image there is none to ask about."""
    return bool(instance.image_id)


def by_image_id(ids: list[str]) -> dict[str, Any]:
    """A filter: asked by `ImageIds`, AWS refuses to answer at all when one of the images is gone."""
    return {"Filters": [{"Name": "image-id", "Values": ids}]}


class InstanceImage(Facet[Instance]):
    """What an instance was launched from; an image that is gone, or not shared any more, is absent."""

    source = batch(
        "ec2",
        "DescribeImages",
        "Images",
        ids=by_image_id,
        owner_key="image_id",
        reply_key="ImageId",
        size=200,
        when=has_image,
        IncludeDeprecated=True,
    )
    image_id: str
    image_owner_alias: str = ""
    deprecation_time: datetime.datetime | None = None
