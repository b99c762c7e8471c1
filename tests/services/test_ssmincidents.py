from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Pass
from aioprowler.aws.errors import NotInRegionError
from aioprowler.services.ssmincidents.checks import ssmincidents_enabled_with_plans
from aioprowler.services.ssmincidents.resources import ReplicationSet
from tests.worlds.world import World, denied, error, findings_of

ACCOUNT = Account(id="123456789012")
ARN = "arn:aws:ssm-incidents::123456789012:replication-set/1"
CHECK = ssmincidents_enabled_with_plans.id
LIST, GET, PLANS = (
    f"ssm-incidents:{each}" for each in ("ListReplicationSets", "GetReplicationSet", "ListResponsePlans")
)


@pytest.mark.parametrize(
    ("status", "plans", "verdict"), [("ACTIVE", 1, Pass), ("ACTIVE", 0, Fail), ("CREATING", 0, Fail), ("NEW", 1, Fail)]
)
def test_sets(status: str, plans: int, verdict: type) -> None:
    found = ssmincidents_enabled_with_plans(ACCOUNT, ReplicationSet(arn=ARN, status=status, plans=plans))
    assert isinstance(found, verdict)
    assert ARN in found.detail


def test_no_set() -> None:
    assert isinstance(ssmincidents_enabled_with_plans(ACCOUNT, None), Fail)


def not_here() -> Exception:
    return NotInRegionError(service="ssm-incidents", region="us-east-1")


def world(**replies: Any) -> World:
    active = {"replicationSet": {"arn": ARN, "status": "ACTIVE"}}
    return World(
        {
            LIST: {"replicationSetArns": [ARN]},
            (GET, "us-east-1"): error("ResourceNotFoundException"),
            (GET, "eu-west-1"): active,
            (PLANS, "eu-west-1"): {"responsePlanSummaries": [{"arn": "plan", "name": "plan"}]},
            **replies,
        }
    )


def test_the_set_is_asked_for_where_it_is_and_so_are_its_plans() -> None:
    asked = world()
    (found,) = findings_of(asked, CHECK)
    assert (found.status, found.resource_id, found.resource_arn) == ("PASS", ACCOUNT.id, ARN)
    assert [(region, name) for _, region, name, _ in asked.params] == [
        ("us-east-1", LIST), ("us-east-1", GET), ("eu-west-1", GET), ("eu-west-1", PLANS)
    ]  # fmt: skip


def test_a_region_that_lacks_the_service_is_passed_over() -> None:
    replies: dict[Any, Any] = {(LIST, "us-east-1"): not_here(), (GET, "us-east-1"): not_here()}
    asked = world()
    asked.replies |= replies
    (found,) = findings_of(asked, CHECK)
    assert found.status == "PASS"


def test_where_no_region_has_it_nothing_is_said_and_a_denial_is_manual() -> None:
    assert findings_of(World({LIST: not_here()}), CHECK) == []
    (found,) = findings_of(World({LIST: denied()}), CHECK)
    assert found.status == "MANUAL"
    (found,) = findings_of(World({LIST: {"replicationSetArns": [ARN]}, GET: denied()}), CHECK)
    assert found.status == "MANUAL"
    assert "ssm-incidents:GetReplicationSet" in found.status_detail


def test_a_set_that_is_listed_and_of_which_no_region_tells_is_manual() -> None:
    replies = {LIST: {"replicationSetArns": [ARN]}, GET: error("ResourceNotFoundException")}
    (found,) = findings_of(World(replies), CHECK)
    assert found.status == "MANUAL"
    assert "ssm-incidents:GetReplicationSet" in found.status_detail
