"""`aioprowler plan`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from aioprowler.cli.options import (
    ALL_OUTPUT,
    AT_HALF_SPEED,
    BY_DEFAULT,
    OWN_ACCOUNT,
    SELECT_ALL,
    Access,
    AsJson,
    Budget,
    Judging,
    OptionsFile,
    Quotas,
    Running,
    Selecting,
)
from aioprowler.cli.streams import complain
from aioprowler.cli.tables import counted, duration, print_json, print_table

if TYPE_CHECKING:
    from aioprowler.scanning import Prepared
    from aioprowler.scanning.estimate import Estimate

Row = tuple[str, str, str]

_SCALE: Final = """\

{operations}, called by {checks}.
Once per account, per enabled region of each account, or per resource of that type; "100 x T" asks for up to 100
resources at once. Listings are asked for page by page: one more call per page.
An account with nothing in it costs at least {once}, and {again:,} more in each region{each}.
{accounts}: at least {calls}. AWS's quotas, of which the scan takes {share:g}, hold them up for {time} at least.
What is in the accounts, and the time in which AWS answers, come on top.
`aioprowler permissions`, with the same choice of checks, prints the IAM policy that allows exactly these."""


def plan(
    selection: Selecting = SELECT_ALL,
    access: Access = OWN_ACCOUNT,
    judging: Judging = BY_DEFAULT,
    *,
    api_budget: Budget = AT_HALF_SPEED.api_budget,
    quotas_file: Quotas = None,
    options_file: OptionsFile = None,  # noqa: ARG001 - is read before the command is called
    as_json: AsJson = False,
) -> None:
    """Show which AWS operations a scan calls, and how often.

    It takes what `scan` takes, by options, variables and aioprowler.toml. With the regions and with whose accounts are
    scanned, it also tells how many calls and how much time that is at least. Asks AWS nothing, but for the accounts of
    an --organization, and for a mutelist in S3 or DynamoDB; no account is entered. Where no regions are chosen, an
    account counts with the 17 that each one has.

    Examples:
      aioprowler plan --service s3 iam
      aioprowler plan --organization --exclude-ou sandbox --region eu-west-1
    """
    from aioprowler.accounts.operations import ENTRY_OPERATIONS
    from aioprowler.cli.credentials import whom
    from aioprowler.cli.scan import options_of, prepared_by
    from aioprowler.scanning.estimate import estimate

    running = Running(api_budget=api_budget, quotas_file=quotas_file)
    running.validate()
    prepared = prepared_by(options_of(selection, access, judging, ALL_OUTPUT, running), judging)
    prepared = prepared.entered_by(**whom(access if access.organization else access.without_mfa))
    for note in prepared.notes():
        complain(note)
    scanned = prepared.plan
    found = estimate(scanned, _regions(prepared, access), budget=api_budget, table=prepared.quotas)
    rows: list[Row] = [(str(operation), "account", operation.action) for operation in ENTRY_OPERATIONS]
    entered = {name for name, *_ in rows}
    planned = [op for op in scanned.operations if str(op.operation) not in entered]
    rows += [(str(op.operation), op.per, op.operation.action) for op in planned]
    if as_json:
        print_json(_for_programs(rows, found))
        return
    print_table(("OPERATION", "ONCE PER", "IAM ACTION"), rows)
    print(_scale(found, len(scanned.checks), len(rows), api_budget))


def _for_programs(rows: Sequence[Row], found: Estimate) -> dict[str, Any]:
    from msgspec import to_builtins

    operations = [{"operation": name, "per": per, "action": action} for name, per, action in rows]
    return {"operations": operations, "estimate": to_builtins(found)}


def _scale(found: Estimate, checks: int, operations: int, share: float) -> str:
    return _SCALE.format(
        checks=counted(checks, "check"),
        operations=counted(operations, "operation"),
        once=counted(found.calls_of_account, "call"),
        again=found.calls_of_region,
        each=": " + ", ".join(each) if (each := [*_each(found)]) else "",
        accounts=counted(found.accounts, "account"),
        calls=counted(found.calls, "call"),
        share=share,
        time=duration(found.seconds),
    )


def _each(found: Estimate) -> Iterator[str]:
    """The calls of an account with the fewest regions, and with the most."""
    for many in dict.fromkeys((*found.regions[:1], *found.regions[-1:])):
        calls = found.calls_of_account + many * found.calls_of_region
        yield f"{calls:,} with {counted(many, 'region')}"


def _regions(prepared: Prepared, access: Access) -> list[int]:
    """How many are scanned in each account. Asks AWS for those of an organization. Raises EntryError."""
    import anyio

    from aioprowler.aws.partitions import always_enabled
    from aioprowler.scanning.estimate import accounts_listed

    options = prepared.options
    excluded = {*options.excluded_regions}
    chosen = {*(options.regions or always_enabled("aws"))} - excluded
    if options.organization is not None:
        return [len(chosen)] * anyio.run(accounts_listed, options.credentials[0], options.organization, access.chosen)
    if options.members is None:
        return [len(chosen)] * len(options.credentials)
    enabled = ({*(each.account.regions or chosen)} - excluded for each in options.members)
    return [len(each & chosen if options.regions else each) for each in enabled]
