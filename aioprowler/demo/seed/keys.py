"""Keys, secrets and certificates."""

from __future__ import annotations

import json
from typing import Any, Final

from aioprowler.demo.seed.clients import Clients
from aioprowler.demo.seed.documents import document

EVERYBODY: Final = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}


def seed_production(clients: Clients) -> str:
    """Give production a key that AWS rotates, a secret that it rotates, and a certificate; return the key's ARN."""
    key = add_key(clients, "payments", owner(clients))
    clients("kms").enable_key_rotation(KeyId=key)
    secret = add_secret(clients, "payments/database", KmsKeyId=key)
    clients("secretsmanager").put_resource_policy(SecretId=secret, ResourcePolicy=document(_only_this_account(clients)))
    clients("secretsmanager").rotate_secret(SecretId=secret, RotationRules={"AutomaticallyAfterDays": 30})
    add_secret(clients, "payments/legacy-partner")
    clients("acm").request_certificate(DomainName="shop.example.com", KeyAlgorithm="EC_prime256v1")
    return str(clients("kms").describe_key(KeyId=key)["KeyMetadata"]["Arn"])


def seed_sandbox(clients: Clients) -> None:
    """Give the sandbox a key and a secret for everybody, a key in all regions, one on its way out, and a weak one."""
    add_key(clients, "shared-with-the-world", owner(clients), EVERYBODY)
    add_key(clients, "everywhere", owner(clients), MultiRegion=True)
    leaving = add_key(clients, "left-over", owner(clients))
    clients("kms").schedule_key_deletion(KeyId=leaving, PendingWindowInDays=7)
    unused = add_key(clients, "unused", owner(clients))
    clients("kms").disable_key(KeyId=unused)
    secret = add_secret(clients, "experiment")
    clients("secretsmanager").put_resource_policy(SecretId=secret, ResourcePolicy=document(EVERYBODY))
    clients("acm").request_certificate(
        DomainName="test.example.com",
        KeyAlgorithm="RSA_1024",
        Options={"CertificateTransparencyLoggingPreference": "DISABLED"},
    )


def add_key(clients: Clients, description: str, *statements: dict[str, Any], **asked: Any) -> str:
    """Create a key and return its id."""
    reply = clients("kms").create_key(Description=description, Policy=document(*statements), **asked)
    return str(reply["KeyMetadata"]["KeyId"])


def add_secret(clients: Clients, name: str, **asked: Any) -> str:
    """Create a secret and return its ARN."""
    value = json.dumps({"user": "demo", "password": "not a real one"})
    return str(clients("secretsmanager").create_secret(Name=name, SecretString=value, **asked)["ARN"])


def owner(clients: Clients) -> dict[str, Any]:
    """What lets the account itself do all."""
    root = {"AWS": f"arn:aws:iam::{clients.account_id}:root"}
    return {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}


def _only_this_account(clients: Clients) -> dict[str, Any]:
    """What keeps everybody else out."""
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "secretsmanager:*",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalAccount": clients.account_id}},
    }
