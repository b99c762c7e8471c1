"""Images and Client VPN endpoints, backups of volumes, public addresses of launch templates."""

from __future__ import annotations

import pytest

from aioprowler import Account, Fail, Failure, Manual, Pass, Region, Tag, Verdict
from aioprowler.engine.judge import place
from aioprowler.services.backup.resources import BackupSelections, Selection, TagCondition, TagConditions
from aioprowler.services.ec2.checks.client_vpn import ec2_client_vpn_endpoint_connection_logging_enabled
from aioprowler.services.ec2.checks.launch_template import ec2_launch_template_no_public_ip
from aioprowler.services.ec2.checks.settings import ec2_ami_account_block_public_access
from aioprowler.services.ec2.checks.volume import ec2_ebs_volume_protected_by_backup_plan
from aioprowler.services.ec2.resources.launch_template import (
    AddressingSubnets,
    InterfaceSpecification,
    LaunchTemplate,
    LaunchTemplateData,
    LaunchTemplateVersion,
    PublicInterfaces,
    TemplateVersions,
    public_interfaces,
)
from aioprowler.services.ec2.resources.network import ClientVpnEndpoint, ConnectionLogOptions
from aioprowler.services.ec2.resources.settings import ImagePublicAccess
from aioprowler.services.ec2.resources.storage import Volume
from aioprowler.services.vpc.resources import AddressAssociation, Ipv6Address, NetworkInterface, PrivateAddress
from tests.services.made import made

ACCOUNT = Account(id="123456789012", default_region="us-east-1", regions=("us-east-1", "eu-west-1"))


# ------------------------------------------------------------- images and VPNs
@pytest.mark.parametrize(("state", "verdict"), [("block-new-sharing", Pass), ("unblocked", Fail)])
def test_public_sharing_of_images(state: str, verdict: type) -> None:
    check = ec2_ami_account_block_public_access
    found = check(Region(name="eu-west-1", account=ACCOUNT), ImagePublicAccess(state=state))
    assert isinstance(found, verdict)
    assert "eu-west-1" in found.detail
    assert place(check, ACCOUNT, "eu-west-1").arn == "arn:aws:ec2:us-east-1:123456789012:account"


@pytest.mark.parametrize(("enabled", "verdict"), [(True, Pass), (False, Fail)])
def test_connection_logs_of_client_vpns(enabled: bool, verdict: type) -> None:
    endpoint = ClientVpnEndpoint(
        client_vpn_endpoint_id="cvpn-1", connection_log_options=ConnectionLogOptions(enabled=enabled)
    )
    assert isinstance(ec2_client_vpn_endpoint_connection_logging_enabled(endpoint), verdict)


# ---------------------------------------------------------- backups of volumes
def tag(key: str, value: str) -> TagCondition:
    return TagCondition(condition_key=f"aws:ResourceTag/{key}", condition_value=value)


VOLUME = made(Volume, volume_id="vol-1", tags=(Tag(key="backup", value="daily"), Tag(key="stage", value="prod-eu")))
NO_CONDITION = TagConditions()


@pytest.mark.parametrize(
    ("resources", "spared", "conditions", "verdict"),
    [
        (("*",), (), NO_CONDITION, Pass),
        (("arn:aws:ec2:*:*:volume/*",), (), NO_CONDITION, Pass),
        ((VOLUME.arn, "arn:aws:ec2:*:*:instance/*"), (), NO_CONDITION, Pass),
        ((f"{VOLUME.arn}0",), (), NO_CONDITION, Fail),
        (("arn:aws:ec2:*:*:instance/*",), (), NO_CONDITION, Fail),
        (("*",), ("arn:aws:ec2:*:*:volume/*",), NO_CONDITION, Fail),
        (("*",), ("arn:aws:ec2:*:*:instance/*",), NO_CONDITION, Pass),
        ((), (), NO_CONDITION, Pass),
        ((), ("*",), NO_CONDITION, Fail),
        ((), (), TagConditions(string_equals=(tag("backup", "daily"),)), Pass),
        ((), (), TagConditions(string_equals=(tag("backup", "weekly"),)), Fail),
        (("*",), (), TagConditions(string_equals=(tag("backup", "daily"),)), Pass),
        (("*",), (), TagConditions(string_equals=(tag("backup", "daily"), tag("stage", "test"))), Fail),
        (("*",), (), TagConditions(string_equals=(tag("backup", "Daily"),)), Fail),
        (("*",), (), TagConditions(string_equals=(tag("backup", "*"),)), Fail),
        (("*",), (), TagConditions(string_equals=(tag("owner", "x"),)), Fail),
        (("*",), (), TagConditions(string_like=(tag("stage", "prod*"), tag("backup", "*"))), Pass),
        (("*",), (), TagConditions(string_like=(tag("stage", "prod"),)), Fail),
        (("*",), (), TagConditions(string_like=(tag("owner", "*"),)), Fail),
        (("*",), (), TagConditions(string_not_equals=(tag("backup", "daily"),)), Fail),
        (("*",), (), TagConditions(string_not_equals=(tag("backup", "weekly"), tag("owner", "x"))), Pass),
        (("*",), (), TagConditions(string_not_like=(tag("stage", "prod*"),)), Fail),
        (("*",), (), TagConditions(string_not_like=(tag("stage", "test*"), tag("owner", "*"))), Pass),
        (
            ("*",),
            (),
            TagConditions(string_equals=(tag("backup", "daily"),), string_not_equals=(tag("stage", "prod-eu"),)),
            Fail,
        ),
    ],
)
def test_backup_plans_of_volumes(
    resources: tuple[str, ...], spared: tuple[str, ...], conditions: TagConditions, verdict: type
) -> None:
    selection = Selection(resources=resources, not_resources=spared, conditions=conditions)
    found = ec2_ebs_volume_protected_by_backup_plan(VOLUME, BackupSelections((selection,)))
    assert isinstance(found, verdict)


def test_one_selection_of_many_suffices() -> None:
    selections = (
        Selection(resources=("*",), not_resources=("*",)),
        Selection(resources=(VOLUME.arn,)),
    )
    assert isinstance(ec2_ebs_volume_protected_by_backup_plan(VOLUME, BackupSelections(selections)), Pass)
    assert isinstance(ec2_ebs_volume_protected_by_backup_plan(VOLUME, BackupSelections(())), Fail)


# ------------------------------------------------ addresses of launch templates
def assigning(assign: bool) -> InterfaceSpecification:
    return InterfaceSpecification(associate_public_ip_address=assign)


def naming(id_: str) -> InterfaceSpecification:
    return InterfaceSpecification(network_interface_id=id_)


def into(subnet_id: str) -> InterfaceSpecification:
    return InterfaceSpecification(subnet_id=subnet_id)


INTERFACES = PublicInterfaces({"eni-public": True, "eni-private": False})
SUBNETS = AddressingSubnets({"subnet-public": True, "subnet-private": False})
NO_INTERFACES = Failure("denied", "ec2:DescribeNetworkInterfaces", "UnauthorizedOperation")
NO_SUBNETS = Failure("denied", "ec2:DescribeSubnets", "UnauthorizedOperation")


def addresses(
    specified: list[InterfaceSpecification],
    subnets: AddressingSubnets | Failure = SUBNETS,
    interfaces: PublicInterfaces | Failure = INTERFACES,
) -> Verdict:
    """Of a template whose default version gives no addresses, and whose latest says what is specified."""
    data = [LaunchTemplateData(network_interfaces=tuple(each)) for each in ([assigning(False)], specified)]
    versions = tuple(LaunchTemplateVersion(version_number=n, data=each) for n, each in enumerate(data, 1))
    template = LaunchTemplate(launch_template_id="lt-1", name="web", default_version=1)
    found: Verdict = ec2_launch_template_no_public_ip(
        template, TemplateVersions(versions=versions), subnets, interfaces
    )
    return found


@pytest.mark.parametrize(
    ("specified", "verdict", "told"),
    [
        ([assigning(False)], Pass, "Version 1 of"),
        ([assigning(True)], Fail, "Version 2 of"),
        ([assigning(False), assigning(True)], Fail, "assigns public IP addresses"),
        ([naming("eni-private")], Pass, "Version 1 of"),
        ([naming("eni-private"), naming("eni-public")], Fail, "eni-public"),
        ([naming("eni-unknown")], Manual, "eni-unknown"),
        ([into("subnet-public")], Fail, "subnet-public"),
        ([into("subnet-private")], Pass, "subnet-private"),
        ([into("subnet-unknown")], Manual, "subnet-unknown"),
        ([], Manual, "does not name"),
        ([InterfaceSpecification()], Manual, "does not name"),
        # The subnet gives no addresses where there are several interfaces.
        ([into("subnet-public"), into("subnet-private")], Pass, "several network interfaces"),
        ([into("subnet-public"), naming("eni-public")], Fail, "eni-public"),
    ],
)
def test_public_addresses_of_launch_templates(
    specified: list[InterfaceSpecification], verdict: type, told: str
) -> None:
    found = addresses(specified)
    assert isinstance(found, verdict)
    assert told in found.detail


@pytest.mark.parametrize("specified", [[], [InterfaceSpecification()], [into("subnet-private")]])
def test_where_no_subnet_gives_addresses_it_does_not_matter_which_it_is(
    specified: list[InterfaceSpecification],
) -> None:
    assert isinstance(addresses(specified, AddressingSubnets({"subnet-private": False})), Pass)


@pytest.mark.parametrize(
    ("specified", "verdict"),
    [
        ([assigning(False)], Pass),
        ([assigning(True)], Fail),
        ([assigning(True), naming("eni-private")], Fail),
        ([naming("eni-private")], Manual),
        ([into("subnet-private")], Manual),
        ([], Manual),
    ],
)
def test_what_cannot_be_seen_matters_only_where_it_decides(
    specified: list[InterfaceSpecification], verdict: type
) -> None:
    assert isinstance(addresses(specified, NO_SUBNETS, NO_INTERFACES), verdict)


@pytest.mark.parametrize(
    ("ipv4", "ipv6", "public"),
    [
        ([], [], []),
        ([""], [], []),
        (["198.51.100.7"], [], ["198.51.100.7"]),
        (["", "198.51.100.7"], ["2600:1f16::1"], ["198.51.100.7", "2600:1f16::1"]),
        ([""], ["fd00:ec2::1"], []),
        ([""], ["fe80::1", "2600:1f16::1"], ["2600:1f16::1"]),
    ],
)
def test_public_addresses_of_interfaces(ipv4: list[str], ipv6: list[str], public: list[str]) -> None:
    interface = NetworkInterface(
        groups=(),
        network_interface_id="eni-1",
        private_ip_addresses=tuple(PrivateAddress(association=AddressAssociation(public_ip=ip)) for ip in ipv4),
        ipv6_addresses=tuple(Ipv6Address(ipv6_address=ip) for ip in ipv6),
    )
    assert interface.public_addresses == public
    assert public_interfaces((interface,)).by_id == {"eni-1": bool(public)}
