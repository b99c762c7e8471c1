"""SES's checks on literals."""

from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Manual, Pass
from aioprowler.judging.policies import Policy
from aioprowler.services.ses.checks import ses_identity_dkim_enabled, ses_identity_not_publicly_accessible
from aioprowler.services.ses.resources import DkimAttributes, EmailIdentity, EmailIdentityDetails

IDENTITY = EmailIdentity(identity_name="example.com", account=Account(id="123456789012"))


@pytest.mark.parametrize(
    ("status", "signs", "verdict"),
    [
        ("SUCCESS", True, Pass),
        ("SUCCESS", False, Fail),
        ("PENDING", True, Fail),
        ("FAILED", True, Fail),
        ("TEMPORARY_FAILURE", True, Fail),
        ("NOT_STARTED", False, Fail),
        ("A_NEW_WORD", True, Manual),
    ],
)
def test_dkim(status: str, signs: bool, verdict: type) -> None:
    details = EmailIdentityDetails(dkim_attributes=DkimAttributes(signing_enabled=signs, status=status))
    assert isinstance(ses_identity_dkim_enabled(IDENTITY, details), verdict)


def statement(effect: str, principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": "ses:SendEmail", "Resource": IDENTITY.arn, **more}


ANYONE = Policy.parse({"Statement": statement("Allow", "*")})
NOBODY = Policy.parse({"Statement": [statement("Deny", "*")]})
ACCOUNT = Policy.parse({"Statement": [statement("Allow", {"AWS": "999999999999"})]})


@pytest.mark.parametrize(
    ("policies", "verdict"),
    [
        ({"a": ACCOUNT}, Pass),
        ({"a": ANYONE}, Fail),
        ({"a": ACCOUNT, "b": ANYONE}, Fail),
        ({"a": ANYONE, "b": ACCOUNT}, Fail),
        ({"a": ANYONE, "b": NOBODY}, Pass),
        ({}, None),
    ],
)
def test_all_policies_of_an_identity_count(policies: dict[str, Policy], verdict: type | None) -> None:
    found = ses_identity_not_publicly_accessible(IDENTITY, EmailIdentityDetails(policies=policies))
    assert found is None if verdict is None else isinstance(found, verdict)
