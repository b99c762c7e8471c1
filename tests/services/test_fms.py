from __future__ import annotations

import pytest

from aioprowler import Account, Fail, Pass
from aioprowler.services.fms.checks import fms_policy_compliant
from aioprowler.services.fms.resources import EvaluationResult, FirewallPolicy, MemberCompliance
from tests.worlds.world import World, error, findings_of

ACCOUNT = Account(id="123456789012")
POLICIES = tuple(FirewallPolicy(policy_id=each, arn=f"arn:{each}", name=f"policy {each}") for each in ("p1", "p2"))


def member(number: int, policy: str, *results: str) -> MemberCompliance:
    evaluations = tuple(EvaluationResult(compliance_status=each) for each in results)
    return MemberCompliance(member_account=f"{number:012}", policy_id=policy, evaluation_results=evaluations)


def test_all_comply() -> None:
    (found,) = fms_policy_compliant(ACCOUNT, POLICIES, (member(1, "p1", "COMPLIANT"),))
    assert isinstance(found, Pass)


@pytest.mark.parametrize("results", [["NON_COMPLIANT"], ["COMPLIANT", "NON_COMPLIANT"], [], ["UNDECIDED"]])
def test_each_policy_that_somebody_does_not_comply_with_is_told(results: list[str]) -> None:
    members = (member(1, "p1", "COMPLIANT"), member(2, "p2", *results), member(3, "p2", *results))
    (found,) = fms_policy_compliant(ACCOUNT, POLICIES, members)
    assert isinstance(found, Fail)
    assert found.resource is POLICIES[1]
    assert "000000000002, 000000000003" in found.detail


def test_of_many_accounts_some_are_named() -> None:
    (found,) = fms_policy_compliant(ACCOUNT, POLICIES, tuple(member(n, "p1") for n in range(1000)))
    assert found.detail.endswith("and 995 more accounts.")


def test_an_administrator_without_policies() -> None:
    (found,) = fms_policy_compliant(ACCOUNT, (), ())
    assert isinstance(found, Fail)


@pytest.mark.parametrize(
    ("message", "statuses"),
    [
        ("No default admin could be found for account 123456789012", []),
        ("Operation ListPolicies is only available to AWS Firewall Manager Administrators", []),
        ("User: arn:aws:iam::123456789012:user/admin is not authorized to perform: fms:ListPolicies", ["MANUAL"]),
    ],
)
def test_who_is_no_administrator_is_not_judged(message: str, statuses: list[str]) -> None:
    world = World({"fms:ListPolicies": error("AccessDeniedException", message)})
    assert [each.status for each in findings_of(world, fms_policy_compliant.id)] == statuses


def test_policies_of_other_administrators_are_left_out() -> None:
    policy = {"PolicyId": "p1", "PolicyArn": "arn", "PolicyName": "p", "PolicyStatus": "OUT_OF_ADMIN_SCOPE"}
    world = World({"fms:ListPolicies": {"PolicyList": [policy]}})
    (found,) = findings_of(world, fms_policy_compliant.id)
    assert found.status == "FAIL"
    assert not world.calls["fms:ListComplianceStatus"]
