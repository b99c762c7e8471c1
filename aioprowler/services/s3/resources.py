"""Buckets, access points and what is set on them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import Annotated, Final

import msgspec

from aioprowler import (
    Account,
    All,
    Aws,
    Facet,
    Failure,
    Names,
    Region,
    Resource,
    States,
    UnreadableError,
    call,
    derive,
    field,
    listing,
    source,
)
from aioprowler.judging.policies import Policy
from aioprowler.judging.verdicts import told

# --- Buckets ---


def lacks_region(bucket: Bucket) -> bool:
    """Endpoints other than AWS's own list buckets without their region."""
    return not bucket.bucket_region


def bucket_region(bucket: Bucket, location: BucketLocation | None) -> str:
    """ListBuckets tells a bucket's region where it is recent enough; GetBucketLocation always does."""
    return bucket.bucket_region or (location.region if location else "us-east-1")


class Bucket(
    Resource,
    id="name",
    arn="arn:{partition}:s3:::{name}",
    type="AwsS3Bucket",
    group="storage",
    noun="S3 bucket",
    gone=["NoSuchBucket"],
):
    """A general purpose bucket, filed under its own region."""

    source = listing("s3", "ListBuckets", "Buckets", region=bucket_region)
    name: str
    bucket_region: str | None = None


class BucketLocation(Facet[Bucket]):
    """Asked only where the listing did not say."""

    source = call("s3", "GetBucketLocation", Bucket="name", when=lacks_region)
    location_constraint: str | None = None

    @property
    def region(self) -> str:
        """https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html: nothing means us-east-1."""
        return {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}.get(
            self.location_constraint, self.location_constraint or ""
        )


_OF_ACCOUNT_AND_REGION: Final = re.compile(r"arn:[^:]*:s3:::.*-[0-9]{12}-([a-z]+(?:-[a-z]+)+-[0-9]+)-an")


class BucketRegions(msgspec.Struct, frozen=True):
    """ARN of each bucket of the account -> its region."""

    by_arn: dict[str, str]

    def of(self, arn: str) -> str | None:
        """None where it is not known. The name of a bucket in the namespace of an account and region says it, whosever
        it is: https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
        """
        told = _OF_ACCOUNT_AND_REGION.fullmatch(arn)
        return self.by_arn.get(arn) or (told[1] if told else None)


@derive
def bucket_regions(buckets: All[Bucket]) -> BucketRegions:
    """By the buckets' ARNs, as replication rules name their targets."""
    return BucketRegions({bucket.arn: bucket.region for bucket in buckets})


# --- What keeps a bucket's data ---


class BucketVersioning(Facet[Bucket]):
    """Whether a bucket keeps earlier versions of its objects; both fields are absent where nobody ever decided:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
    """

    source = call("s3", "GetBucketVersioning", Bucket="name")
    status: str | None = None
    mfa_delete: str | None = field(name="MFADelete", default=None)


class ObjectLock(Facet[Bucket]):
    """Whether versions can be locked against deletion; `Enabled` or empty."""

    source = call(
        "s3",
        "GetObjectLockConfiguration",
        "ObjectLockConfiguration",
        Bucket="name",
        absent=["ObjectLockConfigurationNotFoundError"],
    )
    object_lock_enabled: str


class LifecycleRule(msgspec.Struct, frozen=True, rename="pascal"):
    """What becomes of ageing objects; it works while `status` is `Enabled`."""

    status: str


class BucketLifecycle(Facet[Bucket]):
    """The rules by which a bucket moves or deletes objects."""

    source = call("s3", "GetBucketLifecycleConfiguration", Bucket="name", absent=["NoSuchLifecycleConfiguration"])
    rules: tuple[LifecycleRule, ...]


class ReplicationTarget(msgspec.Struct, frozen=True, rename="pascal"):
    """The bucket to which objects are copied."""

    bucket: str
    """Its ARN."""


class ReplicationRule(msgspec.Struct, frozen=True, rename="pascal"):
    """Which objects are copied where; it works while `status` is `Enabled`."""

    status: str
    destination: ReplicationTarget


class BucketReplication(Facet[Bucket]):
    """The rules by which a bucket's objects are copied to other buckets."""

    source = call(
        "s3",
        "GetBucketReplication",
        "ReplicationConfiguration",
        Bucket="name",
        absent=["ReplicationConfigurationNotFoundError"],
    )
    rules: tuple[ReplicationRule, ...]

    @property
    def targets(self) -> list[str]:
        """ARNs of the buckets that enabled rules copy to."""
        return [rule.destination.bucket for rule in self.rules if rule.status == "Enabled"]


class DefaultEncryption(msgspec.Struct, frozen=True):
    """What an object is encrypted with whose writer asks for nothing."""

    algorithm: str = field(name="SSEAlgorithm")


class BlockedEncryption(msgspec.Struct, frozen=True):
    """Kinds of encryption with which nothing may be written, such as `SSE-C`; that it is there is all that is read."""


class EncryptionRule(msgspec.Struct, frozen=True, rename="pascal"):
    """What new objects are encrypted with, or what they may not be encrypted with, or both:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionRule.html
    """

    apply_server_side_encryption_by_default: DefaultEncryption | None = None
    blocked_encryption_types: BlockedEncryption | None = None


class BucketEncryption(Facet[Bucket]):
    """How new objects are encrypted unless their writer says otherwise."""

    source = call(
        "s3",
        "GetBucketEncryption",
        "ServerSideEncryptionConfiguration",
        Bucket="name",
        absent=["ServerSideEncryptionConfigurationNotFoundError"],
    )
    rules: tuple[EncryptionRule, ...]

    @property
    def algorithm(self) -> str:
        """Where the rules do nothing but block, S3 encrypts with keys of its own:
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
        Raises UnreadableError for a rule that does neither.
        """
        chosen = [rule.apply_server_side_encryption_by_default for rule in self.rules]
        if not any(chosen) and not all(rule.blocked_encryption_types for rule in self.rules):
            raise UnreadableError("AWS did not tell ApplyServerSideEncryptionByDefault of a rule for encryption")
        return next((each.algorithm for each in chosen if each), "AES256")


# --- What tells about its use ---


class LogTarget(msgspec.Struct, frozen=True, rename="pascal"):
    """The name of the bucket that access logs go to."""

    target_bucket: str


class BucketLogging(Facet[Bucket]):
    """Where a bucket's access logs go; None where it keeps none:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLogging.html
    """

    source = call("s3", "GetBucketLogging", Bucket="name")
    logging_enabled: LogTarget | None = None


class Notification(msgspec.Struct, frozen=True):
    """That it is there is all that is read of it."""


class BucketNotifications(Facet[Bucket]):
    """Who is told of events in a bucket; what is left out is told of none:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html
    """

    source = call("s3", "GetBucketNotificationConfiguration", Bucket="name")
    topic_configurations: tuple[Notification, ...] = ()
    queue_configurations: tuple[Notification, ...] = ()
    lambda_function_configurations: tuple[Notification, ...] = ()
    event_bridge_configuration: Notification | None = None
    """An empty structure where events go to EventBridge."""

    @property
    def targets(self) -> list[str]:
        """What kinds of targets are told of events."""
        kinds = {
            "SNS topics": self.topic_configurations,
            "SQS queues": self.queue_configurations,
            "Lambda functions": self.lambda_function_configurations,
            "EventBridge": self.event_bridge_configuration is not None,
        }
        return [kind for kind, configured in kinds.items() if configured]


# --- Block Public Access ---


def all_hold(settings: Iterable[bool | Failure]) -> bool | Failure:
    """Whether all of them do; a Failure where that depends on one that is not known."""
    found = list(settings)
    return False if False in found else next((each for each in found if isinstance(each, Failure)), True)


def one_holds(settings: Iterable[bool | Failure]) -> bool | Failure:
    """Whether one of them does; a Failure where that depends on one that is not known."""
    found = list(settings)
    return True if True in found else next((each for each in found if isinstance(each, Failure)), False)


class BlockSettings(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """The four settings of Block Public Access, wherever they are made. AWS tells all of them where one was made; what
    is None is not known.

    Two keep new grants out (`block_...`); the other two take effect on grants that are there already.
    """

    block_public_acls: bool | None = None
    ignore_public_acls: bool | None = None
    block_public_policy: bool | None = None
    restrict_public_buckets: bool | None = None

    @property
    def protects(self) -> bool | Failure:
        """Whether neither an ACL nor a policy that is there makes anything public."""
        return all_hold(map(self.setting, ("ignore_public_acls", "restrict_public_buckets")))

    @property
    def is_complete(self) -> bool | Failure:
        """Whether all four are on."""
        return all_hold(map(self.setting, BlockSettings.__struct_fields__))

    def setting(self, name: str) -> bool | Failure:
        """One of the four, by the field's name."""
        value: bool | None = getattr(self, name)
        if value is None:
            return Failure("broken", name, "", f"AWS did not tell {name.title().replace('_', '')}")
        return value


class AccountPublicAccessBlock(BlockSettings, Facet[Account]):
    """Block Public Access of the whole account."""

    source = call(
        "s3control",
        "GetPublicAccessBlock",
        "PublicAccessBlockConfiguration",
        AccountId="id",
        absent=["NoSuchPublicAccessBlockConfiguration"],
    )


class BucketPublicAccessBlock(BlockSettings, Facet[Bucket]):
    """Block Public Access of one bucket."""

    source = call(
        "s3",
        "GetPublicAccessBlock",
        "PublicAccessBlockConfiguration",
        Bucket="name",
        absent=["NoSuchPublicAccessBlockConfiguration"],
    )


class EffectiveBlock(msgspec.Struct, frozen=True, kw_only=True):
    """What of it takes effect on a bucket: S3 applies each setting that is made on the bucket or on the account. It is
    a Failure where one of them could not be looked at and the other does not have it.
    """

    ignore_public_acls: bool | Failure
    restrict_public_buckets: bool | Failure

    @property
    def protects(self) -> bool | Failure:
        """Whether neither an ACL nor a policy that is there makes anything public."""
        return all_hold((self.ignore_public_acls, self.restrict_public_buckets))


@derive
def effective_block(
    own: BucketPublicAccessBlock | Failure | None, general: AccountPublicAccessBlock | Failure | None
) -> EffectiveBlock:
    """A setting holds where the bucket or its account has it."""

    def holds(name: str) -> bool | Failure:
        made = (block for block in (own, general) if block)
        return one_holds(block if isinstance(block, Failure) else block.setting(name) for block in made)

    return EffectiveBlock(
        ignore_public_acls=holds("ignore_public_acls"), restrict_public_buckets=holds("restrict_public_buckets")
    )


# --- Who is let in ---


class Grantee(msgspec.Struct, frozen=True, rename="pascal"):
    """Whom an ACL lets in: a user by id, or one of AWS's groups by `uri`, which others do not have:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Grantee.html
    """

    type: str
    uri: str = field(name="URI", default="")


class Grant(msgspec.Struct, frozen=True, rename="pascal"):
    """A grant of an ACL. Groups are named by URIs, the last word of which is the group's name."""

    grantee: Grantee
    permission: str

    @property
    def group(self) -> str:
        """`AllUsers`, `AuthenticatedUsers`, `LogDelivery`; empty for a user. Raises UnreadableError where AWS does not
        tell which group it is.
        """
        if self.grantee.type != "Group":
            return ""
        if not self.grantee.uri:
            raise UnreadableError("an ACL grants something to a group and does not tell its URI")
        return self.grantee.uri.rpartition("/")[2]

    @property
    def is_public(self) -> bool:
        """Whether it is for everybody, or for every AWS account, which anybody can have."""
        return self.group in {"AllUsers", "AuthenticatedUsers"}


def acls_count(block: EffectiveBlock) -> bool:
    """ACLs grant nothing to the public where the block has them ignored; where that is not known they may."""
    return block.ignore_public_acls is not True


class BucketAcl(Facet[Bucket]):
    """Asked only where Block Public Access lets a public grant in it take effect."""

    source = call("s3", "GetBucketAcl", Bucket="name", when=acls_count)
    grants: tuple[Grant, ...]

    @property
    def public_grants(self) -> list[Grant]:
        """Those to everybody, with an AWS account or without."""
        return [grant for grant in self.grants if grant.is_public]


class BucketPolicy(Facet[Bucket]):
    """The bucket's resource policy."""

    source = call("s3", "GetBucketPolicy", Bucket="name", absent=["NoSuchBucketPolicy"])
    document: Policy = field(name="Policy")


@source("s3:GetBucketAcl")
async def find_owner(bucket: Bucket, policy: BucketPolicy | None, aws: Aws) -> BucketOwner | Failure | None:
    """Whose a bucket is, where its policy lets in users whom S3 knows by their canonical ids."""
    if policy is None or policy.document.fault:
        return None
    if all(principal.kind != "CanonicalUser" for grant in policy.document.grants for principal in grant.principals):
        return None
    acl = await aws.call("s3", "GetBucketAcl", Bucket=bucket.name)
    return acl if isinstance(acl, Failure) else BucketOwner(id=acl["Owner"]["ID"])


class BucketOwner(Facet[Bucket]):
    """The account that a bucket is of, by its canonical user id; None where its policy names no such ids."""

    source = find_owner
    id: str


class BucketOwnership(Facet[Bucket]):
    """Who owns the objects that others write, and so whether ACLs mean anything."""

    source = call(
        "s3",
        "GetBucketOwnershipControls",
        "OwnershipControls.Rules[0]",
        Bucket="name",
        absent=["OwnershipControlsNotFoundError"],
    )
    object_ownership: str


@source("s3:ListObjectsV2", "s3:GetObjectAcl")
async def sample_objects(
    bucket: Bucket,
    aws: Aws,
    *,
    s3_bucket_object_public_enabled: Annotated[bool, "Whether to look at ACLs of objects at all."] = False,
    s3_bucket_object_public_max_objects: Annotated[int, "From how many of the first keys the sample is taken."] = 100,
    s3_bucket_object_public_sample_size: Annotated[int, "Of how many objects the ACL is read."] = 3,
) -> ObjectSample | Failure | None:
    """The ACLs of some objects, evenly spread over the first keys, so that every scan looks at the same ones."""
    if not s3_bucket_object_public_enabled:
        return None
    listed = await aws.call("s3", "ListObjectsV2", Bucket=bucket.name, MaxKeys=s3_bucket_object_public_max_objects)
    if isinstance(listed, Failure):
        return listed
    keys = [item["Key"] for item in listed.get("Contents", ())]
    grants: dict[str, tuple[Grant, ...]] = {}
    for key in evenly_spread(keys, s3_bucket_object_public_sample_size):
        acl = await aws.call("s3", "GetObjectAcl", Bucket=bucket.name, Key=key)
        if isinstance(acl, Failure):
            return acl
        grants[key] = msgspec.convert(acl["Grants"], tuple[Grant, ...])
    return ObjectSample(grants=grants)


def evenly_spread(keys: list[str], size: int) -> list[str]:
    """At most `size` of the keys, at equal distances, the first among them."""
    size = max(size, 1)
    return keys[:: max(len(keys) // size, 1)][:size]


class ObjectSample(Facet[Bucket]):
    """A look at a few objects' ACLs; None unless the configuration asks for it, since it costs calls."""

    source = sample_objects
    grants: dict[str, tuple[Grant, ...]]
    """By key."""

    @property
    def public_keys(self) -> list[str]:
        """Keys of the objects that everybody may read or write."""
        return [key for key, grants in self.grants.items() if any(grant.is_public for grant in grants)]


# --- Bucket names that anybody could have foreseen ---

FORESEEABLE = {
    "AWS Glue": "aws-glue-assets-{account}-{region}",
    "SageMaker": "sagemaker-{region}-{account}",
    "EMR Studio": "aws-emr-studio-{account}-{region}",
    "AWS CodeStar": "aws-codestar-{region}-{account}",
}
"""Service -> the bucket that it makes or uses in an account and region ("Bucket Monopoly", Aqua Security, 2024)."""


def foreseeable_names(region: Region) -> dict[str, str]:
    """Service -> bucket name."""
    return {
        service: name.format(account=region.account.id, region=region.name) for service, name in FORESEEABLE.items()
    }


@source("s3:ListBuckets")
async def list_names(aws: Aws) -> OwnBucketNames | Failure:
    """The names of all the account's buckets, in all regions."""
    buckets = await aws.items("s3", "ListBuckets", "Buckets")
    if isinstance(buckets, Failure):
        return buckets
    return OwnBucketNames(names=frozenset(told(each.get("Name"), "the Name of a bucket") for each in buckets))


class OwnBucketNames(Names, Facet[Account]):
    """The account's buckets in all regions, those outside the scan included."""

    source = list_names


@source("s3:HeadBucket")
async def find_taken(region: Region, own: OwnBucketNames, aws: Aws) -> TakenNames | Failure:
    """Asks for each foreseeable name that is not the account's own whether somebody else has it."""
    found = await existing_among([name for name in foreseeable_names(region).values() if name not in own.names], aws)
    return found if isinstance(found, Failure) else TakenNames(names=found)


async def existing_among(names: Iterable[str], aws: Aws) -> frozenset[str] | Failure:
    """Those names that are buckets, whosever they are: S3 answers, or refuses these and not all."""
    existing: list[str] = []
    refused = False
    for name in names:
        answer = await aws.answer("s3", "HeadBucket", _NO_BUCKET | _NOT_OURS, Bucket=name)
        if isinstance(answer, Failure):
            return answer
        is_refused = isinstance(answer, str) and answer in _NOT_OURS
        if is_refused or isinstance(answer, dict):
            existing.append(name)
        refused = refused or is_refused
    if refused:
        # Where all of S3 is refused, as a policy of the organization may, that tells of no bucket.
        nobodys = await aws.find("s3", "HeadBucket", _NO_BUCKET, Bucket=f"aioprowler-{secrets.token_hex(16)}")
        if isinstance(nobodys, Failure):
            return nobodys
    return frozenset(existing)


_NO_BUCKET = frozenset({"404", "NoSuchBucket", "NotFound"})
_NOT_OURS = frozenset({"403", "AccessDenied", "Forbidden"})


class TakenNames(Facet[Region]):
    """Foreseeable names of the region that are buckets of somebody else: S3 answers, or refuses these and not all."""

    source = find_taken
    names: frozenset[str]


# --- Access points ---


class AccessPoint(Resource, id="name", type="AwsS3AccessPoint", group="storage", noun="Access point"):
    """A name with a policy of its own, by which a bucket is reached."""

    source = listing("s3control", "ListAccessPoints", "AccessPointList", AccountId="id")
    name: str
    arn: str = field(name="AccessPointArn")
    bucket: str


class AccessPointBlock(BlockSettings, Facet[AccessPoint]):
    """Block Public Access of one access point."""

    source = call("s3control", "GetAccessPoint", "PublicAccessBlockConfiguration", AccountId="account.id", Name="name")


class MultiRegionBucket(msgspec.Struct, frozen=True, rename="pascal"):
    """The name of a bucket behind a multi-region access point."""

    bucket: str


class MultiRegionAccessPoint(
    Resource,
    id="name",
    arn="arn:{partition}:s3::{account_id}:accesspoint/{name}",
    type="AwsS3AccessPoint",
    group="storage",
    noun="Multi-Region Access Point",
):
    """One name for buckets of several regions.

    One region answers for all:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRestrictions.html
    """

    source = listing(
        "s3control",
        "ListMultiRegionAccessPoints",
        "AccessPoints",
        at={"aws": "us-west-2"},
        states=States("status", over=("DELETING",), not_yet=("CREATING",)),
        AccountId="id",
    )
    name: str
    status: str
    regions: tuple[MultiRegionBucket, ...]
    public_access_block: BlockSettings

    @property
    def buckets(self) -> str:
        """Their names, as a sentence lists them."""
        return ", ".join(each.bucket for each in self.regions)
