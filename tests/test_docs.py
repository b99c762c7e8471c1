"""What the documents show is what the program does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from aioprowler import Finding
from aioprowler.catalog import checks_of
from aioprowler.cli.app import run as cli
from aioprowler.findings.coverage import Accounts, Coverage, Figures, Gap, Judged, NotEntered, Regions, Unfinished
from aioprowler.outputs.compliance import COLUMNS
from aioprowler.outputs.files import ALIASES, FORMATS, PLAIN
from tests.engine.harness import run
from tests.worlds.world import World, findings_of

ROOT = Path(__file__).parent.parent


def blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


def test_the_example_of_a_transport_runs_and_prints_what_it_says() -> None:
    (example,) = [block for block in blocks("docs/python.md") if "class Recorded" in block]
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "PASS arn:aws:s3:::reports\n"


def test_the_example_of_a_check_works(tmp_path: Path) -> None:
    resource, check, test = blocks("CONTRIBUTING.md")[:3]
    header = (
        "import pytest\nfrom aioprowler import *\nfrom aioprowler import field, listing, check, Resource, Pass, Fail\n"
        "from aioprowler.judging.tls import refuses_plain_text\n"
    )
    path = tmp_path / "proxies.py"
    path.write_text("\n\n".join([header, resource, check, test]))
    sys.path.insert(0, str(tmp_path))
    try:
        module = __import__("proxies")
    finally:
        sys.path.remove(str(tmp_path))
    module.test_proxy_tls(True, module.Pass)
    module.test_proxy_tls(False, module.Fail)
    world = World({"rds:DescribeDBProxies": {"DBProxies": [{"DBProxyName": "p", "DBProxyArn": "arn:p"}]}})
    assert {row[3] for row in run(world, *checks_of(module))} == {"FAIL"}


def test_the_page_of_the_finding_names_each_key() -> None:
    text = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    named = set(
        re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `")))
    )
    assert named == {field.encode_name for field in msgspec.structs.fields(Finding)}


def test_the_page_of_the_outputs_names_each_format_and_its_file() -> None:
    page = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w-]+)`[^|]*\| `<name>\.([\w.]+)` \|", page, re.MULTILINE))
    assert rows == {name: format_.extension for name, format_ in FORMATS.items() if name in PLAIN}
    aliases = re.findall(r"^\| `([\w-]+)` \(`([\w-]+)`\)", page, re.MULTILINE)
    assert {alias: name for name, alias in aliases} == ALIASES


def test_the_page_of_the_coverage_names_each_key() -> None:
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    named = {
        title: re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        for title, _, section in (part.partition("\n") for part in page.split("\n## "))
    }
    structs: dict[str, type[msgspec.Struct]] = {
        "The report": Coverage,
        "An account that was not entered": NotEntered,
        "An account that was cut off": Unfinished,
        "A gap": Gap,
        "The findings of a check": Judged,
        "Accounts": Accounts,
        "Regions": Regions,
        "Figures": Figures,
    }
    for title, struct in structs.items():
        assert named.pop(title) == [field.encode_name for field in msgspec.structs.fields(struct)]
    assert not any(named.values())


def test_the_page_of_compliance_names_each_column() -> None:
    page = (ROOT / "docs" / "compliance.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|(.*?)\|", page.partition("## The file")[2], re.MULTILINE)
    assert re.findall(r"`([A-Z_]+)`", "".join(rows)) == [*COLUMNS]


def test_the_example_of_a_custom_check_works(tmp_path: Path) -> None:
    check, _, test = blocks("docs/custom-checks.md")
    (tmp_path / "naming.py").write_text(check)
    world = World({"s3:ListBuckets": {"Buckets": [{"Name": "web-1", "BucketRegion": "us-east-1"}]}})
    name = "acme_bucket_is_named_by_team"
    (found,) = findings_of(world, name, checks_folders=[tmp_path])
    assert (found.status, found.service) == ("PASS", "acme")
    (found,) = findings_of(world, name, checks_folders=[tmp_path], config={"acme_teams": ["data"]})
    assert found.status == "FAIL"
    (tmp_path / "test_naming.py").write_text(test)
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_naming.py"]
    environment = {**os.environ, "PYTEST_ADDOPTS": ""}
    done = subprocess.run(
        pytest_, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert "2 passed" in done.stdout, done.stdout


def test_the_example_of_a_policy_is_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    (command, shown), *_ = re.findall(r"^\$ aioprowler (.*)\n(\{\n(?:.*\n)*?\})$", page, re.MULTILINE)
    assert cli(command.split()) == 0
    assert capsys.readouterr().out == f"{shown}\n"
