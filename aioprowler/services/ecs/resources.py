"""Clusters, their services, and what tasks are made of."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import msgspec

from aioprowler import Facet, Region, Resource, States, batch, call, constant, field, listing
from aioprowler.judging.secrets import FoundSecrets, secrets_in, variables
from aioprowler.services.ecs.newest import GONE, task_definitions

FARGATE: Final = frozenset({"FARGATE", "FARGATE_SPOT"})
"""Capacity providers on Fargate
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html)."""


# ------------------------------------------------------------------- clusters
class Cluster(
    Resource,
    id="name",
    type="AwsEcsCluster",
    group="container",
    noun="ECS cluster",
    gone=["ClusterNotFoundException"],
):
    """Where services and tasks run."""

    source = listing("ecs", "ListClusters", "clusterArns", item="arn")
    arn: str

    @property
    def name(self) -> str:
        """The end of its ARN."""
        return self.arn.rpartition("/")[2]


class Setting(msgspec.Struct, frozen=True):
    """Something that is set for a cluster or an account."""

    name: str
    value: str


class ClusterSettings(Facet[Cluster], rename="camel"):
    """What is set for a cluster, and whether it is still there."""

    source = batch(
        "ecs",
        "DescribeClusters",
        "clusters",
        ids="clusters",
        owner_key="arn",
        reply_key="clusterArn",
        include=["SETTINGS"],
    )
    status: str = ""
    settings: tuple[Setting, ...] = ()

    @property
    def container_insights(self) -> str:
        """`enabled`, `enhanced` or `disabled`, which it is where nothing says otherwise."""
        return next((each.value for each in self.settings if each.name == "containerInsights"), "disabled")


# ------------------------------------------------------------------- services
class AwsvpcConfiguration(msgspec.Struct, frozen=True, rename="camel"):
    """The network interfaces of tasks."""

    assign_public_ip: str = "DISABLED"
    """The default of a service (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html)."""


class NetworkConfiguration(msgspec.Struct, frozen=True, rename="camel"):
    """Without a configuration tasks have no network interface of their own, and so no address either."""

    awsvpc_configuration: AwsvpcConfiguration = AwsvpcConfiguration()


class ProviderShare(msgspec.Struct, frozen=True, rename="camel"):
    """One of the capacity providers that tasks run on."""

    capacity_provider: str = ""


class TaskSet(msgspec.Struct, frozen=True, rename="camel"):
    """The tasks of one deployment, where CodeDeploy or somebody else than ECS deploys."""

    id: str
    arn: str = msgspec.field(name="taskSetArn")
    status: str = ""
    network_configuration: NetworkConfiguration = NetworkConfiguration()


class Service(
    Resource,
    id="path",
    type="AwsEcsService",
    group="container",
    noun="ECS service",
    gone=["ClusterNotFoundException"],
    rename="camel",
):
    """What keeps tasks running.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html
    """

    source = listing(
        "ecs",
        "ListServices",
        "serviceArns",
        of=Cluster,
        item="arn",
        cluster="arn",
        detail=batch(
            "ecs",
            "DescribeServices",
            "services",
            ids="services",
            owner_key="arn",
            reply_key="serviceArn",
            size=10,
            cluster="arn",
        ),
        states=States("status", over=["DRAINING", "INACTIVE"]),
    )
    arn: str = field(name="serviceArn")
    cluster_arn: str = ""
    status: str = ""
    launch_type: str = ""
    """Empty where it runs on capacity providers."""
    capacity_provider_strategy: tuple[ProviderShare, ...] = ()
    platform_version: str = "LATEST"
    """What a service runs that names none."""
    platform_family: str = ""
    network_configuration: NetworkConfiguration = NetworkConfiguration()
    task_sets: tuple[TaskSet, ...] = ()

    @property
    def path(self) -> str:
        """Cluster and name; the name alone where the ARN is one of the old format, which has no cluster."""
        return self.arn.partition(":service/")[2]

    @property
    def name(self) -> str:
        """The end of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def cluster(self) -> str:
        """The name of its cluster."""
        return self.cluster_arn.rpartition("/")[2]

    @property
    def is_on_fargate(self) -> bool:
        """Whether some of its tasks run on Fargate, be it by its launch type or by a capacity provider."""
        providers = {each.capacity_provider for each in self.capacity_provider_strategy}
        return self.launch_type == "FARGATE" or bool(providers & FARGATE)


# ----------------------------------------------------------- task definitions
class TaskDefinition(
    Resource,
    id="name",
    type="AwsEcsTaskDefinition",
    group="container",
    noun="ECS task definition",
    gone=GONE,
):
    """A revision of what tasks are made of, which is active: AWS lists no others."""

    source: ClassVar[Any] = task_definitions
    arn: str

    @property
    def name(self) -> str:
        """Family and revision: `web:3`."""
        return self.arn.rpartition("/")[2]


class Variable(msgspec.Struct, frozen=True):
    """A variable of a container's environment."""

    name: str = ""
    value: str = ""


class LogConfiguration(msgspec.Struct, frozen=True, rename="camel"):
    """Where a container's logs go."""

    log_driver: str
    options: dict[str, str] = {}

    @property
    def mode(self) -> str:
        """`blocking` or `non-blocking`; empty: the account decides."""
        return self.options.get("mode", "")


class Container(msgspec.Struct, frozen=True, rename="camel"):
    """How a container is started. What is left out has its default
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html).
    """

    name: str
    privileged: bool = False
    user: str = ""
    """Empty: whom its image names, or root."""
    readonly_root_filesystem: bool = False
    environment: tuple[Variable, ...] = ()
    log_configuration: LogConfiguration | None = None
    """None: as the instance's Docker has it."""

    @property
    def may_be_root(self) -> bool:
        """Whether its user is root, by name or number, or not said."""
        return self.user.partition(":")[0] in ("", "root", "0")


class Platform(msgspec.Struct, frozen=True, rename="camel"):
    """What the containers run on."""

    operating_system_family: str = "LINUX"

    @property
    def is_windows(self) -> bool:
        """`WINDOWS_SERVER_2022_CORE` and its like."""
        return self.operating_system_family.startswith("WINDOWS")


class Contents(Facet[TaskDefinition], rename="camel"):
    """What a task definition says
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html).
    """

    source = call("ecs", "DescribeTaskDefinition", "taskDefinition", taskDefinition="arn")
    containers: tuple[Container, ...] = field(name="containerDefinitions")
    network_mode: str = "bridge"
    pid_mode: str = ""
    """Empty: each container has its own."""
    runtime_platform: Platform = Platform()


class AccountSettings(Facet[Region], rename="camel"):
    """How containers log that do not say so
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#default-log-driver-mode).
    """

    source = call(
        "ecs",
        "ListAccountSettings",
        first_page=True,
        name=constant("defaultLogDriverMode"),
        effectiveSettings=True,
    )
    settings: tuple[Setting, ...] = ()

    @property
    def log_mode(self) -> str:
        """`blocking` or `non-blocking`, which it is where nothing was set."""
        return next((each.value for each in self.settings if each.name == "defaultLogDriverMode"), "non-blocking")


def environments(contents: Contents) -> dict[str, str | None]:
    """What the variables of each container hold."""
    return {
        f"container {container.name}, {place}": text
        for container in contents.containers
        for place, text in variables((each.name, each.value) for each in container.environment).items()
    }


class EnvironmentSecrets(FoundSecrets, Facet[TaskDefinition]):
    """What the environments of a task definition's containers give away."""

    source = secrets_in(environments)
