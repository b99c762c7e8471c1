"""What IAM does in the organization for all its accounts."""

from __future__ import annotations

from aioprowler import Account, Facet, call
from aioprowler.services.organizations.resources import in_organization


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
    enabled_features: tuple[str, ...]
