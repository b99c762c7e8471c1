"""Workgroups in which queries run and others, and clusters in public and private subnets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import now, tell
from benchmarks.parity_seeds.build import ANYWHERE, ANYWHERE_6, add_group, add_vpc, permission
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError


# --- Workgroups ---
def workgroups(clients: Clients) -> None:
    """Tell of workgroups, of which `unused` has no queries and `disabled` takes none any more."""
    facts: dict[str, dict[str, Any]] = {
        "primary": {"EnforceWorkGroupConfiguration": False, "PublishCloudWatchMetricsEnabled": False},
        "empty": {},
        "enforced": {"EnforceWorkGroupConfiguration": True},
        "metrics": {"PublishCloudWatchMetricsEnabled": True},
        "located": {"ResultConfiguration": {"OutputLocation": "s3://results/"}},
        "managed": {"ManagedQueryResultsConfiguration": {"Enabled": True}},
        "managed-not": {"ManagedQueryResultsConfiguration": {"Enabled": False}},
        "unused": _encrypted("SSE_S3"),
        "disabled": _encrypted("SSE_S3"),
    }
    facts |= {option.lower().replace("_", "-"): _encrypted(option) for option in ("SSE_S3", "SSE_KMS", "CSE_KMS")}

    def describe(asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"WorkGroup": {**_group(asked["WorkGroup"]), "Configuration": facts[asked["WorkGroup"]]}}

    def queries(asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"QueryExecutionIds": [] if asked["WorkGroup"] == "unused" else ["1"]}

    for region in REGIONS:
        tell(clients, "athena", "ListWorkGroups", {"WorkGroups": []}, region)
    tell(clients, "athena", "ListWorkGroups", {"WorkGroups": [_group(name) for name in facts]})
    tell(clients, "athena", "GetWorkGroup", describe)
    tell(clients, "athena", "ListQueryExecutions", queries)
    tell(clients, "athena", "ListTagsForResource", {"Tags": []})


def _encrypted(option: str) -> dict[str, Any]:
    return {"ResultConfiguration": {"EncryptionConfiguration": {"EncryptionOption": option}}}


def _group(name: str) -> dict[str, Any]:
    return {"Name": name, "State": "DISABLED" if name == "disabled" else "ENABLED"}


# --- Clusters ---
OUTSIDE: Final = "ec2-192-0-2-1.compute-1.amazonaws.com"
INSIDE: Final = "ip-10-0-0-1.ec2.internal"
OFFICE: Final = "8.8.8.0/24"


def clusters(clients: Clients) -> None:
    """Tell of clusters, and of what two regions block."""
    vpc = add_vpc(clients, "clusters", "10.0.0.0/16")
    groups = {
        "shut": add_group(clients, vpc, "shut", permission("-1", None, "10.0.0.0/8")),
        "open": add_group(clients, vpc, "open", permission("-1", None, ANYWHERE)),
        "open-6": add_group(clients, vpc, "open-6", permission("-1", None, ANYWHERE_6)),
        "all-ports": add_group(clients, vpc, "all-ports", permission("tcp", (0, 65535), ANYWHERE)),
        "ssh": add_group(clients, vpc, "ssh", permission("tcp", (22, 22), ANYWHERE)),
        "office": add_group(clients, vpc, "office", permission("-1", None, OFFICE)),
    }
    shut = groups["shut"]
    facts: dict[str, dict[str, Any]] = {
        name: {"Ec2InstanceAttributes": _groups(group, shut)} for name, group in groups.items()
    }
    facts |= {
        "others-open": {"Ec2InstanceAttributes": _groups(shut, groups["open"])},
        "more-open": {
            "Ec2InstanceAttributes": {**_groups(shut, shut), "AdditionalMasterSecurityGroups": [groups["open"]]}
        },
        "more-others-open": {
            "Ec2InstanceAttributes": {**_groups(shut, shut), "AdditionalSlaveSecurityGroups": [groups["open"]]}
        },
        "masters-alone": {"Ec2InstanceAttributes": {"EmrManagedMasterSecurityGroup": shut}},
        "private": {"MasterPublicDnsName": INSIDE, "Ec2InstanceAttributes": _groups(groups["open"], groups["open"])},
        "nameless": {"MasterPublicDnsName": None, "Ec2InstanceAttributes": _groups(shut, shut)},
        "terminating": {"Status": {"State": "TERMINATING"}, "Ec2InstanceAttributes": _groups(shut, shut)},
        "terminated": {"Status": {"State": "TERMINATED"}, "Ec2InstanceAttributes": _groups(shut, shut)},
        "failed": {"Status": {"State": "TERMINATED_WITH_ERRORS"}, "Ec2InstanceAttributes": _groups(shut, shut)},
        "vanished": {"Ec2InstanceAttributes": _groups(shut, shut)},
    }
    told = {name: _cluster(clients, name, each) for name, each in facts.items()}

    def listed(asked: Mapping[str, Any]) -> dict[str, Any]:
        states = asked.get("ClusterStates")
        return {"Clusters": [each for each in told.values() if not states or each["Status"]["State"] in states]}

    def describe(asked: Mapping[str, Any]) -> dict[str, Any]:
        name = asked["ClusterId"].removeprefix("j-")
        if name == "vanished":
            raise AwsError("InvalidRequestException", f"Cluster id '{asked['ClusterId']}' is not valid.", 400)
        return {"Cluster": told[name]}

    for region in REGIONS:
        tell(clients, "emr", "ListClusters", {"Clusters": []}, region)
    tell(clients, "emr", "ListClusters", listed)
    tell(clients, "emr", "DescribeCluster", describe)
    _block(clients, HOME_REGION, blocks=True, permitted=[{"MinRange": 22, "MaxRange": 22}])
    _block(clients, SECOND_REGION, blocks=False, permitted=[])


def _groups(master: str, others: str) -> dict[str, Any]:
    return {"EmrManagedMasterSecurityGroup": master, "EmrManagedSlaveSecurityGroup": others}


def _cluster(clients: Clients, name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    id_ = f"j-{name}"
    arn = f"arn:aws:elasticmapreduce:{HOME_REGION}:{clients.account_id}:cluster/{id_}"
    plain = {"Id": id_, "Name": name, "ClusterArn": arn, "Status": {"State": "WAITING"}, "MasterPublicDnsName": OUTSIDE}
    return {key: value for key, value in (plain | dict(facts)).items() if value is not None}


def _block(clients: Clients, region: str, *, blocks: bool, permitted: list[dict[str, int]]) -> None:
    block = {"BlockPublicSecurityGroupRules": blocks, "PermittedPublicSecurityGroupRuleRanges": permitted}
    by = {"CreationDateTime": now(), "CreatedByArn": f"arn:aws:iam::{clients.account_id}:root"}
    told = {"BlockPublicAccessConfiguration": block, "BlockPublicAccessConfigurationMetadata": by}
    tell(clients, "emr", "GetBlockPublicAccessConfiguration", told, region)


def hollow(clients: Clients) -> None:
    """Tell of a block that makes an exception of every port."""
    _block(clients, HOME_REGION, blocks=True, permitted=[{"MinRange": 0, "MaxRange": 65535}])
    _block(clients, SECOND_REGION, blocks=True, permitted=[])


STATES: Final = (
    State("queries", "500000003321", workgroups, services=("athena",)),
    State("queries_unused", "500000003322", workgroups, services=("athena",), scan_unused_services=True),
    State("clusters_of_emr", "500000003331", clusters, services=("emr",)),
    State("clusters_of_emr_hollow", "500000003332", hollow, services=("emr",)),
)
