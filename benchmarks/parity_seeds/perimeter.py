"""Web ACLs of three generations, network firewalls and directories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import ago, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, add_subnet, add_vpc
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

Structure = dict[str, Any]

_GONE: Final = AwsError("WAFNonexistentItemException", "The item is not there.")


def seed(clients: Clients) -> None:
    """Fill an account with what stands before applications, and who may sign in to them."""
    web_acls(clients)
    for service, region in (("waf", HOME_REGION), *(("waf-regional", region) for region in REGIONS)):
        classic(clients, service, region, is_empty=region == SECOND_REGION)
    firewalls(clients)
    directories(clients)


# --- AWS WAF ---


def visibility(metrics: bool) -> Structure:
    """Write whether metrics are sent."""
    return {"CloudWatchMetricsEnabled": metrics, "SampledRequestsEnabled": True, "MetricName": "metric"}


def rule(name: str, statement: Structure, metrics: bool = True) -> Structure:
    """Write a rule of a web ACL."""
    return {"Name": name, "Priority": 1, "Statement": statement, "VisibilityConfig": visibility(metrics)}


def added(name: str, statement: Structure, metrics: bool = True) -> Structure:
    """Write a group that Firewall Manager adds."""
    return {
        "Name": name,
        "Priority": 1,
        "FirewallManagerStatement": statement,
        "OverrideAction": {"None": {}},
        "VisibilityConfig": visibility(metrics),
    }


_GEO: Final = {"GeoMatchStatement": {"CountryCodes": ["AQ"]}}
_MANAGED: Final = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}}
_GROUP: Final = {
    "RuleGroupReferenceStatement": {"ARN": "arn:aws:wafv2:us-east-1:500000001601:regional/rulegroup/group/1"}
}
_WEB_ACLS: Final[Mapping[str, Structure]] = {
    "empty": {},
    "own": {"Rules": [rule("geo", _GEO)]},
    "managed": {"Rules": [rule("geo", _GEO), rule("common", _MANAGED)]},
    "silent-rule": {"Rules": [rule("geo", _GEO, metrics=False), rule("common", _MANAGED)]},
    "silent-group": {"Rules": [rule("geo", _GEO), rule("group", _GROUP, metrics=False)]},
    "group": {"Rules": [rule("group", _GROUP)]},
    "added-before": {"PreProcessFirewallManagerRuleGroups": [added("fms", _GROUP)]},
    "added-behind": {"PostProcessFirewallManagerRuleGroups": [added("fms", _GROUP, metrics=False)]},
    "added-managed": {"PreProcessFirewallManagerRuleGroups": [added("fms", _MANAGED)]},
}
"""By what is in them, as GetWebACL tells it."""


def web_acls(clients: Clients) -> None:
    """Create web ACLs of both scopes. What moto does not keep of their rules is told."""
    for region in REGIONS:
        made = {
            scope: [_web_acl(clients, region, scope, name) for name in _WEB_ACLS]
            for scope in ("REGIONAL", *(("CLOUDFRONT",) if region == HOME_REGION else ()))
        }
        by_id = {each["Id"]: each for each in (*made["REGIONAL"], *made.get("CLOUDFRONT", ()))}

        def reply(asked: Mapping[str, Any], by_id: Mapping[str, Structure] = by_id) -> Structure:
            return {"WebACL": by_id[asked["Id"]], "LockToken": "token"}

        tell(clients, "wafv2", "GetWebACL", reply, region)


def _web_acl(clients: Clients, region: str, scope: str, name: str) -> Structure:
    waf = clients("wafv2", region)
    named = f"{scope.lower()}-{name}"
    required: Structure = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": visibility(True)}
    summary = waf.create_web_acl(Name=named, Scope=scope, **required)["Summary"]
    if name in ("own", "managed", "silent-rule"):
        waf.put_logging_configuration(
            LoggingConfiguration={
                "ResourceArn": summary["ARN"],
                "LogDestinationConfigs": [f"arn:aws:s3:::aws-waf-logs-{name}"],
            }
        )
    return {"Name": named, "Id": summary["Id"], "ARN": summary["ARN"], **required, "Rules": [], **_WEB_ACLS[name]}


# --- AWS WAF Classic ---

_RULES: Final = ("with-conditions", "without-conditions")
_ACTIVATED: Final[Mapping[str, list[Structure]]] = {
    "with-rule": [{"Priority": 1, "RuleId": "with-conditions", "Type": "REGULAR"}],
    "with-rates": [{"Priority": 1, "RuleId": "rates", "Type": "RATE_BASED"}],
    "empty": [],
}
"""Rules of groups and web ACLs by the name of these."""
_OF_WEB_ACLS: Final = {
    **_ACTIVATED,
    "with-group": [{"Priority": 1, "RuleId": "with-rule", "Type": "GROUP"}],
    "with-bought-group": [{"Priority": 1, "RuleId": "of-a-seller", "Type": "GROUP"}],
}
_LOGGED: Final = ("with-rule", "empty")


def classic(clients: Clients, service: str, region: str, is_empty: bool) -> None:
    """Have WAF Classic, which moto lacks, tell of rules, groups and web ACLs; of none where it is empty."""
    place = "waf:" if service == "waf" else f"waf-regional:{region}"
    logging = {f"arn:aws:{place}:{clients.account_id}:webacl/{name}": _log(region) for name in _LOGGED}

    def names(of: Iterable[str], id_: str) -> list[Structure]:
        return [] if is_empty else [{id_: name, "Name": name} for name in of]

    def get_rule(asked: Mapping[str, Any]) -> Structure:
        condition = {"Negated": False, "Type": "IPMatch", "DataId": "addresses"}
        conditions = [condition] if asked["RuleId"] == "with-conditions" else []
        return {"Rule": {"RuleId": asked["RuleId"], "Name": asked["RuleId"], "Predicates": conditions}}

    def get_web_acl(asked: Mapping[str, Any]) -> Structure:
        name = asked["WebACLId"]
        allow = {"Type": "ALLOW"}
        return {"WebACL": {"WebACLId": name, "Name": name, "DefaultAction": allow, "Rules": _OF_WEB_ACLS[name]}}

    def get_logging(asked: Mapping[str, Any]) -> Structure:
        if asked["ResourceArn"] not in logging:
            raise _GONE
        return {"LoggingConfiguration": _logging(asked["ResourceArn"], logging)}

    listed = [] if is_empty else [_logging(arn, logging) for arn in logging]
    replies: Mapping[str, Any] = {
        "ListRules": {"Rules": names(_RULES, "RuleId")},
        "GetRule": get_rule,
        "ListRuleGroups": {"RuleGroups": names(_ACTIVATED, "RuleGroupId")},
        "ListActivatedRulesInRuleGroup": lambda asked: {"ActivatedRules": _ACTIVATED[asked["RuleGroupId"]]},
        "ListWebACLs": {"WebACLs": names(_OF_WEB_ACLS, "WebACLId")},
        "GetWebACL": get_web_acl,
        "ListLoggingConfigurations": {"LoggingConfigurations": listed},
        "GetLoggingConfiguration": get_logging,
        **({"ListResourcesForWebACL": {"ResourceArns": []}} if service == "waf-regional" else {}),
    }
    for operation, reply in replies.items():
        tell(clients, service, operation, reply, region)


def _log(region: str) -> str:
    return f"arn:aws:firehose:{region}:500000001601:deliverystream/aws-waf-logs-classic"


def _logging(arn: str, destinations: Mapping[str, str]) -> Structure:
    return {"ResourceArn": arn, "LogDestinationConfigs": [destinations[arn]]}


# --- AWS Network Firewall ---

_POLICIES: Final[Mapping[str, Structure]] = {
    "drops": {"whole": ["aws:drop"], "fragments": ["aws:drop"], "groups": {"StatefulRuleGroupReferences": 1}},
    "forwards": {
        "whole": ["aws:forward_to_sfe"],
        "fragments": ["metrics", "aws:forward_to_sfe"],
        "groups": {"StatelessRuleGroupReferences": 1},
    },
    "passes": {"whole": ["aws:pass"], "fragments": ["aws:pass", "metrics"], "groups": {}},
    "passes-fragments": {"whole": ["aws:drop"], "fragments": ["aws:pass"], "groups": {}},
}


def firewalls(clients: Clients) -> None:
    """Create firewalls, have moto's lack of policies and further endpoints made up for, and VPCs with and without."""
    vpcs = {name: add_vpc(clients, name, f"10.{n}.0.0/16") for n, name in enumerate(("guarded", "open", "associated"))}
    subnets = [
        add_subnet(clients, vpc, f"{name}-{zone}", f"10.{n}.{m}.0/24", zone)
        for n, (name, vpc) in enumerate(vpcs.items())
        for m, zone in enumerate("ab")
    ]
    for subnet in subnets:
        clients("ec2").create_network_interface(SubnetId=subnet)
    add_vpc(clients, "unused", "10.9.0.0/16")
    for name, protected, mapped in (
        ("drops", True, subnets[:2]),
        ("forwards", False, subnets[:1]),
        ("passes", True, subnets[:2]),
        ("passes-fragments", True, subnets[:2]),
        ("withdrawn", True, subnets[:2]),
    ):
        clients("network-firewall").create_firewall(
            FirewallName=name,
            FirewallPolicyArn=_policy_arn(clients, name),
            VpcId=vpcs["guarded"],
            SubnetMappings=[{"SubnetId": subnet} for subnet in mapped],
            DeleteProtection=protected,
        )
    clients("network-firewall").update_logging_configuration(
        FirewallName="drops", LoggingConfiguration={"LogDestinationConfigs": [_flow_log()]}
    )
    endpoint = f"arn:aws:network-firewall:{HOME_REGION}:{clients.account_id}:vpc-endpoint-association/1"
    associated = {
        "VpcEndpointAssociationArn": endpoint,
        "FirewallArn": f"arn:aws:network-firewall:{HOME_REGION}:{OTHER_ACCOUNT}:firewall/shared",
        "VpcId": vpcs["associated"],
        "SubnetMapping": {"SubnetId": subnets[4]},
    }
    status = {"VpcEndpointAssociation": associated, "VpcEndpointAssociationStatus": {"Status": "READY"}}
    for region in REGIONS:
        there = [{"VpcEndpointAssociationArn": endpoint}] if region == HOME_REGION else []
        listed = {"VpcEndpointAssociations": there}
        tell(clients, "network-firewall", "ListVpcEndpointAssociations", listed, region)
    tell(clients, "network-firewall", "DescribeVpcEndpointAssociation", status)
    tell(clients, "network-firewall", "DescribeFirewallPolicy", _policy)


def _policy_arn(clients: Clients, name: str) -> str:
    owner = clients.account_id if name in _POLICIES else OTHER_ACCOUNT
    return f"arn:aws:network-firewall:{HOME_REGION}:{owner}:firewall-policy/{name}"


def _policy(asked: Mapping[str, Any]) -> Structure:
    arn = asked["FirewallPolicyArn"]
    name = arn.rpartition("/")[2]
    if name not in _POLICIES:
        raise AwsError("ResourceNotFoundException", "The policy is not there.")
    policy = _POLICIES[name]
    groups = {
        kind: [{"ResourceArn": arn.replace("firewall-policy", "rulegroup"), "Priority": 1}] for kind in policy["groups"]
    }
    return {
        "UpdateToken": "token",
        "FirewallPolicyResponse": {
            "FirewallPolicyName": name, "FirewallPolicyArn": arn, "FirewallPolicyId": "policy",
            "FirewallPolicyStatus": "ACTIVE",
        },
        "FirewallPolicy": {
            "StatelessDefaultActions": policy["whole"],
            "StatelessFragmentDefaultActions": policy["fragments"],
            **groups,
        },
    }  # fmt: skip


def _flow_log() -> Structure:
    return {"LogType": "FLOW", "LogDestinationType": "S3", "LogDestination": {"bucketName": "flows"}}


# --- AWS Directory Service ---


def directory(name: str, kind: str, stage: str = "Active", **more: Any) -> Structure:
    """Write a directory."""
    return {"DirectoryId": f"d-{name}", "Name": f"{name}.example.com", "Type": kind, "Stage": stage, **more}


def radius(protocol: str, status: str) -> Structure:
    """Write the RADIUS server of a directory."""
    return {"RadiusSettings": {"AuthenticationProtocol": protocol}, "RadiusStatus": status}


_DIRECTORIES: Final = (
    directory("good", "MicrosoftAD", **radius("MS-CHAPv2", "Completed")),
    directory("bad", "MicrosoftAD", **radius("PAP", "Failed")),
    directory("waiting", "MicrosoftAD", **radius("MS-CHAPv1", "Creating")),
    directory("full", "MicrosoftAD", **radius("CHAP", "Completed")),
    directory("without", "MicrosoftAD"),
    directory("simple", "SimpleAD"),
    directory("connector", "ADConnector", **radius("MS-CHAPv2", "Completed")),
    directory("shared", "SharedMicrosoftAD", OwnerDirectoryDescription={"AccountId": OTHER_ACCOUNT}),
    directory("ending", "MicrosoftAD", "Deleting"),
)
_SNAPSHOTS: Final = {"d-good": 2, "d-bad": 3, "d-waiting": 4, "d-full": 5, "d-without": 0, "d-simple": 5}
_CERTIFICATES: Final[Mapping[str, Mapping[str, tuple[str, float]]]] = {
    "d-good": {"c-valid": ("Registered", 100), "c-long": ("Registering", 400)},
    "d-bad": {"c-soon": ("Registered", 89), "c-over": ("Registered", -1), "c-removed": ("Deregistered", -1)},
    "d-connector": {"c-card": ("Registered", 10)},
}
"""State, and days left."""
_TOPICS: Final = {
    "d-good": ("Registered",),
    "d-bad": ("Failed", "Topic not found"),
    "d-waiting": ("Deleted", "Registered"),
    "d-simple": ("Registered",),
}


def directories(clients: Clients) -> None:
    """Have Directory Service tell of directories of each type, of which moto has a few facts alone."""
    for region in REGIONS:
        listed = _DIRECTORIES if region == HOME_REGION else ()
        tell(clients, "ds", "DescribeDirectories", {"DirectoryDescriptions": list(listed)}, region)
    for operation, reply in (
        ("ListLogSubscriptions", _subscriptions),
        ("DescribeEventTopics", _topics),
        ("ListCertificates", _certificates),
        ("GetSnapshotLimits", _limits),
        ("ListTagsForResource", {"Tags": []}),
    ):
        tell(clients, "ds", operation, reply)


def _of_one(listed: list[Structure], asked: Mapping[str, Any]) -> list[Structure]:
    return [each for each in listed if asked.get("DirectoryId") in (None, each["DirectoryId"])]


def _subscriptions(asked: Mapping[str, Any]) -> Structure:
    listed = [{"DirectoryId": "d-good", "LogGroupName": "/directory", "SubscriptionCreatedDateTime": ago(1)}]
    return {"LogSubscriptions": _of_one(listed, asked)}


def _topics(asked: Mapping[str, Any]) -> Structure:
    id_ = asked.get("DirectoryId")
    if id_ == "d-ending":
        raise AwsError("ClientException", "Directory d-ending is in Deleting state.")
    if id_ == "d-shared":
        raise AwsError("ClientException", "Operation is not supported for Shared MicrosoftAD directories.")
    listed = [
        {
            "DirectoryId": directory_id,
            "TopicName": f"topic-{number}",
            "TopicArn": f"arn:aws:sns:{HOME_REGION}:500000001601:topic-{number}",
            "Status": status,
            "CreatedDateTime": ago(1),
        }
        for directory_id, statuses in _TOPICS.items()
        for number, status in enumerate(statuses)
    ]
    return {"EventTopics": _of_one(listed, asked)}


def _certificates(asked: Mapping[str, Any]) -> Structure:
    id_ = asked["DirectoryId"]
    if id_ in ("d-simple", "d-shared"):
        raise AwsError("UnsupportedOperationException", "LDAPS operations are not supported for this Directory Type.")
    listed = [
        {"CertificateId": name, "CommonName": name, "State": state, "Type": "ClientLDAPS", "ExpiryDateTime": ago(-days)}
        for name, (state, days) in _CERTIFICATES.get(id_, {}).items()
    ]
    return {"CertificatesInfo": listed}


def _limits(asked: Mapping[str, Any]) -> Structure:
    id_ = asked["DirectoryId"]
    if id_ == "d-ending":
        raise AwsError("ClientException", "Directory d-ending is in Deleting state.")
    if id_ not in _SNAPSHOTS:
        raise AwsError("ClientException", "Snapshot limits can be fetched only for VPC or Microsoft AD directories.")
    count = _SNAPSHOTS[id_]
    limits = {"ManualSnapshotsLimit": 5, "ManualSnapshotsCurrentCount": count}
    return {"SnapshotLimits": {**limits, "ManualSnapshotsLimitReached": count == 5}}


_SERVICES: Final = ("waf", "wafv2", "networkfirewall", "directoryservice")

STATES = (
    State("perimeter", "500000001601", seed, services=_SERVICES),
    State("unused_vpcs", "500000001602", firewalls, services=("networkfirewall",), scan_unused_services=True),
)
