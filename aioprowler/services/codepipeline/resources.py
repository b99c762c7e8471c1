"""Pipelines, and the repositories that they begin with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from aioprowler import (
    Account,
    Aws,
    Facet,
    Failure,
    Partial,
    PublicRepositories,
    Resource,
    Seen,
    call,
    field,
    listing,
    source,
)
from aioprowler.judging.verdicts import told

ASKED: Final = ("GitHub", "GitLab")
"""Providers of repositories, as connections name them, that tell everybody which ones are public
(https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Connection.html)."""
CONNECTIONS: Final = ("codeconnections", "codestar-connections")
"""The service and its former name: which of them is asked about a connection is in its ARN
(https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html)."""
CONNECTION: Final = "ConnectionArn"


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


class Repository(msgspec.Struct, frozen=True):
    """A repository that a pipeline reaches by a connection."""

    name: str
    """`owner/name`"""
    connection: str
    """Its ARN; empty where AWS does not tell it."""


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

    source = listing(
        "codepipeline",
        "ListPipelines",
        "pipelines",
        detail=call("codepipeline", "GetPipeline", "pipeline", name="name"),
    )
    name: str
    stages: tuple[Stage, ...]

    @property
    def connected(self) -> tuple[Action, ...]:
        """The steps that fetch a repository by a connection
        (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html).
        """
        actions = (action for stage in self.stages for action in stage.actions)
        return tuple(each for each in actions if each.kind.provider == "CodeStarSourceConnection")

    @property
    def repositories(self) -> tuple[Repository, ...]:
        """Each once. Raises UnreadableError where AWS does not tell one."""
        set_up = [told(each.configuration, "the repository of a connection") for each in self.connected]
        found = (
            Repository(told(each.get("FullRepositoryId"), "the repository of a connection"), each.get(CONNECTION, ""))
            for each in set_up
        )
        return tuple(dict.fromkeys(found))


@source("codeconnections:GetConnection", "codestar-connections:GetConnection")
async def providers(pipelines: Seen[Pipeline], aws: Aws) -> Providers:
    """A connection is asked for once, in its own region, however many pipelines use it."""
    set_up = (each.configuration or {} for pipeline in pipelines.items for each in pipeline.connected)
    arns = dict.fromkeys(each[CONNECTION] for each in set_up if CONNECTION in each)
    return Providers(by_connection={arn: await _provider(arn, aws) for arn in arns})


async def _provider(arn: str, aws: Aws) -> str | Failure:
    fields = arn.split(":", 5)
    if len(fields) < 6 or fields[2] not in CONNECTIONS:
        return Failure("broken", "codeconnections:GetConnection", "no connection", f"{arn:.80}")
    reply = await aws.at(fields[3]).call(fields[2], "GetConnection", ConnectionArn=arn)
    if isinstance(reply, Failure):
        return reply
    found = (reply.get("Connection") or {}).get("ProviderType")
    return str(found) if found else Failure("broken", f"{fields[2]}:GetConnection", "no ProviderType")


class Providers(Facet[Account]):
    """Who hosts what the connections of pipelines lead to, such as GitHub or Bitbucket."""

    source = providers
    by_connection: Mapping[str, str | Failure]


UNTOLD: Final = Failure("broken", "codepipeline:GetPipeline", "no ConnectionArn")


@source()
async def public_sources(pipeline: Pipeline, hosts: Providers, repositories: PublicRepositories) -> PublicSources:
    """Each repository is asked for, also where another one is public."""
    found = [
        await _find(each.name, hosts.by_connection.get(each.connection, UNTOLD), repositories)
        for each in pipeline.repositories
    ]
    gaps = [each for each in found if isinstance(each, Failure)]
    addresses = dict.fromkeys(each for each in found if isinstance(each, str))
    return PublicSources(addresses=tuple(addresses), gap=gaps[0] if gaps else None)


async def _find(name: str, provider: str | Failure, repositories: PublicRepositories) -> str | Failure | None:
    """Where nobody knows who hosts it, whoever shows a repository of that name; what nobody shows may be elsewhere."""
    if isinstance(provider, Failure):
        found = await repositories.find(name)
        return found if isinstance(found, str) else provider
    if provider not in ASKED:
        return Failure("broken", provider, "", f"{name} is at {provider}, which is not asked whom it shows what")
    return await repositories.find(name, provider)


class PublicSources(Partial, Facet[Pipeline]):
    """At which addresses everybody may read the repositories of a pipeline."""

    source = public_sources
    addresses: tuple[str, ...]
