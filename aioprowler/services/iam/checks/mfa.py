"""How users' MFA devices are judged."""

from __future__ import annotations

from aioprowler import Fail, Manual, Verdict, check
from aioprowler.judging.verdicts import has
from aioprowler.services.iam.credential_report import CredentialReport
from aioprowler.services.iam.resources import User, VirtualMfaUsers


@check(fails="IAM user has a virtual MFA device or none", severity="high", categories=["identity-access"])
def iam_user_hardware_mfa_enabled(user: User, virtual: VirtualMfaUsers, report: CredentialReport) -> Verdict:
    """Users have MFA by a device, and none by an app.

    Judged is each user: it should have an MFA device, and no virtual one. Security keys, passkeys and hardware tokens
    pass. Users who cannot sign in to the console are judged too.

    ## Risk
    The secret of an authenticator app can be copied with the phone or its backup, and its codes can be talked out of
    people by a page that looks like AWS's.

    ## Remediation
    Have the user assign a security key or hardware token under Security credentials in the console, then remove the
    virtual device: `aws iam deactivate-mfa-device --user-name <user> --serial-number <your-device>`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_physical.html
    """
    # Devices of all kinds count in the report, and virtual ones are listed for the whole account: the rest is hardware.
    if user.arn in virtual.devices:
        devices = tuple({"device": number} for number in virtual.devices[user.arn])
        return Fail(f"{user.label} has a virtual MFA device.", names=devices)
    line = report.users.get(user.name)
    if line is None:
        return Manual(f"The credential report does not know user {user.name} yet, nor whether it has MFA.")
    return has(user.label, "a hardware MFA device", line.has_mfa)
