"""What `aioprowler plan` says that an account with nothing in it costs is what a scan of one asks."""

from __future__ import annotations

from collections import Counter

import pytest

from aioprowler import Account
from aioprowler.accounts.operations import ENTRY_OPERATIONS
from aioprowler.catalog import installed
from aioprowler.cli.app import run
from aioprowler.declarations.graph import source_of
from aioprowler.declarations.sources import Function
from aioprowler.engine.empty import calls_of_nothing
from aioprowler.engine.plan import make_plan
from tests.worlds.world import World, findings_of

PLAN = make_plan(tuple(installed()), {"scan_unused_services": False})


def asked(*regions: str) -> Counter[str]:
    world = World({"shield:GetSubscriptionState": {"SubscriptionState": "INACTIVE"}})
    findings_of(world, accounts=(Account(id="123456789012", default_region=regions[0], regions=regions),))
    return world.calls


def counted() -> Counter[tuple[str, str]]:
    """Operation and `account` or `region` -> calls, from scans of one region and of two."""
    one, two = asked("us-east-1"), asked("us-east-1", "eu-west-1")
    found: Counter[tuple[str, str]] = Counter()
    for name in two:
        found[name, "region"] = two[name] - one[name]
        found[name, "account"] = 2 * one[name] - two[name]
    return +found


def of_functions() -> set[str]:
    """Operations of functions, which may call them more than once, and in one region more often than in another."""
    kinds = [*PLAN.subjects, *PLAN.retained]
    kinds += [parameter.type for subject in PLAN.subjects.values() for parameter in subject.shared]
    sources = [source_of(kind) for kind in kinds]
    return {str(each) for source in sources if isinstance(source, Function) for each in source.operations}


def test_each_call_is_told_that_a_scan_makes() -> None:
    told = Counter((str(each.operation), each.per) for each in calls_of_nothing(PLAN))
    made = counted()
    functions = of_functions()
    assert told.keys() <= made.keys()
    assert {name for name, _ in made.keys() - told.keys()} <= functions
    exact = {key for key in told if key[0] not in functions}
    assert len(exact) > 30
    assert {key: told[key] for key in exact} == {key: made[key] for key in exact}
    assert not [key for key in told.keys() - exact if told[key] > made[key]]


def test_the_command_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = calls_of_nothing(PLAN)
    once = sum(each.per == "account" for each in found) + len(ENTRY_OPERATIONS)
    again = sum(each.per == "region" for each in found)
    assert run(["plan"]) == 0
    told = f"An account with nothing in it costs at least {once} calls, and {again} more in each region"
    assert told in capsys.readouterr().out


def test_one_check_costs_one_listing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--check", "vpc_flow_logs_enabled"]) == 0
    assert "costs at least 2 calls, and 1 more in each region: 19 with 17 regions." in capsys.readouterr().out
