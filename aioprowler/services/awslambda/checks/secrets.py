"""What functions and layers give away."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.secrets import no_secrets
from aioprowler.services.awslambda.code import CodeSecrets, LayerSecrets
from aioprowler.services.awslambda.resources import Function, LayerVersion, VariableSecrets


@check(fails="Code of a Lambda function may hold secrets", severity="critical", categories=["secrets"])
def awslambda_function_no_secrets_in_code(function: Function, secrets: CodeSecrets | None) -> Verdict | None:
    """The code of Lambda functions holds no secrets.

    The package is fetched, and each text in it looked into: not what is binary, nor archives in the archive. Files that
    are named in `secrets_ignore_files` are left out. Container images are not judged, nor are published versions.

    ## Risk
    Whoever may read the function reads its code, and so does whoever gets at the pipeline or the repository behind it.

    ## Remediation
    Have the code read the secret from Secrets Manager or Parameter Store, change the secret, and upload the code
    without it: `aws lambda update-function-code --region <region> --function-name <function> --zip-file
    fileb://<your-package.zip>`. Delete versions that hold it.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/with-secrets-manager.html
    """
    return no_secrets(f"The code of {function.label}", secrets) if secrets else None


@check(fails="Variables of a Lambda function may hold secrets", severity="critical", categories=["secrets"])
def awslambda_function_no_secrets_in_variables(function: Function, secrets: VariableSecrets) -> Verdict:
    """Variables of Lambda functions hold no secrets.

    Where Lambda does not tell the variables, because their key may not be used, a person must look.

    ## Risk
    Whoever may read the function's configuration reads them, in the console, in backups of it, and in the logs of what
    prints its environment.

    ## Remediation
    Have the code read the secret from Secrets Manager or Parameter Store, change the secret, and set the variables
    without it: `aws lambda update-function-configuration --region <region> --function-name <function> --environment
    file://<your-variables.json>`. Delete versions that hold it.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    https://docs.aws.amazon.com/lambda/latest/dg/with-secrets-manager.html
    """
    return no_secrets(f"The environment of {function.label}", secrets)


@check(fails="Lambda layer may hold secrets", severity="high", categories=["secrets"])
def awslambda_layer_no_secrets_in_content(layer: LayerVersion, secrets: LayerSecrets) -> Verdict:
    """Lambda layers that functions use hold no secrets.

    Each version that some function uses is fetched, whosever it is, and each text in it looked into: not what is
    binary, nor archives in the archive. Files that are named in `secrets_ignore_files` are left out. Where its owner
    has deleted it, or shares it no longer, a person must look.

    ## Risk
    A layer is handed on: whoever may use it, in this account or another, reads what is in it.

    ## Remediation
    Change the secret, publish the layer without it, name that version in the functions, and delete this one: `aws
    lambda delete-layer-version --region <region> --layer-name <layer-version> --version-number <version>`.

    ## References
    https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
    """
    return no_secrets(layer.label, secrets)
