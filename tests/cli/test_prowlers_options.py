"""Options and variables that are Prowler's, as its users' command lines have them."""

from __future__ import annotations

from typing import Any

import pytest

from aioprowler.aws.patience import USUAL, Patience
from aioprowler.cli.options import Access, Running
from aioprowler.errors import UsageError

BOTO3 = "PROWLER_AWS_BOTO3_"


def test_regions_to_leave_out_are_of_the_option_else_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Access().unwanted_regions == []
    monkeypatch.setenv("PROWLER_AWS_DISALLOWED_REGIONS", " me-south-1, ap-east-1,,")
    assert Access().unwanted_regions == ["me-south-1", "ap-east-1"]
    assert list(Access().chosen.excluded) == ["me-south-1", "ap-east-1"]
    assert Access(excluded_regions=["eu-west-1"]).unwanted_regions == ["eu-west-1"]


def test_patience_is_of_the_options_else_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Running().patience() == USUAL
    for name, value in {"CONNECT_TIMEOUT": "20", "READ_TIMEOUT": " 90 ", "RETRIES_MAX_ATTEMPTS": "0"}.items():
        monkeypatch.setenv(BOTO3 + name, value)
    monkeypatch.setenv(f"{BOTO3}USER_AGENT_EXTRA", "audit/7")
    wanted = Patience(connect_timeout=20, read_timeout=90, retries=0, user_agent="audit/7")
    assert Running().patience() == wanted
    given: dict[str, Any] = {"connect_timeout": 7, "read_timeout": 8, "retries": 9}
    assert Running(**given).patience() == Patience(user_agent="audit/7", **given)


@pytest.mark.parametrize(
    ("given", "variables", "told"),
    [
        ({"connect_timeout": 0}, {}, "--aws-connect-timeout '0': give a whole number from 1 on."),
        ({"retries": -1}, {}, "--aws-retries-max-attempts '-1': give a whole number from 0 on."),
        ({}, {"READ_TIMEOUT": "1.5"}, "PROWLER_AWS_BOTO3_READ_TIMEOUT '1.5': give a whole number from 1 on."),
        ({}, {"USER_AGENT_EXTRA": "a\r\nX-Other: b"}, "PROWLER_AWS_BOTO3_USER_AGENT_EXTRA: give at most 200"),
    ],
)
def test_patience_that_nobody_has_is_refused(
    given: dict[str, Any], variables: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(BOTO3 + name, value)
    with pytest.raises(UsageError) as refused:
        Running(**given).patience()
    assert str(refused.value).startswith(told)
