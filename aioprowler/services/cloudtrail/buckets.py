"""What is set on the buckets that trails write to, where they are the account's own."""

from __future__ import annotations

import msgspec

from aioprowler import Facet, Failure, call, derive, field
from aioprowler.judging.policies import Policy
from aioprowler.services.cloudtrail.resources import Trail
from aioprowler.services.s3.resources import (
    AccountPublicAccessBlock,
    BlockSettings,
    EffectiveBlock,
    Grant,
    LogTarget,
    OwnBucketNames,
    effective_block,
)


def is_own_bucket(trail: Trail, own: OwnBucketNames) -> bool:
    """Of another account's bucket, as every member has that of its organization's log archive, nothing is asked."""
    return trail.bucket in own.names


class TrailBucketVersioning(Facet[Trail]):
    """Whether deleting a version in the trail's bucket takes MFA. AWS leaves it out where nobody ever decided
    (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html).
    """

    source = call("s3", "GetBucketVersioning", Bucket="bucket", when=is_own_bucket)
    mfa_delete: str | None = field(name="MFADelete", default=None)


class TrailBucketLogging(Facet[Trail]):
    """Where the access logs of the trail's bucket go. AWS leaves it out where it keeps none
    (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLogging.html).
    """

    source = call("s3", "GetBucketLogging", Bucket="bucket", when=is_own_bucket)
    logging_enabled: LogTarget | None = None


class TrailBucketPublicAccessBlock(BlockSettings, Facet[Trail]):
    """What the trail's bucket itself blocks of public access."""

    source = call(
        "s3",
        "GetPublicAccessBlock",
        "PublicAccessBlockConfiguration",
        Bucket="bucket",
        absent=["NoSuchPublicAccessBlockConfiguration"],
        when=is_own_bucket,
    )


class TrailBucketShield(msgspec.Struct, frozen=True):
    """What of Block Public Access takes effect on the bucket."""

    block: EffectiveBlock


@derive
def trail_bucket_shield(
    own: TrailBucketPublicAccessBlock | Failure | None, general: AccountPublicAccessBlock | Failure | None
) -> TrailBucketShield:
    """A setting holds where the bucket or the account has it."""
    return TrailBucketShield(effective_block(own, general))


def acls_count(trail: Trail, own: OwnBucketNames, shield: TrailBucketShield) -> bool:
    """Whether ACLs of the bucket may let anybody in."""
    return is_own_bucket(trail, own) and shield.block.ignore_public_acls is not True


def policy_counts(trail: Trail, own: OwnBucketNames, shield: TrailBucketShield) -> bool:
    """Whether the bucket's policy may let anybody in."""
    return is_own_bucket(trail, own) and shield.block.restrict_public_buckets is not True


class TrailBucketAcl(Facet[Trail]):
    """Whom the ACL of the trail's bucket lets in, where Block Public Access lets that take effect."""

    source = call("s3", "GetBucketAcl", Bucket="bucket", when=acls_count)
    grants: tuple[Grant, ...]

    @property
    def is_public(self) -> bool:
        """Whether it grants something to everybody, with an AWS account or without."""
        return any(grant.is_public for grant in self.grants)


class TrailBucketPolicy(Facet[Trail]):
    """Whom the policy of the trail's bucket lets in, where Block Public Access lets that take effect."""

    source = call("s3", "GetBucketPolicy", Bucket="bucket", absent=["NoSuchBucketPolicy"], when=policy_counts)
    document: Policy = field(name="Policy")
