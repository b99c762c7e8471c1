"""Whether users have access keys where temporary credentials would do."""

from __future__ import annotations

from aioprowler import Fail, Manual, Pass, Verdict, check
from aioprowler.services.iam.credential_report import CredentialReport
from aioprowler.services.iam.permissions import UserPermissions
from aioprowler.services.iam.resources import User


@check(
    fails="IAM user has access keys and permissions beyond IAM and STS",
    severity="high",
    categories=["identity-access", "secrets"],
)
def iam_user_with_temporary_credentials(user: User, permissions: UserPermissions, report: CredentialReport) -> Verdict:
    """Users' access keys serve only to get temporary credentials.

    Judged is whether a user has access keys, active or not, and policies of its own or of its groups that allow more
    than IAM and STS. A user that can only assume roles gets all else by credentials that expire.

    ## Risk
    An access key works until somebody deletes it, from anywhere, for whoever finds it.

    ## Remediation
    Let programs run under roles, and people come through IAM Identity Center. Then delete the key: `aws iam
    delete-access-key --user-name <user> --access-key-id <your-access-key>`. Where a key must stay, give its user
    nothing but `sts:AssumeRole` on the role that has the permissions.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
    """
    if not permissions.reach_beyond("iam", "sts"):
        return Pass(f"The policies of user {user.name} allow nothing but IAM and STS.")
    line = report.users.get(user.name)
    if line is None:
        return Manual(f"The credential report does not know user {user.name} yet, nor whether it has access keys.")
    if line.has_access_keys:
        return Fail(f"{user.label} has access keys, and its policies allow more than IAM and STS.")
    return Pass(f"{user.label} has no access keys.")
