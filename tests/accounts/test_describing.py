"""Accounts that are scanned by themselves, and what their organization tells of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import anyio
import pytest

from aioprowler import Account, ScanOptions
from aioprowler.accounts import describing
from aioprowler.accounts.credentials import CredentialSource
from aioprowler.accounts.entry import entries, member_entries
from aioprowler.accounts.organization import Member
from aioprowler.aws.api import Boundary
from aioprowler.aws.gateway import Gateway
from aioprowler.aws.homes import EVERYWHERE
from aioprowler.scanning.accounts import describing_for
from tests.accounts.sts import GIVEN, OPEN, SECRET, UNLIMITED, Sts
from tests.aws.server import Received, Reply, StubAws, query_error

OWN, STRANGER = "111111111111", "999999999999"
LISTER = f"arn:aws:iam::{OWN}:role/lister"
UNITS = {"ou-1": ("workloads", "r-1"), "ou-2": ("production", "ou-1"), "ou-3": ("sandbox", "r-1")}
ROOT = {"Id": "r-1", "Type": "ROOT"}
PAGE = 20


def account_ids(count: int) -> list[str]:
    return [f"2{number:011}" for number in range(count)]


def refused(code: str) -> Reply:
    return Reply(json.dumps({"__type": code, "Message": "no"}), 400)


class Organizations(Sts):
    """An organization whose accounts are in three units in turn. `tells`: the access key that it answers. `denied`:
    operations, and roles that nobody may assume.
    """

    def __init__(self, accounts: Sequence[str], *denied: str, tells: str = GIVEN["access_key_id"]) -> None:
        super().__init__()
        self.accounts = {id_: [*UNITS][number % 3] for number, id_ in enumerate(accounts)}
        self.denied = denied
        self.tells = tells
        self.calls: Counter[str] = Counter()
        self.silent = False

    def __call__(self, request: Received) -> Reply:
        if request.service != "organizations":
            reply = super().__call__(request)
            return query_error("AccessDenied", "no", 403) if self.asked[-1].get("RoleArn") in self.denied else reply
        operation = request.headers["x-amz-target"].rpartition(".")[2]
        self.calls[operation] += 1
        if self.silent:
            return Reply("{}", delay=60)
        if request.access_key != self.tells or operation in self.denied:
            return refused("AccessDeniedException")
        answer: Reply = getattr(self, operation)(**json.loads(request.body))
        return answer

    def _listed(self, id_: str) -> dict[str, str]:
        arn = f"arn:aws:organizations::{OWN}:account/o-1/{id_}"
        return {"Id": id_, "Arn": arn, "Name": f"a{id_}", "Email": f"{id_}@example.com", "Status": "ACTIVE"}

    def DescribeAccount(self, AccountId: str) -> Reply:  # noqa: N802, N803 - AWS's names
        if AccountId not in self.accounts:
            return refused("AccountNotFoundException")
        return Reply(json.dumps({"Account": self._listed(AccountId)}))

    def ListParents(self, ChildId: str) -> Reply:  # noqa: N802, N803
        above = self.accounts[ChildId] if ChildId in self.accounts else UNITS[ChildId][1]
        parent = ROOT if above == "r-1" else {"Id": above, "Type": "ORGANIZATIONAL_UNIT"}
        return Reply(json.dumps({"Parents": [parent]}))

    def DescribeOrganizationalUnit(self, OrganizationalUnitId: str) -> Reply:  # noqa: N802, N803
        name, _ = UNITS[OrganizationalUnitId]
        return Reply(json.dumps({"OrganizationalUnit": {"Id": OrganizationalUnitId, "Name": name}}))

    def ListTagsForResource(self, ResourceId: str) -> Reply:  # noqa: N802, N803
        return Reply(json.dumps({"Tags": [{"Key": "owner", "Value": f"owner of {ResourceId}"}]}))

    def ListRoots(self, **_: Any) -> Reply:  # noqa: N802
        return Reply(json.dumps({"Roots": [ROOT]}))

    def ListOrganizationalUnitsForParent(self, ParentId: str, **_: Any) -> Reply:  # noqa: N802, N803
        units = [{"Id": id_, "Name": name} for id_, (name, above) in UNITS.items() if above == ParentId]
        return Reply(json.dumps({"OrganizationalUnits": units}))

    def ListAccountsForParent(self, ParentId: str, NextToken: str = "0", **_: Any) -> Reply:  # noqa: N802, N803
        inside = [self._listed(id_) for id_, unit in self.accounts.items() if unit == ParentId]
        begin = int(NextToken)
        more = {"NextToken": str(begin + PAGE)} if begin + PAGE < len(inside) else {}
        return Reply(json.dumps({"Accounts": inside[begin : begin + PAGE], **more}))


def roles(ids: Sequence[str], **more: Any) -> list[CredentialSource]:
    return [CredentialSource(role_arn=f"arn:aws:iam::{id_}:role/audit", **GIVEN, **more) for id_ in ids]


def entered(aws: Organizations, monkeypatch: pytest.MonkeyPatch, options: ScanOptions) -> list[Account]:
    """The accounts of a scan; none of them is missing whatever is told of it."""

    async def run() -> list[Account]:
        async with StubAws(aws) as stub:
            monkeypatch.setenv("AWS_ENDPOINT_URL", stub.url)
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                boundary = Boundary(gateway)
                telling = describing_for(gateway, options, UNLIMITED, EVERYWHERE)
                found = entries(gateway, options.credentials, None, UNLIMITED, by=telling.by)
                if options.members is not None:
                    base = options.credentials[0]
                    found = member_entries(boundary, gateway, base, options.members, UNLIMITED, [], by=telling.by)
                accounts: dict[int, Account | None] = {}

                async def enter(number: int, entry: Any) -> None:
                    accounts[number] = await entry(boundary)

                async with anyio.create_task_group() as tasks:
                    number = 0
                    async for entry in found:
                        tasks.start_soon(enter, number, entry)
                        number += 1
                await telling.aclose()
                assert not {each.action for each in boundary.calls.failures}
                assert not [each for each in boundary.calls.made if each.startswith("organizations:")]
                return [each for _, each in sorted(accounts.items()) if each is not None]

    return anyio.run(run)


def facts(account: Account) -> tuple[Any, ...]:
    return (account.name, account.email, account.organizational_unit, account.organizational_unit_id, account.tags)


def expected(id_: str, unit: str, unit_id: str) -> tuple[Any, ...]:
    return (f"a{id_}", f"{id_}@example.com", unit, unit_id, {"owner": f"owner of {id_}"})


def test_the_scans_own_credentials_tell_of_the_one_account(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Organizations([STRANGER, OWN])
    (account,) = entered(aws, monkeypatch, ScanOptions(credentials=[CredentialSource(**GIVEN)]))
    assert facts(account) == expected(OWN, "workloads/production", "ou-2")
    organization = ("o-1", f"arn:aws:organizations::{OWN}:organization/o-1")
    assert (account.organization_id, account.organization_arn) == organization
    assert (account.id, account.regions) == (OWN, ("eu-west-1", "us-east-1"))
    assert aws.calls == Counter(DescribeAccount=1, ListParents=3, DescribeOrganizationalUnit=2, ListTagsForResource=1)


def test_credentials_that_assume_a_role_tell_of_its_account(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = account_ids(3)
    aws = Organizations(ids)
    found = entered(aws, monkeypatch, ScanOptions(credentials=roles(ids)))
    units = [("workloads", "ou-1"), ("workloads/production", "ou-2"), ("sandbox", "ou-3")]
    assert [facts(each) for each in found] == [expected(id_, *unit) for id_, unit in zip(ids, units, strict=True)]
    assert (aws.calls["DescribeAccount"], aws.calls["DescribeOrganizationalUnit"]) == (3, 3)


def test_a_role_that_is_given_for_it_tells_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = account_ids(2)
    aws = Organizations(ids, tells=f"ASIA{OWN}")
    found = entered(aws, monkeypatch, ScanOptions(credentials=roles(ids), organizations_role=LISTER))
    assert [each.name for each in found] == [f"a{id_}" for id_ in ids]
    assert [each["RoleArn"] for each in aws.asked if each["Action"] == "AssumeRole"].count(LISTER) == 1


@pytest.mark.parametrize("role", [None, LISTER])
@pytest.mark.parametrize("denied", ["DescribeAccount", LISTER])
def test_a_refusal_ends_it_for_all_accounts_after_one_call(
    denied: str, role: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = account_ids(60)
    aws = Organizations(ids, denied, tells=f"ASIA{OWN}")
    found = entered(aws, monkeypatch, ScanOptions(credentials=roles(ids), organizations_role=role))
    assert [each.id for each in found] == ids
    assert not any(each.name or each.tags for each in found)
    assert aws.calls == ({} if (role, denied) == (LISTER, LISTER) else {"DescribeAccount": 1})


def test_many_accounts_are_told_of_by_one_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = account_ids(500)
    aws = Organizations(ids)
    members = [Member(account=Account(id=id_)) for id_ in [*ids, STRANGER]]
    found = entered(aws, monkeypatch, ScanOptions(credentials=[CredentialSource(**GIVEN)], members=members))
    assert [facts(each) for each in found[3:500:3]] == [expected(id_, "workloads", "ou-1") for id_ in ids[3::3]]
    assert facts(found[500]) == ("", "", "", "", {}), "an account of another organization"
    assert aws.calls.pop("ListTagsForResource") == 500
    assert aws.calls == Counter(
        {"DescribeAccount": 1, "ListParents": 2, "DescribeOrganizationalUnit": 1, "ListRoots": 1}
        | {"ListOrganizationalUnitsForParent": 4, "ListAccountsForParent": 1 + 3 * 9}
    )


def test_a_role_that_may_not_list_tells_of_many_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = account_ids(9)
    aws = Organizations(ids, "ListRoots", tells=f"ASIA{OWN}")
    found = entered(aws, monkeypatch, ScanOptions(credentials=roles(ids), organizations_role=LISTER))
    assert [each.name for each in found] == [f"a{id_}" for id_ in ids]
    assert aws.calls["ListRoots"] == 1


def test_what_a_file_says_of_an_account_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    (id_,) = account_ids(1)
    members = [Member(account=Account(id=id_, name="payments", regions=("eu-west-1",)))]
    options = ScanOptions(credentials=[CredentialSource(**GIVEN)], members=members)
    (account,) = entered(Organizations([id_]), monkeypatch, options)
    assert (account.name, account.email, account.regions) == ("payments", f"{id_}@example.com", ("eu-west-1",))


@pytest.mark.parametrize("denied", ["ListParents", "DescribeOrganizationalUnit", "ListTagsForResource"])
def test_what_is_refused_is_left_out_and_the_rest_is_told(denied: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = account_ids(2)
    aws = Organizations(ids, denied)
    found = entered(aws, monkeypatch, ScanOptions(credentials=roles(ids)))
    assert [each.name for each in found] == [f"a{id_}" for id_ in ids]
    assert {bool(each.tags) for each in found} == {denied != "ListTagsForResource"}
    assert [each.organizational_unit for each in found] == (
        ["workloads", "workloads/production"] if denied == "ListTagsForResource" else ["", ""]
    )


def test_credentials_of_several_organizations_tell_of_their_own_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """One's refusal says nothing of another one."""
    mine, other = account_ids(2)
    aws = Organizations([mine, other], tells="AKIAOTHER0001")
    sources = [
        *roles([mine]),
        CredentialSource(
            role_arn=f"arn:aws:iam::{other}:role/audit", access_key_id="AKIAOTHER0001", secret_access_key=SECRET
        ),
    ]
    found = entered(aws, monkeypatch, ScanOptions(credentials=sources))
    assert [each.name for each in found] == ["", f"a{other}"]
    assert aws.calls["DescribeAccount"] == 2


def test_an_organization_that_does_not_answer_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describing, "_PATIENCE", 0.2)
    ids = account_ids(9)
    aws = Organizations(ids)
    aws.silent = True
    found = entered(aws, monkeypatch, ScanOptions(credentials=roles(ids)))
    assert [(each.id, each.name) for each in found] == [(id_, "") for id_ in ids]
    assert aws.calls.total() <= 1, "a machine that is busy may not come to it"
