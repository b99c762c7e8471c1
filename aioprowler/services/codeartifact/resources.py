"""Packages, and where they come from."""

from __future__ import annotations

import sys
from typing import Annotated, Any, ClassVar

import msgspec

from aioprowler import Aws, Facet, Failure, Here, Resource, listing, source


class Repository(Resource, id="arn", rename="camel", type="Other", group="devops", noun="CodeArtifact repository"):
    """A place for packages in a domain."""

    source = listing("codeartifact", "ListRepositories", "repositories")
    arn: str
    name: str
    domain_name: str
    domain_owner: str


@source("codeartifact:ListPackages")
async def packages_of(
    repositories: Here[Repository],
    aws: Aws,
    *,
    max_codeartifact_packages: Annotated[
        int, "Judge only so many packages of CodeArtifact in a region; all where it is 0 or -1."
    ] = 0,
) -> list[Any]:
    """With the names of their repositories, which AWS does not tell again. A repository that could not be asked is one
    package that says why.
    """
    most = max_codeartifact_packages if max_codeartifact_packages > 0 else sys.maxsize
    found: list[Any] = []
    for number, repository in enumerate(repositories):
        if len(found) >= most:
            aws.not_asked("codeartifact", "ListPackages", len(repositories) - number)
            break
        found += await _packages_in(repository, aws)
    if len(found) > most:
        aws.not_asked("codeartifact", "ListPackageVersions", len(found) - most)
    return found[:most]


async def _packages_in(repository: Repository, aws: Aws) -> list[Any]:
    place = {
        "domain": repository.domain_name,
        "domainOwner": repository.domain_owner,
        "repository": repository.name,
    }
    named = {**place, "repositoryArn": repository.arn}
    listed = await aws.items("codeartifact", "ListPackages", "packages", absent=["ResourceNotFoundException"], **place)
    if isinstance(listed, Failure):
        return [{**named, "package": "*", "format": "", "failure": listed}]
    return [{**each, **named} for each in listed]


class Restrictions(msgspec.Struct, frozen=True, rename="camel"):
    """Where new versions of a package may come from, `ALLOW` or `BLOCK`: from others, by `upstream`."""

    upstream: str


class OriginConfiguration(msgspec.Struct, frozen=True, rename="camel"):
    """The same."""

    restrictions: Restrictions


class Package(
    Resource,
    id="package_id",
    arn="{repository_arn}/{full_name}",
    rename={
        "name": "package",
        "origin": "originConfiguration",
        "domain_owner": "domainOwner",
        "repository_arn": "repositoryArn",
    },
    type="Other",
    group="devops",
    noun="Package",
    gone=["ResourceNotFoundException"],
):
    """A package in a repository."""

    source: ClassVar[Any] = packages_of
    name: str
    format: str
    namespace: str | None = None
    """Formats such as `pypi` have none."""
    domain: str
    domain_owner: str
    repository: str
    repository_arn: str
    origin: OriginConfiguration
    failure: Failure | None = None
    """Why it stands for all packages of its repository."""

    @property
    def package_id(self) -> str:
        """With its domain."""
        return f"{self.domain}/{self.name}"

    @property
    def full_name(self) -> str:
        """With its namespace."""
        return f"{self.namespace}:{self.name}" if self.namespace else self.name


class Origin(msgspec.Struct, frozen=True, rename="camel"):
    """Where a version came from: `INTERNAL` ones were published, `EXTERNAL` ones fetched from a public repository."""

    origin_type: str = "UNKNOWN"


class PackageVersion(msgspec.Struct, frozen=True, rename="camel"):
    """A version."""

    origin: Origin = Origin()


@source("codeartifact:ListPackageVersions")
async def latest_version(package: Package, aws: Aws) -> LatestVersion | Failure:
    """Asked for by the newest first, of which one is enough."""
    if package.failure is not None:
        return package.failure
    asked = {"domain": package.domain, "domainOwner": package.domain_owner, "repository": package.repository}
    asked |= {"namespace": package.namespace} if package.namespace else {}
    found = await aws.call(
        "codeartifact",
        "ListPackageVersions",
        format=package.format,
        package=package.name,
        sortBy="PUBLISHED_TIME",
        maxResults=1,
        **asked,
    )
    return found if isinstance(found, Failure) else msgspec.convert(found, LatestVersion)


class LatestVersion(Facet[Package], rename="camel"):
    """The version that was published last; none where all were deleted."""

    source = latest_version
    versions: tuple[PackageVersion, ...]

    @property
    def origin(self) -> str:
        """Where it came from; `UNKNOWN` where AWS cannot tell, or there is none."""
        return next((each.origin.origin_type for each in self.versions), "UNKNOWN")
