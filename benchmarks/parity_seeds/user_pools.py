"""User pools, app clients and identity pools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed.clients import Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.states import State

_KINDS: Final = ("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols")
EMAIL, PHONE, ADMIN = "verified_email", "verified_phone_number", "admin_only"


def _passwords(length: int, days: int, *, strict: bool) -> dict[str, Any]:
    policy = {"MinimumLength": length, "TemporaryPasswordValidityDays": days} | dict.fromkeys(_KINDS, strict)
    return {"PasswordPolicy": policy}


def _recovery(*names: str) -> dict[str, Any]:
    """The first one last, for order says nothing."""
    mechanisms = [{"Priority": priority, "Name": name} for priority, name in enumerate(names, 1)]
    return {"RecoveryMechanisms": mechanisms[::-1]}


def _add_pool(clients: Clients, name: str, mode: str, **settings: Any) -> str:
    made = clients("cognito-idp").create_user_pool(
        PoolName=name, UserPoolAddOns={"AdvancedSecurityMode": mode}, **settings
    )
    return str(made["UserPool"]["Id"])


def seed(clients: Clients) -> None:
    """Pools that are good, bad, and in between."""
    good = _add_pool(
        clients,
        "good",
        "ENFORCED",
        Policies=_passwords(14, 7, strict=True),
        DeletionProtection="ACTIVE",
        MfaConfiguration="ON",
        AccountRecoverySetting=_recovery(EMAIL, PHONE),
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
    )
    bad = _add_pool(
        clients,
        "bad",
        "OFF",
        Policies=_passwords(13, 8, strict=False),
        DeletionProtection="INACTIVE",
        MfaConfiguration="OFF",
        AccountRecoverySetting=_recovery(PHONE, EMAIL),
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": False},
    )
    _add_pool(
        clients,
        "audited",
        "AUDIT",
        Policies=_passwords(99, 1, strict=True),
        DeletionProtection="INACTIVE",
        MfaConfiguration="OPTIONAL",
        AccountRecoverySetting=_recovery(ADMIN),
    )
    enforced = {
        events: _add_pool(
            clients, events, "ENFORCED", Policies=_passwords(14, 7, strict=True), DeletionProtection="INACTIVE",
            MfaConfiguration="OFF",
        )
        for events in ("second factor", "sign-up", "all events", "nothing")
    }  # fmt: skip
    idp = clients("cognito-idp")
    idp.create_user_pool_client(
        UserPoolId=good, ClientName="good", PreventUserExistenceErrors="ENABLED", EnableTokenRevocation=True
    )
    idp.create_user_pool_client(
        UserPoolId=bad, ClientName="bad", PreventUserExistenceErrors="LEGACY", EnableTokenRevocation=False
    )
    _tell_risks(
        clients,
        {
            good: _risk("BLOCK", ["SIGN_IN", "SIGN_UP"], "BLOCK", "BLOCK"),
            bad: _risk("BLOCK", ["SIGN_IN"], "BLOCK", "BLOCK"),
            enforced["second factor"]: _risk("NO_ACTION", ["SIGN_IN"], "MFA_REQUIRED", "BLOCK"),
            enforced["sign-up"]: _risk("BLOCK", ["SIGN_UP"], "BLOCK", "NO_ACTION"),
            enforced["all events"]: _risk("BLOCK", [], "BLOCK", "BLOCK"),
        },
    )
    _add_web_acl(clients, good)
    for name, guests in (("guests", True), ("members", False)):
        clients("cognito-identity").create_identity_pool(IdentityPoolName=name, AllowUnauthenticatedIdentities=guests)
    tell(clients, "cognito-identity", "GetIdentityPoolRoles", {})


def _risk(on_leaks: str, events: list[str], low: str, high: str) -> dict[str, Any]:
    actions = {"LowAction": low, "MediumAction": "BLOCK", "HighAction": high}
    leaks: dict[str, Any] = {"Actions": {"EventAction": on_leaks}} | ({"EventFilter": events} if events else {})
    return {
        "CompromisedCredentialsRiskConfiguration": leaks,
        "AccountTakeoverRiskConfiguration": {
            "Actions": {level: {"Notify": False, "EventAction": action} for level, action in actions.items()}
        },
    }


def _tell_risks(clients: Clients, risks: Mapping[str, Any]) -> None:
    def told(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        pool = asked["UserPoolId"]
        return {"RiskConfiguration": {"UserPoolId": pool, **risks.get(pool, {})}}

    tell(clients, "cognito-idp", "DescribeRiskConfiguration", told)


def _add_web_acl(clients: Clients, pool: str) -> None:
    """In front of one pool."""
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "guard"}
    clients("wafv2").create_web_acl(
        Name="guard", Scope="REGIONAL", DefaultAction={"Allow": {}}, Rules=[], VisibilityConfig=visibility
    )
    arn = clients("cognito-idp").describe_user_pool(UserPoolId=pool)["UserPool"]["Arn"]

    def told(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        is_asked = asked["ResourceType"] == "COGNITO_USER_POOL"
        return {"ResourceArns": [arn] if is_asked else []}

    tell(clients, "wafv2", "ListResourcesForWebACL", told)


STATES: Final = (State("user_pools", "500000001701", seed, services=("cognito",)),)
