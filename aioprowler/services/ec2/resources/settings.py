"""What is set for a whole region."""

from __future__ import annotations

from aioprowler import Facet, Region, call, field


class EbsDefaultEncryption(Facet[Region]):
    """Whether new EBS volumes of the region are encrypted by default."""

    source = call("ec2", "GetEbsEncryptionByDefault")
    enabled: bool = field(name="EbsEncryptionByDefault", default=False)


class SnapshotPublicAccess(Facet[Region]):
    """Whether snapshots may be shared with everybody."""

    source = call("ec2", "GetSnapshotBlockPublicAccessState")
    state: str = "unblocked"
    """`block-all-sharing`, `block-new-sharing` or `unblocked`."""


class ImagePublicAccess(Facet[Region]):
    """Whether images may be shared with everybody from now on."""

    source = call("ec2", "GetImageBlockPublicAccessState")
    state: str = field(name="ImageBlockPublicAccessState", default="unblocked")
    """`block-new-sharing` or `unblocked`."""


class InstanceMetadataDefaults(Facet[Region]):
    """How the metadata service of new instances is set unless their launch says otherwise."""

    source = call("ec2", "GetInstanceMetadataDefaults", "AccountLevel")
    http_tokens: str | None = None
