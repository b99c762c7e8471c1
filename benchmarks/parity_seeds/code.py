"""Build projects, pipelines, and repositories of code and of packages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import ago, tell
from benchmarks.parity_seeds.build import document
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

SERVICES: Final = ("codeartifact", "codebuild", "codecommit", "codepipeline")
SECRET: Final = "tr0ub4dor-and-3-horses"
KEY: Final = "kQ7vZp3mX9sL2nR8tY4wB6cD1fG5hJ0aE+uIoPqS"


# --- CodeBuild ---
GITHUB: Final = {"type": "GITHUB", "location": "https://github.com/example/web.git", "buildspec": "version: 0.2\n"}
BITBUCKET: Final = "bitbucket.org/example/web.git"
ON: Final = {"status": "ENABLED"}
OFF: Final = {"status": "DISABLED"}


def _source(location: str, kind: str = "BITBUCKET") -> dict[str, Any]:
    return {"type": kind, "location": f"https://{location}", "buildspec": "version: 0.2\n"}


def _spec(buildspec: str | None, kind: str = "GITHUB") -> dict[str, Any]:
    source = {"type": kind, "location": GITHUB["location"]} if kind == "GITHUB" else {"type": kind}
    return {"source": source | ({} if buildspec is None else {"buildspec": buildspec})}


def _logs(cloudwatch: Mapping[str, Any] | None = None, s3: Mapping[str, Any] | None = None) -> dict[str, Any]:
    told = {"cloudWatchLogs": cloudwatch, "s3Logs": s3}
    return {"logsConfig": {key: value for key, value in told.items() if value is not None}}


def _variable(name: str, value: str, kind: str = "PLAINTEXT") -> dict[str, Any]:
    return {"environment": {"environmentVariables": [{"name": name, "value": value, "type": kind}]}}


def _webhook(*patterns: str, kind: str = "ACTOR_ACCOUNT_ID", excludes: bool = False) -> dict[str, Any]:
    filters = [{"type": kind, "pattern": each, "excludeMatchedPattern": excludes} for each in patterns]
    event = {"type": "EVENT", "pattern": "PUSH", "excludeMatchedPattern": False}
    return {"webhook": {"filterGroups": [[event, *filters]]}}


PROJECTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "plain": {},
    "public": {"projectVisibility": "PUBLIC_READ"},
    "logs-none": _logs(OFF, OFF),
    "logs-unset": {"logsConfig": {}},
    "logs-s3": _logs(OFF, ON | {"location": "logs/web"}),
    "logs-s3-plain": _logs(ON, ON | {"location": "logs/web", "encryptionDisabled": True}),
    "variable-harmless": _variable("STAGE", "production"),
    "variable-password": _variable("DB_PASSWORD", SECRET),
    "variable-key": _variable("AWS_SECRET_ACCESS_KEY", KEY),
    "variable-parameter": _variable("DB_PASSWORD", SECRET, "PARAMETER_STORE"),
    "variable-excluded": _variable("ALLOWED_PASSWORD", SECRET),
    "url-user": {"source": _source(f"user@{BITBUCKET}")},
    "url-token": {"source": _source(f"x-token-auth:t0ken@{BITBUCKET}")},
    "url-password": {"source": _source(f"user:pass@{BITBUCKET}")},
    "url-mail": {"source": _source(f"user@example.com:pass@{BITBUCKET}")},
    "url-second": {"secondarySources": [_source(f"user:pass@{BITBUCKET}"), {"type": "CODEPIPELINE"}]},
    "url-github": {"source": _source("user:pass@github.com/example/web.git", "GITHUB")},
    "spec-path": _spec("ci/buildspec.yml"),
    "spec-yaml": _spec("buildspec.yaml"),
    "spec-other-path": _spec("ci/build"),
    "spec-left-out": _spec(None),
    "spec-bucket": _spec("arn:aws:s3:::specs/buildspec.yml"),
    "spec-json": _spec('{"version": "0.2"}'),
    "spec-of-pipeline": _spec(None, "CODEPIPELINE"),
    "spec-without-source": _spec("version: 0.2\nphases: {}\n", "NO_SOURCE"),
    "github-other": {"source": {**GITHUB, "location": "https://github.com/stranger/web"}},
    "github-enterprise": {"source": {**GITHUB, "type": "GITHUB_ENTERPRISE"}},
    "github-case": {"source": {**GITHUB, "location": "https://github.com/Example/web"}},
    "github-untrusted": {"serviceRole": "other"},
    "github-runner": {
        "source": {**GITHUB, "location": "CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION"},
        "webhook": {"filterGroups": [], "scopeConfiguration": {"name": "example", "scope": "GITHUB_ORGANIZATION"}},
    },
    "webhook-anchored": _webhook("^123456$"),
    "webhook-alternatives": _webhook("^123456$|^654321$"),
    "webhook-loose": _webhook("123456"),
    "webhook-half": _webhook("^123456$|654321"),
    "webhook-group": _webhook("^(123456|654321)$"),
    "webhook-older": {"webhook": {"branchFilter": "main"}},
    "webhook-branch": _webhook("^refs/heads/main", kind="HEAD_REF"),
    "webhook-base": _webhook("^refs/heads/main$", kind="BASE_REF"),
    "webhook-files": _webhook("src", kind="FILE_PATH"),
    "webhook-excluding": _webhook("123456", excludes=True),
    "built-never": {},
    "built-long-ago": {},
    "built-just-in-time": {},
    "building": {},
}
BUILDS: Final = {"built-never": None, "built-long-ago": 91, "built-just-in-time": 90, "building": 0}
"""How many days ago the newest build was; others were built the day before."""


def projects(clients: Clients) -> None:
    """Tell of build projects, and create roles that builds take on."""
    iam = clients("iam")
    for name, service in (("build", "codebuild.amazonaws.com"), ("other", "ec2.amazonaws.com")):
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    arn = f"arn:aws:codebuild:{HOME_REGION}:{clients.account_id}"

    def project(name: str) -> dict[str, Any]:
        told = {
            "name": name,
            "arn": f"{arn}:project/{name}",
            "source": GITHUB,
            "environment": {"environmentVariables": []},
            "logsConfig": {"cloudWatchLogs": ON, "s3Logs": OFF},
            "projectVisibility": "PRIVATE",
            "serviceRole": "build",
            **PROJECTS[name],
        }
        return told | {"serviceRole": f"arn:aws:iam::{clients.account_id}:role/{told['serviceRole']}"}

    def newest(asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked["projectName"]
        return {"ids": [] if BUILDS.get(name, 1) is None else [f"{name}:1"]}

    times = {name: ago(BUILDS.get(name, 1) or 0) for name in PROJECTS}

    def build(id_: str) -> dict[str, Any]:
        name = id_.removesuffix(":1")
        began = times[name]
        return {"id": id_, "startTime": began} | ({} if name == "building" else {"endTime": began})

    tell(clients, "codebuild", "ListProjects", {"projects": []}, SECOND_REGION)
    tell(clients, "codebuild", "ListProjects", {"projects": list(PROJECTS)})
    tell(clients, "codebuild", "BatchGetProjects", lambda asked: {"projects": [project(n) for n in asked["names"]]})
    tell(clients, "codebuild", "ListBuildsForProject", newest)
    tell(clients, "codebuild", "BatchGetBuilds", lambda asked: {"builds": [build(each) for each in asked["ids"]]})


EXPORTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "none": {"exportConfig": {"exportConfigType": "NO_EXPORT"}},
    "encrypted": {"exportConfig": {"exportConfigType": "S3", "s3Destination": {"encryptionDisabled": False}}},
    "plain": {"exportConfig": {"exportConfigType": "S3", "s3Destination": {"encryptionDisabled": True}}},
    "untold": {"exportConfig": {"exportConfigType": "S3", "s3Destination": {"bucket": "reports"}}},
    "going": {
        "exportConfig": {"exportConfigType": "S3", "s3Destination": {"encryptionDisabled": True}},
        "status": "DELETING",
    },
}


def reports(clients: Clients) -> None:
    """Tell of report groups."""
    arn = f"arn:aws:codebuild:{HOME_REGION}:{clients.account_id}:report-group/"

    def group(id_: str) -> dict[str, Any]:
        name = id_.removeprefix(arn)
        return {"arn": id_, "name": name, "status": "ACTIVE", **EXPORTS[name]}

    tell(clients, "codebuild", "ListReportGroups", {"reportGroups": []}, SECOND_REGION)
    tell(clients, "codebuild", "ListReportGroups", {"reportGroups": [f"{arn}{name}" for name in EXPORTS]})
    tell(
        clients,
        "codebuild",
        "BatchGetReportGroups",
        lambda asked: {"reportGroups": [group(each) for each in asked["reportGroupArns"]]},
    )


# --- CodeCommit ---
FILES: Final[Mapping[str, Mapping[str, bytes | None]]] = {
    "clean": {"/readme.md": b"Hello", "/src/main.py": b"print('hello')\n"},
    "leaking": {"/readme.md": b"Hello", "/src/deep/.env": f'DB_PASSWORD="{SECRET}"\n'.encode()},
    "ignored": {"/app.deps.json": f'{{"password": "{SECRET}"}}'.encode()},
    "large": {"/readme.md": b"Hello", "/data.bin": None},
    "large-and-leaking": {"/data.bin": None, "/.env": f'AWS_SECRET_ACCESS_KEY="{KEY}"\n'.encode()},
    "empty": {},
    "unborn": {},
}
"""By the name of a repository; None for a file that is too large."""


def repositories(clients: Clients) -> None:
    """Tell of repositories of code."""

    def told(name: str) -> dict[str, Any]:
        more = {} if name == "unborn" else {"defaultBranch": "main"}
        return {
            "repositoryName": name,
            "repositoryId": f"id-{name}",
            "Arn": f"arn:aws:codecommit:{HOME_REGION}:{clients.account_id}:{name}",
            **more,
        }

    def folder(asked: Mapping[str, Any]) -> dict[str, Any]:
        here = asked["folderPath"].rstrip("/") + "/"
        below = [path for path in FILES[asked["repositoryName"]] if path.startswith(here)]
        deeper = {here + path.removeprefix(here).partition("/")[0] for path in below if "/" in path.removeprefix(here)}
        return {
            "commitId": "c0ffee",
            "folderPath": here,
            "subFolders": [{"absolutePath": each} for each in sorted(deeper)],
            "files": [{"absolutePath": each, "blobId": each} for each in below if "/" not in each.removeprefix(here)],
        }

    def blob(asked: Mapping[str, Any]) -> dict[str, Any]:
        content = FILES[asked["repositoryName"]][asked["blobId"]]
        if content is None:
            raise AwsError("FileTooLargeException", "The file is too large.", 400)
        return {"content": content}

    listed = [{"repositoryName": name, "repositoryId": f"id-{name}"} for name in FILES]
    branch = {"branch": {"branchName": "main", "commitId": "c0ffee"}}
    tell(clients, "codecommit", "ListRepositories", {"repositories": []}, SECOND_REGION)
    tell(clients, "codecommit", "ListRepositories", {"repositories": listed})
    tell(
        clients,
        "codecommit",
        "BatchGetRepositories",
        lambda asked: {"repositories": [told(each) for each in asked["repositoryNames"]]},
    )
    tell(clients, "codecommit", "GetRepository", lambda asked: {"repositoryMetadata": told(asked["repositoryName"])})
    tell(clients, "codecommit", "GetBranch", branch)
    tell(clients, "codecommit", "GetFolder", folder)
    tell(clients, "codecommit", "GetBlob", blob)
    tell(clients, "codecommit", "ListTagsForResource", {"tags": {}})


# --- CodeArtifact ---
PACKAGES: Final = {
    "own-blocked": ("INTERNAL", "BLOCK"),
    "own-open": ("INTERNAL", "ALLOW"),
    "unknown-blocked": ("UNKNOWN", "BLOCK"),
    "unknown-open": ("UNKNOWN", "ALLOW"),
    "fetched-blocked": ("EXTERNAL", "BLOCK"),
    "fetched-open": ("EXTERNAL", "ALLOW"),
    "without-versions": (None, "ALLOW"),
}
"""By name the origin of the latest version, and whether versions from upstream are allowed."""


def packages(clients: Clients) -> None:
    """Tell of packages in two repositories of a domain."""

    def repository(name: str) -> dict[str, Any]:
        return {
            "name": name,
            "arn": f"arn:aws:codeartifact:{HOME_REGION}:{clients.account_id}:repository/shop/{name}",
            "domainName": "shop",
            "domainOwner": clients.account_id,
            "administratorAccount": clients.account_id,
        }

    def package(name: str, upstream: str) -> dict[str, Any]:
        more = {"format": "npm", "namespace": "shop"} if name.startswith("own") else {"format": "pypi"}
        restrictions = {"publish": "ALLOW", "upstream": upstream}
        return {"package": name, "originConfiguration": {"restrictions": restrictions}, **more}

    def listed(asked: Mapping[str, Any]) -> dict[str, Any]:
        names = PACKAGES if asked["repository"] == "main" else {}
        return {"packages": [package(name, upstream) for name, (_, upstream) in names.items()]}

    def versions(asked: Mapping[str, Any]) -> dict[str, Any]:
        origin = PACKAGES[asked["package"]][0]
        told = [{"version": "1.0.0", "status": "Published", "origin": {"originType": origin}}]
        return {"format": asked["format"], "package": asked["package"], "versions": told if origin else []}

    tell(clients, "codeartifact", "ListRepositories", {"repositories": []}, SECOND_REGION)
    tell(clients, "codeartifact", "ListRepositories", {"repositories": [repository("main"), repository("empty")]})
    tell(clients, "codeartifact", "ListPackages", listed)
    tell(clients, "codeartifact", "ListPackageVersions", versions)
    tell(clients, "codeartifact", "ListTagsForResource", {"tags": []})


# --- CodePipeline ---
def pipelines(clients: Clients) -> None:
    """Tell of a pipeline that begins with a bucket: of repositories both scanners ask the internet."""
    action = {
        "name": "source",
        "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"},
        "configuration": {"S3Bucket": "code", "S3ObjectKey": "web.zip"},
    }
    stages = [{"name": "source", "actions": [action]}]
    tell(clients, "codepipeline", "ListPipelines", {"pipelines": []}, SECOND_REGION)
    tell(clients, "codepipeline", "ListPipelines", {"pipelines": [{"name": "web", "version": 1}]})
    tell(clients, "codepipeline", "GetPipeline", {"pipeline": {"name": "web", "version": 1, "stages": stages}})
    tell(clients, "codepipeline", "ListTagsForResource", {"tags": []})


def seed(clients: Clients) -> None:
    """Fill an account with all of it."""
    projects(clients)
    reports(clients)
    repositories(clients)
    packages(clients)
    pipelines(clients)


STATES: Final = (
    State(
        "code",
        "500000001961",
        seed,
        services=SERVICES,
        config={
            "codebuild_github_allowed_organizations": ["example"],
            "excluded_sensitive_environment_variables": ["ALLOWED_PASSWORD"],
            "secrets_ignore_files": ["*.deps.json"],
        },
    ),
)
