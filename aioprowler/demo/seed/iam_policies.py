"""Policies that allow too much of one thing."""

from __future__ import annotations

from typing import Any, Final

from aioprowler.demo.seed.clients import Clients
from aioprowler.demo.seed.documents import document

_CLOUDSHELL: Final = "arn:aws:iam::aws:policy/AWSCloudShellFullAccess"


def seed_management(clients: Clients) -> None:
    """Let the administrators do whatever they want with keys and trails."""
    clients("iam").put_group_policy(
        GroupName="administrators", PolicyName="keys-and-trails", PolicyDocument=_allowing(["kms:*", "cloudtrail:*"])
    )


def seed_production(clients: Clients) -> None:
    """Create a role for building agents, which may pass any role on and be any agent, and one for running one."""
    identities = f"arn:aws:bedrock-agentcore:*:{clients.account_id}:workload-identity-directory/default*"
    _add_role(clients, "agent-builder", ["iam:PassRole", "bedrock-agentcore:*"], "*")
    _add_role(clients, "agent-runner", ["bedrock-agentcore:GetWorkloadAccessToken"], identities)


def seed_sandbox(clients: Clients) -> None:
    """Create a role for experiments: functions under any role, models from the Marketplace, and a shell."""
    actions = ["sts:AssumeRole", "iam:PassRole", "lambda:*", "aws-marketplace:Subscribe"]
    _add_role(clients, "experimenter", actions, "*")
    clients("iam").attach_role_policy(RoleName="experimenter", PolicyArn=_CLOUDSHELL)


def _add_role(clients: Clients, name: str, actions: list[str], resource: str) -> None:
    """Create a role for people of the account, with a managed policy of the same name."""
    iam = clients("iam")
    trust: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": clients.account_id}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))
    policy = iam.create_policy(PolicyName=name, PolicyDocument=_allowing(actions, resource))["Policy"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy["Arn"])


def _allowing(actions: list[str], resource: str = "*") -> str:
    return _document({"Effect": "Allow", "Action": actions, "Resource": resource})


def _document(statement: dict[str, Any]) -> str:
    return document(statement)
