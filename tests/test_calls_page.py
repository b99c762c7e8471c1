"""docs/calls.md is what is planned: the same operations, for each of the same things, in pages of the same size."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioprowler.accounts.operations import ENTRY_OPERATIONS
from aioprowler.catalog import installed
from aioprowler.engine.plan import make_plan
from docs.build.calls import calls

PAGE = (Path(__file__).parents[1] / "docs" / "calls.md").read_text(encoding="utf-8")
VPCS = "| `ec2:DescribeVpcs` | `region`, 1000 a page | VPCs | one listing |\n"


def rows(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("| `")]


def test_the_page_has_each_planned_operation_once_and_no_other() -> None:
    assert calls(PAGE) == PAGE, "docs/calls.md is stale: run `make generate`"
    planned = make_plan(tuple(installed()), {}).operations
    assert len(rows(PAGE)) == len(planned) + len(ENTRY_OPERATIONS)
    assert all(
        sum(row.startswith(f"| `{each.operation}` | `{each.per}`") for row in rows(PAGE)) == 1 for each in planned
    )


@pytest.mark.parametrize(
    "stale",
    [
        PAGE.replace(VPCS, VPCS + VPCS),
        PAGE.replace(VPCS, VPCS.replace("1000", "5")),
        PAGE.replace(VPCS, VPCS.replace(", 1000 a page", "")),
        PAGE.replace(VPCS, VPCS + "| `ec2:DescribeFleets` | `region` | fleets | one listing |\n"),
    ],
    ids=["twice", "another size", "no size", "not planned"],
)
def test_rows_follow_the_plan_and_words_stay(stale: str) -> None:
    assert stale != PAGE
    assert calls(stale) == PAGE


def test_no_row_is_left_to_be_written() -> None:
    assert [row for row in rows(PAGE) if "TODO" in row] == []


def test_what_was_to_be_written_is_made_of_the_declarations_again() -> None:
    assert calls(PAGE.replace(VPCS, VPCS.replace("VPCs", "TODO: what it is, in a line"))) == calls(
        PAGE.replace(VPCS, "")
    )


def test_a_new_row_joins_the_table_of_its_service() -> None:
    made = calls(PAGE.replace(VPCS, ""))
    assert made.count("| `ec2:DescribeVpcs` | `region`, 1000 a page |") == 1
    assert made.index("`ec2:DescribeVpcs`") < made.index("## RDS")


def test_a_new_service_has_a_section_with_the_words_of_the_declarations() -> None:
    without = "".join(line for line in PAGE.splitlines(keepends=True) if not line.startswith("| `ssm:"))
    section = calls(without).partition("\n## Systems Manager")[2]
    row = "| `ssm:DescribeInstanceInformation` | `region`, 50 a page | a server whose agent has registered with Systems"
    assert [line for line in section.splitlines() if line.startswith(row) and line.endswith("| one listing |")]
