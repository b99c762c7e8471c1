"""How users' access to the console is judged, by the credential report; root is left to checks of its own."""

from __future__ import annotations

import datetime
from typing import Annotated

from aioprowler import Pass, Verdict, check
from aioprowler.judging.ages import used_within
from aioprowler.judging.verdicts import pass_if
from aioprowler.services.iam.credential_report import ReportedUser


@check(fails="IAM user has a console password and no MFA", severity="high", categories=["identity-access"])
def iam_user_mfa_enabled_console_access(user: ReportedUser) -> Verdict | None:
    """Users who have a console password have MFA.

    A second factor keeps a stolen or guessed password from being enough. Users without a password cannot sign in and
    pass.

    ## Risk
    Passwords leak, are reused and are phished; each then opens the console with all that its user may do.

    ## Remediation
    Have the user assign a device under Security credentials in the console, or do it for them: `aws iam
    enable-mfa-device --user-name <user> --serial-number <your-device> --authentication-code1 <your-code>
    --authentication-code2 <your-next-code>`. Better still, let people sign in through IAM Identity Center.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html
    """
    if user.is_root:
        return None
    if not user.has_password:
        return Pass(f"{user.label} has no console password.")
    return pass_if(
        user.has_mfa,
        f"{user.label} has a console password and MFA.",
        f"{user.label} has a console password and no MFA.",
    )


@check(
    fails="IAM user has a console password that is not used any more", severity="medium", categories=["identity-access"]
)
def iam_user_console_access_unused(
    user: ReportedUser,
    now: datetime.datetime,
    *,
    max_console_access_days: Annotated[int, "Days without signing in after which console access is unused."] = 45,
) -> Verdict | None:
    """Users who have a console password use it.

    Judged is when the password was last used, or where that never was, when it was set.

    ## Risk
    An account that its owner forgot, or left behind with the job, is the one in which a break-in goes unnoticed.

    ## Remediation
    Take the password away: `aws iam delete-login-profile --user-name <user>`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html
    """
    if user.is_root:
        return None
    if not user.has_password:
        return Pass(f"{user.label} has no console password.")
    return used_within(user.label, user.last_sign_in, now, max_console_access_days)
