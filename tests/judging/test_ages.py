from __future__ import annotations

import datetime

import pytest

from aioprowler import Fail, Pass, Verdict
from aioprowler.judging.ages import months_after, valid_for, within_days

NOW = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)


def ago(**span: int) -> datetime.datetime:
    return NOW - datetime.timedelta(**span)


@pytest.mark.parametrize(
    ("then", "verdict"),
    [
        (ago(days=90), Pass("Key k was made 90 days ago.")),
        (ago(days=90, hours=23), Pass("Key k was made 90 days ago.")),
        (ago(days=91), Fail("Key k was made 91 days ago, more than the 90 that are allowed.")),
        (ago(days=-1), Pass("Key k was made -1 days ago.")),
    ],
)
def test_how_long_ago(then: datetime.datetime, verdict: Verdict) -> None:
    assert within_days("Key k", "was made", then, NOW, 90) == verdict


@pytest.mark.parametrize(
    ("end", "days", "verdict"),
    [
        (NOW, 0, Fail("Certificate c expired on 2026-01-31.")),
        (ago(days=1), 30, Fail("Certificate c expired on 2026-01-30.")),
        (ago(seconds=-1), 0, Pass("Certificate c expires on 2026-01-31.")),
        (ago(days=-30), 30, Fail("Certificate c expires on 2026-03-02, in 30 days.")),
        (ago(days=-30, seconds=-1), 30, Pass("Certificate c expires on 2026-03-02.")),
    ],
)
def test_how_long_still(end: datetime.datetime, days: int, verdict: Verdict) -> None:
    assert valid_for("Certificate c", end, NOW, days) == verdict


@pytest.mark.parametrize(
    ("months", "day"), [(0, "2026-01-31"), (1, "2026-02-28"), (3, "2026-04-30"), (11, "2026-12-31"), (12, "2027-01-31")]
)
def test_the_same_day_of_a_later_month(months: int, day: str) -> None:
    assert f"{months_after(NOW, months):%Y-%m-%d}" == day
