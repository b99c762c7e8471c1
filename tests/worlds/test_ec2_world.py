from __future__ import annotations

import datetime
from typing import Any

import pytest

from aioprowler import Account
from aioprowler.aws.errors import NotInRegionError
from tests.worlds.world import NOW, World, denied, error, findings_of, verdicts

OUTDATED, IMDS = "ec2_instance_with_outdated_ami", "ec2_instance_imdsv2_enabled"
PUBLIC_SNAPSHOT, ENCRYPTED_SNAPSHOT = "ec2_ebs_public_snapshot", "ec2_ebs_snapshots_encrypted"
HAS_SNAPSHOT, TEMPLATE = "ec2_ebs_volume_snapshots_exists", "ec2_launch_template_imdsv2_required"
DEFAULT_ENCRYPTION, BLOCK_ACCESS = "ec2_ebs_default_encryption", "ec2_ebs_snapshot_account_block_public_access"
IMDS_DEFAULT, NOT_USED, ACL = (
    "ec2_instance_account_imdsv2_enabled",
    "ec2_securitygroup_not_used",
    "ec2_networkacl_allow_ingress_tcp_port_22",
)
ALL_PORTS = "ec2_securitygroup_allow_ingress_from_internet_to_all_ports"
SSH = "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22"
ADDRESS, GATEWAY, IMAGE = (
    "ec2_elastic_ip_unassigned",
    "ec2_transitgateway_auto_accept_vpc_attachments",
    "ec2_ami_public",
)
HOME = "us-east-1"


def instance(id_: str, image: str) -> dict[str, Any]:
    return {
        "InstanceId": id_,
        "ImageId": image,
        "State": {"Code": 16, "Name": "running"},
        "LaunchTime": NOW,
        "MetadataOptions": {"State": "applied", "HttpTokens": "required", "HttpEndpoint": "enabled"},
        "Tags": [{"Key": "Name", "Value": id_}],
    }


def in_reservations(*instances: dict[str, Any]) -> dict[str, Any]:
    return {"Reservations": [{"ReservationId": f"r-{i}", "Instances": [each]} for i, each in enumerate(instances)]}


def images(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
    """Amazon's images: `ami-old` is deprecated, `ami-new` is not, others do not exist any more."""
    dates = {"ami-old": "2026-05-31T00:00:00.000Z", "ami-new": "2028-01-01T00:00:00.000Z"}
    (asked,) = params["Filters"]
    return {
        "Images": [
            {"ImageId": id_, "ImageOwnerAlias": "amazon", "DeprecationTime": dates[id_]}
            for id_ in asked["Values"]
            if id_ in dates
        ]
    }


def test_images_of_many_instances_take_one_call_per_200() -> None:
    instances = [instance(f"i-{n}", "ami-old") for n in range(250)]
    listed = in_reservations(*instances, instance("i-new", "ami-new"), instance("i-gone", "ami-gone"))
    world = World({("ec2:DescribeInstances", HOME): listed, "ec2:DescribeImages": images})
    found = verdicts(world, OUTDATED)
    assert len(found) == 251
    assert found[OUTDATED, HOME, "i-0"] == "FAIL"
    assert found[OUTDATED, HOME, "i-new"] == "PASS"
    assert world.calls["ec2:DescribeImages"] == 2
    assert all(params["IncludeDeprecated"] for _, _, name, params in world.params if name == "ec2:DescribeImages")


def test_denied_images_are_manual_for_each_instance() -> None:
    listed = in_reservations(instance("i-1", "ami-old"), instance("i-2", "ami-new"))
    world = World({("ec2:DescribeInstances", HOME): listed, "ec2:DescribeImages": denied()})
    assert verdicts(world, OUTDATED, IMDS) == {
        (OUTDATED, HOME, "i-1"): "MANUAL",
        (OUTDATED, HOME, "i-2"): "MANUAL",
        (IMDS, HOME, "i-1"): "PASS",
        (IMDS, HOME, "i-2"): "PASS",
    }


def snapshots(*offered: str) -> World:
    """`snap-1` and `snap-2`; of these AWS lists as restorable by all what is `offered`."""

    def listed(_account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        ids = offered if "RestorableByUserIds" in params else ("snap-1", "snap-2")
        found = [{"SnapshotId": id_, "VolumeId": "vol-1", "Encrypted": False} for id_ in ids]
        return {"Snapshots": found if region == HOME else []}

    def attribute(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        public = params["SnapshotId"] == "snap-1"
        return {"CreateVolumePermissions": [{"Group": "all"}] if public else [{"UserId": "210987654321"}]}

    return World(
        {
            "ec2:DescribeSnapshots": listed,
            "ec2:DescribeSnapshotAttribute": attribute,
            "ec2:GetSnapshotBlockPublicAccessState": {"State": "unblocked"},
        }
    )


def test_only_snapshots_that_are_offered_are_asked_for_their_permissions() -> None:
    world = snapshots("snap-1")
    assert verdicts(world, PUBLIC_SNAPSHOT) == {
        (PUBLIC_SNAPSHOT, HOME, "snap-1"): "FAIL",
        (PUBLIC_SNAPSHOT, HOME, "snap-2"): "PASS",
    }
    assert world.calls["ec2:DescribeSnapshotAttribute"] == 1
    assert verdicts(snapshots(), PUBLIC_SNAPSHOT)[PUBLIC_SNAPSHOT, HOME, "snap-1"] == "PASS"


def test_an_api_that_offers_everything_is_not_believed() -> None:
    found = verdicts(snapshots("snap-1", "snap-2"), PUBLIC_SNAPSHOT)
    assert found[PUBLIC_SNAPSHOT, HOME, "snap-2"] == "PASS"


def test_of_a_snapshot_deleted_meanwhile_nothing_is_said() -> None:
    world = snapshots("snap-1")
    world.replies["ec2:DescribeSnapshotAttribute"] = error("InvalidSnapshot.NotFound")
    assert verdicts(world, PUBLIC_SNAPSHOT) == {(PUBLIC_SNAPSHOT, HOME, "snap-2"): "PASS"}


def test_denied_permissions_are_manual() -> None:
    world = snapshots("snap-1")
    world.replies["ec2:DescribeSnapshotAttribute"] = denied()
    assert verdicts(world, PUBLIC_SNAPSHOT, ENCRYPTED_SNAPSHOT) == {
        (PUBLIC_SNAPSHOT, HOME, "snap-1"): "MANUAL",
        (PUBLIC_SNAPSHOT, HOME, "snap-2"): "PASS",
        (ENCRYPTED_SNAPSHOT, HOME, "snap-1"): "FAIL",
        (ENCRYPTED_SNAPSHOT, HOME, "snap-2"): "FAIL",
    }


def test_volumes_and_their_snapshots() -> None:
    world = snapshots()
    world.replies["ec2:DescribeVolumes", HOME] = {"Volumes": [{"VolumeId": "vol-1"}, {"VolumeId": "vol-2"}]}
    assert verdicts(world, HAS_SNAPSHOT) == {
        (HAS_SNAPSHOT, HOME, "vol-1"): "PASS",
        (HAS_SNAPSHOT, HOME, "vol-2"): "FAIL",
    }


def test_settings_are_judged_in_regions_that_they_matter_to() -> None:
    world = snapshots()
    world.replies |= {
        ("ec2:DescribeVolumes", "eu-west-1"): {"Volumes": [{"VolumeId": "vol-1"}]},
        ("ec2:DescribeInstances", "eu-west-1"): in_reservations(instance("i-1", "ami-1")),
        "ec2:GetEbsEncryptionByDefault": {"EbsEncryptionByDefault": True},
        "ec2:GetSnapshotBlockPublicAccessState": {"State": "block-new-sharing"},
        "ec2:GetInstanceMetadataDefaults": {"AccountLevel": {"HttpTokens": "required"}},
    }
    checks = (DEFAULT_ENCRYPTION, BLOCK_ACCESS, IMDS_DEFAULT)
    found = {(f.check_id, f.region): (f.status, f.resource_arn) for f in findings_of(world, *checks)}
    assert found == {
        (DEFAULT_ENCRYPTION, "eu-west-1"): ("PASS", "arn:aws:ec2:eu-west-1:123456789012:volume"),
        (BLOCK_ACCESS, HOME): ("FAIL", "arn:aws:ec2:us-east-1:123456789012:account"),
        (IMDS_DEFAULT, "eu-west-1"): ("PASS", "arn:aws:ec2:eu-west-1:123456789012:account"),
    }
    assert len(verdicts(world, *checks, scan_unused_services=True)) == 6


def test_defaults_that_were_never_set_require_nothing() -> None:
    world = World({"ec2:DescribeInstances": in_reservations(instance("i-1", "ami-1"))})
    world.replies["ec2:GetInstanceMetadataDefaults"] = {"AccountLevel": {}}
    assert set(verdicts(world, IMDS_DEFAULT).values()) == {"FAIL"}


def template_versions(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
    """The default version, on the second page, requires IMDSv2 in `lt-good` alone, the one before in none."""
    id_, is_second = params["LaunchTemplateId"], "NextToken" in params
    tokens = "required" if id_ == "lt-good" and is_second else "optional"
    data = {"MetadataOptions": {"HttpTokens": tokens, "HttpEndpoint": "enabled"}}
    version = {"LaunchTemplateId": id_, "VersionNumber": 1 + is_second, "LaunchTemplateData": data}
    return {"LaunchTemplateVersions": [version]} | ({} if "NextToken" in params else {"NextToken": "more"})


def templates(*ids: str) -> World:
    listed = [
        {"LaunchTemplateId": id_, "LaunchTemplateName": f"name of {id_}", "DefaultVersionNumber": 2} for id_ in ids
    ]
    return World(
        {
            ("ec2:DescribeLaunchTemplates", HOME): {"LaunchTemplates": listed},
            "ec2:DescribeLaunchTemplateVersions": template_versions,
        }
    )


def test_all_versions_of_a_launch_template_are_read() -> None:
    world = templates("lt-good", "lt-bad")
    assert verdicts(world, TEMPLATE) == {(TEMPLATE, HOME, "lt-good"): "PASS", (TEMPLATE, HOME, "lt-bad"): "FAIL"}
    sizes = {params["MaxResults"] for _, _, name, params in world.params if "LaunchTemplate" in name}
    assert sizes == {200}, "AWS refuses larger pages of launch templates"


def test_denied_versions_are_manual_for_the_template() -> None:
    world = templates("lt-good")
    world.replies["ec2:DescribeLaunchTemplateVersions"] = denied()
    (finding,) = findings_of(world, TEMPLATE)
    assert (finding.status, finding.resource_id) == ("MANUAL", "lt-good")
    assert "ec2:DescribeLaunchTemplateVersions" in finding.status_detail


def security_group(id_: str, name: str, *ingress: dict[str, Any]) -> dict[str, Any]:
    return {
        "GroupId": id_,
        "GroupName": name,
        "VpcId": "vpc-1",
        "IpPermissions": list(ingress),
        "IpPermissionsEgress": [],
    }


def from_anyone(first: int, last: int) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def firewalls() -> World:
    """Groups of a load balancer and of a server behind it, of a function, of Batch, and one of nothing."""
    from_balancer = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-balancer"}]}
    groups = [
        security_group("sg-balancer", "balancer", from_anyone(0, 65535)),
        security_group("sg-server", "server", from_balancer, from_anyone(20, 30)),
        security_group("sg-function", "function"),
        security_group("sg-batch", "batch"),
        security_group("sg-nothing", "nothing"),
        security_group("sg-default", "default"),
    ]
    interface = {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "Groups": [{"GroupId": "sg-server"}]}
    function = {
        "FunctionName": "f",
        "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f",
        "VpcConfig": {"SecurityGroupIds": ["sg-function"]},
    }
    environment = {
        "computeEnvironmentName": "e",
        "computeEnvironmentArn": "arn:aws:batch:us-east-1:123456789012:compute-environment/e",
        "computeResources": {"securityGroupIds": ["sg-batch"]},
    }
    return World(
        {
            ("ec2:DescribeSecurityGroups", HOME): {"SecurityGroups": groups},
            ("ec2:DescribeNetworkInterfaces", HOME): {"NetworkInterfaces": [interface]},
            ("lambda:ListFunctions", HOME): {"Functions": [function]},
            ("batch:DescribeComputeEnvironments", HOME): {"computeEnvironments": [environment]},
        }
    )


def test_a_group_is_in_use_in_many_ways() -> None:
    assert verdicts(firewalls(), NOT_USED) == {
        (NOT_USED, HOME, "sg-balancer"): "PASS",
        (NOT_USED, HOME, "sg-server"): "PASS",
        (NOT_USED, HOME, "sg-function"): "PASS",
        (NOT_USED, HOME, "sg-batch"): "PASS",
        (NOT_USED, HOME, "sg-nothing"): "FAIL",
    }


def test_denied_batch_leaves_open_only_groups_that_nothing_else_settles() -> None:
    world = firewalls()
    world.replies["batch:DescribeComputeEnvironments", HOME] = denied()
    found = {f.resource_id: f for f in findings_of(world, NOT_USED)}
    assert {id_ for id_, f in found.items() if f.status == "PASS"} == {"sg-balancer", "sg-server"}
    assert {id_ for id_, f in found.items() if f.status == "MANUAL"} == {"sg-function", "sg-batch", "sg-nothing"}
    assert "batch:DescribeComputeEnvironments" in found["sg-nothing"].status_detail


def test_a_region_without_batch_is_judged_all_the_same() -> None:
    world = firewalls()
    world.replies["batch:DescribeComputeEnvironments", HOME] = NotInRegionError(service="batch", region=HOME)
    assert verdicts(world, NOT_USED)[NOT_USED, HOME, "sg-nothing"] == "FAIL"


def test_open_groups_that_nothing_is_in_are_judged_on_request() -> None:
    assert verdicts(firewalls(), SSH, ALL_PORTS) == {
        (SSH, HOME, "sg-server"): "FAIL",
        (ALL_PORTS, HOME, "sg-server"): "PASS",
    }
    found = {(f.check_id, f.resource_id): f for f in findings_of(firewalls(), ALL_PORTS, scan_unused_services=True)}
    assert found[ALL_PORTS, "sg-balancer"].status == "FAIL"
    assert found[ALL_PORTS, "sg-balancer"].severity == "high"
    assert found[ALL_PORTS, "sg-server"].severity == "critical"


def test_network_acls_of_regions_with_groups_of_their_own() -> None:
    entries = [
        {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": False, "CidrBlock": "0.0.0.0/0"},
        {"RuleNumber": 32767, "Protocol": "-1", "RuleAction": "deny", "Egress": False, "CidrBlock": "0.0.0.0/0"},
    ]
    world = firewalls()
    world.replies["ec2:DescribeNetworkAcls"] = {"NetworkAcls": [{"NetworkAclId": "acl-1", "Entries": entries}]}
    assert verdicts(world, ACL) == {(ACL, HOME, "acl-1"): "FAIL"}
    assert len(verdicts(world, ACL, scan_unused_services=True)) == 2


def test_addresses_gateways_and_images() -> None:
    gateway = {
        "TransitGatewayId": "tgw-1",
        "TransitGatewayArn": "arn:aws:ec2:us-east-1:123456789012:transit-gateway/tgw-1",
        "Options": {"AutoAcceptSharedAttachments": "enable"},
    }
    world = World(
        {
            ("ec2:DescribeAddresses", HOME): {
                "Addresses": [
                    {"PublicIp": "3.3.3.3", "AllocationId": "eipalloc-1", "AssociationId": "eipassoc-1"},
                    {"PublicIp": "3.3.3.4", "AllocationId": "eipalloc-2"},
                    {"CarrierIp": "3.3.3.5", "AllocationId": "eipalloc-3"},
                ]
            },
            ("ec2:DescribeTransitGateways", HOME): {"TransitGateways": [gateway]},
            ("ec2:DescribeImages", HOME): {"Images": [{"ImageId": "ami-1", "Name": "web", "Public": True}]},
        }
    )
    assert verdicts(world, ADDRESS, GATEWAY, IMAGE) == {
        (ADDRESS, HOME, "3.3.3.3"): "PASS",
        (ADDRESS, HOME, "3.3.3.4"): "FAIL",
        (GATEWAY, HOME, "tgw-1"): "FAIL",
        (IMAGE, HOME, "ami-1"): "FAIL",
    }
    (address,) = [f for f in findings_of(world, ADDRESS) if f.status == "FAIL"]
    assert address.resource_arn == "arn:aws:ec2:us-east-1:123456789012:eip-allocation/eipalloc-2"


def test_ages_are_counted_from_the_time_of_the_scan() -> None:
    check = "ec2_instance_older_than_specific_days"
    world = World({("ec2:DescribeInstances", HOME): in_reservations(instance("i-1", "ami-1"))})
    assert verdicts(world, check, now=NOW + datetime.timedelta(days=181)) == {(check, HOME, "i-1"): "FAIL"}
    assert verdicts(world, check, now=NOW + datetime.timedelta(days=180)) == {(check, HOME, "i-1"): "PASS"}


@pytest.mark.parametrize(
    ("operation", "list_", "item", "member", "check"),
    [
        ("DescribeImages", "Images", {"ImageId": "x", "Name": "x", "Public": False}, "Public", "ec2_ami_public"),
        ("DescribeVolumes", "Volumes", {"VolumeId": "x", "Encrypted": True}, "Encrypted", "ec2_ebs_volume_encryption"),
        (
            "DescribeNetworkAcls", "NetworkAcls",
            {"NetworkAclId": "x", "IsDefault": False, "Entries": [], "Associations": [{"SubnetId": "subnet-1"}]},
            "Entries", "ec2_networkacl_allow_ingress_any_port",
        ),
        (
            "DescribeInstances", "Reservations",
            {"InstanceId": "x", "SecurityGroups": [], "State": {"Name": "running"}}, "SecurityGroups",
            "ec2_instance_port_ssh_exposed_to_internet",
        ),
        (
            "DescribeInstances", "Reservations",
            {"InstanceId": "x", "MetadataOptions": {"HttpEndpoint": "disabled"}}, "MetadataOptions",
            "ec2_instance_imdsv2_enabled",
        ),
        (
            "DescribeSecurityGroups", "SecurityGroups",
            {"GroupId": "x", "GroupName": "default", "IpPermissions": [], "IpPermissionsEgress": []},
            "IpPermissionsEgress", "ec2_securitygroup_default_restrict_traffic",
        ),
    ],
)  # fmt: skip
def test_what_aws_always_tells_is_missed_by_its_name(
    operation: str, list_: str, item: dict[str, Any], member: str, check: str
) -> None:
    for told, status in ((item, "PASS"), ({k: v for k, v in item.items() if k != member}, "MANUAL")):
        listed = [{"Instances": [told]}] if list_ == "Reservations" else [told]
        world = World({(f"ec2:{operation}", HOME): {list_: listed}})
        found = [f for f in findings_of(world, check, scan_unused_services=True) if f.resource_id == "x"]
        assert [f.status for f in found] == [status]
        assert (member in found[0].status_detail) == (status == "MANUAL")


def test_groups_that_only_hidden_interfaces_use_are_in_use() -> None:
    check = "ec2_securitygroup_not_used"

    def interfaces(_account: Account, region: str, params: dict[str, Any]) -> dict[str, Any]:
        hidden = {"NetworkInterfaceId": "eni-1", "Groups": [{"GroupId": "sg-1"}], "Operator": {"Managed": True}}
        shown = region == HOME and params.get("IncludeManagedResources") is True
        return {"NetworkInterfaces": [hidden] if shown else []}

    world = World({("ec2:DescribeSecurityGroups", HOME): {"SecurityGroups": [security_group("sg-1", "web")]}})
    world.replies["ec2:DescribeNetworkInterfaces"] = interfaces
    assert verdicts(world, check) == {(check, HOME, "sg-1"): "PASS"}

    def refusing(account: Account, region: str, params: dict[str, Any]) -> Any:
        if "IncludeManagedResources" in params:
            return error("UnknownParameter", "The parameter IncludeManagedResources is not recognized")
        return interfaces(account, region, {"IncludeManagedResources": True})

    world.replies["ec2:DescribeNetworkInterfaces"] = refusing
    assert verdicts(world, check) == {(check, HOME, "sg-1"): "PASS"}
