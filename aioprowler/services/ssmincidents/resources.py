"""How an account is prepared for incidents, with Incident Manager."""

from __future__ import annotations

from typing import Any, Final

from aioprowler import Account, Aws, Facet, Failure, source

_NOT_HERE: Final = ("ResourceNotFoundException",)


@source("ssm-incidents:ListReplicationSets", "ssm-incidents:GetReplicationSet", "ssm-incidents:ListResponsePlans")
async def find_set(account: Account, aws: Aws) -> ReplicationSet | Failure | None:
    """An account has one set at most, of which each region that has the service tells, but its state only those that
    it extends to, and these have the response plans:
    https://docs.aws.amazon.com/incident-manager/latest/userguide/disaster-recovery-resiliency.html
    """
    arns = await _first_told(account, aws, "ListReplicationSets", {})
    if isinstance(arns, Failure):
        return arns
    region, reply = arns
    listed = reply.get("replicationSetArns") or []
    if not listed:
        return None
    told = await _first_told(account, aws, "GetReplicationSet", {"arn": listed[0]})
    if isinstance(told, Failure):
        return told
    region, reply = told
    status = str(reply["replicationSet"]["status"])
    plans: list[Any] | Failure = []
    if status == "ACTIVE":
        plans = await aws.at(region).items("ssm-incidents", "ListResponsePlans", "responsePlanSummaries")
    if isinstance(plans, Failure):
        return plans
    return ReplicationSet(arn=str(listed[0]), status=status, plans=len(plans))


async def _first_told(
    account: Account, aws: Aws, operation: str, params: dict[str, Any]
) -> tuple[str, dict[str, Any]] | Failure:
    """The first region that answers, and its reply. Where none does, what tells most of why: what is listed, and which
    none of them has, may be in one that is not known.
    """
    failure = Failure("unsupported", "ssm-incidents:*", "no region has it")
    home = account.default_region
    for region in sorted(account.every_region, key=lambda each: each != home):
        reply = await aws.at(region).find("ssm-incidents", operation, _NOT_HERE, **params)
        if isinstance(reply, dict):
            return region, reply
        if reply is None:
            reply = account.untold or Failure("broken", f"ssm-incidents:{operation}", _NOT_HERE[0], "in every region")
        failure = reply if reply.is_gap else failure
    return failure


class ReplicationSet(Facet[Account]):
    """The replication set of Incident Manager, and its response plans; None where it is not set up."""

    source = find_set
    arn: str
    status: str
    """`ACTIVE`, or on the way there, away, or `FAILED`."""
    plans: int
    """Its response plans; those of one that is not active are not counted."""
