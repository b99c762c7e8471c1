"""Load balancers of the second generation, their listeners and rules, and the web ACLs in front of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from aioprowler import Aws, Facet, Failure, Here, Region, Resource, call, field, listing, source
from aioprowler.judging.tls_policies import DEFAULT, TlsPolicy
from aioprowler.judging.verdicts import told
from aioprowler.services.waf.resources import RegionalWebAcl
from aioprowler.services.wafv2.resources import BehindWebAcls, WebAcl, behind_web_acls

HTTPS: Final = "HTTPS"
TLS: Final = frozenset({HTTPS, "TLS"})
"""Protocols of listeners that encrypt, of Application and of Network Load Balancers."""


class Zone(msgspec.Struct, frozen=True, rename="pascal"):
    """An availability zone in which a load balancer is."""

    zone_name: str


class LoadBalancer(
    Resource,
    id="name",
    type="AwsElbv2LoadBalancer",
    group="network",
    noun="Load balancer",
    gone=["LoadBalancerNotFound"],
):
    """An Application, Network or Gateway Load Balancer."""

    source = listing("elbv2", "DescribeLoadBalancers", "LoadBalancers")
    name: str = field(name="LoadBalancerName")
    arn: str = field(name="LoadBalancerArn")
    type: str
    """`application`, `network` or `gateway`."""
    scheme: str | None = None
    """`internet-facing` or `internal`; Gateway Load Balancers have none:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html
    """
    zones: tuple[Zone, ...] = field(name="AvailabilityZones")
    security_groups: tuple[str, ...] | None = None
    """None, or none, where a Network Load Balancer was made without any; Gateway Load Balancers have none:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
    """

    @property
    def is_application(self) -> bool:
        """Whether it understands HTTP."""
        return self.type == "application"

    @property
    def is_network(self) -> bool:
        """Whether it passes on connections."""
        return self.type == "network"

    @property
    def is_gateway(self) -> bool:
        """Whether it passes on packets to appliances."""
        return self.type == "gateway"


# ------------------------------------------------------------------- listeners
class Listener(msgspec.Struct, frozen=True, rename="pascal"):
    """Where a load balancer accepts connections. That of a Gateway Load Balancer has neither protocol nor port."""

    arn: str = field(name="ListenerArn")
    protocol: str | None = None
    port: int | None = None
    policy: str = field(name="SslPolicy", default=DEFAULT)
    """What is agreed upon with clients; read only of a listener that encrypts, for which AWS chooses one where nobody
    does (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html).
    """

    @property
    def told_protocol(self) -> str:
        """Raises UnreadableError where AWS did not tell."""
        return told(self.protocol, f"Protocol of {self.arn}")


class Listeners(Facet[LoadBalancer]):
    """All listeners of a load balancer."""

    source = call("elbv2", "DescribeListeners", pages=True, LoadBalancerArn="arn")
    listeners: tuple[Listener, ...]

    def protocols(self, balancer: LoadBalancer) -> dict[str, tuple[str, Listener]]:
        """What sentences call each listener -> its protocol and itself; none of a Gateway Load Balancer. Raises
        UnreadableError where AWS did not tell the protocol.
        """
        if balancer.is_gateway:
            return {}
        return {
            f"{each.told_protocol} listener {each.port} of {balancer.label}": (each.told_protocol, each)
            for each in self.listeners
        }

    def encrypting(self, balancer: LoadBalancer) -> dict[str, Listener]:
        """What sentences call each listener that encrypts -> itself."""
        spoken = self.protocols(balancer).items()
        return {label: each for label, (protocol, each) in spoken if protocol in TLS}


class Cipher(msgspec.Struct, frozen=True, rename="pascal"):
    """One of a security policy."""

    name: str


class SslPolicy(msgspec.Struct, frozen=True, rename="pascal"):
    """What a security policy lets in."""

    name: str
    protocols: tuple[str, ...] = field(name="SslProtocols")
    ciphers: tuple[Cipher, ...]

    @property
    def lets_in(self) -> TlsPolicy:
        """As the table tells it."""
        return TlsPolicy(self.protocols, tuple(each.name for each in self.ciphers))


class SslPolicies(Facet[Region]):
    """What AWS's security policies of a region let in, the newest included."""

    source = call("elbv2", "DescribeSSLPolicies", pages=True)
    policies: tuple[SslPolicy, ...] = field(name="SslPolicies", default=())

    @property
    def by_name(self) -> dict[str, TlsPolicy]:
        """As the table of known policies has them."""
        return {each.name: each.lets_in for each in self.policies}


# ----------------------------------------------------------------------- rules
class Redirect(msgspec.Struct, frozen=True, rename="pascal"):
    """Where a client is sent instead."""

    protocol: str = "#{protocol}"
    """`HTTP`, `HTTPS`, or as it is
    (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html).
    """


class Action(msgspec.Struct, frozen=True, rename="pascal"):
    """What is done with a request."""

    type: str
    redirect: Redirect = field(name="RedirectConfig", default=Redirect())

    @property
    def encrypts(self) -> bool:
        """Whether the client is sent to HTTPS."""
        return self.type == "redirect" and self.redirect.protocol.upper() == HTTPS


class Patterns(msgspec.Struct, frozen=True, rename="pascal"):
    """What a path or host has to look like: one of these."""

    values: tuple[str, ...] = ()


class Condition(msgspec.Struct, frozen=True, rename="pascal"):
    """What requests a rule is for."""

    subject: str = field(name="Field")
    values: tuple[str, ...] = ()
    path: Patterns = field(name="PathPatternConfig", default=Patterns())
    host: Patterns = field(name="HostHeaderConfig", default=Patterns())

    @property
    def holds_always(self) -> bool:
        """Whether no request is excluded."""
        everything = {"path-pattern": {"*", "/*"}, "host-header": {"*"}}.get(self.subject, set())
        return not everything.isdisjoint((*self.values, *self.path.values, *self.host.values))


class Rule(msgspec.Struct, frozen=True, rename="pascal"):
    """What a listener does with some of its requests; the last one is for all others, and has no conditions."""

    priority: str
    """`default`, or a number; the lowest is asked first."""
    conditions: tuple[Condition, ...]
    actions: tuple[Action, ...]

    @property
    def is_for_all(self) -> bool:
        """Whether no request gets past it."""
        return all(each.holds_always for each in self.conditions)

    @property
    def encrypts(self) -> bool:
        """Whether clients are sent to HTTPS."""
        return any(each.encrypts for each in self.actions)

    @property
    def passes_nothing_on(self) -> bool:
        """Whether the load balancer answers by itself."""
        return self.encrypts or any(each.type == "fixed-response" for each in self.actions)


def redirects_all(rules: Iterable[Rule]) -> bool:
    """Whether a listener sends its requests to HTTPS, and passes none on before it does."""
    for rule in sorted(rules, key=lambda each: int(each.priority) if each.priority.isdecimal() else 1 << 32):
        if rule.is_for_all:
            return rule.encrypts
        if not rule.passes_nothing_on:
            return False
    return False


@source("elbv2:DescribeRules")
async def rules_without_tls(balancer: LoadBalancer, listeners: Listeners, aws: Aws) -> PlainRules | Failure:
    """Asked of each listener that does not encrypt."""
    found: dict[str, tuple[Rule, ...]] = {}
    arns: dict[str, str] = {}
    for label, (protocol, listener) in listeners.protocols(balancer).items():
        if not balancer.is_application or protocol == HTTPS:
            continue
        async for page in aws.pages(
            "elbv2", "DescribeRules", "Rules", absent=["ListenerNotFound"], ListenerArn=listener.arn
        ):
            if isinstance(page, Failure):
                return page
            found[label] = (*found.get(label, ()), *msgspec.convert(page, tuple[Rule, ...]))
            arns[label] = listener.arn
    return PlainRules(by_listener=found, arns=arns)


class PlainRules(Facet[LoadBalancer]):
    """What an Application Load Balancer does with requests that are not encrypted."""

    source = rules_without_tls
    by_listener: Mapping[str, tuple[Rule, ...]] = {}
    """What sentences call each listener that does not encrypt -> its rules. One that is gone since is not here."""
    arns: Mapping[str, str] = {}
    """Likewise, their ARNs."""


# ------------------------------------------------------------------ attributes
class Attribute(msgspec.Struct, frozen=True, rename="pascal"):
    """One of the many things that are set on a load balancer, as a text."""

    key: str
    value: str


class LoadBalancerAttributes(Facet[LoadBalancer]):
    """What is set on a load balancer.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
    """

    source = call("elbv2", "DescribeLoadBalancerAttributes", LoadBalancerArn="arn")
    attributes: tuple[Attribute, ...]

    def value(self, key: str) -> str | None:
        """None where AWS does not tell it."""
        return next((each.value for each in self.attributes if each.key == key), None)

    def switch(self, key: str) -> str:
        """`true` or `false`, which is the default of all that are read here."""
        return self.value(key) or "false"


# ------------------------------------------------------- logs by way of CloudWatch
ACCESS_LOGS: Final = frozenset({"ALB_ACCESS_LOGS", "NLB_ACCESS_LOGS"})
"""Logs of requests and connections, not of handshakes or health checks alone."""


@source("logs:DescribeDeliverySources", "logs:DescribeDeliveries")
async def balancers_with_delivered_logs(balancers: Here[LoadBalancer], aws: Aws) -> DeliveredLogs | Failure:
    """Asked where there is a load balancer that may have some; whether they go anywhere, where there is a source."""
    if all(each.is_gateway for each in balancers):
        return DeliveredLogs(arns=frozenset())
    sources = await aws.items("logs", "DescribeDeliverySources", "deliverySources")
    if isinstance(sources, Failure):
        return sources
    logging = {each["name"]: each["resourceArns"] for each in sources if each["logType"] in ACCESS_LOGS}
    deliveries = await aws.items("logs", "DescribeDeliveries", "deliveries") if logging else []
    if isinstance(deliveries, Failure):
        return deliveries
    return DeliveredLogs(
        arns=frozenset(arn for each in deliveries for arn in logging.get(each["deliverySourceName"], ()))
    )


class DeliveredLogs(Facet[Region]):
    """The load balancers of a region whose access logs are delivered by way of CloudWatch, which their attributes do
    not tell (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-logs.html).
    """

    source = balancers_with_delivered_logs
    arns: frozenset[str]


# -------------------------------------------------------------------- web ACLs
@source("wafv2:ListResourcesForWebACL")
async def balancers_behind_web_acls(
    balancers: Here[LoadBalancer], acls: Here[WebAcl], aws: Aws
) -> BalancersBehindWebAcls | Failure:
    """Asked of each web ACL of the region where there is a load balancer that may have one."""
    if not any(each.is_application for each in balancers):
        return BalancersBehindWebAcls(web_acls={})
    behind = await behind_web_acls("APPLICATION_LOAD_BALANCER", acls, aws)
    return behind if isinstance(behind, Failure) else BalancersBehindWebAcls(web_acls=behind.web_acls)


class BalancersBehindWebAcls(BehindWebAcls, Facet[Region]):
    """The Application Load Balancers of a region that are behind a web ACL."""

    source = balancers_behind_web_acls


@source("waf-regional:ListResourcesForWebACL")
async def balancers_behind_classic_web_acls(
    balancers: Here[LoadBalancer], behind: BalancersBehindWebAcls, acls: Here[RegionalWebAcl], aws: Aws
) -> BalancersBehindClassicWebAcls | Failure:
    """Asked of each web ACL of WAF Classic where there is a load balancer without one of the present WAF."""
    found: dict[str, str] = {}
    if all(behind.web_acl(each.arn) for each in balancers if each.is_application):
        return BalancersBehindClassicWebAcls(web_acls=found)
    for acl in acls:
        asked: dict[str, Any] = {"WebACLId": acl.web_acl_id, "ResourceType": "APPLICATION_LOAD_BALANCER"}
        reply = await aws.find("waf-regional", "ListResourcesForWebACL", RegionalWebAcl.identity.gone, **asked)
        if isinstance(reply, Failure):
            return reply
        found |= dict.fromkeys(reply["ResourceArns"] if reply else (), acl.name)
    return BalancersBehindClassicWebAcls(web_acls=found)


class BalancersBehindClassicWebAcls(BehindWebAcls, Facet[Region]):
    """The Application Load Balancers of a region that are behind a web ACL of WAF Classic, by its name."""

    source = balancers_behind_classic_web_acls
