from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region
from aioprowler.declarations.failure import GapError, UnreadableError
from aioprowler.services.awslambda.resources import Function
from aioprowler.services.ec2.resources.instance import Instance, InstanceState, MetadataOptions, Monitoring
from aioprowler.services.ecr.resources import Repository
from aioprowler.services.inspector2 import checks
from aioprowler.services.inspector2.resources import (
    NAMED,
    AccountStatus,
    CoveredResource,
    ExploitedVulnerabilities,
    OldestFinding,
    ResourceStates,
    Scan,
    ScanStatus,
    State,
    is_on,
)

NOW = datetime.datetime(2026, 3, 31, 12, tzinfo=datetime.UTC)
REGION = Region(name="us-east-1", account=Account(id="123456789012"))

INSTANCE = Instance(
    instance_id="i-1",
    image_id="ami-1",
    state=InstanceState(name="running"),
    launch_time=NOW,
    metadata_options=MetadataOptions(),
    security_groups=(),
    virtualization_type="hvm",
    monitoring=Monitoring(state="disabled"),
)
REPOSITORY = Repository(name="r", arn="arn")
FUNCTION = Function(name="f", arn="arn")
THERE: dict[str, Any] = {"instances": (INSTANCE,), "repositories": (REPOSITORY,), "functions": (FUNCTION,)}
NOTHING: dict[str, Any] = {"instances": (), "repositories": (), "functions": ()}


def ago(**time: float) -> datetime.datetime:
    return NOW - datetime.timedelta(**time)


def status(whole: str = "ENABLED", **kinds: str | None) -> AccountStatus:
    states = {kind: None if word is None else State(status=word) for kind, word in kinds.items()}
    enabled = dict.fromkeys(("ec2", "ecr", "lambda_", "lambda_code"), State(status="ENABLED"))
    resources: Any = ResourceStates
    return AccountStatus(state=State(status=whole), resource_state=resources(**enabled | states))


# --- Enabled ---


@pytest.mark.parametrize(
    ("word", "verdict"),
    [("ENABLED", Pass), ("DISABLED", Fail), ("SUSPENDED", Fail), ("ENABLING", Fail), ("RESTING", Manual)],
)
def test_inspector_is_enabled(word: str, verdict: type) -> None:
    assert isinstance(checks.inspector2_is_enabled(REGION, status(word), **NOTHING), verdict)
    assert is_on(status(word)) == (verdict is Pass)


@pytest.mark.parametrize(
    ("kind", "there"),
    [("ec2", "instances"), ("ecr", "repositories"), ("lambda_", "functions"), ("lambda_code", "functions")],
)
@pytest.mark.parametrize(("word", "verdict"), [("ENABLED", Pass), ("DISABLED", Fail), ("RESTING", Manual)])
def test_what_is_there_is_scanned(kind: str, there: str, word: str, verdict: type) -> None:
    judge = checks.inspector2_is_enabled
    assert isinstance(judge(REGION, status(**{kind: word}), **NOTHING | {there: THERE[there]}), verdict)
    assert isinstance(judge(REGION, status(**{kind: word}), **THERE | {there: ()}), Pass)
    assert isinstance(judge(REGION, status(**{kind: word}), **NOTHING, scan_unused_services=True), verdict)


def test_a_failure_names_all_kinds_that_are_not_scanned() -> None:
    found = checks.inspector2_is_enabled(REGION, status(ec2="DISABLED", ecr="DISABLED"), **THERE)
    assert found == Fail(
        "Inspector in us-east-1 has scans of EC2 DISABLED. Inspector in us-east-1 has scans of ECR DISABLED."
    )


def test_a_kind_of_which_nothing_is_told() -> None:
    judge = checks.inspector2_is_enabled
    found = judge(REGION, status(lambda_code=None), **THERE)
    assert found == Manual("AWS did not tell whether Inspector in us-east-1 scans Lambda code.")
    assert isinstance(judge(REGION, status(ec2="DISABLED", lambda_code=None), **THERE), Fail)
    assert isinstance(judge(REGION, status(lambda_code=None), **NOTHING), Pass)


@pytest.mark.parametrize(("kind", "hidden"), [("ec2", "instances"), ("ecr", "repositories"), ("lambda_", "functions")])
def test_what_is_there_matters_only_where_it_is_not_scanned(kind: str, hidden: str) -> None:
    judge = checks.inspector2_is_enabled
    denied: dict[str, Any] = dict.fromkeys(NOTHING, Failure("denied", "ec2:DescribeInstances", "AccessDenied"))
    assert isinstance(judge(REGION, status(), **denied), Pass)
    assert isinstance(judge(REGION, status("DISABLED"), **denied), Fail)
    off = status(**{kind: "DISABLED"})
    found = judge(REGION, off, **NOTHING | {hidden: denied[hidden]})
    assert isinstance(found, Manual)
    assert "Grant ec2:DescribeInstances" in found.detail
    assert isinstance(judge(REGION, off, **denied, scan_unused_services=True), Fail)
    one_more = status(**{kind: "DISABLED", "ecr" if kind == "ec2" else "ec2": "DISABLED"})
    assert isinstance(judge(REGION, one_more, **THERE | {hidden: denied[hidden]}), Fail)


# --- Findings ---


@pytest.mark.parametrize(("exists", "verdict"), [(True, Fail), (False, Pass)])
def test_active_findings(exists: bool, verdict: type) -> None:
    assert isinstance(checks.inspector2_active_findings_exist(REGION, OldestFinding(exists=exists)), verdict)


@pytest.mark.parametrize(
    ("since", "verdict"),
    [(None, Pass), (ago(days=192), Pass), (ago(days=192, seconds=1), Fail), (ago(days=500), Fail)],
)
def test_the_age_of_findings(since: datetime.datetime | None, verdict: type) -> None:
    oldest = OldestFinding(exists=since is not None, since=since)
    assert isinstance(checks.inspector2_active_findings_within_max_age(REGION, oldest, NOW), verdict)


def test_a_finding_whose_age_is_not_told() -> None:
    with pytest.raises(UnreadableError, match="when the oldest finding was first observed"):
        checks.inspector2_active_findings_within_max_age(REGION, OldestFinding(exists=True), NOW)


def test_the_age_that_is_allowed_is_configured() -> None:
    oldest = OldestFinding(exists=True, since=ago(days=31))
    found = checks.inspector2_active_findings_within_max_age(
        REGION, oldest, NOW, inspector2_active_finding_max_age_days=30
    )
    assert found == Fail(
        "Inspector in us-east-1 has active findings since 2026-02-28, for more than the 30 days that are allowed."
    )


DENIED = Failure("denied", "inspector2:BatchGetFindingDetails", "AccessDeniedException")
LATE, SOON = ago(days=1), ago(days=-1)


def exploited(
    due: Mapping[str, datetime.datetime | None] | None = None, *unknown: str, failure: Failure | None = None
) -> ExploitedVulnerabilities:
    return ExploitedVulnerabilities(due=due or {}, unknown=unknown, failure=failure)


@pytest.mark.parametrize(
    ("found", "any_is_bad", "late_is_bad"),
    [
        (exploited(), Pass, Pass),
        (exploited({"CVE1": LATE}), Fail, Fail),
        (exploited({"CVE1": SOON}), Fail, Pass),
        (exploited({"CVE1": NOW}), Fail, Pass),
        (exploited({"CVE1": None}), Fail, Manual),
        (exploited({}, "CVE2"), Manual, Manual),
        (exploited({"CVE1": SOON}, "CVE2"), Fail, Manual),
        (exploited({"CVE1": LATE}, "CVE2"), Fail, Fail),
        (exploited({"CVE1": LATE}, failure=DENIED), Fail, Fail),
    ],
)
def test_exploited_vulnerabilities(found: ExploitedVulnerabilities, any_is_bad: type, late_is_bad: type) -> None:
    assert isinstance(checks.inspector2_active_findings_no_known_exploited_vulnerabilities(REGION, found), any_is_bad)
    late = checks.inspector2_active_findings_kev_within_due_date(REGION, found, NOW)
    assert isinstance(late, late_is_bad)
    assert late is not None
    assert late.names == (({"vulnerability": "CVE1"},) if late_is_bad is Fail else ())


def test_what_could_not_be_looked_up_is_manual() -> None:
    with pytest.raises(GapError, match="inspector2:BatchGetFindingDetails"):
        checks.inspector2_active_findings_no_known_exploited_vulnerabilities(REGION, exploited(failure=DENIED))
    with pytest.raises(GapError, match="inspector2:BatchGetFindingDetails"):
        checks.inspector2_active_findings_kev_within_due_date(REGION, exploited({"CVE1": SOON}, failure=DENIED), NOW)


def test_few_vulnerabilities_are_named_each_with_its_day() -> None:
    many = exploited({f"CVE{number:02}": LATE for number in range(NAMED + 2)})
    found = checks.inspector2_active_findings_kev_within_due_date(REGION, many, NOW)
    assert isinstance(found, Fail)
    assert "CVE00 (due 2026-03-30), " in found.detail
    assert found.detail.endswith("CVE09 (due 2026-03-30) and 2 more.")


# --- Coverage ---


def covered(*scans: Scan) -> CoveredResource:
    return CoveredResource(resource_id="i-1", arn="arn", scans=scans)


def scan(code: str = "ACTIVE", reason: str = "SUCCESSFUL", last: datetime.datetime | None = NOW) -> Scan:
    return Scan(scan_type="PACKAGE", scan_status=ScanStatus(status_code=code, reason=reason), last_scanned_at=last)


@pytest.mark.parametrize(
    ("scans", "verdict"),
    [
        ([scan()], Pass),
        ([scan("INACTIVE", "UNMANAGED_EC2_INSTANCE")], Fail),
        ([scan(), scan("INACTIVE", "NO_INVENTORY")], Fail),
        ([scan("RESTING")], Manual),
        ([scan("INACTIVE", "EXCLUDED_BY_TAG")], None),
        ([scan("INACTIVE", "EC2_INSTANCE_STOPPED"), scan()], Pass),
        ([], None),
    ],
)
def test_resources_are_scanned(scans: list[Scan], verdict: type | None) -> None:
    found = checks.inspector2_coverage_scan_status_active(covered(*scans))
    assert found is None if verdict is None else isinstance(found, verdict)


def test_why_something_is_not_scanned_is_told() -> None:
    found = checks.inspector2_coverage_scan_status_active(covered(scan("INACTIVE", "UNSUPPORTED_OS")))
    assert found == Fail("Resource i-1 has PACKAGE scans (UNSUPPORTED_OS) INACTIVE.")


@pytest.mark.parametrize(
    ("scans", "verdict"),
    [
        ([scan(last=ago(days=3))], Pass),
        ([scan(last=ago(days=3, seconds=1))], Fail),
        ([scan(), scan(last=ago(days=30))], Fail),
        ([scan(last=None)], Fail),
        ([scan(reason="PENDING_INITIAL_SCAN", last=None)], None),
        ([scan(reason="PENDING_REVIVAL_SCAN", last=ago(days=30))], Fail),
        ([scan("INACTIVE", "NO_INVENTORY", ago(days=30))], None),
        ([], None),
    ],
)
def test_resources_were_scanned_lately(scans: list[Scan], verdict: type | None) -> None:
    found = checks.inspector2_coverage_recently_scanned(covered(*scans), NOW)
    assert found is None if verdict is None else isinstance(found, verdict)


def test_how_long_ago_is_configured() -> None:
    judge = checks.inspector2_coverage_recently_scanned
    assert isinstance(judge(covered(scan(last=ago(days=5))), NOW, inspector2_max_days_since_last_scan=7), Pass)
