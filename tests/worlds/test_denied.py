"""Each operation is denied in turn to the checks that ask for it: no verdict from missing data, and no silence."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import anyio
import pytest

from aioprowler import Finding, ScanOptions, scan
from aioprowler.accounts.operations import ENTRY_OPERATIONS
from aioprowler.catalog import UNUSED_SERVICES, AnyCheck, installed
from aioprowler.declarations.sources import Operation
from aioprowler.engine.plan import make_plan
from tests.worlds.shaped import OFF, ON, ShapedWorld
from tests.worlds.shaped_values import REGIONS
from tests.worlds.world import NOW, TOOLS, denied

CHECKS = tuple(installed())
CONFIG = {
    key: {bool: True, str: "the-key"}[parameter.type]
    for key, parameter in installed().config_schema.items()
    if parameter.type in (bool, str) and parameter.default in (False, "") and key != UNUSED_SERVICES
}
"""What is off by default, is on."""
PLANNED = {check.id: {each.operation for each in make_plan([check], CONFIG).operations} for check in CHECKS}
ABOUT: dict[Operation, list[str]] = defaultdict(list)
for _check, _operations in PLANNED.items():
    for _operation in _operations:
        ABOUT[_operation].append(_check)
OPERATIONS = sorted(ABOUT)

ACCOUNTS = {each.id: each.name for each in (ON, OFF)}

Key = tuple[str, str]
"""Check and uid."""
WORLD_IS_WRONG = ("an answer that cannot be used", "The check itself failed")


@dataclass(frozen=True)
class Alone:
    """What a check finds and asks, by itself, where nothing is denied."""

    findings: dict[Key, Finding]
    asked: frozenset[tuple[str, str]]
    """Account id and operation."""

    def asked_by(self, operation: Operation) -> set[str]:
        return {account for account, name in self.asked if name == str(operation)}


class Scans:
    """Scans of a world of shapes, of which each check's own is made once."""

    def __init__(self) -> None:
        self.world = ShapedWorld(CHECKS)
        self._alone: dict[str, Alone] = {}

    def __call__(self, *checks: str, refused: dict[str, Exception] | None = None) -> dict[Key, Finding]:
        async def run() -> dict[Key, Finding]:
            options = ScanOptions(checks=checks, accounts=(ON, OFF), now=NOW, config=CONFIG, scan_unused_services=True)
            found = scan(options, aws=self.world, tools=TOOLS)
            return {(each.check_id, each.uid): each async for each in found}

        self.world.refused = refused or {}
        self.world.asked.clear()
        return anyio.run(run)

    def alone(self, check: str) -> Alone:
        if check not in self._alone:
            found = self(check)
            self._alone[check] = Alone(found, frozenset(self.world.asked))
        return self._alone[check]


@pytest.fixture(scope="module")
def scans() -> Scans:
    return Scans()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_has_findings_where_everything_is_on_or_off(scans: Scans, check: AnyCheck) -> None:
    found = scans.alone(check.id).findings.values()
    statuses = {mood.name: {f.status for f in found if f.account_id == mood.id} for mood in (ON, OFF)}
    assert any(statuses.values()), f"{statuses}: what tests/worlds/shaped.py makes up never comes to a verdict"
    wrong = [
        f.status_detail for f in found if f.status == "MANUAL" and any(x in f.status_detail for x in WORLD_IS_WRONG)
    ]
    assert not wrong, "what tests/worlds/shaped.py makes up is not as AWS has it"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_makes_the_calls_that_its_plan_lists_and_no_others(scans: Scans, check: AnyCheck) -> None:
    """All of them, so that none is denied in vain below."""
    assert {name for _, name in scans.alone(check.id).asked} == set(map(str, PLANNED[check.id]))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_denied_operation_is_manual(scans: Scans, operation: Operation) -> None:
    checks = ABOUT[operation]
    before = {check: scans.alone(check) for check in checks}
    after = scans(*checks, refused={str(operation): denied(operation.action)})

    for key, finding in after.items():
        if finding.status != "MANUAL":
            known = before[finding.check_id].findings[key]
            assert known.status == finding.status, f"{finding.check_id} judged what it could not see"
    for check, alone in before.items():
        manual = [f for f in after.values() if f.check_id == check and f.status == "MANUAL"]
        told = {f.account_id for f in manual if operation.action in f.status_detail}
        assert told, f"{check} does not say what it could not see"
        for account in alone.asked_by(operation) - told:
            same = _statuses(alone.findings, check, account) == _statuses(after, check, account)
            assert same, f"{check} does not say what it could not see in the account where all is {ACCOUNTS[account]}"
        gone = {(f.account_id, f.region) for key, f in alone.findings.items() if key not in after}
        assert gone <= {(f.account_id, f.region) for f in manual} | _homes(manual), f"{check} lost findings silently"


def _statuses(findings: dict[Key, Finding], check: str, account: str) -> dict[Key, str]:
    return {k: f.status for k, f in findings.items() if (f.check_id, f.account_id) == (check, account)}


def _homes(manual: list[Finding]) -> set[tuple[str, str]]:
    """A global listing that fails is reported in the account's default region, for all regions."""
    return {(f.account_id, region) for f in manual if f.region == ON.default_region for region in REGIONS}


def test_with_everything_denied_every_check_says_so(scans: Scans) -> None:
    found = scans(*PLANNED, refused={str(operation): denied(operation.action) for operation in OPERATIONS}).values()
    assert {f.status for f in found} == {"MANUAL"}
    assert {(f.check_id, f.account_id) for f in found} == {(check, mood.id) for check in PLANNED for mood in (ON, OFF)}


def test_one_check_costs_one_check(scans: Scans) -> None:
    asked = {name for _, name in scans.alone("s3_bucket_object_versioning").asked}
    assert asked == {"s3:ListBuckets", "s3:GetBucketLocation", "s3:GetBucketVersioning"}
    assert not set(map(str, ENTRY_OPERATIONS)) & asked
