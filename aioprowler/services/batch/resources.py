"""Where AWS Batch runs its jobs, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec

from aioprowler import Facet, Resource, States, constant, field, listing
from aioprowler.judging.secrets import FoundSecrets, secrets_in, together, variables


class ComputeResources(msgspec.Struct, frozen=True, rename="camel"):
    """The security groups of the instances that run the jobs."""

    security_group_ids: tuple[str, ...] = ()


class ComputeEnvironment(Resource, id="name", rename="camel"):
    """An environment that is scaled down to nothing has no network interface."""

    source = listing(
        "batch",
        "DescribeComputeEnvironments",
        "computeEnvironments",
        states=States("status", over=["DELETING", "DELETED"]),
    )
    name: str = field(name="computeEnvironmentName")
    arn: str = field(name="computeEnvironmentArn")
    status: str = ""
    compute_resources: ComputeResources = ComputeResources()


# ------------------------------------------------------------- job definitions
class Variable(msgspec.Struct, frozen=True):
    """A variable of a container's environment; one of a pod may refer to a secret in the value's place."""

    name: str = ""
    value: str = ""


class Container(msgspec.Struct, frozen=True):
    """What a container is started with; the only one of a job, or of a node, has no name."""

    command: tuple[str, ...] = ()
    environment: tuple[Variable, ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        """What is written into it, by its place."""
        return _texts(self.environment, command=self.command)


class TaskContainer(msgspec.Struct, frozen=True):
    """The same of one of several in a task of ECS."""

    name: str = ""
    command: tuple[str, ...] = ()
    environment: tuple[Variable, ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        """What is written into it, by its place."""
        return _texts(self.environment, command=self.command)


class PodContainer(msgspec.Struct, frozen=True):
    """The same of one in a pod of EKS."""

    name: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[Variable, ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        """What is written into it, by its place."""
        return _texts(self.env, command=self.command, arguments=self.args)


def _texts(environment: Iterable[Variable], **words: tuple[str, ...]) -> dict[str, str]:
    lines = {place: " ".join(each) for place, each in words.items() if each}
    return variables((each.name, each.value) for each in environment) | lines


AnyContainer: TypeAlias = Container | TaskContainer | PodContainer


class TaskProperties(msgspec.Struct, frozen=True):
    """A task of ECS."""

    containers: tuple[TaskContainer, ...] = ()


class EcsProperties(msgspec.Struct, frozen=True, rename="camel"):
    """The tasks of a job, of which there is one."""

    task_properties: tuple[TaskProperties, ...] = ()


class PodProperties(msgspec.Struct, frozen=True, rename="camel"):
    """A pod of EKS."""

    containers: tuple[PodContainer, ...] = ()
    init_containers: tuple[PodContainer, ...] = ()


class EksProperties(msgspec.Struct, frozen=True, rename="camel"):
    """The pod of a job."""

    pod_properties: PodProperties = PodProperties()


class Properties(msgspec.Struct, frozen=True, rename="camel"):
    """The containers of a job, or of some of its nodes; they are told in one way out of three
    (https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDefinition.html).
    """

    container: Container | None = None
    ecs_properties: EcsProperties = EcsProperties()
    eks_properties: EksProperties = EksProperties()

    @property
    def containers(self) -> Iterator[AnyContainer]:
        """All of them."""
        if self.container:
            yield self.container
        for task in self.ecs_properties.task_properties:
            yield from task.containers
        pod = self.eks_properties.pod_properties
        yield from (*pod.containers, *pod.init_containers)


class NodeProperties(msgspec.Struct, frozen=True, rename="camel"):
    """What the nodes of a job on several nodes run."""

    node_range_properties: tuple[Properties, ...] = ()


class JobDefinition(
    Resource,
    id="revised_name",
    type="AwsBatchJobDefinition",
    group="container",
    noun="Job definition",
    rename="camel",
):
    """A revision of a job definition, as long as jobs can be made of it: AWS goes on listing others for 180 days."""

    source = listing("batch", "DescribeJobDefinitions", "jobDefinitions", status=constant("ACTIVE"))
    arn: str = field(name="jobDefinitionArn")
    base_name: str = field(name="jobDefinitionName")
    revision: int
    parameters: dict[str, str] = field(default_factory=dict)
    """What stands for the placeholders of its commands where a job names nothing else."""
    container: Container | None = field(name="containerProperties", default=None)
    ecs_properties: EcsProperties = EcsProperties()
    eks_properties: EksProperties = EksProperties()
    node_properties: NodeProperties = NodeProperties()

    @property
    def revised_name(self) -> str:
        """`import:3`: a name with its revision."""
        return f"{self.base_name}:{self.revision}"

    @property
    def containers(self) -> Iterator[AnyContainer]:
        """All that its jobs run, on whichever node."""
        yield from Properties(self.container, self.ecs_properties, self.eks_properties).containers
        for nodes in self.node_properties.node_range_properties:
            yield from nodes.containers


def texts_of(definition: JobDefinition) -> dict[str, str]:
    """What people wrote into it, by its place."""
    return variables(definition.parameters, "parameter") | together(_texts_of_containers(definition))


def _texts_of_containers(definition: JobDefinition) -> Iterator[tuple[str, str]]:
    """Containers of several nodes may have one name."""
    for number, container in enumerate(definition.containers):
        name = "" if isinstance(container, Container) else container.name
        whose = f" of container {name or number + 1}" if name or number else ""
        for place, text in container.texts.items():
            yield f"{place}{whose}", text


class JobSecrets(FoundSecrets, Facet[JobDefinition]):
    """What a job definition gives away."""

    source = secrets_in(texts_of)
