from __future__ import annotations

import pytest

from aioprowler import Account, Fail, Manual, Pass
from aioprowler.services.trustedadvisor.checks import (
    trustedadvisor_errors_and_warnings,
    trustedadvisor_premium_support_plan_subscribed,
)
from aioprowler.services.trustedadvisor.resources import AdvisorCheck, SupportPlan
from tests.worlds.world import World, error, findings_of

ACCOUNT = Account(id="123456789012")
PLAN = SupportPlan(checks=())


@pytest.mark.parametrize(
    ("status", "verdicts"),
    [("ok", [Pass]), ("warning", [Fail]), ("error", [Fail]), ("not_available", []), ("new", [Manual])],
)
def test_each_check_by_its_status(status: str, verdicts: list[type]) -> None:
    checked = AdvisorCheck(check_id="c1", name="Open ports", status=status)
    found = list(trustedadvisor_errors_and_warnings(ACCOUNT, PLAN, (checked,)))
    assert [type(each) for each in found] == verdicts
    assert all(each.resource is checked and "Open ports" in each.detail for each in found)


def test_without_a_plan_a_person_must_look() -> None:
    (found,) = trustedadvisor_errors_and_warnings(ACCOUNT, None, ())
    assert isinstance(found, Manual)


def test_plans() -> None:
    check = trustedadvisor_premium_support_plan_subscribed
    assert isinstance(check(ACCOUNT, PLAN), Pass)
    assert isinstance(check(ACCOUNT, None), Fail)
    assert check(ACCOUNT, None, verify_premium_support_plans=False) is None


CHECKS = (trustedadvisor_errors_and_warnings.id, trustedadvisor_premium_support_plan_subscribed.id)
LISTED = {
    "support:DescribeTrustedAdvisorChecks": {"checks": [{"id": f"c{n}", "name": f"Check {n}"} for n in range(250)]}
}


def test_checks_are_asked_about_together_and_those_that_aws_gave_up_are_left_out() -> None:
    def summaries(_account: Account, _region: str, params: dict[str, list[str]]) -> object:
        if "c7" in params["checkIds"]:
            return error("InvalidParameterValueException", "Invalid checkId")
        return {"summaries": [{"checkId": each, "status": "ok"} for each in params["checkIds"]]}

    world = World({**LISTED, "support:DescribeTrustedAdvisorCheckSummaries": summaries})
    found = findings_of(world, CHECKS[0])
    assert len(found) == 249
    assert "c7" not in {each.resource_id for each in found}
    assert {each.status for each in found} == {"PASS"}
    assert world.calls["support:DescribeTrustedAdvisorChecks"] == 1
    assert world.calls["support:DescribeTrustedAdvisorCheckSummaries"] < 20
    assert {region for _, region, *_ in world.params} == {"us-east-1"}


def test_of_a_check_of_which_aws_tells_nothing_a_person_must_look_and_the_others_are_judged() -> None:
    told = {"summaries": [{"checkId": "c0"}, {"checkId": "c1", "status": "ok"}]}
    listed = {"checks": [{"id": f"c{n}", "name": f"Check {n}"} for n in range(3)]}
    world = World(
        {"support:DescribeTrustedAdvisorChecks": listed, "support:DescribeTrustedAdvisorCheckSummaries": told}
    )
    found = {each.resource_id: each.status for each in findings_of(world, CHECKS[0])}
    assert found == {"c0": "MANUAL", "c1": "PASS", "c2": "MANUAL"}


@pytest.mark.parametrize(
    ("answer", "statuses"),
    [
        (error("SubscriptionRequiredException", "Premium Support Subscription is required"), ["MANUAL", "FAIL"]),
        (error("AccessDeniedException", "User is not authorized", 403), ["MANUAL", "MANUAL"]),
    ],
)
def test_no_plan_is_a_fact_and_a_denial_is_none(answer: Exception, statuses: list[str]) -> None:
    found = findings_of(World({"support:DescribeTrustedAdvisorChecks": answer}), *CHECKS)
    assert [each.status for each in found] == statuses
