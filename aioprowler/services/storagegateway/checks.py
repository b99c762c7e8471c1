"""How gateways and their file shares are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.verdicts import is_set_to, unknown
from aioprowler.services.storagegateway.resources import (
    NFS,
    SMB,
    FileShare,
    Gateway,
    NfsShare,
    SmbShare,
)


@check(fails="File share does not encrypt with a key of AWS KMS", severity="medium", categories=["encryption"])
def storagegateway_fileshare_encryption_enabled(
    share: FileShare, nfs: NfsShare | None, smb: SmbShare | None
) -> Verdict | None:
    """File shares of Storage Gateway encrypt what they write with a key of AWS KMS.

    With one layer of encryption or two. A share that is being created or deleted is not judged.

    ## Risk
    Whoever may read the bucket reads the objects, since keys of S3 ask for no permission of their own, and no log has
    the use of them.

    ## Remediation
    `aws storagegateway update-nfs-file-share --region <region> --file-share-arn <arn> --encryption-type SseKms
    --kms-key <your-kms-key>`; of a share of SMB it is `update-smb-file-share`. Objects that are there stay as they are.

    ## References
    https://docs.aws.amazon.com/filegateway/latest/files3/encrypt-objects-stored-by-file-gateway-in-amazon-s3.html
    """
    if share.file_share_type not in (NFS, SMB):
        return unknown(share.label, "the type", share.file_share_type)
    found = nfs or smb
    if found is None:
        return None
    return is_set_to(share.label, "the encryption", found.kind, good=["SseKms", "DsseKms"], bad=["SseS3"])


@check(fails="Storage gateway is on an EC2 instance", severity="medium", categories=["resilience"])
def storagegateway_gateway_fault_tolerant(gateway: Gateway) -> Verdict:
    """Storage gateways are not on a single EC2 instance.

    Other hosts, which AWS does not look into, are taken to survive the failure of a machine. A disabled gateway is not
    judged.

    ## Risk
    With the instance, or its zone, the gateway fails, and its files, volumes or tapes are out of reach. What was not
    uploaded yet is lost.

    ## Remediation
    Set the gateway up on a cluster of VMware with High Availability, and move its shares or volumes there. Until then
    have EC2 recover the instance: `aws ec2 modify-instance-maintenance-options --region <region> --instance-id
    <ec2-instance-id> --auto-recovery default`.

    ## References
    https://docs.aws.amazon.com/filegateway/latest/files3/vmware-ha.html
    """
    return is_set_to(
        gateway.label,
        "the host",
        gateway.host_environment,
        good=["HYPER-V", "KVM", "OTHER", "SNOWBALL", "VMWARE"],
        bad=["EC2"],
    )
