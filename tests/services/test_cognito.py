from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Manual, Pass, Verdict
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.cognito.checks import (
    cognito_identity_pool_guest_access_disabled,
    cognito_user_pool_account_recovery_sms_not_preferred,
    cognito_user_pool_advanced_security_enabled,
    cognito_user_pool_blocks_compromised_credentials_sign_in_attempts,
    cognito_user_pool_blocks_potential_malicious_sign_in_attempts,
    cognito_user_pool_client_prevent_user_existence_errors,
    cognito_user_pool_client_token_revocation_enabled,
    cognito_user_pool_deletion_protection_enabled,
    cognito_user_pool_mfa_enabled,
    cognito_user_pool_password_policy_lowercase,
    cognito_user_pool_password_policy_minimum_length_14,
    cognito_user_pool_password_policy_number,
    cognito_user_pool_password_policy_symbol,
    cognito_user_pool_password_policy_uppercase,
    cognito_user_pool_self_registration_disabled,
    cognito_user_pool_temporary_password_expiration,
    cognito_user_pool_waf_acl_attached,
)
from aioprowler.services.cognito.resources import (
    AccountTakeover,
    AddOns,
    CompromisedCredentials,
    EventAction,
    IdentityPool,
    PasswordPolicy,
    Policies,
    Recovery,
    RecoveryMechanism,
    RiskConfiguration,
    TakeoverActions,
    UserCreation,
    UserPool,
    UserPoolClient,
    is_enforced,
)
from aioprowler.services.wafv2.resources import UserPoolsBehindWebAcls

ARN = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_a"


def pool(**facts: Any) -> UserPool:
    own = {"pool_id": "eu-west-1_a", "name": "people", "arn": ARN, "deletion_protection": "INACTIVE", "mfa": "OFF"}
    return UserPool(**{**own, **facts})


def with_passwords(**policy: Any) -> UserPool:
    return pool(policies=Policies(password_policy=PasswordPolicy(**policy)))


def protected(mode: str) -> UserPool:
    return pool(add_ons=AddOns(advanced_security_mode=mode))


def client(**facts: Any) -> UserPoolClient:
    return UserPoolClient(**{"client_id": "c", "user_pool_id": "eu-west-1_a", "name": "app", **facts})


@pytest.mark.parametrize(("guests", "verdict"), [(True, Fail), (False, Pass)])
def test_guests(guests: bool, verdict: type) -> None:
    identities = IdentityPool(pool_id="eu-west-1:1", name="app", allow_unauthenticated_identities=guests)
    assert isinstance(cognito_identity_pool_guest_access_disabled(identities), verdict)


@pytest.mark.parametrize(
    ("mechanisms", "verdict"),
    [
        ([], Fail),  # the older behavior takes SMS first
        ([(1, "verified_phone_number")], Fail),
        ([(2, "verified_email"), (1, "verified_phone_number")], Fail),
        ([(2, "verified_phone_number"), (1, "verified_email")], Pass),
        ([(1, "admin_only")], Pass),
        ([(1, "carrier_pigeon")], Manual),
    ],
)
def test_recovery(mechanisms: list[tuple[int, str]], verdict: type) -> None:
    ways = tuple(RecoveryMechanism(priority, name) for priority, name in mechanisms)
    assert isinstance(
        cognito_user_pool_account_recovery_sms_not_preferred(pool(recovery=Recovery(recovery_mechanisms=ways))), verdict
    )


@pytest.mark.parametrize(("mode", "verdict"), [("ENFORCED", Pass), ("AUDIT", Fail), ("OFF", Fail), ("LEARN", Manual)])
def test_threat_protection(mode: str, verdict: type) -> None:
    assert isinstance(cognito_user_pool_advanced_security_enabled(protected(mode)), verdict)
    assert is_enforced(protected(mode)) is (mode == "ENFORCED")


def test_pools_of_the_smaller_plans_have_no_threat_protection() -> None:
    assert isinstance(cognito_user_pool_advanced_security_enabled(pool()), Fail)


def compromised(action: str, *events: str) -> RiskConfiguration:
    return RiskConfiguration(compromised=CompromisedCredentials(EventAction(action), events))


@pytest.mark.parametrize(
    ("mode", "risk", "verdict"),
    [
        ("ENFORCED", compromised("BLOCK", "SIGN_IN", "SIGN_UP"), Pass),
        ("ENFORCED", compromised("BLOCK"), Pass),  # all events
        ("ENFORCED", compromised("BLOCK", "SIGN_UP"), Fail),
        ("ENFORCED", compromised("NO_ACTION", "SIGN_IN"), Fail),
        ("ENFORCED", compromised("ASK_NICELY", "SIGN_IN"), Manual),
        ("ENFORCED", RiskConfiguration(), Fail),
        ("ENFORCED", None, Fail),
        ("AUDIT", compromised("BLOCK"), Fail),
        ("OFF", None, Fail),
        ("LEARN", compromised("BLOCK"), Manual),
    ],
)
def test_compromised_credentials(mode: str, risk: RiskConfiguration | None, verdict: type) -> None:
    found = cognito_user_pool_blocks_compromised_credentials_sign_in_attempts(protected(mode), risk)
    assert isinstance(found, verdict)


def takeover(*actions: str | None) -> RiskConfiguration:
    low, medium, high = (EventAction(action) if action else None for action in actions)
    return RiskConfiguration(takeover=AccountTakeover(TakeoverActions(low, medium, high)))


@pytest.mark.parametrize(
    ("mode", "risk", "verdict"),
    [
        ("ENFORCED", takeover("BLOCK", "BLOCK", "BLOCK"), Pass),
        ("ENFORCED", takeover("MFA_IF_CONFIGURED", "BLOCK", "BLOCK"), Fail),
        ("ENFORCED", takeover("BLOCK", "MFA_REQUIRED", "BLOCK"), Fail),
        ("ENFORCED", takeover("BLOCK", "BLOCK", "NO_ACTION"), Fail),
        ("ENFORCED", takeover(None, "BLOCK", "BLOCK"), Fail),
        ("ENFORCED", takeover("BLOCK", "BLOCK", "PUZZLE"), Manual),
        ("ENFORCED", takeover("NO_ACTION", "BLOCK", "PUZZLE"), Fail),
        ("ENFORCED", RiskConfiguration(), Fail),
        ("AUDIT", takeover("BLOCK", "BLOCK", "BLOCK"), Fail),
        ("OFF", None, Fail),
    ],
)
def test_takeover(mode: str, risk: RiskConfiguration | None, verdict: type) -> None:
    found = cognito_user_pool_blocks_potential_malicious_sign_in_attempts(protected(mode), risk)
    assert isinstance(found, verdict)


@pytest.mark.parametrize(("state", "verdict"), [("ACTIVE", Pass), ("INACTIVE", Fail), ("RESTING", Manual)])
def test_deletion_protection(state: str, verdict: type) -> None:
    assert isinstance(cognito_user_pool_deletion_protection_enabled(pool(deletion_protection=state)), verdict)


def test_deletion_protection_is_inactive_until_it_is_activated() -> None:
    untold = UserPool(pool_id="eu-west-1_a", name="people", arn=ARN, mfa="OFF")
    assert isinstance(cognito_user_pool_deletion_protection_enabled(untold), Fail)


@pytest.mark.parametrize(("mfa", "verdict"), [("ON", Pass), ("OPTIONAL", Fail), ("OFF", Fail), ("SOMETIMES", Manual)])
def test_mfa(mfa: str, verdict: type) -> None:
    assert isinstance(cognito_user_pool_mfa_enabled(pool(mfa=mfa)), verdict)


@pytest.mark.parametrize(
    ("check", "member"),
    [
        (cognito_user_pool_password_policy_lowercase, "require_lowercase"),
        (cognito_user_pool_password_policy_number, "require_numbers"),
        (cognito_user_pool_password_policy_symbol, "require_symbols"),
        (cognito_user_pool_password_policy_uppercase, "require_uppercase"),
    ],
)
def test_kinds_of_characters(check: Any, member: str) -> None:
    assert isinstance(check(with_passwords(**{member: True})), Pass)
    assert isinstance(check(with_passwords(**{member: False})), Fail)
    assert isinstance(check(pool()), Fail)
    with pytest.raises(UnreadableError):
        check(with_passwords())


@pytest.mark.parametrize(("length", "verdict"), [(14, Pass), (99, Pass), (13, Fail), (6, Fail)])
def test_length(length: int, verdict: type) -> None:
    found = cognito_user_pool_password_policy_minimum_length_14(with_passwords(minimum_length=length))
    assert isinstance(found, verdict)
    assert f"at least {length} characters" in found.detail


def test_a_pool_without_a_policy_demands_no_length() -> None:
    assert isinstance(cognito_user_pool_password_policy_minimum_length_14(pool()), Fail)


@pytest.mark.parametrize(
    ("creation", "verdict"),
    [
        (UserCreation(allow_admin_create_user_only=True), Pass),
        (UserCreation(allow_admin_create_user_only=False), Fail),
        (UserCreation(), Fail),
    ],
)
def test_self_registration(creation: UserCreation, verdict: type) -> None:
    assert isinstance(cognito_user_pool_self_registration_disabled(pool(user_creation=creation)), verdict)


@pytest.mark.parametrize(
    ("subject", "days", "verdict"),
    [
        (with_passwords(temporary_password_validity_days=7), 7, Pass),
        (with_passwords(temporary_password_validity_days=8), 8, Fail),
        (with_passwords(temporary_password_validity_days=0), 7, Pass),  # AWS takes it as not given
        (pool(), 7, Pass),
        (pool(user_creation=UserCreation(unused_account_validity_days=30)), 30, Fail),
    ],
)
def test_temporary_passwords(subject: UserPool, days: int, verdict: type) -> None:
    found = cognito_user_pool_temporary_password_expiration(subject)
    assert isinstance(found, verdict)
    assert f"{days} days" in found.detail


def test_web_acls() -> None:
    behind = UserPoolsBehindWebAcls({ARN: "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/guard/1"})
    assert isinstance(cognito_user_pool_waf_acl_attached(pool(), behind), Pass)
    assert isinstance(cognito_user_pool_waf_acl_attached(pool(arn=f"{ARN}b"), behind), Fail)


@pytest.mark.parametrize(("answers", "verdict"), [("ENABLED", Pass), ("LEGACY", Fail), ("VAGUE", Manual)])
def test_existence_errors(answers: str, verdict: type) -> None:
    found: Verdict = cognito_user_pool_client_prevent_user_existence_errors(
        client(prevent_user_existence_errors=answers)
    )
    assert isinstance(found, verdict)


@pytest.mark.parametrize(("revocable", "verdict"), [(True, Pass), (False, Fail)])
def test_token_revocation(revocable: bool, verdict: type) -> None:
    found = cognito_user_pool_client_token_revocation_enabled(client(enable_token_revocation=revocable))
    assert isinstance(found, verdict)


def test_clients_of_aws_that_say_nothing_tell_who_exists_and_keep_their_tokens() -> None:
    assert isinstance(cognito_user_pool_client_prevent_user_existence_errors(client()), Fail)
    assert isinstance(cognito_user_pool_client_token_revocation_enabled(client()), Fail)
