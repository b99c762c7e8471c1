"""Agents, and the roles that they run under: that of the working draft, and those of the versions that are in use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, ClassVar, Final

import anyio
import msgspec

from aioprowler import Aws, Failure, Here, Region, Resource, Seen, States, derive, field, listing, source
from aioprowler.services.bedrock.resources import GONE

AT_ONCE: Final = 10
"""Agents about which is asked at the same time."""
DRAFT: Final = "DRAFT"
ENDED: Final = ("DELETING", "DISSOCIATED", "FAILED")
"""States of an alias that leads nowhere."""


class GuardrailChoice(msgspec.Struct, frozen=True, rename="camel"):
    """The guardrail of an agent."""

    guardrail_identifier: str = ""


class Agent(
    Resource,
    id="agent_id",
    arn="arn:{partition}:bedrock:{region}:{account_id}:agent/{agent_id}",
    type="Other",
    group="ai_ml",
    noun="Bedrock agent",
    gone=GONE,
    rename="camel",
):
    """A model that calls others to get something done."""

    source = listing(
        "bedrock-agent",
        "ListAgents",
        "agentSummaries",
        states=States("agent_status", over=["DELETING"], not_yet=["CREATING"]),
    )
    agent_id: str
    agent_name: str
    agent_status: str = ""
    guardrail: GuardrailChoice = field(name="guardrailConfiguration", default=GuardrailChoice())

    @property
    def label(self) -> str:
        """By the name that people gave it."""
        return f"Bedrock agent {self.agent_name}"


UNTOLD: Final = Failure("broken", "bedrock:GetAgent", "", "AWS did not tell the role of an agent")


class HeldRoles(Resource, id="agent_arn", arn="{agent_arn}", type="Other", group="ai_ml", noun="Roles of"):
    """Roles of an agent, asked once; or why they are not all known."""

    agent_arn: str
    name: str
    """The agent's."""
    roles: Mapping[str, str] = {}
    """The ARN of the role by the version that runs under it."""
    failure: Failure | None = None


async def _of_each(agents: Collection[Agent], ask: Callable[[Agent], Awaitable[HeldRoles]]) -> list[HeldRoles]:
    """What is told of each agent, several at a time."""
    found: dict[str, HeldRoles] = {}
    turns = anyio.Semaphore(AT_ONCE)

    async def one(agent: Agent) -> None:
        async with turns:
            found[agent.arn] = await ask(agent)

    async with anyio.create_task_group() as tasks:
        for agent in agents:
            tasks.start_soon(one, agent)
    return [found[agent.arn] for agent in agents]


@source("bedrock-agent:GetAgent")
async def draft_roles(region: Region, agents: Here[Agent], aws: Aws) -> list[HeldRoles]:  # noqa: ARG001 - where they are
    """What the working draft of each agent runs under; none of an agent that is no more."""

    async def ask(agent: Agent) -> HeldRoles:
        reply = await aws.find("bedrock-agent", "GetAgent", GONE, agentId=agent.agent_id)
        role = _role(reply, "agent")
        failure = role if isinstance(role, Failure) else None
        roles = {DRAFT: role} if isinstance(role, str) else {}
        return DraftRole(agent_arn=agent.arn, name=agent.agent_name, roles=roles, failure=failure)

    return await _of_each(agents, ask)


class DraftRole(HeldRoles):
    """That of the working draft."""

    source: ClassVar[Any] = draft_roles


@source("bedrock-agent:ListAgentAliases", "bedrock-agent:GetAgentVersion")
async def deployed_roles(region: Region, agents: Here[Agent], aws: Aws) -> list[HeldRoles]:  # noqa: ARG001 - where they are
    """What the versions of each agent run under that an alias leads to: a version keeps its role, whatever becomes of
    the draft's.
    """

    async def ask(agent: Agent) -> HeldRoles:
        versions = await _versions(agent, aws)
        roles: dict[str, str] = {}
        failure = versions.failure
        for version in sorted(versions.numbers - {DRAFT}):
            asked = {"agentId": agent.agent_id, "agentVersion": version}
            role = _role(await aws.find("bedrock-agent", "GetAgentVersion", GONE, **asked), "agentVersion")
            if isinstance(role, Failure):
                failure = role
            elif role:
                roles[version] = role
        return DeployedRoles(agent_arn=agent.arn, name=agent.agent_name, roles=roles, failure=failure)

    return await _of_each(agents, ask)


class DeployedRoles(HeldRoles):
    """Those of the versions that aliases lead to."""

    source: ClassVar[Any] = deployed_roles


def _role(reply: dict[str, Any] | Failure | None, member: str) -> str | Failure | None:
    """The role that a reply tells; None where what it was asked about is no more."""
    if reply is None or isinstance(reply, Failure):
        return reply
    return str(reply.get(member, {}).get("agentResourceRoleArn") or "") or UNTOLD


class Versions(msgspec.Struct, frozen=True):
    """The versions of an agent that can be called, and why there may be more."""

    numbers: frozenset[str]
    failure: Failure | None = None


class Route(msgspec.Struct, frozen=True, rename="camel"):
    """Where an alias leads to."""

    agent_version: str = ""


class Alias(msgspec.Struct, frozen=True, rename="camel"):
    """A name by which versions of an agent are called.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_AgentAliasSummary.html
    """

    agent_alias_name: str
    agent_alias_status: str
    alias_invocation_state: str = "ACCEPT_INVOCATIONS"
    """`REJECT_INVOCATIONS` where somebody paused it."""
    routes: tuple[Route, ...] = field(name="routingConfiguration", default=())


async def _versions(agent: Agent, aws: Aws) -> Versions:
    """An alias that is being made or changed may lead anywhere soon."""
    told = await aws.items(
        "bedrock-agent", "ListAgentAliases", "agentAliasSummaries", absent=GONE, agentId=agent.agent_id
    )
    if isinstance(told, Failure):
        return Versions(frozenset(), told)
    numbers: set[str] = set()
    failure: Failure | None = None
    for alias in msgspec.convert(told, list[Alias]):
        if alias.agent_alias_status not in ("PREPARED", *ENDED):
            text = f"the alias {alias.agent_alias_name} of agent {agent.agent_name} is {alias.agent_alias_status}"
            failure = Failure("broken", "bedrock:ListAgentAliases", "", text)
        elif alias.agent_alias_status == "PREPARED" and alias.alias_invocation_state != "REJECT_INVOCATIONS":
            numbers |= {route.agent_version for route in alias.routes if route.agent_version}
    return Versions(frozenset(numbers), failure)


class RoleHolders(msgspec.Struct, frozen=True):
    """Which agents of the account run under which roles, as far as AWS tells."""

    by_agent: Mapping[str, Mapping[str, str]]
    """The ARN of the agent -> its roles, by version."""
    by_role: Mapping[str, Mapping[str, str]]
    """The ARN of the role -> the names of its agents, by their ARNs."""
    drafts: Mapping[str, Failure | None]
    """The ARN of the agent -> why the role of its draft is not known."""
    gap: Failure | None = None
    """Why there may be more."""


@derive
def role_holders(drafts: Seen[DraftRole], deployed: Seen[DeployedRoles]) -> RoleHolders:
    """Those of all regions: roles are in none."""
    by_agent: dict[str, dict[str, str]] = defaultdict(dict)
    by_role: dict[str, dict[str, str]] = defaultdict(dict)
    told = (*drafts.items, *deployed.items)
    for held in told:
        by_agent[held.agent_arn] |= held.roles
        for role in held.roles.values():
            by_role[role][held.agent_arn] = held.name
    gap = next(filter(None, (drafts.gap, deployed.gap, *(held.failure for held in told))), None)
    return RoleHolders(by_agent, by_role, {held.agent_arn: held.failure for held in drafts.items}, gap)
