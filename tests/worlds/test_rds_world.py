from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from aioprowler import Account
from tests.worlds.world import World, denied, error, findings_of, verdicts

TRANSPORT = "rds_instance_transport_encrypted"
PUBLIC_SNAPSHOTS = "rds_snapshots_public_access"
VERSION = "rds_instance_deprecated_engine_version"
PUBLIC = "rds_instance_no_public_access"
EVENTS = "rds_instance_critical_event_subscription"
PLAN = "rds_instance_protected_by_backup_plan"
HOME, EUROPE = "us-east-1", "eu-west-1"


def instance(name: str, region: str = HOME, **facts: Any) -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": f"arn:aws:rds:{region}:123456789012:db:{name}",
        "DBInstanceStatus": "available",
        "Engine": "postgres",
        "EngineVersion": "16.3",
        "MasterUsername": "owner",
        "Endpoint": {"Address": f"{name}.rds.amazonaws.com", "Port": 5432, "HostedZoneId": "Z2"},
        "DBParameterGroups": [{"DBParameterGroupName": "tls", "ParameterApplyStatus": "in-sync"}],
        "TagList": [{"Key": "team", "Value": "billing"}],
        **facts,
    }


def cluster(name: str, region: str = HOME, **facts: Any) -> dict[str, Any]:
    return {
        "DBClusterIdentifier": name,
        "DBClusterArn": f"arn:aws:rds:{region}:123456789012:cluster:{name}",
        "Engine": "aurora-postgresql",
        "DBClusterParameterGroup": "tls",
        "Port": 5432,
        **facts,
    }


def snapshot(name: str, kind: str = "manual", **facts: Any) -> dict[str, Any]:
    arn = f"arn:aws:rds:us-east-1:123456789012:snapshot:{name}"
    return {
        "DBSnapshotIdentifier": name,
        "DBSnapshotArn": arn,
        "Engine": "postgres",
        "SnapshotType": kind,
        "Encrypted": False,
        **facts,
    }


def world(*instances: dict[str, Any], clusters: tuple[dict[str, Any], ...] = (), **replies: Any) -> World:
    """Instances and clusters of the home region."""
    return World(
        {
            ("rds:DescribeDBInstances", HOME): {"DBInstances": list(instances)},
            ("rds:DescribeDBClusters", HOME): {"DBClusters": list(clusters)},
            **{f"rds:{operation}": reply for operation, reply in replies.items()},
        }
    )


def parameters(**values: str) -> Callable[[Account, str, dict[str, Any]], dict[str, Any]]:
    """A reply with the value of one parameter, by the name of the group."""

    def reply(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        group = params.get("DBParameterGroupName") or params["DBClusterParameterGroupName"]
        return {"Parameters": [{"ParameterName": "rds.force_ssl", "ParameterValue": values[group]}]}

    return reply


def test_documentdb_is_left_to_its_own_checks_and_neptune_is_not() -> None:
    check = "rds_instance_storage_encrypted"
    found = world(
        instance("a", StorageEncrypted=False),
        instance("d", Engine="docdb"),
        instance("n", Engine="neptune", StorageEncrypted=True),
    )
    assert verdicts(found, check) == {(check, HOME, "a"): "FAIL", (check, HOME, "n"): "PASS"}


def test_what_is_gone_is_not_judged_and_not_joined_and_what_is_not_yet_is_joined_alone() -> None:
    check = "rds_instance_deletion_protection"
    statuses = ("available", "stopped", "deleting", "failed", "creating")
    found = world(
        *(instance(status, DBInstanceStatus=status, DeletionProtection=True) for status in statuses),
        instance("of-new", DBClusterIdentifier="new"),
        instance("of-old", DBClusterIdentifier="old"),
        clusters=(
            cluster("new", Status="creating", DeletionProtection=True),
            cluster("old", Status="deleting", DeletionProtection=True),
        ),
    )
    assert verdicts(found, check, "rds_cluster_deletion_protection") == {
        (check, HOME, "available"): "PASS",
        (check, HOME, "stopped"): "PASS",
        (check, HOME, "of-new"): "PASS",
        (check, HOME, "of-old"): "MANUAL",
    }
    listed = [{"Status": status} for status in ("available", "creating", "deleting", "failed")]
    found.replies["rds:DescribeDBSnapshots", HOME] = {
        "DBSnapshots": [snapshot(each["Status"], **each) for each in listed]
    }
    assert set(verdicts(found, "rds_snapshots_encrypted")) == {("rds_snapshots_encrypted", HOME, "available")}


def test_what_aws_left_out_is_told_by_the_checks_that_read_it() -> None:
    of_instance, of_cluster = "rds_instance_default_admin", "rds_cluster_default_admin"
    found = world(
        instance("member", DBClusterIdentifier="orders"), instance("alone"), clusters=(cluster("orders", MultiAZ=True),)
    )
    del found.replies["rds:DescribeDBInstances", HOME]["DBInstances"][1]["MasterUsername"]  # type: ignore[index]
    told = {f.resource_id: (f.status, f.status_detail) for f in findings_of(found, of_instance)}
    assert told == {
        "member": ("MANUAL", "Could not look: AWS did not tell MasterUsername of this DBCluster."),
        "alone": ("MANUAL", "Could not look: AWS did not tell MasterUsername of this DBInstance."),
    }
    assert verdicts(found, of_cluster, "rds_cluster_multi_az") == {
        (of_cluster, HOME, "orders"): "MANUAL",
        ("rds_cluster_multi_az", HOME, "orders"): "PASS",
    }


def test_encryption_with_a_key_that_aws_owns() -> None:
    check = "rds_instance_storage_encrypted"
    owned: dict[str, Any] = {"StorageEncrypted": False, "StorageEncryptionType": "sse-rds"}
    found = world(instance("a", **owned), instance("b", **owned | {"StorageEncryptionType": "none"}))
    assert verdicts(found, check) == {(check, HOME, "a"): "PASS", (check, HOME, "b"): "FAIL"}


def test_aurora_with_an_internet_access_gateway() -> None:
    member: dict[str, Any] = {
        "Engine": "aurora-postgresql",
        "DBClusterIdentifier": "quick",
        "PubliclyAccessible": False,
    }
    found = world(
        instance("a", **member),
        instance("b", PubliclyAccessible=False),
        clusters=(cluster("quick", InternetAccessGatewayEnabled=True, VPCNetworkingEnabled=False),),
    )
    assert verdicts(found, PUBLIC) == {(PUBLIC, HOME, "a"): "FAIL", (PUBLIC, HOME, "b"): "PASS"}
    found.replies["rds:DescribeDBClusters", HOME] = denied()
    assert verdicts(found, PUBLIC) == {(PUBLIC, HOME, "a"): "MANUAL", (PUBLIC, HOME, "b"): "PASS"}


def test_findings_carry_arn_and_tags() -> None:
    (finding,) = findings_of(world(instance("a")), "rds_instance_storage_encrypted")
    assert finding.resource_arn == "arn:aws:rds:us-east-1:123456789012:db:a"
    assert finding.resource_tags == {"team": "billing"}


def test_a_cluster_of_the_same_name_in_another_region_decides_nothing() -> None:
    check = "rds_instance_deletion_protection"
    found = world(instance("a", DBClusterIdentifier="orders"), clusters=(cluster("orders", DeletionProtection=True),))
    elsewhere = instance("b", EUROPE, DBClusterIdentifier="orders")
    found.replies["rds:DescribeDBInstances", EUROPE] = {"DBInstances": [elsewhere]}
    found.replies["rds:DescribeDBClusters", EUROPE] = {
        "DBClusters": [cluster("orders", EUROPE, DeletionProtection=False)]
    }
    assert verdicts(found, check) == {(check, HOME, "a"): "PASS", (check, EUROPE, "b"): "FAIL"}


def test_tls_of_instances_and_clusters_with_one_call_per_parameter_group() -> None:
    found = world(
        instance("a"),
        instance("b"),
        instance("member", DBClusterIdentifier="orders"),
        clusters=(cluster("orders", DBClusterParameterGroup="plain"),),
        DescribeDBParameters=parameters(tls="1"),
        DescribeDBClusterParameters=parameters(plain="0"),
    )
    assert verdicts(found, TRANSPORT) == {
        (TRANSPORT, HOME, "a"): "PASS",
        (TRANSPORT, HOME, "b"): "PASS",
        (TRANSPORT, HOME, "orders"): "FAIL",
    }
    assert found.calls["rds:DescribeDBParameters"] == 1
    assert found.calls["rds:DescribeDBClusterParameters"] == 1


@pytest.mark.parametrize("reply", [denied("rds:DescribeDBParameters"), error("DBParameterGroupNotFound")])
def test_tls_parameters_that_cannot_be_had(reply: Exception) -> None:
    """An instance cannot be without its group: where AWS finds none, nobody knows what holds."""
    found = world(instance("a"), DescribeDBParameters=reply)
    assert verdicts(found, TRANSPORT) == {(TRANSPORT, HOME, "a"): "MANUAL"}


@pytest.mark.parametrize("operation", ["DescribeDBInstances", "DescribeDBClusters"])
def test_a_denied_listing_of_databases_is_manual(operation: str) -> None:
    found = world(instance("a"), clusters=(cluster("orders"),))
    found.replies[f"rds:{operation}", HOME] = denied()
    assert {f.status for f in findings_of(found, TRANSPORT)} == {"MANUAL"}


def test_only_snapshots_that_can_be_public_are_asked() -> None:
    found = World(
        {
            ("rds:DescribeDBSnapshots", HOME): {
                "DBSnapshots": [
                    snapshot("open"),
                    snapshot("gone"),
                    snapshot("nightly", "automated"),
                    snapshot("sealed", Encrypted=True),
                    snapshot("documents", Engine="docdb"),
                ]
            },
            ("rds:DescribeDBClusterSnapshots", HOME): {
                "DBClusterSnapshots": [
                    {
                        "DBClusterSnapshotIdentifier": "shared",
                        "DBClusterSnapshotArn": "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:shared",
                        "Engine": "aurora-mysql",
                        "SnapshotType": "manual",
                        "StorageEncrypted": False,
                    }
                ]
            },
            "rds:DescribeDBSnapshotAttributes": lambda _account, _region, params: (
                error("DBSnapshotNotFound")
                if params["DBSnapshotIdentifier"] == "gone"
                else attributes("DBSnapshot", "all")
            ),
            "rds:DescribeDBClusterSnapshotAttributes": attributes("DBClusterSnapshot", "210987654321"),
        }
    )
    assert verdicts(found, PUBLIC_SNAPSHOTS) == {
        (PUBLIC_SNAPSHOTS, HOME, "open"): "FAIL",
        (PUBLIC_SNAPSHOTS, HOME, "nightly"): "PASS",
        (PUBLIC_SNAPSHOTS, HOME, "sealed"): "PASS",
        (PUBLIC_SNAPSHOTS, HOME, "shared"): "PASS",
    }
    assert found.calls["rds:DescribeDBSnapshotAttributes"] == 2


def attributes(kind: str, *accounts: str) -> dict[str, Any]:
    restore = {"AttributeName": "restore", "AttributeValues": list(accounts)}
    return {f"{kind}AttributesResult": {f"{kind}Identifier": "x", f"{kind}Attributes": [restore]}}


def test_denied_attributes_are_manual_only_where_they_matter() -> None:
    found = World(
        {
            ("rds:DescribeDBSnapshots", HOME): {"DBSnapshots": [snapshot("a"), snapshot("b", "automated")]},
            "rds:DescribeDBSnapshotAttributes": denied(),
        }
    )
    assert verdicts(found, PUBLIC_SNAPSHOTS) == {
        (PUBLIC_SNAPSHOTS, HOME, "a"): "MANUAL",
        (PUBLIC_SNAPSHOTS, HOME, "b"): "PASS",
    }


def test_one_call_tells_about_all_instances_of_an_engine_version() -> None:
    def offer(_account: Account, _region: str, params: dict[str, Any]) -> dict[str, Any]:
        offered = params["EngineVersion"] == "16.3"
        return {"DBEngineVersions": [{"Engine": "postgres", "EngineVersion": "16.3"}] if offered else []}

    found = world(instance("a"), instance("b"), instance("old", EngineVersion="9.6.1"), DescribeDBEngineVersions=offer)
    assert verdicts(found, VERSION) == {
        (VERSION, HOME, "a"): "PASS",
        (VERSION, HOME, "b"): "PASS",
        (VERSION, HOME, "old"): "FAIL",
    }
    assert found.calls["rds:DescribeDBEngineVersions"] == 2


def test_a_certificate_authority_is_looked_up_in_the_instances_region() -> None:
    check = "rds_instance_certificate_expiration"
    found = world(instance("a", CACertificateIdentifier="rds-ca-2019"))
    found.replies["rds:DescribeCertificates", HOME] = {
        "Certificates": [
            {
                "CertificateIdentifier": "rds-ca-2019",
                "CertificateArn": "arn:aws:rds:us-east-1::cert:rds-ca-2019",
                "CertificateType": "CA",
                "ValidTill": datetime.datetime(2026, 6, 20, tzinfo=datetime.UTC),
            }
        ]
    }
    (finding,) = findings_of(found, check)
    assert (finding.status, finding.severity) == ("FAIL", "high")
    assert found.calls["rds:DescribeCertificates"] == 1


def test_public_access_joins_security_groups_and_route_tables() -> None:
    group = {"GroupId": "sg-1", "GroupName": "db", "VpcId": "vpc-1", "OwnerId": "123456789012"}
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    route = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}
    found = world(
        instance(
            "a",
            PubliclyAccessible=True,
            VpcSecurityGroups=[{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
            DBSubnetGroup={"VpcId": "vpc-1", "Subnets": [{"SubnetIdentifier": "subnet-1", "SubnetStatus": "Active"}]},
        )
    )
    table = {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Routes": [route], "Associations": [{"Main": True}]}
    found.replies["ec2:DescribeSecurityGroups"] = {"SecurityGroups": [{**group, "IpPermissions": [rule]}]}
    found.replies["ec2:DescribeRouteTables"] = {"RouteTables": [table]}
    assert verdicts(found, PUBLIC) == {(PUBLIC, HOME, "a"): "FAIL"}
    found.replies["ec2:DescribeRouteTables"] = denied()
    assert verdicts(found, PUBLIC) == {(PUBLIC, HOME, "a"): "MANUAL"}


def test_the_network_of_a_region_without_instances_is_not_asked() -> None:
    found = world(instance("a"))
    verdicts(found, PUBLIC)
    assert {region for _, region, name, _ in found.params if name.startswith("ec2:")} == {HOME}


def test_event_subscriptions_are_judged_in_every_region() -> None:
    found = world(instance("a"))
    found.replies["rds:DescribeEventSubscriptions", EUROPE] = {
        "EventSubscriptionsList": [
            {
                "CustSubscriptionId": "databases",
                "EventSubscriptionArn": "arn:aws:rds:eu-west-1:123456789012:es:databases",
                "Status": "active",
                "SourceType": "db-instance",
                "Enabled": True,
            }
        ]
    }
    assert {(f.region, f.resource_id, f.resource_arn): f.status for f in findings_of(found, EVENTS)} == {
        (HOME, "123456789012", "arn:aws:rds:us-east-1:123456789012:account"): "FAIL",
        (EUROPE, "databases", "arn:aws:rds:eu-west-1:123456789012:es:databases"): "PASS",
    }


def test_event_subscriptions_of_an_account_without_instances() -> None:
    assert verdicts(World(), EVENTS) == {}
    assert set(verdicts(World(), EVENTS, scan_unused_services=True).values()) == {"FAIL"}


def backed_up(*resources: str, region: str = HOME) -> World:
    found = world(instance("a"))
    found.replies |= {
        ("backup:ListBackupPlans", region): {
            "BackupPlansList": [{"BackupPlanId": "plan-1", "BackupPlanName": "daily"}]
        },
        "backup:ListBackupSelections": {"BackupSelectionsList": [{"SelectionId": "s-1", "BackupPlanId": "plan-1"}]},
        "backup:GetBackupSelection": {
            "BackupSelection": {"SelectionName": "databases", "Resources": list(resources), "NotResources": []},
            "SelectionId": "s-1",
        },
    }
    return found


def test_backup_plans_select_what_is_in_their_region() -> None:
    assert verdicts(backed_up("arn:aws:rds:*:*:db:*"), PLAN) == {(PLAN, HOME, "a"): "PASS"}
    assert verdicts(backed_up("arn:aws:rds:*:*:cluster:*"), PLAN) == {(PLAN, HOME, "a"): "FAIL"}
    assert verdicts(backed_up("*", region=EUROPE), PLAN) == {(PLAN, HOME, "a"): "FAIL"}


def test_backup_plans_select_by_tag() -> None:
    found = backed_up()
    selection: dict[str, Any] = {"SelectionName": "tagged", "IamRoleArn": "arn"}
    found.replies["backup:GetBackupSelection"] = {"BackupSelection": selection, "SelectionId": "s-1"}
    assert verdicts(found, PLAN) == {(PLAN, HOME, "a"): "PASS"}  # nothing is chosen, so that all is
    selection["ListOfTags"] = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "team", "ConditionValue": "sales"}]
    assert verdicts(found, PLAN) == {(PLAN, HOME, "a"): "FAIL"}
    selection["ListOfTags"][0]["ConditionValue"] = "billing"
    assert verdicts(found, PLAN) == {(PLAN, HOME, "a"): "PASS"}
    found.replies["backup:GetBackupSelection"] = {"SelectionId": "s-1"}
    assert verdicts(found, PLAN) == {(PLAN, HOME, "a"): "MANUAL"}


def test_backup_selections_are_asked_by_plan_and_id() -> None:
    found = backed_up("*")
    verdicts(found, PLAN)
    asked = [params for _, _, name, params in found.params if name == "backup:GetBackupSelection"]
    assert asked == [{"BackupPlanId": "plan-1", "SelectionId": "s-1"}]


@pytest.mark.parametrize("operation", ["ListBackupPlans", "ListBackupSelections", "GetBackupSelection"])
def test_denied_backup_plans_are_manual(operation: str) -> None:
    found = backed_up("*")
    found.replies.pop(("backup:ListBackupPlans", HOME) if operation == "ListBackupPlans" else None, None)
    found.replies[f"backup:{operation}"] = denied()
    (finding,) = findings_of(found, PLAN)
    assert finding.status == "MANUAL"
    assert f"backup:{operation}" in finding.status_detail
