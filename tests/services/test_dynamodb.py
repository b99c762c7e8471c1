from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Tag
from aioprowler.declarations.failure import GapError, UnreadableError
from aioprowler.judging.policies import Policy
from aioprowler.services.applicationautoscaling.resources import Suspended, TableTarget
from aioprowler.services.backup.resources import BackupSelections, Selection, TagCondition
from aioprowler.services.dynamodb.checks import (
    dynamodb_accelerator_cluster_encryption_enabled,
    dynamodb_accelerator_cluster_in_transit_encryption_enabled,
    dynamodb_accelerator_cluster_multi_az,
    dynamodb_table_autoscaling_enabled,
    dynamodb_table_cross_account_access,
    dynamodb_table_deletion_protection_enabled,
    dynamodb_table_protected_by_backup_plan,
    dynamodb_tables_kms_cmk_encryption_enabled,
    dynamodb_tables_pitr_enabled,
)
from aioprowler.services.dynamodb.resources import (
    DIMENSIONS,
    Billing,
    ClusterEncryption,
    ContinuousBackups,
    DaxCluster,
    Node,
    Recovery,
    ScaledTables,
    Table,
    TableEncryption,
    TablePolicy,
    TableSettings,
    scaled_tables,
    table_tags,
)
from aioprowler.services.resourcegroupstaggingapi.resources import TaggedTable
from tests.services.made import made
from tests.worlds.world import World, error, findings_of

HOME = "us-east-1"
TABLE = Table(name="orders", region=HOME, account=Account(id="123456789012"))
READ, WRITE = DIMENSIONS.values()
NOT_SCALED = ScaledTables({})
DENIED = Failure("denied", "tag:GetResources", "AccessDenied", "no")
Nothing = type(None)


def target(dimension: str, name: str = "table/orders", *, suspended: bool = False, most: int = 9) -> TableTarget:
    return TableTarget(resource_id=name, dimension=dimension, least=5, most=most, suspended=Suspended(suspended))


# ---------------------------------------------------------------------- tables
def test_a_table_is_named_by_its_arn() -> None:
    assert TABLE.arn == "arn:aws:dynamodb:us-east-1:123456789012:table/orders"


@pytest.mark.parametrize(
    ("targets", "missing"),
    [
        ([target(READ), target(WRITE)], []),
        ([target(READ)], ["write"]),
        ([target(WRITE)], ["read"]),
        ([], ["read", "write"]),
        ([target(READ), target(WRITE, suspended=True)], ["write"]),
        ([target(READ, most=5), target(WRITE, most=6)], ["read"]),
        ([target(READ, "table/others"), target(WRITE, "table/others")], ["read", "write"]),
        ([target(READ, "table/orders/index/by-day"), target(WRITE, "index/orders")], ["read", "write"]),
    ],
)
def test_what_scales(targets: list[TableTarget], missing: list[str]) -> None:
    assert scaled_tables(tuple(targets)).missing(TABLE) == missing


@pytest.mark.parametrize(
    ("settings", "targets", "verdict"),
    [
        (TableSettings(), [target(READ), target(WRITE)], Pass),
        (TableSettings(), [target(READ)], Fail),
        (TableSettings(billing=Billing("PROVISIONED")), [], Fail),
        (TableSettings(billing=Billing("PAY_PER_REQUEST")), [], Pass),
        (TableSettings(billing=Billing("BARTER")), [], Manual),
        (TableSettings(status="DELETING"), [], Nothing),
    ],
)
def test_autoscaling(settings: TableSettings, targets: list[TableTarget], verdict: type) -> None:
    scaled = scaled_tables(tuple(targets))
    assert isinstance(dynamodb_table_autoscaling_enabled(TABLE, settings, scaled), verdict)


def test_a_table_on_demand_needs_no_targets() -> None:
    on_demand = TableSettings(billing=Billing("PAY_PER_REQUEST"))
    assert isinstance(dynamodb_table_autoscaling_enabled(TABLE, on_demand, DENIED), Pass)
    with pytest.raises(GapError):
        dynamodb_table_autoscaling_enabled(TABLE, TableSettings(), DENIED)
    with pytest.raises(UnreadableError, match="BillingMode"):
        dynamodb_table_autoscaling_enabled(TABLE, TableSettings(billing=Billing()), NOT_SCALED)


def allow(principal: Any, **conditions: Any) -> TablePolicy:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "dynamodb:GetItem", "Resource": TABLE.arn}
    return TablePolicy(policy=Policy.parse({"Statement": {**statement, "Condition": conditions}}))


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (None, Nothing),
        (TablePolicy(policy=Policy.parse({"Statement": []})), Pass),
        (allow({"AWS": "arn:aws:iam::123456789012:role/app"}), Pass),
        (allow({"AWS": "arn:aws:iam::222222222222:root"}), Pass),
        (allow({"AWS": "arn:aws:iam::999999999999:root"}), Fail),
        (allow("*"), Fail),
        (allow("*", StringEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5"}), Pass),
    ],
)
def test_policies(policy: TablePolicy | None, verdict: type) -> None:
    trusted = ("222222222222",)
    assert isinstance(dynamodb_table_cross_account_access(TABLE, policy, trusted_account_ids=trusted), verdict)


@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_deletion_protection(on: bool, verdict: type) -> None:
    settings = TableSettings(deletion_protection=on)
    assert isinstance(dynamodb_table_deletion_protection_enabled(TABLE, settings), verdict)
    going = TableSettings(deletion_protection=on, status="DELETING")
    assert dynamodb_table_deletion_protection_enabled(TABLE, going) is None
    with pytest.raises(UnreadableError, match="DeletionProtectionEnabled"):
        dynamodb_table_deletion_protection_enabled(TABLE, TableSettings())


BY_TAG = Selection(list_of_tags=(TagCondition("backup", "daily"),))


@pytest.mark.parametrize(
    ("selections", "tags", "verdict"),
    [
        ([], (), Fail),
        ([Selection(resources=(TABLE.arn,))], (), Pass),
        ([Selection(resources=("arn:aws:dynamodb:*:*:table/*",))], (), Pass),
        ([Selection(resources=("*",))], (), Pass),
        ([Selection(resources=("*",), not_resources=(TABLE.arn,))], (), Fail),
        ([Selection(resources=("arn:aws:ec2:*:*:volume/*",))], (), Fail),
        ([BY_TAG], (Tag("backup", "daily"),), Pass),
        ([BY_TAG], (), Fail),
    ],
)
def test_backup_plans(selections: list[Selection], tags: tuple[Tag, ...], verdict: type) -> None:
    told = table_tags((TaggedTable(arn=TABLE.arn, tags=tags),) if tags else ())
    found = dynamodb_table_protected_by_backup_plan(TABLE, BackupSelections(tuple(selections)), told)
    assert isinstance(found, verdict)


def test_tags_are_needed_only_where_they_decide() -> None:
    by_arn = BackupSelections((Selection(resources=(TABLE.arn,)), BY_TAG))
    assert isinstance(dynamodb_table_protected_by_backup_plan(TABLE, by_arn, DENIED), Pass)
    with pytest.raises(GapError):
        dynamodb_table_protected_by_backup_plan(TABLE, BackupSelections((BY_TAG,)), DENIED)


@pytest.mark.parametrize(
    ("encryption", "verdict"),
    [
        (None, Fail),
        (TableEncryption("ENABLED", "KMS", "arn:aws:kms:us-east-1:123456789012:key/a"), Pass),
        (TableEncryption("UPDATING", "KMS", "arn:aws:kms:us-east-1:123456789012:key/a"), Pass),
        (TableEncryption("ENABLED", "AES256"), Fail),
        (TableEncryption("DISABLED", "KMS"), Fail),
    ],
)
def test_encryption(encryption: TableEncryption | None, verdict: type) -> None:
    found = dynamodb_tables_kms_cmk_encryption_enabled(TABLE, TableSettings(encryption=encryption))
    assert isinstance(found, verdict)


def test_a_type_of_encryption_that_is_not_known_never_passes() -> None:
    for kind in ("QUANTUM", None):
        settings = TableSettings(encryption=TableEncryption("ENABLED", kind))
        with pytest.raises(UnreadableError, match="type of encryption"):
            dynamodb_tables_kms_cmk_encryption_enabled(TABLE, settings)
    assert dynamodb_tables_kms_cmk_encryption_enabled(TABLE, TableSettings(status="DELETING")) is None


@pytest.mark.parametrize(("status", "verdict"), [("ENABLED", Pass), ("DISABLED", Fail), ("PERHAPS", Manual)])
def test_point_in_time_recovery(status: str, verdict: type) -> None:
    assert isinstance(dynamodb_tables_pitr_enabled(TABLE, ContinuousBackups(recovery=Recovery(status))), verdict)


def test_recovery_that_is_not_told() -> None:
    with pytest.raises(UnreadableError, match="PointInTimeRecoveryStatus"):
        dynamodb_tables_pitr_enabled(TABLE, ContinuousBackups())


def test_a_table_that_is_gone_is_not_judged() -> None:
    def backups(_account: Account, _region: str, asked: dict[str, Any]) -> Any:
        if asked["TableName"] == "gone":
            return error("TableNotFoundException", "Table not found: gone")
        recovery = {"PointInTimeRecoveryStatus": "ENABLED"}
        return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": recovery}}

    world = World(
        {
            ("dynamodb:ListTables", HOME): {"TableNames": ["orders", "gone"]},
            "dynamodb:DescribeContinuousBackups": backups,
        }
    )
    found = findings_of(world, "dynamodb_tables_pitr_enabled")
    assert {each.resource_id: each.status for each in found} == {"orders": "PASS"}


def test_where_dax_cannot_be_had_there_are_no_clusters() -> None:
    refused = error("InvalidParameterValueException", "Access Denied to API Version: DAX_V3")
    world = World({"dax:DescribeClusters": refused})
    assert findings_of(world, "dynamodb_accelerator_cluster_multi_az") == []


# ------------------------------------------------------------------------- DAX
def cluster(*zones: str | None, at_rest: str = "ENABLED", in_transit: str = "TLS") -> DaxCluster:
    return made(
        DaxCluster,
        name="cache",
        nodes=tuple(Node(zone) for zone in zones),
        at_rest=ClusterEncryption(at_rest),
        in_transit=in_transit,
    )


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("ENABLED", Pass), ("DISABLED", Fail), ("DISABLING", Fail), ("ENABLING", Fail), ("PERHAPS", Manual)],
)
def test_dax_at_rest(status: str, verdict: type) -> None:
    assert isinstance(dynamodb_accelerator_cluster_encryption_enabled(cluster(at_rest=status)), verdict)


def test_dax_is_neither_encrypted_nor_tls_unless_it_says_so() -> None:
    plain = made(DaxCluster, name="cache")
    assert isinstance(dynamodb_accelerator_cluster_encryption_enabled(plain), Fail)
    assert isinstance(dynamodb_accelerator_cluster_in_transit_encryption_enabled(plain), Fail)


@pytest.mark.parametrize(("kind", "verdict"), [("TLS", Pass), ("NONE", Fail), ("QUIC", Manual)])
def test_dax_in_transit(kind: str, verdict: type) -> None:
    assert isinstance(dynamodb_accelerator_cluster_in_transit_encryption_enabled(cluster(in_transit=kind)), verdict)


@pytest.mark.parametrize(
    ("zones", "verdict"), [((), Fail), (("a",), Fail), (("a", "a", "a"), Fail), (("a", "b"), Pass)]
)
def test_dax_zones(zones: tuple[str, ...], verdict: type) -> None:
    assert isinstance(dynamodb_accelerator_cluster_multi_az(cluster(*zones)), verdict)


def test_a_node_without_its_zone() -> None:
    with pytest.raises(UnreadableError, match="AvailabilityZone"):
        dynamodb_accelerator_cluster_multi_az(cluster("a", None))
