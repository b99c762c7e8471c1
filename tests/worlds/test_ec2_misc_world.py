from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account
from aioprowler.aws.errors import NotInRegionError
from tests.worlds.world import World, denied, findings_of, verdicts

IMAGES, VPN = "ec2_ami_account_block_public_access", "ec2_client_vpn_endpoint_connection_logging_enabled"
PLAN, ADDRESSES = "ec2_ebs_volume_protected_by_backup_plan", "ec2_launch_template_no_public_ip"
HOME, EUROPE = "us-east-1", "eu-west-1"


def test_public_sharing_of_images_is_judged_in_every_region() -> None:
    world = World(
        {
            ("ec2:GetImageBlockPublicAccessState", HOME): {"ImageBlockPublicAccessState": "block-new-sharing"},
            ("ec2:GetImageBlockPublicAccessState", EUROPE): {"ImageBlockPublicAccessState": "unblocked"},
        }
    )
    found = findings_of(world, IMAGES)
    assert [(f.region, f.status, f.resource_id) for f in found] == [
        (EUROPE, "FAIL", "123456789012"),
        (HOME, "PASS", "123456789012"),
    ]
    assert {f.resource_arn for f in found} == {"arn:aws:ec2:us-east-1:123456789012:account"}
    assert len({f.uid for f in found}) == 2
    assert world.calls == {"ec2:GetImageBlockPublicAccessState": 2}


def test_a_denied_setting_of_images_is_manual_where_it_is_denied() -> None:
    unblocked = {"ImageBlockPublicAccessState": "unblocked"}
    asked = "ec2:GetImageBlockPublicAccessState"
    world = World({(asked, EUROPE): denied(), (asked, HOME): unblocked})
    assert verdicts(world, IMAGES) == {
        (IMAGES, EUROPE, "123456789012"): "MANUAL",
        (IMAGES, HOME, "123456789012"): "FAIL",
    }


def client_vpns(*logging: bool) -> dict[str, Any]:
    return {
        "ClientVpnEndpoints": [
            {"ClientVpnEndpointId": f"cvpn-{number}", "ConnectionLogOptions": {"Enabled": enabled}}
            for number, enabled in enumerate(logging)
        ]
    }


def test_client_vpns() -> None:
    world = World({("ec2:DescribeClientVpnEndpoints", EUROPE): client_vpns(True, False)})
    found = findings_of(world, VPN)
    assert [(f.resource_id, f.status) for f in found] == [("cvpn-0", "PASS"), ("cvpn-1", "FAIL")]
    assert found[0].resource_arn == "arn:aws:ec2:eu-west-1:123456789012:client-vpn-endpoint/cvpn-0"


def test_denied_client_vpns_are_manual() -> None:
    (home, europe) = findings_of(World({"ec2:DescribeClientVpnEndpoints": denied()}), VPN)
    assert {home.status, europe.status} == {"MANUAL"}
    assert "ec2:DescribeClientVpnEndpoints" in home.status_detail


def backed_up(selection: dict[str, Any], region: str = HOME) -> World:
    """Two volumes at home, of which one has the tag `backup=daily`, and a plan of a region with one selection."""
    volumes = [
        {"VolumeId": "vol-tagged", "Tags": [{"Key": "backup", "Value": "daily"}]},
        {"VolumeId": "vol-bare"},
    ]
    return World(
        {
            ("ec2:DescribeVolumes", HOME): {"Volumes": volumes},
            ("backup:ListBackupPlans", region): {"BackupPlansList": [{"BackupPlanId": "plan-1"}]},
            "backup:ListBackupSelections": {"BackupSelectionsList": [{"SelectionId": "s-1", "BackupPlanId": "plan-1"}]},
            "backup:GetBackupSelection": {"BackupSelection": {"SelectionName": "disks", **selection}},
        }
    )


def statuses(world: World) -> tuple[str, str]:
    """Of the volume with the tag, and of the one without."""
    found = verdicts(world, PLAN)
    return found[PLAN, HOME, "vol-tagged"], found[PLAN, HOME, "vol-bare"]


def test_volumes_in_backup_plans() -> None:
    bare = "arn:aws:ec2:us-east-1:123456789012:volume/vol-bare"
    daily = {"StringEquals": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "daily"}]}
    unlike = {"StringNotLike": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "d*"}]}
    by_tag = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}]
    assert statuses(backed_up({"Resources": ["*"]})) == ("PASS", "PASS")
    assert statuses(backed_up({"Resources": [bare]})) == ("FAIL", "PASS")
    assert statuses(backed_up({"Resources": ["*"], "NotResources": [bare]})) == ("PASS", "FAIL")
    assert statuses(backed_up({"Resources": ["*"], "Conditions": daily})) == ("PASS", "FAIL")
    assert statuses(backed_up({"Resources": ["*"], "Conditions": unlike})) == ("FAIL", "PASS")
    assert statuses(backed_up({"ListOfTags": by_tag})) == ("PASS", "FAIL")
    assert statuses(backed_up({"ListOfTags": by_tag, "Resources": [bare]})) == ("PASS", "PASS")
    assert statuses(backed_up({"ListOfTags": by_tag, "Conditions": unlike})) == ("FAIL", "FAIL")
    assert statuses(backed_up({"Conditions": daily})) == ("PASS", "FAIL")
    assert statuses(backed_up({})) == ("PASS", "PASS")


def test_a_plan_backs_up_volumes_of_its_own_region() -> None:
    assert statuses(backed_up({"Resources": ["*"]}, region=EUROPE)) == ("FAIL", "FAIL")


@pytest.mark.parametrize("operation", ["ListBackupPlans", "ListBackupSelections", "GetBackupSelection"])
def test_denied_backup_plans_are_manual(operation: str) -> None:
    world = backed_up({"Resources": ["*"]})
    world.replies.pop((f"backup:{operation}", HOME), None)
    world.replies[f"backup:{operation}"] = denied()
    assert statuses(world) == ("MANUAL", "MANUAL")


def test_a_region_without_aws_backup_has_no_plans() -> None:
    world = backed_up({})
    world.replies["backup:ListBackupPlans", HOME] = NotInRegionError(service="backup", region=HOME)
    assert statuses(world) == ("FAIL", "FAIL")


INTERFACES: dict[str, dict[str, Any]] = {
    "lt-plain": {},
    "lt-public": {"AssociatePublicIpAddress": True},
    "lt-named": {"NetworkInterfaceId": "e"},
}


SUBNET = {"SubnetId": "s", "SubnetArn": "arn:aws:ec2:us-east-1:123456789012:subnet/s", "VpcId": "vpc-1"}


def launch_templates(addresses: dict[str, Any]) -> World:
    """Templates with one interface each; `lt-named` uses the interface `e`, which has these addresses."""

    def versions(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        id_ = params["LaunchTemplateId"]
        data = {"NetworkInterfaces": [{"DeviceIndex": 0, **INTERFACES[id_]}]}
        return {
            "LaunchTemplateVersions": [
                {"LaunchTemplateId": id_, "VersionNumber": 1, "LaunchTemplateData": data},
                {"LaunchTemplateId": id_, "VersionNumber": 2, "LaunchTemplateData": {}},
            ]
        }

    templates = [{"LaunchTemplateId": id_, "LaunchTemplateName": "x", "DefaultVersionNumber": 1} for id_ in INTERFACES]
    return World(
        {
            ("ec2:DescribeLaunchTemplates", HOME): {"LaunchTemplates": templates},
            "ec2:DescribeLaunchTemplateVersions": versions,
            ("ec2:DescribeNetworkInterfaces", HOME): {"NetworkInterfaces": [{"NetworkInterfaceId": "e", **addresses}]},
            ("ec2:DescribeSubnets", HOME): {"Subnets": [{**SUBNET, "MapPublicIpOnLaunch": False}]},
        }
    )


@pytest.mark.parametrize(
    ("addresses", "status"),
    [
        ({"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.1"}]}, "PASS"),
        ({"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.1", "Association": {"PublicIp": "3.3.3.3"}}]}, "FAIL"),
        ({"Ipv6Addresses": [{"Ipv6Address": "2600:1f16::1"}]}, "FAIL"),
        ({"Ipv6Addresses": [{"Ipv6Address": "fd00:ec2::1"}]}, "PASS"),
    ],
)
def test_addresses_of_launch_templates(addresses: dict[str, Any], status: str) -> None:
    world = launch_templates(addresses)
    assert verdicts(world, ADDRESSES) == {
        (ADDRESSES, HOME, "lt-plain"): "PASS",
        (ADDRESSES, HOME, "lt-public"): "FAIL",
        (ADDRESSES, HOME, "lt-named"): status,
    }
    assert world.calls["ec2:DescribeNetworkInterfaces"] == 1, "for all templates, and not where there are none"


def test_denied_interfaces_leave_open_only_templates_that_name_one() -> None:
    world = launch_templates({})
    world.replies["ec2:DescribeNetworkInterfaces", HOME] = denied()
    found = {f.resource_id: f for f in findings_of(world, ADDRESSES)}
    assert {id_: f.status for id_, f in found.items()} == {
        "lt-plain": "PASS",
        "lt-public": "FAIL",
        "lt-named": "MANUAL",
    }
    assert "ec2:DescribeNetworkInterfaces" in found["lt-named"].status_detail


def test_the_subnet_decides_what_a_launch_template_leaves_to_it() -> None:
    world = launch_templates({})
    world.replies["ec2:DescribeSubnets", HOME] = {"Subnets": [{**SUBNET, "MapPublicIpOnLaunch": True}]}
    assert verdicts(world, ADDRESSES)[ADDRESSES, HOME, "lt-plain"] == "MANUAL"
    world.replies["ec2:DescribeLaunchTemplateVersions"] = {
        "LaunchTemplateVersions": [
            {"VersionNumber": 1, "LaunchTemplateData": {"NetworkInterfaces": [{"SubnetId": "s"}]}}
        ]
    }
    assert set(verdicts(world, ADDRESSES).values()) == {"FAIL"}


def test_denied_versions_are_manual() -> None:
    world = launch_templates({})
    world.replies["ec2:DescribeLaunchTemplateVersions"] = denied()
    assert set(verdicts(world, ADDRESSES).values()) == {"MANUAL"}
