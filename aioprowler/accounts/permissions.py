"""What AWS must permit a scan: the least policies, and the role that has them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from aioprowler.accounts.operations import ASSUME_ROLE, ENTRY_OPERATIONS, LIST_REGIONS, ORGANIZATION_OPERATIONS
from aioprowler.declarations.actions import iam_actions
from aioprowler.findings.coverage import Limits

if TYPE_CHECKING:
    from aioprowler.declarations.sources import Operation
    from aioprowler.engine.plan import Plan

POLICY_LIMIT: Final = 6144
"""Characters of a managed policy, white space aside
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""

ATTACHED_LIMIT: Final = 10
"""Managed policies that a role holds, unless AWS raises that quota for the account (same page)."""

SESSION_LIMIT: Final = 2048
"""Characters of the policies that a role's session is opened with
(https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
"""

MANAGED: Final = ("SecurityAudit", "job-function/ViewOnlyAccess")
"""AWS's own policies of reading without data
(https://docs.aws.amazon.com/aws-managed-policy/latest/reference/SecurityAudit.html, .../ViewOnlyAccess.html).
What they hold is in `managed_policies.txt`, made by `scripts.generate`.
"""

TemplateForm = Literal["cloudformation", "terraform"]

_SHORTENED: Final = re.compile(r"[\w-]+:(?:Describe|List)\w{2}|s3:GetBucket", re.ASCII)
"""How a prefix begins that lets in nothing but more of the same reading. Other Gets may read data or hand out
credentials, and a verb alone would stand for a whole service.
"""


class Statement(Struct, frozen=True):
    """What a session may do besides reading."""

    actions: tuple[str, ...]
    resource: str = "*"
    via: str = ""
    """Only through this service, as KMS names it (`s3.*.amazonaws.com`, with wildcards), where it is not empty."""

    @classmethod
    def of(cls, operations: Iterable[Operation], resource: str = "*") -> Statement:
        """These operations."""
        return cls(tuple(_actions(operations)), resource)

    @property
    def document(self) -> dict[str, Any]:
        """As policies have it."""
        condition = {"Condition": {"StringLike": {"kms:ViaService": self.via}}} if self.via else {}
        return _allow("", self.actions, self.resource) | condition


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
        _allow("AioprowlerRole", [ASSUME_ROLE.action], roles(role, partition)),
    )


def roles(role: str, partition: str) -> str:
    """The ARN of a role (by name; `*` for all) in whichever account."""
    return f"arn:{partition}:iam::*:role/{role}"


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


class SessionPolicy(Struct, frozen=True):
    """What the session of a role may do at most, whatever the role may."""

    form: Limits
    parameters: dict[str, Any]
    """Of AssumeRole."""


def session_actions(plan: Plan) -> tuple[str, ...]:
    """The IAM actions of a scan in an account, also where it has to ask otherwise for the regions."""
    return tuple(actions(plan, [LIST_REGIONS]))


@lru_cache(8)
def session_policies(
    reads: tuple[str, ...], besides: tuple[Statement, ...], partition: str
) -> tuple[SessionPolicy, ...]:
    """Those that STS may take, from the narrowest to the widest. `reads`: actions of a plan; `besides`: what is told as
    it is in any case. AWS's managed policies have beside them what they lack of the actions, and for a plan that lacks
    too much of them to fit, nothing of it.
    """
    arns = [{"arn": f"arn:{partition}:iam::aws:policy/{name}"} for name in MANAGED]
    beside = sum(len(each["arn"]) for each in arns)

    def document(names: Sequence[str]) -> str:
        statements = [*([_allow("", names)] if names else []), *(each.document for each in besides)]
        return _compact(_policy(*statements)) if statements else ""

    def managed(names: Sequence[str]) -> SessionPolicy:
        told = document(names)
        return SessionPolicy("managed", {"PolicyArns": arns} | ({"Policy": told} if told else {}))

    def fits(names: Sequence[str], besides: int = 0) -> bool:
        return len(document(names)) + besides <= SESSION_LIMIT

    lacking = shortened(not_managed(reads), lambda names: fits(names, beside))
    found = [managed(lacking), managed(())] if lacking else [managed(())]
    if (told := shortened(reads, fits)) is not None:
        form: Limits = "actions" if told == [*reads] else "prefixes"
        found.insert(0, SessionPolicy(form, {"Policy": document(told)}))
    return tuple(found)


def not_managed(names: Iterable[str]) -> list[str]:
    """Of the actions, what AWS's managed policies do not hold, sorted."""
    return sorted(name for name in names if not _managed().fullmatch(name))


@cache
def _managed() -> re.Pattern[str]:
    held = (files(__package__) / "managed_policies.txt").read_text(encoding="utf-8").split()
    return re.compile("|".join(re.escape(each).replace(r"\*", ".*") for each in held), re.IGNORECASE)


def shortened(names: Sequence[str], fits: Callable[[Sequence[str]], bool]) -> list[str] | None:
    """The actions, with what begins alike as one prefix, the longest first, until they fit; None: they never do."""
    found = sorted(names)
    while not fits(found):
        shared = [_shared(*pair) for pair in pairwise(found)]
        prefix = max(filter(_SHORTENED.match, shared), key=_length, default=None)
        if prefix is None:
            return None
        found = sorted({f"{prefix}*" if name.startswith(prefix) else name for name in found})
    return found


def _shared(one: str, other: str) -> str:
    """What both begin with."""
    alike = takewhile(lambda letters: letters[0] == letters[1], zip(one, other, strict=False))
    return "".join(letter for letter, _ in alike).rstrip("*")


def _length(prefix: str) -> int:
    return len(prefix.partition(":")[2])


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def _allow(sid: str, names: Sequence[str], resource: str = "*") -> dict[str, Any]:
    return ({"Sid": sid} if sid else {}) | {"Effect": "Allow", "Action": [*names], "Resource": resource}


def _compact(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))


def _size(names: list[str]) -> int:
    return len(_compact(_policy(_allow("Aioprowler", names))))
