"""What the holder of an identity policy may do."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from aioprowler.judging.policies.documents import Policy, Statement
from aioprowler.judging.policies.wildcards import ANY_ACTION, Selector, may_match

# By any one of these the holder can write itself whatever else it lacks.
_SELF_GRANTS: Final = frozenset(
    f"iam:{verb}{noun}Policy" for verb in ("Attach", "Put") for noun in ("Group", "Role", "User")
) | {"iam:CreatePolicyVersion"}


def is_full_admin(policy: Policy) -> bool:
    """Whether the policy makes its holder an administrator: every action, on every resource.

    Conditions on the Allow are not weighed, as in Prowler: an administrator from the office is one. A NotAction on all
    resources amounts to the same if it is all that the policy grants, or if one of the IAM actions by which the holder
    can attach whatever is missing is granted too; PowerUserAccess, which takes IAM out and hands a few of its actions
    back, passes. A certain Deny of everything, or of everything but a list, takes the title away; denials of single
    actions do not.
    """
    if any(denial.covers_action(ANY_ACTION) for denial in policy.certain_denials):
        return False
    grants = [statement for statement in policy.statements if statement.grants_on_everything]
    lists_alone = all(grant.actions.negated for grant in grants)
    self_grants = any(grant.actions.among(_SELF_GRANTS) for grant in grants)
    return any(
        grant.covers_action(ANY_ACTION) and (not grant.actions.negated or lists_alone or self_grants)
        for grant in grants
    )


def is_certain_admin(policy: Policy) -> bool | None:
    """Likewise, where the conditions of statements count; None where they decide: those of an Allow that gives what
    nothing else does, or of a Deny of everything.
    """
    unconditional = Policy(tuple(each for each in policy.statements if not each.conditions))
    if not is_full_admin(unconditional):
        return None if is_full_admin(policy) else False
    denied = any(denial.conditions and denial.covers_action(ANY_ACTION) for denial in policy.denials)
    return None if denied else True


def has_full_service_access(policy: Policy, service: str) -> bool:
    """Whether the policy allows every action of the service (its prefix, as ``kms``) on all resources.

    What a NotAction leaves out may be allowed by another statement; lists of actions are not added up, for that would
    take a catalogue of them. A certain Deny that takes any action of the service back ends full access.
    """
    grants = [statement for statement in policy.statements if statement.grants_on_everything]
    return any(_fills(grant.actions, grants, service) for grant in grants) and not any(
        denial.actions.touches(service) for denial in policy.certain_denials
    )


def _fills(actions: Selector, grants: Collection[Statement], service: str) -> bool:
    if not actions.negated:
        return actions.spans(service)
    left_out = Selector(tuple(p for p in actions.patterns if may_match(p, f"{service}:", ignore_case=True)))
    return all(any(grant.actions.includes(part, ignore_case=True) for grant in grants) for part in left_out.parts)
