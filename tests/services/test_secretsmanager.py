from __future__ import annotations

import datetime
from typing import Any

import pytest

from aioprowler import Account, Fail, Manual, Pass, Verdict
from aioprowler.judging.policies import Policy
from aioprowler.services.secretsmanager.checks import (
    secretsmanager_automatic_rotation_enabled,
    secretsmanager_has_restrictive_resource_policy,
    secretsmanager_not_publicly_accessible,
    secretsmanager_secret_rotated_periodically,
    secretsmanager_secret_unused,
)
from aioprowler.services.secretsmanager.resources import Secret, SecretPolicy

NOW = datetime.datetime(2026, 3, 31, 12, tzinfo=datetime.UTC)
OWN, OTHER = "123456789012", "999999999999"
ARN = f"arn:aws:secretsmanager:us-east-1:{OWN}:secret:db-AbCdEf"
ROLE = f"arn:aws:iam::{OWN}:role/application"


def ago(days: float) -> datetime.datetime:
    return NOW - datetime.timedelta(days=days)


def secret(**facts: Any) -> Secret:
    own = {"name": "db", "arn": ARN, "created_date": ago(400), "account": Account(id=OWN)}
    return Secret(**{**own, **facts})


def policy(*statements: dict[str, Any]) -> SecretPolicy:
    return SecretPolicy(resource_policy=Policy.decode({"Statement": list(statements)}))


def allow(principal: Any = "*", action: Any = "secretsmanager:GetSecretValue", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}


def deny(condition: Any, principal: Any = "*", **more: Any) -> dict[str, Any]:
    return allow(principal, "secretsmanager:*", Condition=condition, **more) | {"Effect": "Deny"}


def kind(verdict: Verdict | None) -> Any:
    return type(verdict) if verdict else None


@pytest.mark.parametrize(
    ("facts", "enabled", "recent"),
    [
        ({}, Fail, Fail),
        ({"rotation_enabled": True}, Pass, Fail),
        ({"rotation_enabled": True, "last_rotated_date": ago(90.9)}, Pass, Pass),
        ({"rotation_enabled": True, "last_rotated_date": ago(91)}, Pass, Fail),
        ({"last_rotated_date": ago(1)}, Fail, Pass),
        ({"primary_region": "us-east-1"}, Fail, Fail),
        ({"primary_region": "eu-west-1"}, None, None),
        ({"owning_service": "events"}, None, None),
        ({"owning_service": "rds", "rotation_enabled": True, "last_rotated_date": ago(7)}, Pass, Pass),
        ({"owning_service": "rds", "rotation_enabled": True, "last_rotated_date": ago(700)}, Pass, Fail),
    ],
)
def test_rotation(facts: Any, enabled: Any, recent: Any) -> None:
    assert kind(secretsmanager_automatic_rotation_enabled(secret(**facts))) is enabled
    assert kind(secretsmanager_secret_rotated_periodically(secret(**facts), NOW)) is recent


def test_the_days_are_configured() -> None:
    rotated = secret(last_rotated_date=ago(20), last_accessed_date=ago(20))
    assert kind(secretsmanager_secret_rotated_periodically(rotated, NOW, max_days_secret_unrotated=19)) is Fail
    assert kind(secretsmanager_secret_unused(rotated, NOW, max_days_secret_unused=19)) is Fail


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"last_accessed_date": ago(90.5)}, Pass),
        ({"last_accessed_date": ago(91)}, Fail),
        ({}, Fail),
        ({"created_date": ago(10)}, Pass),
        ({"created_date": ago(1000), "last_accessed_date": ago(1)}, Pass),
    ],
)
def test_use(facts: Any, verdict: Any) -> None:
    assert kind(secretsmanager_secret_unused(secret(**facts), NOW)) is verdict


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (SecretPolicy(), None),
        (policy(allow()), Fail),
        (policy(allow({"AWS": f"arn:aws:iam::{OTHER}:root"})), Pass),
        (policy(allow(Condition={"StringEquals": {"aws:PrincipalAccount": OWN}})), Pass),
        (policy(allow(), deny({"StringNotEquals": {"aws:PrincipalArn": ROLE}})), Pass),
    ],
)
def test_public_policies(found: SecretPolicy, verdict: Any) -> None:
    assert kind(secretsmanager_not_publicly_accessible(secret(), found)) is verdict


# --- Restrictive policies ---

NAMED = {"StringNotEquals": {"aws:PrincipalArn": [ROLE, f"arn:aws:iam::{OWN}:user/admin"]}}
ROLES = f"arn:aws:iam::{OWN}:role/application-*"
PATTERN = {"ArnNotLike": {"aws:principalArn": ROLES}}
LIMITED = deny({"ArnLike": {"aws:PrincipalArn": ROLES}}) | {"NotAction": "secretsmanager:GetSecretValue"}
del LIMITED["Action"]
LAMBDA = "lambda.amazonaws.com"
SERVICE = {"StringNotEquals": {"aws:PrincipalArn": ROLE, "aws:PrincipalServiceName": LAMBDA}}
FOR_US = {"StringEquals": {"aws:SourceAccount": OWN}}


def own(action: Any, **more: Any) -> dict[str, Any]:
    """What is denied to a role that is spared otherwise."""
    return {"Effect": "Deny", "Principal": {"AWS": ROLE}, "Resource": "*", "NotAction": action, **more}


@pytest.mark.parametrize(
    "statements",
    [
        [deny(NAMED)],
        [deny({"StringNotEqualsIfExists": {"AWS:principalarn": ROLE}})],
        [deny({"ArnNotEquals": {"aws:PrincipalArn": ROLE}})],
        [deny(NAMED, {"AWS": "*"})],
        [deny(NAMED, Resource=ARN)],
        [deny(NAMED, Resource=[f"arn:aws:secretsmanager:us-east-1:{OWN}:secret:db-*"])],
        [deny(NAMED, Action="*")],
        [deny({"ArnNotLike": {"aws:PrincipalArn": ROLE}})],
        [deny({"ArnNotLike": {"aws:PrincipalArn": [ROLE, ROLES]}}), LIMITED],
        [deny({"ArnNotEquals": {"aws:PrincipalArn": ROLES}}), LIMITED],
        [deny({**NAMED, **PATTERN}), LIMITED],
        [deny(PATTERN), LIMITED],
        [deny(NAMED), allow({"AWS": OWN})],
        [deny(NAMED), allow({"AWS": f"arn:aws:iam::{OTHER}:root"})],  # which the Deny keeps out
        [deny(NAMED), own(["secretsmanager:GetSecretValue"])],
        [deny(SERVICE), allow({"Service": LAMBDA}, Condition=FOR_US)],
    ],
)
def test_policies_that_shut_out_all_others(statements: Any) -> None:
    assert kind(secretsmanager_has_restrictive_resource_policy(secret(), policy(*statements))) is Pass


FOREIGN = f"arn:aws:iam::{OTHER}:role/stranger"


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ([], "does not shut out all but"),
        ([allow({"AWS": OWN})], "does not shut out all but"),
        ([deny(NAMED, {"AWS": OWN})], "does not shut out all but"),
        ([deny(NAMED, Action="secretsmanager:GetSecretValue")], "does not shut out all but"),
        ([deny(NAMED, Resource=f"{ARN}-other")], "does not shut out all but"),
        ([deny({"StringNotEquals": {"aws:PrincipalArn": "*"}})], "does not shut out all but"),
        ([deny({"StringNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:root"}})], "does not shut out all but"),
        ([deny({"ForAnyValue:StringNotEquals": {"aws:PrincipalArn": ROLE}})], "does not shut out all but"),
        ([deny({"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/app*"}})], "does not shut out all but"),
        (
            [deny({"ArnNotLike": {"aws:PrincipalArn": [ROLE, f"arn:aws:iam::{OWN}:role/app*"]}})],
            "does not shut out all but",
        ),
        ([deny({**NAMED, "Bool": {"aws:SecureTransport": "false"}})], "does not shut out all but"),
        # both keys have to be missing, which no caller's are
        (
            [
                deny(
                    {
                        "StringNotEqualsIfExists": {"aws:PrincipalArn": ROLE, "aws:PrincipalServiceName": LAMBDA},
                        "Null": {"aws:PrincipalArn": "true", "aws:PrincipalServiceName": "true"},
                    }
                )
            ],
            "does not shut out all but",
        ),
        ([deny(PATTERN)], f"which actions are left to {ROLES}"),
        ([deny(NAMED), own("secretsmanager:*")], f"leaves {ROLE} actions by a wildcard"),
        ([deny(SERVICE), allow({"Service": LAMBDA}, "secretsmanager:*", Condition=FOR_US)], "allows lambda"),
        ([deny(SERVICE), allow({"Service": LAMBDA})], "lets in lambda.amazonaws.com"),
        (
            [
                deny(SERVICE),
                allow({"Service": LAMBDA}, Condition={"StringEquals": {"aws:SourceAccount": OTHER}}),
            ],
            "lets in lambda.amazonaws.com",
        ),
        ([deny({"StringNotEquals": {"aws:PrincipalArn": FOREIGN}}), allow({"AWS": FOREIGN})], f"lets in {FOREIGN}"),
        ([allow()], "lets in *"),
    ],
)
def test_policies_that_do_not(statements: Any, why: str) -> None:
    verdict = secretsmanager_has_restrictive_resource_policy(secret(), policy(*statements))
    assert isinstance(verdict, Fail)
    assert why in verdict.detail


def test_without_a_policy_nothing_is_restricted() -> None:
    verdict = secretsmanager_has_restrictive_resource_policy(secret(), SecretPolicy())
    assert verdict == Fail("Secret db has no policy.")


def test_a_principal_that_was_deleted_is_somebody() -> None:
    deleted = "AROAEXAMPLEEXAMPLE"
    found = policy(deny({"StringNotEquals": {"aws:PrincipalArn": FOREIGN}}), allow({"AWS": deleted}))
    assert kind(secretsmanager_has_restrictive_resource_policy(secret(), found)) is Manual


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, Pass),
        ({"StringNotEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}, Pass),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-3"}}, Fail),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1", "aws:PrincipalServiceName": LAMBDA}}, Pass),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1", "aws:PrincipalServiceName": "ec2.amazonaws.com"}}, Fail),
        ({"StringNotEquals": {"aws:PrincipalServiceName": LAMBDA}}, Fail),
        ({"StringNotLike": {"aws:PrincipalOrgID": "*"}}, Fail),
    ],
)
def test_callers_have_to_be_of_an_organization(condition: Any, verdict: Any) -> None:
    found = policy(deny(SERVICE), deny(condition))
    assert (
        kind(secretsmanager_has_restrictive_resource_policy(secret(), found, organizations_trusted_ids=["o-1", "o-2"]))
        is verdict
    )
