"""AWS's API quotas, as data for the throttle.

One row a quota: which operations share it, how many calls it holds (`capacity`), how many come back a second (`rate`),
and where it is counted. The first row that matches an operation holds. A quota that AWS does not publish starts low
and may climb to `ceiling` while AWS does not object.

Sources: EC2 "Request throttling for the Amazon EC2 API"; "IAM and AWS STS quotas"; "Quotas for AWS Account Management";
"Quotas for AWS Organizations"; the API references of CloudTrail, Security Hub, Kinesis, DynamoDB, SNS, SES, CloudWatch
Logs and Firehose (limits named with the operation); "Lambda quotas"; "Quotas for Route 53"; "WAF quotas"; "Service
Quotas endpoints and quotas"; "IAM Identity Center quotas"; "IAM Roles Anywhere quotas". Rows marked "observed" are not
published; other scanners run at that rate without being throttled. docs/performance.md has the links.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

from msgspec import Struct

Scope = Literal["region", "global", "organization"]


class Quota(Struct, frozen=True):
    """How often operations may be called, in each account and region (or in the whole account)."""

    service: str
    operations: str
    """Names and patterns, separated by spaces."""
    capacity: float
    rate: float
    """Calls a second."""
    scope: Scope = "region"
    shared: bool = False
    """Whether the matching operations are counted together; else each has a bucket of its own."""
    ceiling: float = 0.0
    """How far the rate may climb; 0: it is published, and stays."""
    concurrent: int = 0
    """Calls that may run at the same time; 0: as many as the rate allows."""

    def matches(self, service: str, operation: str) -> bool:
        return self.service == service and any(fnmatchcase(operation, each) for each in self.operations.split())


QUOTAS: tuple[Quota, ...] = (
    Quota("ec2", "DescribeSecurityGroupReferences DescribeStaleSecurityGroups", 20, 5),
    Quota("ec2", "DescribeReservedInstancesOfferings DescribeIdFormat", 10, 10),
    Quota("ec2", "DescribeHostReservations", 5, 2),
    Quota("ec2", "DescribeByoipCidrs DescribeMovingAddresses DescribeInstanceTopology", 1, 0.5),
    Quota("ec2", "*", 100, 20),
    Quota("sts", "*", 600, 600, shared=True),
    Quota("organizations", "ListRoots", 2, 1, "organization"),
    Quota("organizations", "DescribeAccount ListParents", 5, 1, "organization", shared=True, concurrent=1),  # observed
    Quota("organizations", "ListTagsForResource", 20, 10, "organization", ceiling=50),
    Quota("organizations", "*", 10, 4, "organization", shared=True),  # observed
    Quota("account", "GetAlternateContact GetContactInformation", 15, 10, "global"),
    Quota("account", "ListRegions GetRegionOptStatus", 5, 5, "global"),
    Quota("account", "GetAccountInformation", 3, 3, "global"),
    Quota("cloudtrail", "LookupEvents ListInsightsData", 2, 2),
    Quota("cloudtrail", "*", 10, 10),
    Quota("securityhub", "GetFindings", 6, 3),
    Quota("securityhub", "BatchImportFindings", 30, 10),
    Quota("securityhub", "*", 30, 10),
    Quota("iam", "GetPolicy GetPolicyVersion", 35, 35, "global"),  # observed
    Quota("iam", "ListEntitiesForPolicy", 40, 40, "global"),  # observed
    Quota("iam", "*", 15, 15, "global"),  # observed
    Quota("lambda", "GetFunction", 100, 100),
    Quota("lambda", "GetPolicy", 15, 15),
    Quota("lambda", "*", 15, 15, shared=True),
    Quota("route53", "*", 5, 5, "global", shared=True),
    Quota("waf", "*", 5, 5, "global"),
    Quota("waf-regional", "*", 5, 5),
    Quota("wafv2", "*", 5, 5),
    Quota("cloudfront", "*", 10, 5, "global", shared=True),  # observed
    Quota("kinesis", "ListStreams ListTagsForStream", 5, 5),
    Quota("kinesis", "DescribeStream", 10, 10),
    Quota("kinesis", "DescribeStreamSummary", 20, 20),
    Quota("kinesis", "DescribeLimits", 1, 1),
    Quota("dynamodb", "DescribeContinuousBackups ListTagsOfResource", 10, 10),
    Quota("dynamodb", "ListBackups", 5, 5),
    Quota("sns", "ListTopics ListSubscriptions*", 30, 30),
    Quota("sns", "ListPlatformApplications", 15, 15),
    Quota("ses", "Get*Attributes", 1, 1),
    Quota("logs", "DescribeLogStreams", 25, 25),
    Quota("logs", "DescribeLogGroups", 10, 10),  # observed
    Quota("firehose", "ListTagsForDeliveryStream", 5, 5),
    Quota("service-quotas", "Get*", 5, 5),
    Quota("service-quotas", "List*", 10, 10),
    Quota("sso-admin", "*", 20, 20, shared=True),
    Quota("identitystore", "*", 20, 20, shared=True),
    Quota("rolesanywhere", "*", 1, 1),
    Quota("cloudformation", "Describe*", 5, 5),  # observed
)


def unpublished(service: str) -> Quota:
    """Where AWS says nothing: ten a second of each operation to begin with."""
    return Quota(service, "*", 20, 10, ceiling=100)
