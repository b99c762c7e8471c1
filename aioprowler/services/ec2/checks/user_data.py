"""How the scripts are judged that instances run at their start."""

from __future__ import annotations

from aioprowler import Verdict, check
from aioprowler.judging.secrets import no_secrets
from aioprowler.services.ec2.resources.instance import Instance
from aioprowler.services.ec2.resources.launch_template import LaunchTemplate, TemplateSecrets
from aioprowler.services.ec2.resources.user_data import UserDataSecrets


@check(fails="User data of an EC2 instance may hold secrets", severity="high", categories=["secrets"])
def ec2_instance_secrets_user_data(instance: Instance, secrets: UserDataSecrets | None) -> Verdict | None:
    """The user data of instances holds no secrets.

    User data is the script or configuration that an instance is given at its start. It is read as text, unpacked if it
    is compressed, and searched for passwords, keys and tokens.

    ## Risk
    Every program on the instance can read the user data from the metadata service, and so can everybody in the account
    who may describe instances; a secret in it is no secret.

    ## Remediation
    Keep the secret in Secrets Manager or Parameter Store, let the script fetch it with the instance's role, and replace
    the secret. User data can be changed while the instance is stopped: `aws ec2 modify-instance-attribute --region
    <region> --instance-id <instance> --attribute userData --value file://user-data.b64`.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
    """
    return no_secrets(f"The user data of {instance.label}", secrets) if secrets else None


@check(fails="User data of an EC2 launch template may hold secrets", severity="high", categories=["secrets"])
def ec2_launch_template_no_secrets(template: LaunchTemplate, secrets: TemplateSecrets) -> Verdict:
    """The user data in launch templates holds no secrets.

    All versions are read, because any of them can be launched. User data is searched as text for passwords, keys and
    tokens, unpacked if it is compressed.

    ## Risk
    Everybody who may describe launch templates can read the secret, and so can every program on each instance that is
    launched.

    ## Remediation
    Keep the secret in Secrets Manager or Parameter Store, let the script fetch it with the instance's role, and replace
    the secret. Make a version without it the default, and delete those that have it:
    ```
    aws ec2 modify-launch-template --region <region> --launch-template-id <launch-template> \\
      --default-version <your-version>
    aws ec2 delete-launch-template-versions --region <region> --launch-template-id <launch-template> \\
      --versions <your-versions>
    ```

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html
    """
    return no_secrets(f"The user data of {template.label}", secrets)
