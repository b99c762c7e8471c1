"""How it is judged whether backups are made, kept safe, and reported on."""

from __future__ import annotations

from aioprowler import Account, Fail, Pass, Seen, Verdict, check, known
from aioprowler.judging.encryption import encrypted
from aioprowler.services.backup.resources import BackupPlan, BackupVault, RecoveryPoint, ReportPlan


@check(
    fails="Account has backup vaults and no backup plan",
    severity="low",
    categories=["resilience"],
    about=BackupPlan,
    resource_arn="arn:{partition}:backup:{region}:{account_id}:backup-plan",
)
def backup_plans_exist(account: Account, plans: Seen[BackupPlan], vaults: Seen[BackupVault]) -> Verdict | None:
    """Accounts that use AWS Backup have a backup plan.

    Judged are accounts that have a vault in some region of the scan. What a plan selects is not looked into.

    ## Risk
    Backups are made when somebody remembers to make one, and there is none of the day on which it is needed.

    ## Remediation
    `aws backup create-backup-plan --region <region> --backup-plan file://<your-plan-file>`

    ## References
    https://docs.aws.amazon.com/aws-backup/latest/devguide/about-backup-plans.html
    """
    if plans.items:
        first = plans.items[0]
        text = f"Account {account.id} has backup plans ({len(plans.items)})."
        return Pass(text, resource_id=first.name, resource=first)
    known(plans.gap)
    if vaults.items:
        return Fail(f"Account {account.id} has backup vaults and no backup plan.")
    return known(vaults.gap)


@check(fails="Backup is not encrypted", severity="medium", categories=["encryption"])
def backup_recovery_point_encrypted(point: RecoveryPoint) -> Verdict:
    """Recovery points of AWS Backup are encrypted.

    Judged is each one in the account's own vaults. Backups of some services are encrypted as what they are of, not by
    the vault.

    ## Risk
    A copy of the data is protected less than the data: whoever reaches the backup reads what the database hides.

    ## Remediation
    Copy it into a vault with a key, and delete it: `aws backup start-copy-job --region <region> --recovery-point-arn
    <arn> --source-backup-vault-name <vault> --destination-backup-vault-arn <your-vault-arn> --iam-role-arn
    <your-role-arn>`. What it is a backup of should be encrypted as well.

    ## References
    https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    """
    return encrypted(point.label, point.is_encrypted)


@check(
    fails="Account has backup plans and no report on them",
    severity="low",
    categories=["logging"],
    about=ReportPlan,
    resource_arn="arn:{partition}:backup:{region}:{account_id}:report-plan",
)
def backup_reportplans_exist(account: Account, reports: Seen[ReportPlan], plans: Seen[BackupPlan]) -> Verdict | None:
    """Accounts with backup plans have a report plan of AWS Backup.

    Judged are accounts that have a backup plan in some region of the scan.

    ## Risk
    Backups fail for weeks, and nobody notices before one has to be restored.

    ## Remediation
    `aws backup create-report-plan --region <region> --report-plan-name <your-name> --report-setting
    ReportTemplate=BACKUP_JOB_REPORT --report-delivery-channel S3BucketName=<your-bucket>`

    ## References
    https://docs.aws.amazon.com/aws-backup/latest/devguide/working-with-audit-reports.html
    """
    if not plans.items:
        return known(plans.gap)
    if reports.items:
        return Pass(f"Account {account.id} has backup report plans ({len(reports.items)}).", resource=reports.items[0])
    known(reports.gap)
    return Fail(f"Account {account.id} has backup plans and no report plan.")


@check(fails="Backup vault is not encrypted", severity="medium", categories=["encryption"])
def backup_vaults_encrypted(vault: BackupVault) -> Verdict | None:
    """Backup vaults encrypt what is kept in them with a key of KMS.

    Those that are logically air-gapped always do, be it with a key that AWS owns. Judged are the account's own vaults;
    what only shows a vault of another account, for restores, is judged there.

    ## Risk
    Whoever reaches the storage reads all backups; and without a key there is no policy that keeps others from them.

    ## Remediation
    A vault's key cannot be changed: make another one, and let plans keep backups there:
    `aws backup create-backup-vault --region <region> --backup-vault-name <your-vault> --encryption-key-arn
    <your-kms-key>`

    ## References
    https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    """
    return None if vault.is_of_another_account else encrypted(vault.label, vault.is_encrypted)


@check(
    fails="Account has no backup vault",
    severity="low",
    categories=["resilience"],
    about=BackupVault,
    resource_arn="arn:{partition}:backup:{region}:{account_id}:backup-vault",
)
def backup_vaults_exist(account: Account, vaults: Seen[BackupVault]) -> Verdict:
    """Accounts have a backup vault.

    Judged is that there is one in some region of the scan.

    ## Risk
    Nothing is kept apart from what it is a copy of: what deletes the one deletes the other.

    ## Remediation
    `aws backup create-backup-vault --region <region> --backup-vault-name <your-vault> --encryption-key-arn
    <your-kms-key>`

    ## References
    https://docs.aws.amazon.com/aws-backup/latest/devguide/vaults.html
    """
    if vaults.items:
        return Pass(f"Account {account.id} has backup vaults ({len(vaults.items)}).", resource=vaults.items[0])
    known(vaults.gap)
    return Fail(f"Account {account.id} has no backup vault.")
