from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.judging.policies import Policy
from aioprowler.services.kms.checks.key import (
    kms_cmk_are_used,
    kms_cmk_not_deleted_unintentionally,
    kms_cmk_not_multi_region,
    kms_cmk_rotation_enabled,
    kms_key_not_publicly_accessible,
)
from aioprowler.services.kms.resources import Key, KeyPolicy, KeyRotation, MultiRegion, can_rotate, is_judged

ACCOUNT = "123456789012"
ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"


def key(**facts: Any) -> Key:
    own = {
        "key_id": "k",
        "arn": ARN,
        "key_manager": "CUSTOMER",
        "key_state": "Enabled",
        "key_spec": "SYMMETRIC_DEFAULT",
        "origin": "AWS_KMS",
        "multi_region": False,
    }
    return Key(**{**own, **facts})


def multi_region(kind: str, **facts: Any) -> Key:
    return key(multi_region=True, multi_region_configuration=MultiRegion(multi_region_key_type=kind), **facts)


def policy(*statements: dict[str, Any]) -> KeyPolicy:
    return KeyPolicy(policy=Policy.decode({"Statement": list(statements)}))


OF_AWS = key(key_manager="AWS")


@pytest.mark.parametrize(
    ("state", "used", "kept"),
    [
        ("Enabled", Pass, Pass),
        ("Updating", Pass, Pass),
        ("PendingImport", Fail, Pass),
        ("Unavailable", Fail, Pass),
        ("PendingDeletion", Pass, Fail),
        ("PendingReplicaDeletion", Pass, Fail),
        ("Resting", Manual, Manual),
    ],
)
def test_states(state: str, used: type, kept: type) -> None:
    assert isinstance(kms_cmk_are_used(key(key_state=state)), used)
    assert isinstance(kms_cmk_not_deleted_unintentionally(key(key_state=state)), kept)


def test_a_disabled_key_is_unused_and_kept() -> None:
    disabled = key(key_state="Disabled")
    assert kms_cmk_are_used(disabled) == Fail("KMS key k has the state Disabled.")
    assert kms_cmk_not_deleted_unintentionally(disabled) is None
    assert isinstance(kms_cmk_not_deleted_unintentionally(disabled, scan_unused_services=True), Pass)


def test_keys_that_aws_manages_are_not_judged() -> None:
    assert kms_cmk_are_used(OF_AWS) is None
    assert kms_cmk_not_deleted_unintentionally(OF_AWS, scan_unused_services=True) is None
    assert kms_cmk_not_multi_region(OF_AWS) is None
    assert not is_judged(OF_AWS)


def test_multi_region_keys() -> None:
    assert isinstance(kms_cmk_not_multi_region(key()), Pass)
    assert isinstance(kms_cmk_not_multi_region(multi_region("PRIMARY")), Fail)
    assert isinstance(kms_cmk_not_multi_region(multi_region("REPLICA")), Fail)
    assert kms_cmk_not_multi_region(multi_region("PRIMARY", key_state="Disabled")) is None


def test_rotation_says_how_often() -> None:
    on, off = (KeyRotation(key_rotation_enabled=each, rotation_period_in_days=90) for each in (True, False))
    assert kms_cmk_rotation_enabled(key(), on) == Pass("KMS key k has automatic rotation every 90 days.")
    assert kms_cmk_rotation_enabled(key(), off) == Fail("KMS key k does not have automatic rotation.")


@pytest.mark.parametrize(
    ("judged", "rotates"),
    [
        (key(), True),
        (multi_region("PRIMARY"), True),
        (multi_region("REPLICA"), False),
        (OF_AWS, False),
        (key(key_state="PendingDeletion"), False),
        (key(key_state="Disabled"), False),
        (key(key_spec="RSA_2048"), False),
        (key(key_spec="HMAC_256"), False),
        (key(key_spec="ML_DSA_65"), False),
        (key(origin="EXTERNAL"), False),
        (key(origin="AWS_CLOUDHSM"), False),
        (key(origin="EXTERNAL_KEY_STORE"), False),
    ],
)
def test_which_keys_can_be_rotated(judged: Key, rotates: bool) -> None:
    assert can_rotate(judged) == rotates


TO_ANYONE = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:DescribeKey", "Resource": "*"}


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ({**TO_ANYONE, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*"}, Pass),
        (TO_ANYONE, Fail),
        ({**TO_ANYONE, "Condition": {"StringEquals": {"kms:callerAccount": ACCOUNT}}}, Pass),
        ({**TO_ANYONE, "Condition": {"StringEqualsIfExists": {"kms:CallerAccount": ACCOUNT}}}, Fail),
        ({**TO_ANYONE, "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}, Fail),
    ],
)
def test_public_policies(statement: dict[str, Any], verdict: type) -> None:
    assert isinstance(kms_key_not_publicly_accessible(key(), policy(statement)), verdict)
