from __future__ import annotations

import msgspec
import pytest

from aioprowler import Fail, Pass
from aioprowler.services.apigatewayv2 import checks
from aioprowler.services.apigatewayv2.resources import Api, Authorizer, Authorizers, Stages


def api(protocol: str = "HTTP") -> Api:
    return Api(api_id="a1", name="orders", protocol_type=protocol)


def test_each_stage_has_its_own_verdict() -> None:
    told = [
        {"StageName": "live", "AccessLogSettings": {"DestinationArn": "arn:logs"}},
        {"StageName": "test", "AccessLogSettings": {}},
        {"StageName": "$default"},
    ]
    found = list(checks.apigatewayv2_api_access_logging_enabled(api(), msgspec.convert({"Items": told}, Stages)))
    assert [(type(each), each.resource_id) for each in found] == [
        (Pass, "orders-live"),
        (Fail, "orders-test"),
        (Fail, "orders-$default"),
    ]
    assert list(checks.apigatewayv2_api_access_logging_enabled(api(), Stages(stages=()))) == []


@pytest.mark.parametrize(("authorizers", "verdict"), [((Authorizer(name="users"),), Pass), ((), Fail)])
def test_authorizers(authorizers: tuple[Authorizer, ...], verdict: type) -> None:
    found = checks.apigatewayv2_api_authorizers_enabled(api("WEBSOCKET"), Authorizers(authorizers=authorizers))
    assert isinstance(found, verdict)
    assert found.detail.startswith("WEBSOCKET API orders (a1) ")


def test_arns_have_no_account() -> None:
    assert api().arn == "arn:aws:apigateway:us-east-1::/apis/a1"
