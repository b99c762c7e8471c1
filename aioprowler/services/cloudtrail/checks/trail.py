"""How a trail is set up, and the bucket that it writes to."""

from __future__ import annotations

import datetime

from aioprowler import Fail, Manual, Verdict, check
from aioprowler.judging.exposure import not_public_bucket
from aioprowler.judging.policies import Outsiders, public_access
from aioprowler.judging.verdicts import enabled, has, pass_if
from aioprowler.services.cloudtrail.buckets import (
    TrailBucketAcl,
    TrailBucketLogging,
    TrailBucketPolicy,
    TrailBucketShield,
    TrailBucketVersioning,
)
from aioprowler.services.cloudtrail.resources import InsightSelectors, Logging, Trail
from aioprowler.services.s3.resources import OwnBucketNames


def bucket_of(trail: Trail) -> str:
    """How a sentence names it."""
    return f"S3 bucket {trail.bucket} of {trail.label}"


def of_somebody_else(trail: Trail) -> Manual:
    """What is not the account's own cannot be looked at from here."""
    return Manual(f"{bucket_of(trail)} is none of account {trail.account.id}: look at it in the account that owns it.")


@check(
    fails="Trail's bucket lets versions of logs be deleted without MFA",
    severity="medium",
    categories=["forensics-ready", "identity-access"],
)
def cloudtrail_bucket_requires_mfa_delete(
    trail: Trail, logging: Logging, own: OwnBucketNames, versioning: TrailBucketVersioning | None
) -> Verdict | None:
    """Buckets of trails demand MFA before versions of logs are deleted.

    Trails that log are judged. Whether the bucket of another account demands it cannot be seen from here: a person must
    look.

    ## Risk
    Whoever steals an administrator's keys deletes the logs of what was done with them.

    ## Remediation
    As the root user, with its MFA device: `aws s3api put-bucket-versioning --bucket <bucket> --versioning-configuration
    Status=Enabled,MFADelete=Enabled --mfa '<your-mfa-arn> <your-mfa-code>'`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
    """
    if not logging.is_logging:
        return None
    if trail.bucket not in own.names or versioning is None:
        return of_somebody_else(trail)
    return enabled(bucket_of(trail), "MFA delete", versioning.mfa_delete or "Disabled")


@check(
    fails="Trail has not delivered to CloudWatch Logs for a day",
    severity="low",
    categories=["forensics-ready", "logging"],
)
def cloudtrail_cloudwatch_logging_enabled(trail: Trail, logging: Logging, now: datetime.datetime) -> Verdict:
    """Trails deliver their events to CloudWatch Logs.

    The last delivery must be at most a day old; each trail is judged, also one that does not log.

    ## Risk
    Nobody is alerted while something happens: metric filters and alarms see only what is in CloudWatch Logs.

    ## Remediation
    Name a log group, and a role that may write to it: `aws cloudtrail update-trail --region <region> --name <trail>
    --cloud-watch-logs-log-group-arn <your-log-group-arn> --cloud-watch-logs-role-arn <your-role-arn>`.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html
    """
    last = logging.latest_delivery
    if last is None:
        return Fail(f"{trail.label} has never delivered events to CloudWatch Logs.")
    return pass_if(
        now - last <= datetime.timedelta(days=1),
        f"{trail.label} delivers events to CloudWatch Logs, the last time at {last:%Y-%m-%d %H:%M}.",
        f"{trail.label} has not delivered events to CloudWatch Logs since {last:%Y-%m-%d %H:%M}.",
    )


@check(fails="Trail does not look for unusual activity", severity="low", categories=["forensics-ready"])
def cloudtrail_insights_exist(trail: Trail, logging: Logging, insights: InsightSelectors | None) -> Verdict | None:
    """Trails look for unusual activity with CloudTrail Insights.

    Trails that log are judged; one kind of Insights, of the rate of calls or of errors, is enough.

    ## Risk
    A burst of calls or errors, such as somebody trying what stolen keys are good for, is drowned by what is usual.

    ## Remediation
    Turn Insights on: `aws cloudtrail put-insight-selectors --region <region> --trail-name <trail> --insight-selectors
    '[{"InsightType": "ApiCallRateInsight"}, {"InsightType": "ApiErrorRateInsight"}]'`.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html
    """
    if not logging.is_logging:
        return None
    return has(trail.label, "Insights", bool(insights and insights.insight_selectors))


@check(fails="Trail's logs are not encrypted with a key of KMS", severity="medium", categories=["encryption"])
def cloudtrail_kms_encryption_enabled(trail: Trail) -> Verdict:
    """Logs of trails are encrypted with keys of AWS KMS.

    Without one they are encrypted with keys that S3 manages, for whoever may read the bucket.

    ## Risk
    Access to the bucket alone is enough to read who did what in the account, with nobody's leave.

    ## Remediation
    Name a key whose policy lets CloudTrail use it: `aws cloudtrail update-trail --region <region> --name <trail>
    --kms-key-id <your-kms-key>`.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
    """
    return pass_if(
        bool(trail.kms_key_id),
        f"{trail.label} encrypts its logs with {trail.kms_key_id}.",
        f"{trail.label} does not encrypt its logs with a key of KMS.",
    )


@check(
    fails="Trail does not make digests that tell whether logs were changed",
    severity="medium",
    categories=["forensics-ready", "logging"],
)
def cloudtrail_log_file_validation_enabled(trail: Trail) -> Verdict:
    """Trails make signed digests of their logs.

    ## Risk
    After an incident nobody can tell whether logs were changed or taken away.

    ## Remediation
    Turn validation on: `aws cloudtrail update-trail --region <region> --name <trail> --enable-log-file-validation`.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html
    """
    return enabled(trail.label, "log file validation", trail.validates_log_files)


@check(
    fails="Trail's bucket keeps no access logs",
    severity="medium",
    categories=["forensics-ready", "logging"],
)
def cloudtrail_logs_s3_bucket_access_logging_enabled(
    trail: Trail, own: OwnBucketNames, logging: TrailBucketLogging | None
) -> Verdict:
    """Buckets of trails keep access logs.

    Whether the bucket of another account does cannot be seen from here: a person must look.

    ## Risk
    Nobody can tell who read or deleted the trail's logs.

    ## Remediation
    Name another bucket for the access logs: `aws s3api put-bucket-logging --bucket <bucket> --bucket-logging-status
    '{"LoggingEnabled": {"TargetBucket": "<your-log-bucket>", "TargetPrefix": "<bucket>/"}}'`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
    """
    if trail.bucket not in own.names or logging is None:
        return of_somebody_else(trail)
    return has(bucket_of(trail), "access logs", logging.logging_enabled is not None)


@check(
    fails="Trail's bucket is public",
    severity="critical",
    categories=["internet-exposed"],
    resource_type="AwsS3Bucket",
    resource_group="storage",
)
def cloudtrail_logs_s3_bucket_is_not_publicly_accessible(
    trail: Trail,
    own: OwnBucketNames,
    acl: TrailBucketAcl | None,
    policy: TrailBucketPolicy | None,
    shield: TrailBucketShield,
) -> Verdict:
    """Buckets of trails are not public.

    A bucket is public if its ACL grants anything to everybody or to every AWS account, or its policy lets in anyone,
    unless Block Public Access of the bucket or the account overrides that. The bucket of another account cannot be
    looked at from here: a person must.

    ## Risk
    Strangers read who did what in the account, with names of people, roles, keys and resources, and plan with it.

    ## Remediation
    Block public access: `aws s3api put-public-access-block --bucket <bucket> --public-access-block-configuration
    BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
    """
    if trail.bucket not in own.names:
        return of_somebody_else(trail)
    return not_public_bucket(
        bucket_of(trail),
        acl=acl is not None and acl.is_public,
        policy=public_access(policy.document) if policy else Outsiders(),
        ignores_acls=shield.block.ignore_public_acls,
        restricts_policy=shield.block.restrict_public_buckets,
    )
