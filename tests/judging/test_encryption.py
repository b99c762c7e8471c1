from __future__ import annotations

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.judging.encryption import (
    AWS_OWNED,
    Key,
    KeyKind,
    encrypted,
    encrypted_by_type,
    encrypted_with,
    encrypted_with_own_key,
    named_key,
)

OWN, OTHER = "111122223333", "444455556666"
ID = "1234abcd-12ab-34cd-56ef-1234567890ab"


def arn(key: str, account: str = OWN) -> str:
    return f"arn:aws:kms:eu-west-1:{account}:{key}"


@pytest.mark.parametrize(
    ("key_id", "manager", "kind"),
    [
        (ID, "CUSTOMER", "customer managed"),
        (arn(f"key/{ID}"), "CUSTOMER", "customer managed"),
        (arn(f"key/{ID}"), "AWS", "AWS managed"),
        (ID, "AWS", "AWS managed"),
        (ID, "SOMEBODY", "unknown"),
        (arn("key/another"), "CUSTOMER", "unknown"),
        (arn(f"key/{ID}", OTHER), "AWS", "customer managed"),
        ("alias/aws/sqs", "CUSTOMER", "AWS managed"),
        (arn("alias/aws/sqs"), "CUSTOMER", "AWS managed"),
        ("alias/mine", "AWS", "customer managed"),
        (arn("alias/mine", OTHER), "AWS", "customer managed"),
        ("alias/awsome", "AWS", "customer managed"),
    ],
)
def test_whose_a_key_is(key_id: str, manager: str, kind: KeyKind) -> None:
    assert named_key(key_id, OWN, {ID: manager}) == Key(kind, key_id)


@pytest.mark.parametrize(
    ("key", "at_all", "with_own"),
    [
        (None, Fail, Fail),
        (AWS_OWNED, Pass, Fail),
        (Key("AWS managed", "alias/aws/sqs"), Pass, Fail),
        (Key("customer managed", ID), Pass, Pass),
        (Key("unknown", ID), Pass, Manual),
    ],
)
def test_what_a_key_is_good_for(key: Key | None, at_all: type, with_own: type) -> None:
    assert isinstance(encrypted_with("Queue q", key), at_all)
    assert isinstance(encrypted_with_own_key("Queue q", key), with_own)


def test_a_verdict_names_the_key() -> None:
    assert encrypted_with("Queue q", AWS_OWNED).detail == "Queue q is encrypted at rest with an AWS owned key."
    told = encrypted_with_own_key("Queue q", Key("AWS managed", "alias/aws/sqs")).detail
    assert told == "Queue q is encrypted at rest with the AWS managed key alias/aws/sqs."


def test_what_is_told_by_a_flag() -> None:
    assert encrypted("Queue q", True) == Pass("Queue q is encrypted at rest.")
    assert encrypted("Queue q", False) == Fail("Queue q is not encrypted at rest.")


@pytest.mark.parametrize(
    ("told", "key_id", "expected"),
    [
        ("none", ID, Fail("Queue q is not encrypted at rest.")),
        (False, None, Fail("Queue q is not encrypted at rest.")),
        ("sse-rds", None, Pass("Queue q is encrypted at rest with an AWS owned key.")),
        ("sse-elasticache", ID, Pass("Queue q is encrypted at rest with an AWS owned key.")),
        ("sse-kms", ID, Pass(f"Queue q is encrypted at rest with the key {ID}.")),
        ("sse-kms", None, Pass("Queue q is encrypted at rest with a key of AWS KMS.")),
        (True, ID, Pass(f"Queue q is encrypted at rest with the key {ID}.")),
    ],
)
def test_what_is_told_by_a_type(told: str | bool, key_id: str | None, expected: Pass | Fail) -> None:
    assert encrypted_by_type("Queue q", told, key_id) == expected


def test_a_type_that_nobody_knew_of() -> None:
    assert isinstance(encrypted_by_type("Queue q", "sse-other"), Manual)
