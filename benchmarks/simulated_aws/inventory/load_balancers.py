"""Load balancers of both generations, and groups of instances behind them."""

from __future__ import annotations

from typing import Final

from benchmarks.simulated_aws.errors import AwsError
from benchmarks.simulated_aws.inventory.world import Json, Params, World, number_in
from benchmarks.simulated_aws.rendering import ACCOUNT

_KINDS: Final = ("application", "application", "network")


# --- Application and Network Load Balancers ---
def _arn(world: World, number: int, kind: str = "loadbalancer") -> str:
    return world.arn("elasticloadbalancing", f"{kind}/{_KINDS[number % 3][:3]}/balancer-{number}/id-{number}")


def _balancer(world: World, number: int) -> Json:
    kind = _KINDS[number % 3]
    zones = range(1 if world.bad("balancer zones", number) else 2)
    return {
        "LoadBalancerArn": _arn(world, number),
        "LoadBalancerName": f"balancer-{number}",
        "DNSName": f"balancer-{number}.elb.amazonaws.com",
        "CreatedTime": world.ago(100),
        "Scheme": "internet-facing" if number % 2 else "internal",
        "VpcId": world.id("vpc", 0),
        "State": {"Code": "active"},
        "Type": kind,
        "AvailabilityZones": [{"ZoneName": world.zone(zone), "SubnetId": world.id("subnet", zone)} for zone in zones],
        "SecurityGroups": [world.id("sg", number % max(1, world.size("ec2:security_group")))],
        "IpAddressType": "ipv4",
    }


def _describe_load_balancers(world: World, _: Params) -> Json:
    return {"LoadBalancers": [_balancer(world, number) for number in world.each("elbv2:load_balancer")]}


def _number(world: World, params: Params) -> int:
    """Raises AwsError."""
    number = number_in(params.get("LoadBalancerArn"))
    if number not in world.each("elbv2:load_balancer"):
        raise AwsError("LoadBalancerNotFound", "One or more load balancers not found", 400)
    return number


def _describe_listeners(world: World, params: Params) -> Json:
    """Of each load balancer; every other one encrypts."""
    balancer = _number(world, params)
    return {"Listeners": [_listener(world, balancer, each) for each in world.each("elbv2:listener")]}


def _listener(world: World, balancer: int, number: int) -> Json:
    plain, encrypted = ("TCP", "TLS") if _KINDS[balancer % 3] == "network" else ("HTTP", "HTTPS")
    listener: Json = {
        "ListenerArn": f"{_arn(world, balancer, 'listener')}/listener-{number}",
        "LoadBalancerArn": _arn(world, balancer),
        "Port": 443 + number,
        "Protocol": plain if number % 2 else encrypted,
        "DefaultActions": [_redirect(world, number)],
    }
    old = world.bad("listener policy", balancer + number)
    policy = "ELBSecurityPolicy-2016-08" if old else "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    return listener if number % 2 else listener | {"SslPolicy": policy}


def _redirect(world: World, number: int) -> Json:
    if world.bad("redirect", number):
        return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    return {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}


def _describe_rules(world: World, params: Params) -> Json:
    """A rule for a path, and that for all others."""
    arn = str(params.get("ListenerArn"))
    number = number_in(arn)
    if number not in world.each("elbv2:listener"):
        raise AwsError("ListenerNotFound", "One or more listeners not found", 400)
    rule = {"RuleArn": arn.replace(":listener/", ":listener-rule/"), "Actions": [_redirect(world, number)]}
    path = {"Field": "path-pattern", "Values": ["/shop/*"], "PathPatternConfig": {"Values": ["/shop/*"]}}
    first = rule | {"Priority": "1", "Conditions": [path], "IsDefault": False}
    return {"Rules": [first, rule | {"Priority": "default", "Conditions": [], "IsDefault": True}]}


def _describe_attributes(world: World, params: Params) -> Json:
    number = _number(world, params)
    attributes = {
        "access_logs.s3.enabled": not world.bad("balancer logs", number),
        "deletion_protection.enabled": not world.bad("balancer deletion", number),
        "load_balancing.cross_zone.enabled": not world.bad("balancer cross zone", number),
        "routing.http.drop_invalid_header_fields.enabled": not world.bad("balancer headers", number),
    }
    told = [{"Key": key, "Value": str(value).lower()} for key, value in attributes.items()]
    mode = "monitor" if world.bad("balancer desync", number) else "defensive"
    return {"Attributes": [*told, {"Key": "routing.http.desync_mitigation_mode", "Value": mode}]}


ELBV2: Final = {
    "DescribeListeners": _describe_listeners,
    "DescribeLoadBalancerAttributes": _describe_attributes,
    "DescribeLoadBalancers": _describe_load_balancers,
    "DescribeRules": _describe_rules,
}


# --- Classic Load Balancers ---
def _classic(world: World, number: int) -> Json:
    policy = "ELBSecurityPolicy-2016-08" if world.bad("classic policy", number) else "ELBSecurityPolicy-TLS-1-2-2017-01"
    listener = {
        "Protocol": "HTTPS",
        "LoadBalancerPort": 443,
        "InstanceProtocol": "HTTP",
        "InstancePort": 80,
        "SSLCertificateId": f"arn:aws:iam::{ACCOUNT}:server-certificate/certificate-{number}",
    }
    return {
        "LoadBalancerName": f"classic-{number}",
        "DNSName": f"classic-{number}.elb.amazonaws.com",
        "ListenerDescriptions": [{"Listener": listener, "PolicyNames": [policy]}],
        "AvailabilityZones": [world.zone(zone) for zone in range(1 if world.bad("classic zones", number) else 2)],
        "Scheme": "internal" if number % 2 else "internet-facing",
        "CreatedTime": world.ago(2000),
    }


def _describe_classic(world: World, _: Params) -> Json:
    return {"LoadBalancerDescriptions": [_classic(world, number) for number in world.each("elb:load_balancer")]}


def _describe_classic_attributes(world: World, params: Params) -> Json:
    number = number_in(params.get("LoadBalancerName"))
    if number not in world.each("elb:load_balancer"):
        raise AwsError("LoadBalancerNotFound", "There is no ACTIVE Load Balancer of that name", 400)
    mode = "monitor" if world.bad("classic desync", number) else "defensive"
    attributes = {
        "AccessLog": {"Enabled": not world.bad("classic logs", number)},
        "ConnectionDraining": {"Enabled": not world.bad("classic draining", number), "Timeout": 300},
        "CrossZoneLoadBalancing": {"Enabled": not world.bad("classic cross zone", number)},
        "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": mode}],
    }
    return {"LoadBalancerAttributes": attributes}


ELB: Final = {
    "DescribeLoadBalancerAttributes": _describe_classic_attributes,
    "DescribeLoadBalancers": _describe_classic,
}


# --- Auto Scaling groups ---
def _group(world: World, number: int) -> Json:
    """Every third one launches by a configuration, the others by a template."""
    kinds = ["t3.micro"] if world.bad("group types", number) else ["t3.micro", "m5.large"]
    zones = [world.zone(zone) for zone in range(1 if world.bad("group zones", number) else 2)]
    instances = [
        {
            "InstanceId": world.id("i", 2 * number + each),
            "InstanceType": kind,
            "AvailabilityZone": zone,
            "LifecycleState": "InService",
            "HealthStatus": "Healthy",
            "ProtectedFromScaleIn": False,
        }
        for zone in zones
        for each, kind in enumerate(kinds)
    ]
    template = {"LaunchTemplateId": world.id("lt", 0), "LaunchTemplateName": "template-0", "Version": "1"}
    launched: Json = {"LaunchTemplate": template} if number % 3 else {"LaunchConfigurationName": "configuration-0"}
    return launched | {
        "AutoScalingGroupName": f"group-{number}",
        "AutoScalingGroupARN": world.arn("autoscaling", f"autoScalingGroup:id:autoScalingGroupName/group-{number}"),
        "MinSize": 1,
        "MaxSize": 10,
        "DesiredCapacity": len(instances),
        "DefaultCooldown": 300,
        "AvailabilityZones": zones,
        "VPCZoneIdentifier": world.id("subnet", 1),
        "TargetGroupARNs": [world.arn("elasticloadbalancing", f"targetgroup/group-{number}/0")],
        "HealthCheckType": "EC2" if world.bad("group health", number) else "ELB",
        "CapacityRebalance": not world.bad("group rebalance", number),
        "CreatedTime": world.ago(100),
        "Instances": instances,
        "Tags": [],
    }


def _describe_groups(world: World, _: Params) -> Json:
    return {"AutoScalingGroups": [_group(world, number) for number in world.each("autoscaling:group")]}


def _describe_configurations(world: World, _: Params) -> Json:
    configurations = [
        {
            "LaunchConfigurationName": f"configuration-{number}",
            "LaunchConfigurationARN": world.arn("autoscaling", f"launchConfiguration:id:configuration-{number}"),
            "ImageId": world.id("ami", 0),
            "InstanceType": "t3.micro",
            "UserData": "IyEvYmluL2Jhc2gK",
            "AssociatePublicIpAddress": world.bad("configuration address", number),
            "MetadataOptions": {"HttpTokens": "optional" if world.bad("configuration tokens", number) else "required"},
            "CreatedTime": world.ago(1000),
        }
        for number in world.each("autoscaling:launch_configuration")
    ]
    return {"LaunchConfigurations": configurations}


AUTOSCALING: Final = {
    "DescribeAutoScalingGroups": _describe_groups,
    "DescribeLaunchConfigurations": _describe_configurations,
}
