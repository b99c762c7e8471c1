"""The organization that the account is in, who administers it, and its policies.

Only the management account and delegated administrators may ask for more than `DescribeOrganization`
(https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPolicies.html). Other members are refused,
whatever their policies allow: they are asked all the same, for who is a delegated administrator only the others know.
"""

from __future__ import annotations

import msgspec

from aioprowler import Account, Facet, call, constant

# --- The organization ---


class Organization(Facet[Account]):
    """The organization that the account is in; absent where it is in none."""

    source = call("organizations", "DescribeOrganization", "Organization", absent=["AWSOrganizationsNotInUseException"])
    id: str
    arn: str
    master_account_id: str


def in_organization(organization: Organization | None) -> bool:
    """Only there is anything to ask of the organization."""
    return organization is not None


# --- Who administers ---


class Administrator(msgspec.Struct, frozen=True, rename="pascal"):
    """An account that may do in the organization what the management account may, for some service."""

    id: str


class Administrators(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Delegated administrators; not told to other members (see above)."""

    delegated_administrators: tuple[Administrator, ...]

    @property
    def ids(self) -> list[str]:
        """Of their accounts."""
        return [each.id for each in self.delegated_administrators]


class DelegatedAdministrators(Administrators, Facet[Account]):
    """Those of all services."""

    source = call("organizations", "ListDelegatedAdministrators", pages=True, when=in_organization)


class ConfigAdministrators(Administrators, Facet[Account]):
    """Those of AWS Config; absent where the account is in no organization. AWS tells nothing of services in the list of
    all, but takes one to list its own:
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListDelegatedAdministrators.html
    """

    source = call(
        "organizations",
        "ListDelegatedAdministrators",
        pages=True,
        absent=["AWSOrganizationsNotInUseException"],
        ServicePrincipal=constant("config.amazonaws.com"),
    )
