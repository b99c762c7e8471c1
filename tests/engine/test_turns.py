"""Judging lets the event loop go between any two things that it judges, once it has held it for long enough."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from aioprowler import Account, All, Check, Pass, Resource, Verdict, check, listing
from aioprowler.engine.values import Turn
from tests.engine.harness import run
from tests.worlds.world import World

MANY = 20


class Thing(Resource, id="name", arn="arn:{partition}:ec2:{region}:{account_id}:thing/{name}"):
    """Listed, and judged without a further call."""

    source = listing("ec2", "DescribeVpcs", "Vpcs")
    name: str


class Turns:
    """How often others have had the loop, and how often they had had it when something was judged."""

    def __init__(self) -> None:
        self.taken = 0
        self.judged: list[int] = []

    async def take(self) -> None:
        while True:
            self.taken += 1
            await asyncio.sleep(0)


TURNS = Turns()


@check(fails="x", severity="low", resource_type="Other", resource_group="security")
def one_check(thing: Thing) -> Verdict:
    TURNS.judged.append(TURNS.taken)
    return Pass(thing.name)


@check(fails="x", severity="low", resource_type="Other", resource_group="security")
def other_check(thing: Thing) -> Verdict:
    TURNS.judged.append(TURNS.taken)
    return Pass(thing.name)


@check(fails="x", severity="low", resource_type="Other", resource_group="security")
def account_check(account: Account, things: All[Thing]) -> Iterator[Verdict]:
    for thing in things:
        TURNS.judged.append(TURNS.taken)
        yield Pass(account.id, resource_id=thing.name)


@pytest.mark.parametrize("checks", [(one_check, other_check), (account_check,)])
def test_whoever_judges_many_things_lets_others_have_their_turn(
    monkeypatch: pytest.MonkeyPatch, checks: tuple[Check[Any, Any], ...]
) -> None:
    """Every time, where no time is short enough: so that it is no matter how fast the machine is."""
    monkeypatch.setattr(Turn, "LONG", -1.0)
    monkeypatch.setitem(globals(), "TURNS", Turns())
    begun: list[asyncio.Task[None]] = []

    def answer(*_: object) -> dict[str, object]:
        if not begun:
            begun.append(asyncio.ensure_future(TURNS.take()))
        return {"Vpcs": [{"Name": f"thing-{number}"} for number in range(MANY)]}

    account = Account(id="123456789012", default_region="eu-west-1", regions=("eu-west-1",))
    found = run(World({"ec2:DescribeVpcs": answer}), *checks, account=account)
    assert len(found) == len(TURNS.judged) >= MANY
    assert TURNS.judged == sorted(set(TURNS.judged))
