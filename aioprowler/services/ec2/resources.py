"""Instances, disks, images, firewalls and what is set for a whole region."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

import msgspec

from aioprowler import Facet, Here, Region, Resource, Tag, batch, call, constant, derive, field, listing
from aioprowler.services.ec2.ports import Entry, Rule


# ------------------------------------------------------------------- instances
class InstanceState(msgspec.Struct, frozen=True, rename="pascal"):
    name: str = ""


class MetadataOptions(msgspec.Struct, frozen=True, rename="pascal"):
    http_tokens: str = ""
    """`required` demands the session tokens of version 2 (IMDSv2)."""
    http_endpoint: str = ""
    """`enabled` or `disabled`."""

    @property
    def requires_v2(self) -> bool:
        return self.http_endpoint == "enabled" and self.http_tokens == "required"


class InstanceProfile(msgspec.Struct, frozen=True, rename="pascal"):
    arn: str = ""


class Instance(
    Resource,
    id="instance_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:instance/{instance_id}",
    type="AwsEc2Instance",
    group="compute",
):
    source = listing("ec2", "DescribeInstances", "Reservations[].Instances[]")
    instance_id: str
    image_id: str = ""
    state: InstanceState = InstanceState()
    launch_time: datetime.datetime | None = None
    public_ip_address: str | None = None
    public_dns_name: str = ""
    metadata_options: MetadataOptions = MetadataOptions()
    iam_instance_profile: InstanceProfile | None = None
    tags: tuple[Tag, ...] = ()

    @property
    def is_terminated(self) -> bool:
        return self.state.name == "terminated"

    @property
    def is_running(self) -> bool:
        return self.state.name == "running"


def has_image(instance: Instance) -> bool:
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


# ----------------------------------------------------- volumes and snapshots
class Volume(
    Resource,
    id="volume_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:volume/{volume_id}",
    type="AwsEc2Volume",
    group="compute",
):
    source = listing("ec2", "DescribeVolumes", "Volumes")
    volume_id: str
    encrypted: bool = False
    tags: tuple[Tag, ...] = ()


class Snapshot(
    Resource,
    id="snapshot_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:snapshot/{snapshot_id}",
    type="AwsEc2Volume",
    group="compute",
):
    """A snapshot that the account owns."""

    source = listing("ec2", "DescribeSnapshots", "Snapshots", OwnerIds=["self"])
    snapshot_id: str
    volume_id: str = ""
    encrypted: bool = False
    tags: tuple[Tag, ...] = ()


class SnapshottedVolumes(msgspec.Struct, frozen=True):
    """The volumes of a region of which there is a snapshot."""

    ids: frozenset[str]


@derive
def snapshotted_volumes(snapshots: Here[Snapshot]) -> SnapshottedVolumes:
    return SnapshottedVolumes(frozenset(snapshot.volume_id for snapshot in snapshots))


class OfferedSnapshot(
    Resource, id="snapshot_id", arn="arn:{partition}:ec2:{region}:{account_id}:snapshot/{snapshot_id}"
):
    """A snapshot of the account that everybody may restore: one listing instead of a call for each snapshot."""

    source = listing("ec2", "DescribeSnapshots", "Snapshots", OwnerIds=["self"], RestorableByUserIds=["all"])
    snapshot_id: str


class OfferedSnapshots(msgspec.Struct, frozen=True):
    """The ids of those of a region."""

    ids: frozenset[str]


@derive
def offered_snapshots(snapshots: Here[OfferedSnapshot]) -> OfferedSnapshots:
    return OfferedSnapshots(frozenset(snapshot.snapshot_id for snapshot in snapshots))


def is_offered(snapshot: Snapshot, offered: OfferedSnapshots) -> bool:
    return snapshot.snapshot_id in offered.ids


class VolumePermission(msgspec.Struct, frozen=True, rename="pascal"):
    group: str = ""


class SnapshotSharing(Facet[Snapshot]):
    """Confirms what the listing says, as not everything that speaks EC2's API heeds `RestorableByUserIds`."""

    source = call(
        "ec2",
        "DescribeSnapshotAttribute",
        Attribute=constant("createVolumePermission"),
        SnapshotId="snapshot_id",
        absent=["InvalidSnapshot.NotFound"],
        when=is_offered,
    )
    create_volume_permissions: tuple[VolumePermission, ...] = ()

    @property
    def with_everybody(self) -> bool:
        return any(permission.group == "all" for permission in self.create_volume_permissions)


class Image(
    Resource,
    id="image_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:image/{image_id}",
    type="Other",
    group="compute",
):
    """An image that the account owns, deprecated or not."""

    source = listing("ec2", "DescribeImages", "Images", Owners=["self"], IncludeDeprecated=True)
    image_id: str
    name: str = ""
    public: bool = False
    tags: tuple[Tag, ...] = ()


# ------------------------------------------------------------------- firewalls
class SecurityGroup(
    Resource,
    id="group_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:security-group/{group_id}",
    type="AwsEc2SecurityGroup",
    group="network",
):
    source = listing("ec2", "DescribeSecurityGroups", "SecurityGroups")
    group_id: str
    name: str = field(name="GroupName", default="")
    vpc_id: str = ""
    ingress: tuple[Rule, ...] = field(name="IpPermissions", default=())
    egress: tuple[Rule, ...] = field(name="IpPermissionsEgress", default=())
    tags: tuple[Tag, ...] = ()

    @property
    def label(self) -> str:
        return f"Security group {self.name} ({self.group_id})"

    @property
    def is_default(self) -> bool:
        """Every VPC has one, which cannot be deleted."""
        return self.name == "default"


class SecurityGroups(msgspec.Struct, frozen=True):
    """The security groups of a region as a whole."""

    referenced: frozenset[str]
    """Named as the source in a rule of some group."""
    any_but_default: bool


@derive
def security_groups(groups: Here[SecurityGroup]) -> SecurityGroups:
    return SecurityGroups(
        referenced=frozenset(pair.group_id for g in groups for rule in g.ingress for pair in rule.user_id_group_pairs),
        any_but_default=any(not group.is_default for group in groups),
    )


class VpcConfig(msgspec.Struct, frozen=True, rename="pascal"):
    security_group_ids: tuple[str, ...] = ()


class FunctionInVpc(Resource, id="name"):
    """A Lambda function, which has network interfaces only while it is in use."""

    source = listing("lambda", "ListFunctions", "Functions")
    name: str = field(name="FunctionName")
    arn: str = field(name="FunctionArn")
    vpc_config: VpcConfig = VpcConfig()


class ComputeResources(msgspec.Struct, frozen=True, rename="camel"):
    security_group_ids: tuple[str, ...] = ()


class ComputeEnvironment(Resource, id="name", rename="camel"):
    """An environment of AWS Batch, which scaled down to nothing has no network interface."""

    source = listing("batch", "DescribeComputeEnvironments", "computeEnvironments")
    name: str = field(name="computeEnvironmentName")
    arn: str = field(name="computeEnvironmentArn")
    compute_resources: ComputeResources = ComputeResources()


class ConfiguredGroups(msgspec.Struct, frozen=True):
    """The security groups that functions and compute environments of a region will use when they run."""

    ids: frozenset[str] = frozenset()


@derive
def configured_groups(functions: Here[FunctionInVpc], environments: Here[ComputeEnvironment]) -> ConfiguredGroups:
    of_functions = {id_ for function in functions for id_ in function.vpc_config.security_group_ids}
    of_environments = {id_ for each in environments for id_ in each.compute_resources.security_group_ids}
    return ConfiguredGroups(frozenset(of_functions | of_environments))


class NetworkAcl(
    Resource,
    id="network_acl_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:network-acl/{network_acl_id}",
    type="AwsEc2NetworkAcl",
    group="network",
):
    source = listing("ec2", "DescribeNetworkAcls", "NetworkAcls")
    network_acl_id: str
    entries: tuple[Entry, ...] = ()
    tags: tuple[Tag, ...] = ()


# ------------------------------------- addresses, templates, transit gateways
class ElasticIp(
    Resource,
    id="public_ip",
    arn="arn:{partition}:ec2:{region}:{account_id}:eip-allocation/{allocation_id}",
    type="AwsEc2Eip",
    group="network",
):
    source = listing("ec2", "DescribeAddresses", "Addresses")
    public_ip: str = ""
    """Nothing for carrier addresses of Wavelength zones."""
    allocation_id: str = ""
    association_id: str | None = None
    tags: tuple[Tag, ...] = ()


class LaunchTemplate(
    Resource,
    id="launch_template_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:launch-template/{launch_template_id}",
    type="AwsEc2LaunchTemplate",
    group="compute",
):
    source = listing("ec2", "DescribeLaunchTemplates", "LaunchTemplates", page_size=200)
    launch_template_id: str
    name: str = field(name="LaunchTemplateName", default="")
    tags: tuple[Tag, ...] = ()


class LaunchTemplateData(msgspec.Struct, frozen=True, rename="pascal"):
    metadata_options: MetadataOptions = MetadataOptions()


class LaunchTemplateVersion(
    Resource,
    id="version_number",
    arn="arn:{partition}:ec2:{region}:{account_id}:launch-template/{launch_template_id}",
    type="AwsEc2LaunchTemplate",
    group="compute",
):
    source = listing(
        "ec2",
        "DescribeLaunchTemplateVersions",
        "LaunchTemplateVersions",
        of=LaunchTemplate,
        LaunchTemplateId="launch_template_id",
        absent=["InvalidLaunchTemplateId.NotFound"],
        page_size=200,
    )
    launch_template_id: str
    version_number: int
    data: LaunchTemplateData = field(name="LaunchTemplateData", default=LaunchTemplateData())


class TemplateVersions(msgspec.Struct, frozen=True):
    """The versions of a region's launch templates."""

    by_template: dict[str, list[LaunchTemplateVersion]]

    def of(self, template: LaunchTemplate) -> list[LaunchTemplateVersion]:
        return self.by_template.get(template.launch_template_id, [])


@derive
def template_versions(versions: Here[LaunchTemplateVersion]) -> TemplateVersions:
    by_template: dict[str, list[LaunchTemplateVersion]] = defaultdict(list)
    for version in versions:
        by_template[version.launch_template_id].append(version)
    return TemplateVersions(dict(by_template))


class TransitGatewayOptions(msgspec.Struct, frozen=True, rename="pascal"):
    auto_accept_shared_attachments: str = ""
    """`enable` or `disable`."""


class TransitGateway(Resource, id="transit_gateway_id", type="AwsEc2TransitGateway", group="network"):
    source = listing("ec2", "DescribeTransitGateways", "TransitGateways")
    transit_gateway_id: str
    arn: str = field(name="TransitGatewayArn")
    options: TransitGatewayOptions = TransitGatewayOptions()
    tags: tuple[Tag, ...] = ()


# ---------------------------------------------------------- a region's settings
class EbsDefaultEncryption(Facet[Region]):
    source = call("ec2", "GetEbsEncryptionByDefault")
    enabled: bool = field(name="EbsEncryptionByDefault", default=False)


class SnapshotPublicAccess(Facet[Region]):
    """Whether snapshots may be shared with everybody."""

    source = call("ec2", "GetSnapshotBlockPublicAccessState")
    state: str = "unblocked"
    """`block-all-sharing`, `block-new-sharing` or `unblocked`."""


class InstanceMetadataDefaults(Facet[Region]):
    """How the metadata service of new instances is set unless their launch says otherwise."""

    source = call("ec2", "GetInstanceMetadataDefaults", "AccountLevel")
    http_tokens: str | None = None
