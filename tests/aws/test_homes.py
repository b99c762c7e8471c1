"""The region of the first calls, and what of a profile its clients are made by."""

from __future__ import annotations

import os
from pathlib import Path

import anyio
import pytest

from aioprowler.aws.clients import Clients
from aioprowler.aws.credentials import Keys
from aioprowler.aws.homes import Chosen, homes
from aioprowler.aws.lean_calls import LeanCalls
from aioprowler.aws.profiles import client_settings, session_of
from aioprowler.errors import UsageError

CONFIG = """
[profile paris]
region = eu-west-3
[profile china]
role_arn = arn:aws-cn:iam::222222222222:role/audit
source_profile = paris
[profile bare]
output = json
[profile fips]
use_fips_endpoint = true
[profile dual]
use_dualstack_endpoint = true
[profile addressed]
s3 =
  addressing_style = path
[profile signed]
sso_session = ours
sso_account_id = 123456789012
x_security_token_expires = 2099-01-01T00:00:00Z
max_attempts = 9
"""


@pytest.fixture(autouse=True)
def _config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.fspath(file))


@pytest.mark.parametrize(
    ("environment", "profile", "role", "regions", "home"),
    [
        ({}, None, "", (), "us-east-1"),
        ({}, None, "", ("us-gov-west-1",), "us-gov-west-1"),
        ({}, None, "", ("cn-north-1", "cn-northwest-1"), "cn-north-1"),
        ({}, None, "", ("eusc-de-east-1",), "eusc-de-east-1"),
        ({}, "paris", "", ("eu-west-1",), "eu-west-3"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, None, "", ("eu-west-1",), "eu-west-2"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "paris", "", (), "eu-west-2"),
        ({"AWS_REGION": "ca-central-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "paris", "", (), "ca-central-1"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-2"}, None, "", (), "eu-west-2"),
        ({}, None, "arn:aws-cn:iam::222222222222:role/audit", (), "cn-north-1"),
        ({}, "china", "", (), "cn-north-1"),
        ({"AWS_REGION": "eu-west-2"}, None, "arn:aws-us-gov:iam::222222222222:role/audit", (), "us-gov-west-1"),
        ({"PROWLER_AWS_PARTITION": "aws-cn"}, None, "", (), "cn-north-1"),
        ({"PROWLER_AWS_PARTITION": " aws-cn "}, None, "", ("cn-northwest-1",), "cn-northwest-1"),
        ({"PROWLER_AWS_PARTITION": "aws-us-gov", "AWS_REGION": "us-gov-east-1"}, None, "", (), "us-gov-east-1"),
        ({"PROWLER_AWS_PARTITION": "aws-us-gov", "AWS_REGION": "eu-west-1"}, None, "", (), "us-gov-west-1"),
        ({"PROWLER_AWS_PARTITION": "aws-us-gov"}, "paris", "", ("eu-west-1",), "us-gov-west-1"),
        ({"AWS_REGION": "mars-north-1"}, None, "", (), "mars-north-1"),
    ],
)
def test_the_first_region_is_the_configured_one_then_the_chosen_then_the_partitions(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    profile: str | None,
    role: str,
    regions: tuple[str, ...],
    home: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert homes(profile, role or None, Chosen(regions))[0] == home


def test_a_partition_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROWLER_AWS_PARTITION", "aws-moon")
    with pytest.raises(UsageError, match="PROWLER_AWS_PARTITION: there is no partition aws-moon; there are aws, "):
        homes()


@pytest.mark.parametrize(
    ("region", "chosen", "others"),
    [
        ("", Chosen(), ["ap-northeast-1", "ap-northeast-2"]),
        ("eu-west-1", Chosen(), ["us-east-1", "ap-northeast-1"]),
        ("eu-west-1", Chosen(("eu-west-2", "me-south-1", "cn-north-1")), ["eu-west-2", "us-east-1"]),
        ("eu-west-1", Chosen(excluded=("us-east-1",)), ["ap-northeast-1", "ap-northeast-2"]),
        ("cn-north-1", Chosen(), ["cn-northwest-1"]),
        ("eusc-de-east-1", Chosen(), []),
    ],
)
def test_the_others_are_of_the_same_partition_and_cannot_be_off(
    monkeypatch: pytest.MonkeyPatch, region: str, chosen: Chosen, others: list[str]
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    assert homes(chosen=chosen)[1:] == others


def test_an_endpoint_that_is_configured_is_the_same_in_every_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    assert homes() == ["us-east-1"]
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert len(homes()) > 1


def test_who_somebody_is_and_where_makes_no_other_clients() -> None:
    settings = {name: client_settings(session_of(name)) for name in (None, *["paris", "china", "bare", "signed"])}
    assert len(set(settings.values())) == 1
    unlike = {client_settings(session_of(name)) for name in ("bare", "fips", "dual", "addressed")}
    assert len(unlike) == 4


@pytest.mark.parametrize(
    ("profile", "region", "host"),
    [
        ("bare", "us-west-2", "sts.us-west-2.amazonaws.com"),
        ("fips", "us-west-2", "sts-fips.us-west-2.amazonaws.com"),
        ("dual", "us-west-2", "sts.us-west-2.api.aws"),
    ],
)
def test_both_paths_go_where_the_profile_says(profile: str, region: str, host: str) -> None:
    async def run() -> tuple[str, str, str]:
        keys = Keys("AKIAIOSFODNN7EXAMPLE", "secret")
        async with Clients(profile=profile) as clients:
            lean = LeanCalls(clients)
            first = await lean.get("sts", region, "GetCallerIdentity", {}, keys)
            second = await lean.get("sts", "us-east-2", "GetCallerIdentity", {}, keys)
            assert first
            assert second
            client = await clients.get("sts", region, "GetCallerIdentity")
            return client.meta.endpoint_url, first.place.host, second.place.host

    assert anyio.run(run) == (f"https://{host}", host, host.replace(region, "us-east-2"))
