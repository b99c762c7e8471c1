from __future__ import annotations

import datetime

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.judging.versions import EndOfLife, at_least, supported

TABLE: EndOfLife = {"3.9": datetime.date(2025, 12, 15), "3.12": datetime.date(2028, 10, 31), "3.13": None}


@pytest.mark.parametrize(
    ("version", "day", "verdict"),
    [
        ("3.9", 15, Pass),
        ("3.9", 16, Fail),
        ("3.12", 16, Pass),
        ("3.13", 16, Pass),
        ("3.8", 16, Manual),
        ("4.0", 16, Manual),
        ("", 16, Manual),
    ],
)
def test_support_ends_after_its_last_day(version: str, day: int, verdict: type) -> None:
    now = datetime.datetime(2025, 12, day, 23, 59, tzinfo=datetime.UTC)
    judged = supported("Function f", "Python", version, TABLE, now)
    assert isinstance(judged, verdict)
    assert f"Python {version}" in judged.detail


@pytest.mark.parametrize(
    ("version", "minimum", "verdict"),
    [
        ("1.29", "1.30", Fail),
        ("1.9", "1.10", Fail),
        ("1.30", "1.30", Pass),
        ("1.30.0", "1.30", Pass),
        ("1.30", "1.30.0", Pass),
        ("1.30", "1.30.1", Fail),
        ("2", "1.30", Pass),
        ("v1.31-eks.2", "1.30", Pass),
        ("21", "21", Pass),
        ("latest", "1.30", Manual),
        ("", "1.30", Manual),
        ("1.30", "newest", Manual),
        ("9" * 5_000, "1.30", Manual),
    ],
)
def test_versions_are_compared_as_numbers(version: str, minimum: str, verdict: type) -> None:
    assert isinstance(at_least("Cluster c", "Kubernetes", version, minimum), verdict)
