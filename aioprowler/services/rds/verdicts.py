"""How what instances and clusters have in common is judged."""

from __future__ import annotations

from collections.abc import Callable

from aioprowler import Fail, Failure, Verdict, known
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
    return has(instance.label, feature, present(governing))


def reached_through_gateway(instance: DBInstance, clusters: Clusters | Failure) -> Fail | None:
    """FAIL where the internet gets at it by an internet access gateway, its own or that of its cluster; None: by its
    network, if at all. Raises UnreadableError where nobody knows.
    """
    if not (instance.has_gateway or _cluster_has_gateway(instance, clusters)):
        return None
    return Fail(f"{instance.label} is reached through an internet access gateway of Aurora's.")


def _cluster_has_gateway(instance: DBInstance, clusters: Clusters | Failure) -> bool:
    """Aurora PostgreSQL has such gateways: only of its clusters does it matter that one is not known
    (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html).
    """
    is_known = isinstance(clusters, Clusters) and instance.cluster in clusters.by_name
    if not instance.cluster or not (is_known or instance.engine == "aurora-postgresql"):
        return False
    return known(clusters).governing(instance).has_gateway
