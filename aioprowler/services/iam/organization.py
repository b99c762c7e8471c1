"""The organization that the account is in, and what IAM does in it for all its accounts."""

from __future__ import annotations

from aioprowler import Account, Facet, call


class Organization(Facet[Account]):
    source = call("organizations", "DescribeOrganization", "Organization", absent=["AWSOrganizationsNotInUseException"])
    master_account_id: str


def in_organization(organization: Organization | None) -> bool:
    return organization is not None


class OrganizationFeatures(Facet[Account]):
    """What the management account switched on in IAM.

    Absent in other accounts, unless they are delegated administrators of IAM, and where IAM has no access to the
    organization.
    """

    source = call(
        "iam",
        "ListOrganizationsFeatures",
        when=in_organization,
        absent=[
            "AccountNotManagementOrDelegatedAdministratorException",
            "OrganizationNotFoundException",
            "OrganizationNotInAllFeaturesModeException",
            "ServiceAccessNotEnabledException",
        ],
    )
    enabled_features: tuple[str, ...] = ()
