"""Groups of instances that grow and shrink, and the launch configurations that some of them launch by."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from aioprowler import Facet, Here, Resource, States, Tag, derive, field, listing
from aioprowler.judging.secrets import FoundSecrets, decode_user_data, secrets_in
from aioprowler.judging.verdicts import told
from aioprowler.services.ec2.resources.instance import MetadataOptions


# ------------------------------------------------------- launch configurations
class LaunchConfiguration(
    Resource, id="name", type="AwsAutoScalingLaunchConfiguration", group="compute", noun="Launch configuration"
):
    """What a group launches its instances with, by the older of two ways; it cannot be changed."""

    source = listing("autoscaling", "DescribeLaunchConfigurations", "LaunchConfigurations")
    name: str = field(name="LaunchConfigurationName")
    arn: str = field(name="LaunchConfigurationARN")
    user_data: str = ""
    metadata_options: MetadataOptions = MetadataOptions()
    associate_public_ip_address: bool | None = None
    """Where it is left out the subnet decides
    (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchConfiguration.html).
    """


def user_data_of(configuration: LaunchConfiguration) -> dict[str, str | None]:
    """The one text."""
    return {"": decode_user_data(configuration.user_data)}


class ConfigurationSecrets(FoundSecrets, Facet[LaunchConfiguration]):
    """What the user data of a launch configuration gives away."""

    source = secrets_in(user_data_of)


class LaunchConfigurations(msgspec.Struct, frozen=True):
    """What groups of a region launch by."""

    by_name: Mapping[str, LaunchConfiguration]


@derive
def launch_configurations(configurations: Here[LaunchConfiguration]) -> LaunchConfigurations:
    """By their names, as groups name them."""
    return LaunchConfigurations({each.name: each for each in configurations})


# ---------------------------------------------------------------------- groups
class Instance(msgspec.Struct, frozen=True, rename="pascal"):
    """An instance of a group."""

    availability_zone: str
    instance_type: str


class Template(msgspec.Struct, frozen=True):
    """A launch template that a group names: that it does is all that is read of it."""


class Requirements(msgspec.Struct, frozen=True):
    """Processors, memory and the like, for which AWS chooses the types: that there are some is all that is read."""


class Override(msgspec.Struct, frozen=True, rename="pascal"):
    """A type of instances that a group may launch, or what types it may."""

    instance_type: str = ""
    instance_requirements: Requirements | None = None


class MixedTemplate(msgspec.Struct, frozen=True, rename="pascal"):
    """A launch template, and the types that there may be instead of its own."""

    template: Template | None = field(name="LaunchTemplateSpecification", default=None)
    overrides: tuple[Override, ...] = ()


class MixedInstances(msgspec.Struct, frozen=True, rename="pascal"):
    """How a group mixes types, and Spot with On-Demand."""

    launch_template: MixedTemplate = MixedTemplate()


class AutoScalingGroup(
    Resource, id="name", type="AwsAutoScalingAutoScalingGroup", group="compute", noun="Auto Scaling group"
):
    """Instances of one kind, of which there are as many as are needed.

    It launches by a configuration, by a template, or by a template with several types
    (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html).
    """

    source = listing(
        "autoscaling",
        "DescribeAutoScalingGroups",
        "AutoScalingGroups",
        states=States("status", over=["Delete in progress"]),
    )
    name: str = field(name="AutoScalingGroupName")
    arn: str = field(name="AutoScalingGroupARN")
    status: str = ""
    """Empty unless it is being deleted."""
    zones: tuple[str, ...] = field(name="AvailabilityZones")
    subnet_ids: str = field(name="VPCZoneIdentifier", default="")
    """Separated by commas."""
    instances: tuple[Instance, ...] = ()
    configuration: str = field(name="LaunchConfigurationName", default="")
    template: Template | None = field(name="LaunchTemplate", default=None)
    mixed: MixedInstances | None = field(name="MixedInstancesPolicy", default=None)
    load_balancers: tuple[str, ...] = field(name="LoadBalancerNames", default=())
    target_groups: tuple[str, ...] = field(name="TargetGroupARNs", default=())
    health_check_type: str
    """`EC2`, or several separated by commas: `EC2,ELB`."""
    capacity_rebalance: bool = False
    tags: tuple[Tag, ...] = ()

    @property
    def is_behind_load_balancer(self) -> bool:
        """A classic one, or one of a target group."""
        return bool(self.load_balancers or self.target_groups)

    @property
    def has_template(self) -> bool:
        """Raises UnreadableError where AWS did not tell by what it launches."""
        if self.template or (self.mixed and self.mixed.launch_template.template):
            return True
        return not told(self.configuration or None, f"by what {self.label} launches")

    @property
    def subnets(self) -> list[str]:
        """The ids of those into which it launches, where they are named."""
        return [id_.strip() for id_ in self.subnet_ids.split(",") if id_.strip()]

    @property
    def may_mix_types(self) -> bool:
        """Whether it may launch several types of instances in each of its zones."""
        overrides = self.mixed.launch_template.overrides if self.mixed else ()
        by_requirements = any(each.instance_requirements is not None for each in overrides)
        return by_requirements or len({each.instance_type for each in overrides}) > 1

    @property
    def types_by_zone(self) -> dict[str, set[str]]:
        """Those of its instances."""
        found: dict[str, set[str]] = {}
        for each in self.instances:
            found.setdefault(each.availability_zone, set()).add(each.instance_type)
        return found
