"""Runs declared checks on a fake account, without a catalog."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import anyio

from aioprowler import Account, Check, Finding
from aioprowler.aws.api import Boundary
from aioprowler.engine.account import AccountScan
from aioprowler.engine.judge import timestamp
from aioprowler.engine.plan import make_plan
from aioprowler.engine.supply import Limits
from tests.worlds.world import ACCOUNT, NOW, World

DOCUMENTED = """A good state.

Why.

## Risk
It breaks.

## Remediation
`aws mend it`.
"""


def run(
    world: World,
    *checks: Check[Any, Any],
    account: Account = ACCOUNT,
    config: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    batches: list[list[Finding]] | None = None,
) -> list[tuple[str, str, str, str]]:
    """(check, region, resource id, status) of every finding, sorted."""
    return sorted(
        (f.check_id, f.region, f.resource_id, f.status)
        for f in findings(world, *checks, account=account, config=config, limits=limits, batches=batches)
    )


def document(*checks: Check[Any, Any]) -> None:
    """Give those without texts some, so that they can be planned."""
    for check in checks:
        check.function.__doc__ = inspect.cleandoc(check.function.__doc__ or DOCUMENTED)


def findings(
    world: World,
    *checks: Check[Any, Any],
    account: Account = ACCOUNT,
    config: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    batches: list[list[Finding]] | None = None,
) -> list[Finding]:
    received: list[list[Finding]] = [] if batches is None else batches
    document(*checks)

    async def scan() -> None:
        async def emit(batch: list[Finding]) -> None:
            received.append(batch)

        plan = make_plan(checks, config or {})
        await AccountScan(plan, account, Boundary(world), NOW, timestamp(NOW), emit, limits or Limits(), {}).run()

    anyio.run(scan)
    return [finding for batch in received for finding in batch]
