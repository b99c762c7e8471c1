"""How EBS snapshots are judged."""

from __future__ import annotations

from aioprowler import Failure, Manual, Verdict, check
from aioprowler.judging.encryption import encrypted
from aioprowler.judging.exposure import not_public
from aioprowler.services.ec2.resources.settings import SnapshotPublicAccess
from aioprowler.services.ec2.resources.storage import Snapshot, SnapshotSharing


@check(fails="EBS snapshot is not encrypted", severity="high", categories=["encryption"])
def ec2_ebs_snapshots_encrypted(snapshot: Snapshot) -> Verdict:
    """EBS snapshots are encrypted.

    A snapshot of an unencrypted volume is unencrypted; only a copy can be encrypted.

    ## Risk
    An unencrypted snapshot can be shared with everybody, and whoever may restore it reads the whole disk.

    ## Remediation
    Make an encrypted copy and delete the original:
    ```
    aws ec2 copy-snapshot --region <region> --source-region <region> --source-snapshot-id <snapshot> --encrypted \\
      --kms-key-id <your-kms-key>
    aws ec2 delete-snapshot --region <region> --snapshot-id <snapshot>
    ```

    ## References
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html
    """
    return encrypted(snapshot.label, snapshot.encrypted)


@check(fails="EBS snapshot is public", severity="critical", categories=["internet-exposed"])
def ec2_ebs_public_snapshot(
    snapshot: Snapshot, sharing: SnapshotSharing | None, access: SnapshotPublicAccess | Failure
) -> Verdict:
    """EBS snapshots are not public.

    A snapshot is public when the group `all` may create volumes of it, and the region does not block all public sharing
    (`block-all-sharing`), which makes private what is shared already. Sharing with single accounts is not judged here.

    ## Risk
    Any AWS account can list a public snapshot, make a volume of it and read the whole disk: data, password hashes and
    keys. Bots search for them.

    ## Remediation
    `aws ec2 modify-snapshot-attribute --region <region> --snapshot-id <snapshot> --attribute createVolumePermission
    --operation-type remove --group-names all`. Treat the contents as leaked.

    ## References
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html
    https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html
    """
    if sharing is None or not sharing.with_everybody:
        return not_public(snapshot.label, False)
    if isinstance(access, Failure):
        return Manual(f"{snapshot.label} is shared with everybody, and may be blocked: {access.explain()}", gap=access)
    return not_public(snapshot.label, access.state != "block-all-sharing")
