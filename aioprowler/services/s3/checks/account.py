"""What is set for the account as a whole."""

from __future__ import annotations

from aioprowler import Account, All, Verdict, check, known
from aioprowler.judging.verdicts import pass_if
from aioprowler.services.s3.resources import AccountPublicAccessBlock, Bucket


@check(
    fails="Account does not block public access to its S3 buckets",
    severity="high",
    categories=["internet-exposed"],
    resource_type="AwsS3AccountPublicAccessBlock",
    resource_group="storage",
    resource_arn="arn:{partition}:s3:{region}:{account_id}:account",
)
def s3_account_level_public_access_blocks(
    account: Account,
    block: AccountPublicAccessBlock | None,
    buckets: All[Bucket],
    *,
    scan_unused_services: bool = False,
) -> Verdict | None:
    """The account blocks public access to all of its S3 buckets.

    The account's Block Public Access overrides what any bucket's ACL or policy would let in, now and later.

    ## Risk
    One mistaken ACL or policy on any bucket, existing or new, makes its data public.

    ## Remediation
    Turn on all four settings for the account: `aws s3control put-public-access-block --region <region> --account-id
    <account-id> --public-access-block-configuration
    BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    protects = block is not None and known(block.protects)
    if not (protects or buckets or scan_unused_services):
        return None
    return pass_if(
        protects,
        f"Account {account.id} blocks public access to its buckets.",
        f"Account {account.id} does not block public access to its buckets.",
    )
