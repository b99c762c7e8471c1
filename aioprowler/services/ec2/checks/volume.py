"""How EBS volumes are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.services.ec2.resources.storage import SnapshottedVolumes, Volume


@check(severity="high", categories=["encryption"])
def ec2_ebs_volume_encryption(volume: Volume) -> Verdict:
    """EBS volumes are encrypted.

    An encrypted volume keeps its data, its snapshots and everything between it and the instance under a KMS key.

    ## Risk
    Snapshots of an unencrypted volume are unencrypted too, and can be copied out of the account or made public by one
    call.

    ## Remediation
    A volume cannot be encrypted in place. Copy a snapshot of it with a key and make a new volume of the copy:
    ```
    aws ec2 copy-snapshot --source-region <region> --source-snapshot-id <snapshot> --encrypted --kms-key-id <key>
    aws ec2 create-volume --snapshot-id <copy> --availability-zone <zone>
    ```

    ## References
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html
    """
    if volume.encrypted:
        return Pass(f"EBS volume {volume.volume_id} is encrypted.")
    return Fail(f"EBS volume {volume.volume_id} is not encrypted.")


@check(severity="high", categories=["forensics-ready", "resilience"])
def ec2_ebs_volume_snapshots_exists(volume: Volume, snapshotted: SnapshottedVolumes) -> Verdict:
    """EBS volumes have at least one snapshot.

    Judged by the snapshots that the account owns in the volume's region, whatever their age.

    ## Risk
    A volume lives in a single availability zone. Without a snapshot, its loss, a mistaken deletion or ransomware
    leaves nothing to restore.

    ## Remediation
    `aws ec2 create-snapshot --volume-id <volume>`, and a policy of Data Lifecycle Manager or AWS Backup to repeat it.

    ## References
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-snapshots.html
    """
    if volume.volume_id in snapshotted.ids:
        return Pass(f"EBS volume {volume.volume_id} has a snapshot.")
    return Fail(f"EBS volume {volume.volume_id} has no snapshot.")
