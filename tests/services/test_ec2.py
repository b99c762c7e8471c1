from __future__ import annotations

import datetime
from typing import Any

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region
from aioprowler.declarations.failure import UnreadableError
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
    PublicAddresses,
    addresses_of,
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
from aioprowler.services.vpc.resources import RoutePrefixLists, routing
from tests.services.made import made

NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
REGION = Region(name="eu-west-1", account=Account(id="123456789012"))


def instance(state: str = "running", **fields: Any) -> Instance:
    return made(Instance, instance_id="i-1", state=InstanceState(name=state), **fields)


# ------------------------------------------------------------------- instances
@pytest.mark.parametrize(
    ("endpoint", "tokens", "verdict"),
    [
        ("enabled", "required", Pass),
        ("disabled", "optional", Pass),
        ("disabled", None, Pass),
        ("enabled", "optional", Fail),
        (None, "required", Pass),
        ("enabled", "a new word", Manual),
        ("a new word", "optional", Manual),
    ],
)
def test_imdsv2_of_instances(endpoint: str | None, tokens: str | None, verdict: type) -> None:
    judged = instance(metadata_options=MetadataOptions(http_tokens=tokens, http_endpoint=endpoint))
    assert isinstance(ec2_instance_imdsv2_enabled(judged), verdict)


@pytest.mark.parametrize(
    ("endpoint", "tokens", "told"), [(None, "optional", "HttpEndpoint"), ("enabled", None, "HttpTokens")]
)
def test_metadata_options_that_aws_did_not_tell(endpoint: str | None, tokens: str | None, told: str) -> None:
    judged = instance(metadata_options=MetadataOptions(http_tokens=tokens, http_endpoint=endpoint))
    with pytest.raises(UnreadableError, match=f"did not tell {told}"):
        ec2_instance_imdsv2_enabled(judged)


def test_public_addresses_of_instances() -> None:
    addressed = instance(public_ip_address="3.3.3.3")
    assert isinstance(ec2_instance_public_ip(addressed, addresses_of(addressed, routing((), RoutePrefixLists()))), Fail)
    assert isinstance(ec2_instance_public_ip(instance("stopped"), PublicAddresses()), Pass)


def test_instance_profiles() -> None:
    profile = InstanceProfile(arn="arn:aws:iam::123456789012:instance-profile/web")
    assert isinstance(ec2_instance_profile_attached(instance(iam_instance_profile=profile)), Pass)
    assert isinstance(ec2_instance_profile_attached(instance()), Fail)


@pytest.mark.parametrize(
    ("state", "days", "verdict"),
    [("running", 180, Pass), ("running", 181, Fail), ("stopped", 999, Pass)],
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
    snapshot = made(Snapshot, snapshot_id="snap-1", encrypted=encrypted)
    assert isinstance(ec2_ebs_snapshots_encrypted(snapshot), verdict)


@pytest.mark.parametrize(("volume_id", "verdict"), [("vol-1", Pass), ("vol-2", Fail)])
def test_volumes_have_snapshots(volume_id: str, verdict: type) -> None:
    snapshotted = snapshotted_volumes((made(Snapshot, snapshot_id="snap-1", volume_id="vol-1"),))
    assert isinstance(ec2_ebs_volume_snapshots_exists(made(Volume, volume_id=volume_id), snapshotted), verdict)


SNAPSHOT = made(Snapshot, snapshot_id="snap-1")
DENIED = Failure("denied", "ec2:GetSnapshotBlockPublicAccessState", "UnauthorizedOperation")


@pytest.mark.parametrize(
    ("groups", "state", "verdict"),
    [
        ([None, "all"], "unblocked", Fail),
        (["all"], "block-new-sharing", Fail),
        (["all"], "block-all-sharing", Pass),
        ([None], "unblocked", Pass),
        ([], "unblocked", Pass),
        (None, "unblocked", Pass),
    ],
)
def test_public_snapshots(groups: list[str | None] | None, state: str, verdict: type) -> None:
    permissions = tuple(VolumePermission(group=each) for each in groups or [])
    sharing = None if groups is None else SnapshotSharing(create_volume_permissions=permissions)
    assert isinstance(ec2_ebs_public_snapshot(SNAPSHOT, sharing, SnapshotPublicAccess(state=state)), verdict)


def test_whether_sharing_is_blocked_matters_only_to_snapshots_that_are_shared() -> None:
    shared = SnapshotSharing(create_volume_permissions=(VolumePermission(group="all"),))
    verdict = ec2_ebs_public_snapshot(SNAPSHOT, shared, DENIED)
    assert isinstance(verdict, Manual)
    assert "ec2:GetSnapshotBlockPublicAccessState" in verdict.detail
    assert isinstance(ec2_ebs_public_snapshot(SNAPSHOT, None, DENIED), Pass)


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
    ("endpoint", "tokens", "defaults", "verdict"),
    [
        ("enabled", "required", {}, Pass),
        ("enabled", "optional", {}, Fail),
        ("disabled", "optional", {}, Pass),
        ("disabled", None, {}, Pass),
        (None, "required", {}, Pass),
        # An absent HttpEndpoint means enabled, unless the account says otherwise.
        (None, "optional", {}, Fail),
        (None, "optional", {"http_endpoint": "disabled"}, Pass),
        (None, "optional", {"http_endpoint": "enabled"}, Fail),
        ("enabled", "optional", {"http_endpoint": "disabled"}, Fail),
        # An absent HttpTokens is what the account says, and where it does not the image.
        ("enabled", None, {"http_tokens": "required"}, Pass),
        ("enabled", None, {"http_tokens": "optional"}, Fail),
        ("enabled", None, {"http_tokens_enforced": "enabled"}, Pass),
        ("enabled", None, {}, Manual),
        (None, None, {}, Manual),
        (None, None, {"http_endpoint": "disabled"}, Pass),
        ("enabled", "optional", {"http_tokens": "required"}, Fail),
        # The account's defaults are not known.
        ("enabled", "optional", None, Fail),
        ("enabled", "required", None, Pass),
        (None, "optional", None, Manual),
        ("enabled", None, None, Manual),
    ],
)
def test_imdsv2_of_a_launch(
    endpoint: str | None, tokens: str | None, defaults: dict[str, str] | None, verdict: type
) -> None:
    known = Failure("denied", "ec2:GetInstanceMetadataDefaults", "x") if defaults is None else None
    found = ec2_launch_template_imdsv2_required(
        template(default=1),
        versions_of((endpoint, tokens)),
        known or InstanceMetadataDefaults(**(defaults or {})),
    )
    assert isinstance(found, verdict)


def template(default: int) -> LaunchTemplate:
    return LaunchTemplate(launch_template_id="lt-1", name="web", default_version=default)


def versions_of(*options: tuple[str | None, str | None]) -> TemplateVersions:
    data = [
        LaunchTemplateData(metadata_options=MetadataOptions(http_endpoint=endpoint, http_tokens=tokens))
        for endpoint, tokens in options
    ]
    return TemplateVersions(
        versions=tuple(LaunchTemplateVersion(version_number=n, data=each) for n, each in enumerate(data, 1))
    )


GOOD, BAD = ("enabled", "required"), ("enabled", "optional")


@pytest.mark.parametrize(
    ("options", "default", "verdict", "told"),
    [
        ([GOOD, BAD], 2, Fail, "Version 2 of Launch template web (lt-1) does not require IMDSv2."),
        ([BAD, GOOD], 2, Pass, "Version 2 "),
        ([BAD, GOOD], 1, Fail, "Version 1 "),
        ([GOOD, BAD], 1, Fail, "Version 2 "),
        ([GOOD, BAD, GOOD], 1, Pass, "Version 1 "),
        ([BAD, BAD], 1, Fail, "Version 2 "),
        # AWS does not tell which is the default, or that version.
        ([GOOD], 0, Pass, "Version 1 "),
        ([GOOD, GOOD], 0, Manual, "by default"),
        ([GOOD, BAD], 0, Fail, "Version 2 "),
        ([GOOD, GOOD], 3, Manual, "by default"),
        ([], 1, Manual, "by default"),
    ],
)
def test_what_is_launched_of_a_template_is_judged(
    options: list[tuple[str, str]], default: int, verdict: type, told: str
) -> None:
    found = ec2_launch_template_imdsv2_required(template(default), versions_of(*options), InstanceMetadataDefaults())
    assert isinstance(found, verdict)
    assert told in found.detail


@pytest.mark.parametrize(("accept", "verdict"), [("enable", Fail), ("disable", Pass), ("a new word", Manual)])
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
    volumes = (made(Volume, volume_id="vol-1"),)
    assert isinstance(ec2_ebs_default_encryption(REGION, default, volumes), verdict)
    assert ec2_ebs_default_encryption(REGION, default, ()) is None
    assert isinstance(ec2_ebs_default_encryption(REGION, default, (), scan_unused_services=True), verdict)


@pytest.mark.parametrize(
    ("state", "verdict"), [("block-all-sharing", Pass), ("block-new-sharing", Fail), ("unblocked", Fail)]
)
def test_public_access_to_snapshots(state: str, verdict: type) -> None:
    access, snapshots = SnapshotPublicAccess(state=state), (SNAPSHOT,)
    assert isinstance(ec2_ebs_snapshot_account_block_public_access(REGION, access, snapshots), verdict)
    assert ec2_ebs_snapshot_account_block_public_access(REGION, access, ()) is None


@pytest.mark.parametrize(
    ("tokens", "enforced", "verdict"),
    [
        ("required", "disabled", Pass),
        ("optional", "disabled", Fail),
        (None, "disabled", Fail),
        (None, "enabled", Pass),
        ("optional", "enabled", Pass),
    ],
)
def test_imdsv2_by_default(tokens: str | None, enforced: str, verdict: type) -> None:
    defaults = InstanceMetadataDefaults(http_tokens=tokens, http_tokens_enforced=enforced)
    assert isinstance(ec2_instance_account_imdsv2_enabled(REGION, defaults, (instance(),)), verdict)
    assert ec2_instance_account_imdsv2_enabled(REGION, defaults, ()) is None
