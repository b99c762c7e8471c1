"""What findings share: made once for all findings of a check or account, and kept while there is room."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from operator import attrgetter
from typing import Final, Generic, TypeVar

from aioprowler.findings.finding import Finding

T = TypeVar("T")

_ROOM: Final = 4096
"""Checks, accounts or places; past that all are made anew."""

_CHECK_SOURCE: Final = attrgetter(
    "title",
    "fails",
    "description",
    "risk",
    "remediation",
    "categories",
    "compliance",
    "service",
    "resource_type",
    "resource_group",
)
_ACCOUNT_SOURCE: Final = attrgetter(
    "account_name",
    "account_email",
    "account_organizational_unit",
    "account_organizational_unit_id",
    "account_organization_id",
    "account_organization_arn",
    "account_tags",
    "auth_method",
    "partition",
)


class Remembered(Generic[T]):
    """`make` of a finding, for all findings with the same source.

    A scan's findings have their check's texts as the very same objects: comparing sources costs next to nothing.
    """

    def __init__(
        self,
        make: Callable[[Finding], T],
        key: Callable[[Finding], Hashable],
        source: Callable[[Finding], tuple[object, ...]],
    ) -> None:
        self._make = make
        self._key = key
        self._source = source
        self._known: dict[Hashable, tuple[tuple[object, ...], T]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def __call__(self, finding: Finding) -> T:
        """What is made of the finding, or was made of an earlier one with the same key and source."""
        key, source = self._key(finding), self._source(finding)
        known = self._known.get(key)
        if known is not None and known[0] == source:
            return known[1]
        if len(self._known) >= _ROOM:
            self._known.clear()
        made = self._make(finding)
        self._known[key] = source, made
        return made


def per_check(make: Callable[[Finding], T]) -> Remembered[T]:
    """Of what a check says of all its subjects."""
    return Remembered(make, attrgetter("check_id"), _CHECK_SOURCE)


def per_account(make: Callable[[Finding], T]) -> Remembered[T]:
    """What is made of an account's part of a finding, once for each account."""
    return Remembered(make, attrgetter("account_id"), _ACCOUNT_SOURCE)


def per_place(make: Callable[[Finding], T]) -> Remembered[T]:
    """Likewise once for each region of an account."""
    return Remembered(make, attrgetter("account_id", "region"), _ACCOUNT_SOURCE)
