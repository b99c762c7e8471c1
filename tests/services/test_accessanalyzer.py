from __future__ import annotations

import pytest

from aioprowler import Account, Fail, Manual, Pass, Region
from aioprowler.services.accessanalyzer.checks import (
    accessanalyzer_enabled,
    accessanalyzer_enabled_without_findings,
)
from aioprowler.services.accessanalyzer.resources import MOST, ActiveFindings, Analyzer, is_active

REGION = Region(name="us-east-1", account=Account(id="123456789012"))


def analyzer(status: str = "ACTIVE") -> Analyzer:
    return Analyzer(name="a", arn="arn:aws:access-analyzer:us-east-1:123456789012:analyzer/a", status=status)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("ACTIVE", Pass), ("CREATING", Fail), ("DISABLED", Fail), ("FAILED", Fail), ("PAUSED", Manual)],
)
def test_analyzers(status: str, verdict: type) -> None:
    (found,) = accessanalyzer_enabled(REGION, (analyzer(status),))
    assert isinstance(found, verdict)
    assert found.resource == analyzer(status)
    assert is_active(analyzer(status)) == (verdict is Pass)


def test_each_analyzer_is_judged() -> None:
    found = list(accessanalyzer_enabled(REGION, (analyzer(), analyzer("FAILED"))))
    assert [type(each) for each in found] == [Pass, Fail]


def test_a_region_without_an_analyzer_fails() -> None:
    assert list(accessanalyzer_enabled(REGION, ())) == [Fail("IAM Access Analyzer is not enabled in us-east-1.")]


@pytest.mark.parametrize(
    ("number", "verdict", "told"),
    [(0, Pass, "not have active"), (7, Fail, "has 7 active"), (MOST, Fail, f"has {MOST} or more active")],
)
def test_findings(number: int, verdict: type, told: str) -> None:
    found = accessanalyzer_enabled_without_findings(analyzer(), ActiveFindings(number=number))
    assert isinstance(found, verdict)
    assert told in found.detail
