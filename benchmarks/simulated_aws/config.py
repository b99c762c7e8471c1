"""What is simulated: accounts, regions, sizes, latency, quotas and faults. As JSON, it is what the process is given."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from benchmarks.simulated_aws.faults import Rule
from benchmarks.simulated_aws.latency import Latency

Preset = Literal["small", "realistic", "large", "20k"]

PRESETS: dict[str, dict[str, int]] = {
    "small": {
        "ec2:vpc": 1,
        "iam:role": 2,
        "iam:policy": 1,
    },
    "realistic": {
        "apigateway:rest_api": 4,
        "apigatewayv2:api": 3,
        "autoscaling:group": 3,
        "autoscaling:launch_configuration": 1,
        "backup:plan": 2,
        "batch:compute_environment": 2,
        "cloudformation:stack": 40,
        "cloudfront:distribution": 6,
        "cloudtrail:event": 100,
        "cloudtrail:trail": 2,
        "cloudwatch:alarm": 100,
        "ec2:address": 4,
        "ec2:client_vpn": 2,
        "ec2:image": 4,
        "ec2:instance": 12,
        "ec2:interface": 16,
        "ec2:launch_template": 3,
        "ec2:security_group": 15,
        "ec2:snapshot": 12,
        "ec2:transit_gateway": 2,
        "ec2:volume": 15,
        "ec2:vpc": 3,
        "ec2:vpc_endpoint": 4,
        "ec2:vpc_endpoint_service": 2,
        "ec2:vpc_peering": 2,
        "ec2:vpn": 2,
        "elb:load_balancer": 1,
        "elbv2:listener": 2,
        "elbv2:load_balancer": 4,
        "iam:certificate": 2,
        "iam:group": 5,
        "iam:policy": 25,
        "iam:role": 60,
        "iam:saml_provider": 1,
        "iam:user": 20,
        "lambda:function": 10,
        "logs:log_group": 150,
        "logs:metric_filter": 30,
        "rds:cluster": 3,
        "rds:cluster_snapshot": 4,
        "rds:document_cluster": 1,
        "rds:document_cluster_snapshot": 2,
        "rds:graph_cluster": 1,
        "rds:graph_cluster_snapshot": 2,
        "rds:event_subscription": 3,
        "rds:instance": 6,
        "rds:snapshot": 8,
        "s3:access_point": 3,
        "s3:bucket": 24,
        "s3:multi_region_access_point": 1,
        "s3:object": 8,
        "sns:topic": 10,
        "ssm:managed_instance": 8,
        "acm:ListCertificates": 10,
        "amplify:ListApps": 1,
        "appsync:ListGraphqlApis": 2,
        "appstream:DescribeFleets": 2,
        "athena:ListWorkGroups": 4,
        "batch:DescribeJobDefinitions": 20,
        "codeartifact:ListPackages": 20,
        "codeartifact:ListRepositories": 1,
        "codebuild:ListBuildsForProject": 1,
        "codebuild:ListProjects": 8,
        "codecommit:ListRepositories": 2,
        "codepipeline:ListPipelines": 4,
        "cognito-idp:ListUserPools": 4,
        "ecr:DescribeRepositories": 10,
        "ecr:DescribeImages": 5,
        "ecs:ListClusters": 2,
        "ecs:ListServices": 3,
        "ecs:ListTaskDefinitions": 20,
        "eks:ListClusters": 2,
        "datasync:ListTasks": 4,
        "directconnect:DescribeConnections": 2,
        "directconnect:DescribeVirtualInterfaces": 4,
        "dms:DescribeEndpoints": 4,
        "dms:DescribeReplicationInstances": 1,
        "dms:DescribeReplicationTasks": 2,
        "dynamodb:ListTables": 20,
        "efs:DescribeAccessPoints": 4,
        "efs:DescribeFileSystems": 3,
        "efs:DescribeMountTargets": 2,
        "elasticache:DescribeCacheClusters": 6,
        "elasticache:DescribeCacheSubnetGroups": 2,
        "elasticache:DescribeReplicationGroups": 3,
        "events:ListEventBuses": 3,
        "firehose:ListDeliveryStreams": 10,
        "glue:GetConnections": 4,
        "glue:GetJobs": 10,
        "guardduty:ListDetectors": 1,
        "kafka:ListClustersV2": 2,
        "kafkaconnect:ListConnectors": 2,
        "kinesis:ListStreams": 10,
        "kms:ListKeys": 30,
        "mq:ListBrokers": 2,
        "network-firewall:ListFirewalls": 1,
        "bedrock-agent:ListAgents": 4,
        "bedrock:ListGuardrails": 4,
        "sagemaker:ListEndpointConfigs": 4,
        "sagemaker:ListModels": 6,
        "sagemaker:ListNotebookInstances": 4,
        "sagemaker:ListProcessingJobs": 10,
        "sagemaker:ListTrainingJobs": 20,
        "redshift:DescribeClusters": 1,
        "opensearch:ListDomainNames": 3,
        "route53:ListHostedZones": 10,
        "secretsmanager:ListSecrets": 100,
        "sqs:ListQueues": 20,
        "stepfunctions:ListStateMachines": 10,
        "transfer:ListServers": 2,
        "wafv2:ListWebACLs": 3,
        "workspaces:DescribeWorkspaces": 20,
    },
    "large": {
        "amplify:ListApps": 20,
        "apigateway:rest_api": 20,
        "apigatewayv2:api": 10,
        "appsync:ListGraphqlApis": 30,
        "athena:ListWorkGroups": 50,
        "autoscaling:group": 200,
        "autoscaling:launch_configuration": 50,
        "batch:DescribeJobDefinitions": 1_000,
        "cloudformation:stack": 500,
        "cloudfront:distribution": 200,
        "cloudtrail:event": 5_000,
        "cloudtrail:trail": 20,
        "cloudwatch:alarm": 1_000,
        "codeartifact:ListPackages": 500,
        "codeartifact:ListRepositories": 5,
        "codebuild:ListBuildsForProject": 1,
        "codebuild:ListProjects": 300,
        "codepipeline:ListPipelines": 100,
        "dynamodb:ListTables": 2_000,
        "efs:DescribeAccessPoints": 500,
        "efs:DescribeFileSystems": 200,
        "efs:DescribeMountTargets": 3,
        "elasticache:DescribeCacheClusters": 900,
        "elasticache:DescribeCacheSubnetGroups": 20,
        "elasticache:DescribeReplicationGroups": 300,
        "elasticbeanstalk:DescribeEnvironments": 50,
        "elb:load_balancer": 20,
        "elbv2:listener": 5,
        "elbv2:load_balancer": 300,
        "ecr:DescribeRepositories": 500,
        "ecr:DescribeImages": 20,
        "ecs:ListClusters": 20,
        "ecs:ListServices": 15,
        "ecs:ListTaskDefinitions": 3_000,
        "firehose:ListDeliveryStreams": 200,
        "glue:GetConnections": 200,
        "glue:GetJobs": 500,
        "kinesis:ListStreams": 200,
        "kms:ListKeys": 300,
        "dms:DescribeEndpoints": 100,
        "dms:DescribeReplicationInstances": 20,
        "dms:DescribeReplicationTasks": 200,
        "lambda:function": 500,
        "logs:log_group": 3_000,
        "logs:metric_filter": 600,
        "bedrock-agent:ListAgents": 50,
        "bedrock:ListGuardrails": 100,
        "sagemaker:ListEndpointConfigs": 200,
        "sagemaker:ListModels": 300,
        "sagemaker:ListNotebookInstances": 100,
        "sagemaker:ListProcessingJobs": 1_000,
        "sagemaker:ListTrainingJobs": 3_000,
        "rds:document_cluster": 20,
        "rds:document_cluster_snapshot": 100,
        "rds:graph_cluster": 20,
        "rds:graph_cluster_snapshot": 100,
        "redshift:DescribeClusters": 20,
        "opensearch:ListDomainNames": 200,
        "secretsmanager:ListSecrets": 1_000,
        "sns:topic": 100,
        "sqs:ListQueues": 500,
        "stepfunctions:ListStateMachines": 200,
        "events:ListEventBuses": 20,
    },
    "20k": {
        "apigateway:rest_api": 20,
        "apigatewayv2:api": 20,
        "autoscaling:group": 100,
        "backup:plan": 5,
        "batch:DescribeJobDefinitions": 100,
        "cloudformation:stack": 200,
        "cloudfront:distribution": 30,
        "cloudtrail:event": 100,
        "cloudtrail:trail": 2,
        "cloudwatch:alarm": 500,
        "ec2:address": 50,
        "ec2:image": 100,
        "ec2:instance": 1_200,
        "ec2:interface": 1_500,
        "ec2:launch_template": 50,
        "ec2:security_group": 500,
        "ec2:snapshot": 1_500,
        "ec2:transit_gateway": 2,
        "ec2:volume": 1_400,
        "ec2:vpc": 10,
        "ec2:vpc_endpoint": 40,
        "ec2:vpc_peering": 10,
        "elbv2:listener": 2,
        "elbv2:load_balancer": 60,
        "iam:group": 20,
        "iam:policy": 300,
        "iam:role": 700,
        "iam:user": 80,
        "lambda:function": 200,
        "logs:log_group": 1_200,
        "logs:metric_filter": 60,
        "rds:cluster": 20,
        "rds:cluster_snapshot": 60,
        "rds:event_subscription": 4,
        "rds:instance": 60,
        "rds:snapshot": 200,
        "s3:access_point": 10,
        "s3:bucket": 150,
        "s3:object": 5,
        "sns:topic": 80,
        "ssm:managed_instance": 800,
        "acm:ListCertificates": 60,
        "athena:ListWorkGroups": 10,
        "codebuild:ListProjects": 60,
        "codebuild:ListBuildsForProject": 1,
        "codepipeline:ListPipelines": 30,
        "cognito-idp:ListUserPools": 5,
        "dynamodb:ListTables": 150,
        "ecr:DescribeRepositories": 80,
        "ecr:DescribeImages": 5,
        "ecs:ListClusters": 5,
        "ecs:ListServices": 10,
        "ecs:ListTaskDefinitions": 200,
        "efs:DescribeFileSystems": 20,
        "efs:DescribeMountTargets": 3,
        "eks:ListClusters": 3,
        "elasticache:DescribeCacheClusters": 30,
        "elasticache:DescribeReplicationGroups": 15,
        "events:ListEventBuses": 5,
        "firehose:ListDeliveryStreams": 20,
        "glue:GetJobs": 50,
        "guardduty:ListDetectors": 1,
        "kinesis:ListStreams": 20,
        "kms:ListKeys": 80,
        "opensearch:ListDomainNames": 5,
        "redshift:DescribeClusters": 3,
        "route53:ListHostedZones": 30,
        "sagemaker:ListTrainingJobs": 50,
        "secretsmanager:ListSecrets": 200,
        "sqs:ListQueues": 150,
        "stepfunctions:ListStateMachines": 40,
        "wafv2:ListWebACLs": 5,
    },
}
"""Resource type -> how many: of each region, of IAM, distributions and S3 buckets of each account, of S3 objects of
each bucket, of listeners of each load balancer. An operation that nobody modelled stands for what it lists. An account
of `20k` has about 20,000 resources in two regions.
"""


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A simulated organization and how its AWS behaves."""

    accounts: int = 1
    """How many, the management account included. Their ids count up from `management_account`."""
    management_account: str = "100000000000"
    suspended: int = 0
    """How many of them, the last ones, are suspended."""
    regions: tuple[str, ...] = ("us-east-1", "us-west-2", "eu-west-1")
    """Enabled regions, in which resources are. Other regions that cannot be disabled are empty."""
    preset: Preset = "small"
    sizes: dict[str, int] = {}
    """Resource type -> how many, instead of the preset's."""
    unmodelled: int = 0
    """How many elements each list has in the replies of operations that nobody modelled, where no size says so."""
    full: bool = False
    """Whether replies have all that their shapes have, and not only what checks read."""
    variants: int = 3
    """Accounts differ in which of their resources are bad; this is how many kinds of accounts there are."""
    latency: dict[str, Latency] = {}
    """Service, or `*` for all others."""
    quotas: dict[str, dict[str, float]] = {}
    """`service:Operation` (patterns allowed) -> {"rate": ..., "capacity": ...}, before AWS's published ones."""
    enforce_quotas: bool = True
    faults: tuple[Rule, ...] = ()
    session_seconds: float = 3600.0
    """What an hour of a session takes in truth. Sessions tell their nominal expiry."""
    seed: int = 0
    host: str = "127.0.0.1"
    port: int = 0
    tls: bool = False

    @property
    def origin(self) -> str:
        """The beginning of the URLs of what it has, once it knows its port."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    def size_of(self, kind: str) -> int:
        return self.sizes.get(kind, PRESETS[self.preset].get(kind, 0))

    def position(self, account_id: str) -> int:
        """Which account of the organization it is, 0 being the management account; -1: none."""
        if not account_id.isdecimal() or len(account_id) != 12:
            return -1
        position = int(account_id) - int(self.management_account)
        return position if 0 <= position < self.accounts else -1

    def account_id(self, position: int) -> str:
        return f"{int(self.management_account) + position:012d}"

    def is_suspended(self, position: int) -> bool:
        return position >= max(1, self.accounts - self.suspended)
