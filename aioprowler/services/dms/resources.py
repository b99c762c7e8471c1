"""Replication instances, the endpoints that they move data between, and the tasks that do it."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Resource, States, field, listing
from aioprowler.judging.verdicts import told
from aioprowler.services.vpc.resources import GroupMembership


# ------------------------------------------------------------------- instances
class SubnetMembership(msgspec.Struct, frozen=True, rename="pascal"):
    """One of the subnets in which an instance may be."""

    subnet_identifier: str


class SubnetGroup(msgspec.Struct, frozen=True, rename="pascal"):
    """The subnets among which DMS chooses one for an instance."""

    vpc_id: str = ""
    subnets: tuple[SubnetMembership, ...] | None = None

    @property
    def ids(self) -> list[str] | None:
        """Those of the subnets; None where AWS does not tell them."""
        return None if self.subnets is None else [each.subnet_identifier for each in self.subnets]


class ReplicationInstance(
    Resource, id="name", type="AwsDmsReplicationInstance", group="database", noun="DMS replication instance"
):
    """A machine that moves data between databases."""

    source = listing(
        "dms",
        "DescribeReplicationInstances",
        "ReplicationInstances",
        states=States("status", over=["deleted", "deleting", "failed"]),
    )
    name: str = field(name="ReplicationInstanceIdentifier")
    arn: str = field(name="ReplicationInstanceArn")
    status: str = field(name="ReplicationInstanceStatus", default="")
    publicly_accessible: bool | None = None
    vpc_security_groups: tuple[GroupMembership, ...] | None = None
    subnet_group: SubnetGroup = field(name="ReplicationSubnetGroup", default=SubnetGroup())
    multi_az: bool = field(name="MultiAZ")
    auto_minor_version_upgrade: bool

    @property
    def active_groups(self) -> list[str] | None:
        """The ids of the security groups that are in force; None where AWS does not tell them."""
        if self.vpc_security_groups is None:
            return None
        return [each.vpc_security_group_id for each in self.vpc_security_groups if each.is_active]


# ------------------------------------------------------------------- endpoints
class MongoDb(msgspec.Struct, frozen=True, rename="pascal"):
    """How DMS logs in to MongoDB: with a `password`, or `no` login at all."""

    auth_type: str | None = None


class Neptune(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether requests to Neptune are signed, which they are not by default
    (https://docs.aws.amazon.com/dms/latest/APIReference/API_NeptuneSettings.html).
    """

    iam_auth_enabled: bool = False


class Redis(msgspec.Struct, frozen=True, rename="pascal"):
    """How Redis is spoken to, by default over TLS
    (https://docs.aws.amazon.com/dms/latest/APIReference/API_RedisSettings.html).
    """

    ssl_security_protocol: str = "ssl-encryption"


class Kafka(msgspec.Struct, frozen=True, rename="pascal"):
    """How Kafka is spoken to: in plain text unless a protocol is set
    (https://docs.aws.amazon.com/dms/latest/APIReference/API_KafkaSettings.html).
    """

    security_protocol: str = "plaintext"


class OpenSearch(msgspec.Struct, frozen=True, rename="pascal"):
    """Where OpenSearch is: over HTTPS unless the address says otherwise
    (https://docs.aws.amazon.com/dms/latest/APIReference/API_ElasticsearchSettings.html).
    """

    endpoint_uri: str | None = None


class Endpoint(Resource, id="name", type="AwsDmsEndpoint", group="database", noun="DMS endpoint"):
    """What data is read from or written to."""

    source = listing(
        "dms", "DescribeEndpoints", "Endpoints", states=States("status", over=["deleted", "deleting", "failed"])
    )
    name: str = field(name="EndpointIdentifier")
    arn: str = field(name="EndpointArn")
    status: str = ""
    engine_name: str
    ssl_mode: str = "none"
    """By default none (https://docs.aws.amazon.com/dms/latest/APIReference/API_Endpoint.html)."""
    mongo_db: MongoDb = field(name="MongoDbSettings", default=MongoDb())
    neptune: Neptune = field(name="NeptuneSettings", default=Neptune())
    redis: Redis | None = field(name="RedisSettings", default=None)
    kafka: Kafka = field(name="KafkaSettings", default=Kafka())
    open_search: OpenSearch = field(name="ElasticsearchSettings", default=OpenSearch())

    @property
    def redis_protocol(self) -> str:
        """Raises UnreadableError where AWS tells nothing of how Redis is spoken to."""
        return told(self.redis, "RedisSettings of this endpoint").ssl_security_protocol


# ----------------------------------------------------------------------- tasks
class Component(msgspec.Struct, frozen=True):
    """From which severity on a part of a task logs."""

    id: str = msgspec.field(name="Id")
    severity: str = msgspec.field(name="Severity")


class LogSettings(msgspec.Struct, frozen=True):
    """Whether a task logs, and what."""

    enabled: bool = msgspec.field(name="EnableLogging")
    components: tuple[Component, ...] = msgspec.field(name="LogComponents", default=())


class _Settings(msgspec.Struct, frozen=True):
    logging: LogSettings = msgspec.field(name="Logging")


class TaskSettings:
    """The settings of a task, of which AWS sends the JSON."""

    def __init__(self, logging: LogSettings) -> None:
        self.logging: Final = logging

    @classmethod
    def decode(cls, value: object) -> TaskSettings:
        """Raises ValueError for what is no JSON, or does not say what is logged."""
        return cls(msgspec.json.decode(str(value), type=_Settings).logging)


class ReplicationTask(Resource, id="name", type="AwsDmsReplicationTask", group="database", noun="DMS replication task"):
    """Moves the data of one endpoint to another, at once or as it changes."""

    source = listing("dms", "DescribeReplicationTasks", "ReplicationTasks", states=States("status", over=["deleting"]))
    name: str = field(name="ReplicationTaskIdentifier")
    arn: str = field(name="ReplicationTaskArn")
    status: str = ""
    settings: TaskSettings = field(name="ReplicationTaskSettings")
