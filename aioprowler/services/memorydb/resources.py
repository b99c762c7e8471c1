"""Clusters of MemoryDB."""

from __future__ import annotations

from aioprowler import Resource, States, field, listing


class Cluster(Resource, id="name", type="Other", group="database", noun="MemoryDB cluster"):
    """A database in memory, of Valkey or Redis OSS."""

    source = listing(
        "memorydb",
        "DescribeClusters",
        "Clusters",
        states=States("status", over=["create-failed", "deleting"], not_yet=["creating"]),
    )
    name: str
    arn: str = field(name="ARN")
    status: str = ""
    tls_enabled: bool = field(name="TLSEnabled")
    auto_minor_version_upgrade: bool
