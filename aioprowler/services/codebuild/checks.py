"""How build projects and report groups are judged."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Final

from aioprowler import Fail, Manual, Pass, Verdict, check, known
from aioprowler.judging.ages import within_days
from aioprowler.judging.encryption import encrypted
from aioprowler.judging.logs import logs_to
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import has_no, is_set_to, naming, pass_if, switched, told, unknown
from aioprowler.services.codebuild.patterns import is_anchored
from aioprowler.services.codebuild.resources import (
    BRANCH,
    BuildRoles,
    LatestBuilds,
    Project,
    ReportGroup,
    VariableSecrets,
)

BUILT_WITHIN: Final = 90
RISKY_FILTERS: Final = ("ACTOR_ACCOUNT_ID", "BASE_REF", "HEAD_REF", BRANCH)
"""Filters by who or what starts a build."""
GITHUB: Final = ("GITHUB", "GITHUB_ENTERPRISE")
_CREDENTIALS: Final = re.compile(
    r"https?://(?:[^/:]*:[^/]+|(?:gh[a-z]_|github_pat_|glpat-)[^/]*|[0-9a-f]{40})@(?P<host>[^/@]+)", re.IGNORECASE
)
"""A password or token before the host of a URL, which follows the last `@`; a user's name alone is none."""


@check(fails="CodeBuild project does not log its builds", severity="medium", categories=["logging"])
def codebuild_project_logging_enabled(project: Project) -> Verdict:
    """Builds of CodeBuild projects are logged, to CloudWatch Logs or to S3.

    One of the two will do, and CloudWatch Logs is on unless somebody turned it off. Whether the role may write there is
    not judged, nor how long logs are kept.

    ## Risk
    Nobody can tell what a build did: which code it ran, what it fetched, and whom it sent secrets to.

    ## Remediation
    Log to CloudWatch Logs: `aws codebuild update-project --region <region> --name <project> --logs-config
    cloudWatchLogs='{status=ENABLED}'`.

    ## References
    https://docs.aws.amazon.com/codebuild/latest/userguide/change-project.html
    """
    states = {"CloudWatch Logs": project.logs.cloud_watch_logs.status, "S3": project.logs.s3_logs.status}
    on = [place for place, status in states.items() if switched(status)]
    strange = [status for status in states.values() if switched(status) is None]
    if strange and not on:
        return unknown(project.label, "logging", strange[0])
    return logs_to(project.label, "its builds", on)


@check(fails="Variables of a CodeBuild project may hold secrets", severity="critical", categories=["ci-cd", "secrets"])
def codebuild_project_no_secrets_in_variables(project: Project, secrets: VariableSecrets) -> Verdict:
    """The environment variables of CodeBuild projects hold no secrets.

    Variables that name a parameter of Systems Manager or a secret of Secrets Manager are not looked into, nor are those
    that `excluded_sensitive_environment_variables` names.

    ## Risk
    Everybody who may look at the project reads the variable, and every build can print it.

    ## Remediation
    Keep the secret in Secrets Manager, and change it. Name it in the variable, with the type `SECRETS_MANAGER`: `aws
    codebuild update-project --region <region> --name <project> --environment file://<your-environment.json>`.

    ## References
    https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/codebuild-controls.html
    """
    return no_secrets(f"The environment of {project.label}", secrets)


@check(fails="CodeBuild project shows everybody its builds", severity="high", categories=["ci-cd", "internet-exposed"])
def codebuild_project_not_publicly_accessible(project: Project) -> Verdict:
    """The builds of CodeBuild projects are private.

    Judged is the visibility of the project, whoever may look at its repository.

    ## Risk
    Logs and artifacts of a public project are on the internet, with what builds print: names, addresses, and secrets
    by mistake.

    ## Remediation
    Make it private: `aws codebuild update-project-visibility --region <region> --project-arn <arn> --project-visibility
    PRIVATE`.

    ## References
    https://docs.aws.amazon.com/codebuild/latest/userguide/public-builds.html
    """
    return is_set_to(project.label, "the visibility", project.visibility, good=["PRIVATE"], bad=["PUBLIC_READ"])


@check(fails="CodeBuild project was not built for long", severity="medium", categories=["ci-cd"])
def codebuild_project_older_90_days(project: Project, builds: LatestBuilds, now: datetime.datetime) -> Verdict | None:
    """CodeBuild projects were built within the last 90 days.

    What counts is when the newest build began. AWS keeps builds for a year.

    ## Risk
    A project that nobody needs still has its role, its variables and its webhook, and nobody would notice who uses
    them.

    ## Remediation
    Delete it, unless it is still needed: `aws codebuild delete-project --region <region> --name <project>`.

    ## References
    https://docs.aws.amazon.com/codebuild/latest/userguide/delete-project.html
    """
    if project.name not in builds.by_project:
        return None
    began = known(builds.by_project[project.name])
    if began is None:
        return Fail(f"{project.label} was not built as far back as AWS knows.")
    return within_days(project.label, "was last built", min(began, now), now, BUILT_WITHIN)


@check(fails="S3 logs of a CodeBuild project are not encrypted", severity="low", categories=["encryption", "logging"])
def codebuild_project_s3_logs_encrypted(project: Project) -> Verdict | None:
    """CodeBuild encrypts the logs that it writes to S3.

    It does so unless somebody turned that off. Projects that do not log to S3 are not judged.

    ## Risk
    Whoever gets hold of the log's file reads it, without any permission for a key.

    ## Remediation
    Turn encryption on again:
    ```
    aws codebuild update-project --region <region> --name <project> --logs-config \\
      s3Logs='{status=ENABLED,location=<your-location>,encryptionDisabled=false}'
    ```

    ## References
    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_S3LogsConfig.html
    """
    logs = project.logs.s3_logs
    on = switched(logs.status)
    if on is None:
        return unknown(project.label, "logs in S3", logs.status)
    if not on:
        return None
    verdict = encrypted(f"The log of {project.label} in {logs.location}", not logs.encryption_disabled)
    return naming(verdict, {"location": logs.location})


@check(fails="URL of a CodeBuild project's source holds credentials", severity="critical", categories=["secrets"])
def codebuild_project_source_repo_url_no_sensitive_credentials(project: Project) -> Verdict:
    """The URLs of CodeBuild projects' sources hold no passwords or tokens.

    All sources are judged, the secondary ones and those of other providers than Bitbucket as well. A user's name by
    itself is no credential.

    ## Risk
    Everybody who may look at the project, or at a build's log, can use the credentials on the repository.

    ## Remediation
    Change the credentials, connect the repository with CodeConnections, and name it by its URL alone: `aws codebuild
    update-project --region <region> --name <project> --source file://<your-source.json>`.

    ## References
    https://docs.aws.amazon.com/codebuild/latest/userguide/access-tokens.html
    https://docs.aws.amazon.com/securityhub/latest/userguide/codebuild-controls.html
    """
    matches = (_CREDENTIALS.match(each.location.strip()) for each in project.sources)
    hosts = ", ".join(dict.fromkeys(each["host"] for each in matches if each))
    return has_no(project.label, f"credentials in the URL of a source{f' at {hosts}' if hosts else ''}", bool(hosts))


@check(
    fails="CodeBuild project builds what its source says",
    severity="medium",
    categories=["ci-cd", "software-supply-chain"],
)
def codebuild_project_user_controlled_buildspec(project: Project) -> Verdict:
    """The build specifications of CodeBuild projects are not part of the source.

    One in the project itself or in a bucket is good. A path leads into the source, and so does none at all: then AWS
    takes `buildspec.yml` from there.

    ## Risk
    Whoever may propose a change of the code, to a public repository anybody, also says which commands run with the
    project's role.

    ## Remediation
    Keep the specification in the project: `aws codebuild update-project --region <region> --name <project> --source
    file://<your-source.json>`, with the text as `buildspec`.

    ## References
    https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
    """
    path = project.origin.buildspec or "buildspec.yml"
    return pass_if(
        not project.origin.brings_buildspec,
        f"{project.label} has its build specification apart from the source.",
        f"{project.label} takes its build specification from the source: {path}.",
    )


@check(
    fails="CodeBuild project builds code of an organization that is not allowed",
    severity="high",
    categories=["ci-cd", "software-supply-chain"],
)
def codebuild_project_uses_allowed_github_organizations(
    project: Project,
    roles: BuildRoles,
    *,
    codebuild_github_allowed_organizations: Annotated[
        list[str], "Organizations and users of GitHub whose code CodeBuild may build."
    ] = [],  # noqa: B006 - never changed
) -> Verdict | None:
    """CodeBuild projects build code of allowed organizations of GitHub alone.

    Judged are projects whose primary source is at GitHub or GitHub Enterprise, and whose role trusts CodeBuild. Of one
    that listens to a whole organization it is that one.

    ## Risk
    Code of a stranger runs with the project's role.

    ## Remediation
    Fork the repository to an organization of your own, and build it from there, or allow the organization in
    `codebuild_github_allowed_organizations`: `aws codebuild update-project --region <region> --name <project> --source
    file://<your-source.json>`.

    ## References
    https://docs.aws.amazon.com/codebuild/latest/userguide/access-tokens.html
    """
    if project.origin.type not in GITHUB or project.service_role not in roles.arns:
        return None
    name = organization_of(project)
    if not name:
        return Manual(f"{project.label} does not say whose code it builds: look which organizations it listens to.")
    allowed = name.lower() in {each.lower() for each in codebuild_github_allowed_organizations}
    told = f"{project.label} builds code of {name}, which is"
    return pass_if(allowed, f"{told} allowed.", f"{told} not allowed.")


def organization_of(project: Project) -> str:
    """Of a repository's URL it is the first part after the host, of a webhook for many repositories its scope."""
    scope = project.webhook.scope if project.webhook else None
    if scope:
        return scope.name if scope.scope == "GITHUB_ORGANIZATION" else ""
    parts = project.origin.location.split("/")
    return parts[3] if len(parts) > 3 else ""


@check(
    fails="Webhook of a CodeBuild project lets in more than it names",
    severity="high",
    categories=["ci-cd", "software-supply-chain"],
)
def codebuild_project_webhook_filters_use_anchored_patterns(project: Project) -> Verdict:
    """The webhook filters of CodeBuild projects for accounts and branches match whole names.

    A pattern is found anywhere in a name unless it begins with `^` and ends with `$`, each of its alternatives. The
    older `branchFilter` counts as well. Filters that keep events out are not judged: those keep out more. Nor is
    whether a webhook has any filter.

    ## Risk
    `123456` lets in the account 9123456 as well, which a stranger may get, and then his code is built with the
    project's role.

    ## Remediation
    Anchor each alternative, such as `^123456$|^654321$`: `aws codebuild update-webhook --region <region> --project-name
    <project> --filter-groups file://<your-filter-groups.json>`.

    ## References
    https://docs.aws.amazon.com/codebuild/latest/userguide/github-webhook.html
    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_WebhookFilter.html
    """
    if project.webhook is None:
        return Pass(f"{project.label} has no webhook.")
    loose = [
        f"{each.type} {each.pattern}"
        for each in project.webhook.filters
        if each.type in RISKY_FILTERS and not each.excludes and not is_anchored(each.pattern)
    ]
    return pass_if(
        not loose,
        f"{project.label} has a webhook whose filters match whole names.",
        f"{project.label} has a webhook with filters that match parts of names: {', '.join(loose)}.",
    )


@check(fails="Reports that CodeBuild exports are not encrypted", severity="medium", categories=["encryption"])
def codebuild_report_group_export_encrypted(group: ReportGroup) -> Verdict | None:
    """The reports that CodeBuild exports to S3 are encrypted.

    AWS writes them there as raw data. Report groups that export nothing are not judged.

    ## Risk
    Whoever gets hold of the file reads which tests fail, and on what, without any permission for a key.

    ## Remediation
    Turn encryption on:
    ```
    aws codebuild update-report-group --region <region> --arn <arn> --export-config \\
      exportConfigType=S3,s3Destination='{bucket=<your-bucket>,encryptionDisabled=false}'
    ```

    ## References
    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_S3ReportExportConfig.html
    """
    kind = told(group.export.type, f"whether {group.label} exports anything")
    if kind == "NO_EXPORT":
        return None
    if kind != "S3":
        return unknown(group.label, "the export", kind)
    bucket = told(group.export.to, f"where {group.label} exports to")
    disabled = told(bucket.encryption_disabled, f"whether the exports of {group.label} are encrypted")
    verdict = encrypted(f"The export of {group.label} to {bucket.bucket}", not disabled)
    return naming(verdict, {"bucket": bucket.bucket})
