"""How what instances and clusters have in common is judged."""

from __future__ import annotations

from collections.abc import Callable

from aioprowler import Fail, Pass, Verdict
from aioprowler.services.backup.resources import BackupSelections
from aioprowler.services.rds.resources import Clusters, Database, DBInstance

DEFAULT_PORTS = {
    3306: ("mysql", "mariadb"),
    5432: ("postgres",),
    1521: ("oracle",),
    1433: ("sqlserver",),
    50000: ("db2",),
}
"""Port -> words in the names of the engines that listen on it unless told otherwise."""

DEFAULT_ADMINS = ("admin", "postgres")


def has(database: Database, feature: str, present: bool) -> Verdict:
    if present:
        return Pass(f"{database.label} has {feature}.")
    return Fail(f"{database.label} does not have {feature}.")


def has_by_cluster(
    instance: DBInstance, clusters: Clusters, feature: str, present: Callable[[Database], bool]
) -> Verdict:
    """The same of a setting that a cluster makes for its instances."""
    governing = clusters.governing(instance)
    if instance.cluster:
        feature += f" through its cluster {instance.cluster}"
    return has(instance, feature, governing is not None and present(governing))


OWN_ADMIN = "an administrator name of its own"


def has_own_admin(database: Database) -> bool:
    return database.master_username not in DEFAULT_ADMINS


def avoids_default_port(database: Database, port: int | None) -> Verdict:
    if port and any(word in database.engine.lower() for word in DEFAULT_PORTS.get(port, ())):
        return Fail(f"{database.label} listens on {port}, the default port of {database.engine}.")
    return Pass(f"{database.label} does not listen on a default port of {database.engine}.")


def ships_logs(database: Database) -> Verdict:
    if logs := ", ".join(database.enabled_cloudwatch_logs_exports):
        return Pass(f"{database.label} sends its logs to CloudWatch Logs: {logs}.")
    return Fail(f"{database.label} sends no logs to CloudWatch Logs.")


def is_in_backup_plan(database: Database, selections: BackupSelections) -> Verdict:
    if selections.protect(database.arn, database.tags):
        return Pass(f"{database.label} is selected by a backup plan.")
    return Fail(f"{database.label} is not selected by any backup plan.")
