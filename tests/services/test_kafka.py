from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.kafka.checks import (
    kafka_cluster_encryption_at_rest_uses_cmk,
    kafka_cluster_enhanced_monitoring_enabled,
    kafka_cluster_in_transit_encryption_enabled,
    kafka_cluster_is_public,
    kafka_cluster_mutual_tls_authentication_enabled,
    kafka_cluster_unrestricted_access_disabled,
    kafka_cluster_uses_latest_version,
    kafka_connector_in_transit_encryption_enabled,
)
from aioprowler.services.kafka.resources import (
    AtRest,
    Authentication,
    Brokers,
    Cluster,
    Connectivity,
    Connector,
    ConnectorEncryption,
    Encryption,
    InTransit,
    KafkaVersion,
    KafkaVersions,
    MutualTls,
    Nodes,
    PublicAccess,
    Sasl,
    Software,
    Switch,
    VolumeKey,
    has_key_here,
)
from tests.worlds.world import World, findings_of

HOME = "us-east-1"
ARN = "arn:aws:kafka:us-east-1:123456789012:cluster/orders/0a1b2c3d-0000-4000-8000-000000000000-1"
KEY = "arn:aws:kms:us-east-1:123456789012:key/k"
ELSEWHERE = "arn:aws:kms:us-east-1:999999999999:key/k"
ON, OFF = Switch(True), Switch(False)
CLUSTER_CHECKS = (
    kafka_cluster_enhanced_monitoring_enabled,
    kafka_cluster_in_transit_encryption_enabled,
    kafka_cluster_is_public,
    kafka_cluster_mutual_tls_authentication_enabled,
    kafka_cluster_unrestricted_access_disabled,
)


def cluster(kind: str = "PROVISIONED", provisioned: Brokers | None = None) -> Cluster:
    account = Account(id="123456789012")
    return Cluster(arn=ARN, cluster_name="orders", cluster_type=kind, provisioned=provisioned, account=account)


def with_key(key: str) -> Cluster:
    return cluster(provisioned=Brokers(encryption_info=Encryption(encryption_at_rest=AtRest(key))))


def connecting(client_broker: str | None, in_cluster: bool | None = True, **more: Any) -> Cluster:
    transit = InTransit(client_broker, in_cluster)
    return cluster(provisioned=Brokers(encryption_info=Encryption(encryption_in_transit=transit), **more))


SERVERLESS = cluster("SERVERLESS")
VERSIONS = KafkaVersions(
    versions=tuple(
        KafkaVersion(version, "DEPRECATED" if version.startswith("2") else "ACTIVE")
        for version in ("3.10.x", "2.8.1", "3.9.x", "3.10.x.kraft", "2.99.0")
    )
)


def test_a_cluster_is_called_by_its_name_and_known_by_its_arn() -> None:
    assert cluster().label == "MSK cluster orders"
    assert cluster().id == "0a1b2c3d-0000-4000-8000-000000000000-1"


@pytest.mark.parametrize("check", CLUSTER_CHECKS)
def test_serverless_clusters_pass(check: Any) -> None:
    assert isinstance(check(SERVERLESS), Pass)


def test_serverless_clusters_have_neither_key_nor_version() -> None:
    assert isinstance(kafka_cluster_encryption_at_rest_uses_cmk(SERVERLESS, None), Pass)
    assert isinstance(kafka_cluster_uses_latest_version(SERVERLESS, VERSIONS), Pass)


@pytest.mark.parametrize("check", CLUSTER_CHECKS)
@pytest.mark.parametrize("kind", ["PROVISIONED", "BOUNDLESS"])
def test_what_is_not_told_is_not_made_up(check: Any, kind: str) -> None:
    with pytest.raises(UnreadableError):
        check(cluster(kind))


@pytest.mark.parametrize(
    ("key", "manager", "verdict"),
    [
        (KEY, "CUSTOMER", Pass),
        (KEY, "AWS", Fail),
        (KEY, "SOMEBODY", Manual),
        (KEY, None, Manual),
        (ELSEWHERE, None, Pass),
    ],
)
def test_the_key_of_volumes(key: str, manager: str | None, verdict: type) -> None:
    told = VolumeKey(key_id="k", key_manager=manager) if manager else None
    assert isinstance(kafka_cluster_encryption_at_rest_uses_cmk(with_key(key), told), verdict)
    assert has_key_here(with_key(key)) is (key == KEY)


def test_a_key_that_is_not_told_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="the key"):
        kafka_cluster_encryption_at_rest_uses_cmk(with_key(""), None)


@pytest.mark.parametrize(
    ("level", "verdict"), [("DEFAULT", Fail), ("PER_BROKER", Pass), ("PER_TOPIC_PER_PARTITION", Pass), ("ALL", Manual)]
)
def test_monitoring(level: str, verdict: type) -> None:
    found = kafka_cluster_enhanced_monitoring_enabled(cluster(provisioned=Brokers(enhanced_monitoring=level)))
    assert isinstance(found, verdict)


@pytest.mark.parametrize(
    ("client_broker", "in_cluster", "verdict"),
    [
        ("TLS", True, Pass),
        ("TLS", False, Fail),
        ("TLS_PLAINTEXT", True, Fail),
        ("PLAINTEXT", True, Fail),
        ("QUANTUM", True, Manual),
        ("QUANTUM", False, Fail),
    ],
)
def test_connections(client_broker: str, in_cluster: bool, verdict: type) -> None:
    assert isinstance(kafka_cluster_in_transit_encryption_enabled(connecting(client_broker, in_cluster)), verdict)


@pytest.mark.parametrize(("client_broker", "in_cluster"), [(None, True), ("TLS", None)])
def test_encryption_that_is_not_told_is_not_made_up(client_broker: str | None, in_cluster: bool | None) -> None:
    with pytest.raises(UnreadableError):
        kafka_cluster_in_transit_encryption_enabled(connecting(client_broker, in_cluster))


@pytest.mark.parametrize(
    ("nodes", "verdict"),
    [
        (Nodes(), Pass),
        (Nodes(Connectivity(PublicAccess("DISABLED"))), Pass),
        (Nodes(Connectivity(PublicAccess("SERVICE_PROVIDED_EIPS"))), Fail),
        (Nodes(Connectivity(PublicAccess("OWN_EIPS"))), Manual),
    ],
)
def test_public_access(nodes: Nodes, verdict: type) -> None:
    assert isinstance(kafka_cluster_is_public(cluster(provisioned=Brokers(nodes=nodes))), verdict)


@pytest.mark.parametrize(
    ("tls", "verdict"),
    [
        (MutualTls(True), Pass),
        (MutualTls(False, ("arn",)), Fail),
        (MutualTls(None, ("arn",)), Pass),
        (MutualTls(), Fail),
    ],
)
def test_mutual_tls(tls: MutualTls, verdict: type) -> None:
    brokers = Brokers(client_authentication=Authentication(tls=tls))
    assert isinstance(kafka_cluster_mutual_tls_authentication_enabled(cluster(provisioned=brokers)), verdict)


@pytest.mark.parametrize(
    ("client_broker", "authentication", "verdict"),
    [
        ("TLS", Authentication(unauthenticated=ON, tls=MutualTls(True)), Fail),
        ("TLS", Authentication(unauthenticated=OFF), Pass),
        ("TLS", Authentication(sasl=Sasl(scram=ON)), Pass),
        ("TLS", Authentication(), Fail),
        ("TLS_PLAINTEXT", Authentication(tls=MutualTls(True)), Fail),
        ("TLS_PLAINTEXT", Authentication(unauthenticated=OFF, sasl=Sasl(iam=ON)), Pass),
    ],
)
def test_access_without_authentication(client_broker: str, authentication: Authentication, verdict: type) -> None:
    found = kafka_cluster_unrestricted_access_disabled(connecting(client_broker, client_authentication=authentication))
    assert isinstance(found, verdict)


def test_the_ways_in_are_named() -> None:
    authentication = Authentication(sasl=Sasl(iam=ON), tls=MutualTls(True), unauthenticated=OFF)
    found = kafka_cluster_unrestricted_access_disabled(connecting("TLS", client_authentication=authentication))
    assert found.detail == "MSK cluster orders lets no client in without authentication (IAM, mutual TLS)."


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ("3.10.x", Pass),
        ("3.10.x.kraft", Pass),
        ("3.9.x", Fail),
        ("2.99.0", Fail),
        ("4.0.x.kraft", Pass),
        ("next", Manual),
    ],
)
def test_versions(version: str, verdict: type) -> None:
    running = cluster(provisioned=Brokers(software=Software(version)))
    assert isinstance(kafka_cluster_uses_latest_version(running, VERSIONS), verdict)


def test_a_version_that_cannot_be_compared_may_be_the_latest() -> None:
    running = cluster(provisioned=Brokers(software=Software("3.10.x")))
    versions = KafkaVersions(versions=(KafkaVersion("3.10.x", "ACTIVE"), KafkaVersion("next", "ACTIVE")))
    assert isinstance(kafka_cluster_uses_latest_version(running, versions), Manual)


@pytest.mark.parametrize("versions", [(), (KafkaVersion("3.10.x", "DEPRECATED"),), (KafkaVersion("3.10.x"),)])
def test_without_an_active_version_nothing_is_the_latest(versions: tuple[KafkaVersion, ...]) -> None:
    running = cluster(provisioned=Brokers(software=Software("3.10.x")))
    with pytest.raises(UnreadableError):
        kafka_cluster_uses_latest_version(running, KafkaVersions(versions=versions))


@pytest.mark.parametrize(("kind", "verdict"), [("TLS", Pass), ("PLAINTEXT", Fail), ("QUANTUM", Manual)])
def test_connectors(kind: str, verdict: type) -> None:
    connector = Connector(arn="arn", name="orders", encryption=ConnectorEncryption(kind))
    assert isinstance(kafka_connector_in_transit_encryption_enabled(connector), verdict)


def test_the_key_is_asked_for_once_and_only_in_its_account() -> None:
    clusters = [
        {
            "ClusterArn": f"{ARN}-{number}",
            "ClusterName": f"orders-{number}",
            "ClusterType": "PROVISIONED",
            "State": "DELETING" if number == 3 else "ACTIVE",
            "Provisioned": {"EncryptionInfo": {"EncryptionAtRest": {"DataVolumeKMSKeyId": key}}},
        }
        for number, key in enumerate((KEY, KEY, ELSEWHERE, KEY))
    ]
    world = World(
        {
            ("kafka:ListClustersV2", HOME): {"ClusterInfoList": clusters},
            "kms:DescribeKey": {"KeyMetadata": {"KeyId": "k", "KeyManager": "AWS"}},
        }
    )
    found = findings_of(world, "kafka_cluster_encryption_at_rest_uses_cmk")
    assert sorted(each.status for each in found) == ["FAIL", "FAIL", "PASS"]
    assert world.calls["kms:DescribeKey"] == 1
