"""Lines to AWS, the virtual interfaces on them, and the gateways that these lead to."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from aioprowler import Here, Resource, States, listing, source

OVER: Final = ("deleted", "deleting", "rejected")
NOT_YET: Final = frozenset({"confirming", "ordering", "pending", "requested", "verifying"})
"""States in which nothing is carried yet, and perhaps never will be."""

REGIONAL: Final = "virtual-gateway"
GLOBAL: Final = "dx-gateway"


class Connection(
    Resource,
    id="connection_id",
    arn="arn:{partition}:directconnect:{region}:{account_id}:dxcon/{connection_id}",
    type="Other",
    group="network",
    noun="Direct Connect connection",
    rename="camel",
):
    """Lines to AWS from a location, dedicated or hosted by a partner."""

    source = listing(
        "directconnect", "DescribeConnections", "connections", states=States("connection_state", over=OVER)
    )
    connection_id: str
    connection_state: str = ""
    location: str

    @property
    def is_in_place(self) -> bool:
        """Whether it was ever up."""
        return self.connection_state not in NOT_YET


class VirtualInterface(
    Resource,
    id="virtual_interface_id",
    arn="arn:{partition}:directconnect:{region}:{account_id}:dxvif/{virtual_interface_id}",
    type="Other",
    group="network",
    noun="Virtual interface",
    rename="camel",
):
    """Networks on a connection. Deleted ones are listed for 15 minutes more."""

    source = listing(
        "directconnect",
        "DescribeVirtualInterfaces",
        "virtualInterfaces",
        states=States("virtual_interface_state", over=OVER),
    )
    virtual_interface_id: str
    virtual_interface_state: str = ""
    connection_id: str
    virtual_gateway_id: str = ""
    """Of a virtual private gateway, which private interfaces alone lead to."""
    direct_connect_gateway_id: str = ""
    """A public interface leads to neither
    (https://docs.aws.amazon.com/directconnect/latest/APIReference/API_VirtualInterface.html)."""

    @property
    def gateways(self) -> list[tuple[str, str]]:
        """Kind and id of what it leads to."""
        named = {REGIONAL: self.virtual_gateway_id, GLOBAL: self.direct_connect_gateway_id}
        return [(kind, id_) for kind, id_ in named.items() if id_]

    @property
    def is_in_place(self) -> bool:
        """Whether it may carry something."""
        return self.virtual_interface_state not in NOT_YET


@source()
async def gateways(interfaces: Here[VirtualInterface]) -> list[dict[str, str]]:
    """What the interfaces of the region lead to, each gateway once."""
    found = dict.fromkeys(gateway for each in interfaces if each.is_in_place for gateway in each.gateways)
    return [{"Kind": kind, "Id": id_} for kind, id_ in found]


class Gateway(
    Resource,
    id="id",
    arn="arn:{partition}:directconnect:{region}:{account_id}:{kind}/{id}",
    type="Other",
    group="network",
    noun="Gateway",
):
    """What virtual interfaces lead to: a virtual private gateway, or a Direct Connect gateway, which is in no region
    and found in each that one of its interfaces is in.
    """

    source: ClassVar[Any] = gateways
    kind: str
    """`virtual-gateway` or `dx-gateway`."""
    id: str

    @property
    def is_global(self) -> bool:
        """Whether interfaces of all regions may lead to it."""
        return self.kind == GLOBAL

    @property
    def label(self) -> str:
        """By what it is."""
        return f"{'Direct Connect' if self.is_global else 'Virtual private'} gateway {self.id}"
