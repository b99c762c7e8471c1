"""S3: bucket policies, each on a bucket of its own: who may do what, under which conditions."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_seeds.buckets import add_open_bucket, put_policy
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, allow, deny

_OTHER_ROOT: Final = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
_READ: Final = "s3:GetObject"
_OBJECTS: Final = "arn:aws:s3:::<bucket>/*"
_OWN: Final = "<account>"
_ORGANIZATION: Final = "o-a1b2c3d4e5"

_PRINCIPALS: Final[dict[str, Any]] = {
    "star": "*",
    "aws-star": {"AWS": "*"},
    "aws-star-in-list": {"AWS": ["*", f"arn:aws:iam::{_OWN}:root"]},
    "own-root": {"AWS": f"arn:aws:iam::{_OWN}:root"},
    "own-id": {"AWS": _OWN},
    "own-role": {"AWS": f"arn:aws:iam::{_OWN}:role/reader"},
    "other-root": {"AWS": _OTHER_ROOT},
    "other-id": {"AWS": OTHER_ACCOUNT},
    "other-user": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:user/partner"},
    "own-and-other": {"AWS": [f"arn:aws:iam::{_OWN}:root", _OTHER_ROOT]},
    "service": {"Service": "cloudtrail.amazonaws.com"},
    "services": {"Service": ["logging.s3.amazonaws.com", "delivery.logs.amazonaws.com"]},
    "service-and-other": {"Service": "cloudtrail.amazonaws.com", "AWS": _OTHER_ROOT},
    "federated": {"Federated": "cognito-identity.amazonaws.com"},
    "canonical-user": {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
    "root-of-any-account": {"AWS": "arn:aws:iam::*:root"},
    "origin-access-identity": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLE"},
    "deleted-role": {"AWS": "AROAJ2EXAMPLE3EXAMPLE4"},
}
_CONDITIONS: Final[dict[str, dict[str, Any]]] = {
    "own-source-account": {"StringEquals": {"aws:SourceAccount": _OWN}},
    "other-source-account": {"StringEquals": {"aws:SourceAccount": OTHER_ACCOUNT}},
    "own-principal-account": {"StringEquals": {"aws:PrincipalAccount": _OWN}},
    "other-principal-account": {"StringEquals": {"aws:PrincipalAccount": OTHER_ACCOUNT}},
    "source-accounts": {"StringEquals": {"aws:SourceAccount": [_OWN, OTHER_ACCOUNT]}},
    "lower-case-key": {"StringEquals": {"aws:sourceaccount": _OWN}},
    "like-any-account": {"StringLike": {"aws:SourceAccount": "*"}},
    "endpoint": {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}},
    "any-endpoint": {"StringLike": {"aws:SourceVpce": "vpce-*"}},
    "not-endpoint": {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}},
    "vpc": {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}},
    "organization": {"StringEquals": {"aws:PrincipalOrgID": _ORGANIZATION}},
    "any-organization": {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
    "organization-path": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{_ORGANIZATION}/r-ab12/*"}},
    "public-address": {"IpAddress": {"aws:SourceIp": "8.8.8.8/32"}},
    "broad-addresses": {"IpAddress": {"aws:SourceIp": ["8.0.0.0/8", "9.0.0.0/8"]}},
    "private-address": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    "every-address": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
    "private-and-every-address": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0"]}},
    "not-an-address": {"NotIpAddress": {"aws:SourceIp": "8.8.8.8/32"}},
    "own-arn": {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:us-east-1:{_OWN}:trail/*"}},
    "other-arn": {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{OTHER_ACCOUNT}:topic"}},
    "own-principal-arn": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{_OWN}:role/*"}},
    "secure-transport": {"Bool": {"aws:SecureTransport": "true"}},
    "referer": {"StringLike": {"aws:Referer": "https://www.example.com/*"}},
    "user-agent": {"StringEquals": {"aws:UserAgent": "CloudFront"}},
    "if-exists": {"StringEqualsIfExists": {"aws:SourceAccount": _OWN}},
    "if-exists-and-demanded": {
        "StringEqualsIfExists": {"aws:PrincipalOrgID": _ORGANIZATION}, "Null": {"aws:PrincipalOrgID": "false"},
    },
    "service-name": {"StringEquals": {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}},
    "own-resource": {"StringEquals": {"aws:ResourceAccount": _OWN}},
    "two": {"StringEquals": {"aws:SourceAccount": _OWN}, "Bool": {"aws:SecureTransport": "true"}},
    "source-owner": {"StringEquals": {"aws:SourceOwner": _OWN}},
    "empty": {},
}  # fmt: skip
_ACTIONS: Final[dict[str, Any]] = {
    "everything": "*",
    "s3-star": "s3:*",
    "put": "s3:PutObject",
    "put-star": "s3:Put*",
    "put-acl": "s3:PutObjectAcl",
    "put-policy": "s3:PutBucketPolicy",
    "delete": "s3:DeleteObject",
    "list": "s3:ListBucket",
    "list-star": "s3:List*",
    "get-star": "s3:Get*",
    "lower-case": "s3:putobject",
    "question-mark": "s3:PutObjec?",
    "mixed": ["s3:GetObject", "s3:PutObject"],
    "other-service": "sqs:SendMessage",
}


def seed(clients: Clients) -> None:
    """Fill one account."""
    principals(clients)
    for name, principal in _PRINCIPALS.items():
        add(clients, f"not-principal-{name}", allow(_READ, _OBJECTS, NotPrincipal=principal))
    for name, condition in _CONDITIONS.items():
        add(clients, f"if-{name}", allow(_READ, _OBJECTS, Principal="*", Condition=condition))
        put = allow("s3:PutObject", _OBJECTS, Principal={"AWS": _OTHER_ROOT}, Condition=condition)
        add(clients, f"other-if-{name}", put)
    for name, action in _ACTIONS.items():
        add(clients, f"action-{name}", allow(action, _OBJECTS, Principal="*"))
    combinations(clients)


def principals(clients: Clients) -> None:
    """Let each kind of principals read."""
    for name, principal in _PRINCIPALS.items():
        add(clients, f"principal-{name}", allow(_READ, _OBJECTS, Principal=principal))


def combinations(clients: Clients) -> None:
    """Attach policies with denials and several statements, and with what is left out instead of what is in."""
    everybody = allow(_READ, _OBJECTS, Principal="*")
    not_action = {"Effect": "Allow", "Principal": "*", "NotAction": "s3:DeleteObject", "Resource": _OBJECTS}
    not_resource = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": _READ,
        "NotResource": "arn:aws:s3:::<bucket>/private/*",
    }
    statements: dict[str, list[dict[str, Any]]] = {
        "deny-everybody": [deny("s3:*", _OBJECTS, Principal="*")],
        "allow-then-deny": [everybody, deny("s3:*", [_OBJECTS, "arn:aws:s3:::<bucket>"], Principal="*")],
        "allow-then-deny-plain": [
            everybody, deny("s3:*", _OBJECTS, Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        ],
        "allow-then-deny-writing": [everybody, deny("s3:Put*", _OBJECTS, Principal="*")],
        "deny-other-organizations": [
            everybody,
            deny("*", "*", Principal="*", Condition={"StringNotEquals": {"aws:PrincipalOrgID": _ORGANIZATION}}),
        ],
        "private-then-public": [allow(_READ, _OBJECTS, Principal={"AWS": _OWN}), everybody],
        "not-action": [not_action],
        "not-action-writes": [{**not_action, "NotAction": ["s3:PutObject", "s3:PutObjectAcl"]}],
        "not-resource": [not_resource],
        "prefix": [allow(_READ, "arn:aws:s3:::<bucket>/public/*", Principal="*")],
        "deny-but-own": [{**deny("s3:*", _OBJECTS), "NotPrincipal": {"AWS": f"arn:aws:iam::{_OWN}:root"}}],
    }  # fmt: skip
    for name, some in statements.items():
        add(clients, f"combined-{name}", *some)


def add(clients: Clients, name: str, *statements: dict[str, Any]) -> None:
    """Attach a policy to a bucket of its own."""
    bucket = add_open_bucket(clients, name.replace("_", "-"))
    put_policy(clients, bucket, *(_own(statement, clients.account_id) for statement in statements))


def _own(value: Any, account_id: str) -> Any:
    if isinstance(value, dict):
        return {key: _own(each, account_id) for key, each in value.items()}
    if isinstance(value, list):
        return [_own(each, account_id) for each in value]
    return value.replace(_OWN, account_id) if isinstance(value, str) else value
