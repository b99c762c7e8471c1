"""How clusters of DocumentDB and their snapshots are judged."""

from __future__ import annotations

from typing import Final

from aioprowler import Fail, Verdict, check
from aioprowler.judging.encryption import encrypted_by_type
from aioprowler.judging.exposure import not_public
from aioprowler.judging.logs import sends_every_log
from aioprowler.judging.resilience import keeps_backups, multi_az, protected_from_deletion
from aioprowler.judging.verdicts import at_severity
from aioprowler.services.rds.other_engines import (
    DocumentDBCluster,
    DocumentDBSnapshot,
    DocumentDBSnapshotSharing,
    MinimumRetention,
)

LOGS: Final = ("audit", "profiler")


@check(
    fails="DocumentDB cluster does not keep its backups for long enough", severity="medium", categories=["resilience"]
)
def documentdb_cluster_backup_enabled(
    cluster: DocumentDBCluster, *, minimum_backup_retention_period: MinimumRetention = 7
) -> Verdict:
    """DocumentDB clusters keep automated backups for a week.

    The configuration key `minimum_backup_retention_period` says for how many days. Fewer are a failure of low severity.

    ## Risk
    What somebody deleted or broke is missed after the last backup that still had it was thrown away.

    ## Remediation
    `aws docdb modify-db-cluster --region <region> --db-cluster-identifier <document-db-cluster>
    --backup-retention-period 7 --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/documentdb/latest/developerguide/backup_restore.html
    """
    days = cluster.backup_retention_period
    return keeps_backups(cluster.label, days, minimum_backup_retention_period, too_few="low")


@check(
    fails="DocumentDB cluster does not send all of its logs to CloudWatch Logs",
    severity="medium",
    categories=["logging"],
)
def documentdb_cluster_cloudwatch_log_export(cluster: DocumentDBCluster) -> Verdict:
    """DocumentDB clusters send their audit and profiler logs to CloudWatch Logs.

    Where one of the two is sent, it is a failure of low severity. What the logs have in them, the parameters
    `audit_logs` and `profiler` of the cluster say besides.

    ## Risk
    Failed logins, and queries that read whole collections, are seen by nobody and leave nothing to investigate.

    ## Remediation
    `aws docdb modify-db-cluster --region <region> --db-cluster-identifier <document-db-cluster>
    --cloudwatch-logs-export-configuration EnableLogTypes=audit,profiler --apply-immediately`, and turn `audit_logs` and
    `profiler` on in the cluster's parameter group.

    ## References
    https://docs.aws.amazon.com/documentdb/latest/developerguide/event-auditing.html
    https://docs.aws.amazon.com/documentdb/latest/developerguide/profiling.html
    """
    sent = cluster.enabled_cloudwatch_logs_exports
    verdict = sends_every_log(cluster.label, "CloudWatch Logs", LOGS, sent)
    return at_severity(verdict, "low") if isinstance(verdict, Fail) and set(sent) & set(LOGS) else verdict


@check(fails="DocumentDB cluster is not protected against deletion", severity="medium", categories=["resilience"])
def documentdb_cluster_deletion_protection(cluster: DocumentDBCluster) -> Verdict:
    """DocumentDB clusters are protected against deletion.

    A protected cluster is deleted only after somebody has turned the protection off, which is a step of its own.

    ## Risk
    A script that runs in the wrong account, or a stolen key, deletes the databases in one call.

    ## Remediation
    `aws docdb modify-db-cluster --region <region> --db-cluster-identifier <document-db-cluster> --deletion-protection
    --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/documentdb/latest/developerguide/db-cluster-delete.html
    """
    return protected_from_deletion(cluster.label, cluster.deletion_protection)


@check(fails="DocumentDB cluster runs in one availability zone only", severity="medium", categories=["resilience"])
def documentdb_cluster_multi_az_enabled(cluster: DocumentDBCluster) -> Verdict:
    """DocumentDB clusters run in more than one availability zone.

    A replica in another zone takes over when the primary instance or its zone fails.

    ## Risk
    Where one instance or one zone fails, nothing is read or written until a new instance has been made.

    ## Remediation
    Add an instance in another zone: `aws docdb create-db-instance --region <region> --db-cluster-identifier
    <document-db-cluster> --db-instance-identifier <your-replica> --engine docdb --db-instance-class
    <your-instance-class> --availability-zone <your-zone>`.

    ## References
    https://docs.aws.amazon.com/documentdb/latest/developerguide/replication.html
    """
    return multi_az(cluster.label, cluster.multi_az)


@check(fails="DocumentDB cluster does not encrypt its storage", severity="medium", categories=["encryption"])
def documentdb_cluster_storage_encrypted(cluster: DocumentDBCluster) -> Verdict:
    """DocumentDB clusters encrypt their storage.

    Backups and snapshots are encrypted with it. The verdict names the key.

    ## Risk
    Whoever gets a copy of the storage or of a snapshot reads the documents, and no key policy stands in the way.

    ## Remediation
    Encryption is chosen when a cluster is made. Restore a snapshot into one that has it: `aws docdb
    restore-db-cluster-from-snapshot --region <region> --snapshot-identifier <your-snapshot> --db-cluster-identifier
    <your-new-cluster> --engine docdb --kms-key-id <your-kms-key>`.

    ## References
    https://docs.aws.amazon.com/documentdb/latest/developerguide/encryption-at-rest.html
    """
    return encrypted_by_type(cluster.label, cluster.encryption, cluster.kms_key_id)


@check(fails="DocumentDB snapshot is public", severity="critical", categories=["internet-exposed"])
def documentdb_cluster_public_snapshot(
    snapshot: DocumentDBSnapshot, sharing: DocumentDBSnapshotSharing | None
) -> Verdict:
    """DocumentDB snapshots are not public.

    A snapshot is public when everybody may restore it. Automated snapshots and encrypted ones cannot be, and pass
    without a call.

    ## Risk
    Any AWS account can restore a public snapshot, and has all documents.

    ## Remediation
    `aws docdb modify-db-cluster-snapshot-attribute --region <region> --db-cluster-snapshot-identifier
    <document-db-snapshot> --attribute-name restore --values-to-remove all`. Treat the data as leaked.

    ## References
    https://docs.aws.amazon.com/documentdb/latest/developerguide/backup_restore-share_cluster_snapshots.html
    """
    return not_public(snapshot.label, sharing is not None and sharing.with_everybody)
