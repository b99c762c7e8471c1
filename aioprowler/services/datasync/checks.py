"""How tasks of DataSync are judged."""

from __future__ import annotations

from aioprowler import Fail, Verdict, check
from aioprowler.judging.logs import logs_at, logs_to
from aioprowler.judging.verdicts import told, worst
from aioprowler.services.datasync.resources import Task


@check(fails="DataSync task does not log its transfers", severity="high", categories=["logging"])
def datasync_task_logging_enabled(task: Task) -> Verdict:
    """DataSync tasks log their transfers.

    To a log group of CloudWatch Logs, at another level than `OFF`. A task in Enhanced mode that names no group logs to
    `/aws/datasync`.

    ## Risk
    Nobody can say afterwards which files were copied, changed or left out, nor why.

    ## Remediation
    Name a log group whose policy lets DataSync write to it: `aws datasync update-task --region <region> --task-arn
    <arn> --cloud-watch-log-group-arn <your-log-group-arn> --options LogLevel=TRANSFER`.

    ## References
    https://docs.aws.amazon.com/datasync/latest/userguide/configure-logging.html
    """
    verdict = logs_to(task.label, "transfers", filter(None, [task.log_group]))
    if isinstance(verdict, Fail):
        return verdict
    return worst([verdict, logs_at(task.label, "transfers", told(task.options.log_level, "LogLevel of this task"))])
