"""Domains of OpenSearch and Elasticsearch, open and shut, with each of their settings on and off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, allow, deny, document
from benchmarks.parity_seeds.states import State

OFF: Final = {"Enabled": False}
ON: Final = {"Enabled": True}
SOFTWARE: Final = {"CurrentVersion": "R20250630", "NewVersion": "", "UpdateAvailable": False}
SETTINGS: Final[dict[str, Any]] = {
    "EngineVersion": "OpenSearch_2.19",
    "ClusterConfig": {"InstanceCount": 1, "ZoneAwarenessEnabled": False, "DedicatedMasterEnabled": False},
    "CognitoOptions": OFF,
    "EncryptionAtRestOptions": OFF,
    "NodeToNodeEncryptionOptions": OFF,
    "DomainEndpointOptions": {"EnforceHTTPS": False, "TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"},
    "AdvancedSecurityOptions": OFF,
    "ServiceSoftwareOptions": SOFTWARE,
}
"""As AWS tells of a domain on which nothing was turned on."""


def domains(clients: Clients) -> None:
    """Tell of the domains of two regions."""
    _tell(clients, {**_settings(), **_policies(clients)}, HOME_REGION)
    _tell(clients, {"far": {"EncryptionAtRestOptions": ON}}, SECOND_REGION)


def _settings() -> dict[str, dict[str, Any]]:
    logs = {kind: {**ON, "CloudWatchLogsLogGroupArn": "arn:aws:logs:x:y:log-group:z"} for kind in _LOGS}
    control = {**ON, "InternalUserDatabaseEnabled": False}
    return {
        "plain": {},
        "legacy": {"EngineVersion": "Elasticsearch_7.10"},
        "good": {
            "EncryptionAtRestOptions": ON,
            "NodeToNodeEncryptionOptions": ON,
            "DomainEndpointOptions": {"EnforceHTTPS": True},
            "AdvancedSecurityOptions": control,
            "CognitoOptions": ON,
            "LogPublishingOptions": logs,
            "ClusterConfig": _cluster(data=3, masters=3),
        },
        "own-users": {"AdvancedSecurityOptions": {**ON, "InternalUserDatabaseEnabled": True}},
        "saml": {"AdvancedSecurityOptions": {**control, "SAMLOptions": ON}},
        "saml-off": {"AdvancedSecurityOptions": {**control, "SAMLOptions": OFF}},
        "slow-index": {"LogPublishingOptions": {"INDEX_SLOW_LOGS": logs["INDEX_SLOW_LOGS"]}},
        "slow-search": {"LogPublishingOptions": {"SEARCH_SLOW_LOGS": logs["SEARCH_SLOW_LOGS"]}},
        "slow-both": {"LogPublishingOptions": {kind: logs[kind] for kind in ("INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS")}},
        "audit": {"LogPublishingOptions": {"AUDIT_LOGS": logs["AUDIT_LOGS"]}},
        "logs-off": {"LogPublishingOptions": {kind: {**each, **OFF} for kind, each in logs.items()}},
        "two-nodes": {"ClusterConfig": _cluster(data=2, masters=2)},
        "many-nodes": {"ClusterConfig": _cluster(data=6, masters=5)},
        "one-zone": {"ClusterConfig": {**_cluster(data=3, masters=3), "ZoneAwarenessEnabled": False}},
        "masters-off": {"ClusterConfig": {**_cluster(data=3, masters=3), "DedicatedMasterEnabled": False}},
        "outdated": {"ServiceSoftwareOptions": {**SOFTWARE, "NewVersion": "R20251001", "UpdateAvailable": True}},
        "waiting": {"ServiceSoftwareOptions": {**SOFTWARE, "NewVersion": "R20251001"}},
        "software-untold": {"ServiceSoftwareOptions": None},
        "isolated": {"DomainProcessingStatus": "Isolated"},
        "creating": {"DomainProcessingStatus": "Creating", "Created": False},
        "deleting": {"DomainProcessingStatus": "Deleting", "Deleted": True},
    }


_LOGS: Final = ("AUDIT_LOGS", "ES_APPLICATION_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS")


def _cluster(data: int, masters: int) -> dict[str, Any]:
    return {
        "InstanceCount": data,
        "ZoneAwarenessEnabled": True,
        "DedicatedMasterEnabled": True,
        "DedicatedMasterCount": masters,
    }


def _policies(clients: Clients) -> dict[str, dict[str, Any]]:
    """Domains by what their policies say."""

    def from_addresses(*addresses: str) -> str:
        return document(allow("es:*", Principal={"AWS": "*"}, Condition={"IpAddress": {"aws:SourceIp": addresses}}))

    anyone = document(allow("es:*", Principal={"AWS": "*"}))
    root = f"arn:aws:iam::{clients.account_id}:root"
    policies = {
        "policy-empty": "",
        "policy-anyone": anyone,
        "policy-star": document(allow("es:ESHttp*", Principal="*")),
        "policy-own": document(allow("es:*", Principal={"AWS": root})),
        "policy-other": document(allow("es:*", Principal={"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"})),
        "policy-denies": document(deny("es:*", Principal={"AWS": "*"})),
        "policy-everywhere": from_addresses("0.0.0.0/0"),
        "policy-wild": from_addresses("*"),
        "policy-private": from_addresses("10.0.0.0/8"),
        "policy-trusted": from_addresses("8.0.0.0/7"),
        "policy-half-trusted": from_addresses("8.0.0.0/7", "64.0.0.0/2"),
        "policy-narrow": from_addresses("8.8.8.0/24"),
        "policy-account": document(
            allow(
                "es:*", Principal={"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalAccount": clients.account_id}}
            )
        ),
        "policy-garbled": "{no json",
    }
    found: dict[str, dict[str, Any]] = {name: {"AccessPolicies": policy} for name, policy in policies.items()}
    found["policy-in-vpc"] = {
        "AccessPolicies": anyone,
        "VPCOptions": {"VPCId": "vpc-1", "SubnetIds": ["subnet-1"]},
        "Endpoints": {"vpc": "vpc-orders.es.amazonaws.com"},
    }
    return found


def _tell(clients: Clients, facts: Mapping[str, Mapping[str, Any]], region: str) -> None:
    told = {name: _domain(clients, name, each, region) for name, each in facts.items()}
    names = [{"DomainName": name, "EngineType": each["EngineVersion"].partition("_")[0]} for name, each in told.items()]

    def describe(asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"DomainStatusList": [told[name] for name in asked["DomainNames"]]}

    tell(clients, "opensearch", "ListDomainNames", {"DomainNames": names}, region)
    tell(clients, "opensearch", "DescribeDomains", describe, region)
    tell(clients, "opensearch", "DescribeDomain", lambda asked: {"DomainStatus": told[asked["DomainName"]]}, region)
    tell(clients, "opensearch", "ListTags", {"TagList": []}, region)


def _domain(clients: Clients, name: str, facts: Mapping[str, Any], region: str) -> dict[str, Any]:
    arn = f"arn:aws:es:{region}:{clients.account_id}:domain/{name}"
    named = {"DomainId": f"{clients.account_id}/{name}", "DomainName": name, "ARN": arn, "Created": True}
    return {key: value for key, value in (named | SETTINGS | dict(facts)).items() if value is not None}


STATES: Final = (
    State("searches", "500000003301", domains, services=("opensearch",), config={"trusted_ips": ["8.0.0.0/7"]}),
)
