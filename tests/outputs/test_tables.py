"""What docs/outputs.md says of DuckDB and pandas, on as many findings as neither looks at by itself."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pytest

from aioprowler.compliance.frameworks import framework
from aioprowler.findings.finding import Finding, Mute
from aioprowler.outputs.files import Outputs
from tests.outputs.samples import HOSTILE, coverage, finding, hostile, many

PAGE = Path(__file__).parents[2] / "docs" / "outputs.md"
PARQUET, JSON_LINES, CSV = range(3)
ACCOUNT = "012345678901"
SPELT = finding(account_id=ACCOUNT, resource_tags={"Team": "data", "team": "web"})
LATE = finding(account_id=ACCOUNT, resource_tags={"late": "yes"}, muted=True, mute=Mute(owner="web"), severity="low")


def documented(tool: str) -> list[str]:
    """The tool's commands for Parquet, JSON lines and CSV."""
    (row,) = re.findall(rf"^\| {tool} \|(.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return re.findall(r"`([^`]+)`", row)


def by_duckdb(file: int) -> Any:
    return duckdb.sql(documented("DuckDB")[file])


def by_pandas(file: int) -> Any:
    return eval(documented("pandas")[file], {"pandas": pandas})  # noqa: S307 - of our own page


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return [SPELT, *many(25_000), *map(hostile, HOSTILE), LATE]


@pytest.fixture(scope="module")
def folder(findings: list[Finding], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables")
    with Outputs(path, "scan", ["csv", "jsonl", "parquet"]) as outputs:
        outputs.write(findings)
    return path


@pytest.fixture(autouse=True)
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


@pytest.fixture(params=[PARQUET, JSON_LINES, CSV], ids=["parquet", "jsonl", "csv"])
def read_by_duckdb(request: pytest.FixtureRequest) -> Any:
    return by_duckdb(request.param)


@pytest.fixture(params=[PARQUET, JSON_LINES, CSV], ids=["parquet", "jsonl", "csv"])
def read_by_pandas(request: pytest.FixtureRequest) -> Any:
    frame = by_pandas(request.param)
    return frame.rename(columns=str.lower).rename(columns={"account_uid": "account_id"})


def test_duckdb_has_all_findings(read_by_duckdb: Any, findings: list[Finding]) -> None:
    rows = read_by_duckdb.aggregate("status, severity, count(*)").fetchall()
    assert {(status, severity): count for status, severity, count in rows} == counted(findings)


def test_pandas_has_all_findings_and_accounts(read_by_pandas: Any, findings: list[Finding]) -> None:
    assert dict(read_by_pandas.groupby(["status", "severity"]).size()) == counted(findings)
    assert read_by_pandas["account_id"].iloc[0] == ACCOUNT


def counted(findings: list[Finding]) -> Counter[tuple[str, str]]:
    return Counter((each.status, each.severity) for each in findings)


def test_duckdb_has_accounts_as_texts() -> None:
    for file, column in ((PARQUET, "account_id"), (JSON_LINES, "account_id"), (CSV, "ACCOUNT_UID")):
        assert by_duckdb(file).filter(f"{column} = '{ACCOUNT}'").aggregate("count(*)").fetchall() == [(2,)]


def test_duckdb_and_pandas_have_tags_and_mutes_that_come_late_and_differ_by_case() -> None:
    lines = by_duckdb(JSON_LINES).filter(f"account_id = '{ACCOUNT}'").order("severity")
    told = lines.project("resource_tags['Team'], resource_tags['team'], resource_tags['late'], mute['owner']")
    assert told.fetchall() == [("data", "web", None, None), (None, None, "yes", "web")]
    frame = by_pandas(JSON_LINES)
    assert frame["resource_tags"].iloc[0] == SPELT.resource_tags
    assert (frame["resource_tags"].iloc[-1], frame["mute"].iloc[-1]["owner"]) == (LATE.resource_tags, "web")


def test_duckdb_reads_two_findings_with_tags_that_differ_by_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of few tags it makes a structure unless it is told otherwise, and then refuses the file."""
    monkeypatch.chdir(tmp_path)
    with Outputs(tmp_path, "scan", ["jsonl"]) as outputs:
        outputs.write([SPELT, LATE])
    told = by_duckdb(JSON_LINES).project("account_id, resource_tags['team'], mute.owner")
    assert told.fetchall() == [(ACCOUNT, "web", None), (ACCOUNT, None, "web")]


def test_tags_of_parquet_are_asked_for_in_duckdb(findings: list[Finding]) -> None:
    table = by_duckdb(PARQUET)
    of_team = table.filter("resource_tags->>'team' = 'data' AND list_contains(categories, 'data')")
    assert len(of_team.fetchall()) == sum(each.resource_tags.get("team") == "data" for each in findings)
    assert json.loads(table.filter("muted").fetchall()[0][table.columns.index("resource_tags")]) == LATE.resource_tags


@pytest.mark.parametrize("id_", ["cisa", "cis_3.0", "cis_controls_8.1"])
def test_each_requirement_is_read(id_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself DuckDB takes the separator of cisa's for another, and the ids of CIS Controls for numbers."""
    monkeypatch.chdir(tmp_path)
    with Outputs(tmp_path, "scan", ["compliance"]) as outputs:
        outputs.conclude(coverage(frameworks=(id_,)))
    Path("scan.compliance.csv").rename("scan.csv")
    expected = [each.id for each in framework(id_).requirements]
    assert list(requirements()) == expected
    assert [id_ for (id_,) in by_duckdb(CSV).project("REQUIREMENT").fetchall()] == expected
    frame = by_pandas(CSV)
    assert list(frame["REQUIREMENT"]) == expected


def requirements() -> Iterator[str]:
    with Path("scan.csv").open(newline="") as file:
        yield from (row["REQUIREMENT"] for row in csv.DictReader(file, delimiter=";"))
