"""What a scan takes at least, before it is made: calls, and the time for which AWS's quotas hold them up."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from aioprowler.accounts.credentials import CredentialSource
from aioprowler.accounts.entry import count_accounts
from aioprowler.accounts.operations import ENTRY_OPERATIONS, ORGANIZATION_OPERATIONS
from aioprowler.accounts.organization import Organization
from aioprowler.aws.api import Boundary
from aioprowler.aws.homes import Chosen
from aioprowler.aws.quotas import QuotaTable
from aioprowler.aws.throttle import Throttle
from aioprowler.engine.empty import calls_of_nothing
from aioprowler.engine.plan import Plan, PlannedOperation
from aioprowler.scanning.options import ScanOptions
from aioprowler.scanning.progress import Progress


class Estimate(Struct, frozen=True, kw_only=True):
    """Of accounts with nothing in them: whatever they have comes on top."""

    accounts: int
    regions: tuple[int, ...]
    """Of an account: each number that there is, the smallest first."""
    calls_of_account: int
    """Once per account, wherever."""
    calls_of_region: int
    calls: int
    """Of all accounts."""
    seconds: float
    """How long the quotas hold up the calls, with as many accounts at a time as a scan has; the time in which AWS
    answers is not in it.
    """


def estimate(plan: Plan, regions: Sequence[int], *, budget: float, table: QuotaTable) -> Estimate:
    """Pure. `regions`: how many are scanned, of each account. `budget`: the share of each quota that a scan takes."""
    calls = [*(PlannedOperation(each, "account") for each in ENTRY_OPERATIONS), *calls_of_nothing(plan)]
    again = sum(each.per == "region" for each in calls)
    once = len(calls) - again
    held = {many: _held_up(calls, many, Throttle(budget, table, clock=lambda: 0.0)) for many in {*regions}}
    together = ScanOptions().accounts_in_flight
    return Estimate(
        accounts=len(regions),
        regions=tuple(sorted(held)),
        calls_of_account=once,
        calls_of_region=again,
        calls=len(regions) * once + sum(regions) * again,
        seconds=sum(held[max(regions[at : at + together])] for at in range(0, len(regions), together)),
    )


def _held_up(calls: list[PlannedOperation], regions: int, throttle: Throttle) -> float:
    """Seconds until the last of an account's calls may be made, had it asked for all of them at once."""
    waits = [0.0]
    for each in calls:
        for region in range(regions if each.per == "region" else 1):
            lane = throttle.lane("", str(region), each.operation.service, each.operation.name)
            waits.append(lane.bucket.take(0.0))
    return max(waits)


async def accounts_listed(source: CredentialSource, wanted: Organization, chosen: Chosen) -> int:
    """How many accounts of the organization a scan would enter. Asks AWS. Raises EntryError."""
    from aioprowler.aws.gateway import Gateway

    async with Gateway(operations=[*ENTRY_OPERATIONS, *ORGANIZATION_OPERATIONS]) as gateway:
        aws = Boundary(gateway, Progress().calls, deadline=None)
        return await count_accounts(aws, gateway, source, wanted, chosen)
