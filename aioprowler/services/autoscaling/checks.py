"""How groups of instances, and what they launch by, are judged."""

from __future__ import annotations

from functools import partial

from aioprowler import Fail, Failure, Manual, Pass, Verdict, check, known
from aioprowler.judging.metadata import demands_tokens
from aioprowler.judging.resilience import in_several_zones
from aioprowler.judging.secrets import no_secrets
from aioprowler.judging.verdicts import enabled, has, pass_if
from aioprowler.services.autoscaling.resources import (
    AutoScalingGroup,
    ConfigurationSecrets,
    LaunchConfiguration,
    LaunchConfigurations,
)
from aioprowler.services.ec2.resources.launch_template import AddressingSubnets

resilience_check = partial(check, categories=["resilience"])


@check(fails="User data of a launch configuration may hold secrets", severity="critical", categories=["secrets"])
def autoscaling_find_secrets_ec2_launch_configuration(
    configuration: LaunchConfiguration, secrets: ConfigurationSecrets
) -> Verdict:
    """The user data of launch configurations holds no secrets.

    User data is the script or configuration that each instance is given at its start. It is read as text, unpacked if
    it is compressed, and searched for passwords, keys and tokens. Configurations that no group uses are judged as well.

    ## Risk
    Every program on each instance of the group can read the secret from the metadata service, and so can everybody in
    the account who may describe launch configurations.

    ## Remediation
    Keep the secret in Secrets Manager or Parameter Store, let the script fetch it with the instance's role, and replace
    the secret. A configuration cannot be changed: give the group a launch template, and delete it.
    ```
    aws autoscaling update-auto-scaling-group --region <region> --auto-scaling-group-name <your-group> \\
      --launch-template LaunchTemplateId=<your-launch-template>
    aws autoscaling delete-launch-configuration --region <region> --launch-configuration-name <launch-configuration>
    ```

    ## References
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/migrate-to-launch-templates.html
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
    """
    return no_secrets(f"The user data of {configuration.label}", secrets)


@resilience_check(fails="Auto Scaling group does not replace Spot instances in time", severity="medium")
def autoscaling_group_capacity_rebalance_enabled(group: AutoScalingGroup) -> Verdict | None:
    """Auto Scaling groups behind load balancers replace Spot instances before these are taken away.

    Judged are groups with a Classic Load Balancer or a target group, whether they launch Spot instances today or not.

    ## Risk
    AWS takes Spot instances back at two minutes' notice: requests are cut off, and until new ones have started too few
    are there.

    ## Remediation
    `aws autoscaling update-auto-scaling-group --region <region> --auto-scaling-group-name <auto-scaling-group>
    --capacity-rebalance`

    ## References
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html
    """
    if not group.is_behind_load_balancer:
        return None
    return enabled(group.label, "Capacity Rebalancing", group.capacity_rebalance)


@resilience_check(fails="Auto Scaling group ignores what its load balancer finds out", severity="low")
def autoscaling_group_elb_health_check_enabled(group: AutoScalingGroup) -> Verdict | None:
    """Auto Scaling groups behind load balancers replace instances that these find unhealthy.

    Judged are groups with a Classic Load Balancer or a target group: their health checks have to include that of the
    load balancer (`ELB`). What it asks the instances is not looked into.

    ## Risk
    An instance that runs, and whose application does not answer, stays: the load balancer sends it nothing, and the
    others have to do its work.

    ## Remediation
    `aws autoscaling update-auto-scaling-group --region <region> --auto-scaling-group-name <auto-scaling-group>
    --health-check-type ELB --health-check-grace-period 300`

    ## References
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-add-elb-healthcheck.html
    """
    if not group.is_behind_load_balancer:
        return None
    kinds = [kind.strip() for kind in group.health_check_type.split(",")]
    return has(group.label, f"health checks of its load balancer ({group.health_check_type})", "ELB" in kinds)


def launched_by(
    group: AutoScalingGroup, configurations: LaunchConfigurations | Failure
) -> LaunchConfiguration | Manual | None:
    """The launch configuration of a group; None where it has a template."""
    if not group.configuration:
        return None
    found = known(configurations).by_name.get(group.configuration)
    return found or Manual(f"{group.label} launches by {group.configuration}, which AWS did not list.")


def gives_no_public_ip(
    label: str, group: AutoScalingGroup, configuration: LaunchConfiguration, subnets: AddressingSubnets | Failure
) -> Verdict:
    """What the configuration says decides, else the subnets of the group.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-in-vpc.html
    """
    assigns = configuration.associate_public_ip_address
    if assigns is not None:
        return pass_if(not assigns, f"{label} assigns no public IP addresses.", f"{label} assigns public IP addresses.")
    gives = known(subnets).by_id
    leaves = f"{label} leaves public IP addresses to the subnets"
    if public := [id_ for id_ in group.subnets if gives.get(id_)]:
        return Fail(f"{leaves}, of which these give them: {', '.join(public)}.")
    if gives.keys() >= set(group.subnets) if group.subnets else not any(gives.values()):
        return Pass(f"{leaves}, which give none.")
    return Manual(f"{leaves}, of which not all are known here.")


@check(fails="Auto Scaling group gives instances public IP addresses", severity="high", categories=["internet-exposed"])
def autoscaling_group_launch_configuration_no_public_ip(
    group: AutoScalingGroup, configurations: LaunchConfigurations | Failure, subnets: AddressingSubnets | Failure
) -> Verdict | None:
    """Launch configurations of Auto Scaling groups give instances no public IP addresses.

    Where a configuration does not say, the subnets of the group decide. Groups with a launch template are not judged.

    ## Risk
    Each instance that the group launches can be reached from the internet, as far as its security groups let it, and
    nobody looks at them one by one.

    ## Remediation
    Launch configurations cannot be changed: give the group a launch template without public addresses, and private
    subnets.
    `aws autoscaling update-auto-scaling-group --region <region> --auto-scaling-group-name <auto-scaling-group>
    --launch-template LaunchTemplateId=<your-launch-template> --vpc-zone-identifier <your-subnets>`

    ## References
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-in-vpc.html
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/migrate-to-launch-templates.html
    """
    found = launched_by(group, configurations)
    if found is None or isinstance(found, Manual):
        return found
    return gives_no_public_ip(f"{found.label} of {group.label}", group, found, subnets)


@check(fails="Auto Scaling group launches instances that answer IMDSv1", severity="high", categories=["secrets"])
def autoscaling_group_launch_configuration_requires_imdsv2(
    group: AutoScalingGroup, configurations: LaunchConfigurations | Failure
) -> Verdict | None:
    """Launch configurations of Auto Scaling groups require IMDSv2 or switch the metadata service off.

    A configuration that does not say has the service on, and tokens optional. Groups with a launch template are not
    judged.

    ## Risk
    Every instance of the group answers IMDSv1, by which a single forged request (SSRF) gets the credentials of its
    role.

    ## Remediation
    Launch configurations cannot be changed: give the group a launch template that requires tokens, and replace its
    instances.
    ```
    aws autoscaling update-auto-scaling-group --region <region> --auto-scaling-group-name <auto-scaling-group> \\
      --launch-template LaunchTemplateId=<your-launch-template>
    aws autoscaling start-instance-refresh --region <region> --auto-scaling-group-name <auto-scaling-group>
    ```

    ## References
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceMetadataOptions.html
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/migrate-to-launch-templates.html
    """
    found = launched_by(group, configurations)
    if found is None or isinstance(found, Manual):
        return found
    options = found.metadata_options
    endpoint, tokens = options.http_endpoint or "enabled", options.http_tokens or "optional"
    return demands_tokens(f"{found.label} of {group.label}", endpoint, tokens)


@resilience_check(fails="Auto Scaling group is in one availability zone only", severity="medium")
def autoscaling_group_multiple_az(group: AutoScalingGroup) -> Verdict:
    """Auto Scaling groups are in several availability zones.

    The zones that a group may launch in are counted, whether there are instances in each or not.

    ## Risk
    When the zone fails, all instances are gone, and nothing is launched elsewhere.

    ## Remediation
    `aws autoscaling update-auto-scaling-group --region <region> --auto-scaling-group-name <auto-scaling-group>
    --vpc-zone-identifier <your-subnets-in-several-zones>`

    ## References
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-add-availability-zone.html
    """
    return in_several_zones(group.label, group.zones)


@resilience_check(fails="Auto Scaling group depends on one instance type", severity="medium")
def autoscaling_group_multiple_instance_types(group: AutoScalingGroup) -> Verdict:
    """Auto Scaling groups use several instance types in several availability zones.

    A group is good where it may launch several types, which it is told by name or by what they need to have, and is in
    several zones; or where instances of several types run in each of several zones.

    ## Risk
    When AWS runs out of the one type in a zone, nothing is launched there, just when everybody needs more.

    ## Remediation
    `aws autoscaling update-auto-scaling-group --region <region> --auto-scaling-group-name <auto-scaling-group>
    --mixed-instances-policy file://<your-policy>.json`

    ## References
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html
    """
    if group.may_mix_types:
        return in_several_zones(f"{group.label} may launch several instance types, and", group.zones)
    running = group.types_by_zone
    single = ", ".join(sorted(zone for zone, types in running.items() if len(types) == 1))
    if single:
        return Fail(f"{group.label} has instances of one type only in {single}.")
    return pass_if(
        len(running) > 1,
        f"{group.label} has instances of several types in each of these zones: {', '.join(sorted(running))}.",
        f"{group.label} has no instances of several types in several availability zones.",
    )


@resilience_check(fails="Auto Scaling group does not launch by a template", severity="medium")
def autoscaling_group_using_ec2_launch_template(group: AutoScalingGroup) -> Verdict:
    """Auto Scaling groups launch by a launch template.

    A template in the group's mixed instances policy counts.

    ## Risk
    A launch configuration knows nothing that EC2 has learned in recent years, and cannot be changed: what is insecure
    in it stays.

    ## Remediation
    `aws autoscaling update-auto-scaling-group --region <region> --auto-scaling-group-name <auto-scaling-group>
    --launch-template LaunchTemplateId=<your-launch-template>`

    ## References
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/migrate-to-launch-templates.html
    """
    return has(group.label, "a launch template", group.has_template)
