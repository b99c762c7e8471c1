from __future__ import annotations

from typing import Any

import msgspec
import pytest

from aioprowler import Fail, Manual, Pass, UnreadableError
from aioprowler.declarations.sources import Secret
from aioprowler.services.apigateway import checks
from aioprowler.services.apigateway.resources import (
    Authorizer,
    Authorizers,
    DomainName,
    EndpointConfiguration,
    Methods,
    RestApi,
    Stages,
    StageSecrets,
    has_no_authorizer,
    stage_variables,
)

ARN = "arn:aws:apigateway:us-east-1::/restapis/a1"
NOBODY, SOMEBODY = Authorizers(authorizers=()), Authorizers(authorizers=(Authorizer(name="users"),))


def api(*types: str) -> RestApi:
    return RestApi(rest_api_id="a1", name="orders", endpoint_configuration=EndpointConfiguration(types))


def methods(**authorization: str | None) -> Methods:
    told = {
        verb: {"httpMethod": verb} | ({"authorizationType": word} if word else {})
        for verb, word in authorization.items()
    }
    return msgspec.convert({"items": [{"path": "/", "resourceMethods": told}, {"path": "/none"}]}, Methods)


def stages(**told: Any) -> Stages:
    return msgspec.convert({"item": [{"stageName": "live", **told}]}, Stages)


def of_stage(check: Any, **told: Any) -> Any:
    """The verdict on a stage, which is named as it ought to be."""
    (found,) = check(api("EDGE"), stages(**told))
    assert (found.resource_id, found.resource_arn) == ("orders", f"{ARN}/stages/live")
    return found


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        ("SecurityPolicy_TLS13_1_2_PQ_2025_09", Pass),
        ("SecurityPolicy_TLS13_1_3_2025_09", Fail),
        ("TLS_1_2", Fail),
        ("", Fail),
    ],
)
def test_post_quantum_policies(policy: str, verdict: type) -> None:
    domain = DomainName(name="api.example.com", security_policy=policy)
    check = checks.apigateway_domain_name_pqc_tls_enabled
    assert isinstance(check(domain), verdict)
    assert isinstance(check(domain, apigateway_pqc_tls_allowed_policies=[policy]), Pass)
    assert domain.arn == "arn:aws:apigateway:us-east-1::/domainnames/api.example.com"


# --- Who is let in ---


@pytest.mark.parametrize(
    ("authorizers", "found", "verdict"),
    [
        (SOMEBODY, None, Pass),
        (NOBODY, methods(), Fail),
        (NOBODY, methods(OPTIONS="NONE"), Fail),
        (NOBODY, methods(GET="AWS_IAM", POST="COGNITO_USER_POOLS", OPTIONS="NONE"), Pass),
        (NOBODY, methods(GET="AWS_IAM", POST="NONE"), Fail),
        (NOBODY, methods(GET="AWS_IAM", POST="PASSKEY"), Manual),
    ],
)
def test_authorizers(authorizers: Authorizers, found: Methods | None, verdict: type) -> None:
    assert isinstance(checks.apigateway_restapi_authorizers_enabled(api("EDGE"), authorizers, found), verdict)
    assert has_no_authorizer(authorizers) == (found is not None)


def test_open_methods_are_named_and_untold_ones_are_not_judged() -> None:
    check = checks.apigateway_restapi_authorizers_enabled
    assert "POST /." in check(api("EDGE"), NOBODY, methods(GET="AWS_IAM", POST="NONE")).detail
    with pytest.raises(UnreadableError, match="GET /"):
        check(api("EDGE"), NOBODY, methods(GET=None))


@pytest.mark.parametrize(
    ("types", "public", "unauthorized"),
    [
        (["PRIVATE"], Pass, type(None)),
        (["EDGE"], Fail, Fail),
        (["REGIONAL"], Fail, Fail),
        (["PRIVATE", "REGIONAL"], Fail, Fail),
        (["LUNAR"], Manual, Fail),
    ],
)
def test_endpoints(types: list[str], public: type, unauthorized: type) -> None:
    assert isinstance(checks.apigateway_restapi_public(api(*types)), public)
    check = checks.apigateway_restapi_public_with_authorizer
    assert isinstance(check(api(*types), NOBODY), unauthorized)
    assert isinstance(check(api(*types), SOMEBODY), Pass if unauthorized is Fail else unauthorized)


def test_endpoints_that_are_not_told_are_not_judged() -> None:
    with pytest.raises(UnreadableError, match="endpoint types"):
        checks.apigateway_restapi_public(api())


# --- Stages ---


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ({"*/*": {"cachingEnabled": True, "cacheDataEncrypted": True}}, Pass),
        ({"*/*": {"cachingEnabled": True}}, Fail),
        (
            {
                "*/*": {"cachingEnabled": True, "cacheDataEncrypted": True},
                "~1cards/GET": {"cachingEnabled": True, "cacheDataEncrypted": False},
            },
            Fail,
        ),
        (
            {"*/*": {"cachingEnabled": True, "cacheDataEncrypted": True}, "~1cards/GET": {"cachingEnabled": False}},
            Pass,
        ),
    ],
)
def test_caches(settings: dict[str, Any], verdict: type) -> None:
    check = checks.apigateway_restapi_cache_encrypted
    assert isinstance(of_stage(check, methodSettings=settings, cacheClusterEnabled=True), verdict)
    assert isinstance(of_stage(check, methodSettings=settings), verdict)
    assert list(check(api("EDGE"), stages(methodSettings=settings, cacheClusterEnabled=False))) == []


def test_without_a_cache_there_is_nothing_to_encrypt() -> None:
    check = checks.apigateway_restapi_cache_encrypted
    assert list(check(api("EDGE"), stages(methodSettings={"*/*": {"cacheDataEncrypted": False}}))) == []
    assert list(check(api("EDGE"), stages())) == []


@pytest.mark.parametrize(
    ("levels", "verdict"),
    [
        ({}, Fail),
        ({"*/*": ""}, Fail),
        ({"*/*": "OFF"}, Fail),
        ({"*/*": "ERROR"}, Pass),
        ({"*/*": "SOME"}, Manual),
        ({"*/*": "INFO", "~1cards/GET": ""}, Pass),
        ({"*/*": "INFO", "~1cards/GET": "ERROR"}, Pass),
        ({"*/*": "INFO", "~1cards/GET": "OFF"}, Fail),
        ({"*/*": "OFF", "~1cards/GET": "INFO"}, Fail),
        ({"*/*": "OFF", "~1cards/GET": "SOME"}, Fail),
        ({"~1cards/GET": "INFO"}, Manual),
        ({"*/*": "", "~1cards/GET": "INFO"}, Manual),
        ({"~1cards/GET": "INFO", "~1cards/POST": "OFF"}, Fail),
    ],
)
def test_logs(levels: dict[str, str], verdict: type) -> None:
    """Of each method: https://docs.aws.amazon.com/config/latest/developerguide/api-gw-execution-logging-enabled.html."""
    settings = {path: {"loggingLevel": level} for path, level in levels.items()}
    assert isinstance(of_stage(checks.apigateway_restapi_logging_enabled, methodSettings=settings), verdict)


@pytest.mark.parametrize(
    ("check", "member", "good"),
    [
        (checks.apigateway_restapi_client_certificate_enabled, "clientCertificateId", "c"),
        (checks.apigateway_restapi_tracing_enabled, "tracingEnabled", True),
        (checks.apigateway_restapi_waf_acl_attached, "webAclArn", "arn:waf"),
    ],
)
def test_what_stages_have(check: Any, member: str, good: Any) -> None:
    assert isinstance(of_stage(check, **{member: good}), Pass)
    assert isinstance(of_stage(check, **{member: type(good)()}), Fail)
    assert isinstance(of_stage(check), Fail)


def test_secrets_are_of_the_stage_that_has_them() -> None:
    told = [{"stageName": "live", "variables": {"db": "x"}}, {"stageName": "live2"}]
    both = msgspec.convert({"item": told}, Stages)
    assert stage_variables(both) == {"live: variable db": '"db": "x"'}
    found = StageSecrets(secrets={"live: variable db": (Secret("Generic Password", 0),)})
    bad, good = checks.apigateway_restapi_no_secrets_in_stage_variables(api("EDGE"), both, found)
    assert bad.names == ({"stage": "live", "variable": "db"},)
    assert isinstance(bad, Fail)
    assert "may hold secrets: variable db: Generic Password." in bad.detail
    assert isinstance(good, Pass)
    assert (bad.resource_id, bad.resource_arn) == ("orders/live", f"{ARN}/stages/live")
    assert good.resource_id == "orders/live2"
