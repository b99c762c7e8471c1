"""Tables, caches and file systems."""

from __future__ import annotations

from typing import Any

from aioprowler.demo.seed.clients import HOME_REGION, Clients
from aioprowler.demo.seed.documents import document
from aioprowler.demo.seed.keys import EVERYBODY
from aioprowler.demo.seed.vpc import Network

_MOUNT = "elasticfilesystem:ClientMount"


def seed_production(clients: Clients, shop: Network, key: str) -> None:
    """Give production a table, a cache and a file system that are encrypted, and survive mistakes and failures."""
    private = [id_ for name, id_ in shop.subnets.items() if "private" in name]
    encrypted = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    add_table(
        clients, "orders", BillingMode="PAY_PER_REQUEST", DeletionProtectionEnabled=True, SSESpecification=encrypted
    )
    clients("dynamodb").update_continuous_backups(
        TableName="orders", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    share_table(clients, "orders", f"arn:aws:iam::{clients.account_id}:root")
    add_cache(
        clients,
        "sessions",
        private,
        AutoMinorVersionUpgrade=True,
        AutomaticFailoverEnabled=True,
        MultiAZEnabled=True,
        NumCacheClusters=2,
        AtRestEncryptionEnabled=True,
        TransitEncryptionEnabled=True,
        AuthToken="simulated-only-password",
        SnapshotRetentionLimit=7,
    )
    files = add_file_system(clients, private, Encrypted=True, Backup=True)
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{clients.account_id}:root"}, "Action": _MOUNT}
    efs = clients("efs")
    efs.put_file_system_policy(FileSystemId=files, Policy=document(statement))
    user = {"Uid": 1000, "Gid": 1000}
    efs.create_access_point(ClientToken="shop", FileSystemId=files, PosixUser=user, RootDirectory={"Path": "/shop"})


def seed_sandbox(clients: Clients, playground: Network) -> None:
    """Give the sandbox a table, a cache and a file system in the clear, where anybody gets at them."""
    add_table(clients, "scores", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
    share_table(clients, "scores", "*")
    subnets = list(playground.subnets.values())
    add_cache(clients, "playground", subnets, AutoMinorVersionUpgrade=False, AutomaticFailoverEnabled=False)
    files = add_file_system(clients, subnets[:1])
    efs = clients("efs")
    efs.put_file_system_policy(FileSystemId=files, Policy=document(EVERYBODY | {"Action": _MOUNT}))
    efs.create_access_point(ClientToken="everybody", FileSystemId=files)


def add_table(clients: Clients, name: str, **settings: Any) -> None:
    """Create a table with one key."""
    clients("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        **settings,
    )


def share_table(clients: Clients, name: str, principal: str) -> None:
    """Let somebody read a table by its policy."""
    arn = f"arn:aws:dynamodb:{HOME_REGION}:{clients.account_id}:table/{name}"
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "dynamodb:GetItem", "Resource": arn}
    clients("dynamodb").put_resource_policy(ResourceArn=arn, Policy=document(statement))


def add_cache(clients: Clients, name: str, subnets: list[str], **settings: Any) -> None:
    """Create a replication group of Redis OSS, and the node that moto does not make of it."""
    elasticache = clients("elasticache")
    elasticache.create_cache_subnet_group(
        CacheSubnetGroupName=name, CacheSubnetGroupDescription=name, SubnetIds=subnets
    )
    engine = {"Engine": "redis", "CacheSubnetGroupName": name}
    elasticache.create_replication_group(
        ReplicationGroupId=name, ReplicationGroupDescription=name, **engine, **settings
    )
    elasticache.create_cache_cluster(
        CacheClusterId=f"{name}-001", CacheNodeType="cache.t4g.small", EngineVersion="5.0.6", **engine
    )


def add_file_system(clients: Clients, subnets: list[str], **settings: Any) -> str:
    """Create a file system with a mount target in each subnet, and return its id."""
    efs = clients("efs")
    files = str(efs.create_file_system(CreationToken=f"files-of-{HOME_REGION}", **settings)["FileSystemId"])
    for subnet in subnets:
        efs.create_mount_target(FileSystemId=files, SubnetId=subnet)
    return files
