"""AWS's API quotas, as data for the throttle.

One row a quota: which operations share it, how many calls it holds (`capacity`), how many come back a second (`rate`),
and where it is counted. The first row that matches an operation holds. A quota that AWS does not publish starts low
and may climb to `ceiling` while AWS does not object; so does one whose figures are known from an older copy of AWS's
page alone (the comment has the copy's year): it starts at half of them, 100 at most, and may climb to them.

Sources: EC2 "Request throttling for the Amazon EC2 API"; "IAM and AWS STS quotas"; "Quotas for AWS Account Management";
"Quotas for AWS Organizations"; the API references of CloudTrail, Security Hub, Kinesis, DynamoDB, SNS, SES, CloudWatch
Logs and Firehose (limits named with the operation); "Lambda quotas"; "Quotas for Route 53"; "WAF quotas"; "Service
Quotas endpoints and quotas"; "IAM Identity Center quotas"; "IAM Roles Anywhere quotas"; "Request throttling for the
Elastic Load Balancing API"; "Request throttling for the Amazon ECS API"; "Amazon EMR endpoints and quotas". Of older
copies: the quota pages of ACM, API Gateway, Athena, CloudWatch, Cognito, Data Pipeline, Firehose, Secrets Manager and
WAF (2021), and the defaults of Service Quotas (2024). Rows marked "observed" are not published; other scanners run at
that rate without being throttled. docs/performance.md has the links.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

from msgspec import Struct

QuotaScope = Literal["region", "global", "organization"]


class Quota(Struct, frozen=True):
    """How often operations may be called, in each account and region (or in the whole account)."""

    service: str
    operations: str
    """Names and patterns, separated by spaces."""
    capacity: float
    rate: float
    """Calls a second."""
    scope: QuotaScope = "region"
    shared: bool = False
    """Whether the matching operations are counted together; else each has a bucket of its own."""
    ceiling: float = 0.0
    """How far the rate may climb; 0: it is published, and stays."""
    counted_as: str = ""
    """The service, if it is another, whose calls these are counted with, because they have its endpoint."""
    concurrent: int = 0
    """Calls that may run at the same time; 0: as many as the rate allows."""

    def matches(self, service: str, operation: str) -> bool:
        """Whether an operation, as botocore spells it, counts against the quota."""
        return self.service == service and any(fnmatchcase(operation, each) for each in self.operations.split())


QUOTAS: tuple[Quota, ...] = (
    Quota("ec2", "DescribeSecurityGroupReferences DescribeStaleSecurityGroups", 20, 5),
    Quota("ec2", "DescribeReservedInstancesOfferings DescribeIdFormat", 10, 10),
    Quota("ec2", "DescribeHostReservations", 5, 2),
    Quota("ec2", "DescribeByoipCidrs DescribeMovingAddresses DescribeInstanceTopology", 1, 0.5),
    Quota("ec2", "*", 100, 20),
    Quota("sts", "*", 600, 600, shared=True),
    Quota("organizations", "ListRoots", 2, 1, "organization"),
    Quota("organizations", "DescribeAccount ListParents", 20, 1, "organization", shared=True, concurrent=1),  # observed
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
    Quota("waf", "List*", 5, 5, "global"),
    Quota("waf", "*", 1, 0.5, "global", ceiling=1),  # 2021
    Quota("waf-regional", "ListResourcesForWebACL", 1, 0.5, ceiling=1),  # 2021
    Quota("waf-regional", "List*", 5, 5),
    Quota("waf-regional", "*", 1, 0.5, ceiling=1),  # 2021
    Quota("wafv2", "ListResourcesForWebACL GetWebACLForResource", 1, 0.5, ceiling=1),  # 2021
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
    Quota("sns", "GetTopicAttributes", 100, 100, ceiling=3000),  # 2024
    Quota("ses", "Get*Attributes", 1, 1),
    Quota("sesv2", "GetEmailIdentityPolicies", 1, 1),
    Quota("logs", "DescribeLogStreams", 25, 25),
    Quota("logs", "DescribeLogGroups", 10, 10),  # observed
    Quota("logs", "FilterLogEvents", 5, 2.5, ceiling=5),  # 2021
    Quota("firehose", "ListTagsForDeliveryStream", 5, 5),
    Quota("firehose", "ListDeliveryStreams DescribeDeliveryStream", 5, 2.5, ceiling=5),  # 2021
    Quota("service-quotas", "Get*", 5, 5),
    Quota("service-quotas", "List*", 10, 10),
    Quota("sso-admin", "*", 20, 20, shared=True),
    Quota("identitystore", "*", 20, 20, shared=True),
    Quota("rolesanywhere", "*", 1, 1),
    Quota("cloudformation", "Describe*", 5, 5),  # observed
    Quota("acm", "DescribeCertificate ListTagsForCertificate", 10, 5, ceiling=10),  # 2021
    Quota("acm", "ListCertificates", 5, 2.5, ceiling=5),  # 2021
    Quota("apigateway", "GetResources", 5, 1.25, "global", ceiling=2.5),  # 2021
    Quota("apigateway", "*", 20, 5, "global", shared=True, ceiling=10),  # 2021
    Quota("apigatewayv2", "*", 20, 5, "global", shared=True, ceiling=10, counted_as="apigateway"),  # 2021
    Quota("athena", "ListQueryExecutions", 5, 2.5, ceiling=5),  # 2021
    Quota("cloudwatch", "DescribeAlarms", 9, 4.5, ceiling=9),  # 2021
    Quota("codeartifact", "ListPackages ListPackageVersions", 100, 100, ceiling=200),  # 2024
    Quota("cognito-identity", "ListTagsForResource", 10, 10),
    Quota("cognito-idp", "DescribeUserPool ListUserPools", 15, 7.5, shared=True, ceiling=15),  # 2021
    Quota("cognito-idp", "DescribeUserPoolClient ListUserPoolClients", 15, 7.5, shared=True, ceiling=15),  # 2021
    Quota("cognito-idp", "Describe* Get* List*", 20, 10, shared=True, ceiling=20),  # 2021
    Quota("datapipeline", "ListPipelines DescribePipelines GetPipelineDefinition", 50, 0.5, ceiling=1),  # 2021
    Quota("dax", "ListTags", 10, 10),
    Quota("ecr", "BatchGetImage", 100, 100, ceiling=2000),  # 2024
    Quota("ecr", "GetDownloadUrlForLayer", 100, 100, ceiling=3000),  # 2024
    Quota("ecs", "DescribeClusters ListClusters", 50, 20, shared=True),
    Quota("elasticbeanstalk", "*", 20, 10, shared=True, ceiling=50),
    Quota("elb", "Describe*", 40, 10, shared=True),
    Quota("elbv2", "Describe*", 40, 10, shared=True),
    Quota("emr", "ListClusters", 20, 0.5),
    Quota("emr", "DescribeCluster", 10, 1),
    Quota("emr", "*", 5, 2.5, shared=True, ceiling=5),  # 2024
    Quota("events", "Describe* List*", 50, 25, ceiling=50),  # 2024
    Quota("kms", "DescribeKey ListResourceTags", 100, 100, ceiling=2000),  # 2024
    Quota("kms", "GetKeyPolicy GetKeyRotationStatus", 100, 100, ceiling=1000),  # 2024
    Quota("kms", "ListAliases ListKeys", 100, 100, ceiling=500),  # 2024
    Quota("docdb", "*", 20, 10, ceiling=100, counted_as="rds"),
    Quota("neptune", "*", 20, 10, ceiling=100, counted_as="rds"),
    Quota("secretsmanager", "GetResourcePolicy", 20, 20, ceiling=40),  # 2021
    Quota("secretsmanager", "ListSecrets", 10, 10, ceiling=20),  # 2021
    Quota("stepfunctions", "DescribeStateMachine", 100, 10, ceiling=20),  # 2024
    Quota("stepfunctions", "ListStateMachines", 50, 2.5, ceiling=5),  # 2024
    Quota("stepfunctions", "ListTagsForResource", 50, 0.5, ceiling=1),  # 2024
)


def unpublished(service: str) -> Quota:
    """Where AWS says nothing: ten a second of each operation to begin with."""
    return Quota(service, "*", 20, 10, ceiling=100)
