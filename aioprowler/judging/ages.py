"""Ages and dates: how long ago something happened, and how long something still holds.

Moments are datetimes with a time zone, as AWS's replies and the scan's clock give them; days are whole ones.
"""

from __future__ import annotations

import calendar
import datetime

import msgspec

from aioprowler.declarations.checks import Fail, Manual, Pass, Verdict
from aioprowler.judging.verdicts import pass_if


def days_since(then: datetime.datetime, now: datetime.datetime) -> int:
    """Whole days from then to now, negative where then is to come."""
    return (now - then).days


def months_after(day: datetime.datetime, months: int) -> datetime.datetime:
    """The same day of a later month, or the last one where that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def within_days(label: str, event: str, then: datetime.datetime, now: datetime.datetime, days: int) -> Pass | Fail:
    """PASS where the event is at most so many days ago: `Instance i-1` `was launched` `... 190 days ago, ...`."""
    ago = days_since(then, now)
    told = f"{label} {event} {ago} days ago"
    return pass_if(ago <= days, f"{told}.", f"{told}, more than the {days} that are allowed.")


class LastEvent(msgspec.Struct, frozen=True):
    """What happened last to something that may lie unused since, as a sentence says it (`was last used`), and when."""

    event: str
    at: datetime.datetime


def used_within(label: str, last: LastEvent | None, now: datetime.datetime, days: int) -> Verdict:
    """As `within_days`; MANUAL where AWS does not tell since when it lies unused."""
    if last is None:
        return Manual(f"AWS does not tell since when {label} lies unused.")
    return within_days(label, last.event, last.at, now, days)


def valid_for(label: str, end: datetime.datetime, now: datetime.datetime, days: int = 0) -> Pass | Fail:
    """PASS where what ends then holds for more than so many days: `Server certificate x expires on 2026-01-31.`"""
    if end <= now:
        return Fail(f"{label} expired on {end:%Y-%m-%d}.")
    told = f"{label} expires on {end:%Y-%m-%d}"
    left = (end - now).days
    return pass_if(end - now > datetime.timedelta(days), f"{told}.", f"{told}, in {left} days.")
