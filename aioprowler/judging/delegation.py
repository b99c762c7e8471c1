"""Security services of an organization, which one of its accounts administers for all of them.

Only the organization's management account is told which account that is, and only that account whether members join by
themselves: what is not told is MANUAL, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aioprowler.declarations.checks import Fail, Manual, Pass, Verdict
from aioprowler.declarations.failure import Failure
from aioprowler.judging.verdicts import unknown

ENABLED: Final = "ENABLED"
LEAVING: Final = "DISABLE_IN_PROGRESS"


def administered(label: str, administrators: Iterable[tuple[str, str]] | Failure) -> Verdict:
    """PASS where an account administers the service for its organization: `GuardDuty in eu-west-1 is administered by
    account 111111111111.` `administrators`: the id of each account, with `ENABLED`, or `DISABLE_IN_PROGRESS` of one
    that is none in a moment.
    """
    if isinstance(administrators, Failure):
        return untold(f"which account administers {label}", administrators)
    known = sorted(administrators)
    if enabled := [id_ for id_, status in known if status == ENABLED]:
        return Pass(f"{label} is administered by account {', '.join(enabled)}.")
    for id_, status in known:
        if status != LEAVING:
            return unknown(f"{label}, administered by account {id_},", "the status", status)
    return Fail(f"{label} has no delegated administrator.")


def untold(what: str, failure: Failure) -> Manual:
    """The verdict on a part that could not be read, beside others that could: `AWS did not tell which ...`"""
    return Manual(f"It is not known {what}. {failure.explain()}", gap=failure)
