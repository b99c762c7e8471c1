"""What an account has only one of: its root user, password policy, block of public access and roles for auditors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_moto import ago, backend, tell
from benchmarks.parity_seeds.buckets import block_account
from benchmarks.parity_seeds.build import document

_AWS = "arn:aws:iam::aws:policy"
STRONG_PASSWORDS: dict[str, Any] = {
    "MinimumPasswordLength": 14,
    "RequireSymbols": True,
    "RequireNumbers": True,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "PasswordReusePrevention": 24,
    "MaxPasswordAge": 90,
}


class Root(NamedTuple):
    """The root user's line of the credential report, and what the account's summary says of it."""

    password: bool | None = None
    """None: the report does not support telling."""
    mfa: bool = True
    virtual_mfa: bool = False
    key_1: bool = False
    key_2: bool = False
    password_used: float | None = None
    """Days ago."""
    key_1_used: float | None = None


class Settings(NamedTuple):
    """What is set of an account; None leaves it as moto has it."""

    root: Root | None = None
    passwords: dict[str, Any] | None = None
    block: tuple[str, ...] | None = None
    auditors: str | None = None
    """`role`, `user` or `group`: who holds the policies for support and for audits."""
    root_features: tuple[str, ...] | None = None
    """What an organization centralizes of root access; None: the account manages no organization."""


def seed(clients: Clients, settings: Settings) -> None:
    """Set an account up."""
    if settings.root is not None:
        add_root(clients, settings.root)
    if settings.passwords is not None:
        clients("iam").update_account_password_policy(**settings.passwords)
    if settings.block is not None:
        block_account(clients, **dict.fromkeys(settings.block, True))
    if settings.auditors is not None:
        add_auditors(clients, settings.auditors)
    if settings.root_features is not None:
        clients("organizations").create_organization(FeatureSet="ALL")
        features = {"OrganizationId": "o-a1b2c3d4e5", "EnabledFeatures": list(settings.root_features)}
        tell(clients, "iam", "ListOrganizationsFeatures", features)


def add_root(clients: Clients, root: Root) -> None:
    """Have the credential report and the account's summary tell of the root user."""
    iam = backend(clients, "iam")
    summary = iam.account_summary
    summary._account_mfa_enabled = int(root.mfa)
    summary._account_access_keys_present = int(root.key_1 or root.key_2)
    if root.virtual_mfa:
        device = clients("iam").create_virtual_mfa_device(VirtualMFADeviceName="root-account-mfa-device")
        iam.virtual_mfa_devices[device["VirtualMFADevice"]["SerialNumber"]].user_attribute = {
            "Arn": f"arn:aws:iam::{clients.account_id}:root",
            "UserId": clients.account_id,
            "UserName": "root",
            "CreateDate": ago(1),
            "Path": "/",
            "Tags": [],
        }
    line = {
        "user": "<root_account>",
        "arn": f"arn:aws:iam::{clients.account_id}:root",
        "user_creation_time": f"{ago(1000):%Y-%m-%dT%H:%M:%S}+00:00",
        "password_enabled": "not_supported" if root.password is None else str(root.password).lower(),
        "password_last_used": _date(root.password_used, "no_information"),
        "password_last_changed": "not_supported",
        "password_next_rotation": "not_supported",
        "mfa_active": str(root.mfa).lower(),
        "access_key_1_active": str(root.key_1).lower(),
        "access_key_1_last_rotated": _date(500 if root.key_1 else None, "N/A"),
        "access_key_1_last_used_date": _date(root.key_1_used, "N/A"),
        "access_key_2_active": str(root.key_2).lower(),
        "access_key_2_last_rotated": _date(500 if root.key_2 else None, "N/A"),
        "cert_1_active": "false",
        "cert_2_active": "false",
    }

    def report(_asked: Mapping[str, Any]) -> dict[str, Any]:
        head, users = iam.get_credential_report().split("\n", 1)
        text = ",".join(line.get(column, "N/A") for column in head.split(","))
        return {"Content": f"{head}\n{text}\n{users}", "ReportFormat": "text/csv", "GeneratedTime": ago(0)}

    tell(clients, "iam", "GetCredentialReport", report)


def _date(days: float | None, absent: str) -> str:
    return absent if days is None else f"{ago(days):%Y-%m-%dT%H:%M:%S}+00:00"


def add_auditors(clients: Clients, kind: str) -> None:
    """Give the policies for support and for audits to a role, a user or a group."""
    iam = clients("iam")
    trust = document({"Effect": "Allow", "Principal": {"AWS": clients.account_id}, "Action": "sts:AssumeRole"})
    for policy in ("AWSSupportAccess", "SecurityAudit"):
        arn, name = f"{_AWS}/{policy}", f"{policy}-{kind}"
        if kind == "role":
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        elif kind == "user":
            iam.create_user(UserName=name)
            iam.attach_user_policy(UserName=name, PolicyArn=arn)
        else:
            iam.create_group(GroupName=name)
            iam.attach_group_policy(GroupName=name, PolicyArn=arn)
