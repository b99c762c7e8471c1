"""Which checks there are, and how they are chosen."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from aioprowler import Account, DeclarationError, Pass, UsageError, Verdict, check
from aioprowler.catalog import Catalog, Indexed, Selection, installed, load, loading
from aioprowler.facts.prowler_keys import PROWLER_KEYS
from tests.engine.test_account import Vpc, vpc_dns, vpc_note


def ids(**conditions: Any) -> list[str]:
    return [each.id for each in installed().select(Selection(**conditions))]


def test_checks_are_chosen_by_id_or_service() -> None:
    assert ids(checks=["s3_bucket_acl_prohibited"]) == ["s3_bucket_acl_prohibited"]
    assert {each.split("_")[0] for each in ids(services=["s3", "vpc"])} == {"s3", "vpc"}
    both = ids(services=["vpc"], checks=["s3_bucket_acl_prohibited"])
    assert "s3_bucket_acl_prohibited" in both
    assert len(both) == 12


def test_every_further_condition_narrows_the_choice() -> None:
    critical = ids(services=["s3"], severities=["critical"])
    assert critical
    assert set(critical) < set(ids(services=["s3"]))
    assert "s3_bucket_public_access" not in ids(severities=["critical"], excluded_checks=["s3_bucket_public_access"])
    assert not [each for each in ids(excluded_services=["s3"]) if each.startswith("s3_")]
    assert "s3_bucket_default_encryption" in ids(categories=["encryption"])
    assert "s3_bucket_object_versioning" not in ids(categories=["encryption"])


def test_services_and_categories_are_counted() -> None:
    assert installed().services["vpc"] == 11
    assert installed().categories["encryption"] == len(ids(categories=["encryption"]))


def test_two_checks_of_one_id_are_refused() -> None:
    with pytest.raises(DeclarationError, match="different name"):
        Catalog([vpc_dns, vpc_dns])


def test_checks_must_agree_about_a_configuration_key() -> None:
    @check(fails="It is wrong", severity="low")
    def one(vpc: Vpc, *, days: int = 1) -> Verdict:
        return Pass("")

    @check(fails="It is wrong", severity="low")
    def two(vpc: Vpc, *, days: int = 2) -> Verdict:
        return Pass("")

    with pytest.raises(DeclarationError, match="days has another type or default"):
        _ = Catalog([one, two]).config_schema


def test_a_key_may_hold_lists_by_name() -> None:
    key = installed().config_schema["enclave_golden_pcr_values"]
    assert key.type_name == "list of str, by name"
    values = {"enclave_golden_pcr_values": {"PCR0": ["ab", "cd"]}}
    assert installed().validated_config(values) == values
    with pytest.raises(UsageError, match=r"enclave_golden_pcr_values: Expected `array`.*\$\[\.\.\.\]"):
        installed().validated_config({"enclave_golden_pcr_values": {"PCR0": 7}})


def test_a_key_of_prowlers_that_no_check_reads_is_accepted() -> None:
    unread = sorted(PROWLER_KEYS - set(installed().config_schema))
    assert installed().validated_config(dict.fromkeys(unread, 1)) == {}


def test_installed_packages_offer_checks_by_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("module", "tests.engine.test_account", "aioprowler.checks"),
        EntryPoint("one", "tests.test_catalog:offered", "aioprowler.checks"),
    ]
    monkeypatch.setattr("aioprowler.catalog.loading.entry_points", lambda group: points)
    installed.cache_clear()
    try:
        found = installed().checks
    finally:
        installed.cache_clear()
    assert {"vpc_dns", "offered"} <= set(found)
    assert found["vpc_note"] is vpc_note


@check(fails="It is wrong", severity="low", service="vpc")
def offered(vpc: Vpc) -> Verdict:
    """Offered."""
    return Pass("")


def modules_after(statement: str) -> set[str]:
    """The modules of services that a program has loaded which does this."""
    program = (
        f"import sys\n{statement}\nprint(*[name for name in sys.modules if name.startswith('aioprowler.services.')])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return {name.split(".")[2] for name in done.stdout.split()}


def test_only_the_services_of_selected_checks_are_loaded() -> None:
    loaded = modules_after(
        "from aioprowler.catalog import Selection, load\n"
        "catalog = load()\n"
        "catalog.select(Selection(services=['s3'], resource_arns=['arn:aws:s3:::b']))\n"
        "catalog.validated_config({'s3_bucket_object_public_enabled': True})"
    )
    assert loaded == {"s3"}


@pytest.mark.parametrize(
    "statement",
    [
        "from aioprowler import check_ids; check_ids()",
        *(
            f"from aioprowler.cli.app import run; run({words!r})"
            for words in (
                ["checks", "list", "--category", "encryption"],
                ["services"],
                ["categories"],
                ["resource-groups"],
                ["compliance", "list"],
                ["compliance", "show", "cis_3.0"],
            )
        ),
    ],
)
def test_lists_load_no_check(statement: str) -> None:
    program = f"import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    {statement}"
    assert modules_after(program) == set()


def test_a_check_that_the_index_has_and_the_code_has_not() -> None:
    entry = Indexed(id="vpc_dns", module="tests.engine.test_account", title="DNS", service="vpc", severity="low")
    assert Catalog([entry]).get("vpc_dns") is vpc_dns
    with pytest.raises(DeclarationError, match="make generate"):
        Catalog([structs.replace(entry, id="vpc_gone")]).get("vpc_gone")


def test_the_index_is_refused_with_what_a_declaration_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    @check(fails="Account is bad", severity="low")
    def account_is_good(account: Account) -> Verdict:
        """Account is good."""
        return Pass("good")

    monkeypatch.setattr(loading, "_declared", lambda: [account_is_good])
    with pytest.raises(DeclarationError, match="account_is_good: its docstring lacks the section `## Risk`"):
        loading.indexed()


def test_a_folder_must_agree_with_the_package_about_a_configuration_key(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        SHARED_PAGE.replace("(account: Account)", "(account: Account, *, max_days: int = 3)")
    )
    load([tmp_path]).validated_config({})
    text = SHARED_PAGE.replace("(account: Account)", "(account: Account, *, max_console_access_days: int = 3)")
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(DeclarationError, match="max_console_access_days has another type or default"):
        load([tmp_path]).validated_config({})


def test_a_folder_of_checks_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        load([tmp_path / "nothing"])
    with pytest.raises(UsageError, match="has no check"):
        load([tmp_path])


def test_a_file_with_a_mistaken_declaration_says_where(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("from aioprowler import derive\n@derive\ndef f():\n    pass\n")
    with pytest.raises(DeclarationError, match=r"mine\.py"):
        load([tmp_path])


def test_a_file_that_ends_the_program_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("raise SystemExit(0)")
    with pytest.raises(DeclarationError, match=r"mine\.py: SystemExit"):
        load([tmp_path])


@pytest.mark.parametrize("fails", ["", 'fails="", ', 'fails=" ", ', f'fails="{"x" * 151}", '])
def test_a_check_that_does_not_say_what_is_wrong_where_it_fails_is_refused(tmp_path: Path, fails: str) -> None:
    (tmp_path / "mine.py").write_text(
        f"from aioprowler import check\n\n\n@check({fails}severity='low')\ndef mine_check(account):\n    pass\n"
    )
    with pytest.raises(
        DeclarationError, match=r"mine\.py:4: mine_check: say what is wrong where it fails, in at most 150"
    ):
        load([tmp_path])


SHARED_PAGE = '''
from aioprowler import Account, Fail, Snippets, Verdict, check


def closed(id_, port):
    def judge(account: Account) -> Verdict:
        """The port is closed.

        ## Risk
        Somebody comes in.

        ## Remediation
        Close it.
        """
        return Fail("")

    judge.__name__ = id_
    return check(fails="It is wrong", severity="low", snippets=Snippets("closed_port", {"port": port}))(judge)


ssh = closed("custom_ssh", 22)
telnet = closed("custom_telnet", 23)
'''


def test_checks_may_share_a_page_of_snippets(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "ports.py").write_text(SHARED_PAGE)
    (tmp_path / "remediation").mkdir()
    page = "## Terraform\n\n```hcl\nfrom_port = <port> # ${var.x}\n```\n\n## Console\n\n1. Open <port>.\n"
    (tmp_path / "remediation" / "closed_port.md").write_text(page)
    catalog = load([tmp_path / "checks"])
    ssh, telnet = (catalog.get(id_).documentation.remediation for id_ in ("custom_ssh", "custom_telnet"))
    assert (ssh.terraform, telnet.terraform) == ("from_port = 22 # ${var.x}", "from_port = 23 # ${var.x}")
    assert ssh.console == "1. Open 22."
    assert ssh.cloudformation == ""
