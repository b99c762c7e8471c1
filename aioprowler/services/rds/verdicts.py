"""How what instances and clusters have in common is judged."""

from __future__ import annotations

from collections.abc import Callable

from aioprowler import Verdict
from aioprowler.judging.verdicts import has
from aioprowler.services.rds.resources import Clusters, Database, DBInstance

DEFAULT_ADMINS = ("admin", "postgres")
OWN_ADMIN = "an administrator name of its own"


def has_own_admin(database: Database) -> bool:
    """Whether the administrator's name is none of those that AWS suggests."""
    return database.master_username not in DEFAULT_ADMINS


def has_by_cluster(
    instance: DBInstance, clusters: Clusters, feature: str, present: Callable[[Database], bool]
) -> Verdict:
    """Whether it has a feature, of those that a cluster sets for its instances."""
    governing = clusters.governing(instance)
    if instance.cluster:
        feature += f" through its cluster {instance.cluster}"
    return has(instance.label, feature, governing is not None and present(governing))
