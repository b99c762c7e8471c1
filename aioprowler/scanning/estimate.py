"""What a scan takes at least, before it is made: calls, and the time for which AWS's quotas hold them up."""

from __future__ import annotations

import math

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
    regions: int
    """Of each account."""
    calls_of_account: int
    """Once per account, wherever."""
    calls_of_region: int
    seconds_of_account: float
    """How long the quotas hold up an account's calls; the time in which AWS answers is not in it."""
    calls: int
    """Of all accounts."""
    seconds: float
    """Likewise, with as many accounts at a time as a scan has."""


def estimate(plan: Plan, *, accounts: int, regions: int, budget: float, table: QuotaTable) -> Estimate:
    """Pure. `budget` is the share of the quotas that the scan may use."""
    calls = [*(PlannedOperation(each, "account") for each in ENTRY_OPERATIONS), *calls_of_nothing(plan)]
    again = sum(each.per == "region" for each in calls)
    once = len(calls) - again
    held = _held_up(calls, regions, Throttle(budget, table, clock=lambda: 0.0))
    return Estimate(
        accounts=accounts,
        regions=regions,
        calls_of_account=once,
        calls_of_region=again,
        seconds_of_account=held,
        calls=accounts * (once + regions * again),
        seconds=held * math.ceil(accounts / ScanOptions().accounts_in_flight),
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
