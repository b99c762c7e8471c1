from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.judging.ports import IpRange, Rule
from aioprowler.services.dms.checks import (
    ALWAYS_TLS,
    dms_endpoint_mongodb_authentication_enabled,
    dms_endpoint_neptune_iam_authorization_enabled,
    dms_endpoint_redis_in_transit_encryption_enabled,
    dms_endpoint_ssl_enabled,
    dms_instance_minor_version_upgrade_enabled,
    dms_instance_multi_az_enabled,
    dms_instance_no_public_access,
    dms_replication_task_source_logging_enabled,
    dms_replication_task_target_logging_enabled,
)
from aioprowler.services.dms.resources import (
    Endpoint,
    Kafka,
    MongoDb,
    Neptune,
    OpenSearch,
    Redis,
    ReplicationInstance,
    ReplicationTask,
    SubnetGroup,
    SubnetMembership,
    TaskSettings,
)
from aioprowler.services.vpc.resources import GroupMembership
from tests.services.made import made
from tests.services.networks import network, to_anyone

Nothing = type(None)


def endpoint(engine: str = "postgres", **facts: Any) -> Endpoint:
    return made(Endpoint, name="orders", engine_name=engine, **facts)


# --- Endpoints ---


@pytest.mark.parametrize(
    ("engine", "kind", "verdict"),
    [
        ("mongodb", "password", Pass),
        ("mongodb", "no", Fail),
        ("mongodb", "certificate", Manual),
        ("postgres", "no", Nothing),
    ],
)
def test_mongodb(engine: str, kind: str, verdict: type) -> None:
    asked = endpoint(engine, mongo_db=MongoDb(kind))
    assert isinstance(dms_endpoint_mongodb_authentication_enabled(asked), verdict)


def test_mongodb_where_aws_does_not_tell() -> None:
    with pytest.raises(UnreadableError, match="AuthType"):
        dms_endpoint_mongodb_authentication_enabled(endpoint("mongodb"))


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        (endpoint("neptune", neptune=Neptune(True)), Pass),
        (endpoint("neptune", neptune=Neptune(False)), Fail),
        (endpoint("neptune"), Fail),
        (endpoint("redis"), Nothing),
    ],
)
def test_neptune(asked: Endpoint, verdict: type) -> None:
    assert isinstance(dms_endpoint_neptune_iam_authorization_enabled(asked), verdict)


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        (endpoint("redis", redis=Redis("ssl-encryption")), Pass),
        (endpoint("redis", redis=Redis("plaintext")), Fail),
        (endpoint("redis", redis=Redis()), Pass),
        (endpoint("redis", redis=Redis("quic")), Manual),
        (endpoint("postgres"), Nothing),
    ],
)
def test_redis(asked: Endpoint, verdict: type) -> None:
    assert isinstance(dms_endpoint_redis_in_transit_encryption_enabled(asked), verdict)


def test_redis_where_aws_does_not_tell() -> None:
    for check in (dms_endpoint_redis_in_transit_encryption_enabled, dms_endpoint_ssl_enabled):
        with pytest.raises(UnreadableError, match="RedisSettings"):
            check(endpoint("redis"))


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        (endpoint(ssl_mode="require"), Pass),
        (endpoint(ssl_mode="verify-ca"), Pass),
        (endpoint(ssl_mode="verify-full"), Pass),
        (endpoint(ssl_mode="none"), Fail),
        (endpoint(), Fail),
        (endpoint(ssl_mode="prefer"), Manual),
        (endpoint("a-new-engine", ssl_mode="none"), Fail),
        (endpoint("mongodb", ssl_mode="none"), Fail),
        *((endpoint(engine, ssl_mode="none"), Pass) for engine in ALWAYS_TLS),
        (endpoint("kafka", kafka=Kafka("sasl-ssl")), Pass),
        (endpoint("kafka", kafka=Kafka("ssl-encryption")), Pass),
        (endpoint("kafka", kafka=Kafka("plaintext")), Fail),
        (endpoint("kafka"), Fail),
        (endpoint("redis", redis=Redis("ssl-encryption")), Pass),
        (endpoint("redis", redis=Redis("plaintext")), Fail),
        (endpoint("opensearch", open_search=OpenSearch("https://search.example.com")), Pass),
        (endpoint("elasticsearch", open_search=OpenSearch("search.example.com")), Pass),
        (endpoint("opensearch", open_search=OpenSearch("http://search.example.com")), Fail),
    ],
)
def test_tls(asked: Endpoint, verdict: type) -> None:
    assert isinstance(dms_endpoint_ssl_enabled(asked), verdict)


def test_opensearch_where_aws_does_not_tell() -> None:
    with pytest.raises(UnreadableError, match="EndpointUri"):
        dms_endpoint_ssl_enabled(endpoint("opensearch"))


# --- Instances ---


def instance(**facts: Any) -> ReplicationInstance:
    return made(ReplicationInstance, name="mover", **facts)


@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_switches(on: bool, verdict: type) -> None:
    assert isinstance(dms_instance_minor_version_upgrade_enabled(instance(auto_minor_version_upgrade=on)), verdict)
    assert isinstance(dms_instance_multi_az_enabled(instance(multi_az=on)), verdict)


OPEN: dict[str, Any] = {
    "publicly_accessible": True,
    "vpc_security_groups": (GroupMembership("sg-1", "active"),),
    "subnet_group": SubnetGroup("vpc-1", (SubnetMembership("subnet-1"),)),
}
TO_ONE_OFFICE = Rule(ip_protocol="-1", ip_ranges=(IpRange(cidr_ip="203.0.113.7/32"),))
TO_ANYONE = Rule(ip_protocol="-1", ip_ranges=(IpRange(cidr_ip="0.0.0.0/0"),))


@pytest.mark.parametrize(
    ("facts", "rule", "is_public", "verdict"),
    [
        ({}, TO_ANYONE, True, Fail),
        ({}, to_anyone(443), True, Fail),
        ({}, TO_ONE_OFFICE, True, Pass),
        ({}, TO_ANYONE, False, Pass),
        ({"publicly_accessible": False}, TO_ANYONE, True, Pass),
        ({"publicly_accessible": None}, TO_ANYONE, True, Manual),
        ({"vpc_security_groups": ()}, TO_ANYONE, True, Pass),
        ({"vpc_security_groups": None}, TO_ANYONE, True, Manual),
        ({"vpc_security_groups": (GroupMembership("sg-1", "removing"),)}, TO_ANYONE, True, Pass),
        ({"subnet_group": SubnetGroup()}, TO_ANYONE, True, Manual),
        ({"subnet_group": SubnetGroup()}, TO_ONE_OFFICE, True, Pass),
    ],
)
def test_public_access(facts: dict[str, Any], rule: Rule, is_public: bool, verdict: type) -> None:
    told = dms_instance_no_public_access(instance(**OPEN | facts), network(rule, is_public=is_public))
    assert isinstance(told, verdict), told


def test_public_access_where_a_status_is_not_told() -> None:
    exposed = instance(**OPEN | {"vpc_security_groups": (GroupMembership("sg-1"),)})
    with pytest.raises(UnreadableError, match="the status of security group sg-1"):
        dms_instance_no_public_access(exposed, network())


# --- Tasks ---

GOOD = {
    "SOURCE_CAPTURE": "LOGGER_SEVERITY_DEFAULT",
    "SOURCE_UNLOAD": "LOGGER_SEVERITY_DEBUG",
    "TARGET_APPLY": "LOGGER_SEVERITY_DETAILED_DEBUG",
    "TARGET_LOAD": "LOGGER_SEVERITY_DEFAULT",
    "SORTER": "LOGGER_SEVERITY_INFO",
}


def task(components: dict[str, str], *, enabled: bool = True) -> ReplicationTask:
    listed = [{"Id": id_, "Severity": severity} for id_, severity in components.items()]
    text = json.dumps({"TargetMetadata": {}, "Logging": {"EnableLogging": enabled, "LogComponents": listed}})
    return made(ReplicationTask, name="nightly", settings=TaskSettings.decode(text))


@pytest.mark.parametrize(
    ("logging", "source", "target"),
    [
        (task(GOOD), Pass, Pass),
        (task(GOOD, enabled=False), Fail, Fail),
        (task({}), Fail, Fail),
        (task(GOOD | {"SOURCE_CAPTURE": "LOGGER_SEVERITY_INFO"}), Fail, Pass),
        (task(GOOD | {"SOURCE_UNLOAD": "LOGGER_SEVERITY_ERROR"}), Fail, Pass),
        (task(GOOD | {"TARGET_APPLY": "LOGGER_SEVERITY_WARNING"}), Pass, Fail),
        (task(GOOD | {"TARGET_LOAD": "LOGGER_SEVERITY_TRACE"}), Pass, Manual),
        (task({id_: GOOD[id_] for id_ in ("SOURCE_CAPTURE", "TARGET_APPLY", "TARGET_LOAD")}), Fail, Pass),
    ],
)
def test_logs(logging: ReplicationTask, source: type, target: type) -> None:
    assert isinstance(dms_replication_task_source_logging_enabled(logging), source)
    assert isinstance(dms_replication_task_target_logging_enabled(logging), target)


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", '{"Logging": {}}'])
def test_settings_that_cannot_be_read(text: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        TaskSettings.decode(text)
