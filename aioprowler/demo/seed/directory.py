"""Directories of an application's users."""

from __future__ import annotations

from typing import Any

from aioprowler.demo.seed.clients import Clients


def seed_production(clients: Clients) -> None:
    """Give production a user pool that is careful, and an identity pool that knows its guests."""
    pool = add_pool(
        clients,
        "customers",
        passwords(14, demanded=True, days=1),
        recovery="verified_email",
        DeletionProtection="ACTIVE",
        MfaConfiguration="ON",
        UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
    )
    clients("cognito-idp").create_user_pool_client(
        UserPoolId=pool, ClientName="shop", EnableTokenRevocation=True, PreventUserExistenceErrors="ENABLED"
    )
    clients("cognito-identity").create_identity_pool(IdentityPoolName="customers", AllowUnauthenticatedIdentities=False)


def seed_sandbox(clients: Clients) -> None:
    """Give the sandbox a user pool and an identity pool that let in whoever comes."""
    pool = add_pool(
        clients,
        "testers",
        passwords(6, demanded=False, days=90),
        recovery="verified_phone_number",
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": False},
    )
    clients("cognito-idp").create_user_pool_client(
        UserPoolId=pool, ClientName="app", EnableTokenRevocation=False, PreventUserExistenceErrors="LEGACY"
    )
    clients("cognito-identity").create_identity_pool(IdentityPoolName="testers", AllowUnauthenticatedIdentities=True)


def add_pool(clients: Clients, name: str, policy: dict[str, Any], recovery: str, **asked: Any) -> str:
    """Create a user pool and return its id."""
    reply = clients("cognito-idp").create_user_pool(
        PoolName=name,
        Policies={"PasswordPolicy": policy},
        AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": recovery}]},
        **asked,
    )
    return str(reply["UserPool"]["Id"])


def passwords(length: int, *, demanded: bool, days: int) -> dict[str, Any]:
    """How long passwords are, whether each kind of characters is demanded, and how long temporary ones hold."""
    kinds = ("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols")
    return {"MinimumLength": length, **dict.fromkeys(kinds, demanded), "TemporaryPasswordValidityDays": days}
