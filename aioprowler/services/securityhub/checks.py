"""How hubs are judged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from aioprowler import Fail, Failure, Here, Pass, Region, Verdict, check
from aioprowler.judging.delegation import administered, untold
from aioprowler.judging.verdicts import about, has, is_, is_set_to, told, unknown, worst
from aioprowler.services.securityhub.resources import (
    IDLE,
    Hub,
    Integrations,
    OrganizationAdmins,
    OrganizationConfiguration,
    Standards,
)

region_check = partial(
    check,
    severity="high",
    about=Hub,
    resource_id="hub/unknown",
    resource_arn="arn:{partition}:securityhub:{region}:{account_id}:hub/unknown",
)
"""Of regions, of which some have no hub that could be named."""


@region_check(fails="Security Hub is not enabled in the region, or has nothing to do", resource_type="Other")
def securityhub_enabled(
    region: Region, hubs: Here[Hub], standards: Standards | None, integrations: Integrations | None
) -> Iterator[Verdict]:
    """Security Hub is enabled in every region, with a standard or an integration.

    A standard counts from when it is being turned on until it is being turned off; one that AWS could not turn on
    completely, or not off, does not. Without a standard, findings of a product other than Security Hub itself are
    enough.

    ## Risk
    Findings of a dozen services lie in as many consoles and regions, and misconfiguration is not looked for.

    ## Remediation
    In each region: `aws securityhub enable-security-hub --region <region> --enable-default-standards`

    ## References
    https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html
    """
    for hub in hubs:
        yield about(_has_something_to_do(hub, standards, integrations), resource=hub)
    if not hubs:
        yield Fail(f"Security Hub is not enabled in {region.name}.")


def _has_something_to_do(hub: Hub, standards: Standards | None, integrations: Integrations | None) -> Verdict:
    subscribed = told(standards, "the standards").subscriptions
    label = f"Security Hub in {hub.region}"
    if checking := [each.name for each in subscribed if each.is_checking]:
        return Pass(f"{label} is enabled with {', '.join(checking)}.")
    if integrations and integrations.arns:
        return Pass(f"{label} is enabled without standards, with findings of {', '.join(integrations.names)}.")
    for each in subscribed:
        if each.standards_status not in IDLE:
            return unknown(f"{label}, with the standard {each.name},", "the status", each.standards_status)
    return has(f"{label}", "a standard or an integration", False)


@region_check(
    fails="Security Hub is not enabled for the whole organization by a delegated administrator",
    categories=["forensics-ready"],
)
def securityhub_delegated_admin_enabled_all_regions(
    region: Region,
    hubs: Here[Hub],
    admins: OrganizationAdmins | Failure,
    configuration: OrganizationConfiguration | Failure | None,
) -> Iterator[Verdict]:
    """Security Hub has a delegated administrator in every region, is enabled, and is in accounts that join.

    AWS tells the organization's management account alone who the administrator is, and the administrator alone what
    becomes of accounts that join. In other accounts the verdict is MANUAL, unless Security Hub is off. Central
    configuration counts once AWS has enabled it: what its policies say of single units is not looked into.

    ## Risk
    New accounts, and regions that nobody thought of, are held against no standard, and their findings reach nobody.

    ## Remediation
    From the management account, in each region: `aws securityhub enable-organization-admin-account --region <region>
    --admin-account-id <your-security-account>`. From that account: `aws securityhub update-organization-configuration
    --region <region> --auto-enable`.

    ## References
    https://docs.aws.amazon.com/securityhub/latest/userguide/designate-orgs-admin-account.html
    """
    label = f"Security Hub in {region.name}"
    who = administered(label, admins if isinstance(admins, Failure) else admins.statuses)
    for hub in hubs:
        yield about(worst([who, joins(label, configuration)]), resource=hub)
    if not hubs:
        yield worst([who, is_(label, "enabled", False)])


def joins(label: str, configuration: OrganizationConfiguration | Failure | None) -> Verdict:
    """Whether accounts that join the organization have Security Hub at once."""
    if isinstance(configuration, Failure):
        return untold("whether accounts that join the organization have Security Hub", configuration)
    whole = told(configuration, "how the organization is configured")
    if whole.is_central:
        status = whole.configuration.status
        return is_set_to(label, "central configuration", status, good=("ENABLED",), bad=("FAILED",))
    return has(label, "automatic enablement of members", told(whole.auto_enable, "AutoEnable"))
