from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region, Verdict
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.guardduty import checks
from aioprowler.services.guardduty.resources import (
    MOST,
    Administration,
    DataSources,
    Detector,
    Feature,
    GraveFindings,
    InstancesWithFindings,
    Kubernetes,
    ListedDetector,
    MalwareProtection,
    OrganizationAdmin,
    OrganizationAdmins,
    OrganizationConfiguration,
    Setting,
    Source,
)

REGION = Region(name="us-east-1", account=Account(id="123456789012"))
LISTED = ListedDetector(detector_id="d")
NO_ADMIN = Failure("refused", "guardduty:ListOrganizationAdminAccounts", "BadRequestException")
NO_CONFIGURATION = Failure("refused", "guardduty:DescribeOrganizationConfiguration", "BadRequestException")


def detector(
    status: str = "ENABLED", features: Mapping[str, str] | None = None, sources: DataSources | None = None
) -> Detector:
    listed = tuple(Feature(name=name, status=state) for name, state in (features or {}).items())
    return Detector(detector_id="d", status=status, features=listed, data_sources=sources or DataSources())


def only(verdicts: Iterable[Verdict]) -> Verdict:
    (verdict,) = verdicts
    return verdict


# --- Enabled ---


@pytest.mark.parametrize(
    ("status", "verdict"), [("ENABLED", Pass), ("DISABLED", Fail), ("disabled", Fail), ("STARTING", Manual)]
)
def test_detectors_look(status: str, verdict: type) -> None:
    found = only(checks.guardduty_is_enabled(REGION, (detector(status),)))
    assert isinstance(found, verdict)
    assert found.resource == detector(status)


def test_a_region_without_a_detector_fails() -> None:
    found = only(checks.guardduty_is_enabled(REGION, ()))
    assert found == Fail("GuardDuty is not enabled in us-east-1.")


# --- Protection plans ---

PLANS: list[tuple[Any, str]] = [
    (checks.guardduty_s3_protection_enabled, "S3_DATA_EVENTS"),
    (checks.guardduty_eks_audit_log_enabled, "EKS_AUDIT_LOGS"),
    (checks.guardduty_ec2_malware_protection_enabled, "EBS_MALWARE_PROTECTION"),
    (checks.guardduty_rds_protection_enabled, "RDS_LOGIN_EVENTS"),
    (checks.guardduty_lambda_protection_enabled, "LAMBDA_NETWORK_LOGS"),
    (checks.guardduty_ai_protection_enabled, "AI_PROTECTION"),
    (checks.guardduty_eks_runtime_monitoring_enabled, "RUNTIME_MONITORING"),
    (checks.guardduty_runtime_monitoring_enabled, "RUNTIME_MONITORING"),
]


@pytest.mark.parametrize(("check", "feature"), PLANS, ids=[check.id for check, _ in PLANS])
def test_protection_plans(check: Any, feature: str) -> None:
    others = dict.fromkeys((name for _, name in PLANS if name != feature), "ENABLED")
    assert isinstance(check(detector(features={feature: "ENABLED"})), Pass)
    assert isinstance(check(detector(features={feature: "DISABLED"} | others)), Fail)
    assert isinstance(check(detector(features={feature: "PAUSED"})), Manual)
    assert isinstance(check(detector(features=others)), Manual), "the region may not have it"
    with pytest.raises(UnreadableError, match=f"the status of {feature}"):
        check(Detector(detector_id="d", status="ENABLED", features=(Feature(name=feature),)))


@pytest.mark.parametrize(("check", "feature"), PLANS, ids=[check.id for check, _ in PLANS])
def test_suspended_detectors(check: Any, feature: str) -> None:
    waits = check in (checks.guardduty_ai_protection_enabled, checks.guardduty_runtime_monitoring_enabled)
    found = check(detector("DISABLED", {feature: "ENABLED"}))
    assert isinstance(found, Manual) if waits else found is None


ON, OFF = Source(status="ENABLED"), Source(status="DISABLED")


def sources(state: Source) -> DataSources:
    scans = MalwareProtection(scan_ec2_instance_with_findings=InstancesWithFindings(ebs_volumes=state))
    return DataSources(s3_logs=state, kubernetes=Kubernetes(audit_logs=state), malware_protection=scans)


@pytest.mark.parametrize(("check", "feature"), PLANS[:3], ids=[check.id for check, _ in PLANS[:3]])
def test_plans_that_were_data_sources_before(check: Any, feature: str) -> None:
    assert isinstance(check(detector(sources=sources(ON))), Pass)
    assert isinstance(check(detector(sources=sources(OFF))), Fail)
    assert isinstance(check(detector(features={feature: "ENABLED"}, sources=sources(OFF))), Pass)
    assert isinstance(check(detector(features={feature: "DISABLED"}, sources=sources(ON))), Fail)


@pytest.mark.parametrize(
    ("features", "eks", "all_of_it"),
    [
        ({"EKS_RUNTIME_MONITORING": "ENABLED"}, Pass, Fail),
        ({"EKS_RUNTIME_MONITORING": "ENABLED", "RUNTIME_MONITORING": "DISABLED"}, Pass, Fail),
        ({"EKS_RUNTIME_MONITORING": "DISABLED", "RUNTIME_MONITORING": "ENABLED"}, Pass, Pass),
        ({"EKS_RUNTIME_MONITORING": "DISABLED", "RUNTIME_MONITORING": "DISABLED"}, Fail, Fail),
        ({"EKS_RUNTIME_MONITORING": "DISABLED"}, Manual, Manual),
    ],
)
def test_the_older_runtime_monitoring(features: dict[str, str], eks: type, all_of_it: type) -> None:
    assert isinstance(checks.guardduty_eks_runtime_monitoring_enabled(detector(features=features)), eks)
    assert isinstance(checks.guardduty_runtime_monitoring_enabled(detector(features=features)), all_of_it)


@pytest.mark.parametrize(
    ("managed", "told"),
    [
        ({"EC2_AGENT_MANAGEMENT": "ENABLED", "EKS_ADDON_MANAGEMENT": "DISABLED"}, "by itself on EC2."),
        ({"ECS_FARGATE_AGENT_MANAGEMENT": "ENABLED", "NEW": "ENABLED"}, "by itself on ECS on Fargate, NEW."),
        ({}, "by itself on nothing."),
    ],
)
def test_where_agents_are_installed_is_told(managed: dict[str, str], told: str) -> None:
    settings = tuple(Setting(name=name, status=status) for name, status in managed.items())
    feature = Feature(name="RUNTIME_MONITORING", status="ENABLED", additional_configuration=settings)
    found = checks.guardduty_runtime_monitoring_enabled(
        Detector(detector_id="d", status="ENABLED", features=(feature,))
    )
    assert isinstance(found, Pass)
    assert found.detail.endswith(told)


# --- Findings ---


@pytest.mark.parametrize(
    ("number", "verdict", "told"),
    [
        (0, Pass, "does not have findings of high"),
        (3, Fail, "has 3 findings of high"),
        (MOST, Fail, f"has {MOST} or more findings of high"),
    ],
)
def test_grave_findings(number: int, verdict: type, told: str) -> None:
    found = checks.guardduty_no_high_severity_findings(LISTED, GraveFindings(number=number))
    assert isinstance(found, verdict)
    assert told in found.detail


# --- Administration ---


@pytest.mark.parametrize(
    ("administration", "verdict"),
    [
        (Administration(administrator="111111111111"), Pass),
        (Administration(has_members=True), Pass),
        (Administration(), Fail),
    ],
)
def test_central_administration(administration: Administration, verdict: type) -> None:
    assert isinstance(checks.guardduty_centrally_managed(LISTED, administration), verdict)


def admins(*statuses: str) -> OrganizationAdmins:
    return OrganizationAdmins(
        admin_accounts=tuple(OrganizationAdmin(admin_account_id="111111111111", admin_status=each) for each in statuses)
    )


ALL = OrganizationConfiguration(auto_enable_organization_members="ALL")
NONE = OrganizationConfiguration(auto_enable_organization_members="NONE")


@pytest.mark.parametrize(
    ("who", "configuration", "verdict"),
    [
        (admins("ENABLED"), ALL, Pass),
        (admins("ENABLED"), OrganizationConfiguration(auto_enable_organization_members="NEW"), Pass),
        (admins("ENABLED"), OrganizationConfiguration(auto_enable=True), Pass),
        (admins("ENABLED"), OrganizationConfiguration(auto_enable=False), Fail),
        (admins("ENABLED"), NONE, Fail),
        (admins("ENABLED"), OrganizationConfiguration(auto_enable_organization_members="SOME"), Manual),
        (admins("ENABLED"), NO_CONFIGURATION, Manual),
        (admins(), ALL, Fail),
        (admins("DISABLE_IN_PROGRESS"), ALL, Fail),
        (admins(), NO_CONFIGURATION, Fail),
        (NO_ADMIN, ALL, Manual),
        (NO_ADMIN, NONE, Fail),
        (NO_ADMIN, NO_CONFIGURATION, Manual),
    ],
)
def test_delegated_administration(
    who: OrganizationAdmins | Failure, configuration: OrganizationConfiguration | Failure, verdict: type
) -> None:
    judge = checks.guardduty_delegated_admin_enabled_all_regions
    found = only(judge(REGION, (detector(),), who, configuration))
    assert isinstance(found, verdict)
    assert found.resource == detector()
    assert isinstance(only(judge(REGION, (detector("DISABLED"),), who, configuration)), Fail)
    assert isinstance(only(judge(REGION, (), who, None)), Fail)


def test_an_organization_of_which_nothing_is_told() -> None:
    with pytest.raises(UnreadableError, match="AutoEnableOrganizationMembers"):
        _ = OrganizationConfiguration().joining
