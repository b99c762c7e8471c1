"""On whose behalf AWS services may assume a role, as far as the conditions of its trust policy tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from msgspec import structs

from aioprowler.judging.policies import Condition, Policy, Principal, Statement

Confines: TypeAlias = Literal["account", "organization"]

_CALLERS: Final = frozenset({"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths"})
"""Keys that a request of an AWS service does not have."""
_COMPARISONS: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_ACCOUNT_OF_ARN: Final = re.compile(r"(?:[^:]*:){4}[0-9]{12}(?::.*)?", re.DOTALL)
_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{10,32}")
_PATH: Final = re.compile(r"o-[a-z0-9]{10,32}/.*", re.DOTALL)
_SOURCES: Final[Mapping[str, tuple[Confines, re.Pattern[str]]]] = {
    "aws:sourceaccount": ("account", _ACCOUNT),
    "aws:sourcearn": ("account", _ACCOUNT_OF_ARN),
    "aws:sourceorgid": ("organization", _ORGANIZATION),
    "aws:sourceorgpaths": ("organization", _PATH),
}
"""Condition key -> what its values confine a service to, and how such a value is spelled."""


def is_plain(policy: Policy) -> bool:
    """Whether it is nothing but statements by which services may assume the role."""
    return all(
        each.effect == "Allow"
        and each.covers_action("sts:AssumeRole")
        and {principal.kind for principal in each.principals} == {"Service"}
        for each in policy.statements
    )


def with_denials(grant: Statement, policy: Policy) -> Statement:
    """The statement with what denials leave of it as conditions of its own: where all but some are denied, it is to be
    some.
    """
    found = (
        denial.conditions[0].opposite
        for denial in policy.denials
        if len(denial.conditions) == 1
        and not denial.conditions[0].fails_without_key
        and denial.covers_action("sts:AssumeRole")
        and (Principal("AWS", "*") in denial.principals or set(grant.principals) <= set(denial.principals))
    )
    return structs.replace(grant, conditions=(*grant.conditions, *(condition for condition in found if condition)))


def trusts_services(grant: Statement) -> bool:
    """Whether AWS services may assume the role by it: they are named, or it is for everybody who calls."""
    if any(principal.kind == "Service" for principal in grant.principals):
        return True
    return grant.is_for_anyone and not any(_compares(each, grant) and each.key in _CALLERS for each in grant.conditions)


def is_conditional(grant: Statement) -> bool:
    """Whether some condition asks for a value; one that forbids a value, or that a missing key passes, does not."""
    return any("not" not in each.operator and not each.if_exists for each in grant.conditions)


def confinement(grant: Statement) -> Confines | None:
    """What the conditions confine services to. Conditions all have to hold, so the narrowest one counts."""
    found = {confines for each in grant.conditions if _compares(each, grant) and (confines := _named(each))}
    return "account" if "account" in found else "organization" if found else None


def _named(condition: Condition) -> Confines | None:
    """What the values name; they are alternatives, so that each of them has to."""
    if condition.key not in _SOURCES or not condition.values:
        return None
    confines, spelling = _SOURCES[condition.key]
    return confines if all(map(spelling.fullmatch, condition.values)) else None


def _compares(condition: Condition, grant: Statement) -> bool:
    """Whether a request without the key fails, be it by this condition or by another one that asks for the key."""
    return condition.operator in _COMPARISONS and grant.requires(condition.key)
