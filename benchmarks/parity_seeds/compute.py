"""EC2: instances of every age, exposure and setting, their disks, images, snapshots, templates and addresses."""

from __future__ import annotations

import base64
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import ago, backend, now, tell
from benchmarks.parity_seeds.build import (
    ANYWHERE,
    ANYWHERE_6,
    OTHER_ACCOUNT,
    add_group,
    add_subnet,
    add_vpc,
    document,
    open_to_internet,
    permission,
    protections,
    tags,
)

_IMAGE: Final = "ami-0abcdef1234567890"
_EXPOSURES: Final = {
    "ssh": [permission("tcp", (22, 22), ANYWHERE)],
    "rdp-6": [permission("tcp", (3389, 3389), ANYWHERE_6)],
    "ftp-to-smtp": [permission("tcp", (20, 25), ANYWHERE)],
    "everything": [permission("-1", None, ANYWHERE)],
    "every-tcp-port": [permission("tcp", (0, 65535), ANYWHERE)],
    "udp": [permission("udp", (0, 65535), ANYWHERE)],
    "office-ssh": [permission("tcp", (22, 22), "203.0.113.7/32")],
    "databases": [
        permission("tcp", (port, port), ANYWHERE)
        for port in (1433, 1521, 3306, 5432, 6379, 9092, 9200, 11211, 27017, 7000, 7199, 389, 636, 88, 445, 23, 135)
    ],
    "near-misses": [
        permission("tcp", (port, port), ANYWHERE)
        for port in (19, 24, 87, 138, 388, 444, 635, 1432, 1435, 1520, 1527, 2482, 3305, 5433, 6378, 9091, 9201, 27019)
    ],
    "nothing": [],
}


def seed(clients: Clients) -> None:
    """Fill one account."""
    subnets = networks(clients)
    private = subnets["private"]
    exposed_instances(clients, subnets)
    ages(clients, private)
    settings(clients, private)
    enclaves(clients, subnets)
    outdated_images(clients, private)
    user_data(clients, private)
    volumes(clients)
    snapshots(clients)
    images(clients)
    launch_templates(clients)
    addresses(clients, private)
    transit_gateways(clients)
    client_vpns(clients)
    managed_instances(clients)
    region_settings(clients)


def networks(clients: Clients) -> dict[str, str]:
    """Create subnets of one VPC: routed to the internet, with public addresses only, and with neither."""
    vpc_id = add_vpc(clients, "compute", "10.0.0.0/16")
    subnets = {
        name: add_subnet(clients, vpc_id, f"compute-{name}", f"10.0.{number * 16}.0/20")
        for number, name in enumerate(("public", "addressed", "private"))
    }
    for name in ("public", "addressed"):
        clients("ec2").modify_subnet_attribute(SubnetId=subnets[name], MapPublicIpOnLaunch={"Value": True})
    open_to_internet(clients, vpc_id, subnets["public"])
    return subnets


def run(clients: Clients, name: str, subnet: str, region: str = HOME_REGION, **arguments: Any) -> str:
    """Run an instance and return its id."""
    given = {"ImageId": _IMAGE, "InstanceType": "t3.micro", "SubnetId": subnet, **arguments}
    reply = clients("ec2", region).run_instances(
        MinCount=1, MaxCount=1, TagSpecifications=tags("instance", name), **given
    )
    return str(reply["Instances"][0]["InstanceId"])


def exposed_instances(clients: Clients, subnets: dict[str, str]) -> None:
    """Run an instance behind each set of rules: on the internet, with half of what that takes, and hidden."""
    vpc_id = clients("ec2").describe_subnets(SubnetIds=[subnets["public"]])["Subnets"][0]["VpcId"]
    closed = add_group(clients, vpc_id, "closed")
    for name, rules in _EXPOSURES.items():
        group = add_group(clients, vpc_id, name, *rules)
        for placement, subnet in subnets.items():
            run(clients, f"{name}-{placement}", subnet, SecurityGroupIds=[closed, group])


def ages(clients: Clients, subnet: str) -> None:
    """Run instances that started or stopped at, before and after the limits of 180 and of 30 days."""
    instances = backend(clients, "ec2")
    for days in (0, 179, 180, 180.9, 181, 400):
        started = instances.get_instance(run(clients, f"started-{days}-days-ago", subnet))
        started.launch_time = ago(days)
    for days in (0, 29, 30, 30.9, 31, 200):
        made = run(clients, f"stopped-{days}-days-ago", subnet)
        clients("ec2").stop_instances(InstanceIds=[made])
        stopped = instances.get_instance(made)
        stopped.launch_time = ago(days + 1)
        stopped._reason = f"User initiated ({ago(days):%Y-%m-%d %H:%M:%S} GMT)"
    clients("ec2").stop_instances(InstanceIds=[run(clients, "stopped-now", subnet)])
    clients("ec2").terminate_instances(InstanceIds=[run(clients, "terminated", subnet)])


def settings(clients: Clients, subnet: str) -> None:
    """Run instances with each setting on and off."""
    for tokens in ("required", "optional"):
        for endpoint in ("enabled", "disabled"):
            options = {"HttpTokens": tokens, "HttpEndpoint": endpoint}
            run(clients, f"metadata-{endpoint}-tokens-{tokens}", subnet, MetadataOptions=options)
    for enabled in (True, False):
        run(clients, f"monitoring-{enabled}", subnet, Monitoring={"Enabled": enabled})
    iam = clients("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="server", AssumeRolePolicyDocument=document(trust))
    iam.create_instance_profile(InstanceProfileName="server")
    iam.add_role_to_instance_profile(InstanceProfileName="server", RoleName="server")
    run(clients, "with-profile", subnet, IamInstanceProfile={"Name": "server"})
    run(clients, "in-europe", _default_subnet(clients, SECOND_REGION), SECOND_REGION)
    second = clients("ec2").create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    two = run(clients, "two-interfaces", subnet)
    clients("ec2").attach_network_interface(NetworkInterfaceId=second, InstanceId=two, DeviceIndex=1)


_ENCLAVE_RULES: Final = {
    "port-5000": [permission("tcp", (5000, 5000), ANYWHERE)],
    "port-8090-6": [permission("tcp", (8090, 8090), ANYWHERE_6)],
    "port-8091": [permission("tcp", (8091, 8091), ANYWHERE)],
    "https": [permission("tcp", (443, 443), ANYWHERE)],
    "range": [permission("tcp", (7000, 7999), ANYWHERE)],
    "everything": [permission("-1", None, ANYWHERE)],
    "udp": [permission("udp", (5000, 5000), ANYWHERE)],
    "office": [permission("tcp", (5000, 5000), "203.0.113.7/32")],
    "nothing": [],
}


def enclaves(clients: Clients, subnets: dict[str, str]) -> None:
    """Run hosts of enclaves behind each set of rules, with and without a public address, and stopped."""
    ec2 = clients("ec2")
    vpc_id = ec2.describe_subnets(SubnetIds=[subnets["public"]])["Subnets"][0]["VpcId"]
    hosts = []
    for name, rules in _ENCLAVE_RULES.items():
        group = add_group(clients, vpc_id, f"enclave-{name}", *rules)
        hosts.append(run(clients, f"enclave-{name}", subnets["private"], SecurityGroupIds=[group]))
    for tokens in ("required", "optional"):
        options = {"HttpTokens": tokens, "HttpEndpoint": "enabled"}
        hosts.append(run(clients, f"enclave-public-{tokens}", subnets["public"], MetadataOptions=options))
    stopped = run(clients, "enclave-stopped", subnets["private"])
    ec2.stop_instances(InstanceIds=[stopped])
    for host in (*hosts, stopped):
        backend(clients, "ec2").get_instance(host).enclave_options = {"Enabled": True}


def outdated_images(clients: Clients, subnet: str) -> None:
    """Run instances from images of AWS and of others that are deprecated, will be, and never."""
    for owner in ("amazon", "aws-marketplace"):
        for name, days in (("deprecated", 1), ("deprecated-today", 0.01), ("to-be-deprecated", -1), ("current", None)):
            made = clients("ec2").register_image(Name=f"{owner}-{name}", RootDeviceName="/dev/sda1")["ImageId"]
            image = backend(clients, "ec2").amis[made]
            image.owner_id, image.owner_alias = "137112412989", owner
            if days is not None:
                image.deprecation_time = f"{ago(days):%Y-%m-%dT%H:%M:%S}.000Z"
            run(clients, f"from-{owner}-{name}", subnet, ImageId=made)


def _default_subnet(clients: Clients, region: str) -> str:
    subnets = clients("ec2", region).describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])
    return str(subnets["Subnets"][0]["SubnetId"])


_SCRIPTS: Final = {
    "empty": "",
    "harmless": "#!/bin/sh\nyum install -y nginx\n",
    "password": "#!/bin/sh\nexport DB_PASSWORD='tr0ub4dor-and-3-horses'\n",
    "access-key": "#!/bin/sh\nexport AWS_ACCESS_KEY_ID=AKIAQ3EGRIN5HUDPRGNW\n"
    "export AWS_SECRET_ACCESS_KEY=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\n",
    "private-key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAx7VyJh\n-----END RSA PRIVATE KEY-----\n",
}


def user_data(clients: Clients, subnet: str) -> None:
    """Run instances with scripts that hold secrets and with others."""
    for name, script in _SCRIPTS.items():
        run(clients, f"script-{name}", subnet, UserData=script)


def volumes(clients: Clients) -> None:
    """Create disks with and without encryption and snapshots, and a backup plan that takes some of them."""
    ec2 = clients("ec2")
    arns = {}
    for name in ("plain", "encrypted", "with-snapshot", "in-plan", "in-plan-by-wildcard", "left-out-of-plan"):
        zone = f"{HOME_REGION}a"
        made = ec2.create_volume(
            AvailabilityZone=zone, Size=1, Encrypted=name == "encrypted", TagSpecifications=tags("volume", name)
        )
        arns[name] = f"arn:aws:ec2:{HOME_REGION}:{clients.account_id}:volume/{made['VolumeId']}"
        if name == "with-snapshot":
            ec2.create_snapshot(VolumeId=made["VolumeId"], TagSpecifications=tags("snapshot", "of-volume"))
    rule = {"RuleName": "daily", "TargetBackupVaultName": "vault"}
    plan = clients("backup").create_backup_plan(BackupPlan={"BackupPlanName": "disks", "Rules": [rule]})["BackupPlanId"]
    wildcard = arns["in-plan-by-wildcard"][:-4] + "*"
    back_up(clients, plan, [arns["in-plan"], wildcard])


def back_up(clients: Clients, plan_id: str, arns: list[str]) -> None:
    """Have the only backup plan of the account select resources."""
    chosen = {
        "SelectionId": "1",
        "BackupPlanId": plan_id,
        "SelectionName": "chosen",
        "IamRoleArn": "arn:aws:iam::1:role/b",
    }
    tell(clients, "backup", "ListBackupSelections", {"BackupSelectionsList": [chosen]})
    selection = {"SelectionName": "chosen", "IamRoleArn": "arn:aws:iam::1:role/b", "Resources": arns}
    tell(clients, "backup", "GetBackupSelection", {"BackupSelection": selection, "BackupPlanId": plan_id})


def snapshots(clients: Clients) -> None:
    """Create snapshots that are private, shared with one account, and public; encrypted and not."""
    ec2 = clients("ec2")
    for encrypted in (True, False):
        disk = ec2.create_volume(AvailabilityZone=f"{HOME_REGION}a", Size=1, Encrypted=encrypted)["VolumeId"]
        for name, sharing in (
            ("private", {}), ("shared", {"UserIds": [OTHER_ACCOUNT]}), ("public", {"GroupNames": ["all"]}),
        ):  # fmt: skip
            made = ec2.create_snapshot(
                VolumeId=disk, TagSpecifications=tags("snapshot", f"{name}-encrypted-{encrypted}")
            )["SnapshotId"]
            if sharing:
                ec2.modify_snapshot_attribute(
                    SnapshotId=made, Attribute="createVolumePermission", OperationType="add", **sharing
                )


def images(clients: Clients) -> None:
    """Create images that are private, shared with one account, and public."""
    ec2 = clients("ec2")
    instance = ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    for name, permission_ in (
        ("image-private", None), ("image-shared", {"UserId": OTHER_ACCOUNT}), ("image-public", {"Group": "all"}),
    ):  # fmt: skip
        made = ec2.create_image(InstanceId=instance, Name=name)["ImageId"]
        if permission_:
            ec2.modify_image_attribute(ImageId=made, LaunchPermission={"Add": [permission_]})


def launch_templates(clients: Clients) -> None:
    """Create launch templates, some of which were mended in a later version."""
    ec2 = clients("ec2")
    careful = {"MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"}}
    careless = {"MetadataOptions": {"HttpTokens": "optional", "HttpEndpoint": "enabled"}}
    no_metadata = {"MetadataOptions": {"HttpTokens": "optional", "HttpEndpoint": "disabled"}}
    with_address = {"NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": True}]}
    without_address = {"NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": False}]}
    secret = {"UserData": base64.b64encode(_SCRIPTS["access-key"].encode()).decode()}
    harmless = {"UserData": base64.b64encode(_SCRIPTS["harmless"].encode()).decode()}
    templates: dict[str, list[dict[str, Any]]] = {
        "tokens-required": [careful],
        "tokens-optional": [careless],
        "metadata-off": [no_metadata],
        "metadata-unset": [{}],
        "tokens-mended": [careless, careful],
        "tokens-broken": [careful, careless],
        "public-address": [with_address],
        "no-public-address": [without_address],
        "address-mended": [with_address, without_address],
        "secret": [secret],
        "harmless": [harmless],
        "secret-removed": [secret, harmless],
    }
    for name, versions in templates.items():
        full = [{"ImageId": _IMAGE, "InstanceType": "t3.micro", **version} for version in versions]
        ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=full[0])
        for version in full[1:]:
            ec2.create_launch_template_version(LaunchTemplateName=name, LaunchTemplateData=version)


def addresses(clients: Clients, subnet: str) -> None:
    """Reserve addresses for an instance, for an interface and for nothing."""
    ec2 = clients("ec2")
    for name in ("address-of-instance", "address-of-interface", "address-of-nothing"):
        made = ec2.allocate_address(Domain="vpc", TagSpecifications=tags("elastic-ip", name))["AllocationId"]
        if name == "address-of-instance":
            ec2.associate_address(AllocationId=made, InstanceId=run(clients, "addressed", subnet))
        if name == "address-of-interface":
            interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
            ec2.associate_address(AllocationId=made, NetworkInterfaceId=interface)


def transit_gateways(clients: Clients) -> None:
    """Create transit gateways that accept attachments by themselves, or not, or do not say."""
    ec2 = clients("ec2")
    for name, options in (
        ("accepting", {"AutoAcceptSharedAttachments": "enable"}),
        ("asking", {"AutoAcceptSharedAttachments": "disable"}),
        ("by-default", {}),
    ):
        ec2.create_transit_gateway(
            Description=name, Options=options, TagSpecifications=tags("transit-gateway", f"gateway-{name}")
        )


def client_vpns(clients: Clients) -> None:
    """Have client VPN endpoints with and without a log of connections."""
    endpoints = [
        {"ClientVpnEndpointId": f"cvpn-endpoint-{name}", "ConnectionLogOptions": {"Enabled": name == "logged"}}
        for name in ("logged", "unlogged")
    ]
    tell(clients, "ec2", "DescribeClientVpnEndpoints", {"ClientVpnEndpoints": endpoints})


def managed_instances(clients: Clients) -> None:
    """Let Systems Manager know every third instance, and none in Europe."""
    reservations = clients("ec2").describe_instances()["Reservations"]
    known = [
        {"InstanceId": each["Instances"][0]["InstanceId"], "PingStatus": "Online", "LastPingDateTime": now()}
        for each in reservations[::3]
    ]
    tell(clients, "ssm", "DescribeInstanceInformation", {"InstanceInformationList": known})


def region_settings(clients: Clients) -> None:
    """Protect one region by its own settings, and leave the other as it was."""
    clients("ec2").enable_ebs_encryption_by_default()
    protections(clients, HOME_REGION, "block-new-sharing", "block-all-sharing", {"HttpTokens": "required"})
