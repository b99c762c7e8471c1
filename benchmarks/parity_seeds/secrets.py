"""Secrets by rotation, use and policy."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import now, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, Statement, allow, deny, document
from benchmarks.parity_seeds.states import State

ORGANIZATION: Final = "o-example"
LAMBDA: Final = "lambda.amazonaws.com"


def before(days: float) -> datetime.datetime:
    """So many days ago. Tells of AWS's dates have no hours, so that the scans of the next hours see the same age."""
    return (now() - datetime.timedelta(days=days)).replace(tzinfo=datetime.UTC)


def secrets(clients: Clients) -> None:
    """Have Secrets Manager tell of secrets that lie around, rotate, belong to others, and let some in."""
    facts: dict[str, dict[str, Any]] = {
        "rotated": {"RotationEnabled": True, "LastRotatedDate": before(10), "LastAccessedDate": before(1)},
        "rotated-long-ago": {"RotationEnabled": True, "LastRotatedDate": before(91.5), "LastAccessedDate": before(89)},
        "rotated-in-time": {"RotationEnabled": True, "LastRotatedDate": before(90.2), "LastAccessedDate": before(92)},
        "rotated-by-hand": {"LastRotatedDate": before(5)},
        "rotation-off": {"RotationEnabled": False, "LastAccessedDate": before(300)},
        "new": {"CreatedDate": before(3)},
        "old": {},
        "of-a-database": {"OwningService": "rds", "RotationEnabled": True, "LastRotatedDate": before(6)},
        "of-a-bus": {"OwningService": "events", "LastAccessedDate": before(2)},
        "primary": {"PrimaryRegion": HOME_REGION, "RotationEnabled": True, "LastRotatedDate": before(2)},
    }
    policies = _policies(clients.account_id)
    listed = [_secret(clients, name, told) for name, told in facts.items()]
    listed += [_secret(clients, name, {"LastAccessedDate": before(1)}) for name in policies]
    replica = _secret(clients, "primary", {"PrimaryRegion": HOME_REGION}, SECOND_REGION)

    def policy(asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked["SecretId"].rpartition(":")[2].removesuffix("-AbCdEf")
        told = {"ResourcePolicy": document(*policies[name])} if name in policies else {}
        return {"ARN": asked["SecretId"], "Name": name, **told}

    for region in REGIONS:
        tell(clients, "secretsmanager", "ListSecrets", {"SecretList": []}, region)
        tell(clients, "secretsmanager", "GetResourcePolicy", policy, region)
    tell(clients, "secretsmanager", "ListSecrets", {"SecretList": listed})
    tell(clients, "secretsmanager", "ListSecrets", {"SecretList": [replica]}, SECOND_REGION)


def _secret(clients: Clients, name: str, told: Mapping[str, Any], region: str = HOME_REGION) -> dict[str, Any]:
    arn = f"arn:aws:secretsmanager:{region}:{clients.account_id}:secret:{name}-AbCdEf"
    return {"Name": name, "ARN": arn, "CreatedDate": before(400), **told}


def _policies(account: str) -> dict[str, list[Statement]]:
    role = f"arn:aws:iam::{account}:role/application"
    pattern = f"arn:aws:iam::{account}:role/application-server-*"
    read = "secretsmanager:GetSecretValue"
    named = {"StringNotEquals": {"aws:PrincipalArn": [role]}}
    shut = _shut(**named)
    served = _shut(StringNotEquals={"aws:PrincipalArn": [role], "aws:PrincipalServiceName": [LAMBDA]})
    both = {"aws:PrincipalArn": [role], "aws:PrincipalServiceName": [LAMBDA]}
    nulls = {"aws:PrincipalArn": "true", "aws:PrincipalServiceName": "true"}
    limited: Statement = {
        "Effect": "Deny",
        "Principal": "*",
        "NotAction": read,
        "Resource": "*",
        "Condition": {"ArnLike": {"aws:PrincipalArn": pattern}},
    }
    own = {"StringEquals": {"aws:SourceAccount": account}}
    own_limit: Statement = {"Effect": "Deny", "Principal": {"AWS": role}, "NotAction": read, "Resource": "*"}
    outside = _shut(StringNotEquals={"aws:PrincipalOrgID": ORGANIZATION})
    return {
        "public": [allow(read, Principal="*")],
        "public-of-the-account": [_if(allow(read, Principal="*"), StringEquals={"aws:PrincipalAccount": account})],
        "another-account": [allow(read, Principal={"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"})],
        "own-account": [allow(read, Principal={"AWS": f"arn:aws:iam::{account}:root"})],
        "one-role": [allow(read, Principal={"AWS": role})],
        "shut": [shut, outside],
        "shut-to-this-secret": [{**shut, "Resource": _arn(account, "shut-to-this-secret")}, outside],
        "shut-to-another-secret": [{**shut, "Resource": _arn(account, "another")}, outside],
        "shut-in-small-letters": [_shut(StringNotEquals={"aws:principalarn": role}), outside],
        "shut-for-some": [{**shut, "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}, outside],
        "shut-for-reading": [{**shut, "Action": read}, outside],
        "shut-but-everybody": [_shut(StringNotEquals={"aws:PrincipalArn": "*"}), outside],
        "shut-over-plain-http": [_shut(**named, Bool={"aws:SecureTransport": "false"}), outside],
        "shut-to-strangers-of-any-organization": [shut],
        "shut-but-another-organization": [shut, _shut(StringNotEquals={"aws:PrincipalOrgID": "o-other"})],
        "shut-but-a-pattern": [_shut(**named, ArnNotLike={"aws:PrincipalArn": pattern}), limited, outside],
        "shut-but-an-unlimited-pattern": [_shut(**named, ArnNotLike={"aws:PrincipalArn": pattern}), outside],
        "shut-but-a-short-pattern": [
            _shut(**named, ArnNotLike={"aws:PrincipalArn": f"arn:aws:iam::{account}:role/app*"}),
            limited,
            outside,
        ],
        "shut-and-limited": [shut, own_limit, outside],
        "shut-and-hardly-limited": [shut, {**own_limit, "NotAction": "secretsmanager:*"}, outside],
        "shut-and-another-account": [
            shut,
            outside,
            allow(read, Principal={"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}),
        ],
        "shut-but-a-service": [
            served,
            _shut(StringNotEquals={"aws:PrincipalOrgID": ORGANIZATION, "aws:PrincipalServiceName": LAMBDA}),
            _if(allow(read, Principal={"Service": LAMBDA}), **own),
        ],
        "shut-where-both-are-missing": [
            _shut(StringNotEqualsIfExists=both, Null=nulls),
            _shut(StringNotEquals={"aws:PrincipalOrgID": ORGANIZATION, "aws:PrincipalServiceName": LAMBDA}),
            _if(allow(read, Principal={"Service": LAMBDA}), **own),
        ],
    }


def _arn(account: str, name: str) -> str:
    return f"arn:aws:secretsmanager:{HOME_REGION}:{account}:secret:{name}-AbCdEf"


def _shut(**conditions: Any) -> Statement:
    return _if(deny("secretsmanager:*", Principal="*"), **conditions)


def _if(statement: Statement, **conditions: Any) -> Statement:
    return {**statement, "Condition": conditions}


STATES: Final = (
    State(
        "secrets",
        "500000001304",
        secrets,
        services=("secretsmanager",),
        config={"organizations_trusted_ids": [ORGANIZATION]},
    ),
)
