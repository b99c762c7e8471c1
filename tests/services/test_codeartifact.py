"""CodeArtifact's check on literals, and how packages are listed."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from aioprowler import Account, Fail, Finding, Manual, Pass
from aioprowler.services.codeartifact.checks import codeartifact_packages_external_public_publishing_disabled
from aioprowler.services.codeartifact.resources import (
    LatestVersion,
    Origin,
    OriginConfiguration,
    Package,
    PackageVersion,
    Restrictions,
)
from tests.worlds.world import World, error, scan_world

CHECK = "codeartifact_packages_external_public_publishing_disabled"
ARN = "arn:aws:codeartifact:us-east-1:123456789012:repository/shop"


def package(upstream: str = "ALLOW", namespace: str | None = None) -> Package:
    return Package(
        name="cart",
        format="npm",
        namespace=namespace,
        domain="shop",
        domain_owner="123456789012",
        repository="main",
        repository_arn=f"{ARN}/main",
        origin=OriginConfiguration(restrictions=Restrictions(upstream=upstream)),
    )


def latest(*origins: str) -> LatestVersion:
    return LatestVersion(versions=tuple(PackageVersion(origin=Origin(origin_type=each)) for each in origins))


@pytest.mark.parametrize(
    ("version", "upstream", "verdict"),
    [
        (latest("INTERNAL"), "ALLOW", Fail),
        (latest("INTERNAL"), "BLOCK", Pass),
        (latest("INTERNAL"), "PERHAPS", Manual),
        (latest("UNKNOWN"), "ALLOW", Fail),
        (latest(), "ALLOW", Fail),
        (latest(), "BLOCK", Pass),
        (latest("EXTERNAL"), "ALLOW", type(None)),
        (latest("MARTIAN"), "BLOCK", Manual),
    ],
)
def test_packages(version: LatestVersion, upstream: str, verdict: type) -> None:
    assert isinstance(codeartifact_packages_external_public_publishing_disabled(package(upstream), version), verdict)


def test_a_package_is_named_below_its_repository() -> None:
    assert package().arn == f"{ARN}/main/cart"
    assert package(namespace="web").arn == f"{ARN}/main/web:cart"
    assert package().package_id == "shop/cart"


def world(**denied: Exception) -> World:
    """Two repositories, with two packages each."""

    def packages(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        if (refused := denied.get(params["repository"])) is not None:
            return refused
        restrictions = {"publish": "ALLOW", "upstream": "BLOCK"}
        listed = [{"package": name, "format": "pypi"} for name in ("cart", "till")]
        return {"packages": [{**each, "originConfiguration": {"restrictions": restrictions}} for each in listed]}

    place = {"domainName": "shop", "domainOwner": "123456789012"}
    repositories = [{"name": name, "arn": f"{ARN}/{name}", **place} for name in ("main", "other")]
    return World(
        {
            ("codeartifact:ListRepositories", "us-east-1"): {"repositories": repositories},
            "codeartifact:ListPackages": packages,
            "codeartifact:ListPackageVersions": {"versions": [{"origin": {"originType": "INTERNAL"}}]},
        }
    )


def scanned(aws: World, **config: Any) -> list[Finding]:
    async def run() -> list[Finding]:
        return await scan_world(aws, CHECK, config=config)

    return anyio.run(run)


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return sorted((each.resource_arn.removeprefix(f"{ARN}/"), each.status) for each in findings)


def test_packages_of_all_repositories_are_judged() -> None:
    assert told(scanned(world())) == [
        ("main/cart", "PASS"),
        ("main/till", "PASS"),
        ("other/cart", "PASS"),
        ("other/till", "PASS"),
    ]


def test_a_repository_that_is_denied_hides_no_other() -> None:
    aws = world(main=error("AccessDeniedException", "not authorized"))
    assert told(scanned(aws)) == [("main/*", "MANUAL"), ("other/cart", "PASS"), ("other/till", "PASS")]


def test_a_repository_that_is_gone_has_no_packages() -> None:
    assert len(scanned(world(main=error("ResourceNotFoundException", "gone")))) == 2


@pytest.mark.parametrize(("most", "repositories"), [(0, 2), (1, 1), (2, 1), (3, 2), (9, 2)])
def test_no_more_packages_are_looked_at_than_allowed(most: int, repositories: int) -> None:
    aws = world()
    assert len(scanned(aws, max_codeartifact_packages=most)) == min(most or 4, 4)
    assert aws.calls["codeartifact:ListPackages"] == repositories
