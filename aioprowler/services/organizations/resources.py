"""The organization that the account is in."""

from __future__ import annotations

from aioprowler import Account, Facet, call


class Organization(Facet[Account]):
    source = call("organizations", "DescribeOrganization", "Organization", absent=["AWSOrganizationsNotInUseException"])
    master_account_id: str


def in_organization(organization: Organization | None) -> bool:
    return organization is not None
