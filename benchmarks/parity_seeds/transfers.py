"""Ways in and out: servers for file transfer, tasks of DataSync, and lines of Direct Connect."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.states import State

Structure = dict[str, Any]


def servers(clients: Clients) -> None:
    """Tell of servers for file transfer."""
    facts: dict[str, Structure] = {
        "sftp": {},
        "mixed": {"Protocols": ["SFTP", "FTPS", "FTP"]},
        "ftp": {"Protocols": ["FTP"], "State": "OFFLINE"},
        "as2": {"Protocols": ["AS2"], "SecurityPolicyName": "TransferSecurityPolicy-AS2Restricted-2025-07"},
        "fips": {"SecurityPolicyName": "TransferSecurityPolicy-FIPS-2024-01"},
        "quantum": {"SecurityPolicyName": "TransferSecurityPolicy-2025-03"},
        "both": {"SecurityPolicyName": "TransferSecurityPolicy-FIPS-2025-03"},
        "trial": {"SecurityPolicyName": "TransferSecurityPolicy-PQ-SSH-FIPS-Experimental-2023-04"},
    }
    usual = {
        "Protocols": ["SFTP"],
        "SecurityPolicyName": "TransferSecurityPolicy-2024-01",
        "State": "ONLINE",
        "Tags": [],
    }
    told = {_server_id(name): {**_server(clients, name), **usual, **each} for name, each in facts.items()}
    for region in REGIONS:
        tell(clients, "transfer", "ListServers", {"Servers": []}, region)
    tell(clients, "transfer", "ListServers", {"Servers": [_server(clients, name) for name in facts]})
    tell(clients, "transfer", "DescribeServer", lambda asked: {"Server": told[asked["ServerId"]]})


def _server(clients: Clients, name: str) -> Structure:
    id_ = _server_id(name)
    return {"ServerId": id_, "Arn": f"arn:aws:transfer:{HOME_REGION}:{clients.account_id}:server/{id_}"}


def _server_id(name: str) -> str:
    """As long as ids of servers are."""
    return f"s-{name:0<17}"


def tasks(clients: Clients) -> None:
    """Tell of tasks of DataSync."""
    group = {"CloudWatchLogGroupArn": f"arn:aws:logs:{HOME_REGION}:{clients.account_id}:log-group:/aws/datasync:*"}
    facts: dict[str, Structure] = {
        "silent": {},
        "logs": {**group, "Options": {"LogLevel": "TRANSFER"}},
        "logs-somehow": group,
        "logs-off": {**group, "Options": {"LogLevel": "OFF"}},
        "logs-nowhere": {"Options": {"LogLevel": "BASIC"}},
        "enhanced": {"TaskMode": "ENHANCED", "Options": {"LogLevel": "BASIC"}},
    }
    listed = {f"task-{name}": _task(clients, name) for name in facts}

    def describe(asked: Any) -> Structure:
        id_ = asked["TaskArn"].rpartition("/")[2]
        return {**listed[id_], **facts[id_.removeprefix("task-")]}

    for region in REGIONS:
        tell(clients, "datasync", "ListTasks", {"Tasks": []}, region)
    tell(clients, "datasync", "ListTasks", {"Tasks": list(listed.values())})
    tell(clients, "datasync", "DescribeTask", describe)
    tell(clients, "datasync", "ListTagsForResource", {"Tags": []})


def _task(clients: Clients, name: str) -> Structure:
    arn = f"arn:aws:datasync:{HOME_REGION}:{clients.account_id}:task/task-{name}"
    return {"TaskArn": arn, "Name": name, "Status": "AVAILABLE"}


def lines(clients: Clients) -> None:
    """Tell of connections at two locations in one region, and at one in the other; and of virtual interfaces."""
    interfaces = [
        _interface("lonely-1", "dxcon-1", "vgw-lonely"),
        _interface("twin-1", "dxcon-1", "vgw-twin"),
        _interface("twin-2", "dxcon-1", "vgw-twin"),
        _interface("good-1", "dxcon-1", "vgw-good"),
        _interface("good-2", "dxcon-2", "vgw-good"),
        _interface("was-1", "dxcon-1", "vgw-was"),
        _interface("was-2", "dxcon-2", "vgw-was", state="deleted"),
        _interface("transit-1", "dxcon-1", gateway="transit"),
        _interface("wide-1", "dxcon-1", gateway="wide"),
        _interface("full-1", "dxcon-1", gateway="full"),
        _interface("full-2", "dxcon-2", gateway="full"),
        _interface("public-1", "dxcon-1"),
    ]
    far = [_interface("wide-2", "dxcon-4", gateway="wide", region=SECOND_REGION)]
    connections = [_connection("dxcon-1", "EqDC2"), _connection("dxcon-2", "CSVA1"), _connection("dxcon-3", "CSVA1")]
    of_region = {
        HOME_REGION: (connections, interfaces),
        SECOND_REGION: (
            [_connection("dxcon-4", "EqDB1", SECOND_REGION), _connection("dxcon-5", "EqDB1", SECOND_REGION)],
            far,
        ),
    }
    for region in REGIONS:
        of_here = of_region.get(region, ([], []))
        tell(clients, "directconnect", "DescribeConnections", {"connections": of_here[0]}, region)
        tell(clients, "directconnect", "DescribeVirtualInterfaces", {"virtualInterfaces": of_here[1]}, region)


def _connection(id_: str, location: str, region: str = HOME_REGION) -> Structure:
    named = {"connectionId": id_, "connectionName": id_, "connectionState": "available"}
    return {**named, "region": region, "location": location}


def _interface(
    name: str, connection: str, vgw: str = "", *, gateway: str = "", state: str = "available", region: str = HOME_REGION
) -> Structure:
    return {
        "virtualInterfaceId": f"dxvif-{name}",
        "virtualInterfaceName": name,
        "virtualInterfaceState": state,
        "connectionId": connection,
        "virtualGatewayId": vgw,
        "directConnectGatewayId": gateway,
        "location": "EqDC2",
        "region": region,
    }


def seed(clients: Clients) -> None:
    """Fill an account with all of it."""
    lines(clients)
    servers(clients)
    tasks(clients)


STATES: Final = (State("transfers", "500000001572", seed, services=("datasync", "directconnect", "transfer")),)
