"""Servers, databases and addresses of Lightsail."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from aioprowler import Resource, States, field, listing
from aioprowler.judging.addresses import Addresses

ANYONE = ("0.0.0.0/0", "::/0")


class State(msgspec.Struct, frozen=True, rename="camel"):
    """What an instance does at the moment."""

    name: str = ""


class OpenPorts(msgspec.Struct, frozen=True, rename="camel"):
    """A rule of an instance's firewall."""

    from_port: int | None = None
    to_port: int | None = None
    protocol: str = "all"
    access_type: str = ""
    """`Public` or `Private`, in replies in small letters as well."""
    cidrs: tuple[str, ...] = ()
    ipv6_cidrs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = field(name="cidrListAliases", default=())
    """`lightsail-connect`: the console's own client."""

    @property
    def admitted(self) -> Addresses:
        """Whom it lets in: where it says nobody in particular, everybody
        (https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_PortInfo.html).
        """
        told = (*self.cidrs, *self.ipv6_cidrs)
        return Addresses.of(told if told or self.aliases else ANYONE)

    def __str__(self) -> str:
        if self.protocol == "all" or self.from_port is None:
            return self.protocol
        last = "" if self.to_port in (None, self.from_port) else f"-{self.to_port}"
        return f"{self.protocol} {self.from_port}{last}"


class Networking(msgspec.Struct, frozen=True, rename="camel"):
    """The firewall of an instance. AWS leaves the list out of no instance."""

    ports: tuple[OpenPorts, ...] | None = None


class AddOn(msgspec.Struct, frozen=True, rename="camel"):
    """What an instance has besides: `AutoSnapshot`, and whether that is on."""

    name: str = ""
    status: str = ""


class Instance(Resource, id="support_code", rename="camel", type="Other", group="compute", noun="Lightsail instance"):
    """A virtual private server."""

    source = listing(
        "lightsail",
        "GetInstances",
        "instances",
        states=States("state_name", over=["shutting-down", "terminated"]),
    )
    support_code: str
    name: str
    arn: str
    blueprint_id: str
    state: State = State()
    networking: Networking
    public_ip_address: str = ""
    """Left out where it has none, as one that only speaks IPv6
    (https://docs.aws.amazon.com/lightsail/latest/userguide/understanding-public-ip-and-private-ip-addresses-in-amazon-lightsail.html)."""
    ipv6_addresses: tuple[str, ...] = ()
    add_ons: tuple[AddOn, ...] = ()

    @property
    def state_name(self) -> str:
        """`running`, `stopped`, ..."""
        return self.state.name


def reachable(instance: Instance, ports: Iterable[OpenPorts]) -> list[OpenPorts]:
    """The rules that let everybody in at an address that the instance has."""
    return [
        each
        for each in ports
        if (instance.public_ip_address and each.admitted.is_ipv4_internet)
        or (instance.ipv6_addresses and each.admitted.is_ipv6_internet)
    ]


class Database(Resource, id="support_code", rename="camel", type="Other", group="compute", noun="Lightsail database"):
    """A managed database."""

    source = listing(
        "lightsail",
        "GetRelationalDatabases",
        "relationalDatabases",
        states=States("state", over=["deleting"]),
    )
    support_code: str
    name: str
    arn: str
    state: str = ""
    publicly_accessible: bool


class StaticIp(Resource, id="support_code", rename="camel", type="Other", group="compute", noun="Lightsail static IP"):
    """A public address that the account keeps."""

    source = listing("lightsail", "GetStaticIps", "staticIps")
    support_code: str
    name: str
    arn: str
    is_attached: bool
