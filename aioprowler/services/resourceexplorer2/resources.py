"""Indexes of Resource Explorer."""

from __future__ import annotations

import msgspec

from aioprowler import Account, Facet, call


class Index(msgspec.Struct, frozen=True, rename="pascal"):
    """What makes a region's resources found."""

    arn: str


class Indexes(Facet[Account], rename="pascal"):
    """Those of all regions, scanned or not, as one region tells them:
    https://docs.aws.amazon.com/resource-explorer/latest/apireference/API_ListIndexes.html
    """

    source = call("resource-explorer-2", "ListIndexes", pages=True)
    indexes: tuple[Index, ...]
