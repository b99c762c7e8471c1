"""How what instances and clusters have in common is judged."""

from __future__ import annotations

from collections.abc import Callable

from aioprowler import Fail, Failure, Manual, Verdict
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


def reached_through_gateway(instance: DBInstance, clusters: Clusters | Failure) -> Fail | Manual | None:
    """FAIL where the internet gets at it by the internet access gateway of its cluster; None: by its network, if at
    all. Aurora PostgreSQL has such gateways, and without VPC networking nothing else leads to its clusters
    (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html).
    """
    reached = Fail(
        f"{instance.label} is reached through the internet access gateway of its cluster {instance.cluster}."
    )
    if not instance.vpc_networking:
        return reached
    if not instance.cluster:
        return None
    if isinstance(clusters, Failure):
        return Manual(clusters.explain()) if instance.engine == "aurora-postgresql" else None
    cluster = clusters.by_name.get(instance.cluster)
    return reached if cluster and cluster.internet_access_gateway else None
