"""Brokers, and streams of records, encrypted and logged and not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, Clients
from benchmarks.parity_moto import ago, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT
from benchmarks.parity_seeds.keys import change
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

Structure = dict[str, Any]


def _arn(clients: Clients, service: str, resource: str) -> str:
    return f"arn:aws:{service}:{HOME_REGION}:{clients.account_id}:{resource}"


# --- Amazon MQ ---

_BROKERS: Final[Mapping[str, Structure]] = {
    "active-good": {"DeploymentMode": "ACTIVE_STANDBY_MULTI_AZ", "Logs": {"General": True, "Audit": True}},
    "active-bad": {"PubliclyAccessible": True, "AutoMinorVersionUpgrade": False, "Logs": {"General": False}},
    "active-half": {"Logs": {"General": True, "Audit": False}},
    "rabbit-good": {"EngineType": "RabbitMQ", "DeploymentMode": "CLUSTER_MULTI_AZ", "Logs": {"General": True}},
    "rabbit-bad": {"EngineType": "RabbitMQ", "Logs": {"General": False}},
    "capitals": {"EngineType": "ACTIVEMQ", "Logs": {"General": True, "Audit": True}},
    "going": {"BrokerState": "DELETION_IN_PROGRESS", "Logs": {"General": False}},
    "failed": {"BrokerState": "CREATION_FAILED", "Logs": {"General": False}},
}


def brokers(clients: Clients) -> None:
    """Tell of brokers of both engines."""
    told = {f"b-{name}": _broker(clients, name, facts) for name, facts in _BROKERS.items()}
    in_list = ("BrokerArn", "BrokerId", "BrokerName", "BrokerState", "DeploymentMode", "EngineType")
    for region in REGIONS:
        tell(clients, "mq", "ListBrokers", {"BrokerSummaries": []}, region)
    listed = [{name: each[name] for name in in_list} for each in told.values()]
    tell(clients, "mq", "ListBrokers", {"BrokerSummaries": listed})
    tell(clients, "mq", "DescribeBroker", lambda asked: told[asked["BrokerId"]])


def _broker(clients: Clients, name: str, facts: Structure) -> Structure:
    usual = {
        "BrokerState": "RUNNING",
        "DeploymentMode": "SINGLE_INSTANCE",
        "EngineType": "ActiveMQ",
        "AutoMinorVersionUpgrade": True,
        "PubliclyAccessible": False,
        "Tags": {},
    }
    arn = _arn(clients, "mq", f"broker:{name}:b-{name}")
    return {"BrokerArn": arn, "BrokerId": f"b-{name}", "BrokerName": name, **usual, **facts}


# --- Kinesis ---

_STREAMS: Final[Mapping[str, Structure]] = {
    "plain": {"EncryptionType": "NONE"},
    "silent": {},
    "encrypted": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
    "week": {"RetentionPeriodHours": 168},
    "nearly": {"RetentionPeriodHours": 167},
    "coming": {"StreamStatus": "CREATING"},
    "going": {"StreamStatus": "DELETING"},
}


def data_streams(clients: Clients) -> None:
    """Tell of data streams."""
    told = {name: _stream(clients, name, facts) for name, facts in _STREAMS.items()}
    for region in REGIONS:
        tell(clients, "kinesis", "ListStreams", _listed([]), region)
    tell(clients, "kinesis", "ListStreams", _listed(list(told.values())))
    tell(clients, "kinesis", "ListTagsForStream", {"Tags": [], "HasMoreTags": False})

    def named(asked: Mapping[str, Any]) -> Structure:
        name = asked.get("StreamName") or asked["StreamARN"].rpartition("/")[2]
        if name not in told:
            raise AwsError("ResourceNotFoundException", "There is no such stream.", 400)
        return told[name]

    shards = {"Shards": [], "HasMoreShards": False}
    tell(clients, "kinesis", "DescribeStream", lambda asked: {"StreamDescription": {**named(asked), **shards}})
    tell(clients, "kinesis", "DescribeStreamSummary", lambda asked: {"StreamDescriptionSummary": named(asked)})


def _stream(clients: Clients, name: str, facts: Structure) -> Structure:
    usual = {
        "StreamStatus": "ACTIVE",
        "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": ago(9),
        "EnhancedMonitoring": [],
        "OpenShardCount": 1,
    }
    return {"StreamName": name, "StreamARN": _arn(clients, "kinesis", f"stream/{name}"), **usual, **facts}


def _listed(streams: list[Structure]) -> Structure:
    summaries = [{name: each[name] for name in ("StreamName", "StreamARN", "StreamStatus")} for each in streams]
    return {
        "StreamNames": [each["StreamName"] for each in streams],
        "HasMoreStreams": False,
        "StreamSummaries": summaries,
    }


# --- Firehose ---


def delivery_streams(clients: Clients) -> None:
    """Tell of delivery streams, by what they read and by whether they encrypt."""
    states = ("ENABLED", "DISABLED", "ENABLING", "ENABLING_FAILED", "DISABLING", "DISABLING_FAILED")
    facts: dict[str, Structure] = {
        state.lower().replace("_", "-"): {"DeliveryStreamEncryptionConfiguration": {"Status": state}}
        for state in states
    }
    facts["silent"] = {}
    for name in ("plain", "encrypted", "missing"):
        facts[f"of-{name}"] = {
            "DeliveryStreamType": "KinesisStreamAsSource",
            "Source": {
                "KinesisStreamSourceDescription": {"KinesisStreamARN": _arn(clients, "kinesis", f"stream/{name}")}
            },
        }
    for name in ("loose", "gone"):
        facts[f"of-{name}-cluster"] = {
            "DeliveryStreamType": "MSKAsSource",
            "Source": {"MSKSourceDescription": {"MSKClusterARN": _arn(clients, "kafka", f"cluster/{name}/{name}")}},
        }
    facts["failed"] = {"DeliveryStreamStatus": "CREATING_FAILED"}

    def describe(asked: Mapping[str, Any]) -> Structure:
        name = asked["DeliveryStreamName"]
        return {"DeliveryStreamDescription": {**_delivery(clients, name), **facts[name]}}

    for region in REGIONS:
        nothing = {"DeliveryStreamNames": [], "HasMoreDeliveryStreams": False}
        tell(clients, "firehose", "ListDeliveryStreams", nothing, region)
    tell(
        clients,
        "firehose",
        "ListDeliveryStreams",
        {"DeliveryStreamNames": list(facts), "HasMoreDeliveryStreams": False},
    )
    tell(clients, "firehose", "ListTagsForDeliveryStream", {"Tags": [], "HasMoreTags": False})
    tell(clients, "firehose", "DescribeDeliveryStream", describe)


def _delivery(clients: Clients, name: str) -> Structure:
    return {
        "DeliveryStreamName": name,
        "DeliveryStreamARN": _arn(clients, "firehose", f"deliverystream/{name}"),
        "DeliveryStreamStatus": "ACTIVE",
        "DeliveryStreamType": "DirectPut",
        "VersionId": "1",
        "Destinations": [],
        "HasMoreDestinations": False,
    }


# --- MSK ---

ELSEWHERE: Final = f"arn:aws:kms:{HOME_REGION}:{OTHER_ACCOUNT}:key/0a1b2c3d-0000-4000-8000-000000000000"


def clusters(clients: Clients) -> None:
    """Tell of clusters and connectors. Of their keys AWS manages one."""
    kms = clients("kms")
    own = kms.create_key()["KeyMetadata"]["Arn"]
    managed = kms.create_key()["KeyMetadata"]["Arn"]
    change(clients, managed.rpartition("/")[2], key_manager="AWS")
    on, off = {"Enabled": True}, {"Enabled": False}
    facts: dict[str, Structure] = {
        "strict": _provisioned(own),
        "loose": _provisioned(
            managed,
            encryption={"ClientBroker": "PLAINTEXT", "InCluster": False},
            authentication={"Unauthenticated": on},
            version="2.8.1",
            monitoring="DEFAULT",
            public="SERVICE_PROVIDED_EIPS",
        ),
        "half": _provisioned(
            managed,
            encryption={"ClientBroker": "TLS_PLAINTEXT", "InCluster": True},
            authentication={"Sasl": {"Iam": on}, "Tls": off, "Unauthenticated": off},
            version="3.10.x",
            monitoring="PER_TOPIC_PER_PARTITION",
        ),
        "older": _provisioned(
            ELSEWHERE,
            encryption={"ClientBroker": "TLS_PLAINTEXT", "InCluster": True},
            authentication={"Tls": {"CertificateAuthorityArnList": ["arn"], "Enabled": True}},
            version="3.9.x.kraft",
        ),
        "silent": _provisioned(own, public=None),
        "going": _provisioned(managed),
    }
    listed = [
        _cluster(clients, name, "PROVISIONED", Provisioned=told, State="DELETING" if name == "going" else "ACTIVE")
        for name, told in facts.items()
    ]
    iam = {"Sasl": {"Iam": on}}
    serverless = {"VpcConfigs": [{"SubnetIds": ["subnet-1"]}], "ClientAuthentication": iam}
    listed.append(_cluster(clients, "serverless", "SERVERLESS", Serverless=serverless, State="ACTIVE"))
    words = {"2.8.1": "DEPRECATED", "3.9.x": "ACTIVE", "3.10.x": "ACTIVE", "3.10.x.kraft": "ACTIVE"}
    versions = [{"Version": version, "Status": status} for version, status in words.items()]
    for region in REGIONS:
        tell(clients, "kafka", "ListClustersV2", {"ClusterInfoList": []}, region)
        tell(clients, "kafka", "ListKafkaVersions", {"KafkaVersions": versions}, region)
        tell(clients, "kafkaconnect", "ListConnectors", {"connectors": []}, region)
    tell(clients, "kafka", "ListClustersV2", {"ClusterInfoList": listed})
    connectors = [_connector(clients, name) for name in ("tls", "plaintext", "going")]
    tell(clients, "kafkaconnect", "ListConnectors", {"connectors": connectors})


def _cluster(clients: Clients, name: str, kind: str, **more: Any) -> Structure:
    arn = _arn(clients, "kafka", f"cluster/{name}/{name}")
    return {"ClusterArn": arn, "ClusterName": name, "ClusterType": kind, **more}


def _provisioned(
    key: str,
    *,
    encryption: Structure | None = None,
    authentication: Structure | None = None,
    version: str = "3.10.x.kraft",
    monitoring: str = "PER_BROKER",
    public: str | None = "DISABLED",
) -> Structure:
    tls = {"Tls": {"Enabled": True}, "Unauthenticated": {"Enabled": False}}
    nodes: Structure = {"ClientSubnets": ["subnet-1"], "InstanceType": "kafka.m7g.large"}
    return {
        "BrokerNodeGroupInfo": {
            **nodes,
            **({"ConnectivityInfo": {"PublicAccess": {"Type": public}}} if public else {}),
        },
        "NumberOfBrokerNodes": 3,
        "CurrentBrokerSoftwareInfo": {"KafkaVersion": version},
        "ClientAuthentication": authentication or tls,
        "EncryptionInfo": {
            "EncryptionAtRest": {"DataVolumeKMSKeyId": key},
            "EncryptionInTransit": encryption or {"ClientBroker": "TLS", "InCluster": True},
        },
        "EnhancedMonitoring": monitoring,
    }


def _connector(clients: Clients, name: str) -> Structure:
    return {
        "connectorArn": _arn(clients, "kafkaconnect", f"connector/{name}/{name}"),
        "connectorName": name,
        "connectorState": "DELETING" if name == "going" else "RUNNING",
        "kafkaClusterEncryptionInTransit": {"encryptionType": "TLS" if name == "tls" else "PLAINTEXT"},
    }


def seed(clients: Clients) -> None:
    """Fill an account with all of it."""
    clusters(clients)
    brokers(clients)
    data_streams(clients)
    delivery_streams(clients)


STATES: Final = (State("streams", "500000001571", seed, services=("firehose", "kafka", "kinesis", "mq")),)
