from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass, Verdict
from aioprowler.judging.resilience import (
    in_backup_plan,
    in_several_zones,
    keeps_backups,
    protected_from_deletion,
)


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (in_several_zones("Group g", ["b", "a"]), Pass("Group g is in 2 availability zones: a, b.")),
        (in_several_zones("Group g", ["a", "a"]), Fail("Group g is in 1 availability zone (a), fewer than 2.")),
        (in_several_zones("Group g", []), Fail("Group g is in 0 availability zones (none), fewer than 2.")),
        (in_several_zones("Group g", "ab", 3), Fail("Group g is in 2 availability zones (a, b), fewer than 3.")),
        (keeps_backups("Db d", 0), Fail("Db d has no automated backups.")),
        (keeps_backups("Db d", 7, 7), Pass("Db d keeps automated backups for 7 days.")),
        (keeps_backups("Db d", 6, 7), Fail("Db d keeps automated backups for 6 days, fewer than 7.")),
        (
            keeps_backups("Db d", 6, 7, too_few="low"),
            Fail("Db d keeps automated backups for 6 days, fewer than 7.", severity="low"),
        ),
        (keeps_backups("Db d", 0, 7, too_few="low"), Fail("Db d has no automated backups.")),
        (in_backup_plan("Db d", True), Pass("Db d is selected by a backup plan.")),
        (in_backup_plan("Db d", False), Fail("Db d is not selected by any backup plan.")),
        (
            in_backup_plan("Db d", None),
            Manual("Db d is selected by a backup plan or not according to its tags, which are not known here."),
        ),
        (protected_from_deletion("Db d", True), Pass("Db d has deletion protection.")),
        (protected_from_deletion("Db d", False), Fail("Db d does not have deletion protection.")),
    ],
)
def test_sentences(verdict: Verdict, expected: Verdict) -> None:
    assert verdict == expected
