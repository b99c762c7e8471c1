from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.mq.checks import (
    mq_broker_active_deployment_mode,
    mq_broker_auto_minor_version_upgrades,
    mq_broker_cluster_deployment_mode,
    mq_broker_logging_enabled,
    mq_broker_not_publicly_accessible,
)
from aioprowler.services.mq.resources import Broker, BrokerSettings, Logs
from tests.services.made import made

Nothing = type(None)


def broker(engine: str = "ActiveMQ", mode: str = "SINGLE_INSTANCE") -> Broker:
    return made(Broker, broker_id="b-1", broker_name="orders", engine_type=engine, deployment_mode=mode)


def settings(logs: Logs | None = None, upgrades: bool = True, public: bool = False) -> BrokerSettings:
    return BrokerSettings(
        auto_minor_version_upgrade=upgrades, logs=logs or Logs(True, True), publicly_accessible=public
    )


@pytest.mark.parametrize(
    ("engine", "mode", "active", "cluster"),
    [
        ("ActiveMQ", "ACTIVE_STANDBY_MULTI_AZ", Pass, Nothing),
        ("ActiveMQ", "SINGLE_INSTANCE", Fail, Nothing),
        ("ACTIVEMQ", "MESH", Manual, Nothing),
        ("RabbitMQ", "CLUSTER_MULTI_AZ", Nothing, Pass),
        ("RABBITMQ", "SINGLE_INSTANCE", Nothing, Fail),
        ("RabbitMQ", "MESH", Nothing, Manual),
    ],
)
def test_modes(engine: str, mode: str, active: type, cluster: type) -> None:
    assert isinstance(mq_broker_active_deployment_mode(broker(engine, mode)), active)
    assert isinstance(mq_broker_cluster_deployment_mode(broker(engine, mode)), cluster)


@pytest.mark.parametrize(
    ("engine", "logs", "verdict"),
    [
        ("ActiveMQ", Logs(True, True), Pass),
        ("ActiveMQ", Logs(True, False), Fail),
        ("ActiveMQ", Logs(False, True), Fail),
        ("RabbitMQ", Logs(True), Pass),
        ("RabbitMQ", Logs(False), Fail),
        ("Artemis", Logs(True, True), Manual),
    ],
)
def test_logs(engine: str, logs: Logs, verdict: type) -> None:
    assert isinstance(mq_broker_logging_enabled(broker(engine), settings(logs)), verdict)


@pytest.mark.parametrize(("upgrades", "verdict"), [(True, Pass), (False, Fail)])
def test_upgrades(upgrades: bool, verdict: type) -> None:
    assert isinstance(mq_broker_auto_minor_version_upgrades(broker(), settings(upgrades=upgrades)), verdict)


@pytest.mark.parametrize(("public", "verdict"), [(True, Fail), (False, Pass)])
def test_public_endpoints(public: bool, verdict: type) -> None:
    assert isinstance(mq_broker_not_publicly_accessible(broker(), settings(public=public)), verdict)


def test_what_is_not_told_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="PubliclyAccessible"):
        mq_broker_not_publicly_accessible(broker(), BrokerSettings())
    with pytest.raises(UnreadableError, match="Logs"):
        mq_broker_logging_enabled(broker(), BrokerSettings())
    with pytest.raises(UnreadableError, match="AutoMinorVersionUpgrade"):
        mq_broker_auto_minor_version_upgrades(broker(), BrokerSettings())


def test_a_broker_is_called_by_its_name() -> None:
    assert broker().label == "MQ broker orders"
