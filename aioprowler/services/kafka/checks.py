"""How clusters of Apache Kafka and their connectors are judged."""

from __future__ import annotations

import re
from typing import Final

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.encryption import encrypted_with_own_key, named_key
from aioprowler.judging.exposure import not_public
from aioprowler.judging.tls import refuses_plain_text
from aioprowler.judging.verdicts import has, is_set_to, pass_if, told, unknown, worst
from aioprowler.judging.versions import at_least, numbers
from aioprowler.services.kafka.resources import Cluster, Connector, KafkaVersions, VolumeKey

MONITORED: Final = ("PER_BROKER", "PER_TOPIC_PER_BROKER", "PER_TOPIC_PER_PARTITION")
_RELEASE: Final = re.compile(r"\d+(?:\.\d+)*")


@check(
    fails="MSK cluster is not encrypted with a key of the account's own", severity="medium", categories=["encryption"]
)
def kafka_cluster_encryption_at_rest_uses_cmk(cluster: Cluster, key: VolumeKey | None) -> Verdict:
    """MSK clusters are encrypted at rest with customer managed keys.

    Whose key it is, AWS KMS says, not the name of the key; a key of another account is customer managed. Serverless
    clusters pass: AWS encrypts them with its own key, and lets nobody choose another.

    ## Risk
    With AWS's key, nobody in the account decides who may decrypt the records, or can take that away from all at once.

    ## Remediation
    The key of a cluster stays as it was made. Create a cluster with a key of your own, and move the topics to it: `aws
    kafka create-cluster-v2 --region <region> --cluster-name <your-cluster-name> --provisioned file://<your-cluster>`
    with `EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId`.

    ## References
    https://docs.aws.amazon.com/msk/latest/developerguide/msk-encryption.html
    https://docs.aws.amazon.com/msk/latest/developerguide/msk-working-with-encryption.html
    """
    if cluster.brokers is None:
        return Pass(f"{cluster.label} is serverless, and always encrypted at rest.")
    managers = {key.key_id: key.key_manager} if key else {}
    named = told(cluster.key_id or None, "the key of this cluster")
    return encrypted_with_own_key(cluster.label, named_key(named, cluster.account.id, managers))


@check(fails="MSK cluster has no enhanced monitoring", severity="medium", categories=["logging"])
def kafka_cluster_enhanced_monitoring_enabled(cluster: Cluster) -> Verdict:
    """MSK clusters have enhanced monitoring.

    Any level above the default will do: by broker, by topic or by partition. Serverless clusters pass, whose metrics
    AWS always keeps by topic.

    ## Risk
    A broker that is flooded, or a topic that somebody empties, is not seen among the sums of the cluster.

    ## Remediation
    Raise the level, which costs money: `aws kafka update-monitoring --region <region> --cluster-arn <arn>
    --current-version <current-version> --enhanced-monitoring PER_TOPIC_PER_BROKER`.

    ## References
    https://docs.aws.amazon.com/msk/latest/developerguide/metrics-details.html
    """
    if (brokers := cluster.brokers) is None:
        return Pass(f"{cluster.label} is serverless, and always monitored by topic.")
    level = brokers.enhanced_monitoring
    return is_set_to(cluster.label, "the level of monitoring", level, good=MONITORED, bad=["DEFAULT"])


@check(fails="MSK cluster does not encrypt all connections", severity="high", categories=["encryption"])
def kafka_cluster_in_transit_encryption_enabled(cluster: Cluster) -> Verdict:
    """MSK clusters encrypt all connections.

    Those of clients, which have no other way in than TLS, and those among the brokers. Serverless clusters pass: they
    have nothing else.

    ## Risk
    Records, and passwords of clients, cross the network in the clear.

    ## Remediation
    Shut the way in without TLS: `aws kafka update-security --region <region> --cluster-arn <arn> --current-version
    <current-version> --encryption-info '{"EncryptionInTransit":{"ClientBroker":"TLS"}}'`. Whether brokers
    encrypt among themselves stays as the cluster was made.

    ## References
    https://docs.aws.amazon.com/msk/latest/developerguide/msk-encryption.html
    https://docs.aws.amazon.com/msk/latest/developerguide/msk-working-with-encryption.html
    """
    if (brokers := cluster.brokers) is None:
        return Pass(f"{cluster.label} is serverless, and always encrypts connections.")
    encryption = brokers.encryption_info.encryption_in_transit
    among = pass_if(
        told(encryption.in_cluster, "InCluster of this cluster"),
        f"{cluster.label} encrypts among its brokers.",
        f"{cluster.label} does not encrypt among its brokers.",
    )
    return worst([_refuses(cluster.label, told(encryption.client_broker, "ClientBroker of this cluster")), among])


def _refuses(label: str, encryption: str) -> Verdict:
    """Whether what clients may speak is TLS alone."""
    if encryption not in ("TLS", "TLS_PLAINTEXT", "PLAINTEXT"):
        return unknown(label, "the encryption of connections", encryption)
    return refuses_plain_text(label, encryption == "TLS")


@check(fails="MSK cluster is public", severity="critical", categories=["internet-exposed"])
def kafka_cluster_is_public(cluster: Cluster) -> Verdict:
    """MSK clusters are not reachable from the internet.

    Public access is off unless it was turned on after the cluster was made. Serverless clusters pass: they are in their
    VPCs alone.

    ## Risk
    Only a password or a certificate stands between strangers and the records of all topics.

    ## Remediation
    Turn it off: `aws kafka update-connectivity --region <region> --cluster-arn <arn> --current-version
    <current-version> --connectivity-info '{"PublicAccess":{"Type":"DISABLED"}}'`.

    ## References
    https://docs.aws.amazon.com/msk/latest/developerguide/public-access.html
    """
    if (brokers := cluster.brokers) is None:
        return Pass(f"{cluster.label} is serverless, and always private.")
    nodes = told(brokers.nodes, "BrokerNodeGroupInfo of this cluster")
    kind = told(nodes.connectivity_info.public_access.type, "PublicAccess of this cluster")
    if kind not in ("DISABLED", "SERVICE_PROVIDED_EIPS"):
        return unknown(cluster.label, "public access", kind)
    return not_public(cluster.label, kind != "DISABLED")


@check(fails="MSK cluster does not authenticate clients by their certificates", severity="high",
       categories=["encryption"])  # fmt: skip
def kafka_cluster_mutual_tls_authentication_enabled(cluster: Cluster) -> Verdict:
    """MSK clusters authenticate clients by their certificates.

    With mutual TLS, whatever other ways in there are. Serverless clusters pass, which know clients by IAM alone, over
    TLS.

    ## Risk
    A client is known by what it knows, which can be copied and guessed, or not at all.

    ## Remediation
    Name the certificate authorities whose clients may come in: `aws kafka update-security --region <region>
    --cluster-arn <arn> --current-version <current-version> --client-authentication
    '{"Tls":{"CertificateAuthorityArnList":["<your-certificate-authority-arn>"],"Enabled":true}}'`.

    ## References
    https://docs.aws.amazon.com/msk/latest/developerguide/msk-authentication.html
    """
    if (brokers := cluster.brokers) is None:
        return Pass(f"{cluster.label} is serverless, and always authenticates clients, by IAM over TLS.")
    return has(cluster.label, "mutual TLS", brokers.authentication.tls.is_on)


@check(fails="MSK cluster lets clients in without authentication", severity="critical", categories=["identity-access"])
def kafka_cluster_unrestricted_access_disabled(cluster: Cluster) -> Verdict:
    """MSK clusters let nobody in without authentication.

    Clusters that are older than the setting do not tell it: they let in whoever comes where clients may do without TLS,
    or where no way of authentication is on. Serverless clusters pass, which always ask for IAM.

    ## Risk
    Whoever reaches the brokers over the network reads, writes and deletes the records of all topics.

    ## Remediation
    Turn another way in on, move the clients to it, and shut this one: `aws kafka update-security --region <region>
    --cluster-arn <arn> --current-version <current-version> --client-authentication
    '{"Sasl":{"Iam":{"Enabled":true}},"Unauthenticated":{"Enabled":false}}'`.

    ## References
    https://docs.aws.amazon.com/msk/latest/developerguide/msk-authentication.html
    https://docs.aws.amazon.com/msk/latest/developerguide/msk-update-security.html
    """
    if (brokers := cluster.brokers) is None:
        return Pass(f"{cluster.label} is serverless, and always authenticates clients.")
    authentication = brokers.authentication
    ways = ", ".join(authentication.ways)
    if authentication.unauthenticated.enabled is not None:
        is_open = authentication.unauthenticated.enabled
    else:
        encryption = brokers.encryption_info.encryption_in_transit.client_broker
        is_open = not ways or told(encryption, "ClientBroker of this cluster") != "TLS"
    if is_open:
        return Fail(f"{cluster.label} lets clients in without authentication.")
    return Pass(f"{cluster.label} lets no client in without authentication{f' ({ways})' if ways else ''}.")


@check(fails="MSK cluster does not run the latest version of Kafka", severity="medium", categories=["vulnerabilities"])
def kafka_cluster_uses_latest_version(cluster: Cluster, versions: KafkaVersions) -> Verdict:
    """MSK clusters run the latest version of Apache Kafka.

    Of those that MSK has in the region, but for deprecated ones. Whether a cluster keeps its metadata in ZooKeeper or
    by KRaft makes no difference: that stays as it was made. Serverless clusters pass, whose version AWS looks after.

    ## Risk
    Faults that are mended in later versions stay open, and a version whose support ends is upgraded by AWS when it
    suits AWS.

    ## Remediation
    Try it with a copy first, then: `aws kafka update-cluster-kafka-version --region <region> --cluster-arn <arn>
    --current-version <current-version> --target-kafka-version <your-kafka-version>`. A cluster with ZooKeeper goes
    up to 3.9 and no further: from there its topics move to a new one with KRaft.

    ## References
    https://docs.aws.amazon.com/msk/latest/developerguide/version-upgrades.html
    https://docs.aws.amazon.com/msk/latest/developerguide/supported-kafka-versions.html
    """
    if (brokers := cluster.brokers) is None:
        return Pass(f"{cluster.label} is serverless: AWS looks after its version of Apache Kafka.")
    running = told(brokers.software.kafka_version, "KafkaVersion of this cluster")
    return at_least(cluster.label, "Apache Kafka", _release(running), _latest(versions))


def _release(version: str) -> str:
    """`3.7.x.kraft` -> `3.7`, the same as is without numbers."""
    found = _RELEASE.match(version)
    return found[0] if found else version


def _latest(versions: KafkaVersions) -> str:
    """The highest of the active versions; one that cannot be compared, where there is one."""
    releases = [_release(each) for each in versions.active]
    told(releases or None, "any version of Apache Kafka that is not deprecated")
    return max(releases, key=lambda each: (numbers(each) is None, numbers(each) or ()))


@check(fails="MSK connector does not speak TLS to its cluster", severity="high", categories=["encryption"])
def kafka_connector_in_transit_encryption_enabled(connector: Connector) -> Verdict:
    """MSK connectors speak TLS to their clusters.

    A connector that failed is judged as well, one that is being deleted is not.

    ## Risk
    All records that the connector moves cross the network in the clear.

    ## Remediation
    How a connector speaks stays as it was made. Create another one with TLS, and delete this one: `aws kafkaconnect
    create-connector --region <region> --cli-input-json file://<your-connector>` with
    `kafkaClusterEncryptionInTransit.encryptionType`.

    ## References
    https://docs.aws.amazon.com/msk/latest/developerguide/msk-connect-connectors.html
    """
    kind = told(connector.encryption.encryption_type, "the encryption of this connector")
    return is_set_to(connector.label, "encryption in transit", kind, good=["TLS"], bad=["PLAINTEXT"])
