"""What Application Auto Scaling scales for other services."""

from __future__ import annotations

import msgspec

from aioprowler import Resource, constant, field, listing


class Suspended(msgspec.Struct, frozen=True, rename="pascal"):
    """What is not done for the time being; nothing is suspended by default."""

    dynamic_scaling_out_suspended: bool = False


class TableTarget(
    Resource, id="id", arn="arn:{partition}:dynamodb:{region}:{account_id}:{resource_id}", noun="Scalable target"
):
    """The read or the write capacity of a table of DynamoDB, or of an index of one."""

    source = listing(
        "application-autoscaling", "DescribeScalableTargets", "ScalableTargets", ServiceNamespace=constant("dynamodb")
    )
    resource_id: str
    """`table/orders`, and of an index `table/orders/index/by-day`."""
    dimension: str = field(name="ScalableDimension")
    least: int = field(name="MinCapacity")
    most: int = field(name="MaxCapacity")
    suspended: Suspended = field(name="SuspendedState", default=Suspended())

    @property
    def id(self) -> str:
        """What is scaled, and in which dimension."""
        return f"{self.resource_id} {self.dimension}"

    @property
    def scales_out(self) -> bool:
        """Whether more capacity comes with more load."""
        return self.most > self.least and not self.suspended.dynamic_scaling_out_suspended
