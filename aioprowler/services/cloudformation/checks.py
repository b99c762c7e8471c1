"""How stacks are judged."""

from __future__ import annotations

from typing import Annotated, Final

from aioprowler import Verdict, check
from aioprowler.judging.resilience import protected_from_deletion
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.versions import at_least
from aioprowler.services.cloudformation.resources import OutputSecrets, Stack, StackDetail

CDK_TOOLKIT: Final = "CDKToolkit"
"""What the CDK calls the stack with which it prepares a region
(https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html)."""


@check(fails="CDK bootstrap stack is outdated", severity="high", categories=["vulnerabilities"])
def cloudformation_stack_cdktoolkit_bootstrap_version(
    stack: Stack,
    *,
    recommended_cdk_bootstrap_version: Annotated[int, "The oldest bootstrap template of the CDK that is good."] = 21,
) -> Verdict | None:
    """The stacks with which the CDK prepares regions are of a recent bootstrap template.

    Judged is the stack `CDKToolkit`, by its output `BootstrapVersion`. Where it tells no version, as stacks of the
    CDK's first generation do not, nothing is said.

    ## Risk
    Before version 21, whoever made a bucket by the name that the CDK expects, in an account of his own, was sent the
    templates and code of deployments, and could change what was deployed.

    ## Remediation
    Bootstrap the region anew, with a current CDK: `npx cdk@latest bootstrap aws://<account-id>/<region>`.

    ## References
    https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
    """
    told = (each.output_value for each in stack.outputs if each.output_key == "BootstrapVersion")
    version = next(told, None) if stack.name == CDK_TOOLKIT else None
    if version is None:
        return None
    return at_least(stack.label, "bootstrap template", version, str(recommended_cdk_bootstrap_version))


@check(fails="Outputs of a CloudFormation stack may hold secrets", severity="critical", categories=["secrets"])
def cloudformation_stack_outputs_find_secrets(stack: Stack, secrets: OutputSecrets) -> Verdict:
    """The outputs of stacks hold no secrets.

    Looked into is each output with its name, of nested stacks as well. Parameters, templates and what is exported by
    other stacks are not, nor are stacks that are being deleted.

    ## Risk
    Everybody who may describe stacks reads their outputs, in the console as well, and exported ones are read by other
    stacks: a password among them is no secret.

    ## Remediation
    Keep the secret in Secrets Manager, give out its ARN in its place, and change the secret. Update the stack with a
    template that lacks the output: `aws cloudformation update-stack --region <region> --stack-name <name>
    --template-body file://<your-template>`.

    ## References
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html
    """
    return no_secrets(f"The output of {stack.label}", secrets)


@check(fails="CloudFormation stack is not protected from deletion", severity="medium", categories=["resilience"])
def cloudformation_stacks_termination_protection_enabled(stack: Stack, detail: StackDetail) -> Verdict:
    """Stacks have termination protection.

    Nested stacks are not judged, which have that of the stack at their top.

    ## Risk
    Whoever deletes the wrong stack deletes all that it made, data included.

    ## Remediation
    Protect it: `aws cloudformation update-termination-protection --region <region> --stack-name <name>
    --enable-termination-protection`.

    ## References
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
    """
    return protected_from_deletion(stack.label, detail.enable_termination_protection)
