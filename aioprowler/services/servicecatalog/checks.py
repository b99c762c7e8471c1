"""How portfolios are judged."""

from __future__ import annotations

from aioprowler import Fail, Pass, Verdict, check
from aioprowler.services.organizations.resources import Organization
from aioprowler.services.servicecatalog.resources import AccountShares, Portfolio


@check(fails="Portfolio is shared with single accounts", severity="high", categories=["trust-boundaries"])
def servicecatalog_portfolio_shared_within_organization_only(
    portfolio: Portfolio, shares: AccountShares, organization: Organization | None
) -> Verdict | None:
    """Portfolios are shared through the organization alone.

    A share with the organization, its units or its members ends where an account leaves it. One with an account by its
    id goes on, whoever's it is by then. Accounts that are in no organization are not judged.

    ## Risk
    An account outside the organization, or one that has left it, goes on launching the portfolio's products, and reads
    what their templates tell.

    ## Remediation
    End the share with the account, and share with the organization:
    ```
    aws servicecatalog delete-portfolio-share --region <region> --portfolio-id <portfolio> --account-id <your-account>
    aws servicecatalog create-portfolio-share --region <region> --portfolio-id <portfolio> \\
      --organization-node Type=ORGANIZATION,Value=<your-organization>
    ```

    ## References
    https://docs.aws.amazon.com/servicecatalog/latest/adminguide/catalogs_portfolios_sharing.html
    """
    if organization is None:
        return None
    if not shares.shares:
        return Pass(f"{portfolio.label} is not shared with single accounts.")
    named = ", ".join(each.principal_id for each in shares.shares)
    return Fail(
        f"{portfolio.label} is shared with single accounts, in the organization or not: {named}.",
        names=tuple({"account": each.principal_id, "organization": organization.id} for each in shares.shares),
    )
