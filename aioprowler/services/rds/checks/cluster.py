"""How clusters are judged."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.encryption import encrypted_by_type
from aioprowler.judging.logs import sends_logs
from aioprowler.judging.ports import avoids_default_port
from aioprowler.judging.resilience import in_backup_plan, multi_az, protected_from_deletion
from aioprowler.judging.tags import copies_tags
from aioprowler.judging.verdicts import has
from aioprowler.services.backup.resources import BackupSelections
from aioprowler.services.rds.resources import NEPTUNE, DBCluster
from aioprowler.services.rds.verdicts import (
    OWN_ADMIN,
    has_own_admin,
)

LOG_ENGINES = ("aurora-mysql", "aurora-postgresql", "mysql", "postgres")


@check(fails="Aurora MySQL cluster has no backtrack", severity="low", categories=["resilience"])
def rds_cluster_backtrack_enabled(cluster: DBCluster) -> Verdict | None:
    """Aurora MySQL clusters can be rewound with backtrack.

    Backtrack winds a cluster back to any second of up to 72 hours in place, in minutes and without a restore. Only
    Aurora MySQL has it, so other clusters are not judged.

    ## Risk
    After a mistaken DELETE or a bad migration, the only way back is restoring a snapshot into a new cluster, with hours
    of downtime and a new endpoint.

    ## Remediation
    Backtrack can only be chosen when a cluster is created, cloned or restored; after that its window can be changed:
    `aws rds restore-db-cluster-to-point-in-time --region <region> --source-db-cluster-identifier <db-cluster>
    --db-cluster-identifier <your-new-cluster> --use-latest-restorable-time --backtrack-window 86400`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html
    """
    if cluster.engine != "aurora-mysql":
        return None
    return has(cluster.label, "backtrack", cluster.backtrack_window > 0)


@check(fails="RDS cluster does not copy its tags to its snapshots", severity="low")
def rds_cluster_copy_tags_to_snapshots(cluster: DBCluster) -> Verdict:
    """RDS clusters copy their tags to their snapshots.

    A snapshot then carries the owner, the cost centre and the classification of the cluster that it was taken from.

    ## Risk
    Policies that grant or deny by tag do not cover an untagged snapshot, and nobody knows whose data it holds.

    ## Remediation
    `aws rds modify-db-cluster --region <region> --db-cluster-identifier <db-cluster> --copy-tags-to-snapshot`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Tagging.html
    """
    return copies_tags(cluster.label, "snapshots", cluster.copy_tags_to_snapshot)


@check(
    fails="RDS cluster has an administrator with the default name", severity="medium", categories=["identity-access"]
)
def rds_cluster_default_admin(cluster: DBCluster) -> Verdict | None:
    """RDS clusters have an administrator whose name is not the default.

    The names that RDS proposes for the master user, `admin` and `postgres`, are what everybody tries first. Neptune has
    no master user.

    ## Risk
    An attacker who reaches the endpoint knows half of the credentials and only has to guess the password.

    ## Remediation
    The name cannot be changed. Restore the data into a cluster with another one, or create a new cluster and migrate:
    `aws rds create-db-cluster --region <region> --db-cluster-identifier <your-new-cluster> --engine <engine>
    --master-username <your-name> --manage-master-user-password`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.MasterAccounts.html
    """
    if cluster.engine == NEPTUNE:
        return None
    return has(cluster.label, OWN_ADMIN, has_own_admin(cluster))


@check(fails="RDS cluster is not protected against deletion", severity="medium", categories=["resilience"])
def rds_cluster_deletion_protection(cluster: DBCluster) -> Verdict:
    """RDS clusters are protected against deletion.

    RDS refuses to delete a protected cluster until somebody turns the protection off, which is a step of its own.

    ## Risk
    One mistaken command, one wrong stack update or one stolen key deletes the cluster with its automated backups.

    ## Remediation
    `aws rds modify-db-cluster --region <region> --db-cluster-identifier <db-cluster> --deletion-protection
    --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DeleteCluster.html
    """
    return protected_from_deletion(cluster.label, cluster.deletion_protection)


@check(fails="RDS cluster does not accept IAM authentication", severity="medium", categories=["identity-access"])
def rds_cluster_iam_authentication_enabled(cluster: DBCluster) -> Verdict:
    """RDS clusters accept IAM authentication.

    Database users then sign in with tokens that IAM issues for 15 minutes, and access is granted and withdrawn in IAM
    policies.

    ## Risk
    Without it, every application keeps a password that never expires, and a leaked one works until somebody changes it.

    ## Remediation
    `aws rds modify-db-cluster --region <region> --db-cluster-identifier <db-cluster>
    --enable-iam-database-authentication --apply-immediately`, then grant `rds-db:connect` to the roles that need it.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html
    """
    return has(cluster.label, "IAM authentication", cluster.iam_authentication)


@check(fails="RDS cluster sends no logs to CloudWatch Logs", severity="medium", categories=["logging"])
def rds_cluster_integration_cloudwatch_logs(cluster: DBCluster) -> Verdict | None:
    """RDS clusters send their logs to CloudWatch Logs.

    At least one log (audit, error, slow query, postgresql) of an Aurora, MySQL or PostgreSQL cluster must be exported.

    ## Risk
    Logs that stay on the instances are rotated away within days and go with them, so that failed logins and hostile
    queries leave no trace and raise no alarm.

    ## Remediation
    `aws rds modify-db-cluster --region <region> --db-cluster-identifier <db-cluster>
    --cloudwatch-logs-export-configuration EnableLogTypes=<your-log-types>`, with `audit error slowquery` for MySQL and
    `postgresql` for PostgreSQL.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
    """
    if cluster.engine not in LOG_ENGINES:
        return None
    return sends_logs(cluster.label, "CloudWatch Logs", cluster.enabled_cloudwatch_logs_exports)


@check(
    fails="RDS cluster does not install minor engine versions by itself",
    severity="medium",
    categories=["vulnerabilities"],
)
def rds_cluster_minor_version_upgrade_enabled(cluster: DBCluster) -> Verdict | None:
    """Multi-AZ RDS clusters install minor versions of their engine automatically.

    Minor versions bring the engine's security fixes and are installed in the maintenance window. Clusters in one
    availability zone are not judged: in Aurora it is their instances that have the setting.

    ## Risk
    The cluster keeps running with published vulnerabilities until somebody thinks of upgrading it.

    ## Remediation
    `aws rds modify-db-cluster --region <region> --db-cluster-identifier <db-cluster> --auto-minor-version-upgrade
    --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html
    """
    if not cluster.multi_az:
        return None
    return has(cluster.label, "automatic minor version upgrades", cluster.auto_minor_version_upgrade)


@check(fails="RDS cluster runs in one availability zone only", severity="medium", categories=["resilience"])
def rds_cluster_multi_az(cluster: DBCluster) -> Verdict:
    """RDS clusters run in more than one availability zone.

    With a reader in another zone, RDS promotes it when the writer or its zone fails.

    ## Risk
    The failure of one instance or one availability zone takes the database down until a replacement has been built.

    ## Remediation
    Add an instance in another zone: `aws rds create-db-instance --region <region> --db-cluster-identifier <db-cluster>
    --db-instance-identifier <your-reader> --engine <engine> --db-instance-class <your-instance-class>
    --availability-zone <your-zone>`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html
    """
    return multi_az(cluster.label, cluster.multi_az)


@check(fails="RDS cluster listens on its engine's default port", severity="low")
def rds_cluster_non_default_port(cluster: DBCluster) -> Verdict:
    """RDS clusters do not listen on the default port of their engine.

    Another port keeps a cluster out of scans that only try 3306, 5432 and the like.

    ## Risk
    Worms and scanners find the database at the port that everybody knows, and know what it is.

    ## Remediation
    `aws rds modify-db-cluster --region <region> --db-cluster-identifier <db-cluster> --port <your-port>
    --apply-immediately`; change security groups and connection strings with it.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Modifying.html
    """
    return avoids_default_port(cluster.label, cluster.engine, cluster.port)


@check(fails="RDS cluster is in no backup plan", severity="high", categories=["resilience"])
def rds_cluster_protected_by_backup_plan(cluster: DBCluster, selections: BackupSelections) -> Verdict:
    """RDS clusters are in a backup plan of AWS Backup.

    A plan of the cluster's region must select it, by its ARN, by its tags, or as everything.

    ## Risk
    Automated backups of RDS last 35 days at most and end with the cluster. Without a plan there is no copy that
    outlives it, in a vault that its administrators cannot empty.

    ## Remediation
    `aws backup create-backup-selection --region <region> --backup-plan-id <your-backup-plan> --backup-selection
    SelectionName=clusters,IamRoleArn=<your-role>,Resources=<arn>`.

    ## References
    https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    """
    return in_backup_plan(cluster.label, selections.protect(cluster.arn, cluster.tags))


@check(fails="RDS cluster does not encrypt its storage", severity="high", categories=["encryption"])
def rds_cluster_storage_encrypted(cluster: DBCluster) -> Verdict:
    """RDS clusters encrypt their storage.

    Encryption covers the volume, its automated backups, its snapshots and its replicas. A key that AWS owns counts as
    well as one of AWS KMS; the verdict says which it is.

    ## Risk
    Whoever gets a copy of a snapshot or of the storage reads the data, and the key policy guards nothing.

    ## Remediation
    Encryption is chosen at creation. Restore a snapshot into an encrypted cluster and switch to it: `aws rds
    restore-db-cluster-from-snapshot --region <region> --snapshot-identifier <your-snapshot> --db-cluster-identifier
    <your-new-cluster> --engine <engine> --kms-key-id <your-kms-key>`.

    ## References
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html
    """
    return encrypted_by_type(cluster.label, cluster.encryption, cluster.kms_key_id)
