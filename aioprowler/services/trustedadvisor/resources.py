"""What Trusted Advisor says of an account. It is asked through AWS Support, which accounts with a plan may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from aioprowler import Account, Aws, Facet, Failure, Resource, call, constant, source

_MOST: Final = 100
"""Checks that are asked about together; AWS names no maximum
(https://docs.aws.amazon.com/awssupport/latest/APIReference/API_DescribeTrustedAdvisorCheckSummaries.html)."""
_NO_SUCH_CHECK: Final = ("InvalidParameterValueException",)


class CheckName(msgspec.Struct, frozen=True):
    """A check of Trusted Advisor's."""

    id: str
    name: str


class SupportPlan(Facet[Account], rename="camel"):
    """The checks of Trusted Advisor, which AWS tells accounts with a support plan; absent without one.

    https://docs.aws.amazon.com/awssupport/latest/APIReference/Welcome.html
    """

    source = call(
        "support",
        "DescribeTrustedAdvisorChecks",
        language=constant("en"),
        absent=["SubscriptionRequiredException"],
    )
    checks: tuple[CheckName, ...]


@source("support:DescribeTrustedAdvisorCheckSummaries")
async def summaries(plan: SupportPlan | None, aws: Aws) -> list[dict[str, Any]] | Failure:
    """How the checks stand that Trusted Advisor knows of; some that it lists it has given up."""
    names = {each.id: each.name for each in plan.checks} if plan else {}
    found: list[dict[str, Any]] = []
    ids = [*names]
    for start in range(0, len(ids), _MOST):
        part = await _summaries(ids[start : start + _MOST], aws)
        if isinstance(part, Failure):
            return part
        found += part
    return [each | {"name": names.get(each.get("checkId", ""))} for each in found]


async def _summaries(ids: Sequence[str], aws: Aws) -> list[dict[str, Any]] | Failure:
    """Where AWS does not know one of them it refuses them all: halves tell which."""
    reply = await aws.find("support", "DescribeTrustedAdvisorCheckSummaries", _NO_SUCH_CHECK, checkIds=list(ids))
    if isinstance(reply, Failure):
        return reply
    if reply is not None:
        told = {each["checkId"]: each for each in reply["summaries"]}
        return [told.get(each, {"checkId": each}) for each in ids]
    half = len(ids) // 2
    found: list[dict[str, Any]] = []
    for each in (ids[:half], ids[half:]) if half else ():
        part = await _summaries(each, aws)
        if isinstance(part, Failure):
            return part
        found += part
    return found


class AdvisorCheck(
    Resource,
    id="check_id",
    arn="arn:{partition}:trusted-advisor:{region}:{account_id}:check/{check_id}",
    noun="Trusted Advisor check",
    group="monitoring",
    rename="camel",
):
    """How a check of Trusted Advisor's stands."""

    source = summaries
    check_id: str
    name: str | None = None
    status: str | None = None
    """`ok`, `warning`, `error`, or `not_available` where there is nothing that it is about."""
