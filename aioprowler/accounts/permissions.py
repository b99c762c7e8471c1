"""What AWS must permit a scan: the least policies, and the role that has them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Literal

from aioprowler.accounts.operations import ASSUME_ROLE, ENTRY_OPERATIONS, ORGANIZATION_OPERATIONS
from aioprowler.declarations.actions import iam_actions

if TYPE_CHECKING:
    from aioprowler.declarations.sources import Operation
    from aioprowler.engine.plan import Plan

POLICY_LIMIT: Final = 6144
"""Characters of a managed policy, white space aside
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""

ATTACHED_LIMIT: Final = 10
"""Managed policies that a role holds, unless AWS raises that quota for the account (same page)."""

TemplateForm = Literal["cloudformation", "terraform"]


def actions(plan: Plan, more: Iterable[Operation] = ()) -> list[str]:
    """The IAM actions of a scan, and of `more`, sorted."""
    return _actions([*ENTRY_OPERATIONS, *(planned.operation for planned in plan.operations), *more])


def _actions(operations: Iterable[Operation]) -> list[str]:
    return sorted({action for each in operations for action in iam_actions(each.service, each.name)})


def policies(names: Iterable[str], limit: int = POLICY_LIMIT) -> list[dict[str, Any]]:
    """Policy documents that together allow these actions: as few as the limit permits."""
    groups: list[list[str]] = [[]]
    for name in names:
        if groups[-1] and _size([*groups[-1], name]) > limit:
            groups.append([])
        groups[-1].append(name)
    return [_policy(_allow("Aioprowler", group)) for group in groups]


def organization_policy(role: str, partition: str = "aws") -> dict[str, Any]:
    """What the base credentials need to list an organization and to assume `role` (a name) in its accounts."""
    return _policy(
        _allow("AioprowlerOrganization", _actions([*ENTRY_OPERATIONS, *ORGANIZATION_OPERATIONS])),
        _allow("AioprowlerRole", [ASSUME_ROLE.action], f"arn:{partition}:iam::*:role/{role}"),
    )


def role_template(form: TemplateForm, role: str, documents: list[dict[str, Any]]) -> str:
    """A template of the role (by name, with its path if it has one) that has these policies."""
    import jinja2

    environment = jinja2.Environment(  # noqa: S701 - makes no HTML
        loader=jinja2.PackageLoader("aioprowler"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    path, _, name = f"/{role}".rpartition("/")
    return environment.get_template(f"role.{form}.j2").render(name=name, path=f"{path}/", policies=documents)


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def _allow(sid: str, names: list[str], resource: str = "*") -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": names, "Resource": resource}


def _size(names: list[str]) -> int:
    return len(json.dumps(_policy(_allow("Aioprowler", names)), separators=(",", ":")))
