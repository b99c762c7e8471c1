"""Tasks that transfer data."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Resource, call, field, listing

ENHANCED_LOG_GROUP: Final = "/aws/datasync"
"""Where a task of the mode `ENHANCED` logs to that names no group
(https://docs.aws.amazon.com/datasync/latest/userguide/API_CreateTask.html)."""


class Options(msgspec.Struct, frozen=True, rename="pascal"):
    """How a task transfers, as far as it is about logs."""

    log_level: str | None = None
    """AWS fills in what nobody chose, and does not say with what."""


class Task(
    Resource,
    id="id",
    type="Other",
    group="storage",
    noun="DataSync task",
    gone={"InvalidRequestException": "not found"},
):
    """Transfers data from one location to another."""

    source = listing("datasync", "ListTasks", "Tasks", detail=call("datasync", "DescribeTask", TaskArn="arn"))
    arn: str = field(name="TaskArn")
    name: str = ""
    task_mode: str = "BASIC"
    """What tasks were before there were modes
    (https://docs.aws.amazon.com/datasync/latest/userguide/choosing-task-mode.html)."""
    cloud_watch_log_group_arn: str = ""
    """Nothing where no log group is named."""
    options: Options = Options()

    @property
    def id(self) -> str:
        """The end of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def log_group(self) -> str:
        """Where it logs to; nothing where it does not."""
        if self.cloud_watch_log_group_arn:
            return self.cloud_watch_log_group_arn
        return ENHANCED_LOG_GROUP if self.task_mode == "ENHANCED" else ""
