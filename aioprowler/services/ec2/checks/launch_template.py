"""How launch templates are judged."""

from __future__ import annotations

from collections.abc import Iterable

from aioprowler import Fail, Failure, Manual, Pass, Verdict, check
from aioprowler.services.ec2.resources.launch_template import (
    LaunchTemplate,
    LaunchTemplateVersion,
    PublicInterfaces,
    TemplateVersions,
)


def version_numbers(versions: Iterable[LaunchTemplateVersion]) -> str:
    """`1, 2, 5`."""
    return ", ".join(str(version.version_number) for version in versions)


@check(fails="EC2 launch template requires IMDSv2 in no version", severity="high", categories=["secrets"])
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
    aws ec2 create-launch-template-version --region <region> --launch-template-id <launch-template> \\
      --source-version '$Latest' \\
      --launch-template-data '{"MetadataOptions":{"HttpTokens":"required","HttpEndpoint":"enabled"}}'
    aws ec2 modify-launch-template --region <region> --launch-template-id <launch-template> \\
      --default-version <your-version>
    ```

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    """
    found = versions.versions
    if required := [version for version in found if version.data.metadata_options.requires_v2]:
        return Pass(f"{template.label} requires IMDSv2 in versions {version_numbers(required)}.")
    if others := [version for version in found if version.data.metadata_options.http_endpoint != "enabled"]:
        return Pass(f"{template.label} does not switch the metadata service on in versions {version_numbers(others)}.")
    return Fail(f"{template.label} does not require IMDSv2 in any version.")


@check(
    fails="EC2 launch template gives instances public IP addresses", severity="high", categories=["internet-exposed"]
)
def ec2_launch_template_no_public_ip(
    template: LaunchTemplate, versions: TemplateVersions, interfaces: PublicInterfaces | Failure
) -> Verdict:
    """Launch templates do not give instances public IP addresses.

    No version may ask for a public address, or use an existing network interface that has one. What a template leaves
    to the subnet is judged at the subnet.

    ## Risk
    Every instance launched from the template can be reached from the internet, as far as its security groups let it;
    with automatic scaling nobody looks at them one by one.

    ## Remediation
    Versions cannot be changed. Add one without public addresses, make it the default and delete those that have them:
    ```
    aws ec2 create-launch-template-version --region <region> --launch-template-id <launch-template> \\
      --source-version '$Latest' \\
      --launch-template-data '{"NetworkInterfaces":[{"DeviceIndex":0,"AssociatePublicIpAddress":false}]}'
    aws ec2 modify-launch-template --region <region> --launch-template-id <launch-template> \\
      --default-version <your-version>
    aws ec2 delete-launch-template-versions --region <region> --launch-template-id <launch-template> \\
      --versions <your-versions>
    ```

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html
    """
    found = versions.versions
    if assigning := [version for version in found if version.data.assigns_public_ip]:
        return Fail(f"{template.label} assigns public IP addresses in versions {version_numbers(assigning)}.")
    if naming := [version for version in found if version.data.named_interfaces]:
        if isinstance(interfaces, Failure):
            return Manual(interfaces.explain())
        if public := [version for version in naming if version.data.named_interfaces & interfaces.ids]:
            return Fail(f"{template.label} uses network interfaces with public IP addresses in versions "
                        f"{version_numbers(public)}.")  # fmt: skip
    return Pass(f"{template.label} gives no public IP address in any version.")
