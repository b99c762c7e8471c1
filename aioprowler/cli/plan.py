"""`aioprowler plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aioprowler.cli.options import (
    AT_HALF_SPEED,
    OWN_ACCOUNT,
    SELECT_ALL,
    Access,
    AsJson,
    Budget,
    Quotas,
    Running,
    Selecting,
)
from aioprowler.cli.tables import counted, duration, print_json, print_table

if TYPE_CHECKING:
    from aioprowler.scanning.estimate import Estimate

Row = tuple[str, str, str]

_SCALE: Final = """\

{operations}, called by {checks}.
Once per account, per enabled region of each account, or per resource of that type; "100 x T" asks for up to 100
resources at once. Listings are asked for page by page: one more call per page.
An account with nothing in it costs at least {once}, and {again:,} more in each region: {each:,} with {regions}.
{accounts}: at least {calls}. AWS's quotas, of which the scan takes {share:g}, hold them up for {time} at least.
What is in the accounts, and the time in which AWS answers, come on top.
`aioprowler permissions`, with the same choice of checks, prints the IAM policy that allows exactly these."""


def plan(
    selection: Selecting = SELECT_ALL,
    access: Access = OWN_ACCOUNT,
    *,
    api_budget: Budget = AT_HALF_SPEED.api_budget,
    quotas_file: Quotas = None,
    as_json: AsJson = False,
) -> None:
    """Show which AWS operations a scan calls, and how often.

    With --region, --excluded-region and whose accounts are scanned, also how many calls and how much time that is at
    least. Asks AWS nothing, but for the accounts of an --organization; none of them is entered. Where no regions are
    chosen, an account counts with the 17 that each one has.

    Examples:
      aioprowler plan --service s3 iam
      aioprowler plan --organization --exclude-ou sandbox --region eu-west-1
    """
    from aioprowler.accounts.operations import ENTRY_OPERATIONS
    from aioprowler.aws.quotas import QuotaTable
    from aioprowler.scanning import ScanOptions
    from aioprowler.scanning import plan as plan_of
    from aioprowler.scanning.estimate import estimate

    running = Running(api_budget=api_budget, quotas_file=quotas_file)
    running.validate()
    regions, table = _regions(access), QuotaTable(running.quotas())
    scanned = plan_of(ScanOptions(**selection.for_scan()), selection.catalog())
    found = estimate(scanned, accounts=_accounts(access), regions=regions, budget=api_budget, table=table)
    rows: list[Row] = [(str(operation), "account", operation.action) for operation in ENTRY_OPERATIONS]
    entered = {name for name, *_ in rows}
    planned = [op for op in scanned.operations if str(op.operation) not in entered]
    rows += [(str(op.operation), op.per, op.operation.action) for op in planned]
    if as_json:
        print_json([{"operation": name, "per": per, "action": action} for name, per, action in rows])
        return
    print_table(("OPERATION", "ONCE PER", "IAM ACTION"), rows)
    print(_scale(found, len(scanned.checks), len(rows), api_budget))


def _scale(found: Estimate, checks: int, operations: int, share: float) -> str:
    return _SCALE.format(
        checks=counted(checks, "check"),
        operations=counted(operations, "operation"),
        once=counted(found.calls_of_account, "call"),
        again=found.calls_of_region,
        each=found.calls_of_account + found.regions * found.calls_of_region,
        regions=counted(found.regions, "region"),
        accounts=counted(found.accounts, "account"),
        calls=counted(found.calls, "call"),
        share=share,
        time=duration(found.seconds),
    )


def _regions(access: Access) -> int:
    """How many are scanned in each account. Raises UsageError."""
    from aioprowler.aws.partitions import always_enabled, require_regions

    excluded = {*access.unwanted_regions}
    require_regions([*(access.regions or ()), *excluded])
    return len({*(access.regions or always_enabled("aws"))} - excluded)


def _accounts(access: Access) -> int:
    """How many are scanned. Asks AWS for those of an organization. Raises UsageError and EntryError."""
    import anyio

    from aioprowler.cli.credentials import whom
    from aioprowler.scanning.estimate import accounts_listed

    who = whom(access)
    if "organization" in who:
        return anyio.run(accounts_listed, who["credentials"][0], who["organization"], access.chosen)
    return len(who["members"] if "members" in who else who["credentials"])
