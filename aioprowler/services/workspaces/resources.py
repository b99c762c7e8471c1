"""Virtual desktops, and the networks that they are in."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from aioprowler import Here, Resource, States, derive, listing
from aioprowler.services.vpc.resources import Exit, RouteTable, Routing, Subnet


class Workspace(
    Resource,
    id="workspace_id",
    arn="arn:{partition}:workspaces:{region}:{account_id}:workspace/{workspace_id}",
    type="AwsEc2Volume",
    group="compute",
    noun="WorkSpace",
):
    """Virtual desktops. Of one that is only being made, AWS does not tell all."""

    source = listing(
        "workspaces",
        "DescribeWorkspaces",
        "Workspaces",
        states=States("state", over=["TERMINATED", "TERMINATING"], not_yet=["PENDING"]),
    )
    workspace_id: str
    state: str = ""
    subnet_id: str = ""
    root_volume_encryption_enabled: bool = False
    user_volume_encryption_enabled: bool = False
    """A volume is encrypted where that was asked for when the desktop was made
    (https://docs.aws.amazon.com/workspaces/latest/adminguide/encrypt-workspaces.html)."""


class NatRoutes(msgspec.Struct, frozen=True):
    """Whether the route tables of a region lead to NAT gateways, by what they hold for."""

    by_subnet: dict[str, bool]
    main: dict[str, bool]
    """By VPC: of its subnets without a table of their own."""

    def of(self, subnet: Subnet) -> bool:
        """By the subnet's own table, else by the main one of its VPC."""
        return self.by_subnet.get(subnet.subnet_id, self.main.get(subnet.vpc_id, False))


@derive
def nat_routes(tables: Here[RouteTable]) -> NatRoutes:
    """Of all route tables of the region."""
    by_subnet: dict[str, bool] = {}
    main: dict[str, bool] = {}
    for table in tables:
        leads = any(route.leads_to_nat for route in table.routes)
        for association in table.associations:
            if association.subnet_id:
                by_subnet[association.subnet_id] = leads
            elif association.main:
                main[table.vpc_id] = leads
    return NatRoutes(by_subnet, main)


class Layout(msgspec.Struct):
    """The subnets of a VPC, counted."""

    public: int = 0
    private: int = 0
    has_nat: bool = False
    """Whether a private one has a route to a NAT gateway."""
    unknown: str = ""
    """Why one of them may be either: `the routes of subnet-1 are not known`."""

    @property
    def lacks(self) -> list[str]:
        """What is not there, as far as is known."""
        wanted = {
            "a public subnet": self.public > 0,
            "two private subnets": self.private > 1,
            "a route from a private subnet to a NAT gateway": self.has_nat,
        }
        return [name for name, is_there in wanted.items() if not is_there]


class Layouts(msgspec.Struct, frozen=True):
    """What the VPCs of a region are made of, by subnet."""

    exits: dict[str, Exit]
    vpcs: dict[str, Layout]


@derive
def layouts(subnets: Here[Subnet], routing: Routing, nat: NatRoutes) -> Layouts:
    """Of all subnets of the region."""
    exits = {subnet.subnet_id: routing.of(subnet) for subnet in subnets}
    by_vpc: dict[str, Layout] = defaultdict(Layout)
    for subnet in subnets:
        leads, layout = exits[subnet.subnet_id], by_vpc[subnet.vpc_id]
        if leads.is_open:
            layout.public += 1
        elif leads.unknown:
            layout.unknown = layout.unknown or leads.unknown
        else:
            layout.private += 1
            layout.has_nat = layout.has_nat or nat.of(subnet)
    return Layouts(exits, {subnet.subnet_id: by_vpc[subnet.vpc_id] for subnet in subnets})
