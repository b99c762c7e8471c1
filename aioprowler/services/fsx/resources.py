"""File systems of FSx."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Resource, States, field, listing
from aioprowler.judging.verdicts import told

LUSTRE: Final = "LUSTRE"
ONTAP: Final = "ONTAP"
OPENZFS: Final = "OPENZFS"
WINDOWS: Final = "WINDOWS"


class Configuration(msgspec.Struct, frozen=True, rename="pascal"):
    """What is set on a file system of one type. Tags are not copied unless that is asked for
    (https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystemLustreConfiguration.html and those of the
    other types).
    """

    copy_tags_to_backups: bool = False

    @property
    def has_backups(self) -> bool:
        """Whether there can be any."""
        return True


class DataRepository(msgspec.Struct, frozen=True, rename="pascal"):
    """The bucket that a file system of Lustre was made for."""

    import_path: str | None = None


class LustreConfiguration(Configuration, frozen=True, rename="pascal"):
    """The same of Lustre."""

    deployment_type: str | None = None
    data_repository: DataRepository = msgspec.field(name="DataRepositoryConfiguration", default=DataRepository())

    @property
    def has_backups(self) -> bool:
        """Scratch file systems and those that are linked to a bucket have none
        (https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-backups-fsx.html).
        """
        is_scratch = (self.deployment_type or "").startswith("SCRATCH")
        return not (is_scratch or self.data_repository.import_path)


class ZfsConfiguration(Configuration, frozen=True, rename="pascal"):
    """The same of OpenZFS, whose volumes have tags as well."""

    copy_tags_to_volumes: bool = False


class FileSystem(Resource, id="file_system_id", type="AwsFSxFileSystem", group="storage", noun="FSx file system"):
    """Files on a server of Windows, or on one of Lustre, NetApp ONTAP or OpenZFS.

    https://docs.aws.amazon.com/fsx/latest/APIReference/API_FileSystem.html
    """

    source = listing(
        "fsx",
        "DescribeFileSystems",
        "FileSystems",
        states=States("lifecycle", over=["DELETING", "FAILED"], not_yet=["CREATING"]),
    )
    file_system_id: str
    arn: str = field(name="ResourceARN")
    lifecycle: str = ""
    file_system_type: str
    subnet_ids: tuple[str, ...]
    lustre: LustreConfiguration | None = field(name="LustreConfiguration", default=None)
    openzfs: ZfsConfiguration | None = field(name="OpenZFSConfiguration", default=None)
    windows: Configuration | None = field(name="WindowsConfiguration", default=None)

    @property
    def configuration(self) -> Configuration | None:
        """That of its type; None where volumes have tags and backups of their own, as in ONTAP. Raises UnreadableError
        where the type is not known here, or AWS left the configuration out.
        """
        if self.file_system_type == ONTAP:
            return None
        by_type = {LUSTRE: self.lustre, OPENZFS: self.openzfs, WINDOWS: self.windows}
        return told(
            by_type.get(self.file_system_type), f"the configuration of this {self.file_system_type} file system"
        )
