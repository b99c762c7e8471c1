"""Whom AWS writes to about the account."""

from __future__ import annotations

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


class BillingContact(AlternateContact, Facet[Account]):
    """Whom AWS writes to about invoices and payments."""

    source = call(
        "account",
        "GetAlternateContact",
        "AlternateContact",
        AlternateContactType=constant("BILLING"),
        absent=["ResourceNotFoundException"],
    )


class OperationsContact(AlternateContact, Facet[Account]):
    """Whom AWS writes to about the availability of services."""

    source = call(
        "account",
        "GetAlternateContact",
        "AlternateContact",
        AlternateContactType=constant("OPERATIONS"),
        absent=["ResourceNotFoundException"],
    )


class SecurityContact(AlternateContact, Facet[Account]):
    """Whom AWS writes to about abuse and security."""

    source = call(
        "account",
        "GetAlternateContact",
        "AlternateContact",
        AlternateContactType=constant("SECURITY"),
        absent=["ResourceNotFoundException"],
    )
