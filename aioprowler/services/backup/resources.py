"""Backup plans and what they select."""

from __future__ import annotations

import msgspec

from aioprowler import Here, Resource, derive, listing
from aioprowler.policies import matches


class BackupPlan(
    Resource,
    id="backup_plan_id",
    arn="arn:{partition}:backup:{region}:{account_id}:backup-plan:{backup_plan_id}",
    type="AwsBackupBackupPlan",
    group="storage",
):
    source = listing("backup", "ListBackupPlans", "BackupPlansList")
    backup_plan_id: str


class SelectionEntry(
    Resource,
    id="selection_id",
    arn="arn:{partition}:backup:{region}:{account_id}:backup-plan:{backup_plan_id}",
    type="AwsBackupBackupPlan",
    group="storage",
):
    """A selection of a plan; what it selects takes a call of its own."""

    source = listing(
        "backup", "ListBackupSelections", "BackupSelectionsList", of=BackupPlan, BackupPlanId="backup_plan_id"
    )
    selection_id: str
    backup_plan_id: str


class BackupSelection(
    Resource,
    id="selection_name",
    arn="arn:{partition}:backup:{region}:{account_id}:backup-plan:{selection_name}",
    type="AwsBackupBackupPlan",
    group="storage",
):
    """Which resources a plan backs up, by ARN. A listing of one, so that `Here` has those of a region."""

    source = listing(
        "backup",
        "GetBackupSelection",
        "[BackupSelection]",
        of=SelectionEntry,
        BackupPlanId="backup_plan_id",
        SelectionId="selection_id",
        absent=["ResourceNotFoundException"],
    )
    selection_name: str
    resources: tuple[str, ...] = ()
    """ARNs with wildcards."""
    not_resources: tuple[str, ...] = ()


class BackupSelections(msgspec.Struct, frozen=True):
    """What the backup plans of a region select."""

    selections: tuple[BackupSelection, ...]

    def protect(self, arn: str) -> bool:
        return any(
            _names(selection.resources, arn) and not _names(selection.not_resources, arn)
            for selection in self.selections
        )


def _names(patterns: tuple[str, ...], arn: str) -> bool:
    return any(matches(pattern, arn) for pattern in patterns)


@derive
def backup_selections(selections: Here[BackupSelection]) -> BackupSelections:
    return BackupSelections(selections)
