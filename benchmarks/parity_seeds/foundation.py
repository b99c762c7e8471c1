"""The accounts of IAM, S3, EC2, RDS and VPC: each has some settings of the account, and something of a service."""

from __future__ import annotations

from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_seeds import (
    bucket_policies,
    buckets,
    compute,
    databases,
    firewalls,
    identities,
    networks,
    policies,
)
from benchmarks.parity_seeds.accounts import STRONG_PASSWORDS, Root, Settings
from benchmarks.parity_seeds.build import OTHER_ACCOUNT
from benchmarks.parity_seeds.states import State


def trusted(clients: Clients) -> None:
    """Fill an account that trusts another one by its scanners' configuration."""
    bucket_policies.principals(clients)
    networks.endpoints(clients)
    networks.endpoint_services(clients)
    policies.account_trusts(clients)


def _but(**passwords: object) -> dict[str, object]:
    return STRONG_PASSWORDS | passwords


STATES = (
    State(
        "firewalls",
        "500000000001",
        firewalls.seed,
        Settings(
            Root(),
            _but(MinimumPasswordLength=13),
            ("BlockPublicAcls",),
            "role",
            ("RootCredentialsManagement", "RootSessions"),
        ),
        scan_unused_services=True,
    ),
    State(
        "compute",
        "500000000002",
        compute.seed,
        Settings(
            Root(password=True, virtual_mfa=True, password_used=0.1),
            _but(PasswordReusePrevention=23, MaxPasswordAge=91),
            ("IgnorePublicAcls", "RestrictPublicBuckets"),
            "user",
            ("RootSessions",),
        ),
    ),
    State(
        "buckets",
        "500000000003",
        buckets.seed,
        Settings(Root(password=False, mfa=False, password_used=0.9), _but(RequireSymbols=False), None, "group", ()),
        config={"s3_bucket_object_public_enabled": True},
    ),
    State(
        "bucket_policies",
        "500000000004",
        bucket_policies.seed,
        Settings(
            Root(key_1=True, key_1_used=1.1, password_used=1.1),
            _but(RequireNumbers=False, RequireUppercaseCharacters=False),
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy"),
        ),
    ),
    State(
        "identities",
        "500000000005",
        identities.seed,
        Settings(
            Root(mfa=False, key_2=True, password_used=2.1),
            STRONG_PASSWORDS,
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"),
        ),
    ),
    State(
        "policies",
        "500000000006",
        policies.seed,
        Settings(Root(key_1=True, key_1_used=0.5), _but(RequireLowercaseCharacters=False, MaxPasswordAge=1), ()),
        scan_unused_services=True,
    ),
    State(
        "databases",
        "500000000007",
        databases.seed,
        Settings(
            Root(key_1=True, key_2=True, password_used=400),
            {"MinimumPasswordLength": 15},
            ("BlockPublicPolicy",),
        ),
    ),
    State(
        "networks",
        "500000000008",
        networks.seed,
        Settings(block=("RestrictPublicBuckets",)),
        scan_unused_services=True,
    ),
    State(
        "trusted",
        "500000000009",
        trusted,
        Settings(),
        scan_unused_services=True,
        config={"trusted_account_ids": [OTHER_ACCOUNT]},
    ),
)
