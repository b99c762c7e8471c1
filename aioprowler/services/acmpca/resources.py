"""Private certificate authorities."""

from __future__ import annotations

import msgspec

from aioprowler import Resource, States, field, listing


class Configuration(msgspec.Struct, frozen=True, rename="pascal"):
    """The key that an authority signs with."""

    key_algorithm: str | None = None


class CertificateAuthority(
    Resource,
    id="authority_id",
    type="AwsAcmPcaCertificateAuthority",
    group="security",
    noun="Certificate authority",
):
    """A private authority of the account; one that was deleted is listed until it can no longer be restored.

    Its states: https://docs.aws.amazon.com/privateca/latest/APIReference/API_CertificateAuthority.html
    """

    source = listing(
        "acm-pca",
        "ListCertificateAuthorities",
        "CertificateAuthorities",
        states=States("status", over=["DELETED", "FAILED"], not_yet=["CREATING"]),
    )
    arn: str
    status: str
    configuration: Configuration = field(name="CertificateAuthorityConfiguration", default=Configuration())

    @property
    def authority_id(self) -> str:
        """The end of its ARN."""
        return self.arn.rpartition("/")[2]
