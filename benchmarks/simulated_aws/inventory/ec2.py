"""Instances, disks, images, launch templates, and what is set for a region."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Final

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.world import Json, Params, World, chosen, tags
from benchmarks.simulated_aws.rendering import ACCOUNT, SALT

_MEMBERS: Final = {
    "instance-state-name": "State.Name",
    "attachment.instance-id": "Attachment.InstanceId",
    "attachment.instance-owner-id": "Attachment.InstanceOwnerId",
    "group-id": "GroupId",
    "owner-id": "OwnerId",
    "isDefault": "IsDefault",
    "is-default": "IsDefault",
}
"""Filter -> the member of a resource that it is about; other filters are called as their member is."""


def filtered(items: list[Json], params: Params) -> list[Json]:
    """Those that all filters match. A filter of something that is not here matches everything."""
    for each in params.get("Filters") or params.get("Filter") or []:
        wanted = [str(value).lower() for value in each.get("Values", [])]
        path = _MEMBERS.get(each["Name"]) or "".join(word.capitalize() for word in each["Name"].split("-"))
        items = [item for item in items if str(_member(item, path, wanted)).lower() in wanted]
    return items


def _member(item: Json, path: str, wanted: list[str]) -> Any:
    found: Any = item
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return wanted[0] if found is None and wanted else found


def by_id(items: list[Json], params: Params, plural: str, key: str, error: str = "") -> list[Json]:
    """Those of the ids that are asked for. Raises AwsError for one that is not there, where EC2 does."""
    ids = params.get(plural)
    found = chosen(items, ids, key)
    if error and ids and len(found) < len(set(ids)):
        missing = next(iter(set(ids) - {item[key] for item in found}))
        raise AwsError(error, f"The ID '{missing}' does not exist", 400)
    return found


def listing(member: str, items: Callable[[World], list[Json]], plural: str, key: str, error: str = "") -> Any:
    """An operation that tells resources, by id and by filters."""

    def answer(world: World, params: Params) -> Json:
        return {member: filtered(by_id(items(world), params, plural, key, error), params)}

    return answer


# --- Instances ---
def network_interface(world: World, number: int) -> Json:
    """As an instance shows its own."""
    public = {"PublicIp": f"203.0.113.{number % 254 + 1}", "PublicDnsName": "", "IpOwnerId": "amazon"}
    association = public if world.bad("public ip", number) else None
    address: Json = {"Primary": True, "PrivateIpAddress": f"10.0.{number // 250 % 250}.{number % 250 + 4}"}
    return {
        "NetworkInterfaceId": world.id("eni", number),
        "InterfaceType": "interface",
        "Status": "in-use",
        "VpcId": vpc_of(world, number),
        "SubnetId": subnet_of(world, number),
        "OwnerId": ACCOUNT,
        "PrivateIpAddress": address["PrivateIpAddress"],
        "PrivateIpAddresses": [address | ({"Association": association} if association else {})],
        "Ipv6Addresses": [],
        "Groups": [group_of(world, number)],
    } | ({"Association": association} if association else {})


def vpc_of(world: World, number: int) -> str:
    return world.id("vpc", number % max(1, world.size("ec2:vpc")))


def subnet_of(world: World, number: int) -> str:
    return world.id("subnet", 3 * (number % max(1, world.size("ec2:vpc"))) + number % 3)


def group_of(world: World, number: int) -> Json:
    chosen_one = number % max(1, world.size("ec2:security_group"))
    return {"GroupId": world.id("sg", chosen_one), "GroupName": f"group-{chosen_one}"}


def _instance(world: World, number: int) -> Json:
    stopped = number % 7 == 3
    reason = "User initiated (2025-01-02 03:04:05 GMT)" if stopped else ""
    interface = network_interface(world, number)
    addressed = interface.get("Association")
    instance: Json = {
        "InstanceId": world.id("i", number),
        "ImageId": world.id("ami", number % 4),
        "InstanceType": "t3.medium",
        "State": {"Code": 80, "Name": "stopped"} if stopped else {"Code": 16, "Name": "running"},
        "StateTransitionReason": reason,
        "LaunchTime": world.ago(400 if world.bad("old instance", number) else 20),
        "Placement": {"AvailabilityZone": world.zone(number), "Tenancy": "default"},
        "PrivateDnsName": f"ip-10-0-0-{number % 250}.ec2.internal",
        "PrivateIpAddress": interface["PrivateIpAddress"],
        "PublicDnsName": f"ec2-203-0-113-{number % 254 + 1}.compute.amazonaws.com" if addressed else "",
        "VpcId": interface["VpcId"],
        "SubnetId": interface["SubnetId"],
        "SecurityGroups": interface["Groups"],
        "NetworkInterfaces": [interface],
        "MetadataOptions": {
            "State": "applied",
            "HttpTokens": "optional" if world.bad("imds", number) else "required",
            "HttpEndpoint": "enabled",
            "HttpPutResponseHopLimit": 2,
        },
        "Monitoring": {"State": "disabled" if world.bad("monitoring", number) else "enabled"},
        "EnclaveOptions": {"Enabled": False},
        "VirtualizationType": "paravirtual" if world.bad("paravirtual", number) else "hvm",
        "Architecture": "x86_64",
        "RootDeviceType": "ebs",
        "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": world.id("vol", number)}}],
        "Tags": tags(Name=f"instance-{number}", team=f"team-{number % 7}"),
    }
    if addressed:
        instance["PublicIpAddress"] = addressed["PublicIp"]
    if not world.bad("profile", number):
        profile = f"arn:aws:iam::{ACCOUNT}:instance-profile/role-{number % 10}"
        instance["IamInstanceProfile"] = {"Arn": profile, "Id": "AIPASIMULATED"}
    return instance


def _instances(world: World) -> list[Json]:
    return [_instance(world, number) for number in world.each("ec2:instance")]


def _describe_instances(world: World, params: Params) -> Json:
    found = by_id(_instances(world), params, "InstanceIds", "InstanceId", "InvalidInstanceID.NotFound")
    return {
        "Reservations": [
            {
                "ReservationId": instance["InstanceId"].replace("i-", "r-", 1),
                "OwnerId": ACCOUNT,
                "Instances": [instance],
            }
            for instance in filtered(found, params)
        ]
    }


def _describe_instance_attribute(world: World, params: Params) -> Json:
    number = _number(params.get("InstanceId"), "i")
    if number not in world.each("ec2:instance"):
        raise AwsError("InvalidInstanceID.NotFound", f"The instance ID '{params.get('InstanceId')}' does not exist")
    reply: Json = {"InstanceId": params["InstanceId"]}
    if params.get("Attribute") != "userData":
        return reply
    script = "#!/bin/sh\nyum update -y\n"
    if world.bad("user data", number):
        script += "export DB_PASSWORD='hunter2-Sup3rSecret'\n"
    return reply | {"UserData": {"Value": base64.b64encode(script.encode()).decode()}}


def _number(identity: object, prefix: str) -> int:
    """Of an id that this inventory made; -1: it is none."""
    start = f"{prefix}-0{SALT}"
    text = str(identity)
    return int(text[len(start) :], 16) if text.startswith(start) and len(text) == len(start) + 8 else -1


# --- Disks and images ---
def _volumes(world: World) -> list[Json]:
    attached = world.size("ec2:instance")
    return [
        {
            "VolumeId": world.id("vol", number),
            "AvailabilityZone": world.zone(number),
            "CreateTime": world.ago(100),
            "Encrypted": not world.bad("volume", number),
            "Size": 30,
            "SnapshotId": "",
            "State": "in-use" if number < attached else "available",
            "VolumeType": "gp3",
            "Attachments": [{"InstanceId": world.id("i", number), "VolumeId": world.id("vol", number)}]
            if number < attached
            else [],
            "Tags": tags(Name=f"volume-{number}", backup="daily" if number % 2 else "none"),
        }
        for number in world.each("ec2:volume")
    ]


def _snapshots(world: World) -> list[Json]:
    return [
        {
            "SnapshotId": world.id("snap", number),
            "VolumeId": world.id("vol", number),
            "Encrypted": not world.bad("snapshot", number),
            "OwnerId": ACCOUNT,
            "StartTime": world.ago(10),
            "State": "completed",
            "Progress": "100%",
            "VolumeSize": 30,
            "Description": "",
            "Tags": tags(Name=f"snapshot-{number}"),
        }
        for number in world.each("ec2:snapshot")
    ]


def _is_public(world: World, number: int) -> bool:
    return number % 6 == 0 and world.bad("public snapshot", number)


def _describe_snapshots(world: World, params: Params) -> Json:
    snapshots = _snapshots(world)
    if "all" in (params.get("RestorableByUserIds") or []):
        snapshots = [each for number, each in enumerate(snapshots) if _is_public(world, number)]
    found = by_id(snapshots, params, "SnapshotIds", "SnapshotId", "InvalidSnapshot.NotFound")
    return {"Snapshots": filtered(found, params)}


def _describe_snapshot_attribute(world: World, params: Params) -> Json:
    number = _number(params.get("SnapshotId"), "snap")
    if number not in world.each("ec2:snapshot"):
        raise AwsError("InvalidSnapshot.NotFound", f"The snapshot '{params.get('SnapshotId')}' does not exist.")
    permissions = [{"Group": "all"}] if _is_public(world, number) else []
    return {"SnapshotId": params["SnapshotId"], "CreateVolumePermissions": permissions}


def _image(world: World, number: int, owner: str, *, public: bool, deprecated: bool) -> Json:
    image: Json = {
        "ImageId": world.id("ami", number),
        "Name": f"image-{number}",
        "OwnerId": owner,
        "Public": public,
        "State": "available",
        "CreationDate": "2024-01-02T03:04:05.000Z",
        "Architecture": "x86_64",
        "ImageType": "machine",
        "Tags": tags(Name=f"image-{number}"),
    }
    if owner != ACCOUNT:
        image["ImageOwnerAlias"] = "amazon"
    if deprecated:
        image["DeprecationTime"] = "2025-06-01T00:00:00.000Z"
    return image


def _describe_images(world: World, params: Params) -> Json:
    """The account's own images, and Amazon's four, which instances were launched from."""
    own = [
        _image(world, 100 + number, ACCOUNT, public=number % 2 == 0 and world.bad("image", number), deprecated=False)
        for number in world.each("ec2:image")
    ]
    amazon = [_image(world, number, "137112412989", public=True, deprecated=number == 1) for number in range(4)]
    images = own if params.get("Owners") == ["self"] else own + amazon
    return {"Images": filtered(by_id(images, params, "ImageIds", "ImageId", "InvalidAMIID.NotFound"), params)}


# --- Launch templates ---
def _launch_templates(world: World) -> list[Json]:
    return [
        {
            "LaunchTemplateId": world.id("lt", number),
            "LaunchTemplateName": f"template-{number}",
            "CreateTime": world.ago(100),
            "CreatedBy": f"arn:aws:iam::{ACCOUNT}:root",
            "DefaultVersionNumber": 1,
            "LatestVersionNumber": 2,
            "Tags": tags(Name=f"template-{number}"),
        }
        for number in world.each("ec2:launch_template")
    ]


def _describe_launch_template_versions(world: World, params: Params) -> Json:
    number = _number(params.get("LaunchTemplateId"), "lt")
    if number not in world.each("ec2:launch_template"):
        raise AwsError("InvalidLaunchTemplateId.NotFound", "The specified launch template does not exist.")
    bad = world.bad("template", number)
    data: Json = {
        "ImageId": world.id("ami", 0),
        "InstanceType": "t3.medium",
        "UserData": base64.b64encode(b"#!/bin/sh\nyum update -y\n").decode(),
        "MetadataOptions": {"HttpTokens": "optional" if bad else "required", "HttpEndpoint": "enabled"},
        "NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": bad, "Groups": [world.id("sg", number)]}],
    }
    version = {"LaunchTemplateId": params["LaunchTemplateId"], "LaunchTemplateName": f"template-{number}"}
    versions = [version | {"VersionNumber": each, "DefaultVersion": each == 1} for each in (1, 2)]
    return {"LaunchTemplateVersions": [each | {"LaunchTemplateData": data} for each in versions]}


# --- The region's settings ---
def _describe_regions(world: World, _: Params) -> Json:
    regions = [
        {"RegionName": region, "Endpoint": f"ec2.{region}.amazonaws.com", "OptInStatus": "opt-in-not-required"}
        for region in world.config.regions
    ]
    return {"Regions": regions}


def _describe_availability_zones(world: World, _: Params) -> Json:
    zones = [
        {"ZoneName": world.zone(number), "ZoneId": f"sim-az{number}", "RegionName": world.region, "State": "available"}
        for number in range(3)
    ]
    return {"AvailabilityZones": zones}


def _get_ebs_encryption(world: World, _: Params) -> Json:
    return {"EbsEncryptionByDefault": not world.bad("ebs default", 0)}


def _get_snapshot_block(world: World, _: Params) -> Json:
    return {"State": "unblocked" if world.bad("snapshot block", 0) else "block-all-sharing"}


def _get_image_block(world: World, _: Params) -> Json:
    return {"ImageBlockPublicAccessState": "unblocked" if world.bad("image block", 0) else "block-new-sharing"}


def _get_metadata_defaults(world: World, _: Params) -> Json:
    return {"AccountLevel": {} if world.bad("metadata defaults", 0) else {"HttpTokens": "required"}}


OPERATIONS: Final = {
    "DescribeAvailabilityZones": _describe_availability_zones,
    "DescribeImages": _describe_images,
    "DescribeInstanceAttribute": _describe_instance_attribute,
    "DescribeInstances": _describe_instances,
    "DescribeLaunchTemplateVersions": _describe_launch_template_versions,
    "DescribeLaunchTemplates": listing(
        "LaunchTemplates",
        _launch_templates,
        "LaunchTemplateIds",
        "LaunchTemplateId",
        "InvalidLaunchTemplateId.NotFound",
    ),
    "DescribeRegions": _describe_regions,
    "DescribeSnapshotAttribute": _describe_snapshot_attribute,
    "DescribeSnapshots": _describe_snapshots,
    "DescribeVolumes": listing("Volumes", _volumes, "VolumeIds", "VolumeId", "InvalidVolume.NotFound"),
    "GetEbsEncryptionByDefault": _get_ebs_encryption,
    "GetImageBlockPublicAccessState": _get_image_block,
    "GetInstanceMetadataDefaults": _get_metadata_defaults,
    "GetSnapshotBlockPublicAccessState": _get_snapshot_block,
}
