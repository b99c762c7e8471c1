"""CodeBuild's checks on literals."""

from __future__ import annotations

import datetime
from typing import Any

import anyio
import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass
from aioprowler.declarations.failure import GapError, UnreadableError
from aioprowler.declarations.sources import Secret
from aioprowler.judging.policies import Policy
from aioprowler.services.codebuild.checks import (
    codebuild_project_logging_enabled,
    codebuild_project_no_secrets_in_variables,
    codebuild_project_not_publicly_accessible,
    codebuild_project_older_90_days,
    codebuild_project_s3_logs_encrypted,
    codebuild_project_source_repo_url_no_sensitive_credentials,
    codebuild_project_user_controlled_buildspec,
    codebuild_project_uses_allowed_github_organizations,
    codebuild_project_webhook_filters_use_anchored_patterns,
    codebuild_report_group_export_encrypted,
)
from aioprowler.services.codebuild.patterns import is_anchored
from aioprowler.services.codebuild.resources import (
    BuildRoles,
    CloudWatchLogs,
    Environment,
    Export,
    Filter,
    LatestBuilds,
    Logs,
    Project,
    ReportBucket,
    ReportGroup,
    S3Logs,
    Scope,
    Source,
    Variable,
    VariableSecrets,
    Webhook,
    build_roles,
    texts_of,
)
from aioprowler.services.iam.resources import Role
from tests.services.made import made
from tests.worlds.world import NOW, World, scan_world

ROLE = "arn:aws:iam::123456789012:role/build"
GITHUB = Source(type="GITHUB", location="https://github.com/Example/web.git")


def project(origin: Source = GITHUB, **fields: Any) -> Project:
    told: dict[str, Any] = {"environment": Environment(), "visibility": "PRIVATE", "service_role": ROLE}
    return Project(name="web", origin=origin, **(told | fields))


def logs(cloudwatch: str = "", s3: str = "", **fields: Any) -> Logs:
    told: dict[str, Any] = {}
    if cloudwatch:
        told["cloud_watch_logs"] = CloudWatchLogs(status=cloudwatch)
    if s3:
        told["s3_logs"] = S3Logs(status=s3, location="bucket/logs", **fields)
    return Logs(**told)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (logs(), Pass),
        (logs("ENABLED", "DISABLED"), Pass),
        (logs("DISABLED", "ENABLED"), Pass),
        (logs("DISABLED", "DISABLED"), Fail),
        (logs("DISABLED"), Fail),
        (logs("DISABLED", "PERHAPS"), Manual),
        (logs("ENABLED", "PERHAPS"), Pass),
    ],
)
def test_logging(told: Logs, verdict: type) -> None:
    assert isinstance(codebuild_project_logging_enabled(project(logs=told)), verdict)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (logs(), type(None)),
        (logs(s3="DISABLED", encryption_disabled=True), type(None)),
        (logs(s3="ENABLED"), Pass),
        (logs(s3="ENABLED", encryption_disabled=True), Fail),
        (logs(s3="PERHAPS"), Manual),
    ],
)
def test_logs_in_a_bucket(told: Logs, verdict: type) -> None:
    assert isinstance(codebuild_project_s3_logs_encrypted(project(logs=told)), verdict)


@pytest.mark.parametrize(
    ("visibility", "verdict"), [("PRIVATE", Pass), ("PUBLIC_READ", Fail), ("PUBLIC_WRITE", Manual)]
)
def test_visibility(visibility: str, verdict: type) -> None:
    assert isinstance(codebuild_project_not_publicly_accessible(project(visibility=visibility)), verdict)


def test_variables_that_are_references_or_excluded_are_not_looked_into() -> None:
    told = (
        Variable(name="A", value="x"),
        Variable(name="B", value="/parameter", type="PARAMETER_STORE"),
        Variable(name="C", value="secret", type="SECRETS_MANAGER"),
        Variable(name="D", value="y", type="PLAINTEXT"),
        Variable(name="E", value="z"),
    )
    texts = texts_of(project(environment=Environment(variables=told)), excluded_sensitive_environment_variables=["E"])
    assert list(texts) == ["variable A", "variable D"]


@pytest.mark.parametrize(("secrets", "verdict"), [({"variable A": (Secret("Password", 0),)}, Fail), ({}, Pass)])
def test_secrets(secrets: dict[str, tuple[Secret, ...]], verdict: type) -> None:
    found = codebuild_project_no_secrets_in_variables(project(), VariableSecrets(secrets=secrets))
    assert isinstance(found, verdict)


def built(began: Any) -> LatestBuilds:
    return LatestBuilds(by_project={"web": began})


@pytest.mark.parametrize(
    ("began", "verdict"),
    [
        (NOW - datetime.timedelta(days=90), Pass),
        (NOW - datetime.timedelta(days=91), Fail),
        (NOW + datetime.timedelta(minutes=1), Pass),
        (None, Fail),
    ],
)
def test_age(began: datetime.datetime | None, verdict: type) -> None:
    assert isinstance(codebuild_project_older_90_days(project(), built(began), NOW), verdict)


def test_a_build_that_is_not_known_is_no_verdict() -> None:
    with pytest.raises(GapError):
        codebuild_project_older_90_days(project(), built(Failure("throttled", "codebuild:BatchGetBuilds", "-")), NOW)


def test_nothing_is_said_of_a_project_that_is_gone() -> None:
    assert codebuild_project_older_90_days(project(), LatestBuilds(by_project={}), NOW) is None


def test_builds_are_asked_about_in_one_batch() -> None:
    names = [f"project-{number}" for number in range(30)]
    running = NOW - datetime.timedelta(days=1)

    def projects(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        told = {
            "source": {"type": "NO_SOURCE"},
            "environment": {},
            "projectVisibility": "PRIVATE",
            "serviceRole": ROLE,
        }
        return {"projects": [{"name": name, **told} for name in params["names"]]}

    def builds(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"ids": [f"{params['projectName']}:1"] if params["projectName"] != "project-7" else []}

    def begun(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"builds": [{"id": id_, "startTime": running} for id_ in params["ids"] if id_ != "project-8:1"]}

    world = World(
        {
            ("codebuild:ListProjects", "us-east-1"): {"projects": names},
            "codebuild:BatchGetProjects": projects,
            "codebuild:ListBuildsForProject": builds,
            "codebuild:BatchGetBuilds": begun,
        }
    )
    found = anyio.run(scan_world, world, "codebuild_project_older_90_days")
    assert {each.resource_id: each.status for each in found if each.status != "PASS"} == {
        "project-7": "FAIL",
        "project-8": "MANUAL",
    }
    assert (len(found), world.calls["codebuild:BatchGetBuilds"]) == (30, 1)


@pytest.mark.parametrize(
    ("location", "verdict"),
    [
        ("https://github.com/example/web.git", Pass),
        ("https://user@bitbucket.org/example/web.git", Pass),
        ("https://x-token-auth:t0ken@bitbucket.org/example/web.git", Fail),
        ("https://user:pass@bitbucket.org/example/web.git", Fail),
        ("https://user:pass@bitbucket.org/example/web", Fail),
        ("https://user:pass@github.com/example/web.git", Fail),
        ("https://ghp_0123456789@github.com/example/web.git", Fail),
        ("https://user@example.com:pass@bitbucket.org/example/web.git", Fail),
        ("https://user:t0ken@pass@bitbucket.org/example/web.git", Fail),
        ("https://:t0ken@gitlab.com/example/web.git", Fail),
        ("https://0123456789abcdef0123456789abcdef01234567@github.com/example/web.git", Fail),
        ("https://user:@bitbucket.org/example/web.git", Pass),
        ("https://example.com:8443/a@b/web.git", Pass),
        ("arn:aws:s3:::bucket/key", Pass),
        ("", Pass),
    ],
)
def test_credentials_in_urls(location: str, verdict: type) -> None:
    check = codebuild_project_source_repo_url_no_sensitive_credentials
    source = Source(type="BITBUCKET", location=location)
    first, second = check(project(source)), check(project(others=(Source(type="CODEPIPELINE"), source)))
    assert isinstance(first, verdict)
    assert isinstance(second, verdict)
    assert not any(word in first.detail for word in ("pass@", "t0ken", "ghp_"))


@pytest.mark.parametrize(
    ("buildspec", "kind", "verdict"),
    [
        ("buildspec.yml", "GITHUB", Fail),
        ("ci/build.yaml", "GITHUB", Fail),
        ("ci/buildspec", "GITHUB", Fail),
        ("", "GITHUB", Fail),
        ("", "NO_SOURCE", Pass),
        ("arn:aws:s3:::bucket/buildspec.yml", "GITHUB", Pass),
        ("version: 0.2\nphases:\n  build:\n    commands:\n      - cat some.yml", "GITHUB", Pass),
        ('{"version": "0.2"}', "GITHUB", Pass),
    ],
)
def test_build_specifications(buildspec: str, kind: str, verdict: type) -> None:
    found = codebuild_project_user_controlled_buildspec(project(Source(type=kind, buildspec=buildspec)))
    assert isinstance(found, verdict)


@pytest.mark.parametrize(
    ("source", "allowed", "verdict"),
    [
        (GITHUB, ["example"], Pass),
        (GITHUB, ["other"], Fail),
        (GITHUB, [], Fail),
        (Source(type="GITHUB_ENTERPRISE", location="https://git.example.com/example/web"), ["Example"], Pass),
        (Source(type="GITHUB", location="CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION"), ["example"], Manual),
        (Source(type="BITBUCKET", location="https://bitbucket.org/other/web"), [], type(None)),
        (Source(type="CODEPIPELINE"), [], type(None)),
    ],
)
def test_organizations(source: Source, allowed: list[str], verdict: type) -> None:
    found = codebuild_project_uses_allowed_github_organizations(
        project(source), BuildRoles(frozenset({ROLE})), codebuild_github_allowed_organizations=allowed
    )
    assert isinstance(found, verdict)


@pytest.mark.parametrize(("scope", "verdict"), [("GITHUB_ORGANIZATION", Pass), ("GITHUB_GLOBAL", Manual)])
def test_a_webhook_may_be_of_an_organization(scope: str, verdict: type) -> None:
    runner = project(
        Source(type="GITHUB", location="CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION"),
        webhook=Webhook(scope=Scope(name="example", scope=scope)),
    )
    found = codebuild_project_uses_allowed_github_organizations(
        runner, BuildRoles(frozenset({ROLE})), codebuild_github_allowed_organizations=["example"]
    )
    assert isinstance(found, verdict)


def test_a_role_that_codebuild_cannot_assume_builds_nothing() -> None:
    assert codebuild_project_uses_allowed_github_organizations(project(), BuildRoles(frozenset())) is None


def test_roles_of_codebuild_are_told_by_their_trust() -> None:
    def role(name: str, **principal: Any) -> Role:
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
        return made(Role, name=name, arn=name, trust=Policy.parse({"Statement": [statement]}))

    build = role("build", Service=["codebuild.amazonaws.com", "ec2.amazonaws.com"])
    assert build_roles((build, role("other", Service="ec2.amazonaws.com"))).arns == {"build"}
    assert build_roles((role("anybody", AWS="*"),)).arns == {"anybody"}


@pytest.mark.parametrize(
    ("pattern", "anchored"),
    [
        ("^123456$", True),
        ("123456", False),
        ("^123456", False),
        ("^1$|^23$", True),
        ("^1|23$", False),
        ("^1$ | ^23$", True),
        ("^(1|23)$", True),
        ("(^1$|^23$)", True),
        ("(?:^1$)", True),
        ("(^1$)|(23)", False),
        ("(^1)(2$)", False),
        (r"^main\$", False),
        ("^[|$]$", True),
        ("^refs/heads/.*$", True),
        ("", False),
        ("^1$|", False),
        ("^", False),
    ],
)
def test_anchors(pattern: str, anchored: bool) -> None:
    assert is_anchored(pattern) is anchored


@pytest.mark.parametrize(
    ("filters", "verdict"),
    [
        ([], Pass),
        ([Filter(type="EVENT", pattern="PUSH")], Pass),
        ([Filter(type="ACTOR_ACCOUNT_ID", pattern="^1$")], Pass),
        ([Filter(type="ACTOR_ACCOUNT_ID", pattern="1")], Fail),
        ([Filter(type="HEAD_REF", pattern="^refs/heads/main")], Fail),
        ([Filter(type="BASE_REF", pattern="main$")], Fail),
        ([Filter(type="BASE_REF", pattern="main", excludes=True)], Pass),
        ([Filter(type="FILE_PATH", pattern="src")], Pass),
    ],
)
def test_webhooks(filters: list[Filter], verdict: type) -> None:
    found = codebuild_project_webhook_filters_use_anchored_patterns(
        project(webhook=Webhook(filter_groups=(tuple(filters),)))
    )
    assert isinstance(found, verdict)


@pytest.mark.parametrize(("pattern", "verdict"), [("^main$", Pass), ("main", Fail), ("", Pass)])
def test_the_older_filter_for_branches(pattern: str, verdict: type) -> None:
    found = codebuild_project_webhook_filters_use_anchored_patterns(project(webhook=Webhook(branch_filter=pattern)))
    assert isinstance(found, verdict)
    assert ("branchFilter main" in found.detail) is (verdict is Fail)


def test_without_a_webhook_there_is_no_filter() -> None:
    assert isinstance(codebuild_project_webhook_filters_use_anchored_patterns(project()), Pass)


@pytest.mark.parametrize(
    ("export", "verdict"),
    [
        (Export(type="S3", to=ReportBucket(encryption_disabled=False)), Pass),
        (Export(type="S3", to=ReportBucket(encryption_disabled=True)), Fail),
        (Export(type="TAPE"), Manual),
        (Export(type="NO_EXPORT"), type(None)),
    ],
)
def test_reports(export: Export, verdict: type) -> None:
    group = ReportGroup(arn="arn:aws:codebuild:eu-west-1:123456789012:report-group/tests", export=export)
    assert group.label == "CodeBuild report group tests"
    assert isinstance(codebuild_report_group_export_encrypted(group), verdict)


@pytest.mark.parametrize("export", [Export(), Export(type="S3"), Export(type="S3", to=ReportBucket())])
def test_an_export_that_is_not_told_is_no_verdict(export: Export) -> None:
    with pytest.raises(UnreadableError):
        codebuild_report_group_export_encrypted(ReportGroup(arn="arn", export=export))
