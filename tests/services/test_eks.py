"""EKS's checks on literals."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest

from aioprowler import Account, Fail, Manual, Pass
from aioprowler.services.eks.checks import (
    eks_cluster_deletion_protection_enabled,
    eks_cluster_kms_cmk_encryption_in_secrets_enabled,
    eks_cluster_network_policy_enabled,
    eks_cluster_not_publicly_accessible,
    eks_cluster_private_nodes_enabled,
    eks_cluster_uses_a_supported_version,
    eks_cluster_vpc_cni_network_policy_enforced,
    eks_control_plane_logging_all_types_enabled,
)
from aioprowler.services.eks.resources import Cluster, EncryptionConfig, Logging, LogSetup, Provider, VpcCni, VpcConfig
from aioprowler.services.eks.versions import NEWEST, SUPPORT_ENDS
from tests.worlds.world import NOW

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
ALL_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def cluster(**facts: Any) -> Cluster:
    given: dict[str, Any] = {"version": "1.34", "resources_vpc_config": VpcConfig(), **facts}
    return Cluster(name="shop", arn="arn", region="eu-west-1", account=Account(id="123456789012"), **given)


@pytest.mark.parametrize(("facts", "verdict"), [({"deletion_protection": True}, Pass), ({}, Fail)])
def test_deletion_protection_is_off_unless_it_is_turned_on(facts: dict[str, bool], verdict: type) -> None:
    assert isinstance(eks_cluster_deletion_protection_enabled(cluster(**facts)), verdict)


@pytest.mark.parametrize(
    ("configs", "verdict"),
    [
        ((EncryptionConfig(resources=("secrets",), provider=Provider(key_arn=KEY)),), Pass),
        ((EncryptionConfig(resources=(), provider=Provider(key_arn=KEY)),), Fail),
        ((), Fail),
    ],
)
def test_secrets_are_encrypted_where_a_configuration_says_so(
    configs: tuple[EncryptionConfig, ...], verdict: type
) -> None:
    found = eks_cluster_kms_cmk_encryption_in_secrets_enabled(cluster(encryption_config=configs))
    assert isinstance(found, verdict)
    assert (KEY in found.detail) is (verdict is Pass)


@pytest.mark.parametrize(("group", "verdict"), [("sg-1", Pass), ("", Fail)])
def test_cluster_security_group(group: str, verdict: type) -> None:
    judged = cluster(resources_vpc_config=VpcConfig(cluster_security_group_id=group))
    assert isinstance(eks_cluster_network_policy_enabled(judged), verdict)


@pytest.mark.parametrize(
    ("public", "ranges", "verdict"),
    [
        (True, ("0.0.0.0/0",), Fail),
        (True, ("10.0.0.0/8", "::/0"), Fail),
        (True, ("0.0.0.0/1", "128.0.0.0/1"), Fail),
        (True, (), Fail),
        (True, ("203.0.113.0/24",), Pass),
        (False, ("0.0.0.0/0",), Pass),
        (False, (), Pass),
    ],
)
def test_public_endpoint(public: bool, ranges: tuple[str, ...], verdict: type) -> None:
    judged = cluster(resources_vpc_config=VpcConfig(endpoint_public_access=public, public_access_cidrs=ranges))
    assert isinstance(eks_cluster_not_publicly_accessible(judged), verdict)


def test_endpoints_that_are_not_told_are_as_aws_makes_them() -> None:
    assert isinstance(eks_cluster_not_publicly_accessible(cluster()), Fail)
    assert isinstance(eks_cluster_private_nodes_enabled(cluster()), Fail)


def test_a_private_endpoint() -> None:
    private = cluster(resources_vpc_config=VpcConfig(endpoint_private_access=True))
    assert isinstance(eks_cluster_private_nodes_enabled(private), Pass)


@pytest.mark.parametrize(
    ("version", "day", "verdict"),
    [
        ("1.34", datetime.date(2027, 12, 2), Pass),
        ("1.34", datetime.date(2027, 12, 3), Fail),
        ("1.28", datetime.date(2025, 11, 26), Pass),
        ("1.28", datetime.date(2025, 11, 27), Fail),
        ("1.27", datetime.date(2025, 1, 1), Fail),
        ("0.34", datetime.date(2025, 1, 1), Fail),
        ("1.99", SUPPORT_ENDS[NEWEST], Pass),
        ("2.0", SUPPORT_ENDS[NEWEST], Pass),
        ("1.99", datetime.date(2030, 1, 1), Manual),
        ("new", datetime.date(2025, 1, 1), Manual),
    ],
)
def test_versions_have_an_end(version: str, day: datetime.date, verdict: type) -> None:
    now = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    assert isinstance(eks_cluster_uses_a_supported_version(cluster(version=version), now), verdict)


def test_a_version_that_is_supported_may_be_too_old_all_the_same() -> None:
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    for minimum, verdict in (("1.34", Fail), ("1.4", Pass)):
        told = eks_cluster_uses_a_supported_version(
            cluster(version="1.33"), now, eks_cluster_oldest_version_supported=minimum
        )
        assert isinstance(told, verdict)


def test_a_version_that_the_table_never_had_is_not_supported_for_all_that_is_known() -> None:
    told = eks_cluster_uses_a_supported_version(
        cluster(version="1.19"), NOW, eks_cluster_oldest_version_supported="1.10"
    )
    assert isinstance(told, Manual)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ('{"enableNetworkPolicy": "true"}', Pass),
        ('{"enableNetworkPolicy": true}', Pass),
        ('{"enableNetworkPolicy": "False"}', Fail),
        ('{"enableNetworkPolicy": false}', Fail),
        ('{"enableNetworkPolicy": null}', Manual),
        ('{"enableNetworkPolicy": "perhaps"}', Manual),
        ('{"env": {}}', Manual),
        ("", Manual),
        ("enableNetworkPolicy: true", Manual),
        ("[]", Manual),
        ("{", Manual),
    ],
)
def test_network_policies_are_enforced_where_the_add_on_is_told_so(values: str, verdict: type) -> None:
    cni = VpcCni(configuration_values=values)
    assert isinstance(eks_cluster_vpc_cni_network_policy_enforced(cluster(), cni), verdict)


def test_without_the_add_on_only_the_cluster_knows() -> None:
    assert isinstance(eks_cluster_vpc_cni_network_policy_enforced(cluster(), None), Manual)


@pytest.mark.parametrize(
    ("setups", "verdict"),
    [
        ((LogSetup(types=ALL_LOGS, enabled=True),), Pass),
        ((LogSetup(types=("api",), enabled=False), LogSetup(types=ALL_LOGS, enabled=True)), Pass),
        ((LogSetup(types=ALL_LOGS[:2], enabled=True), LogSetup(types=ALL_LOGS[2:], enabled=True)), Pass),
        ((LogSetup(types=ALL_LOGS[:4], enabled=True), LogSetup(types=ALL_LOGS[4:], enabled=False)), Fail),
        ((LogSetup(types=ALL_LOGS, enabled=False),), Fail),
        ((), Fail),
    ],
)
def test_logs_of_the_control_plane(setups: tuple[LogSetup, ...], verdict: type) -> None:
    judged = cluster(logging=Logging(cluster_logging=setups))
    assert isinstance(eks_control_plane_logging_all_types_enabled(judged), verdict)


def test_which_logs_are_wanted_is_configured() -> None:
    judged = cluster(logging=Logging(cluster_logging=(LogSetup(types=("audit",), enabled=True),)))
    for wanted, verdict in ((["audit"], Pass), (["audit", "api"], Fail)):
        found = eks_control_plane_logging_all_types_enabled(judged, eks_required_log_types=wanted)
        assert isinstance(found, verdict)


def test_a_cluster_is_read_as_aws_sends_it() -> None:
    sent = {
        "name": "shop",
        "arn": "arn",
        "version": "1.33",
        "resourcesVpcConfig": {"endpointPublicAccess": False, "clusterSecurityGroupId": "sg-1"},
        "logging": {"clusterLogging": [{"types": ["api"], "enabled": True}]},
        "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": KEY}}],
    }
    found = msgspec.convert(sent, Cluster)
    assert found.resources_vpc_config == VpcConfig(endpoint_public_access=False, cluster_security_group_id="sg-1")
    assert found.logging.types == ["api"]
    assert isinstance(eks_cluster_kms_cmk_encryption_in_secrets_enabled(found), Pass)
