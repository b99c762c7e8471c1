from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from aioprowler import Fail, Failure, Manual, Pass
from aioprowler.declarations.failure import GapError, UnreadableError
from aioprowler.declarations.sources import Secret
from aioprowler.services.autoscaling.checks import (
    autoscaling_find_secrets_ec2_launch_configuration,
    autoscaling_group_capacity_rebalance_enabled,
    autoscaling_group_elb_health_check_enabled,
    autoscaling_group_launch_configuration_no_public_ip,
    autoscaling_group_launch_configuration_requires_imdsv2,
    autoscaling_group_multiple_az,
    autoscaling_group_multiple_instance_types,
    autoscaling_group_using_ec2_launch_template,
)
from aioprowler.services.autoscaling.resources import (
    AutoScalingGroup,
    ConfigurationSecrets,
    Instance,
    LaunchConfiguration,
    LaunchConfigurations,
    MixedInstances,
    MixedTemplate,
    Override,
    Requirements,
    Template,
    user_data_of,
)
from aioprowler.services.ec2.resources.instance import MetadataOptions
from aioprowler.services.ec2.resources.launch_template import AddressingSubnets
from tests.services.made import made

DENIED = Failure("denied", "it", "AccessDenied")


def group(**told: Any) -> AutoScalingGroup:
    return made(AutoScalingGroup, name="workers", **told)


def configuration(**told: Any) -> LaunchConfiguration:
    return LaunchConfiguration(name="old", arn="arn:old", **told)


# --------------------------------------------------------------------- secrets
@pytest.mark.parametrize(
    ("secrets", "verdict"),
    [
        (ConfigurationSecrets(), Pass),
        (ConfigurationSecrets(secrets={"": (Secret("Password", 3, live=False),)}), Fail),
        (ConfigurationSecrets(unreadable=("",)), Manual),
    ],
)
def test_secrets(secrets: ConfigurationSecrets, verdict: type) -> None:
    assert isinstance(autoscaling_find_secrets_ec2_launch_configuration(configuration(), secrets), verdict)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"#!/bin/bash", "#!/bin/bash"),
        (gzip.compress(b"#!/bin/bash", mtime=0), "#!/bin/bash"),
        (b"", ""),
        (b"\xff\xfe", None),
    ],
)
def test_user_data(content: bytes, text: str | None) -> None:
    assert user_data_of(configuration(user_data=base64.b64encode(content).decode())) == {"": text}


# -------------------------------------------------------------- load balancers
BEHIND = [{"load_balancers": ("classic",)}, {"target_groups": ("arn:group",)}]


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_capacity_rebalance(behind: dict[str, Any], on: bool, verdict: type) -> None:
    judged = autoscaling_group_capacity_rebalance_enabled(group(capacity_rebalance=on, **behind))
    assert isinstance(judged, verdict)


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize(
    ("kind", "verdict"), [("ELB", Pass), ("EC2,ELB", Pass), ("EC2, ELB", Pass), ("EC2", Fail), ("VPC_LATTICE", Fail)]
)
def test_health_checks(behind: dict[str, Any], kind: str, verdict: type) -> None:
    judged = autoscaling_group_elb_health_check_enabled(group(health_check_type=kind, **behind))
    assert isinstance(judged, verdict)


@pytest.mark.parametrize(
    "check", [autoscaling_group_capacity_rebalance_enabled, autoscaling_group_elb_health_check_enabled]
)
def test_groups_without_load_balancers_are_not_judged(check: Any) -> None:
    assert check(group()) is None


# ------------------------------------------------------- launch configurations
def configured(**told: Any) -> LaunchConfigurations:
    return LaunchConfigurations({"old": configuration(**told)})


OF_CONFIGURATION = group(configuration="old")
SUBNETS = AddressingSubnets({"public": True, "private": False, "other": False})
PRIVATE = AddressingSubnets({"private": False})


@pytest.mark.parametrize(
    ("assigns", "subnet_ids", "subnets", "verdict"),
    [
        (True, "", DENIED, Fail),
        (False, "public", DENIED, Pass),
        (None, "private,other", SUBNETS, Pass),
        (None, "private, public", SUBNETS, Fail),
        (None, "private,unknown", SUBNETS, Manual),
        (None, "unknown", PRIVATE, Manual),
        (None, "public,unknown", SUBNETS, Fail),
        (None, "", SUBNETS, Manual),
        (None, "", PRIVATE, Pass),
    ],
)
def test_public_addresses(
    assigns: bool | None, subnet_ids: str, subnets: AddressingSubnets | Failure, verdict: type
) -> None:
    judged = autoscaling_group_launch_configuration_no_public_ip(
        group(configuration="old", subnet_ids=subnet_ids), configured(associate_public_ip_address=assigns), subnets
    )
    assert isinstance(judged, verdict)


def test_subnets_are_needed_where_the_configuration_does_not_say() -> None:
    with pytest.raises(GapError):
        autoscaling_group_launch_configuration_no_public_ip(OF_CONFIGURATION, configured(), DENIED)


@pytest.mark.parametrize(
    ("endpoint", "tokens", "verdict"),
    [
        ("enabled", "required", Pass),
        ("disabled", "optional", Pass),
        ("enabled", "optional", Fail),
        (None, None, Fail),
        (None, "required", Pass),
        ("enabled", "sometimes", Manual),
    ],
)
def test_metadata(endpoint: str | None, tokens: str | None, verdict: type) -> None:
    options = MetadataOptions(http_tokens=tokens, http_endpoint=endpoint)
    judged = autoscaling_group_launch_configuration_requires_imdsv2(
        OF_CONFIGURATION, configured(metadata_options=options)
    )
    assert isinstance(judged, verdict)


CHECKS: list[Any] = [
    autoscaling_group_launch_configuration_requires_imdsv2,
    lambda group, configurations: autoscaling_group_launch_configuration_no_public_ip(group, configurations, SUBNETS),
]


@pytest.mark.parametrize("check", CHECKS)
def test_configurations_of_groups(check: Any) -> None:
    assert check(group(template=Template()), DENIED) is None
    assert isinstance(check(OF_CONFIGURATION, LaunchConfigurations({})), Manual)
    with pytest.raises(GapError):
        check(OF_CONFIGURATION, DENIED)


# -------------------------------------------------------------- zones and types
@pytest.mark.parametrize(("zones", "verdict"), [(("a", "b"), Pass), (("a",), Fail), ((), Fail)])
def test_zones(zones: tuple[str, ...], verdict: type) -> None:
    assert isinstance(autoscaling_group_multiple_az(group(zones=zones)), verdict)


def mixed(*overrides: Override, template: Template | None = None) -> MixedInstances:
    return MixedInstances(MixedTemplate(template, overrides))


def running(types: Mapping[str, Sequence[str]]) -> tuple[Instance, ...]:
    return tuple(Instance(zone, each) for zone, listed in types.items() for each in listed)


@pytest.mark.parametrize(
    ("types", "verdict"),
    [
        ({"a": ["t3.micro", "m5.large"], "b": ["t3.micro", "m5.large"]}, Pass),
        ({"a": ["t3.micro", "m5.large"], "b": ["t3.micro"]}, Fail),
        ({"a": ["t3.micro", "m5.large"]}, Fail),
        ({"a": ["t3.micro", "t3.micro"], "b": ["t3.micro", "t3.micro"]}, Fail),
        ({}, Fail),
    ],
)
def test_types_that_run(types: Mapping[str, Sequence[str]], verdict: type) -> None:
    judged = autoscaling_group_multiple_instance_types(group(zones=("a", "b"), instances=running(types)))
    assert isinstance(judged, verdict)


@pytest.mark.parametrize(
    ("policy", "zones", "verdict"),
    [
        (mixed(Override("t3.micro"), Override("m5.large")), ("a", "b"), Pass),
        (mixed(Override("t3.micro"), Override("m5.large")), ("a",), Fail),
        (mixed(Override("t3.micro"), Override("t3.micro")), ("a", "b"), Fail),
        (mixed(Override(instance_requirements=Requirements())), ("a", "b"), Pass),
        (mixed(), ("a", "b"), Fail),
        (None, ("a", "b"), Fail),
    ],
)
def test_types_that_may_be_launched(policy: MixedInstances | None, zones: tuple[str, ...], verdict: type) -> None:
    """They are enough, also where no instance runs yet or those that do are alike."""
    for instances in ((), running({"a": ["t3.micro"]})):
        judged = autoscaling_group_multiple_instance_types(group(zones=zones, mixed=policy, instances=instances))
        assert isinstance(judged, verdict)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"template": Template()}, Pass),
        ({"mixed": mixed(template=Template())}, Pass),
        ({"configuration": "old"}, Fail),
        ({"configuration": "old", "mixed": mixed()}, Fail),
    ],
)
def test_templates(told: dict[str, Any], verdict: type) -> None:
    assert isinstance(autoscaling_group_using_ec2_launch_template(group(**told)), verdict)


def test_what_a_group_launches_by_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="by what Auto Scaling group workers launches"):
        autoscaling_group_using_ec2_launch_template(group())
