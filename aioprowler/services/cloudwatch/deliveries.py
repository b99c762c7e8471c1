"""Where logs of other services go by way of CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from aioprowler import Resource, listing

_HOME: Final = {"aws": "us-east-1", "aws-cn": "cn-northwest-1"}
"""Where CloudFront's logs are delivered from
(https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html)."""


class DeliverySource(Resource, id="name", group="monitoring", noun="Delivery source", rename="camel"):
    """What logs come from, in the region of what writes them."""

    source = listing("logs", "DescribeDeliverySources", "deliverySources")
    name: str
    arn: str
    log_type: str
    """Of CloudFront `ACCESS_LOGS`, or `CONNECTION_LOGS` of handshakes alone; of load balancers `ALB_ACCESS_LOGS` and
    the like.
    """
    resource_arns: tuple[str, ...]


class GlobalDeliverySource(DeliverySource, id="name", group="monitoring", noun="Delivery source", rename="camel"):
    """What logs of CloudFront come from."""

    source = listing("logs", "DescribeDeliverySources", "deliverySources", at=_HOME)


class Delivery(Resource, id="id", group="monitoring", noun="Delivery", rename="camel"):
    """That what comes from a source goes somewhere."""

    source = listing("logs", "DescribeDeliveries", "deliveries")
    id: str
    arn: str
    delivery_source_name: str


class GlobalDelivery(Delivery, id="id", group="monitoring", noun="Delivery", rename="camel"):
    """That logs of CloudFront go somewhere."""

    source = listing("logs", "DescribeDeliveries", "deliveries", at=_HOME)


def delivering(
    sources: Iterable[DeliverySource], deliveries: Iterable[Delivery], log_types: Collection[str]
) -> frozenset[str]:
    """The ARNs of what has logs of such types delivered: a source from which nothing is delivered logs nothing."""
    delivered = {each.delivery_source_name for each in deliveries}
    logging = (each for each in sources if each.name in delivered and each.log_type in log_types)
    return frozenset(arn for each in logging for arn in each.resource_arns)
