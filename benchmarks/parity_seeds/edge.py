"""What answers at the edge of the network: distributions, APIs and hosted apps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.states import State

Structure = dict[str, Any]


def _items(*items: Any) -> Structure:
    """As CloudFront lists them; without any there is no list."""
    return {"Quantity": len(items)} | ({"Items": list(items)} if items else {})


# --- CloudFront ---

_AUTHORITY: Final = "arn:aws:acm:us-east-1:500000002701:certificate/c"
_OWN: Final = {
    "CloudFrontDefaultCertificate": False, "ACMCertificateArn": _AUTHORITY, "Certificate": _AUTHORITY,
    "CertificateSource": "acm", "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.3_2025",
}  # fmt: skip
_DEFAULT: Final = {
    "CloudFrontDefaultCertificate": True, "SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1",
    "CertificateSource": "cloudfront",
}  # fmt: skip
_KEPT, _LOST, _FOREIGN = "edge-kept", "edge.lost", "edge-foreign"
"""A bucket that is there, one that is not, and one of whose the account may know nothing."""


def _custom(policy: str, *protocols: str, name: str = "web") -> Structure:
    connection = {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": policy,
        "OriginSslProtocols": _items(*protocols),
    }
    return {"Id": name, "DomainName": f"{name}.example.com", "CustomOriginConfig": connection}


def _bucket(bucket: str, control: str = "", identity: str = "") -> Structure:
    host = f"{bucket}.s3.{HOME_REGION}.amazonaws.com"
    given = {"S3OriginConfig": {"OriginAccessIdentity": identity}, "OriginAccessControlId": control}
    return {"Id": bucket, "DomainName": host, **given}


def _behavior(policy: str, **more: Any) -> Structure:
    return {"TargetOriginId": "web", "ViewerProtocolPolicy": policy, "FieldLevelEncryptionId": "", **more}


def _group(*members: str) -> Structure:
    criteria = {"StatusCodes": _items(500)}
    return {"Id": "group", "FailoverCriteria": criteria, "Members": _items(*({"OriginId": each} for each in members))}


def _distributions(account: str) -> dict[str, Structure]:
    """By id, each unlike a plain one in what its id says."""
    plain = {
        "Origins": _items(_custom("https-only", "TLSv1.2")),
        "OriginGroups": _items(_group("web", "spare")),
        "DefaultCacheBehavior": _behavior("https-only"),
        "CacheBehaviors": _items(),
        "ViewerCertificate": _OWN,
        "Restrictions": {"GeoRestriction": {"RestrictionType": "whitelist", **_items("DE")}},
        "WebACLId": f"arn:aws:wafv2:us-east-1:{account}:global/webacl/web/1",
    }
    unlike: dict[str, Structure] = {
        "PLAIN": {},
        "BARE": {
            "Origins": _items(_custom("http-only", "SSLv3", "TLSv1.2")),
            "OriginGroups": _items(),
            "DefaultCacheBehavior": _behavior("allow-all"),
            "ViewerCertificate": _DEFAULT,
            "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
            "WebACLId": "",
        },
        "FULL": {
            "DefaultCacheBehavior": _behavior(
                "redirect-to-https", FieldLevelEncryptionId="E1", RealtimeLogConfigArn="arn:aws:cloudfront::1:rt/r"
            ),
            "Restrictions": {"GeoRestriction": {"RestrictionType": "blacklist", **_items("AQ")}},
        },
        "ADDRESS": {"ViewerCertificate": _OWN | {"SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1.2_2025"}},
        "LEAKY": {"CacheBehaviors": _items(_behavior("allow-all", PathPattern="/old/*"))},
        "MATCHED": {"Origins": _items(_custom("match-viewer", "TLSv1.2", "TLSv1.1"))},
        "MIXED": {
            "Origins": _items(_custom("https-only", "TLSv1.2"), _custom("match-viewer", "TLSv1.2", name="api")),
            "DefaultCacheBehavior": _behavior("allow-all"),
            "CacheBehaviors": _items(
                _behavior("https-only", PathPattern="/api/*") | {"TargetOriginId": "api"}
            ),
        },
        "UNMATCHED": {
            "Origins": _items(_custom("match-viewer", "TLSv1.2"), _bucket(_KEPT)),
            "DefaultCacheBehavior": _behavior("allow-all"),
        },
        "KEPT": {"Origins": _items(_bucket(_KEPT, control="E1"), _custom("https-only", "TLSv1.2"))},
        "IDENTITY": {
            "Origins": _items(
                _bucket(_KEPT, control="E1"),
                _bucket(_FOREIGN, identity="origin-access-identity/cloudfront/E2"),
            )
        },
        "LOST": {"Origins": _items(_bucket(_LOST, control="E1"))},
        "INSIDE": {
            "Origins": _items(
                {"Id": "web", "DomainName": "inside", "VpcOriginConfig": {"VpcOriginId": "vo_1"}},
            )
        },
    }  # fmt: skip
    return {id_: plain | told for id_, told in unlike.items()}


def _summary(id_: str, account: str, told: Structure) -> Structure:
    arn = f"arn:aws:cloudfront::{account}:distribution/{id_}"
    return {
        "Id": id_, "ARN": arn, "Status": "Deployed", "DomainName": f"{id_.lower()}.cloudfront.net", "Comment": "",
        "Aliases": _items(), "CustomErrorResponses": _items(), "PriceClass": "PriceClass_All", "Enabled": True,
        "LastModifiedTime": "2026-01-01T00:00:00Z", "HttpVersion": "http2", "IsIPV6Enabled": True, "Staging": False,
        **told,
    }  # fmt: skip


_ROOTS: Final = ("PLAIN", "FULL")
_LOGGING: Final = ("PLAIN", "KEPT")
_DELIVERED: Final = {"ADDRESS": "ACCESS_LOGS", "MIXED": "CONNECTION_LOGS"}
"""By way of CloudWatch. Of LOST there is a source, from which nothing is delivered."""


def distributions(clients: Clients) -> None:
    """Create buckets, and have distributions told as AWS tells them."""
    account = clients.account_id
    for name in (_KEPT, _FOREIGN):
        clients("s3").create_bucket(Bucket=name)
    told = _distributions(account)

    def config(asked: Mapping[str, Any]) -> Structure:
        id_ = asked["Id"]
        logging = {"Enabled": id_ in _LOGGING, "IncludeCookies": False, "Bucket": "", "Prefix": ""}
        root = "index.html" if id_ in _ROOTS else ""
        own = {"CallerReference": id_, "Comment": "", "Enabled": True, "DefaultRootObject": root, "Logging": logging}
        return {"DistributionConfig": told[id_] | own}

    sources = [
        {"name": id_, "arn": f"arn:aws:logs:us-east-1:{account}:delivery-source:{id_}", "service": "cloudfront",
         "logType": kind, "resourceArns": [f"arn:aws:cloudfront::{account}:distribution/{id_}"]}
        for id_, kind in {**_DELIVERED, "LOST": "ACCESS_LOGS"}.items()
    ]  # fmt: skip
    deliveries = [
        {"id": id_, "arn": f"arn:aws:logs:us-east-1:{account}:delivery:{id_}", "deliverySourceName": id_}
        for id_ in _DELIVERED
    ]
    summaries = [_summary(id_, account, each) for id_, each in told.items()]
    every = {"Marker": "", "MaxItems": 100, "IsTruncated": False, **_items(*summaries)}
    endpoint = {
        "Name": "inside", "Arn": "arn", "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": _items("TLSv1.2"),
    }  # fmt: skip
    tell(clients, "cloudfront", "ListDistributions", {"DistributionList": every})
    tell(clients, "cloudfront", "GetDistributionConfig", config)
    tell(clients, "cloudfront", "GetVpcOrigin", {"VpcOrigin": {"Id": "vo_1", "VpcOriginEndpointConfig": endpoint}})
    tell(clients, "cloudfront", "ListTagsForResource", {"Tags": _items()})
    tell(clients, "logs", "DescribeDeliverySources", {"deliverySources": sources})
    tell(clients, "logs", "DescribeDeliveries", {"deliveries": deliveries})


# --- API Gateway ---

_USERS: Final = {"id": "u1", "name": "users", "type": "COGNITO_USER_POOLS"}
_APIS: Final[Mapping[str, tuple[list[str], list[Structure], Mapping[str, str]]]] = {
    "guarded": (["EDGE"], [_USERS], {"GET": "NONE"}),
    "open": (["REGIONAL"], [], {"GET": "AWS_IAM", "POST": "NONE", "OPTIONS": "NONE"}),
    "closed": (["REGIONAL"], [], {"GET": "AWS_IAM", "POST": "CUSTOM", "OPTIONS": "NONE"}),
    "empty": (["PRIVATE"], [], {}),
}
"""REST APIs: endpoint types, authorizers, and what each method asks of who calls."""
_ON: Final = {"cachingEnabled": True, "cacheDataEncrypted": True}
_STAGES: Final[Mapping[str, list[Structure]]] = {
    "guarded": [
        {
            "stageName": "good", "clientCertificateId": "c1", "tracingEnabled": True, "cacheClusterEnabled": True,
            "webAclArn": "arn:aws:wafv2:us-east-1:1:regional/webacl/web/1", "variables": {"host": "db.example.com"},
            "methodSettings": {"*/*": {"loggingLevel": "INFO", **_ON}},
        },
        {
            "stageName": "bad", "tracingEnabled": False, "cacheClusterEnabled": True,
            "variables": {"DB_PASSWORD": "tr0ub4dor-and-3-horses"},
            "methodSettings": {"*/*": {"loggingLevel": "OFF", "cachingEnabled": True, "cacheDataEncrypted": False}},
        },
        {
            "stageName": "mixed", "tracingEnabled": False, "cacheClusterEnabled": True,
            "methodSettings": {
                "*/*": {"loggingLevel": "OFF", **_ON},
                "~1cards/GET": {"loggingLevel": "ERROR", "cachingEnabled": True, "cacheDataEncrypted": False},
            },
        },
        {
            "stageName": "idle", "tracingEnabled": False, "cacheClusterEnabled": False,
            "methodSettings": {"*/*": {"cachingEnabled": True, "cacheDataEncrypted": False}},
        },
        {"stageName": "bare", "tracingEnabled": False, "cacheClusterEnabled": False, "methodSettings": {}},
    ],
}  # fmt: skip
_POLICIES: Final = {
    "quantum.example.com": {"securityPolicy": "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"},
    "newer.example.com": {"securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"},
    "legacy.example.com": {"securityPolicy": "TLS_1_2"},
    "default.example.com": {},
}
_HTTP: Final = {
    "guarded": [{"StageName": "logging", "AccessLogSettings": {"DestinationArn": "arn:aws:logs:us-east-1:1:log"}}],
    "open": [{"StageName": "$default", "AutoDeploy": True}],
    "idle": [],
    "signed": [],
}
"""HTTP APIs with their stages."""
_ROUTES: Final = {"open": ["NONE", "AWS_IAM"], "signed": ["AWS_IAM", "AWS_IAM"]}
"""What the routes of an API ask of who calls."""


def apis(clients: Clients) -> None:
    """Have APIs of both generations told as AWS tells them."""
    rest = {
        name: {"id": name, "name": f"{name} API", "endpointConfiguration": {"types": types}}
        for name, (types, *_) in _APIS.items()
    }

    def resources(asked: Mapping[str, Any]) -> Structure:
        methods = {
            verb: {"httpMethod": verb, "authorizationType": word} for verb, word in _APIS[asked["restApiId"]][2].items()
        }
        return {"items": [{"id": "r1", "path": "/orders", **({"resourceMethods": methods} if methods else {})}]}

    replies: Mapping[str, Any] = {
        "GetRestApis": {"items": list(rest.values())},
        "GetRestApi": lambda asked: rest[asked["restApiId"]],
        "GetAuthorizers": lambda asked: {"items": _APIS[asked["restApiId"]][1]},
        "GetResources": resources,
        "GetMethod": lambda asked: {"authorizationType": _APIS[asked["restApiId"]][2][asked["httpMethod"]]},
        "GetStages": lambda asked: {"item": _STAGES.get(asked["restApiId"], [])},
        "GetDomainNames": {"items": [{"domainName": name, **told} for name, told in _POLICIES.items()]},
    }
    for operation, reply in replies.items():
        tell(clients, "apigateway", operation, reply)
    of_second: Mapping[str, Any] = {
        "GetApis": {
            "Items": [
                {"ApiId": name, "Name": f"{name} HTTP", "ProtocolType": "HTTP", "RouteSelectionExpression": "route"}
                for name in _HTTP
            ]
        },
        "GetAuthorizers": lambda asked: {
            "Items": [{"AuthorizerId": "u1", "Name": "users"}] if asked["ApiId"] == "guarded" else []
        },
        "GetRoutes": lambda asked: {
            "Items": [
                {"RouteKey": f"GET /{number}", "AuthorizationType": word}
                for number, word in enumerate(_ROUTES.get(asked["ApiId"], []))
            ]
        },
        "GetStages": lambda asked: {"Items": _HTTP[asked["ApiId"]]},
    }
    for operation, reply in of_second.items():
        tell(clients, "apigatewayv2", operation, reply)


# --- AppSync and Amplify ---

_GRAPHQL: Final[Mapping[str, Structure]] = {
    "all": {"authenticationType": "AWS_IAM", "logConfig": {"fieldLogLevel": "ALL"}},
    "errors": {"authenticationType": "AWS_LAMBDA", "logConfig": {"fieldLogLevel": "ERROR"}},
    "debug": {"authenticationType": "OPENID_CONNECT", "logConfig": {"fieldLogLevel": "DEBUG"}},
    "none": {"authenticationType": "API_KEY", "logConfig": {"fieldLogLevel": "NONE"}},
    "quiet": {"authenticationType": "API_KEY"},
    "besides": {
        "authenticationType": "AMAZON_COGNITO_USER_POOLS",
        "additionalAuthenticationProviders": [{"authenticationType": "API_KEY"}],
    },
    "merged": {"authenticationType": "API_KEY", "apiType": "MERGED"},
}
_PASSWORD: Final = "export DB_PASSWORD='tr0ub4dor-and-3-horses'"
_BUILD: Final = f"version: 1\nfrontend:\n  phases:\n    build:\n      commands:\n        - {_PASSWORD}\n"
_HOSTED: Final[Mapping[str, Structure]] = {
    "plain": {"environmentVariables": {"STAGE": "production"}, "buildSpec": "version: 1\n"},
    "variable": {"environmentVariables": {"DB_PASSWORD": "tr0ub4dor-and-3-horses"}},
    "build": {"buildSpec": _BUILD},
    "branch": {},
    "new-branches": {"autoBranchCreationConfig": {"buildSpec": _BUILD}},
}


def apps(clients: Clients) -> None:
    """Have GraphQL APIs and hosted apps told as AWS tells them."""
    place = f"{HOME_REGION}:{clients.account_id}"
    graphql = [
        {"apiId": name, "name": name, "arn": f"arn:aws:appsync:{place}:apis/{name}", "apiType": "GRAPHQL", **told}
        for name, told in _GRAPHQL.items()
    ]
    hosted = [
        {"appId": name, "name": name, "appArn": f"arn:aws:amplify:{place}:apps/{name}", **told}
        for name, told in _HOSTED.items()
    ]

    def branches(asked: Mapping[str, Any]) -> Structure:
        values = {"DB_PASSWORD": "tr0ub4dor-and-3-horses"} if asked["appId"] == "branch" else {}
        arn = f"arn:aws:amplify:{place}:apps/{asked['appId']}/branches/main"
        return {"branches": [{"branchName": "main", "branchArn": arn, "environmentVariables": values}]}

    tell(clients, "appsync", "ListGraphqlApis", {"graphqlApis": graphql})
    for region in REGIONS:
        tell(clients, "amplify", "ListApps", {"apps": hosted if region == HOME_REGION else []}, region)
        tell(clients, "amplify", "ListBranches", branches, region)


STATES: Final = (
    State("distributions", "500000002701", distributions, services=("cloudfront",)),
    State("apis", "500000002702", apis, services=("apigateway", "apigatewayv2")),
    State("apps", "500000002703", apps, services=("amplify", "appsync")),
)
