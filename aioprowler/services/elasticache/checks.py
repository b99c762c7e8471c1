"""How caches are judged."""

from __future__ import annotations

from typing import Annotated, Final

from aioprowler import Fail, Manual, Verdict, check
from aioprowler.judging.encryption import encrypted_by_type
from aioprowler.judging.exposure import Way, not_in_public_subnet
from aioprowler.judging.resilience import keeps_backups
from aioprowler.judging.tls import refuses_plain_text
from aioprowler.judging.verdicts import at_severity, enabled, has, is_set_to, told
from aioprowler.judging.versions import numbers
from aioprowler.services.ec2.resources.exposure import public_subnet
from aioprowler.services.elasticache.resources import CacheCluster, EngineVersions, ReplicationGroup, SubnetGroups
from aioprowler.services.vpc.resources import Routing

USERS_SINCE: Final = (6,)
"""The version from which on users with access strings may stand in the place of the one password
(https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html)."""


@check(fails="ElastiCache cluster is in a public subnet", severity="medium", categories=["internet-exposed"])
def elasticache_cluster_uses_public_subnet(cluster: CacheCluster, groups: SubnetGroups, routing: Routing) -> Verdict:
    """ElastiCache clusters are in no public subnet.

    Judged are clusters of Memcached, and each node of Valkey and Redis OSS: no subnet of the subnet group may have a
    route to the internet.

    ## Risk
    Caches are made to be reached from inside alone. In a public subnet one rule too many, or one address, is enough to
    lead to the data, which mostly asks for no password.

    ## Remediation
    A cluster stays in its subnet group. Take the public subnets out of the group: `aws elasticache
    modify-cache-subnet-group --region <region> --cache-subnet-group-name <subnet-group> --subnet-ids
    <your-private-subnets>`. Where nodes are in such a subnet already, make the cluster anew in another group.

    ## References
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SubnetGroups.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VPCs.html
    """
    group = groups.of(cluster)
    return not_in_public_subnet(
        cluster.label, public_subnet(routing, group.subnet_ids, group.vpc_id) if group else Way()
    )


@check(fails="ElastiCache replication group does not upgrade to minor versions", severity="high")
def elasticache_redis_cluster_auto_minor_version_upgrades(group: ReplicationGroup) -> Verdict:
    """ElastiCache replication groups upgrade to minor versions by themselves.

    They do so in their maintenance window. A group that is being created or deleted is not judged.

    ## Risk
    Faults of the engine that everybody knows stay open until somebody thinks of them.

    ## Remediation
    `aws elasticache modify-replication-group --region <region> --replication-group-id <replication-group>
    --auto-minor-version-upgrade --apply-immediately`

    ## References
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.html
    """
    return enabled(group.label, "automatic upgrades to minor versions", group.auto_minor_version_upgrade)


@check(fails="ElastiCache replication group does not fail over by itself", severity="medium", categories=["resilience"])
def elasticache_redis_cluster_automatic_failover_enabled(group: ReplicationGroup) -> Verdict:
    """ElastiCache replication groups fail over by themselves.

    A replica then takes the place of a primary node that fails. Failover that is being turned on or off does not count.

    ## Risk
    Where the primary node fails, nothing can be written until it has been replaced, and what replicas did not have yet
    is lost.

    ## Remediation
    It takes at least one replica: `aws elasticache modify-replication-group --region <region> --replication-group-id
    <replication-group> --automatic-failover-enabled --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
    """
    return is_set_to(
        group.label,
        "automatic failover",
        group.automatic_failover,
        good=["enabled"],
        bad=["disabled", "disabling", "enabling"],
    )


@check(fails="ElastiCache replication group keeps no backups long enough", severity="high", categories=["resilience"])
def elasticache_redis_cluster_backup_enabled(
    group: ReplicationGroup,
    *,
    minimum_snapshot_retention_period: Annotated[
        int, "Days for which automatic backups of a cache have to be kept."
    ] = 7,
) -> Verdict:
    """ElastiCache replication groups keep automatic backups for a week.

    How long that has to be is `minimum_snapshot_retention_period`. Where there are some, but for fewer days, the
    severity is low.

    ## Risk
    What is deleted or written over by mistake, and what fails together with all nodes, is lost for good.

    ## Remediation
    `aws elasticache modify-replication-group --region <region> --replication-group-id <replication-group>
    --snapshot-retention-limit 7 --apply-immediately`; without cluster mode name the node that backups are made of with
    it, as `--snapshotting-cluster-id`.

    ## References
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html
    """
    days = group.snapshot_retention_limit
    verdict = keeps_backups(group.label, days, minimum_snapshot_retention_period)
    return at_severity(verdict, "low") if days and isinstance(verdict, Fail) else verdict


@check(fails="ElastiCache replication group accepts plain text", severity="medium", categories=["encryption"])
def elasticache_redis_cluster_in_transit_encryption_enabled(group: ReplicationGroup) -> Verdict:
    """ElastiCache replication groups accept only connections with TLS.

    The mode `preferred`, for the time in which clients move to TLS, accepts others as well, and does not pass.

    ## Risk
    Data and passwords cross the network in the clear, and whoever is on the way may change them.

    ## Remediation
    Turn TLS on beside plain text, move the clients, and demand it then with `--transit-encryption-mode required`: `aws
    elasticache modify-replication-group --region <region> --replication-group-id <replication-group>
    --transit-encryption-enabled --transit-encryption-mode preferred --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html
    """
    if not group.transit_encryption_enabled:
        return refuses_plain_text(group.label, False)
    mode = group.transit_encryption_mode
    return is_set_to(group.label, "encryption in transit as", mode, good=["required"], bad=["preferred"])


@check(fails="ElastiCache replication group is in one availability zone", severity="medium", categories=["resilience"])
def elasticache_redis_cluster_multi_az_enabled(group: ReplicationGroup) -> Verdict:
    """ElastiCache replication groups have Multi-AZ.

    With it the replicas lie in other availability zones than their primary node, and one of them takes its place.

    ## Risk
    With its zone the whole cache fails, and the load that it kept off the databases falls on them.

    ## Remediation
    It takes a replica in another zone, and automatic failover: `aws elasticache modify-replication-group --region
    <region> --replication-group-id <replication-group> --multi-az-enabled --automatic-failover-enabled
    --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
    """
    return is_set_to(group.label, "Multi-AZ", group.multi_az, good=["enabled"], bad=["disabled"])


@check(fails="ElastiCache replication group is not encrypted at rest", severity="medium", categories=["encryption"])
def elasticache_redis_cluster_rest_encryption_enabled(group: ReplicationGroup) -> Verdict:
    """ElastiCache replication groups are encrypted at rest.

    With a key of AWS KMS, or with one that ElastiCache owns.

    ## Risk
    Backups, and what nodes write to disk when they synchronize or swap, lie there as they are.

    ## Remediation
    Encryption can be had when a group is made alone. Restore a backup into another one, and move its clients to it:
    `aws elasticache create-replication-group --region <region> --replication-group-id <your-group>
    --replication-group-description <your-description> --snapshot-name <your-snapshot> --at-rest-encryption-enabled
    --transit-encryption-enabled`.

    ## References
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html
    """
    return encrypted_by_type(group.label, group.encryption, group.kms_key_id)


@check(fails="ElastiCache replication group asks for no password", severity="medium", categories=["identity-access"])
def elasticache_redis_replication_group_auth_enabled(group: ReplicationGroup, versions: EngineVersions) -> Verdict:
    """ElastiCache replication groups ask for a password.

    Before version 6 that is AUTH, one password for all. From then on there may be groups of users in its place, each
    user with an access string: with the one or the other a person must look what they may do, and without either nobody
    is asked.

    ## Risk
    Whoever reaches the port reads and deletes everything.

    ## Remediation
    It takes encryption in transit: `aws elasticache modify-replication-group --region <region> --replication-group-id
    <replication-group> --auth-token <your-password> --auth-token-update-strategy SET --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
    """
    version = versions.of(group)
    if told(numbers(version), f"a version that can be compared, but {version}") < USERS_SINCE:
        return has(f"{group.label} of version {version}", "AUTH", group.auth_token_enabled)
    if not (group.auth_token_enabled or group.user_groups):
        return Fail(f"{group.label} of version {version} has neither AUTH nor user groups.")
    groups = f"the user groups {', '.join(group.user_groups)}" if group.user_groups else "no user groups"
    auth = "AUTH" if group.auth_token_enabled else "no AUTH"
    return Manual(f"{group.label} of version {version} has {auth} and {groups}: look what its users may do.")
