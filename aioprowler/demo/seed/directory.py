"""Directories of an application's users."""

from __future__ import annotations

from aioprowler.demo.seed.clients import Clients


def seed_production(clients: Clients) -> None:
    """Give production a user pool that is careful, and an identity pool that knows its guests."""
    cognito = clients("cognito-idp")
    strong = {
        "MinimumLength": 14,
        "RequireUppercase": True,
        "RequireLowercase": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
        "TemporaryPasswordValidityDays": 1,
    }
    pool = cognito.create_user_pool(
        PoolName="customers",
        DeletionProtection="ACTIVE",
        MfaConfiguration="ON",
        UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"},
        Policies={"PasswordPolicy": strong},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
        AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
    )["UserPool"]["Id"]
    cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="shop", EnableTokenRevocation=True, PreventUserExistenceErrors="ENABLED"
    )
    clients("cognito-identity").create_identity_pool(IdentityPoolName="customers", AllowUnauthenticatedIdentities=False)


def seed_sandbox(clients: Clients) -> None:
    """Give the sandbox a user pool and an identity pool that let in whoever comes."""
    cognito = clients("cognito-idp")
    weak = {
        "MinimumLength": 6,
        "RequireUppercase": False,
        "RequireLowercase": False,
        "RequireNumbers": False,
        "RequireSymbols": False,
        "TemporaryPasswordValidityDays": 90,
    }
    pool = cognito.create_user_pool(
        PoolName="testers",
        Policies={"PasswordPolicy": weak},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": False},
        AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_phone_number"}]},
    )["UserPool"]["Id"]
    cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="app", EnableTokenRevocation=False, PreventUserExistenceErrors="LEGACY"
    )
    clients("cognito-identity").create_identity_pool(IdentityPoolName="testers", AllowUnauthenticatedIdentities=True)
