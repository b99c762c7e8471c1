"""CodePipeline's check on literals, and what is asked of code hosts."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from aioprowler import Fail, Failure, Pass, PublicRepositories
from aioprowler.declarations.failure import GapError, UnreadableError
from aioprowler.services.codepipeline.checks import codepipeline_project_repo_private
from aioprowler.services.codepipeline.resources import (
    Action,
    ActionType,
    Definition,
    Pipeline,
    PublicSources,
    Stage,
    public_sources,
)
from tests.worlds.world import TOOLS, World, scan_world

PIPELINE = Pipeline(name="web")
CHECK = "codepipeline_project_repo_private"
SILENT = Failure("unreachable", "GitHub or GitLab", "ClientConnectorError")


def definition(*repositories: str, provider: str = "CodeStarSourceConnection") -> Definition:
    kind = ActionType(provider=provider)
    actions = tuple(Action(kind=kind, configuration={"FullRepositoryId": each}) for each in repositories)
    return Definition(stages=(Stage(actions=actions), Stage(actions=(Action(kind=ActionType(provider="CodeBuild")),))))


def test_repositories_are_those_of_connections() -> None:
    assert definition("a/b", "c/d", "a/b").repositories == ("a/b", "c/d")
    assert definition("a/b", provider="S3").repositories == ()


@pytest.mark.parametrize("configuration", [None, {}])
def test_a_repository_that_is_not_told_is_no_verdict(configuration: dict[str, str] | None) -> None:
    action = Action(kind=ActionType(provider="CodeStarSourceConnection"), configuration=configuration)
    with pytest.raises(UnreadableError):
        codepipeline_project_repo_private(
            PIPELINE, Definition(stages=(Stage(actions=(action,)),)), PublicSources(addresses=())
        )


@pytest.mark.parametrize(
    ("public", "verdict"),
    [
        (PublicSources(addresses=()), Pass),
        (PublicSources(addresses=("https://github.com/a/b",)), Fail),
        (PublicSources(addresses=("https://github.com/a/b",), gap=SILENT), Fail),
    ],
)
def test_sources(public: PublicSources, verdict: type) -> None:
    assert isinstance(codepipeline_project_repo_private(PIPELINE, definition("a/b"), public), verdict)


def test_who_does_not_answer_has_not_said_that_it_is_private() -> None:
    with pytest.raises(GapError):
        codepipeline_project_repo_private(PIPELINE, definition("a/b"), PublicSources(addresses=(), gap=SILENT))


def test_a_pipeline_without_a_connection_is_not_judged() -> None:
    assert codepipeline_project_repo_private(PIPELINE, definition(), PublicSources(addresses=())) is None


class Hosts:
    """PublicRepositories that are asked once, and say this."""

    def __init__(self, **told: Any) -> None:
        self.told = told

    async def find(self, name: str) -> str | Failure | None:
        told: str | Failure | None = self.told[name.replace("/", "_")]
        return told


def test_all_repositories_are_asked_for() -> None:
    hosts = Hosts(a_b=SILENT, c_d="https://gitlab.com/c/d", e_f=None)
    found = anyio.run(public_sources.function, definition("a/b", "c/d", "e/f"), hosts)
    assert found == PublicSources(addresses=("https://gitlab.com/c/d",), gap=SILENT)


@pytest.mark.parametrize(("told", "status"), [("https://github.com/a/b", "FAIL"), (None, "PASS"), (SILENT, "MANUAL")])
def test_a_scan(told: Any, status: str) -> None:
    action = {"actionTypeId": {"provider": "CodeStarSourceConnection"}, "configuration": {"FullRepositoryId": "a/b"}}
    world = World(
        {
            ("codepipeline:ListPipelines", "us-east-1"): {"pipelines": [{"name": "web"}]},
            "codepipeline:GetPipeline": {"pipeline": {"name": "web", "stages": [{"actions": [action]}]}},
        }
    )
    tools = TOOLS | {PublicRepositories: Hosts(a_b=told)}

    async def run() -> Any:
        return await scan_world(world, CHECK, tools=tools)

    (found,) = anyio.run(run)
    assert (found.status, found.resource_id) == (status, "web")
    assert found.resource_arn == "arn:aws:codepipeline:us-east-1:123456789012:web"
