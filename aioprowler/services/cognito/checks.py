"""How user pools, app clients and identity pools are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.exposure import behind_waf
from aioprowler.judging.verdicts import enabled, has, has_no, is_set_to, pass_if, told, worst
from aioprowler.services.cognito.resources import IdentityPool, RiskConfiguration, UserPool, UserPoolClient
from aioprowler.services.wafv2.resources import UserPoolsBehindWebAcls

_ACTIONS = frozenset({"MFA_IF_CONFIGURED", "MFA_REQUIRED", "NO_ACTION"})
"""What is less than BLOCK."""


# --------------------------------------------------------------- identity pools
@check(fails="Cognito identity pool gives credentials to guests", severity="medium", categories=["identity-access"])
def cognito_identity_pool_guest_access_disabled(pool: IdentityPool) -> Verdict:
    """Cognito identity pools give no AWS credentials to guests.

    Guests are identities that have not signed in anywhere. What the role that they get may do is not looked into.

    ## Risk
    The id of a pool stands in the code of every app that uses it. Whoever reads it there has AWS credentials of the
    account, and all that the guests' role may do.

    ## Remediation
    Let only users in who have signed in: `aws cognito-identity update-identity-pool --region <region>
    --identity-pool-id <pool-id> --identity-pool-name <name> --no-allow-unauthenticated-identities`. Repeat the identity
    providers of the pool in the command; it replaces them.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html
    """
    return has_no(pool.label, "access for guests", pool.allow_unauthenticated_identities)


# ------------------------------------------------------------------- user pools
@check(fails="Cognito user pool sends recovery codes by SMS first", severity="medium", categories=["identity-access"])
def cognito_user_pool_account_recovery_sms_not_preferred(pool: UserPool) -> Verdict:
    """Cognito user pools do not prefer SMS for the recovery of accounts.

    The mechanism of the first priority is judged. A pool without any follows the older behavior, which takes SMS before
    email.

    ## Risk
    Text messages are read along by whoever has the number moved to a SIM card of their own, and with a recovery code
    goes the account.

    ## Remediation
    Put email first, or let administrators alone reset passwords: `aws cognito-idp update-user-pool --region <region>
    --user-pool-id <pool-id> --account-recovery-setting
    'RecoveryMechanisms=[{Priority=1,Name=verified_email}]'`. The command sets what it does not name back to its
    default: repeat the pool's other settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
    """
    mechanisms = pool.recovery.recovery_mechanisms
    if not mechanisms:
        return Fail(f"{pool.label} says nothing of the recovery of accounts, so that SMS comes before email.")
    first = min(mechanisms, key=lambda each: each.priority).name
    good, bad = {"verified_email", "admin_only"}, {"verified_phone_number"}
    return is_set_to(pool.label, "as first way of recovery", first, good=good, bad=bad)


@check(
    fails="Cognito user pool is without enforced threat protection",
    severity="medium",
    categories=["identity-access", "threat-detection"],
)
def cognito_user_pool_advanced_security_enabled(pool: UserPool) -> Verdict:
    """Cognito user pools have threat protection (advanced security) enforced.

    A pool whose threat protection only audits stops nobody. It takes the Plus feature plan.

    ## Risk
    Sign-ins with stolen passwords, from unlikely places and by machines go on unhindered.

    ## Remediation
    Choose the Plus plan, and let it act: `aws cognito-idp update-user-pool --region <region> --user-pool-id <pool-id>
    --user-pool-tier PLUS --user-pool-add-ons AdvancedSecurityMode=ENFORCED`. The command sets what it does not name
    back to its default: repeat the pool's other settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-threat-protection.html
    """
    return _enforces(pool)


def _enforces(pool: UserPool) -> Verdict:
    mode = pool.threat_protection
    return is_set_to(pool.label, "threat protection", mode, good={"ENFORCED"}, bad={"AUDIT", "OFF"})


@check(
    fails="Cognito user pool lets sign-ins with compromised credentials pass",
    severity="medium",
    categories=["identity-access", "threat-detection"],
)
def cognito_user_pool_blocks_compromised_credentials_sign_in_attempts(
    pool: UserPool, risk: RiskConfiguration | None
) -> Verdict:
    """Cognito user pools block sign-ins with compromised credentials.

    Threat protection has to be enforced, and to block such credentials at sign-in. The settings of the pool are judged;
    those that an app client may have of its own are not.

    ## Risk
    Passwords that leaked elsewhere are tried here, and open the accounts of all who use the same one twice.

    ## Remediation
    With threat protection enforced: `aws cognito-idp set-risk-configuration --region <region> --user-pool-id <pool-id>
    --compromised-credentials-risk-configuration 'EventFilter=SIGN_IN,Actions={EventAction=BLOCK}'`.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-compromised-credentials.html
    """
    found = risk.compromised if risk else None
    if not isinstance(mode := _enforces(pool), Pass):
        return mode
    if found is None or (found.event_filter and "SIGN_IN" not in found.event_filter):
        return Fail(f"{pool.label} does nothing about compromised credentials at sign-in.")
    action = found.actions.event_action
    return is_set_to(
        pool.label, "on compromised credentials at sign-in the action", action, good={"BLOCK"}, bad=_ACTIONS
    )


@check(
    fails="Cognito user pool lets sign-ins pass that are likely malicious",
    severity="medium",
    categories=["identity-access", "threat-detection"],
)
def cognito_user_pool_blocks_potential_malicious_sign_in_attempts(
    pool: UserPool, risk: RiskConfiguration | None
) -> Verdict:
    """Cognito user pools block sign-ins at every risk that somebody else signs in.

    Threat protection has to be enforced, and to block at low, medium and high risk: a second factor is less. The
    settings of the pool are judged; those that an app client may have of its own are not.

    ## Risk
    Somebody who has a user's password signs in from another place and device, and nothing holds them up.

    ## Remediation
    With threat protection enforced: `aws cognito-idp set-risk-configuration --region <region> --user-pool-id <pool-id>
    --account-takeover-risk-configuration file://<your-takeover-configuration.json>`, with the `EventAction` `BLOCK` for
    `LowAction`, `MediumAction` and `HighAction`.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-adaptive-authentication.html
    """
    if not isinstance(mode := _enforces(pool), Pass):
        return mode
    actions = risk.takeover.actions if risk and risk.takeover else None
    if actions is None:
        return Fail(f"{pool.label} does nothing about sign-ins that are likely somebody else's.")
    levels = {"low": actions.low_action, "medium": actions.medium_action, "high": actions.high_action}
    words = {level: action.event_action if action else "NO_ACTION" for level, action in levels.items()}
    return worst(
        is_set_to(pool.label, f"at {level} risk the action", word, good={"BLOCK"}, bad=_ACTIONS)
        for level, word in words.items()
    )


@check(fails="Cognito user pool can be deleted by one call", severity="medium", categories=["resilience"])
def cognito_user_pool_deletion_protection_enabled(pool: UserPool) -> Verdict:
    """Cognito user pools are protected from deletion.

    ## Risk
    A script, or somebody with the permission, deletes the pool with all of its users, and nobody can sign in any more.

    ## Remediation
    `aws cognito-idp update-user-pool --region <region> --user-pool-id <pool-id> --deletion-protection ACTIVE`. The
    command sets what it does not name back to its default: repeat the pool's other settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-deletion-protection.html
    """
    state = pool.deletion_protection
    return is_set_to(pool.label, "deletion protection", state, good={"ACTIVE"}, bad={"INACTIVE"})


@check(fails="Cognito user pool does not demand MFA", severity="medium", categories=["identity-access"])
def cognito_user_pool_mfa_enabled(pool: UserPool) -> Verdict:
    """Cognito user pools demand multi-factor authentication of every user.

    Where it is optional, it protects only those users who chose it: such a pool fails as well.

    ## Risk
    A guessed, leaked or phished password is enough to be that user.

    ## Remediation
    `aws cognito-idp set-user-pool-mfa-config --region <region> --user-pool-id <pool-id> --mfa-configuration ON
    --software-token-mfa-configuration Enabled=true`.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
    """
    return is_set_to(pool.label, "MFA", pool.mfa, good={"ON"}, bad={"OFF", "OPTIONAL"})


@check(fails="Cognito user pool takes passwords without lowercase letters", severity="medium",
       categories=["identity-access"])  # fmt: skip
def cognito_user_pool_password_policy_lowercase(pool: UserPool) -> Verdict:
    """The password policies of Cognito user pools demand a lowercase letter.

    ## Risk
    Passwords of few kinds of characters are guessed sooner.

    ## Remediation
    `aws cognito-idp update-user-pool --region <region> --user-pool-id <pool-id> --policies
    file://<your-password-policy.json>`, with `"RequireLowercase": true`. The command sets what it does not name back to
    its default: repeat the pool's other settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
    """
    return _demands(pool, "require_lowercase", "a lowercase letter")


def _demands(pool: UserPool, member: str, what: str) -> Verdict:
    policy = pool.policies.password_policy
    if policy is None:
        return _no_policy(pool)
    demanded: bool = told(getattr(policy, member), f"what the password policy says of {what}")
    return has(pool.label, f"a password policy that demands {what}", demanded)


def _no_policy(pool: UserPool) -> Fail:
    return Fail(f"{pool.label} has no password policy.")


@check(fails="Cognito user pool takes passwords of less than 14 characters", severity="medium",
       categories=["identity-access"])  # fmt: skip
def cognito_user_pool_password_policy_minimum_length_14(pool: UserPool) -> Verdict:
    """The password policies of Cognito user pools demand at least 14 characters.

    ## Risk
    Short passwords are guessed, each character less a hundred times sooner.

    ## Remediation
    `aws cognito-idp update-user-pool --region <region> --user-pool-id <pool-id> --policies
    file://<your-password-policy.json>`, with `"MinimumLength": 14`. The command sets what it does not name back to its
    default: repeat the pool's other settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
    """
    policy = pool.policies.password_policy
    if policy is None:
        return _no_policy(pool)
    length = told(policy.minimum_length, "the least length of passwords")
    sentence = f"{pool.label} demands passwords of at least {length} characters."
    return pass_if(length >= 14, sentence, sentence)


@check(fails="Cognito user pool takes passwords without digits", severity="medium", categories=["identity-access"])
def cognito_user_pool_password_policy_number(pool: UserPool) -> Verdict:
    """The password policies of Cognito user pools demand a digit.

    ## Risk
    Passwords of few kinds of characters are guessed sooner.

    ## Remediation
    `aws cognito-idp update-user-pool --region <region> --user-pool-id <pool-id> --policies
    file://<your-password-policy.json>`, with `"RequireNumbers": true`. The command sets what it does not name back to
    its default: repeat the pool's other settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
    """
    return _demands(pool, "require_numbers", "a digit")


@check(fails="Cognito user pool takes passwords without symbols", severity="medium", categories=["identity-access"])
def cognito_user_pool_password_policy_symbol(pool: UserPool) -> Verdict:
    """The password policies of Cognito user pools demand a symbol.

    ## Risk
    Passwords of few kinds of characters are guessed sooner.

    ## Remediation
    `aws cognito-idp update-user-pool --region <region> --user-pool-id <pool-id> --policies
    file://<your-password-policy.json>`, with `"RequireSymbols": true`. The command sets what it does not name back to
    its default: repeat the pool's other settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
    """
    return _demands(pool, "require_symbols", "a symbol")


@check(fails="Cognito user pool takes passwords without uppercase letters", severity="medium",
       categories=["identity-access"])  # fmt: skip
def cognito_user_pool_password_policy_uppercase(pool: UserPool) -> Verdict:
    """The password policies of Cognito user pools demand an uppercase letter.

    ## Risk
    Passwords of few kinds of characters are guessed sooner.

    ## Remediation
    `aws cognito-idp update-user-pool --region <region> --user-pool-id <pool-id> --policies
    file://<your-password-policy.json>`, with `"RequireUppercase": true`. The command sets what it does not name back to
    its default: repeat the pool's other settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
    """
    return _demands(pool, "require_uppercase", "an uppercase letter")


@check(fails="Cognito user pool lets anybody register", severity="medium", categories=["identity-access"])
def cognito_user_pool_self_registration_disabled(pool: UserPool) -> Verdict:
    """In Cognito user pools only administrators make users.

    A pool for an app that everybody may use fails as well: mute it there. What users may do once they are in is not
    looked into.

    ## Risk
    Anybody on the internet makes a user of their own, and is let in wherever a user of the pool is: into the app, and
    through an identity pool to AWS credentials.

    ## Remediation
    `aws cognito-idp update-user-pool --region <region> --user-pool-id <pool-id> --admin-create-user-config
    AllowAdminCreateUserOnly=true`. The command sets what it does not name back to its default: repeat the pool's other
    settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html
    """
    return has_no(pool.label, "self-registration of users", not pool.user_creation.allow_admin_create_user_only)


@check(fails="Cognito user pool has temporary passwords that are valid for long", severity="medium",
       categories=["identity-access"])  # fmt: skip
def cognito_user_pool_temporary_password_expiration(pool: UserPool) -> Verdict:
    """Temporary passwords of Cognito user pools are valid for 7 days at most.

    Where the policy says nothing of it, the older setting of unused accounts holds, and without that one 7 days.

    ## Risk
    A temporary password was sent by email or SMS. Long after, whoever finds the message takes the account over before
    its user has signed in once.

    ## Remediation
    `aws cognito-idp update-user-pool --region <region> --user-pool-id <pool-id> --policies
    file://<your-password-policy.json>`, with `"TemporaryPasswordValidityDays": 7`. The command sets what it does not
    name back to its default: repeat the pool's other settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
    """
    days = pool.temporary_password_days
    sentence = f"{pool.label} has temporary passwords that are valid for {days} days."
    return pass_if(days <= 7, sentence, sentence)


@check(
    fails="Cognito user pool is not behind a web ACL",
    severity="medium",
    categories=["internet-exposed", "threat-detection"],
    resource_type="AwsWafv2WebAcl",
)
def cognito_user_pool_waf_acl_attached(pool: UserPool, behind: UserPoolsBehindWebAcls) -> Verdict:
    """Cognito user pools are behind a web ACL of AWS WAF.

    ## Risk
    The sign-in of the pool is on the internet. Without rules in front of it, machines try passwords, make users and
    send codes at the account's expense as fast as they like.

    ## Remediation
    `aws wafv2 associate-web-acl --region <region> --web-acl-arn <your-web-acl-arn> --resource-arn <arn>`.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-waf.html
    """
    return behind_waf(pool.label, behind.web_acl(pool.arn))


# ------------------------------------------------------------------ app clients
@check(fails="Cognito app client tells which users exist", severity="medium", categories=["identity-access"])
def cognito_user_pool_client_prevent_user_existence_errors(client: UserPoolClient) -> Verdict:
    """App clients of Cognito user pools do not tell which users exist.

    ## Risk
    A sign-in with a wrong name is answered otherwise than one with a wrong password: whoever tries names learns which
    ones are worth a password.

    ## Remediation
    `aws cognito-idp update-user-pool-client --region <region> --user-pool-id <user-pool-id> --client-id <client-id>
    --prevent-user-existence-errors ENABLED`. The command sets what it does not name back to its default: repeat the
    client's other settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
    """
    answers = client.prevent_user_existence_errors
    return is_set_to(client.label, "the prevention of user existence errors", answers, good={"ENABLED"}, bad={"LEGACY"})


@check(fails="Cognito app client has tokens that cannot be revoked", severity="medium",
       categories=["identity-access"])  # fmt: skip
def cognito_user_pool_client_token_revocation_enabled(client: UserPoolClient) -> Verdict:
    """The tokens of app clients of Cognito user pools can be revoked.

    ## Risk
    Who has stolen a refresh token goes on with it until it expires, for up to ten years, also after the user has signed
    out everywhere.

    ## Remediation
    `aws cognito-idp update-user-pool-client --region <region> --user-pool-id <user-pool-id> --client-id <client-id>
    --enable-token-revocation`. The command sets what it does not name back to its default: repeat the client's other
    settings in it.

    ## References
    https://docs.aws.amazon.com/cognito/latest/developerguide/token-revocation.html
    """
    return enabled(client.label, "token revocation", client.enable_token_revocation)
