"""What a finding is called does not depend on where its scan began."""

from __future__ import annotations

import anyio
import pytest
from msgspec.structs import replace

from aioprowler import Finding, ScanOptions, scan
from aioprowler.catalog import installed
from tests.worlds.shaped import OFF, ON, ShapedWorld
from tests.worlds.test_denied import CONFIG
from tests.worlds.world import ACCOUNT, NOW, TOOLS, World, denied

CHECKS = tuple(installed())
UNLIKE_AWS = frozenset(
    {
        "ecs_service_fargate_latest_platform_version",
        "ecs_service_no_assign_public_ip",
        "ecs_task_set_no_assign_public_ip",
        "resourceexplorer2_indexes_found",
        "ssmincidents_enabled_with_plans",
    }
)
"""Clusters of the made-up world have the same services, and where AWS tells the same in every region it has others."""


def found(world: ShapedWorld | World, home: str, **options: object) -> list[Finding]:
    async def run() -> list[Finding]:
        accounts = [replace(each, default_region=home) for each in (ON, OFF)]
        chosen = ScanOptions(accounts=accounts, now=NOW, config=CONFIG, scan_unused_services=True, **options)  # type: ignore[arg-type]
        return [each async for each in scan(chosen, aws=world, tools=TOOLS)]

    return anyio.run(run)


@pytest.mark.parametrize("world", [ShapedWorld(CHECKS), World()], ids=["shapes", "nothing"])
def test_every_check_names_the_same_wherever_the_scan_began(world: ShapedWorld | World) -> None:
    first, second = (
        [
            each
            for each in found(world, home)
            if not each.resource_arn.startswith("arn:aws:s3:::")  # which are there
            and each.check_id not in UNLIKE_AWS
        ]
        for home in ("us-east-1", "eu-west-1")
    )
    assert {each.uid for each in first} == {each.uid for each in second}
    assert len({each.uid for each in first}) == len(first) > 50
    moved = {(each.uid, each.region) for each in first} - {(each.uid, each.region) for each in second}
    assert len(moved) > 10, "what the whole account has one of is told where the scan began"


def test_what_could_not_be_listed_is_named_the_same_as_well() -> None:
    world = World({"s3:ListBuckets": denied(), "iam:GetAccountAuthorizationDetails": denied()})
    first, second = (found(world, home, services=["s3", "iam"]) for home in ("us-east-1", "eu-west-1"))
    assert {each.uid for each in first} == {each.uid for each in second}
    assert {each.region for each in second if each.check_id == "s3_bucket_public_access"} == {"eu-west-1"}


@pytest.mark.parametrize(
    ("own", "regions", "excluded", "told"),
    [
        ("us-east-1", None, (), "us-east-1"),
        ("us-east-1", ("us-east-1", "eu-west-1"), (), "us-east-1"),
        ("us-east-1", ("eu-west-1",), (), "eu-west-1"),
        ("us-east-1", ("eu-west-2", "eu-west-1"), (), "eu-west-2"),
        ("us-east-1", ("me-south-1", "eu-west-1"), (), "eu-west-1"),
        ("eu-west-1", None, ("eu-west-1",), "us-east-1"),
        ("us-east-1", None, ("us-east-1",), "eu-west-1"),
        ("ap-east-1", None, (), "ap-east-1"),
    ],
)
def test_the_whole_accounts_findings_are_told_in_its_region_or_the_first_chosen(
    own: str, regions: tuple[str, ...] | None, excluded: tuple[str, ...], told: str
) -> None:
    """As by Prowler."""

    async def run() -> set[str]:
        account = replace(ACCOUNT, default_region=own, regions=("eu-west-1", "eu-west-2", "us-east-1"))
        options = ScanOptions(
            checks=["iam_password_policy_minimum_length_14"], accounts=[account], now=NOW, regions=regions,
            excluded_regions=excluded,
        )  # fmt: skip
        return {f"{each.region} {each.resource_arn}" async for each in scan(options, aws=World())}

    assert anyio.run(run) == {f"{told} arn:aws:iam:{told}:123456789012:password-policy"}
