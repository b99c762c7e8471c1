"""What the inventories are made of: sizes, ids, ARNs, and which resources are bad."""

from __future__ import annotations

import datetime
from binascii import crc32
from collections.abc import Mapping
from typing import Any

from benchmarks.simulated_aws.config import Config
from benchmarks.simulated_aws.rendering import ACCOUNT, SALT

Json = dict[str, Any]
Params = Mapping[str, Any]
_GLOBAL = frozenset({"cloudfront:distribution", "s3:bucket", "s3:object", "s3:multi_region_access_point"})
"""What an account has once, besides all that IAM has."""


class World:
    """One kind of account in one kind of region: with placeholders where accounts and regions differ."""

    account = ACCOUNT

    def __init__(
        self, config: Config, *, variant: int, region: str, is_full: bool = True, is_management: bool = False
    ) -> None:
        self.config = config
        self.region = region
        self.is_management = is_management
        self._variant = variant
        self._is_full = is_full
        # A few hours back, so that no age crosses a whole number of days between two scans.
        self._now = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(hours=6)

    def size(self, kind: str) -> int:
        """How many resources of a type there are here; of those without a region, in the account."""
        is_global = kind.startswith("iam:") or kind in _GLOBAL
        return self.config.size_of(kind) if self._is_full or is_global else 0

    def length(self, operation: str) -> int:
        """Of the lists in the reply of an operation (`service:Operation`) that nobody modelled."""
        return self.size(operation) or (self.config.unmodelled if self._is_full else 0)

    def each(self, kind: str) -> range:
        return range(self.size(kind))

    def bad(self, trait: str, number: int) -> bool:
        """Whether the resource is bad in this respect: one in three is, another one in each variant."""
        return (number + number // 3 + crc32(trait.encode()) + self._variant) % 3 == 0

    def ago(self, days: float) -> datetime.datetime:
        return self._now - datetime.timedelta(days=days)

    def id(self, prefix: str, number: int) -> str:
        return f"{prefix}-0{SALT}{number:08x}"

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.region}:{ACCOUNT}:{rest}"

    def zone(self, number: int) -> str:
        return f"{self.region}{'abc'[number % 3]}"


def tags(**more: str) -> list[dict[str, str]]:
    """Tags as most services write them."""
    return [{"Key": key, "Value": value} for key, value in more.items()]


def number_in(text: object) -> int:
    """The number at the end of an id or name that an inventory made; -1: none."""
    digits = str(text).rpartition("-")[2]
    return int(digits) if digits.isdecimal() else -1


def chosen(items: list[Json], names: object, key: str) -> list[Json]:
    """Those that are asked for by name; all, if none is."""
    if not isinstance(names, list) or not names:
        return items
    return [item for item in items if item[key] in names]
