from __future__ import annotations

import msgspec
import pytest

from aioprowler import Fail, Manual, Pass, UnreadableError
from aioprowler.services.apigatewayv2 import checks
from aioprowler.services.apigatewayv2.resources import (
    Api,
    Authorizer,
    Authorizers,
    Routes,
    Stages,
    has_no_authorizer,
)


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


SOMEBODY, NOBODY = Authorizers(authorizers=(Authorizer(name="users"),)), Authorizers(authorizers=())


def routes(**words: str | None) -> Routes:
    told = [
        {"RouteKey": key.replace("_", " /")} | ({"AuthorizationType": word} if word else {})
        for key, word in words.items()
    ]
    return msgspec.convert({"Items": told}, Routes)


@pytest.mark.parametrize(
    ("protocol", "authorizers", "found", "verdict"),
    [
        ("HTTP", SOMEBODY, None, Pass),
        ("HTTP", NOBODY, routes(), Fail),
        ("HTTP", NOBODY, routes(GET_="NONE", PUT_="AWS_IAM"), Fail),
        ("HTTP", NOBODY, routes(GET_="AWS_IAM", OPTIONS_="NONE"), Pass),
        ("HTTP", NOBODY, routes(GET_="PASSKEY"), Manual),
        ("WEBSOCKET", NOBODY, routes(**{"$connect": "AWS_IAM", "$default": "NONE"}), Pass),
        ("WEBSOCKET", NOBODY, routes(**{"$connect": "NONE"}), Fail),
        ("WEBSOCKET", NOBODY, routes(**{"$default": "NONE"}), Fail),
    ],
)
def test_authorizers(protocol: str, authorizers: Authorizers, found: Routes | None, verdict: type) -> None:
    made = checks.apigatewayv2_api_authorizers_enabled(api(protocol), authorizers, found)
    assert isinstance(made, verdict)
    assert made.detail.startswith(f"{protocol} API orders (a1) ")
    assert has_no_authorizer(authorizers) == (found is not None)


def test_what_is_not_told_of_a_route_is_not_judged() -> None:
    with pytest.raises(UnreadableError, match="GET /"):
        checks.apigatewayv2_api_authorizers_enabled(api(), NOBODY, routes(GET_=None))


def test_arns_have_no_account() -> None:
    assert api().arn == "arn:aws:apigateway:us-east-1::/apis/a1"
