"""How replication instances, endpoints and tasks are judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.exposure import ANY_PORT, NO_REACH, not_reachable
from aioprowler.judging.resilience import multi_az
from aioprowler.judging.verdicts import has, is_set_to, pass_if, told, worst
from aioprowler.services.dms.resources import Endpoint, ReplicationInstance, ReplicationTask
from aioprowler.services.ec2.resources.exposure import Exposure

ALWAYS_TLS: Final = ("dynamodb", "kinesis", "neptune", "redshift", "redshift-serverless", "s3", "timestream")
"""Engines whose endpoints have no other SSL mode than none, because DMS speaks nothing but TLS to them
(https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html).
"""
OPENSEARCH: Final = ("elasticsearch", "opensearch")

SSL_MODES: Final = ("require", "verify-ca", "verify-full")
KAFKA_TLS: Final = ("ssl-encryption", "ssl-authentication", "sasl-ssl")
REDIS_TLS: Final = ("ssl-encryption",)

LOGGED: Final = ("LOGGER_SEVERITY_DEFAULT", "LOGGER_SEVERITY_DEBUG", "LOGGER_SEVERITY_DETAILED_DEBUG")
TOO_LITTLE: Final = ("LOGGER_SEVERITY_ERROR", "LOGGER_SEVERITY_WARNING", "LOGGER_SEVERITY_INFO")
SOURCE: Final = {"SOURCE_CAPTURE": "changes at the source", "SOURCE_UNLOAD": "the load from the source"}
TARGET: Final = {"TARGET_APPLY": "changes at the target", "TARGET_LOAD": "the load into the target"}


@check(fails="DMS endpoint for MongoDB has no authentication", severity="medium", categories=["identity-access"])
def dms_endpoint_mongodb_authentication_enabled(endpoint: Endpoint) -> Verdict | None:
    """DMS endpoints for MongoDB log in with a password.

    Judged are endpoints of the engine `mongodb`; which mechanism proves the password is not.

    ## Risk
    A database that DMS reads without a login, everybody in its network reads as well.

    ## Remediation
    `aws dms modify-endpoint --region <region> --endpoint-arn <arn> --mongo-db-settings
    AuthType=password,AuthMechanism=scram_sha_1,Username=<your-user>,Password=<your-password>`.

    ## References
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.MongoDB.html
    """
    if endpoint.engine_name != "mongodb":
        return None
    kind = told(endpoint.mongo_db.auth_type, "AuthType of this endpoint")
    return is_set_to(endpoint.label, "the authentication type", kind, good=["password"], bad=["no"])


@check(fails="DMS endpoint for Neptune has no IAM authorization", severity="medium", categories=["identity-access"])
def dms_endpoint_neptune_iam_authorization_enabled(endpoint: Endpoint) -> Verdict | None:
    """DMS endpoints for Neptune have IAM authorization.

    Judged are endpoints of the engine `neptune`: with it, DMS signs its requests by the role of the endpoint.

    ## Risk
    The graph has to take requests that nobody signed, from DMS and from whatever else reaches it.

    ## Remediation
    Let the role of the endpoint connect to the graph, then: `aws dms modify-endpoint --region <region> --endpoint-arn
    <arn> --neptune-settings
    IamAuthEnabled=true,S3BucketName=<your-bucket>,S3BucketFolder=<your-folder>,ServiceAccessRoleArn=<your-role>`.

    ## References
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Neptune.html
    """
    if endpoint.engine_name != "neptune":
        return None
    return has(endpoint.label, "IAM authorization", endpoint.neptune.iam_auth_enabled)


@check(fails="DMS endpoint for Redis does not speak TLS", severity="medium", categories=["encryption"])
def dms_endpoint_redis_in_transit_encryption_enabled(endpoint: Endpoint) -> Verdict | None:
    """DMS endpoints for Redis speak TLS.

    Judged are endpoints of the engine `redis`, which do so unless plain text is asked for.

    ## Risk
    The password and all data that DMS copies cross the network in the clear.

    ## Remediation
    `aws dms modify-endpoint --region <region> --endpoint-arn <arn> --redis-settings
    SslSecurityProtocol=ssl-encryption,ServerName=<your-server>,Port=<your-port>`.

    ## References
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Redis.html
    """
    if endpoint.engine_name != "redis":
        return None
    return _protocol(endpoint, endpoint.redis_protocol, REDIS_TLS)


@check(fails="DMS endpoint does not speak TLS", severity="high", categories=["encryption"])
def dms_endpoint_ssl_enabled(endpoint: Endpoint) -> Verdict:
    """DMS endpoints speak TLS.

    Their SSL mode says so: any but `none` will do. Endpoints for Redshift, Kinesis, DynamoDB and other services of AWS
    have no other mode, and always speak TLS. Those for Kafka, Redis and OpenSearch have it in settings of their own.

    ## Risk
    Passwords and all data that is moved can be read, and changed, on the way between DMS and the database.

    ## Remediation
    `aws dms modify-endpoint --region <region> --endpoint-arn <arn> --ssl-mode verify-full --certificate-arn
    <your-certificate>`, or for Kafka `--kafka-settings SecurityProtocol=ssl-encryption`.

    ## References
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Kafka.html
    """
    match endpoint.engine_name:
        case "kafka":
            return _protocol(endpoint, endpoint.kafka.security_protocol, KAFKA_TLS)
        case "redis":
            return _protocol(endpoint, endpoint.redis_protocol, REDIS_TLS)
        case engine if engine in OPENSEARCH:
            return _https(endpoint)
        case engine if engine in ALWAYS_TLS:
            return Pass(f"{endpoint.label} is for {engine}, to which DMS always speaks TLS.")
    return is_set_to(endpoint.label, "the SSL mode", endpoint.ssl_mode, good=SSL_MODES, bad=["none"])


def _protocol(endpoint: Endpoint, protocol: str, good: tuple[str, ...]) -> Verdict:
    return is_set_to(endpoint.label, "the security protocol", protocol, good=good, bad=["plaintext"])


def _https(endpoint: Endpoint) -> Verdict:
    uri = told(endpoint.open_search.endpoint_uri, "EndpointUri of this endpoint")
    plain = uri.lower().startswith("http://")
    return pass_if(not plain, f"{endpoint.label} speaks HTTPS.", f"{endpoint.label} speaks HTTP.")


@check(
    fails="DMS replication instance does not install minor engine versions by itself",
    severity="medium",
    categories=["vulnerabilities"],
)
def dms_instance_minor_version_upgrade_enabled(instance: ReplicationInstance) -> Verdict:
    """DMS replication instances install minor versions of their engine automatically.

    DMS installs them in the maintenance window of the instance. Major versions are never installed by themselves.

    ## Risk
    The instance, which has the passwords of two databases, keeps running with faults that everybody knows.

    ## Remediation
    `aws dms modify-replication-instance --region <region> --replication-instance-arn <arn>
    --auto-minor-version-upgrade --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.EngineVersions.html
    """
    return has(instance.label, "automatic minor version upgrades", instance.auto_minor_version_upgrade)


@check(fails="DMS replication instance runs in one availability zone only", severity="medium",
       categories=["resilience"])  # fmt: skip
def dms_instance_multi_az_enabled(instance: ReplicationInstance) -> Verdict:
    """DMS replication instances have a standby in another availability zone.

    DMS keeps it in step, and goes on there where the instance or its zone fails.

    ## Risk
    A failure stops all tasks of the instance, and what was not applied yet may have to be loaded from the beginning.

    ## Remediation
    `aws dms modify-replication-instance --region <region> --replication-instance-arn <arn> --multi-az
    --apply-immediately`.

    ## References
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.html
    """
    return multi_az(instance.label, instance.multi_az)


@check(fails="DMS replication instance can be reached from the internet", severity="critical",
       categories=["internet-exposed"])  # fmt: skip
def dms_instance_no_public_access(instance: ReplicationInstance, exposure: Exposure) -> Verdict:
    """DMS replication instances cannot be reached from the internet.

    Three things together open an instance: it is set as publicly accessible and so has a public address, an active
    security group admits any address to some port, and one of its subnets has a route to an internet gateway. Where an
    instance listens, AWS does not tell, so that any port counts.

    ## Risk
    The instance has the passwords of two databases, and a way to both: a fault in it gives them away.

    ## Remediation
    Whether an instance is public stays as it was made. Create one that is not, and move the tasks to it: `aws dms
    create-replication-instance --region <region> --replication-instance-identifier <your-new-instance>
    --replication-instance-class dms.t3.medium --no-publicly-accessible`. Until then take the rule for any address out
    of its security group.

    ## References
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.VPC.html
    """
    if instance.publicly_accessible is False:
        return not_reachable(instance.label, False, NO_REACH)
    subnets = instance.subnet_group
    reach = exposure.reach(instance.active_groups, subnets.ids, subnets.vpc_id, ANY_PORT)
    return not_reachable(instance.label, instance.publicly_accessible, reach)


@check(fails="DMS replication task does not log what happens at its source", severity="medium", categories=["logging"])
def dms_replication_task_source_logging_enabled(task: ReplicationTask) -> Verdict:
    """DMS replication tasks log what happens at their source.

    The components `SOURCE_CAPTURE` and `SOURCE_UNLOAD` must log at `LOGGER_SEVERITY_DEFAULT`, or in more detail.

    ## Risk
    Rows that were not read, or read by somebody who had no business with them, are missed by nobody.

    ## Remediation
    Stop the task, and set both components to `LOGGER_SEVERITY_DEFAULT` in its settings: `aws dms
    modify-replication-task --region <region> --replication-task-arn <arn> --replication-task-settings
    file://<your-settings.json>`.

    ## References
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.Logging.html
    """
    return _logs_each(task, SOURCE)


@check(fails="DMS replication task does not log what happens at its target", severity="medium", categories=["logging"])
def dms_replication_task_target_logging_enabled(task: ReplicationTask) -> Verdict:
    """DMS replication tasks log what happens at their target.

    The components `TARGET_APPLY` and `TARGET_LOAD` must log at `LOGGER_SEVERITY_DEFAULT`, or in more detail.

    ## Risk
    Rows that were not written, or were written wrongly, are noticed when the source is long gone.

    ## Remediation
    Stop the task, and set both components to `LOGGER_SEVERITY_DEFAULT` in its settings: `aws dms
    modify-replication-task --region <region> --replication-task-arn <arn> --replication-task-settings
    file://<your-settings.json>`.

    ## References
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.Logging.html
    """
    return _logs_each(task, TARGET)


def _logs_each(task: ReplicationTask, wanted: Mapping[str, str]) -> Verdict:
    logging = task.settings.logging
    if not logging.enabled:
        return Fail(f"{task.label} does not log.")
    severities = {each.id: each.severity for each in logging.components}
    return worst(_logs(task, what, severities.get(id_)) for id_, what in wanted.items())


def _logs(task: ReplicationTask, what: str, severity: str | None) -> Verdict:
    if severity is None:
        return Fail(f"{task.label} does not log {what}.")
    return is_set_to(task.label, f"for {what} the severity", severity, good=LOGGED, bad=TOO_LITTLE)
