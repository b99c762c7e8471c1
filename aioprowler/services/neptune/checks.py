"""How clusters of Neptune and their snapshots are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.encryption import encrypted_by_type
from aioprowler.judging.exposure import not_in_public_subnet, not_public
from aioprowler.judging.logs import sends_every_log
from aioprowler.judging.resilience import keeps_backups, multi_az, protected_from_deletion
from aioprowler.judging.tags import copies_tags
from aioprowler.judging.verdicts import has
from aioprowler.services.ec2.resources.exposure import public_subnet
from aioprowler.services.rds.other_engines import (
    MinimumRetention,
    NeptuneCluster,
    NeptuneSnapshot,
    NeptuneSnapshotSharing,
    SubnetGroups,
)
from aioprowler.services.vpc.resources import Routing


@check(fails="Neptune cluster does not keep its backups for long enough", severity="medium", categories=["resilience"])
def neptune_cluster_backup_enabled(
    cluster: NeptuneCluster, *, minimum_backup_retention_period: MinimumRetention = 7
) -> Verdict:
    """Neptune clusters keep automated backups for a week.

    The configuration key `minimum_backup_retention_period` says for how many days. Fewer are a failure of low severity.

    ## Risk
    A mistake that nobody notices for some days cannot be undone: no point in time before it is left to restore.

    ## Remediation
    `aws neptune modify-db-cluster --region <region> --db-cluster-identifier <neptune-cluster> --backup-retention-period
    7 --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/neptune/latest/userguide/backup-restore-overview.html
    """
    days = cluster.backup_retention_period
    return keeps_backups(cluster.label, days, minimum_backup_retention_period, too_few="low")


@check(fails="Neptune cluster does not copy its tags to its snapshots", severity="low")
def neptune_cluster_copy_tags_to_snapshots(cluster: NeptuneCluster) -> Verdict:
    """Neptune clusters copy their tags to their snapshots.

    A snapshot then carries the owner, the cost centre and the classification of the graph that it holds.

    ## Risk
    Policies that go by tags do not reach an untagged snapshot, and nobody knows whose data it is.

    ## Remediation
    `aws neptune modify-db-cluster --region <region> --db-cluster-identifier <neptune-cluster> --copy-tags-to-snapshot
    --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/neptune/latest/userguide/tagging.html
    """
    return copies_tags(cluster.label, "snapshots", cluster.copy_tags_to_snapshot)


@check(
    fails="Neptune cluster is not protected against deletion",
    severity="medium",
    categories=["resilience"],
    resource_type="Other",
)
def neptune_cluster_deletion_protection(cluster: NeptuneCluster) -> Verdict:
    """Neptune clusters are protected against deletion.

    Neptune then refuses to delete the cluster until somebody turns the protection off, which is a step of its own.

    ## Risk
    One mistaken command or one stolen key deletes the graph, and its automated backups with it.

    ## Remediation
    `aws neptune modify-db-cluster --region <region> --db-cluster-identifier <neptune-cluster> --deletion-protection
    --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/neptune/latest/userguide/manage-console-instances-delete.html
    """
    return protected_from_deletion(cluster.label, cluster.deletion_protection)


@check(fails="Neptune cluster does not demand IAM authentication", severity="medium", categories=["identity-access"])
def neptune_cluster_iam_authentication_enabled(cluster: NeptuneCluster) -> Verdict:
    """Neptune clusters demand IAM authentication.

    Neptune has no users and passwords: with IAM authentication each request must be signed, without it none need be.

    ## Risk
    Whatever reaches the endpoint in the network reads and changes the whole graph, and nobody learns who it was.

    ## Remediation
    Have clients sign their requests, then demand it: `aws neptune modify-db-cluster --region <region>
    --db-cluster-identifier <neptune-cluster> --enable-iam-database-authentication --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/neptune/latest/userguide/iam-auth.html
    """
    return has(cluster.label, "IAM authentication", cluster.iam_authentication)


@check(
    fails="Neptune cluster does not send its audit log to CloudWatch Logs",
    severity="medium",
    categories=["forensics-ready", "logging"],
    resource_type="Other",
)
def neptune_cluster_integration_cloudwatch_logs(cluster: NeptuneCluster) -> Verdict:
    """Neptune clusters send their audit log to CloudWatch Logs.

    The other log, of slow queries, is not judged. Whether anything is written to the audit log, the parameter
    `neptune_enable_audit_log` of the cluster says besides.

    ## Risk
    Who asked what of the graph cannot be found out after an incident: the log on the instances goes with them.

    ## Remediation
    `aws neptune modify-db-cluster --region <region> --db-cluster-identifier <neptune-cluster>
    --cloudwatch-logs-export-configuration EnableLogTypes=audit --apply-immediately`, and set
    `neptune_enable_audit_log` to 1 in the cluster's parameter group.

    ## References
    https://docs.aws.amazon.com/neptune/latest/userguide/cloudwatch-logs.html
    """
    return sends_every_log(cluster.label, "CloudWatch Logs", ["audit"], cluster.enabled_cloudwatch_logs_exports)


@check(fails="Neptune cluster runs in one availability zone only", severity="medium", categories=["resilience"])
def neptune_cluster_multi_az(cluster: NeptuneCluster) -> Verdict:
    """Neptune clusters run in more than one availability zone.

    With a reader in another zone, Neptune promotes it when the writer or its zone fails.

    ## Risk
    Where one instance or one zone fails, the graph is gone until a new instance has been made.

    ## Remediation
    Add an instance in another zone: `aws neptune create-db-instance --region <region> --db-cluster-identifier
    <neptune-cluster> --db-instance-identifier <your-reader> --engine neptune --db-instance-class <your-instance-class>
    --availability-zone <your-zone>`.

    ## References
    https://docs.aws.amazon.com/neptune/latest/userguide/feature-overview-db-clusters.html
    """
    return multi_az(cluster.label, cluster.multi_az)


@check(
    fails="Neptune cluster does not encrypt its storage",
    severity="high",
    categories=["encryption"],
    resource_type="Other",
)
def neptune_cluster_storage_encrypted(cluster: NeptuneCluster) -> Verdict:
    """Neptune clusters encrypt their storage.

    Its automated backups, snapshots and replicas are encrypted with it. The verdict names the key.

    ## Risk
    Whoever gets a copy of the storage or of a snapshot reads the graph, and no key policy stands in the way.

    ## Remediation
    Encryption is chosen when a cluster is made. Restore a snapshot into one that has it: `aws neptune
    restore-db-cluster-from-snapshot --region <region> --snapshot-identifier <your-snapshot> --db-cluster-identifier
    <your-new-cluster> --engine neptune --kms-key-id <your-kms-key>`.

    ## References
    https://docs.aws.amazon.com/neptune/latest/userguide/encrypt.html
    """
    return encrypted_by_type(cluster.label, cluster.encryption, cluster.kms_key_id)


@check(
    fails="Neptune cluster is in a public subnet",
    severity="medium",
    categories=["internet-exposed", "trust-boundaries"],
)
def neptune_cluster_uses_public_subnet(cluster: NeptuneCluster, groups: SubnetGroups, routing: Routing) -> Verdict:
    """Neptune clusters are in private subnets.

    Judged are all subnets of the cluster's subnet group, since each may have one of its instances: none may have a
    route to an internet gateway.

    ## Risk
    One setting on an instance, or one rule of a security group, is all that is left between the graph and the internet.

    ## Remediation
    The subnet group of a cluster stays as it was made. Make one of private subnets, and restore a snapshot into it:
    `aws neptune restore-db-cluster-from-snapshot --region <region> --snapshot-identifier <your-snapshot>
    --db-cluster-identifier <your-new-cluster> --engine neptune --db-subnet-group-name <your-subnet-group>`.

    ## References
    https://docs.aws.amazon.com/neptune/latest/userguide/get-started-vpc.html
    """
    group = groups.of(cluster)
    subnets = [each.subnet_identifier for each in group.subnets]
    return not_in_public_subnet(cluster.label, public_subnet(routing, subnets, group.vpc_id))


@check(fails="Neptune snapshot is public", severity="critical", categories=["internet-exposed"])
def neptune_cluster_public_snapshot(snapshot: NeptuneSnapshot, sharing: NeptuneSnapshotSharing | None) -> Verdict:
    """Neptune snapshots are not public.

    A snapshot is public when everybody may restore it. Automated snapshots and encrypted ones cannot be, and pass
    without a call.

    ## Risk
    Any AWS account can restore a public snapshot, and has the whole graph.

    ## Remediation
    `aws neptune modify-db-cluster-snapshot-attribute --region <region> --db-cluster-snapshot-identifier
    <neptune-snapshot> --attribute-name restore --values-to-remove all`. Treat the data as leaked.

    ## References
    https://docs.aws.amazon.com/neptune/latest/userguide/backup-restore-share-snapshot.html
    """
    return not_public(snapshot.label, sharing is not None and sharing.with_everybody)


@check(fails="Neptune snapshot is not encrypted", severity="medium", categories=["encryption"])
def neptune_cluster_snapshot_encrypted(snapshot: NeptuneSnapshot) -> Verdict:
    """Neptune snapshots are encrypted.

    Manual and automated ones. The snapshot of a cluster without encryption has none either.

    ## Risk
    An unencrypted snapshot can be shared with any account by one call, and is read by whoever restores it.

    ## Remediation
    A copy of it cannot be encrypted either. Restore it into a cluster that is, make a snapshot of that one, and delete
    this one: `aws neptune restore-db-cluster-from-snapshot --region <region> --snapshot-identifier <neptune-snapshot>
    --db-cluster-identifier <your-new-cluster> --engine neptune --kms-key-id <your-kms-key>`.

    ## References
    https://docs.aws.amazon.com/neptune/latest/userguide/encrypt.html
    """
    return encrypted_by_type(snapshot.label, snapshot.encryption, snapshot.kms_key_id)
