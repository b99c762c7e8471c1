"""Launch templates that give instances addresses."""

from __future__ import annotations

from typing import Any

from aioprowler.demo.seed.clients import Clients
from aioprowler.demo.seed.ec2.build import IMAGE
from aioprowler.demo.seed.vpc import Network


def seed_production(clients: Clients, shop: Network) -> None:
    """Launch with a network interface that is there already, which has a private address only."""
    of_subnet = [{"Name": "subnet-id", "Values": [shop.subnets["shop-private-a"]]}]
    interface = clients("ec2").describe_network_interfaces(Filters=of_subnet)["NetworkInterfaces"][0]
    interface_template(clients, "shop-spare", {"NetworkInterfaceId": interface["NetworkInterfaceId"]})


def seed_sandbox(clients: Clients) -> None:
    """Launch with a public address."""
    interface_template(clients, "public-workers", {"AssociatePublicIpAddress": True})


def interface_template(clients: Clients, name: str, interface: dict[str, Any]) -> None:
    """Create a launch template with one network interface."""
    data = {"ImageId": IMAGE, "InstanceType": "t3.micro", "NetworkInterfaces": [{"DeviceIndex": 0, **interface}]}
    clients("ec2").create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
