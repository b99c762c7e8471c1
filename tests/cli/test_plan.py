"""What a scan takes at least: calls, and the time for which the quotas hold them up."""

from __future__ import annotations

import re
from typing import Any

import pytest

from aioprowler.aws.quotas import QuotaTable
from aioprowler.catalog import Selection, installed
from aioprowler.engine.plan import Plan, make_plan
from aioprowler.scanning.estimate import Estimate, estimate
from tests.cli.conftest import Here


def plan_of(*checks: str) -> Plan:
    return make_plan(installed().select(Selection(checks=checks)), {})


def estimated(plan: Plan, **given: Any) -> Estimate:
    values: dict[str, Any] = {"accounts": 1, "regions": 1, "budget": 0.5, "table": QuotaTable()}
    return estimate(plan, **values | given)


def test_calls_grow_with_regions_and_accounts() -> None:
    plan = plan_of("rds_instance_storage_encrypted", "iam_avoid_root_usage")
    one, many = estimated(plan), estimated(plan, accounts=100, regions=3)
    assert many.calls_of_region == one.calls_of_region == 1
    assert many.calls == 100 * (one.calls_of_account + 3)


def test_quotas_hold_up_what_they_do_not_let_through_at_once() -> None:
    everything = make_plan(tuple(installed()), {})
    half, whole = (estimated(everything, regions=17, budget=share).seconds for share in (0.5, 1.0))
    assert half > whole > 0
    slow = QuotaTable({"ec2:*": {"rate": 0.1, "capacity": 1}})
    assert estimated(everything, table=slow).seconds >= 10


def test_accounts_wait_for_those_before_them() -> None:
    everything = make_plan(tuple(installed()), {})
    assert estimated(everything, accounts=33).seconds == 2 * estimated(everything, accounts=32).seconds


def told(here: Here, *options: str) -> str:
    done = here("plan", "--service", "s3", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_chosen_regions_and_accounts_are_counted(here: Here) -> None:
    assert "with 17 regions." in told(here)
    text = told(here, "--region", "eu-west-1", "eu-west-2", "eu-west-3", "--excluded-region", "eu-west-3")
    assert "with 2 regions." in text
    role = "arn:aws:iam::222222222222:role/audit"
    assert re.search(r"^2 accounts: at least \d+ calls. .* takes 0.25,", told(
        here, "--role", role, role.replace("2", "3"), "--api-budget", "0.25"
    ), re.MULTILINE)  # fmt: skip


@pytest.mark.parametrize(
    ("option", "hint"),
    [("--region nowhere", "There is no region"), ("--api-budget 2", "at most 1"), ("--ou x", "add --organization")],
)
def test_mistakes(option: str, hint: str, here: Here) -> None:
    done = here("plan", *option.split())
    assert done.returncode == 2
    assert hint in done.stderr
