"""Domains of OpenSearch, what Glue has, and workgroups of Athena."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.applications import SECRET
from aioprowler.demo.seed.clients import HOME_REGION, Clients
from aioprowler.demo.seed.documents import document
from aioprowler.demo.seed.keys import EVERYBODY, owner

ON: Final = {"Enabled": True}
DATABASE: Final = {"JDBC_CONNECTION_URL": "jdbc:postgresql://orders.example.com:5432/orders"}
KINDS: Final = {"S3": "SSE-KMS", "CloudWatch": "SSE-KMS", "JobBookmarks": "CSE-KMS"}


def seed_production(clients: Clients, key: str) -> None:
    """Give production a domain, a job, a connection and a workgroup that are careful."""
    group = {**ON, "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{HOME_REGION}:{clients.account_id}:log-group:audit"}
    clients("opensearch").create_domain(
        DomainName="orders",
        AccessPolicies=document(owner(clients) | {"Action": "es:*"}),
        ClusterConfig={
            "InstanceCount": 3,
            "ZoneAwarenessEnabled": True,
            "DedicatedMasterEnabled": True,
            "DedicatedMasterCount": 3,
        },
        EncryptionAtRestOptions={**ON, "KmsKeyId": key},
        NodeToNodeEncryptionOptions=ON,
        DomainEndpointOptions={"EnforceHTTPS": True},
        AdvancedSecurityOptions={**ON, "InternalUserDatabaseEnabled": False},
        CognitoOptions=ON,
        LogPublishingOptions=dict.fromkeys(("AUDIT_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS"), group),
    )
    encryption = {f"{kind}Encryption": {f"{kind}EncryptionMode": mode} for kind, mode in KINDS.items()}
    clients("glue").create_security_configuration(
        Name="encrypted", EncryptionConfiguration=encryption | {"S3Encryption": [encryption["S3Encryption"]]}
    )
    add_job(clients, "orders", GlueVersion="5.0", SecurityConfiguration="encrypted")
    add_connection(clients, "orders", {"JDBC_ENFORCE_SSL": "true", "SECRET_ID": "orders"})
    clients("glue").create_dev_endpoint(
        EndpointName="orders", RoleArn=_role(clients), SecurityConfiguration="encrypted"
    )
    add_transform(clients, "duplicates", "SSE-KMS")
    clients("glue").put_resource_policy(PolicyInJson=document(owner(clients) | {"Action": "glue:*"}))
    add_workgroup(
        clients,
        "reports",
        EnforceWorkGroupConfiguration=True,
        PublishCloudWatchMetricsEnabled=True,
        ResultConfiguration={"EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": key}},
    )


def seed_sandbox(clients: Clients) -> None:
    """Give the sandbox a domain for everybody, and a job, a connection and a workgroup as they come."""
    clients("opensearch").create_domain(
        DomainName="experiments",
        AccessPolicies=document(EVERYBODY | {"Action": "es:*"}),
        AdvancedSecurityOptions={"Enabled": False, "InternalUserDatabaseEnabled": True},
    )
    add_job(clients, "experiment", DefaultArguments={f"--{SECRET['name']}": SECRET["value"]})
    add_connection(clients, "experiment", {"USERNAME": "experiment", "PASSWORD": SECRET["value"]})
    clients("glue").create_dev_endpoint(EndpointName="experiment", RoleArn=_role(clients))
    add_transform(clients, "experiment", "DISABLED")
    clients("glue").put_resource_policy(PolicyInJson=document(EVERYBODY | {"Action": "glue:*"}))
    add_workgroup(clients, "experiments", EnforceWorkGroupConfiguration=False)


def add_job(clients: Clients, name: str, **facts: Any) -> None:
    """Create a job of Glue."""
    command = {"Name": "glueetl", "ScriptLocation": f"s3://scripts/{name}.py"}
    clients("glue").create_job(Name=name, Role=_role(clients), Command=command, **facts)


def _role(clients: Clients) -> str:
    return f"arn:aws:iam::{clients.account_id}:role/glue"


def add_connection(clients: Clients, name: str, properties: dict[str, str]) -> None:
    """Create a connection of Glue to a database."""
    described = {"Name": name, "ConnectionType": "JDBC", "ConnectionProperties": DATABASE | properties}
    clients("glue").create_connection(ConnectionInput=described)


def add_transform(clients: Clients, name: str, mode: str) -> None:
    """Create a transform of Glue that finds matches, and encrypts so."""
    clients("glue").create_ml_transform(
        Name=name,
        Role=_role(clients),
        InputRecordTables=[{"DatabaseName": "sales", "TableName": "orders"}],
        Parameters={"TransformType": "FIND_MATCHES", "FindMatchesParameters": {"PrimaryKeyColumnName": "id"}},
        TransformEncryption={"MlUserDataEncryption": {"MlUserDataEncryptionMode": mode}},
    )


def add_workgroup(clients: Clients, name: str, **configuration: Any) -> None:
    """Create a workgroup of Athena, and run a query in it."""
    athena = clients("athena")
    athena.create_work_group(Name=name, Configuration=configuration)
    athena.start_query_execution(QueryString="SELECT 1", WorkGroup=name)
