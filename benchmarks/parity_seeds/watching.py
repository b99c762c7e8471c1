"""Accounts that watch their trails well, badly or not at all, and their log groups and alarms."""

from __future__ import annotations

import json
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from aioprowler.services.cloudwatch.events import CONTROLS, KMS, SECURITY_GROUPS
from benchmarks.parity_moto import now, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, allow, document
from benchmarks.parity_seeds.states import State

SERVICES: Final = ("cloudwatch",)
NAMESPACE: Final = "CloudTrail"


def add_trail(clients: Clients, group: str, *, logs: bool = True, name: str = "trail") -> None:
    """Create a trail that sends to a log group of that name."""
    bucket = f"{name}-{clients.account_id}"
    clients("s3").create_bucket(Bucket=bucket)
    clients("logs").create_log_group(logGroupName=group)
    clients("cloudtrail").create_trail(
        Name=name,
        S3BucketName=bucket,
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{HOME_REGION}:{clients.account_id}:log-group:{group}:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{clients.account_id}:role/trail",
    )
    if logs:
        clients("cloudtrail").start_logging(Name=name)


def add_topic(clients: Clients, name: str = "alerts", *, subscribed: bool = True) -> str:
    """Create a topic, mostly with a subscription, and return its ARN."""
    topic = str(clients("sns").create_topic(Name=name)["TopicArn"])
    if subscribed:
        clients("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="alerts@example.com")
    return topic


def add_filter(clients: Clients, group: str, name: str, pattern: str) -> None:
    """Create a metric filter that counts in a metric of its name."""
    metric = {"metricName": name, "metricNamespace": NAMESPACE, "metricValue": "1"}
    clients("logs").put_metric_filter(
        logGroupName=group, filterName=name, filterPattern=pattern, metricTransformations=[metric]
    )


def add_alarm(clients: Clients, metric: str, *actions: str, region: str = HOME_REGION, **more: Any) -> None:
    """Create an alarm on a metric, of its name."""
    given = {"MetricName": metric, "Namespace": NAMESPACE, "Statistic": "Sum", "Period": 300, **more}
    clients("cloudwatch", region).put_metric_alarm(
        AlarmName=f"{metric}-alarm",
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=list(actions),
        **given,
    )


def watched(clients: Clients) -> None:
    """Raise an alarm for everything; and have log groups and alarms of all sorts."""
    add_trail(clients, "trail")
    topic = add_topic(clients)
    for control in CONTROLS:
        add_filter(clients, "trail", control.name, control.pattern)
        add_alarm(clients, control.name, topic)
    log_groups(clients)
    add_alarm(clients, "silent")
    add_alarm(clients, "switched-off", topic, ActionsEnabled=False)
    add_alarm(clients, "elsewhere", topic, region=SECOND_REGION)


def unheard(clients: Clients) -> None:
    """Have filters and alarms of which nobody hears, for one reason or another."""
    add_trail(clients, "trail")
    topic, empty = add_topic(clients), add_topic(clients, "nobody", subscribed=False)
    reasons: list[tuple[str, dict[str, Any]]] = [
        ("", {}),
        (empty, {}),
        (topic, {"ActionsEnabled": False}),
        (f"arn:aws:automate:{HOME_REGION}:ec2:stop", {}),
        (f"arn:aws:sns:{HOME_REGION}:{OTHER_ACCOUNT}:central", {}),
        (topic, {"Dimensions": [{"Name": "x", "Value": "y"}]}),
        (topic, {"Namespace": "Others"}),
        (topic, {"region": SECOND_REGION}),
    ]
    for control, (action, more) in zip(CONTROLS, reasons, strict=False):
        add_filter(clients, "trail", control.name, control.pattern)
        add_alarm(clients, control.name, *filter(None, (action,)), **more)
    for control in CONTROLS[len(reasons) :]:
        add_filter(clients, "trail", control.name, control.pattern)


def silent(clients: Clients) -> None:
    """Have all that it takes, but a trail that does not log."""
    add_trail(clients, "trail", logs=False)
    topic = add_topic(clients)
    for control in CONTROLS:
        add_filter(clients, "trail", control.name, control.pattern)
        add_alarm(clients, control.name, topic)


def respelled(clients: Clients) -> None:
    """Have patterns that are not written as in a benchmark."""
    add_trail(clients, "trail")
    clients("logs").create_log_group(logGroupName="other")
    topic = add_topic(clients)
    for control in CONTROLS:
        add_alarm(clients, control.name, topic)
        if control == KMS:  # one name is missing
            add_filter(
                clients, "trail", control.name, '{ $.eventSource = "kms.amazonaws.com" && $.eventName = DisableKey }'
            )
        elif control == SECURITY_GROUPS:  # of a log group without a trail
            add_filter(clients, "other", control.name, control.pattern)
        else:
            add_filter(clients, "trail", control.name, _backwards(control.pattern))


def _backwards(pattern: str) -> str:
    """The same with other white space and brackets, its parts in the other order, and quotation marks around words."""
    inner = pattern.removeprefix("{ ").removesuffix(" }")
    source, names = inner.split(" && (", 1) if " && (($" in inner else ("", inner)
    joint = " || " if " || " in names else " && "
    parts = names.removesuffix(")").split(joint) if source else names.split(joint)
    told = f"{joint.strip()}\n".join(_quoted(part) for part in reversed(parts))
    return f"{{({told})&&{source}}}" if source else f"{{{told}}}"


def _quoted(part: str) -> str:
    """`($.eventName = CreateVpc)` -> `($.eventName = "CreateVpc")`"""
    before, sign, value = part.partition(" = ")
    return part if '"' in part or not sign else f'{before} = "{value.removesuffix(")")}")'


KEY: Final = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def log_groups(clients: Clients) -> None:
    """Have log groups that are kept, encrypted, open and filled in different ways."""
    logs = clients("logs")
    for name, days, more in (
        ("for-a-day", 1, {}),
        ("for-a-month", 30, {}),
        ("for-a-year", 365, {}),
        ("for-longer", 400, {}),
        ("for-ever", None, {}),
        ("encrypted", None, {"kmsKeyId": KEY}),
        ("open", None, {}),
        ("open-streams", None, {}),
        ("open-to-other", None, {}),
        ("/aws/bedrock-agentcore/runtimes/agent", None, {}),
        ("/aws/vendedlogs/bedrock-agentcore/memory", None, {}),
        ("clean", None, {}),
        ("leaky", None, {}),
    ):
        logs.create_log_group(logGroupName=name, **more)
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    arn = f"arn:aws:logs:{HOME_REGION}:{clients.account_id}:log-group"
    writing = ["logs:CreateLogStream", "logs:PutLogEvents"]
    for name, statement in {
        "open": allow(writing, f"{arn}:open:*", Principal="*"),
        "streams": allow(writing, f"{arn}:open-streams:log-stream:*", Principal="*"),
        "other": allow(writing, f"{arn}:open-to-other:*", Principal={"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}),
        "service": allow(writing, "*", Principal={"Service": "route53.amazonaws.com"}),
    }.items():
        logs.put_resource_policy(policyName=name, policyDocument=document(statement))
    add_events(clients, "clean", "started", json.dumps({"level": "info"}))
    add_events(clients, "leaky", "started", "export DB_PASSWORD='tr0ub4dor-and-3-horses'")


def add_events(clients: Clients, group: str, *messages: str) -> None:
    """Write to a stream of a log group."""
    clients("logs").create_log_stream(logGroupName=group, logStreamName="stream")
    time = int(now().timestamp() * 1000)
    events = [{"timestamp": time, "message": message} for message in messages]
    clients("logs").put_log_events(logGroupName=group, logStreamName="stream", logEvents=events)


def shared(clients: Clients) -> None:
    """Have a trail without a log group, and the role by which CloudWatch's console shares."""
    clients("s3").create_bucket(Bucket=f"plain-{clients.account_id}")
    clients("cloudtrail").create_trail(Name="plain", S3BucketName=f"plain-{clients.account_id}")
    clients("cloudtrail").start_logging(Name="plain")
    trust = document({"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": "sts:AssumeRole"})
    clients("iam").create_role(RoleName="CloudWatch-CrossAccountSharingRole", AssumeRolePolicyDocument=trust)


def agents(clients: Clients) -> None:
    """Have log groups of agents with data protection policies, of which moto does not tell."""
    groups: list[dict[str, Any]] = []
    for name, more in (
        ("runtimes/masked", {"dataProtectionStatus": "ACTIVATED"}),
        ("runtimes/inherited", {"inheritedProperties": ["ACCOUNT_DATA_PROTECTION"]}),
        ("runtimes/no-more", {"dataProtectionStatus": "DELETED"}),
        ("runtimes/off", {"dataProtectionStatus": "DISABLED"}),
        ("runtimes/never", {}),
    ):
        group = f"/aws/bedrock-agentcore/{name}"
        clients("logs").create_log_group(logGroupName=group)
        arn = f"arn:aws:logs:{HOME_REGION}:{clients.account_id}:log-group:{group}"
        groups.append({"logGroupName": group, "arn": f"{arn}:*", "logGroupArn": arn, "creationTime": 0, **more})
    tell(clients, "logs", "DescribeLogGroups", {"logGroups": groups})


STATES: Final = (
    State("watched", "500000001101", watched, services=SERVICES),
    State("unheard", "500000001102", unheard, services=SERVICES),
    State("silent_trail", "500000001103", silent, services=SERVICES),
    State("respelled", "500000001104", respelled, services=SERVICES),
    State("agents", "500000001106", agents, services=SERVICES),
    State("shared_metrics", "500000001105", shared, services=SERVICES),
)
