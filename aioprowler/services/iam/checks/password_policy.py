"""How the account's password policy is judged. Without one AWS asks for eight characters, so that all of these fail."""

from __future__ import annotations

from functools import partial
from typing import Final

from aioprowler import Account, Fail, Pass, Verdict, check
from aioprowler.services.iam.resources import PasswordPolicy

MINIMUM_LENGTH: Final = 14
MAXIMUM_AGE: Final = 90
REMEMBERED_PASSWORDS: Final = 24

password_check = partial(
    check,
    categories=["identity-access"],
    resource_type="AwsIamPolicy",
    resource_group="IAM",
    resource_arn="arn:{partition}:iam:{region}:{account_id}:password-policy",
)


def asks_for(account: Account, policy: PasswordPolicy | None, asked: bool, what: str) -> Verdict:
    """The verdict of a policy that does or does not ask for something."""
    if policy is None:
        return Fail(f"Account {account.id} has no password policy that would ask for {what}.")
    if asked:
        return Pass(f"The password policy of account {account.id} asks for {what}.")
    return Fail(f"The password policy of account {account.id} does not ask for {what}.")


@password_check(fails="IAM password policy accepts fewer than 14 characters", severity="medium")
def iam_password_policy_minimum_length_14(account: Account, policy: PasswordPolicy | None) -> Verdict:
    """The password policy asks for at least 14 characters.

    Every further character multiplies the passwords an attacker has to try. AWS itself asks only for eight.

    ## Risk
    Short passwords fall to guessing and to lists of leaked ones, and each opens the console with all its user may do.

    ## Remediation
    Set a minimum length, together with the rest of the policy, as the command replaces all of it:
    `aws iam update-account-password-policy --minimum-password-length 14 --require-symbols --require-numbers
    --require-uppercase-characters --require-lowercase-characters --max-password-age 90 --password-reuse-prevention 24`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    length = policy.minimum_password_length if policy else 0
    return asks_for(account, policy, length >= MINIMUM_LENGTH, f"at least {MINIMUM_LENGTH} characters")


@password_check(fails="IAM password policy lets users reuse one of their last 24 passwords", severity="medium")
def iam_password_policy_reuse_24(account: Account, policy: PasswordPolicy | None) -> Verdict:
    """The password policy refuses each user's last 24 passwords.

    A password that was changed after a leak must not return. AWS remembers up to 24 passwords of every user.

    ## Risk
    Users who may alternate between two passwords keep a leaked one in use, and whoever has it only needs to wait.

    ## Remediation
    Have 24 passwords remembered, and repeat the rest of the policy, as the command replaces all of it:
    `aws iam update-account-password-policy --password-reuse-prevention 24 --minimum-password-length 14
    --require-symbols --require-numbers --require-uppercase-characters --require-lowercase-characters
    --max-password-age 90`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    remembered = policy.password_reuse_prevention if policy else None
    what = f"passwords other than the last {REMEMBERED_PASSWORDS}"
    return asks_for(account, policy, remembered == REMEMBERED_PASSWORDS, what)


@password_check(fails="IAM passwords do not expire within 90 days", severity="medium")
def iam_password_policy_expires_passwords_within_90_days_or_less(
    account: Account, policy: PasswordPolicy | None
) -> Verdict:
    """Passwords expire within 90 days.

    Some benchmarks still ask for regular changes of passwords. The policy's maximum age makes every user choose a new
    one in time.

    ## Risk
    A password that leaked without anybody noticing lets its finder in for as long as it is valid.

    ## Remediation
    Set a maximum age, and repeat the rest of the policy, as the command replaces all of it:
    `aws iam update-account-password-policy --max-password-age 90 --minimum-password-length 14 --require-symbols
    --require-numbers --require-uppercase-characters --require-lowercase-characters --password-reuse-prevention 24`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    days = (policy.max_password_age if policy else None) or 0
    return asks_for(account, policy, 0 < days <= MAXIMUM_AGE, f"a new password every {MAXIMUM_AGE} days")


@password_check(fails="IAM password policy asks for no lowercase letter", severity="low")
def iam_password_policy_lowercase(account: Account, policy: PasswordPolicy | None) -> Verdict:
    """The password policy asks for a lowercase letter.

    Each kind of character that a password must have widens the range an attacker has to try.

    ## Risk
    Passwords of fewer kinds of characters are quicker to guess and more often on lists of leaked ones.

    ## Remediation
    Ask for lowercase letters, and repeat the rest of the policy, as the command replaces all of it:
    `aws iam update-account-password-policy --require-lowercase-characters --require-uppercase-characters
    --require-numbers --require-symbols --minimum-password-length 14 --max-password-age 90
    --password-reuse-prevention 24`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    return asks_for(account, policy, bool(policy and policy.require_lowercase_characters), "a lowercase letter")


@password_check(fails="IAM password policy asks for no uppercase letter", severity="medium")
def iam_password_policy_uppercase(account: Account, policy: PasswordPolicy | None) -> Verdict:
    """The password policy asks for an uppercase letter.

    Each kind of character that a password must have widens the range an attacker has to try.

    ## Risk
    Passwords of fewer kinds of characters are quicker to guess and more often on lists of leaked ones.

    ## Remediation
    Ask for uppercase letters, and repeat the rest of the policy, as the command replaces all of it:
    `aws iam update-account-password-policy --require-uppercase-characters --require-lowercase-characters
    --require-numbers --require-symbols --minimum-password-length 14 --max-password-age 90
    --password-reuse-prevention 24`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    return asks_for(account, policy, bool(policy and policy.require_uppercase_characters), "an uppercase letter")


@password_check(fails="IAM password policy asks for no digit", severity="medium")
def iam_password_policy_number(account: Account, policy: PasswordPolicy | None) -> Verdict:
    """The password policy asks for a digit.

    Each kind of character that a password must have widens the range an attacker has to try.

    ## Risk
    Passwords of letters alone are mostly words and names, which guessing programs try first.

    ## Remediation
    Ask for digits, and repeat the rest of the policy, as the command replaces all of it:
    `aws iam update-account-password-policy --require-numbers --require-symbols --require-uppercase-characters
    --require-lowercase-characters --minimum-password-length 14 --max-password-age 90 --password-reuse-prevention 24`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    return asks_for(account, policy, bool(policy and policy.require_numbers), "a digit")


@password_check(fails="IAM password policy asks for no symbol", severity="medium")
def iam_password_policy_symbol(account: Account, policy: PasswordPolicy | None) -> Verdict:
    """The password policy asks for a symbol.

    Each kind of character that a password must have widens the range an attacker has to try.

    ## Risk
    Passwords of letters and digits alone are quicker to guess and more often on lists of leaked ones.

    ## Remediation
    Ask for symbols, and repeat the rest of the policy, as the command replaces all of it:
    `aws iam update-account-password-policy --require-symbols --require-numbers --require-uppercase-characters
    --require-lowercase-characters --minimum-password-length 14 --max-password-age 90 --password-reuse-prevention 24`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    return asks_for(account, policy, bool(policy and policy.require_symbols), "a symbol")
