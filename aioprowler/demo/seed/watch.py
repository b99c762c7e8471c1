"""Who watches: trails, log groups, metric filters with alarms, and GuardDuty."""

from __future__ import annotations

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from aioprowler.services.cloudwatch.events import CONTROLS

OBJECTS = [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]


def seed_production(clients: Clients, bucket: str, key: str, alerts: str) -> None:
    """Have production record all that happens and raise an alarm for what matters; `alerts` is a topic's ARN."""
    group = f"arn:aws:logs:{HOME_REGION}:{clients.account_id}:log-group:audit:*"
    add_log_group(clients, "audit", key, days=365)
    trail = clients("cloudtrail")
    trail.create_trail(
        Name="audit",
        S3BucketName=bucket,
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
        KmsKeyId=key,
        CloudWatchLogsLogGroupArn=group,
        CloudWatchLogsRoleArn=f"arn:aws:iam::{clients.account_id}:role/trail",
    )
    trail.put_event_selectors(
        TrailName="audit",
        EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": OBJECTS}],
    )
    trail.put_insight_selectors(TrailName="audit", InsightSelectors=[{"InsightType": "ApiCallRateInsight"}])
    trail.start_logging(Name="audit")
    for control in CONTROLS:
        watch(clients, "audit", control.name, control.pattern, alerts)
    for region, more in ((HOME_REGION, True), (SECOND_REGION, False)):
        clients("guardduty", region).create_detector(
            Enable=True,
            DataSources={"S3Logs": {"Enable": more}, "Kubernetes": {"AuditLogs": {"Enable": more}}},
        )


def seed_sandbox(clients: Clients, bucket: str) -> None:
    """Give the sandbox a trail of one region into a public bucket, log groups as they come, and a deaf alarm."""
    trail = clients("cloudtrail")
    trail.create_trail(Name="old", S3BucketName=bucket)
    trail.start_logging(Name="old")
    clients("logs").create_log_group(logGroupName="debug")
    clients("logs").put_retention_policy(logGroupName="debug", retentionInDays=1)
    alarm(clients, "cpu")
    clients("cloudwatch").disable_alarm_actions(AlarmNames=["cpu"])
    clients("guardduty").create_detector(Enable=False)


def add_log_group(clients: Clients, name: str, key: str, days: int) -> None:
    """Create an encrypted log group that keeps its events for so many days."""
    logs = clients("logs")
    logs.create_log_group(logGroupName=name, kmsKeyId=key)
    logs.put_retention_policy(logGroupName=name, retentionInDays=days)


def watch(clients: Clients, group: str, metric: str, pattern: str, topic: str) -> None:
    """Count what a pattern catches, and tell a topic of each."""
    counted = {"metricName": metric, "metricNamespace": "CloudTrail", "metricValue": "1"}
    clients("logs").put_metric_filter(
        logGroupName=group, filterName=metric, filterPattern=pattern, metricTransformations=[counted]
    )
    alarm(clients, metric, topic)


def alarm(clients: Clients, metric: str, *topics: str) -> None:
    """Create an alarm on a metric, of its name."""
    clients("cloudwatch").put_metric_alarm(
        AlarmName=metric,
        MetricName=metric,
        Namespace="CloudTrail",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=list(topics),
    )
