"""docs/calls.md is what is planned: the same operations, for each of the same things, in pages of the same size."""

from __future__ import annotations

import re
from pathlib import Path

from aioprowler.accounts.operations import ENTRY_OPERATIONS
from aioprowler.aws.api import pagination
from aioprowler.catalog import installed
from aioprowler.declarations.graph import source_of
from aioprowler.declarations.sources import Listing
from aioprowler.engine.plan import Plan, PlannedOperation, make_plan
from aioprowler.facts.services import page_size

PAGE = Path(__file__).parent.parent / "docs" / "calls.md"
SERVICES = ("s3", "iam", "ec2", "vpc", "rds")
ROW = re.compile(r"\| `(?P<operation>\w+:\w+)` \| `(?P<per>[^`]+)`(?P<often>[^|]*) \| [^|]+ \| [^|]+ \|")

ROWS = [row for line in PAGE.read_text(encoding="utf-8").splitlines() if (row := ROW.fullmatch(line))]


def planned() -> Plan:
    return make_plan([check for check in installed() if check.service in SERVICES], {})


def start_of_row(asked: PlannedOperation) -> str:
    return f"| `{asked.operation}` | `{asked.per}` |"


def test_the_page_has_each_planned_operation_once_and_no_other() -> None:
    asked = [*planned().operations, *(PlannedOperation(operation, "account") for operation in ENTRY_OPERATIONS)]
    expected = {start_of_row(each) for each in asked}
    shown = [f"| `{row['operation']}` | `{row['per']}` |" for row in ROWS]
    missing, left_over = sorted(expected - {*shown}), sorted({*shown} - expected)
    assert not missing, "missing in docs/calls.md:\n" + "\n".join(missing)
    assert not left_over, "in docs/calls.md, and not planned:\n" + "\n".join(left_over)
    assert len(shown) == len(expected), "a row of docs/calls.md is there twice"


def test_each_line_of_a_table_is_such_a_row() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert len(ROWS) == len(lines) > 50


def page_sizes() -> dict[str, int | None]:
    """Of each planned listing, by its operation."""
    listings = [source for kind in planned().subjects if isinstance(source := source_of(kind), Listing)]
    return {
        str(each.operation): each.page_size or page_size(each.operation.service, each.operation.name) or None
        for each in listings
        if (paging := pagination(each.operation)) and paging.limit_key
    }


def test_the_page_names_the_size_of_pages() -> None:
    sizes = page_sizes()
    shown = {row["operation"]: row["often"] for row in ROWS if " x " not in row["per"]}
    wrong = [
        f"{operation}: {size} a page"
        for operation, size in sizes.items()
        if size_told(shown.get(operation, "")) != size
    ]
    assert not wrong, "otherwise in docs/calls.md:\n" + "\n".join(wrong)
    for operation in shown.keys() - sizes.keys():
        service, _, name = operation.partition(":")
        assert size_told(shown[operation]) in (None, page_size(service, name)), operation


def size_told(often: str) -> int | None:
    told = re.search(r"(\d+) a page", often)
    return int(told[1]) if told else None
