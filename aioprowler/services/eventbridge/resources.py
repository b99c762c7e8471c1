"""Event buses, global endpoints and schema registries."""

from __future__ import annotations

import msgspec

from aioprowler import Facet, Resource, States, call, field, listing
from aioprowler.judging.policies import Policy


class EventBus(Resource, id="name", type="AwsEventsEventbus", group="messaging", noun="Event bus"):
    """Where events are sent to, and matched with rules."""

    source = listing("events", "ListEventBuses", "EventBuses")
    name: str
    arn: str
    policy: Policy | None = None
    """None where it has none: only the account itself sends events
    (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EventBus.html).
    """


class Replication(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether events are sent to both regions of an endpoint."""

    state: str


class GlobalEndpoint(Resource, id="name", type="AwsEventsEndpoint", group="messaging", noun="Global endpoint"):
    """One address for event buses of two regions. Where a region has no such endpoints, it has no such operation."""

    source = listing(
        "events",
        "ListEndpoints",
        "Endpoints",
        absent=["UnknownOperationException"],
        states=States("state", over=("CREATE_FAILED", "DELETING"), not_yet=("CREATING",)),
    )
    name: str
    arn: str
    state: str = ""
    replication_config: Replication | None = None


class SchemaRegistry(
    Resource,
    id="name",
    owner="owner",
    type="AwsEventSchemasRegistry",
    group="messaging",
    noun="Schema registry",
):
    """A collection of schemas of events; AWS's own are listed with the account's."""

    source = listing("schemas", "ListRegistries", "Registries")
    name: str = field(name="RegistryName")
    arn: str = field(name="RegistryArn")

    @property
    def owner(self) -> str:
        """The id of the account, or `aws`: AWS's are those whose names begin with `aws.`
        (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema-registry.html).
        """
        return "aws" if self.name.startswith("aws.") else self.account.id


class SchemaRegistryPolicy(Facet[SchemaRegistry]):
    """Who may read and change the schemas of a registry."""

    source = call("schemas", "GetResourcePolicy", RegistryName="name", absent=["NotFoundException"])
    policy: Policy
