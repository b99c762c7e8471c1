"""How SES identities are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.resource_policies import closed_to_public
from aioprowler.judging.verdicts import naming, unknown
from aioprowler.services.ses.resources import EmailIdentity, EmailIdentityDetails

UNPROVEN = frozenset({"PENDING", "FAILED", "TEMPORARY_FAILURE", "NOT_STARTED"})
"""States in which nothing is signed
(https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimAttributes.html)."""


@check(
    fails="SES identity does not sign its mail with DKIM",
    severity="medium",
    categories=["email-security", "identity-access"],
)
def ses_identity_dkim_enabled(identity: EmailIdentity, details: EmailIdentityDetails) -> Verdict:
    """SES identities sign their mail with DKIM.

    Signing must be on, and AWS must have found the keys in DNS.

    ## Risk
    Receivers cannot tell forged mail from the domain's own, and put both among spam.

    ## Remediation
    Turn signing on, and publish the records that SES gives you: `aws sesv2 put-email-identity-dkim-attributes --region
    <region> --email-identity <email-identity> --signing-enabled`.

    ## References
    https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim.html
    """
    dkim = details.dkim_attributes
    if dkim.status in UNPROVEN:
        return Fail(f"{identity.label} has DKIM that is not verified ({dkim.status}).")
    if dkim.status != "SUCCESS":
        return unknown(identity.label, "the DKIM status", dkim.status)
    signs = f"{identity.label} has verified DKIM"
    return Pass(f"{signs} and signs with it.") if dkim.signing_enabled else Fail(f"{signs} but does not sign with it.")


@check(
    fails="SES identity may be used by anyone",
    severity="high",
    categories=["internet-exposed"],
    resource_type="AwsIamPolicy",
)
def ses_identity_not_publicly_accessible(identity: EmailIdentity, details: EmailIdentityDetails) -> Verdict | None:
    """SES identities do not let just anyone send mail as them.

    Identities with policies are judged, by all of them together: they let anyone in where no condition ties the request
    to somebody in particular, and no Deny keeps them out.

    ## Risk
    Strangers send mail that is the domain's own by every test, and the domain's reputation and quota are used up.

    ## Remediation
    Take the policy away, or name in it who may send: `aws sesv2 delete-email-identity-policy --region <region>
    --email-identity <email-identity> --policy-name <your-policy>`.

    ## References
    https://docs.aws.amazon.com/ses/latest/dg/sending-authorization-policies.html
    """
    if not details.policies:
        return None
    public = (name for name, it in details.policies.items() if isinstance(closed_to_public(identity.label, it), Fail))
    return naming(closed_to_public(identity.label, details.policy), *({"policy": name} for name in public))
