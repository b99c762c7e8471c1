"""Load balancers of both generations, and groups of instances behind them."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import ago, tell
from benchmarks.parity_seeds.build import (
    ANYWHERE,
    ANYWHERE_6,
    OTHER_ACCOUNT,
    add_group,
    add_subnet,
    add_vpc,
    permission,
)
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

Structure = dict[str, Any]

_GOOD: Final = "ELBSecurityPolicy-TLS-1-2-2017-01"
_CERTIFICATES: Final = {"issued": "AMAZON_ISSUED", "imported": "IMPORTED", "private": "PRIVATE"}


# --- Classic Load Balancers ---


def classic(clients: Clients) -> None:
    """Create Classic Load Balancers, and have those of another region told as AWS tells them."""
    classic_in_zones(clients)
    _tell_classic(clients)


def classic_in_zones(clients: Clients) -> None:
    """Create them in one zone and in two."""
    elb = clients("elb")
    plain = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
    zones = [f"{HOME_REGION}a", f"{HOME_REGION}b"]
    for name, listeners, placed, scheme in (
        ("web", [plain], zones, "internet-facing"),
        ("inside", [plain | {"Protocol": "TCP"}], zones[:1], "internal"),
    ):
        elb.create_load_balancer(LoadBalancerName=name, Listeners=listeners, AvailabilityZones=placed, Scheme=scheme)
    for name, on, mode in (("web", True, "strictest"), ("inside", False, "monitor")):
        elb.modify_load_balancer_attributes(
            LoadBalancerName=name,
            LoadBalancerAttributes={
                "CrossZoneLoadBalancing": {"Enabled": on},
                "AccessLog": {"Enabled": on, "S3BucketName": "logs"},
                "ConnectionDraining": {"Enabled": on},
                "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": mode}],
            },
        )


def _tell_classic(clients: Clients) -> None:
    authority = f"arn:aws:acm:{SECOND_REGION}:{clients.account_id}:certificate/"
    told = {name: _described(name, listeners) for name, listeners in _listeners(authority).items()}
    certificates = [
        {
            "CertificateArn": authority + name, "DomainName": "example.com", "Status": "ISSUED", "Type": kind,
            "KeyAlgorithm": "RSA-2048", "InUse": True,
        }
        for name, kind in _CERTIFICATES.items()
    ]  # fmt: skip
    replies: Mapping[str, Any] = {
        "DescribeLoadBalancers": {"LoadBalancerDescriptions": list(told.values())},
        "DescribeLoadBalancerAttributes": {"LoadBalancerAttributes": _attributes("defensive")},
        "DescribeLoadBalancerPolicies": {"PolicyDescriptions": [_policy(*each) for each in _POLICIES.items()]},
        "DescribeTags": lambda asked: {
            "TagDescriptions": [{"LoadBalancerName": name, "Tags": []} for name in asked["LoadBalancerNames"]]
        },
    }
    for operation, reply in replies.items():
        tell(clients, "elb", operation, reply, SECOND_REGION)
    tell(clients, "acm", "ListCertificates", {"CertificateSummaryList": certificates}, SECOND_REGION)


_POLICIES: Final[Mapping[str, Mapping[str, str]]] = {
    "made-by-good": {"Reference-Security-Policy": _GOOD, "Protocol-TLSv1.2": "true"},
    "made-by-old": {"Reference-Security-Policy": "ELBSecurityPolicy-2016-08", "Protocol-TLSv1": "true"},
    "own-good": {"Protocol-TLSv1": "false", "Protocol-TLSv1.2": "true", "ECDHE-RSA-AES128-GCM-SHA256": "true"},
    "own-weak": {"Protocol-TLSv1.2": "true", "RC4-SHA": "true"},
}


def _policy(name: str, said: Mapping[str, str]) -> Structure:
    attributes = [{"AttributeName": key, "AttributeValue": value} for key, value in said.items()]
    return {
        "PolicyName": name,
        "PolicyTypeName": "SSLNegotiationPolicyType",
        "PolicyAttributeDescriptions": attributes,
    }


def _listeners(authority: str) -> Mapping[str, list[Structure]]:
    """By the name of the load balancer."""
    iam = f"arn:aws:iam::{OTHER_ACCOUNT}:server-certificate/old"
    return {
        "none": [],
        "issued": [_listener("HTTPS", authority + "issued", _GOOD)],
        "imported": [_listener("HTTPS", authority + "imported", "ELBSecurityPolicy-2016-08")],
        "private": [_listener("SSL", authority + "private", _GOOD)],
        "of-iam": [_listener("SSL", iam, "ELBSecurityPolicy-2014-01")],
        "unlisted": [_listener("HTTPS", authority + "gone", "ELBSecurityPolicy-TLS-1-1-2017-01")],
        "newer": [_listener("HTTPS", authority + "issued", "ELBSecurityPolicy-2031-01")],
        **{name: [_listener("HTTPS", authority + "issued", name)] for name in _POLICIES},
    }


def _listener(protocol: str, certificate: str, policy: str) -> Structure:
    listener = {
        "Protocol": protocol, "LoadBalancerPort": 443, "InstanceProtocol": "HTTP", "InstancePort": 80,
        "SSLCertificateId": certificate,
    }  # fmt: skip
    return {"Listener": listener, "PolicyNames": [policy]}


def _described(name: str, listeners: Iterable[Structure]) -> Structure:
    return {
        "LoadBalancerName": name,
        "DNSName": f"{name}.elb.amazonaws.com",
        "Scheme": "internal",
        "AvailabilityZones": [f"{SECOND_REGION}a", f"{SECOND_REGION}b"],
        "ListenerDescriptions": list(listeners),
    }


def _attributes(mode: str) -> Structure:
    return {
        "CrossZoneLoadBalancing": {"Enabled": True},
        "AccessLog": {"Enabled": False},
        "ConnectionDraining": {"Enabled": False, "Timeout": 300},
        "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": mode}],
    }


# --- Application, Network and Gateway Load Balancers ---

_SECURE: Final = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
_QUANTUM_SAFE: Final = "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09"


def made(clients: Clients) -> None:
    """Create load balancers in moto: what faces the internet by which groups, and what is set on them."""
    _tell_waf_classic(clients, [])
    elb = clients("elbv2")
    vpc = add_vpc(clients, "doors", "10.0.0.0/16")
    subnets = [add_subnet(clients, vpc, f"doors-{zone}", f"10.0.{n}.0/24", zone) for n, zone in enumerate("abc")]
    groups = {
        name: add_group(clients, vpc, name, *rules)
        for name, rules in {
            "everything": [permission("-1", None, ANYWHERE)],
            "every-tcp-port": [permission("tcp", (0, 65535), ANYWHERE_6)],
            "web": [permission("tcp", (443, 443), ANYWHERE)],
            "office": [permission("tcp", (443, 443), "198.51.100.0/24")],
        }.items()
    }
    kinds: list[tuple[str, str, Structure]] = [
        *((name, "application", {"SecurityGroups": [group]}) for name, group in groups.items()),
        ("connections", "network", {}),
        ("inside", "application", {"SecurityGroups": [groups["everything"]], "Scheme": "internal"}),
    ]
    for name, kind, placed in kinds:
        zones = subnets[: 1 if kind == "network" else 2]
        asked: Structure = {"Name": name, "Type": kind, "Subnets": zones, "Scheme": "internet-facing", **placed}
        arn = elb.create_load_balancer(**asked)["LoadBalancers"][0]["LoadBalancerArn"]
        attributes = [{"Key": key, "Value": value} for key, value in _SET[name].items()]
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)


_SET: Final[Mapping[str, Mapping[str, str]]] = {
    "everything": {
        "deletion_protection.enabled": "true",
        "routing.http.desync_mitigation_mode": "strictest",
        "routing.http.drop_invalid_header_fields.enabled": "true",
    },
    "every-tcp-port": {
        "routing.http.desync_mitigation_mode": "monitor",
        "routing.http.drop_invalid_header_fields.enabled": "true",
    },
    "web": {
        "routing.http.desync_mitigation_mode": "monitor",
        "routing.http.drop_invalid_header_fields.enabled": "false",
    },
    "office": {
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
    },
    "connections": {"load_balancing.cross_zone.enabled": "true"},
    "inside": {
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
    },
}


def second_generation(clients: Clients) -> None:
    """Create load balancers, and have those of another region told as AWS tells them, with web ACLs before some."""
    made(clients)
    place = f"{SECOND_REGION}:{clients.account_id}"
    arns = {name: f"arn:aws:elasticloadbalancing:{place}:loadbalancer/{kind[:3]}/{name}/1" for name, kind in _KINDS}
    listed = [_balancer(name, kind, arns[name]) for name, kind in _KINDS]

    def listeners(asked: Mapping[str, Any]) -> Structure:
        name = asked["LoadBalancerArn"].split("/")[2]
        spoken = enumerate(_SPOKEN.get(name, ()))
        return {"Listeners": [_listener_of(asked["LoadBalancerArn"], number, *each) for number, each in spoken]}

    def attributes(asked: Mapping[str, Any]) -> Structure:
        kind = asked["LoadBalancerArn"].split("/")[1]
        return {"Attributes": [{"Key": key, "Value": value} for key, value in _TOLD[kind].items()]}

    def rules(asked: Mapping[str, Any]) -> Structure:
        name = asked["ListenerArn"].split("/")[2]
        return {"Rules": [_rule(asked["ListenerArn"], *each) for each in _RULES.get(name, ())]}

    def tags(asked: Mapping[str, Any]) -> Structure:
        return {"TagDescriptions": [{"ResourceArn": arn, "Tags": []} for arn in asked["ResourceArns"]]}

    replies: Mapping[str, Any] = {
        "DescribeLoadBalancers": {"LoadBalancers": listed},
        "DescribeListeners": listeners,
        "DescribeLoadBalancerAttributes": attributes,
        "DescribeRules": rules,
        "DescribeTags": tags,
    }
    for operation, reply in replies.items():
        tell(clients, "elbv2", operation, reply, SECOND_REGION)
    acl = {"Name": "present", "Id": "present", "ARN": f"arn:aws:wafv2:{place}:regional/webacl/present/present"}
    tell(clients, "wafv2", "ListWebACLs", {"WebACLs": [acl]}, SECOND_REGION)
    tell(clients, "wafv2", "GetWebACL", {"WebACL": acl | {"Rules": []}}, SECOND_REGION)
    tell(clients, "wafv2", "ListResourcesForWebACL", {"ResourceArns": [arns["encrypted"]]}, SECOND_REGION)
    _tell_waf_classic(clients, [arns["redirected"]])


def _tell_waf_classic(clients: Clients, protected: list[str]) -> None:
    """Have WAF Classic, which moto lacks, tell of a web ACL in one region."""
    allow = {"WebACLId": "old", "Name": "old", "DefaultAction": {"Type": "ALLOW"}, "Rules": []}
    for region in REGIONS:
        acls = [{"WebACLId": "old", "Name": "old"}] if region == SECOND_REGION else []
        replies: Mapping[str, Any] = {
            "ListRules": {"Rules": []},
            "ListRuleGroups": {"RuleGroups": []},
            "ListWebACLs": {"WebACLs": acls},
            "ListResourcesForWebACL": {"ResourceArns": protected},
            "GetWebACL": {"WebACL": allow},
            "GetLoggingConfiguration": _NO_LOGGING,
        }
        for operation, reply in replies.items():
            tell(clients, "waf-regional", operation, reply, region)


_NO_LOGGING: Final = AwsError("WAFNonexistentItemException", "The item is not there.")

_KINDS: Final = (
    *((name, "application") for name in ("encrypted", "redirected", "redirected-by-rule", "answered")),
    *((name, "application") for name in ("open", "open-before", "half-open", "old", "fips", "quantum", "newer")),
    *((name, "network") for name in ("terminated", "old-terminated", "passed-on", "empty")),
    ("inspected", "gateway"),
)

_SPOKEN: Final[Mapping[str, Iterable[tuple[str, str]]]] = {
    "encrypted": [("HTTPS", _SECURE)],
    "redirected": [("HTTPS", _SECURE), ("HTTP", "")],
    **{name: [("HTTP", "")] for name in ("redirected-by-rule", "answered", "open", "open-before")},
    "half-open": [("HTTP", ""), ("HTTPS", _SECURE)],
    "old": [("HTTPS", "ELBSecurityPolicy-2016-08"), ("HTTPS", _SECURE)],
    "fips": [("HTTPS", "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04")],
    "quantum": [("HTTPS", _QUANTUM_SAFE)],
    "newer": [("HTTPS", "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2031-01")],
    "terminated": [("TLS", _QUANTUM_SAFE), ("TCP", "")],
    "old-terminated": [("TLS", "ELBSecurityPolicy-TLS-1-0-2015-04")],
    "passed-on": [("TCP", ""), ("UDP", "")],
    "inspected": [("", "")],
}
"""Protocol and policy of the listeners, by the load balancer's name."""

_FORWARD: Final = {"Type": "forward", "TargetGroupArn": "arn:target"}
_REDIRECT: Final = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}
_ANSWER: Final = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
_RULES: Final[Mapping[str, Iterable[tuple[str, str, Structure]]]] = {
    "redirected": [("default", "", _REDIRECT)],
    "redirected-by-rule": [("1", "/*", _REDIRECT), ("default", "", _FORWARD)],
    "answered": [("default", "", _ANSWER)],
    "open": [("default", "", _FORWARD)],
    "open-before": [("1", "/api/*", _FORWARD), ("default", "", _REDIRECT)],
    "half-open": [("1", "/shop/*", _REDIRECT), ("default", "", _FORWARD)],
}
"""Priority, path and action."""

_TOLD: Final[Mapping[str, Mapping[str, str]]] = {
    "app": {
        "access_logs.s3.enabled": "true",
        "deletion_protection.enabled": "false",
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
    },
    "net": {
        "access_logs.s3.enabled": "false",
        "deletion_protection.enabled": "true",
        "load_balancing.cross_zone.enabled": "false",
    },
    "gat": {"deletion_protection.enabled": "false", "load_balancing.cross_zone.enabled": "true"},
}


def _balancer(name: str, kind: str, arn: str) -> Structure:
    zones = [{"ZoneName": f"{SECOND_REGION}{zone}", "SubnetId": f"subnet-{zone}"} for zone in "ab"]
    scheme = {} if kind == "gateway" else {"Scheme": "internal", "DNSName": f"{name}.elb.amazonaws.com"}
    state = {"State": {"Code": "active"}}
    return {
        "LoadBalancerName": name,
        "LoadBalancerArn": arn,
        "Type": kind,
        "AvailabilityZones": zones,
        **scheme,
        **state,
    }


def _listener_of(balancer: str, number: int, protocol: str, policy: str) -> Structure:
    arn = f"{balancer.replace(':loadbalancer/', ':listener/')}/{number}"
    spoken: Structure = {"Protocol": protocol, "Port": 443 + number} if protocol else {}
    return {"ListenerArn": arn, "LoadBalancerArn": balancer, **spoken, **({"SslPolicy": policy} if policy else {})}


def _rule(listener: str, priority: str, path: str, action: Structure) -> Structure:
    config = {"PathPatternConfig": {"Values": [path]}}
    conditions = [{"Field": "path-pattern", "Values": [path], **config}] if path else []
    arn = f"{listener.replace(':listener/', ':listener-rule/')}/{priority}"
    is_default = priority == "default"
    return {
        "RuleArn": arn, "Priority": priority, "Conditions": conditions, "Actions": [action], "IsDefault": is_default,
    }  # fmt: skip


# --- Auto Scaling groups ---


def groups(clients: Clients) -> None:
    """Create groups and launch configurations in moto, and have those of another region told as AWS tells them."""
    scaling = clients("autoscaling")
    configurations: Mapping[str, Structure] = {
        "open": {"AssociatePublicIpAddress": True},
        "closed": {
            "AssociatePublicIpAddress": False, "UserData": _SECRETIVE,
            "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"},
        },
    }  # fmt: skip
    for name, told in configurations.items():
        scaling.create_launch_configuration(
            LaunchConfigurationName=name, ImageId="ami-12c6146b", InstanceType="t3.micro", **told
        )
    for name, zones in (("open", "ab"), ("closed", "a")):
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName=name,
            MinSize=0,
            MaxSize=0,
            AvailabilityZones=[f"{HOME_REGION}{zone}" for zone in zones],
        )
    place = f"arn:aws:autoscaling:{SECOND_REGION}:{clients.account_id}"
    listed = [_group(f"{place}:autoScalingGroup:id", name, each) for name, each in _GROUPS.items()]
    launched = [
        {
            "LaunchConfigurationName": name, "ImageId": "ami-12c6146b", "InstanceType": "t3.micro",
            "LaunchConfigurationARN": f"{place}:launchConfiguration:id:launchConfigurationName/{name}",
            **each,
        }
        for name, each in _CONFIGURATIONS.items()
    ]  # fmt: skip
    tell(clients, "autoscaling", "DescribeAutoScalingGroups", {"AutoScalingGroups": listed}, SECOND_REGION)
    tell(clients, "autoscaling", "DescribeLaunchConfigurations", {"LaunchConfigurations": launched}, SECOND_REGION)


_SECRETIVE: Final = "#!/bin/sh\nexport DB_PASSWORD='tr0ub4dor-and-3-horses'\n"


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


_CONFIGURATIONS: Final[Mapping[str, Structure]] = {
    "plain": {"UserData": _encoded(b"#!/bin/bash"), "AssociatePublicIpAddress": False},
    "off": {"MetadataOptions": {"HttpEndpoint": "disabled"}, "AssociatePublicIpAddress": False, "UserData": ""},
    "optional": {"MetadataOptions": {"HttpTokens": "optional", "HttpEndpoint": "enabled"}},
    "packed": {"UserData": _encoded(gzip.compress(_SECRETIVE.encode()))},
    "binary": {"UserData": _encoded(b"\xff\xfe\x00")},
}

_TEMPLATE: Final = {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "new", "Version": "1"}
_GROUPS: Final[Mapping[str, Structure]] = {
    "by-plain": {"LaunchConfigurationName": "plain"},
    "by-off": {"LaunchConfigurationName": "off"},
    "by-optional": {"LaunchConfigurationName": "optional", "AvailabilityZones": [f"{SECOND_REGION}a"]},
    "by-template": {"LaunchTemplate": _TEMPLATE},
    "mixed": {
        "MixedInstancesPolicy": {
            "LaunchTemplate": {
                "LaunchTemplateSpecification": _TEMPLATE,
                "Overrides": [{"InstanceType": "t3.micro"}, {"InstanceType": "m5.large"}],
            }
        }
    },
    "behind-both": {
        "LaunchTemplate": _TEMPLATE, "LoadBalancerNames": ["old"], "TargetGroupARNs": ["arn:group"],
        "HealthCheckType": "ELB", "CapacityRebalance": True,
    },
    "behind-both-and-blind": {
        "LaunchTemplate": _TEMPLATE, "LoadBalancerNames": ["old"], "TargetGroupARNs": ["arn:group"],
    },
    "behind-one": {"LaunchTemplate": _TEMPLATE, "TargetGroupARNs": ["arn:group"], "HealthCheckType": "EC2,ELB"},
    "many-types": {"LaunchTemplate": _TEMPLATE, "Instances": [(z, t) for z in "ab" for t in ("t3.micro", "m5.large")]},
    "one-type": {"LaunchTemplate": _TEMPLATE, "Instances": [("a", "t3.micro"), ("b", "t3.micro")]},
    "many-types-in-one-zone": {"LaunchTemplate": _TEMPLATE, "Instances": [("a", "t3.micro"), ("a", "m5.large")]},
    "going": {"LaunchTemplate": _TEMPLATE, "Status": "Delete in progress"},
}  # fmt: skip


def _group(place: str, name: str, told: Mapping[str, Any]) -> Structure:
    instances = [
        {
            "InstanceId": f"i-{number}", "InstanceType": kind, "AvailabilityZone": f"{SECOND_REGION}{zone}",
            "LifecycleState": "InService", "HealthStatus": "Healthy", "ProtectedFromScaleIn": False,
        }
        for number, (zone, kind) in enumerate(told.get("Instances", ()))
    ]  # fmt: skip
    return {
        "AutoScalingGroupName": name, "AutoScalingGroupARN": f"{place}:autoScalingGroupName/{name}",
        "MinSize": 0, "MaxSize": 4, "DesiredCapacity": len(instances), "DefaultCooldown": 300, "CreatedTime": ago(1),
        "AvailabilityZones": [f"{SECOND_REGION}a", f"{SECOND_REGION}b"], "HealthCheckType": "EC2", "Tags": [],
        **told, "Instances": instances,
    }  # fmt: skip


STATES = (
    State("classic_balancers", "500000007201", classic, services=("elb",)),
    State("classic_in_zones", "500000007202", classic_in_zones, services=("elb",), config={"elb_min_azs": 3}),
    State("balancers", "500000007203", second_generation, services=("elbv2",)),
    State(
        "balancers_by_config",
        "500000007204",
        made,
        services=("elbv2",),
        config={"elbv2_min_azs": 3, "elbv2_listener_pqc_tls_allowed_policies": [_SECURE]},
    ),
    State("scaling_groups", "500000007205", groups, services=("autoscaling",)),
)
