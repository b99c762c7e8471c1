"""That what matters raises an alarm: metric filters on the logs of trails, and alarms on their metrics."""

from __future__ import annotations

from typing import Any, Final

from aioprowler import Account, Check, Verdict, check
from aioprowler.services.cloudwatch import events
from aioprowler.services.cloudwatch.events import Control
from aioprowler.services.cloudwatch.monitoring import Monitoring

DOCUMENTATION: Final = """{title} raise an alarm that somebody gets.

CloudTrail sends its events to a log group, a metric filter counts those that its pattern catches, and an alarm watches
the metric. Judged is what the patterns of filters catch, however they are written: {events}. Filters may share them,
and may catch more.

A filter counts where its log group, in this account, gets the events of a trail that logs and records them, be it the
trail of an organization or of one region, and where an alarm of its region watches one of its metrics, by itself or in
metric math, with actions that are on and come to somebody: by a topic of this account with a confirmed subscription, a
Lambda function, an OpsItem, an incident or an investigation. Thresholds, composite alarms and metrics with dimensions
are not looked into. A topic of another account, a log group of another account that a trail sends to, a trail of which
AWS does not tell whether it logs and what it records, and a pattern that AWS's page does not explain are MANUAL where
they would decide.

## Risk
{risk}

## Remediation
Count the events, then put an alarm on the metric with `aws cloudwatch put-metric-alarm --region <region> --alarm-name
{name} --namespace CloudTrail --metric-name {name} --statistic Sum --period 300 --evaluation-periods 1 --threshold 1
--comparison-operator GreaterThanOrEqualToThreshold --alarm-actions <your-topic-arn>` and subscribe somebody to its topic:
```
aws logs put-metric-filter --region <region> --log-group-name <your-log-group> --filter-name {name} --filter-pattern '{pattern}' --metric-transformations metricName={name},metricNamespace=CloudTrail,metricValue=1
```

## References
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""  # noqa: E501 - a command is one line


def alarmed(id_: str, control: Control, risk: str) -> Check[Any, Verdict]:
    """The check that all occurrences of a control raise an alarm."""

    def verdict(account: Account, monitoring: Monitoring) -> Verdict:
        return monitoring.of(account, control)

    title = control.subject[0].upper() + control.subject[1:]
    verdict.__name__ = verdict.__qualname__ = id_
    verdict.__doc__ = DOCUMENTATION.format(
        title=title,
        events=control.called(frozenset(range(len(control.occurrences)))),
        risk=risk,
        name=control.name,
        pattern=control.pattern,
    )
    return check(
        fails=f"{title} raise no alarm that somebody gets",
        severity="medium",
        categories=["logging"],
        resource_arn="arn:{partition}:logs:{default_region}:{account_id}:log-group",
        resource_type="AwsCloudWatchAlarm",
        resource_group="monitoring",
    )(verdict)


cloudwatch_changes_to_network_acls_alarm_configured = alarmed(
    "cloudwatch_changes_to_network_acls_alarm_configured",
    events.NETWORK_ACLS,
    "Subnets are opened to the internet, or cut off, and nobody notices.",
)
cloudwatch_changes_to_network_gateways_alarm_configured = alarmed(
    "cloudwatch_changes_to_network_gateways_alarm_configured",
    events.GATEWAYS,
    "A private network gets a way to the internet or to somebody else's network, by which data leave unseen.",
)
cloudwatch_changes_to_network_route_tables_alarm_configured = alarmed(
    "cloudwatch_changes_to_network_route_tables_alarm_configured",
    events.ROUTE_TABLES,
    "Traffic is led past firewalls or through somebody else's machine, and nobody notices.",
)
cloudwatch_changes_to_vpcs_alarm_configured = alarmed(
    "cloudwatch_changes_to_vpcs_alarm_configured",
    events.VPCS,
    "Networks are joined by peering, or taken down, without those in charge of them knowing.",
)
cloudwatch_log_metric_filter_and_alarm_for_aws_config_configuration_changes_enabled = alarmed(
    "cloudwatch_log_metric_filter_and_alarm_for_aws_config_configuration_changes_enabled",
    events.CONFIG,
    "Whoever stops the recorder changes what he likes afterwards, without a record of it.",
)
cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled = alarmed(
    "cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled",
    events.CLOUDTRAIL,
    "An intruder's first step is to stop the trail: what follows is written nowhere.",
)
cloudwatch_log_metric_filter_authentication_failures = alarmed(
    "cloudwatch_log_metric_filter_authentication_failures",
    events.FAILED_SIGN_INS,
    "Passwords are guessed for as long as it takes.",
)
cloudwatch_log_metric_filter_aws_organizations_changes = alarmed(
    "cloudwatch_log_metric_filter_aws_organizations_changes",
    events.ORGANIZATION,
    "Accounts leave the organization, or its policies are taken off them, and its guardrails with them.",
)
cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk = alarmed(
    "cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk",
    events.KMS,
    "Data whose key is gone are gone. Until the waiting period ends that can be undone by who knows of it.",
)
cloudwatch_log_metric_filter_for_s3_bucket_policy_changes = alarmed(
    "cloudwatch_log_metric_filter_for_s3_bucket_policy_changes",
    events.BUCKETS,
    "A bucket is made public, or copied to a stranger's, and its owner learns of it from others.",
)
cloudwatch_log_metric_filter_policy_changes = alarmed(
    "cloudwatch_log_metric_filter_policy_changes",
    events.IAM_POLICIES,
    "Somebody gives himself more permissions, and nobody asks why.",
)
cloudwatch_log_metric_filter_root_usage = alarmed(
    "cloudwatch_log_metric_filter_root_usage",
    events.ROOT,
    "No policy of the account limits the root user. Whoever holds it unseen can take the account over.",
)
cloudwatch_log_metric_filter_security_group_changes = alarmed(
    "cloudwatch_log_metric_filter_security_group_changes",
    events.SECURITY_GROUPS,
    "A port is opened to the internet and stays open until somebody else has found it.",
)
cloudwatch_log_metric_filter_sign_in_without_mfa = alarmed(
    "cloudwatch_log_metric_filter_sign_in_without_mfa",
    events.SIGN_INS_WITHOUT_MFA,
    "A stolen password is enough for the console, and its use looks like any other.",
)
cloudwatch_log_metric_filter_unauthorized_api_calls = alarmed(
    "cloudwatch_log_metric_filter_unauthorized_api_calls",
    events.UNAUTHORIZED,
    "Who has stolen credentials tries out what they are good for. That is loud, where somebody listens.",
)
