"""Guardrails, agents and what else Bedrock has, shut and open; and who may do what in it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.iam.models import AWSManagedPolicy

from aioprowler.demo.seed import REGIONS
from aioprowler.demo.seed.clients import HOME_REGION, SECOND_REGION, Clients
from benchmarks.parity_moto import ago, backend, tell
from benchmarks.parity_seeds.build import OTHER_ACCOUNT, add_subnet, add_vpc, allow, deny, document
from benchmarks.parity_seeds.states import State
from benchmarks.simulated_aws.errors import AwsError

Structure = dict[str, Any]
KEY: Final = f"arn:aws:kms:{HOME_REGION}:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"


def _arn(clients: Clients, resource: str) -> str:
    return f"arn:aws:bedrock:{HOME_REGION}:{clients.account_id}:{resource}"


def _dated() -> Structure:
    return {"createdAt": ago(9), "updatedAt": ago(9)}


def _found(told: Mapping[str, Structure], parameter: str) -> Callable[[Mapping[str, Any]], Structure]:
    def find(asked: Mapping[str, Any]) -> Structure:
        if asked[parameter] not in told:
            raise AwsError("ResourceNotFoundException", "There is no such thing.", 404)
        return told[asked[parameter]]

    return find


def nothing(clients: Clients) -> None:
    """Have what moto lacks tell of nothing."""
    for region in REGIONS:
        tell(clients, "bedrock", "ListGuardrails", {"guardrails": []}, region)
        tell(clients, "bedrock-agent", "ListPrompts", {"promptSummaries": []}, region)
        tell(clients, "bedrock-agent", "ListAgentAliases", {"agentAliasSummaries": []}, region)
        tell(clients, "bedrock", "ListTagsForResource", {"tags": []}, region)
        tell(clients, "bedrock-agent", "ListTagsForResource", {"tags": {}}, region)


# --- Guardrails ---


def _attack(strength: str, **more: Any) -> Structure:
    return {"filters": [{"type": "PROMPT_ATTACK", "inputStrength": strength, "outputStrength": "NONE", **more}]}


def _grounded(**relevance: Any) -> Structure:
    usual = {"threshold": 0.7, "action": "BLOCK", "enabled": True}
    kept = {name: value for name, value in {**usual, **relevance}.items() if value is not None}
    return {"filters": [{"type": "GROUNDING", **usual}, {"type": "RELEVANCE", **kept}]}


def _email(**more: Any) -> Structure:
    return {"piiEntities": [{"type": "EMAIL", **more}]}


_GUARDRAILS: Final[Mapping[str, Structure]] = {
    "strict": {
        "contentPolicy": _attack("HIGH"),
        "contextualGroundingPolicy": _grounded(),
        "sensitiveInformationPolicy": {
            "piiEntities": [{"type": "EMAIL", "action": "ANONYMIZE"}, {"type": "PIN", "action": "BLOCK"}],
            "regexes": [{"name": "order", "pattern": "ORD", "action": "BLOCK"}],
        },
    },
    "bare": {},
    "weak": {
        "contentPolicy": _attack("MEDIUM"),
        "contextualGroundingPolicy": _grounded(threshold=0.0),
        "sensitiveInformationPolicy": _email(action="NONE"),
    },
    "watching": {
        "contentPolicy": _attack("HIGH", inputAction="NONE", inputEnabled=True),
        "contextualGroundingPolicy": _grounded(action="NONE"),
        "sensitiveInformationPolicy": _email(action="BLOCK", outputAction="NONE"),
    },
    "off": {
        "contentPolicy": _attack("HIGH", inputAction="BLOCK", inputEnabled=False),
        "contextualGroundingPolicy": _grounded(enabled=False),
        "sensitiveInformationPolicy": _email(action="BLOCK", outputEnabled=False),
    },
    "half": {
        "contentPolicy": {"filters": [{"type": "HATE", "inputStrength": "HIGH", "outputStrength": "HIGH"}]},
        "contextualGroundingPolicy": {"filters": _grounded()["filters"][:1]},
        "sensitiveInformationPolicy": _email(action="NONE", outputAction="ANONYMIZE"),
    },
    "silent": {"contextualGroundingPolicy": _grounded(action=None)},
    "unswitched": {"contextualGroundingPolicy": _grounded(enabled=None)},
    "failed": {"status": "FAILED"},
}


def guardrails(clients: Clients) -> None:
    """Tell of guardrails in one region."""
    told = {
        name: {
            "guardrailId": name,
            "guardrailArn": _arn(clients, f"guardrail/{name}"),
            "name": f"the {name} one",
            "version": "DRAFT",
            "status": "READY",
            "blockedInputMessaging": "No.",
            "blockedOutputsMessaging": "No.",
            **_dated(),
            **facts,
        }
        for name, facts in _GUARDRAILS.items()
    }
    listed = [
        {"id": each["guardrailId"], "arn": each["guardrailArn"]}
        | {name: each[name] for name in ("name", "version", "status", "createdAt", "updatedAt")}
        for each in told.values()
    ]
    tell(clients, "bedrock", "ListGuardrails", {"guardrails": listed})
    tell(clients, "bedrock", "GetGuardrail", _found(told, "guardrailIdentifier"))


# --- The log of what models are asked ---


def logs(clients: Clients, by_region: Mapping[str, Structure]) -> None:
    """Tell where the log goes, by region."""
    for region, config in by_region.items():
        tell(clients, "bedrock", "GetModelInvocationLoggingConfiguration", {"loggingConfig": config}, region)


def _to_group(name: str, **more: Any) -> Structure:
    return {"cloudWatchConfig": {"logGroupName": name, "roleArn": "arn:aws:iam::111122223333:role/logs"}, **more}


def _group(clients: Clients, name: str, region: str, **more: str) -> None:
    clients("logs", region).create_log_group(logGroupName=name, **more)


def _bucket(clients: Clients, name: str) -> str:
    bucket = f"{name}-{clients.account_id}"
    clients("s3").create_bucket(Bucket=bucket)
    return bucket


# --- What Bedrock keeps ---


def kept(clients: Clients) -> None:
    """Tell of custom models, prompts and knowledge bases, with keys and without."""
    models: dict[str, Structure] = {
        "own-key": {"modelKmsKeyArn": KEY},
        "no-key": {},
        "failed": {"modelStatus": "Failed"},
    }
    told = {
        _arn(clients, f"custom-model/{name}"): {
            "modelArn": _arn(clients, f"custom-model/{name}"),
            "modelName": name,
            "creationTime": ago(9),
            "baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
            "modelStatus": "Active",
            **facts,
        }
        for name, facts in models.items()
    }
    members = ("modelArn", "modelName", "creationTime", "baseModelArn", "modelStatus")
    listed = [{name: each[name] for name in members} | {"baseModelName": "Nova"} for each in told.values()]
    tell(clients, "bedrock", "ListCustomModels", {"modelSummaries": listed})
    tell(clients, "bedrock", "GetCustomModel", _found(told, "modelIdentifier"))

    prompts = {
        name: {
            "id": name,
            "name": f"the {name} one",
            "arn": _arn(clients, f"prompt/{name}"),
            "version": "DRAFT",
            **_dated(),
        }
        for name in ("own-key", "no-key")
    }
    tell(clients, "bedrock-agent", "ListPrompts", {"promptSummaries": list(prompts.values())})
    with_keys = {**prompts, "own-key": {**prompts["own-key"], "customerEncryptionKeyArn": KEY}}
    tell(clients, "bedrock-agent", "GetPrompt", _found(with_keys, "promptIdentifier"))

    bases = {
        "manuals": ["own-key", "no-key", "going"],
        "empty": [],
        "going": ["of-what-goes"],
        "failed": ["no-key-in-what-failed"],
    }
    states = {"going": "DELETING", "failed": "FAILED"}
    summaries = [
        {
            "knowledgeBaseId": name,
            "name": name,
            "status": states.get(name, "ACTIVE"),
            "updatedAt": ago(9),
        }
        for name in bases
    ]
    tell(clients, "bedrock-agent", "ListKnowledgeBases", {"knowledgeBaseSummaries": summaries})

    def sources(asked: Mapping[str, Any]) -> Structure:
        base = asked["knowledgeBaseId"]
        return {"dataSourceSummaries": [_source(base, name) for name in bases[base]]}

    def data_source(asked: Mapping[str, Any]) -> Structure:
        name = asked["dataSourceId"]
        key = {"serverSideEncryptionConfiguration": {"kmsKeyArn": KEY}} if name == "own-key" else {}
        more = {"dataSourceConfiguration": {"type": "S3"}, "createdAt": ago(9)}
        return {"dataSource": {**_source(asked["knowledgeBaseId"], name), **more, **key}}

    tell(clients, "bedrock-agent", "ListDataSources", sources)
    tell(clients, "bedrock-agent", "GetDataSource", data_source)


def _source(base: str, name: str) -> Structure:
    status = "DELETING" if name == "going" else "AVAILABLE"
    return {"knowledgeBaseId": base, "dataSourceId": name, "name": name, "status": status, "updatedAt": ago(9)}


# --- Agents and their roles ---

_FULL: Final = "arn:aws:iam::aws:policy/AmazonBedrockFullAccess"
_ADMIN: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
_MODEL: Final = document(allow("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/*"))
_ESCALATING: Final = document(allow("iam:CreatePolicyVersion"))


def roles(clients: Clients) -> dict[str, str]:
    """Make roles that agents may run under, and give their ARNs by name."""
    iam = clients("iam")
    boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=_MODEL)["Policy"]["Arn"]
    trust, people = (
        document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
        for principal in (
            {"Service": "bedrock.amazonaws.com"},
            {"AWS": f"arn:aws:iam::{clients.account_id}:root"},
        )
    )
    arns: dict[str, str] = {}
    for name in ("bounded", "shared", "unbounded", "full", "admin", "escalating", "version", "people", "people-full"):
        bound = {} if name in ("unbounded", "people", "people-full") else {"PermissionsBoundary": boundary}
        caller = people if name.startswith("people") else trust
        arns[name] = iam.create_role(RoleName=name, AssumeRolePolicyDocument=caller, **bound)["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="model", PolicyDocument=_MODEL)
    told = {"Path": "/", "CreateDate": "2023-12-06T15:45:45+00:00", "UpdateDate": "2023-12-06T15:45:45+00:00"}
    full = {"Arn": _FULL, "DefaultVersionId": "v1", "Document": json.loads(document(allow("bedrock:*"))), **told}
    name = _FULL.rpartition("/")[2]
    backend(clients, "iam").managed_policies[_FULL] = AWSManagedPolicy.from_data(name, clients.account_id, "aws", full)
    iam.attach_role_policy(RoleName="full", PolicyArn=_FULL)
    iam.attach_role_policy(RoleName="people-full", PolicyArn=_FULL)
    iam.attach_role_policy(RoleName="admin", PolicyArn=_ADMIN)
    iam.put_role_policy(RoleName="escalating", PolicyName="rewriting", PolicyDocument=_ESCALATING)
    return {**arns, "foreign": f"arn:aws:iam::{OTHER_ACCOUNT}:role/elsewhere"}


_AGENTS: Final = (
    "bounded",
    "unbounded",
    "full",
    "admin",
    "escalating",
    "foreign",
    "versioned",
    "twin-1",
    "twin-2",
    "going",
)
_ROLES: Final = {"versioned": "version", "twin-1": "shared", "twin-2": "shared", "going": "people"}


def agents(clients: Clients, by_name: Mapping[str, str], *, is_changing: bool = False) -> None:
    """Tell of agents, and of the versions that aliases lead to."""
    listed: list[Structure] = []
    told: dict[str, Structure] = {}
    for name in _AGENTS:
        summary: Structure = {
            "agentId": name,
            "agentName": f"the {name} one",
            "agentStatus": "DELETING" if name == "going" else "PREPARED",
            "updatedAt": ago(9),
        }
        if name != "unbounded":
            summary["guardrailConfiguration"] = {"guardrailIdentifier": "strict", "guardrailVersion": "1"}
        listed.append(summary)
        agent = {
            **summary,
            "agentArn": _arn(clients, f"agent/{name}"),
            "agentVersion": "DRAFT",
            "agentResourceRoleArn": by_name[_ROLES.get(name, name)],
            "idleSessionTTLInSeconds": 600,
            "createdAt": ago(9),
        }
        told[name] = {"agent": agent}
    tell(clients, "bedrock-agent", "ListAgents", {"agentSummaries": listed})
    tell(clients, "bedrock-agent", "GetAgent", _found(told, "agentId"))
    changing = "UPDATING" if is_changing else "PREPARED"
    aliases = {
        "versioned": [_alias("live", "PREPARED", "1"), _alias("paused", "PREPARED", "2", "REJECT_INVOCATIONS")],
        "bounded": [_alias("draft", changing, "DRAFT"), _alias("dead", "FAILED", "2")],
    }

    def aliases_of(asked: Mapping[str, Any]) -> Structure:
        return {"agentAliasSummaries": aliases.get(asked["agentId"], [])}

    def version(asked: Mapping[str, Any]) -> Structure:
        agent = told[asked["agentId"]]["agent"]
        role = by_name["full" if asked["agentVersion"] == "1" else "admin"]
        more = {"version": asked["agentVersion"], "agentResourceRoleArn": role}
        return {"agentVersion": {**agent, **more}}

    tell(clients, "bedrock-agent", "ListAgentAliases", aliases_of)
    tell(clients, "bedrock-agent", "GetAgentVersion", version)


def _alias(name: str, status: str, version: str, invocations: str = "ACCEPT_INVOCATIONS") -> Structure:
    return {
        "agentAliasId": name,
        "agentAliasName": name,
        "agentAliasStatus": status,
        "aliasInvocationState": invocations,
        "routingConfiguration": [{"agentVersion": version}],
        **_dated(),
    }


# --- API keys ---


def api_keys(clients: Clients) -> None:
    """Make users, and tell of keys of theirs."""
    iam = clients("iam")
    policies = {
        "model": _MODEL,
        "admin": document(allow("*")),
        "escalating": _ESCALATING,
        "all-bedrock": document(allow("bedrock:*")),
        "denied": document(allow("bedrock:*"), deny("bedrock:*")),
        "grouped": _MODEL,
    }
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)
    keys: dict[str, Structure] = {
        "model": {"ExpirationDate": soon},
        "admin": {},
        "escalating": {"ExpirationDate": soon + datetime.timedelta(days=36_500)},
        "all-bedrock": {"ExpirationDate": ago(1), "Status": "Expired"},
        "denied": {"ExpirationDate": ago(2)},
        "grouped": {"Status": "Inactive"},
    }
    told: list[Structure] = []
    for name, policy in policies.items():
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
        usual = {"Status": "Active", "CreateDate": ago(9), "ServiceName": "bedrock.amazonaws.com"}
        told.append(
            {"UserName": name, "ServiceSpecificCredentialId": f"ACCA{name.upper():0>16}", **usual, **keys[name]}
        )
    iam.create_group(GroupName="administrators")
    iam.attach_group_policy(GroupName="administrators", PolicyArn=_ADMIN)
    iam.add_user_to_group(GroupName="administrators", UserName="grouped")
    other = {
        **told[0],
        "ServiceSpecificCredentialId": "ACCA0000000000CODE01",
        "ServiceName": "codecommit.amazonaws.com",
    }

    def listed(asked: Mapping[str, Any]) -> Structure:
        user, service = asked.get("UserName"), asked.get("ServiceName")
        found = [
            each
            for each in (*told, other)
            if user in (None, each["UserName"]) and service in (None, each["ServiceName"])
        ]
        return {"ServiceSpecificCredentials": found, "IsTruncated": False}

    tell(clients, "iam", "ListServiceSpecificCredentials", listed)


# --- Networks ---

_SERVICES: Final = ("bedrock", "bedrock-runtime", "bedrock-agent", "bedrock-agent-runtime", "bedrock-mantle")


def networks(clients: Clients) -> None:
    """VPCs with endpoints for all, for some and for none; in the second region no agents are offered."""
    for region, offered in ((HOME_REGION, _SERVICES), (SECOND_REGION, _SERVICES[:2])):
        names = [f"com.amazonaws.{region}.{each}" for each in offered]
        details = [
            {"ServiceName": each, "ServiceType": [{"ServiceType": "Interface"}], "VpcEndpointPolicySupported": True}
            for each in names
        ]
        tell(clients, "ec2", "DescribeVpcEndpointServices", {"ServiceNames": names, "ServiceDetails": details}, region)
    for region, name, services in (
        (HOME_REGION, "all", _SERVICES),
        (HOME_REGION, "some", _SERVICES[:4]),
        (HOME_REGION, "none", ()),
        (SECOND_REGION, "offered", _SERVICES[:2]),
    ):
        vpc = add_vpc(clients, name, "10.0.0.0/16", region)
        subnet = add_subnet(clients, vpc, name, "10.0.0.0/24", region=region)
        ec2 = clients("ec2", region)
        ec2.create_network_interface(SubnetId=subnet)
        for service in services:
            ec2.create_vpc_endpoint(
                VpcId=vpc,
                VpcEndpointType="Interface",
                ServiceName=f"com.amazonaws.{region}.{service}",
                SubnetIds=[subnet],
            )


def seed(clients: Clients) -> None:
    """Fill an account with all of it."""
    nothing(clients)
    guardrails(clients)
    kept(clients)
    agents(clients, roles(clients))
    api_keys(clients)
    networks(clients)
    key = clients("kms").create_key()["KeyMetadata"]["Arn"]
    _group(clients, "encrypted", HOME_REGION, kmsKeyId=key)
    _group(clients, "plain", SECOND_REGION)
    _group(clients, "plain-and-more", SECOND_REGION, kmsKeyId=key)
    bucket = _bucket(clients, "asked")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    clients("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    both = _to_group("encrypted", s3Config={"bucketName": bucket}, textDataDeliveryEnabled=True)
    logs(clients, {HOME_REGION: both, SECOND_REGION: _to_group("plain", textDataDeliveryEnabled=False)})


def seed_changing(clients: Clients) -> None:
    """An alias is being changed; the log is in a bucket, and in a log group that is no more."""
    nothing(clients)
    agents(clients, roles(clients), is_changing=True)
    bucket = {"s3Config": {"bucketName": _bucket(clients, "asked-too")}}
    logs(clients, {HOME_REGION: bucket, SECOND_REGION: _to_group("gone", textDataDeliveryEnabled=True)})


STATES: Final = (
    State("generative", "500000003405", seed, services=("bedrock",)),
    State("changing agents", "500000003414", seed_changing, services=("bedrock",)),
    State("no generative", "500000003423", nothing, services=("bedrock",)),
)
