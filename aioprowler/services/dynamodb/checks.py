"""How tables and clusters of DAX are judged."""

from __future__ import annotations

from aioprowler import Failure, Pass, Verdict, check, known
from aioprowler.judging.encryption import AWS_OWNED
from aioprowler.judging.resilience import in_backup_plan, in_several_zones, protected_from_deletion
from aioprowler.judging.resource_policies import TrustedAccounts, closed_to_strangers
from aioprowler.judging.verdicts import enabled, is_set_to, pass_if, told, unknown
from aioprowler.services.backup.resources import BackupSelections
from aioprowler.services.dynamodb.resources import (
    ContinuousBackups,
    DaxCluster,
    ScaledTables,
    Table,
    TablePolicy,
    TableSettings,
    TableTags,
)


# ---------------------------------------------------------------------- tables
@check(fails="DynamoDB table does not scale with its load", severity="medium", categories=["resilience"])
def dynamodb_table_autoscaling_enabled(
    table: Table, settings: TableSettings, scaled: ScaledTables | Failure
) -> Verdict | None:
    """DynamoDB tables scale with their load.

    Those on demand do; of others Application Auto Scaling must look after the capacity to read and that to write, have
    room between the least and the most of it, and not be suspended. Whether there is a scaling policy is not looked
    into. Indexes are not judged, and neither is a table that is being deleted.

    ## Risk
    Where the load outgrows the capacity, requests are throttled until somebody sees it.

    ## Remediation
    `aws dynamodb update-table --region <region> --table-name <table> --billing-mode PAY_PER_REQUEST`. To keep the
    capacity provisioned, register its reads and its writes with Application Auto Scaling, and give each a scaling
    policy.

    ## References
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
    """
    if settings.is_going:
        return None
    mode = told(settings.billing.billing_mode, "BillingMode of this table")
    if mode == "PAY_PER_REQUEST":
        return Pass(f"{table.label} has capacity on demand.")
    if mode != "PROVISIONED":
        return unknown(table.label, "the billing mode", mode)
    missing = " and ".join(known(scaled).missing(table))
    return pass_if(
        not missing,
        f"{table.label} scales its provisioned capacity to read and write.",
        f"{table.label} has provisioned capacity to {missing} that does not scale.",
    )


@check(fails="DynamoDB table lets other accounts in", severity="medium", categories=["trust-boundaries"])
def dynamodb_table_cross_account_access(
    table: Table, policy: TablePolicy | None, *, trusted_account_ids: TrustedAccounts = ()
) -> Verdict | None:
    """DynamoDB tables let in no other accounts.

    Tables with a policy are judged. Accounts in `trusted_account_ids` are no others, and neither is the organization
    that a condition names.

    ## Risk
    A stranger reads or changes the table's items, and the account's own policies have no say in it.

    ## Remediation
    Take the policy away, or put another in its place: `aws dynamodb delete-resource-policy --region <region>
    --resource-arn <arn>`.

    ## References
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html
    """
    if policy is None:
        return None
    return closed_to_strangers(table.label, policy.policy, table.account.id, trusted_account_ids)


@check(fails="DynamoDB table has no deletion protection", severity="medium", categories=["resilience"])
def dynamodb_table_deletion_protection_enabled(table: Table, settings: TableSettings) -> Verdict | None:
    """DynamoDB tables have deletion protection.

    A table that is being deleted is not judged.

    ## Risk
    One mistaken or malicious request, or a stack that is taken down, deletes the table with all of its items.

    ## Remediation
    `aws dynamodb update-table --region <region> --table-name <table> --deletion-protection-enabled`

    ## References
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html
    """
    if settings.is_going:
        return None
    return protected_from_deletion(
        table.label, told(settings.deletion_protection, "DeletionProtectionEnabled of this table")
    )


@check(fails="DynamoDB table is in no backup plan", severity="medium", categories=["resilience"])
def dynamodb_table_protected_by_backup_plan(
    table: Table, selections: BackupSelections, tags: TableTags | Failure
) -> Verdict:
    """DynamoDB tables are in a backup plan of AWS Backup.

    A plan of the table's region must select it, by its ARN, by its tags, or as everything.

    ## Risk
    Point-in-time recovery goes back 35 days at most, and whoever may delete the table ends it. Without a plan there is
    no older copy, in a vault that the table's administrators cannot empty.

    ## Remediation
    `aws backup create-backup-selection --region <region> --backup-plan-id <your-backup-plan> --backup-selection
    SelectionName=tables,IamRoleArn=<your-role>,Resources=<arn>`.

    ## References
    https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_HowItWorksAWS.html
    """
    selected = selections.protect(table.arn, None)
    if selected is None:  # its tags decide
        selected = selections.protect(table.arn, known(tags).of(table))
    return in_backup_plan(table.label, selected)


@check(fails="DynamoDB table is not encrypted with a key of AWS KMS", severity="medium", categories=["encryption"])
def dynamodb_tables_kms_cmk_encryption_enabled(table: Table, settings: TableSettings) -> Verdict | None:
    """DynamoDB tables are encrypted with a key of AWS KMS in the account.

    All tables are encrypted. AWS's own `alias/aws/dynamodb` counts as well as a customer managed key, but not a key
    that AWS owns, which is the default. A table that is being deleted is not judged.

    ## Risk
    The use of a key that AWS owns is in no log, and nobody can take it away from who may read the table.

    ## Remediation
    `aws dynamodb update-table --region <region> --table-name <table> --sse-specification
    Enabled=true,SSEType=KMS,KMSMasterKeyId=<your-kms-key>`

    ## References
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    """
    if settings.is_going:
        return None
    found = f"{table.label} is encrypted at rest with {settings.key}."
    return pass_if(settings.key != AWS_OWNED, found, found)


@check(fails="DynamoDB table has no point-in-time recovery", severity="medium", categories=["resilience"])
def dynamodb_tables_pitr_enabled(table: Table, backups: ContinuousBackups) -> Verdict:
    """DynamoDB tables have point-in-time recovery.

    The table can then be restored as it was at any second of the last days, of which there are 35 at most.

    ## Risk
    What a mistake or a faulty program writes over or deletes is lost, since the last backup or for good.

    ## Remediation
    `aws dynamodb update-continuous-backups --region <region> --table-name <table>
    --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`

    ## References
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
    """
    status = told(backups.recovery.status, "PointInTimeRecoveryStatus of this table")
    return enabled(table.label, "point-in-time recovery", status)


# ------------------------------------------------------------------------- DAX
@check(fails="DAX cluster is not encrypted at rest", severity="medium", categories=["encryption"])
def dynamodb_accelerator_cluster_encryption_enabled(cluster: DaxCluster) -> Verdict:
    """DAX clusters are encrypted at rest.

    A cluster that is being created or deleted is not judged.

    ## Risk
    DAX writes items to its nodes' disks when it passes changes on to replicas, and they lie there as they are.

    ## Remediation
    Encryption can be had when a cluster is made alone. Create another one, and move its clients to it: `aws dax
    create-cluster --region <region> --cluster-name <your-cluster-name> --node-type <your-node-type>
    --replication-factor 3 --iam-role-arn <your-role> --sse-specification Enabled=true
    --cluster-endpoint-encryption-type TLS`.

    ## References
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionAtRest.html
    """
    status = told(cluster.at_rest.status, "the Status of SSEDescription of this cluster")
    return is_set_to(
        cluster.label, "encryption at rest", status, good=["ENABLED"], bad=["DISABLED", "DISABLING", "ENABLING"]
    )


@check(fails="DAX cluster does not encrypt connections", severity="medium", categories=["encryption"])
def dynamodb_accelerator_cluster_in_transit_encryption_enabled(cluster: DaxCluster) -> Verdict:
    """DAX clusters accept only connections with TLS.

    A cluster that is being created or deleted is not judged.

    ## Risk
    Items, and the signatures of requests, cross the network in the clear.

    ## Remediation
    TLS can be had when a cluster is made alone. Create another one, and move its clients to it: `aws dax
    create-cluster --region <region> --cluster-name <your-cluster-name> --node-type <your-node-type>
    --replication-factor 3 --iam-role-arn <your-role> --sse-specification Enabled=true
    --cluster-endpoint-encryption-type TLS`.

    ## References
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html
    """
    return is_set_to(cluster.label, "the endpoint encryption", cluster.in_transit, good=["TLS"], bad=["NONE"])


@check(fails="DAX cluster is in one availability zone", severity="medium", categories=["resilience"])
def dynamodb_accelerator_cluster_multi_az(cluster: DaxCluster) -> Verdict:
    """DAX clusters have nodes in several availability zones.

    A cluster that is being created or deleted is not judged.

    ## Risk
    With its zone the whole cache fails, and the load that it kept off the tables falls on them.

    ## Remediation
    Add a node in another zone: `aws dax increase-replication-factor --region <region> --cluster-name <dax-cluster>
    --new-replication-factor <your-number-of-nodes> --availability-zones <your-zone>`.

    ## References
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.concepts.cluster.html
    """
    return in_several_zones(cluster.label, cluster.zones)
