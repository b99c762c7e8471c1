"""Volumes, snapshots and images."""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec

from aioprowler import (
    Aws,
    Facet,
    Failure,
    Here,
    Region,
    Resource,
    States,
    Tag,
    call,
    constant,
    derive,
    listing,
    optional,
    source,
)


class Volume(
    Resource,
    id="volume_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:volume/{volume_id}",
    type="AwsEc2Volume",
    group="compute",
    noun="EBS volume",
    owner="owner_id",
):
    """A disk of instances. What is on one in the state `error` is lost.

    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-describing-volumes.html
    """

    source = listing(
        "ec2",
        "DescribeVolumes",
        "Volumes",
        states=States("state", over=["deleting", "deleted", "error"], not_yet=["creating"]),
        IncludeManagedResources=optional(True),
    )
    volume_id: str
    owner_id: str = ""
    state: str = ""
    availability_zone: str = ""
    encrypted: bool
    tags: tuple[Tag, ...] = ()


def most_snapshots(
    *,
    max_ebs_snapshots: Annotated[
        int, "Judge only so many EBS snapshots of each region, the newest ones; all where it is 0 or -1."
    ] = 0,
) -> int | None:
    """How many of a region are looked at; None for all."""
    return max_ebs_snapshots if max_ebs_snapshots > 0 else None


class Snapshot(
    Resource,
    id="snapshot_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:snapshot/{snapshot_id}",
    type="AwsEc2Volume",
    group="compute",
    noun="EBS snapshot",
    gone=["InvalidSnapshot.NotFound"],
    owner="owner_id",
):
    """A snapshot that the account owns. One in the state `error` is of nothing."""

    source = listing(
        "ec2",
        "DescribeSnapshots",
        "Snapshots",
        OwnerIds=["self"],
        limit=most_snapshots,
        newest="start_time",
        states=States("state", over=["error"]),
    )
    snapshot_id: str
    owner_id: str = ""
    state: str = ""
    start_time: datetime.datetime | None = None
    volume_id: str
    encrypted: bool
    tags: tuple[Tag, ...] = ()


class SnapshottedVolumes(msgspec.Struct, frozen=True):
    """The volumes of a region of which there is a snapshot."""

    ids: frozenset[str]


@derive
def snapshotted_volumes(snapshots: Here[Snapshot]) -> SnapshottedVolumes:
    """Ids of the volumes of which there is a snapshot."""
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
    """Ids of the snapshots that AWS lists as everybody's to restore."""
    return OfferedSnapshots(frozenset(snapshot.snapshot_id for snapshot in snapshots))


def is_offered(snapshot: Snapshot, offered: OfferedSnapshots) -> bool:
    """Of these alone it must be asked who may restore them."""
    return snapshot.snapshot_id in offered.ids


class VolumePermission(msgspec.Struct, frozen=True, rename="pascal"):
    """Who may make volumes of a snapshot; the group `all` is everybody."""

    group: str | None = None
    """None where it is a single account's."""


class SnapshotSharing(Facet[Snapshot]):
    """Confirms what the listing says, as not everything that speaks EC2's API heeds `RestorableByUserIds`."""

    source = call(
        "ec2",
        "DescribeSnapshotAttribute",
        Attribute=constant("createVolumePermission"),
        SnapshotId="snapshot_id",
        when=is_offered,
    )
    create_volume_permissions: tuple[VolumePermission, ...]

    @property
    def with_everybody(self) -> bool:
        """Whether every AWS account may make volumes of it."""
        return any(permission.group == "all" for permission in self.create_volume_permissions)


class Image(
    Resource,
    id="image_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:image/{image_id}",
    type="Other",
    group="compute",
    noun="Image",
    owner="owner_id",
):
    """An image that the account owns, deprecated or not."""

    source = listing(
        "ec2",
        "DescribeImages",
        "Images",
        Owners=["self"],
        IncludeDeprecated=True,
        states=States("state", over=["deregistered", "error", "failed", "invalid"], not_yet=["pending", "transient"]),
    )
    image_id: str
    owner_id: str = ""
    state: str = ""
    name: str = ""
    public: bool
    tags: tuple[Tag, ...] = ()


@source("ec2:DescribeSnapshots")
async def find_snapshots(aws: Aws) -> OwnSnapshots | Failure:
    """A page may be empty though others follow."""
    async for page in aws.pages("ec2", "DescribeSnapshots", "Snapshots", OwnerIds=["self"], MaxResults=5):
        if isinstance(page, Failure):
            return page
        if page:
            return OwnSnapshots(are_there=True)
    return OwnSnapshots(are_there=False)


class OwnSnapshots(Facet[Region]):
    """Whether the account has snapshots in a region, asked in one small page where there are any."""

    source = find_snapshots
    are_there: bool
