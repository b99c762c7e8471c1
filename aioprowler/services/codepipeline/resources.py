"""Pipelines, and the repositories that they begin with."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from aioprowler import Facet, Failure, Partial, PublicRepositories, Resource, call, field, listing, source
from aioprowler.judging.verdicts import told


class Pipeline(
    Resource,
    id="name",
    arn="arn:{partition}:codepipeline:{region}:{account_id}:{name}",
    rename="camel",
    type="AwsCodePipelinePipeline",
    group="devops",
    noun="Pipeline",
    gone=["PipelineNotFoundException"],
):
    """What brings code from a repository to where it runs."""

    source = listing("codepipeline", "ListPipelines", "pipelines")
    name: str


class ActionType(msgspec.Struct, frozen=True, rename="camel"):
    """By what an action is done."""

    provider: str


class Action(msgspec.Struct, frozen=True, rename="camel"):
    """One step."""

    kind: ActionType = field(name="actionTypeId")
    configuration: Mapping[str, str] | None = None
    """Left out where there is nothing to say, as of an approval."""


class Stage(msgspec.Struct, frozen=True, rename="camel"):
    """Steps that belong together."""

    actions: tuple[Action, ...]


class Definition(Facet[Pipeline], rename="camel"):
    """What a pipeline does."""

    source = call("codepipeline", "GetPipeline", "pipeline", name="name")
    stages: tuple[Stage, ...]

    @property
    def repositories(self) -> tuple[str, ...]:
        """Those that it reaches by a connection, as `owner/name`
        (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html).
        """
        connected = (
            told(action.configuration, "the repository of a connection")
            for stage in self.stages
            for action in stage.actions
            if action.kind.provider == "CodeStarSourceConnection"
        )
        names = (told(each.get("FullRepositoryId"), "the repository of a connection") for each in connected)
        return tuple(dict.fromkeys(names))


@source()
async def public_sources(definition: Definition, repositories: PublicRepositories) -> PublicSources:
    """Each repository is asked for, also where another one is public."""
    found = {name: await repositories.find(name) for name in definition.repositories}
    gaps = [each for each in found.values() if isinstance(each, Failure)]
    return PublicSources(
        addresses=tuple(each for each in found.values() if isinstance(each, str)), gap=gaps[0] if gaps else None
    )


class PublicSources(Partial, Facet[Pipeline]):
    """At which addresses everybody may read the repositories of a pipeline."""

    source = public_sources
    addresses: tuple[str, ...]
