"""Workloads of the Well-Architected Tool."""

from __future__ import annotations

from aioprowler import Resource, field, listing


class Workload(
    Resource,
    id="workload_id",
    group="governance",
    noun="Well-Architected workload",
    owner="owner",
):
    """What an account's reviews are about. AWS lists those that other accounts share as well."""

    source = listing("wellarchitected", "ListWorkloads", "WorkloadSummaries")
    workload_id: str
    arn: str = field(name="WorkloadArn")
    name: str = field(name="WorkloadName")
    owner: str = ""
    risk_counts: dict[str, int]
    """`HIGH`, `MEDIUM`, `UNANSWERED`, ... -> questions; what is not there is none:
    https://docs.aws.amazon.com/wellarchitected/latest/APIReference/API_WorkloadSummary.html
    """
