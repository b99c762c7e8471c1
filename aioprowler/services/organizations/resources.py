"""The organization that the account is in."""

from __future__ import annotations

from aioprowler import Account, Facet, call


class Organization(Facet[Account]):
    """The organization that the account is in; absent where it is in none."""

    source = call("organizations", "DescribeOrganization", "Organization", absent=["AWSOrganizationsNotInUseException"])
    master_account_id: str


def in_organization(organization: Organization | None) -> bool:
    """Only there is anything to ask of the organization."""
    return organization is not None
