"""How file systems are judged, and the ways to them."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.encryption import encrypted
from aioprowler.judging.exposure import not_in_public_subnet
from aioprowler.judging.resource_policies import closed_to_public
from aioprowler.judging.verdicts import has, is_set_to, pass_if, worst
from aioprowler.services.ec2.resources.exposure import public_subnet
from aioprowler.services.efs.resources import (
    AccessPoints,
    BackupPolicy,
    FileSystem,
    FileSystemPolicy,
    MountTargets,
)
from aioprowler.services.vpc.resources import Routing


# --------------------------------------------------------------- access points
@check(
    fails="EFS access point shows the whole file system",
    severity="medium",
    categories=["vulnerabilities"],
    resource_type="AwsEfsAccessPoint",
)
def efs_access_point_enforce_root_directory(file_system: FileSystem, points: AccessPoints) -> Verdict | None:
    """EFS access points show a directory of the file system.

    A file system with access points is judged by all of them.

    ## Risk
    Whoever comes by such an access point sees the files of all other applications too.

    ## Remediation
    The directory of an access point stays as it was made. Create another one, move its clients to it, and delete the
    first: `aws efs create-access-point --region <region> --file-system-id <file-system> --posix-user
    Uid=<your-uid>,Gid=<your-gid> --root-directory Path=<your-path>`.

    ## References
    https://docs.aws.amazon.com/efs/latest/ug/enforce-root-directory-access-point.html
    """
    found = [
        pass_if(
            each.root.path != "/",
            f"{each.label} shows the directory {each.root.path}.",
            f"{each.label} shows the root directory of the file system.",
        )
        for each in points.of(file_system)
    ]
    return worst(found) if found else None


@check(
    fails="EFS access point does not enforce a user",
    severity="medium",
    categories=["identity-access"],
    resource_type="AwsEfsAccessPoint",
)
def efs_access_point_enforce_user_identity(file_system: FileSystem, points: AccessPoints) -> Verdict | None:
    """EFS access points enforce a POSIX user.

    A file system with access points is judged by all of them.

    ## Risk
    Clients say themselves who they are, and with the id of another user, or of root, have that user's files.

    ## Remediation
    The user of an access point stays as it was made. Create another one, move its clients to it, and delete the first:
    `aws efs create-access-point --region <region> --file-system-id <file-system> --posix-user
    Uid=<your-uid>,Gid=<your-gid> --root-directory Path=<your-path>`.

    ## References
    https://docs.aws.amazon.com/efs/latest/ug/enforce-identity-access-points.html
    """
    found = [has(each.label, "a POSIX user", each.user is not None) for each in points.of(file_system)]
    return worst(found) if found else None


# ---------------------------------------------------------------- file systems
@check(fails="EFS file system is not encrypted at rest", severity="medium", categories=["encryption"])
def efs_encryption_at_rest_enabled(file_system: FileSystem) -> Verdict:
    """EFS file systems are encrypted at rest.

    With whichever key of AWS KMS. A file system that is being created or deleted is not judged.

    ## Risk
    Files lie on the disks of the service as they were written.

    ## Remediation
    Encryption can be had when a file system is made alone. Create another one, and copy the files to it with AWS
    DataSync: `aws efs create-file-system --region <region> --encrypted --kms-key-id <your-kms-key>`.

    ## References
    https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html
    """
    return encrypted(file_system.label, file_system.encrypted)


@check(fails="EFS file system has no automatic backups", severity="medium", categories=["resilience"])
def efs_have_backup_enabled(file_system: FileSystem, policy: BackupPolicy | None) -> Verdict:
    """EFS file systems have automatic backups.

    Those that EFS has AWS Backup make every day. Other backup plans are not looked into.

    ## Risk
    What is deleted or written over by mistake, or encrypted by an attacker, is lost.

    ## Remediation
    `aws efs put-backup-policy --region <region> --file-system-id <file-system> --backup-policy Status=ENABLED`

    ## References
    https://docs.aws.amazon.com/efs/latest/ug/automatic-backups.html
    """
    status = policy.status if policy else "DISABLED"
    return is_set_to(
        file_system.label, "automatic backups", status, good=["ENABLED", "ENABLING"], bad=["DISABLED", "DISABLING"]
    )


@check(
    fails="EFS file system has a mount target in a public subnet", severity="medium", categories=["internet-exposed"]
)
def efs_mount_target_not_publicly_accessible(
    file_system: FileSystem, targets: MountTargets | None, routing: Routing
) -> Verdict:
    """EFS file systems have no mount target in a public subnet.

    A subnet with a route to the internet is one. Mount targets that are being deleted are not looked at.

    ## Risk
    NFS asks nobody for a password. In a public subnet one rule too many, or one address, is enough to lead to the
    files.

    ## Remediation
    A mount target stays in its subnet. Create one in a private subnet, and delete this one: `aws efs
    create-mount-target --region <region> --file-system-id <file-system> --subnet-id <your-private-subnet>`.

    ## References
    https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html
    https://docs.aws.amazon.com/efs/latest/ug/network-access.html
    """
    found = [
        not_in_public_subnet(
            f"Mount target {each.mount_target_id} of {file_system.label}",
            public_subnet(routing, [each.subnet_id], each.vpc_id),
        )
        for each in (targets.live if targets else ())
    ]
    return worst(found) if found else Pass(f"{file_system.label} has no mount targets.")


@check(fails="EFS file system is reached in one availability zone", severity="medium", categories=["resilience"])
def efs_multi_az_enabled(file_system: FileSystem) -> Verdict:
    """EFS file systems are kept and reached in several availability zones.

    They are Regional, and have at least two mount targets, of which there is one a zone.

    ## Risk
    With its zone the files are lost, or out of reach for whoever mounts them by the one mount target.

    ## Remediation
    `aws efs create-mount-target --region <region> --file-system-id <file-system> --subnet-id <your-subnet>`, in another
    zone. A One Zone file system stays one: create another file system, and copy the files to it with AWS DataSync.

    ## References
    https://docs.aws.amazon.com/efs/latest/ug/features.html
    https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html
    """
    if file_system.zone:
        return Fail(f"{file_system.label} is kept in one availability zone, {file_system.zone}.")
    count = file_system.mount_target_count
    told = f"{file_system.label} has {count} mount target{'' if count == 1 else 's'}"
    return pass_if(count > 1, f"{told}, in a zone each.", f"{told}, and is reached in no other zone.")


@check(
    fails="EFS file system lets any client in",
    severity="medium",
    categories=["identity-access", "internet-exposed"],
)
def efs_not_publicly_accessible(file_system: FileSystem, policy: FileSystemPolicy | None) -> Verdict:
    """EFS file systems have a policy that does not let just anyone in.

    Without a policy any client that reaches a mount target may do anything, as root too. A policy lets anyone in where
    no condition ties the request to somebody in particular, or to those who come by a mount target
    (`elasticfilesystem:AccessedViaMountTarget`).

    ## Risk
    Whoever reaches the network has all files, whatever role they have or have not.

    ## Remediation
    Say who may mount the file system, and demand TLS: `aws efs put-file-system-policy --region <region>
    --file-system-id <file-system> --policy file://<your-policy.json>`.

    ## References
    https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html
    """
    if policy is None:
        return Fail(f"{file_system.label} has no policy, and so lets any client in.")
    return closed_to_public(file_system.label, policy.policy)
