"""User pools with what they ask of passwords and sign-ins, their app clients, and identity pools."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Facet, Resource, call, field, listing

GONE: Final = ["ResourceNotFoundException"]

LEGACY_VALIDITY: Final = 7
"""Days that a temporary password is valid where nothing is set
(https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_PasswordPolicyType.html)."""


# ------------------------------------------------------------------- user pools
class PasswordPolicy(msgspec.Struct, frozen=True, rename="pascal"):
    """What passwords have to be like."""

    minimum_length: int | None = None
    require_uppercase: bool | None = None
    require_lowercase: bool | None = None
    require_numbers: bool | None = None
    require_symbols: bool | None = None
    temporary_password_validity_days: int | None = None


class Policies(msgspec.Struct, frozen=True, rename="pascal"):
    """What a pool rules; how users may sign in without a password as well."""

    password_policy: PasswordPolicy | None = None


class AddOns(msgspec.Struct, frozen=True, rename="pascal"):
    """Threat protection, which was called advanced security. Only the Plus plan has it."""

    advanced_security_mode: str


class RecoveryMechanism(msgspec.Struct, frozen=True, rename="pascal"):
    """A way to a new password; that of priority 1 comes first."""

    priority: int
    name: str


class Recovery(msgspec.Struct, frozen=True, rename="pascal"):
    """The ways to a new password."""

    recovery_mechanisms: tuple[RecoveryMechanism, ...] = ()


class UserCreation(msgspec.Struct, frozen=True, rename="pascal"):
    """Who makes users."""

    allow_admin_create_user_only: bool = False
    """AWS's default (https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html)."""
    unused_account_validity_days: int | None = None


class UserPool(Resource, id="pool_id", type="Other", group="IAM", noun="User pool", gone=GONE):
    """A directory of users, as ListUserPools and DescribeUserPool tell of it."""

    source = listing(
        "cognito-idp",
        "ListUserPools",
        "UserPools",
        detail=call("cognito-idp", "DescribeUserPool", "UserPool", UserPoolId="pool_id"),
    )
    pool_id: str = field(name="Id")
    name: str
    arn: str
    policies: Policies = Policies()
    deletion_protection: str = "INACTIVE"
    """AWS's default for pools that were not made in the console
    (https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-deletion-protection.html)."""
    mfa: str = field(name="MfaConfiguration")
    add_ons: AddOns = field(name="UserPoolAddOns", default=AddOns(advanced_security_mode="OFF"))
    recovery: Recovery = field(name="AccountRecoverySetting", default=Recovery())
    user_creation: UserCreation = field(name="AdminCreateUserConfig", default=UserCreation())

    @property
    def threat_protection(self) -> str:
        """`OFF`, `AUDIT` (only logged) or `ENFORCED`."""
        return self.add_ons.advanced_security_mode

    @property
    def temporary_password_days(self) -> int:
        """How long a temporary password is valid: what the older setting of unused accounts said holds where the policy
        says nothing.
        """
        policy = self.policies.password_policy
        days = policy.temporary_password_validity_days if policy else None
        return days or self.user_creation.unused_account_validity_days or LEGACY_VALIDITY


def is_enforced(pool: UserPool) -> bool:
    """Whether threat protection does anything: only there it matters what."""
    return pool.threat_protection == "ENFORCED"


class EventAction(msgspec.Struct, frozen=True, rename="pascal"):
    """What happens to a sign-in."""

    event_action: str


class CompromisedCredentials(msgspec.Struct, frozen=True, rename="pascal"):
    """What happens where a password is known from elsewhere."""

    actions: EventAction
    event_filter: tuple[str, ...] = ()
    """Of which events: `SIGN_IN`, `PASSWORD_CHANGE`, `SIGN_UP`. Empty: of all (see RiskConfiguration)."""


class TakeoverActions(msgspec.Struct, frozen=True, rename="pascal"):
    """What happens by how likely it is that somebody else signs in; without one, nothing."""

    low_action: EventAction | None = None
    medium_action: EventAction | None = None
    high_action: EventAction | None = None


class AccountTakeover(msgspec.Struct, frozen=True, rename="pascal"):
    """What happens where somebody else seems to sign in."""

    actions: TakeoverActions


class RiskConfiguration(Facet[UserPool]):
    """What threat protection does, for all app clients that have nothing of their own; absent where it only audits, or
    is off.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RiskConfigurationType.html
    """

    source = call(
        "cognito-idp",
        "DescribeRiskConfiguration",
        "RiskConfiguration",
        UserPoolId="pool_id",
        absent=["UserPoolAddOnNotEnabledException"],
        when=is_enforced,
    )
    compromised: CompromisedCredentials | None = field(name="CompromisedCredentialsRiskConfiguration", default=None)
    takeover: AccountTakeover | None = field(name="AccountTakeoverRiskConfiguration", default=None)


class UserPoolClient(
    Resource,
    id="client_id",
    arn="arn:{partition}:cognito-idp:{region}:{account_id}:userpool/{user_pool_id}/client/{client_id}",
    type="Other",
    group="IAM",
    noun="User pool client",
    gone=GONE,
):
    """An app that signs users of a pool in."""

    source = listing(
        "cognito-idp",
        "ListUserPoolClients",
        "UserPoolClients",
        of=UserPool,
        UserPoolId="pool_id",
        detail=call(
            "cognito-idp", "DescribeUserPoolClient", "UserPoolClient", UserPoolId="user_pool_id", ClientId="client_id"
        ),
    )
    client_id: str
    user_pool_id: str
    name: str = field(name="ClientName")
    prevent_user_existence_errors: str = "LEGACY"
    """AWS's default
    (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html).
    """
    enable_token_revocation: bool = False
    """Clients from before there was such a thing have none
    (https://docs.aws.amazon.com/cognito/latest/developerguide/token-revocation.html).
    """


# --------------------------------------------------------------- identity pools
class IdentityPool(
    Resource,
    id="pool_id",
    arn="arn:{partition}:cognito-identity:{region}:{account_id}:identitypool/{pool_id}",
    type="Other",
    group="IAM",
    noun="Identity pool",
    gone=GONE,
):
    """A pool that gives users AWS credentials."""

    source = listing(
        "cognito-identity",
        "ListIdentityPools",
        "IdentityPools",
        detail=call("cognito-identity", "DescribeIdentityPool", IdentityPoolId="pool_id"),
    )
    pool_id: str = field(name="IdentityPoolId")
    name: str = field(name="IdentityPoolName")
    allow_unauthenticated_identities: bool
