"""Instances and what they were launched from."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from aioprowler import Facet, Failure, Resource, States, Tag, batch, derive, listing, optional
from aioprowler.judging.addresses import is_public
from aioprowler.services.vpc.resources import (
    AddressAssociation,
    Exit,
    InterfaceGroup,
    Ipv6Address,
    PrivateAddress,
    Routing,
    public_addresses,
)


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


class Attachment(msgspec.Struct, frozen=True, rename="pascal"):
    """That of a network interface to its instance."""

    attachment_id: str = ""
    device_index: int = 0
    """0 is the first one's, which stays."""


class AttachedInterface(msgspec.Struct, frozen=True, rename="pascal"):
    """A network interface as its instance shows it."""

    network_interface_id: str = ""
    interface_type: str = "interface"
    """`interface`, `efa`, `efa-only`, `trunk` or `evs`."""
    attachment: Attachment = Attachment()
    subnet_id: str = ""
    vpc_id: str = ""
    groups: tuple[InterfaceGroup, ...] = ()
    association: AddressAssociation = AddressAssociation()
    """Of its first private address."""
    private_ip_addresses: tuple[PrivateAddress, ...] = ()
    ipv6_addresses: tuple[Ipv6Address, ...] = ()

    @property
    def public_addresses(self) -> list[str]:
        """IPv4 and IPv6, as texts."""
        associations = (self.association, *(each.association for each in self.private_ip_addresses))
        return public_addresses(associations, self.ipv6_addresses)


class PlacedAddress(msgspec.Struct, frozen=True):
    """An address, and where its interface is."""

    address: str
    subnet_id: str
    vpc_id: str

    @property
    def is_ipv4(self) -> bool:
        """Else IPv6."""
        return ":" not in self.address


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
    ipv6_address: str | None = None
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
        return tuple(dict.fromkeys(each.address for each in self.placed_addresses))

    @property
    def placed_addresses(self) -> Iterator[PlacedAddress]:
        """The same, each with the place of its interface; those of the first interface are told twice."""
        for address in filter(None, (self.public_ip_address, self.ipv6_address)):
            if ":" not in address or is_public(address):
                yield PlacedAddress(address, self.subnet_id, self.vpc_id)
        for each in self.network_interfaces:
            for address in each.public_addresses:
                yield PlacedAddress(address, each.subnet_id or self.subnet_id, each.vpc_id or self.vpc_id)


class PublicAddresses(msgspec.Struct, frozen=True):
    """By which the internet addresses an instance. An IPv4 address that AWS maps to a private one is public wherever
    its interface is; whether an IPv6 address is, its subnet's routes tell.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html
    """

    all: tuple[PlacedAddress, ...] = ()
    routed: PlacedAddress | None = None
    """The first in a subnet that is routed to the internet."""
    unknown: str = ""
    """Why there may be another: `the routes of subnet-1 are not known`."""

    def __str__(self) -> str:
        return ", ".join(dict.fromkeys(each.address for each in self.all))


@derive
def addresses_of(instance: Instance, routing: Routing | Failure) -> PublicAddresses:
    """Of all its interfaces."""
    public: list[PlacedAddress] = []
    routed: list[PlacedAddress] = []
    unknown: list[str] = []
    for each in instance.placed_addresses:
        leads = Exit(unknown=routing.explain()) if isinstance(routing, Failure) else routing.of(each)
        if each.is_ipv4 or leads.ipv6:
            public.append(each)
        if leads.ipv4 if each.is_ipv4 else leads.ipv6:
            routed.append(each)
        elif leads.unknown:
            unknown.append(leads.unknown)
    return PublicAddresses(tuple(public), next(iter(routed), None), next(iter(unknown), ""))


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
