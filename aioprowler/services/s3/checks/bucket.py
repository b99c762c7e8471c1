"""How a bucket keeps its data: versions, copies, encryption, traces of what happened."""

from __future__ import annotations

from aioprowler import Fail, Manual, Pass, Verdict, check
from aioprowler.judging.logs import logs_to
from aioprowler.judging.policies import requires_secure_transport
from aioprowler.judging.verdicts import enabled, has, pass_if
from aioprowler.services.s3.resources import (
    Bucket,
    BucketEncryption,
    BucketLifecycle,
    BucketLogging,
    BucketNotifications,
    BucketPolicy,
    BucketRegions,
    BucketReplication,
    BucketVersioning,
    ObjectLock,
)

KMS_ALGORITHMS = frozenset({"aws:kms", "aws:kms:dsse"})


@check(fails="S3 bucket does not keep earlier versions of its objects", severity="medium", categories=["resilience"])
def s3_bucket_object_versioning(bucket: Bucket, versioning: BucketVersioning) -> Verdict:
    """S3 buckets keep earlier versions of their objects.

    With versioning, an overwrite or a deletion adds a version, and the earlier one can be restored.

    ## Risk
    Without it, a mistaken or hostile write destroys data for good: ransomware needs one PUT per object.

    ## Remediation
    Turn versioning on, with a lifecycle rule that ends old versions: `aws s3api put-bucket-versioning --region <region>
    --bucket <bucket> --versioning-configuration Status=Enabled`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
    """
    return enabled(bucket.label, "versioning", versioning.status == "Enabled")


@check(fails="S3 bucket has no MFA Delete", severity="medium", categories=["identity-access"])
def s3_bucket_no_mfa_delete(bucket: Bucket, versioning: BucketVersioning) -> Verdict:
    """S3 buckets ask for MFA before a version is deleted for good.

    With MFA Delete, only the root user with a code from its device can delete an object version or suspend versioning.

    ## Risk
    Whoever holds credentials with s3:DeleteObjectVersion can destroy every version, and with them what versioning was
    to protect.

    ## Remediation
    Turn it on with the root user's credentials (no console and no other identity can): `aws s3api put-bucket-versioning
    --region <region> --bucket <bucket> --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa
    "<your-device-arn> <your-code>"`. It excludes lifecycle rules on the same bucket.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
    """
    return enabled(bucket.label, "MFA Delete", versioning.mfa_delete == "Enabled")


@check(fails="S3 bucket has no Object Lock", severity="low", categories=["resilience"])
def s3_bucket_object_lock(bucket: Bucket, lock: ObjectLock | None) -> Verdict:
    """S3 buckets have Object Lock.

    Object Lock keeps object versions from being overwritten or deleted until their retention ends; in compliance mode
    not even the root user can shorten it.

    ## Risk
    Backups and audit logs can be altered or deleted by anyone with enough permissions, an intruder who became
    administrator included.

    ## Remediation
    Turn it on for a versioned bucket, then set a default retention: `aws s3api put-object-lock-configuration --region
    <region> --bucket <bucket> --object-lock-configuration ObjectLockEnabled=Enabled`. It cannot be turned off again.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """
    return enabled(bucket.label, "Object Lock", bool(lock and lock.object_lock_enabled == "Enabled"))


@check(fails="S3 bucket has no enabled lifecycle rule", severity="low")
def s3_bucket_lifecycle_enabled(bucket: Bucket, lifecycle: BucketLifecycle | None) -> Verdict:
    """S3 buckets have an enabled lifecycle rule.

    Lifecycle rules move objects to cheaper storage or delete them, and old versions too, when they reach a certain age.

    ## Risk
    Data that nobody needs any more stays, costs money, and is there to be stolen; retention periods that the law sets
    are overstepped unnoticed.

    ## Remediation
    Describe in a file what shall happen to which objects when, and apply it: `aws s3api
    put-bucket-lifecycle-configuration --region <region> --bucket <bucket> --lifecycle-configuration
    file://lifecycle.json`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
    """
    rules = lifecycle.rules if lifecycle else ()
    return has(bucket.label, "an enabled lifecycle rule", any(rule.status == "Enabled" for rule in rules))


@check(fails="S3 bucket is not replicated to another region", severity="low", categories=["resilience"])
def s3_bucket_cross_region_replication(
    bucket: Bucket, versioning: BucketVersioning, replication: BucketReplication | None, regions: BucketRegions
) -> Verdict:
    """S3 buckets are replicated to another region.

    Counted are enabled replication rules of a versioned bucket whose destination lies in another region. Destinations
    that the scan did not see, in another account or in a region left out, need a person's look, unless the name is one
    of an account's regional namespace and says the region.

    ## Risk
    A disaster or outage in the bucket's only region makes the data unavailable, or destroys it.

    ## Remediation
    Turn on versioning on the bucket and on one in another region, then add a rule that names the latter: `aws s3api
    put-bucket-replication --region <region> --bucket <bucket> --replication-configuration file://replication.json`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
    """
    targets = replication.targets if replication and versioning.status == "Enabled" else []
    unseen = None
    for target in targets:
        region = regions.of(target)
        if region is None:
            unseen = target
        elif region != bucket.region:
            return Pass(f"{bucket.label} is replicated to {target} in {region}.")
    if unseen:
        return Manual(f"{bucket.label} is replicated to {unseen}, whose region this scan cannot tell.")
    return Fail(f"{bucket.label} is not replicated to another region.")


@check(fails="S3 bucket has no default encryption", severity="medium", categories=["encryption"])
def s3_bucket_default_encryption(bucket: Bucket, encryption: BucketEncryption | None) -> Verdict:
    """S3 buckets encrypt new objects by default.

    S3 has encrypted every new object since January 2023, at least with keys of its own (SSE-S3); the bucket's
    configuration says with which.

    ## Risk
    Objects stored in the clear can be read by whoever gets at the storage below S3, against most rules on data at rest.

    ## Remediation
    Set the default encryption: `aws s3api put-bucket-encryption --region <region> --bucket <bucket>
    --server-side-encryption-configuration 'Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=AES256}}]'`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
    """
    algorithm = encryption.algorithm if encryption else ""
    return pass_if(
        bool(algorithm),
        f"{bucket.label} encrypts new objects with {algorithm}.",
        f"{bucket.label} has no default encryption.",
    )


@check(fails="S3 bucket does not encrypt new objects with a KMS key", severity="medium", categories=["encryption"])
def s3_bucket_kms_encryption(bucket: Bucket, encryption: BucketEncryption | None) -> Verdict:
    """S3 buckets encrypt new objects with KMS keys.

    With SSE-KMS a reader needs permission for the key besides that for the object, and CloudTrail records each use of
    the key.

    ## Risk
    With S3's own keys, whoever may read the object gets the plain text: a mistaken grant on the bucket has no second
    barrier, and nobody can withdraw the data by disabling a key.

    ## Remediation
    Name a customer managed key, with a bucket key to save calls to KMS: `aws s3api put-bucket-encryption --region
    <region> --bucket <bucket> --server-side-encryption-configuration
    'Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=aws:kms,KMSMasterKeyID=<your-kms-key>},BucketKeyEnabled=true}]'`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """
    algorithm = encryption.algorithm if encryption else ""
    return pass_if(
        algorithm in KMS_ALGORITHMS,
        f"{bucket.label} encrypts new objects with {algorithm}.",
        f"{bucket.label} does not encrypt new objects with a KMS key.",
    )


@check(fails="S3 bucket answers requests without TLS", severity="medium", categories=["encryption"])
def s3_bucket_secure_transport_policy(bucket: Bucket, policy: BucketPolicy | None) -> Verdict:
    """S3 bucket policies refuse requests without TLS.

    S3 answers plain HTTP too, unless the policy denies everybody to read and write objects where aws:SecureTransport is
    false.

    ## Risk
    Over plain HTTP, anyone on the path reads the objects and can replace them.

    ## Remediation
    Add a statement that denies s3:* to everybody on the bucket and its objects, under the condition {"Bool":
    {"aws:SecureTransport": "false"}}: `aws s3api put-bucket-policy --region <region> --bucket <bucket> --policy
    file://policy.json`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    if policy is None:
        return Fail(f"{bucket.label} has no policy and so answers requests without TLS.")
    return pass_if(
        requires_secure_transport(policy.document),
        f"{bucket.label} has a policy that refuses requests without TLS.",
        f"{bucket.label} has a policy that does not refuse requests without TLS.",
    )


@check(fails="S3 bucket does not log access", severity="medium", categories=["forensics-ready", "logging"])
def s3_bucket_server_access_logging_enabled(bucket: Bucket, logging: BucketLogging) -> Verdict:
    """S3 buckets have server access logging.

    Access logs tell for each request who made it, from where, on which object and with what outcome.

    ## Risk
    After a leak nobody can tell which objects were read or by whom.

    ## Remediation
    Log to a bucket of the same account and region whose policy lets logging.s3.amazonaws.com write: `aws s3api
    put-bucket-logging --region <region> --bucket <bucket> --bucket-logging-status
    'LoggingEnabled={TargetBucket=<your-log-bucket>,TargetPrefix=<bucket>/}'`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
    """
    target = logging.logging_enabled
    return logs_to(bucket.label, "access", [f"bucket {target.target_bucket}"] if target else [])


@check(fails="S3 bucket sends no event notifications", severity="low", categories=["logging"])
def s3_bucket_event_notifications_enabled(bucket: Bucket, notifications: BucketNotifications) -> Verdict:
    """S3 buckets send event notifications.

    A bucket can tell EventBridge, an SNS topic, an SQS queue or a Lambda function of each object that is written,
    deleted or restored.

    ## Risk
    Mass deletions and uploads nobody expects go unnoticed until somebody misses the data.

    ## Remediation
    Send all events to EventBridge, where rules choose what to act on: `aws s3api put-bucket-notification-configuration
    --region <region> --bucket <bucket> --notification-configuration '{"EventBridgeConfiguration": {}}'`. The call
    replaces what is configured: repeat the present targets in it.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
    """
    return pass_if(
        bool(notifications.targets),
        f"{bucket.label} sends events to {', '.join(notifications.targets)}.",
        f"{bucket.label} does not send event notifications.",
    )
