"""Whom AWS writes to about the account."""

from __future__ import annotations

from functools import partial

import msgspec

from aioprowler import Account, Facet, call, constant


class PrimaryContact(Facet[Account]):
    """The account's own contact, which has no mail address besides the root user's.

    https://docs.aws.amazon.com/accounts/latest/reference/API_ContactInformation.html
    """

    source = call("account", "GetContactInformation", "ContactInformation")
    full_name: str
    phone_number: str


class AlternateContact(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Whom AWS writes to besides, about one subject; absent where nobody was named.

    https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html
    """

    email_address: str
    name: str
    phone_number: str


_contact = partial(call, "account", "GetAlternateContact", "AlternateContact", absent=["ResourceNotFoundException"])


class BillingContact(AlternateContact, Facet[Account]):
    """Whom AWS writes to about invoices and payments."""

    source = _contact(AlternateContactType=constant("BILLING"))


class OperationsContact(AlternateContact, Facet[Account]):
    """Whom AWS writes to about the availability of services."""

    source = _contact(AlternateContactType=constant("OPERATIONS"))


class SecurityContact(AlternateContact, Facet[Account]):
    """Whom AWS writes to about abuse and security."""

    source = _contact(AlternateContactType=constant("SECURITY"))
