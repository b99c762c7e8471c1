from __future__ import annotations

import pytest

from aioprowler import Fail, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.judging.ports import AclEntry, PortRange
from aioprowler.services.ec2.checks.network_acl import (
    ec2_networkacl_allow_ingress_any_port,
    ec2_networkacl_allow_ingress_tcp_port_22,
    ec2_networkacl_allow_ingress_tcp_port_3389,
    ec2_networkacl_unused,
)
from aioprowler.services.ec2.resources.firewall import (
    NetworkAcl,
    NetworkAclAssociation,
    SecurityGroups,
    security_groups,
)
from tests.services.rules import group

GROUPS = SecurityGroups(any_but_default=True)
BY_PORT = (
    ec2_networkacl_allow_ingress_any_port,
    ec2_networkacl_allow_ingress_tcp_port_22,
    ec2_networkacl_allow_ingress_tcp_port_3389,
)


def acl(*entries: AclEntry, is_default: bool = False, subnets: tuple[str, ...] = ()) -> NetworkAcl:
    associations = tuple(NetworkAclAssociation(subnet_id=subnet) for subnet in subnets)
    return NetworkAcl(network_acl_id="acl-1", is_default=is_default, entries=entries, associations=associations)


def admitting(protocol: str, first: int = 0, last: int = 65535) -> AclEntry:
    return AclEntry(
        100, "allow", False, protocol=protocol, cidr_block="0.0.0.0/0", port_range=PortRange(from_=first, to=last)
    )


DENYING_RDP = AclEntry(
    50, "deny", False, protocol="6", cidr_block="0.0.0.0/0", port_range=PortRange(from_=3389, to=3389)
)


@pytest.mark.parametrize(
    ("entries", "verdicts"),
    [
        ((admitting("-1"),), (Fail, Fail, Fail)),
        ((admitting("6"),), (Fail, Fail, Fail)),
        ((admitting("17"),), (Fail, Pass, Pass)),
        ((admitting("6", 22, 22),), (Pass, Fail, Pass)),
        ((admitting("6", 3000, 4000),), (Pass, Pass, Fail)),
        ((DENYING_RDP, admitting("-1")), (Fail, Fail, Pass)),
        ((), (Pass, Pass, Pass)),
    ],
)
def test_what_network_acls_admit(entries: tuple[AclEntry, ...], verdicts: tuple[type, ...]) -> None:
    for check, verdict in zip(BY_PORT, verdicts, strict=True):
        assert isinstance(check(acl(*entries), GROUPS), verdict)


def test_network_acls_of_unused_regions() -> None:
    nothing = security_groups((group(name="default"),))
    for check in BY_PORT:
        assert check(acl(), nothing) is None
        assert isinstance(check(acl(), nothing, scan_unused_services=True), Pass)
        assert isinstance(check(acl(admitting("-1")), nothing, scan_unused_services=True), Fail)


@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        (acl(), Fail),
        (acl(subnets=("",)), Fail),
        (acl(subnets=("subnet-1",)), Pass),
        (acl(is_default=True), type(None)),
        (acl(is_default=True, subnets=("subnet-1",)), type(None)),
    ],
)
def test_unused_network_acls(judged: NetworkAcl, verdict: type) -> None:
    assert isinstance(ec2_networkacl_unused(judged), verdict)


def test_the_range_of_an_entry_that_aws_did_not_tell() -> None:
    with pytest.raises(UnreadableError, match="range of rule 100"):
        ec2_networkacl_allow_ingress_any_port(acl(AclEntry(100, "allow", False), subnets=("subnet-1",)), GROUPS)
