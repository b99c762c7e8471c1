"""The credential report: one line for each user, root included, about password, MFA and access keys."""

from __future__ import annotations

import csv
import datetime
import io

import anyio
import msgspec

from aioprowler import All, Aws, Failure, Resource, UnreadableError, derive, source
from aioprowler.judging.ages import LastEvent

ROOT = "<root_account>"
WAITS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, *[4.0] * 28)
"""Seconds between questions whether the report is ready: two minutes at most, where AWS mostly takes seconds."""

_FLAGS = {"true": True, "false": False, "TRUE": True, "FALSE": False}
_NEVER = frozenset({"N/A", "no_information"})
"""What a date is where there is none. Of others, such as `not_supported`, it is not known whether there is one."""


class AccessKey(msgspec.Struct, frozen=True):
    """One of the two access keys that a user can have; its dates in the words of the report."""

    number: int
    last_rotated: str
    last_used_date: str

    @property
    def made(self) -> datetime.datetime | None:
        """When it was made; None: the report does not say."""
        return date_of(self.last_rotated)

    @property
    def was_never_used(self) -> bool | None:
        """As far as AWS knows; None: the report does not say."""
        return True if self.last_used_date in _NEVER else False if date_of(self.last_used_date) else None

    @property
    def last_event(self) -> LastEvent | None:
        """None: the report does not say since when it lies unused."""
        return last_event(self.last_used_date, "was last used", self.last_rotated, "was never used since it was made")


@source("iam:GenerateCredentialReport", "iam:GetCredentialReport")
async def report(aws: Aws) -> list[dict[str, str]] | Failure:
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
    """A line of the report, in its own words. AWS sends every column, with a word where there is nothing to tell:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
    """

    source = report
    user: str
    arn: str
    password_enabled: str
    password_last_used: str
    password_last_changed: str
    mfa_active: str
    access_key_1_active: str
    access_key_1_last_rotated: str
    access_key_1_last_used_date: str
    access_key_2_active: str
    access_key_2_last_rotated: str
    access_key_2_last_used_date: str

    @property
    def is_root(self) -> bool:
        """The report has the root user under a name that no user can have."""
        return self.user == ROOT

    @property
    def has_password(self) -> bool:
        """Raises UnreadableError where the report does not say, as for root users of many accounts."""
        return self._flag("password_enabled")

    @property
    def has_mfa(self) -> bool:
        """Raises UnreadableError where the report does not say."""
        return self._flag("mfa_active")

    @property
    def active_keys(self) -> list[AccessKey]:
        """Its access keys that work. Raises UnreadableError where the report does not say which do."""
        keys = {
            "access_key_1_active": AccessKey(1, self.access_key_1_last_rotated, self.access_key_1_last_used_date),
            "access_key_2_active": AccessKey(2, self.access_key_2_last_rotated, self.access_key_2_last_used_date),
        }
        return [key for flag, key in keys.items() if self._flag(flag)]

    @property
    def has_access_keys(self) -> bool:
        """Whether it has access keys, active or not: of a deactivated one the report tells the date."""
        rotated = (self.access_key_1_last_rotated, self.access_key_2_last_rotated)
        return any(map(date_of, rotated)) or bool(self.active_keys)

    @property
    def has_credentials(self) -> bool:
        """Whether anybody could act as the user; said where the report does not rule it out."""
        flags = (self.password_enabled, self.access_key_1_active, self.access_key_2_active)
        return any(_FLAGS.get(flag, True) for flag in flags)

    @property
    def last_sign_in(self) -> LastEvent | None:
        """None: the report does not say since when its password lies unused."""
        used, changed = self.password_last_used, self.password_last_changed
        never = "never signed in to the console since its password was set"
        return last_event(used, "last signed in to the console", changed, never)

    @property
    def last_used(self) -> datetime.datetime | None:
        """When its password or an access key was last used, as far as the report tells."""
        return max(filter(None, map(date_of, self._uses)), default=None)

    @property
    def tells_last_used(self) -> bool:
        """Whether the report says of the password and both keys when they were last used, or that they never were."""
        return all(use in _NEVER or date_of(use) for use in self._uses)

    @property
    def _uses(self) -> tuple[str, str, str]:
        return self.password_last_used, self.access_key_1_last_used_date, self.access_key_2_last_used_date

    def _flag(self, column: str) -> bool:
        text: str = getattr(self, column)
        if text not in _FLAGS:
            raise UnreadableError(f"the credential report has {text} for {column} of {self.user}")
        return _FLAGS[text]


def date_of(text: str) -> datetime.datetime | None:
    """A date of the report; None for a word in its place."""
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return None


def last_event(used: str, of_use: str, made: str, of_making: str) -> LastEvent | None:
    """The last use or, of what was never used, the making, as the CIS AWS Foundations Benchmark counts unused days."""
    if at := date_of(used):
        return LastEvent(of_use, at)
    if used in _NEVER and (at := date_of(made)):
        return LastEvent(of_making, at)
    return None


def read_report(content: bytes) -> list[dict[str, str]]:
    """The lines of a report, by their columns. Raises UnreadableError."""
    try:
        columns, *lines = filter(None, csv.reader(io.StringIO(content.decode())))
    except (csv.Error, ValueError) as error:
        raise UnreadableError(f"the credential report is no table: {error}") from None
    return [dict(zip(columns, line, strict=False)) for line in lines]


class CredentialReport(msgspec.Struct, frozen=True):
    """The lines of the report by the user's name. Users made since the report are not in it."""

    users: dict[str, ReportedUser]


@derive
def credential_report(users: All[ReportedUser]) -> CredentialReport:
    """By user name."""
    return CredentialReport({user.user: user for user in users})


class Root(msgspec.Struct, frozen=True):
    """What the report says about the root user."""

    line: ReportedUser | None

    @property
    def user(self) -> ReportedUser:
        """Its line. Raises UnreadableError where the report has none, which AWS's always has."""
        if self.line is None:
            raise UnreadableError("the credential report leaves out the root user")
        return self.line


@derive
def root_user(users: All[ReportedUser]) -> Root:
    """Root's line, for checks about the account."""
    return Root(next((user for user in users if user.is_root), None))
