"""Policies of secrets that shut out all but those whom they name.

In the secret's own account an identity policy is enough to read it, whatever the secret's policy allows. So a policy
restricts by a Deny: for everybody, of everything, unless the caller is one that it names
(https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from aioprowler.judging.policies import Condition, Policy, Principal, Statement

_CALLER: Final = "aws:principalarn"
_SERVICE: Final = "aws:principalservicename"
_ORGANIZATION: Final = "aws:principalorgid"
_EVERYBODY: Final = Principal("AWS", "*")
_NEGATIONS: Final = frozenset({"stringnotequals", "stringnotequalsignorecase"})
# ArnEquals and ArnLike are the same, so that both take wildcards ("IAM JSON policy elements: Condition operators").
_PATTERNS: Final = frozenset({"arnnotequals", "arnnotlike", "stringnotlike"})
_LIMITS: Final = frozenset({"arnequals", "arnlike", "stringlike"})
_IDENTITY: Final = re.compile(r"arn:aws[\w-]*:iam::\d{12}:(role|user)/[^*?]+")
_SERVICE_NAME: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
# What comes before the wildcard has to say whose roles they are.
_ROLES: Final = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[^*?]{12,}\*")
_CALLERS: Final = re.compile(f"{_IDENTITY.pattern}|{_ROLES.pattern}")


class Spared(msgspec.Struct, frozen=True):
    """Whom a Deny does not shut out."""

    identities: frozenset[str] = frozenset()
    """ARNs of users and roles."""
    roles: frozenset[str] = frozenset()
    """ARNs with wildcards."""
    services: frozenset[str] = frozenset()


def flaws(policy: Policy, secret_arn: str, organizations: Collection[str]) -> Iterator[str]:
    """What keeps a policy from shutting out all but those whom it names, each as the end of a sentence. Of the
    `organizations`, where there are any, all callers have to be.
    """
    shut = [each for each in policy.denials if _is_of_everything(each, secret_arn)]
    spared = next((found for each in shut if (found := _spared(each))), None)
    if spared is None:
        yield "does not shut out all but those whom it names"
    services = spared.services if spared else frozenset[str]()
    if organizations and not any(_keeps_to(each, organizations, services) for each in shut):
        yield "does not keep out callers of other organizations"
    if spared is not None:
        yield from _loose(policy, spared)


def _is_of_everything(denial: Statement, secret_arn: str) -> bool:
    everything = not denial.actions.negated and denial.actions.spans("secretsmanager")
    return everything and denial.covers_resource(secret_arn) and _EVERYBODY in denial.principals


def _spared(denial: Statement) -> Spared | None:
    """Whom a Deny spares that holds of everybody else; None where nobody can be told."""
    identities: set[str] = set()
    roles: set[str] = set()
    services: set[str] = set()
    for each in denial.conditions:
        if each.fails_without_key or not each.values:
            return None
        if each.key == _CALLER and each.operator in _NEGATIONS and all(map(_IDENTITY.fullmatch, each.values)):
            identities.update(each.values)
        elif each.key == _CALLER and each.operator in _PATTERNS and all(map(_CALLERS.fullmatch, each.values)):
            identities.update(filter(_IDENTITY.fullmatch, each.values))
            roles.update(filter(_ROLES.fullmatch, each.values))
        elif each.key == _SERVICE and each.operator in _NEGATIONS and all(map(_SERVICE_NAME.fullmatch, each.values)):
            services.update(each.values)
        else:
            return None
    return Spared(frozenset(identities), frozenset(roles), frozenset(services)) if identities or roles else None


def _keeps_to(denial: Statement, organizations: Collection[str], services: Collection[str]) -> bool:
    """Whether a Deny shuts out all but callers of the organizations, and services that are spared anyway: these have no
    organization.
    """

    def fits(each: Condition) -> bool:
        allowed = {_ORGANIZATION: organizations, _SERVICE: services}.get(each.key, ())
        return each.operator in _NEGATIONS and not each.fails_without_key and set(each.values) <= set(allowed)

    return all(map(fits, denial.conditions)) and any(each.key == _ORGANIZATION for each in denial.conditions)


def _loose(policy: Policy, spared: Spared) -> Iterator[str]:
    """What those who are spared may do without a limit."""
    for denial in policy.denials:
        named = sorted(spared.identities & {each.value for each in denial.principals})
        if named and denial.actions.negated and _has_wildcard(denial):
            yield f"leaves {', '.join(named)} actions by a wildcard"
    limited = {
        value
        for denial in policy.denials
        for each in denial.conditions
        if each.key == _CALLER and each.operator in _LIMITS
        for value in each.values
    }
    for roles in sorted(spared.roles - limited):
        yield f"does not say which actions are left to {roles}"
    for grant in policy.grants:
        named = sorted(spared.services & {each.value for each in grant.principals if each.kind == "Service"})
        if named and (grant.actions.negated or _has_wildcard(grant)):
            yield f"allows {', '.join(named)} actions by a wildcard"


def _has_wildcard(statement: Statement) -> bool:
    return any("*" in pattern for pattern in statement.actions.patterns)
