"""Distributions, and APIs of both generations."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.world import Json, Params, World, number_in
from benchmarks.simulated_aws.rendering import ACCOUNT


# --- CloudFront ---
def _items(*items: Any) -> Json:
    return {"Quantity": len(items), "Items": list(items)}


def _distribution(world: World, number: int) -> Json:
    """Every other one leads to a bucket of the account."""
    return {
        "Origins": _items(_bucket(world, number) if number % 2 else _server(world, number)),
        "OriginGroups": _items(),
        "DefaultCacheBehavior": {
            "TargetOriginId": "origin",
            "ViewerProtocolPolicy": "allow-all" if world.bad("viewers", number) else "redirect-to-https",
            "FieldLevelEncryptionId": "",
        },
        "CacheBehaviors": _items(),
        "ViewerCertificate": {
            "CloudFrontDefaultCertificate": False,
            "ACMCertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/certificate-{number}",
            "Certificate": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/certificate-{number}",
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021" if world.bad("viewer policy", number) else "TLSv1.3_2025",
        },
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
        "WebACLId": "" if world.bad("distribution waf", number) else f"web-acl-{number}",
    }


def _bucket(world: World, number: int) -> Json:
    control = "" if world.bad("origin access", number) else f"control-{number}"
    host = f"bucket-{ACCOUNT}-{number % max(1, world.size('s3:bucket'))}.s3.us-east-1.amazonaws.com"
    identity = {"OriginAccessIdentity": ""}
    return {"Id": "origin", "DomainName": host, "S3OriginConfig": identity, "OriginAccessControlId": control}


def _server(world: World, number: int) -> Json:
    connection = {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "http-only" if world.bad("origin protocol", number) else "https-only",
        "OriginSslProtocols": _items("TLSv1.1" if world.bad("origin tls", number) else "TLSv1.2"),
    }
    return {"Id": "origin", "DomainName": f"origin-{number}.example.com", "CustomOriginConfig": connection}


def _list_distributions(world: World, _: Params) -> Json:
    summaries = [
        {
            "Id": f"distribution-{number}", "ARN": f"arn:aws:cloudfront::{ACCOUNT}:distribution/distribution-{number}",
            "DomainName": f"d{number}.cloudfront.net", "Status": "Deployed", "Enabled": True, "Staging": False,
            **_distribution(world, number),
        }
        for number in world.each("cloudfront:distribution")
    ]  # fmt: skip
    return {"DistributionList": {"IsTruncated": False, "Items": summaries}}


def _get_distribution_config(world: World, params: Params) -> Json:
    number = number_in(params.get("Id"))
    if number not in world.each("cloudfront:distribution"):
        raise AwsError("NoSuchDistribution", "The specified distribution does not exist.", 404)
    logging = {"Enabled": not world.bad("distribution logs", number), "Bucket": "", "Prefix": ""}
    root = "" if world.bad("root object", number) else "index.html"
    return {"DistributionConfig": _distribution(world, number) | {"DefaultRootObject": root, "Logging": logging}}


CLOUDFRONT: Final = {
    "GetDistributionConfig": _get_distribution_config,
    "ListDistributions": _list_distributions,
}


# --- API Gateway ---
def _get_rest_apis(world: World, _: Params) -> Json:
    apis = [
        {
            "id": f"rest-{number}",
            "name": f"rest-{number}",
            "endpointConfiguration": {"types": ["REGIONAL" if world.bad("endpoint", number) else "PRIVATE"]},
        }
        for number in world.each("apigateway:rest_api")
    ]
    return {"items": apis}


def _rest_api(world: World, params: Params) -> int:
    """Raises AwsError."""
    return _known(world, "apigateway:rest_api", params.get("restApiId"))


def _known(world: World, kind: str, id_: object) -> int:
    number = number_in(id_)
    if number not in world.each(kind):
        raise AwsError("NotFoundException", "Invalid API identifier specified", 404)
    return number


def _get_authorizers(world: World, params: Params) -> Json:
    has_none = world.bad("authorizer", _rest_api(world, params))
    return {"items": [] if has_none else [{"id": "authorizer", "name": "users", "type": "COGNITO_USER_POOLS"}]}


def _get_resources(world: World, params: Params) -> Json:
    """Ten paths with a method each."""
    word = "NONE" if world.bad("method", _rest_api(world, params)) else "AWS_IAM"
    method = {"GET": {"httpMethod": "GET", "authorizationType": word}}
    return {"items": [{"id": f"path-{each}", "path": f"/{each}", "resourceMethods": method} for each in range(10)]}


def _get_stages(world: World, params: Params) -> Json:
    """Two of each API."""
    number = _rest_api(world, params)
    level = "OFF" if world.bad("stage logs", number) else "ERROR"
    setting = {"loggingLevel": level, "cachingEnabled": False, "cacheDataEncrypted": False}
    stage = {
        "cacheClusterEnabled": False,
        "tracingEnabled": not world.bad("tracing", number),
        "methodSettings": {"*/*": setting},
        "variables": {"host": "db.example.com"},
    }
    return {"item": [{"stageName": name, **stage} for name in ("live", "test")]}


APIGATEWAY: Final = {
    "GetAuthorizers": _get_authorizers,
    "GetResources": _get_resources,
    "GetRestApis": _get_rest_apis,
    "GetStages": _get_stages,
}


def _get_apis(world: World, _: Params) -> Json:
    apis = [
        {"ApiId": f"http-{number}", "Name": f"http-{number}", "ProtocolType": "HTTP"}
        for number in world.each("apigatewayv2:api")
    ]
    return {"Items": apis}


def _get_http_authorizers(world: World, params: Params) -> Json:
    number = _known(world, "apigatewayv2:api", params.get("ApiId"))
    return {"Items": [] if world.bad("authorizer", number) else [{"AuthorizerId": "authorizer", "Name": "users"}]}


def _get_routes(world: World, params: Params) -> Json:
    """Five of each API."""
    word = "NONE" if world.bad("route", _known(world, "apigatewayv2:api", params.get("ApiId"))) else "AWS_IAM"
    return {"Items": [{"RouteKey": f"GET /{each}", "AuthorizationType": word} for each in range(5)]}


def _get_http_stages(world: World, params: Params) -> Json:
    number = _known(world, "apigatewayv2:api", params.get("ApiId"))
    logs = {} if world.bad("access logs", number) else {"DestinationArn": world.arn("logs", f"log-group:http-{number}")}
    return {"Items": [{"StageName": "$default", **({"AccessLogSettings": logs} if logs else {})}]}


APIGATEWAYV2: Final = {
    "GetApis": _get_apis,
    "GetAuthorizers": _get_http_authorizers,
    "GetRoutes": _get_routes,
    "GetStages": _get_http_stages,
}
