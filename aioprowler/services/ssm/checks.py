"""How documents, and the patches of instances, are judged."""

from __future__ import annotations

from aioprowler import Fail, Verdict, check
from aioprowler.judging.resource_policies import TrustedAccounts, lets_in_none, strangers
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import is_set_to
from aioprowler.services.ssm.resources import Document, DocumentSecrets, DocumentSharing, PatchCompliance


@check(fails="SSM document holds secrets", severity="high", categories=["secrets"])
def ssm_document_secrets(document: Document, secrets: DocumentSecrets) -> Verdict:
    """SSM documents hold no secrets.

    The default version of each document of the account is looked into.

    ## Risk
    Whoever may read the document has the credential: `ssm:GetDocument` is part of many policies for operators, and what
    the document runs is logged.

    ## Remediation
    Replace the credential, which is known now, keep the new one in Secrets Manager or as a SecureString, and name it in
    the document: `aws ssm update-document --region <region> --name <document> --document-version '$LATEST' --content
    file://<your-document.json>`.

    ## References
    https://docs.aws.amazon.com/systems-manager/latest/userguide/security-best-practices.html
    """
    return no_secrets(document.label, secrets)


@check(
    fails="SSM document is shared with strangers", severity="high", categories=["identity-access", "internet-exposed"]
)
def ssm_documents_set_as_public(
    document: Document, sharing: DocumentSharing, *, trusted_account_ids: TrustedAccounts = ()
) -> Verdict:
    """SSM documents are shared with trusted accounts at most.

    Trusted are the accounts of the configuration key `trusted_account_ids`.

    ## Risk
    Every AWS account reads how the account runs its instances: names, addresses, paths, and what was not meant to be
    read.

    ## Remediation
    `aws ssm modify-document-permission --region <region> --name <document> --permission-type Share
    --account-ids-to-remove all`, or the ids that the finding names.

    ## References
    https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-ssm-sharing.html
    """
    if sharing.is_public:
        return Fail(f"{document.label} is public.")
    found = strangers(sharing.account_ids, {document.account.id, *trusted_account_ids})
    return lets_in_none(f"{document.label} is not public and", found)


@check(fails="Managed instance lacks patches", severity="high", categories=["vulnerabilities"])
def ssm_managed_compliant_patching(instance: PatchCompliance) -> Verdict:
    """Managed instances have the patches that their patch baseline asks for.

    Judged is each instance that Systems Manager has scanned for patches. What else it tells of compliance, as of
    associations, does not count.

    ## Risk
    Known flaws stay open; for many of them an attack can be had ready-made.

    ## Remediation
    Install what is missing: `aws ssm send-command --region <region> --document-name AWS-RunPatchBaseline --instance-ids
    <resource-id> --parameters Operation=Install`.

    ## References
    https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-compliance-states.html
    """
    return is_set_to(
        instance.label, "the patch status", instance.patch_status, good=["COMPLIANT"], bad=["NON_COMPLIANT"]
    )
