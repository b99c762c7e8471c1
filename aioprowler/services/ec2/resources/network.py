"""Elastic addresses, transit gateways and Client VPN endpoints."""

from __future__ import annotations

from typing import Final

import msgspec

from aioprowler import Account, Aws, Facet, Failure, Names, Resource, States, Tag, field, listing, source


class ElasticIp(
    Resource,
    id="public_ip",
    arn="arn:{partition}:ec2:{region}:{account_id}:eip-allocation/{allocation_id}",
    type="AwsEc2Eip",
    group="network",
    noun="Elastic IP address",
):
    """A public address that stays the account's own; in Wavelength zones a carrier's address stands for it."""

    source = listing("ec2", "DescribeAddresses", "Addresses")
    public_ip: str = ""
    """Nothing for carrier addresses of Wavelength zones."""
    allocation_id: str
    association_id: str | None = None
    tags: tuple[Tag, ...] = ()


_REGIONAL: Final = (
    ("ec2", "DescribeAddresses", "Addresses[].PublicIp"),
    ("ec2", "DescribeNetworkInterfaces", "NetworkInterfaces[].Association.PublicIp"),
    ("lightsail", "GetInstances", "instances[].publicIpAddress"),
    ("lightsail", "GetStaticIps", "staticIps[].ipAddress"),
)
_GLOBAL: Final = (
    ("globalaccelerator", "ListAccelerators", "Accelerators[].IpSets[].IpAddresses[]"),
    ("globalaccelerator", "ListCustomRoutingAccelerators", "Accelerators[].IpSets[].IpAddresses[]"),
)
"""Service, operation, and where its reply has addresses. Those that are no Elastic IP addresses are an interface's
while it is there (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html). Of what runs in
Lightsail, or stands before accelerators, EC2 does not tell the account.
"""

_NONE_YET: Final = ("AccountSetupInProgressException", "RegionSetupInProgressException")
"""Codes of Lightsail, by its model, where it is being set up: there is nothing yet."""


@source(*(f"{service}:{operation}" for service, operation, _ in (*_REGIONAL, *_GLOBAL)))
async def list_addresses(account: Account, aws: Aws) -> PublicAddresses:
    """Of a region that could not be asked the others tell all the same."""
    names: set[str] = set()
    gap = account.untold
    asked = [(aws.at(region), each) for region in account.every_region for each in _REGIONAL]
    for place, (service, operation, path) in [*asked, *((aws, each) for each in _GLOBAL)]:
        async for page in place.pages(service, operation, path, absent=_NONE_YET):
            if not isinstance(page, Failure):
                names.update(page)
            elif page.is_gap:
                gap = gap or page
    return PublicAddresses(names=frozenset(names), gap=gap)


class PublicAddresses(Names, Facet[Account]):
    """The account's public IPv4 addresses in all regions, scanned or not."""

    source = list_addresses


class TransitGatewayOptions(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether VPCs of other accounts are attached without being asked about."""

    auto_accept_shared_attachments: str
    """`enable` or `disable`."""


class TransitGateway(
    Resource,
    id="transit_gateway_id",
    type="AwsEc2TransitGateway",
    group="network",
    noun="Transit gateway",
    owner="owner_id",
):
    """A hub between VPCs and other networks. AWS lists those that other accounts share as well."""

    source = listing(
        "ec2",
        "DescribeTransitGateways",
        "TransitGateways",
        states=States("state", over=["deleting", "deleted"], not_yet=["pending"]),
    )
    transit_gateway_id: str
    owner_id: str = ""
    state: str = ""
    arn: str = field(name="TransitGatewayArn")
    options: TransitGatewayOptions
    tags: tuple[Tag, ...] = ()


class ConnectionLogOptions(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether a Client VPN endpoint logs who connects."""

    enabled: bool


class ClientVpnStatus(msgspec.Struct, frozen=True, rename="pascal"):
    """How far a Client VPN endpoint is; as long as it has no network, nobody can dial in.

    https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/cvpn-working-endpoints.html
    """

    code: str = ""


class ClientVpnEndpoint(
    Resource,
    id="client_vpn_endpoint_id",
    arn="arn:{partition}:ec2:{region}:{account_id}:client-vpn-endpoint/{client_vpn_endpoint_id}",
    type="AwsEc2ClientVpnEndpoint",
    group="network",
    noun="Client VPN endpoint",
):
    """Where people's machines dial into a VPC."""

    source = listing(
        "ec2",
        "DescribeClientVpnEndpoints",
        "ClientVpnEndpoints",
        states=States("state", over=["deleting", "deleted"], not_yet=["pending", "pending-associate"]),
    )
    client_vpn_endpoint_id: str
    status: ClientVpnStatus = ClientVpnStatus()
    connection_log_options: ConnectionLogOptions
    tags: tuple[Tag, ...] = ()

    @property
    def state(self) -> str:
        """Empty where AWS does not tell."""
        return self.status.code
