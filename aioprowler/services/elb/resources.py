"""Classic Load Balancers, what is set on them, and what their listeners agree to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from aioprowler import Facet, Here, Resource, call, derive, field, listing
from aioprowler.judging.tls_policies import DEFAULT, POLICIES, TlsPolicy
from aioprowler.judging.verdicts import told
from aioprowler.services.acm.resources import Certificate

TLS: Final = frozenset({"HTTPS", "SSL"})
"""Protocols of listeners that encrypt
(https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-listener-config.html)."""


class Listener(msgspec.Struct, frozen=True, rename="pascal"):
    """Where a load balancer accepts connections."""

    protocol: str
    """`HTTP`, `HTTPS`, `TCP` or `SSL`."""
    load_balancer_port: int
    certificate: str | None = field(name="SSLCertificateId", default=None)
    """The ARN of its certificate, of ACM or of IAM; only listeners that encrypt have one."""


class ListenerDescription(msgspec.Struct, frozen=True, rename="pascal"):
    """A listener, and the names of the policies that hold for it."""

    listener: Listener
    policy_names: tuple[str, ...] = ()

    @property
    def encrypts(self) -> bool:
        """Whether clients speak TLS with it."""
        return self.listener.protocol.upper() in TLS


class ClassicLoadBalancer(
    Resource,
    id="name",
    arn="arn:{partition}:elasticloadbalancing:{region}:{account_id}:loadbalancer/{name}",
    type="AwsElbLoadBalancer",
    group="network",
    noun="Classic Load Balancer",
    gone=["LoadBalancerNotFound"],
):
    """A load balancer of the first generation."""

    source = listing("elb", "DescribeLoadBalancers", "LoadBalancerDescriptions")
    name: str = field(name="LoadBalancerName")
    scheme: str
    """`internet-facing` or `internal`."""
    zones: tuple[str, ...] = field(name="AvailabilityZones")
    listeners: tuple[ListenerDescription, ...] = field(name="ListenerDescriptions")

    @property
    def tls_listeners(self) -> dict[str, ListenerDescription]:
        """Those that encrypt, by what sentences call them."""
        described = ((f"Listener {each.listener.load_balancer_port} of {self.label}", each) for each in self.listeners)
        return {label: each for label, each in described if each.encrypts}


# ------------------------------------------------------------------ attributes
class Switch(msgspec.Struct, frozen=True, rename="pascal"):
    """Something that is on or off."""

    enabled: bool


class Attribute(msgspec.Struct, frozen=True, rename="pascal"):
    """One that has no member of its own."""

    key: str
    value: str


class ClassicLoadBalancerAttributes(Facet[ClassicLoadBalancer]):
    """What is set on a load balancer. AWS tells all of it
    (https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_LoadBalancerAttributes.html).
    """

    source = call("elb", "DescribeLoadBalancerAttributes", "LoadBalancerAttributes", LoadBalancerName="name")
    access_log: Switch
    connection_draining: Switch
    cross_zone: Switch = field(name="CrossZoneLoadBalancing")
    additional: tuple[Attribute, ...] = field(name="AdditionalAttributes")

    @property
    def desync_mitigation_mode(self) -> str:
        """`monitor`, `defensive` or `strictest`. Raises UnreadableError where AWS did not tell."""
        key = "elb.http.desyncmitigationmode"
        return told(next((each.value for each in self.additional if each.key == key), None), key)


# ------------------------------------------------------------ security policies
class PolicyAttribute(msgspec.Struct, frozen=True, rename="pascal"):
    """What a policy says: `Protocol-TLSv1.2` is `true`."""

    attribute_name: str
    attribute_value: str


class ListenerPolicy(msgspec.Struct, frozen=True, rename="pascal"):
    """A policy that somebody gave a name: of what is negotiated with clients, or of something else."""

    policy_name: str
    policy_type_name: str
    attributes: tuple[PolicyAttribute, ...] = field(name="PolicyAttributeDescriptions")

    @property
    def is_of_tls(self) -> bool:
        """Others tell which clients stay with an instance, and the like."""
        return self.policy_type_name == "SSLNegotiationPolicyType"

    @property
    def reference(self) -> str:
        """The one of AWS's that it was made by; empty where somebody chose protocols and ciphers."""
        named = (each.attribute_value for each in self.attributes if each.attribute_name == "Reference-Security-Policy")
        return next(named, "")

    @property
    def offered(self) -> TlsPolicy | None:
        """What it lets in; None where it is made by one of AWS's that is newer than the table."""
        if self.reference:
            return POLICIES.get(self.reference)
        on = [each.attribute_name for each in self.attributes if each.attribute_value == "true"]
        ciphers = (name for name in on if not name.startswith(("Protocol-", "Server-")))
        return TlsPolicy(
            tuple(name.removeprefix("Protocol-") for name in on if name.startswith("Protocol-")), tuple(ciphers)
        )


def has_named_policies(balancer: ClassicLoadBalancer) -> bool:
    """Whether a listener that encrypts has a policy by another name than AWS's, which tell enough."""
    return any(name not in POLICIES for each in balancer.tls_listeners.values() for name in each.policy_names)


class ClassicLoadBalancerPolicies(Facet[ClassicLoadBalancer]):
    """The policies of a load balancer, where names do not tell what they say."""

    source = call("elb", "DescribeLoadBalancerPolicies", LoadBalancerName="name", when=has_named_policies)
    policies: tuple[ListenerPolicy, ...] = field(name="PolicyDescriptions")


def negotiated(
    listener: ListenerDescription, policies: ClassicLoadBalancerPolicies | None
) -> Mapping[str, TlsPolicy | None]:
    """The security policies of a listener that encrypts, by what they are called; None of what is not known. One that
    was made without any has AWS's default
    (https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-security-policy-table.html).
    """
    named = {each.policy_name: each for each in policies.policies} if policies else {}
    found: dict[str, TlsPolicy | None] = {}
    for name in listener.policy_names:
        policy = named.get(name)
        if name in POLICIES or policy is None:
            found[name] = POLICIES.get(name)
        elif policy.is_of_tls:
            found[policy.reference or name] = policy.offered
    return found or {DEFAULT: POLICIES[DEFAULT]}


# ---------------------------------------------------------------- certificates
class AcmCertificates(msgspec.Struct, frozen=True):
    """The certificates that ACM has in a region."""

    types: Mapping[str, str]
    """ARN -> `AMAZON_ISSUED`, `PRIVATE` or `IMPORTED`."""


@derive
def acm_certificates(certificates: Here[Certificate]) -> AcmCertificates:
    """By their ARNs, as listeners name them."""
    return AcmCertificates({each.arn: each.type for each in certificates})
