from __future__ import annotations

import datetime
from typing import Any

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region
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
from aioprowler.services.ec2.checks.network_acl import ec2_networkacl_allow_ingress_tcp_port_22
from aioprowler.services.ec2.checks.security_group import (
    ec2_securitygroup_allow_ingress_from_internet_to_all_ports,
    ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22,
    ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389,
    ec2_securitygroup_default_restrict_traffic,
    ec2_securitygroup_not_used,
)
from aioprowler.services.ec2.checks.settings import (
    ec2_ebs_default_encryption,
    ec2_ebs_snapshot_account_block_public_access,
    ec2_instance_account_imdsv2_enabled,
)
from aioprowler.services.ec2.checks.snapshot import ec2_ebs_public_snapshot, ec2_ebs_snapshots_encrypted
from aioprowler.services.ec2.checks.transit_gateway import ec2_transitgateway_auto_accept_vpc_attachments
from aioprowler.services.ec2.checks.volume import ec2_ebs_volume_encryption, ec2_ebs_volume_snapshots_exists
from aioprowler.services.ec2.ports import (
    Entry,
    GroupPair,
    IpRange,
    Ipv6Range,
    PortRange,
    Rule,
    admits_anyone,
    open_ports,
    opens_all_ports,
)
from aioprowler.services.ec2.resources.firewall import (
    ConfiguredGroups,
    NetworkAcl,
    SecurityGroup,
    SecurityGroups,
    security_groups,
)
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
    template_versions,
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
from aioprowler.services.vpc.resources import NetworkUse

NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
REGION = Region(name="eu-west-1", account=Account(id="123456789012"))
IN_USE = NetworkUse(security_groups=frozenset({"sg-1"}))
UNUSED = NetworkUse()


def instance(state: str = "running", **fields: Any) -> Instance:
    return Instance(instance_id="i-1", state=InstanceState(name=state), **fields)


def rule(protocol: str = "tcp", ports: tuple[int, int] | None = None, cidr: str = "0.0.0.0/0") -> Rule:
    first, last = ports or (None, None)
    if ":" in cidr:
        return Rule(ip_protocol=protocol, from_port=first, to_port=last, ipv6_ranges=(Ipv6Range(cidr_ipv6=cidr),))
    return Rule(ip_protocol=protocol, from_port=first, to_port=last, ip_ranges=(IpRange(cidr_ip=cidr),))


def group(*ingress: Rule, name: str = "web", id_: str = "sg-1", **fields: Any) -> SecurityGroup:
    return SecurityGroup(group_id=id_, name=name, vpc_id="vpc-1", ingress=ingress, **fields)


# ----------------------------------------------------------------------- ports
@pytest.mark.parametrize(
    ("judged", "ssh", "everything"),
    [
        (rule("tcp", (22, 22)), True, False),
        (rule("tcp", (20, 25)), True, False),
        (rule("tcp", (22, 22), "::/0"), True, False),
        (rule("tcp", (0, 65535)), True, True),
        (rule("tcp", (1, 65535)), True, False),
        (rule("-1"), True, True),
        (rule("-1", cidr="::/0"), True, True),
        (rule("-1", (-1, -1)), True, True),
        (rule("udp", (22, 22)), False, False),
        (rule("udp", (0, 65535)), False, True),
        (rule("icmp", (-1, -1)), False, False),
        (rule("47"), False, False),
        (rule("tcp", (23, 80)), False, False),
        (rule("tcp", (22, 22), "10.0.0.0/8"), False, False),
        (rule("tcp", (22, 22), "0.0.0.0/1"), False, False),
        (rule("-1", cidr="8.8.8.8/32"), False, False),
        (Rule(ip_protocol="-1", user_id_group_pairs=(GroupPair(group_id="sg-2"),)), False, False),
        (Rule(ip_protocol="-1"), False, False),
    ],
)
def test_what_a_rule_opens(judged: Rule, ssh: bool, everything: bool) -> None:
    assert open_ports([judged], "tcp", [22]) == ([22] if ssh else [])
    assert opens_all_ports([judged]) is everything


def test_ports_opened_by_different_rules() -> None:
    rules = [rule("tcp", (20, 20)), rule("tcp", (21, 30), "::/0"), rule("tcp", (80, 80), "10.0.0.0/8")]
    assert open_ports(rules, "tcp", [20, 21, 80]) == [20, 21]


EVERY_PORT = PortRange()
SSH = PortRange(from_=20, to=30)
WEB = PortRange(from_=80, to=80)


def entry(
    number: int,
    action: str,
    ports: PortRange = EVERY_PORT,
    *,
    protocol: str = "6",
    cidr: str = "0.0.0.0/0",
    egress: bool = False,
) -> Entry:
    ipv4, ipv6 = (None, cidr) if ":" in cidr else (cidr, None)
    return Entry(number, action, egress, protocol, ipv4, ipv6, ports)


@pytest.mark.parametrize(
    ("entries", "admitted"),
    [
        ([entry(100, "allow", protocol="-1"), entry(32767, "deny", protocol="-1")], True),
        ([entry(32767, "deny", protocol="-1")], False),
        ([], False),
        ([entry(100, "allow", SSH)], True),
        ([entry(100, "allow", WEB)], False),
        ([entry(100, "allow", SSH, protocol="17")], False),
        ([entry(100, "allow", SSH, cidr="10.0.0.0/8")], False),
        ([entry(100, "allow", SSH, egress=True)], False),
        ([entry(200, "allow", protocol="-1"), entry(100, "deny", SSH)], False),
        ([entry(200, "deny", SSH), entry(100, "allow", protocol="-1")], True),
        ([entry(50, "deny", SSH, cidr="10.0.0.0/8"), entry(100, "allow", protocol="-1")], True),
        ([entry(100, "deny", SSH), entry(101, "allow", SSH, cidr="::/0")], True),
        ([entry(100, "deny", SSH, cidr="::/0"), entry(101, "allow", SSH, cidr="::/0")], False),
        ([entry(100, "deny", SSH, cidr="::/0"), entry(101, "allow", SSH)], True),
    ],
)
def test_whom_a_network_acl_admits(entries: list[Entry], admitted: bool) -> None:
    assert admits_anyone(entries, "6", 22) is admitted
    acl = NetworkAcl(network_acl_id="acl-1", entries=tuple(entries))
    verdict = ec2_networkacl_allow_ingress_tcp_port_22(acl, SecurityGroups(frozenset(), any_but_default=True))
    assert isinstance(verdict, Fail if admitted else Pass)


def test_network_acls_of_unused_regions() -> None:
    acl, nothing = NetworkAcl(network_acl_id="acl-1"), security_groups((group(name="default"),))
    assert ec2_networkacl_allow_ingress_tcp_port_22(acl, nothing) is None
    assert isinstance(ec2_networkacl_allow_ingress_tcp_port_22(acl, nothing, scan_unused_services=True), Pass)


# ------------------------------------------------------------- security groups
SSH_CHECK = ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22
RDP_CHECK = ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389
ALL_PORTS = ec2_securitygroup_allow_ingress_from_internet_to_all_ports


@pytest.mark.parametrize(
    ("judged", "ssh", "rdp", "all_ports"),
    [
        (rule("tcp", (22, 22)), Fail, Pass, Pass),
        (rule("tcp", (3000, 4000)), Pass, Fail, Pass),
        (rule("tcp", (22, 22), "192.0.2.0/24"), Pass, Pass, Pass),
        (rule("-1"), Fail, Fail, Fail),
        (rule("udp", (0, 65535)), Pass, Pass, Fail),
    ],
)
def test_open_groups(judged: Rule, ssh: type, rdp: type, all_ports: type) -> None:
    assert isinstance(SSH_CHECK(group(judged), IN_USE), ssh)
    assert isinstance(RDP_CHECK(group(judged), IN_USE), rdp)
    assert isinstance(ALL_PORTS(group(judged), IN_USE), all_ports)


def test_groups_without_interfaces_are_judged_on_request() -> None:
    for each in (SSH_CHECK, RDP_CHECK, ALL_PORTS):
        assert each(group(rule("tcp", (0, 65535))), UNUSED) is None
    assert isinstance(SSH_CHECK(group(rule("tcp", (22, 22))), UNUSED, scan_unused_services=True), Fail)
    assert isinstance(RDP_CHECK(group(), UNUSED, scan_unused_services=True), Pass)


@pytest.mark.parametrize(("use", "severity"), [(IN_USE, None), (UNUSED, "high")])
def test_all_ports_of_a_group_without_interfaces_are_less_severe(use: NetworkUse, severity: str | None) -> None:
    verdict = ALL_PORTS(group(rule("-1")), use, scan_unused_services=True)
    assert isinstance(verdict, Fail)
    assert verdict.severity == severity


def test_default_groups() -> None:
    check = ec2_securitygroup_default_restrict_traffic
    to_anyone = (rule("-1"),)
    assert isinstance(check(group(name="default"), IN_USE), Pass)
    assert isinstance(check(group(*to_anyone, name="default"), IN_USE), Fail)
    assert isinstance(check(group(name="default", egress=to_anyone), IN_USE), Fail)
    assert check(group(name="default"), UNUSED) is None
    assert isinstance(check(group(name="default"), UNUSED, scan_unused_services=True), Pass)
    assert check(group(*to_anyone), IN_USE) is None


REFERRING = group(Rule(user_id_group_pairs=(GroupPair(group_id="sg-1"),)), id_="sg-2")
NOTHING = ConfiguredGroups()
DENIED = Failure("denied", "batch:DescribeComputeEnvironments", "AccessDenied")


@pytest.mark.parametrize(
    ("use", "groups", "configured", "verdict"),
    [
        (IN_USE, (), NOTHING, Pass),
        (UNUSED, (REFERRING,), NOTHING, Pass),
        (UNUSED, (), ConfiguredGroups(frozenset({"sg-1"})), Pass),
        (UNUSED, (), NOTHING, Fail),
        (UNUSED, (), DENIED, Manual),
        (IN_USE, (), DENIED, Pass),
        (UNUSED, (REFERRING,), DENIED, Pass),
    ],
)
def test_unused_groups(
    use: NetworkUse, groups: tuple[SecurityGroup, ...], configured: ConfiguredGroups | Failure, verdict: type
) -> None:
    found = ec2_securitygroup_not_used(group(), use, security_groups((group(), *groups)), configured)
    assert isinstance(found, verdict)


def test_default_groups_cannot_be_unused() -> None:
    default = group(name="default")
    assert ec2_securitygroup_not_used(default, UNUSED, security_groups((default,)), NOTHING) is None


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
            launch_template_id="lt-1",
            version_number=number,
            data=LaunchTemplateData(metadata_options=MetadataOptions(http_endpoint=endpoint, http_tokens=tokens)),
        )
        for number, (endpoint, tokens) in enumerate(options, 1)
    )
    other = LaunchTemplateVersion(launch_template_id="lt-2", version_number=1)
    template = LaunchTemplate(launch_template_id="lt-1", name="web")
    assert isinstance(ec2_launch_template_imdsv2_required(template, template_versions((*versions, other))), verdict)


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
