"""Partitions and regions, which botocore lists and AWS opens before that."""

from __future__ import annotations

import botocore.session
import pytest

from aioprowler.aws.partitions import (
    always_enabled,
    default_region,
    host_beside,
    known_regions,
    lists,
    partitions,
    require_regions,
    unlisted_regions,
)
from aioprowler.errors import UsageError
from aioprowler.facts.regions import ALWAYS_ENABLED
from aioprowler.facts.services import NOWHERE, SERVICES

SESSION = botocore.session.get_session()


def test_every_region_that_has_ec2_is_known() -> None:
    names = SESSION.get_available_partitions()
    assert known_regions() >= {name for each in names for name in SESSION.get_available_regions("ec2", each)}
    assert {*names} <= {*partitions()}
    assert "aws-global" not in known_regions()


def test_every_partition_has_a_region_to_begin_with() -> None:
    assert {name: default_region(name) for name in partitions()} == {
        "aws": "us-east-1",
        "aws-cn": "cn-north-1",
        "aws-eusc": "eusc-de-east-1",
        "aws-iso": "us-iso-east-1",
        "aws-iso-b": "us-isob-east-1",
        "aws-iso-e": "eu-isoe-west-1",
        "aws-iso-f": "us-isof-south-1",
        "aws-us-gov": "us-gov-west-1",
    }
    assert (default_region("aws-moon"), default_region("aws-moon", "moon-1")) == ("", "moon-1")


def test_regions_that_cannot_be_off() -> None:
    assert always_enabled("aws") == ALWAYS_ENABLED["aws"]
    assert always_enabled("aws-iso") == ("us-iso-east-1", "us-iso-west-1")
    assert always_enabled("aws-moon") == ()


def test_every_home_is_a_region_of_its_partition() -> None:
    for service, row in SERVICES.items():
        for partition, region in (row.homes or {}).items():
            assert region == NOWHERE or region in partitions()[partition].regions, service


def test_a_region_that_botocore_does_not_list_is_taken_and_doubted() -> None:
    names = ["me-west-9", "us-east-1", "eu-west-4", "me-west-9"]
    require_regions(names)
    new, mistaken = unlisted_regions(names)
    assert new.startswith("Region me-west-9 is not known to botocore ")
    assert "taken as a new one" in new
    assert "eu-west-1" in mistaken


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("EU-WEST-1", "eu-west-1"),
        ("mars", "."),
        ("us-east-1,eu-west-1", "by spaces"),
        ("eu-wset-1", "eu-west-1"),
        ("", "."),
    ],
)
def test_what_is_no_name_of_a_region_is_refused(name: str, near: str) -> None:
    with pytest.raises(UsageError, match="There is no region") as caught:
        require_regions([name])
    assert near in str(caught.value)


@pytest.mark.parametrize(
    ("prefix", "region", "listed"),
    [
        ("ec2", "eu-west-3", True),
        ("datapipeline", "eu-west-1", True),
        ("datapipeline", "eu-west-3", False),
        ("iam", "eu-west-3", True),
        ("bedrock-agent", "us-east-1", False),
        ("ec2", "eusc-de-east-1", True),
        ("ec2", "moon-1", False),
    ],
)
def test_which_services_botocore_lists_in_a_region(prefix: str, region: str, listed: bool) -> None:
    assert lists(prefix, region) == listed


@pytest.mark.parametrize(
    ("host", "region", "beside"),
    [
        ("datapipeline.eu-west-3.amazonaws.com", "eu-west-3", "ec2.eu-west-3.amazonaws.com"),
        ("dax.eu-west-3.api.aws", "eu-west-3", "ec2.eu-west-3.amazonaws.com"),
        ("dax.cn-north-1.amazonaws.com.cn", "cn-north-1", "ec2.cn-north-1.amazonaws.com.cn"),
        ("sts.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", "ec2.eusc-de-east-1.amazonaws.eu"),
        ("aws.example.com", "eu-west-3", ""),
    ],
)
def test_the_name_beside_an_endpoint_of_aws(host: str, region: str, beside: str) -> None:
    assert host_beside(host, region) == beside
