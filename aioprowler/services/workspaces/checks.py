"""How virtual desktops are judged."""

from __future__ import annotations

from aioprowler import Fail, Manual, Pass, Verdict, check
from aioprowler.judging.verdicts import pass_if, told
from aioprowler.services.workspaces.resources import Layouts, Workspace


@check(fails="WorkSpace has a volume that is not encrypted", severity="high", categories=["encryption"])
def workspaces_volume_encryption_enabled(workspace: Workspace) -> Verdict:
    """WorkSpaces have encrypted volumes.

    Both the root volume and the user volume, with whichever key. A WorkSpace that is being made or terminated is not
    judged.

    ## Risk
    What users keep on their desktops, passwords of browsers included, lies on the disks of the service, and in their
    backups, as they wrote it.

    ## Remediation
    Volumes are encrypted when a WorkSpace is made or not at all. Make an encrypted one for the user, move what is to be
    kept, and remove this one: `aws workspaces terminate-workspaces --region <region> --terminate-workspace-requests
    WorkspaceId=<workspace>`.

    ## References
    https://docs.aws.amazon.com/workspaces/latest/adminguide/encrypt-workspaces.html
    """
    volumes = {"root": workspace.root_volume_encryption_enabled, "user": workspace.user_volume_encryption_enabled}
    plain = " and ".join(name for name, is_encrypted in volumes.items() if not is_encrypted)
    return pass_if(
        not plain,
        f"{workspace.label} has its root and user volumes encrypted.",
        f"{workspace.label} does not have its {plain} volume{'s' if ' ' in plain else ''} encrypted.",
    )


@check(
    fails="WorkSpace is not in a private subnet beside which there is a NAT gateway",
    severity="high",
    categories=["internet-exposed", "trust-boundaries"],
    resource_type="Other",
)
def workspaces_vpc_2private_1public_subnets_nat(workspace: Workspace, layouts: Layouts) -> Verdict:
    """WorkSpaces are in private subnets of VPCs with a NAT gateway.

    The VPC has at least two private subnets, of which one has a route to a NAT gateway, and a public one for that. A
    subnet is public when most public addresses are routed to an internet gateway. A WorkSpace that is being made or
    terminated is not judged.

    ## Risk
    A desktop in a public subnet can be given a public address, and is scanned by everybody from then on. Without NAT
    there is no other way to the updates that it needs.

    ## Remediation
    Give the directory private subnets in two zones, whose way out is a NAT gateway in a public one, and move the
    WorkSpace there: `aws workspaces migrate-workspace --region <region> --source-workspace-id <workspace> --bundle-id
    <your-bundle-id>`.

    ## References
    https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-vpc.html
    """
    subnet = told(workspace.subnet_id or None, "SubnetId of this WorkSpace")
    if subnet not in layouts.exits:
        return Manual(f"{workspace.label} is in {subnet}, which AWS does not list here: look where its routes lead.")
    leads, vpc = layouts.exits[subnet], layouts.vpcs[subnet]
    if leads.is_open:
        return Fail(f"{workspace.label} is in the public subnet {subnet}.")
    if leads.unknown:
        return Manual(f"Whether {workspace.label} is in a private subnet is not known: {leads.unknown}.")
    place = f"{workspace.label} is in the private subnet {subnet} of a VPC"
    if not vpc.lacks:
        return Pass(f"{place} with a public subnet and a NAT gateway.")
    if vpc.unknown:
        return Manual(f"{place} that may lack {', '.join(vpc.lacks)}: {vpc.unknown}.")
    return Fail(f"{place} that lacks {', '.join(vpc.lacks)}.")
