from __future__ import annotations

import pytest

from aioprowler import Fail, Failure, Manual, Pass
from aioprowler.judging.delegation import administered, untold

DENIED = Failure("denied", "guardduty:ListOrganizationAdminAccounts", "AccessDeniedException")


@pytest.mark.parametrize(
    ("administrators", "verdict", "told"),
    [
        ([("1", "ENABLED")], Pass, "X is administered by account 1."),
        ([("1", "DISABLE_IN_PROGRESS"), ("2", "ENABLED")], Pass, "X is administered by account 2."),
        ([], Fail, "X has no delegated administrator."),
        ([("1", "DISABLE_IN_PROGRESS")], Fail, "X has no delegated administrator."),
        ([("1", "NEW"), ("2", "DISABLE_IN_PROGRESS")], Manual, "NEW"),
        (DENIED, Manual, "guardduty:ListOrganizationAdminAccounts"),
    ],
)
def test_who_administers(administrators: list[tuple[str, str]] | Failure, verdict: type, told: str) -> None:
    found = administered("X", administrators)
    assert isinstance(found, verdict)
    assert told in found.detail


def test_what_could_not_be_read_is_told_with_the_reason() -> None:
    assert untold("who it is", DENIED).detail.startswith("It is not known who it is. Could not look: guardduty:")
