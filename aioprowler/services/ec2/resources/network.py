"""Elastic addresses, transit gateways and Client VPN endpoints."""

from __future__ import annotations

import msgspec

from aioprowler import Resource, States, Tag, field, listing


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
