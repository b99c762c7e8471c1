"""Instances, disks, images, firewalls and account settings of EC2."""

from __future__ import annotations

import base64
from typing import Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from aioprowler.demo.seed.ec2 import exposure, instance, misc
from aioprowler.demo.seed.ec2.build import (
    EVERYTHING,
    IMAGE,
    TOKENS_OPTIONAL,
    TOKENS_REQUIRED,
    add_firewall,
    run_instance,
    tcp,
)
from aioprowler.demo.seed.vpc import Network, named

LEAKY_SCRIPT: Final = "#!/bin/sh\nexport POOL_PASSWORD='tr0ub4dor-and-3-horses'\n/opt/rig --pool pool.example.com\n"


def seed_management(clients: Clients, audit: Network) -> None:
    """Run one hardened instance in Europe, with encryption by default."""
    encrypt_disks_by_default(clients, HOME_REGION)
    encrypt_disks_by_default(clients, SECOND_REGION)
    empty_default_group(clients, SECOND_REGION, audit)
    run_instance(clients, SECOND_REGION, "log-collector", audit.subnets["audit-private-a"], TOKENS_REQUIRED)


def seed_production(clients: Clients, networks: dict[str, Network], profile: str) -> None:
    """Run the shop: hardened servers, and a jump host that was meant to be temporary."""
    shop, europe = networks[HOME_REGION], networks[SECOND_REGION]
    encrypt_disks_by_default(clients, HOME_REGION)
    empty_default_group(clients, HOME_REGION, shop)
    web_servers(clients, shop, profile)
    jump_host(clients, shop)
    run_instance(clients, SECOND_REGION, "shop-eu-1", europe.subnets["shop-eu-private-a"], TOKENS_REQUIRED, profile)
    ledger_disk(clients)
    legacy_disk(clients)
    golden_image(clients)
    office_only_network_acl(clients, shop)
    launch_template(clients, "shop-web", TOKENS_REQUIRED)
    transit_gateway(clients, "backbone", "disable")
    unused_firewall(clients, shop)
    exposure.seed_production(clients, shop)
    instance.seed_production(clients, europe, profile)
    misc.seed_production(clients, shop)


def seed_sandbox(clients: Clients, playground: Network) -> None:
    """Run what experiments leave behind: open ports, public images, public snapshots."""
    mining_rig(clients, playground)
    windows_desktop(clients)
    public_snapshot(clients)
    public_image(clients)
    forgotten_address(clients)
    launch_template(clients, "experiments", TOKENS_OPTIONAL, LEAKY_SCRIPT)
    transit_gateway(clients, "anything-goes", "enable")
    exposure.seed_sandbox(clients, playground)
    misc.seed_sandbox(clients)


def encrypt_disks_by_default(clients: Clients, region: str) -> None:
    """Encrypt every new disk of a region."""
    clients("ec2", region).enable_ebs_encryption_by_default()


def empty_default_group(clients: Clients, region: str, network: Network) -> None:
    """Take all rules from the default security group of a VPC."""
    ec2 = clients("ec2", region)
    of_vpc = [{"Name": "vpc-id", "Values": [network.vpc_id]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    if group["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])


def web_servers(clients: Clients, shop: Network, profile: str) -> None:
    """Run web servers without public addresses that only HTTPS reaches."""
    group = add_firewall(clients, HOME_REGION, shop, "web", tcp(443))
    for name in ("shop-web-1", "shop-web-2"):
        run_instance(
            clients,
            HOME_REGION,
            name,
            shop.subnets["shop-private-a"],
            TOKENS_REQUIRED,
            profile,
            SecurityGroupIds=[group],
            UserData="#!/bin/sh\ndnf install -y nginx\n",
        )


def jump_host(clients: Clients, shop: Network) -> None:
    """Run a host that the whole world may try to log in to."""
    group = add_firewall(clients, HOME_REGION, shop, "ssh-from-anywhere", tcp(22))
    instance = run_instance(
        clients, HOME_REGION, "jump-host", shop.subnets["shop-public-a"], TOKENS_OPTIONAL, SecurityGroupIds=[group]
    )
    address = clients("ec2").allocate_address(Domain="vpc")
    clients("ec2").associate_address(AllocationId=address["AllocationId"], InstanceId=instance)


def mining_rig(clients: Clients, playground: Network) -> None:
    """Run an instance with every port open."""
    group = add_firewall(clients, HOME_REGION, playground, "all-open", EVERYTHING)
    subnet = playground.subnets["playground-public-a"]
    run_instance(
        clients, HOME_REGION, "mining-rig", subnet, TOKENS_OPTIONAL, SecurityGroupIds=[group], UserData=LEAKY_SCRIPT
    )


def windows_desktop(clients: Clients) -> None:
    """Run a desktop in Europe, in the default VPC, with remote desktop open."""
    ec2 = clients("ec2", SECOND_REGION)
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    of_vpc = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    subnet = ec2.describe_subnets(Filters=of_vpc)["Subnets"][0]["SubnetId"]
    group = add_firewall(clients, SECOND_REGION, Network(vpc["VpcId"], {}), "rdp-from-anywhere", tcp(3389))
    run_instance(clients, SECOND_REGION, "windows-desktop", subnet, TOKENS_OPTIONAL, SecurityGroupIds=[group])


def unused_firewall(clients: Clients, shop: Network) -> None:
    """Create a security group that protects nothing."""
    add_firewall(clients, HOME_REGION, shop, "left-over", tcp(8080))


def ledger_disk(clients: Clients) -> None:
    """Create an encrypted disk with a snapshot."""
    ec2 = clients("ec2")
    disk = ec2.create_volume(
        AvailabilityZone=f"{HOME_REGION}a", Size=100, Encrypted=True, TagSpecifications=named("volume", "ledger")
    )
    ec2.create_snapshot(VolumeId=disk["VolumeId"], Description="ledger, nightly")


def legacy_disk(clients: Clients) -> None:
    """Create a disk in Europe without encryption and without a snapshot."""
    clients("ec2", SECOND_REGION).create_volume(
        AvailabilityZone=f"{SECOND_REGION}a", Size=20, Encrypted=False, TagSpecifications=named("volume", "legacy")
    )


def public_snapshot(clients: Clients) -> None:
    """Share an unencrypted snapshot with every AWS customer."""
    ec2 = clients("ec2")
    disk = ec2.create_volume(AvailabilityZone=f"{HOME_REGION}a", Size=10, Encrypted=False)
    snapshot = ec2.create_snapshot(VolumeId=disk["VolumeId"], Description="for the forum")["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )


def golden_image(clients: Clients) -> None:
    """Create an image that stays in the account."""
    create_image(clients, "shop-web-golden")


def public_image(clients: Clients) -> None:
    """Create an image and give it to every AWS customer."""
    image = create_image(clients, "my-first-image")
    clients("ec2").modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})


def create_image(clients: Clients, name: str) -> str:
    """Create an image of the account's first instance and return its id."""
    ec2 = clients("ec2")
    instance = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    return str(ec2.create_image(InstanceId=instance, Name=name)["ImageId"])


def forgotten_address(clients: Clients) -> None:
    """Reserve an address and use it for nothing."""
    clients("ec2").allocate_address(Domain="vpc")


def office_only_network_acl(clients: Clients, shop: Network) -> None:
    """Create a network ACL that lets SSH in from the office only; the default ones let in everything."""
    ec2 = clients("ec2")
    acl = ec2.create_network_acl(VpcId=shop.vpc_id)["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(
        NetworkAclId=acl,
        RuleNumber=100,
        Protocol="6",
        RuleAction="allow",
        Egress=False,
        CidrBlock="203.0.113.0/24",
        PortRange={"From": 22, "To": 22},
    )


def launch_template(clients: Clients, name: str, metadata: dict[str, str], script: str = "#!/bin/sh\n") -> None:
    """Create a launch template with metadata options and a script."""
    user_data = base64.b64encode(script.encode()).decode()
    data = {"ImageId": IMAGE, "InstanceType": "t3.micro", "MetadataOptions": metadata, "UserData": user_data}
    clients("ec2").create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)


def transit_gateway(clients: Clients, name: str, auto_accept: str) -> None:
    """Create a transit gateway that accepts attachments by itself, or does not."""
    clients("ec2").create_transit_gateway(Description=name, Options={"AutoAcceptSharedAttachments": auto_accept})
