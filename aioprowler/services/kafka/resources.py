"""Clusters of Apache Kafka, provisioned and serverless, and connectors that move records in and out of them."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Facet, Region, Resource, States, call, field, listing
from aioprowler.judging.verdicts import told

PROVISIONED: Final = "PROVISIONED"
SERVERLESS: Final = "SERVERLESS"


# -------------------------------------------------------------------- clusters
class InTransit(msgspec.Struct, frozen=True, rename="pascal"):
    """Which connections are encrypted: `TLS`, `TLS_PLAINTEXT` or `PLAINTEXT` of clients, and those among brokers."""

    client_broker: str | None = None
    in_cluster: bool | None = None


class AtRest(msgspec.Struct, frozen=True, rename="pascal"):
    """The key of the brokers' volumes, which always are encrypted."""

    data_volume_key: str = msgspec.field(name="DataVolumeKMSKeyId", default="")


class Encryption(msgspec.Struct, frozen=True, rename="pascal"):
    """How a cluster is encrypted."""

    encryption_at_rest: AtRest = AtRest()
    encryption_in_transit: InTransit = InTransit()


class Switch(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether something is on; None where AWS does not tell."""

    enabled: bool | None = None


class Sasl(msgspec.Struct, frozen=True, rename="pascal"):
    """Ways in with a user's password, or with IAM."""

    scram: Switch = Switch()
    iam: Switch = Switch()


class MutualTls(msgspec.Struct, frozen=True, rename="pascal"):
    """A way in with a certificate. Before it could be switched, it was on where there were authorities."""

    enabled: bool | None = None
    certificate_authority_arn_list: tuple[str, ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether clients may come in by it."""
        return bool(self.certificate_authority_arn_list) if self.enabled is None else self.enabled


class Authentication(msgspec.Struct, frozen=True, rename="pascal"):
    """How clients say who they are; what a cluster was made without is left out."""

    sasl: Sasl = Sasl()
    tls: MutualTls = MutualTls()
    unauthenticated: Switch = Switch()

    @property
    def ways(self) -> list[str]:
        """Those that are on."""
        found = {
            "IAM": self.sasl.iam.enabled,
            "SASL/SCRAM": self.sasl.scram.enabled,
            "mutual TLS": self.tls.is_on,
        }
        return [name for name, is_on in found.items() if is_on]


class PublicAccess(msgspec.Struct, frozen=True, rename="pascal"):
    """`DISABLED`, or where the public addresses are from. It cannot be on when a cluster is made
    (https://docs.aws.amazon.com/msk/latest/developerguide/public-access.html).
    """

    type: str | None = None


class Connectivity(msgspec.Struct, frozen=True, rename="pascal"):
    """From where the brokers are reached."""

    public_access: PublicAccess = PublicAccess("DISABLED")


class Nodes(msgspec.Struct, frozen=True, rename="pascal"):
    """The machines of a cluster."""

    connectivity_info: Connectivity = Connectivity()


class Software(msgspec.Struct, frozen=True, rename="pascal"):
    """What the brokers run."""

    kafka_version: str | None = None


class Brokers(msgspec.Struct, frozen=True, rename="pascal"):
    """What is set on a provisioned cluster."""

    nodes: Nodes | None = msgspec.field(name="BrokerNodeGroupInfo", default=None)
    software: Software = msgspec.field(name="CurrentBrokerSoftwareInfo", default=Software())
    client_authentication: Authentication | None = None
    encryption_info: Encryption = Encryption()
    enhanced_monitoring: str = "DEFAULT"
    """The free level, unless another is paid for
    (https://docs.aws.amazon.com/msk/latest/developerguide/metrics-details.html)."""

    @property
    def authentication(self) -> Authentication:
        """How clients say who they are. Raises UnreadableError where AWS did not tell."""
        return told(self.client_authentication, "ClientAuthentication of this cluster")


class Cluster(Resource, id="id", type="AwsMskCluster", group="messaging", noun="MSK cluster"):
    """Brokers of Apache Kafka. Of a serverless cluster AWS sees to nearly everything."""

    source = listing("kafka", "ListClustersV2", "ClusterInfoList", states=States("state", over=["DELETING", "FAILED"]))
    arn: str = field(name="ClusterArn")
    cluster_name: str
    cluster_type: str
    state: str = ""
    current_version: str = ""
    """What a change has to name."""
    provisioned: Brokers | None = None

    @property
    def id(self) -> str:
        """The end of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def label(self) -> str:
        """By the name that people gave it."""
        return f"MSK cluster {self.cluster_name}"

    @property
    def brokers(self) -> Brokers | None:
        """What is set on it; None of a serverless cluster. Raises UnreadableError of one of a type that is not known,
        or of which AWS did not tell.
        """
        known = self.cluster_type if self.cluster_type in (PROVISIONED, SERVERLESS) else None
        kind = told(known, f"a type of cluster that is known here, but {self.cluster_type}")
        return None if kind == SERVERLESS else told(self.provisioned, "Provisioned of this cluster")

    @property
    def key_id(self) -> str:
        """The key of its volumes; nothing where AWS names none."""
        return self.provisioned.encryption_info.encryption_at_rest.data_volume_key if self.provisioned else ""


def has_key_here(cluster: Cluster) -> bool:
    """Whether the key of its volumes may be AWS's: one of another account is not."""
    return cluster.key_id.split(":")[4:5] == [cluster.account.id]


class VolumeKey(Facet[Cluster]):
    """Who manages the key of a cluster's volumes; several clusters may have the same one."""

    source = call(
        "kms",
        "DescribeKey",
        "KeyMetadata",
        KeyId="key_id",
        absent=["NotFoundException"],
        when=has_key_here,
        shared=True,
    )
    key_id: str
    key_manager: str


class KafkaVersion(msgspec.Struct, frozen=True, rename="pascal"):
    """A version of Apache Kafka, `ACTIVE` or `DEPRECATED`."""

    version: str
    status: str | None = None


class KafkaVersions(Facet[Region]):
    """The versions of Apache Kafka that MSK has."""

    source = call("kafka", "ListKafkaVersions", pages=True)
    versions: tuple[KafkaVersion, ...] = field(name="KafkaVersions")

    @property
    def active(self) -> list[str]:
        """Those that are not on their way out."""
        return [each.version for each in self.versions if told(each.status, "Status of a version") != "DEPRECATED"]


# ------------------------------------------------------------------ connectors
class ConnectorEncryption(msgspec.Struct, frozen=True, rename="camel"):
    """How a connector speaks to the brokers: `TLS` or `PLAINTEXT`."""

    encryption_type: str | None = None


class Connector(Resource, id="name", type="Other", group="messaging", noun="MSK connector", rename="camel"):
    """Moves records into a cluster, or out of it."""

    source = listing("kafkaconnect", "ListConnectors", "connectors", states=States("state", over=["DELETING"]))
    arn: str = field(name="connectorArn")
    name: str = field(name="connectorName")
    state: str = field(name="connectorState", default="")
    encryption: ConnectorEncryption = field(name="kafkaClusterEncryptionInTransit", default=ConnectorEncryption())
