"""How launch templates are judged: by the versions that are launched where nobody names another."""

from __future__ import annotations

from collections.abc import Callable

from aioprowler import Failure, Manual, Pass, Verdict, check
from aioprowler.judging.metadata import demands_tokens
from aioprowler.judging.verdicts import pass_if, worst
from aioprowler.services.ec2.resources.instance import MetadataOptions
from aioprowler.services.ec2.resources.launch_template import (
    AddressingSubnets,
    InterfaceSpecification,
    LaunchTemplate,
    LaunchTemplateData,
    PublicInterfaces,
    TemplateVersions,
)
from aioprowler.services.ec2.resources.settings import InstanceMetadataDefaults


def on_launch(
    template: LaunchTemplate, versions: TemplateVersions, judge: Callable[[str, LaunchTemplateData], Verdict]
) -> Verdict:
    """The worst verdict on the default version and the latest; `judge` is given what sentences call a version."""
    unknown = Manual(f"Could not look: AWS did not tell which version of {template.label} is launched by default.")
    return worst(
        judge(f"Version {number} of {template.label}", version.data) if version else unknown
        for number, version in versions.launched(template).items()
    )


def launch_demands_tokens(
    label: str, options: MetadataOptions, defaults: InstanceMetadataDefaults | Failure
) -> Verdict:
    """What a launch leaves out is as the account sets it. Where that says nothing either, the service is on, and the
    image decides about tokens.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
    """
    endpoint, tokens = options.http_endpoint, options.http_tokens
    if endpoint == "disabled" or tokens == "required" or (endpoint and tokens):
        return demands_tokens(label, endpoint, tokens)
    if isinstance(defaults, Failure):
        return Manual(f"{label} leaves the metadata service to the account. {defaults.explain()}", gap=defaults)
    endpoint = endpoint or defaults.http_endpoint or "enabled"
    tokens = tokens or defaults.tokens
    if endpoint == "enabled" and tokens is None:
        return Manual(f"{label} and the account leave it to the image whether IMDSv2 is required.")
    return demands_tokens(label, endpoint, tokens)


@check(fails="EC2 launch template does not require IMDSv2", severity="high", categories=["secrets"])
def ec2_launch_template_imdsv2_required(
    template: LaunchTemplate, versions: TemplateVersions, defaults: InstanceMetadataDefaults | Failure
) -> Verdict:
    """Launch templates require IMDSv2 or switch the metadata service off.

    Judged are the default version and the latest one: they are launched where nobody names another. What a version
    leaves out is as the account sets it for the region. Where that says nothing either, the service is on, and the
    image decides whether tokens are required: then a person must look.

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
    return on_launch(
        template, versions, lambda label, data: launch_demands_tokens(label, data.metadata_options, defaults)
    )


def gives_no_public_ip(
    label: str,
    interface: InterfaceSpecification,
    subnets: AddressingSubnets | Failure | None,
    interfaces: PublicInterfaces | Failure,
) -> Verdict:
    """What the launch says decides; else, of an interface that is there, its addresses, and of a new one, its subnet.
    `subnets`: None where there are several interfaces, to which subnets give no public addresses.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
    """
    if interface.associate_public_ip_address is not None:
        assigns = interface.associate_public_ip_address
        return pass_if(not assigns, f"{label} assigns no public IP address.", f"{label} assigns public IP addresses.")
    known: AddressingSubnets | PublicInterfaces | Failure
    if id_ := interface.network_interface_id:
        what, known = f"uses network interface {id_}", interfaces
    elif subnets is None:
        return Pass(f"{label} has several network interfaces and assigns no public IP address.")
    elif id_ := interface.subnet_id:
        what, known = f"leaves public IP addresses to subnet {id_}", subnets
    else:
        what, known = "leaves public IP addresses to the subnet, which it does not name", subnets
    if isinstance(known, Failure):
        return Manual(f"{label} {what}. {known.explain()}", gap=known)
    if id_ in known.by_id:
        return pass_if(not known.by_id[id_], f"{label} {what}, which has none.", f"{label} {what}, which has them.")
    if not id_ and not any(known.by_id.values()):
        return Pass(f"{label} {what}, and no subnet of the region gives any.")
    return Manual(f"{label} {what}{', which is not known here' if id_ else ''}.")


@check(
    fails="EC2 launch template gives instances public IP addresses", severity="high", categories=["internet-exposed"]
)
def ec2_launch_template_no_public_ip(
    template: LaunchTemplate,
    versions: TemplateVersions,
    subnets: AddressingSubnets | Failure,
    interfaces: PublicInterfaces | Failure,
) -> Verdict:
    """Launch templates do not give instances public IP addresses.

    Judged are the default version and the latest one: they are launched where nobody names another. Neither may ask for
    a public address, or use an existing network interface that has one. What a version does not say, its subnet
    decides; where it names none, and some subnet of the region gives public addresses, a person must look.

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
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html
    """

    def judge(label: str, data: LaunchTemplateData) -> Verdict:
        deciding = subnets if len(data.interfaces) == 1 else None
        return worst(gives_no_public_ip(label, each, deciding, interfaces) for each in data.interfaces)

    return on_launch(template, versions, judge)
