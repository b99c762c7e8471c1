"""Instances at either end: one that follows all advice and one that follows none."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import SECOND_REGION, Clients
from aioprowler.demo.seed.ec2.build import IMAGE, TOKENS_OPTIONAL, TOKENS_REQUIRED
from aioprowler.demo.seed.vpc import Network, named

_ONE: Final = {"InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}


def seed_production(clients: Clients, europe: Network, profile: str) -> None:
    """Run a batch worker, which is stopped at the moment, and an old router."""
    subnet = europe.subnets["shop-eu-private-a"]
    batch_worker(clients, subnet)
    old_router(clients, subnet, profile)


def batch_worker(clients: Clients, subnet: str) -> None:
    """Run an instance of a modern image, monitored in detail, and stop it."""
    ec2 = clients("ec2", SECOND_REGION)
    image = ec2.register_image(Name="batch", VirtualizationType="hvm", RootDeviceName="/dev/xvda")["ImageId"]
    worker = run(
        ec2,
        "batch-worker",
        ImageId=image,
        SubnetId=subnet,
        Monitoring={"Enabled": True},
        MetadataOptions=TOKENS_REQUIRED,
    )
    ec2.stop_instances(InstanceIds=[worker])


def old_router(clients: Clients, subnet: str, profile: str) -> None:
    """Run a paravirtual instance with two network interfaces, a public address and a role."""
    interfaces = [
        {"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": True},
        {"DeviceIndex": 1, "SubnetId": subnet},
    ]
    run(
        clients("ec2", SECOND_REGION),
        "old-router",
        ImageId=IMAGE,
        NetworkInterfaces=interfaces,
        IamInstanceProfile={"Name": profile},
        MetadataOptions=TOKENS_OPTIONAL,
    )


def run(ec2: Any, name: str, **arguments: Any) -> str:
    """Run one instance and return its id."""
    reply = ec2.run_instances(**_ONE, TagSpecifications=named("instance", name), **arguments)
    return str(reply["Instances"][0]["InstanceId"])
