"""How launch templates are judged."""

from __future__ import annotations

from collections.abc import Iterable

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.services.ec2.resources.launch_template import LaunchTemplate, LaunchTemplateVersion, TemplateVersions


def numbers(versions: Iterable[LaunchTemplateVersion]) -> str:
    return ", ".join(str(version.version_number) for version in versions)


@check(severity="high", categories=["secrets"])
def ec2_launch_template_imdsv2_required(template: LaunchTemplate, versions: TemplateVersions) -> Verdict:
    """Launch templates require IMDSv2 or do not switch the metadata service on.

    One version that does suffices: one with the service enabled and tokens required, or one that disables the service
    or leaves it to the defaults of the image and the account.

    ## Risk
    Every instance launched from the template answers IMDSv1, by which a single forged request (SSRF) gets the
    credentials of its role.

    ## Remediation
    Add a version and make it the default:
    ```
    aws ec2 create-launch-template-version --launch-template-id <template> --source-version '$Latest' \
      --launch-template-data '{"MetadataOptions":{"HttpTokens":"required","HttpEndpoint":"enabled"}}'
    aws ec2 modify-launch-template --launch-template-id <template> --default-version <version>
    ```

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    """
    found = versions.of(template)
    label = f"Launch template {template.name} ({template.launch_template_id})"
    if required := [version for version in found if version.data.metadata_options.requires_v2]:
        return Pass(f"{label} requires IMDSv2 in versions {numbers(required)}.")
    if others := [version for version in found if version.data.metadata_options.http_endpoint != "enabled"]:
        return Pass(f"{label} does not switch the metadata service on in versions {numbers(others)}.")
    return Fail(f"{label} does not require IMDSv2 in any version.")
