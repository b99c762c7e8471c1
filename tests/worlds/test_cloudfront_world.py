"""Distributions lead to buckets of whom: the account's own, those of other accounts of the scan, or nobody's."""

from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account
from tests.worlds.world import World, denied, error, findings_of

CHECK = "cloudfront_distributions_s3_origin_non_existent_bucket"
LOGGING = "cloudfront_distributions_logging_enabled"
VPC = "cloudfront_distributions_origin_traffic_encrypted"
REGIONS = ("us-east-1", "eu-west-1")
WEB, FILES = (Account(id=f"{n}" * 12, regions=REGIONS) for n in (1, 2))
ARN = f"arn:aws:cloudfront::{WEB.id}:distribution/D1"


def bucket(name: str) -> dict[str, Any]:
    return {"Id": name, "DomainName": f"{name}.s3.eu-west-1.amazonaws.com", "S3OriginConfig": {}}


def world(*origins: dict[str, Any], buckets: Any = None, heads: Any = None) -> World:
    """A distribution of the first account with these origins."""

    def distributions(account: Account, _region: str, _params: dict[str, Any]) -> dict[str, Any]:
        behavior = {"ViewerProtocolPolicy": "https-only", "TargetOriginId": origins[0]["Id"]}
        told = {
            "Id": "D1", "ARN": ARN, "Origins": {"Items": origins}, "DefaultCacheBehavior": behavior, "WebACLId": "",
            "CacheBehaviors": {"Quantity": 0}, "ViewerCertificate": {}, "Restrictions": {},
        }  # fmt: skip
        return {"DistributionList": {"Items": [told], "IsTruncated": False} if account.id == WEB.id else {}}

    def listed(account: Account, _region: str, _params: dict[str, Any]) -> Any:
        names = (buckets or {}).get(account.id, [])
        return {"Buckets": [{"Name": name} for name in names]} if isinstance(names, list) else names

    def head(_account: Account, _region: str, params: dict[str, Any]) -> Any:
        code = (heads or {}).get(params["Bucket"], "404")
        return {} if code == "200" else error(code, status=int(code))

    return World({"cloudfront:ListDistributions": distributions, "s3:ListBuckets": listed, "s3:HeadBucket": head})


def status(aws: World, check: str, *accounts: Account) -> str:
    (found,) = findings_of(aws, check, accounts=accounts or (WEB,))
    assert (found.resource_id, found.resource_arn, found.region) == ("D1", ARN, "us-east-1")
    return found.status


@pytest.mark.parametrize(
    ("accounts", "heads", "asked", "expected"),
    [
        ((WEB, FILES), {}, 0, "PASS"),
        ((WEB,), {}, 1, "FAIL"),
        ((WEB,), {"shared": "403"}, 2, "PASS"),
        ((WEB,), {"shared": "200"}, 1, "PASS"),
        ((WEB,), {"shared": "503"}, 1, "MANUAL"),
    ],
)
def test_of_buckets_that_no_account_of_the_scan_has_s3_tells(
    accounts: tuple[Account, ...], heads: dict[str, str], asked: int, expected: str
) -> None:
    aws = world(bucket("own"), bucket("shared"), buckets={WEB.id: ["own"], FILES.id: ["shared"]}, heads=heads)
    assert status(aws, CHECK, *accounts) == expected
    assert aws.calls["s3:HeadBucket"] == asked, "a refusal is told from one of all names by a name that nobody has"


def test_where_all_of_s3_is_refused_no_bucket_is_known_to_exist() -> None:
    aws = world(bucket("own"))
    aws.replies["s3:HeadBucket"] = error("403", status=403)
    assert status(aws, CHECK) == "MANUAL"


def test_buckets_that_nobody_may_list_are_looked_for_one_by_one() -> None:
    assert status(world(bucket("own"), buckets={WEB.id: denied()}, heads={"own": "200"}), CHECK) == "PASS"
    assert status(world(bucket("own"), buckets={WEB.id: denied()}), CHECK) == "FAIL"


def test_logs_are_delivered_from_one_region() -> None:
    aws = world(bucket("own"))
    source = {"name": "s", "arn": "arn:s", "logType": "ACCESS_LOGS", "resourceArns": [ARN], "service": "cloudfront"}
    aws.replies["logs:DescribeDeliverySources", "us-east-1"] = {"deliverySources": [source]}
    aws.replies["logs:DescribeDeliveries", "us-east-1"] = {
        "deliveries": [{"id": "d", "arn": "arn:d", "deliverySourceName": "s"}]
    }
    aws.replies["cloudfront:GetDistributionConfig"] = denied()
    assert status(aws, LOGGING) == "PASS"
    assert aws.calls["logs:DescribeDeliveries"] == 1
    aws.replies["logs:DescribeDeliveries", "us-east-1"] = {"deliveries": []}
    assert status(aws, LOGGING) == "MANUAL"


@pytest.mark.parametrize(("policy", "expected"), [("https-only", "PASS"), ("http-only", "FAIL")])
def test_an_origin_in_a_vpc_is_asked_for_once(policy: str, expected: str) -> None:
    inside = {"DomainName": "lb.internal", "VpcOriginConfig": {"VpcOriginId": "vo_1"}}
    aws = world({"Id": "a", **inside}, {"Id": "b", **inside})
    endpoint = {"OriginProtocolPolicy": policy}
    aws.replies["cloudfront:GetVpcOrigin"] = {"VpcOrigin": {"Id": "vo_1", "VpcOriginEndpointConfig": endpoint}}
    assert status(aws, VPC) == expected
    assert aws.calls["cloudfront:GetVpcOrigin"] == 1
    assert status(world(bucket("own")), VPC) == "PASS"
