"""Who gets at a bucket: ACLs, policies, Block Public Access, and names that strangers can foresee."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aioprowler import Fail, Failure, Here, Pass, Region, Verdict, check, known
from aioprowler.judging.exposure import in_force, not_public_bucket
from aioprowler.judging.policies import Outsiders, public_access
from aioprowler.judging.resource_policies import TrustedAccounts, closed_to_public, closed_to_strangers
from aioprowler.judging.verdicts import about, naming, pass_if
from aioprowler.services.s3.resources import (
    AccountPublicAccessBlock,
    BlockSettings,
    Bucket,
    BucketAcl,
    BucketOwner,
    BucketOwnership,
    BucketPolicy,
    BucketPublicAccessBlock,
    EffectiveBlock,
    ObjectSample,
    TakenNames,
    foreseeable_names,
)


def keeps_strangers_out(
    bucket: Bucket, acl: BucketAcl | None, block: EffectiveBlock, permissions: Collection[str], verb: str
) -> Verdict:
    """PASS where no grant of an ACL in force gives everybody one of the permissions."""
    grants = [grant for grant in acl.public_grants if grant.permission in permissions] if acl else []
    named = ", ".join(f"{grant.group}: {grant.permission}" for grant in grants)
    return pass_if(
        not in_force(["ACL"] if grants else [], {"ACL": block.ignore_public_acls}),
        f"{bucket.label} has no ACL in force that lets strangers {verb} it.",
        f"{bucket.label} has an ACL that lets strangers {verb} it ({named}).",
    )


@check(fails="S3 bucket is not covered by Block Public Access", severity="high", categories=["internet-exposed"])
def s3_bucket_level_public_access_block(
    bucket: Bucket,
    own: BucketPublicAccessBlock | Failure | None,
    general: AccountPublicAccessBlock | Failure | None,
    block: EffectiveBlock,
) -> Verdict:
    """S3 buckets are covered by Block Public Access, their own or the account's.

    Two settings make what is already granted ineffective: public ACLs are ignored (IgnorePublicAcls) and public
    policies restricted (RestrictPublicBuckets). Both must hold, wherever each is set.

    ## Risk
    A single mistaken ACL or policy makes the bucket's data public.

    ## Remediation
    Turn on all four settings: `aws s3api put-public-access-block --region <region> --bucket <bucket>
    --public-access-block-configuration
    BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/configuring-block-public-access-bucket.html
    """
    if isinstance(own, BlockSettings) and own.protects is True:
        return Pass(f"{bucket.label} blocks public access.")
    if isinstance(general, BlockSettings) and general.protects is True:
        return Pass(f"Public access to {bucket.label} is blocked by account {bucket.account.id}.")
    return pass_if(
        known(block.protects),
        f"{bucket.label} and account {bucket.account.id} together block public access.",
        f"{bucket.label} does not block public access.",
    )


@check(fails="S3 bucket is public", severity="critical", categories=["internet-exposed"])
def s3_bucket_public_access(
    bucket: Bucket, acl: BucketAcl | None, policy: BucketPolicy | None, block: EffectiveBlock
) -> Verdict:
    """S3 buckets are not public.

    A bucket is public if its ACL grants anything to everybody or to every AWS account, or its policy lets in anyone
    without a condition that ties them down, and without a Deny that keeps them out. A fixed range of addresses ties
    down, as AWS says, unless it is broader than /8 (IPv4) or /32 (IPv6). What Block Public Access of the bucket or
    account overrides does not count.

    ## Risk
    Strangers read the bucket's data, or write to it, without being asked who they are; searching for such buckets is
    automated and takes hours.

    ## Remediation
    Block public access, then remove the grant that is named in the finding: `aws s3api put-public-access-block --region
    <region> --bucket <bucket> --public-access-block-configuration
    BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`. Publish websites
    through CloudFront with origin access control.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    shielded = block.restrict_public_buckets is True
    return not_public_bucket(
        bucket.label,
        acl=bool(acl and acl.public_grants),
        policy=public_access(policy.document) if policy and not shielded else Outsiders(),
        ignores_acls=block.ignore_public_acls,
        restricts_policy=block.restrict_public_buckets,
    )


@check(fails="S3 bucket ACL lets everybody list the bucket", severity="critical", categories=["internet-exposed"])
def s3_bucket_public_list_acl(bucket: Bucket, acl: BucketAcl | None, block: EffectiveBlock) -> Verdict:
    """S3 bucket ACLs do not let everybody list the bucket.

    READ and READ_ACP of the groups AllUsers and AuthenticatedUsers (any AWS account at all) and FULL_CONTROL, which
    contains both, are looked for. ACLs that Block Public Access overrides do not count.

    ## Risk
    The names of all objects are public: they tell what there is, and with it what to try to read.

    ## Remediation
    Make the ACL private, or turn ACLs off altogether: `aws s3api put-bucket-acl --region <region> --bucket <bucket>
    --acl private`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
    """
    return keeps_strangers_out(bucket, acl, block, {"READ", "READ_ACP", "FULL_CONTROL"}, "list")


@check(fails="S3 bucket ACL lets everybody write to the bucket", severity="critical", categories=["internet-exposed"])
def s3_bucket_public_write_acl(bucket: Bucket, acl: BucketAcl | None, block: EffectiveBlock) -> Verdict:
    """S3 bucket ACLs do not let everybody write to the bucket.

    WRITE and WRITE_ACP of the groups AllUsers and AuthenticatedUsers (any AWS account at all) and FULL_CONTROL, which
    contains both, are looked for. ACLs that Block Public Access overrides do not count.

    ## Risk
    Strangers overwrite and delete objects, put malware where customers download from, or, with WRITE_ACP, open the
    bucket further.

    ## Remediation
    Make the ACL private, or turn ACLs off altogether: `aws s3api put-bucket-acl --region <region> --bucket <bucket>
    --acl private`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
    """
    return keeps_strangers_out(bucket, acl, block, {"WRITE", "WRITE_ACP", "FULL_CONTROL"}, "write to")


@check(
    fails="S3 bucket policy lets everybody write or delete objects",
    severity="critical",
    categories=["internet-exposed"],
)
def s3_bucket_policy_public_write_access(bucket: Bucket, policy: BucketPolicy | None, block: EffectiveBlock) -> Verdict:
    """S3 bucket policies do not let everybody write or delete objects.

    An Allow of s3:PutObject or s3:DeleteObject, be it by a wildcard, counts if its principal is anyone and no condition
    ties the request to a party in particular. RestrictPublicBuckets of the bucket or account makes it ineffective.

    ## Risk
    Strangers replace or delete the data, or use the bucket to spread theirs at the owner's cost.

    ## Remediation
    Name the principals that have to write in place of `*`: `aws s3api put-bucket-policy --region <region> --bucket
    <bucket> --policy file://policy.json`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    if policy and block.restrict_public_buckets is True:
        return Pass(f"{bucket.label} is shielded from public policies by Block Public Access.")
    document = policy.document if policy else None
    verdict = closed_to_public(bucket.label, document, actions=("s3:PutObject", "s3:DeleteObject"))
    if isinstance(verdict, Fail):
        known(block.restrict_public_buckets)
    return verdict


@check(
    fails="S3 bucket policy lets in other accounts", severity="high", categories=["identity-access", "trust-boundaries"]
)
def s3_bucket_cross_account_access(
    bucket: Bucket,
    policy: BucketPolicy | None,
    owner: BucketOwner | None = None,
    *,
    trusted_account_ids: TrustedAccounts = (),
) -> Verdict:
    """S3 bucket policies let no other account in.

    Judged are the principals of Allow statements, outside the account and the trusted ones, which no condition ties to
    these accounts, to an organization or to a private network, and no Deny keeps out. Whose a canonical user is cannot
    be told unless it is the bucket's owner, nor whose a principal was that was deleted.

    ## Risk
    The data is as safe as the other account; after a partner leaves or is broken into, its identities still get in.

    ## Remediation
    Remove the foreign principals, tie them down with aws:PrincipalOrgID, or list accounts of yours under
    `trusted_account_ids` in the configuration: `aws s3api put-bucket-policy --region <region> --bucket <bucket>
    --policy file://policy.json`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html
    """
    document, own = (policy.document if policy else None), ([owner.id] if owner else [])
    return closed_to_strangers(bucket.label, document, bucket.account.id, [*own, *trusted_account_ids])


@check(fails="S3 bucket has ACLs enabled", severity="medium", categories=["identity-access"])
def s3_bucket_acl_prohibited(bucket: Bucket, ownership: BucketOwnership | None) -> Verdict:
    """S3 buckets have ACLs disabled.

    With the object ownership BucketOwnerEnforced, ACLs no longer mean anything: the bucket's owner owns every object,
    and policies alone decide.

    ## Risk
    ACLs grant access object by object, past every policy, and whoever uploads an object can set one: nobody sees who
    has access to what.

    ## Remediation
    Move what the ACLs grant into the bucket policy, then disable them: `aws s3api put-bucket-ownership-controls
    --region <region> --bucket <bucket> --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """
    prohibited = ownership is not None and ownership.object_ownership == "BucketOwnerEnforced"
    return pass_if(prohibited, f"{bucket.label} has ACLs disabled.", f"{bucket.label} has ACLs enabled.")


@check(
    fails="S3 bucket has objects made public by their own ACLs",
    severity="low",
    categories=["internet-exposed"],
    resource_group="",
)
def s3_bucket_object_public(bucket: Bucket, sample: ObjectSample | None) -> Verdict | None:
    """Sampled S3 objects are not made public by their own ACLs.

    A few objects per bucket, the same ones in each scan, are asked for their ACL. Since that costs a call per object it
    is done only with `s3_bucket_object_public_enabled` in the configuration.

    ## Risk
    An object whose ACL grants access to everybody is public although its bucket looks private.

    ## Remediation
    Make the object private, or turn ACLs off for the whole bucket with the ownership BucketOwnerEnforced: `aws s3api
    put-object-acl --region <region> --bucket <bucket> --key <your-object-key> --acl private`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/managing-acls.html
    """
    if sample is None:
        return None
    if not sample.grants:
        return Pass(f"{bucket.label} is empty.")
    verdict = pass_if(
        not sample.public_keys,
        f"{bucket.label} has no public object among the {len(sample.grants)} that were looked at.",
        f"{bucket.label} has public objects: {', '.join(sample.public_keys)}.",
    )
    return naming(verdict, *({"object_key": key} for key in sample.public_keys))


@check(
    fails="S3 bucket name that an AWS service uses by default is taken by a stranger",
    severity="high",
    categories=["trust-boundaries"],
    resource_type="AwsS3Bucket",
    resource_group="storage",
)
def s3_bucket_shadow_resource_vulnerability(
    region: Region, buckets: Here[Bucket], taken: TakenNames
) -> Iterator[Verdict]:
    """Bucket names that AWS services use by default are not taken by strangers.

    Glue, SageMaker, EMR Studio and CodeStar store to a bucket whose name follows from account id and region. Judged are
    the account's buckets of such names, and whether S3 has such a bucket that is not the account's.

    ## Risk
    Whoever makes the bucket first receives what the service stores, and can plant scripts that the service will run
    with the account's permissions.

    ## Remediation
    Make the buckets that do not exist yet, before somebody else does: `aws s3api create-bucket --bucket <your-bucket>
    --region <region> --create-bucket-configuration LocationConstraint=<region>` (in us-east-1 without the last option).
    Where the name is taken, tell the service to use another bucket, and have its role's policy demand
    aws:ResourceAccount.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """
    for service, name in foreseeable_names(region).items():
        arn = f"arn:{region.account.partition}:s3:::{name}"
        for bucket in buckets:
            if bucket.name.startswith(name):
                detail = (
                    f"S3 bucket {bucket.name}, of a name that {service} uses, belongs to account {region.account.id}."
                )
                yield Pass(detail, resource_id=bucket.name, resource_arn=bucket.arn)
        if name in taken.names:
            detail = f"S3 bucket {name}, of a name that {service} uses, belongs to another account."
            yield about(Fail(detail), name, arn, bucket=name)
