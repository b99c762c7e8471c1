"""How agents are judged, and the roles that they run under."""

from __future__ import annotations

from aioprowler import All, Fail, Failure, Here, Manual, Pass, Verdict, check, known
from aioprowler.judging.policies import Policy, is_full_admin
from aioprowler.judging.policies.wildcards import ANY_ACTION
from aioprowler.judging.verdicts import pass_if
from aioprowler.services.bedrock.agents import DRAFT, Agent, DraftRole, RoleHolders
from aioprowler.services.iam.permissions import ManagedPolicies
from aioprowler.services.iam.privilege_escalation import ways_up
from aioprowler.services.iam.resources import Role


@check(fails="Bedrock agent has no guardrail", severity="high", categories=["gen-ai"])
def bedrock_agent_guardrail_enabled(agent: Agent) -> Verdict:
    """Bedrock agents have a guardrail.

    That of the working draft. What the guardrail does is judged by other checks.

    ## Risk
    Whoever talks to the agent talks it into what it should not do, with all that it may call.

    ## Remediation
    Name a guardrail, repeat all else that the agent is to keep, and prepare it: `aws bedrock-agent update-agent
    --region <region> --agent-id <agent> --agent-name <agent-name> --agent-resource-role-arn <your-role-arn>
    --foundation-model <your-model> --guardrail-configuration
    guardrailIdentifier=<your-guardrail>,guardrailVersion=<your-guardrail-version>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/agents-guardrail.html
    """
    name = agent.guardrail.guardrail_identifier
    return pass_if(bool(name), f"{agent.label} has the guardrail {name}.", f"{agent.label} has no guardrail.")


@check(fails="Role of Bedrock agent may do more than the agent needs", severity="high", categories=["gen-ai"])
def bedrock_agent_role_least_privilege(
    agent: Agent, drafts: Here[DraftRole], roles: All[Role] | Failure, managed: ManagedPolicies | Failure
) -> Verdict | None:
    """Roles of Bedrock agents are bounded, and give neither full access nor a way to more privileges.

    Judged is the role of the working draft, by all of its policies together: none may be one of AWS's that give full
    access to a service, they may not make an administrator, nor open a known way to more privileges, and there has to
    be a permissions boundary, which does not allow everything. A role of another account is MANUAL.

    ## Risk
    Whoever talks the agent into something does with the role what they like: what it may do beyond the agent's work is
    theirs.

    ## Remediation
    Bound the role, and grant what the agent calls and no more: `aws iam put-role-permissions-boundary --role-name
    <your-role> --permissions-boundary <your-boundary-policy-arn>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    held = next((each for each in drafts if each.agent_arn == agent.arn), None)
    if held is None or (arn := held.roles.get(DRAFT) or known(held.failure)) is None:
        return None
    role = next((each for each in known(roles) if each.arn == arn), None)
    if role is None:
        return Manual(f"{agent.label} runs under the role {arn}, which IAM of this account does not know.")
    policy, unread = known(managed).of(role)
    aws = f"arn:{agent.account.partition}:iam::aws:policy/"
    flaws = [
        f"has AWS's policy {each.policy_name}"
        for each in role.attached_managed_policies
        if each.policy_arn.startswith(aws) and each.policy_arn.endswith("FullAccess")
    ]
    flaws += ["may do everything"] if is_full_admin(policy) else []
    flaws += [f"can {way}" for way in ways_up(policy)[:1]]
    bound = role.permissions_boundary
    limit = known(managed).documents.get(bound.permissions_boundary_arn) if bound else None
    if bound is None:
        flaws.append("has no permissions boundary")
    elif limit is None or limit.fault:
        unread = unread or f"its permissions boundary {bound.permissions_boundary_arn} cannot be read"
    elif _allows_everything(limit):
        flaws.append("has a permissions boundary that allows everything")
    if flaws:
        return Fail(f"{role.label} of {agent.label} {', '.join(flaws)}.", names=({"role": role.name},))
    if unread:
        return Manual(f"What {role.label} of {agent.label} may do is not known: {unread}.")
    return Pass(f"{role.label} of {agent.label} is bounded, and opens no known way to more privileges.")


def _allows_everything(boundary: Policy) -> bool:
    """Whether it takes nothing at all away. Many allow everything but what they deny: they are boundaries."""
    whole = (
        each for each in boundary.grants if not (each.conditions or each.actions.negated or each.resources.negated)
    )
    return not boundary.denials and any(each.grants_on_everything and each.covers_action(ANY_ACTION) for each in whole)


@check(
    fails="Bedrock agent runs under a role that another agent has as well",
    severity="high",
    categories=["gen-ai", "identity-access"],
)
def bedrock_agent_role_not_shared_across_agents(agent: Agent, holders: RoleHolders) -> Verdict | None:
    """Bedrock agents each have a role of their own.

    All roles that an agent runs under are judged: that of its working draft, and those of the versions that an alias
    leads to which takes calls. No other agent of the account may have one of them, in whichever region.

    ## Risk
    Each of them may do what any of them needs, and CloudTrail does not tell which of them did it.

    ## Remediation
    Give the agent a role of its own, repeat all else that it is to keep, prepare it, and lead its aliases to a new
    version: `aws bedrock-agent update-agent --region <region> --agent-id <agent> --agent-name <agent-name>
    --agent-resource-role-arn <your-role-arn> --foundation-model <your-model>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html
    https://docs.aws.amazon.com/bedrock/latest/userguide/deploy-agent.html
    """
    own = holders.by_agent.get(agent.arn, {})
    if not own and holders.drafts.get(agent.arn, holders.gap) is None:
        return None
    for version, role in own.items():
        others = [name for arn, name in holders.by_role[role].items() if arn != agent.arn]
        if others:
            of = f"Version {version} of {agent.label}" if version != DRAFT else agent.label
            return Fail(f"{of} runs under the role {role}, which others have as well: {', '.join(others)}.")
    known(holders.gap)
    return Pass(f"{agent.label} has roles of its own: {', '.join(dict.fromkeys(own.values()))}.")
