"""How notebook instances are judged."""

from __future__ import annotations

from aioprowler import Pass, Verdict, check
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import has, pass_if, switched, told, unknown
from aioprowler.services.sagemaker.resources import NotebookInstance, NotebookSettings, ScriptSecrets


@check(
    fails="SageMaker notebook instance is not encrypted with a key of AWS KMS",
    severity="high",
    categories=["encryption", "gen-ai"],
)
def sagemaker_notebook_instance_encryption_enabled(notebook: NotebookInstance, settings: NotebookSettings) -> Verdict:
    """SageMaker notebook instances are encrypted with a key of AWS KMS.

    With one that was chosen for the volume. Without, SageMaker encrypts with a key of its own.

    ## Risk
    Nobody in the account decides who may decrypt data sets, code and credentials on the volume, or sees who does.

    ## Remediation
    The key of a notebook instance stays as it was made. Create one with a key, and move the notebooks to it: `aws
    sagemaker create-notebook-instance --region <region> --notebook-instance-name <your-notebook-name> --instance-type
    ml.t3.medium --role-arn <your-role-arn> --subnet-id <your-subnet> --direct-internet-access Disabled --root-access
    Disabled --kms-key-id <your-kms-key>`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html
    https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest-nbi.html
    """
    return has(notebook.label, "a key of AWS KMS for its volume", bool(settings.kms_key_id))


@check(fails="Scripts of SageMaker notebook instance hold secrets", severity="high", categories=["gen-ai", "secrets"])
def sagemaker_notebook_instance_no_secrets(notebook: NotebookInstance, secrets: ScriptSecrets | None) -> Verdict:
    """Scripts of SageMaker notebook instances hold no secrets.

    The scripts of its lifecycle configuration are looked into: the one that runs when the instance is made, and the one
    that runs whenever it starts.

    ## Risk
    Whoever may describe a lifecycle configuration, or opens a notebook, reads the secret and has what it opens.

    ## Remediation
    Keep the secret in Secrets Manager, have the script fetch it as the role of the instance, and replace the secret:
    `aws sagemaker update-notebook-instance-lifecycle-config --region <region>
    --notebook-instance-lifecycle-config-name <lifecycle-config-name> --on-start Content=<your-script-in-base64>`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
    """
    if secrets is None:
        return Pass(f"{notebook.label} has no lifecycle configuration.")
    return no_secrets(f"Lifecycle configuration {notebook.lifecycle_config_name} of {notebook.label}", secrets)


@check(
    fails="SageMaker notebook instance gives its users root access",
    severity="medium",
    categories=["gen-ai", "identity-access"],
)
def sagemaker_notebook_instance_root_access_disabled(notebook: NotebookInstance, settings: NotebookSettings) -> Verdict:
    """SageMaker notebook instances give their users no root access.

    They do unless that was switched off. Scripts of a lifecycle configuration run as root all the same.

    ## Risk
    A user, or a notebook that a user was sent, changes the system: what watches it, what other users run, and what
    keeps its role's credentials to the work that they are for.

    ## Remediation
    Stop the instance, and switch root access off: `aws sagemaker update-notebook-instance --region <region>
    --notebook-instance-name <notebook-instance> --root-access Disabled`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-root-access.html
    """
    return _lacks(notebook.label, "root access", settings.root_access)


@check(fails="SageMaker notebook instance is not in a VPC of the account", severity="high",
       categories=["gen-ai", "internet-exposed"])  # fmt: skip
def sagemaker_notebook_instance_vpc_settings_configured(
    notebook: NotebookInstance, settings: NotebookSettings
) -> Verdict:
    """SageMaker notebook instances are in a VPC of the account.

    In a subnet that somebody named. Without one, an instance is in a network of SageMaker's, and reaches the internet
    from there.

    ## Risk
    Neither security groups nor routes or logs of the account have a say in what the instance reaches.

    ## Remediation
    The network of a notebook instance stays as it was made. Create one in a subnet, and move the notebooks to it: `aws
    sagemaker create-notebook-instance --region <region> --notebook-instance-name <your-notebook-name> --instance-type
    ml.t3.medium --role-arn <your-role-arn> --subnet-id <your-subnet> --security-group-ids <your-security-group>
    --direct-internet-access Disabled --root-access Disabled`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html
    """
    subnet = settings.subnet_id
    return pass_if(
        bool(subnet),
        f"{notebook.label} is in the subnet {subnet}.",
        f"{notebook.label} is in no subnet of the account's.",
    )


@check(
    fails="SageMaker notebook instance has direct access to the internet",
    severity="high",
    categories=["gen-ai", "internet-exposed", "trust-boundaries"],
)
def sagemaker_notebook_instance_without_direct_internet_access_configured(
    notebook: NotebookInstance, settings: NotebookSettings
) -> Verdict:
    """SageMaker notebook instances have no direct access to the internet.

    By a network interface of SageMaker's. Without it they reach what their subnet does.

    ## Risk
    Data sets leave for anywhere, and packages come from anywhere, past all that the account's network would stop or
    log.

    ## Remediation
    This stays as the notebook instance was made. Create one without, and move the notebooks to it: `aws sagemaker
    create-notebook-instance --region <region> --notebook-instance-name <your-notebook-name> --instance-type
    ml.t3.medium --role-arn <your-role-arn> --subnet-id <your-subnet> --security-group-ids <your-security-group>
    --direct-internet-access Disabled --root-access Disabled`.

    ## References
    https://docs.aws.amazon.com/sagemaker/latest/dg/appendix-notebook-and-internet-access.html
    """
    word = told(settings.direct_internet_access, "DirectInternetAccess of this notebook instance")
    return _lacks(notebook.label, "direct access to the internet", word)


def _lacks(label: str, flaw: str, word: str) -> Verdict:
    """PASS where the word says that it is switched off."""
    on = switched(word)
    if on is None:
        return unknown(label, flaw, word)
    return pass_if(not on, f"{label} has no {flaw}.", f"{label} has {flaw}.")
