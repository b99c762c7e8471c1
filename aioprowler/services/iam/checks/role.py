"""How roles are judged: those that should exist, and whom roles trust."""

from __future__ import annotations

from collections.abc import Iterable

from aioprowler import Account, All, Fail, Manual, Pass, Verdict, check
from aioprowler.judging.policies import foreign_access
from aioprowler.judging.resource_policies import closed_to_services, pass_if_none
from aioprowler.judging.verdicts import has_no
from aioprowler.services.iam.resources import Role
from aioprowler.services.iam.trust import confinement, is_conditional, is_plain, trusts_services, with_denials


def some_role_has(account: Account, roles: Iterable[Role], policy: str) -> Verdict:
    """Whether some role has the AWS managed policy of this name."""
    for role in roles:
        if role.has_aws_policy(policy):
            return Pass(f"{role.label} in account {account.id} has the policy {policy}.")
    return Fail(f"No role in account {account.id} has the policy {policy}.")


@check(
    fails="Account has no role with the policy AWSSupportAccess",
    severity="low",
    categories=["identity-access"],
    resource_type="AwsIamRole",
    resource_group="IAM",
    resource_arn="arn:{partition}:iam::aws:policy/AWSSupportAccess",
)
def iam_support_role_created(account: Account, roles: All[Role]) -> Verdict:
    """There is a role for dealing with AWS Support.

    A role with the policy AWSSupportAccess lets its holders open and follow cases without being able to do much else.

    ## Risk
    In an incident nobody can reach AWS, or only somebody with far more rights than that takes.

    ## Remediation
    Create a role that the people in charge may assume, and attach the policy: `aws iam attach-role-policy --role-name
    <your-role> --policy-arn arn:<partition>:iam::aws:policy/AWSSupportAccess`.

    ## References
    https://docs.aws.amazon.com/awssupport/latest/user/accessing-support.html
    """
    return some_role_has(account, roles, "AWSSupportAccess")


@check(
    fails="Account has no role with the policy SecurityAudit",
    severity="low",
    categories=["identity-access"],
    resource_type="AwsIamPolicy",
    resource_group="IAM",
    resource_id="SecurityAudit",
    resource_arn="arn:{partition}:iam::aws:policy/SecurityAudit",
)
def iam_securityaudit_role_created(account: Account, roles: All[Role]) -> Verdict:
    """There is a role for security audits.

    A role with the policy SecurityAudit reads how the account is configured, changes nothing and sees next to no data.

    ## Risk
    Audits are done with rights that are too wide, or not at all.

    ## Remediation
    Create a role that auditors may assume, and attach the policy: `aws iam attach-role-policy --role-name <your-role>
    --policy-arn arn:<partition>:iam::aws:policy/SecurityAudit`.

    ## References
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/SecurityAudit.html
    """
    return some_role_has(account, roles, "SecurityAudit")


@check(
    fails="IAM service role may be assumed on behalf of any account",
    severity="high",
    categories=["identity-access", "trust-boundaries"],
)
def iam_role_cross_service_confused_deputy_prevention(role: Role) -> Verdict | None:
    """Service roles are assumed only on behalf of known accounts.

    An AWS service works for all of its customers. Judged are roles that only services may assume: their trust policy
    should say for whom, by `aws:SourceAccount`, `aws:SourceArn` or an organization. Service-linked roles, which nobody
    can change, are left out.

    ## Risk
    Another customer gets the service to use this account's role and reach what that customer may not: the service is
    its confused deputy.

    ## Remediation
    Add a condition to the trust policy, such as `"StringEquals": {"aws:SourceAccount": "<account-id>"}`: `aws iam
    update-assume-role-policy --role-name <role> --policy-document file://trust.json`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    if role.is_service_linked or not role.is_service_role:
        return None
    return closed_to_services(role.label, role.trust, actions=["sts:AssumeRole"])


@check(
    fails="IAM role trusts a service without naming for which account or organization",
    severity="medium",
    categories=["identity-access", "trust-boundaries"],
)
def iam_role_service_trust_restricts_source_to_account(role: Role) -> Verdict | None:
    """Conditions on the services that a role trusts name an account or an organization.

    Judged are statements of trust policies that let AWS services assume the role and have a condition, or stand beside
    other statements. One of their conditions should name accounts by their ids (`aws:SourceAccount`, or an
    `aws:SourceArn` with an account in it) or an organization (`aws:SourceOrgID`, `aws:SourceOrgPaths`); a Deny of all
    but these does as well. Wildcards in place of the account do not count, nor do conditions that a request without the
    key passes, unless a `Null` condition asks for the key. Policies that only let services assume the role, without any
    condition, are left to iam_role_cross_service_confused_deputy_prevention, and service-linked roles to AWS.

    ## Risk
    The condition looks like protection and is none: another customer can still get the service to use this account's
    role.

    ## Remediation
    Name the account in the trust policy, by `"StringEquals": {"aws:SourceAccount": "<account-id>"}`: `aws iam
    update-assume-role-policy --role-name <role> --policy-document file://trust.json`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    if role.is_service_linked:
        return None
    grants = [with_denials(grant, role.trust) for grant in role.trust.grants]
    if any(grant.actions.negated for grant in grants):
        return Manual(f"The trust policy of role {role.name} says by NotAction what is allowed; read it yourself.")
    services = [grant for grant in grants if grant.covers_action("sts:AssumeRole") and trusts_services(grant)]
    confined = {confinement(grant) for grant in services if is_conditional(grant) or not is_plain(role.trust)}
    if not confined:
        return None
    if None in confined:
        return Fail(f"{role.label} trusts a service, and no condition names for which account or organization.")
    of_whom = "accounts" if confined == {"account"} else "organizations or accounts"
    return Pass(f"{role.label} has conditions on the trust of services, which name {of_whom}.")


@check(
    fails="IAM role with the policy ReadOnlyAccess trusts another account",
    severity="high",
    categories=["identity-access", "trust-boundaries"],
)
def iam_role_cross_account_readonlyaccess_policy(role: Role) -> Verdict | None:
    """No role that other accounts may assume has the policy ReadOnlyAccess.

    The policy reads nearly everything, data in buckets and tables included. Judged is whether the trust policy of a
    role that has it names another account, or everybody; a condition that names own accounts only is taken into
    account. Roles that only AWS services assume are not judged.

    ## Risk
    Whoever breaks into the other account reads this one's data and finds there what leads further.

    ## Remediation
    Detach the policy and grant what the other account needs to see: `aws iam detach-role-policy --role-name <role>
    --policy-arn arn:<partition>:iam::aws:policy/ReadOnlyAccess`. For audits there is SecurityAudit, which does not read
    data.

    ## References
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_aws-accounts.html
    """
    if role.is_service_role:
        return None
    if not any(policy.policy_name == "ReadOnlyAccess" for policy in role.attached_managed_policies):
        return has_no(role.label, "the policy ReadOnlyAccess", False)
    outsiders = foreign_access(role.trust, role.account.id, accounts_only=True)
    name = f"{role.label} has the policy ReadOnlyAccess and"
    return pass_if_none(
        outsiders, f"{name} trusts no other account.", f"{name} trusts {', '.join(outsiders.names)}.", name
    )
