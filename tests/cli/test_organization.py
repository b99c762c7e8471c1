"""The program on a whole organization: the simulated one, whose production account asks for an external id."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from moto.backends import get_backend

from aioprowler.accounts.accounts_file import read_accounts
from aioprowler.aws.quotas import OwnQuota
from aioprowler.cli.app import run
from aioprowler.cli.demo import variables
from aioprowler.demo import EmbeddedAws
from aioprowler.demo.seed import DemoOrganization, seed
from aioprowler.demo.server import MEMBER_ACCOUNT_IDS
from aioprowler.judging.policies.documents import Policy
from tests.cli.conftest import Here
from tests.cli.stub import CHECK, Stub

HERE = ("--check", CHECK, "--region", "us-east-1", "--no-files", "--api-budget", "1")


@pytest.fixture(scope="module")
def embedded() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as aws:
        yield aws


@pytest.fixture(scope="module")
def organization(embedded: EmbeddedAws) -> DemoOrganization:
    return seed(embedded.endpoint_url)


class Outcome:
    """What a command line came to."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code = done.returncode
        self.findings = [json.loads(line) for line in done.stdout.splitlines()]
        self.told = done.stderr

    def values(self, *fields: str) -> set[Sequence[str]]:
        return {tuple(finding[field] for field in fields) for finding in self.findings}


@pytest.fixture
def scan(
    embedded: EmbeddedAws,
    organization: DemoOrganization,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Any:
    for name, value in variables(embedded).items():
        monkeypatch.setenv(name, value)

    here = Here(tmp_path, capfd)
    return lambda *options: Outcome(here("scan", "--organization", "--external-id", "demo", *options, *HERE))


def test_findings_name_the_organization_and_the_unit(scan: Any, organization: DemoOrganization) -> None:
    found = scan().values("account_id", "account_organization_id", "account_organization_arn")
    assert {account for account, _, _ in found} >= {organization.management.id, organization.production.id}
    ((id_, arn),) = {(id_, arn) for _, id_, arn in found}
    assert id_.startswith("o-")
    assert arn == f"arn:aws:organizations::{organization.management.id}:organization/{id_}"
    units = dict(scan().values("account_id", "account_organizational_unit_id"))
    assert units[organization.production.id].startswith("ou-")
    assert units[organization.management.id] == ""


def test_all_accounts_are_scanned_and_named(scan: Any, organization: DemoOrganization) -> None:
    done = scan()
    assert done.code == 3
    assert done.values("account_id", "account_name", "account_email", "account_organizational_unit") == {
        (organization.management.id, "master", "master@example.com", ""),
        (organization.production.id, "production", "production@example.com", "workloads/production"),
        (organization.sandbox.id, "sandbox", "sandbox@example.com", "sandbox"),
    }
    assert "3 of 3 accounts" in done.told


@pytest.mark.parametrize(
    ("options", "limited", "told"),
    [
        ([], True, "roles limited to the plan ·"),
        (["--no-session-policy"], False, "roles not limited: they could do all that the roles may ·"),
    ],
)
def test_the_sessions_of_members_may_do_what_the_check_reads_and_no_more(
    scan: Any, options: list[str], limited: bool, told: str
) -> None:
    """The embedded AWS keeps the policies, and enforces none."""
    sts = get_backend("sts")
    for id_ in MEMBER_ACCOUNT_IDS:
        sts[id_]["aws"].assumed_roles.clear()
    done = scan(*options)
    assert told in done.told
    policies = [each.policy for id_ in MEMBER_ACCOUNT_IDS for each in sts[id_]["aws"].assumed_roles]
    assert len(policies) == 2
    expected = Policy.parse(policies[0]).statements[0].actions.patterns if limited else None
    assert {*policies} == ({policies[0]} if limited else {None})
    if limited:
        assert sorted(expected or ()) == [
            *("account:ListRegions", "ec2:DescribeRegions"),
            *("s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListAllMyBuckets", "sts:GetCallerIdentity"),
        ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--ou", "workloads"], {"production"}),
        (["--ou", "workloads/production", "sandbox"], {"production", "sandbox"}),
        (["--exclude-ou", "workloads", "--exclude-account", "123456789012"], {"sandbox"}),
        (["--account", "222222222222", "123456789012"], {"production", "master"}),
    ],
)
def test_accounts_are_chosen(scan: Any, options: list[str], expected: set[str]) -> None:
    done = scan(*options)
    assert done.values("account_name") == {(name,) for name in expected}


NAMED = ("account_id", "account_name", "account_email", "account_organizational_unit", "auth_method")


def role_of(account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:role/aioprowler"


@pytest.mark.parametrize("by", ["role", "file"])
def test_who_enters_accounts_tells_their_names_and_units(
    embedded: EmbeddedAws, organization: DemoOrganization, here: Here, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    for name, value in variables(embedded).items():
        monkeypatch.setenv(name, value)
    id_ = organization.production.id
    (here.folder / "accounts.yaml").write_text(f"- '{id_}'\n")
    options = ["--role", role_of(id_)] if by == "role" else ["--accounts-file", "accounts.yaml"]
    done = Outcome(here("scan", *options, "--external-id", "demo", *HERE))
    assert done.code == 3
    assert done.values(*NAMED) == {
        (id_, "production", "production@example.com", "workloads/production", f"role: {role_of(id_)}")
    }
    ((unit, arn),) = done.values("account_organizational_unit_id", "account_organization_arn")
    assert unit[:3] == "ou-"
    assert str(arn).startswith(f"arn:aws:organizations::{organization.management.id}:organization/o-")


@pytest.mark.parametrize("options", [[], ["--organizations-role", role_of("123456789012")]])
def test_an_organization_that_tells_nothing_is_no_gap_and_no_word(here: Here, stub: Stub, options: list[str]) -> None:
    stub.denied = {role_of("123456789012")}
    done = Outcome(here("scan", "--role", role_of("222222222222"), *options, *HERE))
    assert done.code == 3
    assert done.values(*NAMED) == {("222222222222", "", "", "", f"role: {role_of('222222222222')}")}
    assert done.values("status") == {("FAIL",)}
    assert "organizations" not in done.told.lower()
    assert "could not look" not in done.told.lower()


def test_accounts_of_a_file(here: Here, stub: Stub) -> None:
    (here.folder / "accounts.yaml").write_text(
        "- {id: '222222222222', name: payments, role: audit/reader, regions: [us-east-1]}\n- '333333333333'\n"
    )
    stub.denied = {"arn:aws:iam::333333333333:role/audit"}
    done = Outcome(here("scan", "--accounts-file", "accounts.yaml", "--role-name", "audit", *HERE))
    assert done.code == 4
    assert done.values("account_id", "account_name", "status") == {
        ("222222222222", "payments", "FAIL"),
        ("333333333333", "", "MANUAL"),
    }
    assert "arn:aws:iam::333333333333:role/audit" in done.told
    assert stub.assumed == ["arn:aws:iam::222222222222:role/audit/reader"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--ou workloads", "add --organization"),
        ("--account-tag team=a", "add --organization"),
        ("--role-name audit", "for one account say --role"),
        ("--organization --role-name audit/", "--role-name"),
        ("--organization --accounts-file a.yaml", "give one of them"),
        ("--organization --account 12", "twelve digits"),
        ("--organization --profile a b", "one --role or --profile"),
        ("--accounts-file nowhere.yaml", "No such file"),
        ("--quotas-file nowhere.yaml", "No such file"),
    ],
)
def test_mistakes_are_one_line(options: str, told: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", *options.split()]) == 2
    output = capfd.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    assert told in line


PAGE = (Path(__file__).parents[2] / "docs" / "organizations.md").read_text(encoding="utf-8")


def test_the_pages_commands_are_understood(capfd: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"aioprowler (scan|permissions)((?: -?-?[\w/.:=-]+)+)", PAGE)
    assert len(commands) > 8
    for command, options in commands:
        assert run([command, "--help"]) == 0
        known = set(re.findall(r"--[\w-]+", capfd.readouterr().out))
        assert set(re.findall(r"--[\w-]+", options)) <= known, options


def test_both_files_of_the_page_list_the_same_accounts(tmp_path: Path) -> None:
    found = []
    for form in ("yaml", "csv"):
        (text,) = re.findall(rf"```{form}\n(.*?)```", PAGE, re.DOTALL)
        path = tmp_path / f"accounts.{form}"
        path.write_text(text)
        found.append(read_accounts(path, "aioprowler", None))
    assert found[0] == found[1]
    assert [member.role for member in found[0]] == ["audit/reader", "aioprowler"]


def test_quotas_of_a_file_reach_the_scan_and_its_resumption(
    here: Here, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, OwnQuota]] = []
    monkeypatch.setattr("aioprowler.scanning.prepared.QuotaTable", lambda own: given.append(own))
    (here.folder / "quotas.yaml").write_text("s3:*: {rate: 40, capacity: 200}\n")
    roles = [f"arn:aws:iam::{account}:role/audit" for account in ("222222222222", "333333333333")]
    stub.denied = {roles[1]}
    scan = ("scan", "--check", CHECK, "--role", *roles, "--quotas-file", "quotas.yaml")
    assert here(*scan).returncode == 4
    stub.denied = set()
    assert here(*scan, "--resume", "output").returncode == 3
    assert given == [{"s3:*": OwnQuota(40, 200)}] * 2


def test_a_plan_counts_the_accounts_and_enters_none(
    embedded: EmbeddedAws, organization: DemoOrganization, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables(embedded).items():
        monkeypatch.setenv(name, value)
    options = ("plan", "--service", "s3", "--region", "us-east-1", "--organization")
    assert "\n3 accounts: " in here(*options).stdout
    assert "\n2 accounts: " in here(*options, "--exclude-ou", "sandbox").stdout
    done = here(*options, "--account", "999999999999")
    assert done.returncode == 1
    assert "999999999999" in done.stderr


def test_overrides_by_what_nobody_tells_of_accounts_are_a_note(here: Here) -> None:
    Path("config.yaml").write_text(
        "aws:\n  overrides:\n    - organizational_units: [workloads]\n      config: {max_unused_access_keys_days: 9}\n"
    )
    Path("accounts.yml").write_text(
        "accounts:\n- {account_id: '111111111111', tags: ['path:/workloads']}\n- {account_id: '222222222222'}\n"
    )
    done = here(
        *("scan", "--check", CHECK, "--no-files", "--stdout", "none", "--config-file", "config.yaml"),
        *("--accounts-file", "accounts.yml"),
    )
    told = " ".join(done.stderr.split())
    assert (
        "Nobody told units or tags of the accounts 222222222222: overrides of the configuration by "
        "organizational_units or account_tags do not hold there."
    ) in told
