"""`aioprowler services`."""

from __future__ import annotations

from aioprowler.cli.options import AsJson
from aioprowler.cli.tables import print_json, print_table


def services(*, as_json: AsJson = False) -> None:
    """List the AWS services that have checks, with their numbers of checks."""
    from aioprowler.catalog import installed

    print_counts("SERVICE", installed().services, as_json=as_json)


def print_counts(what: str, counts: dict[str, int], *, as_json: bool) -> None:
    """Names and how many checks each has."""
    if as_json:
        print_json(counts)
    else:
        print_table((what, "CHECKS"), [(name, str(count)) for name, count in counts.items()])
