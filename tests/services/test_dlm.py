from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Manual, Pass, Region
from aioprowler.services.dlm.checks import dlm_ebs_snapshot_lifecycle_policy_exists
from aioprowler.services.dlm.resources import LifecyclePolicies, LifecyclePolicy
from tests.worlds.world import World, denied, findings_of

REGION = Region(name="eu-west-1", account=Account(id="123456789012"))
CHECK = dlm_ebs_snapshot_lifecycle_policy_exists


@pytest.mark.parametrize(
    ("policies", "verdict"),
    [
        ([("ENABLED", "EBS_SNAPSHOT_MANAGEMENT")], Pass),
        ([("DISABLED", "EBS_SNAPSHOT_MANAGEMENT"), ("ENABLED", "EBS_SNAPSHOT_MANAGEMENT")], Pass),
        ([("DISABLED", "EBS_SNAPSHOT_MANAGEMENT"), ("ERROR", "EBS_SNAPSHOT_MANAGEMENT")], Fail),
        ([("ENABLED", "IMAGE_MANAGEMENT")], Fail),
        ([("PAUSED", "EBS_SNAPSHOT_MANAGEMENT")], Manual),
        ([], Fail),
    ],
)
def test_policies(policies: list[tuple[str, str]], verdict: type) -> None:
    made = tuple(LifecyclePolicy(state=state, policy_type=kind) for state, kind in policies)
    assert isinstance(CHECK(REGION, LifecyclePolicies(policies=made)), verdict)


def snapshots(_account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
    """One region has some, on the second page."""
    if region == "eu-west-1":
        return {"Snapshots": []}
    return {"Snapshots": [{"SnapshotId": "s"}]} if "NextToken" in params else {"Snapshots": [], "NextToken": "more"}


def test_a_region_without_snapshots_is_not_judged_nor_asked_for_policies() -> None:
    world = World({"ec2:DescribeSnapshots": snapshots, "dlm:GetLifecyclePolicies": {"Policies": []}})
    (found,) = findings_of(world, CHECK.id)
    assert (found.region, found.status) == ("us-east-1", "FAIL")
    assert world.calls["dlm:GetLifecyclePolicies"] == 1
    assert all(params["OwnerIds"] == ["self"] for *_, name, params in world.params if "Snapshots" in name)


@pytest.mark.parametrize("operation", ["ec2:DescribeSnapshots", "dlm:GetLifecyclePolicies"])
def test_denials_are_manual(operation: str) -> None:
    world = World({"ec2:DescribeSnapshots": {"Snapshots": [{"SnapshotId": "s"}]}, operation: denied()})
    assert [each.status for each in findings_of(world, CHECK.id)] == ["MANUAL", "MANUAL"]
