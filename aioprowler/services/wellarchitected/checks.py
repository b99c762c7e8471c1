"""How workloads of the Well-Architected Tool are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.services.wellarchitected.resources import Workload


@check(fails="Well-Architected workload has high or medium risks", severity="medium", categories=["resilience"])
def wellarchitected_workload_no_high_or_medium_risks(workload: Workload) -> Verdict:
    """Workloads that were reviewed with the Well-Architected Tool have no high or medium risks.

    Judged is what the answers so far come to. Questions that nobody has answered are told, and are no risks.
    Workloads that another account shares are judged there.

    ## Risk
    A risk that a review found and nobody removed is a known way to an outage, a breach or a bill.

    ## Remediation
    See which questions they are, and carry out what the tool recommends: `aws wellarchitected
    list-lens-review-improvements --region <region> --workload-id <workload> --lens-alias wellarchitected`

    ## References
    https://docs.aws.amazon.com/wellarchitected/latest/userguide/workloads.html
    """
    counts = {kind: workload.risk_counts.get(kind, 0) for kind in ("HIGH", "MEDIUM", "UNANSWERED")}
    open_questions = f"; {counts['UNANSWERED']} questions are not answered" if counts["UNANSWERED"] else ""
    if counts["HIGH"] or counts["MEDIUM"]:
        told = f"{counts['HIGH']} high and {counts['MEDIUM']} medium risks"
        return Fail(f"{workload.label} has {told}{open_questions}.")
    return Pass(f"{workload.label} has no high or medium risks{open_questions}.")
