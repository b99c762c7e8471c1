from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Manual, Pass
from aioprowler.judging.policies import Policy
from aioprowler.services.efs.checks import (
    efs_access_point_enforce_root_directory,
    efs_access_point_enforce_user_identity,
    efs_encryption_at_rest_enabled,
    efs_have_backup_enabled,
    efs_mount_target_not_publicly_accessible,
    efs_multi_az_enabled,
    efs_not_publicly_accessible,
)
from aioprowler.services.efs.resources import (
    AccessPoint,
    BackupPolicy,
    FileSystem,
    FileSystemPolicy,
    MountTarget,
    MountTargets,
    PosixUser,
    RootDirectory,
    access_points,
)
from aioprowler.services.vpc.resources import Exit, Routing
from tests.services.made import made
from tests.worlds.world import World, error, findings_of

HOME = "us-east-1"
Nothing = type(None)


def file_system(**told: Any) -> FileSystem:
    return made(FileSystem, file_system_id="fs-1", region=HOME, account=Account(id="123456789012"), **told)


FILES = file_system()


def test_a_file_system_has_an_arn() -> None:
    assert FILES.arn == "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1"


# --------------------------------------------------------------- access points
def point(name: str, path: str | None = None, uid: int | None = None, of: str = "fs-1") -> AccessPoint:
    root = {"root": RootDirectory(path)} if path else {}
    user = PosixUser(uid) if uid is not None else None
    return made(AccessPoint, access_point_id=name, file_system_id=of, user=user, **root)


GOOD, ROOT, NOBODY, SILENT = (
    point("good", "/app", 1000),
    point("root", "/", 0),
    point("nobody", "/app"),
    point("silent"),
)


@pytest.mark.parametrize(
    ("points", "directory", "user"),
    [
        ([], Nothing, Nothing),
        ([point("other", "/", of="fs-2")], Nothing, Nothing),
        ([GOOD], Pass, Pass),
        ([GOOD, ROOT], Fail, Pass),
        ([GOOD, NOBODY], Pass, Fail),
        ([SILENT], Fail, Fail),
    ],
)
def test_access_points(points: list[AccessPoint], directory: type, user: type) -> None:
    told = access_points(tuple(points))
    assert isinstance(efs_access_point_enforce_root_directory(FILES, told), directory)
    assert isinstance(efs_access_point_enforce_user_identity(FILES, told), user)


def test_a_verdict_names_the_access_point() -> None:
    found = efs_access_point_enforce_root_directory(FILES, access_points((GOOD, ROOT)))
    assert found == Fail("EFS access point root shows the root directory of the file system.")


# ---------------------------------------------------------------- file systems
@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_encryption(on: bool, verdict: type) -> None:
    assert isinstance(efs_encryption_at_rest_enabled(file_system(encrypted=on)), verdict)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("ENABLED", Pass),
        ("ENABLING", Pass),
        ("DISABLED", Fail),
        ("DISABLING", Fail),
        (None, Fail),
        ("PERHAPS", Manual),
    ],
)
def test_backups(status: str | None, verdict: type) -> None:
    assert isinstance(efs_have_backup_enabled(FILES, BackupPolicy(status=status) if status else None), verdict)


ROUTING = Routing({"subnet-out": Exit(ipv4=True), "subnet-in": Exit()}, {"vpc-out": Exit(ipv6=True)}, {})


def target(subnet: str, vpc: str = "vpc-in", state: str = "available") -> MountTarget:
    return MountTarget(f"fsmt-{subnet}", subnet, vpc, state)


@pytest.mark.parametrize(
    ("targets", "verdict"),
    [
        ([target("subnet-in")], Pass),
        ([target("subnet-in"), target("subnet-out")], Fail),
        ([target("subnet-by-main", "vpc-out")], Fail),
        ([target("subnet-in"), target("subnet-elsewhere")], Manual),
        ([target("subnet-in"), target("subnet-out", state="deleting")], Pass),
        ([target("subnet-out", state="deleted")], Pass),
        ([], Pass),
    ],
)
def test_mount_targets(targets: list[MountTarget], verdict: type) -> None:
    told = MountTargets(told=tuple(targets))
    assert isinstance(efs_mount_target_not_publicly_accessible(FILES, told, ROUTING), verdict)


def test_without_mount_targets_nobody_is_asked_for_them() -> None:
    listed = [{"FileSystemId": "fs-1", "NumberOfMountTargets": 0, "LifeCycleState": "available"}]
    world = World({("efs:DescribeFileSystems", HOME): {"FileSystems": listed}})
    (found,) = findings_of(world, "efs_mount_target_not_publicly_accessible")
    assert found.status_detail == "EFS file system fs-1 has no mount targets."
    assert world.calls["efs:DescribeMountTargets"] == 0


def test_a_public_subnet_is_told_by_routes_alone() -> None:
    listed = [{"FileSystemId": "fs-1", "NumberOfMountTargets": 1, "LifeCycleState": "available"}]
    mounted = {"MountTargetId": "fsmt-1", "FileSystemId": "fs-1", "SubnetId": "subnet-1", "LifeCycleState": "available"}
    world = World(
        {
            ("efs:DescribeFileSystems", HOME): {"FileSystems": listed},
            "efs:DescribeMountTargets": {"MountTargets": [mounted]},
            "ec2:DescribeRouteTables": {
                "RouteTables": [
                    {
                        "RouteTableId": "rtb-1",
                        "VpcId": "vpc-1",
                        "Associations": [{"SubnetId": "subnet-1"}],
                        "Routes": [],
                    }
                ]
            },
            "ec2:DescribeSecurityGroups": error("UnauthorizedOperation"),
        }
    )
    (found,) = findings_of(world, "efs_mount_target_not_publicly_accessible")
    assert found.status == "PASS"


@pytest.mark.parametrize(
    ("zone", "count", "verdict"), [(None, 0, Fail), (None, 1, Fail), (None, 2, Pass), ("use1-az1", 1, Fail)]
)
def test_zones(zone: str | None, count: int, verdict: type) -> None:
    assert isinstance(efs_multi_az_enabled(file_system(zone=zone, mount_target_count=count)), verdict)


def policy(*statements: dict[str, Any]) -> FileSystemPolicy:
    usual = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "elasticfilesystem:ClientMount"}
    return FileSystemPolicy(policy=Policy.parse({"Statement": [{**usual, **each} for each in statements]}))


MOUNTED = {"Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}}
ENCRYPTED = {"Effect": "Deny", "Action": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (None, Fail),
        (policy(), Pass),
        (policy({}), Fail),
        (policy({"Principal": "*"}), Fail),
        (policy(MOUNTED), Pass),
        (policy(MOUNTED, ENCRYPTED), Pass),
        (policy(MOUNTED, {}), Fail),
        (policy({"Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}}}), Fail),
        (policy({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}), Fail),
        (policy({"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}), Pass),
        (policy({"Principal": {"AWS": "arn:aws:iam::123456789012:role/app"}}), Pass),
        (policy(ENCRYPTED), Pass),
    ],
)
def test_policies(told: FileSystemPolicy | None, verdict: type) -> None:
    assert isinstance(efs_not_publicly_accessible(FILES, told), verdict)


def test_that_there_is_no_policy_is_an_answer_and_a_denial_is_none() -> None:
    listed = {"FileSystems": [{"FileSystemId": "fs-1", "NumberOfMountTargets": 0}]}
    ids = ("efs_have_backup_enabled", "efs_not_publicly_accessible")
    for code, expected in (
        ("PolicyNotFound", "FAIL"),
        ("FileSystemNotFound", None),
        ("AccessDeniedException", "MANUAL"),
    ):
        refused = error(code, "...", 404)
        world = World(
            {
                ("efs:DescribeFileSystems", HOME): listed,
                "efs:DescribeBackupPolicy": refused,
                "efs:DescribeFileSystemPolicy": refused,
            }
        )
        for id_ in ids:
            assert [each.status for each in findings_of(world, id_)] == ([expected] if expected else [])


def test_what_is_over_is_not_judged() -> None:
    listed = [
        {"FileSystemId": f"fs-{state}", "LifeCycleState": state, "Encrypted": True, "NumberOfMountTargets": 2}
        for state in ("available", "updating", "creating", "deleting", "deleted", "error")
    ]
    world = World({("efs:DescribeFileSystems", HOME): {"FileSystems": listed}})
    found = findings_of(world, "efs_encryption_at_rest_enabled")
    assert {each.resource_id for each in found} == {"fs-available", "fs-updating"}
