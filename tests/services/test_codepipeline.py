"""CodePipeline's check on literals, and what is asked of code hosts."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from aioprowler import Fail, Failure, Pass, PublicRepositories
from aioprowler.declarations.failure import GapError, UnreadableError
from aioprowler.services.codepipeline.checks import codepipeline_project_repo_private
from aioprowler.services.codepipeline.resources import (
    UNTOLD,
    Action,
    ActionType,
    Pipeline,
    Providers,
    PublicSources,
    Stage,
    public_sources,
)
from tests.worlds.world import TOOLS, World, denied, scan_world

CHECK = "codepipeline_project_repo_private"
SILENT = Failure("unreachable", "GitHub or GitLab", "ClientConnectorError")
ARN = "arn:aws:codeconnections:us-east-1:123456789012:connection/1"
DENIED = Failure("denied", "codeconnections:GetConnection", "AccessDeniedException")


def pipeline(*repositories: str, provider: str = "CodeStarSourceConnection", **settings: str) -> Pipeline:
    kind = ActionType(provider=provider)
    actions = tuple(Action(kind=kind, configuration={"FullRepositoryId": each, **settings}) for each in repositories)
    stages = (Stage(actions=actions), Stage(actions=(Action(kind=ActionType(provider="CodeBuild")),)))
    return Pipeline(name="web", stages=stages)


def test_repositories_are_those_of_connections() -> None:
    assert [each.name for each in pipeline("a/b", "c/d", "a/b").repositories] == ["a/b", "c/d"]
    assert pipeline("a/b", provider="S3").repositories == ()


@pytest.mark.parametrize("configuration", [None, {}])
def test_a_repository_that_is_not_told_is_no_verdict(configuration: dict[str, str] | None) -> None:
    action = Action(kind=ActionType(provider="CodeStarSourceConnection"), configuration=configuration)
    with pytest.raises(UnreadableError):
        codepipeline_project_repo_private(
            Pipeline(name="web", stages=(Stage(actions=(action,)),)), PublicSources(addresses=())
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
    assert isinstance(codepipeline_project_repo_private(pipeline("a/b"), public), verdict)


def test_who_does_not_answer_has_not_said_that_it_is_private() -> None:
    with pytest.raises(GapError):
        codepipeline_project_repo_private(pipeline("a/b"), PublicSources(addresses=(), gap=SILENT))


def test_a_pipeline_without_a_connection_is_not_judged() -> None:
    assert codepipeline_project_repo_private(pipeline(), PublicSources(addresses=())) is None


class Hosts:
    """PublicRepositories that say this, by repository, or by host and repository."""

    def __init__(self, **told: Any) -> None:
        self.told = told
        self.asked: list[tuple[str, str]] = []

    async def find(self, name: str, host: str = "") -> str | Failure | None:
        self.asked.append((name, host))
        told: str | Failure | None = self.told[name.replace("/", "_")]
        return told


def found_by(hosts: Hosts, of: Pipeline, **providers: Any) -> Any:
    return anyio.run(public_sources.function, of, Providers(by_connection=providers), hosts)


def test_all_repositories_are_asked_for() -> None:
    hosts = Hosts(a_b=SILENT, c_d="https://gitlab.com/c/d", e_f=None)
    found = found_by(hosts, pipeline("a/b", "c/d", "e/f", ConnectionArn="c"), c="GitLab")
    assert found == PublicSources(addresses=("https://gitlab.com/c/d",), gap=SILENT)
    assert hosts.asked == [("a/b", "GitLab"), ("c/d", "GitLab"), ("e/f", "GitLab")]


@pytest.mark.parametrize("provider", ["Bitbucket", "GitHubEnterpriseServer", "GitLabSelfManaged", "AzureDevOps"])
def test_what_is_elsewhere_is_not_asked_for_at_github(provider: str) -> None:
    hosts = Hosts()
    found = found_by(hosts, pipeline("a/b", ConnectionArn="c"), c=provider)
    assert (found.addresses, hosts.asked) == ((), [])
    with pytest.raises(GapError, match=f"a/b is at {provider}"):
        codepipeline_project_repo_private(pipeline("a/b"), found)


@pytest.mark.parametrize(("shown", "addresses"), [("https://github.com/a/b", ("https://github.com/a/b",)), (None, ())])
def test_where_the_provider_is_not_known_a_repository_may_be_public_and_is_never_private(
    shown: Any, addresses: tuple[str, ...]
) -> None:
    found = found_by(Hosts(a_b=shown), pipeline("a/b", ConnectionArn="c"), c=DENIED)
    assert found.addresses == addresses
    assert shown or found.gap == DENIED
    assert found_by(Hosts(a_b=None), pipeline("a/b")).gap == UNTOLD


def world(*names: str, arn: str = ARN) -> World:
    action = {
        "actionTypeId": {"provider": "CodeStarSourceConnection"},
        "configuration": {"FullRepositoryId": "a/b", "ConnectionArn": arn},
    }
    return World(
        {
            ("codepipeline:ListPipelines", "us-east-1"): {"pipelines": [{"name": each} for each in names]},
            "codepipeline:GetPipeline": lambda _account, _region, params: {
                "pipeline": {"name": params["name"], "stages": [{"actions": [action]}]}
            },
            (f"{arn.split(':')[2]}:GetConnection", arn.split(":")[3]): {"Connection": {"ProviderType": "GitHub"}},
        }
    )


def scanned(world: World, hosts: Hosts) -> Any:
    async def run() -> Any:
        return await scan_world(world, CHECK, tools=TOOLS | {PublicRepositories: hosts})

    return anyio.run(run)


@pytest.mark.parametrize(("told", "status"), [("https://github.com/a/b", "FAIL"), (None, "PASS"), (SILENT, "MANUAL")])
def test_a_scan(told: Any, status: str) -> None:
    (found,) = scanned(world("web"), Hosts(a_b=told))
    assert (found.status, found.resource_id) == (status, "web")
    assert found.resource_arn == "arn:aws:codepipeline:us-east-1:123456789012:web"


def test_a_connection_is_asked_for_once_by_its_own_name_and_in_its_own_region() -> None:
    arn = "arn:aws:codestar-connections:eu-west-1:123456789012:connection/1"
    aws = world("web", "shop", arn=arn)
    assert [each.status for each in scanned(aws, Hosts(a_b=None))] == ["PASS", "PASS"]
    assert aws.calls["codestar-connections:GetConnection"] == 1
    assert aws.calls["codeconnections:GetConnection"] == 0


def test_a_connection_that_is_denied_is_manual() -> None:
    aws = world("web")
    aws.replies["codeconnections:GetConnection", "us-east-1"] = denied("codeconnections:GetConnection")
    (found,) = scanned(aws, Hosts(a_b=None))
    assert found.status == "MANUAL"
    assert "codeconnections:GetConnection" in found.status_detail


def test_what_is_no_connection_is_not_asked_for() -> None:
    aws = world("web")
    action = {
        "actionTypeId": {"provider": "CodeStarSourceConnection"},
        "configuration": {"FullRepositoryId": "a/b", "ConnectionArn": "#{variables.connection}"},
    }
    aws.replies["codepipeline:GetPipeline"] = {"pipeline": {"name": "web", "stages": [{"actions": [action]}]}}
    (found,) = scanned(aws, Hosts(a_b=None))
    assert found.status == "MANUAL"
    assert not [each for each in aws.calls if "GetConnection" in each]
