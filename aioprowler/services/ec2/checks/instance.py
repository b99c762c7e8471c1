"""How instances are judged."""

from __future__ import annotations

import datetime
from typing import Annotated

from aioprowler import Fail, Failure, Manual, Pass, Verdict, check
from aioprowler.services.ec2.resources.instance import Instance, InstanceImage
from aioprowler.services.ssm.resources import ManagedInstances


@check(
    fails="EC2 instance does not require IMDSv2",
    severity="high",
    categories=["ec2-imdsv1", "identity-access", "secrets"],
)
def ec2_instance_imdsv2_enabled(instance: Instance) -> Verdict | None:
    """Instances require IMDSv2 or have no metadata service.

    Version 2 of the instance metadata service answers only requests with a session token, which takes a PUT request to
    get. Terminated instances are not judged.

    ## Risk
    With version 1, a single GET request that an attacker makes the server send, by SSRF or through an open proxy,
    returns the credentials of the instance's role.

    ## Remediation
    `aws ec2 modify-instance-metadata-options --instance-id <instance> --http-tokens required --http-endpoint enabled`

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
    """
    if instance.is_terminated:
        return None
    options = instance.metadata_options
    if options.http_endpoint == "disabled":
        return Pass(f"Instance {instance.instance_id} has no metadata service.")
    if options.requires_v2:
        return Pass(f"Instance {instance.instance_id} requires IMDSv2.")
    return Fail(f"Instance {instance.instance_id} does not require IMDSv2.")


@check(fails="EC2 instance has a public IPv4 address", severity="medium", categories=["internet-exposed"])
def ec2_instance_public_ip(instance: Instance) -> Verdict | None:
    """Instances have no public IPv4 address.

    Judged by the address that EC2 reports for the instance, assigned at launch or an Elastic IP. Terminated instances
    are not judged.

    ## Risk
    The instance is found by the scanners of the whole internet within minutes, and one rule too many in its security
    groups lets them in.

    ## Remediation
    Put it into a private subnet behind a load balancer, and take the address away:
    `aws ec2 disassociate-address --association-id <association>` for an Elastic IP, else launch it anew with
    `--no-associate-public-ip-address`.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
    """
    if instance.is_terminated:
        return None
    if instance.public_ip_address:
        address = f"{instance.public_ip_address} {instance.public_dns_name}".strip()
        return Fail(f"Instance {instance.instance_id} has a public address: {address}.")
    return Pass(f"Instance {instance.instance_id} has no public address.")


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
    Replace it with one of a current image, best by an instance refresh:
    `aws autoscaling start-instance-refresh --auto-scaling-group-name <group>`.

    ## References
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html
    """
    if not instance.is_running or instance.launch_time is None:
        return Pass(f"Instance {instance.instance_id} is not running.")
    days = (now - instance.launch_time).days
    text = f"Instance {instance.instance_id} was launched {days} days ago"
    if days > max_ec2_instance_age_in_days:
        return Fail(f"{text}, more than the {max_ec2_instance_age_in_days} that are allowed.")
    return Pass(f"{text}.")


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
    Keep a snapshot of what is needed, then `aws ec2 terminate-instances --instance-ids <instance>`.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
    """
    if instance.state.name != "stopped":
        return Pass(f"Instance {instance.instance_id} is not stopped.")
    since = instance.stopped_at or instance.launch_time
    if since and (now - since).days <= max_ec2_instance_stopped_days:
        return Pass(f"Instance {instance.instance_id} was stopped at most {(now - since).days} days ago.")
    if not instance.stopped_at:
        return Manual(f"Instance {instance.instance_id} is stopped, and EC2 does not say since when.")
    return Fail(
        f"Instance {instance.instance_id} was stopped on {instance.stopped_at:%Y-%m-%d}, "
        f"more than {max_ec2_instance_stopped_days} days ago."
    )


@check(fails="EC2 instance has no instance profile", severity="medium", categories=["identity-access"])
def ec2_instance_profile_attached(instance: Instance) -> Verdict | None:
    """Instances have an instance profile.

    The role in the profile gives programs on the instance credentials that change by themselves every few hours.
    Terminated instances are not judged.

    ## Risk
    Programs that need AWS get access keys instead, written into files and images, from where they leak and work until
    somebody notices.

    ## Remediation
    `aws ec2 associate-iam-instance-profile --instance-id <instance> --iam-instance-profile Name=<profile>`

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html
    """
    if instance.is_terminated:
        return None
    profile = instance.iam_instance_profile
    if profile:
        return Pass(f"Instance {instance.instance_id} has the instance profile {profile.arn}.")
    return Fail(f"Instance {instance.instance_id} has no instance profile.")


@check(
    fails="EC2 instance with a role has a public IPv4 address",
    severity="high",
    categories=["identity-access", "internet-exposed"],
)
def ec2_instance_internet_facing_with_instance_profile(instance: Instance) -> Verdict | None:
    """Instances with an instance profile have no public IPv4 address.

    Either alone passes. What the role may do, and which ports are open, is not judged here. Terminated instances are
    not judged.

    ## Risk
    Whoever breaks into the server from the internet takes the credentials of its role from the metadata service, and
    goes on in the account from anywhere.

    ## Remediation
    Put the instance behind a load balancer and take the address away:
    `aws ec2 disassociate-address --association-id <association>`. If it needs no AWS, take the role away instead:
    `aws ec2 disassociate-iam-instance-profile --association-id <association>`.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html
    """
    if instance.is_terminated:
        return None
    profile, address = instance.iam_instance_profile, instance.public_ip_address
    if profile and address:
        return Fail(f"Instance {instance.instance_id} at {address} has the instance profile {profile.arn}.")
    return Pass(f"Instance {instance.instance_id} does not have both a public address and an instance profile.")


@check(fails="EC2 instance has several network interfaces", severity="low", categories=["trust-boundaries"])
def ec2_instance_uses_single_eni(instance: Instance) -> Verdict:
    """Instances have at most one network interface.

    Interfaces for traffic of the VPC count: ordinary ones, Elastic Fabric Adapters and trunks.

    ## Risk
    An instance in two subnets is a way around the rules between them: it may forward packets, and an intruder on it
    reaches both sides.

    ## Remediation
    Detach the others, which the first interface cannot be:
    `aws ec2 detach-network-interface --attachment-id <attachment>`. Route between networks by routers and firewalls.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
    """
    counted = [each for each in instance.network_interfaces if each.interface_type in ("interface", "efa", "trunk")]
    if len(counted) > 1:
        ids = ", ".join(f"{each.network_interface_id} ({each.interface_type})" for each in counted)
        return Fail(f"Instance {instance.instance_id} has {len(counted)} network interfaces: {ids}.")
    return Pass(f"Instance {instance.instance_id} has at most one network interface.")


@check(fails="EC2 instance has no detailed monitoring", severity="low", categories=["forensics-ready", "logging"])
def ec2_instance_detailed_monitoring_enabled(instance: Instance) -> Verdict:
    """Instances are monitored in detail.

    With detailed monitoring EC2 sends metrics to CloudWatch every minute, else every five minutes.

    ## Risk
    A short attack, or the first minutes of a long one, disappears in the average of five minutes, and alarms ring late.

    ## Remediation
    `aws ec2 monitor-instances --instance-ids <instance>`. CloudWatch charges for the metrics.

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-detailed-monitoring.html
    """
    if instance.monitoring.state == "enabled":
        return Pass(f"Instance {instance.instance_id} is monitored in detail.")
    return Fail(f"Instance {instance.instance_id} is not monitored in detail: {instance.monitoring.state}.")


@check(fails="EC2 instance is not managed by Systems Manager", severity="medium", categories=["node-security"])
def ec2_instance_managed_by_ssm(instance: Instance, managed: ManagedInstances | Failure) -> Verdict:
    """Instances are managed by Systems Manager.

    An instance is managed when its agent has registered. Those that are pending, stopped or terminated pass.

    ## Risk
    Patches, inventory and access depend on somebody who logs in, through an SSH or RDP port that must be open for it.

    ## Remediation
    Give the instance a role with the policy `AmazonSSMManagedInstanceCore`, and see that the agent runs on it:
    ```
    aws ec2 associate-iam-instance-profile --instance-id <instance> --iam-instance-profile Name=<profile>
    aws ssm describe-instance-information --filters Key=InstanceIds,Values=<instance>
    ```

    ## References
    https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-ec2.html
    """
    if instance.state.name in ("pending", "stopped", "terminated"):
        return Pass(f"Instance {instance.instance_id} is {instance.state.name}, so that nothing manages it.")
    if isinstance(managed, Failure):
        return Manual(managed.explain())
    if instance.instance_id in managed.ids:
        return Pass(f"Instance {instance.instance_id} is managed by Systems Manager.")
    return Fail(f"Instance {instance.instance_id} is not managed by Systems Manager.")


@check(fails="EC2 instance is paravirtual", severity="medium", categories=["node-security"])
def ec2_instance_paravirtual_type(instance: Instance) -> Verdict | None:
    """Instances use hardware virtualization (HVM), not paravirtualization.

    The image that an instance was launched from decides. Terminated instances are not judged.

    ## Risk
    Paravirtual instances run only on old hardware, without the isolation, the encryption and the drivers of the Nitro
    system.

    ## Remediation
    An instance cannot be converted. Launch one from an HVM image, move the data, and end the old one:
    ```
    aws ec2 run-instances --image-id <HVM image> --instance-type <type>
    aws ec2 terminate-instances --instance-ids <instance>
    ```

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ComponentsAMIs.html
    """
    if instance.is_terminated:
        return None
    if instance.virtualization_type == "paravirtual":
        return Fail(f"Instance {instance.instance_id} is paravirtual.")
    return Pass(f"Instance {instance.instance_id} is not paravirtual.")


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
    aws ssm get-parameter --name /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64
    aws ec2 run-instances --image-id <image> --instance-type <type>
    ```

    ## References
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deprecate.html
    """
    if image is None or image.image_owner_alias != "amazon":
        return None
    deprecated = image.deprecation_time
    if deprecated and deprecated < now:
        return Fail(
            f"Instance {instance.instance_id} runs image {image.image_id}, deprecated on {deprecated:%Y-%m-%d}."
        )
    return Pass(f"Instance {instance.instance_id} runs image {image.image_id}, which is not deprecated.")
