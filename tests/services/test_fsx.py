from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.fsx.checks import (
    fsx_file_system_copy_tags_to_backups_enabled,
    fsx_file_system_copy_tags_to_volumes_enabled,
    fsx_windows_file_system_multi_az_enabled,
)
from aioprowler.services.fsx.resources import (
    Configuration,
    DataRepository,
    FileSystem,
    LustreConfiguration,
    ZfsConfiguration,
)
from tests.services.made import made

Nothing = type(None)
COPIES = Configuration(copy_tags_to_backups=True)
LINKED = DataRepository("s3://results")
LUSTRE_COPIES = LustreConfiguration(copy_tags_to_backups=True)
COPIES_TO_BOTH = ZfsConfiguration(copy_tags_to_backups=True, copy_tags_to_volumes=True)


def file_system(kind: str, **told: Any) -> FileSystem:
    return made(FileSystem, file_system_id="fs-1", file_system_type=kind, **told)


@pytest.mark.parametrize(
    ("told", "backups", "volumes"),
    [
        (file_system("LUSTRE", lustre=LustreConfiguration()), Fail, Nothing),
        (file_system("LUSTRE", lustre=LUSTRE_COPIES), Pass, Nothing),
        (file_system("LUSTRE", lustre=LustreConfiguration(False, "PERSISTENT_2")), Fail, Nothing),
        (file_system("LUSTRE", lustre=LustreConfiguration(False, "SCRATCH_2")), Nothing, Nothing),
        (file_system("LUSTRE", lustre=LustreConfiguration(False, "PERSISTENT_1", LINKED)), Nothing, Nothing),
        (file_system("WINDOWS", windows=Configuration()), Fail, Nothing),
        (file_system("WINDOWS", windows=COPIES), Pass, Nothing),
        (file_system("WINDOWS", windows=Configuration(), lustre=LUSTRE_COPIES), Fail, Nothing),
        (file_system("OPENZFS", openzfs=ZfsConfiguration()), Fail, Fail),
        (file_system("OPENZFS", openzfs=COPIES_TO_BOTH), Pass, Pass),
        (file_system("ONTAP"), Nothing, Nothing),
    ],
)
def test_copied_tags(told: FileSystem, backups: type, volumes: type) -> None:
    assert isinstance(fsx_file_system_copy_tags_to_backups_enabled(told), backups)
    assert isinstance(fsx_file_system_copy_tags_to_volumes_enabled(told), volumes)


def test_a_type_that_is_not_known_and_a_configuration_that_is_left_out() -> None:
    for kind in ("BTRFS", "WINDOWS"):
        with pytest.raises(UnreadableError, match=f"the configuration of this {kind} file system"):
            fsx_file_system_copy_tags_to_backups_enabled(file_system(kind))
    with pytest.raises(UnreadableError, match="OpenZFSConfiguration"):
        fsx_file_system_copy_tags_to_volumes_enabled(file_system("OPENZFS"))


@pytest.mark.parametrize(
    ("kind", "subnets", "verdict"),
    [("WINDOWS", ("a", "b"), Pass), ("WINDOWS", ("a",), Fail), ("WINDOWS", (), Fail), ("ONTAP", ("a",), Nothing)],
)
def test_zones_of_windows(kind: str, subnets: tuple[str, ...], verdict: type) -> None:
    assert isinstance(fsx_windows_file_system_multi_az_enabled(file_system(kind, subnet_ids=subnets)), verdict)
