"""Alarms, log groups and sharing, on literals."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Secret
from aioprowler.judging.policies import Policy, PolicyError
from aioprowler.services.cloudwatch.checks.alarm import (
    cloudwatch_alarm_actions_alarm_state_configured,
    cloudwatch_alarm_actions_enabled,
)
from aioprowler.services.cloudwatch.checks.log_group import (
    cloudwatch_log_group_agentcore_data_protection_policy_enabled,
    cloudwatch_log_group_kms_encryption_enabled,
    cloudwatch_log_group_no_secrets_in_logs,
    cloudwatch_log_group_not_publicly_accessible,
    cloudwatch_log_group_retention_policy_specific_days_enabled,
)
from aioprowler.services.cloudwatch.checks.sharing import cloudwatch_cross_account_sharing_disabled
from aioprowler.services.cloudwatch.resources import (
    EVENTS,
    LARGEST,
    PAGES,
    GroupsToRead,
    LogGroup,
    LogPolicies,
    LogResourcePolicy,
    LogSample,
    LogSecrets,
    Message,
    MetricAlarm,
    log_policies,
    newest_groups,
    sample,
    texts_of,
)
from aioprowler.services.iam.resources import Role

ACCOUNT = Account(id="123456789012")
NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"


def alarm(**fields: Any) -> MetricAlarm:
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:cpu"
    return MetricAlarm(**{"name": "cpu", "arn": arn, "actions_enabled": True, **fields})


def group(name: str = "web", **fields: Any) -> LogGroup:
    return LogGroup(name=name, **fields)


@pytest.mark.parametrize(("actions", "verdict"), [((TOPIC,), Pass), ((), Fail)])
def test_an_alarm_does_something(actions: tuple[str, ...], verdict: type) -> None:
    assert isinstance(cloudwatch_alarm_actions_alarm_state_configured(alarm(alarm_actions=actions)), verdict)


@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_the_actions_of_an_alarm_are_on(on: bool, verdict: type) -> None:
    assert isinstance(cloudwatch_alarm_actions_enabled(alarm(actions_enabled=on)), verdict)


@pytest.mark.parametrize(("key", "verdict"), [("arn:aws:kms:us-east-1:123456789012:key/1", Pass), (None, Fail)])
def test_a_log_group_has_a_key(key: str | None, verdict: type) -> None:
    assert isinstance(cloudwatch_log_group_kms_encryption_enabled(group(kms_key_id=key)), verdict)


@pytest.mark.parametrize(
    ("fields", "days", "verdict"),
    [
        ({"retention_in_days": 365}, 365, Pass),
        ({"retention_in_days": 364}, 365, Fail),
        ({"retention_in_days": 400}, 731, Fail),
        ({}, 365, Pass),
        ({"log_group_class": "INFREQUENT_ACCESS"}, 365, Pass),
        ({"log_group_class": "DELIVERY"}, 365, Fail),
        ({"log_group_class": "DELIVERY", "retention_in_days": 3653}, 365, Fail),
    ],
)
def test_how_long_a_log_group_keeps_events(fields: dict[str, Any], days: int, verdict: type) -> None:
    found = cloudwatch_log_group_retention_policy_specific_days_enabled(group(**fields), log_group_retention_days=days)
    assert isinstance(found, verdict)


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"data_protection_status": "ACTIVATED"}, Pass),
        ({"data_protection_status": "DISABLED"}, Fail),
        ({"data_protection_status": "DELETED"}, Fail),
        ({"data_protection_status": "ARCHIVED"}, Fail),
        ({}, Fail),
        ({"inherited_properties": ("ACCOUNT_DATA_PROTECTION",)}, Pass),
        ({"inherited_properties": ("ACCOUNT_DATA_PROTECTION",), "data_protection_status": "DELETED"}, Pass),
        ({"inherited_properties": ("SOMETHING_ELSE",)}, Fail),
        ({"data_protection_status": "PENDING"}, Manual),
    ],
)
def test_agents_logs_are_masked(fields: dict[str, Any], verdict: type) -> None:
    check = cloudwatch_log_group_agentcore_data_protection_policy_enabled
    for prefix in ("/aws/bedrock-agentcore/", "/aws/vendedlogs/bedrock-agentcore/"):
        assert isinstance(check(group(f"{prefix}runtimes/x", **fields)), verdict)
    assert check(group("/aws/lambda/x", **fields)) is None
    assert isinstance(check(group("agents/x", **fields), agentcore_log_group_name_prefixes=["agents/"]), verdict)
    assert check(group("/aws/bedrock-agentcore/x", **fields), agentcore_log_group_name_prefixes=[]) is None


def policies(*statements: Any, name: str = "p") -> LogPolicies:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    found: LogPolicies = log_policies((LogResourcePolicy(name=name, document=Policy.parse(document)),))
    return found


def allow(resource: Any, principal: Any = "*", **more: Any) -> dict[str, Any]:
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    return {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": resource, **more}


ARN = "arn:aws:logs:us-east-1:123456789012:log-group:web"


@pytest.mark.parametrize(
    ("resource", "principal", "verdict"),
    [
        ("*", "*", Fail),
        ("*", {"AWS": "*"}, Fail),
        (ARN, "*", Fail),
        (f"{ARN}:*", "*", Fail),
        (f"{ARN}:log-stream:one", "*", Fail),
        (f"{ARN}:log-stream:*", "*", Fail),
        ("arn:aws:logs:*:*:*", "*", Fail),
        ("arn:aws:logs:us-east-1:123456789012:log-group:w*", "*", Fail),
        ([f"{ARN}x:*", f"{ARN}:*"], "*", Fail),
        (f"{ARN}x:*", "*", Pass),
        (f"{ARN}-2", "*", Pass),
        ("arn:aws:logs:eu-west-1:123456789012:log-group:web:*", "*", Pass),
        (f"{ARN}:*", {"Service": "es.amazonaws.com"}, Pass),
        (f"{ARN}:*", {"AWS": "arn:aws:iam::999999999999:root"}, Pass),
    ],
)
def test_who_is_let_into_a_log_group(resource: Any, principal: Any, verdict: type) -> None:
    found = cloudwatch_log_group_not_publicly_accessible(group(), policies(allow(resource, principal)))
    assert isinstance(found, verdict)


def test_policies_of_a_region_are_read_together() -> None:
    check = cloudwatch_log_group_not_publicly_accessible
    public = allow(f"{ARN}:*")
    assert isinstance(check(group(), log_policies(())), Pass)
    assert isinstance(
        check(group(), policies(public | {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}})), Pass
    )
    deny = {"Effect": "Deny", "Principal": "*", "Action": "logs:*", "Resource": "*"}
    assert isinstance(check(group(), policies(public, deny)), Pass)
    single = Policy.parse({"Version": "2012-10-17", "Statement": public})
    harmless = LogResourcePolicy(name="q", document=Policy.parse({"Statement": []}))
    found = check(group(), log_policies((harmless, LogResourcePolicy(name="p", document=single))))
    assert isinstance(found, Fail)
    assert found.names == ({"policy": "p"},)
    address = {"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}
    trusted = check(group(), policies(public | address), trusted_ips=("198.51.100.0/24",))
    assert isinstance(trusted, Pass)


def test_a_policy_that_cannot_be_read_is_told() -> None:
    with pytest.raises(PolicyError):
        log_policies((LogResourcePolicy(name="p", document=Policy.decode("{")),))


def test_sharing_is_known_by_the_name_of_a_role() -> None:
    def role(name: str) -> Role:
        given: Any = {"path": "/", "attached_managed_policies": (), "trust": Policy(()), "inline_policies": ()}
        return Role(name=name, arn=f"arn:aws:iam::123456789012:role/{name}", **given)

    check = cloudwatch_cross_account_sharing_disabled
    assert isinstance(check(ACCOUNT, (role("Admin"),)), Pass)
    found = check(ACCOUNT, (role("Admin"), role("CloudWatch-CrossAccountSharingRole")))
    assert isinstance(found, Fail)
    assert found.resource == role("CloudWatch-CrossAccountSharingRole")


class Logs:
    """CloudWatch Logs, which answers with these pages: those of the last day, and then all."""

    def __init__(self, *answers: list[Any]) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    async def pages(self, service: str, operation: str, result: str, /, **params: Any) -> AsyncIterator[Any]:
        assert (service, operation, result) == ("logs", "FilterLogEvents", "events")
        self.asked.append(params)
        for page in self.answers.pop(0):
            yield page


def event(message: str, stream: str = "s", at: int = 1) -> dict[str, Any]:
    return {"message": message, "logStreamName": stream, "timestamp": at, "eventId": "1"}


def read(logs: Any) -> Any:
    return anyio.run(sample.function, group(), GroupsToRead(), NOW, logs)


def test_recent_events_are_read_and_old_ones_where_there_are_none() -> None:
    recent = Logs([[event("a")], [event("never read")]])
    assert [each.message for each in read(recent).messages] == ["a"]
    assert recent.asked == [{"logGroupName": "web", "startTime": 1780228800000, "limit": EVENTS}]
    old = Logs([[]], [[], [event("b")]])
    assert [each.message for each in read(old).messages] == ["b"]
    assert [each["startTime"] for each in old.asked] == [1780228800000, 0]
    assert read(Logs([], [])) == LogSample()


def test_events_that_cannot_be_read_are_a_gap() -> None:
    denied = Failure("denied", "logs:FilterLogEvents", "AccessDeniedException")
    assert read(Logs([denied])) == denied
    assert read(Logs([[]], [[], denied])) == denied
    found = read(Logs([[]] * 1, [[]] * PAGES))
    assert isinstance(found, Failure)
    assert "pages without events" in found.explain()


class Told:
    """Aws that is told what is not asked."""

    def __init__(self) -> None:
        self.left: list[int] = []

    def not_asked(self, service: str, operation: str, resources: int, /) -> None:
        assert (service, operation) == ("logs", "FilterLogEvents")
        self.left.append(resources)


def to_read(groups: Any, most: int) -> tuple[GroupsToRead, list[int]]:
    told = Told()

    async def main() -> GroupsToRead:
        chosen: Any = newest_groups.function
        found: GroupsToRead = await chosen(groups, told, max_cloudwatch_log_groups_for_secrets=most)
        return found

    return anyio.run(main), told.left


def test_the_newest_log_groups_are_read_and_the_others_are_told_of() -> None:
    groups = tuple(group(name=f"g{age}", creation_time=100 - age) for age in (3, 1, 2))
    newest, left = to_read(groups, 2)
    assert [each.name for each in groups if newest.has(each)] == ["g1", "g2"]
    assert left == [1]
    logs = Logs()
    assert anyio.run(sample.function, groups[0], newest, NOW, logs) is None
    assert logs.asked == []
    assert texts_of(None) is None
    assert cloudwatch_log_group_no_secrets_in_logs(groups[0], None, None) is None


@pytest.mark.parametrize("most", [0, 3, 4])
def test_all_are_read_where_there_are_no_more_than_that(most: int) -> None:
    groups = tuple(group(name=f"g{age}", creation_time=100 - age) for age in range(3))
    assert to_read(groups, most) == (GroupsToRead(), [])


def test_those_that_could_be_listed_are_read_where_not_all_could() -> None:
    denied = Failure("denied", "logs:DescribeLogGroups", "AccessDeniedException")
    assert to_read(denied, 1) == (GroupsToRead(), [])


def test_no_more_is_kept_than_is_looked_into() -> None:
    many = read(Logs([[event("x" * LARGEST), event("y")]]))
    assert [len(each.message) for each in many.messages] == [LARGEST]
    some = read(Logs([[event("x" * (LARGEST - 3)), event("secret"), event("z")]]))
    assert [each.message for each in some.messages][1:] == ["sec"]


def test_texts_are_the_events_of_each_stream() -> None:
    messages = (Message("a", "one"), Message("b", "two"), Message("c", "one"))
    assert texts_of(LogSample(messages=messages)) == {"log stream one": "a\nc", "log stream two": "b"}
    assert texts_of(LogSample()) == {}


def test_secrets_in_logs() -> None:
    check = cloudwatch_log_group_no_secrets_in_logs
    events = LogSample(messages=(Message("password=hunter2", "one"),))
    assert isinstance(check(group(), events, LogSecrets()), Pass)
    found = check(group(), events, LogSecrets(secrets={"log stream one": (Secret("Generic Password", 1),)}))
    assert isinstance(found, Fail)
    assert "log stream one: Generic Password on line 1" in found.detail
    assert "hunter2" not in found.detail
