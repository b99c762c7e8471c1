"""What service control policies leave of AWS's regions.

A policy restricts regions where it denies what is asked for in any region that it does not name, or where it is all
that allows something in its place, and names regions:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aioprowler.judging.policies import Condition, Statement, matches
from aioprowler.services.organizations.resources import REQUESTED_REGION, ControlPolicy

_ELSEWHERE: Final = "another-region-1"
"""A region that no policy names, and which stands for all that there may be."""


def restricting(policies: Iterable[ControlPolicy]) -> list[tuple[ControlPolicy, Statement]]:
    """The policies that are attached to something and restrict regions there, each with the statement that does. Raises
    PolicyError where one cannot be read.
    """
    attached = [each for each in policies if each.targets]
    open_to_all = frozenset[str]().union(*(each.targets for each in attached if _allows_everything(each)))
    return [
        (each, statement)
        for each in attached
        for statement in each.document.statements
        if _restricts(statement) and (statement.effect == "Deny" or not each.targets <= open_to_all)
    ]


def is_usable(statement: Statement, region: str) -> bool:
    """Whether a statement that restricts regions leaves this one."""
    return all(_holds(each, region) for each in _about_regions(statement)) != (statement.effect == "Deny")


def _restricts(statement: Statement) -> bool:
    """Of all actions but some that it names; whom it spares is a matter of the organization's."""
    conditions = _about_regions(statement)
    spares_only = all(map(_spares, (each for each in statement.conditions if each not in conditions)))
    is_broad = statement.actions.negated or _names_all_actions(statement)
    return (
        bool(conditions)
        and is_broad
        and spares_only
        and _is_about_all(statement)
        and not is_usable(statement, _ELSEWHERE)
    )


def _spares(condition: Condition) -> bool:
    """Whether it lets somebody off: `ArnNotLike` a role, calls of which `aws:ViaAWSService` is not `false`, and, with
    `Null: true` of a tag, whoever has it.
    """
    spared = "true" if condition.operator == "null" else "false"
    return "not" in condition.operator or {value.lower() for value in condition.values} == {spared}


def _is_about_all(statement: Statement) -> bool:
    return statement.resources.names_everything and not statement.resources.negated


def _names_all_actions(statement: Statement) -> bool:
    return len(statement.actions.specific.patterns) < len(statement.actions.patterns)


def _allows_everything(policy: ControlPolicy) -> bool:
    return any(
        each.effect == "Allow" and not each.conditions and _is_about_all(each) and _names_all_actions(each)
        for each in policy.document.statements
    )


def _about_regions(statement: Statement) -> list[Condition]:
    return [each for each in statement.conditions if each.key == REQUESTED_REGION]


def _holds(condition: Condition, region: str) -> bool:
    """Of a request for something in the region; each of them has exactly one."""
    before, negation, after = condition.operator.partition("not")
    ignore_case = after.endswith("ignorecase")
    named = any(
        matches(value, region, ignore_case=ignore_case)
        if (before + after).startswith("stringlike")
        else (value.lower() == region if ignore_case else value == region)
        for value in condition.values
    )
    return named != bool(negation)
