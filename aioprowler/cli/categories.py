"""`aioprowler categories`."""

from __future__ import annotations

from aioprowler.cli.options import AsJson
from aioprowler.cli.services import print_counts


def categories(*, as_json: AsJson = False) -> None:
    """List the categories of checks, with their numbers of checks."""
    from aioprowler.catalog import installed

    print_counts("CATEGORY", installed().categories, as_json=as_json)
