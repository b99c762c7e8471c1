"""Trust anchors and profiles: whose certificates give credentials, and which."""

from __future__ import annotations

import msgspec

from aioprowler import Resource, listing


class SourceData(msgspec.Struct, frozen=True, rename="camel"):
    """An authority by its ARN, or certificates in PEM."""

    acm_pca_arn: str | None = None
    x509_certificate_data: str | None = msgspec.field(name="x509CertificateData", default=None)


class Source(msgspec.Struct, frozen=True, rename="camel"):
    """Who has signed the certificates that are trusted."""

    source_type: str
    source_data: SourceData = SourceData()


class TrustAnchor(
    Resource,
    id="id",
    rename="camel",
    type="AwsRolesAnywhereTrustAnchor",
    group="security",
    noun="Trust anchor",
):
    """Certificates that an authority has signed are trusted."""

    source = listing("rolesanywhere", "ListTrustAnchors", "trustAnchors")
    id: str = msgspec.field(name="trustAnchorId")
    arn: str = msgspec.field(name="trustAnchorArn")
    name: str
    trusts: Source = msgspec.field(name="source")


class Profile(
    Resource,
    id="id",
    rename="camel",
    type="AwsRolesAnywhereProfile",
    group="security",
    noun="Roles Anywhere profile",
):
    """Which roles a trusted certificate gives credentials of, and how far."""

    source = listing("rolesanywhere", "ListProfiles", "profiles")
    id: str = msgspec.field(name="profileId")
    arn: str = msgspec.field(name="profileArn")
    name: str
    enabled: bool
    role_arns: tuple[str, ...]
    session_policy: str = ""
    """JSON; nothing where sessions are not limited by it."""
    managed_policy_arns: tuple[str, ...] = ()
    """Of policies that limit sessions; none where none does
    (https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_ProfileDetail.html)."""
