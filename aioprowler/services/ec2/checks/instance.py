"""How instances are judged."""

from __future__ import annotations

import datetime
from typing import Annotated

from aioprowler import Fail, Failure, Manual, Pass, Verdict, check
from aioprowler.judging.ages import days_since, within_days
from aioprowler.judging.metadata import demands_tokens
from aioprowler.judging.verdicts import has, is_, is_not, naming, pass_if
from aioprowler.services.ec2.resources.instance import Instance, InstanceImage, PublicAddresses
from aioprowler.services.ssm.resources import ManagedInstances


@check(
    fails="EC2 instance does not require IMDSv2",
    severity="high",
    categories=["ec2-imdsv1", "identity-access", "secrets"],
)
def ec2_instance_imdsv2_enabled(instance: Instance) -> Verdict:
    """Instances require IMDSv2 or have no metadata service.

    Version 2 of the instance metadata service answers only requests with a session token, which takes a PUT request to
    get. Terminated instances are not judged.

    ## Risk
    With version 1, a single GET request that an attacker makes the server send, by SSRF or through an open proxy,
    returns the credentials of the instance's role.

    ## Remediation
    `aws ec2 modify-instance-metadata-options --region <region> --instance-id <instance> --http-tokens required
    --http-endpoint enabled`

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
    """
    options = instance.metadata_options
    return demands_tokens(instance.label, options.http_endpoint, options.http_tokens)


@check(fails="EC2 instance has a public address", severity="medium", categories=["internet-exposed"])
def ec2_instance_public_ip(instance: Instance, addresses: PublicAddresses) -> Verdict:
    """Instances have no public address.

    Judged by the addresses of all network interfaces: IPv4 ones that were assigned at launch or are Elastic IPs, and
    global IPv6 ones in subnets that are routed to an internet gateway. Terminated instances are not judged.

    ## Risk
    The instance is found by the scanners of the whole internet within minutes, and one rule too many in its security
    groups lets them in.

    ## Remediation
    Put it into a private subnet behind a load balancer, and take the address away: `aws ec2 disassociate-address
    --region <region> --association-id <your-association>` for an Elastic IP, else launch it anew with
    `--no-associate-public-ip-address`.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
    """
    if addresses.all:
        return Fail(f"{instance.label} has a public address: {addresses} {instance.public_dns_name}".rstrip() + ".")
    return unless_unknown(Pass(f"{instance.label} has no public address."), addresses)


@check(fails="EC2 instance has been running for too long since its launch", severity="medium")
def ec2_instance_older_than_specific_days(
    instance: Instance,
    now: datetime.datetime,
    *,
    max_ec2_instance_age_in_days: Annotated[int, "Days after its launch when a running instance counts as old."] = 180,
) -> Verdict:
    """Running instances were launched recently.

    The age is counted from the last launch, so stopping and starting an instance resets it. Instances that do not run
    pass.

    ## Risk
    A server that has run for half a year carries the kernel and the libraries of that time, and changes made by hand
    that nobody remembers.

    ## Remediation
    Replace it with one of a current image, best by an instance refresh: `aws autoscaling start-instance-refresh
    --region <region> --auto-scaling-group-name <your-auto-scaling-group>`.

    ## References
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html
    """
    if not instance.is_running:
        return Pass(f"{instance.label} is not running.")
    return within_days(instance.label, "was launched", instance.launch_time, now, max_ec2_instance_age_in_days)


@check(fails="EC2 instance has been stopped for too long", severity="low")
def ec2_instance_stopped_older_than_specific_days(
    instance: Instance,
    now: datetime.datetime,
    *,
    max_ec2_instance_stopped_days: Annotated[int, "Days after which a stopped instance counts as abandoned."] = 30,
) -> Verdict:
    """Instances do not stay stopped for long.

    EC2 tells when an instance was stopped by the API or the console, but not when it shut itself down or AWS stopped
    it. Of these only the last launch is known: if it was recent, so was the stop, else a person must look. Instances
    that are not stopped pass.

    ## Risk
    Nobody patches or watches a stopped instance. Started again after months it brings back old holes, old keys and a
    role that still works. Its volumes hold data and cost money meanwhile.

    ## Remediation
    Keep a snapshot of what is needed, then `aws ec2 terminate-instances --region <region> --instance-ids <instance>`.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
    """
    if instance.state.name != "stopped":
        return Pass(f"{instance.label} is not stopped.")
    if instance.stopped_at:
        return within_days(instance.label, "was stopped", instance.stopped_at, now, max_ec2_instance_stopped_days)
    since_launch = days_since(instance.launch_time, now)
    if since_launch <= max_ec2_instance_stopped_days:
        return Pass(f"{instance.label} was stopped at most {since_launch} days ago.")
    return Manual(f"{instance.label} is stopped, and EC2 does not say since when.")


@check(fails="EC2 instance has no instance profile", severity="medium", categories=["identity-access"])
def ec2_instance_profile_attached(instance: Instance) -> Verdict:
    """Instances have an instance profile.

    The role in the profile gives programs on the instance credentials that change by themselves every few hours.
    Terminated instances are not judged.

    ## Risk
    Programs that need AWS get access keys instead, written into files and images, from where they leak and work until
    somebody notices.

    ## Remediation
    `aws ec2 associate-iam-instance-profile --region <region> --instance-id <instance> --iam-instance-profile
    Name=<your-instance-profile>`

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html
    """
    profile = instance.iam_instance_profile
    return has(
        instance.label, f"the instance profile {profile.arn}" if profile else "an instance profile", bool(profile)
    )


@check(
    fails="EC2 instance with a role has a public address",
    severity="high",
    categories=["identity-access", "internet-exposed"],
)
def ec2_instance_internet_facing_with_instance_profile(instance: Instance, addresses: PublicAddresses) -> Verdict:
    """Instances with an instance profile have no public address.

    The addresses of all network interfaces count: public IPv4 ones, and global IPv6 ones in subnets that are routed to
    an internet gateway. Either alone passes. What the role may do, and which ports are open, is not judged here.
    Terminated instances are not judged.

    ## Risk
    Whoever breaks into the server from the internet takes the credentials of its role from the metadata service, and
    goes on in the account from anywhere.

    ## Remediation
    Put the instance behind a load balancer and take the address away: `aws ec2 disassociate-address --region <region>
    --association-id <your-association>`. If it needs no AWS, take the role away instead: `aws ec2
    disassociate-iam-instance-profile --region <region> --association-id <your-association>`.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html
    """
    profile = instance.iam_instance_profile
    if profile and addresses.all:
        return Fail(f"{instance.label} at {addresses} has the instance profile {profile.arn}.")
    neither = Pass(f"{instance.label} does not have both a public address and an instance profile.")
    return unless_unknown(neither, addresses) if profile else neither


def unless_unknown(verdict: Pass, addresses: PublicAddresses) -> Pass | Manual:
    """The verdict about an instance without a public address, if it is known to be without one."""
    if addresses.unknown:
        return Manual(f"Whether its addresses are public is not known: {addresses.unknown}.")
    return verdict


@check(fails="EC2 instance has several network interfaces", severity="low", categories=["trust-boundaries"])
def ec2_instance_uses_single_eni(instance: Instance) -> Verdict:
    """Instances have at most one network interface.

    Interfaces for traffic of the VPC count: ordinary ones, Elastic Fabric Adapters and trunks.

    ## Risk
    An instance in two subnets is a way around the rules between them: it may forward packets, and an intruder on it
    reaches both sides.

    ## Remediation
    Detach the others, which the first interface cannot be: `aws ec2 detach-network-interface --region <region>
    --attachment-id <your-attachment>`. Route between networks by routers and firewalls.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
    """
    counted = [each for each in instance.network_interfaces if each.interface_type in ("interface", "efa", "trunk")]
    ids = ", ".join(f"{each.network_interface_id} ({each.interface_type})" for each in counted)
    verdict = pass_if(
        len(counted) <= 1,
        f"{instance.label} has at most one network interface.",
        f"{instance.label} has {len(counted)} network interfaces: {ids}.",
    )
    others = (each.attachment.attachment_id for each in counted if each.attachment.device_index)
    return naming(verdict, *({"attachment": id_} for id_ in others))


@check(fails="EC2 instance has no detailed monitoring", severity="low", categories=["forensics-ready", "logging"])
def ec2_instance_detailed_monitoring_enabled(instance: Instance) -> Verdict:
    """Instances are monitored in detail.

    With detailed monitoring EC2 sends metrics to CloudWatch every minute, else every five minutes.

    ## Risk
    A short attack, or the first minutes of a long one, disappears in the average of five minutes, and alarms ring late.

    ## Remediation
    `aws ec2 monitor-instances --region <region> --instance-ids <instance>`. CloudWatch charges for the metrics.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-detailed-monitoring.html
    """
    state = instance.monitoring.state
    return pass_if(
        state == "enabled",
        f"{instance.label} is monitored in detail.",
        f"{instance.label} is not monitored in detail: {state}.",
    )


@check(fails="EC2 instance is not managed by Systems Manager", severity="medium", categories=["node-security"])
def ec2_instance_managed_by_ssm(instance: Instance, managed: ManagedInstances | Failure) -> Verdict:
    """Instances are managed by Systems Manager.

    An instance is managed when its agent has registered. Those that are stopped pass.

    ## Risk
    Patches, inventory and access depend on somebody who logs in, through an SSH or RDP port that must be open for it.

    ## Remediation
    Give the instance a role with the policy `AmazonSSMManagedInstanceCore`, and see that the agent runs on it:
    ```
    aws ec2 associate-iam-instance-profile --region <region> --instance-id <instance> \\
      --iam-instance-profile Name=<your-instance-profile>
    aws ssm describe-instance-information --region <region> --filters Key=InstanceIds,Values=<instance>
    ```

    ## References
    https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-ec2.html
    """
    if instance.state.name == "stopped":
        return Pass(f"{instance.label} is {instance.state.name}, so that nothing manages it.")
    if isinstance(managed, Failure):
        return Manual(managed.explain(), gap=managed)
    return is_(instance.label, "managed by Systems Manager", instance.instance_id in managed.ids)


@check(fails="EC2 instance is paravirtual", severity="medium", categories=["node-security"])
def ec2_instance_paravirtual_type(instance: Instance) -> Verdict:
    """Instances use hardware virtualization (HVM), not paravirtualization.

    The image that an instance was launched from decides. Terminated instances are not judged.

    ## Risk
    Paravirtual instances run only on old hardware, without the isolation, the encryption and the drivers of the Nitro
    system.

    ## Remediation
    An instance cannot be converted. Launch one from an HVM image, move the data, and end the old one:
    ```
    aws ec2 run-instances --region <region> --image-id <your-hvm-image> --instance-type <your-instance-type>
    aws ec2 terminate-instances --region <region> --instance-ids <instance>
    ```

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ComponentsAMIs.html
    """
    return is_not(instance.label, "paravirtual", instance.virtualization_type == "paravirtual")


@check(fails="EC2 instance runs a deprecated Amazon image", severity="medium", categories=["vulnerabilities"])
def ec2_instance_with_outdated_ami(
    instance: Instance, image: InstanceImage | None, now: datetime.datetime
) -> Verdict | None:
    """Instances of Amazon's images run one that is not deprecated.

    Amazon gives its images a date of deprecation, after which there are newer ones with the security updates since.
    Instances of other images, and of those that are gone, are not judged.

    ## Risk
    The image misses fixes that its successors have, and every new instance starts with the known holes.

    ## Remediation
    Find the current image and launch from it:
    ```
    aws ssm get-parameter --region <region> --name /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64
    aws ec2 run-instances --region <region> --image-id <your-image> --instance-type <your-instance-type>
    ```

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deprecate.html
    """
    if image is None or image.image_owner_alias != "amazon":
        return None
    deprecated = image.deprecation_time
    running = f"{instance.label} runs image {image.image_id}"
    if deprecated and deprecated < now:
        return Fail(f"{running}, deprecated on {deprecated:%Y-%m-%d}.")
    return Pass(f"{running}, which is not deprecated.")
