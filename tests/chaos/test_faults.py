"""A whole scan on a simulated AWS that misbehaves.

What passes by itself leaves no trace in the findings. What does not is MANUAL for the checks that it concerns, with the
reason, and changes nothing else.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from unittest.mock import patch

import anyio
import pytest

from aioprowler import CredentialSource, Finding, Organization, ScanOptions, UsageError
from aioprowler.aws import clients, gateway
from aioprowler.catalog import installed
from aioprowler.scanning import Progress, Scan
from benchmarks.chaos_faults import Fault, Found, collected, deviations, lasting, passing
from benchmarks.simulated_aws import Config, Rule, SimulatedAws

REGIONS = ("us-east-1", "eu-west-1")
SERVICES = ("ec2", "iam", "rds", "s3", "vpc")
CONFIG = Config(accounts=3, regions=REGIONS, preset="small", sizes={"ssm:managed_instance": 120}, enforce_quotas=False)
MEMBER = CONFIG.account_id(1)
EVERYBODY = Organization()

NOW = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=12)
"""The same in all scans, and half a day from what AWS tells to be whole days old."""


@pytest.fixture(scope="module")
def aws() -> Iterator[SimulatedAws]:
    with SimulatedAws(CONFIG) as aws:
        yield aws


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that a test can wait for."""
    monkeypatch.setattr(gateway, "BACKOFF", 0.02)
    monkeypatch.setattr(clients, "READ_TIMEOUT", 4.0)  # within which a machine with other work answers as well


def scanned(
    aws: SimulatedAws, *faults: Rule, accounts_in_flight: int = 32, organization: Organization = EVERYBODY
) -> tuple[list[Finding], Progress]:
    """Findings and progress of a scan of the organization while AWS has these faults."""

    async def run() -> tuple[list[Finding], Progress]:
        options = ScanOptions(
            organization=organization,
            credentials=[CredentialSource()],
            services=SERVICES,
            regions=REGIONS,
            api_budget=1.0,
            now=NOW,
            accounts_in_flight=accounts_in_flight,
        )
        scan = Scan(options)
        return [finding async for batch in scan.batches() for finding in batch], scan.progress

    aws.break_with(faults)
    try:
        with patch.dict(os.environ, aws.environment):
            return anyio.run(run)
    finally:
        aws.break_with([])


@pytest.fixture(scope="module")
def undisturbed(aws: SimulatedAws) -> Found:
    findings, progress = scanned(aws)
    assert progress.incomplete == {}
    assert {finding.status for finding in findings} >= {"PASS", "FAIL"}
    assert len({finding.account_id for finding in findings}) == CONFIG.accounts
    return collected(findings)


@pytest.mark.parametrize("fault", passing([MEMBER]), ids=lambda fault: fault.name)
def test_what_passes_leaves_no_trace(aws: SimulatedAws, undisturbed: Found, fault: Fault) -> None:
    findings, progress = scanned(aws, *fault.rules)
    assert progress.incomplete == {}
    assert deviations(undisturbed, collected(findings)) == []


@pytest.mark.parametrize("fault", lasting(MEMBER, "eu-west-1", MEMBER), ids=lambda fault: fault.name)
def test_what_does_not_pass_is_manual_with_the_reason(aws: SimulatedAws, undisturbed: Found, fault: Fault) -> None:
    findings, _ = scanned(aws, *fault.rules)
    assert deviations(undisturbed, collected(findings), fault) == []
    if fault.rules[0].operation == "DescribeVpcs":
        told = {f.check_id for f in findings if f.account_id == MEMBER and f.status == "MANUAL"}
        assert told >= {"vpc_flow_logs_enabled", "vpc_different_regions"}


def test_a_region_that_is_not_enabled_hides_itself_only(aws: SimulatedAws, undisturbed: Found) -> None:
    findings, progress = scanned(aws, Rule(kind="region_disabled", region="eu-west-1", account=MEMBER))
    told = [f for f in findings if f.account_id == MEMBER and f.region == "eu-west-1" and f.service in ("ec2", "rds")]
    assert {finding.status for finding in told} == {"MANUAL"}
    assert f"{MEMBER} eu-west-1" in progress.incomplete
    elsewhere = {f.uid: f.status for f in findings if f.account_id != MEMBER}
    assert elsewhere == {uid: undisturbed[uid].status for uid in elsewhere}


def test_an_account_that_cannot_be_entered_is_told_and_the_others_go_on(aws: SimulatedAws, undisturbed: Found) -> None:
    findings, progress = scanned(aws, Rule(kind="denied", service="sts", operation="AssumeRole", account=MEMBER))
    assert list(progress.incomplete) == [MEMBER]
    told = [finding for finding in findings if finding.account_id == MEMBER]
    assert {finding.check_id for finding in told} == {check.id for check in installed() if check.service in SERVICES}
    assert {finding.status for finding in told} == {"MANUAL"}
    elsewhere = {f.uid: f.status for f in findings if f.account_id != MEMBER}
    assert elsewhere == {uid: undisturbed[uid].status for uid in elsewhere}


def test_an_organization_without_a_chosen_account_is_no_clean_scan(aws: SimulatedAws) -> None:
    with pytest.raises(UsageError, match="No account of the organization is what the options ask for"):
        scanned(aws, organization=Organization(tags={"absent": ""}))


def test_an_account_that_is_not_in_the_organization_is_manual(aws: SimulatedAws) -> None:
    findings, progress = scanned(aws, organization=Organization(accounts=[MEMBER, "999999999999"]))
    assert list(progress.incomplete) == ["999999999999"]
    told = [finding for finding in findings if finding.account_id == "999999999999"]
    assert {finding.check_id for finding in told} == {check.id for check in installed() if check.service in SERVICES}
    assert {(finding.status, finding.status_detail) for finding in told} == {
        ("MANUAL", "Could not look: account 999999999999 is missing: it is no active account of the organization.")
    }


def test_expired_base_credentials_end_the_scan_with_what_there_was(aws: SimulatedAws, undisturbed: Found) -> None:
    # The base credentials sign the calls that enter members; the management account needs none.
    fault = Rule(kind="expired", service="sts", operation="AssumeRole")
    findings, progress = scanned(aws, fault, accounts_in_flight=1)
    (refused,) = progress.incomplete
    assert any("were not tried" in note for note in progress.notes)
    before = {f.uid: f.status for f in findings if f.account_id == CONFIG.management_account}
    assert before
    assert before == {uid: undisturbed[uid].status for uid in before}
    assert {f.account_id for f in findings} == {CONFIG.management_account, refused}
