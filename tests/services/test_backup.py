from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Failure, Pass, Seen, UnreadableError
from aioprowler.services.backup import checks
from aioprowler.services.backup.resources import BackupPlan, BackupVault, RecoveryPoint, ReportPlan, keeps_own
from tests.worlds.world import World, denied, error, findings_of, verdicts

ACCOUNT = Account(id="123456789012")
PLAN = BackupPlan(backup_plan_id="p1", name="daily")
REPORT = ReportPlan(name="report", arn="arn")
NONE: Seen[Any] = Seen(())
HIDDEN = Failure("denied", "backup:ListBackupPlans", "AccessDenied")
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"


def vault(**changed: Any) -> BackupVault:
    made: dict[str, Any] = {"name": "v", "arn": "arn", "encryption_key_arn": KEY}
    return BackupVault(**made | changed)


def test_plans() -> None:
    found = checks.backup_plans_exist(ACCOUNT, Seen((PLAN,), gap=HIDDEN), NONE)
    assert isinstance(found, Pass)
    assert (found.resource, found.resource_id) == (PLAN, "daily")
    assert isinstance(checks.backup_plans_exist(ACCOUNT, NONE, Seen((vault(),), gap=HIDDEN)), Fail)
    assert checks.backup_plans_exist(ACCOUNT, NONE, NONE) is None
    for plans, vaults in ((Seen((), gap=HIDDEN), Seen((vault(),))), (NONE, Seen((), gap=HIDDEN))):
        with pytest.raises(UnreadableError):
            checks.backup_plans_exist(ACCOUNT, plans, vaults)


def test_report_plans() -> None:
    found = checks.backup_reportplans_exist(ACCOUNT, Seen((REPORT,), gap=HIDDEN), Seen((PLAN,)))
    assert isinstance(found, Pass)
    assert found.resource is REPORT
    assert isinstance(checks.backup_reportplans_exist(ACCOUNT, NONE, Seen((PLAN,), gap=HIDDEN)), Fail)
    assert checks.backup_reportplans_exist(ACCOUNT, NONE, NONE) is None
    for reports, plans in ((Seen((), gap=HIDDEN), Seen((PLAN,))), (NONE, Seen((), gap=HIDDEN))):
        with pytest.raises(UnreadableError):
            checks.backup_reportplans_exist(ACCOUNT, reports, plans)


def test_vaults() -> None:
    assert isinstance(checks.backup_vaults_exist(ACCOUNT, Seen((vault(),), gap=HIDDEN)), Pass)
    assert isinstance(checks.backup_vaults_exist(ACCOUNT, NONE), Fail)
    with pytest.raises(UnreadableError):
        checks.backup_vaults_exist(ACCOUNT, Seen((), gap=HIDDEN))


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, Pass),
        ({"vault_type": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"}, Pass),
        ({"vault_type": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT", "encryption_key_arn": None}, Pass),
        ({"encryption_key_arn": None}, Fail),
        ({"encryption_key_arn": ""}, Fail),
        ({"encryption_key_arn": None, "vault_type": "RESTORE_ACCESS_BACKUP_VAULT"}, type(None)),
    ],
)
def test_encryption_of_vaults(changed: dict[str, Any], verdict: type) -> None:
    assert isinstance(checks.backup_vaults_encrypted(vault(**changed)), verdict)


@pytest.mark.parametrize(("encrypted", "verdict"), [(True, Pass), (False, Fail)])
def test_encryption_of_recovery_points(encrypted: bool, verdict: type) -> None:
    arn = "arn:aws:backup:us-east-1:123456789012:recovery-point:1EB3B5E7"
    point = RecoveryPoint(arn=arn, vault="v", is_encrypted=encrypted)
    assert point.point_id == "1EB3B5E7"
    assert isinstance(checks.backup_recovery_point_encrypted(point), verdict)


def test_points_are_listed_where_they_are_the_accounts_own() -> None:
    assert keeps_own(vault())
    assert not keeps_own(vault(vault_type="RESTORE_ACCESS_BACKUP_VAULT"))


def listed(name: str, points: int) -> dict[str, Any]:
    return {"BackupVaultName": name, "BackupVaultArn": f"arn:{name}", "NumberOfRecoveryPoints": points}


def point(number: int, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:backup:us-east-1:123456789012:recovery-point:{number}"
    created = f"2026-01-{number + 1:02}T00:00:00Z"
    return {"RecoveryPointArn": arn, "BackupVaultName": "full", "IsEncrypted": True, "CreationDate": created, **more}


VAULTS = {("backup:ListBackupVaults", "us-east-1"): {"BackupVaultList": [listed("empty", 0), listed("full", 3)]}}
POINTS = "backup:ListRecoveryPointsByBackupVault"
CHECK = checks.backup_recovery_point_encrypted.id


def points_of(*points: dict[str, Any]) -> Any:
    """They are in the vault that is full."""
    return lambda _account, _region, asked: {"RecoveryPoints": [*points] if asked["BackupVaultName"] == "full" else []}


def test_every_vault_is_asked_for_points_whatever_their_number_is_said_to_be() -> None:
    points = point(0), point(1, IsEncrypted=False), point(2, Status="DELETING")
    vaults = {"BackupVaultList": [listed("empty", 0), listed("full", 0)]}
    world = World({("backup:ListBackupVaults", "us-east-1"): vaults, POINTS: points_of(*points)})
    assert verdicts(world, CHECK) == {(CHECK, "us-east-1", "0"): "PASS", (CHECK, "us-east-1", "1"): "FAIL"}


def test_the_newest_points_are_judged_where_so_many_are_configured() -> None:
    world = World({**VAULTS, POINTS: points_of(point(0), point(2), point(1))})
    found = findings_of(world, CHECK, config={"max_backup_recovery_points": 2})
    assert [each.resource_id for each in found] == ["1", "2"]


PLANNED = {"backup:ListBackupPlans": {"BackupPlansList": [{"BackupPlanId": "p1", "BackupPlanName": "daily"}]}}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (error("AccessDeniedException", "Insufficient privileges to perform this action."), "FAIL"),
        (error("AccessDeniedException", "This API is not available in current Region."), "FAIL"),
        (denied("backup:ListReportPlans"), "MANUAL"),
    ],
)
def test_a_region_without_audit_manager_has_no_reports_and_a_denial_hides_them(answer: Exception, status: str) -> None:
    world = World({**PLANNED, "backup:ListReportPlans": answer})
    (found,) = findings_of(world, checks.backup_reportplans_exist.id)
    assert found.status == status


def test_reports_of_one_region_suffice() -> None:
    reports = {"ReportPlans": [{"ReportPlanName": "r", "ReportPlanArn": "arn:r"}]}
    away = error("AccessDeniedException", "Insufficient privileges to perform this action.")
    world = World({**PLANNED, ("backup:ListReportPlans", "us-east-1"): away, "backup:ListReportPlans": reports})
    (found,) = findings_of(world, checks.backup_reportplans_exist.id)
    assert (found.status, found.region, found.resource_arn) == ("PASS", "eu-west-1", "arn:r")
