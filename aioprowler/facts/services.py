"""What is known of each AWS service, and botocore's models do not say or say otherwise: a row for each.

Sources, named in the comments by these words:

* "authorization": the Service Authorization Reference
  (https://docs.aws.amazon.com/service-authorization/latest/reference/);
* "endpoints": the service endpoints of the AWS General Reference (https://docs.aws.amazon.com/general/latest/gr/);
* "model": the input shapes of botocore's service models, or what their texts say where a shape names no limit;
* "API": the operation's page in the service's API reference.

tests/test_services.py holds the rows against botocore's models and a list of IAM actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

NOWHERE: Final = ""
"""In the place of a region: the partition does not have the service."""


class Paging(Struct, frozen=True):
    """How an operation is paged, as botocore's paginator files say it: paths are JMESPaths into the reply."""

    input: str
    """The parameter that asks for the next page."""
    output: str
    """Where a reply has its value."""
    limit: str = ""
    """The parameter with the size of a page, if there is one."""
    more: str = ""
    """Where a reply says that there is a next page; empty: there is one as long as `output` has a value."""


class Service(Struct, frozen=True):
    """A service, under botocore's name. Operations are spelled as in botocore's models; `*` stands for all others."""

    title: str
    """What people call it."""
    prefix: str = ""
    """Of its IAM actions, where it is not the service's name."""
    actions: Mapping[str, str] = {}
    """Operation -> the name of its IAM action, where it is not the operation's."""
    besides: Mapping[str, tuple[str, ...]] = {}
    """Operation -> further IAM actions that it takes."""
    homes: Mapping[str, str] | None = None
    """Of a global service: partition -> the one region in which it is asked, or NOWHERE. A partition that is not here
    has it where it has its other global services. None: each region has the service.
    """
    sizes: Mapping[str, int] = {}
    """Operation -> the largest page that it takes; 0 or absent: AWS's default is as good, or nobody knows better."""
    sizes_are_text: bool = False
    """Whether the parameters with the size of a page are strings."""
    pages: Mapping[str, Paging] = {}
    """Operation -> its pages, where botocore's paginator files leave it out."""
    tags_are_told: bool = True
    """Whether `tag:GetResources` tells the tags of all of its resources."""
    unsubscribed: Mapping[str, str | tuple[str, ...]] = {}
    """Error codes, each with words of the message, by which AWS says that the account has not subscribed to the
    service, so that there is nothing of it at all. What a single operation may answer for other reasons is none.
    """
    refuses: Mapping[str, str] = {}
    """Error codes, each with words of the message, by which AWS says that such an account may not ask, whatever its
    policies allow, where the code alone is that of a denial.
    """
    signs_path_as_it_is: bool = False
    """Whether the path of a request is signed as it is sent, rather than encoded once more."""


def _each(value: int, operations: str) -> dict[str, int]:
    return dict.fromkeys(operations.split(), value)


_NO_OPERATION: Final[Mapping[str, str | tuple[str, ...]]] = {
    "UnknownOperationException": "",
    "ValidationException": ("unknown operation", "not available in this region", "not supported in this region"),
}
"""How some regions say that they lack a part of a service; the other code says more besides."""
_NEXT: Final = Paging("NextToken", "NextToken")
_NEXT_RESULTS: Final = Paging("NextToken", "NextToken", "MaxResults")
_SMALL_NEXT: Final = Paging("nextToken", "nextToken")
_SMALL_NEXT_RESULTS: Final = Paging("nextToken", "nextToken", "maxResults")
_NEXT_MARKER: Final = Paging("NextMarker", "NextMarker", "Limit")
_TAG_KEY: Final = Paging("ExclusiveStartTagKey", "Tags[-1].Key", "Limit", "HasMoreTags")

_VIRGINIA: Final = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}
"""Where most global services are (endpoints)."""
_VIRGINIA_ONLY: Final = {"aws": "us-east-1", "aws-cn": NOWHERE, "aws-us-gov": NOWHERE}

SERVICES: Final[Mapping[str, Service]] = {
    # authorization: the prefix, and one action for both generations of ListFindings and GetFinding
    "accessanalyzer": Service(
        "IAM Access Analyzer",
        prefix="access-analyzer",
        actions={"ListFindingsV2": "ListFindings", "GetFindingV2": "GetFinding"},
    ),
    # endpoints: China's is in Ningxia. model: 1..50
    "account": Service("Account Management", homes=_VIRGINIA, sizes={"*": 50}),
    "acm": Service("Certificate Manager (ACM)", sizes={"*": 1000}),  # model: 1..1000
    "acm-pca": Service("Private Certificate Authority", sizes={"*": 1000}),  # model: 1..1000
    "amplify": Service("Amplify", sizes={"*": 50, "ListApps": 100}),  # model: 0..50, apps 0..100
    # authorization: one action for each HTTP method. model: at most 500
    "apigateway": Service("API Gateway (REST)", actions={"*": "GET"}, sizes={"*": 500}),
    # authorization: the prefix and the actions are those of API Gateway. model: sizes are strings, without a maximum
    "apigatewayv2": Service(
        "API Gateway (HTTP and WebSocket)", prefix="apigateway", actions={"*": "GET"}, sizes_are_text=True
    ),
    # model: 50; policies 10
    "application-autoscaling": Service("Application Auto Scaling", sizes={"*": 50, "DescribeScalingPolicies": 10}),
    "appstream": Service("AppStream 2.0"),
    "appsync": Service("AppSync", sizes={"*": 25}),  # model: 0..25
    # model: 1..50; tags at least 75
    "athena": Service("Athena", sizes={"*": 50, "ListTagsForResource": 75}, pages={"ListWorkGroups": _NEXT_RESULTS}),
    # model: 100; instances and warm pools 50. Not among the services that the tagging API supports
    # (https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html)
    "autoscaling": Service(
        "EC2 Auto Scaling",
        sizes={"*": 100} | _each(50, "DescribeAutoScalingInstances DescribeWarmPool"),
        tags_are_told=False,
    ),
    # model: 1..1000, also of what has no paginator
    "backup": Service("Backup", sizes={"*": 1000}, pages={"ListReportPlans": _NEXT_RESULTS, "ListTags": _NEXT_RESULTS}),
    "batch": Service("Batch", sizes={"*": 100}),  # model: 100
    # authorization; model: 1..1000. Regions that lack a part of it have no such operation
    "bedrock": Service("Bedrock", sizes={"*": 1000}, unsubscribed=_NO_OPERATION),
    "bedrock-agent": Service("Bedrock Agents", prefix="bedrock", sizes={"*": 1000}, unsubscribed=_NO_OPERATION),
    # endpoints: in GovCloud botocore answers the commercial host, which does not know GovCloud's credentials
    "budgets": Service("Budgets", homes={**_VIRGINIA, "aws-us-gov": NOWHERE}),
    "cloudcontrol": Service("Cloud Control API", prefix="cloudformation"),  # authorization
    # authorization: stacks are read without their names as well. model: 1..100; stacks have no size
    "cloudformation": Service(
        "CloudFormation", besides={"DescribeStacks": ("cloudformation:ListStacks",)}, sizes={"*": 100}
    ),
    # endpoints: as of budgets. model: sizes are strings; AWS's default is 100
    "cloudfront": Service(
        "CloudFront", homes={**_VIRGINIA, "aws-us-gov": NOWHERE}, sizes={"ListDistributions": 100}, sizes_are_text=True
    ),
    "cloudtrail": Service("CloudTrail", sizes={"*": 50}),  # model: events 1..50
    "cloudwatch": Service("CloudWatch", sizes={"DescribeAlarms": 100}),  # model: 1..100
    "codeartifact": Service("CodeArtifact", sizes={"*": 1000}),  # model: 1..1000
    "codebuild": Service("CodeBuild", sizes={"*": 100}),  # model: 1..100; projects have no size
    "codecommit": Service("CodeCommit", pages={"ListTagsForResource": _SMALL_NEXT}),
    "codeconnections": Service("CodeConnections"),
    "codepipeline": Service("CodePipeline", sizes={"*": 100, "ListPipelines": 1000}),  # model: 1..100, 1..1000
    "codestar-connections": Service("CodeStar Connections"),
    "cognito-identity": Service("Cognito identity pools", sizes={"*": 60}),  # model: 1..60, required
    # model: 1..60, of pools required; resource servers 1..50
    "cognito-idp": Service("Cognito", sizes={"*": 60, "ListResourceServers": 50}),
    # model: 0..20; aggregators 0..100
    "config": Service("Config", sizes={"*": 20, "DescribeConfigurationAggregators": 100}),
    "datapipeline": Service("Data Pipeline"),
    "datasync": Service("DataSync", sizes={"*": 100}),  # model: 0..100
    "dax": Service("DynamoDB Accelerator (DAX)", sizes={"*": 100}),  # model: 20 to 100
    # model: of more than 100, 100 are returned
    "directconnect": Service(
        "Direct Connect",
        sizes={"*": 100},
        pages=dict.fromkeys(("DescribeConnections", "DescribeVirtualInterfaces"), _SMALL_NEXT_RESULTS),
    ),
    "dlm": Service("Data Lifecycle Manager"),
    "dms": Service("Database Migration Service", sizes={"*": 100}),  # model: 20 to 100
    "docdb": Service("DocumentDB", prefix="rds", sizes={"*": 100}),  # authorization; model: 20 to 100
    "drs": Service("Elastic Disaster Recovery"),
    "ds": Service("Directory Service", sizes={"ListCertificates": 50}),  # model: 1..50; others name no maximum
    "dynamodb": Service("DynamoDB", sizes=_each(100, "ListTables ListBackups")),  # model: 1..100
    # model: 5..1000 for most
    "ec2": Service(
        "EC2",
        sizes={"*": 1000, "DescribePublicIpv4Pools": 10, "DescribeVerifiedAccessInstanceLoggingConfigurations": 10}
        | _each(50, "DescribeInstanceConnectEndpoints DescribeReplaceRootVolumeTasks")
        | _each(
            100,
            "DescribeAwsNetworkPerformanceMetricSubscriptions DescribeByoipCidrs DescribeCapacityReservationFleets "
            "DescribeInstanceTopology DescribeInstanceTypes DescribeManagedPrefixLists "
            "DescribeNetworkInsightsAccessScopeAnalyses DescribeNetworkInsightsAccessScopes "
            "DescribeNetworkInsightsAnalyses DescribeNetworkInsightsPaths DescribeReservedInstancesOfferings "
            "DescribeRouteTables GetManagedPrefixListEntries",
        )
        | _each(
            200,
            "DescribeFastLaunchImages DescribeFastSnapshotRestores DescribeLaunchTemplates "
            "DescribeLaunchTemplateVersions DescribeStoreImageTasks DescribeVerifiedAccessInstances "
            "DescribeVerifiedAccessTrustProviders",
        )
        | _each(
            255,
            "DescribeEgressOnlyInternetGateways DescribeNetworkInterfacePermissions DescribeStaleSecurityGroups "
            "DescribeTrunkInterfaceAssociations DescribeVpcClassicLinkDnsSupport GetManagedPrefixListAssociations",
        )
        | _each(300, "DescribeScheduledInstanceAvailability DescribeScheduledInstances")
        | _each(
            500,
            "DescribeExportImageTasks DescribeHostReservationOfferings DescribeHostReservations DescribeHosts "
            "DescribeInstanceEventWindows DescribeMacHosts DescribeMacModificationTasks DescribeVolumesModifications",
        ),
    ),
    "ecr": Service("Elastic Container Registry (ECR)", sizes={"*": 1000, "GetLifecyclePolicyPreview": 100}),  # model
    "ecs": Service("Elastic Container Service (ECS)", sizes={"*": 100, "ListAccountSettings": 10}),  # model
    "efs": Service("Elastic File System (EFS)", prefix="elasticfilesystem"),  # authorization; model: sizes are ignored
    "eks": Service("Elastic Kubernetes Service (EKS)", sizes={"*": 100}),  # model: 1..100
    # model: 20 to 100
    "elasticache": Service(
        "ElastiCache",
        sizes=_each(100, "DescribeCacheClusters DescribeCacheSubnetGroups DescribeReplicationGroups"),
    ),
    # model: 1..1000, actions 1..100
    "elasticbeanstalk": Service("Elastic Beanstalk", sizes={"DescribeEnvironments": 1000}),
    # authorization: one prefix for both generations. model: 1..400
    "elb": Service("Classic Load Balancing", prefix="elasticloadbalancing", sizes={"*": 400}),
    "elbv2": Service("Elastic Load Balancing", prefix="elasticloadbalancing", sizes={"*": 400}),
    "emr": Service("EMR", prefix="elasticmapreduce"),  # authorization; model: clusters have no size
    # model: 1..100, under two names
    "events": Service(
        "EventBridge",
        sizes={"*": 100},
        pages={"ListEventBuses": Paging("NextToken", "NextToken", "Limit"), "ListEndpoints": _NEXT_RESULTS},
    ),
    # API: the next page begins after a name of this one; the default is 10. model: 1..10000; tags 1..50
    "firehose": Service(
        "Data Firehose",
        sizes={"ListDeliveryStreams": 10_000, "ListTagsForDeliveryStream": 50},
        pages={
            "ListDeliveryStreams": Paging(
                "ExclusiveStartDeliveryStreamName", "DeliveryStreamNames[-1]", "Limit", "HasMoreDeliveryStreams"
            ),
            "ListTagsForDeliveryStream": _TAG_KEY,
        },
    ),
    # model: 1..100. What others than administrators are answered: prowler#2259 and aws-nuke#992 have the words
    # (https://github.com/prowler-cloud/prowler/pull/2259, https://github.com/rebuy-de/aws-nuke/issues/992)
    "fms": Service(
        "Firewall Manager",
        sizes={"*": 100},
        unsubscribed={
            "AccessDeniedException": (
                "no default admin could be found for account",
                "is only available to aws firewall manager administrators",
                "is only available to administration account in aws firewall manager",
            )
        },
    ),
    "fsx": Service("FSx"),
    "glacier": Service("S3 Glacier", sizes_are_text=True),  # model: strings, without a maximum
    # endpoints: Oregon, and the commercial partition alone; botocore makes a host of every region. model: 1..100
    "globalaccelerator": Service("Global Accelerator", homes={**_VIRGINIA_ONLY, "aws": "us-west-2"}, sizes={"*": 100}),
    # model: 1..1000 of these, less of others
    "glue": Service(
        "Glue",
        sizes=_each(
            1000, "GetConnections GetDevEndpoints GetJobs GetMLTransforms GetSecurityConfigurations SearchTables"
        ),
        pages=dict.fromkeys(("GetMLTransforms", "SearchTables"), _NEXT_RESULTS),
    ),
    # model: 1..50. What accounts are answered that are not the one which may ask about the organization:
    # https://github.com/aws-samples/aws-security-reference-architecture-examples/issues/141
    "guardduty": Service(
        "GuardDuty",
        sizes={"*": 50},
        pages={"DescribeOrganizationConfiguration": _NEXT_RESULTS},
        refuses={"BadRequestException": "aws organization master permission"},
    ),
    # endpoints: the active one of the two regions is Virginia's; botocore makes a host of every region
    "health": Service("Health", homes=_VIRGINIA),
    # endpoints: China's is in Beijing. model: 1..1000. The tagging API tells no tags of users and roles
    # (https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html)
    "iam": Service(
        "IAM",
        homes={**_VIRGINIA, "aws-cn": "cn-north-1"},
        # a thousand policies with their versions are megabytes, which the event loop would be held for to read
        sizes={"*": 1000, "GetAccountAuthorizationDetails": 200},
        pages=dict.fromkeys(
            ("GetServiceLastAccessedDetails", "ListServiceSpecificCredentials"),
            Paging("Marker", "Marker", "MaxItems", "IsTruncated"),
        ),
        tags_are_told=False,
    ),
    "inspector2": Service("Inspector", sizes={"ListFindings": 100, "ListCoverage": 200}),  # model: less of others
    "kafka": Service("Managed Streaming for Apache Kafka (MSK)", sizes={"*": 100}),  # model: 1..100
    "kafkaconnect": Service("MSK Connect", sizes={"*": 100}),  # model: 1..100
    # API: of more than 100 streams, 100 are returned, which is the default. model: tags 1..50
    "kinesis": Service("Kinesis Data Streams", sizes={"ListTagsForStream": 50}, pages={"ListTagsForStream": _TAG_KEY}),
    # API: the shapes allow 1,000 everywhere, the texts of most operations less
    "kms": Service(
        "Key Management Service (KMS)",
        sizes={"*": 50} | _each(1000, "ListKeys ListKeyPolicies") | _each(100, "ListAliases ListGrants"),
    ),
    # authorization: both ways to a layer take one action. model: functions come by 50 whatever is asked
    "lambda": Service("Lambda", actions={"GetLayerVersionByArn": "GetLayerVersion"}, sizes={"*": 50}),
    "lightsail": Service("Lightsail"),  # model: no sizes
    "logs": Service("CloudWatch Logs", sizes={"*": 50, "FilterLogEvents": 10_000}),  # model: 1..50, events 1..10000
    "macie2": Service("Macie"),
    "memorydb": Service("MemoryDB"),
    "mq": Service("Amazon MQ", sizes={"*": 100}),  # model: 1..100
    "neptune": Service("Neptune", prefix="rds", sizes={"*": 100}),  # authorization; model: 20 to 100
    # authorization: where logs go is read from CloudWatch Logs. model: 1..100
    "network-firewall": Service(
        "Network Firewall",
        besides={"DescribeLoggingConfiguration": ("logs:GetLogDelivery", "logs:ListLogDeliveries")},
        sizes={"*": 100},
    ),
    "networkmanager": Service("Network Manager", homes={**_VIRGINIA, "aws": "us-west-2"}),  # endpoints
    "opensearch": Service("OpenSearch Service", prefix="es"),  # authorization
    # endpoints; model: 1..20. What members are answered that are not delegated administrators; an identity that lacks
    # the permission is named in the message (https://github.com/prowler-cloud/prowler/pull/2133)
    "organizations": Service(
        "Organizations",
        homes=_VIRGINIA,
        sizes={"*": 20},
        refuses={"AccessDeniedException": "you don't have permissions to access this resource"},
    ),
    "rds": Service("RDS", sizes={"*": 100}),  # model: 20 to 100
    # model: 20 to 100 of these; snapshots' schedules and others name no maximum
    "redshift": Service(
        "Redshift",
        sizes=_each(
            100, "DescribeClusters DescribeClusterParameters DescribeClusterSnapshots DescribeClusterSubnetGroups"
        ),
    ),
    "resource-explorer-2": Service("Resource Explorer", sizes={"ListIndexes": 100}),  # model: 1..100
    # authorization; model: at most 100
    "resourcegroupstaggingapi": Service("Resource Groups Tagging API", prefix="tag", sizes={"*": 100}),
    "rolesanywhere": Service("IAM Roles Anywhere"),  # model: paginators name no size
    # endpoints; API: sizes are strings, of zones and logging configurations 100 at most, of record sets 300
    "route53": Service(
        "Route 53",
        homes=_VIRGINIA,
        sizes=_each(100, "ListHostedZones ListQueryLoggingConfigs") | {"ListResourceRecordSets": 300},
        sizes_are_text=True,
    ),
    # endpoints: Virginia alone; botocore makes a host of every region. model: at most 100
    "route53domains": Service("Route 53 domains", homes=_VIRGINIA_ONLY, sizes={"*": 100}),
    # authorization: actions that are named for what they permit. model: at most 1,000, buckets 10,000. A path is signed
    # as it is sent (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html)
    "s3": Service(
        "S3",
        actions={
            "GetBucketEncryption": "GetEncryptionConfiguration",
            "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
            "GetBucketNotificationConfiguration": "GetBucketNotification",
            "GetBucketReplication": "GetReplicationConfiguration",
            "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
            "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
            "HeadBucket": "ListBucket",
            "ListBuckets": "ListAllMyBuckets",
            "ListObjectVersions": "ListBucketVersions",
            "ListObjectsV2": "ListBucket",
        },
        sizes={"*": 1000},
        signs_path_as_it_is=True,
    ),
    # authorization: the account's own block has an action of its own. model: at most 1,000
    "s3control": Service(
        "S3 Control",
        prefix="s3",
        actions={"GetPublicAccessBlock": "GetAccountPublicAccessBlock"},
        sizes={"*": 1000},
        pages=dict.fromkeys(("ListAccessPoints", "ListMultiRegionAccessPoints"), _NEXT_RESULTS),
        signs_path_as_it_is=True,
    ),
    # model: 1..100. Some regions lack Studio or Model Monitor, and say so:
    # https://github.com/turbot/steampipe-plugin-aws/blob/main/aws/table_aws_sagemaker_domain.go
    "sagemaker": Service("SageMaker AI", sizes={"*": 100}, unsubscribed=_NO_OPERATION),
    # endpoints: of China and GovCloud nothing is said of one place
    "savingsplans": Service("Savings Plans", homes=_VIRGINIA),
    "schemas": Service("EventBridge schemas"),
    "secretsmanager": Service("Secrets Manager", sizes={"*": 100}),  # model: 1..100
    # authorization: who administers is asked of Organizations. model: 1..100 for most
    "securityhub": Service(
        "Security Hub",
        besides={
            "ListOrganizationAdminAccounts": (
                "organizations:DescribeOrganization",
                "organizations:ListDelegatedAdministrators",
            )
        },
        sizes={"*": 100, "ListOrganizationAdminAccounts": 10} | _each(50, "ListInvitations ListMembers"),
        # https://github.com/hashicorp/terraform-provider-aws/issues/23079
        refuses={"InvalidAccessException": "is not an administrator for this organization"},
    ),
    "service-quotas": Service("Service Quotas", prefix="servicequotas"),  # authorization
    # model: 0..20, portfolios and shares 0..100
    "servicecatalog": Service(
        "Service Catalog",
        sizes={"*": 20} | _each(100, "ListPortfolios ListPortfoliosForProduct DescribePortfolioShares"),
        pages={"DescribePortfolioShares": Paging("PageToken", "NextPageToken", "PageSize")},
    ),
    # authorization. AWS's own pages: each identity is asked about by itself, of which larger ones save little
    "sesv2": Service("Simple Email Service (SES)", prefix="ses", pages={"ListEmailIdentities": _NEXT}),
    # endpoints: the commercial partition alone; botocore makes a host of every region of others. model: 0..10000
    # Without a subscription all calls but GetSubscriptionState say so (https://github.com/aws/aws-sdk-go/issues/4000)
    "shield": Service(
        "Shield",
        homes=_VIRGINIA_ONLY,
        sizes={"ListProtections": 10_000},
        unsubscribed={"ResourceNotFoundException": "subscription does not exist"},
    ),
    "sns": Service("SNS"),  # model: topics and subscriptions have no size
    "sqs": Service("SQS", sizes={"*": 1000}),  # API: without a size a list ends at 1,000 queues, without a token
    # model: 1..50 for most; permissions 1..200
    "ssm": Service(
        "Systems Manager",
        sizes={"*": 50, "DescribeDocumentPermission": 200}
        | {"DescribeEffectiveInstanceAssociations": 5, "GetParametersByPath": 10},
        pages={"DescribeDocumentPermission": _NEXT_RESULTS},
    ),
    # model: 1..100; findings 1..20
    "ssm-incidents": Service("Incident Manager", sizes={"*": 100, "ListIncidentFindings": 20}),
    "stepfunctions": Service("Step Functions", prefix="states", sizes={"*": 1000}),  # authorization; model: 0..1000
    "storagegateway": Service("Storage Gateway"),
    "sts": Service("Security Token Service (STS)"),
    # endpoints: botocore sends every region there. model: 10..100. What an account without a support plan is answered:
    # https://docs.aws.amazon.com/awssupport/latest/APIReference/Welcome.html
    "support": Service(
        "Support",
        homes={**_VIRGINIA, "aws-cn": "cn-north-1"},
        sizes={"*": 100},
        unsubscribed={"SubscriptionRequiredException": ""},
    ),
    "transfer": Service("Transfer Family", sizes={"*": 1000}),  # model: 1..1000
    # endpoints; botocore makes a host of every region. Without a support plan access is denied, "due to support level":
    # https://docs.aws.amazon.com/awssupport/latest/user/get-started-with-aws-trusted-advisor-api.html
    "trustedadvisor": Service(
        "Trusted Advisor", homes=_VIRGINIA, unsubscribed={"AccessDeniedException": "due to support level"}
    ),
    # endpoints: the global one is the commercial partition's alone. model: 0..100
    "waf": Service("WAF Classic", homes=_VIRGINIA_ONLY, sizes={"*": 100}),
    # model: 0..100
    "waf-regional": Service(
        "WAF Classic (regional)",
        sizes={"*": 100},
        pages=dict.fromkeys(
            (
                "ListActivatedRulesInRuleGroup",
                "ListByteMatchSets",
                "ListGeoMatchSets",
                "ListIPSets",
                "ListLoggingConfigurations",
                "ListRateBasedRules",
                "ListRegexMatchSets",
                "ListRegexPatternSets",
                "ListRuleGroups",
                "ListRules",
                "ListSizeConstraintSets",
                "ListSqlInjectionMatchSets",
                "ListSubscribedRuleGroups",
                "ListWebACLs",
                "ListXssMatchSets",
            ),
            _NEXT_MARKER,
        ),
    ),
    # authorization: what an ACL protects is asked of the services that it may protect. model: 1..100
    "wafv2": Service(
        "WAF",
        besides={
            "ListResourcesForWebACL": (
                "amplify:ListResourcesForWebACL",
                "apprunner:ListAssociatedServicesForWebAcl",
                "appsync:ListResourcesForWebACL",
                "cognito-idp:ListResourcesForWebACL",
                "ec2:DescribeVerifiedAccessInstanceWebAclAssociations",
                "elasticloadbalancing:DescribeWebACLAssociation",
            )
        },
        sizes={"*": 100},
        pages=dict.fromkeys(
            (
                "ListAPIKeys",
                "ListAvailableManagedRuleGroups",
                "ListIPSets",
                "ListLoggingConfigurations",
                "ListManagedRuleSets",
                "ListRegexPatternSets",
                "ListRuleGroups",
                "ListTagsForResource",
                "ListWebACLs",
            ),
            _NEXT_MARKER,
        ),
    ),
    # model: 1..50
    "wellarchitected": Service("Well-Architected Tool", sizes={"*": 50}, pages={"ListWorkloads": _NEXT_RESULTS}),
    # model: 1..25; ranges 1..5
    "workspaces": Service("WorkSpaces", sizes={"*": 25, "ListAvailableManagementCidrRanges": 5}),
}
"""botocore's name of a service -> what is known of it."""

_NAMES: Final = {
    "acmpca": "acm-pca",
    "awslambda": "lambda",
    "cognito": "cognito-idp",
    "directoryservice": "ds",
    "documentdb": "docdb",
    "eventbridge": "events",
    "macie": "macie2",
    "networkfirewall": "network-firewall",
    "resourceexplorer2": "resource-explorer-2",
    "ses": "sesv2",
    "ssmincidents": "ssm-incidents",
}
"""What a service is called in check ids -> its name in botocore, where they differ."""

_UNKNOWN: Final = Service("")


def row(service: str) -> Service:
    """The row of botocore's `service`; of one that has none, such as a custom check's, one that says nothing."""
    return SERVICES.get(service, _UNKNOWN)


def is_global(service: str) -> bool:
    """Whether a partition has the service in one place."""
    return row(service).homes is not None


def home(service: str, partition: str, default: str) -> str:
    """The region in which a service of one place is asked, NOWHERE if the partition lacks it; `default` where no row
    tells, as of all services that each region has.
    """
    homes = row(service).homes
    return default if homes is None else homes.get(partition, default)


def page_size(service: str, operation: str) -> int:
    """The largest page that it takes; 0 where AWS's default is left to hold."""
    sizes = row(service).sizes
    return sizes.get(operation, sizes.get("*", 0))


def title(service: str) -> str:
    """What people call a service, by its name in check ids."""
    known = row(_NAMES.get(service, service))
    return known.title or service.upper()
