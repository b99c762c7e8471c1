"""What Systems Manager manages."""

from __future__ import annotations

import msgspec

from aioprowler import Here, Resource, derive, listing


class ManagedInstance(
    Resource,
    id="instance_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:instance/{instance_id}",
    noun="Managed instance",
):
    """A server whose agent has registered with Systems Manager, whether or not it answers at the moment."""

    source = listing("ssm", "DescribeInstanceInformation", "InstanceInformationList")
    instance_id: str


class ManagedInstances(msgspec.Struct, frozen=True):
    """The ids of those of a region."""

    ids: frozenset[str] = frozenset()


@derive
def managed_instances(instances: Here[ManagedInstance]) -> ManagedInstances:
    """Ids of the instances that Systems Manager knows."""
    return ManagedInstances(frozenset(instance.instance_id for instance in instances))
