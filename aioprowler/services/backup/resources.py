"""Backup plans and what they select."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from aioprowler import Here, Resource, Tag, call, derive, listing
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


class TagCondition(msgspec.Struct, frozen=True, rename="pascal"):
    """A tag that a resource must or must not have; upper and lower case matter."""

    condition_key: str = ""
    """`aws:ResourceTag/<key of the tag>`."""
    condition_value: str = ""

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


class BackupSelection(
    Resource,
    id="selection_name",
    arn="arn:{partition}:backup:{region}:{account_id}:backup-plan:{selection_name}",
    type="AwsBackupBackupPlan",
    group="storage",
    noun="Backup selection",
):
    """Which resources a plan backs up, by ARN."""

    source = listing(
        "backup",
        "ListBackupSelections",
        "BackupSelectionsList",
        of=BackupPlan,
        BackupPlanId="backup_plan_id",
        detail=call(
            "backup",
            "GetBackupSelection",
            "BackupSelection",
            BackupPlanId="backup_plan_id",
            SelectionId="selection_id",
        ),
    )
    selection_name: str
    selection_id: str = ""
    backup_plan_id: str = ""
    resources: tuple[str, ...] = ()
    """ARNs with wildcards."""
    not_resources: tuple[str, ...] = ()
    conditions: TagConditions = TagConditions()

    def selects(self, arn: str, tags: Mapping[str, str]) -> bool:
        """Whether it names the resource and its tags meet the conditions."""
        return _names(self.resources, arn) and not _names(self.not_resources, arn) and self.conditions.hold(tags)


class BackupSelections(msgspec.Struct, frozen=True):
    """What the backup plans of a region select."""

    selections: tuple[BackupSelection, ...]

    def protect(self, arn: str, tags: Iterable[Tag]) -> bool:
        """Whether a plan selects the resource by its ARN and tags."""
        known = {tag.key: tag.value for tag in tags}
        return any(selection.selects(arn, known) for selection in self.selections)


def _names(patterns: tuple[str, ...], arn: str) -> bool:
    return any(matches(pattern, arn) for pattern in patterns)


@derive
def backup_selections(selections: Here[BackupSelection]) -> BackupSelections:
    """Those of all plans of the region."""
    return BackupSelections(selections)
