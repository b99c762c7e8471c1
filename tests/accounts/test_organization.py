"""Which accounts of an organization are scanned."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from aioprowler import Account, EntryError
from aioprowler.accounts.organization import Member, Organization, accounts_of, has_tags, tags_of
from aioprowler.aws.api import Boundary
from aioprowler.declarations.failure import Failure
from tests.worlds.world import World, denied, error

BASE = Account(id="base", partition="aws")
UNITS = {
    "r-1": [("ou-work", "workloads"), ("ou-sand", "sandbox")],
    "ou-work": [("ou-prod", "production"), ("ou-test", "test")],
}
ACCOUNTS = {"r-1": [1], "ou-work": [], "ou-prod": list(range(100, 145)), "ou-test": [2], "ou-sand": [3, 4]}


def paged(items: list[dict[str, Any]], result: str, params: dict[str, Any]) -> dict[str, Any]:
    """Pages of 20, as AWS gives them."""
    start = int(params.get("NextToken", 0))
    more = {"NextToken": str(start + 20)} if start + 20 < len(items) else {}
    return {result: items[start : start + 20], **more}


def units(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
    listed = [{"Id": id_, "Name": name} for id_, name in UNITS.get(params["ParentId"], [])]
    return paged(listed, "OrganizationalUnits", params)


def accounts(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
    listed = [
        {
            "Id": f"{number:012}",
            "Name": f"account {number}",
            "Email": f"{number}@example.com",
            "State": "SUSPENDED" if number == 4 else "ACTIVE",
        }
        for number in ACCOUNTS[params["ParentId"]]
    ]
    return paged(listed, "Accounts", params)


def organization(**replies: Any) -> World:
    return World(
        {
            "organizations:ListRoots": {"Roots": [{"Id": "r-1", "Name": "Root"}]},
            "organizations:ListOrganizationalUnitsForParent": units,
            "organizations:ListAccountsForParent": accounts,
            **{f"organizations:{name}": reply for name, reply in replies.items()},
        }
    )


def listed(world: World, notes: list[str] | None = None, **wanted: Any) -> list[Account | EntryError]:
    async def run() -> list[Account | EntryError]:
        told = [] if notes is None else notes
        return [each async for each in accounts_of(Boundary(world), BASE, Organization(**wanted), told)]

    return anyio.run(run)


def numbers(world: World, **wanted: Any) -> set[int]:
    return {int(account.id) for account in listed(world, **wanted) if isinstance(account, Account)}


def id_of(number: int) -> str:
    return f"{number:012}"


PRODUCTION = set(range(100, 145))


def test_every_active_account_is_listed_with_its_name_and_its_way() -> None:
    world = organization()
    found = {int(each.id): each for each in listed(world) if isinstance(each, Account)}
    assert set(found) == PRODUCTION | {1, 2, 3}
    assert (found[1].organizational_unit, found[144].organizational_unit) == ("", "workloads/production")
    assert (found[144].name, found[144].email) == ("account 144", "144@example.com")
    # Each unit is asked once for its units and once a page of 20 for its accounts.
    assert world.calls == {
        "organizations:ListRoots": 1,
        "organizations:ListOrganizationalUnitsForParent": 5,
        "organizations:ListAccountsForParent": 7,
    }


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"units": ["ou-work"]}, PRODUCTION | {2}),
        ({"units": ["workloads/test", "ou-sand"]}, {2, 3}),
        ({"units": ["r-1"]}, PRODUCTION | {1, 2, 3}),
        ({"units": ["production"]}, set()),
        ({"excluded_units": ["workloads"]}, {1, 3}),
        ({"units": ["workloads"], "excluded_units": ["ou-prod"]}, {2}),
        ({"accounts": [id_of(1), id_of(101)]}, {1, 101}),
        ({"accounts": [id_of(4)]}, set()),
        ({"excluded_accounts": [id_of(number) for number in range(100, 144)]}, {1, 2, 3, 144}),
    ],
)
def test_selection(wanted: dict[str, Any], expected: set[int]) -> None:
    assert numbers(organization(), **wanted) == expected


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"accounts": [id_of(1), id_of(77)]}, [f"account {id_of(77)}: it is no active account of the organization"]),
        ({"accounts": [id_of(4)]}, [f"account {id_of(4)}: it is no active account of the organization"]),
        ({"accounts": [id_of(1)], "units": ["workloads"]}, [f"account {id_of(1)}: it is no active account below the"]),
        ({"units": ["ou-work", "production"]}, ["organizational unit production: the organization has none of that"]),
        ({"accounts": [id_of(1)], "units": ["r-1"]}, []),
        ({"accounts": [id_of(1), id_of(2)], "excluded_accounts": [id_of(2)]}, []),
        ({"units": ["ou-work", "ou-sand"], "excluded_units": ["ou-sand"]}, []),
    ],
)
def test_what_is_asked_for_and_not_there_is_told(wanted: dict[str, Any], told: list[str]) -> None:
    missing = [each for each in listed(organization(), **wanted) if isinstance(each, EntryError)]
    assert len(missing) == len(told)
    assert all(expected in str(each) for each, expected in zip(missing, told, strict=True))
    assert all(each.kind == "missing" for each in missing)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"excluded_units": ["sandboxx"]}, ["--exclude-ou sandboxx: the organization has no unit of that id or path."]),
        ({"excluded_accounts": [id_of(77)]}, [f"--exclude-account {id_of(77)}: the organization has no such account."]),
        ({"excluded_units": ["sandbox"], "excluded_accounts": [id_of(3)]}, []),
        ({"units": ["workloads"], "excluded_accounts": [id_of(3)]}, []),
        ({"excluded_accounts": [id_of(4)]}, []),
    ],
)
def test_what_is_to_be_left_out_and_not_there_is_noted(wanted: dict[str, Any], told: list[str]) -> None:
    notes: list[str] = []
    listed(organization(), notes, **wanted)
    assert notes == told


def test_what_is_excluded_is_not_asked_about() -> None:
    world = organization()
    numbers(world, excluded_units=["workloads", "sandbox"])
    assert world.calls["organizations:ListAccountsForParent"] == 1


def test_a_unit_that_cannot_be_listed_is_an_error_and_the_others_go_on() -> None:
    def partly(account: Account, region: str, params: dict[str, Any]) -> Any:
        return denied() if params["ParentId"] == "ou-prod" else accounts(account, region, params)

    found = listed(organization(ListAccountsForParent=partly))
    (refused,) = [each for each in found if isinstance(each, EntryError)]
    assert "workloads/production" in str(refused)
    assert refused.action == "organizations:ListAccountsForParent"
    assert {int(each.id) for each in found if isinstance(each, Account)} == {1, 2, 3}


def test_units_that_lie_in_each_other_without_an_end_come_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def circle(*_: Any) -> dict[str, Any]:
        return {"OrganizationalUnits": [{"Id": "ou-work", "Name": "workloads"}], "NextToken": "more"}

    def deeper(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"OrganizationalUnits": [{"Id": f"{params['ParentId']}1", "Name": "deeper"}]}

    monkeypatch.setattr("aioprowler.accounts.organization.MOST_UNITS", 50)
    nobody: dict[str, Any] = {"Accounts": []}
    for units_below, told in ((circle, "the same unit twice"), (deeper, "more than 50 units")):
        world = organization(ListOrganizationalUnitsForParent=units_below, ListAccountsForParent=nobody)
        *_, last = listed(world)
        assert isinstance(last, EntryError)
        assert f"gave an answer that cannot be used: {told}." in str(last)


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        (error("AWSOrganizationsNotInUseException"), "in no organization"),
        (denied(), "management account or a delegated administrator"),
        ({"Roots": [{"Name": "no id"}]}, "ListRoots gave an answer that cannot be used"),
    ],
)
def test_without_an_organization_there_is_one_error_that_says_what_to_do(reply: Any, advice: str) -> None:
    (refused,) = listed(organization(ListRoots=reply))
    assert isinstance(refused, EntryError)
    assert advice in str(refused)


def test_tags_of_another_shape_are_a_failure() -> None:
    odd = organization(ListTagsForResource={"Tags": [{"Key": "a"}]})
    told = anyio.run(tags_of, Boundary(odd), BASE, BASE.id)
    assert isinstance(told, Failure)
    assert "organizations:ListTagsForResource gave an answer that cannot be used" in told.explain()


def test_tags_of_an_account() -> None:
    world = organization(ListTagsForResource={"Tags": [{"Key": "team", "Value": "payments"}]})
    assert anyio.run(tags_of, Boundary(world), BASE, id_of(1)) == {"team": "payments"}
    assert isinstance(anyio.run(tags_of, Boundary(organization(ListTagsForResource=denied())), BASE, id_of(1)), Failure)


@pytest.mark.parametrize(
    ("wanted", "has"),
    [({}, True), ({"team": "a"}, True), ({"team": ""}, True), ({"team": "b"}, False), ({"x": ""}, False)],
)
def test_tags_are_compared(wanted: dict[str, str], has: bool) -> None:
    assert has_tags({"team": "a", "y": ""}, wanted) is has


def test_a_role_is_given_by_name_with_its_path_or_by_arn() -> None:
    china = Account(id="111122223333", partition="aws-cn")
    assert Member(account=china, role="audit/reader").role_arn == "arn:aws-cn:iam::111122223333:role/audit/reader"
    assert Member(account=china, role="arn:aws:iam::1:role/x").role_arn == "arn:aws:iam::1:role/x"
