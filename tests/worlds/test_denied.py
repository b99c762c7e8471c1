"""Each operation is refused in turn to the checks that ask for it: no verdict from missing data, and no silence.

Refused with each error code of AWS's documentation that the engine may tell apart from others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import anyio
import pytest

from aioprowler import Account, Finding, ScanOptions
from aioprowler.accounts.operations import ENTRY_OPERATIONS
from aioprowler.aws.errors import EXPIRED, classify, is_transient
from aioprowler.catalog import UNUSED_SERVICES, AnyCheck, installed
from aioprowler.declarations.sources import Operation
from aioprowler.engine.plan import make_plan
from aioprowler.facts.services import SERVICES, row
from aioprowler.scanning import Prepared, Scan, prepare
from tests.each import of_each
from tests.operations import error_codes
from tests.test_registry import each_check
from tests.worlds.error_codes import CODES
from tests.worlds.shaped import OFF, ON, ShapedWorld
from tests.worlds.shaped_values import REGIONS
from tests.worlds.world import NOW, TOOLS, error

CHECKS = tuple(installed())
CONFIG = {
    key: {bool: True, str: "the-key"}[parameter.type]
    for key, parameter in installed().config_schema.items()
    if parameter.type in (bool, str) and parameter.default in (False, "") and key != UNUSED_SERVICES
} | {"enclave_golden_pcr_values": {"PCR0": ["ab" * 48]}}
"""What is off by default, is on, and what is empty and turns off a check holds something."""
PLANNED = {check.id: {each.operation for each in make_plan([check], CONFIG).operations} for check in CHECKS}
ABOUT: dict[Operation, list[str]] = defaultdict(list)
for _check, _operations in PLANNED.items():
    for _operation in _operations:
        ABOUT[_operation].append(_check)
OPERATIONS = sorted(ABOUT)

ACCOUNTS = {each.id: each.name for each in (ON, OFF)}

DECIDED = {
    ("backup_plans_exist", "backup:ListBackupVaults"),
    ("bedrock_agent_role_not_shared_across_agents", "bedrock-agent:GetAgentVersion"),
    ("bedrock_agent_role_not_shared_across_agents", "bedrock-agent:ListAgentAliases"),
    ("bedrock_vpc_endpoints_configured", "bedrock-agent:ListAgents"),
    ("bedrock_vpc_endpoints_configured", "bedrock:GetModelInvocationLoggingConfiguration"),
    ("bedrock_vpc_endpoints_configured", "bedrock:ListGuardrails"),
    ("cloudfront_distributions_s3_origin_non_existent_bucket", "s3:ListBuckets"),
    ("dms_instance_no_public_access", "ec2:DescribeManagedPrefixLists"),
    ("dms_instance_no_public_access", "ec2:GetManagedPrefixListEntries"),
    ("ec2_confidential_workload_host_public_ip", "ec2:GetManagedPrefixListEntries"),
    ("emr_cluster_publicly_accesible", "ec2:DescribeManagedPrefixLists"),
    ("emr_cluster_publicly_accesible", "ec2:GetManagedPrefixListEntries"),
    ("inspector2_is_enabled", "ec2:DescribeInstances"),
    ("inspector2_is_enabled", "ecr:DescribeRepositories"),
    ("inspector2_is_enabled", "lambda:ListFunctions"),
    ("macie_is_enabled", "s3:GetBucketLocation"),
    ("macie_is_enabled", "s3:ListBuckets"),
    ("rds_instance_no_public_access", "ec2:DescribeManagedPrefixLists"),
    ("rds_instance_no_public_access", "ec2:GetManagedPrefixListEntries"),
    ("redshift_cluster_public_access", "ec2:DescribeManagedPrefixLists"),
    ("redshift_cluster_public_access", "ec2:GetManagedPrefixListEntries"),
}
"""Check and operation whose answer does not matter here: there are backup plans, agents that share a role, and all by
which Bedrock is seen to be used, and a bucket that is asked for by its name need not be listed; where all is on,
Inspector and Macie see all, hosts have global addresses, databases an internet access gateway, nodes a port open to
everybody, and the security groups of warehouses and replication instances have no status; where all is off, there is
none."""

Key = tuple[str, str]
"""Check and uid."""
WORLD_IS_WRONG = ("an answer that cannot be used", " failed itself: ")


@dataclass(frozen=True)
class Alone:
    """What a check finds and asks, by itself, where nothing is denied."""

    findings: dict[Key, Finding]
    asked: frozenset[tuple[str, str]]
    """Account id and operation."""

    def asked_by(self, operation: Operation) -> set[str]:
        return {account for account, name in self.asked if name == str(operation)}


def prepared(checks: Sequence[str], accounts: Sequence[Account]) -> Prepared:
    """From which one scan of these checks after the other may begin."""
    return prepare(ScanOptions(checks=checks, accounts=accounts, now=NOW, config=CONFIG, scan_unused_services=True))


@lru_cache(8)
def on_and_off(*checks: str) -> Prepared:
    return prepared(checks, (ON, OFF))


def findings(begun: Prepared, aws: Any) -> dict[Key, Finding]:
    async def run() -> dict[Key, Finding]:
        scan = Scan(begun, aws=aws, tools=TOOLS)
        return {(each.check_id, each.uid): each async for batch in scan.batches() for each in batch}

    return anyio.run(run, backend_options={"use_uvloop": True})


class Scans:
    """Scans of a world of shapes, of which each check's own is made once."""

    def __init__(self) -> None:
        self.world = ShapedWorld(CHECKS)
        self._alone: dict[str, Alone] = {}

    def __call__(self, *checks: str, refused: dict[str, Exception] | None = None) -> dict[Key, Finding]:
        self.world.refused = refused or {}
        self.world.asked.clear()
        return findings(on_and_off(*checks), self.world)

    def alone(self, check: str) -> Alone:
        if check not in self._alone:
            found = self(check)
            self._alone[check] = Alone(found, frozenset(self.world.asked))
        return self._alone[check]


@pytest.fixture(scope="module")
def scans() -> Scans:
    return Scans()


@each_check
def test_a_check_has_findings_where_everything_is_on_or_off(scans: Scans, check: AnyCheck) -> None:
    found = scans.alone(check.id).findings.values()
    statuses = {mood.name: {f.status for f in found if f.account_id == mood.id} for mood in (ON, OFF)}
    assert any(statuses.values()), f"{statuses}: what tests/worlds/shaped.py makes up never comes to a verdict"
    wrong = [
        f.status_detail for f in found if f.status == "MANUAL" and any(x in f.status_detail for x in WORLD_IS_WRONG)
    ]
    assert not wrong, "what tests/worlds/shaped.py makes up is not as AWS has it"


@each_check
def test_a_check_makes_the_calls_that_its_plan_lists_and_no_others(scans: Scans, check: AnyCheck) -> None:
    """All of them, so that none is denied in vain below."""
    assert {name for _, name in scans.alone(check.id).asked} == set(map(str, PLANNED[check.id]))


def told_apart(code: str) -> Hashable:
    """All by which the engine may treat a code otherwise than another, where no declaration names either."""
    failure = classify(error(code), Operation("ec2", "DescribeVpcs"))
    return failure.kind, is_transient(failure), code in EXPIRED


REFUSALS = {told_apart(code): code for code in reversed(CODES)}.values()
"""One of each sort."""


def test_the_codes_are_of_every_sort() -> None:
    assert {classify(error(code), Operation("ec2", "DescribeVpcs")).kind for code in REFUSALS} == {
        "denied", "unauthenticated", "refused", "unimplemented", "throttled", "broken"
    }  # fmt: skip
    assert len(REFUSALS) == len({*map(told_apart, CODES)}) < 10 < len(CODES)


@pytest.mark.parametrize("service", SERVICES)
def test_no_error_code_by_itself_says_that_there_is_nothing(service: str) -> None:
    """But that by which a service says that the account has not subscribed to it."""
    operation = Operation(service, "ListThings")
    its_own = {code for code, words in row(service).unsubscribed.items() if not words}
    for code in {*CODES, *error_codes(service)} - its_own:
        for status in (400, 403, 404, 405):
            assert classify(error(code, "It cannot be had.", status), operation).is_gap, code


@pytest.mark.parametrize("service", ["ec2", "iam", "organizations", "rds", "s3", "sts"])
def test_no_account_is_without_what_the_others_stand_on(service: str) -> None:
    assert not row(service).unsubscribed


@of_each(REFUSALS, by=lambda _: "each code")
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_refused_operation_is_manual(scans: Scans, operation: Operation, code: str) -> None:
    checks = ABOUT[operation]
    before = {check: scans.alone(check) for check in checks}
    after = scans(*checks, refused={str(operation): error(code, "It cannot be had.")})

    for key, finding in after.items():
        if finding.status != "MANUAL":
            known = before[finding.check_id].findings[key]
            assert known.status == finding.status, f"{finding.check_id} judged what it could not see"
    for check, alone in before.items():
        manual = [f for f in after.values() if f.check_id == check and f.status == "MANUAL"]
        told = {f.account_id for f in manual if operation.action in f.status_detail}
        assert told or (check, str(operation)) in DECIDED, f"{check} does not say what it could not see"
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


@pytest.mark.parametrize("code", REFUSALS)
def test_with_everything_refused_every_check_says_so(scans: Scans, code: str) -> None:
    found = scans(*PLANNED, refused={str(operation): error(code) for operation in OPERATIONS}).values()
    assert {f.status for f in found} == {"MANUAL"}
    assert {(f.check_id, f.account_id) for f in found} == {(check, mood.id) for check in PLANNED for mood in (ON, OFF)}


def test_one_check_costs_one_check(scans: Scans) -> None:
    asked = {name for _, name in scans.alone("s3_bucket_object_versioning").asked}
    assert asked == {"s3:ListBuckets", "s3:GetBucketLocation", "s3:GetBucketVersioning"}
    assert not set(map(str, ENTRY_OPERATIONS)) & asked
