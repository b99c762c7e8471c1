"""The table of Lambda's runtimes, and what writes it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from aioprowler.services.awslambda.runtimes import SUPPORTED_UNTIL
from scripts import runtimes

PAGE = """
|  Name  |  Identifier  |  Operating system  |  Deprecation date  |  Block function create  |
| --- | --- | --- | --- | --- |
|  Node.js 24  |  `nodejs24.x`  |  Amazon Linux 2023  |   Apr 30, 2028   |   Jun 1, 2028   |
|  Python 9.9 (preview)  |  `python9.9`  |  Amazon Linux 2023  |  Not scheduled  |  Not scheduled  |

Lambda provides `python3.9` until Dec 15, 2025.

| .NET 6 | `dotnet6` | Amazon Linux 2 | December 20, 2024 | Feb 1, 2027 |
"""


def test_each_row_with_a_date_is_taken() -> None:
    assert runtimes.of_page(PAGE) == {
        "nodejs24.x": datetime.date(2028, 4, 30),
        "dotnet6": datetime.date(2024, 12, 20),
    }


def test_the_table_knows_what_is_known_here() -> None:
    """Where this fails after new versions of packages: `python -m scripts.runtimes`."""
    known = runtimes.of_cfn_lint()
    assert {name: SUPPORTED_UNTIL.get(name) for name in known} == known


def test_the_module_is_as_it_is_written() -> None:
    header, rows, rest = runtimes.written(SUPPORTED_UNTIL, datetime.date(2026, 1, 2), "by a page").partition("{\n")
    text = runtimes.TABLE.read_text()
    assert text.startswith(header + rows)
    assert rest.partition("\n}")[0] == text.partition("{\n")[2].partition("\n}")[0]
    assert "2026-01-02, by a page" in rest


def test_what_a_page_lacks_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, table = tmp_path / "page.md", tmp_path / "runtimes.py"
    page.write_text(PAGE.replace("Apr 30, 2028", "May 1, 2029"))
    monkeypatch.setattr(runtimes, "TABLE", table)
    assert runtimes.main([str(page)]) == 0
    assert '"nodejs24.x": date(2029, 5, 1),' in table.read_text()
    assert '"python2.7": date(2021, 7, 15),' in table.read_text()


def test_a_page_without_a_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text("Moved")
    monkeypatch.setattr(runtimes, "TABLE", tmp_path / "runtimes.py")
    assert runtimes.main([str(page)]) == 1
    assert not runtimes.TABLE.exists()
