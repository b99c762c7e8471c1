"""How clusters, services and task definitions are judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from aioprowler import Failure, Pass, Verdict, check, known
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import about, has_no, is_set_to, pass_if, switched, unknown
from aioprowler.judging.versions import at_least
from aioprowler.services.ecs.resources import (
    AccountSettings,
    Cluster,
    ClusterSettings,
    Contents,
    EnvironmentSecrets,
    NetworkConfiguration,
    Service,
    TaskDefinition,
)


@check(fails="ECS cluster has no Container Insights", severity="medium", categories=["logging"])
def ecs_cluster_container_insights_enabled(cluster: Cluster, settings: ClusterSettings | None) -> Verdict | None:
    """ECS clusters collect metrics and logs of their containers with Container Insights.

    With or without enhanced observability. Clusters that were deleted, which AWS still tells of for a while, are not
    judged.

    ## Risk
    That tasks crash, starve or are abused shows late, and leaves little behind to find out why.

    ## Remediation
    Turn it on for the cluster: `aws ecs update-cluster-settings --region <region> --cluster <cluster> --settings
    name=containerInsights,value=enhanced`.

    ## References
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html
    """
    if settings is None or settings.status == "INACTIVE":
        return None
    insights = settings.container_insights
    return is_set_to(cluster.label, "Container Insights", insights, good=["enabled", "enhanced"], bad=["disabled"])


@check(
    fails="ECS service on Fargate does not run the latest platform version",
    severity="medium",
    categories=["container-security", "vulnerabilities"],
)
def ecs_service_fargate_latest_platform_version(
    service: Service,
    *,
    fargate_linux_latest_version: Annotated[
        str, "The platform version of Fargate that services with Linux run at least."
    ] = "1.4.0",
    fargate_windows_latest_version: Annotated[
        str, "The platform version of Fargate that services with Windows run at least."
    ] = "1.0.0",
) -> Verdict | None:
    """ECS services on Fargate run the latest platform version.

    Judged are services of the launch type FARGATE, and those of which a capacity provider is Fargate's. A service that
    runs `LATEST` gets the newest version with each deployment.

    ## Risk
    Older versions of the kernel and the container runtime keep holes that newer ones have closed.

    ## Remediation
    Let the service follow the latest version, and deploy it anew: `aws ecs update-service --region <region> --cluster
    <cluster> --service <name> --platform-version LATEST --force-new-deployment`.

    ## References
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html
    """
    if not service.is_on_fargate:
        return None
    version, family = service.platform_version, service.platform_family.casefold()
    if version.casefold() == "latest":
        return Pass(f"{service.label} runs the latest platform version of Fargate.")
    if family.startswith("linux"):
        return at_least(service.label, "Fargate for Linux", version, fargate_linux_latest_version)
    if family.startswith("windows"):
        return at_least(service.label, "Fargate for Windows", version, fargate_windows_latest_version)
    return unknown(service.label, "a platform family", service.platform_family or "that AWS does not tell")


@check(fails="ECS service gives its tasks public IP addresses", severity="high", categories=["internet-exposed"])
def ecs_service_no_assign_public_ip(service: Service) -> Verdict:
    """ECS services do not give their tasks public IP addresses.

    What counts is the network configuration of the service. Its task sets, where there are any, have a check of their
    own.

    ## Risk
    Each task can be reached from the internet by itself, past load balancers and what guards them, wherever a security
    group lets somebody in.

    ## Remediation
    Run tasks in private subnets with a NAT gateway or VPC endpoints, with `assignPublicIp` set to `DISABLED`: `aws ecs
    update-service --region <region> --cluster <cluster> --service <name> --network-configuration
    file://<your-network-configuration>`.

    ## References
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
    """
    return _gives_no_public_addresses(service.label, service.network_configuration)


@check(fails="ECS task set gives its tasks public IP addresses", severity="high", categories=["internet-exposed"])
def ecs_task_set_no_assign_public_ip(service: Service) -> Iterator[Verdict]:
    """Task sets of ECS services do not give their tasks public IP addresses.

    Services have task sets where CodeDeploy or another program deploys them. Each is judged by itself, but for those
    whose tasks are being stopped.

    ## Risk
    Each task can be reached from the internet by itself, past load balancers and what guards them, wherever a security
    group lets somebody in.

    ## Remediation
    The network configuration of a task set cannot be changed: make another one, with `assignPublicIp=DISABLED` and
    private subnets, move the traffic to it, and delete the old one.

    1. `aws ecs create-task-set --region <region> --cluster <cluster> --service <name> --task-definition
       <your-task-definition> --network-configuration <your-network-configuration>`
    2. `aws ecs update-service-primary-task-set --region <region> --cluster <cluster> --service <name>
       --primary-task-set <your-new-task-set>`
    3. `aws ecs delete-task-set --region <region> --cluster <cluster> --service <name> --task-set <your-task-set>`

    ## References
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
    """
    for task_set in service.task_sets:
        if task_set.status != "DRAINING":
            verdict = _gives_no_public_addresses(
                f"Task set {task_set.id} of {service.label}", task_set.network_configuration
            )
            yield about(verdict, task_set.id, task_set.arn, task_set=task_set.id)


def _gives_no_public_addresses(label: str, network: NetworkConfiguration) -> Verdict:
    word = network.awsvpc_configuration.assign_public_ip
    on = switched(word)
    return unknown(label, "assignPublicIp", word) if on is None else has_no(label, "public IP addresses for tasks", on)


@check(
    fails="Containers of the ECS task definition can write to their root file system",
    severity="high",
    categories=["container-security"],
)
def ecs_task_definitions_containers_readonly_access(definition: TaskDefinition, contents: Contents) -> Verdict | None:
    """Containers of ECS task definitions can only read their root file system.

    Judged is each container of each active revision. Windows has no such setting, so its task definitions are not
    judged.

    ## Risk
    Who breaks into a container can change its programs and leave tools behind.

    ## Remediation
    Set `readonlyRootFilesystem` for each container, with volumes for what it has to write, in a new revision: `aws ecs
    register-task-definition --region <region> --cli-input-json file://<your-task-definition>`.

    ## References
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_security
    https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-5
    """
    if contents.runtime_platform.is_windows:
        return None
    return _no_container(
        definition.label,
        "can write to its root file system",
        [each.name for each in contents.containers if not each.readonly_root_filesystem],
    )


@check(fails="ECS task definition shares the processes of its host", severity="high", categories=["container-security"])
def ecs_task_definitions_host_namespace_not_shared(definition: TaskDefinition, contents: Contents) -> Verdict:
    """ECS task definitions do not share the process namespace of the host.

    Judged is each active revision. Containers that share one namespace among themselves pass.

    ## Risk
    Who breaks into a container sees the processes of the host and of all its other tasks, with their arguments and
    environments, and can end them.

    ## Remediation
    Leave `pidMode` out, or set it to `task`, in a new revision: `aws ecs register-task-definition --region <region>
    --cli-input-json file://<your-task-definition>`.

    ## References
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#other_task_definition_params
    """
    if not contents.pid_mode:
        return Pass(f"{definition.label} has a process namespace for each container.")
    return is_set_to(definition.label, "pidMode", contents.pid_mode, good=["task"], bad=["host"])


@check(
    fails="Containers of the ECS task definition run as root in the network of the host",
    severity="high",
    categories=["container-security", "trust-boundaries"],
)
def ecs_task_definitions_host_networking_mode_users(definition: TaskDefinition, contents: Contents) -> Verdict:
    """Containers of ECS task definitions in the network of the host do not run as root.

    Judged is each active revision. A container is root where its user is root by name or number, or is not said.
    Containers that are privileged, which somebody must have meant, have a check of their own.

    ## Risk
    As root in the network of the host a container can listen to its traffic, take its ports, and get at the
    credentials of the instance.

    ## Remediation
    Use the network mode `awsvpc`, or name a `user` for each container, in a new revision: `aws ecs
    register-task-definition --region <region> --cli-input-json file://<your-task-definition>`.

    ## References
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#network_mode
    https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-1
    """
    mode = contents.network_mode
    if mode != "host":
        return is_set_to(definition.label, "the network mode", mode, good=["bridge", "awsvpc", "none"], bad=["host"])
    return _no_container(
        definition.label,
        "runs as root in the network of the host",
        [each.name for each in contents.containers if not each.privileged and each.may_be_root],
    )


@check(
    fails="Containers of the ECS task definition wait for their logs",
    severity="low",
    categories=["logging", "resilience"],
)
def ecs_task_definitions_logging_block_mode(
    definition: TaskDefinition, contents: Contents, account: AccountSettings | Failure
) -> Verdict | None:
    """Containers of ECS task definitions do not stop where their logs cannot be delivered.

    Judged is each active revision with containers that have a log driver: its mode has to be `non-blocking`. Where it
    is not set, the account's setting `defaultLogDriverMode` holds, and where that is not set either, `non-blocking`.

    ## Risk
    A program that writes to its output stops as soon as the log's destination is slow or away, and its health checks
    fail.

    ## Remediation
    Set the option `mode` of each `logConfiguration` to `non-blocking`, with a `max-buffer-size` that suffices, in a
    new revision: `aws ecs register-task-definition --region <region> --cli-input-json file://<your-task-definition>`.

    ## References
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#default-log-driver-mode
    """
    modes = {each.name: each.log_configuration.mode for each in contents.containers if each.log_configuration}
    if not modes:
        return None
    if "" in modes.values() and "blocking" not in modes.values():
        default = known(account).log_mode
        modes = {name: mode or default for name, mode in modes.items()}
    blocking = [name for name, mode in modes.items() if mode == "blocking"]
    strange = sorted(set(modes.values()) - {"", "blocking", "non-blocking"})
    if strange and not blocking:
        return unknown(definition.label, "a log mode", strange[0])
    return _no_container(definition.label, "waits for its logs to be delivered", blocking)


@check(fails="Containers of the ECS task definition do not log", severity="high", categories=["logging"])
def ecs_task_definitions_logging_enabled(definition: TaskDefinition, contents: Contents) -> Verdict:
    """Containers of ECS task definitions send their logs somewhere.

    Each container of each active revision needs a log driver. Where it sends them, and whether they arrive, is not
    judged.

    ## Risk
    What a container wrote is gone with it: nobody can tell what happened in it.

    ## Remediation
    Give each container a `logConfiguration`, such as one with the driver `awslogs`, in a new revision: `aws ecs
    register-task-definition --region <region> --cli-input-json file://<your-task-definition>`.

    ## References
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-9
    """
    return _no_container(
        definition.label,
        "has no log driver",
        [
            each.name
            for each in contents.containers
            if not each.log_configuration or each.log_configuration.log_driver == "none"
        ],
    )


@check(fails="ECS task definition may hold secrets in its environment", severity="critical", categories=["secrets"])
def ecs_task_definitions_no_environment_secrets(definition: TaskDefinition, secrets: EnvironmentSecrets) -> Verdict:
    """Environments of ECS task definitions hold no secrets.

    Looked into are the variables of each container of each active revision. Secrets that a container refers to, and
    files of variables in S3, are not among them.

    ## Risk
    Everybody who may describe task definitions reads them, and so does each process in the container.

    ## Remediation
    Move them to Secrets Manager or Parameter Store, name them under `secrets` in a new revision, change them, and take
    this revision out of use: `aws ecs deregister-task-definition --region <region> --task-definition <arn>`.

    ## References
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8
    """
    return no_secrets(f"The environment of {definition.label}", secrets)


@check(fails="Containers of the ECS task definition are privileged", severity="high", categories=["container-security"])
def ecs_task_definitions_no_privileged_containers(definition: TaskDefinition, contents: Contents) -> Verdict:
    """Containers of ECS task definitions are not privileged.

    Judged is each container of each active revision. Fargate and Windows have no privileged containers.

    ## Risk
    Who breaks into a privileged container is root on the instance, with its other tasks and its role.

    ## Remediation
    Leave `privileged` out, and add the few capabilities that the container needs under `linuxParameters`, in a new
    revision: `aws ecs register-task-definition --region <region> --cli-input-json file://<your-task-definition>`.

    ## References
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_security
    https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-4
    """
    return _no_container(
        definition.label, "is privileged", [each.name for each in contents.containers if each.privileged]
    )


def _no_container(label: str, flaw: str, names: list[str]) -> Verdict:
    """PASS where no container has the flaw, FAIL with those that have it."""
    return pass_if(
        not names,
        f"{label} has no container that {flaw}.",
        f"{label} has containers of which each {flaw}: {', '.join(names)}.",
    )
