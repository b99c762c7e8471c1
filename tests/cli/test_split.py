"""`scan --split`: a page for each of those whom a scan concerns, with an index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Here
from tests.cli.stub import CHECK, Stub

ROLES = [f"arn:aws:iam::{account}:role/audit" for account in (222222222220, 222222222221)]
SCAN = ("scan", "--check", CHECK, "--stdout", "none", "-F", "scan", "--role", *ROLES)


def pages(folder: Path) -> dict[str, str]:
    """Without what each page has for itself."""
    found = {path.name: path.read_text() for path in folder.glob("scan-*.html")}
    return {name: re.sub(r"nonce(-|=\")[\w-]+", "", page) for name, page in found.items()}


def test_a_scan_makes_the_pages_that_a_report_makes(here: Here, stub: Stub) -> None:
    done = here(*SCAN, "--split", "account")
    assert done.returncode == 3
    assert "Written: output/scan-index.html" in " ".join(done.stderr.split())
    made = pages(here.folder / "output")
    assert set(made) == {"scan-222222222220.html", "scan-222222222221.html", "scan-index.html"}
    assert "222222222221" not in made["scan-222222222220.html"]
    assert here("report", "output/scan.jsonl", "--split", "account", "-o", "later").returncode == 0
    assert pages(here.folder / "later") == made


def test_a_scan_that_goes_on_makes_the_pages_anew(here: Here, stub: Stub) -> None:
    stub.denied = {ROLES[-1]}
    assert here(*SCAN, "--split", "account").returncode == 4
    before = pages(here.folder / "output")["scan-222222222221.html"]
    stub.denied = set()
    assert here("scan", "--role", *ROLES, "--resume", "output").returncode == 3
    made = pages(here.folder / "output")
    assert here("report", "output/scan.jsonl", "--split", "account", "-o", "later").returncode == 0
    assert pages(here.folder / "later") == made
    assert made["scan-222222222221.html"] != before


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--no-files",), "--no-files and an option that says how files are written"),
        (("-M", "html"), "--split makes its pages from the JSON lines: add jsonl to --output-formats."),
    ],
)
def test_pages_without_a_record_are_refused(options: tuple[str, ...], told: str, here: Here) -> None:
    done = here("scan", "--check", CHECK, "--split", "unit", *options)
    assert done.returncode == 2
    assert told in done.stderr
