"""Accounts that are scanned by themselves, and what their organization tells of them."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from aioprowler import Account
from aioprowler.accounts.credentials import CredentialSource
from aioprowler.accounts.describing import Describing
from aioprowler.accounts.entry import entries
from aioprowler.aws.api import Boundary
from aioprowler.aws.gateway import Gateway
from aioprowler.aws.homes import EVERYWHERE
from tests.accounts.sts import GIVEN, OPEN, UNLIMITED
from tests.accounts.test_members import DENIED_TAGS, OWN, SECOND, THIRD, Aws3
from tests.aws.server import StubAws

LISTER = f"arn:aws:iam::{OWN}:role/lister"
STRANGER = "999999999999"


def scanned(aws: Aws3, monkeypatch: pytest.MonkeyPatch, *ids: str) -> tuple[list[Any], list[str]]:
    """The accounts as they are entered, and the notes."""
    sources = [CredentialSource(role_arn=f"arn:aws:iam::{id_}:role/audit", **GIVEN) for id_ in ids]
    lister = CredentialSource(role_arn=LISTER, **GIVEN)
    notes: list[str] = []

    async def run() -> list[Account | None]:
        async with StubAws(aws) as stub:
            monkeypatch.setenv("AWS_ENDPOINT_URL", stub.url)
            async with Gateway(budget=1.0, table=OPEN) as gateway:
                boundary = Boundary(gateway)
                describing = Describing(gateway, lister, UNLIMITED, EVERYWHERE, notes.append)
                found = describing.entries(entries(gateway, sources, None, UNLIMITED))
                return [await entry(boundary) async for entry in found]

    return anyio.run(run), notes


def test_accounts_have_what_the_organization_tells_and_keep_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws3()
    found, notes = scanned(aws, monkeypatch, SECOND, THIRD)
    assert [(each.id, each.name, each.tags) for each in found] == [
        (SECOND, "a2", {"team": "payments"}), (THIRD, "a3", {"team": "search"}),
    ]  # fmt: skip
    organization = ("o-1", f"arn:aws:organizations::{OWN}:organization/o-1")
    assert {(each.organization_id, each.organization_arn) for each in found} == {organization}
    assert {each.organization_id for each in found} == {"o-1"}
    assert all(each.regions == ("eu-west-1", "us-east-1") for each in found)
    assert notes == []
    assert [each["RoleArn"] for each in aws.asked if each["Action"] == "AssumeRole"].count(LISTER) == 1


@pytest.mark.parametrize(
    ("aws", "id_", "told"),
    [(Aws3(denied=[LISTER]), SECOND, "could not enter"), (Aws3(), STRANGER, "no active account")],
    ids=["the role is refused", "another organization"],
)
def test_what_is_not_told_is_a_note_and_the_account_is_scanned(
    aws: Aws3, id_: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,), (note,) = scanned(aws, monkeypatch, id_)
    assert (found.id, found.name) == (id_, "")
    assert note.startswith(f"Account {id_} is reported without its name, unit and tags: ")
    assert told in note.lower()


def test_tags_that_are_not_told_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,), notes = scanned(Aws3(tags=DENIED_TAGS), monkeypatch, SECOND)
    assert (found.name, found.tags, notes) == ("a2", {}, [])
