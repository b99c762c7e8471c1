"""How roles are judged: those that should exist, and whom service roles trust."""

from __future__ import annotations

from collections.abc import Iterable

from aioprowler import Account, All, Fail, Pass, Verdict, check
from aioprowler.policies import is_public
from aioprowler.services.iam.resources import Role


def judge(account: Account, roles: Iterable[Role], policy: str) -> Verdict:
    """Whether some role has the AWS managed policy of this name."""
    arn = f"arn:{account.partition}:iam::aws:policy/{policy}"
    for role in roles:
        if any(attached.policy_arn == arn for attached in role.attached_managed_policies):
            return Pass(f"Role {role.name} in account {account.id} has the policy {policy}.")
    return Fail(f"No role in account {account.id} has the policy {policy}.")


@check(
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
    Create a role that the people in charge may assume, and attach the policy:
    `aws iam attach-role-policy --role-name <role> --policy-arn arn:aws:iam::aws:policy/AWSSupportAccess`.

    ## References
    https://docs.aws.amazon.com/awssupport/latest/user/accessing-support.html
    """
    return judge(account, roles, "AWSSupportAccess")


@check(
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
    Create a role that auditors may assume, and attach the policy:
    `aws iam attach-role-policy --role-name <role> --policy-arn arn:aws:iam::aws:policy/SecurityAudit`.

    ## References
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/SecurityAudit.html
    """
    return judge(account, roles, "SecurityAudit")


@check(severity="high", categories=["identity-access", "trust-boundaries"])
def iam_role_cross_service_confused_deputy_prevention(role: Role) -> Verdict | None:
    """Service roles are assumed only on behalf of known accounts.

    An AWS service works for all of its customers. Judged are roles that only services may assume: their trust policy
    should say for whom, by `aws:SourceAccount`, `aws:SourceArn` or an organization. Service-linked roles, which nobody
    can change, are left out.

    ## Risk
    Another customer gets the service to use this account's role and reach what that customer may not: the service is
    its confused deputy.

    ## Remediation
    Add a condition to the trust policy, such as `"StringEquals": {"aws:SourceAccount": "<account>"}`:
    `aws iam update-assume-role-policy --role-name <role> --policy-document file://trust.json`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    if role.is_service_linked or not role.is_service_role:
        return None
    if is_public(role.trust, services=True, actions=["sts:AssumeRole"]):
        return Fail(f"Service role {role.name} may be assumed by a service on behalf of any account.")
    return Pass(f"Service role {role.name} may be assumed only on behalf of known accounts.")
