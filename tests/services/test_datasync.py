from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.datasync.checks import datasync_task_logging_enabled
from aioprowler.services.datasync.resources import Options, Task
from tests.worlds.world import World, error, findings_of

HOME = "us-east-1"
CHECK = "datasync_task_logging_enabled"
ARN = "arn:aws:datasync:us-east-1:123456789012:task/task-1"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/datasync/orders:*"


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, Fail),
        ({"cloud_watch_log_group_arn": GROUP, "options": Options("TRANSFER")}, Pass),
        ({"cloud_watch_log_group_arn": GROUP, "options": Options("OFF")}, Fail),
        ({"cloud_watch_log_group_arn": GROUP, "options": Options("SOME")}, Manual),
        ({"options": Options("BASIC")}, Fail),
        ({"task_mode": "ENHANCED", "options": Options("BASIC")}, Pass),
        ({"task_mode": "ENHANCED", "options": Options("OFF")}, Fail),
    ],
)
def test_logging(facts: dict[str, Any], verdict: type) -> None:
    assert isinstance(datasync_task_logging_enabled(Task(arn=ARN, **facts)), verdict)


@pytest.mark.parametrize("facts", [{"cloud_watch_log_group_arn": GROUP}, {"task_mode": "ENHANCED"}])
def test_a_group_without_a_level_is_no_verdict(facts: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError):
        datasync_task_logging_enabled(Task(arn=ARN, **facts))


def test_a_task_that_is_no_more_is_left_out() -> None:
    world = World({("datasync:ListTasks", HOME): {"Tasks": [{"TaskArn": ARN, "Name": "orders"}]}})
    world.replies["datasync:DescribeTask"] = error("InvalidRequestException", "Task task-1 is not found.")
    assert findings_of(world, CHECK) == []
    world.replies["datasync:DescribeTask"] = error("InvalidRequestException", "Something else is wrong.")
    (finding,) = findings_of(world, CHECK)
    assert (finding.status, finding.resource_arn) == ("MANUAL", ARN)
