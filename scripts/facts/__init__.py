"""What is agreed about each check, and known of the operations that tell its facts.

`operations.csv` has a row for each operation on the cheapest path of a check that is still to be written: what kind of
call it is, where its result lies and which of its members are read, what it takes, the codes by which AWS says "not
configured" or "gone", states to skip, and what else a builder would get wrong. Written against botocore 1.40.61.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

_CHECKS: Final = Path(__file__).parents[2] / "tests" / "facts" / "checks.csv"
_OPERATIONS: Final = Path(__file__).with_name("operations.csv")


class CheckFacts(Struct, frozen=True):
    """A row of tests/facts/checks.csv."""

    id: str
    service: str
    severity: str
    resource_type: str
    resource_group: str
    categories: tuple[str, ...]


class OperationFacts(Struct, frozen=True):
    """A row of operations.csv."""

    service: str
    """botocore's name."""
    name: str
    kind: str
    """`listing per region`, `listing once per account`, `child listing per parent`, `call per resource`, `call per
    region`, `call per account`, `batch of 100`, or that it is declared already.
    """
    result: str
    """Path in the reply; `@` is all of it."""
    keys: tuple[str, ...]
    """Members that are read, dots descending; of a list of bare strings, in parentheses what they are."""
    input: tuple[str, ...]
    """Parameters that it takes besides those of pages."""
    paging: str
    """How it is paged, where botocore's paginators do not know."""
    codes: str
    states: str
    owner: str
    note: str
    checks: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.service}:{self.name}"

    @property
    def is_listing(self) -> bool:
        return self.kind.startswith("listing")

    @property
    def is_bare(self) -> bool:
        """Whether it lists strings."""
        return bool(self.keys) and self.keys[0].startswith("(")


@cache
def check_facts() -> dict[str, CheckFacts]:
    """Check id -> what is agreed about it."""
    return {
        row["id"]: CheckFacts(
            row["id"],
            row["service"],
            row["severity"],
            row["resource_type"],
            row["resource_group"],
            tuple(filter(None, row["categories"].split(","))),
        )
        for row in _rows(_CHECKS)
    }


@cache
def operation_facts() -> tuple[OperationFacts, ...]:
    """In alphabetical order."""
    return tuple(
        OperationFacts(
            service=row["operation"].partition(":")[0],
            name=row["operation"].partition(":")[2],
            kind=row["kind"],
            result=row["result"],
            keys=_parts(row["keys"]),
            input=_parts(row["input"]),
            paging=row["paging"],
            codes=row["codes"],
            states=row["states"],
            owner=row["owner"],
            note=row["note"],
            checks=tuple(row["checks"].split()),
        )
        for row in _rows(_OPERATIONS)
    )


def operations_of(check_id: str) -> tuple[OperationFacts, ...]:
    """Those on the cheapest path of a check; none where nothing is known of it."""
    return tuple(each for each in operation_facts() if check_id in each.checks)


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split(";"))))
