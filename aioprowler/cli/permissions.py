"""`aioprowler permissions`."""

from __future__ import annotations

from aioprowler.cli.options import SELECT_ALL, Selection
from aioprowler.cli.streams import complain
from aioprowler.cli.tables import print_json


def permissions(selection: Selection = SELECT_ALL) -> None:
    """Print the least-privilege IAM policy for a scan with the same options.

    It allows exactly the actions of the operations that `aioprowler plan` shows, all of which only read.
    """
    from aioprowler.engine.plan import make_plan
    from aioprowler.permissions import actions, policies

    found = policies(actions(make_plan(selection.select(selection.catalog()), {})))
    if len(found) == 1:
        print_json(found[0])
        return
    complain(
        f"these actions exceed the size of one managed policy: attach all {len(found)} policies of this JSON array."
    )
    print_json(found)
