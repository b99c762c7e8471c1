"""How it is judged whether resources can be found."""

from __future__ import annotations

from aioprowler import Account, All, Fail, Pass, Verdict, check
from aioprowler.services.resourceexplorer2.resources import Index


@check(
    fails="Account has no index of Resource Explorer",
    severity="low",
    categories=["forensics-ready"],
    about=Index,
    resource_arn="arn:{partition}:resource-explorer:{region}:{account_id}:index",
)
def resourceexplorer2_indexes_found(account: Account, indexes: All[Index]) -> Verdict:
    """Accounts have an index of AWS Resource Explorer.

    Judged is that there is one in some region of the scan.

    ## Risk
    Who looks into an incident searches region by region for what a key, a tag or an address belongs to, and misses what
    lies where nobody looks.

    ## Remediation
    `aws resource-explorer-2 create-index --region <region>`, in each region that is used; one of them can be made the
    aggregator.

    ## References
    https://docs.aws.amazon.com/resource-explorer/latest/userguide/manage-service-register.html
    """
    if not indexes:
        return Fail(f"Account {account.id} has no index of Resource Explorer.")
    number = "an index" if len(indexes) == 1 else f"{len(indexes)} indexes"
    return Pass(f"Account {account.id} has {number} of Resource Explorer.")
