"""Hubs, what they check and gather, and who administers them."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Aws, Facet, Failure, Here, Region, Resource, call, field, listing, source

NOT_SUBSCRIBED: Final = {"InvalidAccessException": "is not subscribed"}
"""What is said where nobody has enabled Security Hub: the code is that of other refusals as well."""


class Hub(
    Resource,
    id="name",
    type="AwsSecurityHubHub",
    group="security",
    noun="Security Hub",
):
    """What Security Hub is in a region, where somebody has enabled it."""

    source = listing("securityhub", "DescribeHub", "[@]", absent=NOT_SUBSCRIBED)
    arn: str = field(name="HubArn")

    @property
    def name(self) -> str:
        """`default`, after the ARN's `hub/`."""
        return self.arn.rpartition("/")[2]


def is_enabled(hubs: Here[Hub]) -> bool:
    """Only there is anything to ask of it."""
    return bool(hubs)


# --- What is checked and gathered ---


CHECKING: Final = ("PENDING", "READY")
IDLE: Final = ("DELETING", "FAILED", "INCOMPLETE")
"""States of a standard: being turned on or extended, and on; being turned off, not turned off, not turned on
completely (https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_StandardsSubscription.html).
"""


class Standard(msgspec.Struct, frozen=True, rename="pascal"):
    """A standard that resources are held against."""

    standards_arn: str
    standards_status: str

    @property
    def name(self) -> str:
        """`cis-aws-foundations-benchmark/v/3.0.0`, after the ARN's `standards/` or `ruleset/`."""
        return self.standards_arn.partition("/")[2]

    @property
    def is_checking(self) -> bool:
        """Whether resources are held against it."""
        return self.standards_status in CHECKING


class Standards(Facet[Region]):
    """The standards that were turned on. None where Security Hub is not enabled."""

    source = call("securityhub", "GetEnabledStandards", pages=True, when=is_enabled)
    subscriptions: tuple[Standard, ...] = field(name="StandardsSubscriptions")


ITSELF: Final = "/aws/securityhub"
"""The end of the ARN of what Security Hub finds itself."""


def checks_nothing(standards: Standards) -> bool:
    """Only there does it matter what else there is to gather."""
    return not any(each.is_checking for each in standards.subscriptions)


@source("securityhub:ListEnabledProductsForImport", when=checks_nothing)
async def integrations(aws: Aws) -> Integrations | Failure:
    """The first page that has any tells enough."""
    async for page in aws.pages("securityhub", "ListEnabledProductsForImport", "ProductSubscriptions"):
        if isinstance(page, Failure):
            return page
        if others := tuple(arn for arn in page if not arn.endswith(ITSELF)):
            return Integrations(arns=others)
    return Integrations()


class Integrations(Facet[Region]):
    """The products whose findings Security Hub takes, besides itself. None where they do not decide."""

    source = integrations
    arns: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """`aws/guardduty`, after the ARNs' `product-subscription/`."""
        return [arn.partition("/")[2] for arn in self.arns]


# --- Who administers ---


class OrganizationAdmin(msgspec.Struct, frozen=True, rename="pascal"):
    """An account that administers Security Hub for the organization."""

    account_id: str
    status: str


class OrganizationAdmins(Facet[Region]):
    """Who administers Security Hub in the region; told to the organization's management account alone."""

    source = call("securityhub", "ListOrganizationAdminAccounts", pages=True)
    admin_accounts: tuple[OrganizationAdmin, ...]

    @property
    def statuses(self) -> list[tuple[str, str]]:
        """Each account's id and status."""
        return [(each.account_id, each.status) for each in self.admin_accounts]


class Configuration(msgspec.Struct, frozen=True, rename="pascal"):
    """Where it is decided what accounts get."""

    configuration_type: str = "LOCAL"
    """`CENTRAL`, by policies for the whole organization, or `LOCAL`, region by region; AWS had nothing else before
    (https://docs.aws.amazon.com/securityhub/latest/userguide/central-configuration-intro.html).
    """
    status: str = "ENABLED"
    """`PENDING`, `ENABLED` or `FAILED`; of local configuration always `ENABLED`."""


class OrganizationConfiguration(Facet[Region]):
    """What becomes of accounts that join the organization; told to the administrator alone. None where Security Hub is
    not enabled.
    """

    source = call("securityhub", "DescribeOrganizationConfiguration", when=is_enabled)
    auto_enable: bool | None = None
    """Always false with central configuration, where policies decide."""
    configuration: Configuration = field(name="OrganizationConfiguration", default=Configuration())

    @property
    def is_central(self) -> bool:
        """Whether policies decide what accounts get."""
        return self.configuration.configuration_type.upper() == "CENTRAL"
