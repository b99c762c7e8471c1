from __future__ import annotations

import pytest

from aioprowler import Fail, Pass
from aioprowler.services.memorydb.checks import (
    memorydb_cluster_auto_minor_version_upgrades,
    memorydb_cluster_in_transit_encryption_enabled,
)
from aioprowler.services.memorydb.resources import Cluster
from tests.services.made import made
from tests.worlds.world import World, findings_of

HOME = "us-east-1"


@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_upgrades_and_tls(on: bool, verdict: type) -> None:
    cluster = made(Cluster, name="ledger", tls_enabled=on, auto_minor_version_upgrade=on)
    assert isinstance(memorydb_cluster_auto_minor_version_upgrades(cluster), verdict)
    assert isinstance(memorydb_cluster_in_transit_encryption_enabled(cluster), verdict)


def test_clusters_that_come_and_go_are_not_judged() -> None:
    listed = [
        {"Name": state, "ARN": f"arn:aws:memorydb:us-east-1:123456789012:cluster/{state}", "Status": state, **told}
        for state in ("available", "create-failed", "creating", "deleting", "updating")
        for told in [{} if state == "updating" else {"TLSEnabled": True}]
    ]
    found = findings_of(
        World({("memorydb:DescribeClusters", HOME): {"Clusters": listed}}),
        "memorydb_cluster_in_transit_encryption_enabled",
    )
    assert {each.resource_id: each.status for each in found} == {"available": "PASS", "updating": "MANUAL"}
