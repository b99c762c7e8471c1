"""Firewalls, their policies and logs, and the VPCs that they have endpoints in."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from aioprowler import Aws, Facet, Failure, Here, Resource, States, call, derive, field, listing, source
from aioprowler.judging.verdicts import told
from aioprowler.services.vpc.resources import NetworkUse, Vpc, is_judged

DELETING: Final = "DELETING"
_GONE: Final = ("ResourceNotFoundException",)


class Status(msgspec.Struct, frozen=True, rename="pascal"):
    """`PROVISIONING` whenever something is changed, `READY`, or `DELETING`; empty where AWS does not tell."""

    status: str = ""


# ------------------------------------------------------------------- firewalls
class SubnetMapping(msgspec.Struct, frozen=True, rename="pascal"):
    """A subnet with an endpoint of the firewall, each in a zone of its own
    (https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_Firewall.html).
    """

    subnet_id: str


class ZoneMapping(msgspec.Struct, frozen=True, rename="pascal"):
    """A zone in which a firewall at a transit gateway works."""

    availability_zone: str


class Settings(msgspec.Struct, frozen=True, rename="pascal"):
    """How a firewall is set up. One that is attached to a transit gateway is in no VPC of the account."""

    firewall_policy_arn: str | None = None
    vpc_id: str = ""
    transit_gateway_id: str = ""
    subnet_mappings: tuple[SubnetMapping, ...] | None = None
    availability_zone_mappings: tuple[ZoneMapping, ...] | None = None
    delete_protection: bool | None = None


class Firewall(
    Resource,
    id="name",
    owner="owner",
    type="AwsNetworkFirewallFirewall",
    group="network",
    noun="Network firewall",
    gone=_GONE,
):
    """A firewall on the way into and out of a VPC, or at a transit gateway."""

    source = listing(
        "network-firewall",
        "ListFirewalls",
        "Firewalls",
        detail=call("network-firewall", "DescribeFirewall", FirewallArn="arn"),
        states=States("state", over=[DELETING]),
    )
    name: str = field(name="FirewallName")
    arn: str = field(name="FirewallArn")
    settings: Settings = field(name="Firewall")
    status: Status = field(name="FirewallStatus", default=Status())

    @property
    def owner(self) -> str:
        """The id of the account that it belongs to."""
        return self.arn.split(":")[4]

    @property
    def state(self) -> str:
        """See Status."""
        return self.status.status

    @property
    def policy_arn(self) -> str:
        """That of its policy, which may be another account's. Raises UnreadableError where AWS did not tell."""
        return told(self.settings.firewall_policy_arn, "FirewallPolicyArn of this firewall")

    @property
    def zones(self) -> list[str]:
        """The zones in which it works, or a subnet for each of them. Raises UnreadableError where AWS did not tell."""
        if self.settings.transit_gateway_id:
            zones = told(self.settings.availability_zone_mappings, "AvailabilityZoneMappings of this firewall")
            return [each.availability_zone for each in zones]
        subnets = told(self.settings.subnet_mappings, "SubnetMappings of this firewall")
        return [each.subnet_id for each in subnets]


class RuleGroup(msgspec.Struct, frozen=True):
    """A group of rules that a policy names: that it is there is all that is read of it."""


class FirewallPolicy(Facet[Firewall]):
    """What a firewall does with packets.

    Several may have the same one. Of one that another account shared, and shares no more, AWS says that there is none.
    """

    source = call(
        "network-firewall",
        "DescribeFirewallPolicy",
        "FirewallPolicy",
        FirewallPolicyArn="policy_arn",
        absent=["ResourceNotFoundException"],
        shared=True,
    )
    default_actions: tuple[str, ...] = field(name="StatelessDefaultActions")
    fragment_actions: tuple[str, ...] = field(name="StatelessFragmentDefaultActions")
    stateless_groups: tuple[RuleGroup, ...] = field(name="StatelessRuleGroupReferences", default=())
    stateful_groups: tuple[RuleGroup, ...] = field(name="StatefulRuleGroupReferences", default=())
    """A policy may be made without groups of either kind
    (https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_FirewallPolicy.html)."""


class LogDestination(msgspec.Struct, frozen=True, rename="pascal"):
    """Where the logs of one type (`ALERT`, `FLOW`, `TLS`) go: `S3`, `CloudWatchLogs`, `KinesisDataFirehose`."""

    log_type: str = "?"
    log_destination_type: str = "?"

    def __str__(self) -> str:
        return f"{self.log_destination_type} ({self.log_type})"


class FirewallLogging(Facet[Firewall]):
    """Where a firewall logs to.

    It does not until that is set up (https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging.html).
    """

    source = call("network-firewall", "DescribeLoggingConfiguration", "LoggingConfiguration", FirewallArn="arn")
    destinations: tuple[LogDestination, ...] = field(name="LogDestinationConfigs", default=())


# ------------------------------------------------------------------------ VPCs
class FirewalledVpcs(msgspec.Struct, frozen=True):
    """The ids of the VPCs of a region that firewalls of the account were made in."""

    ids: frozenset[str]


@derive
def firewalled_vpcs(firewalls: Here[Firewall]) -> FirewalledVpcs:
    """Those of firewalls at transit gateways are AWS's."""
    return FirewalledVpcs(frozenset(each.settings.vpc_id for each in firewalls if not each.settings.transit_gateway_id))


@source("network-firewall:ListVpcEndpointAssociations", "network-firewall:DescribeVpcEndpointAssociation")
async def endpoint_associations(
    vpcs: Here[Vpc], firewalled: FirewalledVpcs, use: NetworkUse, aws: Aws, *, scan_unused_services: bool = False
) -> list[Any] | Failure:
    """Asked only where some VPC that is judged has no firewall of its own."""
    judged = {vpc.vpc_id for vpc in vpcs if vpc.is_own and is_judged(vpc, use, scan_unused_services)}
    if judged <= firewalled.ids:
        return []
    listed = await aws.items("network-firewall", "ListVpcEndpointAssociations", "VpcEndpointAssociations")
    if isinstance(listed, Failure):
        return listed
    found: list[Any] = []
    for each in listed:
        asked = {"VpcEndpointAssociationArn": each["VpcEndpointAssociationArn"]}
        reply = await aws.find("network-firewall", "DescribeVpcEndpointAssociation", _GONE, **asked)
        if isinstance(reply, Failure):
            return reply
        if reply is not None:
            found.append({**asked, **reply})
    return found


class AssociatedVpc(msgspec.Struct, frozen=True, rename="pascal"):
    """The VPC of an endpoint."""

    vpc_id: str | None = None


class EndpointAssociation(Resource, id="arn", noun="Firewall endpoint"):
    """A further endpoint of a firewall, of the account's or of one that another account shares, in another VPC
    (https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_VpcEndpointAssociation.html).
    """

    source = endpoint_associations
    arn: str = field(name="VpcEndpointAssociationArn")
    association: AssociatedVpc = field(name="VpcEndpointAssociation")
    status: Status = field(name="VpcEndpointAssociationStatus", default=Status())

    @property
    def is_there(self) -> bool:
        """Whether it is not being deleted."""
        return self.status.status != DELETING

    @property
    def vpc_id(self) -> str:
        """Raises UnreadableError where AWS did not tell."""
        return told(self.association.vpc_id, f"VpcId of firewall endpoint {self.arn}")


class AssociatedVpcs(msgspec.Struct, frozen=True):
    """The ids of the VPCs of a region that firewalls have further endpoints in."""

    ids: frozenset[str]


@derive
def associated_vpcs(associations: Here[EndpointAssociation]) -> AssociatedVpcs:
    """Whosever the firewalls are."""
    return AssociatedVpcs(frozenset(each.vpc_id for each in associations if each.is_there))
