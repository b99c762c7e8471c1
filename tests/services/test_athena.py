from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.athena.checks import (
    athena_workgroup_encryption,
    athena_workgroup_enforce_configuration,
    athena_workgroup_logging_enabled,
)
from aioprowler.services.athena.resources import (
    ManagedResults,
    ResultEncryption,
    Results,
    WorkGroup,
    WorkGroupSettings,
)
from tests.services.made import made
from tests.worlds.world import World, denied, error, findings_of, verdicts

HOME = "us-east-1"
GROUP = made(WorkGroup, name="primary")
ENFORCED = "athena_workgroup_enforce_configuration"


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, Fail),
        ({"results": Results(ResultEncryption("SSE_S3"))}, Pass),
        ({"results": Results(ResultEncryption("SSE_KMS"))}, Pass),
        ({"results": Results(ResultEncryption("CSE_KMS"))}, Pass),
        ({"results": Results(ResultEncryption("QUANTUM"))}, Manual),
        ({"managed": ManagedResults(enabled=True)}, Pass),
    ],
)
def test_encryption(facts: dict[str, Any], verdict: type) -> None:
    assert isinstance(athena_workgroup_encryption(GROUP, WorkGroupSettings(**facts)), verdict)


def test_an_option_that_is_not_told_is_no_verdict() -> None:
    with pytest.raises(UnreadableError):
        athena_workgroup_encryption(GROUP, WorkGroupSettings(results=Results(ResultEncryption())))


@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_switches(on: bool, verdict: type) -> None:
    assert isinstance(athena_workgroup_enforce_configuration(GROUP, WorkGroupSettings(enforced=on)), verdict)
    assert isinstance(athena_workgroup_logging_enabled(GROUP, WorkGroupSettings(publishes_metrics=on)), verdict)


def world() -> World:
    groups = [
        {"Name": "used", "State": "ENABLED"},
        {"Name": "unused", "State": "ENABLED"},
        {"Name": "disabled", "State": "DISABLED"},
    ]

    def queries(account: Account, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        return {"QueryExecutionIds": ["a"] if asked["WorkGroup"] != "unused" else []}

    return World(
        {
            ("athena:ListWorkGroups", HOME): {"WorkGroups": groups},
            "athena:ListQueryExecutions": queries,
            "athena:GetWorkGroup": {"WorkGroup": {"Configuration": {"EnforceWorkGroupConfiguration": True}}},
        }
    )


def test_groups_in_which_queries_run_are_judged_and_no_other_is_asked_about() -> None:
    there = world()
    assert verdicts(there, ENFORCED) == {(ENFORCED, HOME, "used"): "PASS"}
    assert (there.calls["athena:ListQueryExecutions"], there.calls["athena:GetWorkGroup"]) == (2, 1)


def test_with_unused_services_all_are_judged() -> None:
    there = world()
    assert len(verdicts(there, ENFORCED, scan_unused_services=True)) == 3
    assert (there.calls["athena:ListQueryExecutions"], there.calls["athena:GetWorkGroup"]) == (2, 3)


def test_what_was_deleted_meanwhile_and_what_may_not_be_asked() -> None:
    there = world()
    there.replies["athena:GetWorkGroup"] = error("InvalidRequestException", "WorkGroup used is not found.")
    assert not findings_of(there, ENFORCED)
    there.replies["athena:ListQueryExecutions"] = denied("athena:ListQueryExecutions")
    found = findings_of(there, ENFORCED)
    assert {f.resource_id: f.status for f in found} == {"used": "MANUAL", "unused": "MANUAL"}
    assert "athena:ListQueryExecutions" in found[0].status_detail
