"""Message brokers, and what is set on them."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Facet, Resource, States, call, field, listing

ACTIVEMQ: Final = "ACTIVEMQ"
RABBITMQ: Final = "RABBITMQ"


class Broker(
    Resource,
    id="broker_id",
    type="AwsAmazonMQBroker",
    group="messaging",
    noun="MQ broker",
    gone=["NotFoundException"],
):
    """A broker of Apache ActiveMQ or RabbitMQ."""

    source = listing(
        "mq",
        "ListBrokers",
        "BrokerSummaries",
        states=States("broker_state", over=["CREATION_FAILED", "DELETION_IN_PROGRESS"]),
    )
    broker_id: str
    arn: str = field(name="BrokerArn")
    broker_name: str
    broker_state: str = ""
    engine_type: str
    deployment_mode: str

    @property
    def engine(self) -> str:
        """In capitals, as the API's model has it: replies say `ActiveMQ` and `RabbitMQ`."""
        return self.engine_type.upper()

    @property
    def label(self) -> str:
        """By the name that people gave it."""
        return f"MQ broker {self.broker_name}"


class Logs(msgspec.Struct, frozen=True, rename="pascal"):
    """Which logs a broker sends to CloudWatch Logs; RabbitMQ has no audit log
    (https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/security-logging-monitoring-rabbitmq.html).
    """

    general: bool
    audit: bool = False

    @property
    def kinds(self) -> list[str]:
        """The names of those that are sent."""
        return [name for name, sent in (("general", self.general), ("audit", self.audit)) if sent]


class BrokerSettings(Facet[Broker]):
    """What is set on a broker."""

    source = call("mq", "DescribeBroker", BrokerId="broker_id")
    auto_minor_version_upgrade: bool | None = None
    logs: Logs | None = None
    publicly_accessible: bool | None = None
