"""How policies are judged that allow too much of one thing: a service, purchases, roles, agents' identities."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from aioprowler import Account, All, Fail, Pass, Verdict, check
from aioprowler.judging.policies import Condition, Policy, Selector, Statement, has_full_service_access, matches
from aioprowler.services.iam.checks.policy import allows_not, inline_check, of_customer, of_inline
from aioprowler.services.iam.resources import CustomerPolicy, Group, InlinePolicies, PolicyHolder, Role, User

# --- Whole services ---


def full_access(service: str, name: str, document: Policy) -> Fail | Pass:
    """Whether the policy allows all that the service can do."""
    everything = f"every action of {service} on all resources"
    return allows_not(name, everything, has_full_service_access(document, service))


@inline_check(fails="Inline policy gives full access to CloudTrail", severity="high", categories=["identity-access"])
def iam_inline_policy_no_full_access_to_cloudtrail(account: Account, inline: InlinePolicies) -> Iterator[Verdict]:
    """No inline policy gives full access to CloudTrail.

    Inline policies are part of one user, group or role. None should allow every action of CloudTrail on all resources.
    Few people and programs write trails; the others need `cloudtrail:LookupEvents` and the like at most.

    ## Risk
    The holder can stop the trails, or send them elsewhere, and then act without a record.

    ## Remediation
    Write the policy of the role, user or group anew with the actions that are needed: `aws iam
    put-<your-kind>-policy --<your-kind>-name <your-holder> --policy-name <your-policy> --policy-document
    file://policy.json`.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
    """
    yield from of_inline(account, inline, partial(full_access, "cloudtrail"))


@check(
    fails="Customer managed policy gives full access to CloudTrail", severity="medium", categories=["identity-access"]
)
def iam_policy_no_full_access_to_cloudtrail(
    policy: CustomerPolicy, *, scan_unused_services: bool = False
) -> Verdict | None:
    """No customer managed policy gives full access to CloudTrail.

    Judged are policies in use: none should allow every action of CloudTrail on all resources. Few people and programs
    write trails; the others need `cloudtrail:LookupEvents` and the like at most.

    ## Risk
    Every holder can stop the trails, or send them elsewhere, and then act without a record.

    ## Remediation
    Make a version with the actions that are needed the default:
    `aws iam create-policy-version --policy-arn <arn> --policy-document file://policy.json --set-as-default`.

    ## References
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
    """
    return of_customer(policy, scan_unused_services, partial(full_access, "cloudtrail"))


@inline_check(fails="Inline policy gives full access to KMS", severity="medium", categories=["identity-access"])
def iam_inline_policy_no_full_access_to_kms(account: Account, inline: InlinePolicies) -> Iterator[Verdict]:
    """No inline policy gives full access to KMS.

    Inline policies are part of one user, group or role. None should allow every action of KMS on all resources: those
    who administer keys have no use for decrypting with them, and the other way round.

    ## Risk
    The holder can decrypt what any key protects whose policy leaves it to IAM, and can schedule keys for deletion,
    and with them all that they encrypt.

    ## Remediation
    Write the policy of the role, user or group anew with the actions and keys that are needed: `aws iam
    put-<your-kind>-policy --<your-kind>-name <your-holder> --policy-name <your-policy> --policy-document
    file://policy.json`.

    ## References
    https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html
    """
    yield from of_inline(account, inline, partial(full_access, "kms"))


@check(fails="Customer managed policy gives full access to KMS", severity="medium", categories=["identity-access"])
def iam_policy_no_full_access_to_kms(policy: CustomerPolicy, *, scan_unused_services: bool = False) -> Verdict | None:
    """No customer managed policy gives full access to KMS.

    Judged are policies in use: none should allow every action of KMS on all resources. Those who administer keys have
    no use for decrypting with them, and the other way round.

    ## Risk
    Every holder can decrypt what any key protects whose policy leaves it to IAM, and can schedule keys for deletion,
    and with them all that they encrypt.

    ## Remediation
    Make a version with the actions and keys that are needed the default:
    `aws iam create-policy-version --policy-arn <arn> --policy-document file://policy.json --set-as-default`.

    ## References
    https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html
    """
    return of_customer(policy, scan_unused_services, partial(full_access, "kms"))


# --- Purchases ---

SUBSCRIBE: Final = frozenset({"aws-marketplace:Subscribe"})


def subscription(name: str, document: Policy) -> Fail | Pass:
    """Whether the policy lets its holder subscribe to whatever is on sale."""
    subscribes = bool(document.allowed_actions(SUBSCRIBE, on_everything=True))
    return allows_not(name, "aws-marketplace:Subscribe on all resources", subscribes)


@inline_check(
    fails="Inline policy allows subscribing to any AWS Marketplace product",
    severity="medium",
    categories=["gen-ai", "identity-access"],
)
def iam_inline_policy_no_wildcard_marketplace_subscribe(account: Account, inline: InlinePolicies) -> Iterator[Verdict]:
    """No inline policy lets its holder subscribe to any product of AWS Marketplace.

    Inline policies are part of one user, group or role. The action `aws-marketplace:Subscribe` also stands for access
    to foundation models of Amazon Bedrock. None should allow it on all resources.

    ## Risk
    The holder can buy what nobody approved, in the name and on the bill of the account: models that see company data,
    and software that runs within its networks.

    ## Remediation
    Take the action out of the policy of the role, user or group, or name the products in Resource: `aws
    iam put-<your-kind>-policy --<your-kind>-name <your-holder> --policy-name <your-policy> --policy-document
    file://policy.json`.

    ## References
    https://docs.aws.amazon.com/marketplace/latest/buyerguide/buyer-iam-users-groups-policies.html
    """
    yield from of_inline(account, inline, subscription)


@check(
    fails="Customer managed policy allows subscribing to any AWS Marketplace product",
    severity="medium",
    categories=["gen-ai", "identity-access"],
)
def iam_policy_no_wildcard_marketplace_subscribe(
    policy: CustomerPolicy, *, scan_unused_services: bool = False
) -> Verdict | None:
    """No customer managed policy lets its holder subscribe to any product of AWS Marketplace.

    Judged are policies in use. The action `aws-marketplace:Subscribe` also stands for access to foundation models of
    Amazon Bedrock. None should allow it on all resources.

    ## Risk
    Every holder can buy what nobody approved, in the name and on the bill of the account: models that see company
    data, and software that runs within its networks.

    ## Remediation
    Make a version without the action, or with the products named in Resource, the default:
    `aws iam create-policy-version --policy-arn <arn> --policy-document file://policy.json --set-as-default`.

    ## References
    https://docs.aws.amazon.com/marketplace/latest/buyerguide/buyer-iam-users-groups-policies.html
    """
    return of_customer(policy, scan_unused_services, subscription)


# --- Roles ---

ASSUME_ROLE: Final = "sts:AssumeRole"


def role_assumption(account: Account, name: str, document: Policy) -> Fail | Pass:
    """Whether the policy lets its holder assume roles that it does not name one by one."""
    roles = f"arn:{account.partition}:iam::*:role/"
    grants = (grant for grant in document.grants if grant.covers_action(ASSUME_ROLE))
    assumes = bool(document.allowed_actions([ASSUME_ROLE])) and any(
        grant.resources.wildcards.reaches(roles) for grant in grants
    )
    return allows_not(name, f"{ASSUME_ROLE} on roles that it gives by a wildcard", assumes)


@check(
    fails="Customer managed policy allows assuming roles by a wildcard", severity="high", categories=["identity-access"]
)
def iam_no_custom_policy_permissive_role_assumption(
    policy: CustomerPolicy, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Customer managed policies name each role that may be assumed.

    Judged are policies in use that allow `sts:AssumeRole`, by whichever pattern: Resource should hold ARNs of roles
    without wildcards. A NotResource that leaves any role open counts as a wildcard. Conditions are not weighed.

    ## Risk
    A holder, or who takes one over, moves on to every role whose trust policy lets the account in: to administrators
    here, and to other accounts that trust this one.

    ## Remediation
    Make a version that names the roles the default:
    `aws iam create-policy-version --policy-arn <arn> --policy-document file://policy.json --set-as-default`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html
    """
    return of_customer(policy, scan_unused_services, partial(role_assumption, policy.account))


# --- CloudShell ---

CLOUDSHELL: Final = "AWSCloudShellFullAccess"


@check(
    fails="Policy AWSCloudShellFullAccess is attached",
    severity="medium",
    categories=["identity-access"],
    resource_type="AwsIamPolicy",
    resource_group="IAM",
    resource_arn=f"arn:{{partition}}:iam::aws:policy/{CLOUDSHELL}",
)
def iam_policy_cloudshell_admin_not_attached(
    account: Account, users: All[User], groups: All[Group], roles: All[Role]
) -> Verdict:
    """The policy AWSCloudShellFullAccess is attached to nobody.

    CloudShell is a shell in the browser with a network connection of its own. The policy allows all of it, to send
    files in and out included.

    ## Risk
    Data leaves the account by a way that neither the network nor the devices of the company see.

    ## Remediation
    Detach the policy of the role, user or group, and attach one that leaves
    `cloudshell:GetFileDownloadUrls` and `cloudshell:GetFileUploadUrls` out where a shell is needed: `aws iam
    detach-<your-kind>-policy --<your-kind>-name <your-holder> --policy-arn
    arn:<partition>:iam::aws:policy/AWSCloudShellFullAccess`.

    ## References
    https://docs.aws.amazon.com/cloudshell/latest/userguide/sec-auth-with-identities.html
    """
    kinds: dict[str, tuple[PolicyHolder, ...]] = {"user": users, "group": groups, "role": roles}
    having = {kind: sorted(it.name for it in of if it.has_aws_policy(CLOUDSHELL)) for kind, of in kinds.items()}
    if any(having.values()):
        told = "; ".join(f"{kind}s {', '.join(names)}" for kind, names in having.items() if names)
        holders = tuple({"kind": kind, "holder": name} for kind, names in having.items() for name in names)
        return Fail(f"In account {account.id} the policy {CLOUDSHELL} is attached to {told}.", names=holders)
    return Pass(f"In account {account.id} the policy {CLOUDSHELL} is attached to no user, group or role.")


# --- Agents of Bedrock AgentCore ---

AGENTCORE: Final = "bedrock-agentcore"
_ASIDE: Final = "statements for all actions of all services aside"
TOKENS: Final = frozenset(f"{AGENTCORE}:GetWorkloadAccessToken{how}" for how in ("", "ForJWT", "ForUserId"))


def takes_action(statement: Statement, action: str) -> bool:
    """Whether the statement speaks of the action, and not just as one of everything that there is."""
    return statement.actions.specific.covers_action(action)


def leaves_identity_open(account: Account, resources: Selector) -> bool:
    """Whether workload identities are selected by a pattern that is not for them, for it would select runtimes too."""
    start = f"arn:{account.partition}:{AGENTCORE}:*:{account.id}"
    return resources.reaches(f"{start}:workload-identity-directory/", f"{start}:runtime/")


def workload_tokens(account: Account, name: str, document: Policy) -> Fail | Pass:
    """Whether the policy lets its holder get tokens of agents at large, and by which actions."""
    found = sorted(
        action
        for action in document.allowed_actions(TOKENS)
        if any(takes_action(each, action) and leaves_identity_open(account, each.resources) for each in document.grants)
    )
    if found:
        return Fail(f"{name} allows {', '.join(found)} beyond the directory of workload identities.")
    return Pass(f"{name} allows no workload access tokens beyond the directory of workload identities, {_ASIDE}.")


@check(
    fails="Customer managed policy allows AgentCore access tokens beyond the workload identity directory",
    severity="high",
    categories=["gen-ai", "identity-access"],
)
def iam_policy_no_agentcore_workload_access_token_wildcard(
    policy: CustomerPolicy, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Customer managed policies restrict whose workload access tokens can be had.

    Judged are policies in use. With a workload access token an agent of Bedrock AgentCore gets at the credentials that
    its users stored. Where a policy allows `bedrock-agentcore:GetWorkloadAccessToken`, or its forms for a JWT or a user
    id, Resource should be within `workload-identity-directory`. Left to the checks for administrators are statements
    that allow every action of all services.

    ## Risk
    An agent that was taken over gets tokens of other agents, and by `GetWorkloadAccessTokenForUserId`, which believes
    whatever user id it is given, those of any user.

    ## Remediation
    Make a version the default whose Resource names the agent's own identity, as in
    `arn:aws:bedrock-agentcore:<your-region>:<account-id>:workload-identity-directory/default/workload-identity/<your-agent>-*`:
    `aws iam create-policy-version --policy-arn <arn> --policy-document file://policy.json --set-as-default`.

    ## References
    https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/get-workload-access-token.html
    """
    return of_customer(policy, scan_unused_services, partial(workload_tokens, policy.account))


PASSING: Final = "iam:PassRole"
PASSED_TO: Final = "iam:passedtoservice"
AGENTCORE_PRINCIPALS: Final = (f"{AGENTCORE}.amazonaws.com", f"runtime-identity.{AGENTCORE}.amazonaws.com")
AGENTCORE_FAMILY: Final = (f"{AGENTCORE}*.amazonaws.com", f"*.{AGENTCORE}*.amazonaws.com")


def names_agentcore(pin: Condition) -> bool:
    """Whether one of the services is AgentCore, by a name of its family or by a wildcard that takes it in."""
    same = partial(matches, ignore_case=True)
    return any(
        any(same(value, principal) for principal in AGENTCORE_PRINCIPALS)
        or any(same(family, value) for family in AGENTCORE_FAMILY)
        for value in pin.values
    )


def passes_to_agentcore(grant: Statement, document: Policy) -> bool:
    """Whether roles may go to AgentCore: the statement says so, or leaves it open and the policy uses it."""
    equalities = {"stringequals", "stringequalsignorecase", "stringlike"}
    pins = [pin for pin in grant.conditions if pin.key == PASSED_TO and pin.operator in equalities]
    binding = pins if grant.requires(PASSED_TO) else []
    if not all(map(names_agentcore, binding)):
        return False
    return any(map(names_agentcore, pins)) or any(each.actions.specific.touches(AGENTCORE) for each in document.grants)


def agentcore_roles(account: Account, name: str, document: Policy) -> Fail | Pass:
    """Whether the policy lets its holder run agents under any role of the account."""
    grants = (grant for grant in document.grants if takes_action(grant, PASSING))
    roles = f"arn:{account.partition}:iam::{account.id}:role/"
    if document.allowed_actions([PASSING]) and any(
        grant.covers_every(roles) and passes_to_agentcore(grant, document) for grant in grants
    ):
        return Fail(f"{name} lets its holder pass every role of the account to Bedrock AgentCore.")
    return Pass(f"{name} does not let its holder pass every role of the account to Bedrock AgentCore, {_ASIDE}.")


@check(
    fails="Customer managed policy lets every role be passed to Bedrock AgentCore",
    severity="high",
    categories=["gen-ai", "identity-access"],
)
def iam_policy_passrole_to_bedrock_agentcore_restricted(
    policy: CustomerPolicy, *, scan_unused_services: bool = False
) -> Verdict | None:
    """Customer managed policies name the roles that may be passed to Bedrock AgentCore.

    Judged are policies in use. Runtimes, code interpreters and browsers of AgentCore run under a role that their maker
    chooses. A policy that allows `iam:PassRole` to AgentCore should name the roles, or a part of them by a prefix. A
    statement is for AgentCore if `iam:PassedToService` says so, or if that is left open and the policy allows any
    action of AgentCore. Left to the checks for administrators are statements that allow every action of all services.

    ## Risk
    A holder starts an agent under an administrator's role, and acts through its code as that administrator.

    ## Remediation
    Make a version the default whose Resource names the roles made for agents:
    `aws iam create-policy-version --policy-arn <arn> --policy-document file://policy.json --set-as-default`.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html
    """
    return of_customer(policy, scan_unused_services, partial(agentcore_roles, policy.account))
