"""How file systems of FSx are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.resilience import multi_az
from aioprowler.judging.tags import copies_tags
from aioprowler.judging.verdicts import told
from aioprowler.services.fsx.resources import OPENZFS, WINDOWS, FileSystem


@check(fails="FSx file system does not copy its tags to backups", severity="low", categories=["resilience"])
def fsx_file_system_copy_tags_to_backups_enabled(file_system: FileSystem) -> Verdict | None:
    """FSx file systems copy their tags to their backups.

    Judged are those of Lustre, OpenZFS and Windows, but for those of Lustre that have no backups: scratch file systems,
    and those that were made with a link to a bucket.

    ## Risk
    Rules that go by tags, of who may restore, what is kept and who pays, do not hold of the backups.

    ## Remediation
    Of Lustre and Windows this stays as it was made: restore a backup into a file system that copies its tags. Of
    OpenZFS: `aws fsx update-file-system --region <region> --file-system-id <file-system> --open-zfs-configuration
    CopyTagsToBackups=true`.

    ## References
    https://docs.aws.amazon.com/fsx/latest/WindowsGuide/using-backups.html
    https://docs.aws.amazon.com/fsx/latest/APIReference/API_UpdateFileSystemOpenZFSConfiguration.html
    """
    configuration = file_system.configuration
    if configuration is None or not configuration.has_backups:
        return None
    return copies_tags(file_system.label, "backups", configuration.copy_tags_to_backups)


@check(fails="FSx file system does not copy its tags to volumes", severity="low", resource_type="Other")
def fsx_file_system_copy_tags_to_volumes_enabled(file_system: FileSystem) -> Verdict | None:
    """FSx file systems of OpenZFS copy their tags to their volumes.

    Other types of file systems do not copy tags to volumes, and are not judged.

    ## Risk
    Rules that go by tags, of who may change what and who pays, do not hold of the volumes.

    ## Remediation
    `aws fsx update-file-system --region <region> --file-system-id <file-system> --open-zfs-configuration
    CopyTagsToVolumes=true`

    ## References
    https://docs.aws.amazon.com/fsx/latest/APIReference/API_UpdateFileSystemOpenZFSConfiguration.html
    """
    if file_system.file_system_type != OPENZFS:
        return None
    configuration = told(file_system.openzfs, "OpenZFSConfiguration of this file system")
    return copies_tags(file_system.label, "volumes", configuration.copy_tags_to_volumes)


@check(
    fails="FSx file system is in one availability zone",
    severity="low",
    categories=["resilience"],
    resource_type="Other",
)
def fsx_windows_file_system_multi_az_enabled(file_system: FileSystem) -> Verdict | None:
    """FSx file systems of Windows are in several availability zones.

    Of such a file system one server stands by in another zone, in a subnet of its own. Other types are not judged.

    ## Risk
    With its zone the file system is out of reach, and each patch interrupts it.

    ## Remediation
    The zones of a file system stay as they were made. Restore a backup into one with two, and move the shares' clients
    to it: `aws fsx create-file-system-from-backup --region <region> --backup-id <your-backup> --subnet-ids
    <your-subnet> <your-other-subnet> --windows-configuration
    DeploymentType=MULTI_AZ_1,PreferredSubnetId=<your-subnet>,ThroughputCapacity=32`.

    ## References
    https://docs.aws.amazon.com/fsx/latest/WindowsGuide/high-availability-multiAZ.html
    """
    if file_system.file_system_type != WINDOWS:
        return None
    return multi_az(file_system.label, len(file_system.subnet_ids) > 1)
