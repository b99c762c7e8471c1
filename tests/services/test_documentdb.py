from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Check, Fail, Pass
from aioprowler.services.documentdb.checks import (
    documentdb_cluster_backup_enabled,
    documentdb_cluster_cloudwatch_log_export,
    documentdb_cluster_deletion_protection,
    documentdb_cluster_multi_az_enabled,
    documentdb_cluster_public_snapshot,
    documentdb_cluster_storage_encrypted,
)
from aioprowler.services.rds.other_engines import (
    DocumentDBCluster,
    DocumentDBSnapshot,
    DocumentDBSnapshotSharing,
    documentdb_snapshot_can_be_public,
)
from aioprowler.services.rds.resources import SnapshotAttribute
from tests.services.made import made


def cluster(**facts: Any) -> DocumentDBCluster:
    return made(DocumentDBCluster, **{"name": "carts", "engine": "docdb", **facts})


@pytest.mark.parametrize(
    ("check", "fact"),
    [
        (documentdb_cluster_deletion_protection, "deletion_protection"),
        (documentdb_cluster_multi_az_enabled, "multi_az"),
        (documentdb_cluster_storage_encrypted, "storage_encrypted"),
    ],
)
def test_switches(check: Check[Any, Any], fact: str) -> None:
    for value, verdict in ((True, Pass), (False, Fail)):
        told = check(cluster(**{fact: value}))
        assert isinstance(told, verdict)
        assert told.detail.startswith("DocumentDB cluster carts ")


@pytest.mark.parametrize(
    ("days", "verdict", "severity"), [(7, Pass, None), (35, Pass, None), (6, Fail, "low"), (0, Fail, None)]
)
def test_backups(days: int, verdict: type, severity: str | None) -> None:
    told = documentdb_cluster_backup_enabled(cluster(backup_retention_period=days))
    assert isinstance(told, verdict)
    assert told.severity == severity


@pytest.mark.parametrize(
    ("sent", "verdict", "severity"),
    [
        (("audit", "profiler"), Pass, None),
        (("profiler",), Fail, "low"),
        (("audit",), Fail, "low"),
        (("other",), Fail, None),
        ((), Fail, None),
    ],
)
def test_logs(sent: tuple[str, ...], verdict: type, severity: str | None) -> None:
    told = documentdb_cluster_cloudwatch_log_export(cluster(enabled_cloudwatch_logs_exports=sent))
    assert isinstance(told, verdict)
    assert told.severity == severity


@pytest.mark.parametrize(("values", "verdict"), [(("all",), Fail), (("123456789012",), Pass)])
def test_public_snapshots(values: tuple[str, ...], verdict: type) -> None:
    shared = made(DocumentDBSnapshot, name="nightly", engine="docdb", snapshot_type="manual", encrypted=False)
    assert documentdb_snapshot_can_be_public(shared)
    sharing = DocumentDBSnapshotSharing(attributes=(SnapshotAttribute(values),))
    assert isinstance(documentdb_cluster_public_snapshot(shared, sharing), verdict)


def test_snapshots_that_cannot_be_public_pass_without_a_call() -> None:
    encrypted = made(DocumentDBSnapshot, name="nightly", engine="docdb", snapshot_type="manual", encrypted=True)
    assert not documentdb_snapshot_can_be_public(encrypted)
    assert isinstance(documentdb_cluster_public_snapshot(encrypted, None), Pass)
