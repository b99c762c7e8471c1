"""Each profile is scanned where its own settings say, and by nobody else's."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio
import pytest

from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.accounts.entry import entries, keys_of, member_entries
from aioprowler.accounts.organization import Member
from aioprowler.aws.api import Boundary
from aioprowler.aws.gateway import Gateway
from aioprowler.declarations.account import Account
from tests.accounts.sts import OPEN, SECRET, UNLIMITED, Sts
from tests.aws.server import StubAws
from tests.aws.test_http import certificate

ROLE = "arn:aws:iam::222222222222:role/audit"
Configure = Callable[[str], None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Configure:
    def write(text: str) -> None:
        file = tmp_path / "config"
        file.write_text(text, encoding="utf-8")
        monkeypatch.setenv("AWS_CONFIG_FILE", os.fspath(file))

    return write


def keys(name: str) -> str:
    return f"aws_access_key_id = AKIA{name}\naws_secret_access_key = {SECRET}\n"


async def enter(gateway: Gateway, sources: Sequence[CredentialSource]) -> list[Account]:
    aws = Boundary(gateway)
    found = [await entry(aws) async for entry in entries(gateway, sources, None, UNLIMITED)]
    return [account for account in found if account is not None]


def actions(sts: Sts) -> list[tuple[str, str]]:
    return [(each["key"], each["Action"]) for each in sts.asked]


def test_a_profile_is_asked_at_its_own_endpoint_and_not_at_that_of_the_default_one(configure: Configure) -> None:
    default, prod = Sts(), Sts()

    async def run() -> None:
        async with StubAws(default) as first, StubAws(prod) as second:
            configure(
                f"[default]\nendpoint_url = {first.url}\n{keys('DEFAULT')}"
                f"[profile prod]\nendpoint_url = {second.url}\n{keys('PROD')}"
            )
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                await enter(gateway, [CredentialSource(profile="prod")])

    anyio.run(run)
    assert default.asked == []
    assert actions(prod) == [("AKIAPROD", "GetCallerIdentity"), ("AKIAPROD", "DescribeRegions")]


def test_each_of_several_profiles_has_its_own_settings_and_a_role_those_of_the_profile_it_starts_from(
    configure: Configure,
) -> None:
    one, two = Sts(), Sts()

    async def run() -> list[Account]:
        async with StubAws(one) as first, StubAws(two) as second:
            configure(
                f"[default]\nendpoint_url = http://127.0.0.1:1\n{keys('DEFAULT')}"
                f"[profile one]\nservices = local\n{keys('ONE')}"
                f"[services local]\nsts =\n  endpoint_url = {first.url}\nec2 =\n  endpoint_url = {first.url}\n"
                f"[profile two]\nendpoint_url = {second.url}\n{keys('TWO')}"
            )
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                sources = [CredentialSource(profile="one"), CredentialSource(profile="two", role_arn=ROLE)]
                return await enter(gateway, sources)

    assert [each.id for each in anyio.run(run)] == ["111111111111", "222222222222"]
    assert {each["key"] for each in one.asked} == {"AKIAONE"}
    assert [each["key"] for each in two.asked] == ["AKIATWO", "ASIA222222222222", "ASIA222222222222"]


def test_what_botocore_asks_for_a_profiles_credentials_is_asked_there_as_well(configure: Configure) -> None:
    """A profile with a role and no region of its own, through a source profile with other settings."""
    sts = Sts()

    async def run() -> None:
        async with StubAws(sts) as aws:
            configure(
                f"[default]\nendpoint_url = http://127.0.0.1:1\n"
                f"[profile base]\n{keys('BASE')}"
                f"[profile chain]\nrole_arn = {ROLE}\nsource_profile = base\nendpoint_url = {aws.url}\n"
            )
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                await enter(gateway, [CredentialSource(profile="chain")])

    anyio.run(run)
    assert actions(sts)[:2] == [("AKIABASE", "AssumeRole"), ("ASIA222222222222", "GetCallerIdentity")]


def test_members_are_entered_and_asked_with_the_settings_of_the_profile_that_enters_them(configure: Configure) -> None:
    sts = Sts()
    members = [Member(account=Account(id="333333333333"))]

    async def run() -> None:
        async with StubAws(sts) as aws:
            configure(f"[profile base]\nendpoint_url = {aws.url}\n{keys('BASE')}")
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                boundary = Boundary(gateway)
                source = CredentialSource(profile="base")
                async for entry in member_entries(boundary, gateway, source, members, UNLIMITED, []):
                    account = await entry(boundary)
                    assert account is not None
                    await gateway.call(account, "us-east-1", "ec2", "DescribeRegions", {})

    anyio.run(run)
    assert [each["key"] for each in sts.asked] == ["AKIABASE", "AKIABASE", *["ASIA333333333333"] * 2]


def test_accounts_whose_profiles_make_the_same_clients_share_them(configure: Configure) -> None:
    """Whoever they are and wherever they live; what is particular about a client parts them."""
    sts = Sts()

    async def run() -> tuple[int, int]:
        async with StubAws(sts) as aws:
            here = f"endpoint_url = {aws.url}\n"
            configure(
                f"[profile one]\nregion = eu-west-1\noutput = json\n{here}{keys('ONE')}"
                f"[profile two]\nregion = eu-west-1\nretry_mode = adaptive\n{here}{keys('TWO')}"
                f"[profile role]\nregion = eu-west-1\nrole_arn = {ROLE}\nsource_profile = two\n{here}"
                f"[profile unlike]\nregion = eu-west-1\nuse_fips_endpoint = true\n{here}{keys('THREE')}"
            )
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                await enter(gateway, [CredentialSource(profile=name) for name in ("one", "two", "role")])
                (line,) = gateway.lines
                assert line.clients.made == {("sts", "eu-west-1"), ("ec2", "eu-west-1")}
                await enter(gateway, [CredentialSource(profile="unlike")])
                first, second = gateway.lines
                assert first.clients.http is not second.clients.http
                return len(first.clients.made), len(second.clients.made)

    assert anyio.run(run) == (2, 2)


def test_what_is_silent_for_one_profile_is_asked_for_another(configure: Configure) -> None:
    sts = Sts()

    async def run() -> list[Account]:
        async with StubAws(sts) as aws:
            configure(
                f"[profile off]\nendpoint_url = http://127.0.0.1:1\n{keys('OFF')}"
                f"[profile on]\nendpoint_url = {aws.url}\n{keys('ON')}"
            )
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                with pytest.raises(EntryError):
                    await enter(gateway, [CredentialSource(profile="off")])
                return await enter(gateway, [CredentialSource(profile="on")])

    assert len(anyio.run(run)) == 1


@pytest.mark.parametrize("profile", ["trusting", "other"])
def test_a_profile_trusts_its_own_bundle(configure: Configure, tmp_path: Path, profile: str) -> None:
    """Both on the plain path and on the lean one, which are asked here for the first and the second time."""
    sts = Sts()
    tls, bundle = certificate(tmp_path)

    async def run() -> None:
        async with StubAws(sts, tls=tls) as aws:
            configure(
                f"[profile trusting]\nendpoint_url = {aws.url}\nca_bundle = {bundle}\n{keys('A')}"
                f"[profile other]\nendpoint_url = {aws.url}\n{keys('B')}"
            )
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                await enter(gateway, [CredentialSource(profile=profile)])

    if profile == "trusting":
        anyio.run(run)
        assert len(sts.asked) == 2
    else:
        with pytest.raises(EntryError, match="the certificate of the other side is not trusted"):
            anyio.run(run)
        assert sts.asked == []


def test_keys_that_are_taken_elsewhere_come_from_the_profiles_endpoint(configure: Configure) -> None:
    """Such as for an upload."""
    sts = Sts()

    async def run() -> str:
        async with StubAws(sts) as aws:
            configure(
                f"[default]\nendpoint_url = http://127.0.0.1:1\n{keys('DEFAULT')}"
                f"[profile prod]\nendpoint_url = {aws.url}\nregion = eu-west-3\n{keys('PROD')}"
            )
            issued, region = await keys_of(CredentialSource(profile="prod", role_arn=ROLE), UNLIMITED)
            assert issued.access_key == "ASIA222222222222"
            return region

    assert anyio.run(run) == "eu-west-3"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[profile prod]\nservices = local\n", 'the "local" services configuration does not exist'),
        ("[profile prod]\nrole_arn = arn:aws-moon:iam::222222222222:role/audit\n", "there is no partition aws-moon"),
        (
            "[profile prod]\nca_bundle = /nowhere/bundle.pem\n",
            "the bundle of certificates /nowhere/bundle.pem is",
        ),
        ("[profile prod\n", "Unable to parse config file"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_one_line(configure: Configure, text: str, told: str) -> None:
    configure(text)

    async def run() -> None:
        async with Gateway() as gateway:
            await enter(gateway, [CredentialSource(profile="prod")])

    with pytest.raises(EntryError, match="Could not enter AWS with profile prod: ") as caught:
        anyio.run(run)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
