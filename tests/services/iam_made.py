"""Lines of a credential report, in the words in which AWS writes them, and users and groups without anything."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec

from aioprowler.services.iam.credential_report import ReportedUser
from aioprowler.services.iam.resources import Group, Role, User

NOTHING = {
    "password_enabled": "false",
    "password_last_used": "N/A",
    "password_last_changed": "N/A",
    "mfa_active": "false",
    **{f"access_key_{number}_active": "false" for number in (1, 2)},
    **{f"access_key_{number}_{date}": "N/A" for number in (1, 2) for date in ("last_rotated", "last_used_date")},
}


def reported(user: str = "alice", **told: Any) -> ReportedUser:
    """A user without any credential, but for what is told: flags, dates and words."""
    words = {column: _word(value) for column, value in told.items()}
    line = {"user": user, "arn": f"arn:aws:iam::123456789012:user/{user}"} | NOTHING | words
    return msgspec.convert(line, ReportedUser)


def of_root(**told: Any) -> ReportedUser:
    """The line of the root user."""
    return reported("<root_account>", **{"arn": "arn:aws:iam::123456789012:root"} | told)


def report_of(*lines: ReportedUser) -> bytes:
    """The report that has these lines."""
    columns = ("user", "arn", *NOTHING)
    rows = [columns, *([getattr(line, column) for column in columns] for line in lines)]
    return "\n".join(map(",".join, rows)).encode()


def _word(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


BARE: dict[str, Any] = {"attached_managed_policies": (), "inline_policies": ()}


def a_user(**told: Any) -> User:
    """A user without policies and groups, but for what is told."""
    return User(**BARE | {"group_list": ()} | told)


def a_group(**told: Any) -> Group:
    """A group without policies, but for what is told."""
    return Group(**BARE | told)


def bare_role(**told: Any) -> Role:
    """A role without policies, but for what is told."""
    return Role(**BARE | {"path": "/"} | told)
