"""Encryption at rest, and by whose key.

AWS owned keys belong to a service and are never seen; AWS managed keys are in the account, but managed by AWS;
customer managed keys are the account's own, with a policy and a rotation of its choice
(https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-mgmt).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from aioprowler.declarations.checks import Fail, Manual, Pass, Verdict
from aioprowler.judging.verdicts import is_, unknown

KeyKind: TypeAlias = Literal["AWS owned", "AWS managed", "customer managed", "unknown"]


class Key(msgspec.Struct, frozen=True):
    """A key that something is encrypted with: who manages it, and its id, alias or ARN as AWS told it."""

    kind: KeyKind
    id: str = ""

    def __str__(self) -> str:
        if self.kind == "unknown":
            return f"the key {self.id}" if self.id else "a key of AWS KMS"
        return f"the {self.kind} key {self.id}" if self.id else f"an {self.kind} key"


AWS_OWNED: Final = Key("AWS owned")
"""What most services encrypt with where they tell no key; the caller knows whether this one does."""

_AWS_ALIAS: Final = "alias/aws/"
_MANAGERS: Final[Mapping[str, KeyKind]] = {"AWS": "AWS managed", "CUSTOMER": "customer managed"}


def named_key(key_id: str, account_id: str, managers: Mapping[str, str]) -> Key:
    """The key that a reply names, by id, ARN or alias.

    `managers` has `KeyManager` of KMS's DescribeKey (`AWS`, `CUSTOMER`) by the id of the key. Aliases that begin with
    `alias/aws/` are AWS's alone, and aliases of one's own are for customer managed keys only
    (https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html). A key of another account is customer
    managed, since AWS managed keys cannot be used across accounts.
    """
    name = key_id.rpartition(":")[2]
    if name.startswith("alias/"):
        return Key("AWS managed" if name.startswith(_AWS_ALIAS) else "customer managed", key_id)
    if (fields := key_id.split(":")) and len(fields) > 4 and fields[4] != account_id:
        return Key("customer managed", key_id)
    return Key(_MANAGERS.get(managers.get(name.removeprefix("key/"), ""), "unknown"), key_id)


def encrypted(label: str, on: bool) -> Pass | Fail:
    """PASS where it is encrypted at rest, be it with whichever key."""
    return is_(label, "encrypted at rest", on)


def encrypted_with(label: str, key: Key | None) -> Pass | Fail:
    """PASS where it is encrypted at rest with some key, which the verdict names; None: it is not encrypted."""
    return encrypted(label, False) if key is None else Pass(f"{label} is encrypted at rest with {key}.")


_TYPES: Final[Mapping[str, Key | None]] = {
    "none": None,
    "sse-elasticache": AWS_OWNED,
    "sse-kms": Key("unknown"),
    "sse-rds": AWS_OWNED,
}
"""`StorageEncryptionType`, as RDS and ElastiCache tell by whose key something is encrypted: AWS's own, or one of AWS
KMS, customer managed or AWS managed
(https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html)."""


def encrypted_by_type(label: str, told: str | bool, key_id: str | None = None) -> Verdict:
    """PASS where the type of encryption says that there is one, and with whose key; MANUAL where its word is not known.

    A bool is what AWS told before there were types. Once there are, it is about keys of AWS KMS alone: false beside
    `sse-rds`. `key_id` names the key where AWS tells it.
    """
    word = told if isinstance(told, str) else "sse-kms" if told else "none"
    if word not in _TYPES:
        return unknown(label, "the type of encryption", word)
    key = _TYPES[word]
    return encrypted_with(label, Key(key.kind, key_id) if key and key_id and key.kind == "unknown" else key)


def encrypted_with_own_key(label: str, key: Key | None) -> Verdict:
    """PASS where the key is customer managed, MANUAL where it is not known whose it is; None: it is not encrypted."""
    if key is None:
        return encrypted(label, False)
    if key.kind == "unknown":
        return Manual(f"{label} is encrypted at rest with {key}, and who manages that key is not known.")
    text = f"{label} is encrypted at rest with {key}."
    return Pass(text) if key.kind == "customer managed" else Fail(text)
