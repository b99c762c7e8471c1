"""CloudFront distributions: what they serve viewers with, where they get it from, and where they log to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from aioprowler import All, Aws, Facet, Failure, OtherAccounts, Resource, call, derive, field, listing, source
from aioprowler.judging.verdicts import told
from aioprowler.services.cloudwatch.deliveries import Delivery, DeliverySource
from aioprowler.services.s3.resources import OwnBucketNames, existing_among

# --- Origins ---


class SslProtocols(msgspec.Struct, frozen=True, rename="pascal"):
    """What CloudFront may speak with an origin: `SSLv3`, `TLSv1`, `TLSv1.1`, `TLSv1.2`."""

    items: tuple[str, ...] | None = None


class Connection(msgspec.Struct, frozen=True, rename="pascal"):
    """How CloudFront speaks with an origin that is no bucket."""

    origin_protocol_policy: str | None = None
    """`http-only`, `https-only`, or `match-viewer`: as viewers do."""
    origin_ssl_protocols: SslProtocols = SslProtocols()


class S3Origin(msgspec.Struct, frozen=True, rename="pascal"):
    """That an origin is a bucket: one that serves a website is none, but somebody's server."""


class VpcOriginId(msgspec.Struct, frozen=True, rename="pascal"):
    """That an origin is in a VPC, without an address on the internet."""

    vpc_origin_id: str


class Origin(msgspec.Struct, frozen=True, rename="pascal"):
    """Where a distribution gets its content from; it has one of the three configurations."""

    id: str
    domain_name: str = ""
    origin_access_control_id: str = ""
    """Empty where requests are not signed with an origin access control."""
    bucket: S3Origin | None = field(name="S3OriginConfig", default=None)
    custom: Connection | None = field(name="CustomOriginConfig", default=None)
    in_vpc: VpcOriginId | None = field(name="VpcOriginConfig", default=None)

    @property
    def bucket_name(self) -> str | None:
        """That of a bucket; None for another name, as of an access point."""
        found = _BUCKET.fullmatch(self.domain_name)
        return found["bucket"].lower() if found else None


_BUCKET: Final = re.compile(
    r"(?P<bucket>.+)(?<!\.accesspoint)\.s3(?:[.-](?!accesspoint|object-lambda)[a-z0-9.-]+)?\.amazonaws\.com(?:\.cn)?",
    re.IGNORECASE,
)
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html"""


class Origins(msgspec.Struct, frozen=True, rename="pascal"):
    """All of a distribution."""

    items: tuple[Origin, ...] = ()


class Member(msgspec.Struct, frozen=True, rename="pascal"):
    """An origin in a group."""

    origin_id: str


class Members(msgspec.Struct, frozen=True, rename="pascal"):
    """The origins of a group, the first one asked first."""

    items: tuple[Member, ...] = ()


class OriginGroup(msgspec.Struct, frozen=True, rename="pascal"):
    """Origins that stand in for each other."""

    id: str
    members: Members = Members()


class OriginGroups(msgspec.Struct, frozen=True, rename="pascal"):
    """All of a distribution."""

    items: tuple[OriginGroup, ...] = ()


# --- Distributions ---


class CacheBehavior(msgspec.Struct, frozen=True, rename="pascal"):
    """What is done with requests: by default, for all paths that have no behavior of their own."""

    viewer_protocol_policy: str | None = None
    """`allow-all`, `https-only` or `redirect-to-https`."""
    target_origin_id: str = ""
    """The id of an origin, or of a group of them."""
    field_level_encryption_id: str = ""
    realtime_log_config_arn: str = ""

    @property
    def viewers(self) -> str:
        """Whether viewers must speak HTTPS. Raises UnreadableError where AWS did not tell."""
        return told(self.viewer_protocol_policy, "a ViewerProtocolPolicy")

    @property
    def scope(self) -> str:
        """For which requests it holds, as a sentence says it."""
        return "by default"


class PathBehavior(CacheBehavior, frozen=True, rename="pascal"):
    """What is done with requests for certain paths."""

    path_pattern: str | None = None

    @property
    def scope(self) -> str:
        """For which requests it holds, as a sentence says it."""
        return f"for {self.path_pattern or 'certain paths'}"


class CacheBehaviors(msgspec.Struct, frozen=True, rename="pascal"):
    """Those for certain paths."""

    items: tuple[PathBehavior, ...] = ()


class ViewerCertificate(msgspec.Struct, frozen=True, rename="pascal"):
    """What a distribution shows viewers, and how it encrypts for them."""

    cloud_front_default_certificate: bool | None = None
    acm_certificate_arn: str = field(name="ACMCertificateArn", default="")
    iam_certificate_id: str = field(name="IAMCertificateId", default="")
    ssl_support_method: str | None = field(name="SSLSupportMethod", default=None)
    """`sni-only`, `vip` or `static-ip`."""
    minimum_protocol_version: str | None = None
    """The security policy, by its lowest version: `TLSv1.2_2021`."""

    @property
    def is_default(self) -> bool:
        """Whether it is CloudFront's, for names under cloudfront.net. Raises UnreadableError where AWS did not tell."""
        default = self.cloud_front_default_certificate
        if default is None and (self.acm_certificate_arn or self.iam_certificate_id):
            return False
        return told(default, "the certificate of a distribution")


class GeoRestriction(msgspec.Struct, frozen=True, rename="pascal"):
    """`whitelist`, `blacklist` or `none`."""

    restriction_type: str | None = None


class Restrictions(msgspec.Struct, frozen=True, rename="pascal"):
    """Who is refused."""

    geo_restriction: GeoRestriction = GeoRestriction()


class Distribution(
    Resource,
    id="id",
    type="AwsCloudFrontDistribution",
    group="network",
    noun="CloudFront distribution",
    gone=["NoSuchDistribution"],
):
    """What CloudFront answers requests by."""

    source = listing("cloudfront", "ListDistributions", "DistributionList.Items")
    id: str
    arn: str = field(name="ARN")
    staging: bool = False
    """Whether it is one that changes of another are tried on, its primary."""
    every_origin: Origins = field(name="Origins")
    every_group: OriginGroups = field(name="OriginGroups", default=OriginGroups())
    default_behavior: CacheBehavior = field(name="DefaultCacheBehavior")
    path_behaviors: CacheBehaviors = field(name="CacheBehaviors")
    viewer_certificate: ViewerCertificate
    restrictions: Restrictions
    web_acl_id: str = field(name="WebACLId")
    """The ARN of its web ACL, of WAF Classic the id; empty where it has none."""

    @property
    def origins(self) -> tuple[Origin, ...]:
        """There is at least one. Raises UnreadableError where AWS did not tell."""
        return told(self.every_origin.items or None, "the origins of a distribution")

    @property
    def buckets(self) -> tuple[Origin, ...]:
        """The origins that are buckets."""
        return tuple(each for each in self.origins if each.bucket)

    @property
    def behaviors(self) -> tuple[CacheBehavior, ...]:
        """The default, and those for certain paths."""
        return (self.default_behavior, *self.path_behaviors.items)

    def behaviors_to(self, origin: Origin) -> tuple[CacheBehavior, ...]:
        """Those that lead to an origin, by itself or in a group. Where none does, all: code at the edge may choose."""
        groups = self.every_group.items
        within = {each.id for each in groups if origin.id in {member.origin_id for member in each.members.items}}
        return tuple(each for each in self.behaviors if each.target_origin_id in {origin.id, *within}) or self.behaviors


class StandardLogging(msgspec.Struct, frozen=True, rename="pascal"):
    """Logs to a bucket, in their first version."""

    enabled: bool


class DistributionConfig(Facet[Distribution]):
    """What the listing does not tell of a distribution
    (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html).
    """

    source = call("cloudfront", "GetDistributionConfig", "DistributionConfig", Id="id")
    default_root_object: str = ""
    logging: StandardLogging = StandardLogging(enabled=False)


# --- Logs by way of CloudWatch ---


class DeliveredLogs(msgspec.Struct, frozen=True):
    """Whose access logs are delivered by way of CloudWatch, their second version."""

    arns: frozenset[str]


@derive
def delivered_logs(sources: All[DeliverySource], deliveries: All[Delivery]) -> DeliveredLogs:
    """A source from which nothing is delivered logs nothing."""
    delivered = {each.delivery_source_name for each in deliveries}
    logging = (each for each in sources if each.name in delivered and each.log_type == "ACCESS_LOGS")
    return DeliveredLogs(frozenset(arn for each in logging for arn in each.resource_arns))


# --- Origins in VPCs ---


def has_vpc_origins(distribution: Distribution) -> bool:
    """Whether there is something to ask: how it is spoken with them, the distribution does not say."""
    return any(each.in_vpc for each in distribution.origins)


@source("cloudfront:GetVpcOrigin", when=has_vpc_origins)
async def vpc_origins(distribution: Distribution, aws: Aws) -> VpcOrigins | Failure:
    """Each one of a distribution."""
    found: dict[str, Connection] = {}
    for id_ in dict.fromkeys(each.in_vpc.vpc_origin_id for each in distribution.origins if each.in_vpc):
        reply = await aws.call("cloudfront", "GetVpcOrigin", Id=id_)
        if isinstance(reply, Failure):
            return reply
        found[id_] = msgspec.convert(reply["VpcOrigin"]["VpcOriginEndpointConfig"], Connection)
    return VpcOrigins(connections=found)


class VpcOrigins(Facet[Distribution]):
    """How CloudFront speaks with the origins of a distribution that are in VPCs, by their ids there.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOriginEndpointConfig.html
    """

    source = vpc_origins
    connections: Mapping[str, Connection]


def connection_to(origin: Origin, in_vpcs: VpcOrigins | None) -> Connection:
    """To one that is no bucket. Raises UnreadableError where AWS did not tell."""
    if origin.in_vpc:
        return told(
            in_vpcs.connections.get(origin.in_vpc.vpc_origin_id) if in_vpcs else None, f"of the origin {origin.id}"
        )
    return told(origin.custom, f"the configuration of the origin {origin.id}")


# --- Buckets that are origins ---


@source("s3:HeadBucket")
async def find_missing(
    distribution: Distribution, own: OwnBucketNames | Failure, aws: Aws, others: OtherAccounts
) -> MissingBuckets | Failure:
    """S3 is asked only of buckets that no account of the scan is known to have."""
    names = {each.bucket_name for each in distribution.buckets}
    known = frozenset() if isinstance(own, Failure) else own.names
    unknown = [name for name in sorted(filter(None, names)) if name not in known]
    strange = [name for name in unknown if await others.have(OwnBucketNames, name) is not True]
    existing = await existing_among(strange, aws)
    if isinstance(existing, Failure):
        return existing
    return MissingBuckets(names=tuple(name for name in strange if name not in existing))


class MissingBuckets(Facet[Distribution]):
    """Origins of a distribution that would be buckets, if there were such."""

    source = find_missing
    names: tuple[str, ...]
