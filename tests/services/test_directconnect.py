from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Fail, Pass, Region
from aioprowler.services.directconnect.checks import (
    directconnect_connection_redundancy,
)
from aioprowler.services.directconnect.resources import Connection
from tests.worlds.world import World, denied, findings_of

HOME, OTHER = "us-east-1", "eu-west-1"
REGION = Region(name=HOME, account=Account(id="123456789012"))
CONNECTIONS = "directconnect_connection_redundancy"
INTERFACES = "directconnect_virtual_interface_redundancy"


def connection(location: str, state: str = "available") -> Connection:
    return Connection(connection_id=f"dxcon-{location}", connection_state=state, location=location)


@pytest.mark.parametrize(
    ("connections", "verdict"),
    [
        ([], type(None)),
        ([connection("here", "ordering")], type(None)),
        ([connection("here")], Fail),
        ([connection("here"), connection("here")], Fail),
        ([connection("here"), connection("there")], Pass),
        ([connection("here"), connection("there", "down")], Pass),
        ([connection("here"), connection("there", "requested")], Fail),
    ],
)
def test_connections(connections: list[Connection], verdict: type) -> None:
    assert isinstance(directconnect_connection_redundancy(REGION, tuple(connections)), verdict)


def test_connections_are_judged_by_region() -> None:
    told = {"connectionId": "dxcon-1", "location": "here", "connectionState": "available"}
    gone = {**told, "connectionId": "dxcon-2", "location": "there", "connectionState": "deleted"}
    world = World({("directconnect:DescribeConnections", HOME): {"connections": [told, gone]}})
    (finding,) = findings_of(world, CONNECTIONS)
    assert (finding.status, finding.region, finding.resource_id) == ("FAIL", HOME, "unknown")
    assert finding.resource_arn == "arn:aws:directconnect:us-east-1:123456789012:dxcon"


def interface(name: str, connection_id: str = "dxcon-1", state: str = "available", **gateway: str) -> dict[str, Any]:
    state_of = {"virtualInterfaceState": state, "virtualGatewayId": "", "directConnectGatewayId": ""}
    return {"virtualInterfaceId": f"dxvif-{name}", "connectionId": connection_id, **state_of, **gateway}


PRIVATE = {"virtualGatewayId": "vgw-1"}
TRANSIT = {"directConnectGatewayId": "gateway-1"}


def judged(here: list[dict[str, Any]], there: Any = ()) -> dict[tuple[str, str], str]:
    elsewhere = there if isinstance(there, Exception) else {"virtualInterfaces": list(there)}
    world = World(
        {
            ("directconnect:DescribeVirtualInterfaces", HOME): {"virtualInterfaces": here},
            ("directconnect:DescribeVirtualInterfaces", OTHER): elsewhere,
        }
    )
    found = findings_of(world, INTERFACES)
    return {(each.region, each.resource_arn.rpartition(":")[2]): each.status for each in found}


@pytest.mark.parametrize(
    ("interfaces", "status"),
    [
        ([interface("1", **PRIVATE)], "FAIL"),
        ([interface("1", **PRIVATE), interface("2", **PRIVATE)], "FAIL"),
        ([interface("1", **PRIVATE), interface("2", "dxcon-2", **PRIVATE)], "PASS"),
        ([interface("1", **PRIVATE), interface("2", "dxcon-2", "down", **PRIVATE)], "PASS"),
        ([interface("1", **PRIVATE), interface("2", "dxcon-2", "confirming", **PRIVATE)], "FAIL"),
        ([interface("1", **PRIVATE), interface("2", "dxcon-2", "deleted", **PRIVATE)], "FAIL"),
    ],
)
def test_private_gateways(interfaces: list[dict[str, Any]], status: str) -> None:
    assert judged(interfaces) == {(HOME, "virtual-gateway/vgw-1"): status}


def test_a_public_interface_leads_to_no_gateway() -> None:
    assert judged([interface("1")]) == {}


def test_interfaces_of_all_regions_lead_to_a_direct_connect_gateway() -> None:
    there = [interface("2", "dxcon-2", **TRANSIT)]
    assert judged([interface("1", **TRANSIT)], there) == {(OTHER, "dx-gateway/gateway-1"): "PASS"}
    assert judged([interface("1", **TRANSIT)]) == {(HOME, "dx-gateway/gateway-1"): "FAIL"}


def test_a_region_that_may_not_be_looked_at_may_have_further_ones() -> None:
    found = judged([interface("1", **TRANSIT), interface("2", **PRIVATE)], denied())
    assert found[HOME, "dx-gateway/gateway-1"] == "MANUAL"
    assert found[HOME, "virtual-gateway/vgw-1"] == "FAIL"
    both = [interface("1", **TRANSIT), interface("2", "dxcon-2", **TRANSIT)]
    assert judged(both, denied())[HOME, "dx-gateway/gateway-1"] == "PASS"
