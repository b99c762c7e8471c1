"""Tags of resources whose own service tells them of one resource at a time."""

from __future__ import annotations

from aioprowler import Resource, Tag, field, listing


class TaggedKey(Resource, id="arn", group="security", noun="KMS key"):
    """A key that has tags, or had some."""

    source = listing(
        "resourcegroupstaggingapi", "GetResources", "ResourceTagMappingList", ResourceTypeFilters=["kms:key"]
    )
    arn: str = field(name="ResourceARN")
    tags: tuple[Tag, ...] = ()


class TaggedTable(Resource, id="arn", group="database", noun="DynamoDB table"):
    """A table that has tags, or had some."""

    source = listing(
        "resourcegroupstaggingapi", "GetResources", "ResourceTagMappingList", ResourceTypeFilters=["dynamodb:table"]
    )
    arn: str = field(name="ResourceARN")
    tags: tuple[Tag, ...] = ()
