"""Where AWS Batch runs its jobs."""

from __future__ import annotations

import msgspec

from aioprowler import Resource, States, field, listing


class ComputeResources(msgspec.Struct, frozen=True, rename="camel"):
    """The security groups of the instances that run the jobs."""

    security_group_ids: tuple[str, ...] = ()


class ComputeEnvironment(Resource, id="name", rename="camel"):
    """An environment that is scaled down to nothing has no network interface."""

    source = listing(
        "batch",
        "DescribeComputeEnvironments",
        "computeEnvironments",
        states=States("status", over=["DELETING", "DELETED"]),
    )
    name: str = field(name="computeEnvironmentName")
    arn: str = field(name="computeEnvironmentArn")
    status: str = ""
    compute_resources: ComputeResources = ComputeResources()
