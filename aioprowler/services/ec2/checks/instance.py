"""How instances are judged."""

from __future__ import annotations

import datetime
from typing import Annotated

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.services.ec2.resources.instance import Instance, InstanceImage


@check(severity="high", categories=["ec2-imdsv1", "identity-access", "secrets"])
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


@check(severity="medium", categories=["internet-exposed"])
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


@check(severity="medium")
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


@check(severity="medium", categories=["identity-access"])
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


@check(severity="medium", categories=["vulnerabilities"])
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
