"""Where logs of other services go by way of CloudWatch Logs."""

from __future__ import annotations

from typing import Final

from aioprowler import Resource, listing

_HOME: Final = {"aws": "us-east-1", "aws-cn": "cn-northwest-1"}
"""Where CloudFront's logs are delivered from
(https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html)."""


class DeliverySource(Resource, id="name", group="monitoring", noun="Delivery source", rename="camel"):
    """What logs come from."""

    source = listing("logs", "DescribeDeliverySources", "deliverySources", at=_HOME)
    name: str
    arn: str
    log_type: str
    """Of CloudFront `ACCESS_LOGS`, or `CONNECTION_LOGS` of handshakes alone."""
    resource_arns: tuple[str, ...]


class Delivery(Resource, id="id", group="monitoring", noun="Delivery", rename="camel"):
    """That what comes from a source goes somewhere."""

    source = listing("logs", "DescribeDeliveries", "deliveries", at=_HOME)
    id: str
    arn: str
    delivery_source_name: str
