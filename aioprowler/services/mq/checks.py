"""How message brokers are judged."""

from __future__ import annotations

from typing import Final

from aioprowler import Verdict, check
from aioprowler.judging.exposure import not_public
from aioprowler.judging.logs import sends_every_log
from aioprowler.judging.verdicts import enabled, is_set_to, told, unknown
from aioprowler.services.mq.resources import ACTIVEMQ, RABBITMQ, Broker, BrokerSettings

SINGLE: Final = "SINGLE_INSTANCE"
STANDBY: Final = "ACTIVE_STANDBY_MULTI_AZ"
CLUSTER: Final = "CLUSTER_MULTI_AZ"

LOGS: Final = {ACTIVEMQ: ("general", "audit"), RABBITMQ: ("general",)}
"""The logs that brokers of an engine have."""


@check(fails="ActiveMQ broker has no standby", severity="low", categories=["resilience"])
def mq_broker_active_deployment_mode(broker: Broker) -> Verdict | None:
    """ActiveMQ brokers have a standby in another availability zone.

    Judged are brokers of Apache ActiveMQ: two instances in two zones, of which one is active.

    ## Risk
    Where the one instance fails, nothing is sent and nothing is received until AWS has replaced it.

    ## Remediation
    The mode of a broker stays as it was made. Create one with a standby, and move its clients to it: `aws mq
    create-broker --region <region> --broker-name <your-broker-name> --engine-type ACTIVEMQ --deployment-mode
    ACTIVE_STANDBY_MULTI_AZ --host-instance-type mq.m5.large --auto-minor-version-upgrade --no-publicly-accessible
    --users file://<your-users.json>`.

    ## References
    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/active-standby-broker-deployment.html
    """
    if broker.engine != ACTIVEMQ:
        return None
    return is_set_to(broker.label, "the deployment mode", broker.deployment_mode, good=[STANDBY], bad=[SINGLE, CLUSTER])


@check(fails="RabbitMQ broker is no cluster", severity="medium", categories=["resilience"])
def mq_broker_cluster_deployment_mode(broker: Broker) -> Verdict | None:
    """RabbitMQ brokers are clusters over several availability zones.

    Judged are brokers of RabbitMQ: a cluster has three nodes, behind one endpoint.

    ## Risk
    A single node is down while it is patched, and with its zone; queues that are not durable are lost.

    ## Remediation
    The mode of a broker stays as it was made. Create a cluster of three nodes, and move its clients to it: `aws mq
    create-broker --region <region> --broker-name <your-broker-name> --engine-type RABBITMQ --deployment-mode
    CLUSTER_MULTI_AZ --host-instance-type mq.m5.large --auto-minor-version-upgrade --no-publicly-accessible --users
    file://<your-users.json>`.

    ## References
    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-broker-architecture-cluster.html
    """
    if broker.engine != RABBITMQ:
        return None
    return is_set_to(broker.label, "the deployment mode", broker.deployment_mode, good=[CLUSTER], bad=[SINGLE, STANDBY])


@check(fails="MQ broker does not upgrade to new patch versions", severity="low", categories=["vulnerabilities"])
def mq_broker_auto_minor_version_upgrades(broker: Broker, settings: BrokerSettings) -> Verdict:
    """MQ brokers upgrade to new patch versions by themselves.

    In their maintenance window. Newer versions of the engines cannot do without it.

    ## Risk
    Faults of the engine that everybody knows stay open until somebody thinks of them.

    ## Remediation
    Turn the upgrades on, which are made in the maintenance window: `aws mq update-broker --region <region> --broker-id
    <broker> --auto-minor-version-upgrade`.

    ## References
    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/upgrading-brokers.html
    """
    return enabled(
        broker.label,
        "upgrades to new patch versions",
        told(settings.auto_minor_version_upgrade, "AutoMinorVersionUpgrade of this broker"),
    )


@check(fails="MQ broker does not send all of its logs", severity="low", categories=["logging"])
def mq_broker_logging_enabled(broker: Broker, settings: BrokerSettings) -> Verdict:
    """MQ brokers send their logs to CloudWatch Logs.

    Of ActiveMQ these are the general log and the audit log, of RabbitMQ the general log, which is all that it has.

    ## Risk
    Who changed users and queues, and why a broker failed, cannot be found out afterwards.

    ## Remediation
    Turn them on; the broker begins after its next reboot: `aws mq update-broker --region <region> --broker-id <broker>
    --logs General=true,Audit=true`. For RabbitMQ leave `Audit` out.

    ## References
    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/security-logging-monitoring.html
    """
    wanted = LOGS.get(broker.engine)
    if wanted is None:
        return unknown(broker.label, "the engine", broker.engine_type)
    return sends_every_log(broker.label, "CloudWatch Logs", wanted, told(settings.logs, "Logs of this broker").kinds)


@check(fails="MQ broker is publicly accessible", severity="high", categories=["internet-exposed"])
def mq_broker_not_publicly_accessible(broker: Broker, settings: BrokerSettings) -> Verdict:
    """MQ brokers have no public endpoint.

    Whoever it is that their security groups let in: of RabbitMQ a public broker has none.

    ## Risk
    Only a password stands between strangers and the messages, and a fault of the engine opens it to anybody.

    ## Remediation
    Whether a broker is public stays as it was made. Create one that is reached in its VPC alone, and move its clients
    to it: `aws mq create-broker --region <region> --broker-name <your-broker-name> --engine-type <engine>
    --deployment-mode <deployment-mode> --host-instance-type mq.m5.large --auto-minor-version-upgrade
    --no-publicly-accessible --users file://<your-users.json>`.

    ## References
    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/using-amazon-mq-securely.html
    """
    return not_public(broker.label, told(settings.publicly_accessible, "PubliclyAccessible of this broker"))
