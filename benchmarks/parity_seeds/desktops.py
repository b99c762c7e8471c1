"""Desktops that are streamed."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, Clients
from benchmarks.parity_moto import tell
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


def seed(clients: Clients) -> None:
    """Fill an account with all of it."""
    fleets(clients)


STATES: Final = (State("desktops", "500000001573", seed, services=("appstream",)),)
