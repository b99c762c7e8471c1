"""The least-privilege IAM policy of a scan."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from aioprowler.accounts.operations import ENTRY_OPERATIONS

if TYPE_CHECKING:
    from aioprowler.engine.plan import Plan

POLICY_LIMIT: Final = 6144
"""Characters of a managed policy, white space aside
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""


def actions(plan: Plan) -> list[str]:
    """The IAM actions of a scan, sorted."""
    operations = [*ENTRY_OPERATIONS, *(planned.operation for planned in plan.operations)]
    return sorted({operation.action for operation in operations})


def policies(names: Iterable[str], limit: int = POLICY_LIMIT) -> list[dict[str, Any]]:
    """Policy documents that together allow these actions: as few as the limit permits."""
    groups: list[list[str]] = [[]]
    for name in names:
        if groups[-1] and _size([*groups[-1], name]) > limit:
            groups.append([])
        groups[-1].append(name)
    return [_policy(group) for group in groups]


def _policy(names: list[str]) -> dict[str, Any]:
    statement = {"Sid": "Aioprowler", "Effect": "Allow", "Action": names, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _size(names: list[str]) -> int:
    return len(json.dumps(_policy(names), separators=(",", ":")))
