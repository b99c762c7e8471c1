"""Data Catalogs, open and shut, connections with and without passwords, and jobs that encrypt or do not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.build import allow, document
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

PASSWORD: Final = "tr0ub4dor-and-3-horses"
URL: Final = "jdbc:postgresql://orders.example.com:5432/orders"
TABLE: Final = {"Name": "orders", "DatabaseName": "sales", "CatalogId": "1"}
NO_POLICY: Final = AwsError("EntityNotFoundException", "Policy not found", 400)


# --- Catalogs ---
def catalog(
    clients: Clients,
    region: str,
    *,
    mode: str = "DISABLED",
    passwords: bool = False,
    has_tables: bool = True,
    policy: str | None = None,
) -> None:
    """Tell of the catalog of a region."""
    settings = {
        "EncryptionAtRest": {"CatalogEncryptionMode": mode, "SseAwsKmsKeyId": "alias/catalog"},
        "ConnectionPasswordEncryption": {
            "ReturnConnectionPasswordEncrypted": passwords,
            "AwsKmsKeyId": "alias/catalog",
        },
    }
    told = partial(tell, clients, "glue", region=region)
    told("GetDataCatalogEncryptionSettings", {"DataCatalogEncryptionSettings": settings})
    told("SearchTables", {"TableList": [TABLE] if has_tables else []})
    told("GetResourcePolicy", NO_POLICY if policy is None else {"PolicyInJson": policy})
    told("GetTags", {"Tags": {}})


def catalogs(clients: Clients) -> None:
    """Tell of an encrypted catalog that is public, and one that is neither, beside all that Glue has."""
    anyone = document(allow("glue:*", Principal={"AWS": "*"}))
    own = document(allow("glue:*", Principal={"AWS": f"arn:aws:iam::{clients.account_id}:root"}))
    catalog(clients, HOME_REGION, mode="SSE-KMS", passwords=True, policy=anyone)
    catalog(clients, SECOND_REGION, policy=own)
    connections(clients)
    runs(clients)


def with_roles(clients: Clients) -> None:
    """Tell of a catalog that is encrypted by a role, and one that is tied to an organization and has no tables."""
    tied = {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}
    policy = document(allow("glue:*", Principal={"AWS": "*"}, Condition=tied))
    catalog(clients, HOME_REGION, mode="SSE-KMS-WITH-SERVICE-ROLE")
    catalog(clients, SECOND_REGION, has_tables=False, policy=policy)


def without_tables(clients: Clients) -> None:
    """Tell of catalogs that hold nothing."""
    for region in REGIONS:
        catalog(clients, region, has_tables=False, passwords=region == HOME_REGION)


# --- Connections ---
def connections(clients: Clients) -> None:
    """Tell of connections of every kind."""
    facts: dict[str, tuple[str, dict[str, str]]] = {
        "plain": ("JDBC", {"JDBC_CONNECTION_URL": URL}),
        "ssl": ("JDBC", {"JDBC_CONNECTION_URL": URL, "JDBC_ENFORCE_SSL": "true"}),
        "ssl-off": ("JDBC", {"JDBC_CONNECTION_URL": URL, "JDBC_ENFORCE_SSL": "false"}),
        "ssl-in-capitals": ("JDBC", {"JDBC_CONNECTION_URL": URL, "JDBC_ENFORCE_SSL": "TRUE"}),
        "custom": ("CUSTOM", {"CONNECTOR_TYPE": "Jdbc", "CONNECTOR_CLASS_NAME": "org.example.Driver"}),
        "mongo": ("MONGODB", {"CONNECTION_URL": "mongodb://orders.example.com/orders", "JDBC_ENFORCE_SSL": "true"}),
        "network": ("NETWORK", {}),
        "kafka": ("KAFKA", {"KAFKA_BOOTSTRAP_SERVERS": "b-1:9094", "KAFKA_SSL_ENABLED": "true"}),
        "kafka-plain": ("KAFKA", {"KAFKA_BOOTSTRAP_SERVERS": "b-1:9092", "KAFKA_SSL_ENABLED": "false"}),
        "sales": ("SALESFORCE", {"INSTANCE_URL": "https://example.my.salesforce.com"}),
        "password": ("JDBC", {"JDBC_CONNECTION_URL": URL, "USERNAME": "orders", "PASSWORD": PASSWORD}),
        "password-in-url": ("JDBC", {"JDBC_CONNECTION_URL": f"{URL}?user=orders&password={PASSWORD}"}),
        "secret": ("JDBC", {"JDBC_CONNECTION_URL": URL, "SECRET_ID": "orders"}),
        "ciphered": ("JDBC", {"JDBC_CONNECTION_URL": URL, "ENCRYPTED_PASSWORD": "AQICAHh4yz1mYb0Q6pH0y7pS3m9wLxk8"}),
    }
    listed = [
        {"Name": name, "ConnectionType": kind, "ConnectionProperties": properties}
        for name, (kind, properties) in facts.items()
    ]
    tell(clients, "glue", "GetConnections", {"ConnectionList": listed})


# --- Jobs, development endpoints and transforms ---
KEY: Final = {"KmsKeyArn": "arn:aws:kms:us-east-1:111111111111:key/1"}


def _configuration(name: str, s3: str, logs: str, bookmarks: str) -> dict[str, Any]:
    encryption = {
        "S3Encryption": [{"S3EncryptionMode": s3, **KEY}],
        "CloudWatchEncryption": {"CloudWatchEncryptionMode": logs, **KEY},
        "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": bookmarks, **KEY},
    }
    return {"Name": name, "EncryptionConfiguration": encryption}


CONFIGURATIONS: Final = [
    _configuration("all", "SSE-KMS", "SSE-KMS", "CSE-KMS"),
    _configuration("none", "DISABLED", "DISABLED", "DISABLED"),
    _configuration("s3-alone", "SSE-S3", "DISABLED", "DISABLED"),
    _configuration("logs-alone", "DISABLED", "SSE-KMS", "DISABLED"),
    _configuration("bookmarks-alone", "DISABLED", "DISABLED", "CSE-KMS"),
]
CONTINUOUS: Final = "--enable-continuous-cloudwatch-log"


def runs(clients: Clients) -> None:
    """Tell of what runs over the catalogs."""
    named: dict[str, dict[str, Any]] = {
        each["Name"]: {"SecurityConfiguration": each["Name"]} for each in CONFIGURATIONS
    }
    named |= {"bare": {}, "lost": {"SecurityConfiguration": "deleted"}}
    jobs = {
        **named,
        "by-argument": {"DefaultArguments": {"--encryption-type": "sse-s3"}},
        "by-argument-and-not": {"DefaultArguments": {"--encryption-type": "sse-s3"}, **named["none"]},
        "logs": {"DefaultArguments": {CONTINUOUS: "true"}},
        "logs-off": {"DefaultArguments": {CONTINUOUS: "false"}},
        "logs-fixed": {"NonOverridableArguments": {CONTINUOUS: "true"}},
        "logs-always": {"GlueVersion": "5.0"},
        "older": {"GlueVersion": "4.0", "Command": {"Name": "glueetl"}},
        "shell": {"GlueVersion": "3.0", "Command": {"Name": "pythonshell"}},
        "secretive": {"DefaultArguments": {"--db_password": PASSWORD}},
        "secretive-fixed": {"NonOverridableArguments": {"--db_password": PASSWORD}},
        "harmless": {"DefaultArguments": {"--stage": "test", "--TempDir": "s3://orders/temporary"}},
    }
    endpoints = [{"EndpointName": name, "Status": "READY", **each} for name, each in named.items()]
    listed: Mapping[str, Any] = {
        "GetJobs": {"Jobs": [{"Name": name, **each} for name, each in jobs.items()]},
        "GetSecurityConfigurations": {"SecurityConfigurations": CONFIGURATIONS},
        "GetDevEndpoints": {"DevEndpoints": endpoints},
        "GetMLTransforms": {"Transforms": _transforms()},
    }
    for operation, reply in listed.items():
        tell(clients, "glue", operation, reply)
    refusal = AwsError("InvalidInputException", "Operation is not supported in ap-southeast-5 region", 400)
    tell(clients, "glue", "GetDevEndpoints", refusal, SECOND_REGION)


def _transforms() -> list[dict[str, Any]]:
    def encryption(mode: str) -> dict[str, Any]:
        return {"TransformEncryption": {"MlUserDataEncryption": {"MlUserDataEncryptionMode": mode}}}

    facts = {
        "encrypted": encryption("SSE-KMS"),
        "plain": encryption("DISABLED"),
        "untold": {},
        "going": {**encryption("DISABLED"), "Status": "DELETING"},
    }
    return [{"TransformId": f"tfm-{name}", "Name": name, "Status": "READY", **each} for name, each in facts.items()]


STATES: Final = (
    State("catalogs", "500000003311", catalogs, services=("glue",)),
    State("catalogs_with_roles", "500000003312", with_roles, services=("glue",)),
    State("catalogs_without_tables", "500000003313", without_tables, services=("glue",), scan_unused_services=True),
)
