"""Tables, what is set on them, and clusters of DAX."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Facet, Here, Resource, States, Tag, call, derive, field, listing
from aioprowler.judging.encryption import AWS_OWNED, Key
from aioprowler.judging.policies import Policy
from aioprowler.judging.verdicts import told
from aioprowler.services.applicationautoscaling.resources import TableTarget
from aioprowler.services.resourcegroupstaggingapi.resources import TaggedTable

DIMENSIONS: Final = {"read": "dynamodb:table:ReadCapacityUnits", "write": "dynamodb:table:WriteCapacityUnits"}
"""What of a table is scaled, as Application Auto Scaling calls it."""


# ---------------------------------------------------------------------- tables
class Table(
    Resource,
    id="name",
    arn="arn:{partition}:dynamodb:{region}:{account_id}:table/{name}",
    type="AwsDynamoDbTable",
    group="database",
    noun="DynamoDB table",
    gone=["ResourceNotFoundException", "TableNotFoundException"],
):
    """A table. A replica of a global table is one of its own in its region."""

    source = listing("dynamodb", "ListTables", "TableNames", item="name")
    name: str


class TableEncryption(msgspec.Struct, frozen=True, rename="pascal"):
    """By whose key a table is encrypted, where it is not one that AWS owns."""

    status: str | None = None
    sse_type: str | None = msgspec.field(name="SSEType", default=None)
    key_arn: str = msgspec.field(name="KMSMasterKeyArn", default="")


class Billing(msgspec.Struct, frozen=True, rename="pascal"):
    """How the throughput of a table is paid for: `PROVISIONED` or `PAY_PER_REQUEST`."""

    billing_mode: str | None = None


class TableSettings(Facet[Table]):
    """What is set on a table."""

    source = call("dynamodb", "DescribeTable", "Table", TableName="name")
    status: str = field(name="TableStatus", default="")
    encryption: TableEncryption | None = field(name="SSEDescription", default=None)
    """None: a key that AWS owns, which is the default
    (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html)."""
    billing: Billing = field(name="BillingModeSummary", default=Billing("PROVISIONED"))
    """AWS may leave it out of a table that never was on demand
    (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BillingModeSummary.html)."""
    deletion_protection: bool | None = field(name="DeletionProtectionEnabled", default=None)

    @property
    def key(self) -> Key:
        """Whose key the table is encrypted with, as all tables are. Raises UnreadableError where that is not told, or
        in a word that is not known.
        """
        if self.encryption is None or self.encryption.status in ("DISABLED", "DISABLING"):
            return AWS_OWNED
        kind = self.encryption.sse_type
        known = AWS_OWNED if kind == "AES256" else Key("unknown", self.encryption.key_arn) if kind == "KMS" else None
        return told(known, f"a type of encryption that is known here, but {kind}")

    @property
    def is_going(self) -> bool:
        """Whether the table is being deleted."""
        return self.status == "DELETING"


class Recovery(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether a table can be restored as it was at any second of the last days."""

    status: str | None = msgspec.field(name="PointInTimeRecoveryStatus", default=None)


class ContinuousBackups(Facet[Table]):
    """Those of a table."""

    source = call("dynamodb", "DescribeContinuousBackups", "ContinuousBackupsDescription", TableName="name")
    recovery: Recovery = field(name="PointInTimeRecoveryDescription", default=Recovery())


class TablePolicy(Facet[Table]):
    """Whom a table lets in besides its account."""

    source = call("dynamodb", "GetResourcePolicy", ResourceArn="arn", absent=["PolicyNotFoundException"])
    policy: Policy


class TableTags(msgspec.Struct, frozen=True):
    """The tags of the tables of a region, by ARN."""

    by_arn: dict[str, tuple[Tag, ...]]

    def of(self, table: Table) -> tuple[Tag, ...]:
        """None are told of a table that has none."""
        return self.by_arn.get(table.arn, ())


@derive
def table_tags(tables: Here[TaggedTable]) -> TableTags:
    """One listing has them all; the tables' own API tells those of one table at a time."""
    return TableTags({each.arn: each.tags for each in tables})


class ScaledTables(msgspec.Struct, frozen=True):
    """Which dimensions of the tables of a region scale with the load, by the table's name."""

    by_name: dict[str, frozenset[str]]

    def missing(self, table: Table) -> list[str]:
        """Which of `read` and `write` do not."""
        scaled = self.by_name.get(table.name, frozenset())
        return [word for word, dimension in DIMENSIONS.items() if dimension not in scaled]


@derive
def scaled_tables(targets: Here[TableTarget]) -> ScaledTables:
    """By what is registered as `table/<name>`, has room above its least capacity, and is not suspended."""
    by_name: dict[str, set[str]] = {}
    for target in targets:
        kind, _, name = target.resource_id.partition("/")
        if kind == "table" and target.scales_out:
            by_name.setdefault(name, set()).add(target.dimension)
    return ScaledTables({name: frozenset(each) for name, each in by_name.items()})


# ------------------------------------------------------------------------- DAX
class Node(msgspec.Struct, frozen=True, rename="pascal"):
    """A node of a cluster."""

    availability_zone: str | None = None


class ClusterEncryption(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether a cluster is encrypted at rest."""

    status: str | None = None


class DaxCluster(Resource, id="name", type="Other", group="database", noun="DAX cluster"):
    """A cache before tables. Where DAX cannot be had, AWS refuses the whole API."""

    source = listing(
        "dax",
        "DescribeClusters",
        "Clusters",
        absent={"InvalidParameterValueException": "access denied to api version"},
        states=States("status", over=["deleting"], not_yet=["creating"]),
    )
    arn: str = field(name="ClusterArn")
    name: str = field(name="ClusterName")
    status: str = ""
    nodes: tuple[Node, ...]
    at_rest: ClusterEncryption = field(name="SSEDescription", default=ClusterEncryption("DISABLED"))
    """Off unless it was asked for when the cluster was made
    (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_dax_SSESpecification.html)."""
    in_transit: str = field(name="ClusterEndpointEncryptionType", default="NONE")
    """Likewise (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html)."""

    @property
    def zones(self) -> list[str]:
        """The zones of its nodes. Raises UnreadableError where AWS left out one."""
        return [told(node.availability_zone, "AvailabilityZone of a node") for node in self.nodes]
