"""Gateways, and the file shares that they offer."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Facet, Resource, States, batch, field, listing
from aioprowler.judging.verdicts import told

NFS: Final = "NFS"
SMB: Final = "SMB"


# ----------------------------------------------------------------- file shares
class FileShare(
    Resource,
    id="share_id",
    type="Other",
    group="storage",
    noun="File share",
    gone={"InvalidGatewayRequestException": "file share was not found"},
):
    """Objects of a bucket, which a gateway offers as files."""

    source = listing(
        "storagegateway",
        "ListFileShares",
        "FileShareInfoList",
        states=States("status", over=["DELETING", "FORCE_DELETING"], not_yet=["CREATING"]),
    )
    share_id: str = field(name="FileShareId")
    arn: str = field(name="FileShareARN")
    status: str = field(name="FileShareStatus", default="")
    file_share_type: str


def is_nfs(share: FileShare) -> bool:
    """Whether it is mounted by NFS."""
    return share.file_share_type == NFS


def is_smb(share: FileShare) -> bool:
    """Whether it is mounted by SMB."""
    return share.file_share_type == SMB


class ShareEncryption(msgspec.Struct, frozen=True, rename="pascal"):
    """How objects are encrypted that come by a share: `SseS3`, `SseKms` or `DsseKms`."""

    encryption_type: str | None = None
    kms_encrypted: bool | None = field(name="KMSEncrypted", default=None)

    @property
    def kind(self) -> str:
        """The type; before there were types, a flag said whether it is a key of AWS KMS. Raises UnreadableError where
        AWS tells neither.
        """
        if self.encryption_type is not None:
            return self.encryption_type
        return "SseKms" if told(self.kms_encrypted, "EncryptionType of this file share") else "SseS3"


class NfsShare(ShareEncryption, Facet[FileShare]):
    """That of a share of NFS."""

    source = batch(
        "storagegateway",
        "DescribeNFSFileShares",
        "NFSFileShareInfoList",
        ids="FileShareARNList",
        owner_key="arn",
        reply_key="FileShareARN",
        size=10,
        when=is_nfs,
    )


class SmbShare(ShareEncryption, Facet[FileShare]):
    """That of a share of SMB."""

    source = batch(
        "storagegateway",
        "DescribeSMBFileShares",
        "SMBFileShareInfoList",
        ids="FileShareARNList",
        owner_key="arn",
        reply_key="FileShareARN",
        size=10,
        when=is_smb,
    )


# -------------------------------------------------------------------- gateways
class Gateway(Resource, id="gateway_id", type="Other", group="storage", noun="Storage gateway"):
    """A machine that stands between a network and AWS's storage. A disabled one was given up
    (https://docs.aws.amazon.com/storagegateway/latest/APIReference/API_DisableGateway.html).
    """

    source = listing("storagegateway", "ListGateways", "Gateways", states=States("state", over=["DISABLED"]))
    gateway_id: str
    arn: str = field(name="GatewayARN")
    name: str = field(name="GatewayName", default="")
    state: str = field(name="GatewayOperationalState", default="")
    host_environment: str
    ec2_instance_id: str = ""
