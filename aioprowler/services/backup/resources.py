"""Backup plans and what they select, vaults and what is in them, and reports."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Annotated

import msgspec

from aioprowler import Here, Resource, States, Tag, call, derive, field, listing
from aioprowler.judging.policies import matches


class BackupPlan(
    Resource,
    id="backup_plan_id",
    arn="arn:{partition}:backup:{region}:{account_id}:backup-plan:{backup_plan_id}",
    type="AwsBackupBackupPlan",
    group="storage",
    noun="Backup plan",
    gone=["ResourceNotFoundException"],
):
    """When backups are made and how long they are kept."""

    source = listing("backup", "ListBackupPlans", "BackupPlansList")
    backup_plan_id: str
    name: str = field(name="BackupPlanName")


class TagCondition(msgspec.Struct, frozen=True, rename="pascal"):
    """A tag that a resource must or must not have; upper and lower case matter."""

    condition_key: str
    """The key of the tag, mostly as `aws:ResourceTag/<key>`."""
    condition_value: str

    def is_equal(self, tags: Mapping[str, str]) -> bool:
        """Whether the tag has just this value."""
        return self._actual(tags) == self.condition_value

    def is_like(self, tags: Mapping[str, str]) -> bool:
        """Whether the tag's value is like the pattern, in which `*` stands for anything."""
        actual = self._actual(tags)
        return actual is not None and matches(self.condition_value, actual)

    def _actual(self, tags: Mapping[str, str]) -> str | None:
        return tags.get(self.condition_key.removeprefix("aws:ResourceTag/"))


class TagConditions(msgspec.Struct, frozen=True, rename="pascal"):
    """What the tags of all that is selected must be like; as in IAM, a missing tag is not equal to anything."""

    string_equals: tuple[TagCondition, ...] = ()
    string_not_equals: tuple[TagCondition, ...] = ()
    string_like: tuple[TagCondition, ...] = ()
    string_not_like: tuple[TagCondition, ...] = ()

    def hold(self, tags: Mapping[str, str]) -> bool:
        """Whether all of them do."""
        return (
            all(condition.is_equal(tags) for condition in self.string_equals)
            and all(condition.is_like(tags) for condition in self.string_like)
            and not any(condition.is_equal(tags) for condition in self.string_not_equals)
            and not any(condition.is_like(tags) for condition in self.string_not_like)
        )


class Selection(msgspec.Struct, frozen=True, rename="pascal"):
    """What a plan backs up: (`resources` or `list_of_tags`) and `conditions` and not `not_resources`.

    Where neither of the first two is given, it is everything that AWS Backup supports
    (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html).
    """

    resources: tuple[str, ...] = ()
    """ARNs with wildcards."""
    list_of_tags: tuple[TagCondition, ...] = ()
    """One of them suffices."""
    conditions: TagConditions = TagConditions()
    not_resources: tuple[str, ...] = ()

    def selects(self, arn: str, tags: Mapping[str, str] | None) -> bool | None:
        """Whether it takes a resource of a type that AWS Backup supports; None: its tags decide, which are None."""
        by_arn = _names(self.resources, arn) or not (self.resources or self.list_of_tags)
        if _names(self.not_resources, arn) or not (by_arn or self.list_of_tags):
            return False
        if tags is None:
            return True if by_arn and self.conditions == TagConditions() else None
        return (by_arn or any(tag.is_equal(tags) for tag in self.list_of_tags)) and self.conditions.hold(tags)


class BackupSelection(
    Resource,
    id="selection_id",
    arn="arn:{partition}:backup:{region}:{account_id}:backup-plan:{backup_plan_id}",
    type="AwsBackupBackupPlan",
    group="storage",
    noun="Backup selection",
):
    """Which resources a plan backs up."""

    source = listing(
        "backup",
        "ListBackupSelections",
        "BackupSelectionsList",
        of=BackupPlan,
        BackupPlanId="backup_plan_id",
        detail=call(
            "backup",
            "GetBackupSelection",
            BackupPlanId="backup_plan_id",
            SelectionId="selection_id",
        ),
    )
    selection_id: str
    backup_plan_id: str
    selection: Selection = field(name="BackupSelection")


class BackupSelections(msgspec.Struct, frozen=True):
    """What the backup plans of a region select.

    Whether AWS Backup is turned on for the type in the region's settings, which AWS asks where a selection does not
    name the type, is not looked into.
    """

    selections: tuple[Selection, ...]

    def protect(self, arn: str, tags: Iterable[Tag] | None) -> bool | None:
        """Whether a plan selects a resource by its ARN and tags. `tags` is None where nobody knows them; if they decide
        then, the answer is None too.
        """
        known = None if tags is None else {tag.key: tag.value for tag in tags}
        found = {selection.selects(arn, known) for selection in self.selections}
        return True if True in found else None if None in found else False


def _names(patterns: tuple[str, ...], arn: str) -> bool:
    return any(matches(pattern, arn) for pattern in patterns)


@derive
def backup_selections(selections: Here[BackupSelection]) -> BackupSelections:
    """Those of all plans of the region."""
    return BackupSelections(tuple(each.selection for each in selections))


# --- Vaults ---


class BackupVault(
    Resource,
    id="name",
    type="AwsBackupBackupVault",
    group="storage",
    noun="Backup vault",
    gone=["ResourceNotFoundException"],
):
    """Where backups are kept. AWS lists the account's own, those included that are logically air-gapped."""

    source = listing(
        "backup",
        "ListBackupVaults",
        "BackupVaultList",
        states=States("vault_state", over=["FAILED"], not_yet=["CREATING"]),
    )
    name: str = field(name="BackupVaultName")
    arn: str = field(name="BackupVaultArn")
    vault_type: str = "BACKUP_VAULT"
    vault_state: str = "AVAILABLE"
    encryption_key_arn: str | None = None

    @property
    def is_encrypted(self) -> bool:
        """Whether with its key or, as those that are logically air-gapped without one, with a key that AWS owns:
        https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html
        """
        return bool(self.encryption_key_arn) or self.vault_type == "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"

    @property
    def is_of_another_account(self) -> bool:
        """Whether it shows what lies in a vault of another account, from which it may be restored:
        https://docs.aws.amazon.com/aws-backup/latest/devguide/multipartyapproval.html
        """
        return self.vault_type == "RESTORE_ACCESS_BACKUP_VAULT"


def keeps_own(vault: BackupVault) -> bool:
    """Only there is anything to list that is the account's. How many points AWS counts in a vault is no exact number:
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeBackupVault.html
    """
    return not vault.is_of_another_account


def most_points(
    *,
    max_backup_recovery_points: Annotated[
        int, "Judge only so many recovery points of each backup vault, the newest ones; all where it is 0 or -1."
    ] = 0,
) -> int | None:
    """How many of a vault are looked at; None for all."""
    return max_backup_recovery_points if max_backup_recovery_points > 0 else None


class RecoveryPoint(
    Resource,
    id="point_id",
    type="AwsBackupRecoveryPoint",
    group="storage",
    noun="Recovery point",
):
    """A backup in a vault."""

    source = listing(
        "backup",
        "ListRecoveryPointsByBackupVault",
        "RecoveryPoints",
        of=BackupVault,
        when=keeps_own,
        BackupVaultName="name",
        limit=most_points,
        newest="creation_date",
        states=States("status", over=["DELETING"], not_yet=["CREATING"]),
    )
    arn: str = field(name="RecoveryPointArn")
    vault: str = field(name="BackupVaultName")
    status: str = ""
    creation_date: datetime.datetime | None = None
    is_encrypted: bool

    @property
    def point_id(self) -> str:
        """The last part of the ARN."""
        return self.arn.rpartition(":")[2]


# --- Reports ---


class ReportPlan(Resource, id="name", type="AwsBackupBackupPlan", group="storage", noun="Backup report plan"):
    """Which reports Backup Audit Manager writes, and where.

    In regions that do not have it, AWS denies access in other words than where a permission is missing
    (https://github.com/prowler-cloud/prowler/issues/4576).
    """

    source = listing(
        "backup",
        "ListReportPlans",
        "ReportPlans",
        absent={
            "AccessDeniedException": (
                "insufficient privileges to perform this action",
                "this api is not available in current region",
            )
        },
    )
    name: str = field(name="ReportPlanName")
    arn: str = field(name="ReportPlanArn")
