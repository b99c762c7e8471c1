"""Build projects, what started them last, and where their reports go."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

import anyio
import msgspec

from aioprowler import All, Aws, Facet, Failure, Here, Region, Resource, States, batch, derive, field, listing, source
from aioprowler.judging.policies import Principal, Statement
from aioprowler.judging.secrets import FoundSecrets, secrets_in, variables
from aioprowler.services.iam.resources import Role

AT_ONCE: Final = 20
"""Projects about whose builds is asked at the same time."""
BATCH: Final = 100
"""Builds of which one call tells."""
BRANCH: Final = "branchFilter"
SERVICE: Final = Principal("Service", "codebuild.amazonaws.com")
_INLINE: Final = re.compile(r"[\n{]|:\s")
"""What a build specification has, and no path to one."""


# --- Projects ---
class Source(msgspec.Struct, frozen=True, rename="camel"):
    """Where the code comes from."""

    type: str
    location: str = ""
    """A URL, a bucket or a name; what a pipeline brings has none."""
    buildspec: str = ""
    """A path, an ARN, or the specification itself. Left out, it is `buildspec.yml` at the root of the source
    (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html)."""

    @property
    def brings_buildspec(self) -> bool:
        """Whether who may change the source may change what is built, and how. One in a bucket is elsewhere."""
        text = self.buildspec.strip()
        if not text:
            return self.type != "NO_SOURCE"
        return not text.startswith("arn:") and not _INLINE.search(text)


class Variable(msgspec.Struct, frozen=True, rename="camel"):
    """An environment variable; of other types than text the value is the name of where it is
    (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentVariable.html)."""

    name: str
    value: str = ""
    type: str = "PLAINTEXT"

    @property
    def is_reference(self) -> bool:
        """Whether it names a secret, and is none."""
        return self.type in ("PARAMETER_STORE", "SECRETS_MANAGER")


class Environment(msgspec.Struct, frozen=True, rename="camel"):
    """What builds run in."""

    variables: tuple[Variable, ...] = field(name="environmentVariables", default=())


class CloudWatchLogs(msgspec.Struct, frozen=True, rename="camel"):
    """Logs in CloudWatch Logs."""

    status: str


class S3Logs(msgspec.Struct, frozen=True, rename="camel"):
    """Logs in a bucket."""

    status: str
    location: str = ""
    encryption_disabled: bool = False


class Logs(msgspec.Struct, frozen=True, rename="camel"):
    """Where builds log to. What is not set has a default
    (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_LogsConfig.html)."""

    cloud_watch_logs: CloudWatchLogs = CloudWatchLogs(status="ENABLED")
    s3_logs: S3Logs = field(name="s3Logs", default=S3Logs(status="DISABLED"))


class Filter(msgspec.Struct, frozen=True, rename="camel"):
    """A regular expression that an event has to match, or with `excludes` must not."""

    type: str
    pattern: str
    excludes: bool = field(name="excludeMatchedPattern", default=False)


class Scope(msgspec.Struct, frozen=True, rename="camel"):
    """The organization or group whose repositories a webhook listens to, where it is not one repository."""

    name: str
    scope: str


class Webhook(msgspec.Struct, frozen=True, rename="camel"):
    """By which events of the repository builds are started: all filters of one group have to let them pass."""

    filter_groups: tuple[tuple[Filter, ...], ...] = ()
    branch_filter: str = ""
    """What came before these, and can still be set: a regular expression for names of branches
    (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Webhook.html)."""
    scope: Scope | None = field(name="scopeConfiguration", default=None)

    @property
    def filters(self) -> Iterator[Filter]:
        """All of them."""
        for group in self.filter_groups:
            yield from group
        if self.branch_filter:
            yield Filter(type=BRANCH, pattern=self.branch_filter)


class Project(
    Resource,
    id="name",
    arn="arn:{partition}:codebuild:{region}:{account_id}:project/{name}",
    rename="camel",
    type="AwsCodeBuildProject",
    group="devops",
    noun="CodeBuild project",
    gone=["ResourceNotFoundException"],
):
    """What is built, and how."""

    source = listing(
        "codebuild",
        "ListProjects",
        "projects",
        item="name",
        detail=batch("codebuild", "BatchGetProjects", "projects", ids="names", owner_key="name", reply_key="name"),
    )
    name: str
    origin: Source = field(name="source")
    others: tuple[Source, ...] = field(name="secondarySources", default=())
    environment: Environment
    logs: Logs = field(name="logsConfig", default=Logs())
    visibility: str = field(name="projectVisibility")
    service_role: str
    webhook: Webhook | None = None
    """Left out where nothing but people and services start builds."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """All of them."""
        return (self.origin, *self.others)


def texts_of(
    project: Project,
    *,
    excluded_sensitive_environment_variables: Annotated[
        list[str], "Names of variables of CodeBuild projects that are not looked into for secrets."
    ] = [],  # noqa: B006 - never changed
) -> dict[str, str]:
    """The variables that are text."""
    told = [each for each in project.environment.variables if not each.is_reference]
    return variables(
        (each.name, each.value) for each in told if each.name not in excluded_sensitive_environment_variables
    )


class VariableSecrets(FoundSecrets, Facet[Project]):
    """What the environment variables of a project give away."""

    source = secrets_in(texts_of)


# --- Builds ---
UNTOLD: Final = Failure("broken", "codebuild:BatchGetBuilds", "", "AWS did not tell when the newest build began")


@source("codebuild:ListBuildsForProject", "codebuild:BatchGetBuilds")
async def latest_builds(projects: Here[Project], aws: Aws) -> LatestBuilds:
    """The newest build of each project is the first in AWS's list; a batch tells of many when they began."""
    newest: dict[str, str | Failure] = {}
    turns = anyio.Semaphore(AT_ONCE)

    async def look(project: str) -> None:
        async with turns:
            found = await _newest_build(project, aws)
        if found is not None:
            newest[project] = found

    async with anyio.create_task_group() as tasks:
        for project in projects:
            tasks.start_soon(look, project.name)
    began = await _beginnings([each for each in newest.values() if each and isinstance(each, str)], aws)
    return LatestBuilds(
        by_project={
            name: (began.get(each, UNTOLD) if each else None) if isinstance(each, str) else each
            for name, each in newest.items()
        }
    )


async def _newest_build(project: str, aws: Aws) -> str | Failure | None:
    """Its id; empty where nothing was built as far back as AWS knows. None: the project is no more."""
    reply = await aws.find("codebuild", "ListBuildsForProject", ["ResourceNotFoundException"], projectName=project)
    if reply is None or isinstance(reply, Failure):
        return reply
    return next(iter(reply["ids"]), "")


async def _beginnings(ids: list[str], aws: Aws) -> dict[str, datetime.datetime | Failure]:
    """When builds began, by their ids."""
    found: dict[str, datetime.datetime | Failure] = {}
    for first in range(0, len(ids), BATCH):
        asked = ids[first : first + BATCH]
        reply = await aws.call("codebuild", "BatchGetBuilds", ids=asked)
        if isinstance(reply, Failure):
            found |= dict.fromkeys(asked, reply)
        else:
            found |= {each["id"]: each.get("startTime") or UNTOLD for each in reply["builds"]}
    return found


class LatestBuilds(Facet[Region]):
    """When a build of each of a region's projects last began; None where there was none. A project that was deleted
    meanwhile is left out.
    """

    source = latest_builds
    by_project: Mapping[str, datetime.datetime | Failure | None]


# --- Roles ---
class BuildRoles(msgspec.Struct, frozen=True):
    """The ARNs of the account's roles that CodeBuild may assume."""

    arns: frozenset[str]


@derive
def build_roles(roles: All[Role]) -> BuildRoles:
    """Those whose trust names the service, or everybody."""
    return BuildRoles(frozenset(role.arn for role in roles if any(map(_lets_build, role.trust.grants))))


def _lets_build(grant: Statement) -> bool:
    return (SERVICE in grant.principals or grant.is_for_anyone) and grant.covers_action("sts:AssumeRole")


# --- Reports ---
class ReportBucket(msgspec.Struct, frozen=True, rename="camel"):
    """Where reports are written to."""

    bucket: str = ""
    encryption_disabled: bool | None = None


class Export(msgspec.Struct, frozen=True, rename="camel"):
    """Whether reports are written somewhere."""

    type: str | None = field(name="exportConfigType", default=None)
    to: ReportBucket | None = field(name="s3Destination", default=None)


class ReportGroup(
    Resource,
    id="name",
    rename="camel",
    type="AwsCodeBuildProject",
    group="devops",
    noun="CodeBuild report group",
):
    """Reports of tests."""

    source = listing(
        "codebuild",
        "ListReportGroups",
        "reportGroups",
        item="arn",
        detail=batch(
            "codebuild",
            "BatchGetReportGroups",
            "reportGroups",
            ids="reportGroupArns",
            owner_key="arn",
            reply_key="arn",
        ),
        states=States("status", over=["DELETING"]),
    )
    arn: str
    status: str = ""
    export: Export = field(name="exportConfig")

    @property
    def name(self) -> str:
        """The end of its ARN."""
        return self.arn.rpartition("/")[2]
