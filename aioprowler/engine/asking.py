"""A value of an account that is not scanned for it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from aioprowler.aws.api import Boundary
from aioprowler.declarations.account import Account
from aioprowler.declarations.parameters import NOW
from aioprowler.engine.overrides import Configuration
from aioprowler.engine.plan import Plan
from aioprowler.engine.shelf import Shelf
from aioprowler.engine.supply import Limits, Scene, Supply
from aioprowler.engine.values import Tasks


async def value_of(
    kind: Any, account: Account, aws: Boundary, now: datetime.datetime, plan: Plan, tools: Mapping[type, Any]
) -> Any:
    """A facet of an account that reads no listings of resources; a Failure where it cannot be had. `plan`: whose
    configuration holds.
    """
    configuration = Configuration(plan.settings, plan.overrides, account)
    scene = Scene(account, aws, tools, Limits(), {Account: account, NOW: now}, configuration)
    async with Tasks() as tasks:
        supply = Supply(scene, Shelf(account, account.scanned_regions, _refuse), tasks)
        return await supply.make(kind, scene.values(account.default_region), account.default_region)


def _refuse(key: Any, _listed: Any) -> None:
    raise TypeError(f"it reads all of {key[0].__name__}, which only the scan of an account lists")
