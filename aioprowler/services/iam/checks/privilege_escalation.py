"""How policies are judged: whether their holders could gain more privileges than the policies name."""

from __future__ import annotations

from collections.abc import Iterator

from aioprowler import Account, Fail, Pass, Verdict, check
from aioprowler.judging.policies import Policy
from aioprowler.services.iam.checks.policy import inline_check, of_customer, of_inline
from aioprowler.services.iam.privilege_escalation import WAYS, ways_up
from aioprowler.services.iam.resources import CustomerPolicy, InlinePolicies

_SHOWN = 5
"""Ways that a verdict names; a policy that allows everything opens all of them."""


def escalation(name: str, document: Policy) -> Fail | Pass:
    """Whether the policy opens a way up, and which."""
    ways = ways_up(document)
    if not ways:
        return Pass(f"{name} opens no known way to more privileges.")
    shown = "; ".join(f"{way} ({', '.join(sorted(WAYS[way]))})" for way in ways[:_SHOWN])
    more = f"; and {len(ways) - _SHOWN} more" if len(ways) > _SHOWN else ""
    return Fail(f"{name} lets its holder gain privileges: {shown}{more}.")


@inline_check(
    fails="Inline policy allows privilege escalation",
    severity="high",
    categories=["identity-access", "privilege-escalation"],
)
def iam_inline_policy_allows_privilege_escalation(account: Account, inline: InlinePolicies) -> Iterator[Verdict]:
    """No inline policy opens a way to more privileges.

    Inline policies are part of one user, group or role. Some actions let their holder gain whatever it lacks, alone or
    together: rewriting a policy, making keys for another user, or starting something that runs under a mightier role.
    None of the known combinations should be allowed. Neither conditions nor resources are weighed; a Deny counts if it
    is unconditional and covers all resources.

    ## Risk
    Whoever takes the holder over does not stop at what the policy names, and ends up as an administrator.

    ## Remediation
    Write the policy of the role, user or group anew without one action of each combination: `aws iam
    put-<your-kind>-policy --<your-kind>-name <your-holder> --policy-name <your-policy> --policy-document
    file://policy.json`. A permissions boundary limits what the holder can reach at all.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    yield from of_inline(account, inline, escalation)


@check(
    fails="Customer managed policy allows privilege escalation",
    severity="high",
    categories=["identity-access", "privilege-escalation"],
)
def iam_policy_allows_privilege_escalation(
    policy: CustomerPolicy, *, scan_unused_services: bool = False
) -> Verdict | None:
    """No customer managed policy opens a way to more privileges.

    Judged are policies in use. Some actions let their holder gain whatever it lacks, alone or together: rewriting a
    policy, making keys for another user, or starting something that runs under a mightier role. None of the known
    combinations should be allowed. Neither conditions nor resources are weighed; a Deny counts if it is unconditional
    and covers all resources.

    ## Risk
    Every holder of the policy, and whoever takes one over, can become an administrator.

    ## Remediation
    Make a version without one action of each combination the default:
    `aws iam create-policy-version --policy-arn <arn> --policy-document file://policy.json --set-as-default`.
    A permissions boundary limits what the holders can reach at all.

    ## References
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    return of_customer(policy, scan_unused_services, escalation)
