"""How it is judged whether an account is prepared for incidents."""

from __future__ import annotations

from aioprowler import Account, Fail, Verdict, check
from aioprowler.judging.verdicts import about, has
from aioprowler.services.ssmincidents.resources import ReplicationSet


@check(
    fails="Incident Manager is not set up with a response plan",
    severity="medium",
    categories=["resilience"],
    resource_type="Other",
    resource_group="monitoring",
    resource_arn="arn:{partition}:ssm-incidents:{region}:{account_id}:replication-set",
)
def ssmincidents_enabled_with_plans(account: Account, replication: ReplicationSet | None) -> Verdict:
    """Accounts have Incident Manager set up, with a response plan.

    Judged is that its replication set is active, in whichever regions, and that there is a plan. AWS takes no new
    customers of Incident Manager since November 2025; who has another way to be alarmed mutes this check.

    ## Risk
    In an incident nobody knows whom to call, what to do first, and where to write it down; the time that this takes is
    the attacker's.

    ## Remediation
    `aws ssm-incidents create-replication-set --region <your-region> --regions <your-regions>`, then
    `aws ssm-incidents create-response-plan --region <your-region> --name <your-plan> --incident-template
    title=<your-title>,impact=1`.

    ## References
    https://docs.aws.amazon.com/incident-manager/latest/userguide/response-plans.html
    """
    if replication is None:
        return Fail(f"Account {account.id} has no replication set of Incident Manager.")
    label = f"The replication set {replication.arn} of Incident Manager"
    if replication.status != "ACTIVE":
        failed = Fail(f"{label} is {replication.status} and not ACTIVE.")
        return about(failed, account.id, replication.arn)
    return about(has(label, "a response plan", replication.plans > 0), account.id, replication.arn)
