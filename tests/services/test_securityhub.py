from __future__ import annotations

from collections.abc import Iterable

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region, Verdict
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.securityhub import checks
from aioprowler.services.securityhub.resources import (
    Configuration,
    Hub,
    Integrations,
    OrganizationAdmin,
    OrganizationAdmins,
    OrganizationConfiguration,
    Standard,
    Standards,
    checks_nothing,
    is_enabled,
)

REGION = Region(name="us-east-1", account=Account(id="123456789012"))
HUB = Hub(arn="arn:aws:securityhub:us-east-1:123456789012:hub/default")
GUARDDUTY = "arn:aws:securityhub:us-east-1:123456789012:product-subscription/aws/guardduty"
UNREAD = Failure("refused", "securityhub:ListOrganizationAdminAccounts", "InvalidAccessException")


def only(verdicts: Iterable[Verdict]) -> Verdict:
    (verdict,) = verdicts
    return verdict


def standards(*statuses: str) -> Standards:
    return Standards(
        subscriptions=tuple(
            Standard(standards_arn=f"arn:aws:securityhub:us-east-1::standards/cis/v/{status}", standards_status=status)
            for status in statuses
        )
    )


@pytest.mark.parametrize(
    ("statuses", "integrations", "verdict", "told"),
    [
        (("READY",), None, Pass, "with cis/v/READY"),
        (("PENDING",), None, Pass, "with cis/v/PENDING"),
        (("FAILED", "READY"), None, Pass, "with cis/v/READY"),
        ((), (GUARDDUTY,), Pass, "aws/guardduty"),
        (("DELETING",), (GUARDDUTY,), Pass, "aws/guardduty"),
        ((), (), Fail, "a standard or an integration"),
        (("INCOMPLETE", "FAILED", "DELETING"), (), Fail, "a standard or an integration"),
        (("INCOMPLETE", "PAUSED"), (), Manual, "PAUSED"),
    ],
)
def test_hubs(statuses: tuple[str, ...], integrations: tuple[str, ...] | None, verdict: type, told: str) -> None:
    others = None if integrations is None else Integrations(arns=integrations)
    found = only(checks.securityhub_enabled(REGION, (HUB,), standards(*statuses), others))
    assert isinstance(found, verdict)
    assert told in found.detail
    assert found.resource == HUB
    assert checks_nothing(standards(*statuses)) == (integrations is not None)


def test_a_region_without_a_hub_fails() -> None:
    assert only(checks.securityhub_enabled(REGION, (), None, None)) == Fail("Security Hub is not enabled in us-east-1.")
    assert not is_enabled(())
    assert is_enabled((HUB,))


def test_a_hub_is_named_by_the_end_of_its_arn() -> None:
    assert HUB.label == "Security Hub default"


def admins(*statuses: str) -> OrganizationAdmins:
    accounts = tuple(OrganizationAdmin(account_id="111111111111", status=status) for status in statuses)
    return OrganizationAdmins(admin_accounts=accounts)


def configuration(
    *, auto_enable: bool | None, kind: str = "LOCAL", status: str = "ENABLED"
) -> OrganizationConfiguration:
    return OrganizationConfiguration(
        auto_enable=auto_enable, configuration=Configuration(configuration_type=kind, status=status)
    )


@pytest.mark.parametrize(
    ("who", "organization", "verdict"),
    [
        (admins("ENABLED"), configuration(auto_enable=True), Pass),
        (admins("ENABLED"), configuration(auto_enable=False), Fail),
        (admins("ENABLED"), configuration(auto_enable=False, kind="CENTRAL"), Pass),
        (admins("ENABLED"), configuration(auto_enable=False, kind="CENTRAL", status="FAILED"), Fail),
        (admins("ENABLED"), configuration(auto_enable=False, kind="CENTRAL", status="PENDING"), Manual),
        (admins("ENABLED"), UNREAD, Manual),
        (admins(), configuration(auto_enable=True), Fail),
        (admins("DISABLE_IN_PROGRESS"), configuration(auto_enable=True), Fail),
        (UNREAD, configuration(auto_enable=True), Manual),
        (UNREAD, configuration(auto_enable=False), Fail),
    ],
)
def test_delegated_administration(
    who: OrganizationAdmins | Failure, organization: OrganizationConfiguration | Failure, verdict: type
) -> None:
    judge = checks.securityhub_delegated_admin_enabled_all_regions
    found = only(judge(REGION, (HUB,), who, organization))
    assert isinstance(found, verdict)
    assert found.resource == HUB
    assert isinstance(only(judge(REGION, (), who, None)), Fail)


def test_an_organization_of_which_nothing_is_told() -> None:
    with pytest.raises(UnreadableError, match="AutoEnable"):
        list(
            checks.securityhub_delegated_admin_enabled_all_regions(
                REGION, (HUB,), admins("ENABLED"), configuration(auto_enable=None)
            )
        )
