"""How alarms are judged by what they do."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.verdicts import enabled, has
from aioprowler.services.cloudwatch.resources import MetricAlarm


@check(fails="CloudWatch alarm does nothing when it goes off", severity="high", categories=["resilience"])
def cloudwatch_alarm_actions_alarm_state_configured(alarm: MetricAlarm) -> Verdict:
    """CloudWatch alarms have an action for the state ALARM.

    Any action counts, whether or not actions are on. Actions for the states OK and INSUFFICIENT_DATA do not. Composite
    alarms are not judged.

    ## Risk
    What the alarm is there to tell happens, and nobody hears of it.

    ## Remediation
    Put the alarm anew with all its settings and the action besides: `aws cloudwatch put-metric-alarm --region <region>
    --alarm-name <metric-alarm> --alarm-actions <your-topic-arn> --metric-name <your-metric> --namespace
    <your-namespace> --statistic <your-statistic> --period <your-period> --evaluation-periods <your-periods>
    --threshold <your-threshold> --comparison-operator <your-comparison>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-actions
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-15
    """
    return has(alarm.label, "an action for the state ALARM", bool(alarm.alarm_actions))


@check(fails="CloudWatch alarm has its actions switched off", severity="high", categories=["resilience"])
def cloudwatch_alarm_actions_enabled(alarm: MetricAlarm) -> Verdict:
    """CloudWatch alarms have their actions switched on.

    An alarm without any action may have them switched on as well. Composite alarms are not judged.

    ## Risk
    Actions that were switched off for a maintenance, or by an intruder, stay off: alarms change their state and tell
    nobody.

    ## Remediation
    Switch them on: `aws cloudwatch enable-alarm-actions --region <region> --alarm-names <metric-alarm>`.

    ## References
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-17
    """
    return enabled(alarm.label, "actions", alarm.actions_enabled)
