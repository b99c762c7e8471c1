"""How users' access keys are judged, by the credential report; root counts as a user."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from aioprowler import Manual, Pass, Verdict, check
from aioprowler.judging.ages import used_within, within_days
from aioprowler.judging.verdicts import about, has_no, pass_if
from aioprowler.services.iam.credential_report import AccessKey, ReportedUser

ROTATION_DAYS: Final = 90


def or_pass(verdicts: Iterable[Verdict], detail: str) -> Iterator[Verdict]:
    """Single keys that do not pass; where there are none, the user passes."""
    told = [verdict for verdict in verdicts if not isinstance(verdict, Pass)]
    yield from told
    if not told:
        yield Pass(detail)


def label(user: ReportedUser, key: AccessKey) -> str:
    """What verdicts call the key."""
    return f"Access key {key.number} of {user.label}"


@check(fails="IAM user has an active access key that is not used any more", severity="medium", categories=["secrets"])
def iam_user_accesskey_unused(
    user: ReportedUser,
    now: datetime.datetime,
    *,
    max_unused_access_keys_days: Annotated[int, "Days after its last use from which an access key is unused."] = 45,
) -> Iterator[Verdict]:
    """Active access keys are in use.

    Judged are active keys by when they were last used, or where that never was, by when they were made. A key nobody
    uses serves nobody but its finder.

    ## Risk
    Forgotten keys lie in old laptops, scripts and repositories, and misuse of them stands out to no one.

    ## Remediation
    Deactivate the key, and delete it once nobody has missed it: `aws iam update-access-key --user-name <user>
    --access-key-id <your-access-key> --status Inactive`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    """
    ages = (
        about(
            used_within(label(user, key), key.last_event, now, max_unused_access_keys_days),
            f"{user.user}/AccessKey{key.number}",
        )
        for key in user.active_keys
    )
    return or_pass(ages, f"{user.label} has no access key unused for {max_unused_access_keys_days} days.")


@check(fails="IAM user has an active access key older than 90 days", severity="medium", categories=["secrets"])
def iam_rotate_access_key_90_days(user: ReportedUser, now: datetime.datetime) -> Iterator[Verdict]:
    """Active access keys are not older than 90 days.

    An access key never expires. Replacing it regularly ends the use of copies that nobody knows of.

    ## Risk
    A key that leaked long ago still opens the account, with all that its user may do.

    ## Remediation
    Create a second key (`aws iam create-access-key --user-name <user>`), bring it to where the first is used,
    deactivate the first and then delete it. Better still, let programs assume a role and do without keys.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
    """
    ages = (
        about(
            within_days(label(user, key), "was made", key.made, now, ROTATION_DAYS)
            if key.made
            else Manual(f"AWS does not tell when access key {key.number} of {user.label} was made."),
            f"{user.user}-access-key-{key.number}",
        )
        for key in user.active_keys
    )
    return or_pass(ages, f"{user.label} has no active access key older than {ROTATION_DAYS} days.")


@check(fails="IAM user has two active access keys", severity="medium", categories=["identity-access", "secrets"])
def iam_user_two_active_access_key(user: ReportedUser) -> Verdict:
    """Users have at most one active access key.

    The second one is there for the time of a rotation. Two that stay active are one more than is needed.

    ## Risk
    Every key is a secret that may leak, and of two it is harder to tell who uses which and what deleting one breaks.

    ## Remediation
    Find out which key is used (`aws iam get-access-key-last-used --access-key-id <your-access-key>`), move its users to
    the other one, and delete it: `aws iam delete-access-key --user-name <user> --access-key-id <your-access-key>`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    """
    return has_no(user.label, "two active access keys", len(user.active_keys) > 1)


@check(
    fails="IAM console user has an access key that was never used",
    severity="medium",
    categories=["identity-access", "secrets"],
)
def iam_user_no_setup_initial_access_key(user: ReportedUser) -> Verdict:
    """Users of the console have no access key that they never used.

    Such keys are mostly made along with the user, for the case that one should be needed. Those who need one can make
    it then.

    ## Risk
    A key that was handed out and never used lies in some mail or download folder, valid and unwatched.

    ## Remediation
    Delete the key: `aws iam delete-access-key --user-name <user> --access-key-id <your-access-key>`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    """
    never = [str(key.number) for key in user.active_keys if key.was_never_used]
    untold = [key.number for key in user.active_keys if key.was_never_used is None]
    if untold and not never and user.has_password:
        return Manual(f"AWS does not tell whether access key {untold[0]} of {user.label} was ever used.")
    return pass_if(
        not (never and user.has_password),
        f"{user.label} has no console password, or no active access key that was never used.",
        f"{user.label} has a console password and never used access key {' and '.join(never)}.",
    )
