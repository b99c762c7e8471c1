"""Deny each operation in turn, over all checks: never PASS, never FAIL from missing data, never silence."""

from __future__ import annotations

import anyio
import pytest

from aioprowler import Finding, ScanOptions, scan
from aioprowler.accounts.operations import ENTRY_OPERATIONS
from aioprowler.catalog import installed
from aioprowler.declarations.sources import Operation
from aioprowler.engine.plan import make_plan
from tests.worlds.recorded import Recording
from tests.worlds.world import NOW, TOOLS, denied

OPERATIONS = sorted({each.operation for each in make_plan(installed(), {}).operations})
ABOUT = {
    operation: [
        check.id for check in installed() if operation in {o.operation for o in make_plan([check], {}).operations}
    ]
    for operation in OPERATIONS
}


def scanned(recording: Recording, checks: list[str]) -> list[Finding]:
    async def run() -> list[Finding]:
        options = ScanOptions(checks=checks, accounts=recording.accounts, now=NOW)
        return [finding async for finding in scan(options, aws=recording, tools=TOOLS)]

    return anyio.run(run)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_denied_operation_is_manual(recording: Recording, operation: Operation) -> None:
    checks = ABOUT[operation]
    recording.refused.clear()
    recording.calls.clear()
    before = {(f.check_id, f.uid): f for f in scanned(recording, checks)}
    asked = recording.calls[str(operation)]
    recording.refused[str(operation)] = denied(operation.action)
    after = {(f.check_id, f.uid): f for f in scanned(recording, checks)}

    for key, finding in after.items():
        if finding.status != "MANUAL":
            assert before[key].status == finding.status, f"{finding.check_id} judged what it could not see"
    for check in checks:
        manual = [f for f in after.values() if f.check_id == check and f.status == "MANUAL"]
        if asked and _is_asked_for(recording, check, operation):
            assert manual, f"{check} is silent about {operation}"
            assert _manual(before, check) or any(operation.action in f.status_detail for f in manual)
        gone = {(f.account_id, f.region) for key, f in before.items() if f.check_id == check and key not in after}
        assert gone <= {(f.account_id, f.region) for f in manual} | _homes(manual), f"{check} lost findings silently"


def _manual(before: dict[tuple[str, str], Finding], check: str) -> bool:
    """Whether another operation, which the embedded AWS lacks, hides this one."""
    return any(f.check_id == check and f.status == "MANUAL" for f in before.values())


def _is_asked_for(recording: Recording, check: str, operation: Operation) -> bool:
    """Whether the check, by itself, comes to make the call in this world (a gate may be shut everywhere)."""
    recording.calls.clear()
    scanned(recording, [check])
    return recording.calls[str(operation)] > 0


def _homes(manual: list[Finding]) -> set[tuple[str, str]]:
    """A global listing that fails is reported in the account's default region, for all regions."""
    return {(f.account_id, region) for f in manual if f.region == "us-east-1" for region in ("us-east-1", "eu-west-1")}


def test_with_everything_denied_every_check_says_so(recording: Recording) -> None:
    recording.refused.clear()
    recording.refused.update({str(operation): denied(operation.action) for operation in OPERATIONS})
    found = scanned(recording, list(installed().checks))
    assert {f.status for f in found} == {"MANUAL"}
    assert {f.check_id for f in found} == set(installed().checks)
    recording.refused.clear()


def test_a_scan_makes_only_the_calls_that_its_plan_lists(recording: Recording) -> None:
    recording.refused.clear()
    for check in installed():
        recording.calls.clear()
        scanned(recording, [check.id])
        planned = {str(each.operation) for each in make_plan([check], {}).operations}
        assert set(recording.calls) <= planned, check.id


def test_one_check_costs_one_check(recording: Recording) -> None:
    recording.refused.clear()
    recording.calls.clear()
    scanned(recording, ["s3_bucket_object_versioning"])
    assert set(recording.calls) == {"s3:ListBuckets", "s3:GetBucketLocation", "s3:GetBucketVersioning"}
    assert not set(map(str, ENTRY_OPERATIONS)) & set(recording.calls)
