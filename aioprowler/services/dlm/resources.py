"""Policies by which Data Lifecycle Manager makes and deletes snapshots."""

from __future__ import annotations

import msgspec

from aioprowler import Facet, Region, call
from aioprowler.services.ec2.resources.storage import OwnSnapshots


def has_snapshots(snapshots: OwnSnapshots) -> bool:
    """Only there is anything that a policy would see to."""
    return snapshots.are_there


class LifecyclePolicy(msgspec.Struct, frozen=True, rename="pascal"):
    """A policy; it works while it is `ENABLED`.

    https://docs.aws.amazon.com/dlm/latest/APIReference/API_LifecyclePolicySummary.html
    """

    state: str
    policy_type: str


class LifecyclePolicies(Facet[Region]):
    """The policies of a region that has snapshots."""

    source = call("dlm", "GetLifecyclePolicies", when=has_snapshots)
    policies: tuple[LifecyclePolicy, ...]

    @property
    def of_snapshots(self) -> list[LifecyclePolicy]:
        """Those that make EBS snapshots; others make images, or copy what comes from other accounts."""
        return [each for each in self.policies if each.policy_type == "EBS_SNAPSHOT_MANAGEMENT"]
