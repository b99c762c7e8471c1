"""Launch templates and their versions."""

from __future__ import annotations

import msgspec

from aioprowler import (
    Facet,
    Here,
    Resource,
    Tag,
    call,
    derive,
    field,
    listing,
    optional,
)
from aioprowler.judging.secrets import FoundSecrets, decode_user_data, secrets_in
from aioprowler.services.ec2.resources.instance import MetadataOptions
from aioprowler.services.vpc.resources import NetworkInterface


class LaunchTemplate(
    Resource,
    id="launch_template_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:launch-template/{launch_template_id}",
    type="AwsEc2LaunchTemplate",
    group="compute",
    noun="Launch template",
    gone=["InvalidLaunchTemplateId.NotFound"],
):
    """What instances are launched with, in numbered versions that stay as they are."""

    source = listing("ec2", "DescribeLaunchTemplates", "LaunchTemplates", IncludeManagedResources=optional(True))
    launch_template_id: str
    name: str = field(name="LaunchTemplateName", default="")
    tags: tuple[Tag, ...] = ()


class InterfaceSpecification(msgspec.Struct, frozen=True, rename="pascal"):
    """An interface to make at the launch, or by its id one that is there."""

    network_interface_id: str = ""
    associate_public_ip_address: bool = False


class LaunchTemplateData(msgspec.Struct, frozen=True, rename="pascal"):
    """What a version says of the instances. What it leaves out is decided when they are launched."""

    metadata_options: MetadataOptions = MetadataOptions()
    network_interfaces: tuple[InterfaceSpecification, ...] = ()
    user_data: str = ""

    @property
    def assigns_public_ip(self) -> bool:
        """Whether one of the interfaces is to have a public address."""
        return any(interface.associate_public_ip_address for interface in self.network_interfaces)

    @property
    def named_interfaces(self) -> frozenset[str]:
        """The ids of the existing interfaces that it uses."""
        return frozenset(filter(None, (interface.network_interface_id for interface in self.network_interfaces)))


class LaunchTemplateVersion(msgspec.Struct, frozen=True, rename="pascal"):
    """One version; any of them can be launched, and not only the default one."""

    version_number: int
    data: LaunchTemplateData = field(name="LaunchTemplateData", default=LaunchTemplateData())


class TemplateVersions(Facet[LaunchTemplate]):
    """All versions of a launch template. A facet and no listing, so that user data, which makes versions large, is held
    for a few templates at a time.
    """

    source = call(
        "ec2",
        "DescribeLaunchTemplateVersions",
        pages=True,
        LaunchTemplateId="launch_template_id",
        MaxResults=200,
        IncludeManagedResources=optional(True),
    )
    versions: tuple[LaunchTemplateVersion, ...] = field(name="LaunchTemplateVersions", default=())


def user_data_of_versions(versions: TemplateVersions) -> dict[str, str | None]:
    """By version."""
    return {f"version {each.version_number}": decode_user_data(each.data.user_data) for each in versions.versions}


class TemplateSecrets(FoundSecrets, Facet[LaunchTemplate]):
    """What the user data of a launch template's versions gives away."""

    source = secrets_in(user_data_of_versions)


class PublicInterfaces(msgspec.Struct, frozen=True):
    """The ids of the network interfaces of a region that have public addresses."""

    ids: frozenset[str] = frozenset()


@derive
def public_interfaces(interfaces: Here[NetworkInterface]) -> PublicInterfaces:
    """Ids of the region's interfaces that have a public address, which templates can name."""
    return PublicInterfaces(frozenset(each.network_interface_id for each in interfaces if each.public_addresses))
