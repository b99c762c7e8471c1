from __future__ import annotations

from typing import Any

import msgspec
import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.services.appsync import checks
from aioprowler.services.appsync.resources import GraphqlApi

OWN = {"apiId": "a1", "arn": "arn:a1", "name": "orders", "apiType": "GRAPHQL", "authenticationType": "AWS_IAM"}


def api(**told: Any) -> GraphqlApi:
    return msgspec.convert({**OWN, **told}, GraphqlApi)


@pytest.mark.parametrize(
    ("level", "verdict"),
    [("ALL", Pass), ("ERROR", Pass), ("INFO", Pass), ("DEBUG", Pass), ("NONE", Fail), ("SOME", Manual)],
)
def test_field_logs(level: str, verdict: type) -> None:
    assert isinstance(checks.appsync_field_level_logging_enabled(api(logConfig={"fieldLogLevel": level})), verdict)
    assert isinstance(checks.appsync_field_level_logging_enabled(api()), Fail)


@pytest.mark.parametrize(
    ("first", "added", "verdict"),
    [
        ("AWS_IAM", [], Pass),
        ("API_KEY", [], Fail),
        ("AMAZON_COGNITO_USER_POOLS", ["OPENID_CONNECT", "AWS_LAMBDA"], Pass),
        ("AMAZON_COGNITO_USER_POOLS", ["API_KEY"], Fail),
        ("AWS_IAM", ["PASSKEY"], Manual),
    ],
)
def test_api_keys(first: str, added: list[str], verdict: type) -> None:
    providers = [{"authenticationType": each} for each in added]
    check = checks.appsync_graphql_api_no_api_key_authentication
    told = {"authenticationType": first, "additionalAuthenticationProviders": providers}
    assert isinstance(check(api(**told)), verdict)
    assert check(api(**told, apiType="MERGED")) is None
