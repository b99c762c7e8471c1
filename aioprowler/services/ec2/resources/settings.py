"""What is set for a whole region."""

from __future__ import annotations

from aioprowler import Facet, Region, call, field


class EbsDefaultEncryption(Facet[Region]):
    """Whether new EBS volumes of the region are encrypted by default."""

    source = call("ec2", "GetEbsEncryptionByDefault")
    enabled: bool = field(name="EbsEncryptionByDefault")


class SnapshotPublicAccess(Facet[Region]):
    """Whether snapshots may be shared with everybody.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableSnapshotBlockPublicAccess.html
    """

    source = call("ec2", "GetSnapshotBlockPublicAccessState")
    state: str
    """`block-all-sharing` (what is shared with everybody already is private), `block-new-sharing` or `unblocked`."""


class ImagePublicAccess(Facet[Region]):
    """Whether images may be shared with everybody from now on. Those that are public stay so, whatever the state.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageBlockPublicAccess.html
    """

    source = call("ec2", "GetImageBlockPublicAccessState")
    state: str = field(name="ImageBlockPublicAccessState")
    """`block-new-sharing` or `unblocked`."""


class InstanceMetadataDefaults(Facet[Region]):
    """How the metadata service of new instances is set unless their launch says otherwise. What the account leaves to
    others has no value.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
    """

    source = call("ec2", "GetInstanceMetadataDefaults", "AccountLevel")
    http_tokens: str | None = None
    http_endpoint: str | None = None
    http_tokens_enforced: str = "disabled"
    """`enabled`: no instance is launched that does not require session tokens, whatever its launch says."""

    @property
    def tokens(self) -> str | None:
        """`required` or `optional` where a launch does not say; None where its image decides."""
        return "required" if self.http_tokens_enforced == "enabled" else self.http_tokens
