"""Service Catalog's check on literals."""

from __future__ import annotations

import pytest

from aioprowler import Fail, Pass
from aioprowler.services.organizations.resources import Organization
from aioprowler.services.servicecatalog.checks import servicecatalog_portfolio_shared_within_organization_only
from aioprowler.services.servicecatalog.resources import AccountShares, Portfolio, PortfolioShare

PORTFOLIO = Portfolio(portfolio_id="port-1", name="blocks", arn="arn")
ORGANIZATION = Organization(id="o-1", arn="arn", master_account_id="123456789012")


@pytest.mark.parametrize(("accounts", "verdict"), [((), Pass), (("111122223333",), Fail)])
def test_shares(accounts: tuple[str, ...], verdict: type) -> None:
    shares = AccountShares(shares=tuple(PortfolioShare(principal_id=each) for each in accounts))
    found = servicecatalog_portfolio_shared_within_organization_only(PORTFOLIO, shares, ORGANIZATION)
    assert found is not None
    assert isinstance(found, verdict)
    assert all(each in found.detail for each in accounts)


def test_without_an_organization_nothing_is_judged() -> None:
    shares = AccountShares(shares=(PortfolioShare(principal_id="111122223333"),))
    assert servicecatalog_portfolio_shared_within_organization_only(PORTFOLIO, shares, None) is None
