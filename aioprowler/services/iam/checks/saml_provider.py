"""How the identity providers of an account are judged."""

from __future__ import annotations

from collections.abc import Iterator

from aioprowler import Account, All, Fail, Pass, Verdict, check
from aioprowler.services.iam.resources import SamlProvider


@check(
    fails="Account has no SAML identity provider",
    severity="low",
    categories=["identity-access"],
    resource_type="Other",
    resource_group="IAM",
)
def iam_check_saml_providers_sts(account: Account, providers: All[SamlProvider]) -> Iterator[Verdict]:
    """People come from a SAML identity provider.

    With one, people sign in where they always do, and get credentials of a role that last for hours. An account
    without any fails.

    ## Risk
    People need IAM users, whose passwords and keys last for years and are still there when the people have left.

    ## Remediation
    Make your identity provider known, and let its users assume roles: `aws iam create-saml-provider --name
    <your-provider> --saml-metadata-document file://metadata.xml`. IAM Identity Center does so in all accounts of an
    organization.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_saml.html
    """
    if not providers:
        yield Fail(f"Account {account.id} has no SAML provider.")
    for provider in providers:
        detail = f"Account {account.id} has the SAML provider {provider.name}."
        yield Pass(detail, resource_id=provider.name, resource_arn=provider.arn)
