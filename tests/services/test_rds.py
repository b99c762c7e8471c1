from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import pytest

from aioprowler import Account, Check, Fail, Failure, Manual, Pass, Region, Tag, Verdict
from aioprowler.declarations.failure import UnreadableError
from aioprowler.judging.ports import IpRange, Ipv6Range, Rule
from aioprowler.services.backup.resources import BackupSelections, Selection, TagCondition, TagConditions
from aioprowler.services.ec2.resources.firewall import SecurityGroup
from aioprowler.services.rds.checks import cluster as of_clusters
from aioprowler.services.rds.checks import event_subscription as of_events
from aioprowler.services.rds.checks import instance as of_instances
from aioprowler.services.rds.checks.snapshot import rds_snapshots_encrypted, rds_snapshots_public_access
from aioprowler.services.rds.resources import (
    CertificateAuthorities,
    Clusters,
    ClusterSnapshot,
    ClusterSnapshotSharing,
    ClusterTls,
    DBCluster,
    DBInstance,
    Endpoint,
    EngineRelease,
    EngineReleases,
    EventSubscription,
    InstanceSnapshot,
    InstanceSnapshotSharing,
    InstanceTls,
    Member,
    Parameter,
    ParameterGroup,
    Snapshot,
    SnapshotAttribute,
    SubnetGroup,
    SubnetMembership,
    can_be_public,
    clusters_by_name,
    decides_on_tls,
    instance_decides_on_tls,
)
from aioprowler.services.vpc.resources import GroupMembership, Route, RouteTable, RouteTableAssociation
from tests.services.networks import network_of

NOW = datetime.datetime(2026, 3, 31, tzinfo=datetime.UTC)
ARN = "arn:aws:rds:us-east-1:123456789012"
REGION = Region(name="us-east-1", account=Account(id="123456789012"))


OFF: dict[str, Any] = {
    "status": "available",
    "master_username": "owner",
    "multi_az": False,
    "storage_encrypted": False,
    "deletion_protection": False,
    "copy_tags_to_snapshot": False,
    "auto_minor_version_upgrade": False,
    "iam_authentication": False,
    "tags": (),
}
OF_INSTANCES: dict[str, Any] = {
    "engine_version": "16.3",
    "publicly_accessible": False,
    "vpc_security_groups": (),
    "parameter_groups": (),
    "backup_retention_period": 0,
}


def instance(**facts: Any) -> DBInstance:
    named = {"name": "ledger", "arn": f"{ARN}:db:ledger", "engine": "postgres"}
    return DBInstance(**{**OFF, **OF_INSTANCES, **named, **facts})


def cluster(**facts: Any) -> DBCluster:
    named = {"name": "orders", "arn": f"{ARN}:cluster:orders", "engine": "aurora-mysql"}
    off = {"port": 3306, "cluster_parameter_group": "default", "members": ()}
    return DBCluster(**{**OFF, **off, **named, **facts})


def subscription(source_type: str, *categories: str, name: str = "events", **facts: Any) -> EventSubscription:
    return EventSubscription(
        **{
            "name": name,
            "arn": f"{ARN}:es:{name}",
            "status": "active",
            "source_type": source_type,
            "event_categories_list": categories,
            "enabled": True,
            **facts,
        }
    )


def snapshot(kind: type[Snapshot] = InstanceSnapshot, /, **facts: Any) -> Snapshot:
    off: dict[str, Any] = {"status": "available", "encrypted": False, "snapshot_type": "manual"}
    off |= {"engine": "aurora-mysql"} if kind is ClusterSnapshot else {}
    return kind(**{"name": "nightly", "arn": "arn", **off, **facts})


def kinds(verdicts: Verdict | Iterable[Verdict] | None) -> list[type]:
    found = [verdicts] if isinstance(verdicts, Pass | Fail | Manual) else verdicts or ()
    return [type(verdict) for verdict in found]


NO_CLUSTERS = Clusters({})

SETTINGS = [
    ("storage_encrypted", "storage_encrypted"),
    ("copy_tags_to_snapshots", "copy_tags_to_snapshot"),
    ("iam_authentication_enabled", "iam_authentication"),
]


@pytest.mark.parametrize(("check", "setting"), SETTINGS)
@pytest.mark.parametrize(("on", "verdict"), [(True, Pass), (False, Fail)])
def test_settings_of_both(check: str, setting: str, on: bool, verdict: type) -> None:
    assert kinds(getattr(of_instances, f"rds_instance_{check}")(instance(**{setting: on}))) == [verdict]
    assert kinds(getattr(of_clusters, f"rds_cluster_{check}")(cluster(**{setting: on}))) == [verdict]


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (of_instances.rds_instance_minor_version_upgrade_enabled, {"auto_minor_version_upgrade": True}, {}),
        (of_instances.rds_instance_enhanced_monitoring_enabled, {"enhanced_monitoring_resource_arn": "arn"}, {}),
        (of_instances.rds_instance_inside_vpc, {"subnet_group": SubnetGroup(vpc_id="vpc-1")}, {}),
        (of_instances.rds_instance_integration_cloudwatch_logs, {"enabled_cloudwatch_logs_exports": ("audit",)}, {}),
        (of_instances.rds_instance_backup_enabled, {"backup_retention_period": 1}, {}),
        (
            of_instances.rds_instance_extended_support,
            {"engine_lifecycle_support": "open-source-rds-extended-support-disabled"},
            {"engine_lifecycle_support": "open-source-rds-extended-support"},
        ),
        (
            of_instances.rds_instance_extended_support,
            {"engine_lifecycle_support": None},
            {"engine_lifecycle_support": "open-source-rds-extended-support"},
        ),
    ],
)
def test_settings_of_instances(check: Check[Any, Any], good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert kinds(check(instance(**good))) == [Pass]
    assert kinds(check(instance(**bad))) == [Fail]


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (of_clusters.rds_cluster_backtrack_enabled, {"backtrack_window": 3600}, {}),
        (of_clusters.rds_cluster_deletion_protection, {"deletion_protection": True}, {}),
        (of_clusters.rds_cluster_default_admin, {"master_username": "orders_owner"}, {"master_username": "admin"}),
        (of_clusters.rds_cluster_multi_az, {"multi_az": True}, {}),
        (of_clusters.rds_cluster_integration_cloudwatch_logs, {"enabled_cloudwatch_logs_exports": ("audit",)}, {}),
        (
            of_clusters.rds_cluster_minor_version_upgrade_enabled,
            {"multi_az": True, "auto_minor_version_upgrade": True},
            {"multi_az": True},
        ),
    ],
)
def test_settings_of_clusters(check: Check[Any, Any], good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert kinds(check(cluster(**good))) == [Pass]
    assert kinds(check(cluster(**bad))) == [Fail]


NEPTUNE_INSTANCE = instance(engine="neptune", cluster="graph", master_username="admin")
NEPTUNE_HAS_NO_SUCH_SETTING = [
    of_clusters.rds_cluster_default_admin(cluster(engine="neptune", master_username="admin")),
    of_instances.rds_instance_default_admin(NEPTUNE_INSTANCE, NO_CLUSTERS),
    of_instances.rds_instance_integration_cloudwatch_logs(NEPTUNE_INSTANCE),
    of_instances.rds_instance_copy_tags_to_snapshots(NEPTUNE_INSTANCE),
    of_instances.rds_instance_protected_by_backup_plan(NEPTUNE_INSTANCE, BackupSelections(())),
    of_instances.rds_instance_transport_encrypted(NEPTUNE_INSTANCE, None, None),
]
CUSTOM = instance(engine="custom-sqlserver-se")
RDS_CUSTOM_HAS_NO_SUCH_SETTING = [
    of_instances.rds_instance_integration_cloudwatch_logs(CUSTOM),
    of_instances.rds_instance_enhanced_monitoring_enabled(CUSTOM),
    of_instances.rds_instance_minor_version_upgrade_enabled(CUSTOM),
    of_instances.rds_instance_transport_encrypted(CUSTOM, None, None),
]


def test_neptune_accepts_nothing_but_tls() -> None:
    judged = of_instances.rds_instance_transport_encrypted(cluster(engine="neptune"), None, None)
    assert judged == Pass("RDS cluster orders refuses connections without TLS.")


@pytest.mark.parametrize(
    "verdict",
    [
        of_clusters.rds_cluster_backtrack_enabled(cluster(engine="aurora-postgresql")),
        of_clusters.rds_cluster_integration_cloudwatch_logs(cluster(engine="neptune")),
        of_clusters.rds_cluster_minor_version_upgrade_enabled(cluster(multi_az=False)),
        of_instances.rds_instance_copy_tags_to_snapshots(instance(engine="aurora-mysql")),
        of_instances.rds_instance_copy_tags_to_snapshots(instance(engine="mysql", cluster="multi-az")),
        of_instances.rds_instance_protected_by_backup_plan(
            instance(engine="postgres", cluster="multi-az"), BackupSelections(())
        ),
        of_instances.rds_instance_iam_authentication_enabled(instance(engine="oracle-ee")),
        of_instances.rds_instance_backup_enabled(instance(replica_of="other")),
        of_instances.rds_instance_protected_by_backup_plan(instance(engine="aurora-mysql"), BackupSelections(())),
        of_instances.rds_instance_transport_encrypted(instance(engine="oracle-ee"), None, None),
        of_instances.rds_instance_transport_encrypted(instance(cluster="orders"), None, None),
        *NEPTUNE_HAS_NO_SUCH_SETTING,
        *RDS_CUSTOM_HAS_NO_SUCH_SETTING,
    ],
)
def test_what_a_check_does_not_apply_to(verdict: Verdict | None) -> None:
    assert verdict is None


def test_replicas_are_judged_on_request() -> None:
    replica = instance(replica_of="other")
    assert kinds(of_instances.rds_instance_backup_enabled(replica, check_rds_instance_replicas=True)) == [Fail]


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (of_instances.rds_instance_default_admin, {"master_username": "owner"}, {"master_username": "postgres"}),
        (of_instances.rds_instance_deletion_protection, {"deletion_protection": True}, {"deletion_protection": False}),
        (of_instances.rds_instance_multi_az, {"multi_az": True}, {"multi_az": False}),
    ],
)
def test_a_cluster_decides_for_its_instances(check: Check[Any, Any], good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert kinds(check(instance(**good), NO_CLUSTERS)) == [Pass]
    assert kinds(check(instance(**bad), NO_CLUSTERS)) == [Fail]
    assert kinds(check(instance(cluster="orders", **bad), clusters_by_name((cluster(**good),)))) == [Pass]
    assert kinds(check(instance(cluster="orders", **good), clusters_by_name((cluster(**bad),)))) == [Fail]
    with pytest.raises(UnreadableError, match="of the cluster gone"):
        check(instance(cluster="gone", **good), NO_CLUSTERS)


@pytest.mark.parametrize(
    ("engine", "port", "verdict"),
    [
        ("aurora-mysql", 3306, Fail),
        ("mariadb", 3306, Fail),
        ("aurora-postgresql", 5432, Fail),
        ("oracle-se2", 1521, Fail),
        ("sqlserver-web", 1433, Fail),
        ("db2-ae", 50000, Fail),
        ("postgres", 3306, Pass),
        ("postgres", 6432, Pass),
        ("neptune", 8182, Fail),
        ("neptune", 5432, Pass),
    ],
)
def test_default_port(engine: str, port: int, verdict: type) -> None:
    listening = instance(engine=engine, endpoint=Endpoint(port=port))
    assert kinds(of_instances.rds_instance_non_default_port(listening)) == [verdict]
    assert kinds(of_clusters.rds_cluster_non_default_port(cluster(engine=engine, port=port))) == [verdict]


@pytest.mark.parametrize("endpoint", [None, Endpoint()])
def test_a_port_that_is_not_told(endpoint: Endpoint | None) -> None:
    assert kinds(of_instances.rds_instance_non_default_port(instance(endpoint=endpoint))) == [Manual]


@pytest.mark.parametrize(
    ("end", "verdict", "severity"),
    [
        (datetime.datetime(2026, 10, 1, tzinfo=datetime.UTC), Pass, "informational"),
        (datetime.datetime(2026, 9, 29, tzinfo=datetime.UTC), Pass, "low"),
        (datetime.datetime(2026, 6, 29, tzinfo=datetime.UTC), Fail, "medium"),
        (datetime.datetime(2026, 4, 29, tzinfo=datetime.UTC), Fail, "high"),
        (datetime.datetime(2026, 3, 30, tzinfo=datetime.UTC), Fail, "critical"),
        (None, Fail, "critical"),
    ],
)
def test_certificate(end: datetime.datetime | None, verdict: type, severity: str) -> None:
    authorities = CertificateAuthorities({"ca": end} if end else {})
    found = of_instances.rds_instance_certificate_expiration(instance(certificate_authority="ca"), authorities, NOW)
    assert found is not None
    assert (type(found), found.severity) == (verdict, severity)


@pytest.mark.parametrize(
    ("engine", "verdicts"), [("postgres", [Manual]), ("custom-oracle-ee", []), ("custom-sqlserver-se", [])]
)
def test_an_instance_without_certificate_authority(engine: str, verdicts: list[type]) -> None:
    judged = of_instances.rds_instance_certificate_expiration(instance(engine=engine), CertificateAuthorities({}), NOW)
    assert kinds(judged) == verdicts


@pytest.mark.parametrize(("offered", "verdict"), [(("16.3",), Pass), (("16.30", "16"), Fail), ((), Fail)])
def test_engine_version(offered: tuple[str, ...], verdict: type) -> None:
    releases = EngineReleases(releases=tuple(EngineRelease(engine_version=version) for version in offered))
    running = instance(engine_version="16.3")
    assert kinds(of_instances.rds_instance_deprecated_engine_version(running, releases)) == [verdict]


def test_a_deprecated_engine_version() -> None:
    releases = EngineReleases(releases=(EngineRelease(engine_version="16.3", status="deprecated"),))
    assert kinds(of_instances.rds_instance_deprecated_engine_version(instance(), releases)) == [Fail]


@pytest.mark.parametrize(
    ("resources", "spared", "verdict"),
    [
        (("*",), (), Pass),
        (("arn:aws:rds:*:*:*",), (), Pass),
        ((f"{ARN}:db:ledger", f"{ARN}:cluster:orders"), (), Pass),
        ((f"{ARN}:db:other",), (), Fail),
        (("*",), (f"{ARN}:*",), Fail),
        ((), (), Pass),
        ((), (f"{ARN}:*",), Fail),
    ],
)
def test_backup_plan(resources: tuple[str, ...], spared: tuple[str, ...], verdict: type) -> None:
    selections = BackupSelections((Selection(resources=resources, not_resources=spared),))
    assert kinds(of_instances.rds_instance_protected_by_backup_plan(instance(), selections)) == [verdict]
    assert kinds(of_clusters.rds_cluster_protected_by_backup_plan(cluster(), selections)) == [verdict]


DAILY = TagCondition(condition_key="aws:ResourceTag/backup", condition_value="daily")
BARE_KEY = TagCondition(condition_key="backup", condition_value="daily")
WEEKLY = TagCondition(condition_key="backup", condition_value="weekly")


@pytest.mark.parametrize(
    ("selection", "of_daily", "of_none", "of_unknown"),
    [
        (Selection(list_of_tags=(DAILY,)), Pass, Fail, Manual),
        (Selection(list_of_tags=(WEEKLY, BARE_KEY)), Pass, Fail, Manual),
        (Selection(list_of_tags=(WEEKLY,)), Fail, Fail, Manual),
        (Selection(list_of_tags=(WEEKLY,), resources=("*:db:*",)), Pass, Pass, Pass),
        (Selection(list_of_tags=(WEEKLY,), resources=("*:cluster:*",)), Fail, Fail, Manual),
        (Selection(conditions=TagConditions(string_equals=(DAILY,))), Pass, Fail, Manual),
        (Selection(conditions=TagConditions(string_not_equals=(DAILY,))), Fail, Pass, Manual),
        (Selection(conditions=TagConditions(string_like=(DAILY,)), resources=("*:cluster:*",)), Fail, Fail, Fail),
        (Selection(list_of_tags=(DAILY,), conditions=TagConditions(string_not_like=(DAILY,))), Fail, Fail, Manual),
        (Selection(list_of_tags=(DAILY,), not_resources=(f"{ARN}:db:led*",)), Fail, Fail, Fail),
        (Selection(), Pass, Pass, Pass),
    ],
)
def test_backup_plans_by_tags(selection: Selection, of_daily: type, of_none: type, of_unknown: type) -> None:
    tagged = ((Tag(key="backup", value="daily"),), (), None)
    judged = [
        of_instances.rds_instance_protected_by_backup_plan(instance(tags=tags), BackupSelections((selection,)))
        for tags in tagged
    ]
    assert [type(each) for each in judged] == [of_daily, of_none, of_unknown]


def test_a_selection_that_surely_takes_it_counts_beside_one_that_may() -> None:
    selections = BackupSelections((Selection(list_of_tags=(DAILY,)), Selection(resources=("*",))))
    assert kinds(of_instances.rds_instance_protected_by_backup_plan(instance(tags=None), selections)) == [Pass]


@pytest.mark.parametrize(
    ("name", "value", "verdict"),
    [
        ("rds.force_ssl", "1", Pass),
        ("require_secure_transport", "ON", Pass),
        ("require_secure_transport", "OFF", Fail),
        ("rds.force_ssl", "", Fail),
        ("autovacuum", "1", Fail),
    ],
)
def test_tls(name: str, value: str, verdict: type) -> None:
    parameters = (Parameter(parameter_name=name, parameter_value=value),)
    judge = of_instances.rds_instance_transport_encrypted
    assert kinds(judge(instance(), InstanceTls(parameters=parameters), None)) == [verdict]
    assert kinds(judge(cluster(), None, ClusterTls(parameters=parameters))) == [verdict]


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [(("in-sync",), Pass), (("pending-reboot",), Manual), (("in-sync", "failed-to-apply"), Manual)],
)
def test_parameters_of_tls_that_are_not_in_force(statuses: tuple[str, ...], verdict: type) -> None:
    judge = of_instances.rds_instance_transport_encrypted
    groups = tuple(ParameterGroup(name="tls", status=status) for status in statuses)
    members = tuple(Member(status=status) for status in statuses)
    for value, expected in (("1", verdict), ("0", Fail)):
        parameters = (Parameter(parameter_name="rds.force_ssl", parameter_value=value),)
        assert kinds(judge(instance(parameter_groups=groups), InstanceTls(parameters=parameters), None)) == [expected]
        assert kinds(judge(cluster(members=members), None, ClusterTls(parameters=parameters))) == [expected]


def test_parameters_of_tls_whose_status_is_not_told() -> None:
    unknown = instance(parameter_groups=(ParameterGroup(name="tls"),))
    enforced = InstanceTls(parameters=(Parameter(parameter_name="rds.force_ssl", parameter_value="1"),))
    with pytest.raises(UnreadableError, match="the status of its parameter group"):
        of_instances.rds_instance_transport_encrypted(unknown, enforced, None)


def test_tls_without_an_answer() -> None:
    judge = of_instances.rds_instance_transport_encrypted
    with pytest.raises(UnreadableError, match="the parameter group of RDS instance"):
        judge(instance(), None, None)
    assert kinds(judge(instance(), InstanceTls(parameters=()), None)) == [Fail]
    assert kinds(judge(instance(), InstanceTls(parameters=(), marker="more"), None)) == [Manual]


def test_only_databases_with_a_parameter_of_their_own_are_asked() -> None:
    grouped = (ParameterGroup(name="tls"),)
    assert instance_decides_on_tls(instance(parameter_groups=grouped))
    assert not instance_decides_on_tls(instance())
    assert not instance_decides_on_tls(instance(parameter_groups=grouped, cluster="orders"))
    assert not instance_decides_on_tls(cluster(cluster_parameter_group="tls"))
    assert decides_on_tls(cluster())
    assert not decides_on_tls(cluster(engine="neptune"))
    assert not decides_on_tls(instance(engine="custom-sqlserver-se"))


EVERYONE = (IpRange(cidr_ip="0.0.0.0/0"),)
INTERNET = (Route(destination_cidr_block="0.0.0.0/0", gateway_id="igw-1"),)
NOWHERE = (Route(destination_cidr_block="0.0.0.0/0", gateway_id="vgw-1"),)
BLACKHOLE = (Route(destination_cidr_block="0.0.0.0/0", gateway_id="igw-1", state="blackhole"),)
HALVES = tuple(Route(destination_cidr_block=cidr, gateway_id="igw-1") for cidr in ("0.0.0.0/1", "128.0.0.0/1"))
BY_IPV6 = (Route(destination_ipv6_cidr_block="::/0", gateway_id="igw-1"),)


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        (Rule(ip_protocol="tcp", from_port=5432, to_port=5432, ip_ranges=EVERYONE), Fail),
        (Rule(ip_protocol="tcp", from_port=0, to_port=65535, ipv6_ranges=(Ipv6Range(cidr_ipv6="::/0"),)), Fail),
        (Rule(ip_protocol="-1", ip_ranges=EVERYONE), Fail),
        (Rule(ip_protocol="udp", from_port=5432, to_port=5432, ip_ranges=EVERYONE), Pass),
        (Rule(ip_protocol="tcp", from_port=80, to_port=443, ip_ranges=EVERYONE), Pass),
        (Rule(ip_protocol="tcp", from_port=5432, to_port=5432, ip_ranges=(IpRange(cidr_ip="8.8.8.0/24"),)), Pass),
    ],
)
def test_public_access_by_rule(rule: Rule, verdict: type) -> None:
    assert kinds(public(rules=(rule,))) == [verdict]


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, Fail),
        ({"accessible": False}, Pass),
        ({"accessible": None}, Manual),
        ({"accessible": None, "main": NOWHERE}, Pass),
        ({"port": None}, Manual),
        ({"port": None, "main": NOWHERE}, Pass),
        ({"known": "sg-2"}, Manual),
        ({"known": "sg-2", "main": NOWHERE}, Pass),
        ({"vpc": "vpc-2"}, Manual),
        ({"vpc": "vpc-2", "accessible": False}, Pass),
        ({"main": BLACKHOLE}, Pass),
        ({"main": HALVES}, Fail),
        ({"main": HALVES[:1]}, Pass),
        ({"main": BY_IPV6}, Fail),
        ({"group": "removing"}, Pass),
        ({"subnet": "Inactive"}, Pass),
        ({"main": NOWHERE}, Pass),
        ({"main": NOWHERE, "own": INTERNET}, Fail),
        ({"own": NOWHERE}, Pass),
    ],
)
def test_public_access(facts: dict[str, Any], verdict: type) -> None:
    assert kinds(public(**facts)) == [verdict]


def public(
    rules: tuple[Rule, ...] = (Rule(ip_protocol="tcp", from_port=5432, to_port=5432, ip_ranges=EVERYONE),),
    *,
    accessible: bool | None = True,
    port: int | None = 5432,
    group: str | None = "active",
    subnet: str | None = "Active",
    main: tuple[Route, ...] = INTERNET,
    own: tuple[Route, ...] = (),
    known: str = "sg-1",
    vpc: str = "vpc-1",
) -> Verdict:
    tables = [RouteTable(route_table_id="m", vpc_id=vpc, routes=main, associations=(RouteTableAssociation(main=True),))]
    if own:
        mine = (RouteTableAssociation(subnet_id="subnet-1"),)
        tables.append(RouteTable(route_table_id="o", vpc_id="vpc-1", routes=own, associations=mine))
    exposed = instance(
        publicly_accessible=accessible,
        endpoint=Endpoint(port=port),
        vpc_security_groups=(GroupMembership(vpc_security_group_id="sg-1", status=group),),
        subnet_group=SubnetGroup(
            vpc_id="vpc-1", subnets=(SubnetMembership(subnet_identifier="subnet-1", subnet_status=subnet),)
        ),
    )
    network = network_of(*tables, groups=(SecurityGroup(group_id=known, ingress=rules),))
    return of_instances.rds_instance_no_public_access(exposed, network, NO_CLUSTERS)


DENIED = Failure("denied", "rds:DescribeDBClusters", "AccessDenied")


@pytest.mark.parametrize(
    ("facts", "clusters", "verdict"),
    [
        ({}, {"internet_access_gateway": True}, Fail),
        ({}, {"internet_access_gateway": False}, Pass),
        ({}, {"vpc_networking": False}, Fail),
        ({"vpc_networking": False}, None, Fail),
        ({"vpc_networking": False}, DENIED, Fail),
        ({"engine": "aurora-mysql"}, None, Pass),
        ({"engine": "aurora-mysql"}, DENIED, Pass),
        ({"engine": "aurora-mysql"}, {"internet_access_gateway": True}, Fail),
        ({"cluster": None}, DENIED, Pass),
    ],
)
def test_public_access_through_an_internet_access_gateway(
    facts: dict[str, Any], clusters: dict[str, Any] | Failure | None, verdict: type
) -> None:
    exposed = instance(**{"engine": "aurora-postgresql", "cluster": "orders", **facts})
    known = clusters_by_name((cluster(**clusters),)) if isinstance(clusters, dict) else clusters or NO_CLUSTERS
    assert kinds(of_instances.rds_instance_no_public_access(exposed, network_of(), known)) == [verdict]


@pytest.mark.parametrize(("clusters", "why"), [(DENIED, "rds:DescribeDBClusters"), (NO_CLUSTERS, "the cluster orders")])
def test_public_access_where_the_cluster_may_have_a_gateway(clusters: Clusters | Failure, why: str) -> None:
    exposed = instance(engine="aurora-postgresql", cluster="orders")
    with pytest.raises(UnreadableError, match=why):
        of_instances.rds_instance_no_public_access(exposed, network_of(), clusters)


@pytest.mark.parametrize("facts", [{"group": None}, {"subnet": None}])
def test_public_access_where_a_status_is_not_told(facts: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError, match="AWS did not tell the status of"):
        public(**facts)


def test_a_subnet_group_without_its_vpc() -> None:
    with pytest.raises(UnreadableError, match="AWS did not tell VpcId"):
        of_instances.rds_instance_inside_vpc(instance(subnet_group=SubnetGroup()))


def test_public_access_outside_a_vpc() -> None:
    network = network_of(
        groups=(SecurityGroup(group_id="sg-1", ingress=(Rule(ip_protocol="-1", ip_ranges=EVERYONE),)),)
    )
    member = (GroupMembership(vpc_security_group_id="sg-1", status="active"),)
    exposed = instance(publicly_accessible=True, endpoint=Endpoint(port=5432), vpc_security_groups=member)
    assert kinds(of_instances.rds_instance_no_public_access(exposed, network, NO_CLUSTERS)) == [Manual]


EVENTS: list[tuple[Check[Any, Any], Any, str, tuple[str, ...]]] = [
    (of_events.rds_cluster_critical_event_subscription, cluster(), "db-cluster", ("maintenance", "failure")),
    (
        of_events.rds_instance_critical_event_subscription,
        instance(),
        "db-instance",
        ("maintenance", "configuration change", "failure"),
    ),
    (
        of_events.rds_instance_event_subscription_parameter_groups,
        instance(),
        "db-parameter-group",
        ("configuration change",),
    ),
    (
        of_events.rds_instance_event_subscription_security_groups,
        instance(),
        "db-security-group",
        ("configuration change", "failure"),
    ),
]


@pytest.mark.parametrize(("check", "database", "source", "wanted"), EVENTS)
def test_event_subscriptions(check: Check[Any, Any], database: Any, source: str, wanted: tuple[str, ...]) -> None:
    def judge(*subscriptions: EventSubscription) -> list[type]:
        return kinds(check(REGION, subscriptions, (database,)))

    assert judge() == [Fail]
    assert judge(subscription(source)) == [Pass]
    assert judge(subscription("")) == [Pass]
    assert judge(subscription(source, *wanted)) == [Pass]
    assert judge(subscription(source, *wanted, "creation")) == [Pass]
    assert judge(subscription(source, *wanted[1:], "creation")) == [Fail]
    assert judge(subscription(source, enabled=False)) == [Fail]
    assert judge(subscription("db-snapshot")) == [Fail]
    assert judge(subscription(source), subscription("db-snapshot")) == [Pass]
    assert kinds(check(REGION, (), ())) == []
    assert kinds(check(REGION, (), (), scan_unused_services=True)) == [Fail]


def test_what_an_event_verdict_is_about() -> None:
    judge = of_events.rds_cluster_critical_event_subscription
    subscriptions = (subscription("db-cluster", "failure", name="half"), subscription("db-snapshot", name="other"))
    (half,) = judge(REGION, subscriptions, (cluster(),))
    assert half.resource is subscriptions[0]
    assert "maintenance" in half.detail
    (region,) = judge(REGION, subscriptions[1:], (cluster(),))
    assert region.resource is None
    assert region.detail.startswith("Region us-east-1 has no RDS event subscription for db-cluster events")


ALL_EVENTS = ("maintenance", "configuration change", "failure")
A, B = instance(name="a"), instance(name="b")


@pytest.mark.parametrize(
    ("subscriptions", "verdicts"),
    [
        ([subscription("db-instance", status="topic-not-exist")], [Fail]),
        ([subscription("db-instance", status="no-permission")], [Fail]),
        ([subscription("db-instance", status="creating")], [Fail]),
        ([subscription("db-instance", status="modifying")], [Pass]),
        ([subscription("db-instance", status="sleeping")], [Manual]),
        ([subscription("db-instance", status="topic-not-exist"), subscription("db-instance")], [Pass]),
        ([subscription("db-instance", source_ids=("a",))], [Fail]),
        ([subscription("db-instance", source_ids=("a", "b"))], [Pass]),
        ([subscription("db-instance", *ALL_EVENTS[:2]), subscription("db-instance", "failure")], [Pass, Pass]),
        ([subscription("db-instance", *ALL_EVENTS[:2]), subscription("", "failure")], [Pass, Pass]),
        ([subscription("db-instance", *ALL_EVENTS[:2]), subscription("db-instance", "maintenance")], [Fail, Fail]),
        ([subscription("db-instance", source_ids=(name,)) for name in "ab"], [Pass, Pass]),
        (
            [subscription("db-instance", *ALL_EVENTS[:2]), subscription("db-instance", "failure", source_ids=("a",))],
            [Fail, Fail],
        ),
        (
            [
                subscription("db-instance", *ALL_EVENTS[:2]),
                subscription("db-instance", "failure", status="no-permission"),
            ],
            [Fail, Fail],
        ),
        ([subscription("db-instance"), subscription("db-instance", "backup")], [Pass]),
    ],
)
def test_event_subscriptions_that_are_dead_partial_or_enough_together(
    subscriptions: list[EventSubscription], verdicts: list[type]
) -> None:
    elsewhere = instance(name="c", region="eu-west-1")
    judged = of_events.rds_instance_critical_event_subscription(REGION, tuple(subscriptions), (A, B, elsewhere))
    assert kinds(judged) == verdicts


def test_which_instances_and_parameter_groups_a_subscription_leaves_out() -> None:
    (told,) = of_events.rds_instance_critical_event_subscription(
        REGION, (subscription("db-instance", source_ids=("a",)),), (A, B)
    )
    assert told.detail == "RDS event subscription events is about a alone, and leaves out b."
    grouped = instance(parameter_groups=(ParameterGroup(name="tls"),))
    judge = of_events.rds_instance_event_subscription_parameter_groups
    assert kinds(judge(REGION, (subscription("db-parameter-group", source_ids=("tls",)),), (grouped,))) == [Pass]
    assert kinds(judge(REGION, (subscription("db-parameter-group", source_ids=("old",)),), (grouped,))) == [Fail]
    groups = (subscription("db-security-group", source_ids=("any",)),)
    assert kinds(of_events.rds_instance_event_subscription_security_groups(REGION, groups, (grouped,))) == [Fail]


@pytest.mark.parametrize(("encrypted", "verdict"), [(True, Pass), (False, Fail)])
def test_snapshot_encryption(encrypted: bool, verdict: type) -> None:
    for kind in (InstanceSnapshot, ClusterSnapshot):
        assert kinds(rds_snapshots_encrypted(snapshot(kind, encrypted=encrypted))) == [verdict]


@pytest.mark.parametrize(
    ("encryption", "flag", "told"),
    [
        ("sse-rds", False, Pass("{} is encrypted at rest with an AWS owned key.")),
        ("sse-kms", True, Pass("{} is encrypted at rest with the key arn:key.")),
        (None, True, Pass("{} is encrypted at rest with the key arn:key.")),
        ("none", False, Fail("{} is not encrypted at rest.")),
        (None, False, Fail("{} is not encrypted at rest.")),
        ("sse-new", False, Manual("{} has the type of encryption sse-new, a value that is not known here")),
    ],
)
def test_by_whose_key_storage_is_encrypted(encryption: str | None, flag: bool, told: Verdict) -> None:
    facts: dict[str, Any] = {"storage_encryption_type": encryption, "kms_key_id": "arn:key"}
    for verdict, label in (
        (of_instances.rds_instance_storage_encrypted(instance(storage_encrypted=flag, **facts)), "RDS instance ledger"),
        (of_clusters.rds_cluster_storage_encrypted(cluster(storage_encrypted=flag, **facts)), "RDS cluster orders"),
        (rds_snapshots_encrypted(snapshot(encrypted=flag, **facts)), "RDS snapshot nightly"),
        (rds_snapshots_encrypted(snapshot(ClusterSnapshot, encrypted=flag, **facts)), "RDS snapshot nightly"),
    ):
        assert type(verdict) is type(told)
        assert verdict.detail.startswith(told.detail.format(label))


@pytest.mark.parametrize(("accounts", "verdict"), [(("all",), Fail), (("210987654321",), Pass), ((), Pass)])
def test_snapshot_sharing(accounts: tuple[str, ...], verdict: type) -> None:
    shared = (SnapshotAttribute(attribute_values=accounts),)
    judge = rds_snapshots_public_access
    assert kinds(judge(snapshot(), InstanceSnapshotSharing(attributes=shared), None)) == [verdict]
    assert kinds(judge(snapshot(), None, ClusterSnapshotSharing(attributes=shared))) == [verdict]


def test_a_snapshot_that_cannot_be_public() -> None:
    assert kinds(rds_snapshots_public_access(snapshot(), None, None)) == [Pass]
    assert can_be_public(snapshot())
    assert can_be_public(snapshot(storage_encryption_type="sse-rds"))
    assert not can_be_public(snapshot(snapshot_type="automated"))
    assert not can_be_public(snapshot(ClusterSnapshot, encrypted=True))
