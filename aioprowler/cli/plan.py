"""`aioprowler plan`."""

from __future__ import annotations

from typing import Final

from aioprowler.cli.options import SELECT_ALL, AsJson, Selecting
from aioprowler.cli.tables import counted, print_json, print_table

Row = tuple[str, str, str]

_REGIONS: Final = 17
"""Of a new account (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html)."""
_SCALE: Final = """\

{checks} call {operations}.
Once per account, per enabled region of each account, or per resource of that type; "100 x T" asks for up to 100
resources at once. Listings are asked for page by page: one more call per page.
An account with nothing in it costs at least {once}, and {again:,} more in each region: {total:,} with {regions}
regions.
`aioprowler permissions`, with the same options, prints the IAM policy that allows exactly these."""


def plan(selection: Selecting = SELECT_ALL, *, as_json: AsJson = False) -> None:
    """Show which AWS operations a scan calls, and how often. Asks AWS nothing."""
    from aioprowler.accounts.operations import ENTRY_OPERATIONS
    from aioprowler.engine.empty import calls_of_nothing
    from aioprowler.scanning import ScanOptions
    from aioprowler.scanning import plan as plan_of

    scanned = plan_of(ScanOptions(**selection.for_scan()), selection.catalog())
    rows: list[Row] = [(str(operation), "account", operation.action) for operation in ENTRY_OPERATIONS]
    entered = {name for name, *_ in rows}
    planned = [op for op in scanned.operations if str(op.operation) not in entered]
    rows += [(str(op.operation), op.per, op.operation.action) for op in planned]
    if as_json:
        print_json([{"operation": name, "per": per, "action": action} for name, per, action in rows])
        return
    print_table(("OPERATION", "ONCE PER", "IAM ACTION"), rows)
    nothing = calls_of_nothing(scanned)
    again = sum(each.per == "region" for each in nothing)
    once = len(ENTRY_OPERATIONS) + len(nothing) - again
    print(
        _SCALE.format(
            checks=counted(len(scanned.checks), "check"),
            operations=counted(len(rows), "operation"),
            once=counted(once, "call"),
            again=again,
            total=once + _REGIONS * again,
            regions=_REGIONS,
        )
    )
