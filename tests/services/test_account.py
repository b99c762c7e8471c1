from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Check, Fail, Manual, Pass
from aioprowler.services.account import checks
from aioprowler.services.account.resources import BillingContact, OperationsContact, PrimaryContact, SecurityContact

ACCOUNT = Account(id="123456789012")
PRIMARY = PrimaryContact(full_name="Ada", phone_number="+1")
differ = checks.account_maintain_different_contact_details_to_security_billing_and_operations


def contacts(**changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "billing": BillingContact(name="Bob", phone_number="+2", email_address="bob@example.com"),
        "operations": OperationsContact(name="Cyn", phone_number="+3", email_address="cyn@example.com"),
        "security": SecurityContact(name="Dee", phone_number="+4", email_address="dee@example.com"),
    }
    return made | changed


def test_four_different_contacts() -> None:
    assert isinstance(differ(ACCOUNT, PRIMARY, **contacts()), Pass)


@pytest.mark.parametrize("kind", ["billing", "operations", "security"])
def test_a_contact_that_is_missing_is_not_a_different_one(kind: str) -> None:
    found = differ(ACCOUNT, PRIMARY, **contacts(**{kind: None}))
    assert isinstance(found, Fail)
    assert kind in found.detail


@pytest.mark.parametrize(
    ("name", "phone", "mail", "told"),
    [
        ("Ada", "+4", "dee@example.com", "names"),
        ("Bob", "+4", "dee@example.com", "names"),
        ("Dee", "+1", "dee@example.com", "phone numbers"),
        ("Dee", "+4", "bob@example.com", "mail addresses"),
    ],
)
def test_contacts_that_share_something_are_not_different(name: str, phone: str, mail: str, told: str) -> None:
    security = SecurityContact(name=name, phone_number=phone, email_address=mail)
    found = differ(ACCOUNT, PRIMARY, **contacts(security=security))
    assert isinstance(found, Fail)
    assert told in found.detail


@pytest.mark.parametrize(
    "check",
    [
        checks.account_maintain_current_contact_details,
        checks.account_security_contact_information_is_registered,
        checks.account_security_questions_are_registered_in_the_aws_account,
    ],
)
def test_what_no_operation_tells_a_person_must_look_at(check: Check[Any, Any]) -> None:
    found = check(ACCOUNT)
    assert isinstance(found, Manual)
    assert ACCOUNT.id in found.detail
