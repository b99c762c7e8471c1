"""Access points: second doors to a bucket, each with a lock of its own."""

from __future__ import annotations

from aioprowler import Verdict, check, known
from aioprowler.judging.verdicts import pass_if
from aioprowler.services.s3.resources import AccessPoint, AccessPointBlock, BlockSettings, MultiRegionAccessPoint


def blocks_public_access(label: str, block: BlockSettings) -> Verdict:
    """PASS where all four settings are on."""
    return pass_if(
        known(block.is_complete), f"{label} blocks public access.", f"{label} does not block all public access."
    )


@check(fails="S3 access point does not block all public access", severity="critical", categories=["internet-exposed"])
def s3_access_point_public_access_block(point: AccessPoint, block: AccessPointBlock) -> Verdict:
    """S3 access points have all four Block Public Access settings on.

    An access point has its own policy and its own Block Public Access, which is chosen when the access point is made
    and cannot be changed afterwards. All four settings are on unless somebody turned one off.

    ## Risk
    A policy of the access point that admits anybody opens the bucket behind it, although the bucket's own policy looks
    private.

    ## Remediation
    Make a new access point without turning anything off, point the applications to it, then delete the old one: `aws
    s3control create-access-point --region <region> --account-id <account-id> --bucket <bucket> --name <your-new-name>`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html
    """
    return blocks_public_access(f"{point.label} of bucket {point.bucket}", block)


@check(
    fails="S3 Multi-Region Access Point does not block all public access",
    severity="high",
    categories=["internet-exposed"],
)
def s3_multi_region_access_point_public_access_block(point: MultiRegionAccessPoint) -> Verdict:
    """S3 Multi-Region Access Points have all four Block Public Access settings on.

    A Multi-Region Access Point answers for buckets in several regions. Its Block Public Access is chosen when it is
    made and cannot be changed afterwards.

    ## Risk
    A policy that admits anybody opens the data of every bucket behind the access point at once.

    ## Remediation
    Make a new Multi-Region Access Point without turning anything off, move the applications to it, then delete the old
    one: `aws s3control create-multi-region-access-point --region us-west-2 --account-id <account-id> --details
    'Name=<your-new-name>,Regions=[{Bucket=<your-bucket>},{Bucket=<your-other-bucket>}]'`.

    ## References
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/multi-region-access-point-block-public-access.html
    """
    return blocks_public_access(f"{point.label} of {point.buckets}", point.public_access_block)
