from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.vpc.resources import Exit, Route, RouteTable, RouteTableAssociation, Routing, Subnet
from aioprowler.services.workspaces.checks import (
    workspaces_volume_encryption_enabled,
    workspaces_vpc_2private_1public_subnets_nat,
)
from aioprowler.services.workspaces.resources import Layouts, NatRoutes, Workspace, layouts, nat_routes
from tests.services.made import made
from tests.worlds.world import World, findings_of

HOME = "us-east-1"
DESKTOP = Workspace(workspace_id="ws-1", subnet_id="private-1")
OPEN, CLOSED, UNKNOWN = Exit(ipv4=True), Exit(), Exit(unknown="the routes of lent-1 are not known")


@pytest.mark.parametrize(
    ("root", "user", "verdict"),
    [(True, True, Pass), (True, False, Fail), (False, True, Fail), (False, False, Fail)],
)
def test_volumes(root: bool, user: bool, verdict: type) -> None:
    desktop = Workspace(workspace_id="ws-1", root_volume_encryption_enabled=root, user_volume_encryption_enabled=user)
    assert isinstance(workspaces_volume_encryption_enabled(desktop), verdict)


def test_the_volumes_that_are_not_encrypted_are_named() -> None:
    verdict = workspaces_volume_encryption_enabled(Workspace(workspace_id="ws-1"))
    assert verdict == Fail("WorkSpace ws-1 does not have its root and user volumes encrypted.")


def test_desktops_that_come_and_go_are_not_judged() -> None:
    desktops = [
        {"WorkspaceId": f"ws-{state.lower()}", "State": state, "SubnetId": "subnet-1"}
        for state in ("AVAILABLE", "ERROR", "PENDING", "STOPPED", "TERMINATING", "TERMINATED")
    ]
    world = World({("workspaces:DescribeWorkspaces", HOME): {"Workspaces": desktops}})
    found = findings_of(world, "workspaces_volume_encryption_enabled")
    assert {each.resource_id for each in found} == {"ws-available", "ws-error", "ws-stopped"}
    assert {each.resource_arn.rpartition("/")[0] for each in found} == {
        "arn:aws:workspaces:us-east-1:123456789012:workspace"
    }


def vpc(exits: dict[str, Exit], nat: bool = True) -> Layouts:
    """A VPC of these subnets, of which the private ones have a route to a NAT gateway or not."""
    subnets = tuple(made(Subnet, subnet_id=name, vpc_id="vpc-1") for name in exits)
    found: Layouts = layouts(subnets, Routing(exits, {}, {}), NatRoutes({}, {"vpc-1": nat}))
    return found


GOOD: dict[str, Exit] = {"public-1": OPEN, "private-1": CLOSED, "private-2": CLOSED}


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (vpc(GOOD), Pass),
        (vpc({**GOOD, "lent-1": UNKNOWN}), Pass),
        (vpc(GOOD, nat=False), Fail),
        (vpc({"public-1": OPEN, "private-1": CLOSED}), Fail),
        (vpc({"private-1": CLOSED, "private-2": CLOSED}), Fail),
        (vpc({**GOOD, "private-1": OPEN}), Fail),
        (vpc({**GOOD, "private-1": UNKNOWN}), Manual),
        (vpc({"private-1": CLOSED, "private-2": CLOSED, "lent-1": UNKNOWN}), Manual),
        (vpc({"public-1": OPEN}), Manual),
    ],
)
def test_networks(found: Layouts, verdict: type) -> None:
    assert isinstance(workspaces_vpc_2private_1public_subnets_nat(DESKTOP, found), verdict)


def test_what_a_network_lacks_is_told() -> None:
    verdict = workspaces_vpc_2private_1public_subnets_nat(DESKTOP, vpc({"private-1": CLOSED}, nat=False))
    lacks = "a public subnet, two private subnets, a route from a private subnet to a NAT gateway"
    assert verdict == Fail(f"WorkSpace ws-1 is in the private subnet private-1 of a VPC that lacks {lacks}.")


def test_a_subnet_that_is_not_told_is_not_made_up() -> None:
    with pytest.raises(UnreadableError, match="SubnetId"):
        workspaces_vpc_2private_1public_subnets_nat(Workspace(workspace_id="ws-1"), vpc(GOOD))


def table(*routes: Route, subnet: str | None = None, main: bool = False) -> RouteTable:
    association = RouteTableAssociation(main=main, subnet_id=subnet)
    return RouteTable(route_table_id="rtb-1", vpc_id="vpc-1", routes=routes, associations=(association,))


def test_the_main_table_holds_where_a_subnet_has_none() -> None:
    nat = Route(destination_cidr_block="0.0.0.0/0", nat_gateway_id="nat-1")
    dead = Route(destination_cidr_block="0.0.0.0/0", nat_gateway_id="nat-2", state="blackhole")
    found: NatRoutes = nat_routes((table(nat, main=True), table(dead, subnet="subnet-1"), table(subnet="subnet-2")))

    def leads(**facts: Any) -> bool:
        return found.of(made(Subnet, **facts))

    assert leads(subnet_id="subnet-3", vpc_id="vpc-1")
    assert not leads(subnet_id="subnet-1", vpc_id="vpc-1")
    assert not leads(subnet_id="subnet-2", vpc_id="vpc-1")
    assert not leads(subnet_id="subnet-3", vpc_id="vpc-2")
