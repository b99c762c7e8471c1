"""How it is judged that AWS can reach somebody. What no operation of AWS tells, a person must look at."""

from __future__ import annotations

from functools import partial

from aioprowler import Account, Fail, Manual, Pass, Verdict, check
from aioprowler.services.account.resources import (
    AlternateContact,
    BillingContact,
    OperationsContact,
    PrimaryContact,
    SecurityContact,
)

contact_check = partial(check, severity="medium", resource_type="Other", resource_group="governance")


@contact_check(fails="Contact details of the account are out of date")
def account_maintain_current_contact_details(account: Account) -> Verdict:
    """The contact details of accounts are current.

    Whether mail and calls still reach somebody, no operation of AWS tells: a person must look.

    ## Risk
    AWS asks the contact before it acts on abuse that comes from an account. Without an answer it may limit or suspend
    the account.

    ## Remediation
    Correct them: `aws account put-contact-information --contact-information file://<your-contact-file>`

    ## References
    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-primary.html
    """
    return Manual(
        f"Look whether the contact details of account {account.id} are current: in the console, under the account's "
        "name, Account, Contact information."
    )


@contact_check(fails="Alternate contacts of the account are missing or the same", categories=["resilience"])
def account_maintain_different_contact_details_to_security_billing_and_operations(
    account: Account,
    primary: PrimaryContact,
    billing: BillingContact | None,
    operations: OperationsContact | None,
    security: SecurityContact | None,
) -> Verdict:
    """Accounts have contacts for security, billing and operations that differ from each other and from their own.

    Judged are names and phone numbers of all four contacts, and the mail addresses of the three: the account's own
    contact has none but the root user's. A contact that nobody was named for is not a different one.

    ## Risk
    Word of an intrusion, of a bill that was not paid or of a failing service reaches one mailbox, where the one who
    could act does not see it.

    ## Remediation
    Name each of them: `aws account put-alternate-contact --alternate-contact-type SECURITY --name <your-name> --title
    <your-title> --email-address <your-address> --phone-number <your-number>`, likewise BILLING and OPERATIONS.

    ## References
    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html
    """
    named: dict[str, AlternateContact | None] = {"security": security, "billing": billing, "operations": operations}
    contacts = [contact for contact in named.values() if contact]
    if missing := [kind for kind, contact in named.items() if contact is None]:
        return Fail(f"Account {account.id} has no alternate contact for {', '.join(missing)}.")
    told = {
        "names": [primary.full_name, *(each.name for each in contacts)],
        "phone numbers": [primary.phone_number, *(each.phone_number for each in contacts)],
        "mail addresses": [each.email_address for each in contacts],
    }
    if same := [what for what, values in told.items() if len(set(values)) < len(values)]:
        return Fail(f"Contacts of account {account.id} share {' and '.join(same)}.")
    return Pass(f"Account {account.id} has different contacts for security, billing and operations.")


@contact_check(fails="Account has no security contact")
def account_security_contact_information_is_registered(account: Account) -> Verdict:
    """Accounts have a security contact whom AWS can reach.

    Whether mail to it reaches somebody who acts, no operation of AWS tells: a person must look.

    ## Risk
    AWS tells of leaked keys and of attacks that come from an account. If it tells nobody, the attack goes on.

    ## Remediation
    `aws account put-alternate-contact --alternate-contact-type SECURITY --name <your-name> --title <your-title>
    --email-address <your-address> --phone-number <your-number>`

    ## References
    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html
    """
    return Manual(
        f"Look whether account {account.id} has a security contact who reads what AWS writes: in the console, under "
        "the account's name, Account, Alternate contacts."
    )


@contact_check(fails="Account has no security challenge questions")
def account_security_questions_are_registered_in_the_aws_account(account: Account) -> Verdict:
    """Accounts have security challenge questions, where they still can.

    AWS takes no new ones since January 2024, and accounts that had some keep them. No operation tells them: a person
    must look.

    ## Risk
    AWS asks them before it gives somebody access to an account who has lost it. Questions whose answers many know let
    in others.

    ## Remediation
    Sign in as root, and look at them under the account's name, Account. Where there are none, keep the contacts and the
    root user's MFA devices current instead.

    ## References
    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-security-challenge.html
    """
    return Manual(
        f"Look whether account {account.id} has security challenge questions: in the console, as root, under the "
        "account's name, Account."
    )
