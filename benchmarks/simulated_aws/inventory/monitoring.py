"""What CloudTrail, CloudWatch and its logs, and SNS have: who watches the account, and who is told."""

from __future__ import annotations

import json
from typing import Final

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.world import Json, Params, World, number_in
from benchmarks.simulated_aws.rendering import ACCOUNT, REGION

_EVENTS: Final = (
    ("ConsoleLogin", '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }'),
    ("Root", '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }'),
    ("Unauthorized", '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'),
    ("Vpc", "{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) || ($.eventName = ModifyVpcAttribute) }"),
    ("Orders", "[time, level = ERROR, message]"),
    ("Errors", "ERROR -healthcheck"),
)


# --- CloudTrail ---
def _trail(world: World, number: int) -> Json:
    trail: Json = {
        "Name": f"trail-{number}",
        "S3BucketName": f"bucket-{ACCOUNT}-{number}",
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": False,
        "HomeRegion": world.region,
        "TrailARN": world.arn("cloudtrail", f"trail/trail-{number}"),
        "LogFileValidationEnabled": not world.bad("validation", number),
        "HasCustomEventSelectors": True,
        "HasInsightSelectors": True,
        "IsOrganizationTrail": False,
    }
    if not world.bad("trail logs", number):
        trail["CloudWatchLogsLogGroupArn"] = f"{_group_arn(world, number)}:*"
        trail["CloudWatchLogsRoleArn"] = f"arn:aws:iam::{ACCOUNT}:role/role-{number}"
    if not world.bad("trail key", number):
        trail["KmsKeyId"] = world.arn("kms", f"key/key-{number}")
    return trail


def _describe_trails(world: World, _: Params) -> Json:
    return {"trailList": [_trail(world, number) for number in world.each("cloudtrail:trail")]}


def _trail_number(world: World, params: Params) -> int:
    """Raises AwsError."""
    number = number_in(params.get("Name") or params.get("TrailName"))
    if number not in world.each("cloudtrail:trail"):
        raise AwsError("TrailNotFoundException", "Unknown trail.", 400)
    return number


def _get_status(world: World, params: Params) -> Json:
    number = _trail_number(world, params)
    return {
        "IsLogging": not world.bad("logging", number),
        "LatestDeliveryTime": world.ago(0.1),
        "StartLoggingTime": world.ago(300),
        "LatestCloudWatchLogsDeliveryTime": world.ago(0.1),
    }


def _get_event_selectors(world: World, params: Params) -> Json:
    """Basic ones for every other trail, advanced ones for the rest."""
    number = _trail_number(world, params)
    told = {"TrailARN": world.arn("cloudtrail", f"trail/trail-{number}")}
    if number % 2:
        fields = [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        ]
        return told | {"AdvancedEventSelectors": [{"Name": "objects", "FieldSelectors": fields}]}
    objects = [] if world.bad("data events", number) else [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": objects}
    return told | {"EventSelectors": [selector | {"ExcludeManagementEventSources": []}]}


def _get_insight_selectors(world: World, params: Params) -> Json:
    number = _trail_number(world, params)
    if world.bad("insights", number):
        raise AwsError("InsightNotEnabledException", "Trail does not have Insights enabled.", 400)
    arn = world.arn("cloudtrail", f"trail/trail-{number}")
    return {"TrailARN": arn, "InsightSelectors": [{"InsightType": "ApiCallRateInsight"}]}


def _lookup_events(world: World, _: Params) -> Json:
    return {"Events": [_event(world, number) for number in world.each("cloudtrail:event")]}


def _event(world: World, number: int) -> Json:
    name = ("DescribeInstances", "ListBuckets", "GetUser", "ListRoles")[number % 4]
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/role-{number % 50}/session"
    detail = {
        "eventVersion": "1.11",
        "userIdentity": {"type": "AssumedRole", "principalId": "AROA", "arn": arn, "accountId": ACCOUNT},
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
    }
    return {
        "EventId": f"event-{number}",
        "EventName": name,
        "ReadOnly": "true",
        "EventTime": world.ago(number / 10_000),
        "EventSource": "ec2.amazonaws.com",
        "Username": f"role-{number % 50}",
        "Resources": [],
        "CloudTrailEvent": json.dumps(detail),
    }


CLOUDTRAIL: Final = {
    "DescribeTrails": _describe_trails,
    "GetEventSelectors": _get_event_selectors,
    "GetInsightSelectors": _get_insight_selectors,
    "GetTrailStatus": _get_status,
    "LookupEvents": _lookup_events,
}


# --- CloudWatch Logs ---
def _group_arn(world: World, number: int) -> str:
    return world.arn("logs", f"log-group:loggroup-{number}")


def _describe_log_groups(world: World, params: Params) -> Json:
    """What is asked for by its name is there."""
    named = params.get("logGroupNamePrefix")
    numbers = [number_in(named)] if named else world.each("logs:log_group")
    return {"logGroups": [_group(world, number) for number in numbers]}


def _group(world: World, number: int) -> Json:
    group: Json = {
        "logGroupName": f"loggroup-{number}",
        "creationTime": int(world.ago(300).timestamp() * 1000),
        "metricFilterCount": 1,
        "arn": f"{_group_arn(world, number)}:*",
        "logGroupArn": _group_arn(world, number),
        "storedBytes": 1024,
        "logGroupClass": "STANDARD",
    }
    if not world.bad("retention", number):
        group["retentionInDays"] = 365
    if not world.bad("log key", number):
        group["kmsKeyId"] = world.arn("kms", f"key/key-{number}")
    return group


def _describe_metric_filters(world: World, params: Params) -> Json:
    group = params.get("logGroupName")
    filters = [_filter(world, number) for number in world.each("logs:metric_filter")]
    return {"metricFilters": [each for each in filters if group in (None, each["logGroupName"])]}


def _filter(world: World, number: int) -> Json:
    """Those of a trail's group watch the account, in turn."""
    name, pattern = _EVENTS[number % len(_EVENTS)]
    trails = max(1, world.size("cloudtrail:trail"))
    group = (number % trails) if number < 5 * trails else number
    transformation = {"metricName": f"{name}-{number}", "metricNamespace": "Security", "metricValue": "1"}
    return {
        "filterName": f"filter-{number}",
        "filterPattern": pattern,
        "metricTransformations": [transformation],
        "creationTime": int(world.ago(300).timestamp() * 1000),
        "logGroupName": f"loggroup-{group}",
    }


def _describe_resource_policies(world: World, _: Params) -> Json:
    service = {"Effect": "Allow", "Principal": {"Service": "es.amazonaws.com"}, "Action": "logs:PutLogEvents"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [service | {"Resource": "*"}]})
    policies = [{"policyName": f"policy-{number}", "policyDocument": document} for number in range(3)]
    return {"resourcePolicies": policies if world.size("logs:log_group") else []}


def _filter_log_events(world: World, params: Params) -> Json:
    """One line for each group."""
    number = number_in(params.get("logGroupName") or params.get("logGroupIdentifier"))
    if number not in world.each("logs:log_group"):
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.", 400)
    stamp = int(world.ago(0.5).timestamp() * 1000)
    event = {"logStreamName": "stream-0", "timestamp": stamp, "message": f"GET /orders/{number} 200", "eventId": "0"}
    return {"events": [event | {"ingestionTime": stamp}], "searchedLogStreams": []}


LOGS: Final = {
    "DescribeLogGroups": _describe_log_groups,
    "DescribeMetricFilters": _describe_metric_filters,
    "DescribeResourcePolicies": _describe_resource_policies,
    "FilterLogEvents": _filter_log_events,
}


# --- CloudWatch ---
def _describe_alarms(world: World, _: Params) -> Json:
    return {"MetricAlarms": [_alarm(world, number) for number in world.each("cloudwatch:alarm")], "CompositeAlarms": []}


def _alarm(world: World, number: int) -> Json:
    """The first ones are of the metrics that filters make."""
    return {
        "AlarmName": f"alarm-{number}",
        "AlarmArn": world.arn("cloudwatch", f"alarm:alarm-{number}"),
        "AlarmConfigurationUpdatedTimestamp": world.ago(100),
        "ActionsEnabled": not world.bad("actions", number),
        "OKActions": [],
        "AlarmActions": [] if world.bad("alarmed", number) else [world.arn("sns", f"topic-{number % 10}")],
        "InsufficientDataActions": [],
        "StateValue": "OK",
        "StateReason": "simulated",
        "StateUpdatedTimestamp": world.ago(1),
        "MetricName": f"{_EVENTS[number % len(_EVENTS)][0]}-{number}",
        "Namespace": "Security",
        "Statistic": "Sum",
        "Dimensions": [],
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }


CLOUDWATCH: Final = {"DescribeAlarms": _describe_alarms}


# --- SNS ---
def _list_topics(world: World, _: Params) -> Json:
    return {"Topics": [{"TopicArn": world.arn("sns", f"topic-{number}")} for number in world.each("sns:topic")]}


def _list_subscriptions(world: World, _: Params) -> Json:
    subscriptions = [
        {
            "SubscriptionArn": "PendingConfirmation"
            if world.bad("confirmed", number)
            else world.arn("sns", f"topic-{number}:subscription-{number}"),
            "Owner": ACCOUNT,
            "Protocol": "https",
            "Endpoint": "https://example.org/alarms",
            "TopicArn": world.arn("sns", f"topic-{number}"),
        }
        for number in world.each("sns:topic")
    ]
    return {"Subscriptions": subscriptions}


def _get_topic_attributes(world: World, params: Params) -> Json:
    number = number_in(params.get("TopicArn"))
    if number not in world.each("sns:topic"):
        raise AwsError("NotFound", "Topic does not exist", 404)
    own = {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}
    statement: Json = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Publish", "Resource": "*"}
    statement |= {} if world.bad("topic policy", number) else {"Condition": own}
    attributes = {
        "TopicArn": world.arn("sns", f"topic-{number}"),
        "Owner": ACCOUNT,
        "Policy": json.dumps({"Version": "2008-10-17", "Statement": [statement]}),
        "SubscriptionsConfirmed": "0" if world.bad("confirmed", number) else "1",
        "SubscriptionsPending": "0",
        "SubscriptionsDeleted": "0",
    }
    return {"Attributes": attributes | ({} if world.bad("topic key", number) else {"KmsMasterKeyId": "alias/aws/sns"})}


SNS: Final = {
    "GetTopicAttributes": _get_topic_attributes,
    "ListSubscriptions": _list_subscriptions,
    "ListTopics": _list_topics,
}
