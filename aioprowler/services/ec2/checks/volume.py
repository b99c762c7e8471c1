"""How EBS volumes are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.encryption import encrypted
from aioprowler.judging.resilience import in_backup_plan
from aioprowler.judging.verdicts import has
from aioprowler.services.backup.resources import BackupSelections
from aioprowler.services.ec2.resources.storage import SnapshottedVolumes, Volume


@check(fails="EBS volume is not encrypted", severity="high", categories=["encryption"])
def ec2_ebs_volume_encryption(volume: Volume) -> Verdict:
    """EBS volumes are encrypted.

    An encrypted volume keeps its data, its snapshots and everything between it and the instance under a KMS key.

    ## Risk
    Snapshots of an unencrypted volume are unencrypted too, and can be copied out of the account or made public by one
    call.

    ## Remediation
    A volume cannot be encrypted in place. Copy a snapshot of it with a key and make a new volume of the copy:
    ```
    aws ec2 create-snapshot --region <region> --volume-id <volume>
    aws ec2 copy-snapshot --region <region> --source-region <region> --source-snapshot-id <your-snapshot> \\
      --encrypted --kms-key-id <your-kms-key>
    aws ec2 create-volume --region <region> --snapshot-id <your-copy> --availability-zone <availability-zone>
    ```

    ## References
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html
    """
    return encrypted(volume.label, volume.encrypted)


@check(fails="EBS volume has no snapshot", severity="high", categories=["forensics-ready", "resilience"])
def ec2_ebs_volume_snapshots_exists(volume: Volume, snapshotted: SnapshottedVolumes) -> Verdict:
    """EBS volumes have at least one snapshot.

    Judged by the snapshots that the account owns in the volume's region, whatever their age.

    ## Risk
    A volume lives in a single availability zone. Without a snapshot, its loss, a mistaken deletion or ransomware
    leaves nothing to restore.

    ## Remediation
    `aws ec2 create-snapshot --region <region> --volume-id <volume>`, and a policy of Data Lifecycle Manager or AWS
    Backup to repeat it.

    ## References
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-snapshots.html
    """
    return has(volume.label, "a snapshot", volume.volume_id in snapshotted.ids)


@check(fails="EBS volume is in no backup plan", severity="medium", categories=["resilience"])
def ec2_ebs_volume_protected_by_backup_plan(volume: Volume, selections: BackupSelections) -> Verdict:
    """EBS volumes are in a backup plan of AWS Backup.

    A plan of the volume's region must select it, by its ARN, by its tags, or as everything.

    ## Risk
    Snapshots that depend on somebody remembering them are missing when they are needed, and those that are there can be
    deleted together with the volume by the same stolen credentials.

    ## Remediation
    `aws backup create-backup-selection --region <region> --backup-plan-id <your-backup-plan> --backup-selection
    SelectionName=volumes,IamRoleArn=<your-role>,Resources=<arn>`

    ## References
    https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    """
    return in_backup_plan(volume.label, selections.protect(volume.arn, volume.tags))
