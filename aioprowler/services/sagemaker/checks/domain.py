"""How domains are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.judging.verdicts import unknown
from aioprowler.services.sagemaker.resources import Domain


@check(
    fails="SageMaker domain does not sign people in with IAM Identity Center",
    severity="medium",
    categories=["gen-ai", "identity-access"],
)
def sagemaker_domain_sso_configured(domain: Domain) -> Verdict:
    """SageMaker domains sign people in with IAM Identity Center.

    Its mode has to be SSO, and Identity Center has to know it as an application. In the other mode people come in by
    what they may do in IAM. Domains that are being made are not judged.

    ## Risk
    Who may open somebody's profile is left to policies in IAM, and the person who leaves is not locked out by leaving.

    ## Remediation
    The mode of a domain stays as it was made. Create one with the other mode, and move the people to it: `aws sagemaker
    create-domain --region <region> --domain-name <your-domain-name> --auth-mode SSO --vpc-id <your-vpc> --subnet-ids
    <your-subnets> --default-user-settings ExecutionRole=<your-role-arn>`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/onboard-sso-users.html
    """
    if domain.auth_mode == "IAM":
        return Fail(f"{domain.label} signs people in with IAM.")
    if domain.auth_mode != "SSO":
        return unknown(domain.label, "the mode of signing in", domain.auth_mode)
    if not (domain.sso_instance or domain.sso_application):
        return Fail(f"{domain.label} is to sign people in with IAM Identity Center, which does not know it.")
    return Pass(f"{domain.label} signs people in with IAM Identity Center.")
