"""Who has AWS's policy for administrators."""

from __future__ import annotations

from typing import Final

from aioprowler import Fail, Manual, Pass, Verdict, check
from aioprowler.judging.verdicts import has_no
from aioprowler.services.iam.credential_report import CredentialReport
from aioprowler.services.iam.resources import Group, GroupMembers, PolicyHolder, Role, User

ADMINISTRATION: Final = "the policy AdministratorAccess"


def is_administrator(holder: PolicyHolder) -> bool:
    """Whether AWS's policy of that name is attached; what one's own policies allow is judged by other checks."""
    return any(policy.policy_name == "AdministratorAccess" for policy in holder.attached_managed_policies)


@check(fails="IAM user has the policy AdministratorAccess", severity="critical", categories=["identity-access"])
def iam_user_administrator_access_policy(user: User) -> Verdict:
    """No user has the policy AdministratorAccess.

    The policy allows every action on every resource. A user holds it all the time, with a password or keys that do not
    expire.

    ## Risk
    One leaked key or password of the user gives away the whole account.

    ## Remediation
    Detach the policy and grant what the user's work needs, by groups, or by roles for the exceptional: `aws iam
    detach-user-policy --user-name <user> --policy-arn arn:<partition>:iam::aws:policy/AdministratorAccess`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    return has_no(user.label, ADMINISTRATION, is_administrator(user))


@check(fails="IAM group has the policy AdministratorAccess", severity="high", categories=["identity-access"])
def iam_group_administrator_access_policy(group: Group) -> Verdict:
    """No group has the policy AdministratorAccess.

    The policy allows every action on every resource, and the group hands it to each of its members, present and
    future.

    ## Risk
    Whoever can add members to the group makes administrators, and every member's leaked key gives away the account.

    ## Remediation
    Detach the policy and grant what the members' work needs: `aws iam detach-group-policy --group-name <group>
    --policy-arn arn:<partition>:iam::aws:policy/AdministratorAccess`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    return has_no(group.label, ADMINISTRATION, is_administrator(group))


@check(fails="IAM role has the policy AdministratorAccess", severity="high", categories=["identity-access"])
def iam_role_administratoraccess_policy(role: Role) -> Verdict | None:
    """No role has the policy AdministratorAccess.

    The policy allows every action on every resource to whoever may assume the role. Roles that only AWS services
    assume are not judged.

    ## Risk
    Anyone who gets into one of the role's callers, be it a user, another account or an identity provider, owns the
    account.

    ## Remediation
    Detach the policy and grant what the role is for: `aws iam detach-role-policy --role-name <role> --policy-arn
    arn:<partition>:iam::aws:policy/AdministratorAccess`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    return None if role.is_service_role else has_no(role.label, ADMINISTRATION, is_administrator(role))


@check(fails="IAM group makes administrators of users without MFA", severity="high", categories=["identity-access"])
def iam_administrator_access_with_mfa(group: Group, members: GroupMembers, report: CredentialReport) -> Verdict:
    """Members of groups that have the policy AdministratorAccess have MFA.

    Judged is each group: if AWS's policy AdministratorAccess is attached to it, the credential report should show an
    MFA device for each of its members. A group without the policy or without members passes.

    ## Risk
    One stolen or guessed password of such a member opens the console to somebody who may do everything.

    ## Remediation
    Have the member assign a device under Security credentials in the console, or do it for them: `aws iam
    enable-mfa-device --user-name <your-user> --serial-number <your-device> --authentication-code1 <your-code>
    --authentication-code2 <your-next-code>`. Or take them out of the group: `aws iam remove-user-from-group
    --group-name <group> --user-name <your-user>`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html
    """
    if not group.has_aws_policy("AdministratorAccess"):
        return has_no(group.label, ADMINISTRATION, False)
    names = members.names.get(group.name, [])
    lines = {name: report.users.get(name) for name in names}
    without = [name for name, line in lines.items() if line and not line.has_mfa]
    if without:
        told = f"{group.label} makes administrators of users who have no MFA: {', '.join(without)}."
        return Fail(told, names=tuple({"user": name} for name in without))
    unknown = [name for name, line in lines.items() if not line]
    if unknown:
        return Manual(f"The credential report does not know these members of {group.name} yet: {', '.join(unknown)}.")
    return Pass(f"All members of group {group.name}, who are administrators, have MFA ({len(names)}).")
