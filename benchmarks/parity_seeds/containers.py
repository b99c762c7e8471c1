"""Clusters of Kubernetes, of every version and with every endpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import tell
from benchmarks.parity_seeds.build import ANYWHERE, ANYWHERE_6
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

LOGS: Final = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
OFFICE: Final = "203.0.113.0/24"


def clusters(clients: Clients) -> None:
    """Tell of clusters of EKS, and of the add-on of some of them."""
    _tell_of_clusters(clients, _clusters(clients))
    far = {"far": _cluster(clients, "far", SECOND_REGION, version="1.35")}
    _tell_of_clusters(clients, far, SECOND_REGION)


def _clusters(clients: Clients) -> dict[str, dict[str, Any]]:
    key = {"keyArn": f"arn:aws:kms:{HOME_REGION}:{clients.account_id}:key/1"}
    facts: dict[str, dict[str, Any]] = {
        "good": {
            "version": "1.35",
            "encryptionConfig": [{"resources": ["secrets"], "provider": key}],
            "logging": _logging(LOGS),
        },
        "unprotected": {"deletionProtection": False},
        "protection-untold": {"deletionProtection": None},
        "encrypts-nothing": {"encryptionConfig": []},
        "logs-off": {"logging": _logging(LOGS, enabled=False)},
        "logs-some": {"logging": _logging(LOGS[:4])},
        "logs-in-parts": {"logging": {"clusterLogging": [*_logged(LOGS[:2]), *_logged(LOGS[2:])]}},
        "logs-none-first": {"logging": {"clusterLogging": [*_logged([], enabled=False), *_logged(LOGS)]}},
        "no-group": {"resourcesVpcConfig": _endpoints(clusterSecurityGroupId=None)},
        "public": {"resourcesVpcConfig": _endpoints(publicAccessCidrs=[ANYWHERE])},
        "public-6": {"resourcesVpcConfig": _endpoints(publicAccessCidrs=[OFFICE, ANYWHERE_6])},
        "public-in-halves": {"resourcesVpcConfig": _endpoints(publicAccessCidrs=["0.0.0.0/1", "128.0.0.0/1"])},
        "public-by-default": {"resourcesVpcConfig": _endpoints(publicAccessCidrs=[])},
        "office": {"resourcesVpcConfig": _endpoints(publicAccessCidrs=[OFFICE])},
        "private": {"resourcesVpcConfig": _endpoints(endpointPublicAccess=False, publicAccessCidrs=[ANYWHERE])},
        "private-alone": {"resourcesVpcConfig": _endpoints(endpointPublicAccess=False, publicAccessCidrs=[])},
        "public-alone": {"resourcesVpcConfig": _endpoints(endpointPrivateAccess=False)},
        "deleting": {"status": "DELETING", "version": "1.27"},
        "failed": {"status": "FAILED", "version": "1.27"},
        "creating": {"status": "CREATING", "version": None},
        "updating": {"status": "UPDATING", "version": "1.27"},
    }
    for version in ("1.9", "1.27", "1.28", "1.35", "1.36", "2.1"):
        facts[f"version-{version.replace('.', '-')}"] = {"version": version}
    for name in ("enforcing", "bare", "addon-silent", "addon-other", "addon-broken", "addon-denied"):
        facts[name] = {}
    return {name: _cluster(clients, name, HOME_REGION, **each) for name, each in facts.items()}


def _cluster(clients: Clients, name: str, region: str, **facts: Any) -> dict[str, Any]:
    arn = f"arn:aws:eks:{region}:{clients.account_id}:cluster/{name}"
    plain: dict[str, Any] = {
        "name": name,
        "arn": arn,
        "status": "ACTIVE",
        "version": "1.34",
        "deletionProtection": True,
    }
    plain |= {"resourcesVpcConfig": _endpoints()}
    return {key: value for key, value in (plain | facts).items() if value is not None}


def _endpoints(**facts: Any) -> dict[str, Any]:
    plain = {
        "clusterSecurityGroupId": "sg-1",
        "endpointPublicAccess": True,
        "endpointPrivateAccess": True,
        "publicAccessCidrs": [OFFICE],
    }
    return {key: value for key, value in (plain | facts).items() if value is not None}


def _logged(types: list[str], *, enabled: bool = True) -> list[dict[str, Any]]:
    return [{"types": types, "enabled": enabled}]


def _logging(types: list[str], *, enabled: bool = True) -> dict[str, Any]:
    return {"clusterLogging": _logged(types, enabled=enabled)}


ADDONS: Final = {
    "good": json.dumps({"enableNetworkPolicy": "true"}),
    "enforcing": json.dumps({"enableNetworkPolicy": True}),
    "bare": json.dumps({"enableNetworkPolicy": "false"}),
    "addon-silent": "",
    "addon-other": json.dumps({"env": {"ENABLE_PREFIX_DELEGATION": "true"}}),
    "addon-broken": "enableNetworkPolicy: 'true'",
}
"""What the add-on VPC CNI of a cluster is set to."""


def _tell_of_clusters(clients: Clients, told: Mapping[str, dict[str, Any]], region: str = HOME_REGION) -> None:
    def describe_addon(asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked["clusterName"] == "addon-denied":
            raise AwsError("AccessDeniedException", "You may not.", 403)
        if asked["clusterName"] not in ADDONS:
            raise AwsError("ResourceNotFoundException", "No addon: vpc-cni found in cluster.", 404)
        named = {"addonName": "vpc-cni", "clusterName": asked["clusterName"], "status": "ACTIVE"}
        return {"addon": {**named, "configurationValues": ADDONS[asked["clusterName"]]}}

    def list_addons(asked: Mapping[str, Any]) -> dict[str, Any]:
        has_one = asked["clusterName"] in (*ADDONS, "addon-denied")
        return {"addons": ["coredns", "vpc-cni"] if has_one else ["coredns"]}

    tell(clients, "eks", "ListClusters", {"clusters": list(told)}, region)
    tell(clients, "eks", "DescribeCluster", lambda asked: {"cluster": told[asked["name"]]}, region)
    tell(clients, "eks", "ListAddons", list_addons, region)
    tell(clients, "eks", "DescribeAddon", describe_addon, region)


STATES: Final = (State("kubernetes", "500000001521", clusters, services=("eks",)),)
