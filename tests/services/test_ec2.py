from __future__ import annotations

import datetime
from typing import Any

import pytest

from aioprowler import Account, Fail, Pass, Region
from aioprowler.services.ec2.checks.address import ec2_elastic_ip_unassigned
from aioprowler.services.ec2.checks.image import ec2_ami_public
from aioprowler.services.ec2.checks.instance import (
    ec2_instance_imdsv2_enabled,
    ec2_instance_older_than_specific_days,
    ec2_instance_profile_attached,
    ec2_instance_public_ip,
    ec2_instance_with_outdated_ami,
)
from aioprowler.services.ec2.checks.launch_template import ec2_launch_template_imdsv2_required
from aioprowler.services.ec2.checks.settings import (
    ec2_ebs_default_encryption,
    ec2_ebs_snapshot_account_block_public_access,
    ec2_instance_account_imdsv2_enabled,
)
from aioprowler.services.ec2.checks.snapshot import ec2_ebs_public_snapshot, ec2_ebs_snapshots_encrypted
from aioprowler.services.ec2.checks.transit_gateway import ec2_transitgateway_auto_accept_vpc_attachments
from aioprowler.services.ec2.checks.volume import ec2_ebs_volume_encryption, ec2_ebs_volume_snapshots_exists
from aioprowler.services.ec2.resources.instance import (
    Instance,
    InstanceImage,
    InstanceProfile,
    InstanceState,
    MetadataOptions,
)
from aioprowler.services.ec2.resources.launch_template import (
    LaunchTemplate,
    LaunchTemplateData,
    LaunchTemplateVersion,
    TemplateVersions,
)
from aioprowler.services.ec2.resources.network import ElasticIp, TransitGateway, TransitGatewayOptions
from aioprowler.services.ec2.resources.settings import (
    EbsDefaultEncryption,
    InstanceMetadataDefaults,
    SnapshotPublicAccess,
)
from aioprowler.services.ec2.resources.storage import (
    Image,
    Snapshot,
    SnapshotSharing,
    Volume,
    VolumePermission,
    snapshotted_volumes,
)

NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
REGION = Region(name="eu-west-1", account=Account(id="123456789012"))


def instance(state: str = "running", **fields: Any) -> Instance:
    return Instance(instance_id="i-1", state=InstanceState(name=state), **fields)


# ------------------------------------------------------------------- instances
@pytest.mark.parametrize(
    ("endpoint", "tokens", "verdict"),
    [
        ("enabled", "required", Pass),
        ("disabled", "optional", Pass),
        ("enabled", "optional", Fail),
        ("", "required", Fail),
        ("", "", Fail),
    ],
)
def test_imdsv2_of_instances(endpoint: str, tokens: str, verdict: type) -> None:
    judged = instance(metadata_options=MetadataOptions(http_tokens=tokens, http_endpoint=endpoint))
    assert isinstance(ec2_instance_imdsv2_enabled(judged), verdict)


def test_public_addresses_of_instances() -> None:
    assert isinstance(ec2_instance_public_ip(instance(public_ip_address="3.3.3.3")), Fail)
    assert isinstance(ec2_instance_public_ip(instance("stopped")), Pass)


def test_instance_profiles() -> None:
    profile = InstanceProfile(arn="arn:aws:iam::123456789012:instance-profile/web")
    assert isinstance(ec2_instance_profile_attached(instance(iam_instance_profile=profile)), Pass)
    assert isinstance(ec2_instance_profile_attached(instance()), Fail)


def test_terminated_instances_are_not_judged() -> None:
    for each in (ec2_instance_imdsv2_enabled, ec2_instance_public_ip, ec2_instance_profile_attached):
        assert each(instance("terminated")) is None


@pytest.mark.parametrize(
    ("state", "days", "verdict"),
    [("running", 180, Pass), ("running", 181, Fail), ("stopped", 999, Pass), ("terminated", 999, Pass)],
)
def test_age_of_instances(state: str, days: int, verdict: type) -> None:
    judged = instance(state, launch_time=NOW - datetime.timedelta(days=days))
    assert isinstance(ec2_instance_older_than_specific_days(judged, NOW), verdict)


def test_age_of_instances_is_configurable() -> None:
    judged = instance(launch_time=NOW - datetime.timedelta(days=10))
    assert isinstance(ec2_instance_older_than_specific_days(judged, NOW, max_ec2_instance_age_in_days=9), Fail)


@pytest.mark.parametrize(("days", "verdict"), [(-1, Fail), (1, Pass), (None, Pass)])
def test_outdated_images(days: int | None, verdict: type) -> None:
    deprecated = None if days is None else NOW + datetime.timedelta(days=days)
    image = InstanceImage(image_id="ami-1", image_owner_alias="amazon", deprecation_time=deprecated)
    assert isinstance(ec2_instance_with_outdated_ami(instance(), image, NOW), verdict)


def test_only_amazons_images_are_outdated() -> None:
    own = InstanceImage(image_id="ami-1", deprecation_time=NOW - datetime.timedelta(days=1))
    assert ec2_instance_with_outdated_ami(instance(), own, NOW) is None
    assert ec2_instance_with_outdated_ami(instance(), None, NOW) is None


# ----------------------------------------------- volumes, snapshots and images
@pytest.mark.parametrize(("encrypted", "verdict"), [(True, Pass), (False, Fail)])
def test_encryption(encrypted: bool, verdict: type) -> None:
    assert isinstance(ec2_ebs_volume_encryption(Volume(volume_id="vol-1", encrypted=encrypted)), verdict)
    assert isinstance(ec2_ebs_snapshots_encrypted(Snapshot(snapshot_id="snap-1", encrypted=encrypted)), verdict)


@pytest.mark.parametrize(("volume_id", "verdict"), [("vol-1", Pass), ("vol-2", Fail)])
def test_volumes_have_snapshots(volume_id: str, verdict: type) -> None:
    snapshotted = snapshotted_volumes((Snapshot(snapshot_id="snap-1", volume_id="vol-1"),))
    assert isinstance(ec2_ebs_volume_snapshots_exists(Volume(volume_id=volume_id), snapshotted), verdict)


@pytest.mark.parametrize(("groups", "verdict"), [(["", "all"], Fail), ([""], Pass), ([], Pass), (None, Pass)])
def test_public_snapshots(groups: list[str] | None, verdict: type) -> None:
    permissions = tuple(VolumePermission(group=each) for each in groups or [])
    sharing = None if groups is None else SnapshotSharing(create_volume_permissions=permissions)
    assert isinstance(ec2_ebs_public_snapshot(Snapshot(snapshot_id="snap-1"), sharing), verdict)


@pytest.mark.parametrize(("public", "verdict"), [(True, Fail), (False, Pass)])
def test_public_images(public: bool, verdict: type) -> None:
    assert isinstance(ec2_ami_public(Image(image_id="ami-1", name="web", public=public)), verdict)


# ------------------------------------- addresses, templates, transit gateways
@pytest.mark.parametrize(
    ("ip", "association", "verdict"),
    [("3.3.3.3", "eipassoc-1", Pass), ("3.3.3.3", None, Fail), ("3.3.3.3", "", Fail), ("", None, type(None))],
)
def test_elastic_addresses(ip: str, association: str | None, verdict: type) -> None:
    judged = ElasticIp(public_ip=ip, allocation_id="eipalloc-1", association_id=association)
    assert isinstance(ec2_elastic_ip_unassigned(judged), verdict)


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        ([("enabled", "required"), ("enabled", "optional")], Pass),
        ([("disabled", "")], Pass),
        ([("", "")], Pass),
        ([("enabled", "optional"), ("enabled", "")], Fail),
        ([], Fail),
    ],
)
def test_imdsv2_of_launch_templates(options: list[tuple[str, str]], verdict: type) -> None:
    versions = tuple(
        LaunchTemplateVersion(
            version_number=number,
            data=LaunchTemplateData(metadata_options=MetadataOptions(http_endpoint=endpoint, http_tokens=tokens)),
        )
        for number, (endpoint, tokens) in enumerate(options, 1)
    )
    template = LaunchTemplate(launch_template_id="lt-1", name="web")
    assert isinstance(ec2_launch_template_imdsv2_required(template, TemplateVersions(versions=versions)), verdict)


@pytest.mark.parametrize(("accept", "verdict"), [("enable", Fail), ("disable", Pass), ("", Pass)])
def test_transit_gateways(accept: str, verdict: type) -> None:
    gateway = TransitGateway(
        transit_gateway_id="tgw-1",
        arn="arn:aws:ec2:us-east-1:123456789012:transit-gateway/tgw-1",
        options=TransitGatewayOptions(auto_accept_shared_attachments=accept),
    )
    assert isinstance(ec2_transitgateway_auto_accept_vpc_attachments(gateway), verdict)


# ---------------------------------------------------------- a region's settings
@pytest.mark.parametrize(("enabled", "verdict"), [(True, Pass), (False, Fail)])
def test_default_encryption(enabled: bool, verdict: type) -> None:
    default = EbsDefaultEncryption(enabled=enabled)
    assert isinstance(ec2_ebs_default_encryption(REGION, default, (Volume(volume_id="vol-1"),)), verdict)
    assert ec2_ebs_default_encryption(REGION, default, ()) is None
    assert isinstance(ec2_ebs_default_encryption(REGION, default, (), scan_unused_services=True), verdict)


@pytest.mark.parametrize(
    ("state", "verdict"), [("block-all-sharing", Pass), ("block-new-sharing", Fail), ("unblocked", Fail)]
)
def test_public_access_to_snapshots(state: str, verdict: type) -> None:
    access, snapshots = SnapshotPublicAccess(state=state), (Snapshot(snapshot_id="snap-1"),)
    assert isinstance(ec2_ebs_snapshot_account_block_public_access(REGION, access, snapshots), verdict)
    assert ec2_ebs_snapshot_account_block_public_access(REGION, access, ()) is None


@pytest.mark.parametrize(("tokens", "verdict"), [("required", Pass), ("optional", Fail), (None, Fail)])
def test_imdsv2_by_default(tokens: str | None, verdict: type) -> None:
    defaults = InstanceMetadataDefaults(http_tokens=tokens)
    assert isinstance(ec2_instance_account_imdsv2_enabled(REGION, defaults, (instance(),)), verdict)
    assert ec2_instance_account_imdsv2_enabled(REGION, defaults, ()) is None
