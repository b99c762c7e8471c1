"""How accounts are entered, and what users are told when one cannot be."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.accounts.entry import entries
from aioprowler.aws.api import Boundary
from aioprowler.aws.gateway import Gateway
from aioprowler.declarations.account import Account
from aioprowler.facts.regions import ALWAYS_ENABLED
from tests.accounts.sts import GIVEN, OPEN, SECRET, TOKEN, UNLIMITED, Sts, ec2_regions
from tests.aws.server import Mishap, Received, Reply, StubAws, ec2_error, query_error

ROLE = "arn:aws:iam::222222222222:role/audit"
MFA = "arn:aws:iam::111111111111:mfa/alice"


def enter(monkeypatch: pytest.MonkeyPatch, sts: Sts, source: CredentialSource) -> Account:
    async def run() -> Account:
        async with StubAws(sts) as aws:
            monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                (entry,) = [each async for each in entries(gateway, [source], None, UNLIMITED)]
                account = await entry(Boundary(gateway))
                assert account is not None
                return account

    return anyio.run(run)


def refusal(monkeypatch: pytest.MonkeyPatch, sts: Sts, source: CredentialSource) -> EntryError:
    with pytest.raises(EntryError) as caught:
        enter(monkeypatch, sts, source)
    return caught.value


def test_keys_enter_their_own_account(monkeypatch: pytest.MonkeyPatch) -> None:
    sts = Sts()
    account = enter(monkeypatch, sts, CredentialSource(**GIVEN))
    assert (account.id, account.partition, account.regions) == ("111111111111", "aws", ("eu-west-1", "us-east-1"))
    assert {each["key"] for each in sts.asked} == {"AKIAALICE0001"}


def test_keys_of_the_environment_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    sts = Sts()
    account = enter(monkeypatch, sts, CredentialSource())
    assert account.default_region == "eu-west-1"
    assert sts.asked[0]["key"] == "AKIAENVIRONMENT"
    assert (account.profile, account.auth_method) == ("", "environment")
    monkeypatch.setenv("AWS_PROFILE", "audit")
    assert CredentialSource().leads_in == "", "keys of the environment come before its profile"


def test_only_the_user_knows_a_profile_for_a_role_or_given_keys() -> None:
    assert CredentialSource(profile="audit", role_arn=ROLE).leads_in is None
    assert CredentialSource(**GIVEN).leads_in is None


def test_how_an_account_is_entered_is_told_without_keys_and_secrets() -> None:
    source = CredentialSource(role_arn=ROLE, external_id="ours", mfa_token="123456", **GIVEN)
    assert source.method == f"role: {ROLE}"
    assert CredentialSource(**GIVEN).method == "access key"


def test_keys_of_a_profile_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text(f"[audit]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = {SECRET}\n", encoding="utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.fspath(file))
    sts = Sts()
    account = enter(monkeypatch, sts, CredentialSource(profile="audit"))
    assert sts.asked[0]["key"] == "AKIAPROFILE"
    assert (account.profile, account.auth_method) == ("audit", "profile: audit")
    monkeypatch.setenv("AWS_PROFILE", "audit")
    assert enter(monkeypatch, sts, CredentialSource()).profile == "audit"
    monkeypatch.delenv("AWS_PROFILE")
    file.write_text(file.read_text(encoding="utf-8").replace("audit", "default"), encoding="utf-8")
    assert enter(monkeypatch, sts, CredentialSource()).auth_method == "profile: default"


def test_a_role_is_assumed_with_all_that_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    sts = Sts()
    source = CredentialSource(
        role_arn=ROLE, external_id="ours", session_duration=900, session_name="audit-2026", mfa_serial=MFA,
        mfa_token="123456", **GIVEN,
    )  # fmt: skip
    assert enter(monkeypatch, sts, source).id == "222222222222"
    asked = sts.of("AssumeRole")
    assert {name: asked[name] for name in asked if name not in ("Action", "Version", "key")} == {
        "RoleArn": ROLE, "RoleSessionName": "audit-2026", "DurationSeconds": "900", "ExternalId": "ours",
        "SerialNumber": MFA, "TokenCode": "123456",
    }  # fmt: skip
    assert asked["key"] == "AKIAALICE0001"
    assert sts.of("DescribeRegions")["key"] == "ASIA222222222222"


def test_a_role_without_extras_sends_none(monkeypatch: pytest.MonkeyPatch) -> None:
    sts = Sts()
    enter(monkeypatch, sts, CredentialSource(role_arn=ROLE, **GIVEN))
    asked = sts.of("AssumeRole")
    assert asked.keys() == {"Action", "Version", "key", "RoleArn", "RoleSessionName", "DurationSeconds"}
    assert (asked["RoleSessionName"], asked["DurationSeconds"]) == ("aioprowler", "3600")


def test_an_mfa_device_without_a_role_opens_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    sts = Sts()
    account = enter(monkeypatch, sts, CredentialSource(mfa_serial=MFA, mfa_token="123456", **GIVEN))
    assert account.id == "111111111111"
    asked = sts.of("GetSessionToken")
    assert (asked["SerialNumber"], asked["TokenCode"], asked["DurationSeconds"]) == (MFA, "123456", "3600")
    assert sts.of("GetCallerIdentity")["key"] == "ASIA111111111111"


def test_a_role_of_another_partition_is_assumed_in_that_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    source = CredentialSource(role_arn="arn:aws-cn:iam::222222222222:role/audit", **GIVEN)
    assert enter(monkeypatch, Sts(), source).default_region == "cn-north-1"


def test_a_role_of_every_partition_is_entered_there(monkeypatch: pytest.MonkeyPatch) -> None:
    source = CredentialSource(role_arn="arn:aws-eusc:iam::222222222222:role/audit", **GIVEN)
    assert enter(monkeypatch, Sts(), source).default_region == "eusc-de-east-1"


def test_a_partition_that_there_is_not_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    source = CredentialSource(role_arn="arn:aws-moon:iam::222222222222:role/audit", **GIVEN)
    assert "there is no partition aws-moon; there are aws, aws-cn, " in str(refusal(monkeypatch, Sts(), source))


DENIED = query_error("AccessDenied", "User is not authorized to perform: sts:AssumeRole", 403)
WRONG_MFA = query_error("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", 403)
EXPIRED = query_error("ExpiredToken", "The security token included in the request is expired", 403)
BY_SCP = query_error("AccessDenied", "it is denied with an explicit deny in a service control policy", 403)
BY_TRUST = query_error("AccessDenied", "it is denied because no role trust policy allows the action", 403)
UNKNOWN_KEY = query_error("InvalidClientTokenId", "The security token included in the request is invalid", 403)
TOO_LONG = query_error("ValidationError", "DurationSeconds exceeds the MaxSessionDuration set for this role.")
WITH_ROLE = CredentialSource(role_arn=ROLE, **GIVEN)
WITH_MFA = CredentialSource(mfa_serial=MFA, mfa_token="000000", **GIVEN)
REFUSALS = {
    "role denied": (Sts({"AssumeRole": DENIED}), WITH_ROLE, "denied", "trust policy"),
    "role denied by an SCP": (
        Sts({"AssumeRole": BY_SCP}), WITH_ROLE, "denied", "a service control policy of the organization denies it."
    ),
    "role denied by its trust policy": (Sts({"AssumeRole": BY_TRUST}), WITH_ROLE, "denied", "check the role's trust"),
    "wrong code for the role": (Sts({"AssumeRole": WRONG_MFA}), WITH_ROLE, "denied", "wait for the next"),
    "wrong code for the session": (Sts({"GetSessionToken": WRONG_MFA}), WITH_MFA, "denied", "wait for the next"),
    "base keys expired": (Sts({"AssumeRole": EXPIRED}), WITH_ROLE, "unauthenticated", "sign in again"),
    "keys expired": (Sts({"GetCallerIdentity": EXPIRED}), CredentialSource(**GIVEN), "unauthenticated", "sign in"),
    "unknown key": (Sts({"GetCallerIdentity": UNKNOWN_KEY}), CredentialSource(**GIVEN), "unauthenticated", "check the"),
    "no credentials": (Sts(), CredentialSource(), "unauthenticated", "aws configure"),
    "no such profile": (Sts(), CredentialSource(profile="nobody"), "unauthenticated", "aws configure list-profiles"),
    "duration too long": (Sts({"AssumeRole": TOO_LONG}), WITH_ROLE, "broken", "duration"),
    "garbled": (Sts({"AssumeRole": Reply(f"<AssumeRoleResponse>{SECRET}")}), WITH_ROLE, "broken", "AWS_ENDPOINT_URL"),
}  # fmt: skip


@pytest.mark.parametrize("example", REFUSALS)
def test_a_refusal_is_one_line_that_names_the_source_and_the_mend(
    example: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "aioprowler")
    sts, source, kind, mend = REFUSALS[example]
    error = refusal(monkeypatch, sts, source)
    told = str(error)
    assert "\n" not in told
    assert source.describe() in told
    assert mend in told
    assert error.kind == kind
    assert error.__cause__ is None
    for everything in (told, repr(error), repr(vars(error)), repr(source), caplog.text):
        assert SECRET not in everything
        assert "AKIAALICE0001" not in everything


def test_a_refused_role_names_its_account_and_the_action(monkeypatch: pytest.MonkeyPatch) -> None:
    error = refusal(monkeypatch, Sts({"AssumeRole": DENIED}), WITH_ROLE)
    assert (error.account_id, error.action, error.code) == ("222222222222", "sts:AssumeRole", "AccessDenied")


def test_an_endpoint_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        async with Gateway(budget=1.0) as gateway:
            (entry,) = [each async for each in entries(gateway, [WITH_ROLE], None, UNLIMITED)]
            await entry(Boundary(gateway))

    with pytest.raises(EntryError, match="check the network") as caught:
        anyio.run(run)
    assert caught.value.kind == "unreachable"


def test_where_sts_of_one_region_cannot_be_reached_another_one_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the account is asked for later goes there as well. A refusal is the same everywhere, and not asked again."""
    sts = Sts()

    def answer(request: Received) -> Reply | Mishap:
        return "reset" if "/us-east-1/" in request.headers["authorization"] else sts(request)

    async def at_once(_seconds: float) -> None:
        await anyio.lowlevel.checkpoint()

    async def run() -> Account | None:
        async with StubAws(answer) as aws:
            monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
            monkeypatch.setattr("aioprowler.accounts.entry.homes", lambda *_: ["us-east-1", "eu-west-1", "eu-west-2"])
            async with Gateway(budget=1.0, table=OPEN, sleep=at_once) as gateway:
                (entry,) = [each async for each in entries(gateway, [WITH_ROLE], None, UNLIMITED)]
                account = await entry(Boundary(gateway))
                sts.refuse = {"AssumeRole": DENIED}
                with pytest.raises(EntryError):
                    await entry(Boundary(gateway))
                return account

    account = anyio.run(run)
    assert account
    assert (account.id, account.default_region) == ("222222222222", "eu-west-1")
    assert [each["Action"] for each in sts.asked] == [
        *("AssumeRole", "GetCallerIdentity", "DescribeRegions"), "AssumeRole",
    ]  # fmt: skip


NAMELESS = Reply("<DescribeRegionsResponse><regionInfo><item/></regionInfo></DescribeRegionsResponse>")


@pytest.mark.parametrize(
    ("refuse", "expected"),
    [
        ({}, ("eu-west-1", "us-east-1")),
        ({"DescribeRegions": ec2_error("UnauthorizedOperation", "", 403)}, ("eu-north-1",)),
        (
            {
                "DescribeRegions": ec2_error("UnauthorizedOperation", "", 403),
                "ListRegions": Reply('{"__type":"AccessDeniedException"}', 403),
            },
            ALWAYS_ENABLED["aws"],
        ),
        ({"DescribeRegions": ec2_regions()}, ("eu-north-1",)),
        ({"DescribeRegions": Reply("<DescribeRegionsResponse/>")}, ("eu-north-1",)),
        (
            {"DescribeRegions": NAMELESS, "ListRegions": Reply('{"Regions":[{"RegionOptStatus":"ENABLED"}]}')},
            ALWAYS_ENABLED["aws"],
        ),
        ({"DescribeRegions": NAMELESS, "ListRegions": Reply('{"Regions":[]}')}, ALWAYS_ENABLED["aws"]),
    ],
    ids=["DescribeRegions", "ListRegions", "those that cannot be off", "none", "nothing", "nameless", "no further"],
)
def test_regions_are_those_that_aws_tells_of(
    monkeypatch: pytest.MonkeyPatch, refuse: dict[str, Reply], expected: tuple[str, ...]
) -> None:
    assert enter(monkeypatch, Sts(refuse), CredentialSource(**GIVEN)).regions == expected


def test_an_account_whose_regions_nobody_tells_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse = {
        "DescribeRegions": ec2_error("UnauthorizedOperation", "", 403),
        "ListRegions": Reply('{"__type":"AccessDeniedException"}', 403),
    }
    untold = enter(monkeypatch, Sts(refuse), CredentialSource(**GIVEN)).untold
    assert untold
    assert untold.explain().endswith("Grant ec2:DescribeRegions to the scanning identity.")
    del refuse["ListRegions"]
    assert enter(monkeypatch, Sts(refuse), CredentialSource(**GIVEN)).untold is None


WHO = "<GetCallerIdentityResponse><GetCallerIdentityResult>{}</GetCallerIdentityResult></GetCallerIdentityResponse>"
KEYS = "<AssumeRoleResponse><AssumeRoleResult>{}</AssumeRoleResult></AssumeRoleResponse>"


@pytest.mark.parametrize(
    ("action", "reply"),
    [
        ("GetCallerIdentity", WHO.format("<Account>222222222222</Account><Arn>alice</Arn>")),
        ("GetCallerIdentity", WHO.format("<Account>../alice</Account><Arn>arn:aws:iam::222222222222:root</Arn>")),
        ("GetCallerIdentity", WHO.format("<Account>222222222222</Account>")),
        ("AssumeRole", KEYS.format("<Credentials><AccessKeyId>s3cret</AccessKeyId></Credentials>")),
        ("AssumeRole", KEYS.format("<AssumedRoleUser><Arn>s3cret</Arn></AssumedRoleUser>")),
    ],
)
def test_what_is_no_answer_of_sts_is_a_refusal_like_any_other(
    action: str, reply: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = str(refusal(monkeypatch, Sts({action: Reply(reply)}), CredentialSource(role_arn=ROLE, **GIVEN)))
    assert ("what answered is not AWS" if action == "AssumeRole" else "AWS could not carry it out") in told
    assert "s3cret" not in told


def test_known_accounts_are_not_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    sts = Sts()
    known = [Account(id=f"{n}" * 12, regions=("eu-west-1",), profile=None, auth_method="access key") for n in (1, 2)]

    async def run() -> list[Account]:
        async with StubAws(sts) as aws:
            monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
            async with Gateway(table=OPEN) as gateway:
                made = [each async for each in entries(gateway, [CredentialSource(**GIVEN)], known, UNLIMITED)]
                entered = [account for entry in made if (account := await entry(Boundary(gateway)))]
                await gateway.call(known[1], "eu-west-1", "sts", "GetCallerIdentity", {})
                return entered

    assert anyio.run(run) == known
    assert [each["Action"] for each in sts.asked] == ["GetCallerIdentity"]


def test_one_session_serves_all_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    sts = Sts()

    async def run() -> None:
        async with StubAws(sts) as aws:
            monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                (entry,) = [each async for each in entries(gateway, [WITH_ROLE], None, UNLIMITED)]
                account = await entry(Boundary(gateway))
                assert account is not None
                async with anyio.create_task_group() as tasks:
                    for _ in range(20):
                        tasks.start_soon(gateway.call, account, "us-east-1", "sts", "GetCallerIdentity", {})

    anyio.run(run)
    assert [each["Action"] for each in sts.asked].count("AssumeRole") == 1


def test_a_session_that_ends_within_five_minutes_is_renewed_by_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=4)
    sts = Sts(expiration=soon.isoformat(timespec="seconds").replace("+00:00", "Z"))

    async def run() -> int:
        async with StubAws(sts) as aws:
            monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                known = Account(id="222222222222", regions=("us-east-1",))
                (entry,) = [each async for each in entries(gateway, [WITH_ROLE], [known], UNLIMITED)]
                await entry(Boundary(gateway))
                before = sum(each["Action"] == "AssumeRole" for each in sts.asked)
                sts.expiration = "2099-01-01T00:00:00Z"
                async with anyio.create_task_group() as tasks:
                    for _ in range(20):
                        tasks.start_soon(gateway.call, known, "us-east-1", "sts", "GetCallerIdentity", {})
                return sum(each["Action"] == "AssumeRole" for each in sts.asked) - before

    assert anyio.run(run) == 1


ECHO = "1 validation error detected: Value 'ours' at 'externalId' failed to satisfy constraint: yours, not ours-2"
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. The Canonical String for this "
    "request should have been 'POST\n/\n\nhost:sts.amazonaws.com\nx-amz-date:20260601T000000Z\n"
    f"x-amz-security-token:{TOKEN}\n\nhost;x-amz-date;x-amz-security-token'"
)


def test_what_aws_repeats_of_a_request_is_told_without_its_secrets(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "aioprowler")
    invalid = Sts({"AssumeRole": query_error("ValidationError", ECHO)})
    told = str(refusal(monkeypatch, invalid, CredentialSource(role_arn=ROLE, external_id="ours", **GIVEN)))
    assert "Value '...' at 'externalId' failed to satisfy constraint: yours, not ...-2" in told
    mismatch = Sts({"GetCallerIdentity": query_error("SignatureDoesNotMatch", MISMATCH, 403)})
    told = str(refusal(monkeypatch, mismatch, CredentialSource(session_token=TOKEN, **GIVEN)))
    assert "x-amz-date:20260601T000000Z x-amz-security-token:..." in " ".join(told.split())
    assert TOKEN not in told + caplog.text
