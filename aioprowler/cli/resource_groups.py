"""`aioprowler resource-groups`."""

from __future__ import annotations

from aioprowler.cli.options import AsJson
from aioprowler.cli.services import print_counts


def resource_groups(*, as_json: AsJson = False) -> None:
    """List the groups of resources that checks are about, with their numbers of checks."""
    from aioprowler.catalog import installed

    print_counts("RESOURCE GROUP", installed().resource_groups, as_json=as_json)
