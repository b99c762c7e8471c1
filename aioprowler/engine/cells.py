"""What of an account is complete as one, and what of it rests on failures that may pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from msgspec import Struct

from aioprowler.declarations.account import Account, Region
from aioprowler.declarations.graph import is_global


class Cell(Struct, frozen=True, gc=False):
    """What is scanned as one: the resources of a type, with all below them, in one place of an account."""

    account_id: str
    kind: str
    """The type, by its module and name."""
    place: str
    """The region; empty for what is listed once for the whole account."""


def cell(account_id: str, kind: Any, region: str) -> Cell:
    """The cell of a type in a region."""
    name, has_regions = _spread(kind)
    return Cell(account_id, name, region if has_regions else "")


@cache
def _spread(kind: Any) -> tuple[str, bool]:
    """The type's full name, and whether each region has its own."""
    has_regions = kind is Region or (kind is not Account and not is_global(kind))
    return f"{kind.__module__}.{kind.__qualname__}", has_regions


class Ledger:
    """Of the cells of one account: which are looked at, and what is not to be relied on."""

    def __init__(self, account_id: str, kinds: Mapping[str, Any]) -> None:
        """`kinds`: check id -> the type in whose cells the check is asked."""
        self._account_id = account_id
        self._kinds = kinds
        self._looked: set[Cell] = set()
        self._unlisted: set[tuple[str, str]] = set()
        """Check and place of which something could not be listed."""
        self._transient: set[Any] = set()
        """Types with findings that rest on a transient failure."""

    @property
    def has_transient(self) -> bool:
        """Whether some finding rests on a transient failure."""
        return bool(self._transient)

    def cell(self, kind: Any, region: str) -> Cell:
        """The account's cell of a type in a region."""
        return cell(self._account_id, kind, region)

    def unsettled(self, kind: Any) -> None:
        """Findings about the type rest on a transient failure."""
        self._transient.add(kind)

    def missed(self, check_id: str, region: str) -> None:
        """The check did not see all there is."""
        self._unlisted.add((check_id, self.cell(self._kinds[check_id], region).place))

    def looked(self, kind: Any, below: Iterable[Any], region: str) -> Cell | None:
        """All of a cell was looked at. The cell, if its findings, with those `below`, rest on no transient failure."""
        where = self.cell(kind, region)
        self._looked.add(where)
        return where if self._transient.isdisjoint(below) else None

    def saw_all(self, check_id: str, region: str) -> bool:
        """Whether all was listed that a check judges there: what it does not find in the region is not there."""
        kind = self._kinds.get(check_id)
        if kind is None:
            return False
        where = self.cell(kind, region)
        return where in self._looked and (check_id, where.place) not in self._unlisted
