from __future__ import annotations

from pathlib import Path

import pytest

from aioprowler import UsageError
from aioprowler.accounts.accounts_file import read_accounts
from aioprowler.accounts.organization import Member


def read(tmp_path: Path, name: str, text: str) -> list[Member]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_accounts(path, "audit", "0")


YAML = """
- id: 011122223333
  name: payments
  role: arn:aws:iam::011122223333:role/own
  external_id: 4f1c
  regions: [eu-west-1, us-east-1]
- "222233334444"
- {id: "333344445555", name:, regions: []}
"""

CSV = """id,name,role,external_id,regions
011122223333,payments,arn:aws:iam::011122223333:role/own,4f1c,eu-west-1 us-east-1
222233334444,,,,
333344445555
"""


@pytest.mark.parametrize(("name", "text"), [("a.yaml", YAML), ("a.yml", f"accounts:{YAML}"), ("a.csv", CSV)])
def test_accounts_of_a_file(tmp_path: Path, name: str, text: str) -> None:
    first, second, third = read(tmp_path, name, text)
    assert (first.account.id, first.account.name) == ("011122223333", "payments")
    assert first.account.regions == ("eu-west-1", "us-east-1")
    assert (first.role_arn, first.external_id) == ("arn:aws:iam::011122223333:role/own", "4f1c")
    assert (second.role_arn, second.external_id) == ("arn:aws:iam::222233334444:role/audit", "0")
    assert second.account.regions is None
    assert third.account.id == "333344445555"
    assert third.account.regions is None


CUSTODIAN = """
vars: {charge: it}
accounts:
- account_id: '011122223333'
  name: payments
  display_name: Payments
  email: payments@example.com
  regions: [us-east-1, eu-west-1]
  role: arn:aws:iam::011122223333:role/CloudCustodian
  external_id: 4f1c
  profile: payments
  vars: {team: web}
  tags: ['path:/workloads', 'path:/workloads/production', 'type:prod', 'division:some division', web]
- account_id: 222233334444
  role: [arn:aws:iam::222233334444:role/CloudCustodian]
  regions: [all]
"""
LISTED = """{
    "Accounts": [
        {
            "Id": "011122223333",
            "Arn": "arn:aws:organizations::111111111111:account/o-exampleorgid/011122223333",
            "Email": "payments@example.com",
            "Name": "payments",
            "Status": "ACTIVE",
            "State": "ACTIVE",
            "JoinedMethod": "CREATED",
            "JoinedTimestamp": "2026-01-01T00:00:00.000000+00:00"
        },
        {"Id": "222233334444", "Name": "closed", "Status": "SUSPENDED", "JoinedTimestamp": 1481835795.536},
        {"Id": "333344445555", "Name": "leaving", "State": "PENDING_CLOSURE"}
    ]
}
"""


def test_c7n_orgs_accounts(tmp_path: Path) -> None:
    first, second = read(tmp_path, "accounts.yml", CUSTODIAN)
    account = first.account
    assert (account.id, account.name, account.email) == ("011122223333", "payments", "payments@example.com")
    assert account.regions == ("us-east-1", "eu-west-1")
    assert account.organizational_unit == "workloads/production"
    assert account.tags == {"type": "prod", "division": "some division"}
    assert (first.role_arn, first.external_id) == ("arn:aws:iam::011122223333:role/CloudCustodian", "4f1c")
    assert (second.account.regions, second.external_id) == (None, "0")
    assert second.role_arn == "arn:aws:iam::222233334444:role/CloudCustodian"


@pytest.mark.parametrize("text", [LISTED, LISTED[LISTED.index("[") : LISTED.rindex("]") + 1]], ids=["all", "array"])
def test_what_the_aws_cli_lists(tmp_path: Path, text: str) -> None:
    (member,) = read(tmp_path, "accounts.json", text)
    account = member.account
    assert (account.id, account.name, account.email) == ("011122223333", "payments", "payments@example.com")
    assert member.role_arn == "arn:aws:iam::011122223333:role/audit"


def test_csv_with_account_ids_and_what_else_there_is(tmp_path: Path) -> None:
    text = "Account_ID,Account_Name,Owner,Status\n011122223333,payments,web,ACTIVE\n222233334444,closed,,SUSPENDED\n"
    (member,) = read(tmp_path, "a.csv", text)
    assert (member.account.id, member.account.name) == ("011122223333", "payments")


@pytest.mark.parametrize(
    "cell", ["11122223333", '"=""011122223333"""', "'011122223333", " 0111-2222-3333 ", '"011122223333"']
)
def test_ids_as_spreadsheets_have_them(tmp_path: Path, cell: str) -> None:
    (member,) = read(tmp_path, "a.csv", f"account_id,name\n{cell},payments\n,\n")
    assert (member.account.id, member.account.name) == ("011122223333", "payments")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffAccount ID;Account Name;E-Mail;Regions\n11122223333;payments;p@example.com;us-east-1, eu-west-1\n",
        "AccountId\tname\temail\tregions\tcost center\n011122223333\tpayments\tp@example.com\tus-east-1 eu-west-1\t7\n",
        'Id,Email,Name,State,Regions\n011122223333,p@example.com,payments,Active,"us-east-1,eu-west-1"\n2,,x,Suspended,\n',
    ],
    ids=["semicolons", "tabs", "of the console"],
)
def test_columns_may_be_spelled_and_separated_otherwise(tmp_path: Path, text: str) -> None:
    (member,) = read(tmp_path, "a.csv", text)
    account = member.account
    assert (account.id, account.name, account.email) == ("011122223333", "payments", "p@example.com")
    assert account.regions == ("us-east-1", "eu-west-1")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.yaml", "- {account_id: '111122223333', rolle: x}\n", "account 1: rolle: did you mean role?"),
        ("a.yaml", "- {account_id: '111122223333', profile: x}\n", "account 1: profile: accounts of a file are"),
        ("a.yaml", "- {account_id: '111122223333', role: [a, b]}\n", "account 1: role: give one"),
        ("a.json", '{"Accounts": [], "NextToken": "x"}', "list them without --max-items"),
        ("a.json", '{"Accounts": [{"Id": "111122223333", "Status": "SUSPENDED"}]}', "lists no account"),
        ("a.yaml", "- id: 12\n", "account 1: give the account's id"),
        ("a.yaml", "- name: x\n", "account 1: give the account's id"),
        ("a.yaml", "- 111122223333\n- 111122223333\n", "account 2: account 111122223333 is listed twice"),
        ("a.yaml", "- {id: '111122223333', rolle: x}\n", "rolle: say id, name, email, role"),
        ("a.yaml", "- {id: '111122223333', regions: eu-west-1}\n", "regions: give a list"),
        ("a.yaml", "- {id: '111122223333', role: [a]}\n", "role: give a text"),
        ("a.yaml", "- {id: '111122223333', role: 'bad role!'}\n", "role: give a role's name or its ARN"),
        (
            "a.yaml",
            "- {id: '111122223333', role: 'arn:aws:iam::222233334444:role/audit'}\n",
            "account 1: role: arn:aws:iam::222233334444:role/audit is of another account than 111122223333",
        ),
        ("a.yaml", "- {id: '111122223333', external_id: 'a b'}\n", "external_id: it has letters"),
        ("a.yaml", "- {id: '111122223333', regions: [mars]}\n", "account 1: There is no region 'mars'"),
        ("a.yaml", "- id: '111122223333'\n  id: '222233334444'\n", "line 2: this is not YAML (id is there twice)"),
        ("a.csv", "id\n1.11122E+11\n", "line 2: give the account's id"),
        ("a.csv", "Owner,Name\nweb,x\n", "line 1: give the names of the columns"),
        ("a.yaml", "- [1]\n", "account 1: write an id"),
        ("a.yaml", "id: [\n", "line 2: this is not YAML"),
        ("a.yaml", "hello", "write a list of accounts"),
        ("a.yaml", "[]", "lists no account"),
        ("a.csv", "id\n", "lists no account"),
        ("a.csv", "id,name\n111122223333,a\n12,b\n", "line 3: give the account's id"),
        ("a.csv", "id\n111122223333,surplus\n", "line 2: "),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, name, text)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_accounts(tmp_path / "absent.yaml", "audit", None)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not text"):
        read_accounts(tmp_path / "binary.csv", "audit", None)


def test_a_region_that_botocore_does_not_list_yet_is_taken(tmp_path: Path) -> None:
    (member,) = read(tmp_path, "a.yaml", "- {id: '111122223333', regions: [me-west-9, eu-west-1]}\n")
    assert member.account.regions == ("me-west-9", "eu-west-1")
