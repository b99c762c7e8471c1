"""Lightsail's checks on literals."""

from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Fail, Manual, Pass
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.lightsail.checks import (
    lightsail_database_public,
    lightsail_instance_automated_snapshots,
    lightsail_instance_php_blueprint_updated,
    lightsail_instance_public,
    lightsail_static_ip_unused,
)
from aioprowler.services.lightsail.resources import AddOn, Database, Instance, Networking, OpenPorts, StaticIp


def instance(*ports: OpenPorts, **fields: Any) -> Instance:
    told: dict[str, Any] = {
        "public_ip_address": "192.0.2.1",
        "blueprint_id": "debian_12",
        "networking": Networking(ports=ports),
    }
    return Instance(support_code="1/i-1", name="web", arn="arn", **(told | fields))


def opened(*cidrs: str, access: str = "public", **fields: Any) -> OpenPorts:
    four, six = ([each for each in cidrs if (":" in each) == is_six] for is_six in (False, True))
    rule = {"from_port": 22, "to_port": 22, "protocol": "tcp", "access_type": access, **fields}
    return OpenPorts(cidrs=tuple(four), ipv6_cidrs=tuple(six), **rule)


@pytest.mark.parametrize(
    ("ports", "verdict"),
    [
        ([], Pass),
        ([opened()], Fail),
        ([opened("0.0.0.0/0", access="Public")], Fail),
        ([opened("0.0.0.0/1", "128.0.0.0/1")], Fail),
        ([opened("198.51.100.0/24")], Pass),
        ([opened("::/0")], Pass),
        ([opened(aliases=("lightsail-connect",))], Pass),
        ([opened(access="private")], Pass),
        ([opened(access="protected")], Manual),
        ([opened(access="")], Manual),
        ([opened(access="protected"), opened()], Fail),
    ],
)
def test_open_ports(ports: list[OpenPorts], verdict: type) -> None:
    assert isinstance(lightsail_instance_public(instance(*ports)), verdict)


@pytest.mark.parametrize(
    ("ports", "verdict"), [([opened("0.0.0.0/0")], Pass), ([opened("0.0.0.0/0", "::/0")], Fail), ([opened()], Fail)]
)
def test_an_instance_may_speak_ipv6_alone(ports: list[OpenPorts], verdict: type) -> None:
    only_six = instance(*ports, public_ip_address="", ipv6_addresses=("2001:4860::1",))
    assert isinstance(lightsail_instance_public(only_six), verdict)


def test_what_has_no_public_address_is_not_open() -> None:
    assert isinstance(lightsail_instance_public(instance(opened(), public_ip_address="")), Pass)


def test_open_ports_are_named() -> None:
    ports = [opened(), opened(from_port=8000, to_port=8080), opened(protocol="all", from_port=0, to_port=65535)]
    verdict = lightsail_instance_public(instance(*ports))
    assert verdict.detail == "Lightsail instance web (1/i-1) is open to the internet: tcp 22, tcp 8000-8080, all."


def test_ports_that_are_not_told_are_no_verdict() -> None:
    with pytest.raises(UnreadableError):
        lightsail_instance_public(instance(networking=Networking()))


@pytest.mark.parametrize(
    ("add_ons", "verdict"),
    [
        ((AddOn(name="AutoSnapshot", status="Enabled"),), Pass),
        ((AddOn(name="AutoSnapshot", status="enabled"),), Pass),
        ((AddOn(name="AutoSnapshot", status="Disabled"),), Fail),
        ((AddOn(name="AutoSnapshot", status="Enabling"),), Manual),
        ((AddOn(name="StopInstanceOnIdle", status="Enabled"),), Fail),
        ((), Fail),
    ],
)
def test_snapshots(add_ons: tuple[AddOn, ...], verdict: type) -> None:
    assert isinstance(lightsail_instance_automated_snapshots(instance(add_ons=add_ons)), verdict)


@pytest.mark.parametrize(
    ("blueprint", "verdict"),
    [("wordpress_6", Manual), ("LAMP_8_bitnami", Manual), ("debian_12", type(None)), ("my_wordpress", type(None))],
)
def test_blueprints_with_php(blueprint: str, verdict: type) -> None:
    assert isinstance(lightsail_instance_php_blueprint_updated(instance(blueprint_id=blueprint)), verdict)


def test_blueprints_of_ones_own() -> None:
    made = instance(blueprint_id="debian_12")
    assert isinstance(lightsail_instance_php_blueprint_updated(made, lightsail_php_blueprints=["Debian"]), Manual)


@pytest.mark.parametrize(("public", "verdict"), [(True, Fail), (False, Pass)])
def test_databases(public: bool, verdict: type) -> None:
    database = Database(support_code="1/ls-1", name="db", arn="arn", publicly_accessible=public)
    assert isinstance(lightsail_database_public(database), verdict)


@pytest.mark.parametrize(("attached", "verdict"), [(True, Pass), (False, Fail)])
def test_static_ips(attached: bool, verdict: type) -> None:
    address = StaticIp(support_code="1/s-1", name="ip", arn="arn", is_attached=attached)
    assert isinstance(lightsail_static_ip_unused(address), verdict)
