"""Desktops: fleets of AppStream, and WorkSpaces in networks of all kinds."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.build import ANYWHERE, add_subnet, add_vpc, open_to_internet, route
from benchmarks.parity_seeds.states import State


def fleets(clients: Clients) -> None:
    """Tell of fleets of AppStream."""
    facts: dict[str, dict[str, Any]] = {
        "strict": {},
        "open": {"EnableDefaultInternetAccess": True},
        "ten-hours": {"MaxUserDurationInSeconds": 36_000},
        "nearly-ten-hours": {"MaxUserDurationInSeconds": 35_999},
        "patient": {"DisconnectTimeoutInSeconds": 301, "IdleDisconnectTimeoutInSeconds": 601},
        "never": {"IdleDisconnectTimeoutInSeconds": 0},
    }
    usual = {
        "InstanceType": "stream.standard.small",
        "ComputeCapacityStatus": {"Desired": 1},
        "State": "RUNNING",
        "EnableDefaultInternetAccess": False,
        "MaxUserDurationInSeconds": 28_800,
        "DisconnectTimeoutInSeconds": 300,
        "IdleDisconnectTimeoutInSeconds": 600,
    }
    place = f"arn:aws:appstream:{HOME_REGION}:{clients.account_id}:fleet"
    listed = [{"Name": name, "Arn": f"{place}/{name}", **usual, **each} for name, each in facts.items()]
    silent = {"Name": "silent", "Arn": f"{place}/silent", **usual}
    del silent["IdleDisconnectTimeoutInSeconds"]
    for region in REGIONS:
        tell(clients, "appstream", "DescribeFleets", {"Fleets": []}, region)
    tell(clients, "appstream", "DescribeFleets", {"Fleets": [*listed, silent]})
    tell(clients, "appstream", "ListTagsForResource", {"Tags": {}})


def workspaces(clients: Clients) -> None:
    """Tell of WorkSpaces, encrypted and not, in networks that have all that it takes, and in others."""
    both = {"RootVolumeEncryptionEnabled": True, "UserVolumeEncryptionEnabled": True}
    complete = _network(clients, "complete", "10.40", private=2, nat=True)
    facts: dict[str, dict[str, Any]] = {
        "good": {**both, "SubnetId": complete["private-0"]},
        "open": {**both, "SubnetId": complete["public"]},
        "root-only": {"RootVolumeEncryptionEnabled": True, "SubnetId": complete["private-1"]},
        "user-only": {"UserVolumeEncryptionEnabled": True, "SubnetId": complete["private-1"]},
        "plain": {"SubnetId": _network(clients, "natless", "10.41", private=2, nat=False)["private-0"]},
        "cramped": {**both, "SubnetId": _network(clients, "cramped", "10.42", private=1, nat=True)["private-0"]},
        "coming": {"State": "PENDING", "SubnetId": complete["private-0"]},
        "going": {"State": "TERMINATING", "SubnetId": complete["private-0"]},
    }
    usual = {"DirectoryId": "d-0123456789", "UserName": "jane", "State": "AVAILABLE"}
    for region in REGIONS:
        tell(clients, "workspaces", "DescribeWorkspaces", {"Workspaces": []}, region)
    listed = [{"WorkspaceId": f"ws-{name}", **usual, **each} for name, each in facts.items()]
    tell(clients, "workspaces", "DescribeWorkspaces", {"Workspaces": listed})
    tell(clients, "workspaces", "DescribeTags", {"TagList": []})


def _network(clients: Clients, name: str, prefix: str, *, private: int, nat: bool) -> dict[str, str]:
    """Make a VPC with a public subnet and private ones, and return their ids."""
    ec2 = clients("ec2")
    vpc_id = add_vpc(clients, name, f"{prefix}.0.0/16")
    subnets = {"public": add_subnet(clients, vpc_id, f"{name}-public", f"{prefix}.0.0/24")}
    for number in range(private):
        made = add_subnet(clients, vpc_id, f"{name}-{number}", f"{prefix}.{number + 1}.0/24", "ab"[number])
        subnets[f"private-{number}"] = made
    open_to_internet(clients, vpc_id, subnets["public"])
    inner = [id_ for name, id_ in subnets.items() if name != "public"]
    routes = []
    if nat:
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        gateway = ec2.create_nat_gateway(SubnetId=subnets["public"], AllocationId=address)["NatGateway"]["NatGatewayId"]
        routes.append({"DestinationCidrBlock": ANYWHERE, "NatGatewayId": gateway})
    route(clients, vpc_id, inner, *routes)
    return subnets


def seed(clients: Clients) -> None:
    """Fill an account with all of it."""
    workspaces(clients)
    fleets(clients)


STATES: Final = (State("desktops", "500000001573", seed, services=("appstream", "workspaces")),)
