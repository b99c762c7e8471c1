"""How the accounts of an organization, or of a file, are entered from one."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from aioprowler.accounts.accounts_file import read_accounts
from aioprowler.accounts.credentials import CredentialSource, EntryError
from aioprowler.accounts.entry import Base, member_entries
from aioprowler.accounts.organization import Member, Organization
from aioprowler.aws.api import Boundary
from aioprowler.aws.gateway import Gateway
from aioprowler.declarations.account import Account
from tests.accounts.sts import GIVEN, OPEN, UNLIMITED, Sts
from tests.aws.server import Received, Reply, StubAws, query_error

OWN, SECOND, THIRD = "111111111111", "222222222222", "333333333333"
BASE = CredentialSource(**GIVEN)
BASE_KEY = "AKIAALICE0001"
AUDIT = f"arn:aws:iam::{OWN}:role/audit"
DENIED = query_error("AccessDenied", "User is not authorized to perform: sts:AssumeRole", 403)
DENIED_TAGS = Reply('{"__type":"AccessDeniedException","Message":"no"}', 400)
TAGS: Mapping[str, Mapping[str, str]] = {OWN: {}, SECOND: {"team": "payments"}, THIRD: {"team": "search"}}


class Aws3(Sts):
    """An organization of three accounts, all of them in its root. `denied`: roles that nobody may assume."""

    def __init__(self, denied: Container[str] = (), tags: Reply | None = None) -> None:
        super().__init__()
        self.denied = denied
        self.tags = tags

    def __call__(self, request: Received) -> Reply:
        if request.service == "organizations":
            operation = request.headers["x-amz-target"].rpartition(".")[2]
            assert request.access_key in (BASE_KEY, f"ASIA{OWN}")
            return self._organization(operation, json.loads(request.body))
        reply = super().__call__(request)
        return DENIED if self.asked[-1].get("RoleArn", "") in self.denied else reply

    def _organization(self, operation: str, params: dict[str, Any]) -> Reply:
        if operation == "ListTagsForResource":
            listed = [{"Key": key, "Value": value} for key, value in TAGS[params["ResourceId"]].items()]
            return self.tags or Reply(json.dumps({"Tags": listed}))
        arn = f"arn:aws:organizations::{OWN}:account/o-1/"
        accounts = [{"Id": id_, "Arn": arn + id_, "Name": f"a{id_[0]}", "Status": "ACTIVE"} for id_ in TAGS]
        content = {
            "ListRoots": {"Roots": [{"Id": "r-1"}]},
            "ListOrganizationalUnitsForParent": {"OrganizationalUnits": []},
            "ListAccountsForParent": {"Accounts": accounts},
        }
        return Reply(json.dumps(content[operation]))

    def assumed(self) -> dict[str, dict[str, str]]:
        """Role -> what it was asked for with."""
        return {each["RoleArn"]: each for each in self.asked if each["Action"] == "AssumeRole"}

    def keys_of(self, action: str) -> list[str]:
        return sorted(each["key"] for each in self.asked if each["Action"] == action)


Entered = Account | EntryError | None


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Any:
    def call(
        aws: Aws3, members: Organization | Sequence[Member], source: CredentialSource = BASE, done: Container[str] = ()
    ) -> list[Entered]:
        async def run() -> list[Entered]:
            async with StubAws(aws) as stub:
                monkeypatch.setenv("AWS_ENDPOINT_URL", stub.url)
                async with Gateway(budget=1.0, table=OPEN) as gateway:
                    boundary = Boundary(gateway)
                    found: list[Entered] = []
                    async for entry in member_entries(boundary, gateway, source, members, UNLIMITED, [], done):
                        try:
                            found.append(await entry(boundary))
                        except EntryError as error:
                            found.append(error)
                    return found

        return anyio.run(run)

    return call


def member(id_: str, **more: Any) -> Member:
    return Member(account=Account(id=id_), **more)


def ids(entered: Sequence[Entered]) -> list[str]:
    return [each.id for each in entered if isinstance(each, Account)]


def test_the_own_account_takes_no_role(enter: Any) -> None:
    aws = Aws3()
    entered = enter(aws, Organization())
    assert ids(entered) == [OWN, SECOND, THIRD]
    roles = [f"arn:aws:iam::{id_}:role/aioprowler" for id_ in (SECOND, THIRD)]
    assert list(aws.assumed()) == roles
    assert [each.auth_method for each in entered] == ["access key", *(f"role: {role}" for role in roles)]
    assert aws.keys_of("DescribeRegions") == [BASE_KEY, f"ASIA{SECOND}", f"ASIA{THIRD}"]
    assert aws.keys_of("AssumeRole") == [BASE_KEY, BASE_KEY]


def test_who_goes_through_the_accounts_once_more_needs_no_second_proof_of_the_base(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Which could not be had: the code of an MFA device is good for one session."""
    aws = Aws3()
    base = CredentialSource(role_arn=AUDIT, **GIVEN)

    async def run() -> list[list[str]]:
        async with StubAws(aws) as stub:
            monkeypatch.setenv("AWS_ENDPOINT_URL", stub.url)
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                boundary, held = Boundary(gateway), Base()
                found = []
                for done in ([SECOND], []):
                    entries = member_entries(boundary, gateway, base, Organization(), UNLIMITED, [], done, held=held)
                    found.append([account.id async for entry in entries if (account := await entry(boundary))])
                return found

    first, all_of_them = anyio.run(run)
    assert SECOND not in first
    assert all_of_them == [*first[:1], SECOND, *first[1:]]
    assert [each["RoleArn"] for each in aws.asked if each["Action"] == "AssumeRole"].count(AUDIT) == 1


def test_the_own_account_takes_a_role_that_is_given_by_its_arn(enter: Any) -> None:
    aws = Aws3()
    assert ids(enter(aws, [member(OWN, role=AUDIT)])) == [OWN]
    assert list(aws.assumed()) == [AUDIT]


def test_an_account_of_the_organization_is_known_with_name_regions_and_tags(enter: Any) -> None:
    _, second, _ = enter(Aws3(), Organization())
    assert (second.name, second.regions, second.tags) == ("a2", ("eu-west-1", "us-east-1"), {"team": "payments"})


def test_roles_are_assumed_with_their_external_id(enter: Any) -> None:
    aws = Aws3()
    enter(aws, Organization(role="audit/reader", external_id="ours"))
    assert {role: asked["ExternalId"] for role, asked in aws.assumed().items()} == {
        f"arn:aws:iam::{id_}:role/audit/reader": "ours" for id_ in (SECOND, THIRD)
    }
    aws = Aws3()
    enter(aws, [member(SECOND, external_id="4f1c"), member(THIRD)])
    assert [asked.get("ExternalId") for asked in aws.assumed().values()] == ["4f1c", None]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (CredentialSource(role_arn=AUDIT, session_duration=7200, **GIVEN), {AUDIT: "7200", "member": "3600"}),
        (CredentialSource(role_arn=AUDIT, session_duration=900, **GIVEN), {AUDIT: "900", "member": "900"}),
        (CredentialSource(session_duration=7200, **GIVEN), {"member": "7200"}),
    ],
    ids=["chained", "chained and shorter", "not chained"],
)
def test_a_chained_role_lasts_an_hour_at_most(enter: Any, source: CredentialSource, expected: dict[str, str]) -> None:
    aws = Aws3()
    enter(aws, [member(SECOND, role="member")], source)
    lasts = {role.removeprefix(f"arn:aws:iam::{SECOND}:role/"): each for role, each in aws.assumed().items()}
    assert {role: each["DurationSeconds"] for role, each in lasts.items()} == expected
    assert lasts["member"]["key"] == (f"ASIA{OWN}" if source.role_arn else BASE_KEY)


def test_the_mfa_code_is_given_once(enter: Any) -> None:
    source = CredentialSource(mfa_serial=f"arn:aws:iam::{OWN}:mfa/alice", mfa_token="123456", **GIVEN)
    aws = Aws3()
    assert ids(enter(aws, [member(SECOND), member(THIRD)], source)) == [SECOND, THIRD]
    assert aws.of("GetSessionToken")["TokenCode"] == "123456"
    assert [each for each in aws.assumed().values() if "TokenCode" in each] == []


def test_an_account_that_refuses_is_reported_and_the_others_go_on(enter: Any) -> None:
    role = f"arn:aws:iam::{SECOND}:role/aioprowler"
    entered = enter(Aws3(denied=[role]), Organization())
    assert ids(entered) == [OWN, THIRD]
    (error,) = [each for each in entered if isinstance(each, EntryError)]
    assert (error.account_id, error.kind, error.action) == (SECOND, "denied", "sts:AssumeRole")
    assert role in str(error)
    assert "external ID" in str(error)


@pytest.mark.parametrize(("tags", "expected"), [({"team": "payments"}, [SECOND]), ({"team": ""}, [SECOND, THIRD])])
def test_accounts_with_other_tags_are_left_out(enter: Any, tags: dict[str, str], expected: list[str]) -> None:
    aws = Aws3()
    assert ids(enter(aws, Organization(tags=tags))) == expected
    assert len(aws.assumed()) == len(expected), "an account that is left out is not entered"


def test_tags_that_cannot_be_read_matter_only_if_they_are_asked_for(enter: Any) -> None:
    accounts = enter(Aws3(tags=DENIED_TAGS), Organization())
    assert [each.tags for each in accounts] == [{}, {}, {}]
    errors = enter(Aws3(tags=DENIED_TAGS), Organization(tags={"team": "payments"}))
    assert [(each.account_id, each.action) for each in errors] == [
        (id_, "organizations:ListTagsForResource") for id_ in TAGS
    ]


def test_accounts_that_are_done_are_not_entered_again(enter: Any) -> None:
    aws = Aws3()
    assert ids(enter(aws, Organization(), done={OWN, SECOND})) == [THIRD]
    assert ids(enter(aws, [member(SECOND), member(THIRD)], done={THIRD})) == [SECOND]


def test_regions_of_an_accounts_file_are_not_asked_for(enter: Any, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text(f"id,regions\n{SECOND},eu-west-1 eu-central-1\n{THIRD},\n")
    aws = Aws3()
    second, third = enter(aws, read_accounts(path, "aioprowler", None))
    assert (second.regions, third.regions) == (("eu-west-1", "eu-central-1"), ("eu-west-1", "us-east-1"))
    assert aws.keys_of("DescribeRegions") == [f"ASIA{THIRD}"]


def test_a_base_that_is_refused_ends_it(enter: Any) -> None:
    with pytest.raises(EntryError, match="role/audit"):
        enter(Aws3(denied=[AUDIT]), Organization(), CredentialSource(role_arn=AUDIT, **GIVEN))
