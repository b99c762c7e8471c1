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
from aioprowler.services.vpc.resources import NetworkInterface, Subnet


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
    default_version: int = field(name="DefaultVersionNumber", default=0)
    """0 where AWS does not tell."""
    tags: tuple[Tag, ...] = ()


class InterfaceSpecification(msgspec.Struct, frozen=True, rename="pascal"):
    """An interface to make at the launch, or by its id one that is there."""

    network_interface_id: str = ""
    subnet_id: str = ""
    associate_public_ip_address: bool | None = None
    """Where it is left out the subnet decides.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html
    """


class LaunchTemplateData(msgspec.Struct, frozen=True, rename="pascal"):
    """What a version says of the instances. What it leaves out is decided when they are launched."""

    metadata_options: MetadataOptions = MetadataOptions()
    network_interfaces: tuple[InterfaceSpecification, ...] = ()
    user_data: str = ""

    @property
    def interfaces(self) -> tuple[InterfaceSpecification, ...]:
        """Each instance has one, also where nothing is said of it."""
        return self.network_interfaces or (InterfaceSpecification(),)


class LaunchTemplateVersion(msgspec.Struct, frozen=True, rename="pascal"):
    """One version; any of them can be launched."""

    version_number: int
    data: LaunchTemplateData = field(name="LaunchTemplateData")


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
    versions: tuple[LaunchTemplateVersion, ...] = field(name="LaunchTemplateVersions")

    def launched(self, template: LaunchTemplate) -> dict[int, LaunchTemplateVersion | None]:
        """The default version and the latest one, which are launched where nobody names another, by their numbers. None
        where nobody knows it.
        """
        by_number = {version.version_number: version for version in self.versions}
        latest = max(by_number, default=0)
        default = template.default_version or (latest if len(by_number) == 1 else 0)
        return {number: by_number.get(number) for number in (default, latest)}


def user_data_of_versions(versions: TemplateVersions) -> dict[str, str | None]:
    """By version."""
    return {f"version {each.version_number}": decode_user_data(each.data.user_data) for each in versions.versions}


class TemplateSecrets(FoundSecrets, Facet[LaunchTemplate]):
    """What the user data of a launch template's versions gives away."""

    source = secrets_in(user_data_of_versions)


class PublicInterfaces(msgspec.Struct, frozen=True):
    """The network interfaces of a region by their ids, and whether they have public addresses."""

    by_id: dict[str, bool] = {}


@derive
def public_interfaces(interfaces: Here[NetworkInterface]) -> PublicInterfaces:
    """Which of the region's interfaces, which templates can name, have a public address."""
    return PublicInterfaces({each.network_interface_id: bool(each.public_addresses) for each in interfaces})


class AddressingSubnets(msgspec.Struct, frozen=True):
    """The subnets of a region by their ids, and whether they give new interfaces public addresses."""

    by_id: dict[str, bool] = {}


@derive
def addressing_subnets(subnets: Here[Subnet]) -> AddressingSubnets:
    """Which of the region's subnets, into which templates launch, give public addresses."""
    return AddressingSubnets({subnet.subnet_id: subnet.map_public_ip_on_launch for subnet in subnets})
