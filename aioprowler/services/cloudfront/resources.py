"""CloudFront distributions."""

from __future__ import annotations

from aioprowler import Resource, field, listing


class Distribution(
    Resource, id="id", type="AwsCloudFrontDistribution", group="network", noun="CloudFront distribution"
):
    """What CloudFront answers requests by."""

    source = listing("cloudfront", "ListDistributions", "DistributionList.Items")
    id: str
    arn: str = field(name="ARN")
    staging: bool = False
    """Whether it is one that changes of another are tried on, its primary."""
