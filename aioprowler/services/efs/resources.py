"""File systems, and the ways to them: mount targets and access points."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import msgspec

from aioprowler import Facet, Here, Resource, States, call, derive, field, listing
from aioprowler.judging.policies import Policy

OVER: Final = ("deleted", "deleting", "error")
"""Of file systems, mount targets and access points: what had an error cannot be recovered
(https://docs.aws.amazon.com/efs/latest/ug/file-system-state.html)."""


class FileSystem(
    Resource,
    id="file_system_id",
    arn="arn:{partition}:elasticfilesystem:{region}:{account_id}:file-system/{file_system_id}",
    type="AwsEfsFileSystem",
    group="storage",
    noun="EFS file system",
    gone=["FileSystemNotFound"],
):
    """Files that many machines mount over NFS."""

    source = listing(
        "efs", "DescribeFileSystems", "FileSystems", states=States("state", over=OVER, not_yet=["creating"])
    )
    file_system_id: str
    name: str = ""
    state: str = field(name="LifeCycleState", default="")
    encrypted: bool
    mount_target_count: int = field(name="NumberOfMountTargets")
    zone: str | None = field(name="AvailabilityZoneId", default=None)
    """Of a One Zone file system alone
    (https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html)."""


class BackupPolicy(Facet[FileSystem]):
    """Whether AWS Backup backs a file system up every day."""

    source = call(
        "efs", "DescribeBackupPolicy", "BackupPolicy", FileSystemId="file_system_id", absent=["PolicyNotFound"]
    )
    status: str


class FileSystemPolicy(Facet[FileSystem]):
    """Whom a file system lets in."""

    source = call("efs", "DescribeFileSystemPolicy", FileSystemId="file_system_id", absent=["PolicyNotFound"])
    policy: Policy


class MountTarget(msgspec.Struct, frozen=True, rename="pascal"):
    """The address in a subnet by which a file system is mounted."""

    mount_target_id: str
    subnet_id: str
    vpc_id: str = ""
    state: str = msgspec.field(name="LifeCycleState", default="")


def has_mount_targets(file_system: FileSystem) -> bool:
    """Whether there are any to tell of."""
    return file_system.mount_target_count > 0


class MountTargets(Facet[FileSystem]):
    """Those of a file system."""

    source = call("efs", "DescribeMountTargets", FileSystemId="file_system_id", pages=True, when=has_mount_targets)
    told: tuple[MountTarget, ...] = field(name="MountTargets")

    @property
    def live(self) -> list[MountTarget]:
        """But for those that are going."""
        return [each for each in self.told if each.state not in OVER]


class RootDirectory(msgspec.Struct, frozen=True, rename="pascal"):
    """What clients of an access point take for the root; the file system's own, unless it is said
    (https://docs.aws.amazon.com/efs/latest/ug/enforce-root-directory-access-point.html).
    """

    path: str = "/"


class PosixUser(msgspec.Struct, frozen=True, rename="pascal"):
    """As whom clients of an access point act, whoever they say they are."""

    uid: int


class AccessPoint(Resource, id="access_point_id", type="AwsEfsAccessPoint", group="storage", noun="EFS access point"):
    """A way for one application to a file system."""

    source = listing(
        "efs", "DescribeAccessPoints", "AccessPoints", states=States("state", over=OVER, not_yet=["creating"])
    )
    access_point_id: str
    arn: str = field(name="AccessPointArn")
    file_system_id: str
    state: str = field(name="LifeCycleState", default="")
    root: RootDirectory = field(name="RootDirectory", default=RootDirectory())
    user: PosixUser | None = field(name="PosixUser", default=None)
    """None: clients act as who they say they are
    (https://docs.aws.amazon.com/efs/latest/ug/enforce-identity-access-points.html)."""


class AccessPoints(msgspec.Struct, frozen=True):
    """The access points of a region by their file system."""

    by_file_system: dict[str, list[AccessPoint]]

    def of(self, file_system: FileSystem) -> list[AccessPoint]:
        """Empty where it has none."""
        return self.by_file_system.get(file_system.file_system_id, [])


@derive
def access_points(points: Here[AccessPoint]) -> AccessPoints:
    """One listing has those of all file systems."""
    by_file_system: dict[str, list[AccessPoint]] = defaultdict(list)
    for point in points:
        by_file_system[point.file_system_id].append(point)
    return AccessPoints(dict(by_file_system))
