"""Load balancers of both generations, and groups of instances behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT
from benchmarks.parity_seeds.states import State

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


STATES = (
    State("classic_balancers", "500000002501", classic, services=("elb",)),
    State("classic_in_zones", "500000002502", classic_in_zones, services=("elb",), config={"elb_min_azs": 3}),
)
