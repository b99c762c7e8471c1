"""AWS's API quotas, and a user's own: which of them holds for an operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, structs

from aioprowler.facts.quotas import QUOTAS, Quota, unpublished


class OwnQuota(Struct, frozen=True, forbid_unknown_fields=True):
    """A user's figures. Where calls are counted, and which of them together, stays as the table has it."""

    rate: Annotated[float, Meta(gt=0, le=1e9)]
    capacity: Annotated[float, Meta(ge=1, le=1e9)]


class QuotaTable:
    """The table, with a user's own figures before it."""

    def __init__(self, own: Mapping[str, Any] | None = None, rows: Sequence[Quota] = QUOTAS) -> None:
        """`own`: `service:Operation` (patterns allowed) -> OwnQuota, or a mapping of its fields; the first match holds.

        Raises msgspec.ValidationError for what is not of that shape.
        """
        self._rows = rows
        self._own = [_own_row(name, msgspec.convert(figures, OwnQuota)) for name, figures in (own or {}).items()]
        self.of = cache(self._of)  # asked anew for each account and region
        """(service, operation) -> its quota."""

    def shared_out(self, service: str, operation: str, shares: int) -> QuotaTable:
        """The same for one of so many who have a part of the operation's quota each."""
        quota = self.of(service, operation)
        table = QuotaTable(rows=self._rows)
        capacity, ceiling = max(1.0, quota.capacity / shares), quota.ceiling / shares
        part = structs.replace(quota, rate=quota.rate / shares, capacity=capacity, ceiling=ceiling)
        table._own = [structs.replace(part, service=service, operations=operation), *self._own]
        return table

    def _of(self, service: str, operation: str) -> Quota:
        row = _first(self._rows, service, operation) or unpublished(service)
        own = _first(self._own, service, operation)
        if own is None:
            return row
        return structs.replace(
            own, scope=row.scope, shared=row.shared, concurrent=row.concurrent, counted_as=row.counted_as
        )


def _own_row(name: str, figures: OwnQuota) -> Quota:
    service, _, operations = name.partition(":")
    return Quota(service, operations, figures.capacity, figures.rate)


def _first(rows: Sequence[Quota], service: str, operation: str) -> Quota | None:
    return next((row for row in rows if row.matches(service, operation)), None)
