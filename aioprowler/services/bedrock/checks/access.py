"""How API keys are judged, the roles that may do all in Bedrock, and the way to it."""

from __future__ import annotations

import datetime
from typing import Final

import msgspec

from aioprowler import All, Fail, Failure, Here, Manual, Pass, Verdict, check, derive, known
from aioprowler.judging.policies import has_full_service_access, is_full_admin
from aioprowler.judging.verdicts import at_severity, has_no, lacks_none, unknown
from aioprowler.services.bedrock.agents import Agent
from aioprowler.services.bedrock.guardrails import Guardrail
from aioprowler.services.bedrock.resources import InvocationLogging
from aioprowler.services.iam.permissions import ManagedPolicies
from aioprowler.services.iam.privilege_escalation import ways_up
from aioprowler.services.iam.resources import BedrockKey, Group, Role, User
from aioprowler.services.vpc.resources import EndpointServices, NetworkUse, OfferedServices, Vpc, is_judged

NEVER: Final = datetime.timedelta(days=10_000)
"""Further off than this nobody means a date. The console gives keys that never expire one in a hundred years."""


@check(
    fails="Bedrock API key may do everything, or everything in Bedrock",
    severity="high",
    categories=["gen-ai", "identity-access"],
)
def bedrock_api_key_no_administrative_privileges(
    key: BedrockKey, users: All[User], groups: All[Group], managed: ManagedPolicies
) -> Verdict | None:
    """Bedrock API keys give neither everything, nor all of Bedrock, nor a way to more privileges.

    A key may do what its user may, and so the user is judged, by all of its policies and those of its groups together.

    ## Risk
    A key is one word, made to be pasted into tools. Whoever finds it has models at the account's expense, and what else
    the user may do in Bedrock.

    ## Remediation
    Leave the user of the key what the key is for, such as `bedrock:InvokeModel` on some models: `aws iam
    detach-user-policy --user-name <user-name> --policy-arn <your-policy-arn>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-permissions.html
    """
    user = next((each for each in users if each.name == key.user_name), None)
    if user is None:
        return None
    policy, unread = managed.of(user, *(group for group in groups if group.name in user.group_list))
    if is_full_admin(policy):
        return Fail(f"{key.label} may do everything.")
    if ways := ways_up(policy):
        return Fail(f"{key.label} opens a way to more privileges: {ways[0]}.")
    if has_full_service_access(policy, "bedrock"):
        return Fail(f"{key.label} may do everything in Bedrock.")
    if unread:
        return Manual(f"What {key.label} may do is not known: {unread}.")
    return Pass(f"{key.label} may do neither everything nor all in Bedrock, and opens no known way to more privileges.")


@check(
    fails="Bedrock API key is one for the long term",
    severity="high",
    categories=["gen-ai", "secrets"],
    resource_type="AwsIamUser",
)
def bedrock_api_key_no_long_term_credentials(key: BedrockKey, now: datetime.datetime) -> Verdict:
    """No Bedrock API key for the long term is valid.

    IAM lists those alone; those for the short term are valid for 12 hours, and nobody lists them. One that never
    expires is critical. Keys that have expired or are inactive pass.

    ## Risk
    A key that lies in a file, a log or a tool works for whoever finds it, until somebody thinks of it.

    ## Remediation
    Take keys for the short term, or roles, and delete this one: `aws iam delete-service-specific-credential --user-name
    <user-name> --service-specific-credential-id <bedrock-key>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_bedrock.html
    """
    end = key.expiration_date
    if key.status == "Expired" or (end and end <= now):
        return Pass(f"{key.label} has expired.")
    if key.status == "Inactive":
        return Pass(f"{key.label} is inactive.")
    if key.status != "Active":
        return unknown(key.label, "the status", key.status)
    if end is None or end - now > NEVER:
        return at_severity(Fail(f"{key.label} never expires."), "critical")
    return Fail(f"{key.label} is valid for {(end - now).days} days to come.")


@check(
    fails="IAM role has the policy AmazonBedrockFullAccess", severity="high", categories=["gen-ai", "identity-access"]
)
def bedrock_full_access_policy_attached(role: Role) -> Verdict | None:
    """No role has the policy AmazonBedrockFullAccess.

    The policy allows every action of Bedrock on all resources. Roles that only AWS services assume are not judged.

    ## Risk
    Whoever may assume the role takes guardrails away, stops the log of what models are asked, and has any model at the
    account's expense.

    ## Remediation
    Detach the policy and grant what the role is for: `aws iam detach-role-policy --role-name <role> --policy-arn
    arn:<partition>:iam::aws:policy/AmazonBedrockFullAccess`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/security-iam-awsmanpol.html
    """
    if role.is_service_role:
        return None
    name = "AmazonBedrockFullAccess"
    return has_no(role.label, f"the policy {name}", role.has_aws_policy(name))


# --- The way to it ---

SERVICES: Final = ("bedrock", "bedrock-runtime", "bedrock-agent", "bedrock-agent-runtime", "bedrock-mantle")
"""What endpoints of a VPC may lead to (https://docs.aws.amazon.com/bedrock/latest/userguide/vpc-interface-endpoints.html);
the last one has the APIs of others."""


class BedrockUse(msgspec.Struct, frozen=True):
    """Whether somebody set something up in Bedrock in a region."""

    is_used: bool


@derive
def bedrock_use(
    logging: InvocationLogging | Failure, guardrails: Here[Guardrail] | Failure, agents: Here[Agent] | Failure
) -> BedrockUse:
    """One of these is enough: a log of what models are asked, a guardrail, an agent."""
    parts = (logging, guardrails, agents)
    if any(part.places if isinstance(part, InvocationLogging) else isinstance(part, tuple) and part for part in parts):
        return BedrockUse(is_used=True)
    for part in parts:
        if isinstance(part, Failure) and part.is_gap:
            known(part)
    return BedrockUse(is_used=False)


@check(
    fails="VPC has no endpoints for all of Bedrock",
    severity="medium",
    categories=["gen-ai", "internet-exposed", "trust-boundaries"],
    resource_type="AwsEc2VpcEndpointService",
    resource_group="network",
)
def bedrock_vpc_endpoints_configured(
    vpc: Vpc,
    bedrock: BedrockUse,
    use: NetworkUse,
    endpoints: EndpointServices,
    offered: OfferedServices | Failure,
    *,
    scan_unused_services: bool = False,
) -> Verdict | None:
    """VPCs of regions in which Bedrock is used reach all of it by endpoints.

    Used it is where there is a log of what models are asked, a guardrail or an agent. All of it are the services of
    Bedrock, and of its agents, that endpoints of the region may lead to. VPCs without a network interface are unused.

    ## Risk
    What models are asked and what they answer goes by public addresses, and so the VPC needs a way out to them, which
    others use as well.

    ## Remediation
    Make an endpoint for each service that is named: `aws ec2 create-vpc-endpoint --region <region> --vpc-id <vpc>
    --vpc-endpoint-type Interface --service-name com.amazonaws.<region>.bedrock-runtime --subnet-ids <your-subnets>
    --security-group-ids <your-security-group>`.

    ## References
    https://docs.aws.amazon.com/bedrock/latest/userguide/vpc-interface-endpoints.html
    """
    if not bedrock.is_used or not is_judged(vpc, use, scan_unused_services):
        return None
    there = endpoints.by_vpc.get(vpc.vpc_id, set())
    if isinstance(offered, Failure):
        verdict = lacks_none(vpc.label, "endpoints for", SERVICES, there)
        if isinstance(verdict, Fail):
            known(offered)
        return verdict
    wanted = [each for each in SERVICES if offered.has(each)]
    return lacks_none(vpc.label, "endpoints for", wanted, there) if wanted else None
