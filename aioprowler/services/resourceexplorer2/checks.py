"""How it is judged whether resources can be found."""

from __future__ import annotations

from aioprowler import Account, Fail, Pass, Verdict, check
from aioprowler.judging.verdicts import about
from aioprowler.services.resourceexplorer2.resources import Indexes


@check(
    fails="Account has no index of Resource Explorer",
    severity="low",
    categories=["forensics-ready"],
    resource_type="Other",
    resource_group="governance",
    resource_arn="arn:{partition}:resource-explorer:{region}:{account_id}:index",
)
def resourceexplorer2_indexes_found(account: Account, found: Indexes) -> Verdict:
    """Accounts have an index of AWS Resource Explorer.

    Judged is that there is one in some region, scanned or not.

    ## Risk
    Who looks into an incident searches region by region for what a key, a tag or an address belongs to, and misses what
    lies where nobody looks.

    ## Remediation
    `aws resource-explorer-2 create-index --region <region>`, in each region that is used; one of them can be made the
    aggregator.

    ## References
    https://docs.aws.amazon.com/resource-explorer/latest/userguide/manage-service-register.html
    """
    arns = sorted(each.arn for each in found.indexes)
    if not arns:
        return Fail(f"Account {account.id} has no index of Resource Explorer.")
    number = "an index" if len(arns) == 1 else f"{len(arns)} indexes"
    return about(Pass(f"Account {account.id} has {number} of Resource Explorer."), account.id, arns[0])
