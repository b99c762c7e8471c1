from __future__ import annotations

from typing import Any

import pytest

from aioprowler import Account, Check, Fail, Manual, Pass, Region
from aioprowler.declarations.failure import UnreadableError
from aioprowler.services.redshift.checks import (
    redshift_cluster_audit_logging,
    redshift_cluster_automated_snapshot,
    redshift_cluster_automatic_upgrades,
    redshift_cluster_encrypted_at_rest,
    redshift_cluster_enhanced_vpc_routing,
    redshift_cluster_in_transit_encryption_enabled,
    redshift_cluster_multi_az_enabled,
    redshift_cluster_non_default_database_name,
    redshift_cluster_non_default_username,
    redshift_cluster_public_access,
)
from aioprowler.services.redshift.resources import (
    AutomatedSnapshots,
    Cluster,
    Endpoint,
    Logging,
    Parameter,
    ParameterGroup,
    Parameters,
    ParameterStatus,
    Snapshot,
    Subnet,
    SubnetGroup,
    subnet_groups,
)
from aioprowler.services.vpc.resources import GroupMembership
from tests.services.made import made
from tests.services.networks import network, to_anyone

REGION = Region(name="us-east-1", account=Account(id="123456789012"))


def cluster(**facts: Any) -> Cluster:
    return made(Cluster, **{"name": "sales", **facts})


@pytest.mark.parametrize(
    ("check", "fact"),
    [
        (redshift_cluster_automatic_upgrades, "allow_version_upgrade"),
        (redshift_cluster_encrypted_at_rest, "encrypted"),
        (redshift_cluster_enhanced_vpc_routing, "enhanced_vpc_routing"),
    ],
)
def test_switches(check: Check[Any, Any], fact: str) -> None:
    for value, verdict in ((True, Pass), (False, Fail)):
        told = check(cluster(**{fact: value}))
        assert isinstance(told, verdict)
        assert told.detail.startswith("Redshift cluster sales ")


@pytest.mark.parametrize(
    ("logging", "verdict"),
    [(Logging(logging_enabled=True), Pass), (Logging(logging_enabled=False), Fail), (None, Fail)],
)
def test_audit_logging(logging: Logging | None, verdict: type) -> None:
    assert isinstance(redshift_cluster_audit_logging(cluster(), logging), verdict)


@pytest.mark.parametrize(
    ("days", "snapshots", "verdict"),
    [
        (1, [("sales", "available")], Pass),
        (1, [("sales", "creating")], Pass),
        (1, [("sales", "failed")], Fail),
        (1, [("sales", "failed"), ("sales", "available")], Pass),
        (1, [("others", "available")], Fail),
        (7, [], Fail),
        (0, [("sales", "available")], Fail),
    ],
)
def test_automated_snapshots(days: int, snapshots: list[tuple[str, str]], verdict: type) -> None:
    there = AutomatedSnapshots(snapshots=tuple(Snapshot(name, status) for name, status in snapshots))
    told = redshift_cluster_automated_snapshot(cluster(automated_snapshot_retention_period=days), REGION, there)
    assert isinstance(told, verdict)


@pytest.mark.parametrize(("source", "verdict"), [("", Pass), ("us-east-1", Pass), ("eu-west-1", Fail)])
def test_a_copy_from_another_region_is_of_another_cluster_of_the_name(source: str, verdict: type) -> None:
    there = AutomatedSnapshots(snapshots=(Snapshot("sales", "available", source),))
    told = redshift_cluster_automated_snapshot(cluster(automated_snapshot_retention_period=1), REGION, there)
    assert isinstance(told, verdict)


def test_a_snapshot_without_a_status() -> None:
    there = AutomatedSnapshots(snapshots=(Snapshot("sales"),))
    with pytest.raises(UnreadableError, match="the status of a snapshot"):
        redshift_cluster_automated_snapshot(cluster(automated_snapshot_retention_period=1), REGION, there)


@pytest.mark.parametrize(
    ("word", "verdict"), [("Enabled", Pass), ("enabled", Pass), ("Disabled", Fail), ("Modifying", Manual)]
)
def test_zones_are_told_by_a_word(word: str, verdict: type) -> None:
    assert isinstance(redshift_cluster_multi_az_enabled(cluster(multi_az=word)), verdict)


def test_zones_that_nobody_asked_for() -> None:
    assert isinstance(redshift_cluster_multi_az_enabled(cluster()), Fail)


def test_names() -> None:
    assert isinstance(redshift_cluster_non_default_database_name(cluster(database="dev")), Fail)
    assert isinstance(redshift_cluster_non_default_database_name(cluster(database="devices")), Pass)
    assert isinstance(redshift_cluster_non_default_username(cluster(master_username="awsuser")), Fail)
    assert isinstance(redshift_cluster_non_default_username(cluster(master_username="keeper")), Pass)


def in_group(status: str | None = "in-sync", *own: ParameterStatus) -> Cluster:
    return cluster(parameter_groups=(ParameterGroup("tls", status, own),))


def parameters(value: str) -> Parameters:
    return Parameters(parameters=(Parameter("search_path", "$user"), Parameter("require_ssl", value)))


@pytest.mark.parametrize(
    ("warehouse", "value", "verdict"),
    [
        (in_group(), "true", Pass),
        (in_group(), "TRUE", Pass),
        (in_group(), "false", Fail),
        (in_group("pending-reboot"), "true", Manual),
        (in_group("pending-reboot"), "false", Fail),
        (in_group("pending-reboot", ParameterStatus("require_ssl", "in-sync")), "true", Pass),
        (in_group("in-sync", ParameterStatus("require_ssl", "pending-reboot")), "true", Manual),
        (in_group("in-sync", ParameterStatus("wlm_json_configuration", "pending-reboot")), "true", Pass),
    ],
)
def test_tls(warehouse: Cluster, value: str, verdict: type) -> None:
    assert isinstance(redshift_cluster_in_transit_encryption_enabled(warehouse, parameters(value)), verdict)


@pytest.mark.parametrize(
    ("warehouse", "known", "why"),
    [
        (in_group(), Parameters(parameters=()), "the parameter require_ssl"),
        (in_group(None), parameters("true"), "ParameterApplyStatus of the parameter group tls"),
        (cluster(parameter_groups=()), parameters("true"), "the parameter group of this cluster"),
    ],
)
def test_tls_where_aws_does_not_tell(warehouse: Cluster, known: Parameters, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        redshift_cluster_in_transit_encryption_enabled(warehouse, known)


GROUPS = subnet_groups([made(SubnetGroup, name="warehouses", subnets=(Subnet("subnet-1"),))])
OPEN: dict[str, Any] = {
    "publicly_accessible": True,
    "endpoint": Endpoint("sales.example.com", 5439),
    "vpc_id": "vpc-1",
    "vpc_security_groups": (GroupMembership("sg-1", "active"),),
    "subnet_group": "warehouses",
}


@pytest.mark.parametrize(
    ("facts", "port", "is_public", "verdict"),
    [
        ({}, 5439, True, Fail),
        ({}, 5440, True, Pass),
        ({}, 5439, False, Pass),
        ({"publicly_accessible": False}, 5439, True, Pass),
        ({"publicly_accessible": None}, 5439, True, Manual),
        ({"publicly_accessible": None}, 5439, False, Pass),
        ({"endpoint": Endpoint()}, 5439, True, Pass),
        ({"endpoint": Endpoint("sales.example.com")}, 5439, True, Manual),
        ({"vpc_security_groups": (GroupMembership("sg-1", "removing"),)}, 5439, True, Pass),
        ({"vpc_security_groups": ()}, 5439, True, Pass),
        ({"vpc_security_groups": None}, 5439, True, Manual),
        ({"vpc_security_groups": (GroupMembership("sg-2", "active"),)}, 5439, True, Manual),
        ({"subnet_group": "others"}, 5439, True, Manual),
        ({"subnet_group": None}, 5439, True, Manual),
        ({"vpc_id": "vpc-2"}, 5439, True, Manual),
    ],
)
def test_public_access(facts: dict[str, Any], port: int, is_public: bool, verdict: type) -> None:
    told = redshift_cluster_public_access(
        cluster(**OPEN | facts), GROUPS, network(to_anyone(port), is_public=is_public)
    )
    assert isinstance(told, verdict), told


def test_public_access_where_a_status_is_not_told() -> None:
    exposed = cluster(**OPEN | {"vpc_security_groups": (GroupMembership("sg-1"),)})
    with pytest.raises(UnreadableError, match="the status of security group sg-1"):
        redshift_cluster_public_access(exposed, GROUPS, network())
