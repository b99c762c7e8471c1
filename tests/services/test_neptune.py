from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Check, Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.neptune.checks import (
    neptune_cluster_backup_enabled,
    neptune_cluster_copy_tags_to_snapshots,
    neptune_cluster_deletion_protection,
    neptune_cluster_iam_authentication_enabled,
    neptune_cluster_integration_cloudwatch_logs,
    neptune_cluster_multi_az,
    neptune_cluster_public_snapshot,
    neptune_cluster_snapshot_encrypted,
    neptune_cluster_storage_encrypted,
    neptune_cluster_uses_public_subnet,
)
from aioprowler.services.rds.other_engines import (
    NeptuneCluster,
    NeptuneSnapshot,
    NeptuneSnapshotSharing,
    SubnetGroup,
    neptune_snapshot_can_be_public,
    subnet_groups,
)
from aioprowler.services.rds.resources import SnapshotAttribute, SubnetMembership
from tests.services.made import made
from tests.services.networks import network


def cluster(**facts: Any) -> NeptuneCluster:
    return made(NeptuneCluster, **{"name": "graph", "engine": "neptune", **facts})


def snapshot(**facts: Any) -> NeptuneSnapshot:
    return made(
        NeptuneSnapshot,
        **{"name": "nightly", "engine": "neptune", "snapshot_type": "manual", "encrypted": False, **facts},
    )


@pytest.mark.parametrize(
    ("check", "fact"),
    [
        (neptune_cluster_copy_tags_to_snapshots, "copy_tags_to_snapshot"),
        (neptune_cluster_deletion_protection, "deletion_protection"),
        (neptune_cluster_iam_authentication_enabled, "iam_authentication"),
        (neptune_cluster_multi_az, "multi_az"),
        (neptune_cluster_storage_encrypted, "storage_encrypted"),
    ],
)
def test_switches(check: Check[Any, Any], fact: str) -> None:
    for value, verdict in ((True, Pass), (False, Fail)):
        told = check(cluster(**{fact: value}))
        assert isinstance(told, verdict)
        assert told.detail.startswith("Neptune cluster graph ")


@pytest.mark.parametrize(
    ("days", "minimum", "verdict", "severity"),
    [(7, 7, Pass, None), (6, 7, Fail, "low"), (0, 7, Fail, None), (1, 1, Pass, None), (14, 15, Fail, "low")],
)
def test_backups(days: int, minimum: int, verdict: type, severity: str | None) -> None:
    told = neptune_cluster_backup_enabled(
        cluster(backup_retention_period=days), minimum_backup_retention_period=minimum
    )
    assert isinstance(told, verdict)
    assert told.severity == severity


@pytest.mark.parametrize(
    ("sent", "verdict"), [(("audit",), Pass), (("slowquery", "audit"), Pass), (("slowquery",), Fail), ((), Fail)]
)
def test_logs(sent: tuple[str, ...], verdict: type) -> None:
    told = neptune_cluster_integration_cloudwatch_logs(cluster(enabled_cloudwatch_logs_exports=sent))
    assert isinstance(told, verdict)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"storage_encrypted": True, "kms_key_id": "key-1"}, Pass),
        ({"storage_encrypted": False, "storage_encryption_type": "sse-rds"}, Pass),
        ({"storage_encrypted": True, "storage_encryption_type": "sse-new"}, Manual),
    ],
)
def test_encryption_by_its_type(facts: dict[str, Any], verdict: type) -> None:
    assert isinstance(neptune_cluster_storage_encrypted(cluster(**facts)), verdict)


GROUPS = subnet_groups(
    [made(SubnetGroup, name="graphs", vpc_id="vpc-1", subnets=(SubnetMembership("subnet-1", "Active"),))]
)


@pytest.mark.parametrize(("is_public", "verdict"), [(True, Fail), (False, Pass)])
def test_subnets(is_public: bool, verdict: type) -> None:
    told = neptune_cluster_uses_public_subnet(
        cluster(subnet_group="graphs"), GROUPS, network(is_public=is_public).routing
    )
    assert isinstance(told, verdict)


def test_subnets_of_a_group_that_is_not_listed() -> None:
    with pytest.raises(UnreadableError, match="AWS did not tell of the subnet group others"):
        neptune_cluster_uses_public_subnet(cluster(subnet_group="others"), GROUPS, network().routing)


def test_subnets_whose_routes_are_not_known() -> None:
    elsewhere = made(SubnetGroup, name="graphs", vpc_id="vpc-2", subnets=(SubnetMembership("subnet-2", "Active"),))
    told = neptune_cluster_uses_public_subnet(
        cluster(subnet_group="graphs"), subnet_groups([elsewhere]), network().routing
    )
    assert isinstance(told, Manual)


@pytest.mark.parametrize(
    ("values", "verdict"), [(("all",), Fail), (("123456789012", "all"), Fail), (("123456789012",), Pass), ((), Pass)]
)
def test_public_snapshots(values: tuple[str, ...], verdict: type) -> None:
    sharing = NeptuneSnapshotSharing(attributes=(SnapshotAttribute(values),))
    assert isinstance(neptune_cluster_public_snapshot(snapshot(), sharing), verdict)


def test_snapshots_that_cannot_be_public_pass_without_a_call() -> None:
    assert isinstance(neptune_cluster_public_snapshot(snapshot(encrypted=True), None), Pass)
    assert neptune_snapshot_can_be_public(snapshot())
    assert not neptune_snapshot_can_be_public(snapshot(encrypted=True))
    assert not neptune_snapshot_can_be_public(snapshot(snapshot_type="automated"))


@pytest.mark.parametrize(("encrypted", "verdict"), [(True, Pass), (False, Fail)])
def test_encrypted_snapshots(encrypted: bool, verdict: type) -> None:
    told = neptune_cluster_snapshot_encrypted(snapshot(encrypted=encrypted))
    assert isinstance(told, verdict)
    assert told.detail.startswith("Neptune snapshot nightly ")


def test_of_a_cluster_without_an_engine_nothing_is_said() -> None:
    for nameless in (made(NeptuneCluster, name="graph", multi_az=True), cluster(engine="", multi_az=True)):
        with pytest.raises((AttributeError, UnreadableError)):
            neptune_cluster_multi_az(nameless)
    with pytest.raises(UnreadableError, match="Engine of this snapshot"):
        neptune_cluster_snapshot_encrypted(snapshot(engine=""))
