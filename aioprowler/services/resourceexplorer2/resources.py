"""Indexes of Resource Explorer."""

from __future__ import annotations

from aioprowler import Resource, field, listing


def region_of(index: Index) -> str:
    """One region tells the indexes of all:
    https://docs.aws.amazon.com/resource-explorer/latest/apireference/API_ListIndexes.html
    """
    return index.in_region


class Index(Resource, id="arn", group="governance", noun="Resource Explorer index"):
    """What makes a region's resources found."""

    source = listing("resource-explorer-2", "ListIndexes", "Indexes", region=region_of)
    arn: str
    in_region: str = field(name="Region")
