"""Who has AWS's policy for administrators."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.services.iam.resources import Group, PolicyHolder, Role, User


def judge(what: str, holder: PolicyHolder) -> Verdict:
    """The verdict about a user, group or role."""
    if any(policy.policy_name == "AdministratorAccess" for policy in holder.attached_managed_policies):
        return Fail(f"IAM {what} {holder.name} has the policy AdministratorAccess.")
    return Pass(f"IAM {what} {holder.name} does not have the policy AdministratorAccess.")


@check(severity="critical", categories=["identity-access"])
def iam_user_administrator_access_policy(user: User) -> Verdict:
    """No user has the policy AdministratorAccess.

    The policy allows every action on every resource. A user holds it all the time, with a password or keys that do not
    expire.

    ## Risk
    One leaked key or password of the user gives away the whole account.

    ## Remediation
    Detach the policy and grant what the user's work needs, by groups, or by roles for the exceptional:
    `aws iam detach-user-policy --user-name <user> --policy-arn arn:aws:iam::aws:policy/AdministratorAccess`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    return judge("user", user)


@check(severity="high", categories=["identity-access"])
def iam_group_administrator_access_policy(group: Group) -> Verdict:
    """No group has the policy AdministratorAccess.

    The policy allows every action on every resource, and the group hands it to each of its members, present and
    future.

    ## Risk
    Whoever can add members to the group makes administrators, and every member's leaked key gives away the account.

    ## Remediation
    Detach the policy and grant what the members' work needs:
    `aws iam detach-group-policy --group-name <group> --policy-arn arn:aws:iam::aws:policy/AdministratorAccess`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    return judge("group", group)


@check(severity="high", categories=["identity-access"])
def iam_role_administratoraccess_policy(role: Role) -> Verdict | None:
    """No role has the policy AdministratorAccess.

    The policy allows every action on every resource to whoever may assume the role. Roles that only AWS services
    assume are not judged.

    ## Risk
    Anyone who gets into one of the role's callers, be it a user, another account or an identity provider, owns the
    account.

    ## Remediation
    Detach the policy and grant what the role is for:
    `aws iam detach-role-policy --role-name <role> --policy-arn arn:aws:iam::aws:policy/AdministratorAccess`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    return None if role.is_service_role else judge("role", role)
