"""The credential report: one line for each user, root included, about password, MFA and access keys."""

from __future__ import annotations

import csv
import datetime
import io

import anyio
import msgspec

from aioprowler import All, Aws, Failure, Resource, derive, source

ROOT = "<root_account>"
WAITS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, *[4.0] * 28)
"""Seconds between questions whether the report is ready: two minutes at most, where AWS mostly takes seconds."""

_FLAGS = {"true": True, "false": False, "TRUE": True, "FALSE": False}
_NOTHING = frozenset({"", "N/A", "no_information", "not_supported"})


class AccessKey(msgspec.Struct, frozen=True):
    """One of the two access keys that a user can have."""

    number: int
    active: bool
    last_rotated: datetime.datetime | None
    last_used: datetime.datetime | None


@source("iam:GenerateCredentialReport", "iam:GetCredentialReport")
async def report(aws: Aws) -> list[dict[str, str | bool]] | Failure:
    """AWS makes a report on request and hands out the same one for four hours."""
    for wait in WAITS:
        started = await aws.call("iam", "GenerateCredentialReport")
        if isinstance(started, Failure):
            return started
        if started.get("State") not in ("STARTED", "INPROGRESS"):
            break
        await anyio.sleep(wait)
    else:
        return Failure("timed_out", "iam:GenerateCredentialReport", "ReportInProgress")
    reply = await aws.call("iam", "GetCredentialReport")
    return reply if isinstance(reply, Failure) else read_report(reply["Content"])


class ReportedUser(Resource, id="user", type="AwsIamUser", group="IAM", rename="lower", noun="User"):
    """A line of the report. What does not apply to the user is None, or False."""

    source = report
    user: str
    arn: str
    password_enabled: bool = False
    password_last_used: datetime.datetime | None = None
    mfa_active: bool = False
    access_key_1_active: bool = False
    access_key_1_last_rotated: datetime.datetime | None = None
    access_key_1_last_used_date: datetime.datetime | None = None
    access_key_2_active: bool = False
    access_key_2_last_rotated: datetime.datetime | None = None
    access_key_2_last_used_date: datetime.datetime | None = None

    @property
    def is_root(self) -> bool:
        """The report has the root user under a name that no user can have."""
        return self.user == ROOT

    @property
    def active_keys(self) -> list[AccessKey]:
        """Its access keys that work."""
        keys = (
            AccessKey(1, self.access_key_1_active, self.access_key_1_last_rotated, self.access_key_1_last_used_date),
            AccessKey(2, self.access_key_2_active, self.access_key_2_last_rotated, self.access_key_2_last_used_date),
        )
        return [key for key in keys if key.active]

    @property
    def has_access_keys(self) -> bool:
        """Whether it has access keys, active or not: of a deactivated one the report tells the date."""
        return bool(self.active_keys or self.access_key_1_last_rotated or self.access_key_2_last_rotated)

    @property
    def last_used(self) -> datetime.datetime | None:
        """When its password or an access key was last used."""
        dates = (self.password_last_used, self.access_key_1_last_used_date, self.access_key_2_last_used_date)
        return max((date for date in dates if date), default=None)


def read_report(content: bytes) -> list[dict[str, str | bool]]:
    """The lines of a report. A user may be called `not_supported`; in any other column that means nothing."""
    lines = csv.DictReader(io.StringIO(content.decode()))
    return [
        {name: text if name == "user" else _FLAGS.get(text, text) for name, text in line.items() if _tells(name, text)}
        for line in lines
    ]


def _tells(column: str, text: object) -> bool:
    return isinstance(text, str) and (column == "user" or text not in _NOTHING)


class CredentialReport(msgspec.Struct, frozen=True):
    """The lines of the report by the user's name. Users made since the report are not in it."""

    users: dict[str, ReportedUser]


@derive
def credential_report(users: All[ReportedUser]) -> CredentialReport:
    """By user name."""
    return CredentialReport({user.user: user for user in users})


class Root(msgspec.Struct, frozen=True):
    """What the report says about the root user."""

    arn: str = ""
    password_enabled: bool = False
    active_keys: int = 0
    mfa_active: bool = False

    @property
    def has_credentials(self) -> bool:
        """Whether anybody could act as root; not where an organization took all of its credentials away."""
        return self.password_enabled or self.active_keys > 0


@derive
def root_user(users: All[ReportedUser]) -> Root:
    """Root's line, for checks about the account."""
    for user in users:
        if user.is_root:
            return Root(user.arn, user.password_enabled, len(user.active_keys), user.mfa_active)
    return Root()
