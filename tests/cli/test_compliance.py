"""Frameworks at the command line: read, chosen for a scan, and judged at its end."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from aioprowler import ScanOptions
from aioprowler.catalog import Catalog, installed
from aioprowler.cli.scan import journal_of
from aioprowler.cli.summary import print_summary
from aioprowler.cli.tally import Tally
from aioprowler.compliance.frameworks import framework, frameworks
from aioprowler.findings.coverage import Accounts, Coverage, Judged
from aioprowler.outputs.files import Outputs
from aioprowler.scanning import Scan
from aioprowler.scanning.resuming import read
from tests.cli.conftest import Here
from tests.cli.stub import CHECK, Stub
from tests.outputs.samples import coverage

MATURITY = "asd_essential_eight"
"""A framework that asks for versioned buckets."""


def test_the_list(printed: Any) -> None:
    about = {each["id"]: each for each in json.loads(printed("compliance", "list", "--json"))}
    assert tuple(about) == frameworks()
    named = framework("cis_3.0").checks
    assert about["cis_3.0"] == {
        "id": "cis_3.0",
        "title": "CIS Amazon Web Services Foundations Benchmark v3.0.0",
        "version": "3.0",
        "requirements": 62,
        "requirements_with_checks": 61,
        "checks": 69,
        "checks_implemented": sum(check in installed().checks for check in named),
    }
    (line,) = [line for line in printed("compliance", "list").splitlines() if line.startswith("cis_3.0 ")]
    assert re.search(r"^cis_3\.0 +3\.0 +62 +61 +\d+ of 69 +CIS Amazon", line)


def test_a_framework(printed: Any) -> None:
    lines = printed("compliance", "show", "CIS_3.0_aws").splitlines()
    assert lines[0] == "CIS Amazon Web Services Foundations Benchmark v3.0.0"
    assert lines[1].startswith("cis_3.0 · 62 requirements · ")
    place = next(number for number, line in enumerate(lines) if line.startswith("  1.5"))
    assert lines[place + 1] == "      iam_root_mfa_enabled  critical"
    assert lines.index("1 Identity and Access Management") < place
    about = json.loads(printed("compliance", "show", "cis_3.0", "--json"))
    assert [each["id"] for each in about["requirements"]] == [each.id for each in framework("cis_3.0").requirements]


def test_a_section_is_told_once(printed: Any) -> None:
    lines = printed("compliance", "show", "pci_3.2.1").splitlines()
    heads = [line for line in lines[2:] if line and not line.startswith(" ")]
    assert len(heads) == len(set(heads)) > 1
    assert len([line for line in lines if re.match(r"  \S", line)]) == 147


def test_a_requirement(printed: Any) -> None:
    text = printed("compliance", "show", "cis_3.0", "1.5")
    assert text.startswith("1.5")
    assert "1 Identity and Access Management · Level 1 · Automated" in text
    check = installed().get("iam_root_mfa_enabled")
    assert f"  iam_root_mfa_enabled  critical         {check.documentation.title}\n" in text
    (told,) = json.loads(printed("compliance", "show", "cis_3.0", "1.5", "--json"))["checks"]
    assert told == {
        "id": "iam_root_mfa_enabled",
        "implemented": True,
        "severity": "critical",
        "title": check.documentation.title,
    }


def test_a_check_that_there_is_not_is_shown_as_such(printed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioprowler.catalog.load", lambda *_, **__: Catalog([]))
    assert "  iam_root_mfa_enabled  not implemented\n" in printed("compliance", "show", "cis_3.0", "1.5")
    assert "      iam_root_mfa_enabled  not implemented\n" in printed("compliance", "show", "cis_3.0")
    assert "0 of 69 checks implemented" in printed("compliance", "show", "cis_3.0")
    told = json.loads(printed("compliance", "show", "cis_3.0", "1.5", "--json"))["checks"]
    assert told == [{"id": "iam_root_mfa_enabled", "implemented": False}]


def test_a_requirement_that_no_check_can_tell(printed: Any) -> None:
    (bare,) = [each.id for each in framework("cis_3.0").requirements if not each.checks]
    assert "a person must judge it" in printed("compliance", "show", "cis_3.0", bare)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("compliance", "show", "cis_3"), "There is no framework 'cis_3'. Did you mean"),
        (("compliance", "show", "cis_3.0", "1.55"), "There is no cis_3.0 requirement '1.55'. Did you mean 1.5"),
        (("scan", "--compliance", "pci_4.1"), "Did you mean pci_4.0"),
        (("plan", "--compliance", "cyber_essentials_3.3"), "No check is evidence for cyber_essentials_3.3"),
    ],
)
def test_mistakes_are_one_line(options: tuple[str, ...], message: str, here: Here) -> None:
    done = here(*options)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert message in line


def test_commands_that_choose_checks_choose_by_framework(printed: Any) -> None:
    chosen = {each["id"] for each in json.loads(printed("checks", "list", "--compliance", "cis_3.0", "--json"))}
    assert chosen == set(framework("cis_3.0").checks) & set(installed().checks)
    planned = json.loads(printed("plan", "--compliance", "gxp_eu_annex_11", "--json"))["operations"]
    assert "iam:GenerateCredentialReport" not in {row["operation"] for row in planned}
    (statement,) = json.loads(printed("permissions", "--compliance", "gxp_eu_annex_11"))["Statement"]
    assert {*statement["Action"]} == {row["action"] for row in planned}


def scanned(here: Here, *options: str) -> tuple[Coverage, list[dict[str, str]], str]:
    """Coverage, the rows of the compliance file, and stderr of a scan for a framework that finds buckets alone."""
    done = here("scan", "--compliance", MATURITY, "-s", "s3", "-F", "x", "--stdout", "none", *options)
    output = here.folder / "output"
    told = msgspec.json.decode((output / "x.coverage.json").read_bytes(), type=Coverage)
    text = (output / "x.compliance.csv").read_text(encoding="utf-8")
    return told, list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";")), done.stderr


def status_of_versioning(rows: list[dict[str, str]]) -> set[tuple[str, str]]:
    """(status of the check, and whether the requirement failed) wherever it is evidence."""
    named = [row for row in rows if f"{CHECK}: " in row["CHECKS"]]
    assert named
    return {
        (dict(part.split(": ") for part in row["CHECKS"].split(" | "))[CHECK], row["RESOURCES_FAILED"]) for row in named
    }


def test_a_scan_for_a_framework(here: Here, stub: Stub) -> None:
    told, rows, errors = scanned(here)
    assert told.frameworks == (MATURITY,)
    assert told.check_ids == tuple(
        check for check in framework(MATURITY).checks if check in installed().checks and check.startswith("s3_")
    )
    assert len(rows) == len(framework(MATURITY).requirements)
    assert {status for status, _ in status_of_versioning(rows)} == {"FAIL"}
    assert "not implemented" not in errors
    assert re.search(rf" {MATURITY} +(·|\d+) +\d+ +\d+ ", errors)
    assert "x.compliance.csv" in errors


def test_a_selection_by_status_changes_no_judgement(here: Here, stub: Stub) -> None:
    _, rows, _ = scanned(here, "-c", CHECK)
    told, narrowed, _ = scanned(here, "-c", CHECK, "--status", "PASS")
    assert told.statuses == ("PASS",)
    assert told.by_check[CHECK] == Judged(failed=3)
    assert status_of_versioning(narrowed) == status_of_versioning(rows)


def test_without_a_framework_there_is_neither_file_nor_table(here: Here, stub: Stub) -> None:
    done = here("scan", "-c", CHECK, "-F", "x")
    assert not (here.folder / "output" / "x.compliance.csv").exists()
    assert "score" not in done.stderr


def test_the_file_of_all_frameworks_may_be_asked_for(here: Here, stub: Stub) -> None:
    here("scan", "-c", CHECK, "-F", "x", "-M", "compliance", "--quiet")
    text = (here.folder / "output" / "x.compliance.csv").read_text(encoding="utf-8")
    assert {line.split(";")[0] for line in text.splitlines()[1:]} == set(frameworks())


def test_what_a_requirement_allows_of_the_configuration(printed: Any) -> None:
    text = printed("compliance", "show", "cis_3.0", "1.12")
    assert text.endswith(
        "\n\n  needs max_console_access_days: 45 or less\n  needs max_unused_access_keys_days: 45 or less\n"
    )
    assert "      needs max_console_access_days: 45 or less\n" in printed("compliance", "show", "cis_3.0")
    assert "needs" not in printed("compliance", "show", "cis_3.0", "1.5")
    assert json.loads(printed("compliance", "show", "cis_3.0", "1.12", "--json"))["guardrails"][0] == {
        "check": "iam_user_console_access_unused",
        "key": "max_console_access_days",
        "comparison": "lte",
        "value": 45,
    }


def test_a_scan_that_is_configured_loosely_says_so_and_its_report_as_well(here: Here, stub: Stub) -> None:
    stub.denied = {"GenerateCredentialReport", "GetCredentialReport", "GetAccountAuthorizationDetails"}
    (here.folder / "config.yaml").write_text("max_console_access_days: 180\n")
    chosen = ("--compliance", "cis_3.0", "-c", "iam_user_console_access_unused", "-F", "x", "--stdout", "none")
    sentence = "max_console_access_days is 180; allowed: 45 or less"
    scan = here("scan", *chosen, "--config-file", "config.yaml", "--output-formats", "jsonl", "compliance", "markdown")
    assert f"  cis_3.0 1.12: {sentence}\n" in scan.stderr
    output = here.folder / "output"
    assert msgspec.json.decode((output / "x.coverage.json").read_bytes())["settings"] == {
        "max_console_access_days": [180]
    }
    first = {name: (output / name).read_bytes() for name in ("x.compliance.csv", "x.md")}
    assert all(sentence.encode() in text for text in first.values())
    here("report", "output/x.jsonl", "-M", "compliance", "markdown")
    assert {name: (output / name).read_bytes() for name in first} == first
    here("scan", *chosen)
    assert sentence.encode() not in (output / "x.compliance.csv").read_bytes()


def test_a_resumed_scan_knows_how_the_interrupted_one_was_configured(tmp_path: Path) -> None:
    check, key = "iam_user_console_access_unused", "max_console_access_days"
    journal = journal_of(
        Scan(ScanOptions(checks=[check], config={key: 180})), Outputs(tmp_path, "scan", ["jsonl"]), options={}
    )
    assert journal is not None
    (tmp_path / "scan.jsonl").touch()
    journal.open()
    journal.close()
    _, done = read(journal.path)
    assert Scan(ScanOptions(checks=[check]), done=done).coverage().settings == {key: (180, 45)}


def test_the_table_of_frameworks() -> None:
    whole = coverage(
        not_entered=(),
        accounts=Accounts(found=1, scanned=1, scanned_before=0),
        check_ids=("iam_root_mfa_enabled", "iam_no_root_access_key"),
        frameworks=("cis_3.0", "cis_1.4"),
        findings={"PASS": 1, "FAIL": 1, "MANUAL": 0},
        by_check={"iam_no_root_access_key": Judged(failed=1), "iam_root_mfa_enabled": Judged(passed=1)},
    )
    console = Console(file=io.StringIO(), width=200)
    print_summary(console, whole, Tally(), ())
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert re.search(r"framework +PASS +MANUAL +FAIL +score", text)
    assert re.search(r"cis_3\.0 +1 +60 +1 +50 %", text)
    assert text.index("cis_3.0") < text.index("cis_1.4")
