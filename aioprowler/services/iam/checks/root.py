"""How the root user is judged. Of one without credentials, as organizations can keep it, only its use is."""

from __future__ import annotations

import datetime
from functools import partial
from typing import Final

from aioprowler import Account, All, Fail, Manual, Pass, Verdict, check
from aioprowler.judging.ages import days_since
from aioprowler.judging.verdicts import has, pass_if
from aioprowler.services.iam.credential_report import ROOT, Root
from aioprowler.services.iam.organization import OrganizationFeatures
from aioprowler.services.iam.resources import AccountSummary, VirtualMfaDevice
from aioprowler.services.organizations.resources import Organization

UNUSED_DAYS: Final = 1

root_check = partial(check, severity="critical", categories=["identity-access"], resource_group="IAM", resource_id=ROOT)


def root_of(account: Account) -> str:
    """What verdicts call the root user."""
    return f"The root user of account {account.id}"


@root_check(fails="Root user has active access keys", resource_type="AwsIamAccessKey")
def iam_no_root_access_key(account: Account, root: Root) -> Verdict | None:
    """The root user has no access keys.

    No policy of the account limits the root user. It is meant for the few tasks that nobody else can do, and those are
    done in the console, with MFA.

    ## Risk
    Whoever finds a root key owns the account: data, backups, billing and the means to lock its owner out.

    ## Remediation
    Sign in as root, deactivate the keys and see that nothing breaks, then delete them: `aws iam delete-access-key
    --access-key-id <your-access-key>`. Programs assume a role instead.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html
    """
    if not root.user.has_credentials:
        return None
    active = len(root.user.active_keys)
    return pass_if(
        not active,
        f"{root_of(account)} has no active access key.",
        f"{root_of(account)} has active access keys ({active}).",
    )


@root_check(fails="Root user has no MFA", resource_type="AwsIamUser")
def iam_root_mfa_enabled(account: Account, root: Root) -> Verdict | None:
    """The root user signs in with MFA.

    With a second factor a stolen root password, or the mailbox that can reset it, is not enough to enter the account.

    ## Risk
    One leaked or guessed password hands over everything in the account, and no policy can stop who has it.

    ## Remediation
    Sign in to the console as root, open Security credentials and assign an MFA device; two, so that a lost one does
    not lock you out. In an organization, take the credentials of member accounts' root users away altogether:
    `aws iam enable-organizations-root-credentials-management`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html
    """
    return has(root_of(account), "MFA", root.user.has_mfa) if root.user.has_credentials else None


@root_check(
    fails="Root user has no hardware MFA",
    resource_type="AwsIamUser",
    resource_arn="arn:{partition}:iam::{account_id}:mfa",
)
def iam_root_hardware_mfa_enabled(
    account: Account, root: Root, summary: AccountSummary, devices: All[VirtualMfaDevice]
) -> Verdict | None:
    """The root user's MFA is a device, not an app.

    The secret of an authenticator app can be copied with the phone or its backup; that of a security key or token
    cannot leave it. AWS offers hardware MFA for root in its commercial partition, so only that is judged.

    ## Risk
    Whoever copies the app's secret, or talks its owner out of a code, has the second factor of the mightiest user.

    ## Remediation
    Sign in to the console as root, open Security credentials, assign a security key or hardware token, and remove the
    virtual device, of which `aws iam list-virtual-mfa-devices --assignment-status Assigned` tells the ARN.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-hw-mfa-for-root.html
    """
    if account.partition != "aws" or not root.user.has_credentials:
        return None
    if not summary.account_mfa_enabled:
        return Fail(f"{root_of(account)} does not have MFA.")
    if any(device.user.arn == root.user.arn for device in devices):
        return Fail(f"{root_of(account)} has a virtual MFA device.")
    return Pass(f"{root_of(account)} has a hardware MFA device.")


@root_check(fails="Root user has been used lately", severity="high", resource_type="AwsIamUser")
def iam_avoid_root_usage(account: Account, root: Root, now: datetime.datetime) -> Verdict:
    """The root user has not been used lately.

    Judged is when the root user's password or one of its access keys was last used: that should be more than a day
    ago, or never. Very few tasks need the root user.

    ## Risk
    No policy of the account limits the root user, and what it did cannot be traced to a person. Habitual use spreads
    its credentials, and hides a break-in among the ordinary.

    ## Remediation
    Find out what was done and by whom:
    `aws cloudtrail lookup-events --region <region> --lookup-attributes AttributeKey=Username,AttributeValue=root`.
    Look in other regions as well. Give those who did it a role that allows it, and lock the root credentials away.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-tasks.html
    """
    last, told = root.user.last_used, f"AWS knows of no use of the root user of account {account.id}."
    if last:
        told = f"{root_of(account)} was last used on {last.date()}, {days_since(last, now)} days ago."
    if last and days_since(last, now) <= UNUSED_DAYS:
        return Fail(told)
    if not root.user.tells_last_used:
        return Manual("AWS does not tell of each credential of the root user when it was last used.")
    return Pass(told)


@check(
    fails="Organization does not manage the root credentials of its member accounts",
    severity="high",
    categories=["identity-access", "secrets"],
    resource_type="Other",
    resource_group="IAM",
)
def iam_root_credentials_management_enabled(
    account: Account, organization: Organization | None, features: OrganizationFeatures | None
) -> Verdict | None:
    """The organization manages the root credentials of its member accounts.

    With this feature of IAM the management account can take passwords, access keys and MFA devices away from the root
    users of member accounts; new accounts start without any. Judged are management accounts, and delegated
    administrators of IAM.

    ## Risk
    Each member account keeps a root password that somebody has to guard, and whose mailbox somebody has to own. Any
    of them that is lost gives away its account.

    ## Remediation
    Let IAM act in the organization, then switch the feature on:
    ```
    aws organizations enable-aws-service-access --service-principal iam.amazonaws.com
    aws iam enable-organizations-root-credentials-management
    ```
    Then delete the credentials that member accounts have.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html
    """
    if organization is None or (features is None and account.id != organization.master_account_id):
        return None
    return pass_if(
        features is not None and "RootCredentialsManagement" in features.enabled_features,
        "The organization manages the root credentials of its member accounts.",
        "The organization does not manage the root credentials of its member accounts.",
    )
