"""What answers at the edge of the network: distributions, APIs and hosted apps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

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


STATES: Final = (State("distributions", "500000002701", distributions, services=("cloudfront",)),)
