"""What a scan takes at least: calls, and the time for which the quotas hold them up."""

from __future__ import annotations

import json
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
    values: dict[str, Any] = {"regions": [1], "budget": 0.5, "table": QuotaTable()}
    return estimate(plan, **values | given)


def test_calls_grow_with_regions_and_accounts() -> None:
    plan = plan_of("rds_instance_storage_encrypted", "iam_avoid_root_usage")
    one, many = estimated(plan), estimated(plan, regions=[3] * 100)
    assert many.calls_of_region == one.calls_of_region == 1
    assert many.calls == 100 * (one.calls_of_account + 3)


def test_quotas_hold_up_what_they_do_not_let_through_at_once() -> None:
    everything = make_plan(tuple(installed()), {})
    half, whole = (estimated(everything, regions=[17], budget=share).seconds for share in (0.5, 1.0))
    assert half > whole > 0
    slow = QuotaTable({"ec2:*": {"rate": 0.1, "capacity": 1}})
    assert estimated(everything, table=slow).seconds >= 10


def test_accounts_wait_for_those_before_them() -> None:
    everything = make_plan(tuple(installed()), {})
    assert estimated(everything, regions=[1] * 33).seconds == 2 * estimated(everything, regions=[1] * 32).seconds
    assert estimated(everything, regions=[1, 17]).seconds == estimated(everything, regions=[17]).seconds


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


def test_accounts_of_a_file_count_with_their_own_regions(here: Here) -> None:
    (here.folder / "accounts.csv").write_text(
        "id,regions\n222222222222,eu-west-1 eu-west-2\n333333333333,\n444444444444,eu-west-1\n"
    )
    text = told(here, "--accounts-file", "accounts.csv")
    assert re.search(r"region: \d+ with 1 region, \d+ with 17 regions\.\n3 accounts: ", text)
    assert "with 1 region.\n" in told(here, "--accounts-file", "accounts.csv", "--region", "eu-west-1")
    assert "with 1 region.\n" in told(here, "--region", "eu-west-1", "--mfa")


def test_programs_have_the_estimate_as_well(here: Here) -> None:
    found = json.loads(told(here, "--region", "eu-west-1", "eu-west-2", "--json"))
    assert {"operation": "sts:GetCallerIdentity", "per": "account", "action": "sts:GetCallerIdentity"} in (
        found["operations"]
    )
    each = found["estimate"]
    assert each["calls"] == each["calls_of_account"] + 2 * each["calls_of_region"] > 0
    assert (each["accounts"], each["regions"]) == (1, [2])


def test_a_plan_follows_what_a_scan_follows(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    (here.folder / "aioprowler.toml").write_text(
        '[scan]\nregion = ["eu-west-1"]\napi-budget = 0.25\nstatus = ["FAIL"]\nconfig-file = "c.yaml"\n'
    )
    (here.folder / "c.yaml").write_text("excluded_checks: [iam_avoid_root_usage]\n")
    monkeypatch.setenv("AIOPROWLER_CHECK", "iam_avoid_root_usage rds_instance_storage_encrypted")
    monkeypatch.setenv("AIOPROWLER_STDOUT", "none")
    done = here("plan")
    assert done.returncode == 0
    assert "called by 1 check." in done.stdout
    assert "with 1 region." in done.stdout
    assert "takes 0.25," in done.stdout
    assert done.stderr == "aioprowler: aioprowler.toml says region, api-budget, config-file.\n"
    assert "takes 0.5," in here("plan", "--api-budget", "0.5").stdout
    monkeypatch.setenv("AIOPROWLER_STDUOT", "none")
    assert "Did you mean AIOPROWLER_STDOUT?" in here("plan").stderr


@pytest.mark.parametrize("command", [("plan",), ("permissions",), ("checks", "list")])
def test_who_asks_for_what_is_not_there_is_told(command: tuple[str, ...], here: Here) -> None:
    done = here(*command, "--service", "s3", "--check", "ec2_imdsv2_enabled")
    assert done.returncode == 0
    assert done.stderr.startswith("aioprowler: There is no check ec2_imdsv2_enabled any more")


@pytest.mark.parametrize(
    ("option", "hint"),
    [("--region nowhere", "There is no region"), ("--api-budget 2", "at most 1"), ("--ou x", "add --organization")],
)
def test_mistakes(option: str, hint: str, here: Here) -> None:
    done = here("plan", *option.split())
    assert done.returncode == 2
    assert hint in done.stderr
